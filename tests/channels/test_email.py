"""E-mail through a real SMTP server: what arrives, what a refusal means, what nobody can know."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseflow import settings
from caseflow.channels import email, record, registry
from caseflow.channels.protocol import Channel, Message, Recipient
from caseflow.errors import MessageNotSent
from tests.mail import Mailbox, mail_server

MESSAGE = Message(
    "<019a-1@kasus.example>", "siti@dinsos.example", "6310-2026-000001: Kunjungan hari ini", "Kunjungan – hari ini.\n",
    "id", datetime(2026, 11, 16, 1, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


def channel(url: str) -> Channel:
    found = email.channel(settings.load(smtp_url=url, mail_from="caseflow@dinsos.example"))
    assert found is not None
    return found


def failure(sending: Channel, message: Message = MESSAGE) -> tuple[bool, bool]:
    with pytest.raises(MessageNotSent) as caught:
        sending.send(message)
    return caught.value.data["final"], caught.value.data["maybe_sent"]


def test_a_message_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    channel(mailbox.url).send(MESSAGE)
    (mail,) = mailbox.kept
    assert mail["Message-ID"] == MESSAGE.id
    assert (mail["From"], mail["To"], mail["Subject"]) == ("caseflow@dinsos.example", MESSAGE.to, MESSAGE.subject)
    assert mail["Date"].datetime == MESSAGE.at
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines() == MESSAGE.text.splitlines()


def test_a_passing_refusal_is_tried_again_and_a_final_one_is_not(mailbox: Mailbox) -> None:
    sending = channel(mailbox.url)
    mailbox.refuse = "451 4.3.0 Later"
    assert failure(sending) == (False, False)
    mailbox.refuse = "554 5.7.1 Never"
    assert failure(sending) == (True, False)
    mailbox.refuse_reader = "550 5.1.1 Nobody here"
    assert failure(sending) == (True, False)
    assert not mailbox.kept


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert failure(channel(f"smtp://127.0.0.1:{port}")) == (False, False)


def test_a_connection_cut_before_the_answer_leaves_it_open_whether_the_message_left(mailbox: Mailbox) -> None:
    mailbox.hang_up = True
    assert failure(channel(mailbox.url)) == (False, True)
    assert len(mailbox.kept) == 1


def test_a_server_without_log_in_is_the_operators_to_mend(mailbox: Mailbox) -> None:
    assert failure(channel(mailbox.url.replace("smtp://", "smtp://user:secret@"))) == (False, False)


def test_a_failure_keeps_the_codes_of_the_server_and_none_of_its_words(mailbox: Mailbox) -> None:
    mailbox.refuse_reader = f"450 4.2.0 <{MESSAGE.to}>: Recipient address rejected: Greylisted"
    with pytest.raises(MessageNotSent) as caught:
        channel(mailbox.url).send(MESSAGE)
    assert caught.value.data["reason"] == "server surat menjawab 450 4.2.0"


@pytest.mark.parametrize(
    "to", ["a@b.example\r\nBcc: c@b.example", "a@b.example,c@b.example", "a@b.example> SIZE=1", "é@b.example"]
)
def test_an_address_that_is_none_is_refused_for_good(mailbox: Mailbox, to: str) -> None:
    assert failure(channel(mailbox.url), replace(MESSAGE, to=to)) == (True, False)
    assert not mailbox.kept


def test_a_line_break_cannot_add_a_header(mailbox: Mailbox) -> None:
    sly = Message(MESSAGE.id, MESSAGE.to, "Hai\nBcc: all@example.org", "x", "id", MESSAGE.at)
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        channel(mailbox.url).send(sly)
    assert not mailbox.kept


def test_without_a_mail_server_messages_are_kept_in_a_file(tmp_path: Path) -> None:
    chosen = settings.load(data_dir=tmp_path)
    (only,) = registry.active(chosen).values()
    assert only.name == "record"
    assert only.address(Recipient("siti", None, "id")) == "siti"
    only.send(MESSAGE)
    only.send(MESSAGE)
    lines = (tmp_path / record.FILE).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert '"subject": "6310-2026-000001: Kunjungan hari ini"' in lines[0]


def test_with_a_mail_server_only_who_has_an_address_is_reached(mailbox: Mailbox, tmp_path: Path) -> None:
    found = registry.active(settings.load(data_dir=tmp_path, smtp_url=mailbox.url))
    assert list(found) == ["email"]
    assert found["email"].address(Recipient("siti", None, "id")) is None
    assert found["email"].address(Recipient("siti", "siti@dinsos.example", "id")) == "siti@dinsos.example"


def test_every_channel_is_made_from_the_settings_alone(tmp_path: Path) -> None:
    for name, make in registry.CHANNELS.items():
        assert make(settings.load(data_dir=tmp_path)) is None, (
            f"{name} must be off where the settings do not mention it"
        )
