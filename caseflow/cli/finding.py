"""What a check of the installation finds."""

from dataclasses import dataclass

OK, WARN, FAIL, MISSING = "ok", "warn", "fail", "missing"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: `level` is ok, warn, fail, or missing (a service that is not there)."""

    name: str
    level: str
    found: str
    remedy: str = ""
