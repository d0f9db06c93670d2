"""No double aid: what a household already has, or lately had, of what a plan wants to give it."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from caseflow import access
from caseflow.access import GLASS, Viewer
from caseflow.actions import casework, family, reading
from caseflow.actions.casework import Work
from caseflow.errors import InvalidInput, Sentence, _
from caseflow.i18n import format_date
from caseflow.states.category import Text
from caseflow.states.deadlines import civil_date
from caseflow.store import aid, cases, shared_items, subjects
from caseflow.store.aid import Given
from caseflow.store.session import Session

STEPS = ("approve_plan", "ratify_emergency")
"""Whoever decides these approves a plan."""
MARK = 12
"""Signs of the mark by which somebody says which findings they have seen."""
UNREAD = _("Daftar bantuan yang sama berubah, atau belum dibaca. Bacalah: tandanya ada di sana.")
"""Only who fetches the findings gets their mark: a refusal does not say it."""


@dataclass(frozen=True, slots=True)
class Aid:
    """Help of a kind that waits for approval here, and that the household has or had."""

    intervention: str
    name: Text
    status: str
    """approved: under way; done."""
    on: date
    agency: str
    number: str
    """Of its case; empty where the reader may not open that."""
    person: str
    """Whom that case is about; empty as above."""
    item: str

    def sentence(self, lang: str) -> Sentence:
        """Return what, when and by which office, the day as `lang` writes it."""
        said = {"day": format_date(self.on, lang), "agency": self.agency}
        if self.status == "done":
            return _("Sudah ditangani oleh {agency}: diberikan {day}.", **said)
        return _("Sedang ditangani oleh {agency} sejak {day}.", **said)


@dataclass(frozen=True, slots=True)
class Findings:
    """What is found for a plan, the newest first, as one reader may know it."""

    aids: tuple[Aid, ...] = ()

    @property
    def mark(self) -> str:
        """A few signs that stand for exactly these findings; empty for none."""
        said = "\n".join(sorted(f"{found.item} {found.status}" for found in self.aids))
        return hashlib.sha256(said.encode()).hexdigest()[:MARK] if said else ""


def show(session: Session, case: str, *, by: Viewer, at: datetime) -> Findings:
    """Return what is found for the plan of a case; `NotFound` when the case is absent or not visible."""
    return of_case(reading.look(session, case, by=by, at=at, part="plan"))


def of_case(work: Work, *, alone: bool = False) -> Findings:
    """Return the same help that the household has or lately had, for each action that waits for approval.

    `alone`: nobody else approves anything for this household until this transaction ends.

    An open or closed case of the household tells of it: by its number to who may open it, to others only what, when
    and by which office, and only where the household is the same beyond a typed family card. A closed file (R3) stands
    in no case but its own, whoever reads: nothing here tells that there is one. An action that serves several cases is
    not found as its own double.
    """
    limits = _limits(work)
    if not limits or GLASS in work.by.roles:  # a file opened in need is that file, and no other
        return Findings()
    sure = _same_household(work)
    likely = family.household_of(work, subjects.summary(work.session, work.row.subject_id, work.today))
    if alone:
        aid.alone(work.session, sure | likely)
    waiting = _waiting(work)  # what somebody approved since we read it is the same action, and no second one
    found = [each for each in aid.given(work.session, sure | likely, limits) if _counts(work, each, limits)]
    same = {row.id for row in shared_items.tied(work.session, waiting)} if found else set()
    found = [each for each in found if each.case.id == work.row.id or each.item not in same]
    found = [each for each in found if each.item not in waiting]
    open_to = {each.case.id for each in found if _opens(work, each)}
    told = [each for each in found if each.case.id in open_to or each.case.subject_id in sure]
    reading.note(work.session, _once(work, told), by=work.by, at=work.at, part="household")
    names = {each.case.subject_id for each in told if each.case.id in open_to}
    known = {subject: subjects.name_of(work.session, subject) for subject in names}
    shown = [_aid(work, each, known, seen=each.case.id in open_to) for each in told]
    return Findings(tuple(sorted(shown, key=lambda each: (each.on, each.item), reverse=True)))


def require_known(work: Work, step: str, *, despite: str, known: str) -> Findings:
    """Return what is found; `InvalidInput` unless whoever approves a plan has seen it and says why all the same."""
    found = of_case(work, alone=True) if step in STEPS else Findings()
    if not found.aids:
        return found
    if not despite.strip():
        raise InvalidInput(
            {
                "despite": _(
                    "Keluarga ini sudah menerima bantuan yang sama ({n}). Tulis mengapa tetap disetujui.",
                    n=len(found.aids),
                ),
                "known": UNREAD,
            }
        )
    if known.strip() != found.mark:
        raise InvalidInput({"known": UNREAD})
    return found


def _limits(work: Work) -> dict[str, date]:
    """Return each kind of help that waits for approval -> the day after which the same counts as double."""
    waiting = {item.intervention for item in work.facts.plan if item.status == "planned"}
    kinds = [kind for code in sorted(waiting) if (kind := work.category.intervention(code)) is not None]
    return {k.code: _months_before(work.today, k.again_after_months) for k in kinds if k.again_after_months}


def _waiting(work: Work) -> set[str]:
    return {item.id for item in work.facts.plan if item.status == "planned"}


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months ago, never a day that month does not have."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))


def _counts(work: Work, each: Given, limits: dict[str, date]) -> bool:
    if each.case.confidentiality == "R3" and each.case.id != work.row.id:
        return False
    return each.status == "approved" or _day(work, each) > limits[each.intervention]


def _opens(work: Work, each: Given) -> bool:
    if each.case.id == work.row.id:
        return True
    roles = access.roles_in(work.by, cases.scope_of(work.session, each.case))
    return bool(casework.acting(roles, each.case.state))


def _once(work: Work, told: Iterable[Given]) -> list[cases.CaseRow]:
    return list({each.case.id: each.case for each in told if each.case.id != work.row.id}.values())


def _aid(work: Work, each: Given, names: dict[str, str], *, seen: bool) -> Aid:
    kind = work.category.intervention(each.intervention)
    return Aid(
        intervention=each.intervention,
        name=kind.name if kind else Text(each.intervention, each.intervention),
        status=each.status,
        on=_day(work, each),
        agency=each.agency,
        number=each.case.number if seen else "",
        person=names[each.case.subject_id] if seen and each.case.confidentiality != "R3" else "",
        item=each.item,
    )


def _day(work: Work, each: Given) -> date:
    return civil_date(each.on, work.calendar) if isinstance(each.on, datetime) else each.on


def _same_household(work: Work) -> set[str]:
    """Return the subject, whom it is recorded with, and who of other offices has the same NIK and name."""
    session, about = work.session, work.row.subject_id
    homes = {about, *_homes(work, about)}
    people = {m.person_id for home in sorted(homes) for m in subjects.members_of(session, home, work.today)} | {about}
    return homes | people | _twins(work, people)


def _twins(work: Work, people: Collection[str]) -> set[str]:
    """Return the records elsewhere of the same people: the same NIK under an agreeing name, and their households."""
    session = work.session
    found: set[str] = set()
    for one in subjects.summaries(session, people, work.today).values():
        if nik := str(one.data.get("nik") or ""):
            same = (each for each in subjects.by_nik(session, nik) if each not in people)
            found |= {each for each in same if subjects.same_name(session, each, one.name)}
    return found | {home for each in found for home in _homes(work, each)}


def _homes(work: Work, person: str) -> list[str]:
    """Return the households somebody belongs to today."""
    held = subjects.memberships(work.session, person)
    return [m.household_id for m in held if m.ends_on is None or m.ends_on > work.today]
