"""What watches the process: alive, ready, and its figures for Prometheus."""

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from caseflow.actions import admin, queue
from caseflow.actions.queue import Stats
from caseflow.api import door
from caseflow.api.door import ApiRequest, OpenRoute
from caseflow.api.models import Answer
from caseflow.api.problems import refusals
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
    jobs: Gauge = field(init=False)
    lag: Gauge = field(init=False)
    expired: Gauge = field(init=False)
    failing: Gauge = field(init=False)

    def __post_init__(self) -> None:
        """Register every figure."""
        mine = self.registry
        labels = ("method", "route", "status")
        self.requests = Counter("caseflow_requests", "Answered requests.", labels, registry=mine)
        self.seconds = Histogram(
            "caseflow_request_seconds", "Time to answer.", ("method", "route"), registry=mine, buckets=BUCKETS
        )
        self.jobs = Gauge("caseflow_jobs", "Jobs by state and queue.", ("state", "queue"), registry=mine)
        self.lag = Gauge("caseflow_jobs_oldest_due_seconds", "How long the oldest due job has waited.", registry=mine)
        self.expired = Gauge("caseflow_jobs_expired_leases", "Leases whose worker went away.", registry=mine)
        self.failing = Gauge("caseflow_jobs_failing", "Jobs that wait after a failure.", registry=mine)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)

    def set_jobs(self, found: Stats, at: datetime) -> None:
        """Take over the depth of the queue: every state and queue is named, none left out."""
        for place in product(queue.STATES, queue.QUEUES):
            self.jobs.labels(*place).set(found.counts.get(place, 0))
        self.lag.set((at - found.oldest_due).total_seconds() if found.oldest_due else 0)
        self.expired.set(found.expired_leases)
        self.failing.set(found.failing)


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
    """Jumlah dan lama permintaan, kedalaman antrean. Hanya dari mesin ini, atau dengan token admin semua kantor."""
    if not (from_this_machine(request) or _is_admin(request)):
        raise NotFound
    edge, known = door.edge_of(request), request.app.state.metrics
    at = edge.clock.now()
    with edge.database.read() as session:
        known.set_jobs(queue.stats(session, at=at, now_real=real_now()), at)
    return MetricsResponse(generate_latest(known.registry))


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
