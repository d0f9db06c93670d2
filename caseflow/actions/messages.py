"""What messages say, in both languages: to the inbox in full, to the outside without anything about a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from caseflow.errors import Sentence, _
from caseflow.i18n import format_date, format_datetime, translate
from caseflow.states.lifecycle import STATES, STEPS


@dataclass(frozen=True, slots=True)
class Wording:
    """A short title, and the sentence under it; `inside` is never said outside of the log-in."""

    title: Sentence
    sentence: Sentence
    inside: bool = False


WORDINGS: dict[str, Wording] = {
    "state_deadline.before": Wording(
        _("Tahap {state} segera jatuh tempo"), _("Tahap {state} kasus {case} harus selesai paling lambat {due}.")
    ),
    "state_deadline.due": Wording(
        _("Tahap {state} jatuh tempo"), _("Tahap {state} kasus {case} harus selesai hari ini, {due}.")
    ),
    "state_deadline.late": Wording(
        _("Tahap {state} terlambat"), _("Tahap {state} kasus {case} seharusnya selesai {due}.")
    ),
    "visit.before": Wording(
        _("Kunjungan segera jatuh tempo"), _("Kunjungan monitoring kasus {case} dijadwalkan paling lambat {due}.")
    ),
    "visit.due": Wording(_("Kunjungan hari ini"), _("Kunjungan monitoring kasus {case} jatuh tempo {due}.")),
    "visit.late": Wording(
        _("Kunjungan terlambat"), _("Kunjungan monitoring kasus {case} belum tercatat; tenggatnya {due}.")
    ),
    "referral_answer.before": Wording(
        _("Rujukan belum dijawab"), _("Rujukan kasus {case} belum dijawab; jawaban ditunggu sampai {due}.")
    ),
    "referral_answer.due": Wording(
        _("Jawaban rujukan jatuh tempo"), _("Jawaban rujukan kasus {case} ditunggu sampai hari ini, {due}.")
    ),
    "referral_answer.late": Wording(
        _("Jawaban rujukan terlambat"), _("Rujukan kasus {case} belum dijawab; tenggatnya {due}.")
    ),
    "answer_confirmation.before": Wording(
        _("Jawaban rujukan menunggu konfirmasi"),
        _("Jawaban rujukan kasus {case} menunggu konfirmasi sampai {due}."),
    ),
    "answer_confirmation.due": Wording(
        _("Konfirmasi jawaban jatuh tempo"), _("Jawaban rujukan kasus {case} harus dikonfirmasi hari ini, {due}.")
    ),
    "answer_confirmation.late": Wording(
        _("Konfirmasi jawaban terlambat"), _("Jawaban rujukan kasus {case} belum dikonfirmasi; tenggatnya {due}.")
    ),
    "letter_initial.before": Wording(
        _("Surat menunggu paraf"), _("Sebuah surat kasus {case} menunggu paraf sampai {due}.")
    ),
    "letter_initial.due": Wording(
        _("Surat belum diparaf"), _("Sebuah surat kasus {case} masih menunggu paraf; tenggatnya hari ini, {due}.")
    ),
    "letter_initial.late": Wording(
        _("Paraf surat terlambat"), _("Sebuah surat kasus {case} belum diparaf; tenggatnya {due}.")
    ),
    "review.before": Wording(
        _("Persetujuan menunggu"), _("Permintaan persetujuan kasus {case} menunggu keputusan sampai {due}.")
    ),
    "review.due": Wording(
        _("Persetujuan jatuh tempo"), _("Permintaan persetujuan kasus {case} harus diputus hari ini, {due}.")
    ),
    "review.late": Wording(
        _("Persetujuan terlambat"), _("Permintaan persetujuan kasus {case} belum diputus; tenggatnya {due}.")
    ),
    "audit_question.before": Wording(
        _("Pertanyaan menunggu jawaban"),
        _('Pertanyaan tentang langkah "{step}" kasus {case} ditunggu jawabannya sampai {due}.'),
    ),
    "audit_question.due": Wording(
        _("Jawaban jatuh tempo"), _('Pertanyaan tentang langkah "{step}" kasus {case} harus dijawab hari ini, {due}.')
    ),
    "audit_question.late": Wording(
        _("Pertanyaan belum dijawab"),
        _('Pertanyaan tentang langkah "{step}" kasus {case} belum dijawab; tenggatnya {due}. Kini dapat ditutup.'),
    ),
    "emergency_debt.new": Wording(
        _("Tindakan darurat"),
        _("Tindakan darurat diambil pada kasus {case}. Asesmen, rencana dan pengesahannya ditunggu sampai {due}."),
    ),
    "emergency_debt.before": Wording(
        _("Kewajiban darurat segera jatuh tempo"),
        _("Asesmen, rencana dan pengesahan tindakan darurat kasus {case} ditunggu sampai {due}."),
    ),
    "emergency_debt.late": Wording(
        _("Kewajiban darurat terlambat"),
        _("Asesmen, rencana atau pengesahan tindakan darurat kasus {case} belum lengkap; tenggatnya {due}."),
    ),
    "placement_review.before": Wording(
        _("Tinjauan penempatan segera jatuh tempo"), _("Penempatan dalam kasus {case} harus ditinjau sampai {due}.")
    ),
    "placement_review.due": Wording(
        _("Tinjauan penempatan jatuh tempo"), _("Penempatan dalam kasus {case} harus ditinjau hari ini, {due}.")
    ),
    "placement_review.late": Wording(
        _("Tinjauan penempatan terlambat"), _("Penempatan dalam kasus {case} belum ditinjau; tenggatnya {due}.")
    ),
    "hold_end.before": Wording(_("Penundaan segera berakhir"), _("Penundaan kasus {case} berakhir {due}.")),
    "hold_end.due": Wording(_("Penundaan berakhir"), _("Penundaan kasus {case} berakhir hari ini, {due}.")),
    "hold_end.late": Wording(
        _("Penundaan lewat waktu"), _("Penundaan kasus {case} berakhir {due}, dan kasus belum dilanjutkan.")
    ),
    "emergency": Wording(_("Tindakan darurat"), _("Tindakan darurat diambil pada kasus {case}.")),
    "review_asked": Wording(_("Persetujuan diminta"), _('Persetujuan untuk langkah "{step}" kasus {case} diminta.')),
    "review_granted": Wording(_("Disetujui"), _('Langkah "{step}" kasus {case} disetujui.')),
    "review_refused": Wording(_("Tidak disetujui"), _('Langkah "{step}" kasus {case} tidak disetujui.')),
    "review_withdrawn": Wording(
        _("Permintaan ditarik"), _('Permintaan persetujuan langkah "{step}" kasus {case} ditarik.')
    ),
    "review_voided": Wording(
        _("Persetujuan perlu diminta lagi"),
        _('Data berubah: persetujuan langkah "{step}" kasus {case} perlu diminta lagi.'),
    ),
    "assigned": Wording(_("Penugasan"), _("Kasus {case} ditugaskan kepada Anda.")),
    "handed_over": Wording(
        _("Serah terima pekerjaan"),
        _("Kasus seorang pendamping diserahkan kepada Anda. Lihat Kasus saya di Pekerjaan saya."),
    ),
    "handed_on": Wording(_("Pekerjaan diserahkan"), _("Kasus yang Anda dampingi diserahkan kepada pendamping lain.")),
    "handover_due": Wording(
        _("Serah terima ditunggu"),
        _("Akun seorang pendamping dimatikan dan kasusnya masih terbuka. Serahkan kepada pendamping lain."),
    ),
    "category_changed": Wording(
        _("Kategori diubah"), _("Kategori kasus {case} diubah. Periksa pertanyaan dan tenggat yang baru.")
    ),
    "transfer_offered": Wording(
        _("Kasus ditawarkan"), _("Kasus {case} ditawarkan kepada wilayah Anda. Terima atau tolak di Kasus masuk.")
    ),
    "transfer_accepted": Wording(
        _("Kasus diterima wilayah lain"), _("Kasus {case} diterima wilayah lain. Sejak ini ditangani di sana.")
    ),
    "transfer_refused": Wording(
        _("Kasus tidak diterima"), _("Wilayah lain tidak menerima kasus {case}. Alasannya ada di riwayat kasus.")
    ),
    "transfer_withdrawn": Wording(_("Tawaran ditarik"), _("Tawaran kasus {case} ditarik kembali.")),
    "transfer.before": Wording(
        _("Tawaran kasus menunggu"), _("Kasus {case} ditawarkan kepada wilayah Anda dan menunggu jawaban sampai {due}.")
    ),
    "transfer.due": Wording(_("Tawaran kasus jatuh tempo"), _("Tawaran kasus {case} harus dijawab hari ini, {due}.")),
    "transfer.late": Wording(
        _("Tawaran kasus belum dijawab"), _("Tawaran kasus {case} belum dijawab; tenggatnya {due}.")
    ),
    "referral_offered": Wording(
        _("Jawaban rujukan masuk"),
        _("Jawaban rujukan kasus {case} masuk lewat kode balasan. Periksa, lalu terima atau tolak."),
    ),
    "referral_answered": Wording(_("Rujukan dijawab"), _("Lembaga tujuan menjawab rujukan kasus {case}.")),
    "letter_ready": Wording(_("Surat siap"), _("Surat {number} siap dibuka.")),
    "letter_failed": Wording(
        _("Surat gagal dibuat"), _("Surat {number} gagal dibuat. Petugas sistem dapat menjalankannya lagi.")
    ),
    "letter_withheld": Wording(
        _("Surat belum dibuat"),
        _("Tindakan darurat kasus {case} diambil, tetapi suratnya belum dapat dibuat. Terbitkan dari halaman kasus."),
    ),
    "initial_asked": Wording(
        _("Surat menunggu paraf Anda"), _("Sebuah surat kasus {case} menunggu paraf Anda. Buka Menunggu paraf saya.")
    ),
    "draft_returned": Wording(
        _("Konsep surat dikembalikan"),
        _("Konsep surat kasus {case} dikembalikan atau tidak diteruskan. Alasannya di halaman kasus."),
    ),
    "erasure_asked": Wording(
        _("Penghapusan data diminta"), _("Penghapusan data klien kasus {case} diminta dan menunggu keputusan Anda.")
    ),
    "erasure_granted": Wording(
        _("Data dihapus"), _("Permintaan penghapusan data kasus {case} disetujui dan dijalankan.")
    ),
    "erasure_refused": Wording(
        _("Penghapusan data tidak disetujui"), _("Permintaan penghapusan data kasus {case} tidak disetujui.")
    ),
    "question_asked": Wording(
        _("Pertanyaan tentang langkah Anda"),
        _('Ada pertanyaan tentang langkah "{step}" kasus {case}. Jawab paling lambat {due}.'),
    ),
    "question_answered": Wording(
        _("Pertanyaan dijawab"), _('Pertanyaan tentang langkah "{step}" kasus {case} sudah dijawab.')
    ),
    "question_raised": Wording(
        _("Pertanyaan naik satu tingkat"),
        _('Pertanyaan tentang langkah "{step}" kasus {case} sudah dijawab dan ditutup satu tingkat di atas Anda.'),
    ),
    "question_waits": Wording(
        _("Pertanyaan menunggu Anda"),
        _('Pertanyaan tentang langkah "{step}" kasus {case} naik kepada Anda dan menunggu temuan.'),
    ),
    "question_closed": Wording(
        _("Pertanyaan ditutup"), _('Pertanyaan tentang langkah "{step}" kasus {case} ditutup dengan temuan.')
    ),
    "file_opened": Wording(
        _("Berkas tertutup dibuka"),
        _("Berkas {case} dibuka lewat akses darurat oleh orang di luar timnya. Alasannya ada di riwayat berkas."),
    ),
    "factor_added": Wording(
        _("Langkah kedua dipasang"),
        _("Langkah kedua dipasang pada akun {account}, dan sesi lainnya berakhir. Bukan Anda? Hubungi admin."),
    ),
    "factor_reset": Wording(
        _("Langkah kedua dihapus"),
        _("Admin menghapus langkah kedua akun {account}. Tidak diminta pemiliknya? Hubungi kepala dinas."),
    ),
    "password_given": Wording(
        _("Kata sandi sekali masuk diberikan"),
        _("Admin memberi akun {account} kata sandi sekali masuk. Tidak diminta pemiliknya? Hubungi kepala dinas."),
    ),
    "password_set": Wording(
        _("Kata sandi diganti admin"),
        _("Admin mengganti kata sandi akun {account}. Tidak diminta pemiliknya? Hubungi kepala dinas."),
    ),
    "psks_unconfirmed": Wording(
        _("Konfirmasi PSKS tahunan"),
        _("{count} peran PSKS belum dikonfirmasi selama setahun. Periksa, lalu konfirmasi atau akhiri."),
    ),
    "related_death": Wording(
        _("Kabar meninggal dunia"),
        _("Klien kasus {case}, atau orang yang menanggungnya, tercatat meninggal dunia."),
        inside=True,
    ),
}
"""Kind of message, or kind of obligation and phase -> what it says."""

ELSE = Wording(_("Ada kabar"), _("Ada kabar pada kasus {case}."))
"""For what has no wording of its own, and for what is not said outside."""


URGENT = {"emergency", "emergency_debt", "factor_added", "factor_reset", "password_given", "password_set"}
"""Kinds that reach people in their quiet hours too, as what is due by the hour does."""
DIGESTS = {"digest_daily": "/", "digest_weekly": "/kasus-menunggu"}
"""Kinds that tell of many cases at once -> the page they lead to."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message as its reader sees it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it leaves the house."""

    subject: str
    text: str


def say(
    kind: str, data: Mapping[str, Any], case_number: str | None, lang: str, *, people: Mapping[str, str] | None = None
) -> Said:
    """Return a message of the inbox; `people` are the names of workers that a digest counts."""
    if kind in DIGESTS:
        return digest(kind, data, lang, people=people or {})
    return _said(_wording(kind, data), data, case_number, lang)


def letter(
    kind: str, data: Mapping[str, Any], case_number: str | None, lang: str, *, public_url: str, path: str | None = None
) -> Letter:
    """Return a message for the outside: number of the case and a link, nothing about a person."""
    if kind in DIGESTS:
        said = digest(kind, data, lang)
    else:
        wording = _wording(kind, data)
        said = _said(ELSE if wording.inside else wording, data, case_number, lang)
    link = public_url + (place(kind, data, case_number) if path is None else path)
    last = translate(_("Buka {link}"), lang, link=link)
    subject = f"{case_number}: {said.title}" if case_number else said.title
    return Letter(subject, f"{said.text}\n\n{last}\n")


def is_urgent(kind: str, data: Mapping[str, Any]) -> bool:
    """Tell whether a message waits for no morning: it is about an emergency, or what is due by the hour."""
    return kind in URGENT or "due_at" in data


# --- digests ----------------------------------------------------------------------------------------------------------


def digest(kind: str, data: Mapping[str, Any], lang: str, *, people: Mapping[str, str] | None = None) -> Said:
    """Return a digest: numbers of cases and counts; `people` names workers, for who reads it inside."""
    day = format_date(date.fromisoformat(data["day"]), lang)
    lines = _daily(data, lang) if kind == "digest_daily" else _weekly(data, lang, people)
    title = _("Ringkasan {day}", day=day) if kind == "digest_daily" else _("Ringkasan mingguan {day}", day=day)
    return Said(translate(title, lang), "\n".join(lines))


def _daily(data: Mapping[str, Any], lang: str) -> list[str]:
    said = (
        ("today", _("Jatuh tempo hari ini: {n} ({cases})")),
        ("late", _("Terlambat: {n} ({cases})")),
        ("waiting", _("Menunggu pihak lain: {n} ({cases})")),
    )
    return [_named(sentence, data[key], lang) for key, sentence in said if data[key]["n"]]


def _named(sentence: Sentence, found: Mapping[str, Any], lang: str) -> str:
    cases = ", ".join(found["cases"]) + (", …" if found["more"] else "")
    return translate(sentence, lang, n=found["n"], cases=cases)


def _weekly(data: Mapping[str, Any], lang: str, people: Mapping[str, str] | None) -> list[str]:
    said = []
    if data["late"]:
        said.append(
            translate(
                _("Kasus lewat batas tahapnya: {n}, pada {of} pendamping.", n=data["late"], of=len(data["workers"])),
                lang,
            )
        )
    if people is not None and data["workers"]:
        named = ((people.get(user) or translate(_("Belum ditugaskan"), lang), n) for user, n in data["workers"].items())
        said.append(", ".join(f"{name} {n}" for name, n in named) + ".")
    if data["reviews"]:
        said.append(translate(_("Permintaan persetujuan yang menunggu: {n}.", n=data["reviews"]), lang))
    if data["unanswered"]:
        said.append(translate(_("Rujukan tanpa jawaban melewati tenggatnya: {n}.", n=data["unanswered"]), lang))
    if data["place"] and (people is not None or not data["few"]):
        said.append(data["place"][lang])
    return said


# --- where it is done -------------------------------------------------------------------------------------------------

PLACES = {
    "review_asked": "/persetujuan/{cause}",
    "review": "/persetujuan/{ref}",
    "erasure_asked": "/penghapusan/{cause}",
    "erasure_granted": "/penghapusan/{cause}",
    "erasure_refused": "/penghapusan/{cause}",
    "initial_asked": "/kasus/{case}/surat/{cause}/paraf",
    "letter_initial": "/kasus/{case}/surat/{ref}/paraf",
    "referral_offered": "/kasus/{case}/rujukan/{cause}/konfirmasi",
    "answer_confirmation": "/kasus/{case}/rujukan/{ref}/konfirmasi",
    "referral_answer": "/kasus/{case}/rujukan",
    "placement_review": "/kasus/{case}/penempatan/{ref}/tinjau",
    "hold_end": "/kasus/{case}/berkas/lanjutkan",
    "visit": "/kasus/{case}/kunjungan/baru",
    "state_deadline": "/kasus/{case}#langkah",
    "emergency_debt": "/kasus/{case}#langkah",
    "letter_ready": "/kasus/{case}#surat",
    "letter_failed": "/kasus/{case}#surat",
    "letter_withheld": "/kasus/{case}#surat",
    "draft_returned": "/kasus/{case}#surat",
    "psks_unconfirmed": "/psks/konfirmasi",
    "transfer_offered": "/kasus-masuk/{cause}",
    "transfer_accepted": "/kasus-masuk/{cause}",
    "transfer": "/kasus-masuk/{cause}",
}
"""Kind of message -> where it is done; `cause` is the id in the cause of the message, `ref` what an obligation is for.

The others begin on the page of their case.
"""


def place(
    kind: str, data: Mapping[str, Any], case_number: str | None, *, cause_key: str = "", ref_id: str | None = None
) -> str:
    """Return the page where what a message asks for is done; empty where there is none."""
    if kind in DIGESTS:
        return DIGESTS[kind]
    if "question" in data:
        return f"/meja-audit/pertanyaan/{data['question']}"
    if "worker" in data:
        return f"/serah-terima/{data['worker']}"
    _first, _colon, rest = cause_key.partition(":")
    known = {"case": case_number, "cause": rest.partition(":")[0], "ref": ref_id}
    template = PLACES.get(kind, "")
    if template and all(known[name] for name in known if f"{{{name}}}" in template):
        return template.format(**known)
    return f"/kasus/{case_number}" if case_number else ""


def _wording(kind: str, data: Mapping[str, Any]) -> Wording:
    return WORDINGS.get(f"{kind}.{data['phase']}" if "phase" in data else kind, ELSE)


def _said(wording: Wording, data: Mapping[str, Any], case_number: str | None, lang: str) -> Said:
    shown = {
        "case": case_number or "-",
        "number": data.get("number", "-"),
        "count": data.get("count", "-"),
        "account": data.get("account", "-"),
        "state": STATES[data["state"]].in_(lang).lower() if data.get("state") in STATES else "-",
        "step": STEPS[data["step"]].label.in_(lang) if data.get("step") in STEPS else "-",
        "due": _due(data, lang),
    }
    return Said(translate(wording.title, lang, **shown), translate(wording.sentence, lang, **shown))


def _due(data: Mapping[str, Any], lang: str) -> str:
    if "due_at" in data:
        return format_datetime(datetime.fromisoformat(data["due_at"]), ZoneInfo(data["zone"]), lang)
    return format_date(date.fromisoformat(data["due"]), lang) if "due" in data else "-"
