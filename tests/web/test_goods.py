"""Goods on the pages: a supervisor records what comes, a worker hands it over, and a mistake is told at its field."""

import re
from io import BytesIO
from zipfile import ZipFile

from tests.web.browsing import ADDRESS, Shown, Site

WHEELCHAIR = {"code": "KURSI-RODA", "name": "Kursi roda", "unit": "unit", "intervention": "SEMBAKO"}
PAPER = {"document": "BA/7", "document_on-d": "2", "document_on-m": "2", "document_on-y": "2026"}
TO = {"receiver": "Rusdi", "receiver_address": "RT 2", "place": "Kantor desa", "officer_post": "TKSK"}


def choice(shown: Shown, key: str) -> str:
    """Return the first answer that a form offers to a question."""
    found = re.search(rf'name="{key}" value="([^"]+)"', shown.response.text)
    assert found, key
    return found[1]


def test_goods_come_are_handed_over_and_undone(site: Site) -> None:
    sari, rina, number = site.by("sari"), site.by("rina"), site.number("intervention")
    empty = sari.get("/barang").text
    assert ("Belum ada jenis barang yang tercatat." in empty, "Catat penerimaan" in empty) == (True, False)
    sari.follow("Barang baru")
    sari.press("Simpan", {**WHEELCHAIR, "pillar": "rehabilitasi"})
    sari.follow("Tempat baru")
    sari.press("Simpan", {"name": "Gudang Dinas", "area": "6310"})
    assert "Catat pemindahan" not in sari.get("/barang").text, "from one place there is nowhere to move to"
    gudang = choice(sari.follow("Catat penerimaan"), "place")
    received = {"item": "KURSI-RODA", "place": gudang, "quantity": "2", "source": "Sentra", **PAPER}
    refused = sari.press("Simpan", {**received, "quantity": "-1"})
    assert (refused.status, "Tulis bilangan bulat" in refused.text) == (422, True)
    assert "ke Gudang Dinas" in sari.press("Simpan", received).text

    rina.get("/")
    assert "Barang baru" not in rina.follow("Barang").text, "who hands over records nothing else"
    rina.get(f"/kasus/{number}")
    assert "Belum ada barang yang diserahkan." in rina.follow("Barang yang diserahkan").text
    assert "Kursi roda, dari Gudang Dinas" in rina.follow("Serahkan barang:").text
    answer = {**TO, "capacity": "self"}
    assert rina.press("BAST", answer).errors()[0].endswith("Sebut satu sampai 20 jenis barang.")
    assert "tinggal 2 unit" in rina.press("BAST", {**answer, "n1": "3"}).text
    handed = rina.press("BAST", {**answer, "n1": "1"})
    for words in ("Penyerahan tercatat", "Kursi roda: 1 unit", "Diterima Rusdi; diserahkan Rina."):
        assert words in handed.text, words
    assert [to for to, words in handed.page.links if words == "Buka BAST (PDF)"] == []
    assert [to for to, words in handed.page.links if words.startswith("Serahkan barang:")] == [], "served already"
    assert "Sudah diserahkan: " in handed.text
    site.work()
    rina.get(f"/kasus/{number}/serah-barang")
    assert rina.follow("Buka BAST (PDF)").response.content.startswith(b"%PDF-")
    assert "menyerahkan barang" in rina.get(f"/kasus/{number}").text
    sari.get(f"/kasus/{number}/serah-barang")
    sari.follow("Batalkan penyerahan")
    assert "Dibatalkan" in sari.press("Simpan", {"reason": "Kasus lain."}).text
    assert "Serahkan barang: " in rina.get(f"/kasus/{number}/serah-barang").text, "handed over to nobody again"

    shown = sari.get("/barang?jenis=receipt")
    assert ("Pembatalan Kursi" in shown.text, "Sentra; BA/7" in shown.text) == (False, True)
    assert "Tulis tanggal sebagai" in sari.get("/barang?dari=kemarin").text
    sheet = sari.client.get(f"{ADDRESS}/barang/mutasi.xlsx")
    assert b"KURSI-RODA" in ZipFile(BytesIO(sheet.content)).read("xl/worksheets/sheet1.xml")
    sari.get("/barang")
    sari.follow("Batalkan mutasi: Penerimaan Kursi roda")
    sari.press("Simpan", {"reason": "Salah kirim."})
    assert "0 unit" in sari.get("/barang").text
