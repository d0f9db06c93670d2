"""Letters: issuing inside the step's transaction, voiding, what the render job reads and writes, verifying."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, inbox, letter_drafts, letter_issuing
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.letter_issuing import Asked, Cause
from caseflow.actions.typed import Typed
from caseflow.errors import CaseflowError, InvalidInput, LoopbackAddress, NotFound, Refused, StepRefused, _
from caseflow.i18n import translate
from caseflow.ids import new_id
from caseflow.letters import catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.paths import templates_root
from caseflow.states.lifecycle import STEPS
from caseflow.store import cases, letters
from caseflow.store.letters import LetterRow
from caseflow.store.log import Entry
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLetter(Typed):
    """A letter asked for by a person; `fields` answers what the case does not hold."""

    case: str
    letter: str
    institution: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    signatory: str | None = None
    """Who of those who may sign it today, by id; None: whoever signs for the office first."""
    replaces: str | None = None
    """The letter that this one corrects, by id or number: it is void from now on."""
    batch: str | None = None
    """The order of many letters that this one is of: one letter for each of its cases, ever."""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidLetter(Typed):
    """A letter that must not count any more; its number stays on record."""

    letter: str
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSent(Typed):
    """A letter that left the office."""

    letter: str
    sent_on: date | None = None
    expected_version: int | None = None


def kinds(session: Session) -> dict[str, LetterKind]:
    """Return the letters about cases of this installation: the office's own folder before the shipped ones."""
    return _loaded(letters_root(), session.settings.templates_dir)["case"]


def report_kind(session: Session) -> LetterKind:
    """Return the letter of the monthly report."""
    return next(iter(_loaded(letters_root(), session.settings.templates_dir)["report"].values()))


def letters_root() -> Path:
    """Return the folder of the shipped letters."""
    return templates_root() / "letters"


@lru_cache(maxsize=8)
def _loaded(root: Path, extra: Path | None) -> dict[str, dict[str, LetterKind]]:
    """Return what a letter may be about -> its kinds by name."""
    found = catalogue.load(root, extra)
    return {about: {n: kind for n, kind in found.items() if kind.about == about} for about in catalogue.ABOUT}


def issue_letter(session: Session, command: IssueLetter, *, by: Viewer, at: datetime) -> Done:
    """Issue a letter: number, frozen facts and render job in this transaction; the PDF follows.

    Where the office has it initialled (paraf) it becomes a draft of that id, and the number waits for the last initial.

    Raises `UnknownLetter`, `Forbidden`, `StepRefused` (guards, consent), `InvalidInput` (what the letter still needs),
    `LoopbackAddress`, `Refused` (nobody signs for the office).
    """
    kind = catalogue.get(kinds(session), command.letter)
    letter_id = str(new_id(at))

    def decide(work: Work) -> Change:
        letter_drafts.require_issuer(work, kind)
        letter_drafts.require_use(work, kind)
        old = named(session, command.replaces, by=by)
        asked = Asked(institution=command.institution, fields=command.fields, signatory=command.signatory)
        draft = letter_issuing.draft_of(work, kind, asked, replaces=letter_drafts.replaced_of(work, kind, old))
        key = f"batch:{command.batch}:{work.row.id}" if command.batch else f"letter:{letter_id}"
        cause = Cause(letter_id=letter_id, key=key, bulk=bool(command.batch), requested_by=by.user_id)
        return Change(carry=lambda held: letter_issuing.issue(held, draft, asked, cause))

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, letter_id)


def named(session: Session, letter: str | None, *, by: Viewer) -> LetterRow | None:
    """Return the letter that is to be replaced; `InvalidInput` where there is none of that name."""
    if not letter:
        return None
    try:
        return find(session, letter, by=by)
    except NotFound:
        raise InvalidInput({"replaces": _("Surat itu bukan surat kasus ini.")}) from None


def send_with_step(work: Work, name: str, step: str) -> list[Entry]:
    """Issue the letter a step sends; what it lacks refuses the step. An emergency is never held up by its letter."""
    kind = catalogue.get(kinds(work.session), name)
    emergency = step == "emergency_intervention"
    asked = Asked(fields=_urgency(kind, emergency), by_step=True, emergency=emergency)
    key = f"step:{work.row.id}:{work.row.entry_seq + 1}:{name}"
    cause = Cause(letter_id=str(new_id(work.at)), key=key, requested_by=work.by.user_id)
    try:
        with work.session.attempt():  # a number that was drawn for nothing goes back
            return list(letter_issuing.issue(work, letter_issuing.draft_of(work, kind, asked), asked, cause))
    except (InvalidInput, Refused, StepRefused, LoopbackAddress) as error:
        if emergency:
            return [_withheld(work, kind, error)]
        if isinstance(error, InvalidInput):
            raise StepRefused(step=step, label=STEPS[step].label.sentence, unmet=_unmet_of(kind, error)) from error
        raise


def _urgency(kind: LetterKind, emergency: bool) -> dict[str, bool]:  # noqa: FBT001 - one word
    """A letter of an emergency says that it is urgent, where it can."""
    return {"urgent": True} if emergency and any(f.key == "urgent" for f in kind.fields) else {}


def _unmet_of(kind: LetterKind, error: InvalidInput) -> list[dict[str, str]]:
    return [
        {
            "guard": f"letter:{kind.name}:{key}",
            "message": f"{kind.title.id}: {text}",
            "message_en": f"{kind.title.en}: {translate(text, 'en')}",
            "places": f"letter:{kind.name}",
        }
        for key, text in error.data["problems"].items()
    ]


def _withheld(work: Work, kind: LetterKind, error: CaseflowError) -> Entry:
    """Tell the worker that the letter of an emergency is still to be issued by hand, and why."""
    inbox.tell(
        work.session,
        (work.row.assignee_id or work.by.user_id,),
        kind="letter_withheld",
        cause_key=f"letter_withheld:{work.row.id}:{work.row.entry_seq + 1}",
        case_id=work.row.id,
        data={"number": work.row.number},
        at=work.at,
    )
    return Entry(code="case:letter:withheld", data={"kind": kind.name, "because": error.code})


def void_letter(session: Session, command: VoidLetter, *, by: Viewer, at: datetime) -> Done:
    """Void a letter with a reason; number, reason and file stay on record. A supervisor's act."""
    found = find(session, command.letter, by=by)
    reason = casework.require_text(command.reason, "reason", limit=400)

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "void_letter")
        row = letters.by_id(session, found.id)
        if row is None or row.state == "void":
            raise Refused(reason=_("Surat ini sudah dibatalkan."))
        return Change(carry=lambda w: (letter_issuing.void(w, row, reason),))

    return casework.change(
        session, found.case_id, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )


def mark_sent(session: Session, command: MarkSent, *, by: Viewer, at: datetime) -> Done:
    """Record that a letter left the office."""
    found = find(session, command.letter, by=by)

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "issue_letter")
        row = letters.by_id(session, found.id)
        if row is None or row.state != "rendered":
            raise Refused(reason=_("Hanya surat yang sudah jadi dan belum dikirim yang dapat dicatat terkirim."))
        day = casework.require_past(command.sent_on, work.today, "sent_on")
        if day < row.letter_date:
            raise InvalidInput({"sent_on": _("Tanggal ini sebelum tanggal surat.")})

        def carry(_held: Work) -> tuple[Entry, ...]:
            letters.change(session, row.id, {"state": "sent"})
            return (Entry(code="case:letter:sent", data={"letter": row.id, "number": row.number}, event_date=day),)

        return Change(carry=carry)

    return casework.change(session, found.case_id, decide, by=by, at=at, expected_version=command.expected_version)


def find(session: Session, letter: str, *, by: Viewer | None = None) -> LetterRow:
    """Return a letter by id or register number; `NotFound` otherwise. The caller checks the case.

    Two offices may use the same number: of these, `by` means the one they can see.
    """
    known = letters.by_id(session, letter) if casework.is_id(letter) else None
    found = [known] if known else letters.by_number(session, letter)
    if by is not None and len(found) > 1:
        found = [row for row in found if _visible(session, row, by=by)]
    if not found:
        raise NotFound
    return found[0]


def _visible(session: Session, row: LetterRow, *, by: Viewer) -> bool:
    case = cases.by_id(session, row.case_id)
    return case is not None and bool(access.roles_in(by, cases.scope_of(session, case)))
