"""Small numbers of closed files: whoever has every published figure cannot tell a hidden one."""

from collections.abc import Mapping
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from caseflow.states.suppression import SMALL, Published, published

ROWS, COLUMNS = ("FM", "AT", "R3", "R3 lain"), ("data", "asesmen", "tutup")
CLOSED = {"R3", "R3 lain"}
Place = tuple[str, str]
Counts = dict[Place, int]
PLACES = list(product(ROWS, COLUMNS))
NUMBERS = st.integers(0, 9)


def tables() -> st.SearchStrategy[Counts]:
    """Counts of which at most four are hidden, so that every way to fill them in can be tried."""
    counts = st.fixed_dictionaries(dict.fromkeys(PLACES, NUMBERS))
    return counts.filter(lambda found: len(hidden(found)) <= 4)


def hidden(counts: Mapping[Place, int]) -> list[Place]:
    return [place for place, n in counts.items() if place[0] in CLOSED and n < SMALL]


def solutions(seen: Published[str, str], counts: Counts) -> dict[Place, set[int]]:
    """Return what each hidden cell may be for somebody who knows the rule and every figure that was shown."""
    places = [place for place, shown in seen.cells.items() if shown is None]
    found: dict[Place, set[int]] = {place: set() for place in places}
    for guess in product(range(SMALL), repeat=len(places)):
        world = {**counts, **dict(zip(places, guess, strict=True))}
        if published(world, CLOSED) == seen:
            for place, n in zip(places, guess, strict=True):
                found[place].add(n)
    return found


@given(tables())
def test_no_hidden_cell_can_be_solved_for(counts: Counts) -> None:
    seen = published(counts, CLOSED)
    assert [place for place, shown in seen.cells.items() if shown is None] == hidden(counts)
    assert all(each == set(range(SMALL)) for each in solutions(seen, counts).values())


@given(tables())
def test_subtraction_finds_nothing(counts: Counts) -> None:
    """What every row, column and the whole leave over after the cells that are shown is nought."""
    seen = published(counts, CLOSED)
    for row, total in seen.rows.items():
        assert (total or 0) - sum(n or 0 for (r, _c), n in seen.cells.items() if r == row) == 0
    for column, total in seen.columns.items():
        assert (total or 0) - sum(n or 0 for (_r, c), n in seen.cells.items() if c == column) == 0
    assert seen.total == sum(n or 0 for n in seen.cells.values())


def test_what_is_not_closed_is_shown_however_small() -> None:
    seen = published({("FM", "data"): 1, ("FM", "asesmen"): 0, ("R3", "data"): 7, ("R3", "asesmen"): 0}, CLOSED)
    assert seen.cells == {("FM", "data"): 1, ("FM", "asesmen"): 0, ("R3", "data"): 7, ("R3", "asesmen"): None}
    assert (seen.rows, seen.columns, seen.total) == ({"FM": 1, "R3": 7}, {"data": 8, "asesmen": 0}, 8)


def test_a_row_of_which_nothing_is_shown_has_no_total() -> None:
    assert published({("R3", "data"): 4, ("R3", "asesmen"): 0}, CLOSED).rows == {"R3": None}
