"""Opening a case: search first, then what kind, then who and where, then check. Nothing stands in an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow.access import OPENERS, Viewer
from caseflow.actions import cases, casework, lines, people
from caseflow.actions.lines import Line
from caseflow.errors import (
    CaseflowError,
    ClosedCaseExists,
    DuplicateCase,
    Forbidden,
    InvalidInput,
    NotFound,
    Sentence,
    _,
)
from caseflow.i18n import error_message
from caseflow.states.category import Category
from caseflow.states.facts import GROUPS
from caseflow.states.lifecycle import STATES
from caseflow.store import subjects
from caseflow.store.session import Session
from caseflow.web import kinds
from caseflow.web.areas import AREA, DISTRICT_DIGITS, places_of, settled
from caseflow.web.forms import Told
from caseflow.web.newcase import (
    GROUP_FIELDS,
    Draft,
    command_of,
    labels_of,
    look_ups,
    people_of,
    questions_of,
    summary_of,
)
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.posted import Posted
from caseflow.web.questions import CHOOSE, arranged, as_date, as_text, names_of, read, typed_from, typed_of
from caseflow.web.route import new_router
from caseflow.web.work import CaseRow, category_of, rows_of

router = new_router()
FOR = "untuk"
"""Said where only categories of groups and communities are offered."""
OURS = ("_token", "_siapa", "_kunci", "_versi", "_lanjut")


@dataclass(frozen=True, slots=True)
class Double:
    """A case that may be about the same person, with the reason."""

    line: Line
    category: Any
    reason: str


def _require_opener(page: Page) -> None:
    if not page.viewer.roles.intersection(OPENERS):
        raise Forbidden(action=access.ACT_LABELS["open"], allowed=access.names_of(OPENERS))


@router.get("/kasus/baru")
def start(page: Reading) -> Response:
    _require_opener(page)
    known = page.request.query_params.get("dari", "")
    if known:
        # Whoever sees a case of this person may open another for the same person.
        page.read(lambda session, by, at: casework.look(session, known, by=by, at=at), case=known)
        return _kind(page, Posted({"dari": (known,)}))
    return render(page, "new-search.html", typed="", cases=None, states=STATES)


@router.post("/kasus/baru")
def go_on(page: Acting) -> Response:
    """Go on to the page that was asked for; everything typed so far travels along in the form."""
    _require_opener(page)
    form = page.posted
    match form.one("_lanjut"):
        case "cari":
            return _searched(page)
        case "jenis" | "saring":
            return _kind(page, form)
        case "kelompok":
            return _kind(page, Posted({**form.fields, FOR: ("kelompok",)}))
        case "siapa" | "ubah":
            return _who(page, form, fresh=form.one("_lanjut") == "siapa")
        case "anggota":
            more = str(min(int(form.one("anggota") or 1) + 1, 20)) if form.one("anggota").isdecimal() else "2"
            return _who(page, Posted({**form.fields, "anggota": (more,)}), fresh=False)
        case "periksa":
            return _check(page, form)
        case "buka" | "tetap":
            return _open(page, form)
        case _:
            raise NotFound


def _carried(form: Posted, without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(k, v) for k, values in form.fields.items() if k not in OURS and k not in without for v in values]


def _searched(page: Page) -> Response:
    typed = page.posted.one("q").strip()

    def reading(session: Session, by: Viewer, at: datetime) -> list[CaseRow]:
        return rows_of(session, lines.search(session, typed, by=by, at=at), page.teller(session).today)

    found = page.read(reading) if typed else None
    return render(page, "new-search.html", typed=typed, cases=found, states=STATES)


def _kind(page: Page, form: Posted, problem: str = "") -> Response:
    """Ask what the case is about; `saring` narrows the categories to those with a word."""
    typed = form.one("saring").strip()[:80]

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        known = form.one("dari")
        row = casework.look(session, known, by=by, at=at).row if known else None
        only: tuple[str, ...] = GROUPS if form.one(FOR) else ()
        only = (subjects.kind_of(session, row.subject_id) or "",) if row else only
        if typed:
            return {"found": kinds.matching(session, typed, only), "used": (), "shelves": ()}
        return {
            "found": (),
            "used": kinds.most_used(session, by, only),
            "shelves": kinds.shelves_of(session, only),
        }

    return render(
        page,
        "new-kind.html",
        status=422 if problem else 200,
        **page.read(reading),
        typed=typed,
        picked=form.one("jenis"),
        carried=_carried(form, ("jenis", "saring")),
        problems={"jenis": CHOOSE} if problem else {},
    )


def _draft(page: Page, form: Posted) -> Draft | None:
    """Return what is being opened as far as it is chosen; None before a kind is."""

    def reading(session: Session, by: Viewer, at: datetime) -> Draft | None:
        code, _colon, kind = form.one("jenis").partition(":")
        category: Category | None = session.categories.get(code)
        if category is None or kind not in category.subject_kinds:
            return None
        known = form.one("dari")
        subject = casework.look(session, known, by=by, at=at).row.subject_id if known else ""
        members = int(form.one("anggota")) if form.one("anggota").isdecimal() else 1
        today = page.teller(session).today
        chosen = form.one(AREA)[:DISTRICT_DIGITS]
        return Draft(category, kind, known, subject, min(members, 20), places_of(session, by), chosen, today)

    return page.read(reading)


def _answers(draft: Draft, form: Posted) -> tuple[dict[str, Any], dict[str, Sentence]]:
    answers, problems = read([q for part in questions_of(draft) for q in part.questions], form)
    return settled(answers, problems, draft.places)


def _who(
    page: Page,
    form: Posted,
    *,
    fresh: bool,
    problems: Mapping[str, str] | None = None,
    told: Told | None = None,
    status: int = 200,
) -> Response:
    draft = _draft(page, form)
    if draft is None:
        return _kind(page, form, "jenis")
    parts = questions_of(draft)
    every = [q for part in parts for q in part.questions]
    sent = typed_from(every, form)
    typed = {**typed_of(every), **_guessed(form)} if fresh and not sent else sent
    names = {name for q in every for name in names_of(q)}
    return render(
        page,
        "new-who.html",
        status=status,
        draft=draft,
        parts_of=[(part, arranged(part.questions)) for part in parts],
        typed=typed,
        problems=problems or {},
        labels=labels_of(parts, page.lang),
        told=told,
        carried=_carried(form, tuple(names)),
    )


def _guessed(form: Posted) -> dict[str, list[str]]:
    """Put what was searched for where it most likely belongs."""
    typed = form.one("q").strip()
    digits = "".join(c for c in typed if c.isdigit())
    if not typed:
        return {}
    if not digits:
        return {"name": [typed], "m0.name": [typed]}
    return {"nik": [typed], "m0.nik": [typed]} if len(digits) > len("081234567890") else {"phone": [typed]}


def _check(page: Page, form: Posted, told: Told | None = None, *, status: int = 200, insist: bool = False) -> Response:
    draft = _draft(page, form)
    if draft is None:
        return _kind(page, form, "jenis")
    answers, problems = _answers(draft, form)
    if refused := problems or _refused(page, draft, answers):
        return _who(page, form, fresh=False, problems=refused, status=422)
    return render(
        page,
        "new-check.html",
        status=status,
        draft=draft,
        lines=summary_of(draft, answers, page.lang),
        doubles=_doubles(page, draft, answers),
        carried=_carried(form),
        told=told,
        insist=insist,
        states=STATES,
    )


def _refused(page: Page, draft: Draft, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what saving would refuse, by the key of its question."""

    def reading(session: Session, _by: Viewer, _at: datetime) -> dict[str, str]:
        found: dict[str, str] = {}
        for prefix, person in people_of(draft, answers):
            try:
                people.check_person(session, person, as_text(answers.get(AREA)), today=draft.today)
            except InvalidInput as error:
                found |= {f"{prefix}{key}": why for key, why in error.data["problems"].items()}
        try:
            casework.require_past(as_date(answers.get("event_date")), draft.today, "event_date")
        except InvalidInput as error:
            found |= error.data["problems"]
        return found

    return page.read(reading)


def _doubles(page: Page, draft: Draft, answers: Mapping[str, Any]) -> list[Double]:
    """Return cases the reader sees that may be about the same person: same number, or a name spelled alike."""
    if draft.subject:
        return []

    def reading(session: Session, by: Viewer, at: datetime) -> list[Double]:
        found: dict[str, Double] = {}
        teller = page.teller(session)
        for reason, typed in look_ups(answers):
            for line in lines.search(session, typed, by=by, at=at, limit=5):
                found.setdefault(line.id, Double(line, category_of(session, line), teller.say(reason)))
        return list(found.values())

    return page.read(reading)


def _open(page: Page, form: Posted) -> Response:
    draft = _draft(page, form)
    if draft is None:
        return _kind(page, form, "jenis")
    answers, problems = _answers(draft, form)
    if problems:
        return _who(page, form, fresh=False, problems=problems, status=422)

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        command = command_of(draft, answers, insist=form.one("_lanjut") == "tetap")
        done = cases.open_case(session, command, by=by, at=at)
        return {"to": f"/kasus/{done.case.number}", "flash": "opened"}

    try:
        return act(page, run)
    except (NotFound, Forbidden):
        raise
    except InvalidInput as error:
        known = {q.key for part in questions_of(draft) for q in part.questions}
        found = {GROUP_FIELDS.get(k, k): v for k, v in error.data["problems"].items()}
        said = {k: v for k, v in found.items() if k in known}
        aside = tuple(v for k, v in found.items() if k not in known)
        told = Told(aside[0], aside[1:]) if aside else None
        return _who(page, form, fresh=False, problems=said, told=told, status=422)
    except (DuplicateCase, ClosedCaseExists) as error:
        return _check(page, form, _exists(error), status=409, insist=isinstance(error, ClosedCaseExists))
    except CaseflowError as error:
        return _check(page, form, Told(error_message(error, page.lang)), status=error.status)


def _exists(error: DuplicateCase | ClosedCaseExists) -> Told:
    number = error.data["number"]
    if isinstance(error, DuplicateCase):
        return Told(_("Sudah ada kasus terbuka"), (_("Nomornya {number}. Teruskan di kasus itu.", number=number),))
    again = _(
        "Kasus {number} sudah ditutup. Buka kembali kasus itu, atau tetap simpan kasus baru di bawah.", number=number
    )
    return Told(_("Orang ini pernah ditangani dalam kategori yang sama"), (again,))
