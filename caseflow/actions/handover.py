"""Handover: all open work of a worker who leaves, who might take it, and giving it to them (docs/decisions/0032)."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import areas, cases, choosing, inbox, lines, many, reading
from caseflow.actions.cases import AssignCase
from caseflow.actions.casework import Done
from caseflow.actions.choosing import Candidate, Need, Ranked
from caseflow.actions.inbox import Notice
from caseflow.actions.lines import Line
from caseflow.actions.many import Outcome
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, NotFound, Sentence, _
from caseflow.ids import is_id
from caseflow.store import audit_desk, users
from caseflow.store import cases as case_rows
from caseflow.store import handover as rows
from caseflow.store import lines as line_rows
from caseflow.store.cases import CaseRow, Filter
from caseflow.store.handover import Load
from caseflow.store.obligations import ObligationRow
from caseflow.store.session import Session
from caseflow.store.types import Row

MOST = 250
"""Cases of one page or answer; the others follow once these are handed over."""
AWAITED: dict[str, Sentence] = {
    "review": _("{n} permintaan persetujuan menunggu"),
    "visit": _("{n} kunjungan direncanakan"),
    "referral_answer": _("{n} rujukan belum dijawab"),
    "answer_confirmation": _("{n} jawaban rujukan belum dikonfirmasi"),
    "placement_review": _("{n} tinjauan penempatan"),
    "emergency_debt": _("{n} tindakan darurat belum lengkap"),
    "drafts": _("{n} konsep surat"),
}
"""What waits in a case beside its stage -> how it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Typed):
    """One case of a worker (by id) goes to another worker of its area (by id), with a note for its history."""

    case: str
    worker: str
    to: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works on cases, and how much they have as far as the reader may see."""

    id: str
    name: str
    username: str
    active: bool
    load: Load
    areas: tuple[str, ...]
    """Where they are caseworker today."""


@dataclass(frozen=True, slots=True)
class Held:
    """An open case of who leaves: what waits in it, who might take it, and whom we would ask first."""

    line: Line
    area: str
    due: ObligationRow | None
    """What is due first."""
    late: int
    waits: Mapping[str, int]
    """Kind of `AWAITED` -> how many."""
    able: tuple[str, ...]
    suggested: str | None
    why: Ranked | None
    """Who is suggested, with the reasons."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """All that waits for somebody, as far as a supervisor may see it."""

    worker: Worker
    cases: tuple[Held, ...]
    more: int
    """Open cases that are not listed yet."""
    colleagues: Mapping[str, Worker]
    posts: tuple[Row[Any], ...]
    """Posts that initial letters."""
    questions: tuple[Row[Any], ...]
    """Questions of the audit desk that wait for their answer."""
    today: date


def overseeing(by: Viewer) -> Viewer:
    """Return somebody with the roles of a supervisor alone; `Forbidden` for who is none."""
    held = tuple(grant for grant in by.grants if grant.role == "supervisor")
    if not held:
        raise Forbidden(action=_("menyerahkan pekerjaan pendamping"), allowed=access.names_of(("supervisor",)))
    return replace(by, grants=held)


def workers(session: Session, *, by: Viewer, at: datetime) -> tuple[Worker, ...]:
    """Return who works, or has open cases, in the areas of a supervisor; accounts that are switched off first."""
    narrowed = overseeing(by)
    loads = rows.loads(session, narrowed, at=at)
    found = {row.id: row for row in rows.workers(session, narrowed.areas("supervisor"))}
    found |= {row.id: row for row in rows.accounts(session, loads.keys() - found.keys())}
    held = rows.grants(session, found.keys(), areas.today(session, at))
    told = [_worker(row, loads, held) for row in found.values() if row.active or row.id in loads]
    return tuple(sorted(told, key=lambda worker: (worker.active, worker.name, worker.id)))


def _worker(row: Row[Any], loads: Mapping[str, Load], held: Mapping[str, Sequence[str]]) -> Worker:
    load = loads.get(row.id) or Load()
    return Worker(row.id, row.name, row.username, row.active, load, tuple(held.get(row.id, ())))


def leaving(session: Session, worker: str, *, by: Viewer, at: datetime, most: int = MOST) -> Leaving:
    """Return all open work of somebody, by log-in name or id, with a suggestion for each case.

    `NotFound` for whoever neither has nor had work in the supervisor's areas.
    """
    narrowed = overseeing(by)
    today = areas.today(session, at)
    account = users.by_id(session, worker) if is_id(worker) else users.by_username(session, worker)
    known = {one.id: one for one in workers(session, by=by, at=at)}
    if account is None:
        raise NotFound
    mine = case_rows.visible(session, narrowed, Filter(assignee=account.id, only_open=True, limit=most + 1))
    about = known.get(account.id)
    if about is None:
        seen = {row.id: row for row in rows.workers(session, narrowed.areas("supervisor"))}
        if account.id not in seen:
            raise NotFound
        about = _worker(seen[account.id], {}, {})
    mine = mine[:most]
    reading.note(session, mine, by=by, at=at, part="handover")
    able = _able(session, mine, account.id, today)
    colleagues = _colleagues(session, known, able, today)
    questions = audit_desk.open_questions(session, narrowed, MOST)
    return Leaving(
        worker=about,
        cases=_held(session, mine, able, colleagues, at),
        more=max(0, about.load.open - len(mine)),
        colleagues=colleagues,
        posts=tuple(rows.posts(session, account.id, narrowed.areas("supervisor"), today)),
        questions=tuple(q for q in questions if q.asked_of == account.id and q.state == "asked"),
        today=today,
    )


def _able(session: Session, found: Sequence[CaseRow], leaver: str, on: date) -> dict[str, tuple[str, ...]]:
    """Return area -> who may take a case there."""
    places = {row.area_code for row in found}
    return {
        place: tuple(user for user in users.holders(session, "caseworker", place, on) if user != leaver)
        for place in places
    }


def _colleagues(
    session: Session, known: Mapping[str, Worker], able: Mapping[str, tuple[str, ...]], on: date
) -> dict[str, Worker]:
    wanted = {user for users_ in able.values() for user in users_}
    others = wanted - known.keys()
    held = rows.grants(session, others, on)
    found = {row.id: _worker(row, {}, held) for row in rows.accounts(session, others)}
    found |= {user: known[user] for user in wanted & known.keys()}
    return dict(sorted(found.items(), key=lambda pair: (pair[1].name, pair[0])))


def _held(
    session: Session,
    found: Sequence[CaseRow],
    able: Mapping[str, tuple[str, ...]],
    colleagues: Mapping[str, Worker],
    at: datetime,
) -> tuple[Held, ...]:
    told = lines.lines_of(session, found)
    owed: dict[str, list[ObligationRow]] = {}
    for each in line_rows.owed(session, set(told)):
        owed.setdefault(each.case_id, []).append(each)
    drafts = rows.drafts(session, set(told))
    known = [Candidate(one.id, one.name, one.load, one.areas) for one in colleagues.values()]
    candidates = {one.id: one for one in choosing.known(session, known, on=areas.today(session, at))}
    given: Counter[str] = Counter()
    held = []
    for row in sorted(found, key=lambda one: (one.area_code, one.number)):
        due = owed.get(row.id, [])
        waits = Counter(each.kind for each in due if each.kind in AWAITED) | Counter({"drafts": drafts.get(row.id, 0)})
        best = choosing.ranked(_need(session, row), [candidates[user] for user in able[row.area_code]], given)[:1]
        why = best[0] if best else None
        if why is not None:
            given[why.candidate.id] += 1
        held.append(
            Held(
                line=told[row.id],
                area=row.area_code,
                due=due[0] if due else None,
                late=sum(each.due_at < at for each in due),
                waits={kind: n for kind, n in waits.items() if n},
                able=able[row.area_code],
                suggested=why.candidate.id if why else None,
                why=why,
            )
        )
    return tuple(held)


def _need(session: Session, row: CaseRow) -> Need:
    """Return what counts about a case; its answers are not read, so its language does not count."""
    category = session.categories.get(row.category)
    return Need(row.area_code, category.bidang if category else "")


# --- giving it to others ---------------------------------------------------------------------------------------------


def hand_over(session: Session, commands: Sequence[HandOver], *, run: str, by: Viewer, at: datetime) -> list[Outcome]:
    """Give cases of somebody to others, each as `cases.assign_case` does; one that is refused stops no other.

    Both sides are told once for the whole `run` of a day, however many transactions it takes.
    """
    overseeing(by)
    found = line_rows.by_names(session, {each.case for each in commands})
    on = areas.today(session, at)
    holders = {
        place: frozenset(users.holders(session, "caseworker", place, on)) for place in {row.area_code for row in found}
    }

    def able(row: CaseRow, today: date) -> frozenset[str]:
        if row.area_code in holders and today == on:
            return holders[row.area_code]
        return frozenset(users.holders(session, "caseworker", row.area_code, today))

    def act(each: HandOver) -> Done:
        if each.to == each.worker:
            raise InvalidInput({"to": _("Pilih orang lain daripada yang menyerahkan.")})
        command = AssignCase(case=each.case, assignee=each.to, reason=each.note)
        return cases.give_case(session, command, able=able, held_by=each.worker, by=by, at=at)

    done = many.together(session, act, commands, [each.case for each in commands], by=by)
    given = [each for each, outcome in zip(commands, done, strict=True) if outcome.done]
    _tell(session, given, f"{by.user_id}:{on:%Y%m%d}:{run or at.isoformat()}", at=at)
    return done


def _tell(session: Session, given: Sequence[HandOver], run: str, *, at: datetime) -> None:
    """Tell who gets cases, and who gave them away: one message each, without a number of any case."""
    told = {(each.to, "handed_over") for each in given} | {(each.worker, "handed_on") for each in given}
    cause = hashlib.sha256(run.encode()).hexdigest()
    notices = [
        Notice(user_id=user, kind=kind, cause_key=f"handover:{cause}:{kind}", case_id=None, data={})
        for user, kind in sorted(told)
    ]
    inbox.tell_all(session, notices, at=at)


def told_of_leaving(session: Session, user_id: str, *, by: Viewer, at: datetime) -> int:
    """Tell the supervisors that somebody's account was switched off with open work; return how many open cases.

    Closed files (R3) are counted for nobody here: their team finds them on the page.
    """
    left = rows.open_of(session, user_id)
    on = areas.today(session, at)
    above = {user for area, _count in left for user in users.holders(session, "supervisor", area, on)}
    notices = [
        Notice(
            user_id=user,
            kind="handover_due",
            cause_key=f"handover_due:{user_id}:{at:%Y%m%d%H%M%S}",
            case_id=None,
            data={"worker": user_id},
        )
        for user in sorted(above - {by.user_id})
    ]
    inbox.tell_all(session, notices, at=at)
    return sum(count for _area, count in left)
