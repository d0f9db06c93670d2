"""Finished letters: what the render job reads and writes, fetching the PDF, verifying that a letter is genuine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import inbox, letter_facts, reading
from caseflow.actions.casework import acting
from caseflow.actions.letters import find, kinds, report_kind
from caseflow.errors import Busy, NotFound, Refused, Sentence, _
from caseflow.i18n import SOURCE, format_date
from caseflow.ids import normalise_check_code
from caseflow.letters import stamp
from caseflow.states.deadlines import civil_date
from caseflow.store import cases, letters, log, offices, report_files, reports, users
from caseflow.store.cases import CaseRow
from caseflow.store.letters import LetterRow
from caseflow.store.session import Session
from caseflow.store.types import Row
from caseflow.store.vouched import FILE_MADE

WRONG_CHECKS = (30, 5)
"""Unknown codes and files an address may send, in how many minutes: by the page and by the API together."""
CHECKS = "verify"

# --- the render job -------------------------------------------------------------------------------------------------


def prepare_render(session: Session, letter_id: str) -> tuple[str, dict[str, Any]] | None:
    """Return the kind and frozen facts to render; None when the PDF is there already or the letter was voided."""
    row = letters.by_id(session, letter_id)
    case = cases.by_id(session, row.case_id) if row is not None else None
    if row is None or case is None or row.file_id is not None or row.state == "void":
        return None
    return row.kind, letter_facts.with_logo(session, row.office_id, letters.facts_of(session, case.subject_id, row))


def store_rendered(session: Session, letter_id: str, pdf: bytes, sha256: str, *, at: datetime) -> bool:
    """Keep the PDF of a letter; False when another worker kept it first or the letter was voided meanwhile."""
    row = letters.by_id(session, letter_id)
    case = cases.by_id(session, row.case_id) if row is not None else None
    if row is None or case is None or row.file_id is not None or row.state == "void":
        return False
    file_id = letters.store_file(session, case.subject_id, pdf, sha256, at=at)
    if not letters.attach(session, letter_id, file_id, sha256):
        raise Busy
    made = {"letter": letter_id, "file": file_id, "sha256": sha256}
    log.note_access(session, FILE_MADE, actor=access.SYSTEM_USER, at=at, case_id=case.id, data=made)
    if case.assignee_id:
        inbox.tell(
            session,
            (case.assignee_id,),
            kind="letter_ready",
            cause_key=f"letter:{letter_id}:ready",
            case_id=case.id,
            data={"number": row.number},
            at=at,
        )
    return True


def store_failed(session: Session, letter_id: str, *, at: datetime) -> None:
    """Mark a letter whose rendering failed for good; the issuer is told."""
    row = letters.by_id(session, letter_id)
    if row is None or row.state != "numbered":
        return
    letters.change(session, letter_id, {"state": "failed"})
    key = f"letter:{letter_id}:failed"
    data = {"number": row.number}
    inbox.tell(session, (row.issued_by,), kind="letter_failed", cause_key=key, case_id=row.case_id, data=data, at=at)


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What anybody may learn of a letter: never the person, never the category."""

    state: str
    """genuine | void | unknown."""
    number: str = ""
    letter_date: date | None = None
    office: str = ""
    title: str = ""
    title_en: str = ""
    replaced_by: str = ""
    """Number of the letter that stands instead of a void one."""
    replaced_on: date | None = None


def verify_code(session: Session, typed: str) -> Verdict:
    """Tell whether a check code belongs to a letter of this installation."""
    code = normalise_check_code(typed)
    if code and (report := reports.by_check_code(session, code)):
        return _of_report(session, report)
    return _verdict(session, letters.by_check_code(session, code) if code else None)


def _of_report(session: Session, row: Row[Any]) -> Verdict:
    """A report that a later edition replaced stays genuine: it says what was known then."""
    office, title = offices.require(session, row.office_id), report_kind(session).title
    day = civil_date(row.lettered_at, offices.calendar(session, office.id))
    return Verdict("genuine", row.letter_number, day, f"{office.agency} {office.government}", title.id, title.en)


def verify_file(session: Session, sha256: str) -> Verdict:
    """Tell whether a PDF is, byte for byte, one this installation made."""
    if report := report_files.report_of(session, sha256):
        return _of_report(session, report)
    return _verdict(session, letters.by_sha256(session, sha256))


def _verdict(session: Session, row: LetterRow | None) -> Verdict:
    if row is None:
        return Verdict("unknown")
    office = offices.require(session, row.office_id)
    kind = kinds(session).get(row.kind)
    plain = row.confidentiality == "R1" and kind is not None
    title, title_en = (kind.title.id, kind.title.en) if plain and kind else (_("Surat dinas"), "Official letter")
    state = "void" if row.state == "void" else "genuine"
    new = letters.replacement_of(session, row.id) if state == "void" else None
    instead = (new.number, new.letter_date) if new is not None else ("", None)
    return Verdict(
        state, row.number, row.letter_date, f"{office.agency} {office.government}", title, title_en, *instead
    )


@dataclass(frozen=True, slots=True)
class Voided:
    """Since when a letter counts no more, who voided it, and why: the reason as far as it still exists."""

    on: date
    by_id: str
    by: str
    reason: str | None

    @property
    def sentence(self) -> Sentence:
        """Since when, and by whom."""
        return _("sejak {day}, dibatalkan oleh {who}", day=format_date(self.on, SOURCE), who=self.by)


def voided_of(session: Session, case: CaseRow, rows: Iterable[LetterRow]) -> dict[str, Voided]:
    """Return letter -> how it was voided, of those letters of a case that count no more."""
    void = [row for row in rows if row.state == "void"]
    told = letters.voidings(session, case.id) if void else {}
    names = users.names(session, {actor for actor, _day in told.values()})
    found = {}
    for row in void:
        actor, day = told.get(row.id) or ("", civil_date(row.voided_at, offices.calendar(session, case.office_id)))
        reason = letters.void_reason(session, case.subject_id, row)
        found[row.id] = Voided(day, actor, names.get(actor, "caseflow"), reason)
    return found


def pdf_of(session: Session, letter: str, *, by: Viewer, at: datetime) -> tuple[LetterRow, bytes]:
    """Return a letter with its PDF for who may see the case; `Refused` while it is being made.

    The stored file is the record; of a letter that counts no more a copy is handed out that says so on every page.
    """
    row = find(session, letter, by=by)
    case = cases.by_id(session, row.case_id)
    if case is None:
        raise NotFound
    if not acting(access.require_visible(by, cases.scope_of(session, case)), case.state):
        raise NotFound  # who only follows a case sees where it stands, not its letters
    content = letters.file_content(session, case.subject_id, row.file_id) if row.file_id else None
    if content is None:
        raise Refused(reason=_("Berkas surat sedang dibuat. Coba lagi sebentar."))
    reading.note(session, (case,), by=by, at=at, letter_id=row.id)
    voided = voided_of(session, case, (row,)).get(row.id)
    return row, stamp.void(content, voided.sentence) if voided else content


def file_name(row: LetterRow) -> str:
    """Return what the file of a letter is called: its number, and that it is void."""
    name = "".join(c if c.isalnum() or c in ".-" else "-" for c in row.number)
    return f"{name}{'-BATAL' if row.state == 'void' else ''}.pdf"
