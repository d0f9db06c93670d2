"""Logging in and out; what was typed before a session ended comes back after the log-in."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from caseflow import edge as door
from caseflow.errors import BadCredentials, TooManyAttempts
from caseflow.i18n import error_message
from caseflow.web.kept import returned_page
from caseflow.web.page import (
    HEADERS,
    NOBODY,
    Acting,
    Page,
    Visiting,
    edge_of,
    forget_session,
    remember_session,
    render,
    require_same_origin,
    visitor,
)
from caseflow.web.posted import Posted, read_posted
from caseflow.web.route import new_router

router = new_router()


@router.get("/masuk")
def log_in_form(page: Visiting) -> Response:
    if page.viewer is not NOBODY:
        return RedirectResponse("/", 303, dict(HEADERS))
    to = _inside(page.request.query_params.get("ke", ""))
    return render(page, "login.html", kept="", ended=False, to=to, problem="", username="")


async def log_in_posted(request: Request) -> Posted:
    """Read the log-in form; it may carry a whole other form, sealed, that was sent after the session had ended."""
    require_same_origin(request)
    return await read_posted(request, times=3)


@router.post("/masuk")
def log_in(request: Request, form: Annotated[Posted, Depends(log_in_posted)]) -> Response:
    page = visitor(request)
    try:
        address = request.client.host if request.client else ""
        cookie = door.log_in(page.edge, form.one("nama"), form.one("sandi"), address=address)
    except (BadCredentials, TooManyAttempts) as error:
        problem = error_message(error, page.lang)
        kept, to, name = form.one("_simpanan"), _inside(form.one("_ke")), form.one("nama")
        return render(
            page, "login.html", status=error.status, kept=kept, ended=False, to=to, problem=problem, username=name
        )
    return _welcome(request, form, cookie)


def _welcome(request: Request, form: Posted, cookie: str) -> Response:
    edge = edge_of(request)
    found = door.web_session(edge, cookie)
    page = Page(request, edge, found.viewer, found.viewer.language, found.csrf)
    response = returned_page(page, form.one("_simpanan"))
    if response is None:
        response = RedirectResponse(_inside(form.one("_ke")) or "/", 303, dict(HEADERS))
    remember_session(page, response, cookie)
    return response


@router.post("/keluar")
def log_out(page: Acting) -> Response:
    door.log_out(page.edge, page.request.cookies.get(page.edge.database.settings.cookie_name))
    response = RedirectResponse("/masuk", 303, dict(HEADERS))
    forget_session(page, response)
    return response


def _inside(path: str) -> str:
    """Return a path of ours to go on to; anything that could lead elsewhere is dropped."""
    return path if path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable() else ""
