"""Small numbers of closed files (R3): what of a table may be shown so that nothing gives a hidden cell away. Pure."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)
SMALL = 5
"""A count of closed files below this could point at somebody."""


@dataclass(frozen=True, slots=True)
class Published(Generic[R, C]):
    """A table as it may be shown: None stands for "fewer than five", which may be none at all."""

    cells: Mapping[tuple[R, C], int | None]
    rows: Mapping[R, int | None]
    columns: Mapping[C, int | None]
    total: int


def published(counts: Mapping[tuple[R, C], int], closed: Collection[R]) -> Published[R, C]:
    """Return what may be shown of counts by row and column, where the rows `closed` count closed files.

    A small cell of such a row is hidden, zero too: that there is one would be a number. Every total is the sum of what
    is shown, so a hidden cell is in no figure at all, and no subtraction, within a table or between two, finds it.
    """
    cells = {place: None if place[0] in closed and count < SMALL else count for place, count in counts.items()}
    return Published(
        cells=cells,
        rows={row: _sum(n for (r, _c), n in cells.items() if r == row) for row in dict.fromkeys(r for r, _c in cells)},
        columns={
            column: _sum(n for (_r, c), n in cells.items() if c == column)
            for column in dict.fromkeys(c for _r, c in cells)
        },
        total=_sum(cells.values()) or 0,
    )


def _sum(shown: Iterable[int | None]) -> int | None:
    """Return the sum of what is shown; None where nothing is."""
    known = [n for n in shown if n is not None]
    return sum(known) if known else None
