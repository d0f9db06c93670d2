"""Who belongs to a household, from a day to a day: on its family card, or living with it."""

from dataclasses import dataclass
from datetime import date, datetime

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, groups, people, whom
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.people import MEMBER_BASES, PersonData
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.store import subjects
from caseflow.store.log import Entry
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMember(Typed):
    """Somebody joins the household a case is about."""

    case: str
    person: PersonData
    relation: str
    basis: str = "on_kk"
    starts_on: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMember(Typed):
    """Somebody leaves the household a case is about."""

    case: str
    member: str
    ends_on: date | None = None
    reason: str = ""
    expected_version: int | None = None


def add_member(session: Session, command: AddMember, *, by: Viewer, at: datetime) -> Done:
    """Record a new member: somebody on record already, or with what is known of the person."""
    relation = casework.require_text(command.relation, "relation", limit=40)
    if command.basis not in MEMBER_BASES:
        raise InvalidInput({"basis": _("Pilih salah satu: {choices}.", choices=", ".join(MEMBER_BASES))})
    added: list[str] = []

    def decide(work: Work) -> Change:
        _require_household(work)
        day = casework.require_past(command.starts_on, work.today, "starts_on")
        known = whom.on_record(session, command.person, by=by)
        if known in {m.person_id for m in subjects.members_of(session, work.row.subject_id, work.today)}:
            raise Refused(reason=_("Orang ini sudah tercatat sebagai anggota keluarga ini."))

        def carry(held: Work) -> tuple[Entry, ...]:
            row = held.row
            person = known or _recorded(held, command.person)
            member = subjects.add_member(session, row.subject_id, person, relation, command.basis, on=day, at=at)
            added.append(member)
            data = {"member": member, "person": person, "basis": command.basis}
            return (Entry(code="case:household:joined", data=data, payload={"relation": relation}, event_date=day),)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    joined = Entry(code="case:household:joined", data={"member": added[-1]}, event_date=command.starts_on)
    groups.tell_first_case(session, done, (joined,), by=by, at=at)
    return casework.created(done, added[-1])


def _recorded(work: Work, person: PersonData) -> str:
    area = work.row.area_code
    return people.add_person(work.session, person, area, by=work.by, today=work.today, at=work.at).subject_id


def end_member(session: Session, command: EndMember, *, by: Viewer, at: datetime) -> Done:
    """Record that a member left; the membership stays on record with its end."""

    def decide(work: Work) -> Change:
        _require_household(work)
        members = subjects.members_of(session, work.row.subject_id, work.today)
        found = next((m for m in members if m.id == command.member), None)
        if found is None:
            raise NotFound
        day = casework.require_past(command.ends_on, work.today, "ends_on")
        if day < found.starts_on:
            raise InvalidInput({"ends_on": _("Tanggal akhir sebelum tanggal mulai.")})

        def carry(_held: Work) -> tuple[Entry, ...]:
            subjects.end_member(session, found.id, on=day)
            payload = {"reason": command.reason} if command.reason else None
            data = {"member": found.id, "person": found.person_id}
            return (Entry(code="case:household:left", data=data, payload=payload, event_date=day),)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    left = Entry(code="case:household:left", data={"member": command.member}, event_date=command.ends_on)
    groups.tell_first_case(session, done, (left,), by=by, at=at)
    return done


def _require_household(work: Work) -> None:
    access.require_act(work.roles, "person")
    if work.facts.subject_kind != "household":
        raise Refused(reason=_("Kasus ini bukan tentang keluarga."))
