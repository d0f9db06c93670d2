"""What comparing rows with their entries costs: the digests alone, and a whole installation as it lies on disk."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from bench.figures import Figure
from bench.world import Bench, bench_world
from caseflow.ids import new_id
from caseflow.store import cases, children, log, proof, verify
from caseflow.store.log import Chain, Entry
from caseflow.store.tables import visit

COUNT, QUICK = 50_000, 2_000
CASES, QUICK_CASES, VISITS = 50, 10, 100
GOAL = 50_000
AT = datetime(2026, 11, 16, tzinfo=UTC)
BEST = 3
"""The machine may be at other work: the best of so many."""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the rows a core compares in a second in memory; then entries and rows of whole cases, read and opened."""
    count = QUICK if quick else COUNT
    rows = [_visit(n) for n in range(100)]
    said = [proof.digest_of("visit", row) for row in rows]
    took = min(_compared(rows, said, count) for _time in range(BEST))
    note = f"{count} visits, CPU time; {took / count * 1e6:.1f} us a row; reading them is not in it"
    yield Figure("audit verify, rows", round(count / took), "rows/s/core", GOAL, note)
    with TemporaryDirectory() as folder:
        bench = bench_world(None, Path(folder), count=QUICK_CASES if quick else CASES)
        _fill(bench, VISITS // 5 if quick else VISITS)
        yield _whole(bench)
        bench.database.close()


def _visit(n: int) -> dict[str, object]:
    at = AT + timedelta(minutes=n)
    ids = {name: str(new_id(at)) for name in ("id", "case_id", "officer_id")}
    words = {"cycle": 1, "state": "monitoring", "visited_on": date(2026, 11, 16), "sealed": bytes(range(120))}
    return {**ids, **words, "recorded_at": at}


def _compared(rows: list[dict[str, object]], said: list[str], count: int) -> float:
    start = process_time()
    for n in range(count):
        if not proof.holds("visit", rows[n % 100], said[n % 100]):
            raise ValueError(n)
    return process_time() - start


def _fill(bench: Bench, visits: int) -> None:
    """Write visits with their entries, as the action does without its decision."""
    at = bench.at[0] + timedelta(hours=1)
    with bench.database.write() as session:
        for number in bench.cases:
            row = cases.by_number(session, number)
            if row is None:
                raise LookupError(number)
            chain = Chain(row.id, row.subject_id, row.entry_seq, row.entry_head)
            columns = {"case_id": row.id, "cycle": 1, "state": row.state, "visited_on": at.date()}
            columns |= {"officer_id": bench.by.user_id, "recorded_at": at}
            words = {"finding": "Keadaan baik, anak sehat dan bersekolah.", "progress": ""}
            for _visit_no in range(visits):
                made = children.add(session, visit, row.subject_id, columns, words, at=at)
                said = Entry(code="case:visit:recorded", data={"visit": made, "cycle": 1}, payload=words)
                today, facts = at.date(), "0" * 64
                chain = log.append(session, chain, (said,), actor=bench.by.user_id, at=at, today=today, facts=facts)
            cases.amend(session, row.id, {"entry_seq": chain.seq, "entry_head": chain.head})


def _whole(bench: Bench) -> Figure:
    with bench.database.snapshot() as session:
        start = process_time()
        found = verify.run(session)
        took = process_time() - start
    if found.broken:
        raise ValueError(found.broken[0])
    note = f"{found.case_entries} entries, {found.payloads} payloads and {found.rows} rows read, opened and compared"
    return Figure("audit verify, whole cases, SQLite", round(found.case_entries / took), "entries/s/core", None, note)
