"""The roster of a group or community, and who speaks for it."""

from datetime import date

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import groups
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Change, Line, Note, TypedDay, Word
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals

router: APIRouter = door.routes("Daftar anggota")


class Member(Answer):
    """Somebody of the group."""

    id: str
    name: str
    role: str
    representative: bool
    basis: str
    linked: bool = Field(description="Tercatat juga sebagai orang yang kasusnya boleh Anda buka.")
    starts_on: date
    ends_on: date | None


class Roster(Answer):
    """Members, representatives first; who left is included."""

    items: list[Member]


class AddMember(Change):
    """Somebody who belongs to the group."""

    name: Line = Field(description="Nama atau panggilannya.", examples=["Damang Ayal"])
    role: Note = Field("", examples=["kepala adat"])
    representative: bool = Field(default=False, description="Mewakili yang lain: persetujuannya berlaku bagi kelompok.")
    basis: Word = Field("representative", json_schema_extra={"enum": list(groups.BASES)})
    person_case: Word = Field("", description="Nomor kasus orang ini, bila tercatat juga sebagai orang.")
    starts_on: TypedDay | None = None


class EndMember(Change):
    """Somebody who left."""

    ends_on: TypedDay | None = None
    reason: Note = ""


@router.get("/cases/{case}/roster", responses=refusals(*READING), summary="Daftar anggota")
def list_members(caller: Reader, case: str) -> Roster:
    """Anggota kelompok atau komunitas, wakilnya dahulu; 404 bila kasusnya bukan tentang kelompok."""
    found = door.read(caller, lambda session, by, at: groups.show(session, case, by=by, at=at), case=case)
    return Roster(items=[Member.model_validate(each) for each in found])


@door.writes(router.post, "/cases/{case}/roster", "Tambah anggota", status=201)
def add_member(caller: Writer, case: str, body: AddMember) -> Response:
    """Catat satu anggota kelompok atau komunitas."""
    return door.act(caller, case, groups.add_to_roster, groups.AddToRoster(case=case, **body.given()), status=201)


@door.writes(router.post, "/cases/{case}/roster/{member}/end", "Anggota keluar")
def end_member(caller: Writer, case: str, member: str, body: EndMember) -> Response:
    """Catat bahwa seseorang tidak lagi termasuk; barisnya tetap."""
    return door.act(caller, case, groups.end_on_roster, groups.EndOnRoster(case=case, member=member, **body.given()))
