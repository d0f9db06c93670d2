"""Who works on a case, and when it rests: assignment, whom it can be given to, hold and resume."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import cases, choosing
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Change, Note, RowId, TypedDay
from caseflow.api.models import CASE_ID, Answer
from caseflow.api.problems import READING, refusals
from caseflow.i18n import translate

router: APIRouter = door.routes("Penugasan dan penundaan")


class Assign(Change):
    """A supervisor gives a case to a worker."""

    assignee: RowId = Field(description="Id pendamping dari daftar assignees.", examples=[CASE_ID])
    reason: Note = ""


class Assignable(Answer):
    """Somebody a case can be given to, and why."""

    id: str
    name: str
    open: int = Field(description="Kasus terbuka, sejauh Anda melihatnya.")
    reasons: list[str] = Field(examples=[["wilayah sama", "12 kasus", "pendamping PKH"]])


class Hold(Change):
    """A pause with a reason and an end."""

    until: TypedDay = Field(examples=["2026-12-01"])
    reason: Note = Field("", examples=["Keluarga di luar daerah sampai akhir bulan."])


class Resume(Change):
    """The end of a pause."""

    reason: Note = ""


@router.get("/cases/{case}/assignees", responses=refusals(*READING, 403), summary="Calon pendamping")
def assignees(caller: Reader, case: str) -> list[Assignable]:
    """Pendamping yang bertugas hari ini di wilayah kasus, yang paling sesuai di depan, dengan alasannya."""
    found = door.read(caller, lambda session, by, at: choosing.for_case(session, case, by=by, at=at), case=case)
    return [
        Assignable(
            id=one.candidate.id,
            name=one.candidate.name,
            open=one.candidate.load.open,
            reasons=[translate(reason, caller.lang) for reason in one.reasons],
        )
        for one in found
    ]


@door.writes(router.put, "/cases/{case}/assignment", "Tugaskan")
def assign(caller: Writer, case: str, body: Assign) -> Response:
    """Serahkan kasus kepada seorang pendamping."""
    return door.act(caller, case, cases.assign_case, cases.AssignCase(case=case, **body.given()))


@door.writes(router.post, "/cases/{case}/hold", "Tunda")
def hold(caller: Writer, case: str, body: Hold) -> Response:
    """Tunda kasus sampai suatu hari; tidak bila berisiko tinggi."""
    return door.act(caller, case, cases.hold_case, cases.HoldCase(case=case, **body.given()))


@door.writes(router.post, "/cases/{case}/resume", "Lanjutkan")
def resume(caller: Writer, case: str, body: Resume) -> Response:
    """Akhiri penundaan."""
    return door.act(caller, case, cases.resume_case, cases.ResumeCase(case=case, **body.given()))
