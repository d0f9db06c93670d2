"""What states and kinds of the rows around a case are called."""

from caseflow.cli.speech import label, say
from caseflow.errors import _
from caseflow.states.category import PLACEMENTS, Text
from caseflow.states.sharing import PURPOSES, RECEIVERS, RELATIONS

_WORDS = {
    # whom a case is about
    "person": _("orang"),
    "household": _("keluarga"),
    "group": _("kelompok"),
    "community": _("komunitas"),
    # plan items
    "planned": _("direncanakan"),
    "approved": _("disetujui"),
    "done": _("selesai"),
    "cancelled": _("dibatalkan"),
    "met": _("tercapai"),
    "partly": _("sebagian tercapai"),
    "not_met": _("belum tercapai"),
    # conferences
    "held": _("dilaksanakan"),
    # referrals
    "open": _("menunggu jawaban"),
    "accepted": _("diterima"),
    "refused": _("ditolak"),
    "returned": _("dikembalikan"),
    "withdrawn": _("ditarik"),
    "offered": _("menunggu konfirmasi"),
    "waiting": _("menunggu paraf"),
    # letters
    "numbered": _("bernomor, berkas sedang dibuat"),
    "rendered": _("siap"),
    "failed": _("gagal dibuat"),
    "sent": _("terkirim"),
    "answered": _("dijawab"),
    "void": _("dibatalkan"),
    "closed": _("kasusnya sudah ditutup"),
    "genuine": _("asli"),
    "unknown": _("tidak dikenal"),
    # reviews
    "pending": _("menunggu"),
    "granted": _("disetujui"),
    # obligations
    "state_deadline": _("tenggat tahap"),
    "visit": _("kunjungan"),
    "referral_answer": _("jawaban rujukan"),
    "answer_confirmation": _("konfirmasi jawaban rujukan"),
    "letter_initial": _("paraf surat"),
    "audit_question": _("jawaban pertanyaan audit"),
    "review": _("persetujuan"),
    "emergency_debt": _("kelengkapan tindakan darurat"),
    "placement_review": _("tinjauan penempatan"),
    "hold_end": _("akhir penundaan"),
    "transfer": _("tawaran kasus"),
    # members of a household
    "on_kk": _("tercatat di KK ini"),
    "lives_with": _("tinggal bersama"),
    # jobs
    "ready": _("siap"),
    "leased": _("diambil"),
    "running": _("berjalan"),
    "dead": _("mati"),
}
_TEXTS: dict[str, Text] = {**PLACEMENTS, **PURPOSES, **RELATIONS, **RECEIVERS}


def word(key: str | None) -> str:
    """Return what a key is called; a key without a name is shown as it is."""
    if key in _WORDS:
        return say(_WORDS[key])
    return label(_TEXTS[key]) if key in _TEXTS else key or ""
