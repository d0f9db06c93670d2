"""Every kind of letter: from its sample and from generated facts, whole, inside its page, and saying what it must."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from caseflow.letters import catalogue, check, parts, render
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.child import Rendered, Renderer
from caseflow.letters.facts import Facts
from caseflow.letters.sandbox import alinea, hari, hari_terbilang, kalimat, tanggal, utuh
from caseflow.paths import templates_root
from tests.letters import reading
from tests.letters.generated import ARABIC, LONG_ADDRESS, awkward

Kinds = dict[str, LetterKind]
Made = Callable[[str], Rendered]
NAMES = sorted(folder.parent.name for folder in (templates_root() / "letters").glob("*/letter.toml"))
OFFICIAL = {
    *("RJK-RS", "RJK-LKSA", "RJK-SENTRA", "REK-PBI", "PGT-PBI", "RJK-BAZ", "RJK-CAPIL", "RJK-DIK", "RJK-PPA"),
    *("KET-DTSEN", "REK-BIAYA", "REK-ALAT", "BAST", "BA-LAP", "BA-KUNJ", "BA-SERAH", "ST", "PBT-MON", "UND-CC"),
    *("LAPSOS", "NOT-CC", "IC", "KES", "TRM", "SRT-KEM"),
}
LONG = ("lapsos",)
"""Letters whose sample takes two pages."""
MARGINS = (28.0, 17.0)
"""Millimetres left and right that stay white: the code hangs a little to the left."""
POINTS = 72 / 25.4


@pytest.fixture(scope="session")
def made(kinds: Kinds, renderer: Renderer) -> Made:
    """Return each sample's letter, made once."""
    done: dict[str, Rendered] = {}

    def make(name: str) -> Rendered:
        if name not in done:
            done[name] = renderer.render(name, catalogue.sample(kinds[name]))
        return done[name]

    return make


def pages_of(pdf: bytes) -> list[str]:
    return [reading.squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def extra_pages(kind: LetterKind) -> int:
    """Return how many pages follow the letter itself: its annex, and the slip."""
    return kind.annex + bool(kind.reply and kind.reply.slip)


def require_inside(pdf: bytes) -> None:
    """Nothing that is shown lies outside the page, nor beside its text."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages, 1):
            _x, _y, width, height = (float(side) for side in page.mediabox)
            left, right = MARGINS[0] * POINTS, width - MARGINS[1] * POINTS
            shown = list(reading.marks(page))
            assert shown, f"page {number} is empty"
            for kind, x0, y0, x1, y1 in shown:
                where = f"{kind} on page {number}: {x0:.0f} {y0:.0f} {x1:.0f} {y1:.0f}"
                assert left <= x0, where
                assert x1 <= right, where
                assert y0 >= 0, where
                assert y1 <= height, where


def strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def named_in(facts: Facts) -> list[str]:
    """Return number, addressee and subject, as far as the letter has them."""
    to, about = facts["addressee"], facts["subject"]
    return [facts["number"] or "", *(to["lines"] if to else []), *([about["name"]] if about else [])]


def test_there_are_the_official_kinds(kinds: Kinds) -> None:
    assert {kind.code for kind in kinds.values() if kind.about == "case"} == OFFICIAL
    assert {kind.code for kind in kinds.values() if kind.about == "report"} == {"LAP-BLN"}
    assert len(OFFICIAL) == 25


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_is_a_whole_letter(kinds: Kinds, made: Made, name: str) -> None:
    kind, facts, letter = kinds[name], catalogue.sample(kinds[name]), made(name)
    pages, url = pages_of(letter.pdf), (facts["check"] or {"url": ""})["url"]
    assert len(pages) == letter.pages == (2 if name in LONG else 1) + extra_pages(kind)
    for number, page in enumerate(pages, 1):
        assert f"Halaman{number}dari{len(pages)}" in page
        assert f"Keaslian surat ini dapat diperiksa di {url}".replace(" ", "") in page
    body = "".join(pages[: len(pages) - extra_pages(kind)])
    signers = [facts["signatory"]["name"]] if facts["signatory"] else []
    for said in (*named_in(facts), *signers, *(party["name"] for party in facts["parties"])):
        assert reading.squeezed(said) in body, said
    if kind.shape == "judul":
        assert reading.squeezed(kind.title.id).upper() in pages[0]
    require_inside(letter.pdf)


@pytest.mark.parametrize("name", NAMES)
def test_the_slip_is_one_page_without_a_name(kinds: Kinds, made: Made, name: str) -> None:
    kind, facts = kinds[name], catalogue.sample(kinds[name])
    last = pages_of(made(name).pdf)[-1]
    assert ("LEMBARBALIK" in last) == bool(kind.reply and kind.reply.slip)
    if kind.reply and facts["subject"]:
        assert reading.squeezed(facts["subject"]["name"]) not in last
        assert all(reading.squeezed(outcome.label.id) in last for outcome in kind.reply.outcomes)


@pytest.mark.parametrize("name", NAMES)
def test_the_attached_facts_hold_nothing_the_letter_does_not_say(kinds: Kinds, made: Made, name: str) -> None:
    kind, facts = kinds[name], catalogue.sample(kinds[name])
    attached = reading.attached(made(name).pdf)
    assert attached == facts
    text = reading.text(made(name).pdf).casefold()
    labels = {choice.key: choice.label.id for field in kind.fields for choice in field.choices} | render.SEXES
    keys = ("number", "date", "addressee", "subject", "basis", "fields", "consent", "contact", "signatory", "parties")
    for key in (*keys, "tembusan", "check", "reply"):
        told = attached[key]
        if key == "subject" and told:
            told = {name: value for name, value in told.items() if name != "kind"}
        for one in strings(told):
            shown = [tanggal(one), hari(one), hari_terbilang(one)] if re.fullmatch(r"\d{4}-\d\d-\d\d", one) else []
            options = [*shown, labels.get(one, one), one]
            assert any(reading.squeezed(option).casefold() in text for option in options), f"{key}: {one}"


@pytest.mark.parametrize("name", NAMES)
def test_marks_of_archive_and_reader(kinds: Kinds, made: Made, name: str) -> None:
    with pikepdf.open(io.BytesIO(made(name).pdf)) as pdf:
        assert str(pdf.Root.Lang) == "id"
        assert bool(pdf.Root.MarkInfo.Marked)
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == (
                "3",
                "A",
                "1",
            )
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        assert all(reading.unmarked(page) == [] for page in pdf.pages)
        assert kinds[name].title.id in str(pdf.docinfo["/Title"]) or made(name).subject in str(pdf.docinfo["/Title"])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_generated_facts_become_a_whole_letter(
    kinds: Kinds, renderer: Renderer, name: str, data: st.DataObject
) -> None:
    facts = data.draw(awkward(kinds[name]))
    assert check.problems(kinds[name], facts) == {}
    letter = renderer.render(name, facts)
    text = reading.text(letter.pdf)
    assert f"Halaman{letter.pages}dari{letter.pages}" in text
    for one in (*named_in(facts), *(party["name"] for party in facts["parties"][:1])):
        if ARABIC not in one:
            assert reading.squeezed(one) in text, one
    assert "&#" not in text + letter.subject
    assert "None" not in text
    assert "Undefined" not in text
    require_inside(letter.pdf)


@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_forty_rows_go_over_pages_under_their_heading(kinds: Kinds, renderer: Renderer, paper: str) -> None:
    facts = catalogue.sample(kinds["pgt-pbi"])
    rows = [
        [f"Muhammad Nur'aini bin Abdurrahman {n}", "6310014107900001", LONG_ADDRESS[:60], "anak"] for n in range(40)
    ]
    fields = {**facts["fields"], "members": rows}
    letter = renderer.render("pgt-pbi", cast(Facts, {**facts, "paper": paper, "fields": fields}))
    pages = pages_of(letter.pdf)
    annex = [page for page in pages if "Tempat,tanggallahir" in page]
    assert len(annex) >= 2, "the heading of the table stands on each page of it"
    assert all(f"Abdurrahman{n}" in "".join(annex) for n in range(40))
    assert "(empatpuluh)orang" in pages[0]
    assert "LEMBARBALIK" in pages[-1]
    require_inside(letter.pdf)


def test_the_longest_of_everything_stays_on_its_page(kinds: Kinds, renderer: Renderer) -> None:
    facts = cast(dict[str, Any], catalogue.sample(kinds["lapsos"]))
    about = {**facts["subject"], "name": "Muhammad " * 25, "address": LONG_ADDRESS}
    fields = {**facts["fields"], "background": ("Keterangan panjang. " * 20 + "\n") * 12, "problems": "x" * 2000}
    letter = renderer.render("lapsos", cast(Facts, {**facts, "subject": about, "fields": fields}))
    assert letter.pages > 3
    require_inside(letter.pdf)


def test_a_letter_needs_the_hands_it_is_signed_by(kinds: Kinds) -> None:
    for kind in kinds.values():
        facts = catalogue.sample(kind)
        assert bool(facts["parties"]) == bool(kind.hands), kind.name
        assert bool(facts["signatory"]) == (kind.signature == "official" or kind.acknowledged), kind.name
        if kind.hands:
            problems = check.problems(kind, cast(Facts, {**facts, "parties": []}))
            assert set(problems) == {"parties"}, kind.name


@pytest.mark.parametrize(
    ("rows", "fits"),
    [
        ([["Siti", "", "", "anak"]], True),
        ([["", "", "", "anak"]], False),
        ([["Siti", "6310", ""]], False),
        (["Siti; 6310"], False),
        ([["Siti", "", "", 3]], False),
        ([["Siti", "", "", "x" * 301]], False),
        ([["Siti", "", "", ""]] * 61, False),
        ([], False),
    ],
)
def test_rows_of_a_table(kinds: Kinds, rows: Any, fits: bool) -> None:  # noqa: ANN401, FBT001 - JSON, a table
    facts = catalogue.sample(kinds["pgt-pbi"])
    problems = check.problems(kinds["pgt-pbi"], {**facts, "fields": {**facts["fields"], "members": rows}})
    assert (set(problems) == set()) is fits
    assert set(problems) <= {"fields.members"}


def test_words_of_days_and_sentences() -> None:
    assert hari("2026-11-16") == "Senin, 16 November 2026"
    assert hari_terbilang("2026-11-01") == (
        "Minggu tanggal satu bulan November tahun dua ribu dua puluh enam (01-11-2026)"
    )
    assert [kalimat("makan  teratur"), kalimat("Baik."), kalimat("apa?")] == ["Makan teratur.", "Baik.", "Apa?"]
    assert alinea("satu\n\n dua.\n") == ["Satu.", "Dua."]
    assert utuh("(0518) 555") == "(0518)\u00a0555"


def test_who_else_signs_is_told_by_a_field_of_the_letter(kinds: Kinds) -> None:
    assert {kind.signature for kind in kinds.values()} == set(parts.SIGNATURES)
    assert {kind.addressee for kind in kinds.values()} >= set(parts.NAMED)
    for kind in kinds.values():
        fields = {field.key: field for field in kind.fields}
        for hand in kind.hands:
            tables = fields[hand.name].type == "table"
            assert tables == (kind.signature == "team"), kind.name
