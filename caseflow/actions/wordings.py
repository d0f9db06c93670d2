"""The words of each kind of message: a title and a sentence, and whether they may leave the house."""

from dataclasses import dataclass

from caseflow.errors import Sentence, _


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
    "transfer_left": Wording(
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
    "file_lower_asked": Wording(
        _("Berkas tertutup diminta dibuka"),
        _("Supervisor meminta berkas {case} tidak lagi tertutup. Kepala yang memutuskan; alasannya ada di riwayat."),
    ),
    "file_lowered": Wording(
        _("Berkas tidak lagi tertutup"),
        _("Berkas {case} tidak lagi tertutup: yang bertugas di wilayahnya kini membacanya."),
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
