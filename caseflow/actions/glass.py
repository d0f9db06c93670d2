"""Break-the-glass: who needs a closed file at once reads it for three hours, with a reason, on record, and told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import CONCERNED, GLASS, Grant, Viewer
from caseflow.actions import casework, inbox, operations
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, NotFound, Refused, _
from caseflow.ids import within_any
from caseflow.store import cases, glass, users
from caseflow.store.log import Entry
from caseflow.store.session import Session

BREAKERS = ("intake", "caseworker", "supervisor", "head")
LONGEST = 1000
NAMING_NOBODY = frozenset({"note", "reason", "details", "despite", "handed", "lower_reason", "finding", "goal", "need"})
"""Keys of what was written in an entry that stays readable to who opened a file in need: the rest may name people."""
UNNAMED = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile(Typed):
    """A closed file that somebody outside of its team has to read now."""

    case: str
    reason: str


def require_breaker(by: Viewer) -> tuple[str, ...]:
    """Return the areas whose closed files somebody may open in need; `Forbidden` where there are none."""
    areas = by.areas(*BREAKERS)
    if not areas:
        raise Forbidden(action=_("membuka berkas tertutup dalam keadaan darurat"), allowed=access.names_of(BREAKERS))
    return areas


def open_file(session: Session, command: OpenFile, *, by: Viewer, at: datetime) -> Done:
    """Open a closed file of one's area to oneself, for reading: its team, its worker, supervisors and heads are told.

    Where nobody nearer than a head can be told, the auditors of the area are told as well.

    Raises `NotFound` for what is no closed file there, `InvalidInput` without a reason, `Refused` for one's own.
    """
    areas = require_breaker(by)
    reason = casework.require_text(command.reason, "reason", limit=LONGEST)
    row = cases.by_number(session, command.case.strip())
    if row is None or row.confidentiality != "R3" or not within_any(row.area_code, areas):
        raise NotFound
    if access.roles_in(by, cases.scope_of(session, row)):
        raise Refused(reason=_("Anda termasuk tim berkas ini: buka langsung dari nomornya."))
    acting = replace(by, grants=(Grant(CONCERNED, ""),))

    def decide(_work: Work) -> Change:
        return Change(carry=lambda held: _opened(held, reason), draft=True)

    return casework.change(session, row.id, decide, by=acting, at=at, expected_version=None, during_hold=True)


def _opened(work: Work, reason: str) -> tuple[Entry, ...]:
    session, row = work.session, work.row

    def tell(*roles: str, others: Collection[str] = ()) -> int:
        told = {user for role in roles for user in users.holders(session, role, row.area_code, work.today)} | {*others}
        told -= {work.by.user_id}
        return inbox.tell(session, told, kind="file_opened", cause_key=key, case_id=row.id, data={}, at=work.at)

    key = f"glass:{row.id}:{work.by.user_id}:{work.at.isoformat()}"
    concerned = {*cases.team(session, row.id), *([row.assignee_id] if row.assignee_id else [])}
    near = tell("supervisor", others=concerned)
    tell("head", *(() if near else ("auditor",)))
    until = (work.at + glass.LASTS).isoformat(timespec="minutes")
    return (Entry(code=glass.OPENED, data={"until": until}, payload={"reason": reason}),)


def eyes(session: Session, by: Viewer, about: str | None, *, at: datetime) -> Viewer:
    """Return the reader of one case, or of what an id in an address hangs on: with what they opened in need.

    The role that may open, and its area, have to stand still. An offer is read and answered as by anybody else.
    """
    if about is None or not (found := glass.open_to(session, by.user_id, at=at)):
        return by
    case_id, what = operations.asked_about(session, about)
    row = cases.by_id(session, case_id) if case_id in found and "transfer" not in what else None
    if row is None or row.confidentiality != "R3" or access.roles_in(by, cases.scope_of(session, row)):
        return by
    if not within_any(row.area_code, by.areas(*BREAKERS)):
        return by
    return replace(by, grants=(Grant(GLASS, ""),))


def told(words: Mapping[str, Any] | None, *, by: Viewer) -> dict[str, Any] | None:
    """Return what was written in an entry as this reader reads it; None where it was erased."""
    if words is None:
        return None
    return {key: said for key, said in words.items() if GLASS not in by.roles or key in NAMING_NOBODY}


def until(session: Session, case_id: str, *, by: Viewer, at: datetime) -> datetime | None:
    """Return until when a file is open to who reads it in need; None to its team."""
    return glass.open_to(session, by.user_id, at=at).get(case_id) if GLASS in by.roles else None
