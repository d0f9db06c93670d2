"""Questions and words of the pages on which a case gets another category or goes to another area."""

from caseflow.errors import Sentence, _
from caseflow.web.questions import Question

# --- another category ------------------------------------------------------------------------------------------------

CATEGORY_REASON = Question(
    key="reason", label=_("Mengapa kategorinya diubah?"), type="longtext", hint=_("Tampil di riwayat kasus.")
)
LOWER = Question(
    key="lower_reason",
    label=_("Mengapa berkasnya boleh kurang tertutup?"),
    type="longtext",
    hint=_("Kosongkan bila tetap setertutup sekarang. Riwayatnya ikut terbuka; berkas tertutup diputuskan kepala."),
    required=False,
)
MAPPING = Question(
    key="mapping",
    label=_("Pemetaan jawaban (TOML)"),
    type="longtext",
    hint=_("Hanya bila nama pertanyaannya berbeda; lihat petunjuk mengubah kategori."),
    required=False,
)
LEVELS: dict[str, Sentence] = {
    "R1": _("Biasa: siapa pun yang bertugas di wilayahnya"),
    "R2": _("Terbatas: unit yang menangani dan supervisornya; setiap pembukaan dicatat"),
    "R3": _("Tertutup: hanya tim yang ditunjuk; nama diganti nomor klien"),
}

# --- another area ----------------------------------------------------------------------------------------------------

VILLAGE = Question(
    key="village",
    label=_("Kode desa/kelurahan"),
    hint=_("Bila diketahui: 10 angka, misalnya 63.02.01.2001."),
    required=False,
)
REASON = Question(
    key="reason", label=_("Mengapa kasus ini dipindahkan?"), type="longtext", hint=_("Dibaca wilayah tujuan.")
)
HANDED = Question(
    key="handed",
    label=_("Apa yang diserahterimakan?"),
    type="longtext",
    hint=_("Janji kepada klien, dan yang sedang ditunggu. Jangan sebut nama: wilayah tujuan belum boleh tahu."),
)
NOTE = Question(key="note", label=_("Catatan"), type="longtext", required=False, hint=_("Tampil di riwayat kasus."))
WHY_NOT = Question(
    key="reason",
    label=_("Mengapa tidak diterima?"),
    type="longtext",
    hint=_("Dibaca yang menawarkan; tampil di riwayat kasus."),
)
STATES_OF_OFFERS: dict[str, Sentence] = {
    "offered": _("Menunggu jawaban"),
    "accepted": _("Diterima"),
    "refused": _("Tidak diterima"),
    "withdrawn": _("Ditarik kembali"),
}
