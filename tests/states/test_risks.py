"""Why a step is worth a question: each reason at its limit and on either side, and the fullest span around a moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.states.risks import RANGES, REASONS, Limits, Taken, fullest, limits_of, reasons, surrounded

NOON = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
LIMITS = Limits()
STEP = Taken(
    id="a", office="o", step="submit_for_assessment", before="data_collection", to="assessment", by="rina",
    requested_by="rina", approved_by=None, happened=NOON.date(), typed=NOON, opened=NOON - timedelta(days=40),
)  # fmt: skip
EMERGENCY: dict[str, Any] = {"step": "emergency_intervention", "to": "intervention", "owes": True}


def found(now: datetime = NOON, **changes: Any) -> set[str]:  # noqa: ANN401 - of Taken
    return set(reasons(replace(STEP, **changes), LIMITS, now))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"happened": date(2026, 3, 1)}, set()),
        ({"happened": date(2026, 2, 28)}, {"backdated"}),
        ({"to": "closed"}, set()),
        ({"to": "closed", "opened": NOON - timedelta(days=1)}, {"quick"}),
        ({"to": "closed", "opened": NOON - timedelta(days=1, seconds=1)}, set()),
        ({"opened": NOON - timedelta(hours=1)}, set()),
        ({"pair": 9}, set()),
        ({"pair": 10}, {"pair"}),
        ({"burst": 9, "batch": 9}, set()),
        ({"burst": 10}, {"bulk"}),
        ({"batch": 10}, {"bulk"}),
        ({"typed": NOON.replace(hour=20, minute=59)}, set()),
        ({"typed": NOON.replace(hour=21, minute=0)}, {"night"}),
        ({"typed": NOON.replace(hour=4, minute=59)}, {"night"}),
        ({"typed": NOON.replace(hour=5, minute=0)}, set()),
    ],
)
def test_each_reason_begins_at_its_limit(changes: dict[str, Any], expected: set[str]) -> None:
    assert found(**changes) == expected


@pytest.mark.parametrize(("hours", "owes", "expected"), [(71, True, set()), (72, True, {"debt"}), (500, False, set())])
def test_a_debt_counts_once_its_hours_are_over(hours: int, *, owes: bool, expected: set[str]) -> None:
    assert found(NOON + timedelta(hours=hours), **EMERGENCY | {"owes": owes}) == expected
    assert "debt" not in found(NOON + timedelta(days=9), owes=True)


def test_every_sentence_says_the_limit_of_the_office() -> None:
    limits = Limits(
        backdated_days=7, quick_days=8, pair_times=11, pair_days=33, bulk_steps=12, bulk_minutes=13, debt_hours=99
    )
    late = NOON.replace(hour=23)
    step = replace(
        STEP, **EMERGENCY | {"to": "closed"}, happened=date(2026, 1, 1), typed=late, opened=late - timedelta(days=3),
        pair=20, burst=30, batch=1,
    )  # fmt: skip
    said = reasons(step, limits, NOON + timedelta(days=30))
    assert set(said) == set(REASONS)
    for name, words in {
        "backdated": "Diketik 62 hari setelah kejadian (batas kantor: 7 hari).",
        "quick": "Ditutup 3 hari sejak dibuka (batas kantor: 8 hari).",
        "night": "Diketik pukul 23.30 (malam menurut kantor: 21.00 sampai 05.00).",
    }.items():
        assert said[name] == words
    assert "33 hari" in said["pair"]
    assert "batas kantor: 11" in said["pair"]
    assert "batas kantor: 12 dalam 13 menit" in said["bulk"]
    assert "batas kantor: 99 jam" in said["debt"]
    sent = reasons(replace(step, batch=30), limits, NOON)["bulk"]
    assert sent.startswith("30 langkah dikirim sekaligus sebagai satu daftar")


def test_hours_of_the_day_may_be_the_dark_ones_too() -> None:
    limits = Limits(night_from=12, night_until=13)
    assert set(reasons(STEP, limits, NOON)) == {"night"}
    assert set(reasons(STEP, Limits(night_from=12, night_until=12), NOON)) == set(), "no hour is a night hour"


@given(
    st.lists(st.integers(0, 60).map(lambda n: NOON + timedelta(minutes=n)), max_size=40).map(sorted),
    st.integers(0, 20).map(lambda n: timedelta(minutes=n)),
)
def test_the_fullest_span_is_what_counting_every_span_finds(moments: list[datetime], width: timedelta) -> None:
    def counted(moment: datetime) -> int:
        starts = [start for start in moments if start <= moment <= start + width]
        return max(sum(start <= each <= start + width for each in moments) for start in starts)

    assert fullest(moments, width) == [counted(moment) for moment in moments]


def test_what_lies_around_is_counted_by_person_and_by_pair() -> None:
    minute = timedelta(minutes=1)
    mine = [replace(STEP, id=f"m{n}", typed=NOON + n * minute) for n in range(3)]
    theirs = [replace(STEP, id=f"t{n}", by="sari", approved_by="sari", typed=NOON) for n in range(2)]
    elsewhere = replace(STEP, id="e", office="p")
    moments = [NOON - timedelta(days=91), NOON - timedelta(days=3), NOON, NOON + minute]
    limits = {"o": Limits(bulk_minutes=1), "p": Limits()}
    around = {s.id: s for s in surrounded([*mine, *theirs, elsewhere], {("o", "rina", "sari"): moments}, limits)}
    assert [around[f"m{n}"].burst for n in range(3)] == [2, 2, 2]
    assert (around["t0"].burst, around["t0"].batch, around["m0"].batch, around["e"].burst) == (2, 2, 1, 1)
    assert (around["t0"].pair, around["m0"].pair) == (2, 0)


def test_limits_that_are_not_set_are_the_usual_ones() -> None:
    assert limits_of({}) == Limits()
    assert limits_of({"bulk_steps": 4, "unknown": 1}) == Limits(bulk_steps=4)
    for name, (low, high) in RANGES.items():
        assert low <= getattr(LIMITS, name) <= high
