"""The signed scan of a letter: what came back from the signatory with ink and stamp, beside the file we made."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, letters, reading
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import RAW, Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.store import cases
from caseflow.store import letters as rows
from caseflow.store.letters import LetterRow
from caseflow.store.log import Entry
from caseflow.store.session import Session

LARGEST = 10 * 1024 * 1024
SIGNED = ("rendered", "sent", "answered")
"""States of a letter of which there can be a signed copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachScan(Typed):
    """The scan of a signed letter, a PDF; a later one takes the place of an earlier."""

    letter: str
    content: bytes = field(repr=False, metadata=RAW)
    expected_version: int | None = None


def attach_scan(session: Session, command: AttachScan, *, by: Viewer, at: datetime) -> Done:
    """Keep the scan of a signed letter under the key of its subject; the entry says its digest.

    Raises `NotFound`, `Forbidden`, `InvalidInput` (no PDF, too large), `Refused` (a letter that is void or not made).
    """
    found = letters.find(session, command.letter, by=by)
    if not command.content.startswith(b"%PDF-") or len(command.content) > LARGEST:
        raise InvalidInput({"file": _("Harus berkas PDF, paling besar {n} MB.", n=LARGEST // 1024 // 1024)})
    digest = sha256(command.content).hexdigest()

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "issue_letter")
        row = rows.by_id(session, found.id)
        if row is None or row.state not in SIGNED:
            raise Refused(reason=_("Pindaian hanya untuk surat yang sudah jadi dan tidak batal."))

        def carry(held: Work) -> tuple[Entry, ...]:
            file_id = rows.store_file(session, held.row.subject_id, command.content, digest, at=held.at)
            data = {"letter": row.id, "number": row.number, "file": file_id, "sha256": digest}
            return (Entry(code=rows.SCANNED, data=data),)

        return Change(carry=carry)

    return casework.change(session, found.case_id, decide, by=by, at=at, expected_version=command.expected_version)


def scan_of(session: Session, letter: str, *, by: Viewer, at: datetime) -> tuple[LetterRow, bytes]:
    """Return the signed scan of a letter, to who may read the letter; `NotFound` where there is none.

    Raises `Refused` for a letter that is void: its copy with the mark is the letter itself.
    """
    row = letters.find(session, letter, by=by)
    case = cases.by_id(session, row.case_id)
    if case is None or not casework.acting(access.require_visible(by, cases.scope_of(session, case)), case.state):
        raise NotFound
    file_id = rows.scans(session, case.id).get(row.id)
    content = rows.file_content(session, case.subject_id, file_id) if file_id else None
    if content is None:
        raise NotFound
    if row.state == "void":
        raise Refused(
            reason=_("Surat ini batal, jadi pindaiannya tidak dibagikan. Unduh PDF surat ini, yang bertanda BATAL.")
        )
    reading.note(session, (case,), by=by, at=at, letter_id=row.id)
    return row, content
