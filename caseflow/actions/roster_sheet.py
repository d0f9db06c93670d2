"""The roster of a group out of a sheet: what each row would do, and all of it recorded at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from caseflow.access import Viewer
from caseflow.actions import casework, groups, sheet_rows
from caseflow.actions.casework import Change, Work
from caseflow.actions.groups import BASES, AddToRoster, called
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, Sentence, _, listed
from caseflow.exchange import table
from caseflow.exchange.workbook import workbook
from caseflow.i18n import translate
from caseflow.store import rosters
from caseflow.store.log import Entry
from caseflow.store.session import Session

MOST = 500
COLUMNS: dict[str, Sentence] = {
    "name": _("Nama atau panggilan"),
    "role": _("Sebutan atau jabatan"),
    "representative": _("Wakil"),
    "basis": _("Dasar"),
    "person_case": _("Nomor kasus"),
    "starts_on": _("Sejak"),
}
REQUIRED = ("name",)
TITLE = _("Daftar anggota dari lembar")
NEW, KNOWN, WRONG = "new", "known", "wrong"
STATES: dict[str, Sentence] = {
    NEW: _("anggota baru"),
    KNOWN: _("sudah di daftar"),
    WRONG: _("perlu dibetulkan"),
}
"""What becomes of a row."""
ANSWERS = {**dict.fromkeys(("", "tidak", "t", "no", "n"), False), **dict.fromkeys(("ya", "y", "yes"), True)}
FIRST = "representative"
"""The basis where a sheet says none, as on the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow(Typed):
    """One row as it was typed: one member; `number` is the row people see."""

    number: int
    name: str = ""
    role: str = ""
    representative: str = ""
    basis: str = ""
    person_case: str = ""
    starts_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRoster(Typed):
    """The rows of a sheet join the roster of the group a case is about."""

    case: str
    rows: tuple[RosterRow, ...]
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row would do, and why it cannot."""

    number: int
    name: str
    state: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a sheet brought."""

    members: int
    known: int


@dataclass(frozen=True, slots=True)
class _Planned:
    outcome: Outcome
    member: AddToRoster
    person: str | None
    day: date


def read(content: bytes) -> tuple[RosterRow, ...]:
    """Return the rows of a CSV or XLSX file; its columns are named in either language. Raises `InvalidInput`."""
    found = sheet_rows.read(content, COLUMNS, required=REQUIRED, most=MOST)
    return tuple(RosterRow(number=number, **texts) for number, texts in found)


def template(lang: str) -> bytes:
    """Return an empty sheet with the columns."""
    return workbook(translate(TITLE, lang), [translate(text, lang) for text in COLUMNS.values()], [])


def check(session: Session, command: FillRoster, *, by: Viewer, at: datetime) -> tuple[Outcome, ...]:
    """Return what each row would do; nothing is written. Raises as `groups.add_to_roster` does."""
    work = casework.look(session, command.case, by=by, at=at)
    groups.require_group(work)
    return tuple(each.outcome for each in _planned(work, command.rows))


def record(session: Session, command: FillRoster, *, by: Viewer, at: datetime) -> Recorded:
    """Record all that a sheet brings, or nothing: `InvalidInput` names every row that is wrong, by its number alone.

    Who is on the roster already stays as recorded: the same sheet a second time brings nothing.
    """
    if all(one.state == KNOWN for one in check(session, command, by=by, at=at)):
        return Recorded(0, len(command.rows))
    written: list[Entry] = []
    known: list[int] = []

    def decide(work: Work) -> Change:
        groups.require_group(work)
        rosters.alone(session, work.row.subject_id)
        plan = _planned(work, command.rows)
        if wrong := [each.outcome for each in plan if each.outcome.state == WRONG]:
            raise InvalidInput({f"row {one.number}": _all(one.notes) for one in wrong})
        new = [each for each in plan if each.outcome.state == NEW]

        def carry(held: Work) -> tuple[Entry, ...]:
            written[:] = [groups.join(held, each.member, each.person, each.day) for each in new]
            known[:] = [each.outcome.number for each in plan if each.outcome.state == KNOWN]
            return tuple(written)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    told = tuple(Entry(code=one.code, data=one.data, event_date=one.event_date) for one in written)
    groups.tell_first_case(session, done, told, by=by, at=at)
    return Recorded(len(written), len(known))


def _all(notes: Sequence[str]) -> Sentence:
    """Return all notes as one sentence that can be said in either language."""
    parts = {f"part{n}": note for n, note in enumerate(notes)}
    return Sentence(" ".join(f"{{{name}}}" for name in parts), **parts)


# --- what a row would do ---------------------------------------------------------------------------------------------


def _planned(work: Work, rows: Sequence[RosterRow]) -> list[_Planned]:
    found = [(row, rosters.words(work.session, row)) for row in rosters.of_group(work.session, work.row.subject_id)]
    before = [(row, called(said.get("name", ""), said.get("role", ""))) for row, said in found]
    names: dict[tuple[str, str], int] = {}
    people: dict[str, int] = {}
    plan = []
    for row in rows:
        problems: dict[str, str] = {}
        member, person, day = _member(work, row, problems)
        running = [(one, name) for one, name in before if one.ends_on is None or one.ends_on > day]
        own, state = called(row.name, row.role), NEW
        if own in {name for _one, name in running}:
            state = KNOWN
        elif person and person in {one.person_id for one, _name in running}:
            problems["person_case"] = _("Orang ini sudah tercatat di daftar.")
        elif own in names:
            problems["name"] = _("Sama dengan baris {n}.", n=names[own])
        elif person and person in people:
            problems["person_case"] = _("Sama dengan baris {n}.", n=people[person])
        names.setdefault(own, row.number)
        if person:
            people.setdefault(person, row.number)
        notes = tuple(_("{column}: {why}", column=COLUMNS[key], why=why) for key, why in problems.items())
        outcome = Outcome(row.number, row.name, WRONG if notes else state, notes)
        plan.append(_Planned(outcome, member, person, day))
    return plan


def _member(work: Work, row: RosterRow, problems: dict[str, str]) -> tuple[AddToRoster, str | None, date]:
    """Return what a row says; what cannot be read is told in `problems` and left as if it were empty."""
    problems |= groups.word_problem("name", row.name) | groups.word_problem("role", row.role, required=False)
    if row.representative.casefold() not in ANSWERS:
        problems["representative"] = _("Tulis ya, atau kosongkan.")
    if (basis := _basis(row.basis)) is None:
        choices = listed([text.sentence for text in BASES.values()])
        problems["basis"] = _("Pilih salah satu: {choices}.", choices=choices)
    person, day = None, work.today
    try:
        day = casework.require_past(_day(row.starts_on), work.today, "starts_on")
        person = groups.person_of(work, row.person_case)
    except InvalidInput as wrong:
        problems |= wrong.data["problems"]
    member = AddToRoster(
        case=work.row.number,
        name=row.name,
        role=row.role,
        representative=ANSWERS.get(row.representative.casefold(), False),
        basis=basis or "",
    )
    return member, person, day


def _basis(typed: str) -> str | None:
    """Return the key of how it is known that somebody belongs to it, named by the key or by what people read."""
    said: Mapping[str, str] = {text.casefold(): key for key, of in BASES.items() for text in (key, of.id, of.en)}
    return said.get(typed.casefold()) if typed else FIRST


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(table.day(typed)) if typed else None
    except ValueError:
        raise InvalidInput({"starts_on": _("Tulis tanggal seperti 15/1/2024.")}) from None
