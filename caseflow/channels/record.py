"""The channel that sends nothing: what would leave is kept, in a file or in memory."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from caseflow.channels.protocol import Channel, Message, Recipient
from caseflow.settings import Settings

NAME = "record"
FILE = "outbox.jsonl"
_writing = Lock()


def channel(settings: Settings) -> Channel:
    """Keep messages in `outbox.jsonl` of the data folder, one a line."""
    return Channel(NAME, _address, _to_file(settings.data_dir / FILE))


def in_memory(kept: list[Message]) -> Channel:
    """Keep messages in that list."""
    return Channel(NAME, _address, kept.append)


def _address(recipient: Recipient) -> str:
    return recipient.email or recipient.username


def _to_file(path: Path) -> Callable[[Message], None]:
    def send(message: Message) -> None:
        line = json.dumps({**asdict(message), "at": message.at.isoformat()}, ensure_ascii=False)
        with _writing:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")

    return send
