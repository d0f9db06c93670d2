"""Helpers (PSKS): the register, roles, the yearly confirmation, the counts."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import psks, psks_keeping, psks_report
from caseflow.actions.psks import Person, PersonData, Role, RoleData, Wanted
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Line, RowId, TypedDay, Word
from caseflow.api.letters import WorkbookResponse
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals
from caseflow.store.session import Session

router: APIRouter = door.routes("PSKS")
LISTING = (401, 403, 422, 429, 503)
MOST = 200


class RoleShown(Answer):
    """A role of a helper; `due` when nobody confirmed it for a year."""

    id: str
    type: str = Field(examples=["PSM"])
    area: str = Field(examples=["6310012001"])
    area_name: str
    start: date
    end: date | None
    running: bool
    qualification: str
    trainings: list[tuple[str, int]] = Field(examples=[[["Pelatihan dasar PSM", 2024]]])
    confirmed_on: date
    confirmed_by: str
    due: bool


class PersonShown(Answer):
    """A helper with every role; `double` when more than one is held today."""

    id: str
    name: str
    sex: str = Field(description="L, P, atau kosong.")
    birth_year: int | None
    area: str
    area_name: str
    languages: list[str]
    erased: bool = Field(description="Data orangnya sudah dihapus; perannya tetap dihitung.")
    double: bool
    roles: list[RoleShown]


class PersonFull(PersonShown):
    """A helper with the telephone number, and for who keeps the register the account and the whole NIK."""

    phone: str
    nik: str = Field(description="Disamarkan bila Anda tidak mencatat PSKS di sini.")
    user: str = Field(description="Nama pengguna akunnya bila Anda mencatat PSKS di sini, atau kosong.")


class People(Answer):
    """Helpers by name; ask again with `after` for those behind."""

    items: list[PersonShown]
    after: str | None


class PeopleWanted(Body):
    """Which helpers."""

    type: Word | None = Field(None, examples=["PSM"])
    area: Word | None = Field(None, examples=["631001"])
    doubles: Annotated[bool, Field(strict=False)] = False
    after: RowId | None = None
    limit: Annotated[int, Field(strict=False, ge=1, le=MOST)] = 100


class Unconfirmed(Answer):
    """A role that nobody confirmed for a year, and whose it is."""

    person: str
    name: str
    role: RoleShown


class ToConfirm(Answer):
    """Roles of your areas that nobody confirmed for a year, the oldest first; `count` are all of them."""

    items: list[Unconfirmed]
    count: int


class Confirmed(Answer):
    """How many roles were confirmed."""

    confirmed: int


class Report(Answer):
    """Persons and roles apart, institutions, villages with a Puskesos, cases of each worker."""

    on: date
    persons: int
    roles: int
    bodies: int
    doubles: int
    by_type: list[dict[str, Any]] = Field(description="type, name, persons, roles, bodies")
    by_area: list[dict[str, Any]] = Field(description="area, name, persons, roles, bodies")
    puskesos: list[dict[str, Any]] = Field(description="area, name, villages, covered, percent, without")
    loads: list[dict[str, Any]] = Field(description="name, open, late")


class Training(Body):
    """A training and its year."""

    name: Line
    year: int = Field(examples=[2024])


class RoleGiven(Body):
    """A role: kind, area and days; trainings with their year."""

    type: Word = Field(examples=["PSM"])
    area: Word = Field(examples=["6310012001"])
    start: TypedDay
    end: TypedDay | None = None
    qualification: Line = ""
    trainings: list[Training] = Field(default_factory=list, max_length=psks_keeping.MOST_TRAININGS)

    def command(self) -> RoleData:
        """Return the role as the action takes it."""
        trainings = tuple((each.name, each.year) for each in self.trainings)
        return RoleData(**{**self.given(), "trainings": trainings})


class PersonGiven(Body):
    """What is recorded of a helper; every field is written anew."""

    name: Line
    area: Word = Field(description="Tempat tinggal.", examples=["6310012001"])
    sex: Word = ""
    birth_year: int | None = None
    phone: Word = ""
    nik: Word = ""
    languages: list[Word] = Field(default_factory=list, max_length=psks_keeping.MOST_LANGUAGES)
    user: Line = Field("", description="Nama pengguna akunnya, bila ada.")

    def command(self) -> PersonData:
        """Return the person as the action takes it."""
        given = {name: getattr(self, name) for name in PersonGiven.model_fields}
        return PersonData(**{**given, "languages": tuple(self.languages)})


class PersonNew(PersonGiven):
    """A helper with the first role."""

    role: RoleGiven


class RolesConfirmed(Body):
    """Roles that are held as recorded."""

    roles: Annotated[list[RowId], Field(min_length=1, max_length=psks_keeping.MOST_CONFIRMED)]


class PersonErased(Body):
    """Why a helper is erased."""

    reason: Word = Field(description="request (diminta orangnya), mistake (salah dicatat), died (meninggal dunia).")


class RoleEnded(Body):
    """The last day of a role; without one today."""

    last_day: TypedDay | None = None


@router.get("/psks", responses=refusals(*LISTING), summary="Daftar PSKS")
def listing(caller: Reader, wanted: Annotated[PeopleWanted, Query()]) -> People:
    """PSKS di kabupaten Anda menurut nama, tanpa nomor telepon."""
    asked = Wanted(**{**wanted.given(), "limit": wanted.limit + 1})
    found = door.read(caller, lambda session, by, at: psks.listing(session, asked, by=by, at=at))
    after = found[wanted.limit - 1].id if len(found) > wanted.limit else None
    return People(items=[PersonShown(**_person(one)) for one in found[: wanted.limit]], after=after)


@router.get("/psks/report", responses=refusals(*LISTING), summary="Jumlah PSKS")
def report(caller: Reader) -> Report:
    """Orang dan peran dihitung terpisah, menurut jenis dan kecamatan; desa dengan dan tanpa Puskesos."""
    found = door.read(caller, lambda session, by, at: psks_report.read(session, by=by, at=at))
    return Report.model_validate(psks_report.as_data(found, lang=caller.lang))


@router.get(
    "/psks/report.xlsx",
    response_class=WorkbookResponse,
    responses=refusals(*LISTING),
    summary="Jumlah PSKS (XLSX)",
)
def sheet(caller: Reader) -> Response:
    """Angka yang sama sebagai lembar kerja."""
    content = door.read(caller, lambda s, by, at: psks_report.export(s, by=by, at=at, lang=caller.lang))
    return WorkbookResponse(content, headers={"Content-Disposition": 'attachment; filename="psks.xlsx"'})


@router.get("/psks/unconfirmed", responses=refusals(*LISTING), summary="Peran yang belum dikonfirmasi")
def unconfirmed(caller: Reader) -> ToConfirm:
    """Peran di wilayah Anda yang selama setahun tidak dikonfirmasi."""
    found, count = door.read(caller, lambda session, by, at: psks_report.to_confirm(session, by=by, at=at))
    items = [Unconfirmed(person=role.person, name=name, role=RoleShown(**_role(role))) for name, role in found]
    return ToConfirm(items=items, count=count)


@door.writes(router.post, "/psks/confirm", "Konfirmasi peran", model=Confirmed)
def confirm(caller: Writer, body: RolesConfirmed) -> Response:
    """Nyatakan bahwa peran-peran ini masih dipegang seperti tercatat."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        return 200, Confirmed(confirmed=psks_keeping.confirm_roles(session, body.roles, by=by, at=at))

    return door.write(caller, run)


@door.writes(router.post, "/psks", "Catat PSKS", status=201, model=PersonFull)
def add(caller: Writer, body: PersonNew) -> Response:
    """Catat seorang PSKS dengan peran pertamanya; orang yang sama dicatat satu kali."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        made = psks_keeping.add_person(session, body.command(), body.role.command(), by=by, at=at)
        return 201, _full(session, made, by, at)

    return door.write(caller, run)


@router.get("/psks/{helper}", responses=refusals(403, *READING), summary="Satu PSKS")
def show(caller: Reader, helper: str) -> PersonFull:
    """Satu orang dengan semua perannya."""
    return door.read(caller, lambda session, by, at: _full(session, helper, by, at))


@door.writes(router.put, "/psks/{helper}", "Betulkan data PSKS", model=PersonFull)
def change(caller: Writer, helper: str, body: PersonGiven) -> Response:
    """Tulis baru semua yang tercatat tentang orangnya; perannya tetap."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        psks_keeping.change_person(session, helper, body.command(), by=by, at=at)
        return 200, _full(session, helper, by, at)

    return door.write(caller, run)


@door.writes(router.post, "/psks/{helper}/erase", "Hapus data PSKS", model=PersonFull)
def erase(caller: Writer, helper: str, body: PersonErased) -> Response:
    """Hapus data orangnya untuk seterusnya; perannya tetap dihitung tanpa nama. Untuk admin wilayahnya."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        psks_keeping.erase_person(session, helper, body.reason, by=by, at=at)
        return 200, _full(session, helper, by, at)

    return door.write(caller, run)


@door.writes(router.post, "/psks/{helper}/roles", "Tambah peran", status=201, model=PersonFull)
def give(caller: Writer, helper: str, body: RoleGiven) -> Response:
    """Tambahkan peran kepada orang yang sudah tercatat."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        psks_keeping.add_role(session, helper, body.command(), by=by, at=at)
        return 201, _full(session, helper, by, at)

    return door.write(caller, run)


@door.writes(router.post, "/psks/roles/{psks_role}/end", "Akhiri peran", model=PersonFull)
def end(caller: Writer, psks_role: str, body: RoleEnded) -> Response:
    """Akhiri sebuah peran; ia tetap tercatat."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        return 200, _full(session, psks_keeping.end_role(session, psks_role, body.last_day, by=by, at=at), by, at)

    return door.write(caller, run)


def _full(session: Session, helper: str, by: Viewer, at: datetime) -> PersonFull:
    found = psks.one(session, helper, by=by, at=at)
    return PersonFull(**_person(found), phone=found.phone, nik=found.nik, user=found.username)


def _person(one: Person) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "sex": one.sex,
        "birth_year": one.birth_year,
        "area": one.area,
        "area_name": one.area_name,
        "languages": list(one.languages),
        "erased": one.erased,
        "double": one.double,
        "roles": [_role(role) for role in one.roles],
    }


def _role(role: Role) -> dict[str, Any]:
    return {
        "id": role.id,
        "type": role.code,
        "area": role.area,
        "area_name": role.area_name,
        "start": role.start,
        "end": role.end,
        "running": role.running,
        "qualification": role.qualification,
        "trainings": list(role.trainings),
        "confirmed_on": role.confirmed_on,
        "confirmed_by": role.confirmed_by,
        "due": role.due,
    }
