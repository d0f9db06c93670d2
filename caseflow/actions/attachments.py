"""Photos and documents of a case: made anew first, kept sealed, handed out on record, withdrawn for good."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import CONTENT_ROLES, GLASS, Viewer
from caseflow.actions import casework, reading
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import RAW, Typed
from caseflow.errors import Erased, InvalidInput, NotFound, Refused, Sentence, _
from caseflow.ids import is_id, new_id
from caseflow.states.lifecycle import CLOSED, OPEN
from caseflow.store import attachments as rows
from caseflow.store import cases, children, users
from caseflow.store.attachments import AttachmentRow
from caseflow.store.cases import CaseRow
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import attachment, visit
from caseflow.uploads.cleaning import Cleaned, cleaned

KINDS: dict[str, Sentence] = {
    "house": _("Foto rumah"),
    "person": _("Foto orang"),
    "identity": _("KTP atau KK"),
    "health": _("Surat dari faskes"),
    "decree": _("SK penetapan penerima manfaat"),
    "other": _("Lain-lain"),
}
"""What a file shows; a paper about health makes its case at least limited (R2)."""
PICTURED = ("house", "person", "other")
"""Kinds of which the page shows a small picture: a card or a medical letter is not for whoever looks along."""
MOST_FILES, MOST_BYTES = 100, 60 << 20
"""What one case holds."""
LONGEST_NOTE = 400
READERS = frozenset({*CONTENT_ROLES, GLASS})
"""Who reads them where they see the case: not who only follows it, nor a partner."""
ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}

prepared = cleaned
"""Makes a stranger's file anew in a process of its own, before any transaction: `AttachFile` takes what it returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachFile(Typed):
    """A file for a case, or for a stage of its present cycle, or for a visit; today unless a day is said."""

    case: str
    file: Cleaned = field(repr=False, metadata=RAW)
    kind: str
    note: str = ""
    taken_on: date | None = None
    stage: str | None = None
    visit: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawFile(Typed):
    """A file that should not be there: its bytes are destroyed, its entry stays."""

    attachment: str
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A photo or document as its reader sees it; the words are gone once they were erased."""

    id: str
    case: str
    kind: str
    media_type: str
    size: int
    sha256: str
    taken_on: date
    note: str
    cycle: int
    stage: str | None
    visit: str | None
    visited_on: date | None
    added_by: str
    added_by_id: str
    added_at: datetime
    withdrawn: str
    """Why it was withdrawn; empty for one that counts."""
    withdrawn_by: str
    withdrawn_at: datetime | None
    has_thumb: bool
    readable: bool
    """Its file can be fetched: it was neither withdrawn nor erased."""

    @property
    def label(self) -> Sentence:
        """What it shows."""
        return KINDS[self.kind]


def require_may_attach(session: Session, case: str, *, by: Viewer, at: datetime) -> None:
    """Refuse what would be refused anyhow, before anybody's file is looked at: as `attach_file`."""
    _require_may_attach(reading.look(session, case, by=by, at=at, part="form"))


def attach_file(session: Session, command: AttachFile, *, by: Viewer, at: datetime) -> Done:
    """Keep a file under the key of the subject; the entry says its digest.

    Raises `NotFound`, `Forbidden`, `InvalidInput` (kind, note, day, stage or visit), `Refused` (a closed case, a case
    that holds this file or too many). A photo makes nobody's version old; a paper about health logs what is typed and
    makes a plain case limited (R2), for good: what was seen of it, was seen.
    """
    attachment_id = str(new_id(at))
    about_health = command.kind == "health"

    def decide(work: Work) -> Change:
        _require_may_attach(work)
        note = _checked(command)
        taken_on = casework.require_past(command.taken_on, work.today, "taken_on")
        cycle, stage, visit_id = _place(work, command)
        raised = about_health and work.row.confidentiality == "R1"

        def carry(held: Work) -> tuple[Entry, ...]:
            _require_room(held, command.file)
            values = {"id": attachment_id, "case_id": held.row.id, "cycle": cycle, "stage": stage, "visit_id": visit_id}
            values |= {"kind": command.kind, "media_type": command.file.media_type, "taken_on": taken_on}
            values |= {"added_by": by.user_id, "added_at": held.at}
            thumb = command.file.thumb if command.kind in PICTURED else None
            words = {"note": note}
            file_id = rows.add(session, held.row.subject_id, values, words, content=command.file.content, thumb=thumb)
            data = {"attachment": attachment_id, "kind": command.kind, "file": file_id, **_told(command)}
            entries = [Entry(code="case:attachment:added", data=data, payload=words, event_date=taken_on)]
            if raised:
                entries.append(Entry(code="case:confidentiality:raised", data={"confidentiality": "R2"}))
            return tuple(entries)

        columns = {"confidentiality": "R2"} if raised else {}
        return Change(columns=columns, carry=carry, draft=not about_health)

    version = command.expected_version
    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=version, during_hold=True)
    return casework.created(done, attachment_id)


def withdraw_file(session: Session, command: WithdrawFile, *, by: Viewer, at: datetime) -> Done:
    """Destroy the bytes of a file; who added it may, and a supervisor, also after the case was closed.

    Raises `NotFound`, `Forbidden`, `InvalidInput` (no reason), `Refused` (withdrawn already).
    """
    found, _case = _find(session, command.attachment, by=by)
    reason = casework.require_text(command.reason, "reason", limit=LONGEST_NOTE)

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "attach" if found.added_by == by.user_id else "withdraw_attachment")
        row = rows.by_id(session, found.id)
        if row is None or row.file_id is None:
            raise Refused(reason=_("Lampiran ini sudah ditarik."))

        def carry(held: Work) -> tuple[Entry, ...]:
            words = {**children.words(session, attachment, held.row.subject_id, row), "reason": reason}
            children.change(session, attachment, held.row.subject_id, row.id, {}, words)
            rows.withdraw(session, row, by=by.user_id, at=held.at)
            data = {"attachment": row.id, "kind": row.kind, "sha256": row.sha256}
            return (Entry(code="case:attachment:withdrawn", data=data, payload={"reason": reason}),)

        return Change(carry=carry, draft=True)

    version = command.expected_version
    return casework.change(session, found.case_id, decide, by=by, at=at, expected_version=version, during_hold=True)


# --- reading ---------------------------------------------------------------------------------------------------------


def list_files(session: Session, case: str, *, by: Viewer, at: datetime) -> list[Attachment]:
    """Return the photos and documents of a case, the newest first; `NotFound` for who only follows it."""
    work = reading.look(session, case, by=by, at=at, part="attachments")
    if not work.roles.intersection(READERS):
        raise NotFound
    return of_case(work)


def of_case(work: Work) -> list[Attachment]:
    """Return the photos and documents of a case that is being shown; none to who only follows it."""
    if not work.roles.intersection(READERS):
        return []
    found = rows.of_case(work.session, work.row.id)
    days = {v.id: v.visited_on for v in children.of_case(work.session, visit, work.row.id)} if found else {}
    people = {str(who) for row in found for who in (row.added_by, row.withdrawn_by) if who}
    names = users.names(work.session, people)
    return [_shown(work.session, work.row, row, days, names) for row in reversed(found)]


def file_of(session: Session, attachment_id: str, *, by: Viewer, at: datetime) -> tuple[Attachment, str, bytes]:
    """Return an attachment, the name its file goes by, and its bytes; the reading of a restricted case is on record.

    Raises `NotFound`, also where it was withdrawn, and `Erased`.
    """
    row, case = _find(session, attachment_id, by=by)
    content = rows.content(session, case.subject_id, row)
    if content is None:
        raise NotFound
    reading.note(session, (case,), by=by, at=at, attachment_id=row.id)
    shown = _shown(session, case, row, {}, users.names(session, {row.added_by}))
    return shown, f"{case.number}-{row.kind}-{row.taken_on}.{ENDINGS[row.media_type]}", content


def thumb_of(session: Session, attachment_id: str, *, by: Viewer, at: datetime) -> bytes:
    """Return the small picture of an attachment; none of a closed file (R3). On record once a day and reader."""
    row, case = _find(session, attachment_id, by=by)
    small = rows.thumb(session, case.subject_id, row.id) if case.confidentiality != "R3" else None
    if small is None:
        raise NotFound
    reading.note(session, (case,), by=by, at=at, part="thumbs")
    return small


def _find(session: Session, attachment_id: str, *, by: Viewer) -> tuple[AttachmentRow, CaseRow]:
    """Return an attachment with its case; absent and not visible are one answer."""
    row = rows.by_id(session, attachment_id) if is_id(attachment_id) else None
    case = cases.by_id(session, row.case_id) if row is not None else None
    if row is None or case is None:
        raise NotFound
    roles = casework.acting(access.require_visible(by, cases.scope_of(session, case)), case.state)
    if not roles.intersection(READERS):
        raise NotFound
    return row, case


def _shown(
    session: Session, case: CaseRow, row: AttachmentRow, days: Mapping[str, date], names: Mapping[str, str]
) -> Attachment:
    erased = False
    try:
        words = children.words(session, attachment, case.subject_id, row)
    except Erased:
        words, erased = {"note": ""}, True
    named: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("id", "kind", "media_type", "size", "sha256", "taken_on", "cycle", "stage", "added_at")
    }
    return Attachment(
        **named,
        case=case.number,
        note=words["note"],
        visit=row.visit_id,
        visited_on=days.get(row.visit_id or ""),
        added_by=names.get(row.added_by, "-"),
        added_by_id=row.added_by,
        withdrawn=words.get("reason", ""),
        withdrawn_by=names.get(row.withdrawn_by or "", ""),
        withdrawn_at=row.withdrawn_at,
        has_thumb=row.has_thumb and case.confidentiality != "R3" and not erased,
        readable=row.file_id is not None and not erased,
    )


# --- what may be attached --------------------------------------------------------------------------------------------


def _require_may_attach(work: Work) -> None:
    access.require_act(work.roles, "attach")
    if work.row.state == CLOSED:
        raise Refused(reason=_("Kasus sudah ditutup. Buka kembali dahulu untuk melampirkan foto atau dokumen."))


def _checked(command: AttachFile) -> str:
    """Return the note; raises `InvalidInput` for a kind that is none, and a note too long."""
    problems: dict[str, str] = {}
    if command.kind not in KINDS:
        problems["kind"] = _("Pilih salah satu: {kinds}.", kinds=", ".join(KINDS))
    note = command.note.replace("\x00", "").strip()
    if len(note) > LONGEST_NOTE:
        problems["note"] = _("Paling banyak {n} huruf.", n=LONGEST_NOTE)
    if problems:
        raise InvalidInput(problems)
    return note


def _place(work: Work, command: AttachFile) -> tuple[int, str | None, str | None]:
    """Return cycle, stage and visit the file belongs to."""
    if command.visit and command.stage:
        raise InvalidInput({"visit": _("Pilih tahap atau kunjungan, tidak keduanya.")})
    if command.stage and command.stage not in OPEN:
        raise InvalidInput({"stage": _('Tahap "{stage}" tidak dikenal.', stage=command.stage)})
    if not command.visit:
        return work.row.cycle, command.stage or None, None
    found = children.get(work.session, visit, work.row.id, command.visit) if is_id(command.visit) else None
    if found is None:
        raise InvalidInput({"visit": _("Kunjungan ini tidak ada dalam kasus ini.")})
    return found.cycle, None, found.id


def _require_room(work: Work, file: Cleaned) -> None:
    number, size = rows.kept_of(work.session, work.row.id)
    if rows.same(work.session, work.row.id, file.sha256):
        raise Refused(reason=_("Berkas ini sudah terlampir pada kasus ini."))
    if number >= MOST_FILES or size + len(file.content) > MOST_BYTES:
        raise Refused(
            reason=_(
                "Satu kasus memuat paling banyak {n} berkas, bersama-sama {mb} MB. Tarik yang tidak diperlukan dahulu.",
                n=MOST_FILES,
                mb=MOST_BYTES >> 20,
            )
        )


def _told(command: AttachFile) -> dict[str, str | int]:
    """Return what the entry says of the file beside its ids."""
    said: dict[str, str | int] = {"media_type": command.file.media_type, "sha256": command.file.sha256}
    said["size"] = len(command.file.content)
    return said | {name: to for name, to in (("stage", command.stage), ("visit", command.visit)) if to}
