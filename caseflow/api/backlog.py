"""Where cases wait: the figures of the supervisor's page, and the same as a worksheet."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import backlog, backlog_sheet
from caseflow.actions.backlog import Backlog
from caseflow.api import door
from caseflow.api.door import Caller, Reader
from caseflow.api.fields import Body, RowId, Word
from caseflow.api.letters import WorkbookResponse
from caseflow.api.models import Answer
from caseflow.api.problems import refusals

router: APIRouter = door.routes("Pengawasan")
READING = (401, 403, 422, 429, 503)


class BacklogWanted(Body):
    """What is counted; with any of these, closed files (R3) are left out."""

    category: Word | None = Field(None, examples=["FM"])
    area: Word | None = Field(None, description="Kode wilayah; barisnya setingkat di bawahnya.", examples=["631001"])
    assignee: RowId | None = Field(None, description="Id pendamping.")


class CasesThere(Answer):
    """Cases in one place."""

    cases: int
    days: int = Field(description="Rata-rata hari kerja dalam tahap.")
    limit: int | None = Field(description="Batas tahapnya dalam hari kerja, rata-rata menurut kategori kasusnya.")
    late: int = Field(description="Kasus yang lewat batas tahapnya.")
    case_days_over: int = Field(description="Jumlah hari kerja di atas batas, semua kasus bersama.")


class Worst(CasesThere):
    """A place where days over a deadline gather."""

    state: str
    category: str
    area: str
    place: str = Field(examples=["Asesmen Fakir miskin di Kecamatan Batulicin"])


class WaitingRow(Answer):
    """A row of a table; null stands for fewer than five closed files, or none."""

    key: str
    name: str
    states: dict[str, CasesThere | None]
    all: CasesThere | None


class WaitingShown(Answer):
    """Where the open cases you may see wait."""

    at: datetime
    headline: str
    causes: list[str] = Field(description="Jawaban siapa yang ditunggu di hambatan terbesar.")
    open: CasesThere
    bottlenecks: list[Worst]
    by: dict[str, list[WaitingRow]] = Field(description="category, area, assignee: barisnya.")
    closed_files: WaitingRow | None = Field(description="Berkas tertutup (R3); hanya tanpa saringan.")
    nik: dict[str, int] = Field(description="checked, unchecked, unfit, missing: orang dalam kasus terbuka.")
    late: dict[str, int] = Field(description="Kewajiban yang terlambat, menurut jenisnya.")


@router.get("/waiting", responses=refusals(*READING), summary="Di mana kasus menunggu")
def waiting(caller: Reader, wanted: Annotated[BacklogWanted, Query()]) -> WaitingShown:
    """Lama kasus dalam tiap tahap dan hambatannya. Untuk supervisor, kepala, dan auditor."""
    return WaitingShown.model_validate(backlog_sheet.as_data(_read(caller, wanted), lang=caller.lang))


@router.get("/waiting.xlsx", response_class=WorkbookResponse, responses=refusals(*READING), summary="Yang sama (XLSX)")
def waiting_sheet(caller: Reader, wanted: Annotated[BacklogWanted, Query()]) -> Response:
    """Angka yang sama sebagai lembar kerja."""
    content = backlog_sheet.as_workbook(_read(caller, wanted), lang=caller.lang)
    return WorkbookResponse(content, headers={"Content-Disposition": 'attachment; filename="kasus-menunggu.xlsx"'})


def _read(caller: Caller, wanted: BacklogWanted) -> Backlog:
    chosen = backlog.Wanted(**wanted.given())
    return door.read(caller, lambda session, by, at: backlog.read(session, chosen, by=by, at=at))
