"""Pictures within a PDF, without what a camera or a program wrote beside the picture: the place, the maker, a copy."""

import re

from caseflow.uploads.refusal import RefusedFile

_BEGINS = b"\xff\xd8"
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""As many fill bytes as there are, then what begins; zero and the restarts stand within the picture."""
_ENDS, _SCAN = 0xD9, 0xDA
_BARE = frozenset({0x01, 0xD8})
"""Markers that nothing belongs to."""
_NOTES = frozenset({*range(0xE0, 0xF0), 0xFE})
"""Segments that say something beside the picture: APP0 to APP15 (Exif is in APP1) and comments."""
_COLOURS = {0xE0: (b"JFIF\0", 16), 0xEE: (b"Adobe", 14)}
"""The two that tell how colours are read, in the length that holds nothing else."""
_BOXES = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})
"""What a JPEG 2000 needs; its notes are in boxes named uuid and xml."""
_HEAD = 8
_CODESTREAM = b"\xff\x4f\xff\x51"


def bare_jpeg(found: bytes) -> bytes:
    """Return a JPEG with its picture alone, to the end of it; raises `RefusedFile` where there is none."""
    at = found.find(_BEGINS) + len(_BEGINS)
    if at < len(_BEGINS):
        raise RefusedFile("broken")
    made, within_scan = bytearray(_BEGINS), False
    while (marker := _MARKER.search(found, at)) is not None:
        if within_scan:
            made += found[at : marker.start()]
        kind, at = marker[1][0], marker.end()
        if kind == _ENDS:
            return bytes(made) + b"\xff\xd9"
        if kind in _BARE:
            continue
        size = int.from_bytes(found[at : at + 2], "big")
        if size < 2 or at + size > len(found):  # noqa: PLR2004 - the two bytes that say the size
            raise RefusedFile("broken")
        if kind not in _NOTES or _tells_colours(kind, found[at : at + size]):
            made += bytes((0xFF, kind)) + found[at : at + size]
        within_scan, at = kind == _SCAN, at + size
    return bytes(made) + (found[at:] if within_scan else b"")


def _tells_colours(kind: int, segment: bytes) -> bool:
    name, size = _COLOURS.get(kind, (b"", 0))
    return len(segment) == size and segment[2:].startswith(name)


def bare_jpeg2000(found: bytes) -> bytes:
    """Return a JPEG 2000 with the boxes it needs; raises `RefusedFile` where they do not follow each other."""
    if found.startswith(_CODESTREAM):
        return found
    made, at = bytearray(), 0
    while at + _HEAD <= len(found):
        size, kind = int.from_bytes(found[at : at + 4], "big"), found[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(found[at + 8 : at + 16], "big")
        size = size or len(found) - at
        if size < _HEAD:
            raise RefusedFile("broken")
        if kind in _BOXES:
            made += found[at : at + size]
        at += size
    return bytes(made)
