"""Many letters on the pages: a sheet is handed in, what would be refused is seen, the order is made and followed."""

import re
from urllib.parse import urljoin

from httpx2 import Response

from caseflow.exchange import table
from tests.web.browsing import ADDRESS, Person, Shown, Site

UNKNOWN = "6310-2020-000999"
HUGE = f'["st", ["{UNKNOWN}"], {{"{UNKNOWN}": {{"place": {10**30}}}}}, {{}}, null]'
SAID = {
    "officers": "Rina; ; TKSK",
    "task": "outreach",
    "place": "Desa Maju Makmur",
    "from_date-d": "20", "from_date-m": "4", "from_date-y": "2026",
}  # fmt: skip


def hand_in(person: Person, content: str, **more: str) -> Shown:
    """Send the form of an order with a file; what comes back is the present page."""
    shown = person.get("/pesanan-surat/baru/st")
    fields = dict(person.form("Periksa dahulu").filled({**SAID, **more}))
    files = {"berkas": ("kasus.csv", content.encode(), "text/csv")}
    answer: Response = person.client.post(shown.address, data=fields, files=files, headers={"Origin": ADDRESS})
    person.now = Shown(answer, shown.address)
    return person.now


def test_an_order_is_checked_made_and_followed(site: Site) -> None:
    rina, numbers = site.by("rina"), [site.number("assessment"), site.number("monitoring")]
    rina.get("/kasus")
    assert "Belum ada pesanan" in rina.follow("Banyak surat sekaligus").text
    rina.follow("Pesanan baru")
    rina.follow("Surat Tugas")
    shown = hand_in(rina, f"Nomor kasus,Tempat tugas\n{numbers[0]},Pagatan\n{UNKNOWN},\n{numbers[1]},\nMelati,\n")
    assert "4 kasus dalam pesanan ini" in shown.text
    assert "2 kasus akan ditolak." in shown.text
    assert UNKNOWN in shown.text
    shown = rina.press("Pesan surat untuk 2 kasus")
    assert "Pesanan diterima" in shown.text
    assert re.fullmatch(r"/pesanan-surat/[0-9a-f-]{36}", rina.path)
    assert "Sedang dikerjakan" in shown.text
    assert [given["hx-get"] for _tag, given in shown.page.tags if given.get("hx-trigger")] == [rina.path]
    site.work()
    shown = rina.get(rina.path)
    assert "2 terbit (2 berkas jadi), 2 ditolak, 0 menunggu." in shown.text
    assert "Selesai, ada yang ditolak" in shown.text
    assert "Melati" not in shown.text
    assert "(bukan nomor kasus)" in shown.text
    assert not [tag for tag, given in shown.page.tags if "htmx" in given.get("src", "") or "hx-get" in given]
    report = rina.client.get(urljoin(ADDRESS, shown.page.link("Unduh laporan")))
    assert [row[2] for row in table.rows(report.content)[1:]] == ["terbit", "ditolak", "terbit", "ditolak"]
    assert site.by("sari").get(rina.path).status == 404, "an order is its orderer's"
    rina.get("/pesanan-surat")
    assert rina.follow("Surat Tugas").status == 200


def test_a_category_is_ordered_without_a_file(site: Site) -> None:
    rina = site.by("rina")
    rina.get("/pesanan-surat/baru/st")
    shown = rina.press("Periksa dahulu", {**SAID, "kategori": "AT"})
    assert "2 kasus dalam pesanan ini" in shown.text
    assert "Tidak ada yang akan ditolak menurut keadaan sekarang." in shown.text


def test_what_is_no_order_comes_back_with_its_reasons(site: Site) -> None:
    rina, number = site.by("rina"), site.number("assessment")
    rina.get("/pesanan-surat/baru/st")
    assert rina.press("Periksa dahulu", SAID).errors() == ["Berkas kasus: Pilih berkas, atau satu kategori."]
    shown = hand_in(rina, f"{number}\n{number}\n")
    assert shown.status == 422
    assert shown.errors() == ["Berkas kasus: Baris 2: Sebut satu kasus tiap baris, masing-masing satu kali."]
    assert rina.form("Periksa dahulu").value("place") == SAID["place"], "what was typed is still there"
    assert (
        hand_in(rina, f"{number}\n", place="")
        .errors()[0]
        .startswith('Tempat tugas: Surat ini memerlukan "Tempat tugas"')
    )
    token = rina.form("Periksa dahulu").value("_token")
    for sent in ("", "[" * 100_000, HUGE, "[]", '["st", [1], {}, {}, [1]]', '{"letter": "st"}'):
        assert rina.post("/pesanan-surat", [("_token", token), ("pesanan", sent)]).status == 422


def test_who_issues_no_letters_orders_none(site: Site) -> None:
    for name in ("intan", "audit", "admin", "mitra"):
        person = site.by(name)
        for path in ("", "/baru", "/baru/st"):
            assert person.get(f"/pesanan-surat{path}").status == 403
    assert site.by("rina").get("/pesanan-surat/baru/pujian").status == 404
