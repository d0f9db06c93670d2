"""What a page says once after a write went well."""

from caseflow.errors import Sentence, _

FLASHES: dict[str, Sentence] = {
    "saved": _("Tersimpan {hour}."),
    "merged": _("Tersimpan {hour}. Isian yang diubah rekan Anda sementara itu tetap ada."),
    "visited_partly": _(
        "Kunjungan tersimpan {hour}, tetapi tidak pada kasus {case}: catat di sana untuk melihat sebabnya."
    ),
    "shared_partly": _("Tersimpan {hour}, tetapi tidak pada kasus {case}: catat di sana untuk melihat sebabnya."),
    "opened": _("Kasus baru tersimpan {hour}."),
    "taken": _("Langkah tercatat {hour}."),
    "asked": _("Permintaan persetujuan terkirim {hour}."),
    "granted": _("Kasus {case} disetujui {hour}. Langkahnya sudah diambil."),
    "refused": _("Ditolak {hour}. Alasannya disampaikan kepada peminta."),
    "category_changed": _("Kategori kasus {case} diubah {hour}."),
    "transfer_offered": _("Kasus {case} ditawarkan {hour}. Sampai diterima, kasus tetap ditangani di sini."),
    "transfer_accepted": _("Kasus {case} diterima {hour}. Sejak ini ditangani di wilayah Anda."),
    "transfer_refused": _("Tawaran kasus {case} ditolak {hour}. Alasannya disampaikan kepada yang menawarkan."),
    "transfer_withdrawn": _("Tawaran kasus {case} ditarik {hour}."),
    "drafted": _("Konsep surat tersimpan {hour}. Nomornya diambil sesudah diparaf."),
    "initialled": _("Paraf tercatat {hour}."),
    "returned": _("Konsep dikembalikan {hour}. Alasannya disampaikan kepada peminta."),
    "withdrawn": _("Permintaan ditarik {hour}."),
    "delivered": _("Penyerahan tercatat {hour}. BAST-nya ada pada surat kasus ini."),
    "erasure_asked": _("Permintaan penghapusan data terkirim {hour} kepada kepala dinas."),
    "erased": _("Data dihapus {hour}. Yang tersisa hanya catatan langkahnya."),
    "erasure_refused": _("Ditolak {hour}. Alasannya disampaikan kepada peminta."),
    "issued": _("Surat diterbitkan {hour}. Berkasnya sedang dibuat."),
    "ordered": _("Pesanan diterima {hour}. Surat-suratnya sedang dibuat."),
    "question_asked": _("Pertanyaan terkirim {hour}."),
    "answered": _("Jawaban tercatat {hour}."),
    "found": _("Temuan tercatat {hour}. Pertanyaannya ditutup."),
    "retried": _("Tugas dijalankan lagi {hour}."),
    "second_factor_due": _("Peran Anda memerlukan langkah kedua saat masuk. Pasang di Keamanan akun."),
    "second_factor_removed": _("Langkah kedua dihapus {hour}. Pasang lagi dengan ponsel yang baru."),
    "password_changed": _("Kata sandi diganti {hour}. Sesi lain Anda berakhir."),
    "session_ended": _("Sesi diakhiri {hour}."),
    "sessions_ended": _("Semua sesi lain diakhiri {hour}."),
    "account_changed": _("Akun diubah {hour}."),
    "account_made": _("Akun dibuat {hour}. Beri kata sandi sekali pakai, lalu sampaikan kepada orangnya."),
    "schedule_changed": _("Jadwal diubah {hour}."),
    "checkpoint_made": _("Titik periksa dibuat {hour}."),
    "file_opened": _("Berkas terbuka bagi Anda selama tiga jam sejak {hour}."),
    "report_asked": _("Laporan diminta {hour}. Angkanya sedang dihitung."),
    "read": _("Ditandai sudah dibaca {hour}."),
}
"""Code -> sentence; `hour` is when the server answered, `case` the number where the write gave one."""
