"""A letter of a case before it is issued: what it would say, marked KONSEP, and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow.access import Viewer
from caseflow.actions import letter_drafts, letter_facts, letter_records, letters, reading, sharing
from caseflow.actions.casework import Work
from caseflow.actions.letter_drafts import Draft
from caseflow.actions.letters import IssueLetter
from caseflow.errors import InvalidInput, Refused, Sentence, _
from caseflow.i18n import SOURCE, format_date, translate
from caseflow.letters import catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.store import cases, offices
from caseflow.store.session import Session
from caseflow.store.types import Row


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft of a letter says, to be rendered by the door, and what keeps it from being issued."""

    kind: LetterKind
    facts: dict[str, Any]
    missing: tuple[Mapping[str, str], ...]
    """Guard, message in both languages, places: as a refused step tells them."""


def preview_letter(session: Session, command: IssueLetter, *, by: Viewer, at: datetime) -> Preview:
    """Return what a letter would say now. No number is drawn, nothing written but that a restricted case was read.

    Raises `UnknownLetter`, `Forbidden` as issuing does; `InvalidInput` where the letter must not say what was typed,
    or not to this reader. Everything else that is missing is told, and printed as dots.
    """
    kind = catalogue.get(letters.kinds(session), command.letter)
    work = reading.look(session, command.case, by=by, at=at, part="letter")
    letter_drafts.require_issuer(work, kind)
    missing = list(letter_drafts.lacking(work, kind))
    if reason := letter_drafts.unfit(work, kind):
        missing.insert(0, _told(kind, "use", reason))
    if until := cases.held_on(work.row, work.today):
        missing.insert(0, _told(kind, "hold", _("Kasus ini ditunda sampai {until}.", until=format_date(until, SOURCE))))
    problems: dict[str, str] = {}
    receiver = _receiver(work, kind, command, problems)
    basis = None
    if kind.consent:
        by_name = letter_drafts.by_name_of(kind, work.row.confidentiality)
        basis = sharing.basis_of(work, (kind.consent,), receiver, by_name=by_name, kind=kind.addressee)
        if receiver is not None and basis is None and not missing:
            missing += sharing.lacking(work, (kind.consent,), receiver, by_name=by_name)
    held = letter_records.of(work, kind, consented=bool(basis and basis.consent))
    said, wrong = letter_facts.fields_so_far(kind, held, command.fields, today=work.today)
    problems |= wrong
    draft = Draft(
        kind=kind,
        receiver=receiver,
        said=letter_facts.with_blanks(kind, said),
        basis=basis,
        replaces=letter_drafts.replaced_of(work, kind, letters.named(session, command.replaces, by=by)),
    )
    signer = _signer(work, kind, command, problems)
    office = offices.require(session, work.row.office_id)
    facts = letter_facts.freeze(work, draft, office=office, signer=signer, number=None, code=None)
    missing += [_told(kind, key, text) for key, text in problems.items()]
    return Preview(kind, letter_facts.with_logo(session, office.id, facts), tuple(missing))


def _receiver(work: Work, kind: LetterKind, command: IssueLetter, problems: dict[str, str]) -> Row[Any] | None:
    try:
        return letter_drafts.receiver_of(work, kind, command.institution)
    except InvalidInput as error:
        problems |= error.data["problems"]
        return None


def _signer(work: Work, kind: LetterKind, command: IssueLetter, problems: dict[str, str]) -> Row[Any] | None:
    try:
        return letter_drafts.signer_of(work, kind, command.signatory)
    except InvalidInput as error:
        problems |= error.data["problems"]
    except Refused as error:
        problems["signatory"] = error.data["reason"]
    return None


def _told(kind: LetterKind, key: str, text: str | Sentence) -> dict[str, str]:
    return {
        "guard": f"letter:{kind.name}:{key}",
        "message": str(text),
        "message_en": translate(text, "en"),
        "places": f"letter:{kind.name}",
    }
