"""Checkpoints as text: a C2SP tlog-checkpoint (origin, size, root) in a signed note. Pure; keys come from outside."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from caseflow.errors import BadCheckpoint, _

ED25519 = b"\x01"
BEGIN, END = "-----BEGIN CASEFLOW CHECKPOINT-----", "-----END CASEFLOW CHECKPOINT-----"
"""What stands around a checkpoint in a letter or an e-mail."""

_HASH_BYTES = 32
_KEY_ID_BYTES = 4
_DASH = "—"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_TIME = re.compile(r"time ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)")
_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its name, how many leaves, their root; `at` is when it was made, as `audit.instant`."""

    origin: str
    size: int
    root: bytes
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note: whose it says it is."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint as it was signed: `text` is what the signatures are over."""

    checkpoint: Checkpoint
    text: str
    signatures: tuple[Signature, ...]


def text_of(checkpoint: Checkpoint) -> str:
    """Return what is signed. The time is an extension line: other readers of the format pass over it."""
    lines = [checkpoint.origin, str(checkpoint.size), base64.b64encode(checkpoint.root).decode()]
    lines += [f"time {checkpoint.at}"] if checkpoint.at else []
    return "".join(f"{line}\n" for line in lines)


def note_of(text: str, signatures: Sequence[Signature]) -> str:
    """Return the note: the text, an empty line, a line for each signature."""
    lines = [f"{_DASH} {s.name} {base64.b64encode(s.key_id + s.value).decode()}\n" for s in signatures]
    return f"{text}\n{''.join(lines)}"


def enclosed(note: str) -> str:
    """Return a note with lines around it, to be found again inside other text."""
    return f"{BEGIN}\n{note}{END}\n"


def read(given: str) -> Note:
    """Read a checkpoint from its file, or from an e-mail or letter that encloses it. Raises BadCheckpoint."""
    found = given.replace("\r\n", "\n").removeprefix("\ufeff")
    if BEGIN in found:
        found = found.partition(f"{BEGIN}\n")[2].partition(END)[0]
    text, separator, below = found.rpartition("\n\n")
    if not separator:
        raise BadCheckpoint(reason=_("tidak ada tanda tangan di bawahnya"))
    text += "\n"
    return Note(_checkpoint(text), text, tuple(_signature(line) for line in below.removesuffix("\n").split("\n")))


def _checkpoint(text: str) -> Checkpoint:
    origin, *rest = text.removesuffix("\n").split("\n")
    if not origin or len(rest) < len(("size", "root")) or not all(rest):
        raise BadCheckpoint(reason=_("bukan tiga baris: nama log, jumlah entri, akar"))
    size, root, *extensions = rest
    if not _SIZE.fullmatch(size):
        raise BadCheckpoint(reason=_("jumlah entrinya bukan bilangan"))
    decoded = _decoded(root)
    if len(decoded) != _HASH_BYTES:
        raise BadCheckpoint(reason=_("akarnya bukan 32 bita"))
    times = [match[1] for line in extensions if (match := _TIME.fullmatch(line))]
    return Checkpoint(origin, int(size), decoded, times[0] if times else None)


def _signature(line: str) -> Signature:
    dash, _space, rest = line.partition(" ")
    name, _second, encoded = rest.partition(" ")
    value = _decoded(encoded)
    if dash != _DASH or not _NAME.fullmatch(name) or len(value) <= _KEY_ID_BYTES:
        raise BadCheckpoint(reason=_("baris tanda tangannya rusak"))
    return Signature(name, value[:_KEY_ID_BYTES], value[_KEY_ID_BYTES:])


def _decoded(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return value if base64.b64encode(value).decode() == text else b""


# --- keys as text ----------------------------------------------------------------------------------------------------


def key_id(name: str, public: bytes) -> bytes:
    """Return the four bytes by which a signature line says which key made it."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:_KEY_ID_BYTES]


def verifier_key(name: str, public: bytes) -> str:
    """Return a public key as people hand it over: `name+hash+key`."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def read_key(text: str) -> tuple[str, bytes]:
    """Return name and public key. Raises BadCheckpoint."""
    name, _plus, rest = text.strip().partition("+")
    hashed, _second, encoded = rest.partition("+")
    value = _decoded(encoded)
    public = value.removeprefix(ED25519)
    if (
        not _NAME.fullmatch(name)
        or value[:1] != ED25519
        or len(public) != _HASH_BYTES
        or key_id(name, public).hex() != hashed
    ):
        raise BadCheckpoint(reason=_("kunci pemeriksa itu salah tulis; bentuknya nama+8 angka heksadesimal+kunci"))
    return name, public
