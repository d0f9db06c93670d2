"""The words of the letters: what the templates make of missing, estimated and awkward facts."""

import re
from dataclasses import replace
from html import unescape
from typing import Any, cast

import pytest

from caseflow.letters import catalogue, pdf, render, sandbox
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.facts import Facts
from tests.letters.conftest import Office

Kinds = dict[str, LetterKind]


def said(kinds: Kinds, name: str, **change: Any) -> str:  # noqa: ANN401 - facts
    """Return the visible text of a letter, as one line."""
    facts = {**catalogue.sample(kinds[name]), **change}
    html = render.html(kinds[name], cast(Facts, facts), pages=2)
    body = re.sub(r"</?(b|span)\b[^>]*>", "", html.partition("<body")[2])
    body = re.sub(r"<[^>]+>", " ", "<body" + body)
    return re.sub(r"\s+", " ", body)


def subject(kinds: Kinds, name: str, **change: Any) -> dict[str, Any]:  # noqa: ANN401 - facts
    return {**cast(dict[str, Any], catalogue.sample(kinds[name])["subject"]), **change}


def fields(kinds: Kinds, name: str, **change: Any) -> dict[str, Any]:  # noqa: ANN401 - facts
    return {**catalogue.sample(kinds[name])["fields"], **change}


@pytest.mark.parametrize(
    ("birth", "row"),
    [
        ({"place": "Batulicin", "date": "2018-03-09", "about_years": None}, "Batulicin, 9 Maret 2018 (8 tahun)"),
        ({"place": None, "date": "2026-05-01", "about_years": None}, "Tanggal lahir 1 Mei 2026 (kurang dari 1 tahun)"),
        ({"place": "Batulicin", "date": None, "about_years": 8}, "Batulicin, ± 8 tahun (perkiraan)"),
        ({"place": None, "date": None, "about_years": 0}, "Umur ± 0 tahun (perkiraan)"),
        ({"place": "Batulicin", "date": None, "about_years": None}, "Tempat lahir Batulicin"),
        ({"place": None, "date": "2027-01-01", "about_years": None}, "Tanggal lahir 1 Januari 2027 Jenis kelamin"),
    ],
)
def test_what_is_known_of_a_birth(kinds: Kinds, birth: dict[str, Any], row: str) -> None:
    assert row in said(kinds, "rjk-rs", subject=subject(kinds, "rjk-rs", birth=birth))


def test_rows_without_a_value_are_left_out(kinds: Kinds) -> None:
    bare = subject(
        kinds,
        "rek-pbi",
        nik=None,
        kk=None,
        birth=None,
        sex=None,
        address=None,
        jkn=None,
        desil=None,
        desil_checked=None,
    )
    text = said(kinds, "rek-pbi", subject=bare)
    for label in ("NIK", "Kartu Keluarga", "lahir", "Jenis kelamin", "Alamat", "Peringkat DTSEN", "None"):
        assert label not in text.replace("NIKMAT", ""), label


def test_optional_parts_leave_whole_sentences(kinds: Kinds) -> None:
    bare = {"health_need": "kontrol"}
    text = said(kinds, "rjk-rs", fields=bare, basis=[], consent=None, contact=None, case_number=None, tembusan=[])
    assert "Dengan hormat, bersama ini kami merekomendasikan pelayanan kesehatan bagi warga dampingan kami" in text
    assert "Pelayanan yang diperlukan: kontrol." in text
    for gap in (" ,", "..", " .", ",,", "( )", "()", "None", "disetujui", "Penghubung", "Tembusan", "Pembiayaan"):
        assert gap not in text, gap


def test_the_recommendation_claims_no_medical_referral(kinds: Kinds) -> None:
    text = said(kinds, "rjk-rs")
    assert "bukan rujukan medis" in text
    assert "Rujukan Pelayanan" not in text


def test_the_placement_says_decision_kin_consent_opinion_review_and_pick_up(kinds: Kinds) -> None:
    text = said(kinds, "rjk-lksa")
    for part in (
        "Keputusan Kepala Dinas Sosial Nomor 188.4/57/DINSOS/2026 tanggal 13 November 2026",
        "keluarga dan kerabat telah diasesmen lebih dahulu pada tanggal 28 Oktober 2026",
        "Rusdi (wali yang sah) menyetujui penempatan ini pada tanggal 10 November 2026",
        "pendapat anak telah didengar pada tanggal 5 November 2026; anak bersedia tinggal di lembaga",
        "ditinjau paling lama setiap 6 (enam) bulan, yang pertama paling lambat tanggal 17 Mei 2027",
        "kami jemput dan antar ke lembaga Saudara pada tanggal 23 November 2026 oleh Ahmad Fauzi",
        "paling lambat 5 (lima) hari kerja",
    ):
        assert part in text, part
    assert "menyetujui" not in said(kinds, "rjk-lksa", consent=None)


def test_a_child_who_objects_is_not_said_to_be_willing(kinds: Kinds) -> None:
    text = said(kinds, "rjk-lksa", fields=fields(kinds, "rjk-lksa", child_willing="no"))
    assert "bersedia" not in text
    assert "menyatakan keberatan" in text


def test_the_reactivation_rests_on_the_facility_and_promises_nothing(kinds: Kinds) -> None:
    text = said(kinds, "rek-pbi")
    assert "Pasal 20 Peraturan Menteri Sosial Nomor 3 Tahun 2026" in text
    assert "surat keterangan Puskesmas Contoh Nomor 440/218/PKM-C/2026 tanggal 11 November 2026" in text
    assert "yang disampaikan oleh Dinas Sosial melalui SIKS." in text
    assert "Keputusan atas pengajuan tersebut bukan kewenangan Dinas Sosial." in text
    other = said(kinds, "rek-pbi", fields=fields(kinds, "rek-pbi", filed_by="participant"))
    assert "peserta melalui kanal layanan BPJS Kesehatan" in other


@pytest.mark.parametrize(
    ("official", "block"),
    [
        ({"prefix": "Plt."}, "Plt. Kepala Dinas Sosial Kabupaten Contoh,"),
        ({"prefix": "Plh."}, "Plh. Kepala Dinas Sosial Kabupaten Contoh,"),
        ({"prefix": "a.n.", "own_post": "Sekretaris"}, "a.n. Kepala Dinas Sosial Kabupaten Contoh Sekretaris,"),
        ({"prefix": "a.n."}, "a.n. Kepala Dinas Sosial Kabupaten Contoh,"),
        ({"rank": None, "nip": None}, "Dra. Hj. Nurhayati, M.Si. Tembusan"),
        ({"nip": "196803121993032007"}, "NIP 19680312 199303 2 007"),
        ({"nip": "3.11.2024"}, "NIP 3.11.2024"),
    ],
)
def test_the_official_signature(kinds: Kinds, official: dict[str, Any], block: str) -> None:
    signer = {**cast(dict[str, Any], catalogue.sample(kinds["rjk-rs"])["signatory"]), **official}
    assert block in said(kinds, "rjk-rs", signatory=signer)


@pytest.mark.parametrize(
    ("official", "words"),
    [
        ({}, "di bawah ini, Kepala Dinas Sosial Kabupaten Contoh, menerangkan"),
        ({"prefix": "Plt."}, "di bawah ini, Plt. Kepala Dinas Sosial Kabupaten Contoh, menerangkan"),
        (
            {"prefix": "a.n.", "own_post": "Sekretaris"},
            "di bawah ini, Sekretaris atas nama Kepala Dinas Sosial Kabupaten Contoh, menerangkan",
        ),
    ],
)
def test_who_signs_in_a_sentence(kinds: Kinds, official: dict[str, Any], words: str) -> None:
    signer = {**cast(dict[str, Any], catalogue.sample(kinds["rek-pbi"])["signatory"]), **official}
    assert words in said(kinds, "rek-pbi", signatory=signer)


LAW = "berdasarkan Pasal 20 ayat (2) huruf d Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi"


def test_every_letter_told_without_consent_can_say_on_what_law(kinds: Kinds) -> None:
    for name, kind in kinds.items():
        if kind.consent and name != "rjk-lksa":  # nobody is placed without the consent of a parent, guardian or court
            text = said(kinds, name, consent=None, legal_basis="vital_interest")
            assert LAW in text, name
            assert "telah disetujui" not in text, name
            assert LAW not in said(kinds, name)


def test_facts_from_before_the_law_was_asked_for_still_make_their_letter(kinds: Kinds) -> None:
    assert "legal_basis" not in catalogue.sample(kinds["rjk-rs"])
    assert LAW not in said(kinds, "rjk-rs", consent=None)


def test_a_hidden_giver_is_said_by_relation_only(kinds: Kinds) -> None:
    hidden = {"giver": "", "relation": "ibu kandung", "date": "2026-11-12"}
    assert "telah disetujui oleh ibu kandung pada tanggal 12 November 2026" in said(kinds, "rjk-rs", consent=hidden)


def test_no_subject_line_names_anybody(kinds: Kinds) -> None:
    for name, kind in kinds.items():
        facts = catalogue.sample(kind)
        about = cast(dict[str, Any], facts["subject"]) or {"name": "-"}
        line = render.subject(kind, facts)
        assert "a.n." not in line, name
        assert about["name"] not in line, name


def test_a_correction_names_what_it_replaces(kinds: Kinds) -> None:
    text = said(kinds, "rjk-rs", replaces={"number": "400.9/0001/RJK-RS/2026", "date": "2026-11-02"})
    assert "menggantikan surat kami Nomor 400.9/0001/RJK-RS/2026 tanggal 2 November 2026" in text


def test_a_draft_is_marked_and_has_no_code(kinds: Kinds) -> None:
    text = said(kinds, "rjk-rs", draft=True, number=None)
    assert "KONSEP" in text
    assert "(belum bernomor)" in text
    assert "diperiksa di" not in text


def test_no_letter_calls_itself_valid_or_electronically_signed(kinds: Kinds) -> None:
    for name in kinds:
        text = said(kinds, name).replace("wali yang sah", "")
        assert not re.search(r"\bsah\b|BSrE|elektronik|TTE", text), name
        assert "Keaslian surat ini dapat diperiksa di" in text


@pytest.mark.parametrize("name", ["<b>Siti</b>", "Nur'aini & Putri", 'O’Neil "Adik"', "{{ 7*7 }}", "عبد الرحمن"])
def test_names_are_text_never_markup(kinds: Kinds, name: str) -> None:
    facts = {**catalogue.sample(kinds["rjk-rs"]), "subject": {**subject(kinds, "rjk-rs"), "name": name}}
    html = render.html(kinds["rjk-rs"], cast(Facts, facts), pages=2)
    row = html.partition('<th scope="row">Nama</th><td>')[2].partition("</td>")[0]
    assert unescape(row) == name
    assert "<" not in row


def test_control_characters_do_not_reach_the_page() -> None:
    assert sandbox.printable("Si\x00ti\u202eevil\tRahmah") == "Si tievil Rahmah"


@pytest.mark.parametrize(
    ("parts", "joined"), [([], ""), (["a"], "a"), (["a", "b"], "a dan b"), (["a", "b", "c"], "a, b, dan c")]
)
def test_dan(parts: list[str], joined: str) -> None:
    assert sandbox.dan(parts) == joined


def test_words_of_numbers() -> None:
    assert sandbox.angka(14) == "14 (empat belas)"
    assert sandbox.rupiah(1_250_000) == "Rp1.250.000 (satu juta dua ratus lima puluh ribu rupiah)"
    assert sandbox.usia("2000-02-29", "2026-02-28") == 25
    assert sandbox.lanjut("  Belum ada kerabat. ") == "Belum ada kerabat"


def test_what_we_ship_reads_alike_as_xml_and_as_html(kinds: Kinds) -> None:
    for kind in kinds.values():
        html = render.html(kind, catalogue.sample(kind), pages=2)
        tree = pdf.as_xml(kind, html)
        assert tree is not None, f"{kind.name}: every element is closed, <br/> too"
        assert outline(tree) == outline(pdf.Page(html, render.ASSETS, pdf.OwnFiles(kind)).etree_element), kind.name


def test_what_an_office_wrote_is_read_as_html(kinds: Kinds, office: Office) -> None:
    kind = kinds["rjk-rs"]
    own = replace(kind, roots=(office("rjk-rs", {"body.html": "<P>Isi<br>surat"}), *kind.roots))
    assert pdf.as_xml(own, "<html><p>x</p></html>") is None
    assert pdf.as_xml(replace(own, name="rek-pbi"), "<html><p>x</p></html>") is not None


def outline(node: Any) -> tuple[Any, ...]:  # noqa: ANN401 - an element of either reader
    said = [" ".join((text or "").split()) for text in (node.text, node.tail)]
    return node.tag, dict(node.attrib), *said, [outline(child) for child in node]
