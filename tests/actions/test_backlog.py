"""Where cases wait: how long, over which limit, for whom; whose cases count; closed files in one row alone."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from caseflow.access import Grant, Viewer
from caseflow.actions import backlog, backlog_sheet, cases, dossier_words, referrals
from caseflow.actions.backlog import Backlog, Tally, Wanted, arranged, closed_line
from caseflow.errors import Forbidden, InvalidInput
from caseflow.states.deadlines import Calendar, parse_span
from caseflow.states.lifecycle import OPEN
from caseflow.states.suppression import SMALL
from caseflow.store import cases as case_rows
from caseflow.store.backlog import Counted
from caseflow.store.tables import case_file, case_team
from tests.world import (
    DISTRICT,
    OTHER_VILLAGE,
    VILLAGE,
    VILLAGE_ELSEWHERE,
    WITA,
    World,
    act,
    days_later,
    may_tell,
    opened,
    row_of,
    take,
    viewer,
)


def look(world: World, by: str = "sari", **wanted: str) -> Backlog:
    return backlog.read(world.session, Wanted(**wanted), by=viewer(world, by), at=world.now)


def cell(found: Backlog, of: str, key: str, state: str) -> Tally:
    """Return what waits in one row and state."""
    line = next((line for line in found.tables[of] if line.key == key), None)
    return (line.cells.get(state) if line else None) or Tally()


def shut(world: World, *ids: str, team: Iterable[str] = ("sari",)) -> None:
    """Make files closed ones, of a named team."""
    for case in ids:
        world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
        case_rows.join_team(world.session, case, [world.office.ids[name] for name in team])


def test_days_are_working_days_and_what_is_over_the_deadline_is_counted(world: World) -> None:
    before = look(world)
    case = opened(world, area=OTHER_VILLAGE)
    days_later(world, 7)  # FM: one working day for data collection; a week has five
    after = look(world)
    was, now = (cell(found, "area", "631002", "data_collection") for found in (before, after))
    assert (now.cases - was.cases, now.late - was.late, now.age - was.age, now.over - was.over) == (1, 1, 5, 4)
    assert now.limit == 1
    assert now.slow
    assert cell(after, "category", "FM", "data_collection").late >= 1
    assert after.owed["state_deadline"] > before.owed.get("state_deadline", 0)
    assert row_of(world, case).state == "data_collection"


def test_the_bottleneck_is_named_with_whose_answer_is_awaited(world: World) -> None:
    charity = world.office.institutions["charity"]
    for asks in (True, True, False):
        case = opened(world, area=OTHER_VILLAGE)
        if asks:
            may_tell(world, case)
            world.session.execute(update(case_file).where(case_file.c.id == case).values(state="intervention"))
            sent = referrals.AddReferral(case=case, institution=charity, need="Modal.")
            act(world, referrals.add_referral, sent)
            world.session.execute(update(case_file).where(case_file.c.id == case).values(state="data_collection"))
    days_later(world, 300)
    found = look(world, area="631002")
    worst = found.bottlenecks[0]
    assert (worst.category, worst.area, worst.state) == ("FM", OTHER_VILLAGE, "data_collection")
    assert str(backlog.headline(found)) == (
        f"Paling lama menunggu: Pengumpulan data Fakir miskin di Desa Pagatan, {worst.tally.over} hari-kasus di atas"
        " batas."
    )
    assert [str(cause) for cause in found.causes] == [
        "2 dari 3 menunggu jawaban Baznas Kabupaten Tanah Bumbu.",
    ]


def test_a_decision_that_waits_and_a_case_of_nobody_are_causes_too(world: World) -> None:
    case = opened(world, by="intan")
    terminate = take(world, case, "terminate", by="rina", details={"reason_code": "moved", "source": "RT"})
    assert terminate.review_id
    days_later(world, 30)
    found = look(world, area=DISTRICT, category="FM")
    said = [str(cause) for cause in found.causes]
    assert any(cause.endswith("menunggu keputusan atas permintaan persetujuan.") for cause in said)
    assert any(cause.endswith("belum ditugaskan kepada siapa pun.") for cause in said) is (
        row_of(world, case).assignee_id is None
    )


def test_nothing_late_is_said_so(world: World) -> None:
    by = Viewer(world.office.ids["luarsup"], "luarsup", (Grant("supervisor", "6302"),))
    opened(world, by="luar", area=VILLAGE_ELSEWHERE)
    found = backlog.read(world.session, Wanted(), by=by, at=world.now)
    assert (found.open.cases, found.bottlenecks, found.causes) == (1, (), ())
    assert str(backlog.headline(found)) == "Tidak ada kasus yang lewat batas tahapnya."


def test_what_a_hold_pauses_is_not_late(world: World) -> None:
    case = opened(world, area=OTHER_VILLAGE)
    until = world.today + timedelta(days=20)
    act(world, cases.hold_case, cases.HoldCase(case=case, until=until, reason="Keluarga di luar daerah."))
    days_later(world, 10)
    now = cell(look(world, area="631002"), "area", OTHER_VILLAGE, "data_collection")
    assert (now.cases, now.late, now.over) == (1, 0, 0)


# --- whose cases -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rina", "intan", "admin", "mitra"])
def test_it_is_for_who_oversees_an_area(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        look(world, name)


def test_another_area_is_not_counted(world: World) -> None:
    ours, theirs = look(world), look(world, "luarsup")
    opened(world, by="luar", area=VILLAGE_ELSEWHERE)
    assert look(world).open == ours.open
    assert look(world, "luarsup").open.cases == theirs.open.cases + 1
    assert {look(world, name).open.cases for name in ("sari", "kadis", "audit")} == {ours.open.cases}


def test_filters_narrow_and_agree_with_the_whole(world: World) -> None:
    opened(world, area=OTHER_VILLAGE)
    opened(world, "AT", area=VILLAGE)
    whole = look(world)
    for of, name in (("category", "category"), ("area", "area"), ("assignee", "assignee")):
        for line in whole.tables[of]:
            if line.key:
                assert look(world, **{name: line.key}).open == line.whole, (of, line.key)
        assert sum((line.whole or Tally()).cases for line in whole.tables[of]) == whole.open.cases
    assert {len(line.key) for line in look(world, area=DISTRICT).tables["area"]} == {10}


@pytest.mark.parametrize("wanted", [{"category": "XX"}, {"assignee": "siapa"}, {"area": "63x"}])
def test_what_is_not_known_is_refused(world: World, wanted: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        look(world, **wanted)


def test_every_visible_open_case_is_counted_once(world: World) -> None:
    """Somebody may see one case in several ways: of the area, of the team, as its worker."""
    case = opened(world)
    world.session.execute(update(case_file).where(case_file.c.id == case).values(assignee_id=world.office.ids["sari"]))
    seen = case_rows.visible(world.session, viewer(world, "sari"), case_rows.Filter(only_open=True, limit=1000))
    assert look(world).open.cases == sum(row.confidentiality != "R3" for row in seen)


# --- closed files ----------------------------------------------------------------------------------------------------


def test_closed_files_stand_in_their_own_row_alone_and_only_from_five_on(world: World) -> None:
    before = look(world)
    ids = [opened(world, area=OTHER_VILLAGE) for _n in range(SMALL)]
    shut(world, *ids[:-1])
    few = look(world)
    assert few.closed is not None
    assert few.closed.cells["data_collection"] is None
    assert few.open.cases == before.open.cases + 1
    shut(world, ids[-1])
    enough = look(world)
    assert enough.closed is not None
    assert enough.closed.cells["data_collection"] == enough.closed.whole
    assert enough.open == before.open
    assert {of: len(lines) for of, lines in enough.tables.items()} == {
        of: len(lines) for of, lines in before.tables.items()
    }
    assert sum(enough.nik.values()) == sum(before.nik.values())


def test_a_part_counts_no_closed_file_so_that_two_parts_give_none_away(world: World) -> None:
    shut(world, *(opened(world, area=OTHER_VILLAGE) for _n in range(SMALL + 1)))
    for wanted in ({"area": "631002"}, {"category": "FM"}, {"assignee": world.office.ids["rina"]}):
        assert look(world, **wanted).closed is None
    assert cell(look(world, area="631002"), "area", OTHER_VILLAGE, "data_collection").cases == 0


def test_outside_the_team_the_row_reads_the_same_whether_there_is_one_or_none(world: World) -> None:
    before = look(world, "kadis").closed
    shut(world, *(opened(world) for _n in range(SMALL + 2)))
    assert look(world, "kadis").closed == before
    assert before is not None
    assert set(before.cells.values()) == {None}
    world.session.execute(case_team.delete())
    assert look(world).closed == before


ROW = st.builds(
    Counted,
    of=st.just("closed"),
    row=st.just("R3"),
    category=st.sampled_from(["KTK", "ODHA"]),
    state=st.sampled_from(OPEN),
    cases=st.integers(1, 6),
    late=st.just(0),
    age=st.integers(0, 90),
    over=st.just(0),
)
OTHERS = [
    (Counted("area", "631001", "FM", "assessment", 3, 1, 12, 2), 5),
    (Counted("nik", "padan", "", "", 3, 0, 0, 0), None),
]


@given(st.lists(ROW, max_size=12), st.lists(ROW, max_size=12))
def test_two_offices_that_show_the_same_numbers_of_closed_files_show_the_same_page(
    some: list[Counted], other: list[Counted]
) -> None:
    """Whatever the small counts are, every figure of the page stays: there is nothing to subtract."""

    def shown(rows: list[Counted]) -> Any:  # noqa: ANN401 - all that is shown
        kept = arranged([*OTHERS, *((row, None) for row in rows)], workers=True)
        counts = {state: sum(r.cases for r in rows if r.state == state) for state in OPEN}
        large = {state for state, n in counts.items() if n >= SMALL}
        page = (kept.tables, kept.worst, kept.nik, kept.owed)
        return large, page, {s: c for s, c in closed_line(kept.closed).cells.items() if s not in large}

    large, page, small = shown(some)
    other_large, other_page, _small = shown([row for row in other if row.state not in large])
    assert page == other_page
    assert set(small.values()) <= {None}
    without = [row for row in some if row.state in large]
    line = closed_line(arranged(((row, None) for row in without), workers=True).closed)
    assert line == closed_line(arranged(((row, None) for row in some), workers=True).closed)
    assert other_large.isdisjoint(large)


# --- told otherwise --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("span", "days"), [("5wd", 5), ("90d", 64), ("24h", 1), ("72h", 2), ("365d", 261)])
def test_a_limit_is_told_in_working_days(span: str, days: int) -> None:
    assert backlog.working_days(parse_span(span), Calendar(WITA)) == days


def test_the_worksheet_and_the_data_hold_what_the_page_holds(world: World) -> None:
    opened(world)
    found = look(world)
    data = backlog_sheet.as_data(found, lang="en")
    assert data["open"]["cases"] == found.open.cases
    assert [row["key"] for row in data["by"]["area"]] == [line.key for line in found.tables["area"]]
    assert set(data["closed_files"]["states"].values()) == {None}
    assert backlog_sheet.as_workbook(found, lang="id").startswith(b"PK")


def test_a_letter_that_waits_for_initials_is_named_in_words() -> None:
    assert "letter_initial" in backlog.OWED
    assert "waiting" in dossier_words.ANSWER
