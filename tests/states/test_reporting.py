"""The monthly report: what a case counts as; whoever has every figure of every month cannot tell a closed file."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from caseflow.states.reporting import Case, at_least, cells, corrected, counted
from caseflow.states.suppression import SMALL

MONTHS = 3
MOST = 12
"""How many closed files the attacker reckons with: more than two bounds apart."""


def case(*is_: str, **changes: Any) -> Case:  # noqa: ANN401 - fields of a case
    plain = {"category": "FM", "kecamatan": "631001", "sex": "P", "age": "18-59", "state": "assessment"}
    return Case(**{**plain, "outcome": None, "issue": None, "is_": is_, **changes})


def worlds(months: int) -> list[tuple[int, ...]]:
    """Return every way in which closed files can run at the end of each month."""
    return list(product(range(MOST + 1), repeat=months))


def told(running: tuple[int, ...]) -> tuple[int, ...]:
    """Return all that the reports of these months say of closed files."""
    return tuple(map(at_least, running))


def test_no_number_of_closed_files_and_no_change_can_be_worked_out() -> None:
    """Every history that fits what was printed is tried: each unknown keeps several values, small ones all of them."""
    fits = defaultdict(list)
    for running in worlds(MONTHS):
        fits[told(running)].append(running)
    for printed, possible in fits.items():
        if max(printed) + SMALL > MOST:
            continue  # the attacker of this test reckons no further
        for month, bound in enumerate(printed):
            assert {running[month] for running in possible} == set(range(bound, bound + SMALL))
        for before, after in pairwise(range(MONTHS)):
            changes = {running[after] - running[before] for running in possible}
            assert len(changes) == 2 * SMALL - 1, "opened and closed ones are not told either"


def test_a_second_figure_would_give_one_away() -> None:
    """Why there is one figure: bounds of new ones beside bounds of running ones become sums that can be solved."""
    printed = [(0, 0), *(((n + 1) * SMALL, 0) for n in range(4))]  # running grows by a bound a month, new ones "< 5"
    first = {
        start
        for start in range(SMALL)
        for new in product(range(SMALL), repeat=4)
        if all(at_least(start + sum(new[: n + 1])) == printed[n + 1][0] for n in range(4))
    }
    assert first == {4}


@given(
    st.lists(st.tuples(st.sampled_from(["FM", "AT"]), st.sampled_from(["631001", "631002"]), st.booleans()), max_size=9)
)
def test_every_table_has_the_same_whole_and_none_counts_a_closed_file(files: list[tuple[str, str, bool]]) -> None:
    """Closed files add to nothing: with and without them every figure is the same, so no subtraction finds one."""
    open_files = [case("running", category=c, kecamatan=k) for c, k, closed in files if not closed]
    found = counted(open_files)
    whole: dict[str, int] = defaultdict(int)
    for (table, _row, column), n in found.items():
        if column == "running":
            whole[table] += n
    assert set(whole.values()) <= {len(open_files)}


def table(code: str, rows: Mapping[str, int]) -> dict[str, Any]:
    return {"code": code, "columns": [{"key": "n"}], "rows": [{"key": key, "cells": [n]} for key, n in rows.items()]}


@given(*[st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)) for _edition in range(2)])
def test_corrections_lead_from_one_edition_to_the_other(was: dict[str, int], now: dict[str, int]) -> None:
    changed = {c["row"]: c for c in corrected([table("t", was)], [table("t", now)])}
    for row in {*was, *now}:
        assert changed.get(row, {"was": now.get(row, 0)})["was"] == was.get(row, 0)
        assert (row in changed) == (was.get(row, 0) != now.get(row, 0))
    assert cells([table("t", now)]) == {("t", row, "n"): n for row, n in now.items()}


def test_what_a_case_counts_as() -> None:
    answers = {"desil": "1", "members_of_concern": ["stunting", "disability"]}
    found = counted([case("opened", "running", "late", answers=answers), case("closed", outcome="died")])
    assert found["poverty", "yes", "running"] == 1
    assert found["stunting", "yes", "opened"] == 1
    assert found["disability", "yes", "late"] == 1
    assert found["state", "assessment", "late"] == 1
    assert found["stopped", "died", "n"] == 1
    assert found["poverty", "unknown", "closed"] == 1
    assert counted([case("running", category="PD")])["disability", "yes", "running"] == 1
    assert counted([case("running", answers={"desil": "4", "nutrition": "normal"})])["stunting", "no", "running"] == 1
    assert counted([case("running", sex="", age="tidak_diketahui")])["age", "unknown", "running"] == 1
    assert counted([case("closed")])["outcome", "not_eligible", "n"] == 1
