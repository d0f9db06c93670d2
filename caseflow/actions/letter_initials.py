"""Initials (paraf): what waits for whom, giving one, returning a draft to who asked for it, taking a draft back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import (
    casework,
    letter_drafts,
    letter_facts,
    letter_issuing,
    letter_waiting,
    letters,
    obligations,
)
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.letter_issuing import Asked, Cause
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, _, listed
from caseflow.letters import catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.store import initials, offices, users
from caseflow.store import letters as letter_rows
from caseflow.store.initials import WAITING, DraftRow
from caseflow.store.log import Entry
from caseflow.store.session import Session

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


# --- giving one ------------------------------------------------------------------------------------------------------


def give_initial(session: Session, command: GiveInitial, *, by: Viewer, at: datetime) -> Done:
    """Initial a draft for the post whose turn it is; the last initial takes the number of the register.

    Raises `NotFound`, `Forbidden` (another post's turn), `Refused` (nobody initials twice; who asked for the letter
    initials in the own post only; the case says something else by now), `StepRefused` (guards, consent).
    """
    found, _case = letter_waiting.find(session, command.letter, by=by)

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
        raise Refused(reason=letter_waiting.ENDED.get(row.state, _("Konsep ini sudah selesai.")))
    return row


def _turn(work: Work, row: DraftRow) -> str:
    """Return as what somebody initials; `Forbidden` where it is another post's turn."""
    prefix = letter_waiting.held_as(work, row)
    if prefix is None:
        held = initials.holders(work.session, row.office_id, row.waits_for, work.today)
        names = listed(f"{holder.prefix} {holder.name}".strip() for holder in held) if held else "-"
        raise Forbidden(action=_("memaraf sebagai {post}", post=row.waits_for), allowed=names)
    return prefix


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
    if not users.active(work.session, row.requested_by):
        raise Refused(
            reason=_("Akun yang meminta surat ini tidak aktif lagi. Kembalikan, supaya rekan lain memintanya.")
        )
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
    if kept.get("look", look := letter_issuing.look_of(kind, office)) != look:
        raise Refused(
            reason=_(
                "Naskah baku atau lambang surat ini berubah sesudah konsepnya dibuat. "
                "Kembalikan, supaya dibuat konsep yang baru."
            )
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
    found, _case = letter_waiting.find(session, command.letter, by=by)
    reason = casework.require_text(command.reason, "reason", limit=400)

    def decide(work: Work) -> Change:
        row = _open(work, found.id)
        prefix = _turn(work, row)
        told = {"post": row.waits_for, **({"prefix": prefix} if prefix else {})}

        def carry(held: Work) -> tuple[Entry, ...]:
            letter_issuing.tell_requester(held, row)
            return (letter_issuing.drop(held, row, "returned", reason, told=told),)

        return Change(carry=carry)

    version = command.expected_version
    return casework.change(session, found.case_id, decide, by=by, at=at, expected_version=version, during_hold=True)


def withdraw_draft(session: Session, command: WithdrawDraft, *, by: Viewer, at: datetime) -> Done:
    """Take a draft back: who asked for it may, and who may void a letter. It never had a number."""
    found, _case = letter_waiting.find(session, command.letter, by=by)
    reason = casework.require_text(command.reason, "reason", limit=400)

    def decide(work: Work) -> Change:
        row = _open(work, found.id)
        if row.requested_by != by.user_id:
            access.require_act(work.roles, "void_letter")
        return Change(carry=lambda held: (letter_issuing.drop(held, row, "withdrawn", reason),))

    version = command.expected_version
    return casework.change(session, found.case_id, decide, by=by, at=at, expected_version=version, during_hold=True)
