"""Letters that have not left the office and must not: the case ended, a consent was taken back, the file closed."""

from typing import Any

from caseflow.actions import letter_drafts, letter_issuing, letters, sharing
from caseflow.actions.casework import Work
from caseflow.errors import _
from caseflow.letters.catalogue import LetterKind
from caseflow.states.facts import Facts
from caseflow.store import initials, institutions
from caseflow.store import letters as rows
from caseflow.store.initials import DraftRow
from caseflow.store.letters import UNSENT, LetterRow
from caseflow.store.log import Entry
from caseflow.store.types import Row

CLOSED_FILE = "R3"
Unsent = LetterRow | DraftRow


def void_unsent(work: Work, reason: str) -> list[Entry]:
    """Void the letters of a case that have not left the office, and take back those that wait for initials."""
    return [_end(work, row, reason) for row in _unsent(work)]


def drop_waiting(work: Work, reason: str) -> list[Entry]:
    """Take back what waits for initials in a case that goes on without it, and tell who asked for it."""
    return [_end(work, row, reason) for row in initials.drafts_of(work.session, work.row.id, waiting=True)]


def void_uncovered(work: Work, left: Facts, purpose: str, reason: str) -> list[Entry]:
    """Void the unsent letters that rest on a consent for a purpose where none that is `left` covers their receiver.

    What counts is how confidential the case is now, not what it was when the letter was issued.
    """
    known, level = letters.kinds(work.session), work.row.confidentiality
    found = []
    for row in _unsent(work):
        kind = known.get(row.kind)
        by_name = letter_drafts.by_name_of(kind, level) if kind else level == CLOSED_FILE
        covered = sharing.consented(left, (purpose,), _receiver(work, row), by_name=by_name)
        if row.consent_purpose == purpose and not covered:
            found.append(_end(work, row, reason))
    return found


def void_open(work: Work) -> list[Entry]:
    """Void what was issued before a file closed and would be refused of a closed file; call it where the file closes.

    Letters that their own people sign and keep in the file stay.
    """
    known = letters.kinds(work.session)
    open_letters = (row for row in _unsent(work) if not _may_stay(work, known.get(row.kind), row))
    return [_end(work, row, _("berkas menjadi tertutup")) for row in open_letters]


def _may_stay(work: Work, kind: LetterKind | None, row: Unsent) -> bool:
    if kind is None or kind.addressee == "family" or kind.closed_file.identity != "full":
        return False  # it lies at home, or says the name where a pseudonym is due
    if kind.copies and _copies(work, row):
        return False
    receiver = _receiver(work, row)
    if not kind.consent:
        return receiver is None
    by_name = letter_drafts.by_name_of(kind, CLOSED_FILE)
    return sharing.basis_of(work, (kind.consent,), receiver, by_name=by_name, kind=kind.addressee) is not None


def _copies(work: Work, row: Unsent) -> list[str]:
    subject = work.row.subject_id
    told = (
        initials.words(work.session, subject, row)["facts"]
        if _is_draft(row)
        else rows.facts_of(work.session, subject, row)
    )
    return [line for line in told["tembusan"] if line != str(_("Arsip."))]


def _receiver(work: Work, row: Unsent) -> Row[Any] | None:
    return institutions.by_id(work.session, row.institution_id) if row.institution_id else None


def _unsent(work: Work) -> list[Unsent]:
    letters_ = [row for row in rows.of_case(work.session, work.row.id) if row.state in UNSENT]
    return [*letters_, *initials.drafts_of(work.session, work.row.id, waiting=True)]


def _is_draft(row: Unsent) -> bool:
    return hasattr(row, "waits_for")


def _end(work: Work, row: Unsent, reason: str) -> Entry:
    if _is_draft(row):
        letter_issuing.tell_requester(work, row)
        return letter_issuing.drop(work, row, "withdrawn", str(reason))
    return letter_issuing.void(work, row, reason)
