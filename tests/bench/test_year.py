"""A district-year in miniature: the same seed comes to the same, embedded twice and behind PostgreSQL and Redis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.district import modes, result, simulation, world
from bench.district.clock import SimulatedClock
from bench.district.modes import Mode
from bench.district.result import Result
from bench.district.simulation import Wanted
from caseflow.edge import Edge
from tests import factories

WEEKS = Wanted(6, days=11, villages=3, looks=(simulation.MORNING,))
pytestmark = pytest.mark.slow


def lived(mode: Mode) -> Result:
    """Live the weeks; what is measured and what depends on when a finished job is deleted is left out."""
    found = result.read(mode.edge, simulation.live(mode.edge, WEEKS, mode.settle))
    assert found.unfinished_jobs == 0
    return replace(found, bytes_stored=0, verify_seconds=0, counts={**found.counts, "jobs kept": 0})


def test_the_same_seed_comes_to_the_same_weeks_in_one_process_and_behind_redis(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    with modes.embedded(tmp_path / "once") as mode:
        once = lived(mode)
    assert once.counts["cases"] == WEEKS.cases
    assert once.counts["letters"] > 0
    assert once.counts["reminders"] > 0
    with modes.embedded(tmp_path / "again") as mode:
        assert lived(mode) == once
    with modes.scaled(tmp_path, database_url=postgres_url, redis_url=redis_url) as mode:
        assert lived(mode) == once


def test_the_kabupaten_of_the_year_is_tanah_bumbu_with_its_182_workers(
    migrated_url: factories.UrlOf, tmp_path: Path
) -> None:
    database = factories.database(migrated_url("sqlite"), tmp_path)
    filled = world.fill(Edge(database, SimulatedClock()))
    database.close()
    assert (len(filled.workers), len(filled.villages), len(filled.users)) == (12, 157, 182)


def test_a_simulated_clock_stands_still_goes_on_and_says_so(tmp_path: Path) -> None:
    clock = SimulatedClock(told=tmp_path / "clock")
    later = datetime(2026, 5, 4, 9, tzinfo=UTC)
    clock.move_to(later)
    assert clock.now() == clock.now() == later
    assert datetime.fromisoformat((tmp_path / "clock").read_text()) == later
    with pytest.raises(ValueError, match="2026-05-04 08:59"):
        clock.move_to(later - timedelta(minutes=1))
