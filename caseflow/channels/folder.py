"""A folder outside this machine, such as a mounted share: each message becomes a file, written once, never changed."""

import os
import secrets
from pathlib import Path

from caseflow.channels.protocol import Channel, Message, Recipient
from caseflow.errors import MessageNotSent, _
from caseflow.paths import why

NAME = "folder"


def channel() -> Channel:
    """Write messages as files: `to` is the folder, the subject the file's name. No person is reached by it."""
    return Channel(NAME, _nobody, _send)


def _nobody(_recipient: Recipient) -> None:
    return None


def _send(message: Message) -> None:
    folder = Path(message.to)
    # A share that is not mounted is an empty place of this very machine: made here, it would look like a copy outside.
    if not folder.is_dir():
        raise MessageNotSent(channel=NAME, reason=_("folder {path} tidak ada", path=folder))
    path, content = folder / message.subject, message.text.encode()
    try:
        _write_once(path, content)
        kept = path.read_bytes()
    except OSError as problem:
        raise MessageNotSent(channel=NAME, reason=_("{path}: {why}", path=path, why=why(problem))) from problem
    if kept != content:
        raise MessageNotSent(channel=NAME, reason=_("{path} sudah ada dengan isi lain", path=path), final=True)


def _write_once(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not path.exists():
            draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
