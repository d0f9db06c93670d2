"""What an auditor watches, and the state of categories: by area, closed files by number only, nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from caseflow.actions import audit_questions, operations, oversight
from caseflow.actions.audit_questions import AskAbout
from caseflow.errors import Forbidden
from caseflow.store import log
from caseflow.store.tables import case_file
from tests.world import VILLAGE_ELSEWHERE, World, act, adult, at, codes, days_later, opened, row_of, take, viewer

OTHERS = ("rina", "sari", "kadis", "admin", "mitra", "luar")
LONG = 400
"""Days after which everything that waits ready has happened."""
READS = (oversight.steps, oversight.refusals, oversight.readings)


def close(world: World, case: str) -> None:
    """Make a file a closed one, of whose team the auditor is not."""
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))


def note(world: World, code: str, case: str | None, by: str = "rina", **data: object) -> None:
    log.note_access(world.session, code, actor=world.office.ids[by], at=world.now, case_id=case, data=data)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("read", READS, ids=lambda read: read.__name__)
def test_only_an_auditor_reads_the_log_across_cases(world: World, name: str, read: object) -> None:
    with pytest.raises(Forbidden):
        read(world.session, by=viewer(world, name), limit=5)  # type: ignore[operator]  # one of READS


def test_steps_come_newest_first_page_by_page(world: World) -> None:
    audit = viewer(world, "audit")
    cases = [at(world, "assessment"), at(world, "assessment", issue="no_food")]
    days_later(world, LONG)
    for case in cases:
        take(world, case, "return_for_data", note="Kurang lengkap")
    found = oversight.steps(world.session, by=audit, limit=2)
    assert [(n.number, n.data["step"], n.visible) for n in found] == [
        (str(row_of(world, case).number), "return_for_data", True) for case in reversed(cases)
    ]
    assert found[0].actor == "Rina"
    older = oversight.steps(world.session, by=audit, limit=2, before=found[-1].id)
    assert not {n.id for n in older} & {n.id for n in found}


def test_another_area_is_not_there(world: World) -> None:
    case = opened(world, by="luar", area=VILLAGE_ELSEWHERE)
    note(world, "case:act:refused", case, "luar", error="Forbidden")
    note(world, "case:act:refused", None, "luar", error="NotFound")
    assert oversight.refusals(world.session, by=viewer(world, "audit"), limit=50) == ()


def test_refusals_tell_who_was_refused_what_with_or_without_a_case(world: World) -> None:
    case = opened(world)
    note(world, "case:act:refused", case, error="StepRefused", step="approve_plan", unmet=["a", "b"])
    note(world, "case:act:refused", None, "budi", error="NotFound")
    found = oversight.refusals(world.session, by=viewer(world, "audit"), limit=5)
    assert {(n.actor, n.number, n.data["error"]) for n in found} == {
        ("Rina", str(row_of(world, case).number), "StepRefused"),
        ("Budi", None, "NotFound"),
    }
    assert [n.visible for n in found if n.number is None] == [False]


def test_that_a_closed_file_was_read_is_told_and_the_file_stays_closed(world: World) -> None:
    audit = viewer(world, "audit")
    closed, limited = opened(world), opened(world, "AT")
    close(world, closed)
    for case in (closed, limited):
        note(world, "case:file:read", case)
    note(world, "case:letter:read", closed, letter="x")
    found = oversight.readings(world.session, by=audit, limit=5)
    assert sorted(n.code for n in found) == ["case:file:read", "case:letter:read"]
    assert {(n.number, n.closed_file, n.visible) for n in found} == {(str(row_of(world, closed).number), True, False)}


def test_a_week_is_counted(world: World) -> None:
    audit, case = viewer(world, "audit"), at(world, "assessment")
    days_later(world, LONG)
    before = oversight.week(world.session, by=audit, at=world.now)
    take(world, case, "return_for_data", note="Kurang lengkap")
    note(world, "case:act:refused", case, error="Forbidden")
    note(world, "case:act:refused", None, "budi", error="NotFound")
    note(world, "case:act:refused", None, "luar", error="NotFound")
    close(world, case)
    note(world, "case:file:read", case)
    after = oversight.week(world.session, by=audit, at=world.now)
    assert (after.steps, after.refusals, after.readings) == (before.steps + 1, before.refusals + 2, before.readings + 1)
    later = oversight.week(world.session, by=audit, at=world.now + timedelta(days=8))
    assert later == oversight.Week(0, 0, 0)


# --- categories ------------------------------------------------------------------------------------------------------


def test_categories_say_how_many_open_cases_follow_which_version(world: World) -> None:
    admin = viewer(world, "admin")
    before = {s.code: s for s in oversight.categories(world.session, by=admin)}
    case = opened(world)
    world.session.execute(update(case_file).where(case_file.c.id == case).values(definition_digest=digest_of(world)))
    after = {s.code: s for s in oversight.categories(world.session, by=admin)}
    assert len(after) == 27
    assert after["FM"].older == (before["FM"].older or 0) + 1
    assert after["FM"].current == before["FM"].current
    assert after["GLD"].current == 0
    assert not after["GLD"].in_use


def digest_of(world: World) -> str:
    """Return the digest of another stored definition."""
    other = opened(world, "AT")
    return str(row_of(world, other).definition_digest)


def test_few_cases_of_a_closed_category_are_not_counted_out(world: World) -> None:
    opened(world, "KTK", person=adult())
    found = {s.code: s for s in oversight.categories(world.session, by=viewer(world, "admin"))}
    assert (found["KTK"].current, found["KTK"].older, found["KTK"].in_use) == (None, None, False)
    for _time in range(oversight.SMALL):
        opened(world, "KTK", person=adult())
    found = {s.code: s for s in oversight.categories(world.session, by=viewer(world, "admin"))}
    assert (found["KTK"].current or 0) >= oversight.SMALL


@pytest.mark.parametrize("name", ["rina", "audit", "mitra"])
def test_only_an_administrator_sees_the_state_of_categories(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        oversight.categories(world.session, by=viewer(world, name))


def test_what_is_refused_about_a_question_is_about_its_case(world: World) -> None:
    case = at(world, "assessment")
    seq = codes(world, case).index("case:step:taken") + 1
    command = AskAbout(case=row_of(world, case).number, seq=seq, of=world.office.ids["rina"], text="Mengapa hari itu?")
    question = str(act(world, audit_questions.ask, command, by="audit").created_id)
    assert operations.asked_about(world.session, question) == (case, {"question": question})
