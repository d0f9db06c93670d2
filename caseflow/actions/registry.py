"""What registries say of whom a case is about: checked on a day by somebody, kept over time, the newest told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import GLASS, Viewer
from caseflow.actions import casework, reading, records
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.definitions import registries
from caseflow.definitions.registries import Registry
from caseflow.errors import Erased, InvalidInput, Refused, Sentence, _
from caseflow.ids import new_id
from caseflow.states.category import Text
from caseflow.states.facts import Facts
from caseflow.states.lifecycle import CLOSED, INITIAL
from caseflow.states.notices import DECILE_DAYS
from caseflow.states.notices import of_help as of_help_by
from caseflow.store import cases, children, registry, subjects, users
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import registry_check

LONGEST_ID = 60
DECILES = range(1, 11)
EARLIEST = 2005
"""The year of the first national register of the poor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheck(Typed):
    """A registry that was looked into."""

    case: str
    system: str
    listed: bool = True
    identifier: str = ""
    year: int | None = None
    decile: int | None = None
    checked_on: date | None = None
    note: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One check as it is shown."""

    id: str
    system: str
    name: Text
    listed: bool
    identifier: str
    year: int | None
    decile: int | None
    checked_on: date
    checked_by: str
    note: str
    old: bool
    """Checked longer ago than this registry is good for."""
    days: int
    """After so many days a check of this registry is old."""


def systems(session: Session) -> Mapping[str, Registry]:
    """Return the registries this installation knows, by code."""
    return registries.current(session.settings.categories_dir)


def fresh_days(session: Session, facts: Facts) -> int:
    """Return how long the decile on the form is good for: by the registry it came from, else the shortest."""
    answer = facts.answers(INITIAL).get("registry")
    found = [s.refresh_days for s in systems(session).values() if s.decile and answer in (None, s.answer)]
    return min(found, default=DECILE_DAYS)


def of_help(work: Work) -> dict[str, Sentence]:
    """Return planned help -> what its limit of the decile says of this case."""
    return of_help_by(work.category, work.facts, fresh_days=fresh_days(work.session, work.facts))


def add_check(session: Session, command: AddCheck, *, by: Viewer, at: datetime) -> Done:
    """Record what a registry said; where it is the newest, it also becomes the answer of data collection."""
    system = systems(session).get(command.system)
    check_id = str(new_id(at))

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "person")
        if work.row.state == CLOSED:
            raise Refused(reason=_("Kasus sudah ditutup."))
        if problems := _problems(session, command, system, work.today):
            raise InvalidInput(problems)
        day = casework.require_past(command.checked_on, work.today, "checked_on")
        columns = {
            "case_id": work.row.id,
            "subject_id": work.row.subject_id,
            "system": command.system,
            "year": command.year,
            "listed": command.listed,
            "decile": command.decile,
            "checked_on": day,
            "recorded_by": by.user_id,
            "recorded_at": at,
        }
        secret = {"identifier": command.identifier.strip(), "note": command.note.strip()}

        def carry(held: Work) -> tuple[Entry, ...]:
            children.add(session, registry_check, held.row.subject_id, columns, secret, at=at, row_id=check_id)
            data = {"check": check_id, "system": command.system, "listed": command.listed}
            said = {k: v for k, v in secret.items() if v} | ({"decile": command.decile} if command.decile else {})
            return (Entry(code="case:registry:checked", data=data, payload=said or None, event_date=day),)

        return Change(carry=carry)

    done = casework.change(
        session, command.case, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )
    if system is not None:
        done = _answered(session, done, command, system, by=by, at=at)
    return casework.created(done, check_id)


def _problems(session: Session, command: AddCheck, system: Registry | None, today: date) -> dict[str, str]:
    problems: dict[str, str] = {}
    if system is None:
        problems["system"] = _("Pilih salah satu: {choices}.", choices=", ".join(systems(session)))
    if command.decile is not None and command.decile not in DECILES:
        problems["decile"] = _("Desil harus 1 sampai 10.")
    elif command.decile is not None and system is not None and not (system.decile and command.listed):
        problems["decile"] = _("Data ini tidak memberi desil, atau tidak memuat klien: kosongkan.")
    if command.year is not None and not EARLIEST <= command.year <= today.year:
        problems["year"] = _("Tahun data {low} sampai {high}.", low=EARLIEST, high=today.year)
    if len(command.identifier.strip()) > LONGEST_ID:
        problems["identifier"] = _("Paling banyak {n} huruf.", n=LONGEST_ID)
    return problems


def _answered(session: Session, done: Done, command: AddCheck, system: Registry, *, by: Viewer, at: datetime) -> Done:
    """Give the check as an answer too: forms, letters, warnings and reports read the decile there."""
    work = casework.look(session, done.id, by=by, at=at)
    fields = {f.key: f for f in work.category.fields_of(INITIAL)}
    if "desil" not in fields or not system.decile or (command.listed and command.decile is None):
        return done
    day = (command.checked_on or work.today).isoformat()
    if day < str(work.facts.answers(INITIAL).get("desil_checked_on") or ""):
        return done
    known = {c.key for c in fields["registry"].choices} if "registry" in fields else set()
    said: dict[str, Any] = {
        "desil": str(command.decile) if command.listed else "not_listed",
        "desil_checked_on": day,
        "registry": system.answer if system.answer in known else "other",
        "registry_year": command.year,
        "registry_id": command.identifier.strip() or None,
    }
    answers = {key: value for key, value in said.items() if key in fields}
    saved = records.record_stage(
        session, records.RecordStage(case=done.id, stage=INITIAL, answers=answers, final=True), by=by, at=at
    )
    return Done(done.id, done.number, done.state, saved.case_version, done.cycle, done.entry)


# --- reading ----------------------------------------------------------------------------------------------------------


def show(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[Check, ...]:
    """Return the checks of whom a case is about, the newest first; `NotFound` when absent or not visible."""
    return of_case(reading.look(session, case, by=by, at=at, part="registry"))


def of_case(work: Work) -> tuple[Check, ...]:
    """Return the checks of the subject and of the household it belongs to today, each where its case may be opened.

    What was recorded in a closed file (R3) stands in that file alone; who only follows the case reads none.
    """
    if not work.roles:
        return ()
    session, about = work.session, work.row.subject_id
    homes = [m.household_id for m in subjects.memberships(session, about) if m.ends_on is None]
    known = systems(session)
    found = [(row, case) for row, case in registry.of_subjects(session, {about, *homes}) if _opens(work, case)]
    reading.note(session, {c.id: c for _row, c in found}.values(), by=work.by, at=work.at, part="registry")
    names = users.names(session, {row.recorded_by for row, _case in found})
    return tuple(_check(work, row, known.get(row.system), names.get(row.recorded_by, "-")) for row, _case in found)


def _opens(work: Work, case: cases.CaseRow) -> bool:
    if case.id == work.row.id:
        return True
    if case.confidentiality == "R3" or GLASS in work.by.roles:
        return False
    return bool(casework.acting(access.roles_in(work.by, cases.scope_of(work.session, case)), case.state))


def _check(work: Work, row: Any, system: Registry | None, who: str) -> Check:  # noqa: ANN401 - a row
    try:
        words = children.words(work.session, registry_check, row.subject_id, row)
    except Erased:
        words = {}
    days = system.refresh_days if system else 0
    return Check(
        id=row.id,
        system=row.system,
        name=system.name if system else Text(row.system, row.system),
        listed=row.listed,
        identifier=str(words.get("identifier", "")),
        year=row.year,
        decile=row.decile,
        checked_on=row.checked_on,
        checked_by=who,
        note=str(words.get("note", "")),
        old=0 < days < (work.today - row.checked_on).days,
        days=days,
    )
