"""What a channel is: a name, who can be reached by it, and how a message leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a channel may know of a person."""

    username: str
    email: str | None
    language: str
    whatsapp: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it leaves: no names, nothing personal. `id` is the same for every copy of one message.

    `link` leads, after the log-in, to where it is done; `calendar` is an iCalendar object that belongs to it.
    """

    id: str
    to: str
    subject: str
    text: str
    language: str
    at: datetime
    link: str = ""
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach a person.

    `address` says where a person is reached, or None. `send` returns once the other side has taken the message; else it
    raises `MessageNotSent` with `final` (trying again is useless) and `maybe_sent` (nobody knows whether it left).
    It runs in several threads at once and has no transaction open.
    """

    name: str
    address: Callable[[Recipient], str | None]
    send: Callable[[Message], None]
