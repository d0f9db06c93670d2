"""What a letter of a case is before it is issued: whether it may be, to whom, resting on what, signed by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caseflow import access
from caseflow.actions import sharing
from caseflow.actions.casework import Work
from caseflow.errors import Forbidden, InvalidInput, Label, Refused, Sentence, StepRefused, _
from caseflow.letters.catalogue import LetterKind
from caseflow.states import guards, machine
from caseflow.states.category import LetterUse
from caseflow.states.effects import letter_applies
from caseflow.states.lifecycle import letter_act
from caseflow.states.sharing import SAVES_LIVES, VITAL_INTEREST, Basis
from caseflow.store import institutions, letters
from caseflow.store.letters import LetterRow
from caseflow.store.types import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter as it is about to be."""

    kind: LetterKind
    receiver: Row[Any] | None
    said: Mapping[str, Any]
    """Its own fields."""
    basis: Basis | None
    """On what the receiver is told; None where no consent is asked for."""
    signatory: str | None = None
    """Who of those who may sign it; None: whoever signs for the office first."""
    replaces: LetterRow | None = None


# --- whether it may be -----------------------------------------------------------------------------------------------


def require_issuer(work: Work, kind: LetterKind) -> None:
    """Raise `Forbidden` unless the reader may issue this kind in this case."""
    access.require_act(work.roles, "issue_letter")
    if not work.roles.intersection(kind.issued_by):
        label = _("menerbitkan {title}", title=kind.title.sentence)
        raise Forbidden(action=label, allowed=access.names_of(kind.issued_by))


def require_use(work: Work, kind: LetterKind) -> None:
    """Raise `Refused` where the case has no use for the letter now, `StepRefused` with all that it waits for."""
    if reason := unfit(work, kind):
        raise Refused(reason=reason)
    if unmet := lacking(work, kind):
        raise StepRefused(step=letter_act(kind.name), label=_issue_label(kind), unmet=unmet)


def unfit(work: Work, kind: LetterKind) -> Sentence | None:
    """Return why the case has no use for this letter now."""
    use = next((u for u in work.category.letters if u.letter == kind.name), None)
    if use is None:
        return _("Kategori ini tidak memakai surat {title}.", title=kind.title.sentence)
    if work.row.state not in (use.states or kind.states):
        return _("{title} tidak diterbitkan pada tahap ini.", title=kind.title.sentence)
    if not letter_applies(use, work.facts):
        return _("Menurut catatan kasus, surat {title} tidak diperlukan.", title=kind.title.sentence)
    return None


def suggested(work: Work, kind: LetterKind, use: LetterUse) -> bool:
    """Tell whether a letter is offered before the others: mostly written now, or called for by what was answered."""
    return work.row.state in kind.usual or use.when is not None


def lacking(work: Work, kind: LetterKind) -> list[dict[str, str]]:
    """Return what a letter issued by hand still waits for: unmet guards, and the consent it rests on.

    Whom that consent lets hear is asked when the receiver is known.
    """
    unmet = guards.check(machine.guards_of(work.category, letter_act(kind.name)), work.facts, work.category)
    told = [machine.describe(u) for u in unmet]
    if not kind.consent or any(f"consent:{kind.consent}" in u.places for u in unmet):
        return told
    by_name = by_name_of(kind, work.row.confidentiality)
    return [*told, *sharing.lacking(work, (kind.consent,), None, by_name=by_name, kind=kind.addressee)]


def _issue_label(kind: LetterKind) -> Label:
    return Label(f"Terbitkan {kind.title.id}", en=f"Issue {kind.title.en}")


# --- to whom, on what ------------------------------------------------------------------------------------------------


def by_name_of(kind: LetterKind, confidentiality: str) -> bool:
    """Whom a closed file is about is told only to an institution that the consent names."""
    return confidentiality == "R3" and kind.closed_file.identity == "full"


def receiver_of(work: Work, kind: LetterKind, institution_id: str | None) -> Row[Any] | None:
    """Return the institution a letter goes to, the only near one unless said; None where it goes to none."""
    if kind.addressee not in institutions.KINDS:
        return None
    if institution_id is None and (only := institutions.nearest(work.session, kind.addressee, work.row.area_code)):
        return only
    return institutions.require(work.session, institution_id, kind.addressee)


def basis_of(work: Work, kind: LetterKind, receiver: Row[Any] | None, *, emergency: bool = False) -> Basis | None:
    """Return on what the receiver is told; None where no consent is asked for. A life waits for none."""
    if not kind.consent:
        return None
    purposes, by_name = (kind.consent,), by_name_of(kind, work.row.confidentiality)
    if emergency and kind.addressee in SAVES_LIVES:
        return sharing.basis_of(work, purposes, receiver, by_name=by_name) or Basis(VITAL_INTEREST)
    return sharing.require(
        work, purposes, receiver, by_name=by_name, step=letter_act(kind.name), label=_issue_label(kind)
    )


# --- signed by whom, instead of what ---------------------------------------------------------------------------------


def signer_of(work: Work, kind: LetterKind, wanted: str | None) -> Row[Any]:
    """Return who signs: of those whose post may sign this letter today, the one asked for, else the first."""
    found = letters.signatories(work.session, work.row.office_id, work.today, kind.name)
    if not found:
        raise Refused(reason=_("Belum ada pejabat penanda tangan yang berlaku hari ini. Minta admin mencatatnya."))
    if wanted is None:
        return found[0]
    chosen = next((row for row in found if row.id == wanted), None)
    if chosen is None:
        known = "; ".join(f"{signer_name(row)} ({row.id})" for row in found)
        raise InvalidInput({"signatory": _("Pilih penanda tangan yang berwenang hari ini: {known}.", known=known)})
    return chosen


def signer_name(row: Row[Any]) -> str:
    """Return a signatory as people choose one: `Plt. Kepala Dinas Sosial, Dra. Nurhayati`."""
    post = row.own_post if row.prefix == letters.ON_BEHALF and row.own_post else row.post
    prefix = f"{row.prefix} " if row.prefix and row.prefix != letters.ON_BEHALF else ""
    return f"{prefix}{post}, {row.holder}"


def replaced_of(work: Work, kind: LetterKind, found: LetterRow | None) -> LetterRow | None:
    """Return the letter that a new one replaces: of this case and kind, and not void; `InvalidInput` otherwise."""
    if found is None:
        return None
    if found.case_id != work.row.id:
        raise InvalidInput({"replaces": _("Surat itu bukan surat kasus ini.")})
    if found.kind != kind.name:
        raise InvalidInput({"replaces": _("Surat pengganti harus sejenis dengan yang diganti.")})
    if found.state == "void":
        raise InvalidInput({"replaces": _("Surat ini sudah dibatalkan.")})
    return found
