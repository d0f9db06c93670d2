"""Who else a letter concerns: addressees that are no institution, and those who sign where the official does not."""

from collections.abc import Mapping
from typing import Any

from caseflow.actions import areas, letter_records
from caseflow.actions.casework import Work
from caseflow.errors import InvalidInput, Refused, Sentence, _
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.parts import Hand
from caseflow.letters.sandbox import nip
from caseflow.states import names
from caseflow.store import subjects
from caseflow.store.types import Row

PRINTED_BY = {
    "contact": "penghubung",
    "consent": "persetujuan",
    "legal_basis": "persetujuan",
    "case_number": "case_number",
    "subject": "identitas",
}
"""Facts that only some letters print, and the macro that prints them."""
Persons = tuple[frozenset[str], ...]
READERS = ("recipient", "through", "invited")
OF_THE_OFFICE = ("visit.officer", "worker.name")
STAFF = {"author", "officer", "team"}
"""Fields that name people of the office."""


def complete(
    work: Work, kind: LetterKind, said: Mapping[str, Any], frozen: dict[str, Any], *, receiver: Row[Any] | None = None
) -> None:
    """Add addressee and hands to a letter's facts, and take away what the letter does not print.

    Raises `InvalidInput` where a text, or a receiver, may not stand in this letter.
    """
    _require_discretion(work, kind, said, consented=frozen["consent"] is not None)
    secret = secret_from(work)
    _require_reader(work, kind, said, receiver, secret)
    if frozen["addressee"] is None:
        frozen["addressee"] = _addressee(work, kind, said)
    frozen["parties"] = [party for hand in kind.hands for party in _parties(kind, hand, said)]
    if kind.hands and not kind.acknowledged:
        frozen["signatory"] = None
    copies = frozen["tembusan"] if kind.copies else kind.tembusan
    frozen["tembusan"] = [line for line in copies if not _is_secret_from(line, secret)]
    for key, macro in PRINTED_BY.items():
        if not kind.uses & {key, macro}:
            frozen[key] = None
    if "basis" not in kind.uses:
        frozen["basis"] = []


def _addressee(work: Work, kind: LetterKind, said: Mapping[str, Any]) -> dict[str, Any] | None:
    if kind.addressee == "several":
        return {"lines": list(said["invited"]), "place": "Tempat"}
    if kind.addressee != "family":
        return None
    through = [_("melalui {who}", who=said["through"])] if said.get("through") else []
    place = areas.full_name(work.session, work.row.area_code).split(", ")[0]
    return {"lines": [said["recipient"], *map(str, through)], "place": place}


def _parties(kind: LetterKind, hand: Hand, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    labels = {field.key: field.label.id for field in kind.fields}
    words = {choice.key: choice.label.id for field in kind.fields if field.key == hand.post for choice in field.choices}
    name, post = said.get(hand.name), said.get(hand.post)
    if isinstance(name, list):
        return [_row(row) for row in name]
    if not name:
        return []
    identity = said.get(hand.identity)
    return [
        {
            "role": hand.role,
            "name": name,
            "post": words.get(str(post), post) or None,
            "identity": f"{labels[hand.identity]} {nip(identity)}" if identity else None,
            "address": said.get(hand.address) or None,
        }
    ]


def _row(row: list[str]) -> dict[str, Any]:
    """One who signs in a table: name, role, and what tells them from others of that name."""
    return {"role": row[1], "name": row[0], "post": None, "identity": "".join(row[2:3]) or None, "address": None}


def _require_discretion(work: Work, kind: LetterKind, said: Mapping[str, Any], *, consented: bool) -> None:
    """A letter about a closed file names no diagnosis and no category, and nobody whom a pseudonym hides."""
    if not letter_records.is_discreet(work, kind, consented=consented):
        return
    about = subjects.summary(work.session, work.row.subject_id, work.today)
    hidden = (about.name, str(about.data.get("nik") or "")) if kind.closed_file.identity != "full" else ()
    signing = {key for hand in kind.hands for key in (hand.name, hand.identity, hand.address)}
    typed = {key: value for key, value in said.items() if key not in signing}
    if found := letter_records.unsayable(work, typed, hidden=hidden):
        raise InvalidInput({key: _unsayable(word) for key, word in found.items()})


def _unsayable(word: str) -> Sentence:
    return _('Surat tentang berkas tertutup tidak menyebut "{word}".', word=word)


def _require_reader(
    work: Work, kind: LetterKind, said: Mapping[str, Any], receiver: Row[Any] | None, secret: Persons
) -> None:
    """A letter reaches nobody who must not learn of the case, be it as addressee, guest, bearer or signer.

    Of a closed file none goes home.
    """
    if work.row.confidentiality == "R3" and kind.addressee == "family":
        raise Refused(reason=_("Berkas ini tertutup: surat ke rumah dapat dibaca orang lain. Sampaikan langsung."))
    if said.get("through") and work.row.confidentiality != "R1":
        raise InvalidInput({"through": _("Surat tentang kasus terbatas tidak dititipkan kepada orang lain.")})
    told = [(key, text) for key in _readers(kind) for text in _texts(said.get(key))]
    if receiver is not None:
        told.append(("institution", _official(receiver)))
    if found := {key for key, text in told if _is_secret_from(text, secret)}:
        raise InvalidInput({key: _("Menurut catatan, orang ini tidak boleh tahu tentang kasus ini.") for key in found})


def require_safe(work: Work, receiver: Row[Any]) -> None:
    """Raise `InvalidInput` where whoever opens an institution's post must not know of the case."""
    if _is_secret_from(_official(receiver), secret_from(work)):
        raise InvalidInput({"institution": _("Menurut catatan, orang ini tidak boleh tahu tentang kasus ini.")})


def secret_from(work: Work) -> Persons:
    """Return who must not learn of the case, as its record says."""
    return names.persons_in(str(work.facts.answers("data_collection").get("must_not_know") or ""))


def _is_secret_from(text: str, secret: Persons) -> bool:
    return any(names.is_meant(person, text) for person in secret)


def _readers(kind: LetterKind) -> tuple[str, ...]:
    """Fields that name who gets a letter into their hands; who of the office signs it knows the case."""
    staff = {field.key for field in kind.fields if any(source in OF_THE_OFFICE for source in field.source)}
    return (*READERS, *(hand.name for hand in kind.hands if hand.name not in staff | STAFF))


def _official(receiver: Row[Any]) -> str:
    """Who opens the letters of an institution, without the institution's name: a hospital is called after somebody."""
    return str(receiver.addressee).replace(receiver.name, "")


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - an answer of a letter
    if isinstance(value, list):
        return [" ".join(map(str, row)) if isinstance(row, list) else str(row) for row in value]
    return [str(value)] if value else []
