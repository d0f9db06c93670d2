"""Many people at once, on real connections: one step wins, no number is lost, nobody passes on facts that changed."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Barrier, Event, Lock
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.actions import cases, consents, letters, plan, records, referrals, reviews, steps
from caseflow.actions.casework import look
from caseflow.actions.people import ChangePerson, HouseholdData, change_person
from caseflow.edge import BusinessClock, Edge, write
from caseflow.errors import (
    Busy,
    CaseflowError,
    DuplicateCase,
    IdempotencyMismatch,
    ReviewVoided,
    StepRefused,
    VersionConflict,
)
from caseflow.states import guards, machine
from caseflow.states.lifecycle import STEPS
from caseflow.store import cases as case_rows
from caseflow.store import log, verify
from caseflow.store.hot import FenceLost, Write
from caseflow.store.session import Session
from caseflow.store.tables import case_file, case_team, letter
from tests.world import (
    VILLAGE,
    Office,
    World,
    act,
    adult,
    advance,
    answers,
    at,
    child,
    complete,
    consent,
    fill,
    household,
    items_of,
    may_tell,
    open_database,
    opened,
    ready_plan,
    record,
    row_of,
    state_of,
    take,
    viewer,
)

DatabaseFactory = Callable[[str], str]
pytestmark = pytest.mark.slow
WAIT = 30  # seconds until a thread that nobody wakes gives up


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, migrated_url: DatabaseFactory, tmp_path: Path) -> Iterator[Office]:
    """Return an office of this test's own, where transactions end for real."""
    database = open_database(migrated_url(request.param), tmp_path)
    yield fill(database)
    database.close()


@pytest.fixture
def busy_postgresql(migrated_url: DatabaseFactory, tmp_path: Path) -> Iterator[Office]:
    """Return the same on PostgreSQL, where two transactions write at once."""
    database = open_database(migrated_url("postgresql"), tmp_path)
    yield fill(database)
    database.close()


@contextmanager
def written(office: Office) -> Iterator[World]:
    """Yield the office in a transaction that is committed, a day after all that tests prepare."""
    with office.database.write() as session:
        yield World(office, session)


def prepared(office: Office, prepare: Callable[[World], Any]) -> Any:  # noqa: ANN401 - what was prepared
    with written(office) as world:
        world.now = log.newest_entry(world.session) or world.now
        return prepare(world)


def does(office: Office, action: Callable[..., Any], command: object, by: str = "rina", days: int = 1) -> Any:  # noqa: ANN401 - what the action returns
    """Run an action in a transaction of its own, on another day, and return its result or its refusal."""
    try:
        with written(office) as world:
            world.now += timedelta(days=days)
            return act(world, action, command, by=by)
    except CaseflowError as refusal:
        return refusal


def at_once(count: int, deed: Callable[[int], Any]) -> list[Any]:
    """Run a deed in that many threads, all let go at the same moment."""
    gate = Barrier(count)

    def run(number: int) -> Any:  # noqa: ANN401 - what the deed returns
        gate.wait(WAIT)
        return deed(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def whole(office: Office) -> bool:
    """Tell whether every chain holds and every case is the fold of its entries."""
    with office.database.read() as session:
        found = verify.run(session).broken
        assert found == ()
        return True


# --- one wins --------------------------------------------------------------------------------------------------------


def test_of_sixteen_who_take_one_step_one_wins(busy: Office) -> None:
    case = prepared(busy, lambda world: at(world, "intervention_plan"))
    with written(busy) as world:
        seen, entries = row_of(world, case).version, row_of(world, case).entry_seq
    command = advance(case, "return_to_assessment", expected_version=seen)
    results = at_once(16, lambda _n: does(busy, steps.advance_case, command))
    assert Counter(type(result).__name__ for result in results) == {"Done": 1, "VersionConflict": 15}
    assert {result.data["theirs"]["version"] for result in results if isinstance(result, VersionConflict)} == {seen + 1}
    with written(busy) as world:
        assert (state_of(world, case), row_of(world, case).entry_seq) == ("assessment", entries + 1)
    assert whole(busy)


def test_of_eight_who_approve_one_plan_one_wins(busy: Office) -> None:
    def ask(world: World) -> str:
        case = at(world, "intervention_plan")
        ready_plan(world, case)
        return str(take(world, case, "approve_plan").review_id)

    review = prepared(busy, ask)
    command = reviews.DecideReview(review=review, reason="Setuju.")
    people = ("sari", "bambang", "kadis")
    results = at_once(8, lambda n: does(busy, reviews.grant_review, command, by=people[n % 3]))
    assert Counter(type(result).__name__ for result in results) == {"Done": 1, "ReviewClosed": 7}
    assert whole(busy)


def test_fifty_open_cases_and_no_number_is_lost(busy: Office) -> None:
    people = [adult() for _n in range(50)]

    def opens(number: int) -> Any:  # noqa: ANN401 - a case or a refusal
        command = cases.OpenCase(category="FM", area=VILLAGE, person=people[number])
        return does(busy, cases.open_case, command, by=("rina", "budi", "sari", "intan")[number % 4])

    results = at_once(50, opens)
    assert sorted(result.case.number for result in results) == [f"6310-2026-{n:06d}" for n in range(1, 51)]
    assert whole(busy)


def test_a_refused_opening_leaves_no_gap_between_others(busy: Office) -> None:
    def opens(number: int) -> Any:  # noqa: ANN401 - a case or a refusal
        bad = {"answers": {"situation": 5}} if number % 2 else {}
        command = cases.OpenCase(category="FM", area=VILLAGE, person=adult(), **bad)  # type: ignore[arg-type]  # a wrong answer
        return does(busy, cases.open_case, command)

    results = at_once(12, opens)
    numbers = sorted(result.case.number for result in results if not isinstance(result, CaseflowError))
    assert numbers == [f"6310-2026-{n:06d}" for n in range(1, 7)]


def test_of_two_who_open_a_case_for_one_person_one_wins(busy: Office) -> None:
    for day in range(1, 6):
        subject = prepared(busy, lambda world: row_of(world, opened(world, "AT", person=child())).subject_id)
        command = cases.OpenCase(category="FM", area=VILLAGE, subject=subject)
        results = at_once(2, lambda n: does(busy, cases.open_case, command, by=("rina", "budi")[n], days=day))  # noqa: B023 - used in this round
        won = [result for result in results if not isinstance(result, CaseflowError)]
        lost = [result for result in results if isinstance(result, CaseflowError)]
        assert (len(won), {type(each) for each in lost} <= {DuplicateCase, Busy}) == (1, True)
        again = does(busy, cases.open_case, command, by="budi", days=day)
        assert isinstance(again, DuplicateCase)
        assert again.data["number"] == won[0].case.number
    assert whole(busy)


@pytest.mark.parametrize("kind", ["person", "household"])
def test_of_two_who_report_one_new_person_one_wins(busy: Office, kind: str) -> None:
    for number in range(5):
        someone = adult()
        family = HouseholdData(kk=f"63100101011500{number:02d}", members=household(someone).members)
        about: dict[str, Any] = {"person": someone} if kind == "person" else {"household": family}
        command = cases.OpenCase(category="FM", area=VILLAGE, **about)
        results = at_once(2, lambda n: does(busy, cases.open_case, command, by=("rina", "budi")[n]))  # noqa: B023 - used in this round
        assert Counter(type(result).__name__ for result in results) == {"Opened": 1, "DuplicateCase": 1}
    assert whole(busy)


def test_letters_of_many_cases_are_numbered_without_gaps(busy: Office) -> None:
    def prepare(world: World) -> str:
        case = opened(world)
        said = answers(world, "FM", "data_collection", treatment_needed=True, health_need="rawat inap")
        record(world, case, "data_collection", said)
        take(world, case, "submit_for_assessment")
        consent(world, case, "health_service")
        return case

    ready = [prepared(busy, prepare) for _n in range(8)]
    results = at_once(
        8, lambda n: does(busy, letters.issue_letter, letters.IssueLetter(case=ready[n], letter="rjk-rs"))
    )
    assert not [result for result in results if isinstance(result, CaseflowError)]
    with busy.database.read() as session:
        assert sorted(session.execute(select(letter.c.running)).scalars()) == list(range(1, 9))
    assert whole(busy)


# --- nobody passes on facts that changed -----------------------------------------------------------------------------


@dataclass(slots=True)
class Interrupted(Session):
    """A session that stops before it first writes a case, until somebody has changed something meanwhile."""

    looked: Event = field(default_factory=Event)
    changed: Event = field(default_factory=Event)

    def fence(self, row_id: str, write: Write, values: Mapping[str, Any]) -> None:
        self.wait_for_the_other()
        Session.fence(self, row_id, write, values)

    def wait_for_the_other(self) -> None:
        """Say that everything was read, and wait."""
        self.looked.set()
        assert self.changed.wait(WAIT), "nobody changed anything"


Deed = Callable[[Session, World], object]


def between_reading_and_writing(office: Office, deed: Deed, meanwhile: Callable[[], object]) -> CaseflowError | None:
    """Run a deed that has read everything and not written yet when another transaction commits `meanwhile`."""
    looked, changed = Event(), Event()

    def run() -> CaseflowError | None:
        try:
            with office.database.write() as session:
                stopped = Interrupted(
                    session.conn, session.keys, session.settings, session.categories, looked=looked, changed=changed
                )
                world = World(office, stopped)
                world.now += timedelta(days=2)
                deed(stopped, world)
        except CaseflowError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(run)
        assert looked.wait(WAIT), "it never came to writing"
        outcome = meanwhile()
        assert not isinstance(outcome, CaseflowError), outcome
        changed.set()
        return running.result(WAIT)


@dataclass(frozen=True, slots=True)
class Race:
    """A step about to be taken, and what somebody else does between its reading and its writing."""

    prepare: Callable[[World], str]
    step: str
    meanwhile: Callable[[Office, str], object]
    unmet: list[str]


def assessed(world: World) -> str:
    case = at(world, "assessment")
    complete(world, case, "assessment")
    return case


def settled(world: World) -> str:
    case = at(world, "intervention")
    done = plan.SettleItem(case=case, item=items_of(world, case)[0].id)
    act(world, plan.finish_item, done)
    may_tell(world, case)
    return case


def answer_cleared(office: Office, case: str) -> object:
    """A draft raises no version that people send: only the version of the facts tells of it."""
    cleared = records.RecordStage(case=case, stage="assessment", answers={"problems": None})
    return does(office, records.record_stage, cleared, by="budi")


def referral_sent(office: Office, case: str) -> object:
    sent = referrals.AddReferral(case=case, institution=office.institutions["charity"], need="Modal usaha")
    return does(office, referrals.add_referral, sent, by="budi")


RACES = {
    "an answer cleared": Race(assessed, "complete_assessment", answer_cleared, ["stage_form_is_complete"]),
    "a referral sent": Race(settled, "complete_intervention", referral_sent, ["every_referral_is_answered"]),
}


@pytest.mark.parametrize("race", RACES)
def test_a_step_does_not_pass_on_facts_that_changed_meanwhile(busy_postgresql: Office, race: str) -> None:
    now = RACES[race]
    case = prepared(busy_postgresql, now.prepare)
    command = advance(case, now.step)
    refusal = between_reading_and_writing(
        busy_postgresql,
        lambda session, world: steps.advance_case(session, command, by=viewer(world, "rina"), at=world.now),
        lambda: now.meanwhile(busy_postgresql, case),
    )
    assert isinstance(refusal, StepRefused)
    assert [found["guard"] for found in refusal.data["unmet"]] == now.unmet
    assert whole(busy_postgresql)


def naive(session: Session, world: World, case: str, step: str, *, fenced: str) -> None:
    """Take a step as one would without thinking of others: read, decide, write."""
    work = look(session, case, by=viewer(world, "rina"), at=world.now)
    decision = machine.advance(work.category, work.facts, step)
    assert isinstance(session, Interrupted)
    session.wait_for_the_other()
    known = [case_file.c.id == case] + ([case_file.c.version == work.row.version] if fenced == "version" else [])
    moved = case_file.update().where(*known).values(state=decision.to, version=work.row.version + 1)
    assert session.execute(moved).rowcount == 1


@pytest.mark.parametrize(
    ("race", "fenced"), [("an answer cleared", ""), ("an answer cleared", "version"), ("a referral sent", "")]
)
def test_the_race_is_real_a_naive_step_passes(busy_postgresql: Office, race: str, fenced: str) -> None:
    """Without the fence, or with the version alone, the same interleaving takes a step its guards forbid."""
    now = RACES[race]
    case = prepared(busy_postgresql, now.prepare)
    refusal = between_reading_and_writing(
        busy_postgresql,
        lambda session, world: naive(session, world, case, now.step, fenced=fenced),
        lambda: now.meanwhile(busy_postgresql, case),
    )
    assert refusal is None
    with written(busy_postgresql) as world:
        world.now += timedelta(days=3)
        work = look(world.session, case, by=viewer(world, "rina"), at=world.now)
        assert work.row.state == STEPS[now.step].to, "it moved"
    assert now.unmet[0] in guards.GUARDS


def test_a_plan_item_added_meanwhile_is_not_approved_unseen(busy_postgresql: Office) -> None:
    def ask(world: World) -> tuple[str, str]:
        case = at(world, "intervention_plan")
        ready_plan(world, case)
        return case, str(take(world, case, "approve_plan").review_id)

    case, review = prepared(busy_postgresql, ask)
    refusal = between_reading_and_writing(
        busy_postgresql,
        lambda session, world: reviews.grant_review(
            session, reviews.DecideReview(review=review), by=viewer(world, "sari"), at=world.now
        ),
        lambda: does(busy_postgresql, plan.add_item, plan.AddItem(case=case, intervention="SEMBAKO"), by="budi"),
    )
    assert isinstance(refusal, ReviewVoided)
    with written(busy_postgresql) as world:
        assert (state_of(world, case), len(items_of(world, case))) == ("intervention_plan", 2)
    assert whole(busy_postgresql)


# --- the same request, and people in each other's way ----------------------------------------------------------------


def test_the_same_request_from_eight_is_done_once(busy: Office) -> None:
    edge = Edge(busy.database, BusinessClock())
    someone, done, lock = adult(), Counter[str](), Lock()
    with busy.database.read() as session:
        by = viewer(World(busy, session), "rina")

    def run(session: Session, who: Any, at: Any) -> tuple[int, dict[str, str]]:  # noqa: ANN401 - as the edge calls it
        command = cases.OpenCase(category="FM", area=VILLAGE, person=someone)
        number = cases.open_case(session, command, by=who, at=at).case.number
        with lock:
            done[number] += 1
        return 201, {"number": number}

    answered = at_once(8, lambda _n: write(edge, by, run, key="once", request=b"POST /cases"))
    assert {(answer.status, answer.body["number"]) for answer in answered} == {(201, f"6310-{edge_year(edge)}-000001")}
    assert sum(not answer.repeated for answer in answered) == 1
    with busy.database.read() as session:
        assert len(session.execute(select(case_file.c.id)).all()) == 1
    with pytest.raises(IdempotencyMismatch):
        write(edge, by, run, key="once", request=b"POST /something else")
    assert whole(busy)


def test_a_step_sent_twice_at_once_is_answered_twice_and_taken_once(busy: Office) -> None:
    """A double click: the second must not read as if somebody else had changed the case."""
    case = prepared(busy, lambda world: at(world, "assessment"))
    edge = Edge(busy.database, BusinessClock())
    with busy.database.read() as session:
        by, seen = viewer(World(busy, session), "rina"), row_of(World(busy, session), case).version

    def run(session: Session, who: Any, at: Any) -> tuple[int, dict[str, int]]:  # noqa: ANN401 - as the edge calls it
        command = advance(case, "return_for_data", expected_version=seen)
        return 200, {"version": steps.advance_case(session, command, by=who, at=at).version}

    answered = at_once(4, lambda _n: write(edge, by, run, key="click", request=b"POST /steps"))
    assert {(answer.status, answer.body["version"]) for answer in answered} == {(200, seen + 1)}
    assert sum(not answer.repeated for answer in answered) == 1


def edge_year(edge: Edge) -> int:
    with edge.database.read() as session:
        return edge.today(session).year


def test_two_files_of_one_person_do_not_stop_each_other(busy: Office) -> None:
    """Each correction touches both files: whoever comes second is told so, and nobody waits for ever."""

    def prepare(world: World) -> list[str]:
        someone = child()
        return [opened(world, "AT", person=someone), opened(world, "FM", person=someone)]

    files = prepared(busy, prepare)
    results: list[Any] = []
    for _round in range(3):
        results += at_once(
            4, lambda n: does(busy, change_person, ChangePerson(case=files[n % 2], person=child(name=f"Nama {n}")))
        )
    assert {type(result).__name__ for result in results} <= {"Done", "Busy", "VersionConflict"}
    with busy.database.read() as session:
        assert {row.entry_seq > 1 for row in session.execute(select(case_file.c.entry_seq))} == {True}
    assert whole(busy)


def test_a_busy_morning(busy: Office) -> None:
    """Six people work on three cases at random: whatever is refused, the log and the cases agree at the end."""
    files = prepared(busy, lambda world: [at(world, state) for state in ("assessment", "intervention", "monitoring")])
    allowed = {"StepRefused", "StepOutOfOrder", "Refused", "Busy", "VersionConflict", "InvalidInput"}
    allowed |= {"Done", "Recorded", "ReviewPending"}

    def morning(number: int) -> list[Any]:
        chance = Random(number)
        return [deed(busy, files[chance.randrange(3)], chance) for _n in range(6)]

    results = [result for each in at_once(6, morning) for result in each]
    assert {type(result).__name__ for result in results} <= allowed
    assert {type(result).__name__ for result in results} >= {"Done", "Recorded"}
    assert whole(busy)


def deed(office: Office, case: str, chance: Random) -> Any:  # noqa: ANN401 - a result or a refusal
    """Do one of the things people do all day."""
    deeds: list[tuple[Callable[..., Any], object]] = [
        (
            records.record_stage,
            records.RecordStage(case=case, stage="assessment", answers={"problems": str(chance.random())}),
        ),
        (
            consents.add_consent,
            consents.AddConsent(case=case, purpose="health_service", relation="self", giver="Aminah"),
        ),
        (plan.add_item, plan.AddItem(case=case, intervention="SEMBAKO", goal="x")),
        (steps.advance_case, advance(case, "complete_assessment")),
        (steps.advance_case, advance(case, "return_to_assessment")),
        (steps.advance_case, advance(case, "amend_plan")),
        (steps.advance_case, advance(case, "replan")),
        (steps.advance_case, advance(case, "terminate", details={"reason_code": "moved"})),
    ]
    action, command = chance.choice(deeds)
    return does(office, action, command, by=chance.choice(("rina", "budi")))


def test_the_row_is_where_the_fence_says(busy: Office) -> None:
    case = prepared(busy, lambda world: at(world, "assessment"))
    with busy.database.read() as session:
        row = case_rows.by_id(session, case)
    assert row is not None
    with busy.database.write() as session:
        case_rows.fence(session, row, {})
        session.flush()
        case_rows.fence(session, row, {})
        session.insert(case_team, {"case_id": case, "user_id": row.opened_by})
        with pytest.raises(FenceLost):  # the facts have a new version now
            session.flush()
    with busy.database.read() as session:
        assert not case_rows.team(session, case), "what waited behind the fence was not written"
