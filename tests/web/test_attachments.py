"""Photos and documents on the pages: handed in, listed, fetched as a download only, withdrawn."""

from io import BytesIO

from httpx2 import Response
from PIL import Image

from tests.web.browsing import ADDRESS, Person, Site


def photo(shade: int = 200) -> bytes:
    file = BytesIO()
    Image.new("RGB", (640, 480), (shade, 90, 60)).save(file, "PNG")
    return file.getvalue()


def handed_in(person: Person, number: str, content: bytes, **typed: str | list[str]) -> Response:
    """Fill in the form and send it with a file, as a browser does without script."""
    path = f"/kasus/{number}/lampiran/baru"
    person.get(path)
    fields: dict[str, str | list[str]] = {"kind": "house", "note": "Dinding lapuk.", **typed}
    return person.client.post(
        ADDRESS + path,
        data=dict(person.form("Lampirkan").filled(fields)),
        files={"file": ("rumah.jpg", content, "image/jpeg")},
        headers={"Origin": ADDRESS},
        follow_redirects=True,
    )


def test_a_photo_is_handed_in_listed_fetched_and_withdrawn(site: Site) -> None:
    number, rina = site.number("intervention"), site.by("rina")
    assert "Belum ada foto atau dokumen." in rina.get(f"/kasus/{number}").text
    rina.follow("Tambah foto atau dokumen")
    refused = handed_in(rina, number, b"PK\x03\x04 bukan foto", about="stage:assessment")
    assert refused.status_code == 422
    for words in ("Isi berkas ini bukan itu", "Dinding lapuk.", 'value="stage:assessment"'):
        assert words in refused.text
    assert "Pilih berkasnya dahulu" in handed_in(rina, number, b"").text
    assert "Tersimpan" in handed_in(rina, number, photo(), about="stage:assessment").text
    shown = rina.get(f"/kasus/{number}")
    for words in (
        "Foto rumah",
        "JPEG,",
        "dilampirkan Rina",
        "Tahap asesmen",
        "Dinding lapuk.",
        "melampirkan: foto rumah",
    ):
        assert words in shown.text, words
    address = shown.page.link("Foto rumah")
    fetched = rina.client.get(ADDRESS + address)
    assert fetched.content.startswith(b"\xff\xd8\xff")
    assert fetched.headers["content-disposition"].startswith(f'attachment; filename="{number}-house-')
    assert fetched.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert fetched.headers["cache-control"] == "no-store"
    small = rina.client.get(f"{ADDRESS}{address}/kecil.jpg")
    assert (small.headers["content-type"], len(small.content) < len(fetched.content)) == ("image/jpeg", True)
    assert site.by("luar").get(address).status == 404
    assert site.by("luar").get(f"{address}/kecil.jpg").status == 404
    rina.get(f"/kasus/{number}")
    rina.follow("Tarik")
    assert "dimusnahkan dan tidak dapat dikembalikan" in rina.now.text if rina.now else False
    rina.press("Musnahkan berkas", {"reason": "Rumah tetangga."})
    assert "Ditarik Rina, berkasnya dimusnahkan: Rumah tetangga." in rina.get(f"/kasus/{number}").text
    assert rina.get(address).status == 404


def test_another_file_under_the_same_form_is_another_form(site: Site) -> None:
    number, rina = site.number("intervention"), site.by("rina")
    path = f"{ADDRESS}/kasus/{number}/lampiran/baru"
    rina.get(path)
    form = dict(rina.form("Lampirkan").filled({"kind": "other"}))
    answers = [
        rina.client.post(
            path, data=form, files={"file": ("a", content)}, headers={"Origin": ADDRESS}, follow_redirects=False
        )
        for content in (photo(1), photo(1), photo(250))
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 409]
    assert rina.get(f"/kasus/{number}").text.count("melampirkan: lain-lain") == 1


def test_who_may_not_attach_and_what_is_closed(site: Site) -> None:
    number = site.number("intervention")
    assert site.by("audit").get(f"/kasus/{number}/lampiran/baru").status == 403
    assert site.by("luar").get(f"/kasus/{number}/lampiran/baru").status == 404
    assert "Tambah foto" not in site.by("audit").get(f"/kasus/{number}").text
    closed = site.number("closed")
    assert "Kasus sudah ditutup" in site.by("rina").get(f"/kasus/{closed}/lampiran/baru").text
