"""How much memory this process and those it started hold at most, looked at every other second."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

SECONDS = 2
SERVERS = ("postgres", "valkey-server", "redis-server", "sh")
"""What is not the product's own."""


@dataclass(slots=True)
class Peak:
    """The most that was seen, in bytes."""

    resident: int = 0


@contextmanager
def watched() -> Iterator[Peak]:
    """Yield what the peak has been so far, while the block runs."""
    peak, stopped = Peak(), Event()

    def watch() -> None:
        while not stopped.wait(SECONDS):
            peak.resident = max(peak.resident, _resident())

    thread = Thread(target=watch, name="memory", daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        stopped.set()
        thread.join()


def _resident() -> int:
    """Return what this process and all below it hold; what several share counts once for each."""
    children: dict[int, list[int]] = defaultdict(list)
    size: dict[int, int] = {}
    page = os.sysconf("SC_PAGE_SIZE")
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name, _, rest = (folder / "stat").read_text().partition(" (")[2].rpartition(") ")
                pages = int((folder / "statm").read_text().split()[1])
            except OSError:  # it has ended meanwhile
                continue
            children[int(rest.split()[1])].append(int(folder.name))
            size[int(folder.name)] = 0 if name in SERVERS else pages * page
    total, waiting = 0, [os.getpid()]
    while waiting:
        pid = waiting.pop()
        total += size.get(pid, 0)
        waiting += children[pid]
    return total
