"""A copy of a letter that counts no more says so on every page, and is otherwise the record."""

import io

import pikepdf
import pytest
from pypdf import PdfReader

from caseflow.letters import catalogue, stamp
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.child import Renderer
from tests.letters import reading

SAID = "sejak 22 November 2026, dibatalkan oleh Dra. Sari (Kabid) Wahyuni"
NAMES = ["rek-pbi", "rjk-lksa", "rjk-rs"]
Kinds = dict[str, LetterKind]


@pytest.fixture(scope="module", params=NAMES)
def made(request: pytest.FixtureRequest, renderer: Renderer, kinds: Kinds) -> bytes:
    """Return a letter as it is stored."""
    return renderer.render(request.param, catalogue.sample(kinds[request.param])).pdf


def pages(pdf: bytes) -> list[str]:
    return [reading.squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_every_page_says_that_it_is_void_since_when_and_by_whom(made: bytes) -> None:
    marked = pages(stamp.void(made, SAID))
    assert len(marked) == len(pages(made))
    for page, before in zip(marked, pages(made), strict=True):
        assert before in page, "what the letter says is still there"
        assert page.count(reading.squeezed(stamp.WORDS)) == 2, "across the page, and above it"
        assert reading.squeezed(SAID) in page


def test_equal_copies_are_equal_bytes_and_the_record_stays(made: bytes) -> None:
    kept = bytes(made)
    assert stamp.void(made, SAID) == stamp.void(made, SAID) != made
    assert stamp.void(made, f"{SAID}, S.Sos.") != stamp.void(made, SAID)
    assert made == kept
    assert reading.attached(stamp.void(made, SAID)) == reading.attached(made)


def test_the_mark_is_read_aloud_first_and_is_part_of_the_structure(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(stamp.void(made, SAID))) as pdf:
        marks = [e for e in reading.elements(pdf) if e.get("/T") == stamp.WORDS]
        assert len(marks) == len(pdf.pages)
        root = pdf.Root.StructTreeRoot
        body = root.K[0] if isinstance(root.K, pikepdf.Array) else root.K
        assert {str(e.get("/T")) for e in list(body.K)[: len(marks)]} == {stamp.WORDS}
        for page in pdf.pages:
            assert reading.unmarked(page) == []
        assert stamp.WORDS in str(pdf.docinfo["/Title"])


def test_the_band_covers_nothing_of_the_letter(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        for page in pdf.pages:
            top = float(page.mediabox[3])
            assert max(upper for _kind, _left, _low, _right, upper in reading.marks(page)) < top - 20


def test_a_marked_copy_does_not_pass_itself_off_as_the_archived_record(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_metadata() as about:
        assert about["pdfaid:part"] == "3"
    with pikepdf.open(io.BytesIO(stamp.void(made, SAID))) as pdf, pdf.open_metadata() as about:
        assert "pdfaid:part" not in about
        assert "pdfuaid:part" not in about


@pytest.mark.parametrize("name", ["(", "\\", "\\)", "محمد", "Œ…—", "x" * 400])
def test_any_name_can_be_said(renderer: Renderer, kinds: Kinds, name: str) -> None:
    pdf = renderer.render("rek-pbi", catalogue.sample(kinds["rek-pbi"])).pdf
    marked = pages(stamp.void(pdf, f"sejak hari ini, dibatalkan oleh {name}"))
    assert all("BATAL/TIDAKBERLAKUsejakhariini,dibatalkanoleh" in page for page in marked)
    if name.isascii():
        assert all(name in page for page in marked)


def test_a_file_without_tags_is_marked_too() -> None:
    plain = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(400, 600))
        pdf.save(plain)
    (page,) = pages(stamp.void(plain.getvalue(), SAID))
    assert page.count(reading.squeezed(stamp.WORDS)) == 2
