"""The limits of an office where two people set them at once: what the other set stays."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from caseflow.actions import admin, audit_limits
from caseflow.states.risks import Limits
from caseflow.store import offices
from tests import factories

WAITS = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")


def test_two_people_who_set_limits_at_once_lose_nothing(migrated_url: Callable[[str], str], tmp_path: Path) -> None:
    database = factories.database(migrated_url("postgresql"), tmp_path)
    at = factories.MONDAY
    with database.write() as session:
        office = offices.require(session, factories.office(session))

    def other() -> Limits:
        with database.write() as session:
            return audit_limits.set_limits(session, office.area_code, {"bulk_steps": 3}, by=admin.ROOT, at=at)

    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            offices.settings_to_change(session, office.id)
            second = pool.submit(other)
            while not session.execute(WAITS).scalar_one() and not second.done():
                pass
            later = at + timedelta(minutes=1)
            audit_limits.set_limits(session, office.area_code, {"night_from": 18}, by=admin.ROOT, at=later)
        found = second.result(30)
    database.close()
    assert (found.bulk_steps, found.night_from) == (3, 18)
