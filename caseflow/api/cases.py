"""Cases: opening, listing, searching, reading, history; and the data of the person a case is about."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import cases, groups, lines, past, people, views
from caseflow.actions.people import HouseholdData, HouseholdMember, PersonData
from caseflow.actions.views import CaseView
from caseflow.api import door, shown
from caseflow.api.door import Caller, Reader, Writer
from caseflow.api.fields import Answers, BirthTyped, Body, CardNumber, Change, Line, RowId, TypedDay, Word
from caseflow.api.models import Answer, CaseLine, CaseShown, CaseThen, Found, Named, Page, line_of
from caseflow.api.problems import READING, WRITING, refusals
from caseflow.errors import InvalidInput, _
from caseflow.i18n import translate
from caseflow.ids import is_id, normalise_area
from caseflow.states.lifecycle import STATES
from caseflow.store.cases import Filter
from caseflow.store.session import Session

router: APIRouter = door.routes("Kasus")
MOST_MEMBERS = 40
MOST_LINES = 200
Text120 = Annotated[str, Field(max_length=120)]
Text400 = Annotated[str, Field(max_length=400)]


# --- opening ----------------------------------------------------------------------------------------------------------


class Person(Body):
    """A person as typed; a name or an alias is enough. A bad, double or missing NIK is kept with its status."""

    name: Line = Field("", examples=["Siti Aminah"])
    alias: Line = ""
    nik: CardNumber = Field(None, description="Sebagai teks; bilangan ditolak karena digitnya dapat hilang.")
    kk: CardNumber = None
    phone: Word = ""
    sex: Word | None = Field(None, description="L atau P", examples=["P"])
    birth: BirthTyped = Field(None, description="Seperti diketahui orang.", examples=["sekitar 8 tahun"])
    birth_place: Text120 = ""
    address: Text400 = ""
    mother_name: Line = ""

    def typed(self) -> PersonData:
        """Return the person for the action."""
        return PersonData(**self.given())


class Member(Body):
    """Somebody of a household."""

    person: Person
    relation: Word = Field("", examples=["kepala keluarga"])
    basis: Word = Field("on_kk", description="on_kk atau lives_with")


class Household(Body):
    """A household as typed; the first member is its head."""

    kk: CardNumber = None
    address: Text400 = ""
    members: list[Member] = Field(max_length=MOST_MEMBERS)

    def typed(self) -> HouseholdData:
        """Return the household for the action."""
        members = tuple(
            HouseholdMember(person=m.person.typed(), relation=m.relation, basis=m.basis) for m in self.members
        )
        return HouseholdData(kk=self.kk, address=self.address, members=members)


class RosterMember(Body):
    """Somebody of a group, by the name or alias they go by there."""

    name: Text120 = Field(examples=["Damang Ayal"])
    role: Text120 = ""
    representative: bool = False
    basis: Word = Field("representative", json_schema_extra={"enum": list(groups.BASES)})


class Group(Body):
    """A group or community: its name and, as far as known, its members and who speaks for it."""

    kind: Word = Field(json_schema_extra={"enum": ["group", "community"]}, examples=["community"])
    name: Text120 = Field(examples=["Balai Adat Meratus"])
    address: Text400 = ""
    members: list[RosterMember] = Field(default_factory=list, max_length=MOST_MEMBERS)

    def typed(self) -> groups.GroupData:
        """Return the group for the action."""
        members = tuple(groups.RosterMember(**m.given()) for m in self.members)
        return groups.GroupData(kind=self.kind, name=self.name, address=self.address, members=members)


class OpenCase(Body):
    """A new case: exactly one of person, household, group, subject (the id of one you know from a case of yours)."""

    category: Word = Field(examples=["AT"])
    area: Word = Field(description="Kode kecamatan atau desa/kelurahan.", examples=["63.10.01.2005"])
    person: Person | None = None
    household: Household | None = None
    group: Group | None = None
    subject: RowId | None = None
    issue: Word | None = None
    event_date: TypedDay | None = Field(None, examples=["2026-11-16"])
    answers: Answers = Field(default_factory=dict, description="Jawaban pertama tahap pengumpulan data.")
    new_despite_closed: bool = Field(
        default=False, description="Kasus lama yang ditutup sudah dilihat; tetap dibuat kasus baru."
    )

    def command(self) -> cases.OpenCase:
        """Return the case for the action."""
        person = self.person.typed() if self.person else None
        household = self.household.typed() if self.household else None
        group = self.group.typed() if self.group else None
        return cases.OpenCase(**self.given() | {"person": person, "household": household, "group": group})


class OpenedCase(Answer):
    """The new case, and what to warn about."""

    id: str
    number: str = Field(examples=["6310-2026-000123"])
    state: str = Field(examples=["data_collection"])
    version: int
    cycle: int
    entry: int
    subject: str
    warnings: list[str]


@router.post("/cases", status_code=201, response_model=OpenedCase, responses=refusals(*WRITING), summary="Kasus baru")
def open_case(caller: Writer, body: OpenCase) -> Response:
    """Buka kasus untuk orang atau keluarga. Satu kasus terbuka per orang dan kategori."""
    command = body.command()

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, OpenedCase]:
        opened = cases.open_case(session, command, by=by, at=at)
        done = opened.case
        made = OpenedCase(
            id=done.id,
            number=done.number,
            state=done.state,
            version=done.version,
            cycle=done.cycle,
            entry=done.entry,
            subject=done.created_id or "",
            warnings=[translate(warning, caller.lang) for warning in opened.warnings],
        )
        return 201, made

    return door.write(caller, run)


# --- finding ----------------------------------------------------------------------------------------------------------


class Wanted(Body):
    """What a list is narrowed to; unknown parameters are refused, so that a misspelt one does not show everything."""

    state: Word | None = None
    category: Word | None = None
    area: Word | None = Field(None, description="Kode wilayah atau awalannya: provinsi sampai desa/kelurahan.")
    assignee: RowId | None = Field(None, description="Id pendamping, atau me.")
    overdue: Annotated[bool, Field(strict=False)] = Field(default=False, description="Hanya yang lewat tenggat.")
    cursor: Word | None = Field(None, pattern=r"^[0-9]{4}-[0-9]{4}-[0-9]{6,}$")
    limit: Annotated[int, Field(strict=False, ge=1, le=MOST_LINES)] = 50


@router.get("/cases", responses=refusals(401, 422, 429, 503), summary="Daftar kasus")
def list_cases(caller: Reader, wanted: Annotated[Wanted, Query()]) -> Page:
    """Kasus yang boleh Anda lihat, nomor terbaru dahulu, per halaman."""
    chosen = _filter(caller, wanted)
    found = door.read(caller, lambda session, by, at: lines.list_cases(session, chosen, by=by, at=at))
    shown_now = found[: wanted.limit]
    more = shown_now[-1].number if len(found) > wanted.limit else None
    return Page(items=_lines(caller, shown_now), next=more)


def _lines(caller: Caller, found: Iterable[lines.Line]) -> list[CaseLine]:
    return [line_of(line, caller.lang, caller.edge.database.categories) for line in found]


def _filter(caller: Caller, wanted: Wanted) -> Filter:
    problems: dict[str, str] = {}
    if wanted.state and wanted.state not in STATES:
        problems["state"] = _("Pilih salah satu: {choices}.", choices=", ".join(STATES))
    known = caller.edge.database.categories
    if wanted.category and wanted.category not in known:
        problems["category"] = _("Pilih salah satu: {choices}.", choices=", ".join(sorted(known)))
    assignee = caller.viewer.user_id if wanted.assignee == "me" else wanted.assignee
    if assignee and not is_id(assignee):
        problems["assignee"] = _("Tulis id pengguna, atau me.")
    try:
        area = normalise_area(wanted.area) if wanted.area else None
    except InvalidInput as error:
        problems |= error.data["problems"]
        area = None
    if problems:
        raise InvalidInput(problems)
    return Filter(
        state=wanted.state,
        category=wanted.category,
        area=area,
        assignee=assignee,
        overdue_at=caller.edge.clock.now() if wanted.overdue else None,
        cursor=wanted.cursor,
        limit=wanted.limit + 1,
    )


class Search(Body):
    """What to look for. It is sent in a body: names and numbers do not belong into an address."""

    q: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="Nama (ejaan apa pun), NIK, nomor KK, telepon, atau nomor kasus.", examples=["Siti Aminah"]
    )


@router.post("/search", responses=refusals(400, 401, 413, 415, 422, 429, 503), summary="Cari")
def search(caller: Reader, body: Search) -> Found:
    """Cari kasus yang boleh Anda lihat, paling banyak 20.

    Kelompok ditemukan juga lewat anggotanya sekarang; menurut nama di antara 5.000 anggota dari kasus yang terakhir
    dibuka.
    """
    found = door.read(caller, lambda session, by, at: lines.search(session, body.q, by=by, at=at))
    return Found(items=_lines(caller, found))


# --- reading ----------------------------------------------------------------------------------------------------------


def look(caller: Caller, case: str) -> CaseView:
    """Return a case as the caller sees it."""
    return door.read(caller, lambda session, by, at: views.view_case(session, case, by=by, at=at), case=case)


class AsOf(Body):
    """The day a case is looked at from."""

    as_of: TypedDay | None = Field(None, description="Keadaan pada akhir hari itu, menurut catatan.")


@router.get("/cases/{case}", response_model=CaseShown | CaseThen, responses=refusals(*READING), summary="Satu kasus")
def show_case(caller: Reader, case: str, wanted: Annotated[AsOf, Query()]) -> CaseShown | CaseThen:
    """Kasus dengan semua isinya, menurut id atau nomor; dengan as_of keadaannya pada suatu hari."""
    day = wanted.as_of
    if day is None:
        return shown.case(look(caller, case), caller.lang)
    found = door.read(caller, lambda session, by, at: past.case_as_of(session, case, day, by=by, at=at), case=case)
    return shown.then(found, caller.lang)


class Entry(Answer):
    """One line of a case's history; `words` is null once erased."""

    seq: int
    code: str = Field(examples=["case:step:taken"])
    event_date: date = Field(description="Kapan terjadi.")
    entered_at: datetime = Field(description="Kapan diketik.")
    actor: Named
    data: dict[str, Any]
    words: dict[str, Any] | None


class History(Answer):
    """What happened in a case, oldest first."""

    items: list[Entry]


@router.get("/cases/{case}/history", responses=refusals(*READING), summary="Riwayat")
def history(caller: Reader, case: str) -> History:
    """Semua catatan kasus, dari yang tertua."""
    events = door.read(caller, lambda session, by, at: views.history(session, case, by=by, at=at), case=case)
    return History(items=[_entry(event) for event in events])


def _entry(event: views.Event) -> Entry:
    words: Mapping[str, Any] | None = event.words
    return Entry(
        seq=event.seq,
        code=event.code,
        event_date=event.event_date,
        entered_at=event.entered_at,
        actor=Named(id=event.actor, name=event.actor_name),
        data=dict(event.data),
        words=dict(words) if words is not None else None,
    )


# --- the person -------------------------------------------------------------------------------------------------------


class ChangePerson(Change):
    """The whole form of the person, as it should be from now on."""

    person: Person


@door.writes(router.put, "/cases/{case}/person", "Ubah data diri")
def change_person(caller: Writer, case: str, body: ChangePerson) -> Response:
    """Ganti data diri orang yang ditangani; yang tidak disebut menjadi kosong."""
    command = people.ChangePerson(case=case, person=body.person.typed(), expected_version=body.expected_version)
    return door.act(caller, case, people.change_person, command)
