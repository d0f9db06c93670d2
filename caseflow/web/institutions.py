"""Institutions on pages: the list, one with how it answers, recording and changing it."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import admin, institutions, psks
from caseflow.actions.institutions import Institution, InstitutionData
from caseflow.errors import InvalidInput, Sentence, _
from caseflow.ids import format_area
from caseflow.states.sharing import INSTITUTIONS
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.questions import Question, as_date, as_text, labels_of, read, same_choices, typed_from, typed_of
from caseflow.web.route import new_router

router = new_router()
HOME = "/lembaga"
Problems = Mapping[str, Sentence | str]


def _questions(session: Session, found: Institution | None = None) -> tuple[Question, ...]:
    bodies: tuple[tuple[str, Words], ...] = tuple(
        (kind.code, kind.name.sentence) for kind in psks.types(session).values() if kind.body
    )
    kinds: dict[str, Words] = {key: label.sentence for key, label in INSTITUTIONS.items()}
    takes: dict[str, Words] = dict(institutions.takeable(session))
    now = {key: value or None for key, value in asdict(found.data).items()} if found else {}
    licence = found.data.licence_until if found else None
    asked = (
        Question(key="name", label=_("Apa nama lembaganya?"), limit=200),
        Question(key="kind", label=_("Lembaga apa?"), type="choice", choices=same_choices(kinds)),
        Question(key="psks_type", label=_("Termasuk PSKS jenis apa?"), type="choice", choices=bodies, required=False),
        Question(
            key="addressee", label=_("Kepada siapa suratnya ditulis?"), hint=_("Misalnya Direktur RSUD."), limit=200
        ),
        Question(key="place", label=_("Di kota mana?"), limit=120),
        Question(key="area", label=_("Di wilayah mana?"), hint=_("Kode wilayahnya, misalnya 63.10."), limit=20),
        Question(key="contact", label=_("Siapa yang dihubungi?"), required=False, limit=200),
        Question(key="phone", label=_("Nomor teleponnya?"), type="phone", required=False),
        Question(key="email", label=_("Alamat surel?"), required=False, limit=200),
        Question(key="hours", label=_("Kapan buka?"), required=False, limit=200),
        Question(
            key="accepts",
            label=_("Apa yang diterimanya?"),
            hint=_("Kosong: tidak dicatat, dan tidak ada peringatan."),
            type="choices",
            choices=same_choices(takes),
            required=False,
        ),
        Question(
            key="capacity",
            label=_("Berapa tempatnya?"),
            hint=_("Tempat tidur atau tempat asuh. Kosong: tidak dihitung."),
            type="integer",
            required=False,
        ),
        Question(key="licence_number", label=_("Nomor SKT atau izinnya?"), required=False, limit=80),
        Question(
            key="licence_until",
            label=_("Berlaku sampai kapan?"),
            type="date",
            required=False,
            value=licence.isoformat() if licence else None,
        ),
        Question(
            key="active",
            label=_("Masih dapat dirujuk ke sana?"),
            type="boolean",
            value=found.data.active if found else True,
        ),
    )
    if found is None:
        return asked
    now |= {"area": format_area(found.data.area), "capacity": found.data.capacity}
    kept = ("licence_until", "active")
    return tuple(q if q.key in kept else replace(q, value=now.get(q.key)) for q in asked)


def _data(answers: Mapping[str, Any]) -> InstitutionData:
    texts = ("name", "kind", "psks_type", "addressee", "place", "area", "contact", "phone", "email", "hours")
    return InstitutionData(
        **{key: as_text(answers[key]) for key in (*texts, "licence_number")},
        accepts=tuple(answers["accepts"] or ()),
        capacity=answers["capacity"],
        licence_until=as_date(answers["licence_until"]),
        active=bool(answers["active"]),
    )


@router.get(HOME)
def listing(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        found = institutions.listing(session, by=by, at=at)
        return {"found": [(one, INSTITUTIONS[one.data.kind]) for one in found], "keeper": "admin" in by.roles}

    return render(page, "institutions.html", **page.read(reading))


@router.get(f"{HOME}/baru")
def new(page: Reading) -> Response:
    return _new(page)


@router.post(f"{HOME}/baru")
def add(page: Acting) -> Response:
    answers, problems = read(page.read(_asked), page.posted)
    if problems:
        return _new(page, problems=problems, status=422)

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        made = institutions.add(session, _data(answers), by=by, at=at)
        return {"to": f"{HOME}/{made}", "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _new(page, problems=error.data["problems"], status=422)


def _asked(session: Session, by: Viewer, _at: datetime) -> tuple[Question, ...]:
    admin.require_admin(by)
    return _questions(session)


def _new(page: Page, *, problems: Problems | None = None, status: int = 200) -> Response:
    asked = page.read(_asked)
    typed = typed_of(asked) | typed_from(asked, page.posted)
    shown = {"questions": asked, "typed": typed, "problems": problems or {}, "labels": labels_of(asked)}
    return render(page, "institution-new.html", status=status, **shown)


@router.get(f"{HOME}/{{institution}}")
def show(page: Reading, institution: str) -> Response:
    return _show(page, institution)


@router.post(f"{HOME}/{{institution}}")
def change(page: Acting, institution: str) -> Response:
    answers, problems = read(page.read(_asked), page.posted)
    if problems:
        return _show(page, institution, problems=problems, status=422)

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        institutions.change(session, institution, _data(answers), by=by, at=at)
        return {"to": f"{HOME}/{institution}", "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _show(page, institution, problems=error.data["problems"], status=422)


def _show(page: Page, institution: str, *, problems: Problems | None = None, status: int = 200) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        found, answered = institutions.one(session, institution, by=by, at=at)
        asked = _questions(session, found) if found.mine else ()
        takes = institutions.takeable(session)
        until = found.data.licence_until
        typed = typed_of(asked) | (typed_from(asked, page.posted) if problems else {})
        return {
            "one": found,
            "kind": INSTITUTIONS[found.data.kind],
            "answered": answered,
            "takes": [takes.get(name, name) for name in found.data.accepts],
            "until": page.teller(session).full_day(until) if until else "",
            "questions": asked,
            "labels": labels_of(asked),
            "typed": typed,
        }

    return render(page, "institution.html", status=status, problems=problems or {}, **page.read(reading))
