"""One action of a plan that serves several cases of a household: a row in the plan of each, tied to the first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from caseflow import access
from caseflow.access import GLASS, Viewer
from caseflow.actions import casework, family, many, plan, reading
from caseflow.actions.casework import Done, Work
from caseflow.actions.family import Relative
from caseflow.actions.many import Outcome
from caseflow.actions.plan import PLANNING, SETTLED, AddItem, ChangeItem, EvaluateItem, SettleItem
from caseflow.actions.typed import Typed
from caseflow.errors import NotFound, Refused, _
from caseflow.store import cases, children, shared_items, subjects
from caseflow.store.session import Session
from caseflow.store.tables import plan_item

OnItem = ChangeItem | SettleItem | EvaluateItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareItem(Typed):
    """A case that relies on an action planned in another case of its household."""

    case: str
    of: str
    """The case in whose plan the action stands."""
    item: str


@dataclass(frozen=True, slots=True)
class Place:
    """Another case that an action serves, and where it stands there."""

    item: str
    """The row of the case that is looked at."""
    number: str
    name: str
    state: str
    status: str
    result: str
    may: bool
    """The reader may write that plan."""


# --- one more case ---------------------------------------------------------------------------------------------------


def offered(work: Work, kind: str = "") -> tuple[Relative, ...]:
    """Return the other open cases of the household in which this person may plan now; no closed files, from none."""
    if work.row.confidentiality == "R3" or not work.roles.intersection(access.ACTS["plan"]):
        return ()
    about = subjects.summary(work.session, work.row.subject_id, work.today)
    near = [relative for relative in family.of_case(work, about) if relative.state in PLANNING]
    return tuple(relative for relative in near if _may_plan(work, relative.number, kind))


def _may_plan(work: Work, number: str, kind: str) -> bool:
    other = casework.look(work.session, number, by=work.by, at=work.at)
    known = not kind or other.category.intervention(kind) is not None
    return known and bool(other.roles.intersection(access.ACTS["plan"]))


def share_item(session: Session, command: ShareItem, *, by: Viewer, at: datetime) -> Done:
    """Plan in a case what another case of its household plans: the same kind, words, owner and day, in its own row.

    Both cases must be this person's to plan. A closed file (R3) shares nothing, neither way.
    """
    work = casework.look(session, command.of, by=by, at=at)
    access.require_act(work.roles, "plan")
    other = casework.look(session, command.case, by=by, at=at)
    if "R3" in {work.row.confidentiality, other.row.confidentiality}:
        raise Refused(reason=_("Berkas tertutup tidak berbagi kegiatan dengan kasus lain."))
    about = subjects.summary(session, work.row.subject_id, work.today)
    if other.row.id == work.row.id or other.row.subject_id not in {about.id, *family.household_of(work, about)}:
        raise Refused(reason=_("Kasus itu bukan kasus lain dari rumah atau KK yang sama."))
    row = children.get(session, plan_item, work.row.id, command.item) if casework.is_id(command.item) else None
    if row is None or row.cycle != work.row.cycle:
        raise NotFound
    if row.status in SETTLED:
        raise Refused(reason=_("Kegiatan ini sudah selesai atau dibatalkan."))
    words = children.words(session, plan_item, work.row.subject_id, row)
    item = AddItem(
        case=command.case,
        intervention=row.intervention,
        goal=words.get("goal", ""),
        description=words.get("description", ""),
        owner=row.owner_id,
        due=row.due,
    )
    return plan.add_item(session, item, by=by, at=at, origin=row.origin_id or row.id)


def share_many(session: Session, commands: Sequence[ShareItem], *, by: Viewer, at: datetime) -> list[Outcome]:
    """Name several cases that rely on one action; one that refuses stops no other."""
    many.hold(session, [command.case for command in commands], by=by)
    return many.each(session, lambda command: share_item(session, command, by=by, at=at), commands)


# --- the same act on each --------------------------------------------------------------------------------------------


def in_each(
    session: Session, act: Callable[..., Done], commands: Sequence[OnItem], *, by: Viewer, at: datetime
) -> list[Outcome]:
    """Change, settle or evaluate one action in several cases, each naming any of its rows; a refusal stops no other.

    From a closed file (R3) nothing is written in another case, nor from another case in it.
    """
    named = {command.item for command in commands if casework.is_id(command.item)}
    for item in sorted(named):  # before the cases, as whoever hands goods over does
        shared_items.alone(session, item)
    many.hold(session, [command.case for command in commands], by=by)
    secret = len({command.case for command in commands}) > 1 and any(_closed(session, c.case, by, at) for c in commands)

    def on(command: OnItem) -> Done:
        number = casework.look(session, command.case, by=by, at=at).row.number
        if secret:
            raise Refused(reason=_("Berkas tertutup tidak berbagi kegiatan dengan kasus lain."))
        own = [row.id for row in shared_items.in_case(session, number, command.item)] if command.item in named else []
        item = own[-1] if own and command.item not in own else command.item
        return act(session, replace(command, item=item), by=by, at=at)

    return many.each(session, on, commands)


def _closed(session: Session, case: str, by: Viewer, at: datetime) -> bool:
    try:
        return casework.look(session, case, by=by, at=at).row.confidentiality == "R3"
    except NotFound:
        return False


# --- where else it serves --------------------------------------------------------------------------------------------


def show(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[Place, ...]:
    """Return which other cases the actions of a plan serve; `NotFound` when the case is absent or not visible."""
    return elsewhere(reading.look(session, case, by=by, at=at, part="plan"))


def elsewhere(work: Work) -> tuple[Place, ...]:
    """Return the other cases that rely on an action of this plan, of those the reader may open; no closed files."""
    if work.row.confidentiality == "R3" or GLASS in work.by.roles:
        return ()
    session = work.session
    found = shared_items.tied(session, {item.id for item in work.facts.plan})
    found = list({(row.origin, row.case_id): row for row in found}.values())  # shared anew, it lives
    own = {row.origin: row.id for row in found if row.case_id == work.row.id}
    others = {row.case_id for row in found} - {work.row.id}
    rows = [row for case in sorted(others) if (row := cases.by_id(session, case)) and row.confidentiality != "R3"]
    roles = {row.id: access.roles_in(work.by, cases.scope_of(session, row)) for row in rows}
    acting = {row.id: casework.acting(roles[row.id], row.state) for row in rows}
    seen = {row.id: row for row in rows if acting[row.id]}
    reading.note(session, list(seen.values()), by=work.by, at=work.at, part="household")
    return tuple(
        Place(
            item=own[row.origin],
            number=case.number,
            name=subjects.name_of(session, case.subject_id),
            state=case.state,
            status=row.status,
            result=row.result,
            may=bool(acting[case.id].intersection(access.ACTS["plan"])),
        )
        for row in found
        if (case := seen.get(row.case_id)) is not None
    )
