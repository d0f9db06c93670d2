"""One's own account: the second factor, where one is logged in, the password."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow import crypto
from caseflow import edge as door
from caseflow.access import Viewer
from caseflow.actions import own_sessions, passwords, second_factor
from caseflow.edge import FAILED_LOG_INS
from caseflow.errors import InvalidInput, NotFound, TooManyAttempts, WrongCode, _
from caseflow.i18n import error_message
from caseflow.store.session import Session
from caseflow.web.codes import grouped, picture_of, proven
from caseflow.web.devices import words_of
from caseflow.web.page import Acting, Page, Reading, act, address_of, redirect, render
from caseflow.web.route import new_router

router = new_router()
HOME = "/keamanan-akun"
FACTOR = f"{HOME}/langkah-kedua"


@router.get(HOME)
def home(page: Reading) -> Response:
    return _home(page)


def _home(page: Page, *, status: int = 200, problems: dict[str, str] | None = None) -> Response:
    """Return the page; `problems` by field: kode-baru, kode-hapus, lama, baru, ulang."""

    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        teller, settings = page.teller(session), session.settings
        state = second_factor.state(session, by=by)
        return {
            "state": state,
            "since": teller.moment(state.confirmed_at) if state.confirmed_at else "",
            "until": teller.full_day(teller.day_of(state.needed_from)) if state.needed_from else "",
            "demo": settings.demo,
            "places": [
                (place, words_of(place.device), teller.moment(place.since), teller.moment(place.seen))
                for place in own_sessions.listing(session, _digest(page), by=by, now=door.real_now())
            ],
            "idle": settings.session_idle_minutes,
            "hours": settings.session_hours,
        }

    return render(page, "account.html", status=status, problems=problems or {}, **page.read(reading))


def _digest(page: Page) -> str:
    return crypto.token_digest(page.request.cookies.get(page.edge.database.settings.cookie_name, ""))


# --- the second factor -----------------------------------------------------------------------------------------------


@router.post(FACTOR)
def begin(page: Acting) -> Response:
    def run(session: Session, by: Viewer, _at: datetime) -> dict[str, str]:
        second_factor.enrol(session, by=by)
        return {"to": FACTOR}

    return act(page, run)


@router.get(FACTOR)
def set_up(page: Reading) -> Response:
    return _set_up(page)


def _set_up(page: Page, *, status: int = 200, problems: dict[str, str] | None = None) -> Response:
    try:
        secret, address = page.read(lambda session, by, _at: second_factor.begun(session, by=by))
    except NotFound:  # nothing was begun, or it is done
        return redirect(page, HOME)
    shown = {"secret": grouped(secret), "picture": picture_of(address), "problems": problems or {}}
    return render(page, "account-factor.html", status=status, username=page.viewer.username, **shown)


@router.post(f"{FACTOR}/pasang")
def confirm(page: Acting) -> Response:
    typed = page.posted.one("kode")

    def run(session: Session, by: Viewer, now: datetime, at: datetime) -> tuple[str, ...]:
        return second_factor.confirm(session, typed, keep=_digest(page), by=by, now=now, at=at)

    try:
        _require_own(page, page.posted.one("sandi"), "sandi")
        codes = proven(page, page.viewer, run)
    except InvalidInput as refused:
        return _set_up(page, status=refused.status, problems=dict(refused.data["problems"]))
    except (WrongCode, TooManyAttempts) as refused:
        return _set_up(page, status=refused.status, problems={"kode": error_message(refused, page.lang)})
    except NotFound:
        return redirect(page, HOME)
    return _codes(page, codes)


@router.post(f"{FACTOR}/kode-baru")
def renew_codes(page: Acting) -> Response:
    typed = page.posted.one("kode-baru")

    def run(session: Session, by: Viewer, now: datetime, at: datetime) -> tuple[str, ...]:
        return second_factor.renew_codes(session, typed, by=by, now=now, at=at)

    try:
        codes = proven(page, page.viewer, run)
    except (WrongCode, TooManyAttempts) as refused:
        return _home(page, status=refused.status, problems={"kode-baru": error_message(refused, page.lang)})
    return _codes(page, codes)


@router.post(f"{FACTOR}/hapus")
def remove(page: Acting) -> Response:
    typed = page.posted.one("kode-hapus")

    def run(session: Session, by: Viewer, now: datetime, at: datetime) -> None:
        second_factor.remove(session, typed, by=by, now=now, at=at)

    try:
        proven(page, page.viewer, run)
    except (WrongCode, TooManyAttempts) as refused:
        return _home(page, status=refused.status, problems={"kode-hapus": error_message(refused, page.lang)})
    return redirect(page, HOME, "second_factor_removed")


def _codes(page: Page, codes: tuple[str, ...]) -> Response:
    """Return the recovery codes, this once: they are kept as digests only."""
    return render(page, "recovery-codes.html", codes=codes, kept="", to=HOME, onward="")


# --- where one is logged in ------------------------------------------------------------------------------------------


@router.post(f"{HOME}/sesi/akhiri-lainnya")
def end_others(page: Acting) -> Response:
    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        own_sessions.end_others(session, _digest(page), by=by, at=at, now=door.real_now())
        return {"to": HOME, "flash": "sessions_ended"}

    return act(page, run)


@router.post(f"{HOME}/sesi/{{handle}}/akhiri")
def end_one(page: Acting, handle: str) -> Response:
    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        own_sessions.end(session, handle, by=by, at=at, now=door.real_now())
        return {"to": HOME, "flash": "session_ended"}

    return act(page, run)


# --- the password ----------------------------------------------------------------------------------------------------


@router.post(f"{HOME}/sandi")
def change_password(page: Acting) -> Response:
    form = page.posted
    try:
        _require_own(page, form.one("lama"))
        passwords.require_new(form.one("baru"), form.one("ulang"))
    except InvalidInput as refused:
        return _home(page, status=422, problems=dict(refused.data["problems"]))
    except TooManyAttempts as refused:
        return _home(page, status=refused.status, problems={"lama": error_message(refused, page.lang)})
    hashed = crypto.hash_password(form.one("baru"))

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, None]:
        passwords.change_own(session, hashed, keep=_digest(page), by=by, at=at, now=door.real_now())
        return 303, None

    door.write(page.edge, page.viewer, run, key=None, request=b"")
    return redirect(page, HOME, "password_changed")


def _require_own(page: Page, password: str, field: str = "lama") -> None:
    """Raise `InvalidInput` for a wrong present password, counted like a wrong one at the log-in."""
    who = (page.viewer.username.casefold(), address_of(page))
    with door.attempt(page.edge, InvalidInput, (FAILED_LOG_INS, who)):
        if not page.read(lambda session, by, _at: passwords.is_own(session, password, by=by)):
            raise InvalidInput({field: _("Ini bukan kata sandi Anda yang sekarang.")})
