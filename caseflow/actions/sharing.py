"""On what another institution may be told about somebody: the one guard of letters and referrals."""

from dataclasses import dataclass
from typing import Any

from caseflow.actions.casework import Work
from caseflow.errors import Sentence, StepRefused, _, listed
from caseflow.i18n import translate
from caseflow.ids import is_id
from caseflow.states import sharing
from caseflow.states.deadlines import due_at
from caseflow.states.effects import EMERGENCY_DEBT
from caseflow.states.facts import Consent, Facts
from caseflow.states.predicates import vital_interest
from caseflow.states.sharing import SAVES_LIVES, VITAL_INTEREST, Basis, Receiver
from caseflow.store import institutions
from caseflow.store.session import Session
from caseflow.store.types import Row

GUARD = "consent_covers_the_receiver"


def basis_of(
    work: Work, purposes: tuple[str, ...], receiver: Row[Any] | None, *, by_name: bool, kind: str = ""
) -> Basis | None:
    """Return on what a receiver may be told now: a consent to it, or the vital interest of an emergency; else None.

    `by_name` asks for a consent that names the institution. Without a receiver any consent for the purpose counts, and
    `kind` says of which kind it will be. An open emergency tells those who can save the life, of a closed file too.
    """
    if (found := consented(work.facts, purposes, receiver, by_name=by_name)) is not None:
        return Basis("consent", found.id)
    kind = str(receiver.kind) if receiver is not None else kind
    return Basis(VITAL_INTEREST) if kind in SAVES_LIVES and is_emergency(work) else None


def is_emergency(work: Work) -> bool:
    """Tell whether the emergency of a case is still open: its debt is neither paid nor overdue, to the hour."""
    owed = work.facts.emergency
    if owed is None or not vital_interest(work.facts):
        return False
    return work.at <= due_at(owed.since, EMERGENCY_DEBT, work.calendar)


def require(
    work: Work, purposes: tuple[str, ...], receiver: Row[Any] | None, *, by_name: bool, step: str, label: Sentence
) -> Basis:
    """Return on what a receiver may be told. Raises `StepRefused` saying which consent to record."""
    if (found := basis_of(work, purposes, receiver, by_name=by_name)) is not None:
        return found
    raise StepRefused(step=step, label=label, unmet=lacking(work, purposes, receiver, by_name=by_name))


def consented(facts: Facts, purposes: tuple[str, ...], receiver: Row[Any] | None, *, by_name: bool) -> Consent | None:
    """Return the consent that lets a receiver be told."""
    if receiver is not None:
        return sharing.covering(facts, purposes, Receiver(receiver.id, receiver.kind), by_name=by_name)
    standing = [c for purpose in purposes for c in facts.consents_for(purpose) if c.institution or not by_name]
    return standing[-1] if standing else None


def lacking(
    work: Work, purposes: tuple[str, ...], receiver: Row[Any] | None, *, by_name: bool, kind: str = ""
) -> list[dict[str, str]]:
    """Return what has to be recorded before a receiver may be told, as guards are told."""
    if basis_of(work, purposes, receiver, by_name=by_name, kind=kind) is not None:
        return []
    message = _sentence(work, purposes, receiver, by_name=by_name)
    places = [f"consent:{purpose}:{receiver.id}" if receiver else f"consent:{purpose}" for purpose in purposes]
    told = {"guard": GUARD, "message": message, "message_en": translate(message, "en"), "places": " ".join(places)}
    return [told]


def _sentence(work: Work, purposes: tuple[str, ...], receiver: Row[Any] | None, *, by_name: bool) -> Sentence:
    standing = [c for purpose in purposes for c in work.facts.consents_for(purpose)]
    if receiver is None and standing:
        return _(
            "Berkas ini tertutup: persetujuan harus menyebut lembaga penerimanya dengan namanya. Catat dahulu "
            "persetujuan itu."
        )
    if receiver is None:
        return _(
            "Belum ada persetujuan klien atau walinya: {purpose}. Catat persetujuannya dahulu.",
            purpose=sharing.PURPOSES[purposes[0]].sentence,
        )
    if not standing:
        return _(
            "Belum ada persetujuan klien atau walinya untuk menyampaikan data kepada {receiver}. Catat dahulu "
            "persetujuan yang menyebut lembaga itu.",
            receiver=receiver.name,
        )
    if by_name and any(sharing.covers(c, Receiver(receiver.id, receiver.kind)) for c in standing):
        return _(
            "Berkas ini tertutup: persetujuan harus menyebut {receiver} dengan namanya. Catat dahulu persetujuan itu.",
            receiver=receiver.name,
        )
    return _(
        "Persetujuan yang tercatat hanya untuk {others}. Catat dahulu persetujuan untuk {receiver}, atau pilih "
        "penerima yang disetujui.",
        others=listed(_named(work.session, c) for c in standing),
        receiver=receiver.name,
    )


def _named(session: Session, consent: Consent) -> str:
    if consent.institution:
        row = institutions.by_id(session, consent.institution)
        return str(row.name) if row else "-"
    label = sharing.RECEIVERS.get(consent.receivers)
    return label.sentence if label else _("penerima di luar daftar lembaga")


# --- recording a consent ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """Who may be told by a consent: one institution, or a kind of them; and what the consent calls them."""

    institution: str | None = None
    receivers: str = ""
    words: str = ""


def heard_by(session: Session, purpose: str, receiver: str, words: str, problems: dict[str, str]) -> Heard:
    """Return who may be told by a consent for a purpose; what is wrong is added to `problems`.

    `receiver` is an institution by id, a kind of institutions or "any"; without it `words` may be the name of one. A
    purpose that is about one kind of institution means all of that kind where nobody is named.
    """
    kinds, receiver, words = sharing.kinds_of(purpose), receiver.strip(), words.strip()
    if not kinds:
        if receiver:
            problems["receiver"] = _("Untuk tujuan ini data tidak keluar dari kantor: kosongkan penerimanya.")
        return Heard(words=words)
    if len(kinds) == 1 and (receiver == sharing.ANY or not (receiver or words)):
        receiver = kinds[0]
    if receiver in sharing.RECEIVERS:
        found = Heard(receivers=receiver, words=words or sharing.RECEIVERS[receiver].id)
        kind = receiver
    else:
        row = _institution(session, kinds, receiver, words)
        found = Heard(institution=row.id, words=words or row.name) if row else Heard()
        kind = row.kind if row else ""
    if not kind:
        known = "; ".join(i.name for i in institutions.listing(session) if i.kind in kinds) or "-"
        problems["receiver" if receiver or not words else "addressee"] = _(
            "Pilih penerimanya: sebuah lembaga dari daftar ({known}), jenis lembaganya, atau lembaga mana pun yang "
            "diperlukan rencana.",
            known=known,
        )
    elif kind not in (*kinds, sharing.ANY):
        problems["receiver"] = _(
            "Untuk {kind} pilih tujuan: {purpose}.",
            kind=sharing.INSTITUTIONS[kind].sentence,
            purpose=sharing.PURPOSES[sharing.purposes_of(kind)[0]].sentence,
        )
    return found


def _institution(session: Session, kinds: tuple[str, ...], receiver: str, words: str) -> Row[Any] | None:
    if receiver:
        row = institutions.by_id(session, receiver) if is_id(receiver) else None
        return row if row is not None and row.active else None
    called = words.casefold()
    listed_kinds = (i for i in institutions.listing(session) if i.kind in kinds)
    found = [i for i in listed_kinds if called in {i.name.casefold(), i.addressee.casefold()}]
    return found[0] if len(found) == 1 else None
