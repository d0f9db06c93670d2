"""A scheduler whose time stands in a file, for a test to move: `python -m tests.journeys.hourly URL FOLDER`."""

import sys
from datetime import datetime
from pathlib import Path
from threading import Event

from tests import factories
from workers import schedule
from workers.runtime import Clock, Runtime

CLOCK = "clock"
LOOK_SECONDS = 0.03


def never(kind: str, _facts: object) -> None:
    """A scheduler renders nothing."""
    raise AssertionError(kind)


def main(url: str, folder: Path) -> None:
    """Look for what has fired, again and again, until killed."""
    clock = Clock(business=lambda: datetime.fromisoformat((folder / CLOCK).read_text()))
    opened = factories.database(url, folder)
    runtime = Runtime(database=opened, render=never, channels={}, clock=clock)  # type: ignore[arg-type]  # it gives nothing back
    while True:
        schedule.pump(runtime)
        Event().wait(LOOK_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
