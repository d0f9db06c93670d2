"""TOML as people write it: whatever is wrong with a text is one kind of error."""

import tomllib
from typing import Any

from caseflow.errors import _

DEEPEST = 20
"""Tables and lists inside each other: more than any file of ours has, fewer than what reads them can follow."""


def parse(text: str) -> dict[str, Any]:
    """Return the table of a text. Raises `ValueError`: no TOML, a number nobody means, or tables too deep."""
    try:
        table = tomllib.loads(text)
    except RecursionError:
        table = None
    if table is None or _is_deep(table):
        raise ValueError(_("terlalu banyak tingkat di dalam satu sama lain"))
    return table


def _is_deep(table: dict[str, Any]) -> bool:
    level: list[Any] = [table]
    for _depth in range(DEEPEST):
        below = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [one for parts in below for one in parts]
    return bool(level)
