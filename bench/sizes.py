"""`python -m bench.sizes [CASES]`: how many bytes a case takes, as docs/operations.md says.

Each case goes from opening to its closure, with forms, plan, consents, reviews, visits and reminders; its letter is
numbered, and its PDF counted apart. What stands there before the first case is taken off.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from caseflow.actions import checkpoints
from caseflow.store import migrate
from tests import servers, world
from tests.world import START, World

CASES = 300
PARTS = 8
"""How many tables and indexes are named."""


def main(count: int) -> None:
    """Print bytes a case, and the largest tables of PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sizes.db"
        taken = _bytes_a_case(f"sqlite:///{path}", Path(folder), count, lambda: _of_file(path))
        print(f"SQLite: {taken:,} bytes a case")
    with servers.postgres_server() as server, tempfile.TemporaryDirectory() as folder:
        url = servers.create_database(server)
        taken = _bytes_a_case(url, Path(folder), count, lambda: _of_server(url))
        print(f"PostgreSQL: {taken:,} bytes a case")
        for name, size in _largest(url):
            print(f"  {name}: {size // count:,}")


def _bytes_a_case(url: str, folder: Path, count: int, size: Callable[[], int]) -> int:
    migrate.upgrade(url)
    database = world.open_database(url, folder)
    office = world.fill(database)
    before = size()
    with database.write() as session:
        here = World(office, session, START - timedelta(days=300))
        opened = [world.opened(here, "FM" if n % 2 else "AT") for n in range(count)]
    for case in opened:
        with database.write() as session:
            world.bring(World(office, session, here.now), case, "closed")
    with database.write() as session:
        checkpoints.sequence_all(session)
    taken = size() - before
    database.close()
    return taken // count


def _of_file(path: Path) -> int:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as conn:
        conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path.stat().st_size


def _of_server(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as conn:
        conn.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        found = int(conn.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    engine.dispose()
    return found


def _largest(url: str) -> list[tuple[str, int]]:
    engine = create_engine(url)
    query = "SELECT relname, pg_total_relation_size(relid) FROM pg_catalog.pg_statio_user_tables ORDER BY 2 DESC"
    with engine.connect() as conn:
        found = [(row[0], int(row[1])) for row in conn.execute(text(f"{query} LIMIT {PARTS}"))]
    engine.dispose()
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
