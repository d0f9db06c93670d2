"""A transaction pooler between a program and PostgreSQL: every transaction meets another server session than the last.

It keeps the rule that pgbouncer has in `pool_mode=transaction`, and the least friendly order: sessions take turns.
"""

import socket
import struct
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock, Thread

from sqlalchemy import make_url

SESSIONS = 3
ASKS_FOR_ENCRYPTION = (80877103, 80877104)
IDLE = b"Z" + struct.pack("!I", 5) + b"I"
"""What a server says when it is ready, and no transaction is open."""
ENDS = b"QS"
"""Messages of a client after which the server says that it is ready: a simple query, and the end of an extended one."""


@dataclass
class Pooler:
    """What stands in between: where, and what went through it."""

    url: str
    server: tuple[str, int]
    sent: list[str] = field(default_factory=list)
    """Statements, in order: also those that begin and end transactions."""
    sessions: deque[socket.socket] = field(default_factory=deque)
    greeting: bytes = b""
    lock: Lock = field(default_factory=Lock)

    def take(self, startup: bytes) -> socket.socket:
        """Return the session that has rested longest."""
        with self.lock:
            while len(self.sessions) < SESSIONS:
                opened = _prompt(socket.create_connection(self.server))
                opened.sendall(startup)
                self.greeting = b"".join(kind + body for kind, body in _until_ready(opened) if kind in b"RSK")
                self.sessions.append(opened)
            return self.sessions.popleft()

    def give_back(self, session: socket.socket) -> None:
        with self.lock:
            self.sessions.append(session)


@contextmanager
def pooler(url: str) -> Iterator[Pooler]:
    """Yield a pooler in front of the database of that URL; it asks for no password."""
    parts = make_url(url)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        made = Pooler(
            parts.set(host="127.0.0.1", port=port).render_as_string(hide_password=False),
            (parts.host or "", parts.port or 5432),
        )
        Thread(target=_listen, args=(made, listening), daemon=True).start()
        try:
            yield made
        finally:
            for session in made.sessions:
                session.close()


def _listen(at: Pooler, listening: socket.socket) -> None:
    with suppress(OSError):  # the listening socket is closed at the end
        while True:
            client, _address = listening.accept()
            Thread(target=_serve, args=(at, _prompt(client)), daemon=True).start()


def _prompt(stream: socket.socket) -> socket.socket:
    """Let what is written leave at once."""
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


def _serve(at: Pooler, client: socket.socket) -> None:
    held: socket.socket | None = None
    waiting = b""
    with client, suppress(ConnectionError, OSError):
        startup = _startup(client)
        at.give_back(at.take(startup))
        client.sendall(at.greeting + IDLE)
        while True:
            kind, body = _message(client)
            if kind == b"X":
                break
            if kind in b"QP":
                name = b"" if kind == b"Q" else body[4:].partition(b"\0")[0] + b"\0"
                at.sent.append(body[4 + len(name) :].partition(b"\0")[0].decode())
            waiting += kind + body
            if kind not in ENDS:
                continue
            held = held or at.take(startup)
            held.sendall(waiting)
            answer = b"".join(answered + content for answered, content in _until_ready(held))
            waiting = b""
            if answer.endswith(IDLE):
                at.give_back(held)
                held = None
            client.sendall(answer)
    if held is not None:
        held.close()


def _startup(client: socket.socket) -> bytes:
    while True:
        (length,) = struct.unpack("!I", _exactly(client, 4))
        body = _exactly(client, length - 4)
        (code,) = struct.unpack("!I", body[:4])
        if code not in ASKS_FOR_ENCRYPTION:
            return struct.pack("!I", length) + body
        client.sendall(b"N")


def _until_ready(server: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    kind = b""
    while kind != b"Z":
        kind, body = _message(server)
        yield kind, body


def _message(stream: socket.socket) -> tuple[bytes, bytes]:
    """Return the kind of a message, and its length with its content as they travelled."""
    kind, head = _exactly(stream, 1), _exactly(stream, 4)
    (length,) = struct.unpack("!I", head)
    return kind, head + _exactly(stream, length - 4)


def _exactly(stream: socket.socket, wanted: int) -> bytes:
    found = b""
    while len(found) < wanted:
        part = stream.recv(wanted - len(found))
        if not part:
            raise ConnectionResetError
        found += part
    return found
