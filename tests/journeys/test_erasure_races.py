"""An erasure while others work: on real connections, nobody writes into what is gone, and nobody erases what is new."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from caseflow.actions import cases, steps
from caseflow.actions.erasure import AskErasure, DecideErasure, approve_erasure, ask_erasure
from caseflow.errors import Busy, CaseflowError, Erased, Refused, ReviewClosed, StepRefused
from caseflow.store import erasures, verify
from tests.world import VILLAGE, Office, World, act, advance, at, days_later, fill, open_database, row_of

DatabaseFactory = Callable[[str], str]
pytestmark = pytest.mark.slow
WAIT = 30  # seconds until a thread that nobody wakes gives up


@pytest.fixture
def busy(migrated_url: DatabaseFactory, tmp_path: Path) -> Office:
    """Return an office of this test's own on PostgreSQL, where two transactions write at once."""
    return fill(open_database(migrated_url("postgresql"), tmp_path))


def asked(office: Office) -> tuple[str, DecideErasure, World]:
    """Return a case closed long ago, what decides the erasure of its person, and when that is."""
    with office.database.write() as session:
        world = World(office, session)
        case = at(world, "closed")
        days_later(world, 6 * 366)
        said = AskErasure(case=case, basis="request", applicant="Yang bersangkutan", reason="Permintaan sendiri.")
        return case, DecideErasure(erasure=str(act(world, ask_erasure, said).created_id)), world


def later(office: Office, world: World, action: Callable[..., object], command: object, by: str) -> object:
    """Run an action in a transaction of its own, and return its result or its refusal."""
    try:
        with office.database.write() as session:
            return act(World(office, session, world.now), action, command, by=by)
    except CaseflowError as refusal:
        return refusal


def holds(office: Office) -> bool:
    with office.database.read() as session:
        return verify.run(session).broken == ()


def test_a_case_is_not_opened_for_somebody_being_erased(busy: Office) -> None:
    case, command, world = asked(busy)
    with busy.database.read() as session:
        subject = row_of(World(busy, session), case).subject_id
    opening = cases.OpenCase(category="AT", area=VILLAGE, subject=subject)
    begun = Event()

    def opens() -> object:
        begun.set()
        return later(busy, world, cases.open_case, opening, "rina")

    with ThreadPoolExecutor(1) as threads:
        with busy.database.write() as session:
            mine = World(busy, session, world.now)
            act(mine, approve_erasure, command, by="kadis")
            erasures.kept(session, subject)  # what was written has reached the database
            found = threads.submit(opens)
            assert begun.wait(WAIT)
        assert isinstance(found.result(WAIT), Erased)
    assert holds(busy)
    busy.database.close()


def test_somebody_for_whom_a_case_is_being_opened_is_not_erased(busy: Office) -> None:
    case, command, world = asked(busy)
    begun = Event()

    def approves() -> object:
        begun.set()
        return later(busy, world, approve_erasure, command, "kadis")

    with ThreadPoolExecutor(1) as threads:
        with busy.database.write() as session:
            mine = World(busy, session, world.now)
            subject = row_of(mine, case).subject_id
            act(mine, cases.open_case, cases.OpenCase(category="AT", area=VILLAGE, subject=subject))
            erasures.kept(session, subject)
            found = threads.submit(approves)
            assert begun.wait(WAIT)
        assert isinstance(found.result(WAIT), Busy | Refused)
    with busy.database.read() as session:
        assert erasures.kept(session, subject)
    assert holds(busy)
    busy.database.close()


def test_of_an_erasure_and_a_reopening_one_wins(busy: Office) -> None:
    case, command, world = asked(busy)
    with ThreadPoolExecutor(2) as threads:
        erased = threads.submit(later, busy, world, approve_erasure, command, "kadis")
        reopened = threads.submit(later, busy, world, steps.advance_case, advance(case, "reopen"), "sari")
        results = (erased.result(WAIT), reopened.result(WAIT))
    refusals = [r for r in results if isinstance(r, CaseflowError)]
    assert len(refusals) == 1
    assert isinstance(refusals[0], Refused | StepRefused | Busy)
    assert holds(busy)
    busy.database.close()


def test_of_two_who_approve_one_wins(busy: Office) -> None:
    _case, command, world = asked(busy)
    with ThreadPoolExecutor(2) as threads:
        found = [threads.submit(later, busy, world, approve_erasure, command, "kadis") for _n in range(2)]
        results = [f.result(WAIT) for f in found]
    assert sorted(isinstance(r, ReviewClosed | Busy) for r in results) == [False, True]
    assert holds(busy)
    busy.database.close()
