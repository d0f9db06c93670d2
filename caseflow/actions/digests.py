"""Digests: each working morning to caseworkers what is due, each week to supervisors what is stuck.

Numbers and counts only; once a person and day, or week, however often the job runs; nothing to say is nothing sent.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from caseflow.access import AREA_READERS, Viewer
from caseflow.actions import backlog, inbox, reaching
from caseflow.actions.lines import AWAITED
from caseflow.i18n import LANGUAGES, translate
from caseflow.states.deadlines import civil_date, is_working_day
from caseflow.store import cases, digests, jobs, lines, offices, reach, reviews, users
from caseflow.store import inbox as rows
from caseflow.store.cases import Filter
from caseflow.store.jobs import NewJob
from caseflow.store.session import Session

FROM, TO = 7, 12
"""Office hours at which a digest may leave: from the morning on; after noon it is no morning's any more."""
MOST_CASES = 500
MOST_NAMED = 10
"""Numbers of cases that a line names; the others are counted."""
FEW = 5
"""A place with fewer cases is not named outside."""


# --- when -------------------------------------------------------------------------------------------------------------


def plan(session: Session, what: str, *, at: datetime) -> int:
    """Enqueue the digests of every office where it is time now; return how many are new.

    Any hour may ask: the day, or the week, is part of the key.
    """
    new = [
        NewJob(
            kind="digest.office",
            key=f"digest.office:{office.id}:{cause}",
            payload={"office": office.id, "what": what, "cause": cause},
            run_at=at,
            queue="bulk",
        )
        for office in offices.every(session)
        if (cause := _cause(session, office.id, what, at))
    ]
    return jobs.enqueue_all(session, new, at=at)


def _cause(session: Session, office_id: str, what: str, at: datetime) -> str:
    """Return what the digest of this moment is called, by its day or week; empty where none is due."""
    calendar = offices.calendar(session, office_id)
    local = at.astimezone(calendar.zone)
    today = local.date()
    if not FROM <= local.hour < TO or not is_working_day(today, calendar):
        return ""
    if what == "daily":
        return f"digest_daily:{today.isoformat()}"
    monday = today - timedelta(days=today.weekday())
    earlier = [monday + timedelta(days=n) for n in range(today.weekday())]
    if any(is_working_day(day, calendar) for day in earlier):
        return ""
    return f"digest_weekly:{monday.isoformat()}"


def readers(session: Session, office_id: str, what: str, *, at: datetime) -> list[str]:
    """Return whom the digest of an office concerns: caseworkers each day, supervisors each week."""
    office = offices.by_id(session, office_id)
    if office is None:
        return []
    role, _content = KINDS[what]
    return digests.holders(session, office, role, civil_date(at, offices.calendar(session, office_id)))


# --- what -------------------------------------------------------------------------------------------------------------


def tell(session: Session, user_id: str, office_id: str, what: str, cause: str, *, at: datetime) -> bool:
    """Send somebody the digest of a day or week; False when there is nothing to say, no way, or it was sent before."""
    reader = reach.readers(session, {user_id}).get(user_id)
    account = users.by_id(session, user_id)
    if reader is None or account is None:
        return False
    if not reaching.ways_out(session.settings, reader, digest=True, urgent=False):
        return False
    today = civil_date(at, offices.calendar(session, office_id))
    _role, content = KINDS[what]
    data = content(session, users.viewer(session, account, today), at)
    if not data:
        return False
    kind, said = f"digest_{what}", {"day": today.isoformat(), **data}
    new = inbox.tell(session, (user_id,), kind=kind, cause_key=cause, case_id=None, data=said, at=at)
    # The pages say all of it already: in the inbox it stands as read.
    rows.mark_cause_read(session, user_id, cause, at=at)
    return new == 1


def _daily(session: Session, by: Viewer, at: datetime) -> Mapping[str, Any]:
    """Return what is due in the cases of a worker. Nothing of it is a reading: only numbers and counts leave."""
    mine = cases.visible(session, by, Filter(assignee=by.user_id, only_open=True, limit=MOST_CASES))
    where = {row.id: (row.number, offices.calendar(session, row.office_id)) for row in mine}
    late, today, waiting = [], [], []
    for owed in lines.owed(session, set(where)):
        number, calendar = where[owed.case_id]
        if owed.kind == "review" or (owed.kind in AWAITED and owed.due_at >= at):
            waiting.append(number)
        elif owed.due_at < at:
            late.append(number)
        elif civil_date(owed.due_at, calendar) <= civil_date(at, calendar):
            today.append(number)
    if not late and not today:
        return {}
    return {"late": _named(late), "today": _named(today), "waiting": _named(waiting)}


def _named(numbers: Sequence[str]) -> Mapping[str, Any]:
    apart = list(dict.fromkeys(numbers))
    return {"n": len(numbers), "cases": apart[:MOST_NAMED], "more": len(apart) > MOST_NAMED}


def _weekly(session: Session, by: Viewer, at: datetime) -> Mapping[str, Any]:
    """Return what is stuck in the areas of a supervisor: ids of workers and counts."""
    if not by.roles.intersection(AREA_READERS):
        return {}
    found = backlog.read(session, backlog.Wanted(), by=by, at=at)
    workers = {line.key: line.whole.late for line in found.tables.get("assignee", ()) if line.whole and line.whole.late}
    asked = len(reviews.pending_for(session, by))
    unanswered = found.owed.get("referral_answer", 0)
    if not (found.open.late or asked or unanswered):
        return {}
    worst = found.bottlenecks[0] if found.bottlenecks else None
    place = {lang: translate(backlog.headline(found), lang) for lang in LANGUAGES} if worst else None
    return {
        "late": found.open.late,
        "workers": dict(sorted(workers.items(), key=lambda pair: -pair[1])),
        "reviews": asked,
        "unanswered": unanswered,
        "place": place,
        "few": bool(worst and worst.tally.cases < FEW),
    }


KINDS: dict[str, tuple[str, Callable[[Session, Viewer, datetime], Mapping[str, Any]]]] = {
    "daily": ("caseworker", _daily),
    "weekly": ("supervisor", _weekly),
}
"""What digests there are -> whom they concern, what they say."""
