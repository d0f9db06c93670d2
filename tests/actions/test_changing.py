"""An open case moves to another category: answers carried or left, the file closed or opened, all of it on record."""

from typing import Any

from sqlalchemy import delete

from caseflow.actions import cases, changing, letters, lines, past
from caseflow.actions.changing import ChangeCategory
from caseflow.actions.reviews import DecideReview, grant_review
from caseflow.errors import (
    CannotChangeCategory,
    DuplicateCase,
    Forbidden,
    InvalidInput,
    Refused,
    ReviewVoided,
)
from caseflow.store import cases as case_rows
from caseflow.store import log, records
from caseflow.store.cases import Filter
from caseflow.store.tables import case_team, name_key
from tests.hung import folded, stored
from tests.world import (
    VILLAGE,
    World,
    act,
    adult,
    at,
    broken,
    child,
    codes,
    consent,
    days_later,
    opened,
    owed,
    ready_plan,
    record,
    refused,
    row_of,
    take,
    told,
    viewer,
)

REASON = "Ternyata korban perdagangan orang."


def change(case: str, to: str, **more: Any) -> ChangeCategory:  # noqa: ANN401 - of ChangeCategory
    return ChangeCategory(case=case, category=to, **{"reason": REASON, **more})


def changed(world: World, case: str, to: str, *, by: str = "sari", **more: Any) -> None:  # noqa: ANN401 - of ChangeCategory
    act(world, changing.change_category, change(case, to, **more), by=by)


def opened_by_the_head(world: World, case: str, to: str) -> None:
    changed(world, case, to, lower_reason="Salah pilih.")
    changed(world, case, to, lower_reason="Salah pilih.", by="kadis")


def tried(world: World, case: str, to: str, *, by: str = "sari", **more: Any) -> changing.Tried:  # noqa: ANN401 - of ChangeCategory
    return changing.try_category(world.session, change(case, to, **more), by=viewer(world, by), at=world.now)


def holds(world: World, case: str) -> None:
    """Check that the log vouches for the case, and that folding it gives what is stored."""
    assert broken(world) == ()
    assert folded(world, case) == stored(world, case)
    row, standing = row_of(world, case), log.standing_of(world.session, case)
    for name in ("number", "category", "definition_digest", "issue", "state", "cycle", "confidentiality", "area_code"):
        assert getattr(standing, name) == getattr(row, name), name


def answers(world: World, case: str, stage: str) -> dict[str, Any]:
    found = records.newest(world.session, case, stage)
    assert found is not None
    return records.opened(world.session, row_of(world, case).subject_id, found)


def keys(world: World, case: str) -> set[str]:
    query = name_key.select().where(name_key.c.subject_id == row_of(world, case).subject_id)
    return {row.key for row in world.session.execute(query)}


def test_answers_with_a_place_are_carried_and_the_others_stay_in_the_history(world: World) -> None:
    case = at(world, "intervention_plan", "FM")
    ready_plan(world, case)
    review = str(take(world, case, "approve_plan").review_id)
    before, said = row_of(world, case), answers(world, case, "assessment")
    shown = tried(world, case, "PRSE")
    assert not shown.blocked
    keys_ = {(a.stage, a.key) for a in shown.carried}, {(a.stage, a.key) for a in shown.left}
    assert ("assessment", "problems") in keys_[0]
    assert keys_[1], "the criteria of the other category are judged anew"
    assert {step.step for step in shown.unmet} | {step for step, _unmet in shown.passed}
    assert row_of(world, case) == before, "trying changes nothing"

    changed(world, case, "PRSE")
    row = row_of(world, case)
    assert (row.number, row.category, row.state, row.version) == (
        before.number,
        "PRSE",
        before.state,
        before.version + 1,
    )
    now = answers(world, case, "assessment")
    assert now == {key: value for key, value in said.items() if ("assessment", key) in keys_[0]}
    assert "review" not in owed(world, case)
    refused(world, ReviewVoided, grant_review, DecideReview(review=review), by="bambang")
    entry = next(e for e in log.entries_of(world.session, case) if e.code == "case:category:changed")
    assert entry.actor == world.office.ids["sari"]
    data = log.data_of(entry.data)
    assert (data["before"], data["category"], data["definition"]) == ("FM", "PRSE", row.definition_digest)
    assert told(world, "rina", "category_changed", case=case)
    then = past.case_as_of(world.session, case, world.today, by=viewer(world, "sari"), at=world.now)
    assert then.category.code == "PRSE"
    holds(world, case)


def test_an_open_file_closes_at_once_with_its_name_team_and_letters(world: World) -> None:
    case = at(world, "assessment", "FM")
    plain = keys(world, case)
    assert {len(key) for key in plain} != {64}
    shown = tried(world, case, "KPO")
    assert (shown.before, shown.level) == ("R1", "R3")
    changed(world, case, "KPO")
    row = row_of(world, case)
    assert row.confidentiality == "R3"
    assert {len(key) for key in keys(world, case)} == {64}
    assert case_rows.team(world.session, case) == {world.office.ids["sari"], world.office.ids["bambang"]}
    for name, sees in (("rina", True), ("sari", True), ("budi", False), ("kadis", False), ("audit", False)):
        found = {
            line.id: line
            for line in lines.list_cases(world.session, Filter(limit=500), by=viewer(world, name), at=world.now)
        }
        assert (case in found) is sees, name
        if sees:
            assert (found[case].name, found[case].category_code) == (f"Klien {row.number[-6:]}", "")
    assert [c for c in codes(world, case) if c.startswith("case:confidentiality")] == ["case:confidentiality:raised"]
    holds(world, case)


def test_a_closed_file_opens_for_a_reason_of_its_own_only(world: World) -> None:
    case = opened(world, "BWBLP", person=adult())
    assert row_of(world, case).confidentiality == "R3"
    changed(world, case, "FM")
    assert row_of(world, case).confidentiality == "R3", "a file stays as closed as it is"
    changed(world, case, "PRSE", lower_reason="Salah pilih kategori saat mencatat.")
    assert (row_of(world, case).category, row_of(world, case).confidentiality) == ("PRSE", "R3"), "the head decides"
    assert told(world, "kadis", "file_lower_asked", case=case)
    refused(world, InvalidInput, changing.change_category, change(case, "PRSE", lower_reason="Lagi."), by="sari")
    for to in ("FM", "PRSE"):
        said = refused(world, InvalidInput, changing.change_category, change(case, to), by="kadis")
        assert set(said.data["problems"]) == {"lower_reason"}, "the head opens a file, and does no more"
    changed(world, case, "PRSE", lower_reason="Salah pilih kategori saat mencatat.", by="kadis")
    assert row_of(world, case).confidentiality == "R1"
    assert told(world, "sari", "file_lowered", case=case)
    assert {len(key) for key in keys(world, case)} != {64}
    assert case_rows.team(world.session, case) == frozenset()
    holds(world, case)


def test_a_name_stays_hidden_while_another_file_of_the_subject_is_closed(world: World) -> None:
    person = adult()
    case = opened(world, "BWBLP", person=person)
    other = opened(world, "GLD", subject=row_of(world, case).subject_id)
    changed(world, other, "KPO")
    opened_by_the_head(world, case, "FM")
    assert row_of(world, case).confidentiality == "R1"
    assert {len(key) for key in keys(world, case)} == {64}


def test_a_child_stays_limited(world: World) -> None:
    case = opened(world, "ABH", person=child())
    shown = tried(world, case, "AT", lower_reason="Salah pilih.")
    assert (shown.before, shown.level, shown.least) == ("R3", "R3", "R2")
    opened_by_the_head(world, case, "AT")
    assert row_of(world, case).confidentiality == "R2"


def test_what_cannot_be_changed_says_why(world: World) -> None:
    case = at(world, "intervention_plan", "FM")
    ready_plan(world, case)
    refused(world, Forbidden, changing.change_category, change(case, "PRSE"), by="rina")
    assert not tried(world, case, "PRSE", by="rina").blocked, "who asks may look"
    refused(world, InvalidInput, changing.change_category, change(case, "FM"), by="sari")
    refused(world, InvalidInput, changing.change_category, change(case, "PRSE", reason=" "), by="sari")
    wrong = "[stages.assessment.fields]\nnothing = 'problems'\n"
    told = refused(world, InvalidInput, changing.change_category, change(case, "PRSE", mapping=wrong), by="sari")
    assert set(told.data["problems"]) == {"mapping"}
    subject = row_of(world, case).subject_id
    other = opened(world, "PRSE", subject=subject)
    error = refused(world, DuplicateCase, changing.change_category, change(case, "PRSE"), by="sari")
    assert error.data["number"] == row_of(world, other).number
    refused(world, CannotChangeCategory, changing.change_category, change(case, "KME"), by="sari")


def test_deadlines_count_from_when_the_stage_began(world: World) -> None:
    case = opened(world, "FM")
    days_later(world, 3)
    changed(world, case, "GLD")
    due = owed(world, case)["state_deadline"]
    assert due.counted_from == row_of(world, case).state_since
    assert due.started_at == row_of(world, case).state_since


def test_a_letter_that_has_not_left_is_void_when_the_file_closes(world: World) -> None:
    case = at(world, "assessment", "FM")
    record(world, case, "data_collection", {"treatment_needed": True, "health_need": "rawat inap"})
    consent(world, case, "health_service")
    act(world, letters.issue_letter, letters.IssueLetter(case=case, letter="rjk-rs"))
    changed(world, case, "KPO")
    assert "case:letter:voided" in codes(world, case)
    assert row_of(world, case).confidentiality == "R3"
    holds(world, case)


def test_trying_tells_nothing_of_a_closed_file(world: World) -> None:
    closed = opened(world, "KPO", person=adult())
    subject = row_of(world, closed).subject_id
    case = opened(world, "FM", subject=subject)
    world.session.execute(delete(case_team).where(case_team.c.case_id == closed))
    assert not tried(world, case, "KPO", by="sari").blocked
    assert not tried(world, case, "KPO", by="budi").blocked
    opening = cases.OpenCase(category="KPO", area=VILLAGE, subject=subject)
    said = {
        refused(world, Refused, changing.change_category, change(case, "KPO"), by="sari").data["reason"],
        refused(world, Refused, cases.open_case, opening, by="budi").data["reason"],
    }
    assert {str(reason) for reason in said} == {"Ini tidak dapat dilakukan sendiri. Tanyakan kepada kepala dinas."}
