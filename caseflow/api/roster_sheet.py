"""The roster of a group by the row, as a sheet holds it: what each row would do, and all of it recorded at once."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import roster_sheet
from caseflow.actions.roster_sheet import FillRoster, RosterRow
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Change, Line
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals
from caseflow.i18n import translate
from caseflow.store.session import Session

router: APIRouter = door.routes("Daftar anggota")


class MemberRow(Body):
    """One member, as it stands in a sheet. There is no NIK."""

    name: Line = Field(description="Nama atau panggilannya.", examples=["Damang Ayal"])
    role: Line = Field("", examples=["kepala adat"])
    representative: Line = Field("", description="ya bila mewakili yang lain.", examples=["ya"])
    basis: Line = Field("", description="Dari mana diketahui; kosong: disebut wakilnya.", examples=["official"])
    person_case: Line = Field("", description="Nomor kasus orang ini, bila tercatat juga sebagai orang.")
    starts_on: Line = Field("", description="Sejak kapan; kosong: hari ini.", examples=["2026-02-01"])


Rows = Annotated[list[MemberRow], Field(min_length=1, max_length=roster_sheet.MOST)]


class MemberRows(Body):
    """The rows of a sheet."""

    rows: Rows


class FillMembers(Change):
    """The rows of a sheet, all of which join the roster."""

    rows: Rows


class RowWould(Answer):
    """What a row would do."""

    row: int
    name: str
    state: str = Field(description="new, known, wrong")
    notes: list[str]


class MembersChecked(Answer):
    """What every row would do; nothing was recorded."""

    rows: list[RowWould]


class MembersRecorded(Answer):
    """What the rows brought; `known` were on the roster already."""

    members: int
    known: int


def _rows(found: list[MemberRow]) -> tuple[RosterRow, ...]:
    """Return the rows, numbered from 1."""
    return tuple(RosterRow(number=n, **row.model_dump()) for n, row in enumerate(found, 1))


@router.post(
    "/cases/{case}/roster/import/check",
    responses=refusals(400, 403, 409, 413, 415, *READING),
    summary="Periksa lembar anggota",
)
def check(caller: Reader, case: str, body: MemberRows) -> MembersChecked:
    """Apa jadinya tiap baris: anggota baru, sudah di daftar, atau salah dan sebabnya."""
    command = FillRoster(case=case, rows=_rows(body.rows))
    found = door.read(caller, lambda session, by, at: roster_sheet.check(session, command, by=by, at=at), case=case)
    return MembersChecked(
        rows=[
            RowWould(
                row=one.number,
                name=one.name,
                state=one.state,
                notes=[translate(note, caller.lang) for note in one.notes],
            )
            for one in found
        ]
    )


@door.writes(router.post, "/cases/{case}/roster/import", "Catat lembar anggota", model=MembersRecorded)
def record(caller: Writer, case: str, body: FillMembers) -> Response:
    """Catat semua baris, atau tidak satu pun bila ada yang salah. Yang sudah di daftar tidak diubah."""
    command = FillRoster(case=case, rows=_rows(body.rows), expected_version=body.expected_version)

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        done = roster_sheet.record(session, command, by=by, at=at)
        return 200, MembersRecorded(members=done.members, known=done.known)

    return door.write(caller, run, case=case)
