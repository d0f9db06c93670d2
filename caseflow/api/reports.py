"""Monthly reports and targets: making an edition, reading it as data, worksheet or letter; setting targets."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import report_letter, report_sheet, reports, targets
from caseflow.actions.reports import MakeReport, Report
from caseflow.actions.targets import SetTarget, WithdrawTarget
from caseflow.api import door
from caseflow.api.door import Caller, Reader, Writer
from caseflow.api.fields import Body, TypedDay, Word
from caseflow.api.letters import PdfResponse, WorkbookResponse
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals
from caseflow.store.session import Session

router: APIRouter = door.routes("Laporan bulanan")
LISTING = (401, 403, 422, 429, 503)
OF_ONE = (403, *READING)


class EditionShown(Answer):
    """An edition; `digest` is null until it is frozen."""

    id: str
    office: str = Field(description="Kode wilayah kantor.", examples=["6310"])
    month: str = Field(examples=["2026-10"])
    edition: int
    newest: bool
    reason: str = Field(description="Mengapa edisi ini dibuat; kosong pada edisi pertama.")
    asked_by: str
    asked_at: datetime
    counted: int
    to_count: int | None
    frozen_at: datetime | None
    digest: str | None = Field(description="SHA-256 isi yang dibekukan (JSON kanonis).")
    letter_number: str | None


class Editions(Answer):
    """The reports you may read, the latest month and edition first."""

    items: list[EditionShown]


class ReportShown(EditionShown):
    """An edition with what was frozen."""

    content: dict[str, Any] | None = Field(
        description="tables (code, columns, rows), closed_files, log (size, root, note), replaces, corrections."
    )


class ReportAsked(Body):
    """A month that is over; a month that has a report needs the reason for another edition."""

    month: Word = Field(examples=["2026-10"])
    area: Word | None = Field(None, description="Kode wilayah kantor, bila lebih dari satu.")
    reason: Annotated[str, Field(max_length=reports.REASON_LENGTH)] = ""


class TargetShown(Answer):
    """A target, and what has been reached of it."""

    id: str
    area: str
    area_name: str
    measure: str = Field(examples=["opened"])
    start: date
    end: date
    amount: int
    counted: int
    percent: int


class Targets(Answer):
    """The targets of the areas you oversee."""

    items: list[TargetShown]


class TargetSet(Body):
    """A target; the same area, measure and period replaces the one before."""

    area: Word = Field(examples=["631001"])
    measure: Word = Field(description="opened, closed, visits, persons", examples=["opened"])
    start: TypedDay
    end: TypedDay
    amount: Annotated[int, Field(ge=1, le=targets.MOST)]


@router.get("/reports", responses=refusals(*LISTING), summary="Laporan bulanan")
def listing(caller: Reader) -> Editions:
    """Laporan kantor yang seluruh wilayahnya Anda awasi, dan edisinya."""
    found = door.read(caller, lambda session, by, _at: reports.listing(session, by=by))
    return Editions(items=[EditionShown(**report_sheet.edition_data(edition)) for edition in found])


@door.writes(router.post, "/reports", "Minta laporan sebuah bulan", status=201, model=ReportShown)
def make(caller: Writer, body: ReportAsked) -> Response:
    """Pekerja menghitung dan membekukannya. Bulan yang sudah punya laporan mendapat edisi baru, dengan alasan."""
    command = MakeReport(month=body.month, area=body.area, reason=body.reason)

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        return 201, _shown(session, reports.make(session, command, by=by, at=at), by)

    return door.write(caller, run)


@router.get("/reports/{report}", responses=refusals(*OF_ONE), summary="Satu edisi laporan")
def show(caller: Reader, report: str) -> ReportShown:
    """Satu edisi dengan isi yang dibekukan."""
    return door.read(caller, lambda session, by, _at: _shown(session, report, by))


@router.get(
    "/reports/{report}/sheet.xlsx",
    response_class=WorkbookResponse,
    responses=refusals(*OF_ONE),
    summary="Satu edisi laporan (XLSX)",
)
def sheet(caller: Reader, report: str) -> Response:
    """Angka yang sama sebagai lembar kerja."""
    found = _read(caller, report)
    name = f'attachment; filename="laporan-{found.edition.month}-{found.edition.edition}.xlsx"'
    return WorkbookResponse(report_sheet.as_workbook(found, lang=caller.lang), headers={"Content-Disposition": name})


@router.get(
    "/reports/{report}/letter.pdf",
    response_class=PdfResponse,
    responses=refusals(*OF_ONE),
    summary="Surat laporan kepada kepala daerah (PDF)",
)
def letter(caller: Reader, report: str) -> Response:
    """Surat dengan tabel sebagai lampiran; KONSEP selama belum bernomor."""

    def reading(session: Session, by: Viewer, at: datetime) -> tuple[dict[str, Any], bytes | None]:
        return report_letter.letter_of(session, report, by=by, at=at), report_letter.file_of(session, report, by=by)

    facts, kept = door.read(caller, reading)
    content = kept or caller.request.app.state.render(report_letter.KIND, facts).pdf
    return PdfResponse(content, headers={"Content-Disposition": 'attachment; filename="laporan.pdf"'})


@door.writes(router.post, "/reports/{report}/number", "Beri surat laporan nomor", model=ReportShown)
def number(caller: Writer, report: str) -> Response:
    """Nomor dari register, tanggal hari ini, dan penanda tangannya; satu kali, hanya edisi terbaru."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        report_letter.number(session, report, by=by, at=at)
        return 200, _shown(session, report, by)

    return door.write(caller, run)


@router.get("/targets", responses=refusals(*LISTING), summary="Sasaran")
def target_list(caller: Reader) -> Targets:
    """Sasaran di wilayah yang Anda awasi dan yang sudah terhitung, dengan ukuran laporan bulanan."""
    return door.read(caller, _targets)


@door.writes(router.post, "/targets", "Tetapkan sasaran", status=201, model=Targets)
def set_target(caller: Writer, body: TargetSet) -> Response:
    """Tetapkan sasaran sebuah kabupaten, kecamatan, atau desa untuk satu masa."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        targets.set_target(session, SetTarget(**body.given()), by=by, at=at)
        return 201, _targets(session, by, at)

    return door.write(caller, run)


@door.writes(router.post, "/targets/{target}/withdraw", "Tarik sasaran", model=Targets)
def withdraw(caller: Writer, target: str) -> Response:
    """Tarik sebuah sasaran; ia tetap tercatat."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        targets.withdraw_target(session, WithdrawTarget(target=target), by=by, at=at)
        return 200, _targets(session, by, at)

    return door.write(caller, run)


def _read(caller: Caller, report: str) -> Report:
    return door.read(caller, lambda session, by, _at: reports.read(session, report, by=by))


def _shown(session: Session, report: str, by: Viewer) -> ReportShown:
    return ReportShown(**report_sheet.as_data(reports.read(session, report, by=by)))


def _targets(session: Session, by: Viewer, at: datetime) -> Targets:
    found = targets.listing(session, by=by, at=at)
    return Targets(items=[TargetShown(**each) for each in report_sheet.target_data(found)])
