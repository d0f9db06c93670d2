"""A folder as a channel: a file written once, whole or not at all; a share that is away is no copy."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseflow.channels import folder
from caseflow.channels.protocol import Message, Recipient
from caseflow.errors import MessageNotSent

AT = datetime(2026, 11, 16, tzinfo=UTC)


def message(to: Path, text: str = "isi\n") -> Message:
    return Message("id", str(to), "kasus-12.checkpoint", text, "id", AT)


def test_a_message_is_a_file_and_the_same_one_twice_is_one(tmp_path: Path) -> None:
    channel = folder.channel()
    channel.send(message(tmp_path))
    channel.send(message(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["kasus-12.checkpoint"]
    assert (tmp_path / "kasus-12.checkpoint").read_bytes() == b"isi\n"


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    channel = folder.channel()
    channel.send(message(tmp_path))
    with pytest.raises(MessageNotSent) as refused:
        channel.send(message(tmp_path, "lain\n"))
    assert refused.value.data["final"]
    assert (tmp_path / "kasus-12.checkpoint").read_bytes() == b"isi\n"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_share_that_is_away_is_not_made(tmp_path: Path) -> None:
    away = tmp_path / "mnt" / "inspektorat"
    with pytest.raises(MessageNotSent, match="tidak ada") as refused:
        folder.channel().send(message(away))
    assert not refused.value.data.get("final"), "it may come back"
    assert not away.parent.exists()


def test_a_file_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "kasus-12.checkpoint").mkdir()
    with pytest.raises(MessageNotSent, match=r"kasus-12\.checkpoint") as refused:
        folder.channel().send(message(tmp_path))
    assert not refused.value.data.get("final")
    assert len(list(tmp_path.iterdir())) == 1, "no draft stays"


def test_no_person_is_reached_by_it() -> None:
    assert folder.channel().address(Recipient("siti", "siti@dinsos.example", "id")) is None
