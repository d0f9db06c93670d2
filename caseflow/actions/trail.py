"""Checking the audit trail: every chain, every leaf, every payload; what does not hold is named for people."""

from dataclasses import dataclass
from typing import Any

from caseflow.audit import Broken
from caseflow.errors import Sentence, _
from caseflow.store import cases, log
from caseflow.store.log import Verified
from caseflow.store.session import Session

REASONS: dict[str, Sentence] = {
    "sequence": _("nomor urutnya tidak bersambung"),
    "previous": _("tidak bersambung dengan entri sebelumnya"),
    "hash": _("isinya berubah setelah dicatat"),
    "time": _("waktunya mundur dari entri sebelumnya"),
    "head": _("ujung rantai tidak sama dengan yang tercatat pada kasus"),
    "payload": _("isi tertutupnya hilang atau berubah"),
    "state": _("keadaan kasus tidak sama dengan jumlah entrinya"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry that does not hold, with the number of its case."""

    broken: Broken
    number: str | None

    @property
    def reason(self) -> Sentence:
        """What is wrong with it."""
        return REASONS[self.broken.reason]


@dataclass(frozen=True, slots=True)
class Result:
    """What was looked at, and the entries that do not hold, the first first."""

    found: Verified
    faults: tuple[Fault, ...]

    def counts(self) -> dict[str, Any]:
        """Return how much was looked at."""
        names = ("case_entries", "access_entries", "cases", "payloads", "erased")
        return {name: getattr(self.found, name) for name in names}


def verify(session: Session) -> Result:
    """Check the whole log."""
    found = log.verify(session)
    ids = {b.case_id for b in found.broken if b.case_id}
    numbers = {row.id: row.number for case_id in ids if (row := cases.by_id(session, case_id)) is not None}
    return Result(found, tuple(Fault(b, numbers.get(b.case_id or "")) for b in found.broken))
