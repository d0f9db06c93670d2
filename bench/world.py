"""A filled installation with one case to step back and forth, for the benchmarks."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.databases import NAME, empty_database
from bench.forms import ANSWERS
from caseflow import collector
from caseflow.access import Viewer
from caseflow.actions import cases, casework, records, steps
from caseflow.actions.installation import open_database
from caseflow.cli import demo_world
from caseflow.edge import BusinessClock, Edge
from caseflow.settings import Settings
from caseflow.store import users
from caseflow.store.session import Database
from tests import servers

WARM = 2
"""Blocks before the measured ones."""


@dataclass(slots=True)
class Bench:
    """Where the steps are taken: cases that go to and fro, each in a lane of its own."""

    database: Database
    by: Viewer
    cases: tuple[str, ...]
    at: list[datetime]
    turn: list[bool]
    opened: int
    """How many entries each case has before the first step."""

    def command(self, lane: int) -> steps.AdvanceCase:
        """Return the next step of a lane: to the assessment, or back."""
        self.turn[lane] = not self.turn[lane]
        name, note = ("submit_for_assessment", "") if self.turn[lane] else ("return_for_data", "Kurang lengkap.")
        return steps.AdvanceCase(case=self.cases[lane], step=name, note=note)

    def step(self, lane: int) -> None:
        """Take one step in a lane."""
        self.at[lane] += timedelta(minutes=1)
        command = self.command(lane)
        with self.database.write() as session:
            steps.advance_case(session, command, by=self.by, at=self.at[lane])


@dataclass(frozen=True, slots=True)
class _Filled:
    """An installation that others are copied from: its folder with the key, its database, what is in it."""

    folder: "TemporaryDirectory[str]"
    url: str
    at: datetime
    by: Viewer
    village: str

    def copied(self, server: str | None, folder: Path) -> str:
        """Return the URL of a database of its own, with the key beside it in `folder`."""
        shutil.copytree(self.folder.name, folder, dirs_exist_ok=True)
        return servers.create_database(server, template=self.url) if server else f"sqlite:///{folder / NAME}"


@cache
def _filled(server: str | None) -> _Filled:
    """Fill areas, users and institutions once a process: on that server, or in an SQLite file."""
    folder = TemporaryDirectory()
    place = Path(folder.name)
    url = empty_database(server, place)
    database = open_database(Settings(data_dir=place, database_url=url, demo=True))
    at = datetime.now(UTC)
    edge = Edge(database, BusinessClock())
    world = demo_world.fill(edge, at)
    with database.read() as session:
        account = users.by_username(session, "rina")
        if account is None:
            raise LookupError("rina")
        by = users.viewer(session, account, edge.today(session).date())  # the office is hours ahead of UTC
    database.close()
    return _Filled(folder, url, at, by, world.villages[0])


def bench_world(server: str | None, folder: Path, *, count: int = 1) -> Bench:
    """Return a new database on that PostgreSQL, or an SQLite file, with cases whose first form is complete."""
    filled = _filled(server)
    url = filled.copied(server, folder)
    database, at, by = open_database(Settings(data_dir=folder, database_url=url, demo=True)), filled.at, filled.by
    numbers, opened = [], 0
    with database.write() as session:
        for n in range(count):
            someone = demo_world.person(n + 1, filled.village, at.date())
            command = cases.OpenCase(category="FM", area=filled.village, person=someone)
            number = cases.open_case(session, command, by=by, at=at).case.number
            record = records.RecordStage(case=number, stage="data_collection", answers=ANSWERS, final=True)
            records.record_stage(session, record, by=by, at=at)
            opened = casework.look(session, number, by=by, at=at).row.entry_seq
            numbers.append(number)
    collector.spare_loaded()  # as every process of the product does before its first request
    return Bench(database, by, tuple(numbers), [at] * count, [False] * count, opened)
