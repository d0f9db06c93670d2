"""The signed scan of a letter: handed in on the page of its case, fetched again."""

from tests.web.browsing import ADDRESS, Site
from tests.web.test_letters import issued

SCAN = b"%PDF-1.4 tinta dan cap"


def test_a_signed_scan_is_handed_in_and_fetched(site: Site) -> None:
    rina, number, letter = issued(site)
    rina.get(f"/kasus/{number}")
    rina.follow("Lampirkan pindaian")
    form = rina.form("Lampirkan")
    address = f"{ADDRESS}/kasus/{number}/surat/{letter}/pindaian"
    for content, told in ((b"", "Pilih berkas pindaiannya."), (b"GIF89a", "Harus berkas PDF"), (SCAN, "Tersimpan")):
        answer = rina.client.post(
            address,
            data=dict(form.filled({})),
            files={"berkas": ("pindaian.pdf", content, "application/pdf")},
            headers={"Origin": ADDRESS},
            follow_redirects=True,
        )
        assert told in answer.text
    shown = rina.get(f"/kasus/{number}")
    assert "Pindaian yang ditandatangani" in shown.text
    assert "melampirkan pindaian surat nomor" in shown.text
    assert rina.client.get(f"{ADDRESS}/surat/{letter}/pindaian.pdf").content == SCAN
    assert site.by("audit").get(f"/kasus/{number}/surat/{letter}/pindaian").status == 403
