"""The route class of every page: errors become pages, logs name the route and never what was sent."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from caseflow.errors import CaseflowError, Unexpected
from caseflow.web.faults import number_of, page_of
from caseflow.web.page import CrossOrigin, Interrupted, stranger, visitor

log = logging.getLogger(__name__)
EXPECTED = (CaseflowError, CrossOrigin, Interrupted)


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except EXPECTED as error:
                known: Exception = error
            except Exception as error:
                log.exception("the page %s failed, request %s", self.path_format, number_of(request))
                known = error
            return await run_in_threadpool(lambda: _answer(request, known))

        return answer


def _answer(request: Request, error: Exception) -> Response:
    """Return the page of an error; where even its reader cannot be looked up, the plain one."""
    try:
        return page_of(visitor(request), error)
    except Exception:
        log.exception("no reader for the page of an error")
        return page_of(stranger(request), Unexpected(request="-"))


def new_router() -> APIRouter:
    """Return a router for one part of the pages."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)
