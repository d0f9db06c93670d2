"""A filled installation with one case to step back and forth, for the benchmarks."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from caseflow.access import Viewer
from caseflow.actions import cases, records
from caseflow.actions.installation import open_database
from caseflow.cli import demo_world
from caseflow.edge import BusinessClock, Edge
from caseflow.settings import Settings
from caseflow.store import migrate, users
from caseflow.store.session import Database

WARM = 2
"""Blocks before the measured ones."""
ANSWERS = {
    "reporter_kind": "self",
    "location": "Dusun 2",
    "situation": "Tidak berpenghasilan.",
    "treatment_needed": False,
    "risk": "medium",
    "data_basis": "public_task",
    "criterion_no_home": "no",
    "criterion_no_livelihood": "yes",
    "criterion_needs_not_met": "yes",
}


@dataclass(slots=True)
class Bench:
    """Where the steps are taken."""

    database: Database
    by: Viewer
    case: str
    at: datetime
    turn: bool = False


def bench_world(url: str, folder: Path) -> Bench:
    """Fill a new database: areas, users, one case whose first form is complete."""
    settings = Settings(data_dir=folder, database_url=url, demo=True)
    migrate.upgrade(settings.database_url)
    database = open_database(settings)
    at = datetime.now(UTC)
    world = demo_world.fill(Edge(database, BusinessClock()), at)
    with database.write() as session:
        account = users.by_username(session, "rina")
        if account is None:
            raise LookupError("rina")
        by = users.viewer(session, account, at.date())
        someone = demo_world.person(1, world.villages[0], at.date())
        command = cases.OpenCase(category="FM", area=world.villages[0], person=someone)
        number = cases.open_case(session, command, by=by, at=at).case.number
        record = records.RecordStage(case=number, stage="data_collection", answers=ANSWERS, final=True)
        records.record_stage(session, record, by=by, at=at)
    return Bench(database, by, number, at)
