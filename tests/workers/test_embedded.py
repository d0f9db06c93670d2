"""Workers inside another process: started by a commit, stopped without losing anything, drained in a moment."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from caseflow.letters.child import Renderer
from caseflow.paths import templates_root
from caseflow.store import letters
from caseflow.store.jobs import Job
from caseflow.store.session import Database
from tests import factories
from tests.workers import parts
from workers.embedded import Embedded
from workers.runtime import Clock, Runtime, real_now


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


def test_a_commit_starts_the_job_and_nothing_else_is_needed(database: Database) -> None:
    ran: list[str] = []
    workers = Embedded(parts.runtime(database), {"test.kind": lambda _runtime, job: ran.append(job.key)})
    workers.start()
    try:
        for key in "abc":
            parts.add(database, key, at=real_now())
            parts.wait_until(lambda key=key: key in ran)  # type: ignore[misc]  # a default of a lambda has no type
    finally:
        workers.stop()
    assert ran == ["a", "b", "c"]
    assert all(parts.all_jobs(database)[key].state == "done" for key in "abc")


def test_many_jobs_each_run_once(database: Database) -> None:
    ran: Counter[str] = Counter()
    workers = Embedded(parts.runtime(database), {"test.kind": lambda _runtime, job: ran.update([job.key])})
    keys = [f"{number}" for number in range(150)]
    parts.add(database, *keys, at=real_now())
    workers.start()
    try:
        parts.wait_until(lambda: len(ran) == len(keys))
    finally:
        workers.stop()
    assert set(ran.values()) == {1}


def test_stopping_ends_what_runs_and_gives_back_what_has_not_begun(database: Database) -> None:
    begun, may_end = Event(), Event()

    def wait(_runtime: Runtime, _job: Job) -> None:
        begun.set()
        assert may_end.wait(parts.SECONDS)

    parts.add(database, *(f"{number}" for number in range(20)), at=real_now())
    workers = Embedded(parts.runtime(database), {"test.kind": wait}, threads=1)
    workers.start()
    assert begun.wait(parts.SECONDS)
    stopping = Thread(target=workers.stop)
    stopping.start()
    parts.wait_until(lambda: Counter(row.state for row in parts.all_jobs(database).values())["ready"] > 0)
    may_end.set()
    stopping.join()
    found = {key: row for key, row in parts.all_jobs(database).items() if row.kind == "test.kind"}
    states = Counter(row.state for row in found.values())
    assert set(states) <= {"done", "ready"}
    assert states["done"] >= 1
    assert states["ready"] >= 10
    assert all(row.attempts == (row.state == "done") for row in found.values())


def test_draining_beside_running_threads_runs_each_job_once(database: Database) -> None:
    ran: Counter[str] = Counter()
    workers = Embedded(parts.runtime(database), {"test.kind": lambda _runtime, job: ran.update([job.key])})
    workers.start()
    keys = [f"{number}" for number in range(100)]
    parts.add(database, *keys, at=real_now())
    workers.drain()
    assert len(ran) == len(keys), "drained means that nothing is under way any more"
    workers.stop()
    assert set(ran.values()) == {1}


def test_draining_runs_only_what_is_due_by_business_time(database: Database) -> None:
    clocks = parts.Clocks()
    ran: list[str] = []
    workers = Embedded(parts.runtime(database, clocks), {"test.kind": lambda _runtime, job: ran.append(job.key)})
    parts.add(database, "now")
    parts.add(database, "tomorrow", at=clocks.business + 24 * factories.HOUR)
    workers.drain()
    assert ran == ["now"]
    clocks.pass_by(days=1)
    workers.drain()
    assert ran == ["now", "tomorrow"]


def test_a_letter_is_made_and_kept_once(database: Database) -> None:
    clocks = parts.Clocks()
    with database.write() as session:
        worker = factories.user(session, "pendamping", "caseworker")
        case = factories.case(session, factories.office(session), assignee=worker)
        letter_id = factories.letter(session, case, at=clocks.business)
    with Renderer(templates_root() / "letters") as renderer:
        clock = Clock(real=lambda: clocks.real, business=lambda: clocks.business)
        runtime = Runtime(database=database, render=renderer.render, channels=parts.kept([]), clock=clock)
        Embedded(runtime).drain()
    with database.read() as session:
        row = letters.by_id(session, letter_id)
        assert row is not None
        assert row.state == "rendered"
        content = letters.file_content(session, case.subject_id, row.file_id)
    assert content is not None
    assert content.startswith(b"%PDF")
