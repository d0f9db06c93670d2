"""Restoring a backup: put together beside the database in use, checked, and only then in its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from caseflow import checkpoint, crypto
from caseflow.actions import erasing, ledgers, proofs, trail
from caseflow.actions.admin import ROOT
from caseflow.actions.backups import Watch, unwatched
from caseflow.actions.erasing import ErasedBefore, Reapplied
from caseflow.actions.ledgers import Ledger
from caseflow.crypto import Keyring
from caseflow.errors import AuditBroken, BadBackup, BadKeyFile, Refused, Sentence, _
from caseflow.exchange import backup
from caseflow.exchange.backup import Manifest
from caseflow.settings import Settings
from caseflow.states.category import Category
from caseflow.store import dump, health, jobs, log, migrate, staging
from caseflow.store.session import Database, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did; `faults` are what the log of the backup said of itself before anything was changed."""

    name: str
    manifest: Manifest
    faults: tuple[Sentence, ...]
    erased: Reapplied
    ledgers: tuple[Ledger, ...]
    unread: tuple[str, ...]
    """Where lists of the erased were that could not be read: who stands only there is back."""
    leases: int
    kept: str | None
    """Where the database is now that was there before."""


def restore(  # noqa: PLR0913 - each is a switch of the command
    given: Settings,
    folder: Path,
    known: Mapping[str, Category],
    *,
    at: datetime,
    replace: bool = False,
    broken_log: bool = False,
    without_lists: bool = False,
    erased: tuple[ErasedBefore, ...] = (),
    watch: Watch = unwatched,
) -> Restored:
    """Put a backup, or the newest complete one of a folder, in the place of the database the settings name.

    Until the last moment that database stays as it is, and whatever ends this before leaves it so. `erased` is a list
    somebody brings along; those that lie beside the backups, in the folder outside and in the database that is replaced
    are taken anyway. `known` are the categories, by code.

    Raises `Refused` for a database that somebody has worked in, unless `replace`, and for a list of the erased that
    cannot be read, unless `without_lists`; `BadBackup`, `BadKeyFile` which
    names the keys that are missing; `AuditBroken` for a log that does not hold, unless `broken_log`.
    """
    path = backup.named(folder)
    manifest, vouched = backup.read(path)
    keys = _keys(given, manifest, vouched)
    url = given.database_direct_url
    with backup.alone(given.data_dir):
        staging.require_free(url)
        there = _there(given, keys, at)
        if there.occupied and not replace:
            raise Refused(
                reason=_(
                    "Basis data tujuan sudah berisi. Dengan --replace cadangan menggantikannya; yang lama disimpan."
                )
            )
        for part in manifest.parts:
            backup.check(path, part)
        folders = [path.parent, given.backup_dir]
        lying, missed = ledgers.lying_around(given, keys, folders, since=manifest.moment)
        unread = (*missed, *there.unread)
        found = (*lying, *there.gone, *_brought(erased, at))
        if unread and not without_lists:
            raise Refused(
                reason=_(
                    "Daftar orang yang dihapus tidak terbaca: {names}. Yang hanya tercatat di situ akan hidup lagi. "
                    "Perbaiki, atau pulihkan tanpanya dengan --without-lists.",
                    names=", ".join(unread),
                )
            )
        staged = Database(staging.prepare(url), keys, given, known)
        try:
            try:
                done = _put_together(staged, path, manifest, found, at=at, broken_log=broken_log, watch=watch)
            finally:
                staged.close()
            aside = f"before_{at.astimezone(UTC):%Y%m%dt%H%M%Sz}" if there.occupied else None
            kept = staging.take_place(url, aside=f"caseflow_{aside}" if aside and not given.is_sqlite else aside)
        except BaseException:
            staging.abandon(url)
            raise
    return Restored(
        name=path.name,
        manifest=manifest,
        faults=done.faults,
        erased=done.erased,
        leases=done.leases,
        ledgers=found,
        unread=unread,
        kept=kept,
    )


# --- before anything is touched --------------------------------------------------------------------------------------


def _keys(given: Settings, manifest: Manifest, vouched: str) -> Keyring:
    """Return the keys of the installation, which must be those of the backup: none is made here."""
    path = given.secret_key_file
    if not path.exists():
        wanted = ", ".join(manifest.keys)
        raise BadKeyFile(
            path=path, reason=_("berkasnya tidak ada; cadangan ini memerlukan kunci {wanted}.", wanted=wanted)
        )
    keys = crypto.load_or_create(path)
    if lacking := set(manifest.keys) - set(keys.present.names):
        names = ", ".join(sorted(lacking))
        raise BadKeyFile(path=path, reason=_("kunci {names} yang diperlukan cadangan ini tidak ada.", names=names))
    if not crypto.is_vouched(keys, manifest.said, vouched):
        raise BadBackup(name=manifest.name, reason=_("manifesnya diubah, atau dibuat tanpa kunci instalasi ini"))
    if not migrate.is_known(manifest.revision):
        raise BadBackup(
            name=manifest.name,
            reason=_("skemanya {revision} dari versi caseflow yang lebih baru", revision=manifest.revision),
        )
    return keys


@dataclass(frozen=True, slots=True)
class _There:
    """The database that is to be replaced: whether somebody has worked in it, and whom it knows to be erased."""

    occupied: bool
    gone: tuple[Ledger, ...] = ()
    unread: tuple[str, ...] = ()


def _there(given: Settings, keys: Keyring, at: datetime) -> _There:
    if given.is_sqlite and not Path(given.database_url.removeprefix("sqlite:///")).exists():
        return _There(occupied=False)
    database = Database(given.database_direct_url, keys, given, {})
    try:
        occupied, rows = staging.replaced(database)
    finally:
        database.close()
    if rows is None:
        return _There(occupied, unread=(_place(given),))
    gone = tuple(ErasedBefore(row.id, row.destroyed_at) for row in rows)
    return _There(occupied, (Ledger("database", at, gone),) if occupied else ())


def _place(given: Settings) -> str:
    """Name the database, without a password."""
    return given.database_url.removeprefix("sqlite:///") if given.is_sqlite else "postgresql"


def _brought(erased: tuple[ErasedBefore, ...], at: datetime) -> tuple[Ledger, ...]:
    return (Ledger("-", at, erased),) if erased else ()


# --- beside the database in use --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Done:
    faults: tuple[Sentence, ...]
    erased: Reapplied
    leases: int


def _put_together(
    staged: Database,
    path: Path,
    manifest: Manifest,
    found: tuple[Ledger, ...],
    *,
    at: datetime,
    broken_log: bool,
    watch: Watch,
) -> _Done:
    migrate.upgrade(staged.url, to=manifest.revision)
    _load(staged, path, manifest, watch)
    if manifest.revision != migrate.head():
        health.upgrade(staged.url, lambda: staged.keys)
    with staged.snapshot() as session:
        faults = tuple(_faults(session, manifest))
    if faults and not broken_log:
        raise AuditBroken(what=faults[0])
    with staged.write() as session:
        leases = jobs.free_leases(session)
        data = {"backup": manifest.name, "made_at": manifest.made_at}
        log.note_access(session, "log:backup:restored", actor=ROOT.user_id, at=at, data=data)
    with staged.write() as session:
        erased = erasing.reapply(session, ledgers.together(found), by=ROOT, at=at)
    return _Done(faults, erased, leases)


def _load(staged: Database, path: Path, manifest: Manifest, watch: Watch) -> None:
    """Insert every row, a transaction a table, and count them: nobody looks at this database before it is complete."""
    with staged.read() as session:
        shapes = {shape.name: shape for shape in dump.shapes(session)}
    parts = {part.table: part for part in manifest.tables}
    if shapes.keys() != parts.keys():
        raise BadBackup(name=manifest.name, reason=_("tabelnya bukan tabel skema {n}", n=manifest.revision))
    done = 0
    for name, shape in shapes.items():
        part = parts[name]
        with staged.write() as session:
            for inserted in dump.load(session, shape, part.columns, backup.rows(path, part)):
                done += inserted
                watch(name, done, manifest.rows)
            if dump.count(session, shape) != part.rows:
                raise BadBackup(name=manifest.name, reason=_("jumlah baris {table} tidak cocok", table=name))


def _faults(session: Session, manifest: Manifest) -> Iterator[Sentence]:
    """Check the log as it came back: every chain and row, the tree, and the head the backup was signed with."""
    result = trail.verify(session)
    for fault in result.faults:
        yield _("entri {id}: {reason}", id=fault.broken.id or fault.broken.row or "-", reason=fault.reason)
    for name in result.triggers:
        yield _("Trigger pelindung log hilang atau dimatikan: {names}.", names=name)
    outside = checkpoint.read(manifest.checkpoint) if manifest.checkpoint else None
    for wrong in proofs.verify(session, outside=outside).faults:
        yield wrong.sentence
