"""The master keys: a new one, everything moved under it while the installation works, the old one taken away."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import sleep

from caseflow import checkpoint, crypto
from caseflow.actions import backups, checkpoints, ledgers
from caseflow.actions.admin import ROOT
from caseflow.errors import BadKeyFile, Busy, Refused, _
from caseflow.exchange import keyfile
from caseflow.paths import why
from caseflow.settings import Settings
from caseflow.store import checkpoints as rows
from caseflow.store import log, rewrapping, waiting
from caseflow.store.session import Database, Session

Watch = Callable[[int, int], None]
"""Told how many subjects are moved, and how many there are in all."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Rotated:
    """Where a rotation stands: the newest key, those that open nothing any more, whom this call moved."""

    newest: str
    removable: tuple[str, ...]
    moved: int
    answers: int
    """Answers for repeated requests that still lie under an earlier key; they go within a day."""


@dataclass(frozen=True, slots=True)
class Held:
    """A key of the key file, and how many subjects lie under it."""

    name: str
    newest: bool
    subjects: int


def rotate(database: Database, *, at: datetime, watch: Watch = lambda _done, _all: None) -> Rotated:
    """Give the installation a new master key and move everything under it; other processes go on working meanwhile.

    Cut off at any point it goes on at the next call. While the file still holds an earlier key no other is made: a call
    then only finishes what was begun, or raises `Refused` where nothing was, as after an old key was brought back.
    Raises `BadKeyFile`, and `Busy` while a transaction from before does not end.
    """
    path = database.settings.secret_key_file
    with _alone(path):
        masters = crypto.masters_in(path)
        with database.read() as session:
            _require_all_known(session, path)
            if len(masters) > 1 and rewrapping.by_key(session) and not rewrapping.left(session):
                _newest, *earlier = session.keys.present.names
                raise Refused(
                    reason=_(
                        "Tidak ada kunci baru yang dibuat: berkas kunci masih memuat kunci lama {names}, dan tidak ada "
                        "data di bawahnya. Buang dahulu dengan caseflow keys retire, lalu ulangi.",
                        names=", ".join(earlier),
                    )
                )
        if len(masters) == 1:
            crypto.write_masters(path, (secrets.token_bytes(crypto.KEY_BYTES), *masters))
        _announce(database, at=at)
        waiting.for_earlier(database.settings.database_direct_url)
        moved = _move_all(database, watch)
        with database.read() as session:
            left, answers = rewrapping.left(session), rewrapping.answers_left(session)
            newest, *earlier = session.keys.present.names
        return Rotated(newest, () if left else tuple(earlier), moved, answers)


def _require_all_known(session: Session, path: Path) -> None:
    """Two machines with a key file each must not both make a new key: a key in use that is not here is named."""
    there = rewrapping.by_key(session).keys() - set(session.keys.present.names)
    if there:
        names = ", ".join(sorted(there))
        raise BadKeyFile(path=path, reason=_("data tersimpan di bawah kunci lain ({names}).", names=names))


def _announce(database: Database, *, at: datetime) -> None:
    """Say in the log that the key changed, under a checkpoint that both keys sign; once for each new key."""
    with database.write() as session:
        newest = session.keys.present.names[0]
        cause = f"rotation:{newest}"
        if rows.has_cause(session, cause):
            return
        origin = checkpoints.origin_of(session.settings)
        public = [checkpoint.verifier_key(origin, key) for key in crypto.log_keys(session.keys)]
        data = {"key": newest, "verifier": public[0], "before": public[-1]}
        log.note_access(session, "log:key:changed", actor=ROOT.user_id, at=at, data=data)
        checkpoints.sequence_all(session)
        checkpoints.make(session, cause_key=cause, at=at)
        ledgers.leave(session, cause, at=at)  # the list outside, too, is vouched for by the new key from now on


def _move_all(database: Database, watch: Watch) -> int:
    """Move subject by subject, some in each transaction, until none is left: what is added meanwhile as well."""
    with database.read() as session:
        total = rewrapping.left(session)
    moved, after = 0, ""
    while True:
        last, some = _move_some(database, after)
        moved += some
        watch(moved, max(total, moved))
        if last is None and not after:
            return moved
        after = last or ""


def _move_some(database: Database, after: str) -> tuple[str | None, int]:
    """Move one chunk; one that met a deadlock with people at work is tried again."""
    for _try in range(_TRIES):
        try:
            with database.write() as session:
                return rewrapping.move(session, after=after)
        except Busy:
            sleep(0.2)
    raise Busy


# --- looking, taking away --------------------------------------------------------------------------------------------


def held(database: Database) -> list[Held]:
    """Return the keys of the key file, the newest first, and any that subjects lie under and the file lacks."""
    with database.read() as session:
        counted = rewrapping.by_key(session)
        names = session.keys.present.names
    there = [Held(name, name == names[0], counted.pop(name, 0)) for name in names]
    return [*there, *(Held(name, newest=False, subjects=n) for name, n in counted.items())]


def retire(database: Database, *, at: datetime, without_backup: bool = False) -> tuple[str, ...]:
    """Take the earlier keys out of the key file; return their names.

    Raises `Refused` while something lies under one of them, or no backup would open with what is left (unless
    `without_backup`). Backups from before need them for ever.
    """
    path = database.settings.secret_key_file
    with _alone(path):
        masters = crypto.masters_in(path)
        safe = without_backup or _backed_up(database)
        with database.write() as session:
            _newest, *earlier = session.keys.present.names
            if not earlier:
                raise Refused(reason=_("Berkas kunci hanya memuat satu kunci."))
            if rewrapping.left(session):
                raise Refused(reason=_("Masih ada data di bawah kunci lama. Jalankan dahulu: caseflow keys rotate"))
            if rewrapping.answers_left(session):
                raise Refused(
                    reason=_("Jawaban untuk permintaan yang diulang masih memakai kunci lama. Coba lagi besok.")
                )
            if not safe:
                raise Refused(
                    reason=_(
                        "Belum ada cadangan lengkap dari sesudah pergantian kunci di {path}: yang lebih lama hanya "
                        "terbuka dengan kunci lama {names}, untuk selamanya. Simpan dahulu salinan kunci itu (caseflow "
                        "keys export FILE), lalu buat cadangan (caseflow backup); tanpa cadangan baru: --yes.",
                        path=database.settings.backup_dir,
                        names=", ".join(earlier),
                    )
                )
            data = {"keys": ", ".join(earlier)}
            log.note_access(session, "log:key:retired", actor=ROOT.user_id, at=at, data=data)
        crypto.write_masters(path, masters[:1])
    return tuple(earlier)


def _backed_up(database: Database) -> bool:
    """Tell whether the backup that a restore would take needs no key but the newest."""
    given, keys = database.settings, database.keys
    newest, _doubtful = backups.newest(given.backup_dir, checkpoints.origin_of(given), keys)
    return newest is not None and newest.keys == keys.present.names[:1]


# --- under a passphrase ----------------------------------------------------------------------------------------------


def export(given: Settings, path: Path, passphrase: str) -> tuple[str, ...]:
    """Write the keys under a passphrase into a new file; return their names. Raises `Refused`, `BadKeyFile`."""
    masters = crypto.masters_in(given.secret_key_file)
    keyfile.write(path, keyfile.wrapped(masters, passphrase))
    return crypto.keyring_of(*masters).known.names


def bring_back(given: Settings, path: Path, passphrase: str) -> tuple[str, ...]:
    """Put exported keys into the key file, behind those that are there; return the names of the new ones."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise Refused(reason=_("{path}: {why}", path=path, why=why(problem))) from problem
    brought = keyfile.unwrapped(content, passphrase)
    target = given.secret_key_file
    with _alone(target):
        there = crypto.masters_in(target) if target.exists() else ()
        new = tuple(master for master in brought if master not in there)
        if new:
            crypto.write_masters(target, (*there, *new))
    return crypto.keyring_of(*new).known.names if new else ()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time change the key file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as refused:
        raise BadKeyFile(path=path, reason=_("{why}.", why=why(refused))) from refused
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(reason=_("Berkas kunci sedang diubah proses lain.")) from None
        yield
    finally:
        os.close(handle)
