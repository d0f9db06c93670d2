"""Initials (paraf): what waits for whom, giving one, returning a draft to who asked for it, taking a draft back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import (
    casework,
    inbox,
    letter_drafts,
    letter_facts,
    letter_issuing,
    letters,
    lines,
    obligations,
    reading,
)
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.letter_issuing import Asked, Cause
from caseflow.actions.lines import Line
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, Sentence, _, listed
from caseflow.letters import catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.states.category import Text
from caseflow.states.deadlines import civil_date, due_at
from caseflow.store import cases, initials, offices, users
from caseflow.store import letters as letter_rows
from caseflow.store import lines as case_lines
from caseflow.store.cases import CaseRow
from caseflow.store.initials import WAITING, DraftRow
from caseflow.store.log import Entry
from caseflow.store.session import Session

ACTING = "Plh."
"""How somebody initials who stands in for an absent colleague."""
NEW = ("date", "made_at")
"""What a letter says of the day it is made: the day of its number, not of its draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveInitial(Typed):
    """The initial of whoever's turn it is, under a draft."""

    letter: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDraft(Typed):
    """A draft that must be corrected first."""

    letter: str
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDraft(Typed):
    """A draft that is not wanted any more; no number was taken."""

    letter: str
    reason: str = ""
    expected_version: int | None = None


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


# --- reading ---------------------------------------------------------------------------------------------------------


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


ANY_LETTER = Text("Surat dinas", "Official letter")


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
    return row, facts


def standing(work: Work, row: DraftRow) -> Sentence:
    """Return what a draft waits for, and whose turn it is today."""
    if row.state != WAITING:
        return ENDED.get(row.state, _("Konsep ini sudah selesai."))
    held = initials.holders(work.session, row.office_id, row.waits_for, work.today)
    may = letter_issuing.holders_of(work, row.waits_for)
    if may:
        who = listed(f"{holder.prefix} {holder.name}".strip() for holder in may)
        return _("Menunggu paraf {post} ({who}).", post=row.waits_for, who=who)
    if held:
        return _(
            "Menunggu paraf {post}, yang belum anggota tim berkas tertutup ini: minta supervisor memasukkannya.",
            post=row.waits_for,
        )
    return _("Menunggu paraf {post}. Hari ini tidak ada yang memegangnya: minta admin mencatatnya.", post=row.waits_for)


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


def drafts_of(work: Work) -> tuple[DraftView, ...]:
    """Return the drafts of a case that have no number, oldest first."""
    rows = [row for row in initials.drafts_of(work.session, work.row.id) if row.state != "numbered"]
    given = initials.given(work.session, [row.id for row in rows]) if rows else {}
    people = users.names(work.session, {row.requested_by for row in rows})
    return tuple(
        DraftView(
            row=row,
            told=standing(work, row),
            initials=tuple(f"{each.prefix} {each.post} ({each.name})".strip() for each in given.get(row.id, ())),
            reason=initials.reason(work.session, work.row.subject_id, row),
            mine=row.state == WAITING and _held_as(work, row) is not None,
            requester=people.get(row.requested_by, "-"),
        )
        for row in rows
    )


ENDED = {
    "numbered": _("Semua paraf lengkap; suratnya sudah bernomor."),
    "returned": _("Konsep ini dikembalikan kepada peminta."),
    "withdrawn": _("Konsep ini dibatalkan."),
}


# --- giving one ------------------------------------------------------------------------------------------------------


def give_initial(session: Session, command: GiveInitial, *, by: Viewer, at: datetime) -> Done:
    """Initial a draft for the post whose turn it is; the last initial takes the number of the register.

    Raises `NotFound`, `Forbidden` (another post's turn), `Refused` (nobody initials twice; who asked for the letter
    initials in the own post only; the case says something else by now), `StepRefused` (guards, consent).
    """
    found, _case = find(session, command.letter, by=by)

    def decide(work: Work) -> Change:
        row = _open(work, found.id)
        kind = catalogue.get(letters.kinds(session), row.kind)
        prefix = _turn(work, row)
        given = initials.given(session, (row.id,)).get(row.id, [])
        if mine := next((each for each in given if each.user_id == by.user_id), None):
            raise Refused(
                reason=_("Anda sudah memaraf surat ini sebagai {post}: paraf ini dari orang lain.", post=mine.post)
            )
        if row.requested_by == by.user_id and prefix:
            raise Refused(
                reason=_("Anda yang meminta surat ini: sebagai {prefix} paraf diberikan orang lain.", prefix=prefix)
            )
        ready = _again(work, row, kind)
        return Change(carry=lambda held: _initial(held, row, prefix, ready))

    version = command.expected_version
    done = casework.change(session, found.case_id, decide, by=by, at=at, expected_version=version)
    return casework.created(done, found.id)


def _open(work: Work, draft_id: str) -> DraftRow:
    """Return a draft that still waits, to whom may work on letters."""
    access.require_act(work.roles, "issue_letter")
    row = initials.draft(work.session, draft_id)
    if row is None:
        raise NotFound
    if row.state != WAITING:
        raise Refused(reason=ENDED.get(row.state, _("Konsep ini sudah selesai.")))
    return row


def _turn(work: Work, row: DraftRow) -> str:
    """Return as what somebody initials; `Forbidden` where it is another post's turn."""
    prefix = _held_as(work, row)
    if prefix is None:
        held = initials.holders(work.session, row.office_id, row.waits_for, work.today)
        names = listed(f"{holder.prefix} {holder.name}".strip() for holder in held) if held else "-"
        raise Forbidden(action=_("memaraf sebagai {post}", post=row.waits_for), allowed=names)
    return prefix


def _held_as(work: Work, row: DraftRow) -> str | None:
    """Return how somebody holds the post a draft waits for: "" as its holder, "Plt." or "Plh." acting in it, or not."""
    absent = {grant.for_user for grant in work.by.grants} - {""}
    held = initials.holders(work.session, row.office_id, row.waits_for, work.today)
    mine = [holder.prefix for holder in held if holder.user_id == work.by.user_id]
    return min([*mine, *(ACTING for holder in held if holder.user_id in absent)], default=None)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A letter as it would be issued now, and who asked for it."""

    draft: letter_drafts.Draft
    asker: Work


def _again(work: Work, row: DraftRow, kind: LetterKind) -> _Ready:
    """Return the letter as the case would have it now: what is initialled is what is on record, and goes out so."""
    kept = initials.words(work.session, work.row.subject_id, row)
    asked = Asked(**kept["asked"])
    if not asked.by_step:
        letter_drafts.require_use(work, kind)
    asker = replace(work, by=Viewer(row.requested_by, users.names(work.session, {row.requested_by})[row.requested_by]))
    old = letter_rows.by_id(work.session, row.replaces_id) if row.replaces_id else None
    try:
        draft = letter_issuing.draft_of(asker, kind, asked, replaces=letter_drafts.replaced_of(work, kind, old))
        signer = letter_drafts.signer_of(work, kind, asked.signatory)
        office = offices.require(work.session, row.office_id)
        now = letter_facts.freeze(asker, draft, office=office, signer=signer, number=None, code=None)
    except InvalidInput as error:
        why = listed(str(text) for text in error.data["problems"].values())
        raise Refused(reason=_("Surat ini tidak dapat terbit lagi: {why} Kembalikan konsepnya.", why=why)) from error
    if _lasting(now) != _lasting(kept["facts"]):
        raise Refused(
            reason=_("Catatan kasus berubah sesudah konsep ini dibuat. Kembalikan, supaya dibuat konsep yang baru.")
        )
    return _Ready(draft, asker)


def _lasting(facts: dict[str, Any]) -> bytes:
    """Return what a letter says apart from its day, to be compared."""
    return orjson.dumps({k: v for k, v in facts.items() if k not in NEW}, option=orjson.OPT_SORT_KEYS)


def _initial(work: Work, row: DraftRow, prefix: str, ready: _Ready) -> tuple[Entry, ...]:
    session, posts, position = work.session, row.posts.split("\n"), row.given + 1
    initials.add_initial(
        session,
        {
            "draft_id": row.id,
            "case_id": row.case_id,
            "position": position,
            "post": row.waits_for,
            "prefix": prefix,
            "user_id": work.by.user_id,
        },
        at=work.at,
    )
    obligations.satisfy(session, cause_key=letter_issuing.turn_of(row.id, position), at=work.at)
    data = {"letter": row.id, "kind": row.kind, "post": row.waits_for, "position": position, "of": len(posts)}
    if prefix:
        data["prefix"] = prefix
    entry = Entry(code="case:letter:initialled", data=data)
    if position < len(posts):
        following = posts[position]
        initials.change(session, row.id, {"given": position, "waits_for": following, "waits_since": work.at})
        letter_issuing.call(work, row.id, following, position + 1)
        return (entry,)
    initials.change(session, row.id, {"given": position})
    initials.settle(session, work.row.subject_id, row.id, "numbered", at=work.at)
    cause = Cause(
        letter_id=row.id,
        key=row.cause_key,
        bulk=row.cause_key.startswith("batch:"),
        requested_by=row.requested_by,
        referral_id=row.referral_id,
    )
    office = offices.require(session, row.office_id)
    told = {"requested_by": row.requested_by}
    return entry, *letter_issuing.number(work, ready.draft, office, cause, told=told, asker=ready.asker)


# --- or not ----------------------------------------------------------------------------------------------------------


def return_draft(session: Session, command: ReturnDraft, *, by: Viewer, at: datetime) -> Done:
    """Give a draft back to who asked for it, with the reason; whoever's turn it is may. A correction is a new draft."""
    found, _case = find(session, command.letter, by=by)
    reason = casework.require_text(command.reason, "reason", limit=400)

    def decide(work: Work) -> Change:
        row = _open(work, found.id)
        prefix = _turn(work, row)
        told = {"post": row.waits_for, **({"prefix": prefix} if prefix else {})}

        def carry(held: Work) -> tuple[Entry, ...]:
            inbox.tell(
                session,
                (row.requested_by,),
                kind="draft_returned",
                cause_key=f"draft_returned:{row.id}",
                case_id=row.case_id,
                data={"number": held.row.number},
                at=held.at,
            )
            return (letter_issuing.drop(held, row, "returned", reason, told=told),)

        return Change(carry=carry)

    version = command.expected_version
    return casework.change(session, found.case_id, decide, by=by, at=at, expected_version=version, during_hold=True)


def withdraw_draft(session: Session, command: WithdrawDraft, *, by: Viewer, at: datetime) -> Done:
    """Take a draft back: who asked for it may, and who may void a letter. It never had a number."""
    found, _case = find(session, command.letter, by=by)
    reason = casework.require_text(command.reason, "reason", limit=400)

    def decide(work: Work) -> Change:
        row = _open(work, found.id)
        if row.requested_by != by.user_id:
            access.require_act(work.roles, "void_letter")
        return Change(carry=lambda held: (letter_issuing.drop(held, row, "withdrawn", reason),))

    version = command.expected_version
    return casework.change(session, found.case_id, decide, by=by, at=at, expected_version=version, during_hold=True)
