"""What registries say of whom a case is about: the checks, and one more."""

from datetime import date

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import registry
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Change, Note, TypedDay, Word
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals

router: APIRouter = door.routes("Data terpadu")


class Check(Answer):
    """One check in a registry."""

    id: str
    system: str = Field(examples=["DTSEN"])
    name: str
    listed: bool
    identifier: str
    year: int | None
    decile: int | None = Field(description="1 paling miskin.")
    checked_on: date
    checked_by: str
    note: str
    old: bool = Field(description="Pemeriksaan ini lebih lama daripada jarak pemutakhiran datanya.")


class Checks(Answer):
    """Checks, the newest first."""

    items: list[Check]


class AddCheck(Change):
    """A registry that was looked into."""

    system: Word = Field(description="Kode data, misalnya DTSEN.", examples=["DTSEN"])
    listed: bool = True
    identifier: Note = Field("", description="Nomor dalam data itu.")
    year: int | None = Field(None, examples=[2026])
    decile: int | None = Field(None, examples=[2])
    checked_on: TypedDay | None = Field(None, description="Hari melihat datanya; hari ini bila tidak disebut.")
    note: Note = ""


@router.get("/cases/{case}/registry-checks", responses=refusals(*READING), summary="Pemeriksaan data terpadu")
def list_checks(caller: Reader, case: str) -> Checks:
    """Pemeriksaan yang dicatat, yang terbaru dahulu, masing-masing dengan tanggalnya."""
    found = door.read(caller, lambda session, by, at: registry.show(session, case, by=by, at=at), case=case)
    items = [
        Check(
            id=each.id,
            system=each.system,
            name=each.name.in_(caller.lang),
            listed=each.listed,
            identifier=each.identifier,
            year=each.year,
            decile=each.decile,
            checked_on=each.checked_on,
            checked_by=each.checked_by,
            note=each.note,
            old=each.old,
        )
        for each in found
    ]
    return Checks(items=items)


@door.writes(router.post, "/cases/{case}/registry-checks", "Catat pemeriksaan", status=201)
def add_check(caller: Writer, case: str, body: AddCheck) -> Response:
    """Catat apa yang dikatakan satu data; yang terbaru juga menjadi jawaban pengumpulan data."""
    command = registry.AddCheck(case=case, **body.given())
    return door.act(caller, case, registry.add_check, command, status=201)
