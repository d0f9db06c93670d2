"""Checking the audit trail and what it vouches for; what does not hold is named for people."""

from dataclasses import dataclass

from caseflow.audit import Broken
from caseflow.errors import Sentence, _
from caseflow.store import health
from caseflow.store.session import Session
from caseflow.store.verify import COUNTED, Verified, numbers_of, run

REASONS: dict[str, Sentence] = {
    "sequence": _("nomor urutnya tidak bersambung"),
    "previous": _("tidak bersambung dengan entri sebelumnya"),
    "hash": _("isinya berubah setelah dicatat"),
    "time": _("waktunya mundur dari entri sebelumnya"),
    "head": _("ujung rantai tidak sama dengan yang tercatat pada kasus"),
    "payload": _("isi tertutupnya hilang atau berubah"),
    "state": _("keadaan kasus tidak sama dengan jumlah entrinya"),
    "row": _("berubah tanpa entri"),
    "gone": _("hilang, padahal entri ini mencatatnya"),
    "unlogged": _("ada tanpa entri"),
    "file": _("berkasnya hilang, atau bukan yang disimpan untuknya"),
    "unreadable": _("ada kolom yang tidak dapat dibaca"),
}
THINGS: dict[str, Sentence] = {
    "attachment": _("foto atau dokumen"),
    "audit_question": _("pertanyaan audit"),
    "case_entry": _("entri"),
    "case_file": _("berkas kasus"),
    "conference": _("pembahasan kasus"),
    "consent": _("persetujuan klien"),
    "erasure": _("permintaan penghapusan"),
    "goods_delivery": _("penyerahan barang"),
    "goods_movement": _("mutasi barang"),
    "group_member": _("anggota daftar kelompok"),
    "household_member": _("anggota keluarga"),
    "instrument_decision": _("keputusan atas instrumen"),
    "instrument_fill": _("isian instrumen"),
    "letter": _("surat"),
    "letter_draft": _("konsep surat"),
    "letter_initial": _("paraf"),
    "registry_check": _("pemeriksaan data terpadu"),
    "monthly_report": _("laporan bulanan"),
    "placement": _("penempatan"),
    "placement_review": _("tinjauan penempatan"),
    "plan_item": _("kegiatan rencana"),
    "referral": _("rujukan"),
    "review": _("permintaan persetujuan"),
    "stage_record": _("catatan tahap"),
    "transfer": _("tawaran kepada wilayah lain"),
    "visit": _("kunjungan"),
}
"""Table -> what people call one of its rows."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry that does not hold, or a row that is not what its entry says, with the number of its case."""

    broken: Broken
    number: str | None

    @property
    def reason(self) -> Sentence:
        """What is wrong with it."""
        return REASONS[self.broken.reason]

    @property
    def thing(self) -> Sentence | None:
        """What kind of row it is; None for the entry itself."""
        return THINGS.get(self.broken.table)


@dataclass(frozen=True, slots=True)
class Result:
    """What was looked at, what does not hold, the first first, and which triggers of the log are missing or off."""

    found: Verified
    faults: tuple[Fault, ...]
    triggers: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """Tell whether everything holds and is still protected."""
        return not self.faults and not self.triggers

    def counts(self) -> dict[str, int]:
        """Return how much was looked at."""
        return {name: getattr(self.found, name) for name in COUNTED}


def verify(session: Session) -> Result:
    """Check the whole log, the rows it vouches for, and that triggers protect it."""
    found = run(session)
    numbers = numbers_of(session, {b.case_id for b in found.broken if b.case_id})
    faults = tuple(Fault(b, numbers.get(b.case_id or "")) for b in found.broken)
    return Result(found, faults, health.missing_triggers(session))
