"""Around every request: its id, its line in the log, its figures; known hosts, bodies within limits; a last answer."""

import re
import secrets
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from caseflow.api.operations import Metrics
from caseflow.api.problems import language, problem
from caseflow.api.routes import is_ours
from caseflow.errors import BodyTooLarge, CaseflowError, Unexpected, UnknownHost
from caseflow.settings import Settings

KB, MB = 1024, 1024 * 1024
DRAINED_MB = 64
"""A body that is too large is read to its end up to here: else its sender sees a broken connection, not our answer."""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
"""What every answer carries unless it says otherwise itself."""
HSTS = "max-age=31536000"
WATCHED = ("/healthz", "/readyz", "/metrics")
"""What a load balancer or a collector of figures asks by the address of the machine."""
LONGEST_HOST = 80
FILES = re.compile(r"/api/v1/(cases/[^/]+/attachments|letters/[^/]+/scan)")
FILE_TIMES = 15
"""Where a file comes as base64, and how much larger than another body it may be: its own limit speaks first."""
Refuse = Callable[[Request, CaseflowError], Awaitable[Response]]

log = structlog.get_logger("caseflow.web")


class Guard:
    """The outermost layer: whatever happens inside, one answer, one line in the log, no word of what was sent."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, https: bool) -> None:
        """Wrap an application."""
        self.app = app
        self.metrics = metrics
        self.headers = HEADERS | ({"strict-transport-security": HSTS} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if is_ours(scope["path"]):
                    headers.setdefault("cache-control", "no-store")
                    headers.add_vary_header("Accept-Language")
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception:
            # not .exception(): it would hand the words of the error past our filter to whoever writes the line
            log.error("request failed", request=request_id, route=route_of(scope), exc_info=True)  # noqa: G201 - above
            if not status:
                answer = problem(Unexpected(request=request_id), language(Request(scope)))
                await answer(scope, receive, sending)
        finally:
            self._told(scope, request_id, status, perf_counter() - began)

    def _told(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = route_of(scope)
        self.metrics.observe(scope["method"], route, status, seconds)
        log.info(
            "request",
            request=request_id,
            method=scope["method"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
        )


class KnownHosts:
    """Answers only under the names the installation is opened by: a page of another name would lead forms astray."""

    def __init__(self, app: ASGIApp, *, settings: Settings, refuse: Refuse) -> None:
        """Wrap an application; `refuse` makes the answer of a refusal, a problem or a page."""
        self.app = app
        self.settings = settings
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in WATCHED:
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if self.settings.knows_host(host):
            await self.app(scope, receive, send)
            return
        error = UnknownHost(host=host[:LONGEST_HOST], known=self.settings.public_url)
        answer = await self.refuse(Request(scope, receive), error)
        await answer(scope, receive, send)


def route_of(scope: Scope) -> str:
    """Return the template of the route, never the path: a path may name a person's case."""
    found: Any = scope.get("route")
    return str(getattr(found, "path", "-")) if found is not None else "-"


class BodyLimit:
    """Reads a body of the REST door within its limit before anybody looks at it; `BodyTooLarge` beyond."""

    def __init__(self, app: ASGIApp, *, limit_kb: int) -> None:
        """Wrap an application."""
        self.app = app
        self.limit_kb = limit_kb

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not is_ours(scope["path"]):
            await self.app(scope, receive, send)
            return
        limit_kb = self.limit_kb * (FILE_TIMES if FILES.fullmatch(scope["path"]) else 1)
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        too_large = declared.isascii() and declared.isdecimal() and int(declared[:20]) > limit_kb * KB
        if too_large and "100-continue" in headers.get("expect", "").lower():
            await self._refuse(scope, receive, send, limit_kb)
            return
        body = bytearray()
        seen = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            seen += len(message.get("body", b""))
            if seen <= limit_kb * KB:
                body += message.get("body", b"")
            if not message.get("more_body", False) or seen > DRAINED_MB * MB:
                break
        if seen > limit_kb * KB:
            await self._refuse(scope, receive, send, limit_kb)
            return
        await self.app(scope, _replayed(bytes(body), receive), send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, limit_kb: int) -> None:
        answer = problem(BodyTooLarge(limit_kb=limit_kb), language(Request(scope)))
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a channel that gives the body that was read, then goes on with what follows it."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
