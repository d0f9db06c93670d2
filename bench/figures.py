"""What a benchmark gives: a figure, its goal, and what it was measured with."""

import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from time import perf_counter
from typing import Any

PACKAGES = ("sqlalchemy", "psycopg", "transitions", "weasyprint", "cryptography", "orjson")


def versions() -> dict[str, str]:
    """Return what the figures were measured with."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `holds` is None where there is no goal."""

    name: str
    value: float
    unit: str
    goal: float | None
    note: str
    versions: dict[str, str] = field(default_factory=versions)
    at_most: bool = False
    """The goal is a limit: a smaller value is a better one."""

    @property
    def holds(self) -> bool | None:
        """Tell whether the goal is reached."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as plain data."""
        return {**asdict(self), "holds": self.holds}


def seconds(what: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = perf_counter()
    what()
    return perf_counter() - start
