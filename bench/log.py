"""How fast the log is verified, and how much of that is hashing that cannot be avoided."""

from collections.abc import Iterator
from datetime import UTC, datetime
from time import process_time

from bench.figures import Figure
from caseflow import audit

COUNT = 50_000
QUICK = 10_000
CASES = 500


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the entries a core verifies in a second: envelopes in memory, every chain complete."""
    chain = list(_entries(QUICK if quick else COUNT))
    start = process_time()
    broken = list(audit.verify_chain(chain))
    took = process_time() - start
    if broken:
        raise ValueError(broken[0])
    note = f"{len(chain)} entries of {CASES} cases, CPU time; reading them from the database is not in it"
    yield Figure("audit verify", round(len(chain) / took), "entries/s/core", 50_000, note)


def _entries(count: int) -> Iterator[tuple[audit.Envelope, str]]:
    at = audit.instant(datetime(2026, 11, 16, tzinfo=UTC))
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
