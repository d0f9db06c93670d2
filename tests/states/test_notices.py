"""What a worker is told without being stopped."""

from dataclasses import replace
from typing import Any

import pytest

from caseflow.states.facts import Facts
from caseflow.states.notices import notices
from tests.states import sample
from tests.states.sample import AT, FM, KME


def case(**records: dict[str, Any]) -> Facts:
    return Facts(state="assessment", cycle=1, today=sample.TODAY, subject_kind="person", records=records)


@pytest.mark.parametrize("age", [6, 12, 18, None])
def test_an_age_that_fits_or_is_not_known_is_not_mentioned(age: int | None) -> None:
    assert notices(AT, case(), age=age) == ()


@pytest.mark.parametrize("age", [0, 5, 19, 70])
def test_an_age_outside_warns_and_names_the_range(age: int) -> None:
    (said,) = notices(AT, case(), age=age)
    assert said.startswith(f"Umur {age} tahun di luar kategori ini (6 sampai 18)")
    assert notices(FM, case(), age=age) == ()


@pytest.mark.parametrize(("sex", "count"), [("P", 0), (None, 0), ("L", 1)])
def test_a_category_for_women_is_mentioned_to_whoever_registers_a_man(sex: str | None, count: int) -> None:
    found = notices(replace(FM, sex="P"), case(), age=40, sex=sex)
    assert len(found) == count
    assert notices(FM, case(), age=40, sex=sex) == ()
    assert all("untuk perempuan" in said for said in found)


@pytest.mark.parametrize(
    ("decile", "planned", "count"),
    [
        ("5", "PKH", 1),
        ("4", "PKH", 0),
        ("10", "RST", 0),
        ("not_listed", "PKH", 1),
        (None, "PKH", 1),
        ("9", "GONE", 0),
    ],
)
def test_help_that_goes_to_poorer_people_is_mentioned_beside_the_decile(
    decile: str | None, planned: str, count: int
) -> None:
    facts = replace(case(data_collection={"desil": decile}), plan=(sample.item(intervention=planned),))
    found = notices(FM, facts, age=40)
    assert len(found) == count
    assert all("Program Keluarga Harapan lazimnya" in s or "batas Program Keluarga Harapan (" in s for s in found), (
        found
    )
    assert all("sampai desil 4" in said and "sesuaikan" not in said for said in found)
    cancelled = replace(facts, plan=(sample.item(intervention=planned, status="cancelled"),))
    assert notices(FM, cancelled, age=40) == ()


@pytest.mark.parametrize(
    ("checked", "count"), [("2026-11-16", 0), ("2026-08-16", 0), ("2026-08-15", 1), ("2025-01-01", 1)]
)
def test_a_decile_older_than_three_months_is_to_be_checked_again(checked: str, count: int) -> None:
    found = notices(FM, case(data_collection={"desil": "1", "desil_checked_on": checked}), age=40)
    assert len(found) == count


@pytest.mark.parametrize(
    ("spending", "words"),
    [
        (1_500_000, "Rp375.000 per orang sebulan, di bawah garis kemiskinan ekstrem Rp391.000 (2025)"),
        (1_600_000, "Rp400.000 per orang sebulan, di atas garis kemiskinan ekstrem Rp391.000 (2025)"),
    ],
)
def test_spending_is_put_beside_the_newest_line(spending: int, words: str) -> None:
    (said,) = notices(KME, case(assessment={"monthly_spending": spending, "household_size": 4}), age=None)
    assert words in said


@pytest.mark.parametrize("answers", [{}, {"monthly_spending": 5}, {"monthly_spending": 5, "household_size": 0}])
def test_nothing_is_said_of_spending_that_is_not_known(answers: dict[str, Any]) -> None:
    assert notices(KME, case(assessment=answers), age=None) == ()
