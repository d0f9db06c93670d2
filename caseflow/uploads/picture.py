"""Pictures: decoded under a limit of pixels, turned upright, made smaller, written anew as a JPEG of nothing else."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from caseflow.uploads.refusal import RefusedFile

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST = 1600
"""Pixels of the longer side: a page of A4 stays readable."""
SMALL = 240
QUALITY, SMALL_QUALITY = 82, 70
UNREADABLE = (OSError, ValueError, SyntaxError, TypeError, IndexError, EOFError, MemoryError)
"""What Pillow raises for a file that is not what it says; its readers of chunks are not careful which."""


def cleaned(content: bytes, *, megapixels: int) -> tuple[bytes, bytes]:
    """Return the picture and a small one. Place, camera, names and comments are gone: only pixels are written."""
    Image.MAX_IMAGE_PIXELS = None  # the size is looked at below, before any pixel is decoded
    warnings.simplefilter("ignore")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > megapixels * 1_000_000:
                raise RefusedFile("pixels")
            picture = _upright(opened)
        return _written(picture, LONGEST, QUALITY), _written(picture, SMALL, SMALL_QUALITY)
    except UNREADABLE as problem:
        raise RefusedFile("broken") from problem


def _upright(opened: Image.Image) -> Image.Image:
    """Return the picture as people look at it, no larger than it is kept."""
    opened.draft("RGB", (LONGEST, LONGEST))  # a JPEG is decoded small at once
    seen = ImageOps.exif_transpose(opened) if max(opened.size) <= LONGEST else _smaller(opened)
    if not seen.has_transparency_data:
        return seen.convert("RGB")
    on_white = Image.new("RGB", seen.size, "white")
    whole = seen.convert("RGBA")
    on_white.paste(whole, mask=whole.getchannel("A"))
    return on_white


def _smaller(opened: Image.Image) -> Image.Image:
    turned = opened.getexif().get(0x0112, 1)
    plain = opened if opened.mode in {"L", "RGB", "RGBA"} else opened.convert(_plain_mode(opened))
    plain.thumbnail((LONGEST, LONGEST))
    made = plain.copy()
    made.getexif()[0x0112] = turned
    return ImageOps.exif_transpose(made)


def _plain_mode(opened: Image.Image) -> str:
    return "RGBA" if opened.has_transparency_data else "RGB"


def _written(picture: Image.Image, longest: int, quality: int) -> bytes:
    made = Image.new("RGB", picture.size)
    made.paste(picture)  # a fresh picture carries no profile, comment or metadata along
    made.thumbnail((longest, longest))
    file = BytesIO()
    made.save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()
