"""Letters: what a case offers, issuing, voiding, sending, the register entry and the PDF, checking a code."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from limits import RateLimitItemPerMinute
from pydantic import Field
from starlette.responses import Response

from caseflow import edge as edges
from caseflow.access import Viewer
from caseflow.actions import desk, letter_files, letter_preview, letter_register, letters
from caseflow.actions.casework import Done
from caseflow.actions.letter_drafts import signer_name
from caseflow.actions.letter_scans import AttachScan, attach_scan, scan_of
from caseflow.api import door
from caseflow.api.attachments import Base64, decoded
from caseflow.api.door import ApiRequest, Caller, OpenRoute, Reader, Writer
from caseflow.api.fields import Answers, Body, Change, Line, Note, RowId, TypedDay, Word
from caseflow.api.models import Answer, LetterShown, Named, Unmet, letter_of
from caseflow.api.problems import READING, language, refusals
from caseflow.exchange.workbook import MEDIA_TYPE
from caseflow.i18n import translate
from caseflow.letters.catalogue import Field as LetterField
from caseflow.store.letters import LetterRow
from caseflow.store.session import Session

router: APIRouter = door.routes("Surat")
public = APIRouter(prefix="/api/v1", tags=["Surat"], route_class=OpenRoute)
WRONG = RateLimitItemPerMinute(*letter_files.WRONG_CHECKS)
LONGEST_CODE = 60


class FieldAsked(Answer):
    """Something the letter says that the case, or whoever issues it, must know."""

    key: str
    label: str
    type: str
    required: bool
    help: str | None
    choices: dict[str, str]
    columns: dict[str, str] = Field(description="Kolom sebuah isian berupa tabel; nilainya daftar baris.")
    value: Any = Field(description="Jawaban yang sudah ada dalam kasus.")


class LetterOffer(Answer):
    """A letter the case's present state offers."""

    letter: str = Field(examples=["rjk-rs"])
    code: str = Field(examples=["RJK-RS"])
    title: str
    purpose: str = Field(description="subject, institution, office: untuk siapa surat ini.", examples=["institution"])
    suggested: bool = Field(description="Lazim pada tahap ini, atau diminta oleh jawaban dalam catatan.")
    allowed: bool
    unmet: list[Unmet]
    fields: list[FieldAsked]
    institutions: list[Named]
    signatories: list[Named] = Field(
        description="Yang berwenang menandatangani hari ini, yang pertama bila tak dipilih."
    )


@router.get(
    "/cases/{case}/letters/offered",
    responses=refusals(*READING),
    summary="Surat yang tersedia",
)
def offered(caller: Reader, case: str) -> list[LetterOffer]:
    """Jenis surat yang dapat diterbitkan dalam keadaan sekarang, dengan yang masih kurang."""
    found = door.read(caller, lambda session, by, at: desk.offers(session, case, by=by, at=at), case=case)
    return [_offer(offer, caller.lang) for offer in found]


def _offer(offer: desk.Offer, lang: str) -> LetterOffer:
    return LetterOffer(
        letter=offer.kind.name,
        code=offer.kind.code,
        title=offer.kind.title.in_(lang),
        purpose=offer.kind.purpose,
        suggested=offer.suggested,
        allowed=offer.allowed,
        unmet=[_unmet(told, lang) for told in offer.unmet],
        fields=[_field(asked, offer.fields.get(asked.key), lang) for asked in offer.kind.fields],
        institutions=[Named.model_validate(row) for row in offer.institutions],
        signatories=[Named(id=row.id, name=signer_name(row)) for row in offer.signers],
    )


def _unmet(told: Mapping[str, str], lang: str) -> Unmet:
    message = told["message_en" if lang == "en" else "message"]
    return Unmet(guard=told["guard"], message=message, places=told.get("places", "").split())


def _field(asked: LetterField, value: object, lang: str) -> FieldAsked:
    return FieldAsked(
        key=asked.key,
        label=asked.label.in_(lang),
        type=asked.type,
        required=asked.required,
        help=asked.help.in_(lang) if asked.help else None,
        choices={c.key: c.label.in_(lang) for c in asked.choices},
        columns={c.key: c.label.in_(lang) for c in asked.columns},
        value=value,
    )


class Issue(Change):
    """A letter to issue; `fields` answers what the case does not hold."""

    letter: Word = Field(examples=["rjk-rs"])
    institution: RowId | None = Field(None, description="Id lembaga tujuan; boleh kosong bila hanya ada satu.")
    fields: Answers = Field(default_factory=dict)
    signatory: RowId | None = Field(None, description="Id penanda tangan; kosong: yang berwenang lebih dahulu.")
    replaces: Line | None = Field(None, description="Id atau nomor surat yang diganti; surat itu batal saat itu juga.")


@door.writes(router.post, "/cases/{case}/letters", "Terbitkan surat", status=201)
def issue(caller: Writer, case: str, body: Issue) -> Response:
    """Terbitkan surat: nomornya ada sekarang, berkas PDF menyusul sebentar lagi."""
    return door.act(caller, case, letters.issue_letter, letters.IssueLetter(case=case, **body.given()), status=201)


class Draft(Body):
    """A letter to look at before it is issued: as it would be issued, without a version."""

    letter: Word = Field(examples=["rjk-rs"])
    institution: RowId | None = None
    fields: Answers = Field(default_factory=dict)
    signatory: RowId | None = None
    replaces: Line | None = None


class Drafted(Answer):
    """A draft and what keeps it from being issued."""

    missing: list[Unmet]
    file_name: str = Field(examples=["KONSEP-RJK-RS.pdf"])
    pdf: str = Field(description="PDF bertanda KONSEP, dalam base64.")


@router.post("/cases/{case}/letters/preview", responses=refusals(403, *READING), summary="Konsep surat")
def preview(caller: Reader, case: str, body: Draft) -> Drafted:
    """Konsep surat dari catatan kasus; yang belum ada dicetak sebagai titik-titik. Tidak ada nomor yang terpakai."""
    command = letters.IssueLetter(case=case, **body.given())
    found = door.read(caller, lambda s, by, at: letter_preview.preview_letter(s, command, by=by, at=at), case=case)
    made = caller.request.app.state.render(found.kind.name, found.facts)
    return Drafted(
        missing=[_unmet(told, caller.lang) for told in found.missing],
        file_name=f"KONSEP-{found.kind.code}.pdf",
        pdf=b64encode(made.pdf).decode(),
    )


class Void(Change):
    """A letter that must not count any more; `expected_version` is the version of its case."""

    reason: Note = Field(min_length=1, max_length=400)


class Sent(Change):
    """A letter that left the office; `expected_version` is the version of its case."""

    sent_on: TypedDay | None = None


@door.writes(router.post, "/letters/{letter}/void", "Batalkan surat")
def void(caller: Writer, letter: str, body: Void) -> Response:
    """Batalkan surat dengan alasan; nomornya tetap tercatat."""
    return door.act(caller, letter, _void, letters.VoidLetter(letter=letter, **body.given()))


@door.writes(router.post, "/letters/{letter}/sent", "Surat dikirim")
def sent(caller: Writer, letter: str, body: Sent) -> Response:
    """Catat bahwa surat sudah dikirim."""
    return door.act(caller, letter, _sent, letters.MarkSent(letter=letter, **body.given()))


def _void(session: Session, command: letters.VoidLetter, *, by: Viewer, at: datetime) -> Done:
    desk.find_letter(session, command.letter, by=by)
    return letters.void_letter(session, command, by=by, at=at)


def _sent(session: Session, command: letters.MarkSent, *, by: Viewer, at: datetime) -> Done:
    desk.find_letter(session, command.letter, by=by)
    return letters.mark_sent(session, command, by=by, at=at)


class Scan(Change):
    """The signed scan of a letter; `expected_version` is the version of its case."""

    content: Base64 = Field(
        description="PDF-nya dalam base64, paling besar 10 MB.",
        json_schema_extra={"format": "byte"},
        examples=["JVBERi0xLjcK"],
    )


@door.writes(router.post, "/letters/{letter}/scan", "Lampirkan pindaian")
def scan(caller: Writer, letter: str, body: Scan) -> Response:
    """Lampirkan pindaian surat yang sudah ditandatangani; yang baru menggantikan yang lama."""
    command = AttachScan(letter=letter, content=decoded(body.content), expected_version=body.expected_version)
    return door.act(caller, letter, attach_scan, command)


class Registered(Answer):
    """One number of the register. A restricted letter says no more than its number and dates."""

    running: int
    number: str = Field(examples=["400.9/0017/RJK-RS/DINSOS/2026"])
    letter_date: date
    sent_on: date | None
    addressee: str
    summary: str
    state: str
    remark: str = Field(description="Alasan pembatalan.")


class WorkbookResponse(Response):
    """A worksheet."""

    media_type = MEDIA_TYPE


Year = Annotated[int | None, Query(ge=letter_register.FIRST_YEAR, le=letter_register.LAST_YEAR, examples=[2026])]
Office = Annotated[str | None, Query(description="Kode wilayah kantor; boleh kosong bila hanya satu.", max_length=20)]
Kind = Annotated[str | None, Query(description="Satu jenis surat.", max_length=40, examples=["rjk-rs"])]


@router.get("/register", responses=refusals(403, *READING), summary="Buku agenda")
def register(caller: Reader, year: Year = None, office: Office = None, kind: Kind = None) -> list[Registered]:
    """Setiap nomor surat sebuah kantor dalam setahun, juga yang batal. Untuk supervisor, kepala, dan auditor."""
    return [Registered.model_validate(line) for line in _register(caller, year, office, kind).lines]


@router.get(
    "/register.xlsx", response_class=WorkbookResponse, responses=refusals(403, *READING), summary="Buku agenda (XLSX)"
)
def register_sheet(caller: Reader, year: Year = None, office: Office = None, kind: Kind = None) -> Response:
    """Buku agenda yang sama sebagai lembar kerja."""
    book = _register(caller, year, office, kind)
    content = letter_register.as_workbook(book, lang=caller.lang)
    return WorkbookResponse(content, headers={"Content-Disposition": f'attachment; filename="agenda-{book.year}.xlsx"'})


def _register(caller: Caller, year: int | None, office: str | None, kind: str | None) -> letter_register.Book:
    wanted = letter_register.Agenda(year=year, area=office, kind=kind)
    return door.read(caller, lambda session, by, at: letter_register.read(session, wanted, by=by, at=at))


@router.get("/letters/{letter}", responses=refusals(*READING), summary="Satu surat")
def show_letter(caller: Reader, letter: str) -> LetterShown:
    """Surat menurut id, sebagaimana tercatat dalam register."""

    def run(session: Session, by: Viewer, at: datetime) -> LetterShown:
        row, case = desk.letter(session, letter, by=by, at=at)
        return letter_of(row, letter_files.voided_of(session, case, (row,)).get(row.id))

    return door.read(caller, run, case=letter)


class PdfResponse(Response):
    """A PDF."""

    media_type = "application/pdf"


@router.get(
    "/letters/{letter}/pdf", response_class=PdfResponse, responses=refusals(*READING), summary="Berkas surat (PDF)"
)
def pdf(caller: Reader, letter: str) -> Response:
    """Berkas PDF surat; 422 selama masih dibuat. Surat yang batal bertanda BATAL / TIDAK BERLAKU di setiap halaman."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[LetterRow, bytes]:
        row, _case = desk.letter(session, letter, by=by, at=at)
        return letter_files.pdf_of(session, row.id, by=by, at=at)

    row, content = door.read(caller, run, case=letter)
    name = letter_files.file_name(row)
    return PdfResponse(content, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get(
    "/letters/{letter}/scan", response_class=PdfResponse, responses=refusals(*READING), summary="Pindaian surat (PDF)"
)
def scanned(caller: Reader, letter: str) -> Response:
    """Pindaian yang ditandatangani, yang terakhir dilampirkan; 404 bila belum ada, 422 bila suratnya batal."""
    row, content = door.read(caller, lambda s, by, at: scan_of(s, letter, by=by, at=at), case=letter)
    name = f"pindaian-{letter_files.file_name(row)}"
    return PdfResponse(content, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# --- anybody ----------------------------------------------------------------------------------------------------------


class Checked(Answer):
    """What anybody may learn of a letter: never the person, never the category."""

    state: str = Field(description="genuine, void, unknown", examples=["genuine"])
    number: str = Field(examples=["400.9/0017/RJK-RS/DINSOS/2026"])
    letter_date: date | None
    office: str
    title: str
    replaced_by: str = Field(description="Nomor surat pengganti yang berlaku; kosong bila tidak ada.")
    replaced_on: date | None


@public.get("/verify/{code}", responses=refusals(404, 422, 429, 503), summary="Periksa kode surat")
def verify(request: ApiRequest, code: str) -> Checked:
    """Asli atau tidak, menurut kode di kaki surat. Terbuka untuk siapa pun."""
    edge = door.edge_of(request)
    with edge.database.read() as session:
        found = letter_files.verify_code(session, code[:LONGEST_CODE])
    if found.state == "unknown":  # a genuine one is never held back
        edges.count_failure(edge, WRONG, letter_files.CHECKS, door.address_of(request))
    lang = language(request)
    title = found.title_en if lang == "en" else translate(found.title, lang)
    return Checked(
        state=found.state,
        number=found.number,
        letter_date=found.letter_date,
        office=found.office,
        title=title,
        replaced_by=found.replaced_by,
        replaced_on=found.replaced_on,
    )
