"""A scaled installation while everything around it dies: effects in the database once, letters without a gap.

Two relays and three workers, one that works killed every second; Redis forgets everything three times; PostgreSQL
crashes once; a relay is held up longer than its leases last. CASEFLOW_TEST_SEED=N repeats the choices of a run.
"""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import pytest
import redis
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from caseflow import edge
from caseflow.access import Viewer
from caseflow.actions import inbox, letters
from caseflow.definitions import catalogue
from caseflow.edge import BusinessClock, Edge, real_now
from caseflow.errors import CaseflowError
from caseflow.paths import categories_root
from caseflow.store import jobs, migrate, reach, users, verify, wake
from caseflow.store.jobs import NewJob
from caseflow.store.session import Database, Session
from caseflow.store.tables import access_entry, delivery, file, job, job_tally, letter
from caseflow.store.vouched import FILE_MADE
from tests import factories, world
from tests.journeys.counting import CODE, KIND
from tests.mail import Mailbox, mail_server
from tests.processes import CASEFLOW, Crashing, Fleet, crashing_postgres, fleet, workers_of
from tests.servers import create_database

pytestmark = pytest.mark.slow
KILLS, PATIENCE = 20, 240
COUNTED, MAILS, LETTERS = 2_700, 260, 40
READERS = 20
BETWEEN = 60
"""Jobs done before the next kill, if there are so many: what dies must have worked."""
LEASE_SECONDS = 4
FORGETS, CRASHES, HELD, GOES_ON = (4, 9, 14), 6, 2, 12  # before which kill
COMMANDS = {
    "relay1": [CASEFLOW, "relay"],
    "relay2": [CASEFLOW, "relay"],
    **{f"worker{n}": workers_of("tests.journeys.counting") for n in (1, 2, 3)},
}


@dataclass
class Scene:
    """Where it happens."""

    postgres: Crashing
    redis_url: str
    mailbox: Mailbox
    office: world.Office
    case: str
    readers: list[str]
    fleet: Fleet
    random: Random
    seed: int
    told: list[str] = field(default_factory=list)
    """What happened, for whoever has to find out why."""

    @property
    def database(self) -> Database:
        return self.office.database


@pytest.fixture
def scene(redis_url: str, tmp_path: Path) -> Iterator[Scene]:
    seed = int(os.environ.get("CASEFLOW_TEST_SEED") or time.time_ns() % 1_000_000)
    with ExitStack() as stack:
        postgres = stack.enter_context(crashing_postgres())
        mailbox = stack.enter_context(mail_server())
        url = create_database(postgres.url)
        migrate.upgrade(url)
        given = {"redis_url": redis_url, "smtp_url": mailbox.url, "lease_seconds": LEASE_SECONDS}
        host = "https://kasus.dinsos.example"
        database = factories.database(url, tmp_path, catalogue.load(categories_root()), public_url=host, **given)
        stack.callback(database.close)
        database.wake = waker = wake.notifier(url)
        database.closing = waker.stop
        office = world.fill(database)
        with database.write() as session:
            there = world.World(office, session)
            case = world.bring(there, world.opened(there), "assessment")
            world.record(there, case, "data_collection", {"treatment_needed": True, "health_need": "rawat inap"})
            world.consent(there, case, "health_service")
            session.execute(job.delete())
            readers = [factories.user(session, f"pembaca{n}") for n in range(READERS)]
            for reader in readers:  # whatever the hour
                reach.set_ways(session, reader, reach.Ways(quiet_from=0, quiet_to=0), at=real_now())
        running = stack.enter_context(fleet(database.settings, COMMANDS))
        yield Scene(postgres, redis_url, mailbox, office, case, readers, running, Random(seed), seed)


def persistently(what: Callable[[], object]) -> None:
    """Do it until it is done: the database may be away, or go away in the middle, and nobody knows then."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            what()
        except (CaseflowError, DBAPIError):
            assert time.monotonic() < end
            Event().wait(0.2)
        else:
            return


# --- what is asked for ------------------------------------------------------------------------------------------------


def feed(scene: Scene, turn: int) -> None:
    """Add the jobs of one turn, and messages to readers."""
    at = real_now()

    def write() -> None:
        with scene.database.write() as session:
            names = [f"{n}" for n in range(COUNTED * turn // KILLS, COUNTED * (turn + 1) // KILLS)]
            new = [NewJob(kind=KIND, key=f"count:{name}", payload={"name": name}, run_at=at) for name in names]
            jobs.enqueue_all(session, new, at=at)
            for n in range(MAILS * turn // KILLS, MAILS * (turn + 1) // KILLS):
                reader = [scene.readers[n % READERS]]
                inbox.tell(session, reader, kind="assigned", cause_key=f"{n}", case_id=None, data={}, at=at)

    persistently(write)


def issue_letters(scene: Scene) -> None:
    """Issue letters as an impatient client would: again, with the same key, until there is an answer."""
    there = Edge(scene.database, BusinessClock())
    asked = letters.IssueLetter(case=scene.case, letter="rjk-rs")

    def issue(session: Session, by: Viewer, at: Any) -> tuple[int, Any]:  # noqa: ANN401 - a moment
        return 201, {"letter": letters.issue_letter(session, asked, by=by, at=at).created_id}

    for n in range(LETTERS):

        def once(n: int = n) -> None:
            with scene.database.read() as session:
                account = users.by_username(session, "rina")
                assert account is not None
                by = users.viewer(session, account, real_now().date())
            edge.write(there, by, issue, key=f"letter {n}", request=b"the same")

        persistently(once)
        Event().wait(KILLS / LETTERS)


# --- what happens to it -----------------------------------------------------------------------------------------------


def disturb(scene: Scene, turn: int) -> None:
    """Once some work was done, kill a process that has begun to work, and do more at the turns laid down."""
    left = unfinished(scene)
    patiently(scene, lambda: unfinished(scene) <= max(0, left - BETWEEN))
    if turn == HELD:
        patiently(scene, lambda: "relay1" in scene.fleet.ready())
        scene.fleet.signal("relay1", signal.SIGSTOP)
    if turn == GOES_ON:
        scene.fleet.signal("relay1", signal.SIGCONT)
    if turn in FORGETS:
        with redis.Redis.from_url(scene.redis_url) as client:
            client.flushall()
    if turn == CRASHES:
        scene.postgres.crash()
    held = {"relay1"} if HELD <= turn < GOES_ON else set()
    patiently(scene, lambda: set(scene.fleet.ready()) - held)
    name = scene.random.choice(sorted(set(scene.fleet.ready()) - held))
    scene.fleet.kill(name)
    scene.fleet.revive()
    scene.told.append(f"{turn}: {name}")


def patiently(scene: Scene, what: Callable[[], object]) -> None:
    """Wait until it is so, and start again what has ended meanwhile, as a service manager does."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, scene.told
        scene.fleet.revive()
        Event().wait(0.1)


def unfinished(scene: Scene) -> int:
    found = [1]

    def look() -> None:
        with scene.database.read() as session:
            query = select(func.count()).select_from(job).where(job.c.state != "done")
            found[0] = session.execute(query).scalar_one()

    persistently(look)
    return found[0]


# --- what came of it --------------------------------------------------------------------------------------------------


def check_effects(session: Session) -> None:
    noted = select(access_entry.c.data).where(access_entry.c.code == CODE)
    times = Counter(json.loads(data)["job"] for data in session.execute(noted).scalars())
    assert times == {f"{n}": 1 for n in range(COUNTED)}
    counted = select(func.sum(job_tally.c.jobs)).where(job_tally.c.kind == KIND, job_tally.c.outcome == "done")
    assert session.execute(counted).scalar() == COUNTED
    assert not verify.run(session).broken


def check_letters(session: Session) -> None:
    made = list(session.execute(select(letter).order_by(letter.c.running)))
    assert [row.running for row in made] == list(range(1, LETTERS + 1))
    assert {row.state for row in made} == {"rendered"}
    assert len({row.file_id for row in made}) == LETTERS
    assert session.execute(select(func.count()).select_from(file)).scalar_one() == LETTERS
    noted = select(func.count()).select_from(access_entry).where(access_entry.c.code == FILE_MADE)
    assert session.execute(noted).scalar_one() == LETTERS


def check_mail(scene: Scene, session: Session) -> tuple[int, int]:
    """Return how many messages arrived more than once, and of how many that is said to be possible."""
    rows = {row.message_id: row for row in session.execute(select(delivery))}
    arrived = Counter(str(mail["Message-ID"]) for mail in scene.mailbox.kept)
    assert len(rows) == MAILS
    assert {row.state for row in rows.values()} == {"sent"}
    assert arrived.keys() == rows.keys()
    twice = {message for message, times in arrived.items() if times > 1}
    assert [message for message in twice if not rows[message].maybe_twice] == []
    return len(twice), sum(row.maybe_twice for row in rows.values())


def test_everything_is_done_once_whatever_dies(scene: Scene) -> None:
    print("CASEFLOW_TEST_SEED =", scene.seed)  # noqa: T201 - shown when it fails
    writer = Thread(target=issue_letters, args=(scene,))
    writer.start()
    for turn in range(KILLS):
        began = time.monotonic()
        feed(scene, turn)
        disturb(scene, turn)
        Event().wait(max(0.0, 1 - (time.monotonic() - began)))
    writer.join()
    patiently(scene, lambda: not unfinished(scene))
    with scene.database.read() as session:
        check_effects(session)
        check_letters(session)
        twice, maybe = check_mail(scene, session)
        begun = session.execute(select(func.sum(job.c.attempts))).scalar_one()
        total = session.execute(select(func.count()).select_from(job)).scalar_one()
    assert begun > total, "nothing was hit: this proves nothing"
    print(f"{total} jobs begun {begun} times; {maybe} messages may have been sent twice, {twice} were")  # noqa: T201 - as above
    print(scene.told)  # noqa: T201 - as above
