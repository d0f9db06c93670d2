"""What an office's own files said last without a mistake: a running program goes on with that, and says so once."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from caseflow.errors import BrokenDefinition

T = TypeVar("T")
_log = logging.getLogger(__name__)
_good: dict[tuple[str, Path | None], Any] = {}
_told: dict[tuple[str, Path | None], str] = {}


def keep(what: str, folder: Path | None, found: T) -> T:
    """Remember what was read, and return it."""
    _good[what, folder] = found
    _told.pop((what, folder), None)
    return found


def or_last(what: str, folder: Path | None, read: Callable[[Path | None], T]) -> T:
    """Read, or where that fails return what was read last; raises `BrokenDefinition` where nothing ever was.

    Whoever starts the program or looks for mistakes reads strictly: a page is not the place to learn of them.
    """
    try:
        return read(folder)
    except (BrokenDefinition, OSError) as broken:
        if (what, folder) not in _good:
            raise
        why = str(broken)
        if _told.get((what, folder)) != why:
            _log.warning("the last good version of %s counts: %s", what, why)
            _told[what, folder] = why
        return cast("T", _good[what, folder])
