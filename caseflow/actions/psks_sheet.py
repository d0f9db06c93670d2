"""Helpers out of a sheet: what each row would do, who is recorded already, and all of it recorded at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from caseflow import crypto
from caseflow.access import Viewer
from caseflow.actions import areas, psks, psks_keeping, psks_rows, sheet_rows
from caseflow.actions.psks import KABUPATEN, PersonData, RoleData
from caseflow.actions.psks_keeping import FIRST_CONFIRMED
from caseflow.actions.psks_rows import COLUMNS, MOST, REQUIRED, Places, SheetRow
from caseflow.definitions.psks import PsksType
from caseflow.errors import Erased, InvalidInput, NotFound, Sentence, _
from caseflow.exchange.workbook import workbook
from caseflow.i18n import translate
from caseflow.ids import format_area
from caseflow.states import identity, names
from caseflow.store import areas as area_rows
from caseflow.store import psks as rows
from caseflow.store.psks import Private
from caseflow.store.session import Session

NEW, ROLE, KNOWN, WRONG = "new", "role", "known", "wrong"
STATES: dict[str, Sentence] = {
    NEW: _("orang baru"),
    ROLE: _("peran baru"),
    KNOWN: _("sudah tercatat"),
    WRONG: _("perlu dibetulkan"),
}
"""What becomes of a row."""
TITLE = _("Impor PSKS")
REPORT = (_("Baris"), _("Nama"), _("Peran"), _("Keadaan"), _("Keterangan"))
KECAMATAN = 6
LABELS = {"confirmed_on": "confirmed"}
Span = tuple[date, date | None]


@dataclass(slots=True)
class Someone:
    """A person a row may be about: recorded, or new by an earlier row."""

    name: str
    birth_year: int | None
    area: str
    nik_index: str | None
    id: str = ""
    row: int = 0
    held: list[tuple[str, str, date, date | None]] = field(default_factory=list)


@dataclass(slots=True)
class Register:
    """Who is known: by folded name, and by the index of their NIK."""

    names: dict[str, list[Someone]] = field(default_factory=dict)
    niks: dict[str, Someone] = field(default_factory=dict)

    def add(self, one: Someone) -> None:
        self.names.setdefault(names.full_key(one.name), []).append(one)
        if one.nik_index:
            self.niks[one.nik_index] = one


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row would do and why; `person` is the id of who is recorded already."""

    number: int
    name: str
    role: str
    state: str
    notes: tuple[str, ...] = ()
    person: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a sheet brought."""

    persons: int
    roles: int
    known: int


@dataclass(frozen=True, slots=True)
class _Planned:
    outcome: Outcome
    who: Someone
    person: tuple[dict[str, Any], Private] | None
    """What is written of who is new."""
    role: RoleData


def read(content: bytes) -> tuple[SheetRow, ...]:
    """Return the rows of a CSV or XLSX file; its columns are named in either language. Raises `InvalidInput`."""
    found = sheet_rows.read(content, COLUMNS, required=REQUIRED, most=MOST)
    return tuple(SheetRow(number=number, **texts) for number, texts in found)


def template(lang: str) -> bytes:
    """Return an empty sheet with the columns."""
    return workbook(translate(TITLE, lang), [translate(text, lang) for text in COLUMNS.values()], [])


def check(session: Session, sheet: Sequence[SheetRow], *, by: Viewer, at: datetime) -> tuple[Outcome, ...]:
    """Return what each row would do; nothing is written. Raises `Forbidden`."""
    return tuple(each.outcome for each in _planned(session, sheet, by=by, at=at))


def record(session: Session, sheet: Sequence[SheetRow], *, by: Viewer, at: datetime) -> Recorded:
    """Record all that a sheet brings, or nothing: `InvalidInput` names every row that is wrong. Raises `Forbidden`.

    What is recorded already stays as it is: the same sheet a second time brings nothing.
    """
    for kabupaten in sorted({area[:KABUPATEN] for area in psks.require_keeper(by)}):
        rows.alone(session, f"sheet:{kabupaten}")
    psks_keeping.alone_with(session, [row.nik for row in sheet], today=areas.today(session, at))
    plan = _planned(session, sheet, by=by, at=at)
    if wrong := [each.outcome for each in plan if each.outcome.state == WRONG]:
        raise InvalidInput({f"row {one.number}": _told(one.notes) for one in wrong})
    for each in plan:
        try:
            _record(session, each, by=by, at=at)
        except InvalidInput as refused:  # the row that is refused is told, though the check found nothing
            why = _told(list(refused.data["problems"].values()))
            raise InvalidInput({f"row {each.outcome.number}": why}) from None
        except (NotFound, Erased) as gone:
            raise InvalidInput({f"row {each.outcome.number}": Sentence(gone.template)}) from None
    states = [each.outcome.state for each in plan]
    return Recorded(states.count(NEW), states.count(NEW) + states.count(ROLE), states.count(KNOWN))


def _record(session: Session, planned: _Planned, *, by: Viewer, at: datetime) -> None:
    """Record a row; who is recorded already may have changed since the check, who is new of this sheet did not."""
    who = planned.who
    if planned.outcome.state == NEW and planned.person:
        who.id = psks_keeping.write_person(session, planned.person, by=by, at=at)
    if planned.outcome.state in {NEW, ROLE}:
        record_role = psks_keeping.write_role if who.row else psks_keeping.add_role
        record_role(session, who.id, planned.role, by=by, at=at)


def as_workbook(found: Sequence[Outcome], *, lang: str) -> bytes:
    """Return what each row would do as a worksheet."""
    lines = [
        (
            one.number,
            one.name,
            translate(one.role, lang),
            translate(STATES[one.state], lang),
            translate(_told(one.notes), lang),
        )
        for one in found
    ]
    return workbook(translate(TITLE, lang), [translate(head, lang) for head in REPORT], lines)


def _told(notes: Sequence[str]) -> Sentence:
    """Return all notes as one sentence that can be said in either language."""
    parts = {f"part{n}": note for n, note in enumerate(notes)}
    return Sentence(" ".join(f"{{{name}}}" for name in parts), **parts) if parts else Sentence("")


# --- what a row would do ---------------------------------------------------------------------------------------------


def _planned(session: Session, sheet: Sequence[SheetRow], *, by: Viewer, at: datetime) -> list[_Planned]:
    mine, kinds, today = psks.require_keeper(by), psks.types(session), areas.today(session, at)
    named = any(typed and not typed[0].isdigit() for row in sheet for typed in (row.area, row.home))
    places = Places([row for area in mine for row in area_rows.under(session, area)] if named else ())
    known, plan = _register(session, sheet, by), []
    for row in sheet:
        problems: dict[str, str] = {}
        person, role = psks_rows.person_and_role(row, kinds, places, problems)
        role = _dated(role, today)
        who, doubt = _who(session, known, person, row.number, today)
        if doubt:
            problems["name"] = doubt
        checked, wrong = _checked(session, who, person, role, today, by=by, at=at)
        problems = wrong | problems
        outcome = _outcome(row, who, role, problems, kinds)
        if outcome.state in {NEW, ROLE}:
            who.held.append((role.type, role.area, role.start, role.end))
            if outcome.state == NEW:
                known.add(who)
        plan.append(_Planned(outcome, who, checked, role))
    return plan


def _dated(role: RoleData, today: date) -> RoleData:
    """Return a role as it is recorded: where no confirmation is named, the day it began, so that it is asked about."""
    since = max(FIRST_CONFIRMED, min(role.start, today))
    return role if role.confirmed_on else replace(role, confirmed_on=since)


def _register(session: Session, sheet: Sequence[SheetRow], by: Viewer) -> Register:
    """Return who is recorded, and what those hold who are named in the sheet."""
    known = Register()
    for row in rows.everybody(session, psks.read_areas(by)):
        known.add(Someone(row.name, row.birth_year, row.area_code, row.nik_index, id=row.id))
    meant = {one.id: one for row in sheet for one in known.names.get(names.full_key(row.name), ())}
    for person_id, held in rows.roles_of(session, list(meant)).items():
        meant[person_id].held = [(role.type, role.area_code, role.starts_on, role.ends_on) for role in held]
    return known


def _who(
    session: Session, known: Register, person: PersonData, row: int, today: date
) -> tuple[Someone, Sentence | None]:
    """Return whom a row is about, and why that is in doubt: a name alone tells nobody from a namesake."""
    nik = identity.check_nik(person.nik, birth_date=None, sex=None, known_prefix=None, on=today).kept
    indexes = crypto.blind_indexes(session.keys, "nik", nik) if nik else ()
    new = Someone(person.name, person.birth_year, person.area, indexes[0] if indexes else None, row=row)
    if not (key := names.full_key(person.name)):
        return new, None
    for one in (known.niks[index] for index in indexes if index in known.niks):
        other = _("NIK ini tercatat untuk {name}. Betulkan nama atau NIK-nya.", name=one.name)
        return one, None if names.full_key(one.name) == key else other
    open_ = [one for one in known.names.get(key, ()) if not _differ(one, person, nik=bool(indexes))]
    same = [one for one in open_ if one.area == person.area and len(person.area) >= KECAMATAN]
    if len(same) == 1 and not indexes:
        return same[0], None
    if not open_:
        return new, None
    one = (same or open_)[0]
    where = _("baris {n}", n=one.row) if one.row else format_area(one.area)
    doubt = _(
        "Mungkin orang yang sama dengan {name} ({where}). Isi NIK atau tahun lahir keduanya, supaya jelas.",
        name=one.name,
        where=where,
    )
    without = _(
        "{name} ({where}) tercatat tanpa NIK. Lengkapi dahulu NIK orang itu, supaya jelas sama atau bukan.",
        name=one.name,
        where=where,
    )
    return one, without if same and indexes else doubt


def _differ(one: Someone, person: PersonData, *, nik: bool) -> bool:
    """Tell whether somebody is surely another: both have a NIK (not the same, or it were found), or another year."""
    years = {one.birth_year, person.birth_year} - {None}
    return bool(nik and one.nik_index) or len(years) > 1


def _checked(
    session: Session, who: Someone, person: PersonData, role: RoleData, today: date, *, by: Viewer, at: datetime
) -> tuple[tuple[dict[str, Any], Private] | None, dict[str, str]]:
    """Return what is to be written of a person who is new, and what is wrong with that and with the role."""
    found: dict[str, str] = {}
    checked = None
    try:
        _kind, area = psks_keeping.checked_role(session, role, today)
        psks_keeping.require_area(by, area)
    except InvalidInput as wrong:
        found |= wrong.data["problems"]
    if not who.id:
        try:
            checked = psks_keeping.checked_person(session, person, of=None, by=by, at=at)
        except InvalidInput as wrong:
            told = wrong.data["problems"]
            found |= {("home" if key == "area" else key): text for key, text in told.items()}
    if person.area == role.area:  # one cell for both, or two that say the same: it is told once
        found.pop("home", None)
    return checked, found


def _outcome(
    row: SheetRow, who: Someone, role: RoleData, problems: Mapping[str, str], kinds: Mapping[str, PsksType]
) -> Outcome:
    kind = kinds[role.type].name.sentence if role.type in kinds else role.type
    if problems:
        said = [_("{column}: {why}", column=COLUMNS[LABELS.get(key, key)], why=why) for key, why in problems.items()]
        return Outcome(row.number, row.name, kind, WRONG, tuple(said), who.id)
    for held in who.held:
        if held[:2] == (role.type, role.area) and _overlap(held[2:], (role.start, role.end)):
            same = held[2:] == (role.start, role.end)
            note = () if same else (_("Tercatat dengan tanggal lain; tidak diubah."),)
            return Outcome(row.number, row.name, kind, KNOWN, note, who.id)
    return Outcome(row.number, row.name, kind, ROLE if who.id or who.row != row.number else NEW, (), who.id)


def _overlap(one: Span, other: Span) -> bool:
    """Tell whether two spans share a day; without an end they go on."""
    return one[0] <= (other[1] or date.max) and other[0] <= (one[1] or date.max)
