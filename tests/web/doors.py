"""Every page, and who comes in: the table that tests/web/test_doors.py holds against the application's own routes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi.routing import APIRoute

from caseflow import web

Names = frozenset[str]


def names(said: str) -> Names:
    return frozenset(said.split())


ASKED = ("intan", "rina", "budi", "dewi", "sari", "bambang", "kadis", "audit", "admin", "mitra", "luar")
"""One of every role, and those of the same role whom area or team tells apart."""
EVERYBODY = frozenset(ASKED)
READERS: dict[str, Names] = {
    "R1": names("rina budi sari bambang kadis audit"),
    "R2": names("rina budi sari bambang kadis audit"),
    "R3": names("rina sari"),
    "elsewhere": names("rina luar"),
}
"""What a case is -> who sees it: rina is its worker, sari of its team; `elsewhere` it lies in the regency of luar."""
SMALL = {**READERS, "R3": names("")}
"""A closed file has no small pictures."""
CONTENT = names("intan rina budi dewi sari bambang kadis audit luar")
ORDERERS = names("rina budi dewi sari bambang kadis luar")
BREAKERS = names("intan rina budi dewi sari bambang kadis luar")
DESK = names("sari bambang audit")
HELPED = EVERYBODY - names("mitra luar")
"""Who looks up the helpers of the regency; luar those of another."""
STOCK_READERS = names("rina budi dewi sari bambang kadis audit admin luar")
KEEPERS = names("sari bambang admin")
SEEN_AT_DESK = {"R1": DESK, "R2": DESK, "R3": names("sari audit"), "elsewhere": names("")}
"""An auditor oversees the steps of closed files too, without what is in them."""
BOTH_SIDES = {kind: names("sari bambang" if kind in {"R1", "R2"} else "sari") for kind in READERS}
"""Who reads an offer to another area, of those who are asked: the supervisors of the case, and who offered it."""
CONCERNED = {kind: who | names("rina sari") for kind, who in SEEN_AT_DESK.items()}
"""Who asked about a step of it, and who was asked, wherever it lies now."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is about nobody in particular: who comes in; everybody else is told that it is not for them."""

    who: Names = EVERYBODY


@dataclass(frozen=True, slots=True)
class Public:
    """A page that asks for no log-in."""


@dataclass(frozen=True, slots=True)
class Own:
    """A page of one thing that hangs on no case: whose it is; to everybody else it is as if it were not there."""

    who: Names
    made: bool = True
    """There is one in the office of the tests; else those whose it is find nothing either."""


@dataclass(frozen=True, slots=True)
class OfCase:
    """A page of a case, or of something that hangs on one: what stands in its address, and who sees it."""

    more: tuple[str, ...] = ()
    """Address by address, what else stands in it, as `name=value name=value`; a value may be a known thing."""
    who: Mapping[str, Names] | None = None
    """By what the case is; None: by the rule of access."""
    made: bool = True
    """There is one to be seen; else whoever may see it finds nothing either."""


Row = Page | Public | Own | OfCase
FORMS = (
    "part=rencana act_name=baru", "part=kunjungan act_name=baru", "part=kunjungan act_name=bebas",
    "part=pembahasan act_name=baru", "part=pembahasan act_name=notulen",
    "part=persetujuan-klien act_name=baru", "part=penempatan act_name=baru", "part=rujukan act_name=baru",
    "part=berkas act_name=tunda", "part=berkas act_name=lanjutkan", "part=berkas act_name=tugaskan",
    "part=berkas act_name=klien", "part=data act_name=hapus", "part=registri act_name=baru",
    "part=anggota act_name=baru",
)  # fmt: skip
ITEM_FORMS = (
    "part=rencana item={item} act_name=selesai", "part=rencana item={item} act_name=batal",
    "part=rencana item={item} act_name=bersama", "part=anggota item={member} act_name=keluar",
    "part=pembahasan item={conference} act_name=notulen", "part=pembahasan item={conference} act_name=batal",
    "part=rujukan item={referral} act_name=jawab", "part=rujukan item={referral} act_name=tarik",
    "part=instrumen item=BPS14 act_name=isi", "part=instrumen item={fill} act_name=putuskan",
    "part=surat item=st act_name=terbitkan", "part=surat item={letter} act_name=batal",
    "part=serah-barang item={item} act_name=baru", "part=serah-barang item={delivery} act_name=batal",
    "part=persetujuan-klien item={consent} act_name=tarik", "part=persetujuan item={review} act_name=tarik",
)  # fmt: skip
PARTS = (
    "part=rencana",
    "part=anggota",
    "part=kunjungan",
    "part=pembahasan",
    "part=rujukan",
    "part=persetujuan-klien",
    "part=penempatan",
    "part=registri",
)
STEPS = ("step=complete_intervention", "step=terminate", "step=amend_plan")

TABLE: dict[str, Row] = {
    # before and after the log-in
    "GET /masuk": Public(),
    "POST /masuk": Public(),
    "GET /masuk/lanjut": Public(),
    "POST /masuk/lanjut": Public(),
    "POST /masuk/teruskan": Page(),
    "POST /keluar": Page(),
    # one's own account
    "GET /keamanan-akun": Page(),
    "POST /keamanan-akun/langkah-kedua": Page(),
    "GET /keamanan-akun/langkah-kedua": Page(),
    "POST /keamanan-akun/langkah-kedua/pasang": Page(),
    "POST /keamanan-akun/langkah-kedua/kode-baru": Page(),
    "POST /keamanan-akun/langkah-kedua/hapus": Page(),
    "POST /keamanan-akun/sesi/akhiri-lainnya": Page(),
    "POST /keamanan-akun/sesi/{handle}/akhiri": Own(names("")),
    "POST /keamanan-akun/sandi": Page(),
    "GET /": Page(),
    "GET /verify": Public(),
    "POST /verify": Public(),
    "GET /verify/{code}": Public(),
    "GET /jawab": Public(),
    "POST /jawab": Public(),
    "GET /jawab/{code}": Public(),
    "POST /jawab/{code}": Public(),
    # lists
    "GET /akses-darurat": Page(BREAKERS),
    "POST /akses-darurat": Page(BREAKERS),
    "GET /kasus": Page(CONTENT),
    "GET /cari": Page(CONTENT),
    "POST /cari": Page(CONTENT),
    "GET /pemberitahuan": Page(),
    "POST /pemberitahuan": Page(),
    "GET /pesan/{message_id}": Own(names("budi")),
    "GET /kotak-masuk": Page(),
    "POST /kotak-masuk": Page(),
    "POST /kotak-masuk/{message_id}": Own(names("budi")),
    "GET /kasus/baru": Page(names("intan rina budi dewi sari bambang luar")),
    "POST /kasus/baru": Page(names("intan rina budi dewi sari bambang luar")),
    "GET /formulir": Page(),
    "GET /formulir/{category_code}/{stage}": Page(),
    "GET /kasus-menunggu": Page(names("sari bambang kadis audit")),
    "GET /kasus-menunggu.xlsx": Page(names("sari bambang kadis audit")),
    "GET /laporan": Page(names("sari bambang kadis audit")),
    "POST /laporan": Page(names("sari bambang kadis")),
    "GET /laporan/sasaran": Page(names("sari bambang kadis audit")),
    "POST /laporan/sasaran": Page(names("sari bambang kadis")),
    "POST /laporan/sasaran/{target}/tarik": Own(names("sari bambang kadis")),
    "GET /laporan/{report}": Own(names("sari bambang kadis audit")),
    "GET /laporan/{report}/angka.xlsx": Own(names("sari bambang kadis audit")),
    "GET /laporan/{report}/surat.pdf": Own(names("sari bambang kadis audit")),
    "POST /laporan/{report}/nomor": Own(names("sari bambang kadis")),
    "GET /barang": Page(STOCK_READERS),
    "GET /barang/mutasi.xlsx": Page(STOCK_READERS),
    "GET /barang/{form_name}": Page(KEEPERS),
    "POST /barang/{form_name}": Page(KEEPERS),
    "GET /barang/mutasi/{movement}/batal": Own(KEEPERS),
    "POST /barang/mutasi/{movement}/batal": Own(KEEPERS),
    # helpers
    "GET /psks": Page(EVERYBODY - names("mitra")),
    "GET /psks/jumlah": Page(EVERYBODY - names("mitra")),
    "GET /psks/jumlah.xlsx": Page(EVERYBODY - names("mitra")),
    "GET /psks/konfirmasi": Page(names("sari bambang admin")),
    "POST /psks/konfirmasi": Page(names("sari bambang admin")),
    "GET /psks/baru": Page(names("sari bambang admin")),
    "POST /psks/baru": Page(names("sari bambang admin")),
    "GET /psks/impor": Page(names("sari bambang admin")),
    "GET /psks/impor/lembar.xlsx": Page(names("sari bambang admin")),
    "POST /psks/impor": Page(names("sari bambang admin")),
    "POST /psks/impor/catat": Page(names("sari bambang admin")),
    "GET /psks/{person}": Own(HELPED),
    "POST /psks/{person}": Own(names("sari bambang admin")),
    "POST /psks/{person}/hapus": Own(names("admin")),
    "POST /psks/{person}/peran": Own(names("sari bambang admin")),
    "POST /psks/peran/{role}/akhiri": Own(names("sari bambang admin")),
    "GET /lembaga": Page(EVERYBODY - names("mitra")),
    "GET /lembaga/baru": Page(names("admin")),
    "POST /lembaga/baru": Page(names("admin")),
    "GET /lembaga/{institution}": Own(EVERYBODY - names("mitra")),
    "POST /lembaga/{institution}": Own(names("admin")),
    "GET /persetujuan": Page(),
    "GET /penghapusan": Page(),
    # the homes of other roles
    "GET /pengawasan": Page(names("audit")),
    "GET /pengawasan/periksa": Page(names("audit")),
    "POST /pengawasan/periksa": Page(names("audit")),
    "GET /pengawasan/{name}": Page(names("audit")),
    "GET /sistem": Page(names("admin")),
    "GET /sistem/pengguna": Page(names("admin")),
    "POST /sistem/tugas/{job_id}/ulang": Own(names("")),
    "GET /sistem/pengguna/baru": Page(names("admin")),
    "POST /sistem/pengguna/baru": Page(names("admin")),
    "GET /sistem/pengguna/{username}": Own(names("admin")),
    "POST /sistem/pengguna/{username}/peran": Own(names("admin")),
    "POST /sistem/pengguna/{username}/peran/{grant_id}/akhiri": Own(names("admin")),
    "POST /sistem/pengguna/{username}/pengganti": Own(names("admin")),
    "POST /sistem/pengguna/{username}/matikan": Own(names("admin")),
    "POST /sistem/pengguna/{username}/hidupkan": Own(names("admin")),
    "POST /sistem/pengguna/{username}/sandi": Own(names("admin")),
    "POST /sistem/pengguna/{username}/langkah-kedua/hapus": Own(names("admin")),
    "GET /sistem/kategori/{category_code}": Page(names("admin")),
    "GET /sistem/kategori/{category_code}/siklus.svg": Page(names("admin")),
    # of the installation: for an administrator of every office, who is none of those asked here
    "GET /sistem/jadwal": Page(names("")),
    "GET /sistem/jadwal/{recurring}": Page(names("")),
    "POST /sistem/jadwal/{recurring}": Page(names("")),
    "GET /sistem/saluran": Page(names("")),
    "GET /sistem/kunci": Page(names("")),
    "GET /sistem/titik-periksa": Page(names("")),
    "POST /sistem/titik-periksa": Page(names("")),
    "GET /sistem/titik-periksa/{checkpoint}/berkas": Page(names("")),
    "GET /rujukan-kami": Page(names("mitra")),
    "GET /rujukan-kami/{referral}": Own(names("mitra")),
    "POST /rujukan-kami/{referral}": Own(names("mitra")),
    # handing over
    "GET /serah-terima": Page(names("sari bambang")),
    "GET /kasus-masuk": Page(names("sari bambang kadis")),
    "GET /kasus-masuk/{transfer}": OfCase(("",), BOTH_SIDES),
    "POST /kasus-masuk/{transfer}": OfCase(("",), BOTH_SIDES),
    "GET /kasus/{number}/ubah-kategori": OfCase(("",)),
    "POST /kasus/{number}/ubah-kategori": OfCase(("",)),
    "GET /kasus/{number}/pindahkan": OfCase(("",)),
    "POST /kasus/{number}/pindahkan": OfCase(("",)),
    "GET /serah-terima/{worker}": Own(names("sari bambang")),
    "POST /serah-terima/{worker}": Own(names("sari bambang")),
    "GET /serah-terima/{worker}/ringkasan": Own(names("sari bambang")),
    # initials
    "GET /paraf": Page(),
    "POST /paraf": Page(),
    "GET /paraf/{draft}.pdf": OfCase(("",)),
    "POST /paraf/{draft}.pdf": OfCase(("",)),
    "GET /sistem/paraf": Page(names("admin")),
    "POST /sistem/paraf": Page(names("admin")),
    "POST /sistem/paraf/{holder}/akhiri": Own(names("admin")),
    # orders of letters
    "GET /pesanan-surat": Page(ORDERERS),
    "POST /pesanan-surat": Page(),
    "GET /pesanan-surat/baru": Page(ORDERERS),
    "GET /pesanan-surat/baru/{letter}": Page(ORDERERS),
    "POST /pesanan-surat/baru/{letter}": Page(ORDERERS),
    "GET /pesanan-surat/baru/{letter}/kolom.xlsx": Page(ORDERERS),
    "GET /pesanan-surat/{order}": Own(names("rina")),
    "GET /pesanan-surat/{order}.xlsx": Own(names("rina")),
    # the audit desk
    "GET /meja-audit": Page(DESK),
    "GET /meja-audit/unduh": Page(DESK),
    "GET /meja-audit/pertanyaan": Page(),
    "GET /meja-audit/batas": Page(DESK | names("admin")),
    "POST /meja-audit/batas": Page(names("admin")),
    "GET /meja-audit/{number}/{seq}": OfCase(("",), SEEN_AT_DESK),
    "POST /meja-audit/{number}/{seq}": OfCase(("",), SEEN_AT_DESK),
    "GET /meja-audit/pertanyaan/{question}": OfCase(("",), CONCERNED),
    "POST /meja-audit/pertanyaan/{question}": OfCase(("",), CONCERNED),
    # what waits for a second person
    "GET /persetujuan/{review_id}": OfCase(("",)),
    "POST /persetujuan/{review_id}": OfCase(("",)),
    "GET /penghapusan/{erasure_id}": OfCase(("",)),
    "POST /penghapusan/{erasure_id}": OfCase(("",)),
    # a case and what hangs on it
    "GET /kasus/{number}": OfCase(("",)),
    "GET /cases/{case_id}": OfCase(("",)),
    "GET /kasus/{number}/riwayat": OfCase(("",)),
    "GET /kasus/{number}/pengingat": OfCase(("",)),
    "GET /kasus/{number}/kunjungan/{obligation}.ics": OfCase(("",), made=False),
    "GET /kasus/{number}/petikan": OfCase(("",)),
    "GET /kasus/{number}/serah-barang": OfCase(("",)),
    "GET /kasus/{number}/petikan.pdf": OfCase(("",)),
    "GET /kasus/{number}/{part}": OfCase(PARTS),
    "GET /kasus/{number}/{part}/{act_name}": OfCase(FORMS),
    "POST /kasus/{number}/{part}/{act_name}": OfCase(FORMS),
    "GET /kasus/{number}/{part}/{item}/{act_name}": OfCase(ITEM_FORMS),
    "POST /kasus/{number}/{part}/{item}/{act_name}": OfCase(ITEM_FORMS),
    "GET /kasus/{number}/langkah/{step}": OfCase(STEPS),
    "POST /kasus/{number}/langkah/{step}": OfCase(STEPS),
    "GET /kasus/{number}/catatan/{stage}": OfCase(("stage=data_collection", "stage=intervention_plan")),
    "GET /kasus/{number}/catatan/{stage}/dahulu": OfCase(("stage=data_collection",)),
    "POST /kasus/{number}/catatan/{stage}": OfCase(("stage=data_collection",)),
    "POST /kasus/{number}/catatan/{stage}/draf": OfCase(("stage=data_collection",)),
    "GET /kasus/{number}/rujukan/{referral}/tautan": OfCase(("",)),
    "POST /kasus/{number}/rujukan/{referral}/tautan": OfCase(("",)),
    "POST /kasus/{number}/surat/{name}/konsep": OfCase(("name=st",)),
    "GET /kasus/{number}/surat/{letter}/pindaian": OfCase(("",)),
    "POST /kasus/{number}/surat/{letter}/pindaian": OfCase(("",)),
    "GET /kasus/{number}/anggota/impor": OfCase(("",)),
    "GET /kasus/{number}/anggota/impor/lembar.xlsx": OfCase(("",)),
    "POST /kasus/{number}/anggota/impor": OfCase(("",)),
    "POST /kasus/{number}/anggota/impor/catat": OfCase(("",)),
    "GET /kasus/{number}/lampiran/baru": OfCase(("",)),
    "POST /kasus/{number}/lampiran/baru": OfCase(("",)),
    "GET /kasus/{number}/instrumen": OfCase(("",)),
    "GET /kasus/{number}/instrumen/{fill}/mengapa": OfCase(("",)),
    "GET /lampiran/{attachment}": OfCase(("",)),
    "GET /lampiran/{attachment}/kecil.jpg": OfCase(("",), SMALL),
    "GET /surat/{letter_id}.pdf": OfCase(("",)),
    "GET /surat/{letter_id}/pindaian.pdf": OfCase(("",), made=False),
}  # fmt: skip


def routes() -> Iterator[str]:
    """Return every page of the application, as method and address."""
    for part in web.PARTS:
        for route in part.router.routes:
            assert isinstance(route, APIRoute), route
            yield from (f"{method} {route.path}" for method in sorted(route.methods or ()))
