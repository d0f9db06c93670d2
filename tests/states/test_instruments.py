"""Instruments: what is not known makes no score, and what is certain anyhow is said; the seven as they ship."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.definitions import instruments
from caseflow.states.category import Text
from caseflow.states.concluding import UNKNOWN, conclude, problems, rupiah
from caseflow.states.instrument import Instrument, Item, Line, Outcome, Point
from caseflow.states.notices import of_instrument

SEVEN = instruments.load()
WORDS = Text("kata", "word")
YEAR = 2026
YES_NO = (None, "yes", "no")
MADE: dict[str, Any] = {
    "code": "UJI", "name": WORDS, "about": WORDS, "basis": ("bawaan",), "items": (), "outcomes": ()
}  # fmt: skip


def outcomes(*keys: str) -> tuple[Outcome, ...]:
    return tuple(Outcome(key, WORDS) for key in keys)


@st.composite
def counting(draw: st.DrawFn) -> Instrument:
    gates = draw(st.integers(0, 2))
    others = draw(st.integers(1, 4))
    items = [Item(f"g{n}", WORDS, gate=True) for n in range(gates)] + [Item(f"c{n}", WORDS) for n in range(others)]
    found = {"method": "count", "items": tuple(items), "outcomes": outcomes("met", "not_met")}
    return Instrument(**{**MADE, **found}, at_least=draw(st.integers(0, others)))


@st.composite
def summing(draw: st.DrawFn) -> Instrument:
    number = draw(st.integers(1, 4))
    scale = tuple(Point(n, WORDS) for n in range(draw(st.integers(2, 3))))
    most = number * scale[-1].points
    cut = draw(st.integers(0, most - 1))
    bands = (Outcome("low", WORDS, least=0, most=cut), Outcome("high", WORDS, least=cut + 1, most=most))
    items = tuple(Item(f"c{n}", WORDS) for n in range(number))
    return Instrument(**{**MADE, "method": "sum", "items": items, "outcomes": bands}, scale=scale)


@st.composite
def levelled(draw: st.DrawFn) -> Instrument:
    names = ("high", "medium", "low", "none")[-draw(st.integers(2, 4)) :]
    signs = [(level, draw(st.integers(1, 2))) for level in names[:-1]]
    items = tuple(Item(f"{level}{n}", WORDS, level=level) for level, times in signs for n in range(times))
    return Instrument(**{**MADE, "method": "levels", "items": items, "outcomes": outcomes(*names)})


def goals(number: int) -> Instrument:
    items = tuple(Item(f"g{n}", WORDS) for n in range(number))
    return Instrument(**{**MADE, "method": "goals", "items": items, "outcomes": outcomes("met", "partly", "not_met")})


ANY = st.one_of(counting(), summing(), levelled(), st.integers(1, 4).map(goals))


def possible(instrument: Instrument) -> tuple[Any, ...]:
    """Return no answer, and every answer a question of the instrument takes."""
    match instrument.method:
        case "sum":
            return (None, *(p.points for p in instrument.scale))
        case "goals":
            return (None, "met", "partly", "not_met")
        case _:
            return YES_NO


def completed(instrument: Instrument, answers: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every way of answering what is missing."""
    open_ = [key for key, value in answers.items() if value is None]
    for filled in product(possible(instrument)[1:], repeat=len(open_)):
        yield {**answers, **dict(zip(open_, filled, strict=True))}


@given(ANY, st.data())
def test_a_result_is_said_when_it_is_certain_and_only_then(instrument: Instrument, data: st.DataObject) -> None:
    answers = {item.key: data.draw(st.sampled_from(possible(instrument))) for item in instrument.items}
    found = conclude(instrument, answers, year=YEAR)
    thresholds = range(1, sum(not i.gate for i in instrument.items) + 1) if instrument.method == "count" else (0,)
    if instrument.at_least:
        thresholds = range(instrument.at_least, instrument.at_least + 1)
    ends = {
        conclude(replace(instrument, at_least=least), whole, year=YEAR).outcome
        for least in thresholds
        for whole in completed(instrument, answers)
    }
    assert None not in ends
    assert found.outcome == (ends.pop() if len(ends) == 1 else None)
    holes = {key for key, value in answers.items() if value is None}
    assert {item.key for item in found.missing} == holes
    assert found.certain_anyhow == (bool(holes) and found.outcome is not None)
    assert found.score is None or not holes
    assert [line.item for line in found.why] == list(instrument.items)
    assert {line.item.key: line.answer for line in found.why} == answers
    assert not any(line.counts and line.answer in (None, "no") for line in found.why)
    assert conclude(instrument, {k: UNKNOWN if v is None else v for k, v in answers.items()}, year=YEAR) == found


@given(counting(), st.data())
def test_one_criterion_more_never_takes_a_result_away(instrument: Instrument, data: st.DataObject) -> None:
    answers = {item.key: data.draw(st.sampled_from(YES_NO)) for item in instrument.items}
    before = conclude(instrument, answers, year=YEAR)
    more = {**answers, data.draw(st.sampled_from(sorted(answers))): "yes"}
    after = conclude(instrument, more, year=YEAR)
    if before.outcome is not None and before.outcome.key == "met":
        assert after.outcome == before.outcome
    if before.score is not None:
        assert after.score is not None
        assert after.score >= before.score


@given(st.none() | st.integers(0, 5000), st.none() | st.integers(1, 12), st.integers(1, 900))
def test_a_family_is_below_the_line_by_whole_rupiah(spending: int | None, members: int | None, amount: int) -> None:
    items = (Item("spending", WORDS), Item("members", WORDS))
    found = {"method": "threshold", "items": items, "outcomes": outcomes("below", "not_below")}
    line = Instrument(**{**MADE, **found}, lines=(Line(2020, amount, "dasar"),))
    result = conclude(line, {"spending": spending, "members": members}, year=YEAR)
    if spending is not None and members is not None:
        assert result.outcome is not None
        assert result.outcome.key == ("below" if spending / members < amount else "not_below")
    elif spending is not None and spending < amount:
        assert result.certain_anyhow
    else:
        assert result.outcome is None
    assert result.score is None
    assert conclude(line, {"spending": spending, "members": members}, year=2019).outcome is None


# --- the seven -------------------------------------------------------------------------------------------------------


def said(code: str, answers: dict[str, Any], *, year: int = YEAR) -> tuple[str | None, int | None, int, str]:
    """Return result, score, number of missing answers and the reason."""
    assert not problems(SEVEN[code], answers)
    found = conclude(SEVEN[code], answers, year=year)
    return found.outcome.key if found.outcome else None, found.score, len(found.missing), str(found.reason)


def every(code: str, answer: Any, **other: Any) -> dict[str, Any]:  # noqa: ANN401 - an answer
    return {item.key: answer for item in SEVEN[code].items} | other


def test_the_gate_of_262_decides_with_everything_else_open() -> None:
    assert said("FM262", {"no_home": "yes"})[:3] == ("met", None, 8)
    assert said("FM262", every("FM262", "no"))[:3] == ("not_met", 0, 0)
    assert said("FM262", every("FM262", "yes", no_home="no"))[:2] == ("met", 8)
    assert said("FM262", every("FM262", "no", no_home="unknown"))[:3] == (None, None, 1)
    some = said("FM262", every("FM262", "no", no_work="yes", no_food="yes"))
    assert some[:2] == (None, 2)
    assert "belum menetapkan berapa" in some[3]
    assert "belum menetapkan berapa" in said("FM262", {"no_home": "no", "no_work": "yes"})[3], "with gaps too"


def test_an_instrument_of_children_warns_of_others() -> None:
    risks = SEVEN["RISIKO-ANAK"]
    assert of_instrument(risks, 40) is not None
    assert (of_instrument(risks, 17), of_instrument(risks, None)) == (None, None)


def test_nine_of_fourteen_are_enough_whatever_the_others_are() -> None:
    keys = [item.key for item in SEVEN["BPS14"].items]
    nine = dict.fromkeys(keys[:9], "yes")
    assert said("BPS14", nine)[:3] == ("met", None, 5)
    assert said("BPS14", dict.fromkeys(keys[:8], "yes"))[:3] == (None, None, 6)
    assert said("BPS14", dict.fromkeys(keys[:6], "no"))[:3] == ("not_met", None, 8)
    assert said("BPS14", {**dict.fromkeys(keys, "no"), **nine})[:3] == ("met", 9, 0)


def test_the_line_has_its_year() -> None:
    family = {"spending": 1_288_680, "members": 4}
    assert said("MISKIN-EKSTREM", family, year=2022)[0] == "not_below"
    outcome, _score, _holes, reason = said("MISKIN-EKSTREM", family, year=2026)
    assert outcome == "below"
    assert reason.startswith("Rp322.170 seorang sebulan; garisnya Rp348.150 (2024:")
    assert said("MISKIN-EKSTREM", family, year=2020)[0] is None
    assert rupiah(1_288_680) == "Rp1.288.680"


def test_the_highest_level_with_a_sign_says_what_it_requires() -> None:
    assert said("RISIKO-ANAK", {"confinement": "yes"})[0] == "high"
    assert said("RISIKO-ANAK", {"custody": "yes"})[:3] == (None, None, 9)
    assert said("RISIKO-ANAK", every("RISIKO-ANAK", "no", custody="yes"))[0] == "medium"
    assert said("RISIKO-ANAK", every("RISIKO-ANAK", "no"))[0] == "none"
    risks = SEVEN["RISIKO-ANAK"]
    assert [bool(o.requires) for o in risks.outcomes] == [True, True, True, False]


@pytest.mark.parametrize(("points", "band"), [(2, "functional"), (1, "moderate"), (0, "severe")])
def test_family_apgar_has_three_bands(points: int, band: str) -> None:
    assert said("APGAR-KELUARGA", every("APGAR-KELUARGA", points))[:2] == (band, points * 5)
    assert said("APGAR-KELUARGA", {"growth": points})[:3] == (None, None, 4)


def test_a_narrative_has_no_score_and_may_leave_the_drawing_out() -> None:
    told = every("BPSS", "Baik.", genogram="")
    assert said("BPSS", told)[:3] == ("told", None, 0)
    assert said("BPSS", {**told, "economy": "  "})[:3] == (None, None, 1)


def test_what_is_no_answer_is_told_at_its_question() -> None:
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("FM262", {"no_home": "maybe"}),
        ("FM262", {"roof": "yes"}),
        ("APGAR-KELUARGA", {"growth": 3}),
        ("APGAR-KELUARGA", {"growth": True}),
        ("MISKIN-EKSTREM", {"members": 0}),
        ("MISKIN-EKSTREM", {"spending": -1}),
        ("MISKIN-EKSTREM", {"spending": "banyak"}),
        ("BPSS", {"mind": 7}),
        ("BPSS", {"mind": "x" * 20_001}),
    ]
    for code, answers in wrong:
        assert set(problems(SEVEN[code], answers)) == set(answers), answers
    assert set(problems(goals(1), {"g0": "great"})) == {"g0"}
