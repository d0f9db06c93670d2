"""Groups and communities: recorded by name, with a roster and who speaks for them; no NIK is asked of them."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

from caseflow import access
from caseflow.access import GLASS, Viewer
from caseflow.actions import casework, consents, reading
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.glass import UNNAMED
from caseflow.actions.people import Recorded
from caseflow.actions.typed import Typed
from caseflow.errors import Erased, InvalidInput, NotFound, Refused, _
from caseflow.i18n import format_date
from caseflow.states import names
from caseflow.states.category import Text
from caseflow.states.facts import GROUPS
from caseflow.states.lifecycle import CLOSED
from caseflow.store import cases, proof, rosters, subjects
from caseflow.store.log import Entry
from caseflow.store.session import Session

BASES: dict[str, Text] = {
    "representative": Text("disebut wakilnya", "named by the representative"),
    "self": Text("menyebut dirinya", "named by the member"),
    "official": Text("daftar resmi desa atau kantor", "an official list"),
}
"""How it is known that somebody belongs to it."""
LONGEST = 120
NIK = re.compile(r"(?:\d[\W_]{0,3}){16}")
"""Sixteen digits, whatever stands between them."""
NO_NIK = _("Jangan menulis NIK di sini. Siapa yang tercatat sebagai orang disebut dengan nomor kasusnya.")
TWICE = _("Nama dengan sebutan ini sudah ada di daftar. Tulis sebutan yang membedakannya.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterMember(Typed):
    """Somebody of a group, by the name or alias they go by there."""

    name: str
    role: str = ""
    representative: bool = False
    basis: str = "representative"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupData(Typed):
    """A group or community as typed."""

    kind: str
    name: str
    address: str = ""
    members: tuple[RosterMember, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToRoster(Typed):
    """Somebody joins the roster of the group a case is about."""

    case: str
    name: str
    role: str = ""
    representative: bool = False
    basis: str = "representative"
    person_case: str = ""
    """Number of a case of the same person, where there is one the writer may open."""
    starts_on: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOnRoster(Typed):
    """Somebody leaves the roster, or no longer speaks for the group."""

    case: str
    member: str
    ends_on: date | None = None
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member as shown."""

    id: str
    name: str
    role: str
    representative: bool
    basis: str
    linked: bool
    """A person on record of whom the viewer may open a case; whether they have others, closed ones, is not told."""
    starts_on: date
    ends_on: date | None


def add_group(session: Session, typed: GroupData, area_code: str, *, today: date, at: datetime) -> Recorded:
    """Write a group or community with its first members; return it."""
    problems: dict[str, str] = {}
    if typed.kind not in GROUPS:
        problems["group.kind"] = _("Pilih salah satu: {choices}.", choices=", ".join(GROUPS))
    problems |= word_problem("group.name", typed.name)
    said: set[tuple[str, str]] = set()
    for at_place, member in enumerate(typed.members):
        problems |= word_problem(f"group.members.{at_place}.name", member.name)
        problems |= word_problem(f"group.members.{at_place}.role", member.role, required=False)
        problems |= {f"group.members.{at_place}.name": TWICE} if called(member.name, member.role) in said else {}
        said.add(called(member.name, member.role))
        problems |= _basis_problem(f"group.members.{at_place}.basis", member.basis)
    if problems:
        raise InvalidInput(problems)
    data = {"name": names.line(typed.name), "kk": "", "address": typed.address.strip()}
    group_id = subjects.add_household(session, data, area_code, kind=typed.kind, at=at)
    for member in typed.members:
        rosters.add(session, group_id, _words(member.name, member.role), _columns(member, None, today), at=at)
    return Recorded(group_id, (), child=False)


def add_to_roster(session: Session, command: AddToRoster, *, by: Viewer, at: datetime) -> Done:
    """Record a member; a representative may consent for the group from that day on.

    The name of who is linked to a person is left out of the entry: it lies under the group's key, and is not theirs.
    """
    added: list[str] = []
    problems = word_problem("name", command.name) | word_problem("role", command.role, required=False)
    if problems := problems | _basis_problem("basis", command.basis):
        raise InvalidInput(problems)

    def decide(work: Work) -> Change:
        require_group(work)
        rosters.alone(session, work.row.subject_id)
        day = casework.require_past(command.starts_on, work.today, "starts_on")
        person = person_of(work, command.person_case)
        _require_new(work, command, person, day)

        def carry(held: Work) -> tuple[Entry, ...]:
            entry = join(held, command, person, day)
            added.append(str(entry.data["member"]))
            return (entry,)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    data = {"member": added[-1], "representative": command.representative, "basis": command.basis}
    told = Entry(code="case:roster:joined", data=data, event_date=command.starts_on)
    tell_first_case(session, done, (told,), by=by, at=at)
    return casework.created(done, added[-1])


def join(work: Work, command: AddToRoster, person: str | None, day: date) -> Entry:
    """Write a member of the group a case is about; return the entry that tells it."""
    words = _words(command.name, command.role)
    columns = _columns(command, person, day)
    member = rosters.add(work.session, work.row.subject_id, words, columns, at=work.at)
    data = {"member": member, "representative": command.representative, "basis": command.basis}
    said = {k: v for k, v in words.items() if v and (k != "name" or not person)}
    return Entry(code="case:roster:joined", data=data, payload=said or None, event_date=day)


def tell_first_case(session: Session, done: Done, entries: tuple[Entry, ...], *, by: Viewer, at: datetime) -> None:
    """Tell the first case of a group or household too, whose chain vouches for who belongs: closed, or of others."""
    row = cases.by_id(session, done.id)
    home = cases.by_id(session, proof.first_case(session, row.subject_id)) if row is not None else None
    if home is None or home.id == done.id:
        return
    seer = by if access.roles_in(by, cases.scope_of(session, home)) else access.SYSTEM
    change = Change(carry=lambda _held: entries)
    casework.change(session, home.id, lambda _work: change, by=seer, at=at, expected_version=None, during_hold=True)


def end_on_roster(session: Session, command: EndOnRoster, *, by: Viewer, at: datetime) -> Done:
    """Record that somebody left; what they agreed to for the group stays until it is withdrawn."""

    def decide(work: Work) -> Change:
        require_group(work)
        rosters.alone(session, work.row.subject_id)
        running = rosters.of_group(session, work.row.subject_id, work.today)
        found = next((m for m in running if m.id == command.member), None)
        if found is None:
            raise NotFound
        day = casework.require_past(command.ends_on, work.today, "ends_on")
        if day < found.starts_on:
            raise InvalidInput({"ends_on": _("Tanggal akhir sebelum tanggal mulai.")})
        if (agreed := consents.last_given_by(work, found.id)) is not None and day < agreed:
            said = format_date(agreed, "id")
            raise InvalidInput(
                {"ends_on": _("Wakil ini menyetujui pada {day}. Tarik persetujuannya dahulu.", day=said)}
            )

        def carry(_held: Work) -> tuple[Entry, ...]:
            rosters.end(session, found.id, on=day)
            payload = {"reason": command.reason} if command.reason else None
            return (Entry(code="case:roster:left", data={"member": found.id}, payload=payload, event_date=day),)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    left = Entry(code="case:roster:left", data={"member": command.member}, event_date=command.ends_on)
    tell_first_case(session, done, (left,), by=by, at=at)
    return done


def show(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[Member, ...]:
    """Return the roster, representatives first, who left included; `NotFound` when absent, not visible or no group."""
    work = reading.look(session, case, by=by, at=at, part="roster")
    if work.facts.subject_kind not in GROUPS:
        raise NotFound
    return of_case(work)


def of_case(work: Work) -> tuple[Member, ...]:
    """Return the roster of the group a case is about; none to who only follows it."""
    if not work.roles:
        return ()
    found = []
    rows = rosters.of_group(work.session, work.row.subject_id)
    known = cases.seen_of(work.session, work.by, {row.person_id for row in rows if row.person_id})
    for row in rows:
        try:
            words = rosters.words(work.session, row)
        except Erased:
            words = {}
        name = UNNAMED if GLASS in work.by.roles else str(words.get("name") or subjects.ERASED)
        role = str(words.get("role", ""))
        found.append(
            Member(
                row.id, name, role, row.representative, row.basis, row.person_id in known, row.starts_on, row.ends_on
            )
        )
    return tuple(found)


def person_of(work: Work, number: str) -> str | None:
    """Return the person a case is about, if the writer may open that case."""
    if not number.strip():
        return None
    row = cases.by_number(work.session, number.strip())
    seen = row is not None and access.roles_in(work.by, cases.scope_of(work.session, row))
    if row is None or not seen or subjects.kind_of(work.session, row.subject_id) != "person":
        raise InvalidInput({"person_case": _("Tulis nomor kasus satu orang yang boleh Anda buka.")})
    return row.subject_id


def _require_new(work: Work, command: AddToRoster, person: str | None, day: date) -> None:
    """Raise where this person, or somebody called the same, is on the roster that day already."""
    rows = rosters.of_group(work.session, work.row.subject_id)
    running = [row for row in rows if row.ends_on is None or row.ends_on > day]
    if person and person in {row.person_id for row in running}:
        raise InvalidInput({"person_case": _("Orang ini sudah tercatat di daftar.")})
    known = (rosters.words(work.session, row) for row in running)
    if called(command.name, command.role) in {called(each.get("name", ""), each.get("role", "")) for each in known}:
        raise InvalidInput({"name": TWICE})


def called(name: str, role: str) -> tuple[str, str]:
    return names.line(name).casefold(), names.line(role).casefold()


def _words(name: str, role: str) -> dict[str, str]:
    return {"name": names.line(name), "role": names.line(role)}


def _columns(member: RosterMember | AddToRoster, person: str | None, day: date) -> dict[str, object]:
    said = {"representative": member.representative, "basis": member.basis}
    return {**said, "person_id": person, "starts_on": day}


def word_problem(key: str, text: str, *, required: bool = True) -> dict[str, str]:
    """Return why a name or title cannot be kept: a NIK in it could neither be searched nor go with its owner."""
    if not text.strip():
        return {key: _("Isian ini wajib.")} if required else {}
    if len(text) > LONGEST:
        return {key: _("Paling banyak {n} huruf.", n=LONGEST)}
    return {key: NO_NIK} if NIK.search(unicodedata.normalize("NFKC", text)) else {}


def _basis_problem(key: str, basis: str) -> dict[str, str]:
    return {} if basis in BASES else {key: _("Pilih salah satu: {choices}.", choices=", ".join(BASES))}


def require_group(work: Work) -> None:
    access.require_act(work.roles, "person")
    if work.facts.subject_kind not in GROUPS:
        raise Refused(reason=_("Kasus ini bukan tentang kelompok atau komunitas."))
    if work.row.state == CLOSED:
        raise Refused(reason=_("Kasus sudah ditutup."))
