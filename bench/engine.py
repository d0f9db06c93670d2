"""One step of a case, engine only, beside the driver alone and beside other engines: each a process with own tables."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import IO

import psycopg

from bench.figures import Figure
from bench.peers.serving import CASES, LANES
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
HOW_TO = "make bench installs it (tools/set_up.py --bench)"
THREADS = (1, 8)
OF_RAW = {1: 0.70, 8: 0.75}
TABLES = """
CREATE TABLE engine_case (
    id bigserial PRIMARY KEY, state varchar(50) NOT NULL, version integer NOT NULL, area varchar(10) NOT NULL,
    updated_at timestamptz NOT NULL);
CREATE TABLE engine_entry (
    id uuid PRIMARY KEY, case_id bigint NOT NULL REFERENCES engine_case, seq integer NOT NULL,
    step varchar(30) NOT NULL, from_state varchar(30) NOT NULL, to_state varchar(30) NOT NULL, actor uuid NOT NULL,
    entered_at timestamptz NOT NULL, UNIQUE (case_id, seq));
CREATE TABLE engine_job (
    id uuid PRIMARY KEY, key varchar(160) NOT NULL UNIQUE, kind varchar(40) NOT NULL, payload json NOT NULL,
    state varchar(10) NOT NULL, run_at timestamptz NOT NULL);
CREATE INDEX ON engine_job (state, run_at)
"""
FILL = """
INSERT INTO engine_case (state, version, area, updated_at)
SELECT 'data_collection', 1, '6310012001', now() FROM generate_series(1, %s)
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine the product is measured beside; `package` is what must be installed for it."""

    name: str
    module: str
    goal: float | None = None
    """How many times its steps a second the product takes."""
    package: str = ""


PEERS = (
    Peer("ORM + transitions", "orm"),
    Peer("viewflow.fsm", "viewflow_fsm", 2.5, "viewflow"),
    Peer("django-fsm-2 + fsm-log", "fsm_log", None, "django_fsm_log"),
    Peer("SpiffWorkflow", "spiff", 5, "SpiffWorkflow"),
    Peer("DBOS", "dbos_flow", 15, "dbos"),
)
OURS, RAW = Peer("caseflow", "product"), Peer("raw psycopg", "raw")


@dataclass(slots=True)
class _Running:
    """A process that takes steps, and how many it took a second, by threads and block."""

    process: subprocess.Popen[str]
    told: IO[str]
    heard: IO[str]
    rates: dict[int, list[float]] = field(default_factory=lambda: {threads: [] for threads in THREADS})

    def run(self, threads: int, seconds: float) -> float:
        self.told.write(f"{threads} {seconds}\n")
        self.told.flush()
        steps, took = self.answer().split()
        return int(steps) / float(took)

    def answer(self) -> str:
        line = self.heard.readline()
        if not line:
            raise RuntimeError(f"{self.process.args!r} ended")
        return line


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the product's steps over the driver's, then over each peer's."""
    blocks, seconds = (1, 0.05) if quick else (15, 0.5)
    installed = _installed({peer.package for peer in PEERS} - {""})
    there = {peer: peer.package in {"", *installed} for peer in PEERS}  # our own process has what needs no package
    with servers.postgres_server() as server, ExitStack() as stack:
        runs = _started(stack, server, (RAW, OURS, *(peer for peer in PEERS if there[peer])))
        for block in range(blocks + 1):
            for threads in THREADS:
                for run in runs.values():
                    rate = run.run(threads, seconds)
                    if block:  # the first one warms up
                        run.rates[threads].append(rate)
    for threads in THREADS:
        ours, raw = (median(runs[peer].rates[threads]) for peer in (OURS, RAW))
        how = f"{threads} thread{'s' if threads > 1 else ''}, {_blocks(blocks)} of {seconds:g} s"
        note = f"{ours:.0f} a second beside {raw:.0f} of the driver alone with the same rows, {how}"
        yield Figure(f"engine step, PostgreSQL, {threads}", round(ours / raw, 3), "ratio", OF_RAW[threads], note)
        for peer in PEERS:
            name = f"engine step beside {peer.name}, {threads}"
            if there[peer]:
                theirs = median(runs[peer].rates[threads])
                note = f"{ours:.0f} a second beside {theirs:.0f}, {how}"
                yield Figure(name, round(ours / theirs, 2), "times", peer.goal, note)
            else:
                print(f"{name:45} not measured: {peer.package} is not installed; {HOW_TO}", file=sys.stderr)


def _started(stack: ExitStack, server: str, peers: tuple[Peer, ...]) -> dict[Peer, _Running]:
    template = servers.create_database(server)
    with psycopg.connect(template, autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute(FILL, (LANES * CASES,))
        connection.execute("ANALYZE")
    urls = {peer: servers.create_database(server, template=template) for peer in peers}
    runs = {peer: stack.enter_context(_process(peer, url)) for peer, url in urls.items()}
    for run in runs.values():
        while run.answer() != "ready\n":
            pass
    return runs


@contextmanager
def _process(peer: Peer, url: str) -> Iterator[_Running]:
    python = str(PEERS_PYTHON) if peer.package else sys.executable
    command = [python, "-m", f"bench.peers.{peer.module}", url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield _Running(process, process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(timeout=60)


def _blocks(count: int) -> str:
    return "one block" if count == 1 else f"medians of {count} blocks"


def _installed(packages: set[str]) -> list[str]:
    """Return which of these can be imported where the peers live."""
    if not PEERS_PYTHON.exists():
        return []
    look = "import importlib.util, sys; print(*(name for name in sys.argv[1:] if importlib.util.find_spec(name)))"
    command = [str(PEERS_PYTHON), "-c", look, *sorted(packages)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
