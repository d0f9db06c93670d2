"""Files of strangers: what is taken is written anew, what is not is refused with what to do."""

import struct
import zipfile
import zlib
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from PIL import Image

from caseflow.errors import InvalidInput, ServiceUnavailable
from caseflow.uploads.cleaning import AT_ONCE, LARGEST, WAITING, cleaned, place

PLACE, MAKER, TURNED = 0x8825, 0x010F, 0x0112


def photo(size: tuple[int, int] = (2400, 1200)) -> bytes:
    """Return what a phone sends: lying on its side, with its maker and where it was taken."""
    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    notes = Image.Exif()
    notes[TURNED], notes[MAKER] = 6, "Samsung"
    notes.get_ifd(PLACE).update({1: "S", 2: (3.0, 26.0, 11.0), 3: "E", 4: (115.0, 59.0, 2.0)})
    file = BytesIO()
    picture.save(file, "JPEG", exif=notes, comment=b"rumah klien")
    assert b"Samsung" in file.getvalue()
    return file.getvalue()


def document(change: Any = None, **saving: Any) -> bytes:  # noqa: ANN401 - of pikepdf
    made = pikepdf.new()
    made.add_blank_page()
    if change:
        change(made)
    file = BytesIO()
    made.save(file, **saving)
    return file.getvalue()


def acting(made: pikepdf.Pdf) -> None:
    """Fill a PDF with what acts, carries along, leads out, or tells where it was made."""
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('satu')")
    turning = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=pikepdf.Array([0]), Next=_launch())
    page = made.pages[0]
    made.Root.OpenAction = script
    made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", script])))
    made.attachments["x.exe"] = b"MZ berkas lain"
    made.docinfo["/Author"] = "Samsung"
    page.obj.AA = pikepdf.Dictionary(O=script)
    link: dict[str, Any] = {"Type": pikepdf.Name.Annot, "Rect": pikepdf.Array([0, 0, 9, 9])}
    notes = (
        pikepdf.Dictionary(**link, Subtype=pikepdf.Name.Link, A=_launch()),
        pikepdf.Dictionary(**link, Subtype=pikepdf.Name.Link, A=turning),
        pikepdf.Dictionary(**link, Subtype=pikepdf.Name.FileAttachment, FS=pikepdf.Dictionary(F="virus.exe")),
    )
    page.obj.Annots = pikepdf.Array([made.make_indirect(note) for note in notes])
    image = made.make_stream(
        photo((80, 40)), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=80, Height=40
    )
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    image.Filter = pikepdf.Array([pikepdf.Name.DCTDecode])
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))


def _launch() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def bomb(side: int) -> bytes:
    """Return a PNG of a few kilobytes that says it has so many pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(side))), (b"IEND", b""))
    chunks = (struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def zipped() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("foto.jpg", "bukan foto")
    return file.getvalue()


def test_a_photo_is_turned_made_smaller_and_tells_nothing_but_its_picture() -> None:
    found = cleaned(photo())
    assert (found.media_type, found.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    for content, longest in ((found.content, 1600), (found.thumb, 240)):
        assert content
        with Image.open(BytesIO(content)) as seen:
            assert seen.size == (longest // 2, longest)
            assert not dict(seen.getexif())
            assert "comment" not in seen.info
            red, _green, blue = seen.convert("RGB").getpixel((10, 10))  # type: ignore[misc]  # a pixel of RGB
            assert (red > 240, blue < 40) == (True, True), "it was turned upright"
    assert not {word for word in (b"Samsung", b"Exif", b"rumah klien") if word in found.content}
    assert cleaned(photo()).sha256 == found.sha256


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("WEBP", "RGB")])
def test_other_pictures_become_jpegs(kind: str, mode: str) -> None:
    file = BytesIO()
    Image.new(mode, (60, 30)).save(file, kind)
    with Image.open(BytesIO(cleaned(file.getvalue()).content)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (60, 30))


def test_nothing_in_a_document_acts_any_more() -> None:
    found = cleaned(document(acting))
    assert (found.media_type, found.thumb) == ("application/pdf", None)
    with pikepdf.open(BytesIO(found.content)) as read:
        plain = BytesIO()
        read.save(plain, qdf=True, static_id=True)
        kept = read.pages[0].obj.Resources.XObject.Im0.read_raw_bytes()
        assert len(read.pages[0].obj.Annots) == 2
    with Image.open(BytesIO(kept)) as seen:
        seen.load()
    words = (
        b"alert",
        b"JavaScript",
        b"Launch",
        b"cmd.exe",
        b"virus",
        b"MZ berkas",
        b"EmbeddedFiles",
        b"Samsung",
        b"Exif",
    )
    assert [word for word in words if word in plain.getvalue()] == []


def leading_out(made: pikepdf.Pdf) -> None:
    """Fill a PDF with what leads out of it in rarer ways."""
    name, out = pikepdf.Name, pikepdf.Dictionary(F="//keluar/berkas", Page=0)
    form = made.make_stream(b"", Type=name.XObject, Subtype=name.Form, BBox=pikepdf.Array([0, 0, 9, 9]), Ref=out)
    form.OPI = pikepdf.Dictionary({"/2.0": pikepdf.Dictionary(F="//keluar/berkas")})
    fetched = made.make_stream(b"")
    fetched.F = "//keluar/berkas"
    page = made.pages[0].obj
    page.Contents, page.Resources = fetched, pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    kinds = (pikepdf.String("Launch"), name("/GoToDp"), name.Thread, name.Unknown)
    link: dict[str, Any] = {"Type": name.Annot, "Subtype": name.Link, "Rect": pikepdf.Array([0, 0, 9, 9])}
    actions = [pikepdf.Dictionary(S=kind, D="keluar") for kind in kinds]
    page.Annots = pikepdf.Array([pikepdf.Dictionary(**link, A=action) for action in actions])
    made.Root.URI, made.Root.Threads = pikepdf.Dictionary(Base="http://keluar/"), pikepdf.Array(["keluar"])
    made.Root.Lain = pikepdf.Dictionary(Type=name.Filespec, Desc="keluar")


def test_nothing_leads_out_of_a_document_and_what_turns_its_pages_stays() -> None:
    def both(made: pikepdf.Pdf) -> None:
        leading_out(made)
        made.pages[0].obj.Annots.append(
            pikepdf.Dictionary(A=pikepdf.Dictionary(S=pikepdf.Name.GoTo, D="halaman"), Subtype=pikepdf.Name.Link)
        )

    with pikepdf.open(BytesIO(cleaned(document(both)).content)) as read:
        plain = BytesIO()
        read.save(plain, qdf=True, static_id=True)
        assert b"keluar" not in plain.getvalue()
        assert "/F" in read.pages[0].obj.Resources.XObject
        assert str(read.pages[0].obj.Annots[-1].A.D) == "halaman"


def with_photos(made: pikepdf.Pdf) -> None:
    """Fill a PDF with one photo, packed in several ways."""
    name, lying, jpeg2000 = pikepdf.Name, photo((80, 40)), BytesIO()
    Image.new("RGB", (80, 40)).save(jpeg2000, "JPEG2000")
    packed: tuple[tuple[bytes, tuple[str, ...]], ...] = (
        (zlib.compress(lying), ("/FlateDecode", "/DCTDecode")),
        (lying.hex().encode() + b">", ("/AHx", "/DCT")),
        (lying[:2] + b"\xff\xff" + lying[2:], ("/DCTDecode",)),
        (lying + lying, ("/DCTDecode",)),
        (jpeg2000.getvalue() + struct.pack(">I", 15) + b"uuidSamsung", ("/JPXDecode",)),
    )
    pictures = pikepdf.Dictionary()
    for n, (content, filters) in enumerate(packed):
        image = made.make_stream(content, Type=name.XObject, Subtype=name.Image, Width=80, Height=40)
        image.ColorSpace, image.BitsPerComponent = name.DeviceRGB, 8
        image.Filter = pikepdf.Array([pikepdf.Name(each) for each in filters])
        pictures[f"/Im{n}"] = image
    made.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pictures)


def test_a_photo_in_a_document_tells_nothing_but_its_picture_however_it_is_packed() -> None:
    found = cleaned(document(with_photos, compress_streams=False))
    with pikepdf.open(BytesIO(found.content)) as read:
        pictures = [image.read_raw_bytes() for image in read.pages[0].obj.Resources.XObject.as_dict().values()]
    assert len(pictures) == 5
    for content in pictures:
        assert not {word for word in (b"Samsung", b"Exif", b"rumah klien") if word in content}
        with Image.open(BytesIO(content)) as seen:
            assert seen.size == (80, 40)
            seen.load()


def inline(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.Contents = made.make_stream(b"q BI /W 80 /H 40 /CS /RGB /BPC 8 /F /DCT ID " + photo() + b" EI Q")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Pilih berkasnya dahulu."),
        (zipped(), "bukan itu, apa pun namanya"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bukan itu, apa pun namanya"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "Paling Kompatibel"),
        (photo()[:3000], "rusak atau tidak utuh"),
        (bomb(20_000), "lebih dari 64 megapiksel"),
        (b"%PDF-1.7 bukan", "rusak atau tidak utuh"),
        (document(encryption=pikepdf.Encryption(user="sandi", owner="sandi")), "terkunci sandi"),
        (document(lambda made: [made.add_blank_page() for _n in range(50)]), "lebih dari 50 halaman"),
        (b"\xff\xd8\xff" + bytes(LARGEST), "lebih dari 10 MB"),
        (document(inline), "tidak dapat diperiksa"),
    ],
    ids=["empty", "zip", "svg", "heic", "cut off", "bomb", "no pdf", "locked", "long", "large", "inline"],
)
def test_what_is_refused_says_what_to_do(content: bytes, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        cleaned(content)
    assert told in str(caught.value.data["problems"]["file"])


def test_few_wait_for_a_place_and_the_next_is_told_at_once() -> None:
    def take() -> None:
        with place():
            pass

    with ThreadPoolExecutor(WAITING + 1) as pool:
        with ExitStack() as taken:
            for _n in range(AT_ONCE):
                taken.enter_context(place())
            asked = [pool.submit(take) for _n in range(WAITING + 1)]
            done, waiting = wait(asked, return_when=FIRST_COMPLETED)
        assert [type(each.exception()) for each in done] == [ServiceUnavailable]
        assert [each.exception() for each in waiting] == [None] * WAITING
