"""The composition root of the web process: settings in, application out; refuses to start on what cannot work."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from socket import socket

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from caseflow import collector, web
from caseflow.actions import operations
from caseflow.api import routes
from caseflow.api.guard import BodyLimit, Guard, KnownHosts
from caseflow.api.operations import Metrics
from caseflow.edge import BusinessClock, Edge
from caseflow.errors import CaseflowError, UnknownHost
from caseflow.logs import configure_logging, route_logs
from caseflow.settings import Settings
from caseflow.web.faults import page_of
from caseflow.web.page import stranger
from workers.embedded import Embedded
from workers.process import open_runtime
from workers.runtime import Clock, Runtime

STOP_SECONDS = 30
STARTUP_FAILURE = 3
"""Exit code where the server could not begin: the log says why."""


def create_app(settings: Settings, *, clock: BusinessClock | None = None, runtime: Runtime | None = None) -> FastAPI:
    """Return the application: REST and pages on one edge, with the workers inside unless Redis is set.

    `runtime` is what a caller has opened already. Raises `BrokenDefinition`, `BrokenLetters`, `BadKeyFile`,
    `DatabaseNotCurrent`, `ServiceUnavailable`: each says what to do.
    """
    route_logs()
    clock = clock or BusinessClock()
    opened = runtime or open_runtime(settings, Clock(business=clock.now))
    database = opened.database
    with database.read() as session:
        operations.require_definitions(session)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        workers = Embedded(opened) if settings.embedded else None
        if workers is not None:
            await run_in_threadpool(workers.start)
        yield
        if workers is not None:
            await run_in_threadpool(workers.stop)
        await run_in_threadpool(database.close)

    app = FastAPI(
        title="caseflow",
        version="1",
        summary="Manajemen kasus intervensi sosial",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.edge = Edge(database, clock)
    app.state.render = opened.render
    app.state.metrics = Metrics()
    app.router.routes.extend(web.router.routes)  # first, for people wait for pages; none begins like the API
    routes.mount(app)
    web.mount_static(app)
    for kind in (CaseflowError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _refused)
    app.add_middleware(BodyLimit, limit_kb=settings.max_body_kb)
    app.add_middleware(KnownHosts, settings=settings, refuse=_refused)
    app.add_middleware(Guard, metrics=app.state.metrics, https=settings.is_https)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """Answer a refusal: as a problem, or as a page where no page of its own did."""
    if not routes.is_ours(request.url.path):
        if isinstance(error, UnknownHost):
            return await run_in_threadpool(lambda: page_of(stranger(request), error))
        return await run_in_threadpool(lambda: web.missing_page(web.visitor(request)))
    found = routes.answer(request, error)
    if found is None:
        raise error
    return found


def serve(app: FastAPI, *, host: str, port: int, quiet: bool = False, ready: Callable[[], None] | None = None) -> None:
    """Answer requests until told to stop; `ready` is called once it does, `quiet` is for `configure_logging`.

    What leaves in the log is ours alone.
    """
    configure_logging(sys.stderr, quiet=quiet)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = _Server(config, ready)
    with suppress(KeyboardInterrupt):  # Ctrl-C was heard already, and ended it in good order
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


class _Server(uvicorn.Server):
    """The server, and somebody who waits until it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        collector.spare_loaded()
        if self.started and self.ready is not None:
            self.ready()
