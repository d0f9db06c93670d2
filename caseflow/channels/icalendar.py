"""Writing one all-day event as an iCalendar object (RFC 5545). Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

WIDTH = 75
"""Octets of a line, its end not counted; what is longer goes on behind a space."""
PRODUCT = "-//caseflow//ID"


@dataclass(frozen=True, slots=True)
class Event:
    """A whole day, by the calendar of the office. `uid` stays for ever; `sequence` rises with each change."""

    uid: str
    sequence: int
    stamp: datetime
    first: date
    after: date
    summary: str
    url: str = ""
    cancelled: bool = False


def written(event: Event) -> str:
    """Return the object, lines ended as the format wants."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        f"METHOD:{'CANCEL' if event.cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{event.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.after:%Y%m%d}",
        f"SUMMARY:{escaped(event.summary)}",
        *([f"URL:{event.url}"] if event.url else []),
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    r"""Return a text as the format keeps it: \ ; , and line ends behind a backslash."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def folded(line: str) -> str:
    """Return a line in pieces of at most `WIDTH` octets, no letter cut in two."""
    pieces, room, piece = [], WIDTH, b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece, room = b"", WIDTH - 1
        piece += octets
    return b"\r\n ".join((*pieces, piece)).decode()
