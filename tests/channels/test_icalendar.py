"""An event as an iCalendar object: its lines, folded and escaped as RFC 5545 wants."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from caseflow.channels.icalendar import WIDTH, Event, escaped, folded, written

EVENT = Event(
    uid="019a@kasus.example",
    sequence=2,
    stamp=datetime(2026, 11, 16, 1, tzinfo=UTC),
    first=date(2026, 11, 23),
    after=date(2026, 11, 24),
    summary="Kunjungan kasus 6310-2026-000001",
    url="https://kasus.example/kasus/6310-2026-000001",
)


def test_an_event_has_the_lines_that_readers_want() -> None:
    lines = written(EVENT).split("\r\n")
    assert lines[:4] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//caseflow//ID", "METHOD:PUBLISH"]
    assert {"UID:019a@kasus.example", "SEQUENCE:2", "DTSTAMP:20261116T010000Z", "STATUS:CONFIRMED"} <= set(lines)
    assert {"DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261124"} <= set(lines)
    assert lines[-3:] == ["END:VEVENT", "END:VCALENDAR", ""]


def test_one_that_fell_away_is_cancelled() -> None:
    lines = written(replace(EVENT, cancelled=True)).split("\r\n")
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "UID:019a@kasus.example"} <= set(lines)


@given(st.text(max_size=400))
def test_a_text_comes_back_whole_whatever_is_in_it(text: str) -> None:
    line = folded(f"SUMMARY:{escaped(text)}")
    pieces = line.split("\r\n")
    assert all(len(piece.encode()) <= WIDTH for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    bare = line.replace("\r\n ", "").removeprefix("SUMMARY:")
    assert "\r" not in bare
    assert "\n" not in bare
    back, rest = "", iter(bare)
    for sign in rest:
        back += {"n": "\n"}.get(other := next(rest), other) if sign == "\\" else sign
    assert back == text.replace("\r\n", "\n").replace("\r", "\n")
