"""Handing a stranger's file to a process that ends with it, and taking back what that made of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any

from caseflow.errors import InvalidInput, Sentence, ServiceUnavailable, _
from caseflow.paths import package_root

LARGEST = 10 << 20
"""Bytes of a file as it is handed in."""
MEGAPIXELS = 64
PAGES = 50
SECONDS, DOCUMENT_SECONDS = 20, 8
"""Processor time; that of a document is short, as nothing in it is decoded to pixels."""
MEMORY = 1 << 30
"""Address space of the process, in bytes: what a picture of `MEGAPIXELS` takes, twice."""
AT_ONCE, WAITING = 2, 4
"""Files worked on, and requests that wait for a place: each keeps a thread of the application, which has few."""
WAIT_SECONDS = 5
KEPT_ENVIRONMENT = ("PATH", "LANG")
"""What the process learns of us: no setting, so neither the key file nor the database."""
DOCUMENT = b"%PDF-"
APPLE = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")

UNKNOWN = _("Harus foto (JPEG, PNG, WebP) atau PDF. Isi berkas ini bukan itu, apa pun namanya.")
HEIC = _(
    "Foto HEIC dari iPhone tidak dapat dibaca di sini. Di iPhone pilih Pengaturan, Kamera, Format, Paling Kompatibel, "
    "lalu ambil lagi, atau kirim foto itu sebagai JPEG."
)
BROKEN = _("Berkas ini rusak atau tidak utuh. Kirim lagi dari sumbernya, atau ambil foto yang baru.")
WHY: dict[str, Sentence] = {
    "pixels": _("Gambar ini lebih dari {n} megapiksel. Perkecil dahulu, atau foto lagi.", n=MEGAPIXELS),
    "pages": _("PDF ini lebih dari {n} halaman. Kirim halaman yang diperlukan saja.", n=PAGES),
    "locked": _("PDF ini terkunci sandi. Simpan tanpa sandi dahulu, lalu kirim lagi."),
    "hidden": _(
        "PDF ini memuat foto dengan cara yang tidak dapat diperiksa. Cetak lagi sebagai PDF, atau pindai halamannya."
    ),
}
_places, _queue = BoundedSemaphore(AT_ONCE), BoundedSemaphore(WAITING)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that we wrote ourselves: a JPEG without anything but its picture, or a PDF in which nothing acts."""

    media_type: str
    content: bytes = field(repr=False)
    thumb: bytes | None = field(default=None, repr=False)
    """A small JPEG; None for a PDF."""

    @property
    def sha256(self) -> str:
        """The digest of the file."""
        return sha256(self.content).hexdigest()


def cleaned(content: bytes) -> Cleaned:
    """Return the file made anew; `InvalidInput` at "file" says what is wrong with it, and what to do.

    The process knows nothing of us, has limits, and never sees a second file. It takes a third of a second, a large
    picture some: call it outside of any transaction. `ServiceUnavailable` when too many wait.
    """
    if not content:
        raise InvalidInput({"file": _("Pilih berkasnya dahulu.")})
    if (refusal := _refused(content)) is not None:
        raise InvalidInput({"file": refusal})
    if len(content) > LARGEST:
        raise InvalidInput({"file": _("Berkas ini lebih dari {n} MB. Perkecil dahulu.", n=LARGEST >> 20)})
    with place():
        head, body = _asked(content)
    if "refused" in head:
        raise InvalidInput({"file": WHY.get(head["refused"], BROKEN)})
    at = head["size"]
    return Cleaned(head["media_type"], body[:at], body[at:] or None)


@contextmanager
def place() -> Iterator[None]:
    """Hold a place to work on a file; few wait for one, and not for long. Raises `ServiceUnavailable`."""
    busy = ServiceUnavailable(service=_("pemeriksa berkas"), hint=_("coba lagi sebentar lagi"))
    if not _places.acquire(blocking=False):
        if not _queue.acquire(blocking=False):
            raise busy
        try:
            if not _places.acquire(timeout=WAIT_SECONDS):
                raise busy
        finally:
            _queue.release()
    try:
        yield
    finally:
        _places.release()


def _refused(content: bytes) -> Sentence | None:
    """Tell a file by how it begins; its name and what its sender calls it count for nothing."""
    if content[4:8] == b"ftyp" and content[8:12] in APPLE:
        return HEIC
    begins = content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", DOCUMENT))
    return None if begins or (content[:4] == b"RIFF" and content[8:12] == b"WEBP") else UNKNOWN


def _asked(content: bytes) -> tuple[dict[str, Any], bytes]:
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    seconds = DOCUMENT_SECONDS if content.startswith(DOCUMENT) else SECONDS
    limits = [str(number) for number in (MEMORY, seconds, MEGAPIXELS, PAGES)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own module under our own interpreter
            [sys.executable, "-P", "-m", "caseflow.uploads.worker", *limits],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a decoder says may quote what it read
            env={**kept, "PYTHONPATH": str(package_root().parent), "PYTHONUTF8": "1"},
            cwd="/",
            timeout=SECONDS,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return {"refused": "broken"}, b""
    head, found, body = ended.stdout.partition(b"\n")
    return (json.loads(head), body) if found and ended.returncode == 0 else ({"refused": "broken"}, b"")
