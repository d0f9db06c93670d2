"""The menu of the command line: every noun and its verbs."""

from caseflow.cli import (
    admin,
    attachment,
    audit,
    backlog,
    backup,
    case,
    case_work,
    category,
    certificate,
    choosing,
    conference,
    consent,
    database,
    doctor,
    dossier,
    erasure,
    glass,
    goods,
    handover,
    initials,
    institution,
    instrument,
    jobs,
    keys,
    letter,
    letter_bulk,
    many,
    moving,
    office,
    placement,
    plan,
    psks,
    reach,
    referral,
    registry,
    report,
    roster,
    serving,
    visit,
)
from caseflow.cli.frame import menu, noun
from caseflow.errors import _

TITLE = _(
    """Manajemen kasus intervensi sosial.

Mulai: caseflow db upgrade, lalu caseflow office add, user add, signatory add; atau coba dahulu: caseflow demo.
Di mana pun: --lang id atau --lang en. Kode keluar: 0 selesai, 1 ditolak dengan alasan, 2 salah tulis, 3 layanan tidak
ada. Bertindak sebagai seseorang dengan --by percaya kepada siapa pun yang dapat membaca berkas kunci."""
)

app = menu(TITLE)
serving.attach(app)
doctor.attach(app)
backup.attach(app)
database.attach(noun(app, "db", _("Skema basis data.")))
admin.attach(
    noun(app, "user", _("Akun dan peran.")),
    noun(app, "token", _("Token untuk API.")),
    noun(app, "standin", _("Pengganti sementara.")),
)
_institution = noun(app, "institution", _("Lembaga tujuan surat dan rujukan."))
office.attach(
    noun(app, "office", _("Kantor, wilayahnya, hari-harinya.")),
    noun(app, "signatory", _("Pejabat penanda tangan surat.")),
    _institution,
)
institution.attach(_institution)
_case = noun(app, "case", _("Kasus: buka, lihat, isi, langkah, persetujuan."))
case.attach(_case)
case_work.attach(_case)
many.attach(_case)
backlog.attach(_case)
handover.attach(_case)
glass.attach(_case)
moving.attach(_case)
choosing.attach(_case)
dossier.attach(_case)
plan.attach(noun(app, "plan", _("Kegiatan rencana intervensi.")))
visit.attach(noun(app, "visit", _("Kunjungan monitoring.")))
conference.attach(noun(app, "conference", _("Pembahasan kasus (case conference): undangan dan notulen.")))
goods.attach(noun(app, "goods", _("Barang kantor: stok, mutasi, dan penyerahan kepada klien.")))
attachment.attach(noun(app, "attachment", _("Foto dan dokumen kasus.")))
referral.attach(noun(app, "referral", _("Rujukan ke lembaga lain.")))
consent.attach(noun(app, "consent", _("Persetujuan klien.")))
roster.attach(noun(app, "roster", _("Kelompok dan komunitas: daftar anggota dan wakilnya.")))
registry.attach(noun(app, "registry", _("Data terpadu: pemeriksaan DTSEN dan data lain.")))
placement.attach(noun(app, "placement", _("Penempatan anak.")))
instrument.attach(noun(app, "instrument", _("Instrumen asesmen: daftar, isi, hasil dan sebabnya.")))
category.attach(noun(app, "category", _("Kategori: daftar, periksa, gambar.")))
_letter = noun(app, "letter", _("Surat: contoh, terbitkan, batalkan, periksa keaslian."))
letter.attach(_letter)
letter_bulk.attach(_letter)
initials.attach(noun(_letter, "initials", _("Paraf: konsep yang menunggu, dan jabatan yang memaraf.")))
certificate.attach(noun(_letter, "certificate", _("Sertifikat kantor untuk menandatangani berkas surat.")))
report.attach(
    noun(app, "report", _("Laporan bulanan kepada kepala daerah.")),
    noun(app, "target", _("Sasaran tiap wilayah dan masa.")),
)
psks.attach(noun(app, "psks", _("PSKS: orang, perannya, konfirmasi tahunan, jumlahnya.")))
erasure.attach(noun(app, "erasure", _("Penghapusan data atas permintaan.")))
keys.attach(noun(app, "keys", _("Kunci induk: ganti, salin, bawa kembali.")))
audit.attach(noun(app, "audit", _("Log audit.")))
reach.attach(noun(app, "reach", _("Pemberitahuan: lewat apa dan kapan Anda dicapai.")))
jobs.attach(noun(app, "jobs", _("Tugas sistem.")), app)


def main() -> None:
    """Run the command line."""
    app()
