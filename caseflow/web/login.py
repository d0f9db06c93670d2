"""Logging in and out, step by step; what was typed before a session ended comes back after the log-in."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from caseflow import crypto
from caseflow import edge as door
from caseflow.access import Viewer
from caseflow.actions import entering, passwords, second_factor
from caseflow.actions.entering import CODE, ENROLMENT, Half
from caseflow.errors import BadCredentials, CaseflowError, InvalidInput, NotAuthenticated, TooManyAttempts, WrongCode, _
from caseflow.i18n import LANGUAGES, error_message
from caseflow.store.session import Session
from caseflow.web.codes import grouped, picture_of, proven
from caseflow.web.devices import device_of
from caseflow.web.kept import returned_page
from caseflow.web.page import (
    HEADERS,
    NOBODY,
    Acting,
    Page,
    Visiting,
    address_of,
    edge_of,
    forget_session,
    redirect,
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
    device = device_of(request.headers.get("user-agent", ""))
    try:
        cookie = door.log_in(page.edge, form.one("nama"), form.one("sandi"), address=address_of(page), device=device)
    except (BadCredentials, TooManyAttempts) as error:
        problem = error_message(error, page.lang)
        kept, to, name = form.one("_simpanan"), _inside(form.one("_ke")), form.one("nama")
        return render(
            page, "login.html", status=error.status, kept=kept, ended=False, to=to, problem=problem, username=name
        )
    return _gone_on(page, form, cookie)


def _gone_on(page: Page, form: Posted, cookie: str) -> Response:
    """Return what comes next: the page of what the log-in still owes, or the first page behind it."""
    given = _half(page, cookie)
    response = _welcome(page.request, form, cookie) if given is None else _owed_page(page, given, form)
    remember_session(page, response, cookie)
    return response


def _welcome(request: Request, form: Posted, cookie: str) -> Response:
    page = _whole(request, cookie)
    response = returned_page(page, form.one("_simpanan"))
    if response is not None:
        return response
    to, flash = _inside(form.one("_ke")) or "/", "second_factor_due" if _is_asked(page) else ""
    return redirect(page, to, flash)


def _whole(request: Request, cookie: str) -> Page:
    edge = edge_of(request)
    found = door.web_session(edge, cookie)
    return Page(request, edge, found.viewer, found.viewer.language, found.csrf)


def _is_asked(page: Page) -> bool:
    """Tell whether the reader is within the days of grace before a second factor is a must."""
    found = page.read(lambda session, by, _at: second_factor.state(session, by=by))
    return found.needed and found.confirmed_at is None


# --- what a log-in may still owe -------------------------------------------------------------------------------------


def _half(page: Page, cookie: str | None) -> Half | None:
    with page.edge.database.read() as session:
        try:
            return entering.half(session, cookie or "", now=door.real_now(), at=page.edge.today(session))
        except NotAuthenticated:
            return None


def _owed_page(
    page: Page, given: Half, form: Posted, *, status: int = 200, problems: dict[str, str] | None = None
) -> Response:
    """Return the page that asks for what a half-open session owes; kept words travel along."""
    lang = page.lang if page.request.query_params.get("lang") in LANGUAGES else given.viewer.language
    shown = Page(page.request, page.edge, page.viewer, lang)
    secret: tuple[str, str] | None = None
    if given.owes == ENROLMENT:
        with page.edge.database.read() as session:
            secret = second_factor.begun(session, by=given.viewer)
    return render(
        shown,
        "second-step.html",
        status=status,
        owes=given.owes,
        kept=form.one("_simpanan"),
        to=_inside(form.one("_ke")),
        username=given.viewer.username,
        problems=problems or {},
        secret=grouped(secret[0]) if secret else "",
        picture=picture_of(secret[1]) if secret else "",
    )


@router.get("/masuk/lanjut")
def go_on_form(page: Visiting) -> Response:
    given = _half(page, page.request.cookies.get(page.edge.database.settings.cookie_name))
    return RedirectResponse("/masuk", 303, dict(HEADERS)) if given is None else _owed_page(page, given, Posted())


@router.post("/masuk/lanjut")
def go_on(request: Request, form: Annotated[Posted, Depends(log_in_posted)]) -> Response:
    page = visitor(request)
    given = _half(page, request.cookies.get(page.edge.database.settings.cookie_name))
    if given is None:
        return _begin_again(page, form)
    try:
        cookie, codes = _given(page, given, form)
    except NotAuthenticated:
        return _begin_again(page, form)
    except InvalidInput as refused:
        return _owed_page(page, given, form, status=422, problems=dict(refused.data["problems"]))
    except (WrongCode, TooManyAttempts) as refused:
        return _owed_page(page, given, form, status=refused.status, problems={"kode": _said(refused, page)})
    return _codes_page(page, form, cookie, codes) if codes else _gone_on(page, form, cookie)


def _begin_again(page: Page, form: Posted) -> Response:
    kept, to = form.one("_simpanan"), _inside(form.one("_ke"))
    return render(page, "login.html", status=401, kept=kept, ended=True, to=to, problem="", username="")


def _said(error: CaseflowError, page: Page) -> str:
    return error_message(error, page.lang)


def _given(page: Page, given: Half, form: Posted) -> tuple[str, tuple[str, ...]]:
    """Take what a half-open session owes; return the cookie of the next one, and recovery codes where some are new."""
    hashed = _new_password(page, given, form) if given.owes not in {CODE, ENROLMENT} else ""

    def run(session: Session, by: Viewer, now: datetime, at: datetime) -> tuple[str, tuple[str, ...]]:
        codes: tuple[str, ...] = ()
        if given.owes == CODE:
            second_factor.prove(session, by.user_id, form.one("kode"), now=now, at=at)
        elif given.owes == ENROLMENT:
            codes = second_factor.confirm(session, form.one("kode"), keep=given.digest, by=by, now=now, at=at)
        else:
            passwords.change_own(session, hashed, keep=given.digest, by=by, at=at, now=now)
        return entering.go_on(session, given, now=now, at=page.edge.today(session)), codes

    return proven(page, given.viewer, run, half=given if given.owes in {CODE, ENROLMENT} else None)


def _new_password(page: Page, given: Half, form: Posted) -> str:
    """Return the hash of the new password of somebody who came with one that is good once; `InvalidInput`."""
    password = form.one("baru")
    passwords.require_new(password, form.one("ulang"))
    with page.edge.database.read() as session:
        if passwords.is_own(session, password, by=given.viewer):
            raise InvalidInput({"baru": _("Pilih kata sandi lain: yang lama hanya untuk sekali masuk.")})
    return crypto.hash_password(password)


def _codes_page(page: Page, form: Posted, cookie: str, codes: tuple[str, ...]) -> Response:
    """Return the recovery codes, this once; behind them it goes on as after any log-in."""
    context: dict[str, Any] = {"codes": codes, "kept": form.one("_simpanan"), "to": _inside(form.one("_ke")) or "/"}
    response = render(_whole(page.request, cookie), "recovery-codes.html", onward="/masuk/teruskan", **context)
    remember_session(page, response, cookie)
    return response


@router.post("/masuk/teruskan")
def onward(page: Acting) -> Response:
    """Go on from the recovery codes to where the log-in was going, with the words that were kept."""
    form = page.posted
    return returned_page(page, form.one("_simpanan")) or redirect(page, _inside(form.one("_ke")) or "/")


@router.post("/keluar")
def log_out(page: Acting) -> Response:
    door.log_out(page.edge, page.request.cookies.get(page.edge.database.settings.cookie_name))
    response = RedirectResponse("/masuk", 303, dict(HEADERS))
    forget_session(page, response)
    return response


def _inside(path: str) -> str:
    """Return a path of ours to go on to; anything that could lead elsewhere is dropped."""
    return path if path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable() else ""
