"""Drafts that wait for initials (paraf): what waits for whom, what a draft says, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, letter_facts, letter_issuing, letters, lines, reading
from caseflow.actions.casework import Work
from caseflow.actions.lines import Line
from caseflow.errors import NotFound, Sentence, _, listed
from caseflow.states.category import Text
from caseflow.states.deadlines import civil_date, due_at
from caseflow.store import cases, initials, offices, users
from caseflow.store import lines as case_lines
from caseflow.store.cases import CaseRow
from caseflow.store.initials import WAITING, DraftRow
from caseflow.store.session import Session

ACTING = "Plh."
"""How somebody initials who stands in for an absent colleague."""
ANY_LETTER = Text("Surat dinas", "Official letter")
ENDED = {
    "numbered": _("Semua paraf lengkap; suratnya sudah bernomor."),
    "returned": _("Konsep ini dikembalikan kepada peminta."),
    "withdrawn": _("Konsep ini dibatalkan."),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits for my initial."""

    id: str
    line: Line
    title: Text
    """The kind of letter; of a closed file no more than that it is one."""
    post: str
    prefix: str
    position: int
    of: int
    requester: str
    since: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft without a number, as the case shows it."""

    row: DraftRow
    told: Sentence
    """What it waits for, or what became of it."""
    initials: tuple[str, ...]
    """Post and name of those who gave theirs, in order."""
    reason: str | None
    mine: bool
    """Whether it is my turn."""
    requester: str


# --- mine ------------------------------------------------------------------------------------------------------------


def waiting(session: Session, *, by: Viewer, at: datetime) -> tuple[Waiting, ...]:
    """Return the drafts of cases I see that wait for a post I hold today, the longest wait first; that is on record."""
    held = _posts_of(session, by, at)
    found = initials.waiting_for(session, by, tuple(held))
    shown = case_lines.cases(session, {row.case_id for row in found})
    reading.note(session, shown.values(), by=by, at=at, part="initials")
    told = lines.lines_of(session, shown.values())
    kinds = letters.kinds(session)
    return tuple(
        Waiting(
            id=row.id,
            line=told[row.case_id],
            title=kinds[row.kind].title if row.kind in kinds and told[row.case_id].category else ANY_LETTER,
            post=row.waits_for,
            prefix=held[row.office_id, row.waits_for],
            position=row.given + 1,
            of=len(row.posts.split("\n")),
            requester=row.requester or "-",
            since=row.waits_since,
            due_at=due_at(row.waits_since, letter_issuing.TURN, offices.calendar(session, row.office_id)),
        )
        for row in found
    )


def _posts_of(session: Session, by: Viewer, at: datetime) -> dict[tuple[str, str], str]:
    """Return (office, post) -> how somebody holds it today; who stands in for its holder acts in it."""
    absent = {grant.for_user for grant in by.grants} - {""}
    held: dict[tuple[str, str], str] = {}
    for row in initials.held_by(session, {by.user_id, *absent}):
        today = civil_date(at, offices.calendar(session, row.office_id))
        if row.starts_on <= today <= (row.ends_on or today):
            prefix = row.prefix if row.user_id == by.user_id else ACTING
            held[row.office_id, row.post] = min(prefix, held.get((row.office_id, row.post), prefix))
    return held


def of_case(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[DraftView, ...]:
    """Return the drafts of a case that have no number; none to who only follows it."""
    work = reading.look(session, case, by=by, at=at, part="letters")
    return drafts_of(work) if work.roles else ()


def find(session: Session, draft_id: str, *, by: Viewer) -> tuple[DraftRow, CaseRow]:
    """Return a draft and its case; `NotFound` when absent or not visible."""
    row = initials.draft(session, draft_id) if casework.is_id(draft_id) else None
    case = cases.by_id(session, row.case_id) if row is not None else None
    if row is None or case is None:
        raise NotFound
    roles = access.require_visible(by, cases.scope_of(session, case))
    if not casework.acting(roles, case.state):
        raise NotFound  # who only follows a case sees where it stands, not its letters
    return row, case


def content(session: Session, draft_id: str, *, by: Viewer, at: datetime) -> tuple[DraftRow, dict[str, Any]]:
    """Return what a draft says, to be rendered as KONSEP by the door; that it was read is on record."""
    row, case = find(session, draft_id, by=by)
    reading.note(session, (case,), by=by, at=at, letter_id=row.id)
    facts: dict[str, Any] = initials.words(session, case.subject_id, row)["facts"]
    return row, letter_facts.with_logo(session, row.office_id, facts)


def standing(work: Work, row: DraftRow) -> Sentence:
    """Return what a draft waits for, and whose turn it is today."""
    if row.state != WAITING:
        return ENDED.get(row.state, _("Konsep ini sudah selesai."))
    held = initials.holders(work.session, row.office_id, row.waits_for, work.today)
    may = letter_issuing.holders_of(work, row.waits_for)
    if may:
        who = listed(f"{holder.prefix} {holder.name}".strip() for holder in may)
        return _("Menunggu paraf {post} ({who}).", post=row.waits_for, who=who)
    if held and work.row.confidentiality == "R3":
        return _(
            "Menunggu paraf {post}, yang belum anggota tim berkas tertutup ini: minta supervisor memasukkannya.",
            post=row.waits_for,
        )
    if held:
        return _(
            "Menunggu paraf {post}, yang tidak berwenang atas surat kasus ini: minta admin mencatat pemegang lain.",
            post=row.waits_for,
        )
    return _("Menunggu paraf {post}. Hari ini tidak ada yang memegangnya: minta admin mencatatnya.", post=row.waits_for)


def drafts_of(work: Work, every: Sequence[DraftRow] | None = None) -> tuple[DraftView, ...]:
    """Return the drafts of a case that have no number: those that wait, then those that went back, the newest first.

    `every` is all drafts of the case, the oldest first, where they were read already.

    One that went back and was asked for again, or has its number by now, is behind everybody.
    """
    every = initials.drafts_of(work.session, work.row.id) if every is None else every
    last = {row.kind: row.id for row in every}
    rows = [row for row in every if row.state != "numbered" and (row.state == WAITING or last[row.kind] == row.id)]
    rows.sort(key=lambda row: (row.state == WAITING, row.id), reverse=True)
    given = initials.given(work.session, [row.id for row in rows]) if rows else {}
    people = users.names(work.session, {row.requested_by for row in rows})
    return tuple(
        DraftView(
            row=row,
            told=standing(work, row),
            initials=tuple(f"{each.prefix} {each.post} ({each.name})".strip() for each in given.get(row.id, ())),
            reason=initials.reason(work.session, work.row.subject_id, row),
            mine=row.state == WAITING and held_as(work, row) is not None,
            requester=people.get(row.requested_by, "-"),
        )
        for row in rows
    )


def held_as(work: Work, row: DraftRow) -> str | None:
    """Return how somebody holds the post a draft waits for: "" as its holder, "Plt." or "Plh." acting in it, or not."""
    absent = {grant.for_user for grant in work.by.grants} - {""}
    held = initials.holders(work.session, row.office_id, row.waits_for, work.today)
    mine = [holder.prefix for holder in held if holder.user_id == work.by.user_id]
    return min([*mine, *(ACTING for holder in held if holder.user_id in absent)], default=None)
