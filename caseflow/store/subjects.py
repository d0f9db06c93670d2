"""Persons and households: sealed data, blind indexes, name keys, dated membership."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from caseflow import crypto
from caseflow.errors import Erased, NotFound, VersionConflict, _
from caseflow.ids import new_id
from caseflow.states.identity import Birth, age_on, is_child
from caseflow.states.names import name_keys
from caseflow.store import proof, vault
from caseflow.store.hot import Hot
from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.tables import group_member, household, household_member, name_key, person, subject

PERSON_PLACE = "person.sealed."
HOUSEHOLD_PLACE = "household.sealed."
MEMBER_PLACE = "household_member.sealed."
ERASED = _("(data dihapus atas permintaan)")
"""The name of somebody who was erased."""
_REGENCY = 4  # digits of the code of a kabupaten or kota
TOKEN = 64
"""Hexadecimal digits of a keyed name; no word of a name is as long."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What lists, guards and letters need of a subject; `data` is the opened seal, empty once erased."""

    id: str
    kind: str
    name: str
    child: bool
    died: bool
    age: int | None
    sex: str | None
    data: Mapping[str, Any]
    version: int
    erased_at: datetime | None = None
    """When the data were erased on request; the name then says so."""


_PERSON = read(select(person).where(person.c.subject_id == bindparam("of_subject")))
_HOUSEHOLD = read(
    select(household, subject.c.kind)
    .join(subject, subject.c.id == household.c.subject_id)
    .where(household.c.subject_id == bindparam("of_subject"))
)


def birth_of(data: Mapping[str, Any]) -> Birth:
    """Return the birth a sealed person holds."""
    born = data.get("birth_date")
    return Birth(data.get("birth_accuracy") or "unknown", date.fromisoformat(born) if born else None)


def summary(session: Session, subject_id: str, today: date) -> Summary:
    """Return a subject as far as it still exists; `NotFound` when there is none."""
    row = _PERSON.first(session, of_subject=subject_id)
    if row is not None:
        return _person_summary(session, row, today)
    row = _HOUSEHOLD.first(session, of_subject=subject_id)
    if row is None:
        raise NotFound
    data = _opened(session, subject_id, HOUSEHOLD_PLACE, row.sealed)
    name, gone = data.get("name") or ERASED, _erased_at(session, subject_id, data)
    return Summary(subject_id, row.kind, name, False, False, None, None, data, row.version, gone)


def _erased_at(session: Session, subject_id: str, data: Mapping[str, Any]) -> datetime | None:
    if data:
        return None
    moment: datetime | None = session.execute(select(subject.c.destroyed_at).where(subject.c.id == subject_id)).scalar()
    return moment


_PERSONS = read(select(person).where(among(person.c.subject_id, "of_subjects")))


def summaries(session: Session, person_ids: Collection[str], today: date) -> dict[str, Summary]:
    """Return person -> summary of many persons at once."""
    if not person_ids:
        return {}
    vault.load_keys(session, person_ids)
    found = _PERSONS.all(session, of_subjects=person_ids)
    return {row.subject_id: _person_summary(session, row, today) for row in found}


def _person_summary(session: Session, row: Row[Any], today: date) -> Summary:
    data = _opened(session, row.subject_id, PERSON_PLACE, row.sealed)
    if data:
        data["nik_status"] = row.nik_status  # the column is newer: a double was found, Dukcapil answered
    birth = birth_of(data)
    return Summary(
        row.subject_id,
        "person",
        data.get("name") or data.get("alias") or ERASED,
        is_child(birth, today) if data else False,
        row.died,
        age_on(birth, today),
        row.sex,
        data,
        row.version,
        _erased_at(session, row.subject_id, data),
    )


def _opened(session: Session, subject_id: str, place: str, sealed: bytes, row_id: str | None = None) -> dict[str, Any]:
    try:
        return vault.unseal(session, subject_id, place + (row_id or subject_id), sealed)
    except Erased:
        return {}


def kind_of(session: Session, subject_id: str) -> str | None:
    """Return person, household, ... or None when there is no such subject."""
    return session.execute(select(subject.c.kind).where(subject.c.id == subject_id)).scalar()


def indexes(session: Session, data: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the columns a person or household is found by, of the data as typed."""

    def indexed(kind: str, value: object) -> str | None:
        return crypto.blind_index(session.keys, kind, str(value)) if value else None

    return {
        "nik_index": indexed("nik", data.get("nik")),
        "kk_index": indexed("kk", data.get("kk")),
        "phone_index": indexed("phone", "".join(c for c in str(data.get("phone") or "") if c.isdigit())),
    }


def _person_columns(
    session: Session, subject_id: str, data: Mapping[str, Any], columns: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        **indexes(session, data),
        **columns,
        "sealed": vault.seal(session, subject_id, PERSON_PLACE + subject_id, data),
    }


def add_person(session: Session, data: Mapping[str, Any], columns: Mapping[str, Any], *, at: datetime) -> str:
    """Insert a person under a new key; `columns`: sex, age_band, area_code, nik_status. Return the id."""
    subject_id = vault.create_subject(session, "person", at=at)
    values = _person_columns(session, subject_id, data, columns)
    session.insert(person, {"subject_id": subject_id, "died": False, "version": 1, "updated_at": at, **values})
    set_name_keys(session, subject_id, data, closed=False)
    return subject_id


def change_person(
    session: Session,
    subject_id: str,
    data: Mapping[str, Any],
    columns: Mapping[str, Any],
    *,
    expected_version: int,
    closed: bool,
    at: datetime,
) -> None:
    """Replace a person's data; `VersionConflict` when somebody else did so first."""
    values = _person_columns(session, subject_id, data, columns)
    statement = (
        update(person)
        .where(person.c.subject_id == subject_id, person.c.version == expected_version)
        .values(version=expected_version + 1, updated_at=at, **values)
    )
    if session.execute(statement).rowcount != 1:
        raise VersionConflict(expected=expected_version)
    set_name_keys(session, subject_id, data, closed=closed)


_WITHOUT_KEYS = Hot(delete(name_key).where(name_key.c.subject_id == bindparam("of_subject")))


def set_name_keys(session: Session, subject_id: str, data: Mapping[str, Any], *, closed: bool) -> None:
    """Write the search keys of a name; for a closed (R3) file keyed tokens only."""
    session.run(_WITHOUT_KEYS, {"of_subject": subject_id})
    words = {w for part in (data.get("name"), data.get("alias")) if part for w in name_keys(str(part))}
    keys = {hidden_name_key(session, w) for w in words} if closed else words
    for key in sorted(keys):
        session.insert(name_key, {"subject_id": subject_id, "key": key})


def erase(session: Session, subject_id: str, *, at: datetime) -> None:
    """Destroy a subject's key and blank what stood in clear to be searched or counted; its cases and entries stay.

    Of where somebody lived the regency is left, as much as a yearly report counts. What each was to the household is
    gone with either of the two; that the memberships ended is told before, in its chain. `at` is when it was granted.
    """
    vault.erase(session, subject_id, at=at)
    session.execute(delete(name_key).where(name_key.c.subject_id == subject_id))
    blank: dict[str, Any] = {"nik_index": None, "kk_index": None, "phone_index": None, "sex": None, "age_band": None}
    blank |= {"nik_status": "", "area_code": func.substr(person.c.area_code, 1, _REGENCY)}
    blank |= {"version": person.c.version + 1}  # who has the form open finds that it changed
    session.execute(update(person).where(person.c.subject_id == subject_id).values(blank))
    blank = {"kk_index": None, "area_code": func.substr(household.c.area_code, 1, _REGENCY)}
    blank |= {"version": household.c.version + 1}
    session.execute(update(household).where(household.c.subject_id == subject_id).values(blank))
    mine = or_(household_member.c.person_id == subject_id, household_member.c.household_id == subject_id)
    session.execute(update(household_member).where(mine).values(sealed=None))
    session.execute(update(group_member).where(group_member.c.person_id == subject_id).values(sealed=None))


def forget_head(session: Session, household_id: str, person_id: str, *, closed: bool, at: datetime) -> None:
    """Call a household no longer by somebody who is being erased: it gets the name of a member who is left."""
    row = session.execute(select(household).where(household.c.subject_id == household_id)).one()
    data = _opened(session, household_id, HOUSEHOLD_PLACE, row.sealed)
    own = session.execute(select(person.c.sealed).where(person.c.subject_id == person_id)).scalar_one()
    known = _opened(session, person_id, PERSON_PLACE, own)
    names = {str(known[key]).casefold() for key in ("name", "alias") if known.get(key)}
    if str(data.get("name", "")).casefold() not in names:
        return
    data["name"] = _another_name(session, household_id, person_id)
    values = {"sealed": vault.seal(session, household_id, HOUSEHOLD_PLACE + household_id, data), "updated_at": at}
    statement = update(household).where(household.c.subject_id == household_id)
    session.execute(statement.values(version=household.c.version + 1, **values))
    set_name_keys(session, household_id, data, closed=closed)


def _another_name(session: Session, household_id: str, person_id: str) -> str:
    """Return the name of who has belonged to a household longest, of those who still do first."""
    others = (household_member.c.household_id == household_id, household_member.c.person_id != person_id)
    order = (household_member.c.ends_on.is_not(None), household_member.c.starts_on, household_member.c.id)
    query = select(household_member.c.person_id).where(*others).order_by(*order)
    names = (name_of(session, each) for each in session.execute(query).scalars().all())
    return next((name for name in names if name != ERASED), "")


def hide_name(session: Session, subject_id: str) -> None:
    """Replace the search keys of a subject by keyed tokens: it has a closed file now."""
    words = session.execute(select(name_key.c.key).where(name_key.c.subject_id == subject_id)).scalars().all()
    session.execute(delete(name_key).where(name_key.c.subject_id == subject_id))
    tokens = {word if len(word) == TOKEN else hidden_name_key(session, word) for word in words}
    if tokens:
        session.execute(insert(name_key), [{"subject_id": subject_id, "key": token} for token in sorted(tokens)])


def hidden_name_key(session: Session, word: str) -> str:
    """Return the keyed token a closed file is found by."""
    return crypto.blind_index(session.keys, "name", word)


def record_death(session: Session, subject_id: str, *, died: bool) -> None:
    """Mark a person as dead, or take a mistaken mark back."""
    session.execute(update(person).where(person.c.subject_id == subject_id).values(died=died))


def add_household(
    session: Session, data: Mapping[str, Any], area_code: str, *, kind: str = "household", at: datetime
) -> str:
    """Insert a household, or a group or community, under a new key; `data`: name, kk, address. Return the id."""
    subject_id = vault.create_subject(session, kind, at=at)
    session.execute(
        insert(household).values(
            subject_id=subject_id,
            sealed=vault.seal(session, subject_id, HOUSEHOLD_PLACE + subject_id, data),
            area_code=area_code,
            kk_index=indexes(session, data)["kk_index"],
            version=1,
            updated_at=at,
        )
    )
    set_name_keys(session, subject_id, data, closed=False)
    return subject_id


def add_member(
    session: Session, household_id: str, person_id: str, relation: str, basis: str, *, on: date, at: datetime
) -> str:
    """Record that a person belongs to a household from a day on: "on_kk" or "lives_with"."""
    member_id = str(new_id(at))
    sealed = vault.seal(session, person_id, MEMBER_PLACE + member_id, {"relation": relation})
    values: dict[str, Any] = {"household_id": household_id, "person_id": person_id, "sealed": sealed, "basis": basis}
    values |= {"id": member_id, "starts_on": on}
    session.execute(insert(household_member).values(values))
    proof.note(session, household_member, {**values, "case_id": proof.first_case(session, household_id)})
    return member_id


def relation_of(session: Session, member: Row[Any]) -> str:
    """Return what a member is to the household; the word is the member's own, and is gone with the member's data."""
    if member.sealed is None:
        return ""
    return str(_opened(session, member.person_id, MEMBER_PLACE, member.sealed, member.id).get("relation", ""))


def end_member(session: Session, member_id: str, *, on: date) -> None:
    """Record that a membership ended."""
    statement = update(household_member).where(household_member.c.id == member_id).values(ends_on=on)
    for row in session.execute(statement.returning(*household_member.c)):
        case = proof.first_case(session, row.household_id)
        proof.note(session, household_member, {**row._asdict(), "case_id": case})


def end_memberships(session: Session, subject_ids: Collection[str], *, on: date) -> None:
    """End what still runs of these people and of these households."""
    theirs = or_(household_member.c.person_id.in_(subject_ids), household_member.c.household_id.in_(subject_ids))
    query = select(household_member.c.id).where(theirs, household_member.c.ends_on.is_(None))
    for member_id in sorted(session.execute(query).scalars()):
        end_member(session, member_id, on=on)


def members_of(session: Session, household_id: str, on: date) -> list[Row[Any]]:
    """Return the rows of those who belong to a household that day; `relation_of` opens what each is to it."""
    return _MEMBERS.all(session, of_household=household_id, that_day=on)


def in_force(on: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return the condition that a membership runs that day."""
    ends = household_member.c.ends_on
    return and_(household_member.c.starts_on <= on, or_(ends.is_(None), ends > on))


THAT_DAY: BindParameter[date] = bindparam("that_day", type_=Date)
_MEMBERS = read(
    select(household_member)
    .where(household_member.c.household_id == bindparam("of_household"), in_force(THAT_DAY))
    .order_by(household_member.c.starts_on, household_member.c.id)
)


_MEMBERSHIPS = read(
    select(household_member)
    .where(household_member.c.person_id == bindparam("of_person"))
    .order_by(household_member.c.starts_on, household_member.c.id)
)


def memberships(session: Session, person_id: str) -> list[Row[Any]]:
    """Return every membership of a person, running or ended, the oldest first."""
    return _MEMBERSHIPS.all(session, of_person=person_id)


def households_of(session: Session, person_id: str) -> list[str]:
    """Return the households a person belongs or belonged to."""
    query = select(household_member.c.household_id).where(household_member.c.person_id == person_id).distinct()
    return sorted(session.execute(query).scalars())


def households_with(session: Session, *, kk: str) -> list[str]:
    """Return the households whose KK, as typed, equals this one."""
    hit = household.c.kk_index.in_(crypto.blind_indexes(session.keys, "kk", kk))
    return sorted(session.execute(select(household.c.subject_id).where(hit)).scalars())


_BY_NIK = read(select(person.c.subject_id).where(among(person.c.nik_index, "of_indexes")))


def by_nik(session: Session, nik: str) -> list[str]:
    """Return the persons whose NIK, as typed, equals this one."""
    return _BY_NIK.firsts(session, of_indexes=crypto.blind_indexes(session.keys, "nik", nik))


def set_nik_status(session: Session, subject_id: str, status: str) -> None:
    """Change the status of a person's NIK (a double was found, Dukcapil answered)."""
    session.execute(update(person).where(person.c.subject_id == subject_id).values(nik_status=status))


def same_name(session: Session, subject_id: str, typed: str) -> bool:
    """Tell whether a person's stored name keys agree with a typed name: one set holds the other."""
    stored = set(session.execute(select(name_key.c.key).where(name_key.c.subject_id == subject_id)).scalars())
    words = set(name_keys(typed))
    hidden = all(stored.intersection(crypto.blind_indexes(session.keys, "name", w)) for w in words)
    return bool(words) and (words <= stored or stored <= words or hidden)


def name_of(session: Session, subject_id: str) -> str:
    """Return the name of a subject for a list."""
    for table, place in ((person, PERSON_PLACE), (household, HOUSEHOLD_PLACE)):
        sealed = session.execute(select(table.c.sealed).where(table.c.subject_id == subject_id)).scalar()
        if sealed is not None:
            data = _opened(session, subject_id, place, sealed)
            found: str = data.get("name") or data.get("alias") or ERASED
            return found
    raise NotFound
