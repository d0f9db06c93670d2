"""Stock as days of goods in and out: what can still be given from a day on."""

from collections.abc import Iterable
from datetime import date

Moved = tuple[date, int]
"""A day, and by how much the goods of one kind at one place grew on it."""


def at_end_of(moves: Iterable[Moved], day: date) -> int:
    """Return what lay there at the end of a day."""
    return sum(amount for on, amount in moves if on <= day)


def left_from(moves: Iterable[Moved], day: date) -> int:
    """Return the least that lay there at the end of any day from this one on: what can be taken out on it."""
    listed = sorted(moves)
    ends = {day, *(on for on, _amount in listed if on > day)}
    return min(at_end_of(listed, end) for end in ends)
