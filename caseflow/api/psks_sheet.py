"""Helpers by the row, as a sheet holds them: what each row would do, and all of it recorded at once."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import psks_rows, psks_sheet
from caseflow.actions.psks_rows import SheetRow
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Line
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals
from caseflow.i18n import translate
from caseflow.store.session import Session

router: APIRouter = door.routes("PSKS")


class HelperRow(Body):
    """One role of one person, as it stands in a sheet; areas and kinds by code or name."""

    name: Line
    nik: Line = ""
    sex: Line = ""
    birth_year: Line = Field("", examples=["1985"])
    home: Line = Field("", description="Tempat tinggal; kosong: sama dengan area.")
    phone: Line = ""
    languages: Line = ""
    type: Line = Field(examples=["PSM"])
    area: Line = Field(examples=["63.10.01.2001"])
    start: Line = Field(examples=["2024-01-15"])
    end: Line = ""
    qualification: Line = ""
    trainings: Line = Field("", examples=["Dasar PSM; 2024"])
    confirmed: Line = Field("", description="Terakhir dikonfirmasi; kosong: ditanyakan pada konfirmasi tahunan.")


class HelperRows(Body):
    """The rows of a sheet."""

    rows: Annotated[list[HelperRow], Field(min_length=1, max_length=psks_rows.MOST)]

    def sheet(self) -> tuple[SheetRow, ...]:
        """Return the rows, numbered from 1."""
        return tuple(SheetRow(number=n, **row.model_dump()) for n, row in enumerate(self.rows, 1))


class RowWould(Answer):
    """What a row would do; `person` is the id of who is recorded already."""

    row: int
    name: str
    state: str = Field(description="new, role, known, wrong")
    notes: list[str]
    person: str | None


class HelpersChecked(Answer):
    """What every row would do; nothing was recorded."""

    rows: list[RowWould]


class HelpersRecorded(Answer):
    """What the rows brought; `known` were recorded already."""

    persons: int
    roles: int
    known: int


@router.post("/psks/import/check", responses=refusals(400, 403, 409, 413, 415, *READING), summary="Periksa impor PSKS")
def check(caller: Reader, body: HelperRows) -> HelpersChecked:
    """Apa jadinya tiap baris: orang baru, peran baru, sudah tercatat, atau salah dan sebabnya."""
    found = door.read(caller, lambda session, by, at: psks_sheet.check(session, body.sheet(), by=by, at=at))
    return HelpersChecked(
        rows=[
            RowWould(
                row=one.number,
                name=one.name,
                state=one.state,
                notes=[translate(note, caller.lang) for note in one.notes],
                person=one.person or None,
            )
            for one in found
        ]
    )


@door.writes(router.post, "/psks/import", "Impor PSKS", model=HelpersRecorded)
def record(caller: Writer, body: HelperRows) -> Response:
    """Catat semua baris, atau tidak satu pun bila ada yang salah. Yang sudah tercatat tidak diubah."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        done = psks_sheet.record(session, body.sheet(), by=by, at=at)
        return 200, HelpersRecorded(persons=done.persons, roles=done.roles, known=done.known)

    return door.write(caller, run)
