"""Institutions: what they take, room and licence, how they answer; recorded and changed by administrators."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import institutions
from caseflow.actions.institutions import Institution, InstitutionData
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Line, TypedDay, Word
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals
from caseflow.store import institutions as rows
from caseflow.store.session import Session

router: APIRouter = door.routes("Kantor")


class AnsweredShown(Answer):
    """How it answered the referrals you may see, closed files (R3) aside; `days` is the median."""

    sent: int
    accepted: int
    refused: int
    silent: int
    days: int | None


class InstitutionFull(Answer):
    """All that is recorded of an institution, how many are placed there now, and how it answers."""

    id: str
    name: str
    kind: str
    addressee: str
    place: str
    area: str
    email: str
    phone: str
    contact: str
    hours: str
    psks_type: str = Field(description="Jenis PSKS bila lembaga ini salah satunya.", examples=["LKS"])
    capacity: int | None
    placed: int = Field(description="Penempatan yang berjalan, tanpa berkas tertutup (R3).")
    full: bool
    accepts: list[str] = Field(description="Nama surat, dan referral untuk rujukan tanpa surat.")
    licence_number: str
    licence_until: date | None
    licence_over: bool
    active: bool
    answered: AnsweredShown


class InstitutionGiven(Body):
    """An institution to record."""

    name: Line
    kind: Word = Field(json_schema_extra={"enum": list(rows.KINDS)})
    addressee: Line
    place: Line
    area: Word = Field(examples=["6310"])
    email: Line = ""
    phone: Word = ""
    contact: Line = ""
    hours: Line = ""
    psks_type: Word = ""
    capacity: Annotated[int, Field(ge=0, le=institutions.MOST_PLACES)] | None = None
    accepts: list[Word] = Field(default_factory=list, max_length=200)
    licence_number: Line = ""
    licence_until: TypedDay | None = None
    active: bool = True


class InstitutionChanged(InstitutionGiven):
    """What changes of an institution; what is not sent stays."""

    name: Line = ""
    kind: Word = Field("", json_schema_extra={"enum": list(rows.KINDS)})
    addressee: Line = ""
    place: Line = ""
    area: Word = Field("", examples=["6310"])


@door.writes(router.post, "/institutions", "Catat lembaga", status=201, model=InstitutionFull)
def add(caller: Writer, body: InstitutionGiven) -> Response:
    """Catat lembaga tujuan surat dan rujukan. Untuk admin."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        made = institutions.add(session, InstitutionData(**_given(body)), by=by, at=at)
        return 201, _full(session, made, by, at)

    return door.write(caller, run)


@router.get("/institutions/{institution}", responses=refusals(403, *READING), summary="Satu lembaga")
def show(caller: Reader, institution: str) -> InstitutionFull:
    """Yang diterima lembaga ini, tempatnya, izinnya, dan cara menjawabnya."""
    return door.read(caller, lambda session, by, at: _full(session, institution, by, at))


@door.writes(router.patch, "/institutions/{institution}", "Ubah lembaga", model=InstitutionFull)
def change(caller: Writer, institution: str, body: InstitutionChanged) -> Response:
    """Ubah yang dikirim saja; null mengosongkan tempat dan akhir izin. Untuk admin."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        found, _answered = institutions.one(session, institution, by=by, at=at)
        sent = {key: value for key, value in _given(body).items() if key in body.model_fields_set}
        institutions.change(session, institution, replace(found.data, **sent), by=by, at=at)
        return 200, _full(session, institution, by, at)

    return door.write(caller, run)


def _given(body: InstitutionGiven) -> dict[str, Any]:
    return {**body.given(), "accepts": tuple(body.accepts)}


def _full(session: Session, institution: str, by: Viewer, at: datetime) -> InstitutionFull:
    found, answered = institutions.one(session, institution, by=by, at=at)
    return InstitutionFull(**_data(found), answered=AnsweredShown.model_validate(answered))


def _data(one: Institution) -> dict[str, Any]:
    fields = {name: getattr(one.data, name) for name in InstitutionData.__dataclass_fields__}
    more = {"id": one.id, "placed": one.placed, "full": one.full, "licence_over": one.licence_over}
    return {**fields, **more, "accepts": list(one.data.accepts)}
