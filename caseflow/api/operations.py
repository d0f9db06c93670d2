"""What watches the process: alive, ready, and its figures for Prometheus."""

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, product

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from caseflow.actions import admin, operations, queue
from caseflow.actions.queue import Stats, Tally, Waiting
from caseflow.api import door
from caseflow.api.door import ApiRequest, OpenRoute
from caseflow.api.models import Answer
from caseflow.api.problems import refusals
from caseflow.definitions.kept import Stale
from caseflow.edge import real_now
from caseflow.errors import CaseflowError, DatabaseNotCurrent, NotFound, ServiceUnavailable
from caseflow.store import migrate

router = APIRouter(tags=["Operasi"], route_class=OpenRoute)
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(slots=True)
class Metrics:
    """The figures of one process, in a registry of its own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)

    def __post_init__(self) -> None:
        """Register every figure."""
        mine = self.registry
        labels = ("method", "route", "status")
        self.requests = Counter("caseflow_requests", "Answered requests.", labels, registry=mine)
        self.seconds = Histogram(
            "caseflow_request_seconds", "Time to answer.", ("method", "route"), registry=mine, buckets=BUCKETS
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)


@dataclass(frozen=True, slots=True, eq=False)
class JobFigures(Collector):
    """The figures of all workers, wherever they run: read from the database at one moment."""

    found: Stats
    ended: Sequence[Tally]
    at: datetime
    now_real: datetime

    def collect(self) -> Iterator[Metric]:
        """Yield every figure; every state and queue is named, none left out."""
        depth = GaugeMetricFamily("caseflow_jobs", "Jobs by state and queue.", labels=("state", "queue"))
        for place in product(queue.STATES, queue.QUEUES):
            depth.add_metric(place, self.found.counts.get(place, 0))
        yield depth
        for name, told, value in WAITING:
            of_queue = GaugeMetricFamily(f"caseflow_jobs_{name}", told, labels=("queue",))
            for one in queue.QUEUES:
                of_queue.add_metric((one,), value(self.found.queues.get(one, NOTHING), self.at, self.now_real))
            yield of_queue
        yield GaugeMetricFamily(
            "caseflow_jobs_expired_leases", "Leases whose worker went away.", self.found.expired_leases
        )
        yield GaugeMetricFamily("caseflow_jobs_failing", "Jobs that wait after a failure.", self.found.failing)
        yield from self._ended()

    def _ended(self) -> Iterator[Metric]:
        attempts = CounterMetricFamily("caseflow_job_attempts", "Attempts that ended.", labels=("kind", "outcome"))
        took = HistogramMetricFamily("caseflow_job_seconds", "Time of attempts that ended done.", labels=("kind",))
        for tally in self.ended:
            attempts.add_metric((tally.kind, tally.outcome), sum(tally.jobs))
            if tally.outcome == "done":
                bounds = [*map(str, queue.BOUNDS), "+Inf"]
                buckets = list(zip(bounds, accumulate(map(float, tally.jobs)), strict=True))
                took.add_metric((tally.kind,), buckets, tally.seconds)
        yield attempts
        yield took


@dataclass(frozen=True, slots=True, eq=False)
class ListFigures(Collector):
    """Which lists of the office's own are gone or wrong, as this process knows."""

    stale: Sequence[Stale]
    now_real: datetime

    def collect(self) -> Iterator[Metric]:
        """Yield how long each has been so; every list is named."""
        told = "How long the last good version of an office's own list has counted; 0: the file is there and right."
        found = GaugeMetricFamily("caseflow_office_list_stale_seconds", told, labels=("file",))
        since = {one.what: one.since for one in self.stale}
        for what, file in operations.LISTS.items():
            found.add_metric((file,), _since(since.get(what), self.now_real))
        yield found


def _since(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment is not None else 0.0


NOTHING = Waiting(None, None, 0)
WAITING: tuple[tuple[str, str, Callable[[Waiting, datetime, datetime], float]], ...] = (
    ("oldest_due_seconds", "How long the oldest due job has waited.", lambda q, at, _real: _since(q.due_since, at)),
    ("lease_age_seconds", "How long the oldest running job has run.", lambda q, _at, real: _since(q.began_at, real)),
    ("most_attempts", "Attempts of the unfinished job that has had most.", lambda q, _at, _real: q.attempts),
)
"""Figures of each queue: name, what it says, how it is read."""


class Alive(Answer):
    """The process answers."""

    status: str = Field(examples=["ok"])


class Readiness(Answer):
    """Whether requests can be served: each part ok, or what is wrong with it."""

    status: str = Field(description="ready atau not_ready", examples=["ready"])
    database: str = Field(examples=["ok"])
    schema_: str = Field(alias="schema", examples=["ok"])


@router.get("/healthz", summary="Hidup")
def healthz() -> Alive:
    """Proses ini menjawab."""
    return Alive(status="ok")


@router.get(
    "/readyz",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "Belum siap"}},
    summary="Siap",
)
def readyz(request: ApiRequest) -> Response:
    """Basis data terhubung dan skemanya cocok dengan versi ini."""
    settings = door.edge_of(request).database.settings
    database = schema = "ok"
    try:
        migrate.require_current(settings.database_url)
    except ServiceUnavailable as error:
        database = schema = error.code
    except DatabaseNotCurrent as error:
        schema = error.code
    ready = database == schema == "ok"
    said = {"status": "ready" if ready else "not_ready", "database": database, "schema": schema}
    return door.json(said, 200 if ready else 503)


class MetricsResponse(Response):
    """Figures in the text format of Prometheus."""

    media_type = CONTENT_TYPE_PLAIN_0_0_4


@router.get("/metrics", response_class=MetricsResponse, responses=refusals(404, 503), summary="Angka untuk Prometheus")
def metrics(request: ApiRequest) -> Response:
    """Permintaan proses ini, antrean semua proses. Hanya dari mesin ini, atau dengan token admin semua kantor."""
    if not (from_this_machine(request) or _is_admin(request)):
        raise NotFound
    edge, known = door.edge_of(request), request.app.state.metrics
    at, now_real = edge.clock.now(), real_now()
    with edge.database.read() as session:
        figures = JobFigures(queue.stats(session, at=at, now_real=now_real), queue.ended(session), at, now_real)
        lists = ListFigures(operations.stale_lists(session), real_now())
    of_jobs = CollectorRegistry()
    of_jobs.register(figures)
    of_jobs.register(lists)
    return MetricsResponse(generate_latest(known.registry) + generate_latest(of_jobs))


def from_this_machine(request: Request) -> bool:
    """Tell whether a request began on this machine; one that a proxy passed on did not."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _is_admin(request: Request) -> bool:
    try:
        viewer = door.authenticate(request)
        with door.edge_of(request).database.read() as session:
            return admin.administers_installation(session, viewer)
    except CaseflowError:
        return False
