"""What an office's own files said last without a mistake: a running program goes on with that, and says so once.

Files that are gone (a disk that is no longer mounted) are no word of the office either: until the next start the last
good version counts.
"""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

from caseflow.errors import BrokenDefinition

T = TypeVar("T")
_log = logging.getLogger(__name__)
_good: dict[tuple[str, Path | None], Any] = {}
_own: dict[tuple[str, Path | None], frozenset[Path]] = {}
_told: dict[tuple[str, Path | None], str] = {}


def keep(what: str, folder: Path | None, found: T, own: Iterable[Path]) -> T:
    """Remember what was read, unless files of the office's `own` are gone that were there before; return it."""
    there = frozenset(own)
    if gone := _own.get((what, folder), frozenset()) - there:
        _tell(what, folder, f"gone until the next start: {', '.join(map(str, sorted(gone)))}")
        return found
    _good[what, folder], _own[what, folder] = found, there
    _told.pop((what, folder), None)
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
        _tell(what, folder, str(broken))
    return cast("T", _good[what, folder])


def _tell(what: str, folder: Path | None, why: str) -> None:
    if _told.get((what, folder)) != why:
        _log.warning("the last good version of %s counts: %s", what, why)
        _told[what, folder] = why
