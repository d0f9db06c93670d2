"""A backup as a folder of files: a part for each table, the list of the erased, and a manifest that vouches for all."""

import fcntl
import gzip
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from caseflow.errors import BadBackup, Refused, _
from caseflow.paths import why

FORMAT = "caseflow-backup-1"
MANIFEST = "manifest.json"
ERASED = "erased.json"
NAME = re.compile(r"caseflow-[0-9]{8}T[0-9]{6}Z(-[0-9]+)?")
LOCK = ".caseflow-backup.lock"
_COMPRESSION = 3
"""Nearly everything is sealed, and what is sealed does not compress: more effort buys nothing."""
_READ_BYTES = 1 << 20
_CANONICAL = orjson.OPT_SORT_KEYS


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup; `table` is empty for what is no table."""

    file: str
    table: str
    columns: tuple[str, ...]
    rows: int
    bytes: int
    sha256: str

    def __post_init__(self) -> None:
        if Path(self.file).name != self.file:
            raise ValueError(self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself; `keys` are fingerprints of the keys it needs, `checkpoint` is the signed head."""

    name: str
    format: str = FORMAT
    product: str
    revision: str
    origin: str
    database: str
    made_at: str
    keys: tuple[str, ...]
    log_size: int
    checkpoint: str | None
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        if self.moment.tzinfo is None:
            raise ValueError(self.made_at)

    @property
    def moment(self) -> datetime:
        """When it was begun: everything in it is as it was then."""
        return datetime.fromisoformat(self.made_at)

    @property
    def tables(self) -> tuple[Part, ...]:
        """The parts that are tables, in the order they are put back."""
        return tuple(part for part in self.parts if part.table)

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(part.rows for part in self.tables)

    @property
    def said(self) -> bytes:
        """What is vouched for."""
        return orjson.dumps(asdict(self), option=_CANONICAL)


# --- writing ---------------------------------------------------------------------------------------------------------


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time write into the folder, which is made for its owner alone; `Refused` for a second."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(reason=_("Cadangan lain sedang dibuat atau dipulihkan di {path}.", path=folder)) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def draft(folder: Path, name: str) -> Iterator[Path]:
    """Yield a folder that takes its name only once everything in it is on the disk; what a crash left goes first."""
    for left in folder.glob(".caseflow-*.partial"):
        shutil.rmtree(left)
    made = folder / f".{name}.partial"
    made.mkdir(mode=0o700)
    try:
        yield made
        _sync(made)
        made.rename(folder / name)
        _sync(folder)
    finally:
        if made.exists():
            shutil.rmtree(made)


def free_name(folder: Path, at: datetime) -> str:
    """Return a name for a backup begun at a moment, in UTC."""
    first = _name_at(at)
    names = (first, *(f"{first}-{n}" for n in range(2, 100)))
    return next(name for name in names if not (folder / name).exists())


def _name_at(at: datetime) -> str:
    return f"caseflow-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


class _Counted:
    """A file that keeps the digest and the number of the bytes written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest, self.size = file, hashlib.sha256(), 0

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        self.size += len(content)
        return self.file.write(content)

    def flush(self) -> None:
        self.file.flush()


def write_table(folder: Path, table: str, columns: Sequence[str], lines: Iterable[bytes]) -> Part:
    """Write a table, compressed, and have it on the disk."""
    rows = 0
    with _created(folder / f"{table}.jsonl.gz") as file:
        counted = _Counted(file)
        with gzip.GzipFile("", "wb", _COMPRESSION, fileobj=counted, mtime=0) as packed:
            for line in lines:
                packed.write(line)
                rows += 1
    return Part(f"{table}.jsonl.gz", table, tuple(columns), rows, counted.size, counted.digest.hexdigest())


def write_file(folder: Path, name: str, content: bytes, *, rows: int = 0) -> Part:
    """Write a small file whole and have it on the disk."""
    with _created(folder / name) as file:
        file.write(content)
    return Part(name, "", (), rows, len(content), hashlib.sha256(content).hexdigest())


def write_manifest(folder: Path, manifest: Manifest, vouched: str) -> None:
    """Write what makes the folder a backup; `vouched` is the code over `manifest.said`."""
    content = {"manifest": asdict(manifest), "vouched": vouched}
    write_file(folder, MANIFEST, orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")


@contextmanager
def _created(path: Path) -> Iterator[BinaryIO]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- what lies there -------------------------------------------------------------------------------------------------


def named(folder: Path) -> Path:
    """Return the backup a folder is, or the newest complete one in it. Raises `BadBackup`."""
    if (folder / MANIFEST).is_file():
        return folder
    if not (found := complete(folder)):
        raise BadBackup(name=folder, reason=_("tidak ada cadangan yang lengkap di situ"))
    return found[-1][0]


def complete(folder: Path) -> list[tuple[Path, Manifest]]:
    """Return the complete backups in a folder, the oldest first; one whose manifest is damaged is none."""
    found = [(path, manifest) for path, manifest in _lying(folder) if manifest is not None]
    return sorted(found, key=lambda each: (each[1].moment, each[0].name))


def damaged(folder: Path, *, since: datetime) -> list[Path]:
    """Return what has the name of a backup from after a moment in a folder and is none any more."""
    least = _name_at(since)
    return [path for path, manifest in _lying(folder) if manifest is None and path.name >= least]


def _lying(folder: Path) -> Iterator[tuple[Path, Manifest | None]]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if NAME.fullmatch(path.name):
            try:
                yield path, read(path)[0]
            except BadBackup:
                yield path, None


def read(path: Path) -> tuple[Manifest, str]:
    """Return the manifest of a backup, and the code that vouches for it. Raises `BadBackup`."""
    try:
        content = orjson.loads((path / MANIFEST).read_bytes())
        said: Mapping[str, Any] = content["manifest"]
        if said["format"] != FORMAT:
            raise BadBackup(
                name=path.name, reason=_("bentuknya {format} tidak dikenal versi ini", format=said["format"])
            )
        parts = tuple(Part(**{**part, "columns": tuple(part["columns"])}) for part in said["parts"])
        manifest = Manifest(**{**said, "keys": tuple(said["keys"]), "parts": parts})
        vouched = str(content["vouched"])
    except OSError as problem:
        raise BadBackup(name=path.name, reason=why(problem)) from problem
    except (ValueError, TypeError, KeyError) as problem:
        raise BadBackup(name=path.name, reason=_("manifesnya rusak")) from problem
    return manifest, vouched


def check(path: Path, part: Part) -> None:
    """Raise `BadBackup` unless a part is what the manifest says, byte for byte."""
    digest = hashlib.sha256()
    try:
        with (path / part.file).open("rb") as file:
            while content := file.read(_READ_BYTES):
                digest.update(content)
    except OSError as problem:
        raise BadBackup(name=path.name, reason=_("{path}: {why}", path=part.file, why=why(problem))) from problem
    if digest.hexdigest() != part.sha256:
        raise BadBackup(name=path.name, reason=_("{file} rusak atau diubah", file=part.file))


def rows(path: Path, part: Part) -> Iterator[bytes]:
    """Yield the lines of a table."""
    with gzip.open(path / part.file, "rb") as file:
        yield from file


def small(path: Path, part: Part) -> bytes:
    """Return a part that is no table, checked. Raises `BadBackup`."""
    check(path, part)
    return (path / part.file).read_bytes()


def remove(path: Path) -> None:
    """Remove a backup; cut off in the middle it is a backup no more."""
    (path / MANIFEST).unlink()
    shutil.rmtree(path)
