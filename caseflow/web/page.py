"""A request and its reader: who is asking, with which token, in which language; rendering and redirecting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from secrets import compare_digest
from typing import Annotated, Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from caseflow import edge as door
from caseflow.access import AREA_READERS, CONTENT_ROLES, GOODS_READERS, Viewer
from caseflow.actions import erasure_desk, glass
from caseflow.actions.audit_desk import DESK
from caseflow.edge import Edge
from caseflow.errors import NotAuthenticated, Sentence, _
from caseflow.i18n import LANGUAGES, SOURCE
from caseflow.ids import network_of, normalise_area
from caseflow.states.lifecycle import ABOVE, ROLES
from caseflow.store import inbox, initials, offices, reviews
from caseflow.store.session import Session
from caseflow.web.environment import Words, environment
from caseflow.web.flashes import FLASHES
from caseflow.web.packing import pack
from caseflow.web.posted import Posted, new_key, read_posted
from caseflow.web.speech import Teller

T = TypeVar("T")
NOBODY = Viewer("", "")
MOST_COUNTED = 99
READS = ("GET", "HEAD")
OTHER = {"id": "en", "en": "id"}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not no-referrer: with that a browser sends "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class CrossOrigin(Exception):
    """A form that was sent from another site."""


class Interrupted(Exception):
    """A form whose session ended, or began after it was shown: its words are kept."""

    def __init__(self, posted: Posted, *, signed_in: bool) -> None:
        super().__init__()
        self.posted = posted
        self.signed_in = signed_in


YEAR = 365 * 24 * 3600
"""Seconds for which a device keeps its language."""


@dataclass(frozen=True, slots=True)
class Page:
    """A request, who reads it (`NOBODY` before the log-in), and what came with a form."""

    request: Request
    edge: Edge
    viewer: Viewer
    lang: str
    token: str = ""
    posted: Posted = Posted()  # noqa: RUF009 - frozen, and empty

    @property
    def path(self) -> str:
        return str(self.request.url.path)

    @property
    def here(self) -> str:
        """Where a form of this page is sent: with a fragment a browser would lead past the summary of errors."""
        query = self.request.url.query
        return f"{self.path}?{query}" if query else self.path

    @property
    def turned(self) -> str:
        """Where the link to the other language leads: here again; empty where a form led here, which it would lose."""
        if self.request.method not in READS:
            return ""
        kept = [(key, said) for key, said in self.request.query_params.multi_items() if key != "lang"]
        return f"{self.path}?{urlencode([*kept, ('lang', OTHER[self.lang])])}"

    def read(self, run: Callable[[Session, Viewer, datetime], T], *, case: str | None = None) -> T:
        """Read; who opened a closed file in need reads that case as who did."""

        def looking(session: Session, by: Viewer, at: datetime) -> T:
            mine = self.request.method in READS
            return run(session, glass.eyes(session, by, case, at=at) if mine else by, at)

        return door.read(self.edge, self.viewer, looking, case=case)

    def teller(self, session: Session) -> Teller:
        """Return who tells this reader about time, in the zone of the reader's office; one for all of a page."""
        kept = self.request.state
        if not hasattr(kept, "teller"):
            calendar = offices.calendar(session, self.office(session).id)
            kept.teller = Teller(self.lang, calendar, self.edge.clock.now())
        return cast("Teller", kept.teller)

    def office(self, session: Session) -> Any:  # noqa: ANN401 - a row of office
        """Return the office of the reader's first area, else the first one there is; None while there is none."""
        kept = self.request.state
        if not hasattr(kept, "office"):
            areas = (normalise_area(grant.area) for grant in self.viewer.grants if grant.area)
            found = (offices.of_area(session, area) for area in areas)
            kept.office = next(filter(None, found), None) or next(iter(offices.every(session)), None)
        return kept.office


def edge_of(request: Request) -> Edge:
    return cast("Edge", request.app.state.edge)


def visitor(request: Request) -> Page:
    """Return the page of a request whether or not somebody is logged in."""
    edge = edge_of(request)
    try:
        found = door.web_session(edge, request.cookies.get(edge.database.settings.cookie_name))
    except NotAuthenticated:
        return Page(request, edge, NOBODY, _language(request, SOURCE))
    return Page(request, edge, found.viewer, _language(request, found.viewer.language), found.csrf)


def _language(request: Request, own: str) -> str:
    """Return what this device asked for last, else the account's own language."""
    asked = (request.query_params.get("lang"), request.cookies.get(_language_name(edge_of(request))), own)
    return next((lang for lang in asked if lang in LANGUAGES), SOURCE)


def _language_name(edge: Edge) -> str:
    return f"{edge.database.settings.cookie_name}-bahasa"


def stranger(request: Request) -> Page:
    """Return the page of a request without asking who sends it."""
    return Page(request, edge_of(request), NOBODY, SOURCE)


def signed_in(request: Request) -> Page:
    """Return the page of somebody logged in; `NotAuthenticated` otherwise."""
    page = visitor(request)
    if page.viewer is NOBODY:
        raise NotAuthenticated
    return page


async def posted(request: Request) -> Posted:
    """Read the form of a request that came from our own page; `CrossOrigin` otherwise."""
    require_same_origin(request)
    return await read_posted(request)


def acting(request: Request, form: Annotated[Posted, Depends(posted)]) -> Page:
    """Return the page of somebody who sends a form with the token of this session; `Interrupted` otherwise."""
    page = visitor(request)
    if page.viewer is NOBODY:
        raise Interrupted(form, signed_in=False)
    if not compare_digest(form.one("_token").encode(), page.token.encode()):
        raise Interrupted(form, signed_in=True)
    return Page(request, page.edge, page.viewer, page.lang, page.token, form)


Reading = Annotated[Page, Depends(signed_in)]
Acting = Annotated[Page, Depends(acting)]
Visiting = Annotated[Page, Depends(visitor)]


def require_same_origin(request: Request) -> None:
    """Refuse a form from elsewhere: its origin must be the address we are known by, or one of ours it was sent to."""
    settings = edge_of(request).database.settings
    try:
        sent = urlsplit(request.headers.get("origin") or request.headers.get("referer") or "")
    except ValueError as error:  # no address at all
        raise CrossOrigin from error
    host = request.headers.get("host", "")
    public = urlsplit(settings.public_url)
    ours = {public.netloc, *([host] if settings.knows_host(host) else [])}
    without_tls = settings.is_https and (sent.scheme, sent.netloc) == ("http", public.netloc)
    if sent.scheme not in {"http", "https"} or sent.netloc not in ours or without_tls:
        raise CrossOrigin


# --- rendering -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    office: str
    name: str = ""
    role: str = ""
    unread: int = 0
    waiting: int = 0
    approves: bool = False
    lists: bool = False
    opens: bool = False
    waits: bool = False
    audits: bool = False
    hands: bool = False
    homes: tuple[tuple[str, Words, str], ...] = ()
    """Address, name, and address of the pages below, of what the roles are about; the first is the first page."""
    seldom: tuple[tuple[str, Words], ...] = ()
    """Address and name of the pages that are not of every day: they stand together in one menu."""
    zone: str = ""


HOMES: dict[str, tuple[str, tuple[str, ...], Sentence]] = {
    "work": ("", ("intake", "caseworker", "supervisor", "head"), _("Pekerjaan saya")),
    "oversight": ("/pengawasan", ("auditor",), _("Pengawasan")),
    "system": ("/sistem", ("admin",), _("Sistem")),
    "addressed": ("/rujukan-kami", ("partner",), _("Rujukan untuk kami")),
}
"""What a role is about -> where it is when it is not the first page, whose it is, what it is called."""


def homes_of(roles: frozenset[str]) -> tuple[str, ...]:
    """Return what somebody with these roles looks at, first what stands on the first page."""
    return tuple(name for name, (_to, mine, _words) in HOMES.items() if roles.intersection(mine)) or ("work",)


def _frame(page: Page) -> Frame:
    def looked_up(session: Session, viewer: Viewer, _at: datetime) -> Frame:
        office = page.office(session)
        if office is None:
            return Frame(office="")
        region = office.government.removeprefix("Pemerintah ")
        name = f"{office.agency} {region}".strip()
        if viewer is NOBODY:
            return Frame(office=name)
        roles = viewer.roles
        approves = bool(roles.intersection(ABOVE))
        waits, audits = bool(roles.intersection(AREA_READERS)), bool(roles.intersection(DESK))
        homes = tuple(
            (below if n else "/", words, below)
            for n, (below, _mine, words) in enumerate(HOMES[name] for name in homes_of(roles))
        )
        seldom = (
            *((True, to, words) for to, words, _below in homes[1:]),
            (initials.holds(session, viewer.user_id, page.teller(session).today), "/paraf", _("Paraf")),
            (audits, "/meja-audit", _("Meja audit")),
            (waits, "/laporan", _("Laporan")),
            (bool(roles.intersection({*CONTENT_ROLES, "admin"})), "/psks", _("PSKS")),
            (bool(roles.intersection(GOODS_READERS)), "/barang", _("Barang")),
        )
        return Frame(
            office=name,
            name=viewer.name,
            role=", ".join(ROLES[r].in_(page.lang) for r in ROLES if r in roles),
            unread=inbox.unread(session, viewer.user_id, most=MOST_COUNTED),
            waiting=_waiting(session, viewer) if approves else 0,
            approves=approves,
            lists=bool(roles.intersection(CONTENT_ROLES)),
            opens=bool(roles.intersection({"intake", "caseworker", "supervisor"})),
            waits=waits,
            audits=audits,
            hands="supervisor" in roles,
            homes=homes,
            seldom=tuple((to, words) for there, to, words in seldom if there),
            zone=page.teller(session).zone(),
        )

    return page.read(looked_up)


def _waiting(session: Session, viewer: Viewer) -> int:
    """Return how many requests wait for somebody who approves: of steps, and of erasures."""
    return len(reviews.pending_for(session, viewer, limit=MOST_COUNTED)) + erasure_desk.to_decide(session, by=viewer)


def address_of(page: Page) -> str:
    """Return what failed attempts of a reader are counted by; empty where the server in front of us says nothing."""
    return network_of(page.request.client.host) if page.request.client else ""


def render(page: Page, template: str, *, status: int = 200, **context: Any) -> Response:  # noqa: ANN401 - of a template
    """Return a page; a message left by the write before it is shown once."""
    told = _flash(page)
    shown = {
        # An error of ours may come from the database: its page asks nothing of it.
        "frame": _frame(page) if status < HTTPStatus.INTERNAL_SERVER_ERROR else Frame(office=""),
        "token": page.token,
        "reader": page.viewer.user_id,
        "path": page.path,
        "here": page.here,
        "turned": page.turned,
        "flash": told,
        "form_key": new_key(),
        **context,
    }
    response = HTMLResponse(environment(page.lang).get_template(template).render(shown), status, HEADERS)
    if page.request.query_params.get("lang") in LANGUAGES:
        _set_cookie(page, response, _language_name(page.edge), page.lang, max_age=YEAR)
    if told:
        response.delete_cookie(_flash_name(page), path="/", secure=_secure(page), httponly=True, samesite="lax")
    if _secure(page):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    pack(page.request, response)
    return response


def redirect(page: Page, to: str, flash: str = "", case: str = "") -> Response:
    """Go on to another page of ours, with a message to show there; `case` is the number it names."""
    response = RedirectResponse(to, 303, dict(HEADERS))
    if flash in FLASHES:
        hour = page.read(lambda session, _by, at: page.teller(session).hour(at))
        _set_cookie(page, response, _flash_name(page), f"{flash}-{hour.replace('.', ':')}-{case}", max_age=120)
    return response


def _flash(page: Page) -> str:
    code, _dash, rest = page.request.cookies.get(_flash_name(page), "").partition("-")
    hour, _dash, case = rest.partition("-")
    if code not in FLASHES or not hour.replace(":", "").isdecimal():
        return ""
    said = environment(page.lang).globals["_"]
    shown = hour[:5].replace(":", "." if page.lang == SOURCE else ":")
    return str(cast("Callable[..., str]", said)(FLASHES[code], hour=shown, case=case))


def _flash_name(page: Page) -> str:
    return f"{page.edge.database.settings.cookie_name}-kabar"


def _secure(page: Page) -> bool:
    return bool(page.edge.database.settings.is_https)


def _set_cookie(page: Page, response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    response.set_cookie(name, value, max_age=max_age, path="/", secure=_secure(page), httponly=True, samesite="lax")


def remember_session(page: Page, response: Response, cookie: str) -> None:
    """Hand the session's cookie to the browser."""
    _set_cookie(page, response, page.edge.database.settings.cookie_name, cookie)


def forget_session(page: Page, response: Response) -> None:
    """Take the session's cookie back."""
    name = page.edge.database.settings.cookie_name
    response.delete_cookie(name, path="/", secure=_secure(page), httponly=True, samesite="lax")


# --- writing -------------------------------------------------------------------------------------------------------


def act(
    page: Page,
    run: Callable[[Session, Viewer, datetime], Mapping[str, str]],
    *,
    case: str | None = None,
) -> Response:
    """Run a write once per form key and go on: `run` returns {"to": path, "flash": code, "case": number}."""

    def once(session: Session, by: Viewer, at: datetime) -> tuple[int, dict[str, str]]:
        return 303, dict(run(session, by, at))

    form = page.posted
    request = door.request_bytes("POST", page.path, form.body)
    answer = door.write(page.edge, page.viewer, once, key=form.key, request=request, case=case)
    return redirect(page, answer.body["to"], answer.body.get("flash", ""), answer.body.get("case", ""))
