"""A real SMTP server in a thread, that keeps what it takes and can be told to misbehave."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What arrived, and what the server does with the next message."""

    url: str = ""
    kept: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""
    """Answer to each message instead of taking it: "451 later"."""
    refuse_reader: str = ""
    before: Callable[[], object] = lambda: None
    """Called when a message has arrived, before it is answered: the server thread waits for it."""
    hang_up: bool = False
    """Take the message, and end the connection instead of saying so."""
    arrived: Event = field(default_factory=Event)

    async def handle_RCPT(  # noqa: N802 - the name the library calls
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        del server
        if self.refuse_reader:
            return self.refuse_reader
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above, as it calls it
        if self.refuse:
            return self.refuse
        content: Any = envelope.content
        parsed = message_from_bytes(content, policy=default)
        assert isinstance(parsed, EmailMessage)
        self.kept.append(parsed)
        self.arrived.set()
        self.before()
        if self.hang_up and server.transport is not None:
            server.transport.close()
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Yield a running server's mailbox, with the address to set as CASEFLOW_SMTP_URL."""
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    mailbox.url = f"smtp://127.0.0.1:{port}"
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
