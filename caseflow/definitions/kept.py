"""What an office's own files said last without a mistake: a running program goes on with that, and says so once.

Files that are gone (a disk that is no longer mounted) are no word of the office either: until the next start the last
good version counts.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from caseflow.errors import BrokenDefinition

T = TypeVar("T")
_log = logging.getLogger(__name__)
_good: dict[tuple[str, Path | None], Any] = {}
_own: dict[tuple[str, Path | None], frozenset[Path]] = {}
_stale: dict[tuple[str, Path | None], "Stale"] = {}


@dataclass(frozen=True, slots=True)
class Stale:
    """A list of which the last good version counts, and since when this program knows."""

    what: str
    files: tuple[Path, ...]
    gone: bool
    """They are not there any more; else what they say is wrong."""
    why: str
    since: datetime


def keep(what: str, folder: Path | None, found: T, own: Iterable[Path]) -> T:
    """Remember what was read, unless files of the office's `own` are gone that were there before; return it."""
    there = frozenset(own)
    if gone := _own.get((what, folder), frozenset()) - there:
        why = f"gone until the next start: {', '.join(map(str, sorted(gone)))}"
        _tell(what, folder, why, files=gone, gone=True)
        return found
    _good[what, folder], _own[what, folder] = found, there
    _stale.pop((what, folder), None)
    return found


def or_last(what: str, folder: Path | None, read: Callable[[Path | None], T]) -> T:
    """Read what `keep` remembers, and return what was good last; raises `BrokenDefinition` where nothing ever was.

    Whoever starts the program or looks for mistakes reads strictly: a page is not the place to learn of them.
    """
    try:
        read(folder)
    except (BrokenDefinition, OSError) as broken:
        if (what, folder) not in _good:
            raise
        _tell(what, folder, str(broken), files=_own[what, folder], gone=False)
    return cast("T", _good[what, folder])


def stale(folder: Path | None) -> tuple[Stale, ...]:
    """Return the lists of an office's folder that were gone or wrong when they were last asked for."""
    now = _stale.copy()  # at once: another thread reads a list meanwhile
    return tuple(each for (_what, where), each in now.items() if where == folder)


def _tell(what: str, folder: Path | None, why: str, *, files: Iterable[Path], gone: bool) -> None:
    before = _stale.get((what, folder))
    if before is None or before.why != why:
        _log.warning("the last good version of %s counts: %s", what, why)
        since = before.since if before else datetime.now(UTC)
        _stale[what, folder] = Stale(what, tuple(sorted(files)), gone, why, since)
