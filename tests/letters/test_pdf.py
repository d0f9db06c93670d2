"""The PDFs as they come out of the child: text, structure, archive and accessibility marks, attached facts."""

import io
import re
from hashlib import sha256
from typing import Any, cast

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from caseflow.errors import LetterFailed
from caseflow.letters import catalogue, render
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.child import Renderer
from caseflow.letters.facts import Facts
from caseflow.letters.sandbox import tanggal
from tests.letters import reading
from tests.letters.generated import ARABIC, awkward

Kinds = dict[str, LetterKind]
NAMES = ["rek-pbi", "rjk-lksa", "rjk-rs"]
"""One judul and two korespondensi with a slip; what every kind keeps is in test_kinds.py."""
UNPRINTED = {"schema", "letter", "code", "paper", "draft", "made_at", "case_number", "kind", "sifat", "lampiran"}
MILLIMETRE = 72 / 25.4


def loose(facts: Facts) -> dict[str, Any]:
    """The sample, whose optional parts are all there."""
    return cast(dict[str, Any], facts)


def strings(facts: Any, *skipped: str) -> list[str]:  # noqa: ANN401 - JSON
    """Return every text the facts hold, those aside that a letter need not print."""
    if isinstance(facts, dict):
        return [said for key, value in facts.items() if key not in skipped for said in strings(value, *skipped)]
    if isinstance(facts, list):
        return [said for value in facts for said in strings(value, *skipped)]
    return [facts] if isinstance(facts, str) else []


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_is_one_page_and_its_slip(kinds: Kinds, renderer: Renderer, name: str) -> None:
    facts = loose(catalogue.sample(kinds[name]))
    made = renderer.render(name, cast(Facts, facts))
    assert made.pages == 2
    pages = [reading.squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(made.pdf)).pages]
    assert len(pages) == 2
    for number, page in enumerate(pages, 1):
        assert reading.squeezed(f"Keaslian surat ini dapat diperiksa di {facts['check']['url']}") in page
        assert "Teleponkantor(0518)555-0100" in page
        assert f"Halaman{number}dari2" in page
    for said in (facts["number"], facts["subject"]["name"], *facts["addressee"]["lines"], facts["signatory"]["name"]):
        assert reading.squeezed(said) in pages[0]
    assert "LEMBARBALIK" in pages[1]
    assert reading.squeezed(facts["subject"]["name"]) not in pages[1], "the slip travels openly: it names no person"
    assert made.subject == render.subject(kinds[name], cast(Facts, facts))


@pytest.mark.parametrize("name", NAMES)
def test_equal_facts_give_equal_bytes(kinds: Kinds, renderer: Renderer, other_renderer: Renderer, name: str) -> None:
    facts = catalogue.sample(kinds[name])
    made = renderer.render(name, facts)
    assert renderer.render(name, facts) == made
    assert sha256(made.pdf).hexdigest() == made.sha256
    assert made.template_digest == catalogue.template_digest(kinds[name])
    assert other_renderer.render(name, facts) == made
    assert renderer.render(name, {**facts, "number": "400.9/0002"}).sha256 != made.sha256


@pytest.mark.parametrize("name", NAMES)
def test_the_facts_travel_with_the_letter_and_hold_nothing_it_does_not_say(
    kinds: Kinds, renderer: Renderer, name: str
) -> None:
    facts = catalogue.sample(kinds[name])
    pdf = renderer.render(name, facts).pdf
    attached = reading.attached(pdf)
    assert attached == facts
    text = reading.text(pdf).casefold()
    choices = {choice.key: choice.label.id for field in kinds[name].fields for choice in field.choices}
    choices |= render.SEXES
    for said in strings(attached, *UNPRINTED):
        shown = tanggal(said) if re.fullmatch(r"\d{4}-\d\d-\d\d", said) else choices.get(said, said)
        assert reading.squeezed(shown).casefold() in text, said


@pytest.mark.parametrize("name", NAMES)
def test_archive_and_accessibility_marks(kinds: Kinds, renderer: Renderer, name: str) -> None:
    facts = catalogue.sample(kinds[name])
    with pikepdf.open(io.BytesIO(renderer.render(name, facts).pdf)) as pdf:
        root = pdf.Root
        assert pdf.pdf_version == "1.7"
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "id"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo["/Title"]).endswith(f"Nomor {facts['number']}")
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261116104200+08'00"
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        [file] = root.AF
        assert [str(file.AFRelationship), str(file.EF.F.Subtype)] == ["/Data", "/application/json"]
        assert str(file.EF.F.Params.CreationDate) == "D:20261116024200Z"
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == (
                "3",
                "A",
                "1",
            )
        xmp = root.Metadata.read_bytes()
        assert xmp.count(b"<rdf:RDF") == 1
        assert b"PDF/UA Universal Accessibility Schema" in xmp
        objects = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary)]
        fonts = [o for o in objects if o.get("/Type") == "/FontDescriptor"]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        for page in pdf.pages:
            assert reading.unmarked(page) == []
            assert page.Tabs == "/S"


@pytest.mark.parametrize("name", NAMES)
def test_the_structure_can_be_read_aloud(kinds: Kinds, renderer: Renderer, name: str) -> None:
    with pikepdf.open(io.BytesIO(renderer.render(name, catalogue.sample(kinds[name])).pdf)) as pdf:
        tags: dict[str, list[pikepdf.Dictionary]] = {}
        for element in reading.elements(pdf):
            tags.setdefault(str(element.S), []).append(element)
    assert {"/P", "/Table", "/TR", "/TH", "/TD", "/H1", "/H2", "/Figure"} <= tags.keys()
    assert len(tags["/Table"]) == 1, "number block and signature are no tables"


def test_every_picture_is_described(kinds: Kinds, renderer: Renderer) -> None:
    facts = loose(catalogue.sample(kinds["rjk-rs"]))
    with pikepdf.open(io.BytesIO(renderer.render("rjk-rs", cast(Facts, facts)).pdf)) as pdf:
        figures = [str(e.Alt) for e in reading.elements(pdf) if e.S == "/Figure"]
    check = f"Kode QR menuju {facts['check']['url']}"
    assert set(figures) == {check, "Kode QR menuju halaman jawaban", "Lambang pada kepala surat"}


def test_paper_and_draft(kinds: Kinds, renderer: Renderer) -> None:
    facts = catalogue.sample(kinds["rjk-rs"])
    sizes = {}
    for paper in ("A4", "F4"):
        made = renderer.render("rjk-rs", cast(Facts, {**facts, "paper": paper}))
        box = PdfReader(io.BytesIO(made.pdf)).pages[1].mediabox
        sizes[paper] = (round(float(box.width) / MILLIMETRE), round(float(box.height) / MILLIMETRE))
    assert sizes == {"A4": (210, 297), "F4": (215, 330)}
    draft = renderer.render("rjk-rs", {**facts, "draft": True, "number": None, "check": None})
    assert reading.text(draft.pdf).count("KONSEP") == 2
    assert "verify" not in reading.text(draft.pdf)


def test_an_office_prints_its_own_logo(kinds: Kinds, renderer: Renderer) -> None:
    facts = catalogue.sample(kinds["rjk-rs"])
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
    office = {**facts["office"], "logo": f"data:image/png;base64,{pixel}"}
    made = renderer.render("rjk-rs", cast(Facts, {**facts, "office": office}))
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        images = [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
    assert len(images) == 3, "logo, QR of the check, QR of the reply"
    assert reading.attached(made.pdf)["office"]["logo"] is None
    assert renderer.render("rjk-rs", cast(Facts, {**facts, "office": office})) == made


def test_a_letter_that_is_a_little_too_long_is_set_one_size_smaller(kinds: Kinds, renderer: Renderer) -> None:
    facts = catalogue.sample(kinds["rjk-rs"])
    longer = renderer.render("rjk-rs", {**facts, "fields": {**facts["fields"], "financing": "keterangan " * 25}})
    assert longer.pages == 2
    longest = renderer.render("rjk-rs", {**facts, "basis": ["laporan dari desa yang kami terima"] * 40})
    assert longest.pages > 2
    assert f"Halaman1dari{longest.pages}" in reading.text(longest.pdf)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_awkward_facts_become_a_whole_letter(kinds: Kinds, renderer: Renderer, name: str, data: st.DataObject) -> None:
    facts = data.draw(awkward(kinds[name]))
    made = renderer.render(name, facts)
    text = reading.text(made.pdf)
    assert 2 <= made.pages <= 4
    assert f"Halaman{made.pages}dari{made.pages}" in text
    assert reading.squeezed(facts["number"] or "") in text
    for said in [facts["subject"]["name"] if facts["subject"] else "", *(facts["addressee"] or {"lines": []})["lines"]]:
        if ARABIC not in said:
            assert reading.squeezed(said) in text, said
    assert "&#" not in text + made.subject
    assert "None" not in text
    assert "Undefined" not in text
    assert reading.attached(made.pdf) == facts


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_the_case_knows_beyond_the_letter_cannot_reach_it(kinds: Kinds, renderer: Renderer, name: str) -> None:
    facts = catalogue.sample(kinds[name])
    for secret in (
        {"fields": {**facts["fields"], "category": "ODHA"}},
        {"category": "Orang dengan HIV/AIDS"},
        {"subject": {**(facts["subject"] or {}), "diagnosis": "HIV positif"}},
    ):
        with pytest.raises(LetterFailed):
            renderer.render(name, cast(Facts, {**facts, **secret}))
