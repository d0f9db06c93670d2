"""Persons and households: recording them as typed, never blocked by a bad NIK; finding doubles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, _
from caseflow.states import identity, names
from caseflow.states.identity import Birth
from caseflow.states.lifecycle import CLOSED
from caseflow.store import areas as area_rows
from caseflow.store import cases, subjects
from caseflow.store.log import Entry
from caseflow.store.session import Session

TEXTS = {"name": 200, "alias": 200, "birth_place": 120, "address": 400, "mother_name": 200, "phone": 40}
LONGEST_RELATION = 40
FEWEST_DIGITS = 5
"""What a telephone number has at least; whose it is may stand beside it."""
MEMBER_BASES = ("on_kk", "lives_with")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData(Typed):
    """A person as typed: a name or an alias is enough; everything else may be unknown."""

    name: str = ""
    alias: str = ""
    nik: object = None
    kk: object = None
    phone: str = ""
    sex: object = None
    birth: object = None
    """Text, or parts {"year", "month", "day"} or {"age"}; None when unknown."""
    birth_place: str = ""
    address: str = ""
    mother_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdMember(Typed):
    """Somebody of a household: on its family card, or living with it."""

    person: PersonData
    relation: str
    basis: str = "on_kk"


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdData(Typed):
    """A household as typed; the first member is its head."""

    kk: object = None
    address: str = ""
    members: tuple[HouseholdMember, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePerson(Typed):
    """New data for the person a case is about; the whole form is sent."""

    case: str
    person: PersonData
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A subject that was written, and what to warn about."""

    subject_id: str
    warnings: tuple[str, ...]
    child: bool


def check_person(session: Session, typed: PersonData, area_code: str, *, today: date) -> None:
    """Raise `InvalidInput` for what `add_person` would refuse, before anything is to be written."""
    _checked(session, typed, area_code, today)


def add_person(
    session: Session, typed: PersonData, area_code: str, *, by: Viewer, today: date, at: datetime
) -> Recorded:
    """Write a person. A missing, wrong or double NIK is kept as typed with its status; a numeric one is refused."""
    data, columns, warnings = _checked(session, typed, area_code, today)
    subject_id = subjects.add_person(session, data, columns, at=at)
    warnings += _mark_doubles(session, subject_id, data, by=by)
    child = identity.is_child(subjects.birth_of(data), today)
    return Recorded(subject_id, tuple(warnings), child)


def add_household(
    session: Session,
    typed: HouseholdData,
    area_code: str,
    *,
    known: Callable[[PersonData], str | None],
    by: Viewer,
    today: date,
    at: datetime,
) -> Recorded:
    """Write a household with its members; the first member is the head and gives it its name.

    `known` returns the id of a member who is on record already: somebody with a case of their own is no double.
    """
    if not typed.members:
        raise InvalidInput({"members": _("Sebutkan paling sedikit kepala keluarga.")})
    if bad := [m.basis for m in typed.members if m.basis not in MEMBER_BASES]:
        raise InvalidInput({"members": _('"{basis}" tidak dikenal: pilih on_kk atau lives_with.', basis=bad[0])})
    if any(len(m.relation.strip()) > LONGEST_RELATION for m in typed.members):
        raise InvalidInput({"members": _("Paling banyak {n} huruf.", n=LONGEST_RELATION)})
    kk = identity.check_kk(typed.kk, known_prefix=_known_prefix(session), on=today)
    head = typed.members[0].person
    data = {
        "name": names.line(head.name) or names.line(head.alias),
        "kk": kk.kept,
        "kk_status": kk.status,
        "address": typed.address.strip(),
    }
    household_id = subjects.add_household(session, data, area_code, at=at)
    warnings = [str(w) for w in kk.warnings]
    for member in typed.members:
        person_id = known(member.person)
        if person_id is None:
            recorded = add_person(session, member.person, area_code, by=by, today=today, at=at)
            person_id = recorded.subject_id
            warnings += recorded.warnings
        relation = names.line(member.relation) or "lainnya"
        subjects.add_member(session, household_id, person_id, relation, member.basis, on=today, at=at)
    return Recorded(household_id, tuple(warnings), child=False)


def _checked(
    session: Session, typed: PersonData, area_code: str, today: date
) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    problems: dict[str, str] = {}
    texts = {key: names.line(str(getattr(typed, key) or "")) for key in TEXTS if key != "address"}
    texts["address"] = typed.address.strip()
    problems |= {k: _("Paling banyak {n} huruf.", n=TEXTS[k]) for k, v in texts.items() if len(v) > TEXTS[k]}
    if not texts["name"] and not texts["alias"]:
        problems["name"] = _("Tulis nama, atau nama panggilan bila nama tidak diketahui.")
    if texts["phone"] and sum(c.isdecimal() for c in texts["phone"]) < FEWEST_DIGITS:
        problems["phone"] = _("Tulis nomor telepon dengan angka, misalnya 0812 3456 7890.")
    sex = _tried(problems, "sex", lambda: identity.parse_sex(typed.sex)) if typed.sex else None
    birth = _tried(problems, "birth", lambda: identity.parse_birth(typed.birth, on=today)) or identity.UNKNOWN_BIRTH
    known = _known_prefix(session)
    nik = _tried(
        problems, "nik", lambda: identity.check_nik(typed.nik, birth_date=birth, sex=sex, known_prefix=known, on=today)
    )
    kk = _tried(problems, "kk", lambda: identity.check_kk(typed.kk, known_prefix=known, on=today))
    if problems or nik is None or kk is None:
        raise InvalidInput(problems)
    data = {
        **{k: v for k, v in texts.items() if v},
        "nik": nik.kept,
        "nik_status": nik.status,
        "kk": kk.kept,
        "sex": sex or nik.sex,
        "birth_accuracy": birth.accuracy,
        "birth_date": birth.born.isoformat() if birth.born else None,
    }
    columns = {
        "sex": sex or nik.sex,
        "age_band": identity.age_band(birth, today),
        "area_code": area_code,
        "nik_status": nik.status,
    }
    return data, columns, [str(w) for w in (*nik.warnings, *kk.warnings)]


def _tried(problems: dict[str, str], key: str, read: Any) -> Any:  # noqa: ANN401 - a reader of one field
    try:
        return read()
    except InvalidInput as error:
        problems[key] = "; ".join(error.data["problems"].values())
        return None


def _known_prefix(session: Session) -> Any:  # noqa: ANN401 - a predicate over six digits
    return lambda prefix: area_rows.by_code(session, prefix) is not None or not area_rows.under(session, prefix[:4])


def _mark_doubles(session: Session, subject_id: str, data: Mapping[str, Any], *, by: Viewer) -> list[str]:
    """A NIK two people have makes both doubtful; neither is blocked.

    Only people the writer may see are told of and touched: a NIK is no way to ask who else is on record, nor to spoil
    the letters of somebody else's client.
    """
    same = subjects.by_nik(session, str(data["nik"])) if data.get("nik") else []
    others = [other for other in same if other != subject_id and sees(session, other, by=by)]
    if not others:
        return []
    for double in (subject_id, *others):
        subjects.set_nik_status(session, double, "ganda")
        for case in sorted(cases.of_subject(session, double), key=lambda c: str(c.id)):
            cases.raise_facts(session, case.id)
    return [_("NIK ini juga tercatat pada orang lain: status keduanya menjadi data ganda.")]


def sees(session: Session, subject_id: str, *, by: Viewer) -> bool:
    """Tell whether somebody may see a case of this person, or of a household the person belongs to."""
    about = (subject_id, *sorted(subjects.households_of(session, subject_id)))
    return any(
        access.roles_in(by, cases.scope_of(session, row)) for each in about for row in cases.of_subject(session, each)
    )


def free_single(session: Session, nik: str | None, today: date) -> None:
    """Somebody who is alone with a NIK again is no double any more: it is judged by its form, as at first."""
    left = subjects.by_nik(session, nik) if nik else []
    if len(left) != 1:
        return
    data = subjects.summary(session, left[0], today).data
    if data.get("nik_status") == "ganda":
        birth, known = subjects.birth_of(data), _known_prefix(session)
        check = identity.check_nik(nik, birth_date=birth, sex=data.get("sex"), known_prefix=known, on=today)
        subjects.set_nik_status(session, left[0], check.status)


def change_person(session: Session, command: ChangePerson, *, by: Viewer, at: datetime) -> Done:
    """Replace the data of the person a case is about; every open case of the person hears of it.

    Whoever turns out to be a child makes each of them at least limited (R2).
    """
    children: list[str] = []

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "person")
        cases.lock_of_subject(session, work.row.subject_id)
        about = subjects.summary(session, work.row.subject_id, work.today)
        if about.kind != "person":
            raise NotFound
        data, columns, _warnings = _checked(session, command.person, work.row.area_code, work.today)

        def carry(held: Work) -> tuple[Entry, ...]:
            subject_id = held.row.subject_id
            every = cases.of_subject(session, subject_id)
            closed = any(case.confidentiality == "R3" for case in every)
            subjects.change_person(
                session, subject_id, data, columns, expected_version=about.version, closed=closed, at=at
            )
            _mark_doubles(session, subject_id, data, by=by)
            if about.data.get("nik") != data.get("nik"):
                free_single(session, about.data.get("nik"), held.today)
            for other in sorted(every, key=lambda case: case.id):
                if other.id != held.row.id:
                    cases.raise_facts(session, other.id)
            changed = sorted(k for k in {*data, *about.data} if data.get(k) != about.data.get(k))
            said = {"before": {k: about.data.get(k) for k in changed}, "after": {k: data.get(k) for k in changed}}
            return (Entry(code="case:person:changed", data={"fields": changed, **raised}, payload=said),)

        child = identity.is_child(subjects.birth_of(data), work.today)
        children[:] = [work.row.subject_id] if child else []
        raised = {"confidentiality": "R2"} if child and work.row.confidentiality == "R1" else {}
        return Change(columns=raised, carry=carry)

    done = casework.change(
        session, command.case, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )
    if children:
        _limit_others(session, done.id, at=at)
    return done


def _limit_others(session: Session, case_id: str, *, at: datetime) -> None:
    """A child's other open cases become limited (R2) too, each on record; who changed the person need not see them."""
    raised = {"confidentiality": "R2"}
    entry = Entry(code="case:confidentiality:raised", data=raised)

    def decide(_work: Work) -> Change:
        return Change(columns=raised, carry=lambda _held: (entry,))

    row = cases.by_id(session, case_id)
    others = cases.of_subject(session, row.subject_id) if row else []
    for other in sorted(others, key=lambda case: case.id):
        if other.id != case_id and other.state != CLOSED and other.confidentiality == "R1":
            casework.change(session, other.id, decide, by=access.SYSTEM, at=at, expected_version=None, during_hold=True)


def birth_text(data: Mapping[str, Any], today: date) -> str:
    """Return a birth for people: a date, "sekitar 8 tahun", or that it is unknown."""
    birth: Birth = subjects.birth_of(data)
    age = identity.age_on(birth, today)
    if birth.accuracy == "unknown" or birth.born is None:
        return _("tidak diketahui")
    if birth.accuracy == "exact":
        return birth.born.isoformat()
    return _("sekitar {age} tahun", age=age)
