"""The pages: one router for the web process to include, and the folder of static files to mount."""

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from caseflow.paths import static_root
from caseflow.web import (
    account,
    addressed,
    attachments,
    audit_desk,
    audit_limits,
    audit_questions,
    backlog,
    blank,
    case,
    dossier,
    drafts,
    erasures,
    forms,
    glass,
    goods,
    handed,
    handover,
    home,
    inbox,
    initials,
    institutions,
    instruments,
    letter_bulk,
    links,
    lists,
    login,
    moving,
    opening,
    oversight,
    psks,
    psks_sheet,
    reaching,
    records,
    replies,
    reports,
    reviews,
    roster_sheet,
    scans,
    system,
    system_people,
    system_running,
    verify,
    work,
)
from caseflow.web.faults import missing_page
from caseflow.web.page import visitor

__all__ = ["missing_page", "mount_static", "router", "visitor"]

router = APIRouter(include_in_schema=False)
"""Every page. The order counts: what has a fixed address comes before what takes a case number."""
PARTS = (
    login,
    account,
    home,
    work,
    oversight,
    backlog,
    psks_sheet,
    psks,
    institutions,
    reports,
    goods,
    audit_questions,
    audit_limits,
    audit_desk,
    system,
    system_people,
    system_running,
    handover,
    addressed,
    opening,
    blank,
    initials,
    reviews,
    erasures,
    glass,
    inbox,
    reaching,
    letter_bulk,
    scans,
    attachments,
    roster_sheet,
    instruments,
    verify,
    replies,
    moving,
    records,
    links,
    drafts,
    forms,
    dossier,
    handed,
    lists,
    case,
)
for part in PARTS:
    router.routes.extend(part.router.routes)  # in one list: routers inside routers are searched again at each level


class _Kept(StaticFiles):
    """Static files carry the digest of their content in their address, so a browser may keep them for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def mount_static(app: FastAPI) -> None:
    """Serve stylesheet and icon under /static."""
    app.mount("/static", GZipMiddleware(_Kept(directory=static_root())), name="static")
