"""The administrator's page of one account: roles, stand-ins, off and on, a password for once, the second factor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from caseflow import edge as door
from caseflow.access import EVERYWHERE, Viewer
from caseflow.actions import admin, passwords, second_factor
from caseflow.errors import InvalidInput, NotFound, Sentence, _
from caseflow.i18n import LANGUAGES
from caseflow.ids import area_parents, format_area
from caseflow.states.lifecycle import ROLES
from caseflow.store import accounts, areas, institutions
from caseflow.store.accounts import Held, Lent, Listed, Wanted
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.questions import Question, as_date, as_text, by_name, labels_of, read, typed_from, typed_of
from caseflow.web.route import new_router
from caseflow.web.speech import Teller
from caseflow.web.system import person_of, where_of

router = new_router()
HOME = "/sistem/pengguna"
MOST_PEOPLE = 500
MOST_AREAS = 1000
LANGUAGE_NAMES: tuple[tuple[str, Words], ...] = (("id", "Bahasa Indonesia"), ("en", "English"))
Problems = dict[str, Sentence]


@dataclass(frozen=True, slots=True)
class Role:
    """A role of an account as a line."""

    id: str
    words: str
    when: str
    running: bool
    """It has not ended, and may be ended."""


def path_of(username: str) -> str:
    """Return the address of an account's page."""
    return f"{HOME}/{quote(username, safe='')}"


# --- questions -------------------------------------------------------------------------------------------------------


def _role_questions(session: Session, by: Viewer) -> tuple[Question, ...]:
    roles: tuple[tuple[str, Words], ...] = tuple((name, words) for name, words in ROLES.items() if name != "system")
    places = {row.id: row.name for row in institutions.listing(session)}
    mine = next((area for area in by.areas("admin") if area != EVERYWHERE), "")
    return (
        Question(key="role", label=_("Peran apa?"), type="choice", choices=roles),
        Question(
            key="area",
            label=_("Di wilayah mana?"),
            hint=_("Ketik nama atau kodenya, misalnya Batulicin atau 63.10.01, lalu pilih."),
            value=format_area(mine) if mine else None,
            suggested=_areas(session, mine),
            limit=20,
        ),
        Question(key="until", label=_("Sampai kapan?"), type="date", required=False),
        Question(
            key="institution",
            label=_("Lembaga mana?"),
            hint=_("Hanya untuk peran mitra."),
            type="choice",
            choices=by_name(places),
            required=False,
            none=_("Tanpa lembaga"),
        ),
    )


def _areas(session: Session, prefix: str) -> tuple[tuple[str, Words], ...]:
    """Return the areas in the administrator's own, the large ones first: of a province few villages are among them."""
    found = areas.widest(session, prefix, MOST_AREAS)
    names = {row.code: row.name for row in found}

    def words(code: str) -> str:
        around = [names[parent] for parent in area_parents(code)[-1:] if parent in names]
        return ", ".join([names[code], *around])

    return tuple((format_area(code), words(code)) for code in names)


def _stand_in_questions(session: Session, by: Viewer, teller: Teller, username: str) -> tuple[Question, ...]:
    people = accounts.listing(session, by, Wanted(active=True, limit=MOST_PEOPLE), on=teller.today)
    names = {one.username: one.name for one in people if one.username != username}
    return (
        Question(key="deputy", label=_("Siapa penggantinya?"), type="choice", choices=by_name(names)),
        Question(key="first", label=_("Mulai kapan?"), type="date"),
        Question(key="last", label=_("Sampai kapan?"), type="date"),
    )


def _person_questions() -> tuple[Question, ...]:
    return (
        Question(key="name", label=_("Nama orangnya?"), limit=200),
        Question(key="username", label=_("Nama pengguna untuk masuk?"), hint=_("Misalnya rina."), limit=80),
        Question(key="email", label=_("Alamat surel?"), required=False, limit=200),
        Question(key="language", label=_("Bahasa apa?"), type="choice", choices=LANGUAGE_NAMES, value=LANGUAGES[0]),
    )


# --- a new account ---------------------------------------------------------------------------------------------------


@router.get(f"{HOME}/baru")
def new(page: Reading) -> Response:
    return _new(page)


def _new(page: Page, *, status: int = 200, problems: Problems | None = None) -> Response:
    questions = page.read(_new_questions)
    typed = typed_of(questions) | typed_from(questions, page.posted)
    shown = {"questions": questions, "typed": typed, "problems": problems or {}, "labels": labels_of(questions)}
    return render(page, "system-person-new.html", status=status, **shown)


def _new_questions(session: Session, by: Viewer, _at: datetime) -> tuple[Question, ...]:
    admin.require_admin(by)
    return (*_person_questions(), *_role_questions(session, by))


@router.post(f"{HOME}/baru")
def add(page: Acting) -> Response:
    answers, problems = read(page.read(_new_questions), page.posted)
    if problems:
        return _new(page, status=422, problems=problems)
    command = admin.AddUser(
        username=answers["username"],
        name=answers["name"],
        role=answers["role"],
        area=answers["area"],
        email=answers["email"],
        language=answers["language"],
        ends_on=as_date(answers["until"]),
        institution=answers["institution"],
    )

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        admin.add_user(session, command, by=by, at=at)
        return {"to": path_of(command.username), "flash": "account_made"}

    try:
        return act(page, run)
    except InvalidInput as refused:
        return _new(page, status=refused.status, problems=_here(refused))


def _here(refused: InvalidInput) -> Problems:
    """Return the problems of an action under the keys of the page's questions."""
    keys = {"starts_on": "first", "ends_on": "until", "last_day": "until"}
    return {keys.get(key, key): text for key, text in refused.data["problems"].items()}


# --- one account -----------------------------------------------------------------------------------------------------


@router.get(f"{HOME}/{{username}}")
def show(page: Reading, username: str) -> Response:
    return _show(page, username)


def _show(
    page: Page, username: str, *, status: int = 200, problems: Problems | None = None, once: str = ""
) -> Response:
    """Return the page of an account; `once` is a new password, shown this one time."""

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        teller = page.teller(session)
        found = _found(session, username, by=by, at=at)
        asked = (*_role_questions(session, by), *_stand_in_questions(session, by, teller, username))
        typed = typed_from(asked, page.posted) if problems else {}
        return {
            "person": person_of(session, found, teller),
            "email": found.email or "",
            "managed": found.managed,
            "oneself": found.id == by.user_id,
            "roles": [_role(session, held, teller) for held in found.roles],
            "stand_ins": [_lent(one, teller) for one in accounts.stand_ins(session, found.id, on=teller.today)],
            "role_form": asked[:4],
            "stand_in_form": asked[4:],
            "typed": {**typed_of(asked), **typed},
            "labels": labels_of(asked),
        }

    return render(
        page,
        "system-person.html",
        status=status,
        problems=problems or {},
        once=once,
        base=path_of(username),
        **page.read(reading),
    )


def _found(session: Session, username: str, *, by: Viewer, at: datetime) -> Listed:
    found = admin.list_users(session, Wanted(username=username, limit=1), by=by, at=at)
    if not found:
        raise NotFound
    return found[0]


def _role(session: Session, held: Held, teller: Teller) -> Role:
    words = f"{ROLES[held.role].in_(teller.lang)}, {where_of(session, held.area, teller)}"
    running = held.ends_on is None or held.ends_on >= teller.today
    return Role(held.id, words, _span(held.starts_on, held.ends_on, teller), running)


def _span(first: date, last: date | None, teller: Teller) -> str:
    if last is None:
        return teller.say(_("sejak {day}", day=teller.full_day(first)))
    return teller.say(_("{first} sampai {last}", first=teller.full_day(first), last=teller.full_day(last)))


def _lent(one: Lent, teller: Teller) -> tuple[str, str]:
    words = _("{deputy} menggantikan {absent}", deputy=one.deputy, absent=one.absent)
    return teller.say(words), _span(one.starts_on, one.ends_on, teller)


Deed = Callable[[Session, Viewer, datetime], object]


def _changed(page: Page, username: str, deed: Deed) -> Response:
    """Change an account and show it again, with what was wrong with the form where something was."""

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        deed(session, by, at)
        return {"to": path_of(username), "flash": "account_changed"}

    try:
        return act(page, run)
    except InvalidInput as refused:
        return _show(page, username, status=refused.status, problems=_here(refused))


@router.post(f"{HOME}/{{username}}/peran")
def grant(page: Acting, username: str) -> Response:
    answers, problems = read(page.read(lambda session, by, _at: _role_questions(session, by)), page.posted)
    if problems:
        return _show(page, username, status=422, problems=problems)

    def deed(session: Session, by: Viewer, at: datetime) -> object:
        until, institution = as_date(answers["until"]), answers["institution"]
        role, area = as_text(answers["role"]), as_text(answers["area"])
        return admin.grant_role(session, username, role, area, None, until, by=by, at=at, institution=institution)

    return _changed(page, username, deed)


@router.post(f"{HOME}/{{username}}/peran/{{grant_id}}/akhiri")
def end_role(page: Acting, username: str, grant_id: str) -> Response:
    """End a role: with this day, or at once, which leaves yesterday as its last."""

    def deed(session: Session, by: Viewer, at: datetime) -> None:
        today = page.teller(session).today
        last = today - timedelta(days=1) if page.posted.one("seketika") else today
        admin.end_role(session, grant_id, last, by=by, at=at)

    return _changed(page, username, deed)


@router.post(f"{HOME}/{{username}}/pengganti")
def stand_in(page: Acting, username: str) -> Response:
    def asked(session: Session, by: Viewer, _at: datetime) -> tuple[Question, ...]:
        admin.require_admin(by)
        return _stand_in_questions(session, by, page.teller(session), username)

    answers, problems = read(page.read(asked), page.posted)
    if problems:
        return _show(page, username, status=422, problems=problems)
    first, last = as_date(answers["first"]), as_date(answers["last"])
    if first is None or last is None or last < first:
        problem = _("Tanggal akhir sebelum tanggal mulai.")
        return _show(page, username, status=422, problems={"last": problem})

    def deed(session: Session, by: Viewer, at: datetime) -> object:
        return admin.add_stand_in(session, username, as_text(answers["deputy"]), first, last, by=by, at=at)

    return _changed(page, username, deed)


@router.post(f"{HOME}/{{username}}/matikan")
def switch_off(page: Acting, username: str) -> Response:
    return _changed(page, username, lambda s, by, at: admin.deactivate_user(s, username, by=by, at=at))


@router.post(f"{HOME}/{{username}}/hidupkan")
def switch_on(page: Acting, username: str) -> Response:
    return _changed(page, username, lambda s, by, at: admin.activate_user(s, username, by=by, at=at))


@router.post(f"{HOME}/{{username}}/langkah-kedua/hapus")
def reset_second_factor(page: Acting, username: str) -> Response:
    return _changed(page, username, lambda s, by, at: second_factor.reset(s, username, by=by, at=at))


@router.post(f"{HOME}/{{username}}/sandi")
def give_password(page: Acting, username: str) -> Response:
    """Give a password for one log-in and show it this once; sent again it is another one."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, str]:
        return 200, passwords.give_for_once(session, username, by=by, at=at)

    return _show(page, username, once=door.write(page.edge, page.viewer, run, key=None, request=b"").body)
