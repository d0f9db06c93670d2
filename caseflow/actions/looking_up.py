"""What one run of reminders asks again and again, looked up once: calendars of offices, who holds a role in an area."""

from dataclasses import dataclass, field
from datetime import date, datetime

from caseflow.states.deadlines import Calendar
from caseflow.store import offices, users
from caseflow.store.session import Session


@dataclass(slots=True)
class Run:
    """What one run has looked up so far."""

    session: Session
    at: datetime
    calendars: dict[str, Calendar] = field(default_factory=dict)
    held: dict[tuple[str, str, date], tuple[str, ...]] = field(default_factory=dict)

    def calendar(self, office_id: str) -> Calendar:
        if office_id not in self.calendars:
            self.calendars[office_id] = offices.calendar(self.session, office_id)
        return self.calendars[office_id]

    def holders(self, role: str, area: str, on: date) -> tuple[str, ...]:
        """Return the accounts that hold the role where `area` lies, on that day."""
        key = (role, area, on)
        if key not in self.held:
            self.held[key] = users.holders(self.session, role, area, on)
        return self.held[key]
