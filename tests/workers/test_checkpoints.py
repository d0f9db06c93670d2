"""Checkpoints that leave the machine: once a day, signed, to a folder and by mail; what is lost is tried again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from caseflow import audit, checkpoint, crypto
from caseflow.access import SYSTEM_USER, Grant, Viewer
from caseflow.actions import checkpoints
from caseflow.channels import registry
from caseflow.errors import Forbidden
from caseflow.store import log, tree
from caseflow.store.session import Database, Session
from caseflow.store.tables import checkpoint_copy, log_checkpoint
from tests import factories
from tests.mail import Mailbox, mail_server
from tests.workers import parts
from workers.embedded import Embedded

ORIGIN = "kasus.dinsos.example/caseflow"
AUDITOR = "auditor@inspektorat.example"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path, mailbox: Mailbox, share: Path) -> Iterator[Database]:
    opened = factories.database(
        any_migrated_url,
        tmp_path,
        smtp_url=mailbox.url,
        checkpoint_dir=share,
        checkpoint_mail=f"{AUDITOR}, kedua@inspektorat.example",
        public_url="https://kasus.dinsos.example",
    )
    yield opened
    opened.close()


def embedded(database: Database, clocks: parts.Clocks) -> Embedded:
    return Embedded(parts.runtime(database, clocks, registry.active(database.settings)))


def note(database: Database, count: int = 3) -> None:
    with database.write() as session:
        for n in range(count):
            moment = factories.MONDAY + timedelta(microseconds=n)
            log.note_access(session, "user:log_in:done", actor=SYSTEM_USER, at=moment)


def holds(session: Session, text: str) -> checkpoint.Checkpoint:
    """Return the head a note is of, once its signature and root are as they should be."""
    read = checkpoint.read(text)
    (line,) = read.signatures
    name, public = checkpoint.read_key(checkpoints.verifier_key(session))
    assert (line.name, line.key_id, name) == (ORIGIN, checkpoint.key_id(ORIGIN, public), ORIGIN)
    assert crypto.is_signed(public, line.value, read.text.encode())
    assert read.checkpoint.root == tree.root_at(session, read.checkpoint.size)
    return read.checkpoint


def copies(database: Database) -> list[Any]:
    with database.read() as session:
        return list(session.execute(select(checkpoint_copy).order_by(checkpoint_copy.c.id)))


def heads(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.execute(select(log_checkpoint.c.size).order_by(log_checkpoint.c.id)).scalars())


# --- daily -----------------------------------------------------------------------------------------------------------


def test_a_day_ends_with_one_signed_checkpoint_outside(database: Database, mailbox: Mailbox, share: Path) -> None:
    clocks = parts.Clocks()
    note(database)
    workers = embedded(database, clocks)
    for _round in range(2):
        workers.drain()
    assert heads(database) == [3], "the same firing makes one, whoever asks again"
    (file,) = share.iterdir()
    assert file.name == "kasus.dinsos.example-20261116T010000.000000Z-3.checkpoint"
    with database.read() as session:
        head = holds(session, file.read_text())
        assert (head.origin, head.size, head.at) == (ORIGIN, 3, audit.instant(factories.MONDAY))
        assert [mail["To"] for mail in mailbox.kept] == [AUDITOR, "kedua@inspektorat.example"]
        for mail in mailbox.kept:
            assert mail["Subject"] == "Titik periksa log audit: 3 entri"
            body = mail.get_content()
            assert checkpoint.read(body) == checkpoint.read(file.read_text())
            assert checkpoints.verifier_key(session) in body
    assert {(row.channel, row.state, row.attempts, row.maybe_twice) for row in copies(database)} == {
        ("folder", "sent", 1, False),
        ("email", "sent", 1, False),
    }
    note(database, 4)
    clocks.pass_by(days=1)
    workers.drain()
    assert heads(database) == [3, 7]
    assert len(list(share.iterdir())) == 2
    with database.read() as session:
        assert checkpoints.last_outside(session) == clocks.business


def test_a_log_without_entries_has_no_head(database: Database, share: Path) -> None:
    embedded(database, parts.Clocks()).drain()
    assert (heads(database), list(share.iterdir())) == ([], [])


def test_entries_are_in_the_tree_within_the_minute(database: Database) -> None:
    clocks = parts.Clocks()
    workers = embedded(database, clocks)
    workers.drain()
    note(database, 5)
    workers.drain()
    with database.read() as session:
        assert tree.size(session) == 0, "its minute has been"
    clocks.pass_by(minutes=1)
    workers.drain()
    with database.read() as session:
        assert (tree.size(session), tree.waiting(session)) == (5, 0)


# --- copies that do not arrive ---------------------------------------------------------------------------------------


def test_a_share_that_is_away_gets_its_copy_when_it_is_back(database: Database, share: Path) -> None:
    clocks = parts.Clocks()
    note(database)
    workers = embedded(database, clocks)
    away = share.rename(share.with_name("elsewhere"))
    workers.drain()
    (lost,) = [row for row in copies(database) if row.channel == "folder"]
    assert (lost.state, lost.attempts, lost.sent_at) == ("waiting", 1, None)
    assert str(share) in lost.failure
    away.rename(share)
    clocks.pass_by(minutes=1)
    workers.drain()
    (found,) = [row for row in copies(database) if row.channel == "folder"]
    assert (found.state, found.attempts, found.maybe_twice) == ("sent", 2, False)
    assert len(list(share.iterdir())) == 1


def test_an_auditor_the_mail_server_does_not_know_is_given_up(database: Database, mailbox: Mailbox) -> None:
    mailbox.refuse_reader = "550 5.1.1 Nobody here"
    note(database)
    embedded(database, parts.Clocks()).drain()
    failed = [row for row in copies(database) if row.channel == "email"]
    assert {(row.state, row.attempts) for row in failed} == {("failed", 1)}
    assert "550" in failed[0].failure


def test_a_mail_cut_off_before_its_answer_is_shown_as_maybe_twice(database: Database, mailbox: Mailbox) -> None:
    clocks = parts.Clocks()
    note(database)
    workers = embedded(database, clocks)
    mailbox.hang_up = True
    workers.drain()
    mailbox.hang_up = False
    clocks.pass_by(minutes=1)
    workers.drain()
    assert len({mail["Message-ID"] for mail in mailbox.kept}) == 2
    assert len(mailbox.kept) == 4
    assert {row.maybe_twice for row in copies(database) if row.channel == "email"} == {True}


def test_without_a_mail_server_the_copy_is_kept_here_and_does_not_count(any_migrated_url: str, tmp_path: Path) -> None:
    here = factories.database(any_migrated_url, tmp_path, checkpoint_mail=AUDITOR)
    note(here)
    embedded(here, parts.Clocks()).drain()
    assert [(row.channel, row.state) for row in copies(here)] == [("record", "sent")]
    assert "BEGIN CASEFLOW CHECKPOINT" in (tmp_path / "outbox.jsonl").read_text()
    with here.read() as session:
        assert checkpoints.last_outside(session) is None
    here.close()


def test_a_channel_that_is_no_more_drops_its_copies(any_migrated_url: str, tmp_path: Path, mailbox: Mailbox) -> None:
    given: dict[str, Any] = {"checkpoint_mail": AUDITOR, "public_url": "https://kasus.dinsos.example"}
    before = factories.database(any_migrated_url, tmp_path, smtp_url=mailbox.url, **given)
    note(before)
    with before.write() as session:
        checkpoints.sequence_all(session)
        assert checkpoints.make(session, cause_key="c", at=factories.MONDAY)
    before.close()
    after = factories.database(any_migrated_url, tmp_path, **given)
    embedded(after, parts.Clocks()).drain()
    assert [row.state for row in copies(after) if row.channel == "email"] == ["dropped"]
    assert not mailbox.kept
    after.close()


# --- on demand -------------------------------------------------------------------------------------------------------


def test_who_may_ask_for_one_gets_it_of_everything_until_then(database: Database) -> None:
    note(database, 1200)
    auditor = Viewer(SYSTEM_USER.replace("1", "3"), "Hartati", (Grant("auditor", factories.AREA),))
    with database.write() as session:
        made = checkpoints.make_now(session, by=auditor, at=factories.MONDAY)
        assert holds(session, made.note).size == made.size == 1201, "the asking is an entry as well"
        assert checkpoints.newest(session) == made
        again = checkpoints.make_now(session, by=auditor, at=factories.MONDAY)
        assert again.size == 1202
    worker = Viewer(auditor.user_id, "Rina", (Grant("caseworker", factories.AREA),))
    with database.write() as session, pytest.raises(Forbidden):
        checkpoints.make_now(session, by=worker, at=factories.MONDAY)


def test_a_cause_makes_one_checkpoint_ever(database: Database) -> None:
    note(database)
    with database.write() as session:
        checkpoints.sequence_all(session)
        first = checkpoints.make(session, cause_key="log.checkpoint@day", at=factories.MONDAY)
        later = checkpoints.make(session, cause_key="log.checkpoint@day", at=factories.MONDAY + timedelta(hours=1))
        assert first == later
    assert len(copies(database)) == 3
