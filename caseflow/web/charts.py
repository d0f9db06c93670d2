"""Bars of waiting cases as SVG: where each lies and how long it is; the template draws them, the table is the truth."""

from collections.abc import Sequence
from dataclasses import dataclass

from caseflow.actions.backlog import Line, Tally
from caseflow.web.environment import Words

LABEL, COLUMN, BAR, ROW, HEAD = 190, 86, 44, 30, 28
NARROW, NARROW_BAR, NARROW_ROW = 328, 250, 48


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: from where, how long, whether it is over its limit, and where the line of the limit stands."""

    x: float
    y: float
    width: float
    days: int
    slow: bool
    limit: float | None
    hidden: bool = False
    """Fewer than five closed files: words instead of a bar."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its name, where it is written, and its bars."""

    name: Words
    y: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of some states, row under row, in units of the drawing."""

    width: int
    height: int
    states: tuple[tuple[str, float], ...]
    """State, and where its column begins."""
    rows: tuple[Row, ...]


def wide(lines: Sequence[Line], states: Sequence[str]) -> Chart:
    """Return the chart of every state side by side, each to a scale of its own."""
    scales = {state: _scale(lines, state) for state in states}
    found = []
    for n, line in enumerate(lines):
        y = HEAD + n * ROW
        bars = [_bar(line, s, LABEL + c * COLUMN, y + 7, BAR / scales[s]) for c, s in enumerate(states)]
        found.append(Row(line.name, y + 20, tuple(bar for bar in bars if bar)))
    columns = tuple((state, float(LABEL + n * COLUMN)) for n, state in enumerate(states))
    return Chart(LABEL + COLUMN * len(states), HEAD + ROW * len(lines) + 2, columns, tuple(found))


def narrow(lines: Sequence[Line], state: str) -> Chart:
    """Return the chart of one state, for a phone: name above, bar below."""
    scale = _scale(lines, state)
    shown = [line for line in lines if state in line.cells]
    rows = []
    for n, line in enumerate(shown):
        y = n * NARROW_ROW
        bar = _bar(line, state, 0, y + 26, NARROW_BAR / scale)
        rows.append(Row(line.name, y + 18, (bar,) if bar else ()))
    return Chart(NARROW, NARROW_ROW * len(shown) + 4, ((state, 0.0),), tuple(rows))


def _scale(lines: Sequence[Line], state: str) -> int:
    """Return the most days that a bar or a limit of a state has; at least one."""
    cells = [cell for line in lines if (cell := line.cells.get(state))]
    return max((max(cell.days, cell.limit or 0) for cell in cells), default=0) or 1


def _bar(line: Line, state: str, x: float, y: float, unit: float) -> Bar | None:
    """Return the bar of a cell; None where there is no case. `unit`: what a day is wide."""
    if state not in line.cells:
        return None
    tally: Tally | None = line.cells[state]
    if tally is None:
        return Bar(x, y, 0, 0, slow=False, limit=None, hidden=True)
    limit = round(x + tally.limit * unit, 1) if tally.limit is not None else None
    return Bar(x, y, max(1.0, round(tally.days * unit, 1)), tally.days, slow=tally.slow, limit=limit)


# --- one number a row ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ranked:
    """Bars of one number each, name above bar, in units of the drawing."""

    width: int
    height: int
    bars: tuple[tuple[Words, int, float, int], ...]
    """Name, number, how long the bar is, and how far down the row begins."""


def ranked(rows: Sequence[tuple[Words, int]]) -> Ranked | None:
    """Return a bar for each number; None where there is nothing to draw."""
    if not rows:
        return None
    most = max(n for _name, n in rows) or 1
    bars = tuple(
        (name, n, max(1.0, round(NARROW_BAR * n / most, 1)), row * NARROW_ROW) for row, (name, n) in enumerate(rows)
    )
    return Ranked(NARROW, NARROW_ROW * len(rows) + 4, bars)
