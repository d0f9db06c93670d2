"""The way in: who asks, in which language, under which key; one transaction, committed before the answer is made."""

import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import APIRouter, Depends, Header, Request, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from caseflow import edge as edges
from caseflow.access import Viewer
from caseflow.actions import glass
from caseflow.actions.casework import Done
from caseflow.api.models import Answer, Written, written
from caseflow.api.problems import WRITING, language, refusals
from caseflow.edge import FAILED_TOKENS, Edge
from caseflow.errors import BrokenJson, InvalidInput, NotAuthenticated, NotFound, NotJson, _
from caseflow.ids import network_of
from caseflow.store.session import Session

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
LONGEST_TOKEN = 200
DEEPEST = 20
READS = ("GET", "HEAD")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters nobody types and PostgreSQL or a PDF cannot hold; tab and line ends are fine."""
UNREADABLE = _("Isian ini memuat tanda yang tidak dapat disimpan.")

Run = Callable[[Session, Viewer, datetime], T]


# --- requests ---------------------------------------------------------------------------------------------------------


class ApiRequest(Request):
    """A request whose body was read and checked before any model sees it."""

    parsed: Any = None

    async def read_body(self) -> None:
        """Parse the body; raises `NotJson`, `BrokenJson`, `InvalidInput`."""
        content = await self.body()
        if not content:
            return
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise NotJson
        try:
            self.parsed = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise BrokenJson(position=error.pos + 1) from None
        require_storable(self.parsed)

    async def json(self) -> Any:  # noqa: ANN401 - the signature of the library
        return self.parsed


class OpenRoute(APIRoute):
    """A route anybody may ask: its body and path are checked, its caller is not."""

    authenticated = False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the library behind our checks."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            asked = ApiRequest(request.scope, request.receive)
            if self.authenticated:
                asked.state.viewer = await run_in_threadpool(authenticate, asked)
            if any(CONTROL.search(value) for value in asked.path_params.values()):
                raise NotFound
            require_storable(dict(asked.query_params))
            await asked.read_body()
            return await handle(asked)

        return handled


class ApiRoute(OpenRoute):
    """A route for the holders of a bearer token: who asks is known before the body is looked at."""

    authenticated = True


def routes(tag: str) -> APIRouter:
    """Return a router for the routes of one noun."""
    return APIRouter(prefix="/api/v1", tags=[tag], route_class=ApiRoute)


def writes(
    route: Callable[..., Callable[[F], F]], path: str, summary: str, *, status: int = 200, model: type[Answer] = Written
) -> Callable[[F], F]:
    """Return the decorator of a route that writes: `route` is `router.post` or its like, `model` what it answers with.

    Unless said, that is the case after the change: what `act` answers with.
    """
    return route(path, status_code=status, response_model=model, responses=refusals(*WRITING), summary=summary)


def require_storable(value: object) -> None:
    """Raise `InvalidInput` naming every text that cannot be stored, and for a nesting nobody needs."""
    problems: dict[str, str] = {}
    waiting: list[tuple[str, object, int]] = [("", value, 0)]
    while waiting:
        name, found, depth = waiting.pop()
        if depth > DEEPEST:
            problems[name[:80]] = _("Isian ini bersusun terlalu dalam.")
        elif isinstance(found, str):
            if CONTROL.search(found):
                problems[name or "body"] = UNREADABLE
        elif isinstance(found, dict):
            if bad := [k for k in found if CONTROL.search(k)]:
                problems["body"] = UNREADABLE
            waiting += [(f"{name}.{k}" if name else k, v, depth + 1) for k, v in found.items() if k not in bad]
        elif isinstance(found, list):
            waiting += [(f"{name}.{i}", v, depth + 1) for i, v in enumerate(found)]
    if problems:
        raise InvalidInput(dict(sorted(problems.items())))


# --- who asks ---------------------------------------------------------------------------------------------------------


def edge_of(request: Request) -> Edge:
    """Return the edge of this process."""
    found: Edge = request.app.state.edge
    return found


def address_of(request: Request) -> str:
    """Return where the request came from, as the server in front of us says; of IPv6 the network."""
    return network_of(request.client.host) if request.client else "-"


def authenticate(request: Request) -> Viewer:
    """Return whose bearer token this is; `NotAuthenticated`, or `TooManyAttempts` when an address goes on guessing."""
    edge, address = edge_of(request), address_of(request)
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    given = token.strip()[:LONGEST_TOKEN] if scheme.lower() == "bearer" else ""
    if not given:
        raise NotAuthenticated
    try:
        return edges.viewer_of_token(edge, given)
    except NotAuthenticated:
        edges.count_failure(edge, FAILED_TOKENS, address)
        raise


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, through which edge, in which language."""

    edge: Edge
    viewer: Viewer
    lang: str
    request: ApiRequest
    key: str | None = None


_bearer = HTTPBearer(auto_error=False, description="Token dari `caseflow token add`.")
_Bearer = Annotated[object, Security(_bearer)]
KEY = Header(
    alias="Idempotency-Key",
    min_length=1,
    max_length=edges.LONGEST_KEY,
    pattern=r"^[!-~]+$",
    description="Kunci buatan Anda, satu untuk satu kehendak: permintaan yang sama dengan kunci yang sama dijawab lagi"
    " tanpa dikerjakan dua kali; isi yang berbeda ditolak 409. Wajib pada setiap penulisan.",
    examples=["5f2c9a4e-3f0b-4a1e-9a77-2f6d1c0b8e11"],
)


def _reader(request: ApiRequest, _token: _Bearer) -> Caller:
    return Caller(edge_of(request), request.state.viewer, language(request), request)


def _writer(request: ApiRequest, _token: _Bearer, idempotency_key: Annotated[str, KEY]) -> Caller:
    return Caller(edge_of(request), request.state.viewer, language(request), request, idempotency_key)


Reader = Annotated[Caller, Depends(_reader)]
Writer = Annotated[Caller, Depends(_writer)]


# --- one transaction a request ----------------------------------------------------------------------------------------


def read(caller: Caller, run: Run[T], *, case: str | None = None) -> T:
    """Run a reading action; a refusal about a `case` leaves an access entry.

    Who opened a closed file in need reads that case as who did.
    """

    def looking(session: Session, by: Viewer, at: datetime) -> T:
        mine = caller.request.method in READS
        return run(session, glass.eyes(session, by, case, at=at) if mine else by, at)

    return edges.read(caller.edge, caller.viewer, looking, case=case)


def write(
    caller: Caller,
    run: Run[tuple[int, BaseModel]],
    *,
    case: str | None = None,
    etag: Callable[[Any], str] | None = None,
    condition: str = "",
) -> Response:
    """Run a writing action once under its key and answer with what it returned, after the commit.

    `condition` is whatever beside the body decides what is done; `etag` makes the header of the body's JSON.
    """
    request = caller.request
    asked = edges.request_bytes(request.method, request.url.path, [request.parsed, condition])

    def done(session: Session, by: Viewer, at: datetime) -> tuple[int, Any]:
        status, model = run(session, by, at)
        return status, model.model_dump(mode="json")

    answer = edges.write(caller.edge, caller.viewer, done, key=caller.key, request=asked, case=case)
    headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
    if etag is not None:
        headers["ETag"] = etag(answer.body)
    return json(answer.body, answer.status, headers)


def act(
    caller: Caller, case: str | None, action: Callable[..., Done], command: object, *, status: int = 200
) -> Response:
    """Carry out a writing action that answers with the case after it."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        return status, written(action(session, command, by=by, at=at))

    return write(caller, run, case=case)


def json(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer of plain JSON."""
    return Response(orjson.dumps(body), status, headers, "application/json")
