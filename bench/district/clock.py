"""Business time that stands still until somebody moves it, and that other processes may read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from caseflow.edge import BusinessClock


@dataclass(slots=True)
class SimulatedClock(BusinessClock):
    """The time of the year under way; with `told` it is written where other processes look."""

    moment: datetime = datetime(2025, 12, 31, tzinfo=UTC)
    told: Path | None = None

    def now(self) -> datetime:
        """Return the business time."""
        return self.moment

    def move_to(self, at: datetime) -> None:
        """Go on to a later moment."""
        if at < self.moment:
            raise ValueError(at)
        self.moment = at
        if self.told is not None:
            new = self.told.with_suffix(".new")
            new.write_text(at.astimezone(UTC).isoformat())
            new.replace(self.told)
