"""Real worker processes behind a real Redis, killed in the middle: database effects once, mail honest about twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from caseflow.actions import inbox
from caseflow.paths import templates_root
from caseflow.store import inbox as inbox_rows
from caseflow.store import jobs, letters
from caseflow.store.session import Database
from tests import factories
from tests.mail import Mailbox, mail_server
from tests.workers import parts
from workers import relay
from workers.broker import build
from workers.relay import Relay
from workers.runtime import Clock, Runtime, real_now

ROOT = Path(__file__).parents[2]
SLOW_BODY = """{% for a in range(3000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}"""
pytestmark = pytest.mark.slow


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def database(migrated_url: factories.UrlOf, redis_url: str, tmp_path: Path, mailbox: Mailbox) -> Iterator[Database]:
    own = tmp_path / "letters"
    own.mkdir()
    opened = factories.database(
        migrated_url("postgresql"), tmp_path, redis_url=redis_url, smtp_url=mailbox.url, templates_dir=own,
        letter_wall_seconds=15,
    )  # fmt: skip
    yield opened
    opened.close()


@contextmanager
def worker_process(database: Database, *, threads: int = 2) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `dramatiq workers` with the settings of that database."""
    given = database.settings
    wanted = ("database_url", "redis_url", "data_dir", "smtp_url", "templates_dir", "letter_wall_seconds")
    environment = {f"CASEFLOW_{name}".upper(): str(getattr(given, name)) for name in wanted}
    command = [sys.executable, "-m", "dramatiq", "workers", "--processes", "1", "--threads", str(threads)]
    log = given.data_dir / "worker.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert b"Failed to import" not in log.read_bytes(), log.read_text()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End master and workers at once, as a power cut would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def pump(database: Database, *, ahead: timedelta = timedelta(0)) -> None:
    """Relay once; `ahead` of real time, leases have run out."""
    clock = Clock(real=lambda: real_now() + ahead)
    runtime = Runtime(database=database, render=parts.made, channels={}, clock=clock)
    relay.pump(Relay(runtime, build(database.settings.redis_url)))


def tell(database: Database, count: int = 1) -> list[str]:
    with database.write() as session:
        readers = [factories.user(session, f"siti{number}") for number in range(count)]
        inbox.tell(session, readers, kind="assigned", cause_key="c", case_id=None, data={}, at=real_now())
    return readers


def states(database: Database) -> Counter[str]:
    return Counter(row.state for row in parts.all_jobs(database).values())


def delivery(database: Database, reader: str) -> tuple[str, int, bool]:
    with database.read() as session:
        (message,) = inbox_rows.of_user(session, reader)
        (row,) = inbox_rows.deliveries(session, message.id)
        return row.state, row.attempts, row.maybe_twice


def held_up(mailbox: Mailbox) -> Callable[[], None]:
    """Let the server sit on each message until the returned function is called."""
    go_on = Event()
    mailbox.before = lambda: go_on.wait(parts.SECONDS)
    return go_on.set


def test_jobs_reach_other_processes_and_run_once(database: Database, mailbox: Mailbox) -> None:
    readers = tell(database, 20)
    with worker_process(database) as process:
        pump(database)
        parts.wait_until(lambda: states(database) == {"done": 20})
        process.send_signal(signal.SIGTERM)
        assert process.wait(parts.SECONDS) == 0
    assert Counter(str(mail["To"]) for mail in mailbox.kept) == {f"siti{n}@dinsos.example": 1 for n in range(20)}
    assert {delivery(database, reader) for reader in readers} == {("sent", 1, False)}


def test_a_worker_killed_while_it_mails_leaves_one_message_in_the_inbox_and_says_maybe_twice(
    database: Database, mailbox: Mailbox
) -> None:
    (reader,) = tell(database)
    go_on = held_up(mailbox)
    with worker_process(database) as process:
        pump(database)
        assert mailbox.arrived.wait(parts.SECONDS)
        kill(process)
    go_on()
    assert delivery(database, reader) == ("sending", 1, False)
    pump(database)
    assert states(database) == {"running": 1}, "its lease has not run out"
    with worker_process(database):
        pump(database, ahead=timedelta(minutes=1))
        parts.wait_until(lambda: states(database) == {"done": 1})
    assert delivery(database, reader) == ("sent", 2, True)
    assert len({mail["Message-ID"] for mail in mailbox.kept}) == 1
    assert len(mailbox.kept) == 2


def test_a_worker_killed_while_it_renders_leaves_one_letter_with_one_file(database: Database) -> None:
    slow = (database.settings.templates_dir or ROOT) / "rjk-rs"
    slow.mkdir()
    shipped = (templates_root() / "letters" / "rjk-rs" / "body.html").read_text(encoding="utf-8")
    (slow / "body.html").write_text(SLOW_BODY + shipped, encoding="utf-8")
    with database.write() as session:
        case = factories.case(session, factories.office(session))
        letter_id = factories.letter(session, case, at=real_now())
    with worker_process(database) as process:
        pump(database)
        parts.wait_until(lambda: states(database) == {"running": 1})
        kill(process)
    (slow / "body.html").unlink()
    with worker_process(database):
        pump(database, ahead=timedelta(minutes=1))
        parts.wait_until(lambda: states(database) == {"done": 1})
    with database.read() as session:
        (made,) = letters.of_case(session, case.id)
        assert (made.id, made.state, made.number) == (letter_id, "rendered", "400.9.1/1/2026")
        content = letters.file_content(session, case.subject_id, made.file_id)
    assert content
    assert content.startswith(b"%PDF")
    assert parts.all_jobs(database)[f"letter.render:{letter_id}"].attempts == 2


def test_a_worker_told_to_stop_ends_its_job_and_gives_back_the_others(database: Database, mailbox: Mailbox) -> None:
    tell(database, 10)
    go_on = held_up(mailbox)
    with worker_process(database, threads=1) as process:
        pump(database)
        assert mailbox.arrived.wait(parts.SECONDS)
        process.send_signal(signal.SIGTERM)
        parts.wait_until(lambda: states(database)["ready"])
        go_on()
        assert process.wait(parts.SECONDS) == 0
    left = states(database)
    assert left["done"] >= 1
    assert left["running"] == 0
    with database.read() as session:
        assert all(row.attempts == (row.state == "done") for row in jobs.listing(session, states=jobs.STATES))


def test_the_log_of_a_worker_tells_of_an_error_without_its_words(database: Database) -> None:
    with database.write() as session:
        words = {"copy": "NIK 6310010101010001"}  # the driver refuses that id, and says which
        jobs.enqueue(session, kind="log.copy", key="k", payload=words, run_at=real_now(), at=real_now())
    log = database.settings.data_dir / "worker.log"
    with worker_process(database):
        pump(database)
        parts.wait_until(lambda: "now ready" in log.read_text())
    assert '"places"' in log.read_text()
    assert parts.all_jobs(database)["k"].failure in log.read_text(), "the kind of error is enough"
    assert "6310010101010001" not in log.read_text()


def test_without_redis_the_command_says_what_is_missing(database: Database) -> None:
    given = database.settings
    environment = {"CASEFLOW_DATABASE_URL": given.database_url, "CASEFLOW_DATA_DIR": str(given.data_dir)}
    command = [sys.executable, "-m", "dramatiq", "workers", "--processes", "1"]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False, timeout=parts.SECONDS
    )
    assert run.returncode == 3
    assert "CASEFLOW_REDIS_URL" in (run.stdout + run.stderr).decode()
