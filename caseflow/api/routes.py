"""All routes of the REST door, and how its refusals are answered."""

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from caseflow.api import (
    attachments,
    audit_desk,
    backlog,
    cases,
    conferences,
    docs,
    dossier,
    erasures,
    fieldwork,
    glass,
    goods,
    handover,
    initials,
    institutions,
    instruments,
    letter_bulk,
    letters,
    many,
    moving,
    office,
    operations,
    plan,
    psks,
    psks_sheet,
    reach,
    registry,
    replies,
    reports,
    roster,
    roster_sheet,
    running,
    shared_items,
    steps,
    users,
)
from caseflow.api.problems import language, of_http, of_request, problem
from caseflow.errors import CaseflowError

PLACES = ("/api/", "/healthz", "/readyz", "/metrics")
"""Paths whose refusals are problems as JSON; every other path is a page."""

ROUTERS: tuple[APIRouter, ...] = (
    cases.router,
    dossier.router,
    backlog.router,
    reports.router,
    steps.router,
    many.router,
    running.router,
    goods.router,
    glass.router,
    handover.router,
    moving.router,
    plan.router,
    shared_items.router,
    registry.router,
    roster.router,
    roster_sheet.router,
    fieldwork.router,
    conferences.router,
    attachments.router,
    instruments.router,
    replies.router,
    replies.public,
    letters.router,
    letter_bulk.router,
    letters.public,
    initials.router,
    erasures.router,
    psks_sheet.router,
    psks.router,
    institutions.router,
    office.router,
    reach.router,
    users.router,
    audit_desk.router,
    operations.router,
    docs.router,
)


def is_ours(path: str) -> bool:
    """Tell whether a path belongs to this door."""
    return path.startswith(PLACES)


def mount(app: FastAPI) -> None:
    """Add every route, and our answers to whatever they refuse."""
    for router in ROUTERS:
        app.router.routes.extend(router.routes)  # in one list, as the pages: included routers are searched twice
    docs.install(app)


def answer(request: Request, error: Exception) -> Response | None:
    """Return the problem a refusal is answered with; None for an error nobody foresaw."""
    match error:
        case CaseflowError():
            known: CaseflowError = error
        case RequestValidationError():
            known = of_request(error)
        case HTTPException():
            known = of_http(error, request)
        case _:
            return None
    return problem(known, language(request))
