"""How fast the log is verified and sequenced, and how much of that is hashing that cannot be avoided."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from sqlalchemy import insert

from bench import rows
from bench.databases import empty_database
from bench.figures import Figure
from caseflow import audit, crypto, merkle, settings
from caseflow.access import SYSTEM_USER
from caseflow.ids import new_id
from caseflow.store import tree, tree_check
from caseflow.store.session import Database
from caseflow.store.tables import access_entry
from caseflow.store.tree_check import Head
from tests import servers

COUNT = 50_000
QUICK = 2_000
CASES = 500
GOAL = 50_000
AT = datetime(2026, 11, 16, tzinfo=UTC)


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the entries a core verifies in a second, in memory; their rows; then sequencing and the tree as stored."""
    count = QUICK if quick else COUNT
    chain = list(_entries(count))
    yield _chains(chain)
    yield from rows.figures(quick=quick)
    yield _tree([stored for _envelope, stored in chain])
    with TemporaryDirectory() as folder:
        yield from _stored(empty_database(None, Path(folder)), Path(folder), count, "SQLite")
    with servers.postgres_server() as server, TemporaryDirectory() as folder:
        yield from _stored(empty_database(server, Path(folder)), Path(folder), count, "PostgreSQL")


def _chains(chain: list[tuple[audit.Envelope, str]]) -> Figure:
    start = process_time()
    broken = list(audit.verify_chain(chain))
    took = process_time() - start
    if broken:
        raise ValueError(broken[0])
    note = f"{len(chain)} entries of {CASES} cases, CPU time; reading them from the database is not in it"
    return Figure("audit verify", round(len(chain) / took), "entries/s/core", GOAL, note)


def _tree(hashes: list[str]) -> Figure:
    edge = merkle.Edge()
    start = process_time()
    for entry in hashes:
        merkle.grow(edge, merkle.leaf(bytes.fromhex(entry)))
    merkle.root(edge)
    took = process_time() - start
    note = f"{len(hashes)} leaves to their root, CPU time; beside the chains, so both in {_both(took, len(hashes))}"
    return Figure("audit verify, tree", round(len(hashes) / took), "entries/s/core", GOAL, note)


def _both(took: float, count: int) -> str:
    return f"{took / count * 1e6:.1f} us an entry more"


def _stored(url: str, folder: Path, count: int, name: str) -> Iterator[Figure]:
    """Yield what giving positions to a full queue takes, and checking the tree it makes; leaf-only entries."""
    given = settings.load(data_dir=folder, database_url=url)
    database = Database(given.database_url, crypto.load_or_create(given.secret_key_file), given, {})
    entries = [_row(n) for n in range(count)]
    with database.write() as session:
        session.execute(insert(access_entry), entries)
    start = perf_counter()
    waited = 1
    while waited:
        with database.write() as session:
            waited = tree.sequence(session)
    took = perf_counter() - start
    note = f"{count} entries that waited, {tree.CHUNK} a commit; wall time"
    yield Figure(f"log sequencing, {name}", round(count / took), "entries/s", None, note)
    with database.snapshot() as session:
        head = Head(count, tree.root_at(session, count), "bench")
        start = process_time()
        found = tree_check.check(session, [head])
        took = process_time() - start
        assert (found.leaves, found.wrong) == (count, ())
        start = perf_counter()
        for index in range(0, count, count // 100):
            merkle.inclusion(index, count, tree.nodes(session))
        proof = (perf_counter() - start) / 100 * 1000
    database.close()
    note = f"reading every leaf with its entry, CPU time of this process; a proof of inclusion takes {proof:.1f} ms"
    yield Figure(f"audit verify, stored tree, {name}", round(count / took), "entries/s/core", None, note)


def _row(n: int) -> dict[str, object]:
    at = AT + timedelta(microseconds=n)
    same = {"code": "user:log_in:done", "actor": SYSTEM_USER, "data": "{}"}
    return {"id": str(new_id(at)), "hash": os.urandom(32).hex(), "entered_at": at, **same}


def _entries(count: int) -> Iterator[tuple[audit.Envelope, str]]:
    at = audit.instant(AT)
    heads = [(0, audit.GENESIS)] * CASES
    for n in range(count):
        seq, prev = heads[n % CASES]
        envelope = audit.Envelope(
            id=f"{n:036d}",
            code="case:step:taken",
            actor=f"{1:036d}",
            event_date=at[:10],
            entered_at=at,
            case_id=f"{n % CASES:036d}",
            seq=seq + 1,
            prev=prev,
            facts=audit.GENESIS,
            payload=audit.GENESIS,
            data={"step": "complete_assessment", "from": "assessment", "to": "intervention_plan", "cycle": 1},
        )
        hashed = audit.entry_hash(envelope)
        heads[n % CASES] = (seq + 1, hashed)
        yield envelope, hashed
