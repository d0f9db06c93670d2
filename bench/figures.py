"""What a benchmark gives: a figure, its goal, and what it was measured with."""

import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

PACKAGES = ("sqlalchemy", "psycopg", "transitions", "weasyprint", "cryptography", "orjson")
CPU_INFO = Path("/proc/cpuinfo")
COMMITS = 200


@cache
def versions() -> dict[str, str]:
    """Return what the figures were measured with; `name_server` adds the database."""
    machine = f"{os.cpu_count()} cores, {_processor()}"
    return {"machine": machine, "python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def _processor() -> str:
    lines = CPU_INFO.read_text().splitlines() if CPU_INFO.exists() else []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, platform.processor() or platform.machine())


def name_server(url: str) -> None:
    """Add the server's version and how long one commit takes on it (the median) to what the figures name."""
    with psycopg.connect(url, autocommit=True) as connection:
        server = connection.info.server_version
        took = sorted(seconds(lambda: connection.execute("SELECT txid_current()")) for _n in range(COMMITS))
    versions()["postgresql"] = f"{server // 10000}.{server % 10000}"
    versions()["commit"] = f"{took[COMMITS // 2] * 1e6:.0f} us"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `holds` is None where there is no goal."""

    name: str
    value: float
    unit: str
    goal: float | None
    note: str
    at_most: bool = False
    """Whether the goal is a limit: seconds, megabytes, doubles."""
    versions: dict[str, str] = field(default_factory=versions)

    @property
    def holds(self) -> bool | None:
        """Tell whether the goal is reached."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as plain data."""
        found = {**asdict(self), "holds": self.holds}
        del found["at_most"]
        return found


def seconds(what: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = perf_counter()
    what()
    return perf_counter() - start
