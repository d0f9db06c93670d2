"""A person's quiet hours, by the clock where the office is. Pure."""

from datetime import UTC, datetime, time, timedelta, tzinfo

FROM, TO = 20 * 60, 6 * 60
"""Until somebody says otherwise: 20.00 to 06.00, in minutes after midnight."""
A_DAY = 24 * 60


def is_quiet(at: datetime, zone: tzinfo, begins: int, ends: int) -> bool:
    """Tell whether a moment lies between two times of day; they may lie around midnight, equal ones are never."""
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    if begins <= ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends


def awake_at(at: datetime, zone: tzinfo, begins: int, ends: int) -> datetime:
    """Return when a message may come: now, or when the quiet hours that lie on `at` end, in UTC."""
    if not is_quiet(at, zone, begins, ends):
        return at
    local = at.astimezone(zone)
    day = local.date()
    if begins > ends and local.hour * 60 + local.minute >= begins:
        day += timedelta(days=1)
    return datetime.combine(day, time(ends // 60, ends % 60), zone).astimezone(UTC)
