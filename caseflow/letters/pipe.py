"""How the parent and its child speak: a length, a JSON header, then `size` bytes of content."""

import json
import struct
from typing import IO, Any

LENGTH = struct.Struct(">I")


def send(pipe: IO[bytes], header: dict[str, Any], content: bytes = b"") -> None:
    said = json.dumps({**header, "size": len(content)}).encode()
    pipe.write(LENGTH.pack(len(said)) + said + content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Return header and content; None when the other side has gone, in the middle of a message too."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    said = pipe.read(LENGTH.unpack(head)[0])
    if len(said) < LENGTH.unpack(head)[0]:
        return None
    header: dict[str, Any] = json.loads(said)
    content = pipe.read(header["size"])
    return (header, content) if len(content) == header["size"] else None
