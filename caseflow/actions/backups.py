"""Making a backup: everything as it was at one moment, streamed out of a database at work into a folder of files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import orjson

from caseflow import audit, crypto
from caseflow.actions import checkpoints, installation, ledgers
from caseflow.actions.admin import ROOT
from caseflow.checkpoint import Checkpoint
from caseflow.crypto import Keyring
from caseflow.errors import BadBackup
from caseflow.exchange import backup
from caseflow.exchange.backup import Manifest, Part
from caseflow.paths import why
from caseflow.settings import Settings
from caseflow.store import dump, health, log, migrate, rewrapping, tree
from caseflow.store.dump import Shape
from caseflow.store.session import Database, Session

Watch = Callable[[str, int, int], None]
"""Told, now and then, which table it is at, how many rows are done, and how many there are in all."""
_TOLD_EACH = 500


def unwatched(_table: str, _done: int, _rows: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and the older ones that went for it."""

    path: Path
    manifest: Manifest
    removed: tuple[str, ...]
    ahead: tuple[str, ...]
    """Others that lie there from a moment that has not come yet: a clock was wrong, and a restore takes them first."""


def make(database: Database, folder: Path, *, at: datetime, keep: int | None = None, watch: Watch = unwatched) -> Made:
    """Write a backup into a sub-folder of `folder`, which has its name only once it is complete.

    With `keep` the oldest complete ones go that the keys of this installation vouch for, until so many are left; never
    the one just made, whatever the clocks said. The making is an entry in the log, and so is in the backup. A database
    of an earlier schema is read as it is. Raises `BadBackup`, `Refused`.
    """
    try:
        with backup.alone(folder):
            name = backup.free_name(folder, at)
            with database.read() as session:
                current = dump.revision(session) == migrate.head()
            if current:
                _note(database, name, at=at)
            with backup.draft(folder, name) as draft, database.snapshot() as session:
                manifest = _write(session, draft, name, at=at, watch=watch)
            others = _lying(folder, manifest, database.keys)
            removed = _prune(others, keep)
            ahead = tuple(p.name for p, said in others if said.moment > at and p.name not in removed)
            return Made(folder / name, manifest, removed, ahead)
    except OSError as problem:
        raise BadBackup(name=folder, reason=why(problem)) from problem


def newest(folder: Path, origin: str, keys: Keyring) -> tuple[Manifest | None, tuple[str, ...]]:
    """Return the newest complete backup of an installation, by the name of its log, that its keys vouch for.

    With it: the names of the newer ones that nobody vouches for. No restore takes those.
    """
    doubtful: list[str] = []
    for path, manifest in reversed(backup.complete(folder)):
        if manifest.origin == origin:
            if crypto.is_vouched(keys, manifest.said, backup.read(path)[1]):
                return manifest, tuple(doubtful)
            doubtful.append(path.name)
    return None, tuple(doubtful)


def before_upgrade(given: Settings, *, at: datetime, watch: Watch = unwatched) -> Made | None:
    """Back up a database whose schema is about to change, as it is; None where there is nothing to lose.

    Raises `BadKeyFile` where somebody's data lies there and the key file is gone: such a backup opens nothing.
    """
    url = given.database_direct_url
    if given.is_sqlite and not Path(url.removeprefix("sqlite:///")).exists():
        return None
    nobody = crypto.keyring_of(bytes(crypto.KEY_BYTES))  # opens nothing: only looks whether anybody has worked here
    looking = Database(url, nobody, given, {})
    try:
        with looking.read() as session:
            stale = dump.revision(session) != migrate.head() and dump.holds_data(session)
    finally:
        looking.close()
    if not stale:
        return None
    installation.require_key(given)
    database = Database(url, crypto.load_or_create(given.secret_key_file), given, {})
    try:
        return make(database, given.backup_dir, at=at, watch=watch)
    finally:
        database.close()


def _note(database: Database, name: str, *, at: datetime) -> None:
    with database.write() as session:
        log.note_access(session, "log:backup:made", actor=ROOT.user_id, at=at, data={"backup": name})
    waited = 1
    while waited:
        with database.write() as session:
            waited = checkpoints.sequence(session)


def _write(session: Session, draft: Path, name: str, *, at: datetime, watch: Watch) -> Manifest:
    dump.read_only(session)
    shapes = dump.shapes(session)
    counted = {shape.name: dump.count(session, shape) for shape in shapes}
    rows, done = sum(counted.values()), 0
    parts: list[Part] = []
    for shape in shapes:
        lines = _watched(dump.lines(session, shape), shape, done, rows, watch)
        parts.append(backup.write_table(draft, shape.name, tuple(shape.columns), lines))
        done += parts[-1].rows
    gone = ledgers.gone_of(session)
    content = orjson.dumps(ledgers.as_lines(gone), option=orjson.OPT_INDENT_2) + b"\n"
    parts.append(backup.write_file(draft, backup.ERASED, content, rows=len(gone)))
    placed = tree.size(session) if "log_leaf" in counted else 0
    manifest = Manifest(
        name=name,
        product=version("caseflow"),
        revision=dump.revision(session) or "",
        origin=checkpoints.origin_of(session.settings),
        database=health.version(session),
        made_at=audit.instant(at),
        keys=_keys_needed(session),
        log_size=placed,
        checkpoint=_head(session, placed, at=at) if placed else None,
        parts=tuple(parts),
    )
    backup.write_manifest(draft, manifest, crypto.vouch(session.keys, manifest.said))
    return manifest


def _watched(lines: Iterator[bytes], shape: Shape, done: int, rows: int, watch: Watch) -> Iterator[bytes]:
    number = 0
    for number, line in enumerate(lines, start=1):
        yield line
        if number % _TOLD_EACH == 0:
            watch(shape.name, done + number, rows)
    if number:
        watch(shape.name, done + number, rows)


def _keys_needed(session: Session) -> tuple[str, ...]:
    """Return the newest key, by which people are found, and those that subjects still lie under."""
    there = rewrapping.by_key(session)
    newest, *earlier = session.keys.present.names
    return (newest, *(name for name in earlier if name in there))


def _head(session: Session, size: int, *, at: datetime) -> str:
    """Sign the head of the log as it is in this backup: a restored log is held against it."""
    root = tree.root_at(session, size)
    return checkpoints.signed(
        session, Checkpoint(checkpoints.origin_of(session.settings), size, root, audit.instant(at))
    )


def _lying(folder: Path, made: Manifest, keys: Keyring) -> list[tuple[Path, Manifest]]:
    """Return the other complete backups of this installation in a folder, as far as its keys vouch for them."""
    return [
        (path, manifest)
        for path, manifest in backup.complete(folder)
        if manifest.origin == made.origin
        and path.name != made.name
        and crypto.is_vouched(keys, manifest.said, backup.read(path)[1])
    ]


def _prune(others: list[tuple[Path, Manifest]], keep: int | None) -> tuple[str, ...]:
    """Remove the oldest of the others, so that with the one just made so many are left."""
    if keep is None:
        return ()
    going = [path for path, _manifest in others[: max(0, len(others) + 1 - max(keep, 1))]]
    for path in going:
        backup.remove(path)
    return tuple(path.name for path in going)
