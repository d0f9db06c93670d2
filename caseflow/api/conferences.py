"""Case conferences: planned, held with minutes, called off, listed."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import conferences
from caseflow.actions.conferences import CancelConference, Conference, HoldConference, PlanConference
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Change, Line, Note, RowId, TypedDay
from caseflow.api.models import CASE_ID, Answer
from caseflow.api.problems import READING, refusals

router: APIRouter = door.routes("Pembahasan kasus")
People = Annotated[list[list[Line]], Field(max_length=20)]


class Plan(Change):
    """A conference to come."""

    meets_on: TypedDay | None = Field(None, examples=["2026-11-24"])
    time: Line = Field("", examples=["09.00 WITA"])
    place: Line = Field("", examples=["Ruang rapat Dinas Sosial"])
    agenda: Note = Field("", description="Tanpa nama, alamat, atau keadaan klien.", examples=["pembagian peran"])
    chair: Line = ""
    invited: People = Field(
        default_factory=list,
        description="Nama dan instansi tiap orang, paling banyak 12.",
        examples=[[["Kepala Puskesmas Batulicin", "Puskesmas"]]],
    )


class Minutes(Change):
    """What came of a conference."""

    conference: RowId | None = Field(None, description="Yang direncanakan; kosong bila tidak direncanakan di sini.")
    held_on: TypedDay | None = Field(None, description="Kosong: hari ini.")
    place: Line = Field("", examples=["Ruang rapat Dinas Sosial"])
    chair: Line = Field("", examples=["Kepala Bidang Rehabilitasi Sosial"])
    present: People = Field(
        default_factory=list, description="Nama dan jabatan.", examples=[[["Rina", "Pekerja Sosial"]]]
    )
    discussion: Note = Field("", examples=["Kebutuhan dan pilihan layanan."])
    decisions: People = Field(
        default_factory=list,
        description="Apa, siapa, sampai kapan.",
        examples=[[["Pemeriksaan kesehatan", "Puskesmas", "1 Desember 2026"]]],
    )


class CallOff(Change):
    """A conference that will not be held."""

    reason: Note = Field(min_length=1, examples=["Diundur; peserta berhalangan."])


class ConferenceShown(Answer):
    """A conference: planned, held, cancelled."""

    id: str = Field(examples=[CASE_ID])
    status: str = Field(examples=["planned"])
    meets_on: date
    cycle: int
    recorded_by: str
    recorded_at: datetime
    time: str
    place: str
    agenda: str
    chair: str
    invited: list[list[str]]
    present: list[list[str]]
    discussion: str
    decisions: list[list[str]]
    reason: str


@router.get("/cases/{case}/conferences", responses=refusals(*READING), summary="Pembahasan kasus")
def listed(caller: Reader, case: str) -> list[ConferenceShown]:
    """Pembahasan kasus (case conference), yang terbaru dahulu."""
    found = door.read(caller, lambda s, by, at: conferences.list_conferences(s, case, by=by, at=at), case=case)
    return [_shown(each) for each in found]


def _shown(found: Conference) -> ConferenceShown:
    return ConferenceShown(**{name: getattr(found, name) for name in ConferenceShown.model_fields})


@door.writes(router.post, "/cases/{case}/conferences", "Rencanakan pembahasan kasus", status=201)
def plan(caller: Writer, case: str, body: Plan) -> Response:
    """Rencanakan pembahasan kasus; undangannya surat UND-CC, yang mengambil isi ini."""
    return door.act(caller, case, conferences.plan_conference, PlanConference(case=case, **body.given()), status=201)


@door.writes(router.post, "/cases/{case}/conferences/minutes", "Notulen pembahasan kasus", status=201)
def hold(caller: Writer, case: str, body: Minutes) -> Response:
    """Catat notulen, sekali; tanggalnya masuk ke isian rencana bila kategorinya memintanya."""
    return door.act(caller, case, conferences.hold_conference, HoldConference(case=case, **body.given()), status=201)


@door.writes(router.post, "/cases/{case}/conferences/{conference}/cancel", "Batalkan pembahasan kasus")
def cancel(caller: Writer, case: str, conference: str, body: CallOff) -> Response:
    """Batalkan pembahasan yang direncanakan, dengan alasan."""
    command = CancelConference(case=case, conference=conference, **body.given())
    return door.act(caller, case, conferences.cancel_conference, command)
