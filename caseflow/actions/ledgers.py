"""The list of who was erased, where a restore finds it: in each backup, and in the folder outside this machine."""

import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from caseflow import audit, crypto
from caseflow.actions import checkpoints
from caseflow.actions.erasing import ErasedBefore
from caseflow.crypto import Keyring
from caseflow.errors import BadBackup, MessageNotSent, _
from caseflow.exchange import backup
from caseflow.exchange.backup import Manifest
from caseflow.paths import why
from caseflow.settings import Settings
from caseflow.store import erasures, jobs
from caseflow.store.session import Session

JOB = "erasure.ledger"
FORMAT = "caseflow-erased-1"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A list that was found, and where; `until` is the moment up to which it is whole."""

    source: str
    until: datetime
    gone: tuple[ErasedBefore, ...]


def gone_of(session: Session) -> tuple[ErasedBefore, ...]:
    """Return everybody who was erased, and when."""
    return tuple(ErasedBefore(row.id, row.destroyed_at) for row in erasures.ledger(session))


def as_lines(gone: Iterable[ErasedBefore]) -> list[dict[str, str]]:
    """Return a list as it stands in a file."""
    return [{"subject": each.subject, "erased_at": each.erased_at.isoformat()} for each in gone]


def from_lines(lines: Sequence[Any]) -> tuple[ErasedBefore, ...]:
    """Return a list from its file. Raises ValueError, TypeError or KeyError where it is none."""
    return tuple(ErasedBefore(str(line["subject"]), datetime.fromisoformat(line["erased_at"])) for line in lines)


# --- outside this machine --------------------------------------------------------------------------------------------


def file_name(settings: Settings) -> str:
    """Return what the list is called in the folder outside."""
    return f"{urlsplit(settings.public_url).hostname}.erased.json"


def leave(session: Session, cause: str, *, at: datetime) -> None:
    """Have the list brought outside, in the transaction of an erasure: the machine may be gone tomorrow."""
    if session.settings.checkpoint_dir is not None:
        key = f"{JOB}:{cause}"
        jobs.enqueue(session, kind=JOB, key=key, payload={}, run_at=at, at=at)


def bring_outside(session: Session, *, at: datetime) -> None:
    """Replace the list in the folder outside by that of now.

    Raises `MessageNotSent` where the folder is away, and where a list stands that cannot be read or that nobody vouches
    for: it may be the only one that knows of somebody.
    """
    folder = session.settings.checkpoint_dir
    if folder is None:
        return
    path = folder / file_name(session.settings)
    # What stands there already stays: after a restore this database may not know of everybody in it.
    there = _outside(path, session.keys)
    if not there and path.exists():
        raise MessageNotSent(
            channel=JOB,
            reason=_(
                "daftar di {path} tidak terbaca atau diubah, jadi tidak ditimpa. Simpan berkas itu di tempat lain, "
                "cari salinannya yang utuh, lalu: caseflow jobs retry --kind {job}",
                path=path,
                job=JOB,
            ),
        )
    gone = together([*there, Ledger("", at, gone_of(session))])
    said = {"format": FORMAT, "made_at": audit.instant(at), "erased": as_lines(gone)}
    vouched = crypto.vouch(session.keys, _canonical(said))
    content = orjson.dumps({"ledger": said, "vouched": vouched}, option=orjson.OPT_INDENT_2)
    # A share that is not mounted is an empty place of this very machine: made here, it would look like a copy outside.
    if not folder.is_dir():
        raise MessageNotSent(channel=JOB, reason=_("folder {path} tidak ada", path=folder))
    draft = folder / f".{path.name}.{secrets.token_hex(4)}"
    try:
        with draft.open("xb") as file:
            file.write(content + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as problem:
        draft.unlink(missing_ok=True)
        raise MessageNotSent(channel=JOB, reason=_("{path}: {why}", path=folder, why=why(problem))) from problem


def _canonical(said: Any) -> bytes:  # noqa: ANN401 - JSON
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


# --- for a restore ---------------------------------------------------------------------------------------------------


def lying_around(
    settings: Settings, keys: Keyring, folders: Iterable[Path], *, since: datetime
) -> tuple[list[Ledger], list[str]]:
    """Return the lists that lie beside backups or outside, and where one from after `since` lies that nobody can take.

    Taken is what this installation's keys vouch for. A list from before `since` says nothing that a backup of that
    moment does not say itself, and backups of other installations may lie in the same folder.
    """
    found: list[Ledger] = []
    unread: list[str] = []
    for folder in dict.fromkeys(folders):
        unread += [str(path) for path in backup.damaged(folder, since=since)]
        for path, manifest in backup.complete(folder):
            ledger = _of_backup(path, manifest, keys)
            if ledger is not None:
                found.append(ledger)
            elif manifest.moment >= since and _is_ours(manifest, settings, keys):
                unread.append(str(path))
    if settings.checkpoint_dir is not None:
        outside = settings.checkpoint_dir / file_name(settings)
        there = _outside(outside, keys)
        found += there
        # In a folder that is there, no list means that nobody was erased; one that is not mounted says nothing.
        if not there and (outside.exists() or not settings.checkpoint_dir.is_dir()):
            unread.append(str(outside))
    return found, unread


def _is_ours(manifest: Manifest, settings: Settings, keys: Keyring) -> bool:
    return manifest.origin == checkpoints.origin_of(settings) or not set(keys.known.names).isdisjoint(manifest.keys)


def _of_backup(path: Path, manifest: Manifest, keys: Keyring) -> Ledger | None:
    """Return the list in a backup; None where nobody vouches for it, or it is damaged."""
    parts = [part for part in manifest.parts if part.file == backup.ERASED]
    try:
        if not parts or not crypto.is_vouched(keys, manifest.said, backup.read(path)[1]):
            return None
        gone = from_lines(orjson.loads(backup.small(path, parts[0])))
    except BadBackup:
        return None
    return Ledger(str(path / backup.ERASED), manifest.moment, gone)


def _outside(path: Path, keys: Keyring) -> list[Ledger]:
    try:
        content = orjson.loads(path.read_bytes())
        said = content["ledger"]
        if said["format"] == FORMAT and crypto.is_vouched(keys, _canonical(said), content["vouched"]):
            return [Ledger(str(path), datetime.fromisoformat(said["made_at"]), from_lines(said["erased"]))]
    except (OSError, ValueError, TypeError, KeyError):
        return []
    return []


def together(found: Iterable[Ledger]) -> tuple[ErasedBefore, ...]:
    """Return who stands in any of the lists, with the earliest moment said."""
    first: dict[str, ErasedBefore] = {}
    for each in (line for ledger in found for line in ledger.gone):
        if each.subject not in first or each.erased_at < first[each.subject].erased_at:
            first[each.subject] = each
    return tuple(sorted(first.values(), key=lambda each: (each.erased_at, each.subject)))
