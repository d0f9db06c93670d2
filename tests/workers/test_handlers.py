"""What jobs do, with real parts: a message through SMTP, a sweep, pruning; each effect once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from caseflow import audit
from caseflow.actions import inbox, obligations, schedules
from caseflow.actions.admin import ROOT
from caseflow.actions.schedules import ChangeSchedule
from caseflow.channels import registry
from caseflow.exchange import backup
from caseflow.states.deadlines import Span
from caseflow.store import inbox as inbox_rows
from caseflow.store import jobs, letters, offices, tallies
from caseflow.store.session import Database, Session
from caseflow.store.tables import job
from tests import factories
from tests.mail import Mailbox, mail_server
from tests.workers import parts
from workers.embedded import Embedded


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path, mailbox: Mailbox) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path, smtp_url=mailbox.url)
    yield opened
    opened.close()


def embedded(database: Database, clocks: parts.Clocks) -> Embedded:
    return Embedded(parts.runtime(database, clocks, registry.active(database.settings)))


def tell(database: Database) -> str:
    with database.write() as session:
        reader = factories.user(session, "siti")
        inbox.tell(session, [reader], kind="assigned", cause_key="c", case_id=None, data={}, at=factories.MONDAY)
    return reader


def delivery(session: Session, reader: str) -> tuple[str, int, bool, str | None]:
    (message,) = inbox_rows.of_user(session, reader)
    (row,) = inbox_rows.deliveries(session, message.id)
    return row.state, row.attempts, row.maybe_twice, row.failure


def test_a_message_leaves_once(database: Database, mailbox: Mailbox) -> None:
    clocks = parts.Clocks()
    reader = tell(database)
    workers = embedded(database, clocks)
    workers.drain()
    workers.drain()
    assert [mail["To"] for mail in mailbox.kept] == ["siti@dinsos.example"]
    with database.read() as session:
        assert delivery(session, reader) == ("sent", 1, False, None)


def test_a_mail_server_that_says_later_gets_it_later_and_once(database: Database, mailbox: Mailbox) -> None:
    clocks = parts.Clocks()
    reader = tell(database)
    workers = embedded(database, clocks)
    mailbox.refuse = "451 4.3.0 Later"
    workers.drain()
    with database.read() as session:
        state, attempts, maybe_twice, failure = delivery(session, reader)
    assert (state, attempts, maybe_twice) == ("waiting", 1, False)
    assert failure
    assert "451" in failure
    mailbox.refuse = ""
    workers.drain()
    assert not mailbox.kept, "the pause is not over"
    clocks.pass_by(minutes=1)
    workers.drain()
    assert len(mailbox.kept) == 1
    with database.read() as session:
        assert delivery(session, reader) == ("sent", 2, False, None)


def test_a_reader_the_server_does_not_know_is_given_up(database: Database, mailbox: Mailbox) -> None:
    clocks = parts.Clocks()
    reader = tell(database)
    mailbox.refuse_reader = "550 5.1.1 Nobody here"
    workers = embedded(database, clocks)
    workers.drain()
    clocks.pass_by(days=1)
    workers.drain()
    with database.read() as session:
        state, attempts, _maybe_twice, failure = delivery(session, reader)
        assert (state, attempts) == ("failed", 1)
        assert failure
        assert {row.state for row in jobs.listing(session, states=jobs.STATES)} == {"done"}


def test_a_connection_cut_before_the_answer_is_shown_as_maybe_twice(database: Database, mailbox: Mailbox) -> None:
    clocks = parts.Clocks()
    reader = tell(database)
    workers = embedded(database, clocks)
    mailbox.hang_up = True
    workers.drain()
    mailbox.hang_up = False
    clocks.pass_by(minutes=1)
    workers.drain()
    assert len(mailbox.kept) == 2
    assert len({mail["Message-ID"] for mail in mailbox.kept}) == 1
    with database.read() as session:
        assert delivery(session, reader) == ("sent", 2, True, None)


def test_a_year_passes_and_each_reminder_arrives_once(database: Database, mailbox: Mailbox) -> None:
    clocks = parts.Clocks()
    with database.write() as session:
        office = factories.office(session)
        worker = factories.user(session, "pendamping", "caseworker")
        factories.user(session, "supervisor", "supervisor")
        case = factories.case(session, office, assignee=worker, state="monitoring")
        obligations.start(
            session, case=case, kind="visit", span=Span(30, "days"), cause_key="visit", at=clocks.business,
            calendar=offices.calendar(session, office),
        )  # fmt: skip
    workers = embedded(database, clocks)
    for _day in range(60):
        clocks.pass_by(days=1)
        workers.drain()
    told = [mail for mail in mailbox.kept if mail["Subject"].startswith(case.number)]  # beside the digests
    assert [(mail["To"], mail["Subject"]) for mail in told] == [
        ("pendamping@dinsos.example", "6310-2026-000001: Kunjungan segera jatuh tempo"),
        ("pendamping@dinsos.example", "6310-2026-000001: Kunjungan hari ini"),
        ("supervisor@dinsos.example", "6310-2026-000001: Kunjungan terlambat"),
    ]
    body = told[0].get_body()
    assert body is not None
    text = body.get_content()
    assert f"/kasus/{case.number}/kunjungan/baru" in text
    assert [part.get_content_type() for part in told[0].iter_attachments()] == ["text/calendar"]
    assert "Pendamping" not in text


def test_done_jobs_are_pruned_after_a_week(database: Database) -> None:
    clocks = parts.Clocks()
    workers = embedded(database, clocks)
    parts.add(database, "gone", kind="job.prune")
    workers.drain()
    assert parts.all_jobs(database)["gone"].state == "done"
    clocks.pass_by(days=6)
    workers.drain()
    assert "gone" in parts.all_jobs(database)
    clocks.pass_by(days=2)
    workers.drain()
    left = parts.all_jobs(database)
    assert "gone" not in left
    assert all(row.done_at is None or row.done_at > clocks.business - timedelta(days=7) for row in left.values())


def test_a_backup_is_made_when_an_administrator_turned_it_on(database: Database) -> None:
    clocks = parts.Clocks()
    workers = embedded(database, clocks)
    workers.drain()
    folder = database.settings.backup_dir
    assert not folder.exists()
    with database.write() as session:
        schedules.change(session, ChangeSchedule("backup.make", enabled=True), by=ROOT, at=clocks.business)
    clocks.pass_by(days=1)
    workers.drain()
    assert [manifest.made_at for _path, manifest in backup.complete(folder)] == [audit.instant(clocks.business)]
    assert not [row for row in parts.all_jobs(database).values() if row.state != "done"]


def test_what_a_newer_version_adds_to_a_payload_is_ignored(database: Database, mailbox: Mailbox) -> None:
    clocks = parts.Clocks()
    tell(database)
    with database.write() as session:
        (row,) = jobs.listing(session)
        newer = {**row.payload, "urgency": "high", "version": 2}
        session.execute(job.update().where(job.c.id == row.id).values(payload=newer))
    embedded(database, clocks).drain()
    assert len(mailbox.kept) == 1
    assert {row.state for row in parts.all_jobs(database).values()} == {"done"}


def test_a_letter_whose_worker_dies_on_every_attempt_says_so(database: Database) -> None:
    clocks = parts.Clocks()
    with database.write() as session:
        case = factories.case(session, factories.office(session), assignee=factories.user(session, "rina"))
        letter_id = factories.letter(session, case, at=clocks.business)
        killed = {"state": "running", "attempts": jobs.MAX_ATTEMPTS, "lease_no": 10, "lease_until": clocks.real}
        session.execute(job.update().values(**killed))
    clocks.pass_by(seconds=1)
    embedded(database, clocks).drain()
    with database.read() as session:
        made = letters.by_id(session, letter_id)
        assert made is not None
        assert made.state == "failed"
        assert [(t.kind, t.outcome, sum(t.jobs)) for t in tallies.every(session) if t.kind == "letter.render"] == [
            ("letter.render", "dead", 1)
        ]
