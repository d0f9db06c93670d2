"""How every write on a case goes: look, decide, fence, carry out, log, settle; the other actions build on `change`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from caseflow import access, ids
from caseflow.access import Viewer
from caseflow.actions import definitions, inbox, obligations
from caseflow.errors import Busy, ClockBehind, InvalidInput, NotFound, OnHold, VersionConflict, _
from caseflow.i18n import format_date
from caseflow.states import guards
from caseflow.states.category import Category
from caseflow.states.deadlines import Calendar, Span, civil_date
from caseflow.states.facts import Facts
from caseflow.store import cases, facts, log, records, reviews, subjects, transfers, users
from caseflow.store.cases import CaseRow
from caseflow.store.facts import Reading
from caseflow.store.hot import FenceLost
from caseflow.store.log import Entry
from caseflow.store.session import Session

OLDEST_DAYS = 5 * 366
"""What is typed happened within the last five years; anything older is a slip of the year."""
SKEW = timedelta(minutes=1)
"""How far the clocks of two machines, or of two requests under way at once, may lie apart."""
ATTEMPTS = 3
"""How often a decision is made again when the facts changed under it."""


@dataclass(frozen=True, slots=True)
class Work:
    """A case as one person sees it now, with all that a decision needs."""

    session: Session
    row: CaseRow
    roles: frozenset[str]
    """What `by` may act as here; empty for who may only look (an intake officer after data collection)."""
    by: Viewer
    at: datetime
    today: date
    calendar: Calendar
    category: Category
    facts: Facts
    digest: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision wants: columns of the case, then what else to write (returning the entries that tell it)."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    carry: Callable[[Work], tuple[Entry, ...]] = lambda _work: ()
    draft: bool = False
    """A draft raises only `facts_version`: people's expected versions stay good."""


@dataclass(frozen=True, slots=True)
class Done:
    """The case after a write."""

    id: str
    number: str
    state: str
    version: int
    cycle: int
    entry: int
    review_id: str | None = None
    created_id: str | None = None


def look(session: Session, case: str, *, by: Viewer, at: datetime, details: Mapping[str, str] | None = None) -> Work:
    """Return a case by id or number as `by` sees it; `NotFound` when absent or not visible."""
    reading = facts.read(session, case)
    if reading is None:
        raise NotFound
    row = reading.row
    roles = acting(access.require_visible(by, cases.scope_with(row, reading.team)), row.state)
    at = _in_turn(at, reading.newest_entry)
    today = civil_date(at, reading.calendar)
    category = definitions.of_case(session, row)
    known = facts.of(session, reading, today, details=details)
    if not roles:  # who only follows the case is shown where it stands, not what was found
        known = replace(known, records={k: v for k, v in known.records.items() if k == "data_collection"}, plan=())
    digest = facts.digest(known, category.digest)
    return Work(session, row, roles, by, at, today, reading.calendar, category, known, digest, reading)


def _in_turn(at: datetime, newest: datetime | None) -> datetime:
    """Return when this request acts: one that waited a moment behind another comes right after it."""
    return newest if newest is not None and timedelta(0) < newest - at <= SKEW else at


def acting(roles: frozenset[str], state: str) -> frozenset[str]:
    """Return the roles that may write in a state: an intake officer writes during data collection only."""
    return roles if state == "data_collection" else roles - {"intake"}


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id; anything else is not asked of the database."""
    return ids.is_id(text)


def change(
    session: Session,
    case: str,
    decide: Callable[[Work], Change],
    *,
    by: Viewer,
    at: datetime,
    expected_version: int | None,
    details: Mapping[str, str] | None = None,
    during_hold: bool = False,
) -> Done:
    """Carry out one write on a case in this transaction, or raise and leave nothing.

    Raises `NotFound`, `VersionConflict` (somebody changed the case since `expected_version`), `OnHold`, `ClockBehind`,
    `Busy` (the facts changed three times while deciding), and whatever `decide` raises.
    """
    for _attempt in range(ATTEMPTS):
        work = look(session, case, by=by, at=at, details=details)
        if expected_version is not None and expected_version != work.row.version:
            raise conflict(work, expected_version)
        if (until := cases.held_on(work.row, work.today)) and not during_hold:
            raise OnHold(until=format_date(until, "id"))
        require_clock(work)
        wanted = decide(work)
        bumped = {} if wanted.draft else {"version": work.row.version + 1}
        columns = {**bumped, **wanted.columns}
        written = dict(session.written)
        try:
            with cases.fenced(session, work.row, columns):
                before = drafts_written(work) if work.reading.records_unlogged and not wanted.draft else ()
                return _finish(work, columns, (*before, *wanted.carry(work)))
        except FenceLost:
            session.forget()
            session.written = written
    raise Busy


def require_clock(work: Work) -> None:
    """Raise `ClockBehind` when it is earlier than the newest entry of the case: a chain never runs backwards."""
    newest = work.reading.newest_entry
    if newest is not None and work.at < newest:
        raise ClockBehind(now=work.at.isoformat(timespec="seconds"), newest=newest.isoformat(timespec="seconds"))


def conflict(work: Work, expected_version: int) -> VersionConflict:
    """Return the conflict with what happened since the version the person saw."""
    since = [
        {"code": e.code, "seq": e.seq, "at": e.entered_at.isoformat(), "by": e.actor}
        for e in log.entries_of(work.session, work.row.id, after=max(0, work.row.entry_seq - 5))
    ]
    names = users.names(work.session, {str(s["by"]) for s in since})
    for entry in since:
        entry["by"] = names.get(str(entry["by"]), "-")
    return VersionConflict(
        number=work.row.number,
        base=expected_version,
        yours=expected_version,
        theirs={"version": work.row.version, "state": work.row.state},
        since=since,
    )


def _finish(work: Work, columns: Mapping[str, Any], entries: tuple[Entry, ...]) -> Done:
    row = work.row._replace(**columns)
    chain = log.Chain(row.id, row.subject_id, row.entry_seq, row.entry_head)
    chain = _append(work, chain, entries)
    if work.reading.reviews_wait or _owes(row):
        chain = _append(work, chain, _settle(work))
    cases.amend(work.session, row.id, {"entry_seq": chain.seq, "entry_head": chain.head})
    return Done(row.id, row.number, row.state, row.version, row.cycle, chain.seq)


def _owes(row: CaseRow) -> bool:
    return row.emergency_since is not None and not row.emergency_paid


def drafts_written(work: Work) -> tuple[Entry, ...]:
    """Return an entry for each record typed since it was last logged: one an editing session, with all its answers."""
    entries: list[Entry] = []
    for record in records.unlogged(work.session, work.row.id):
        answers = records.opened(work.session, work.row.subject_id, record)
        data = {"record": record.id, "stage": record.stage, "cycle": record.cycle}
        data |= {"version": record.version, "saved_by": record.updated_by}
        entries.append(Entry(code="case:record:saved", data=data, payload={"answers": facts.plain(answers)}))
        records.mark_logged(work.session, record)
    return tuple(entries)


def run_on(work: Work) -> None:
    """Let the reminders of a paused case run on: the pause has ended."""
    obligations.end_kinds(work.session, work.row.id, ("hold_end",), at=work.at)
    obligations.resume(work.session, work.row.id, at=work.at, calendar=work.calendar)
    for late in reviews.adrift(work.session, case_id=work.row.id):
        reviews.move(work.session, late.id, late.due_to)


def close_file(work: Work) -> tuple[Entry, ...]:
    """Leave a file to its team: whoever writes, and the supervisors of its area; the name is found by token only.

    An offer to another area said what the file says no more: it is taken back, by the entries returned.
    """
    supervisors = users.holders(work.session, "supervisor", work.row.area_code, work.today)
    cases.join_team(work.session, work.row.id, (work.by.user_id, *supervisors))
    subjects.hide_name(work.session, work.row.subject_id)
    return take_back_offer(work)


def take_back_offer(work: Work) -> tuple[Entry, ...]:
    """Settle the offer of a case that waits as withdrawn, and tell both sides; nothing where there is none."""
    row = transfers.waiting_of(work.session, work.row.id)
    if row is None:
        return ()
    transfers.answer(work.session, row.id, "withdrawn", by=work.by.user_id, at=work.at)
    told = {row.offered_by, *users.holders(work.session, "supervisor", row.to_area, work.today)} - {work.by.user_id}
    inbox.tell(
        work.session,
        told,
        kind="transfer_withdrawn",
        cause_key=f"transfer:{row.id}:transfer_withdrawn",
        case_id=work.row.id,
        data={"number": work.row.number},
        at=work.at,
    )
    data = {"transfer": row.id, "area": row.to_area, "from": row.from_area}
    return (Entry(code="case:transfer:withdrawn", data=data),)


def _append(work: Work, chain: log.Chain, entries: tuple[Entry, ...]) -> log.Chain:
    return log.append(
        work.session, chain, entries, actor=work.by.user_id, at=work.at, today=work.today, facts=work.digest
    )


def _settle(work: Work) -> tuple[Entry, ...]:
    """Follow up on what the write changed: void reviews of other facts, mark an emergency debt paid."""
    session = work.session
    reading = facts.read(session, work.row.id)
    if reading is None:
        raise NotFound
    row, now = reading.row, facts.of(session, reading, work.today)
    entries: list[Entry] = []
    digest = facts.digest(now, work.category.digest)
    for pending in reviews.pending_of(session, row.id):
        if pending.facts_digest != digest:
            reviews.close(session, pending.id, "void", by=access.SYSTEM_USER, at=work.at)
            obligations.satisfy(session, cause_key=f"review:{pending.id}", at=work.at)
            entries.append(Entry(code="case:review:voided", data={"review": pending.id, "step": pending.step}))
            inbox.tell(
                session,
                (pending.requested_by,),
                kind="review_voided",
                cause_key=f"review:{pending.id}:void",
                case_id=row.id,
                data={"step": pending.step},
                at=work.at,
            )
    if _owes(row) and guards.emergency_is_paid(now, work.category):
        cases.amend(session, row.id, {"emergency_paid": True, "assessed": True})
        obligations.end_kinds(session, row.id, ("emergency_debt",), at=work.at, satisfied=True)
        entries.append(Entry(code="case:emergency:paid", data={"cycle": row.cycle}))
    return tuple(entries)


def require_past(day: date | None, today: date, field_name: str) -> date:
    """Return the day something happened (today when not said); `InvalidInput` for a day that has not come."""
    if day is not None and day > today:
        raise InvalidInput({field_name: _("Tanggal ini belum tiba.")})
    if day is not None and (today - day).days > OLDEST_DAYS:
        raise InvalidInput({field_name: _("Tanggal ini lebih dari lima tahun lalu. Periksa tahunnya.")})
    return day or today


def require_text(value: str | None, field_name: str, *, limit: int = 4000) -> str:
    """Return a text that says something; `InvalidInput` when empty or too long."""
    text = (value or "").replace("\x00", "").strip()  # PostgreSQL stores no such character
    if not text:
        raise InvalidInput({field_name: _("Isian ini wajib.")})
    if len(text) > limit:
        raise InvalidInput({field_name: _("Paling banyak {n} huruf.", n=limit)})
    return text


def created(done: Done, row_id: str) -> Done:
    """Return the result with the id of what was written beside the case."""
    return Done(done.id, done.number, done.state, done.version, done.cycle, done.entry, done.review_id, row_id)


def days_until(work: Work, day: date) -> Span:
    """Return the calendar days from today to a later day."""
    return Span((day - work.today).days, "days")
