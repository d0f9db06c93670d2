"""Answers that come at the same moment, on real connections: one waits, the other is refused, and the log holds."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from caseflow.actions import partners, referrals, replies
from caseflow.actions.replies import OfferAnswer
from caseflow.errors import CaseflowError
from caseflow.store import children, verify
from caseflow.store.session import Session
from caseflow.store.tables import referral
from tests.actions.test_partners import partner
from tests.world import MINUTE, START, Office, World, act, fill, may_tell, open_database, taken

DatabaseFactory = Callable[[str], str]
pytestmark = pytest.mark.slow
WAIT = 30  # seconds until a thread that nobody wakes gives up
AT_ONCE = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, migrated_url: DatabaseFactory, tmp_path: Path) -> Iterator[Office]:
    """Return an office of this test's own, where transactions end for real."""
    database = open_database(migrated_url(request.param), tmp_path)
    yield fill(database)
    database.close()


def referred(office: Office) -> tuple[str, str, str]:
    """Return a case, its referral to the charity, and the code that answers it."""
    case = taken(office, [("FM", "intervention")])["FM", "intervention"][0]
    with office.database.write() as session:
        world = World(office, session, START)
        may_tell(world, case)
        command = referrals.AddReferral(case=case, institution=office.institutions["charity"], need="Beras")
        row = str(act(world, referrals.add_referral, command).created_id)
        return case, row, act(world, replies.make_link, replies.MakeLink(case=case, referral=row)).code


def together(office: Office, acts: list[Callable[[Session], object]]) -> list[str]:
    """Run each in a transaction of its own, all begun at the same moment; return what became of each."""
    begin = Barrier(len(acts))

    def run(one: Callable[[Session], object]) -> str:
        begin.wait(WAIT)
        try:
            with office.database.write() as session:
                one(session)
        except CaseflowError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_of_answers_by_one_code_at_once_one_waits(busy: Office) -> None:
    case, row, code = referred(busy)
    at = START + 30 * MINUTE

    def offering(number: int) -> Callable[[Session], object]:
        command = OfferAnswer(code=code, status="accepted", officer=f"Petugas {number}")
        return lambda session: replies.offer_answer(session, command, at=at)

    became = together(busy, [offering(n) for n in range(AT_ONCE)])
    assert became.count("done") == 1
    assert set(became) <= {"done", "Refused", "Busy"}
    with busy.database.read() as session:
        found = children.get(session, referral, case, row)
        assert found is not None
        assert (found.offered, found.status, found.confirmed) == ("accepted", "open", False)
        assert not verify.run(session).broken


def test_a_partner_and_a_code_at_once_leave_one_answer(busy: Office) -> None:
    case, row, code = referred(busy)
    at = START + 30 * MINUTE
    with busy.database.read() as session:
        mitra = partner(World(busy, session, START), "charity")
    by_code = OfferAnswer(code=code, status="refused", officer="Petugas", note="Penuh")
    own = partners.AnswerOwn(referral=row, status="done")
    became = together(
        busy,
        [
            lambda session: replies.offer_answer(session, by_code, at=at),
            lambda session: partners.answer_own(session, own, by=mitra, at=at),
        ],
    )
    assert "done" in became
    with busy.database.read() as session:
        found = children.get(session, referral, case, row)
        assert found is not None
        assert (found.status, found.offered) == ("done", None), "the institution's own word stands"
        assert not verify.run(session).broken
