"""Whom a new case is about: somebody new, or somebody on record as far as the opener may know of them."""

from datetime import date, datetime

from caseflow import access, crypto
from caseflow.access import Viewer
from caseflow.actions import casework, groups, people
from caseflow.actions.groups import GroupData
from caseflow.actions.people import HouseholdData, PersonData, Recorded
from caseflow.errors import ClosedCaseExists, DuplicateCase, InvalidInput, NotFound, Refused, Sentence, _, listed
from caseflow.states.category import Category
from caseflow.store import cases, sql, subjects, vault
from caseflow.store.session import Session


def subject_of(
    session: Session,
    category: Category,
    given: PersonData | HouseholdData | GroupData | str,
    area_code: str,
    *,
    by: Viewer,
    today: date,
    at: datetime,
) -> Recorded:
    """Return the subject of a new case: what was typed, recorded now unless it is on record, or a known one by id."""
    if isinstance(given, PersonData):
        _require_kind(category, "person")
        _alone_with(session, "nik", given.nik)
        if (known := _same_person(session, given, category, by=by)) is not None:
            about = subjects.summary(session, known, today)
            return Recorded(known, (_("NIK ini sudah tercatat; kasus dibuka untuk orang yang sama."),), about.child)
        return people.add_person(session, given, area_code, by=by, today=today, at=at)
    if isinstance(given, HouseholdData):
        _require_kind(category, "household")
        _alone_with(session, "kk", given.kk)
        if (known := _same_household(session, given, category, by=by)) is not None:
            return Recorded(
                known, (_("Nomor KK ini sudah tercatat; kasus dibuka untuk keluarga yang sama."),), child=False
            )
        return people.add_household(
            session,
            given,
            area_code,
            known=lambda member: on_record(session, member, by=by),
            by=by,
            today=today,
            at=at,
        )
    if isinstance(given, GroupData):
        _require_kind(category, given.kind)
        return groups.add_group(session, given, area_code, today=today, at=at)
    return _known_subject(session, category, given, by=by, today=today)


def refuse_double(session: Session, subject_id: str, category: str, *, despite_closed: bool, by: Viewer) -> None:
    """Raise `DuplicateCase` or `ClosedCaseExists` with the number; `Refused` where `by` may not know of that case.

    `Erased` where the data are gone; while a case is being opened nobody erases them.
    """
    vault.hold(session, subject_id)
    if found := cases.open_of(session, subject_id, category):
        if not access.roles_in(by, cases.scope_of(session, found)):
            raise _not_alone() if found.confidentiality == "R3" else _served_already()
        raise DuplicateCase(number=found.number, case=found.id)
    closed = cases.last_closed(session, subject_id, category)
    if closed is not None and not despite_closed and access.roles_in(by, cases.scope_of(session, closed)):
        raise ClosedCaseExists(number=closed.number, case=closed.id)


def _alone_with(session: Session, kind: str, typed: object) -> None:
    """Two who report one new person at the same moment must find each other: the second waits for the first."""
    if digits := _digits(typed):
        for index in sorted(crypto.blind_indexes(session.keys, kind, digits)):
            sql.one_at_a_time(session, index)


def _known_subject(session: Session, category: Category, subject_id: str, *, by: Viewer, today: date) -> Recorded:
    """A known subject may be used by who sees one of its cases; else it is as if it were not there."""
    kind = subjects.kind_of(session, subject_id) if casework.is_id(subject_id) else None
    if kind is None or not people.sees(session, subject_id, by=by):
        raise NotFound
    _require_kind(category, kind)
    return Recorded(subject_id, (), subjects.summary(session, subject_id, today).child)


def _same_person(session: Session, typed: PersonData, category: Category, *, by: Viewer) -> str | None:
    """Return the person with the same NIK and an agreeing name, as far as `by` may know of them.

    Somebody whose cases `by` may not see is recorded apart (the NIK then counts as double, for a supervisor to settle),
    unless the same category is open: that much is said, so that nobody is served twice. An R3 file is never hinted at.
    """
    if (known := on_record(session, typed, by=by)) is not None:
        return known
    for subject_id in _with_nik(session, typed):
        _refuse_served(session, subject_id, category)
    return None


def _same_household(session: Session, typed: HouseholdData, category: Category, *, by: Viewer) -> str | None:
    """Return the household with the same KK and an agreeing name of its head; otherwise as `_same_person`."""
    digits = _digits(typed.kk)
    found = subjects.households_with(session, kk=digits) if digits and typed.members else []
    same = [each for each in found if subjects.same_name(session, each, typed.members[0].person.name)]
    for household_id in same:
        if people.sees(session, household_id, by=by):
            return household_id
        _refuse_served(session, household_id, category)
    return None


def on_record(session: Session, typed: PersonData, *, by: Viewer) -> str | None:
    """Return the person with the same NIK and an agreeing name whom `by` may know of."""
    return next((each for each in _with_nik(session, typed) if people.sees(session, each, by=by)), None)


def _with_nik(session: Session, typed: PersonData) -> list[str]:
    digits = _digits(typed.nik)
    found = subjects.by_nik(session, digits) if digits else []
    return [each for each in found if subjects.same_name(session, each, typed.name)]


def _digits(typed: object) -> str:
    """Return the digits of a number typed as text; a number a spreadsheet made has lost some."""
    return "".join(c for c in typed if c.isdigit()) if isinstance(typed, str) else ""


def _refuse_served(session: Session, subject_id: str, category: Category) -> None:
    other = cases.open_of(session, subject_id, category.code)
    if other is not None and other.confidentiality != "R3":
        raise _served_already()


def _not_alone() -> Refused:
    """Of a closed file nobody is told that it is there; the refusal is on record."""
    return Refused(reason=_("Ini tidak dapat dilakukan sendiri. Tanyakan kepada kepala dinas."))


def _served_already() -> Refused:
    return Refused(reason=_("Orang ini sudah tercatat dalam kategori yang sama. Tanyakan kepada supervisor Anda."))


def _require_kind(category: Category, kind: str) -> None:
    if kind in category.subject_kinds:
        return
    kinds = listed(_kind_name(k) for k in category.subject_kinds)
    raise InvalidInput({"subject": _("Kategori ini untuk: {kinds}.", kinds=kinds)})


def _kind_name(kind: str) -> Sentence:
    names = {"person": _("orang"), "household": _("keluarga"), "group": _("kelompok"), "community": _("komunitas")}
    return names[kind]
