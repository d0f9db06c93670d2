"""From where on an office asks about a step: its limits, set by who administers it, each change an access entry."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from caseflow.access import Viewer
from caseflow.actions import areas
from caseflow.actions.admin import require_area
from caseflow.errors import InvalidInput, _
from caseflow.ids import normalise_area
from caseflow.states.risks import RANGES, Limits, limits_of
from caseflow.store import log, offices
from caseflow.store.session import Session
from caseflow.store.types import Row

PLACE = "audit"
"""Where the settings of an office keep them."""


@dataclass(frozen=True, slots=True)
class Wall:
    """An office's limits and the zone of the clock on its wall."""

    limits: Limits
    zone: tzinfo


def walls(session: Session) -> dict[str, Wall]:
    """Return office -> its limits and zone."""
    return {office.id: Wall(of(office), ZoneInfo(office.zone)) for office in offices.every(session)}


def of(office: Row[object]) -> Limits:
    """Return the limits of an office."""
    return limits_of(office.settings.get(PLACE) or {})


def shown(session: Session, *, by: Viewer) -> Limits:
    """Return the limits that count where somebody oversees: those of the office of the first area."""
    found = [office for grant in by.grants if (office := offices.of_area(session, grant.area))]
    return of(found[0]) if found else Limits()


def show(session: Session, area: str) -> Limits:
    """Return the limits of the office that serves an area; they are no secret. Raises `InvalidInput`."""
    return of(areas.office_for(session, normalise_area(area)))


def set_limits(session: Session, area: str, changes: Mapping[str, int], *, by: Viewer, at: datetime) -> Limits:
    """Change some limits of an office; the others stay. Raises `InvalidInput`, `Forbidden`."""
    office = areas.office_for(session, normalise_area(area))
    require_area(by, office.area_code)
    problems: dict[str, str] = {name: _("Batas ini tidak dikenal.") for name in changes.keys() - RANGES.keys()}
    for name, value in changes.items():
        low, high = RANGES.get(name, (value, value))
        if not low <= value <= high:
            problems[name] = _("Isi bilangan dari {low} sampai {high}.", low=low, high=high)
    if problems:
        raise InvalidInput(problems)
    settings = offices.settings_to_change(session, office.id)
    before = asdict(limits_of(settings.get(PLACE) or {}))
    kept = {**before, **changes}
    offices.set_settings(session, office.id, {**settings, PLACE: kept})
    changed = {name: {"from": before[name], "to": kept[name]} for name in kept if kept[name] != before[name]}
    data = {"office": office.id, "limits": changed}
    log.note_access(session, "office:audit_limits:set", actor=by.user_id, at=at, data=data)
    return Limits(**kept)
