"""Helpers (PSKS) on pages: the register with its counts, one person with every role, the yearly confirmation."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import psks, psks_keeping, psks_report
from caseflow.actions.psks import Person, PersonData, Role, RoleData, Wanted
from caseflow.errors import InvalidInput, Sentence, _
from caseflow.exchange.workbook import MEDIA_TYPE
from caseflow.ids import format_area
from caseflow.store import areas
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.questions import Question, as_date, as_text, labels_of, read, typed_from, typed_of
from caseflow.web.route import new_router
from caseflow.web.speech import Teller

router = new_router()
HOME, CONFIRM, REPORT = "/psks", "/psks/konfirmasi", "/psks/jumlah"
PAGE = 50
SEXES: tuple[tuple[str, Words], ...] = (("L", _("Laki-laki")), ("P", _("Perempuan")))
Problems = Mapping[str, Sentence | str]
Places = tuple[tuple[str, Words], ...]
MOST_AREAS = 400
AREA_HINT = _("Ketik nama atau kodenya, misalnya Batulicin atau 63.10.01, lalu pilih.")


# --- questions -------------------------------------------------------------------------------------------------------


def _places(session: Session, by: Viewer) -> Places:
    """Return code and name of the areas a keeper may type, the large ones first."""
    found = [row for mine in by.areas(*psks.KEEPERS) for row in areas.widest(session, mine, MOST_AREAS)]
    return tuple((format_area(row.code), row.name) for row in found)


def _person_questions(places: Places, found: Person | None = None) -> tuple[Question, ...]:
    return (
        Question(key="name", label=_("Siapa namanya?"), limit=200, value=found.name if found else None),
        Question(
            key="home",
            label=_("Di mana tempat tinggalnya?"),
            hint=AREA_HINT,
            suggested=places,
            limit=20,
            value=format_area(found.area) if found else None,
        ),
        Question(
            key="nik",
            label=_("Berapa NIK-nya?"),
            hint=_("16 angka. Dengan NIK, orang senama tidak tertukar."),
            required=False,
            limit=40,
            value=(found.nik or None) if found else None,
        ),
        Question(
            key="phone",
            label=_("Nomor teleponnya?"),
            type="phone",
            required=False,
            value=(found.phone or None) if found else None,
        ),
        Question(
            key="sex",
            label=_("Jenis kelaminnya?"),
            type="choice",
            choices=SEXES,
            required=False,
            value=(found.sex or None) if found else None,
        ),
        Question(
            key="birth_year",
            label=_("Tahun lahirnya?"),
            type="integer",
            required=False,
            value=found.birth_year if found else None,
        ),
        Question(
            key="languages",
            label=_("Bahasa apa yang dikuasainya?"),
            hint=_("Satu bahasa tiap baris, misalnya banjar."),
            type="list",
            required=False,
            value=(found.languages or None) if found else None,
        ),
        Question(
            key="user",
            label=_("Akun apa yang dipakainya bekerja?"),
            hint=_("Nama penggunanya, bila ada. Peran dan bahasanya lalu ikut dihitung saat kasus ditugaskan."),
            required=False,
            limit=80,
            value=(found.username or None) if found else None,
        ),
    )


def _role_questions(session: Session, places: Places) -> tuple[Question, ...]:
    kinds: tuple[tuple[str, Words], ...] = tuple(
        (kind.code, kind.name.sentence) for kind in psks.types(session).values() if not kind.body
    )
    return (
        Question(key="type", label=_("Perannya apa?"), type="choice", choices=kinds),
        Question(key="area", label=_("Di wilayah mana?"), hint=AREA_HINT, suggested=places, limit=20),
        Question(key="start", label=_("Sejak kapan?"), type="date"),
        Question(key="end", label=_("Sampai kapan?"), type="date", required=False),
        Question(key="qualification", label=_("Pendidikan atau sertifikatnya?"), required=False, limit=200),
        Question(
            key="trainings",
            label=_("Pelatihan apa, tahun berapa?"),
            type="table",
            columns=(_("Nama pelatihan"), _("Tahun")),
            required=False,
        ),
    )


def _new_questions(session: Session, by: Viewer, _at: datetime) -> tuple[Question, ...]:
    psks.require_keeper(by)
    places = _places(session, by)
    return (*_person_questions(places), *_role_questions(session, places))


def _person(answers: Mapping[str, Any]) -> PersonData:
    return PersonData(
        name=as_text(answers["name"]),
        area=as_text(answers["home"]),
        sex=as_text(answers["sex"]),
        birth_year=answers["birth_year"],
        phone=as_text(answers["phone"]),
        nik=as_text(answers["nik"]),
        languages=tuple(answers["languages"] or ()),
        user=as_text(answers["user"]),
    )


def _held(answers: Mapping[str, Any]) -> RoleData:
    return RoleData(
        type=as_text(answers["type"]),
        area=as_text(answers["area"]),
        start=date.fromisoformat(answers["start"]),
        end=as_date(answers["end"]),
        qualification=as_text(answers["qualification"]),
        trainings=tuple((name, int(year) if year.isdecimal() else 0) for name, year in answers["trainings"] or ()),
    )


# --- the register ----------------------------------------------------------------------------------------------------


@router.get(HOME)
def listing(page: Reading) -> Response:
    """Show the register by name; `jenis`, `wilayah` and `ganda` narrow it."""
    query = page.request.query_params
    wanted = Wanted(
        type=query.get("jenis", "")[:30] or None,
        area=query.get("wilayah", "")[:13] or None,
        doubles=bool(query.get("ganda")),
        after=query.get("sesudah", "")[:40] or None,
        limit=PAGE + 1,
    )

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        found = psks.listing(session, wanted, by=by, at=at)
        report = psks_report.read(session, by=by, at=at)
        keeper = bool(by.roles.intersection(psks.KEEPERS))
        return {
            "people": found[:PAGE],
            "more": found[PAGE - 1].id if len(found) > PAGE else "",
            "report": report,
            "kinds": [(code, report.type_name(code)) for code in report.by_type if report.by_type[code].persons],
            "places": [(code, name) for code, name in report.places.items() if report.by_area[code].persons],
            "keeper": keeper,
            "due": psks_report.to_confirm(session, by=by, at=at, limit=1)[1] if keeper else 0,
        }

    return render(page, "psks.html", wanted=wanted, **page.read(reading))


@router.get(REPORT)
def counts(page: Reading) -> Response:
    return render(page, "psks-counts.html", report=page.read(lambda s, by, at: psks_report.read(s, by=by, at=at)))


@router.get(f"{REPORT}.xlsx")
def sheet(page: Reading) -> Response:
    content = page.read(lambda s, by, at: psks_report.export(s, by=by, at=at, lang=page.lang))
    told = {**HEADERS, "Content-Disposition": 'attachment; filename="psks.xlsx"'}
    return Response(content, media_type=MEDIA_TYPE, headers=told)


# --- the yearly confirmation -----------------------------------------------------------------------------------------


@router.get(CONFIRM)
def unconfirmed(page: Reading) -> Response:
    return _unconfirmed(page)


@router.post(CONFIRM)
def confirm(page: Acting) -> Response:
    """Confirm one role by its button, or all that were shown."""
    chosen = page.posted.all("satu") or page.posted.all("peran")

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        psks_keeping.confirm_roles(session, chosen, by=by, at=at)
        return {"to": CONFIRM, "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _unconfirmed(page, problems=error.data["problems"], status=422)


def _unconfirmed(page: Page, *, problems: Problems | None = None, status: int = 200) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        found, count = psks_report.to_confirm(session, by=by, at=at)
        teller = page.teller(session)
        return {"found": [(name, role, _when(role, teller)) for name, role in found], "count": count}

    return render(page, "psks-confirm.html", status=status, problems=problems or {}, **page.read(reading))


# --- one person ------------------------------------------------------------------------------------------------------


@router.get(f"{HOME}/baru")
def new(page: Reading) -> Response:
    return _new(page)


@router.post(f"{HOME}/baru")
def add(page: Acting) -> Response:
    answers, problems = read(page.read(_new_questions), page.posted)
    if problems:
        return _new(page, problems=problems, status=422)

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        made = psks_keeping.add_person(session, _person(answers), _held(answers), by=by, at=at)
        return {"to": f"{HOME}/{made}", "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _new(page, problems=error.data["problems"], status=422)


def _new(page: Page, *, problems: Problems | None = None, status: int = 200) -> Response:
    asked = page.read(_new_questions)
    typed = typed_of(asked) | typed_from(asked, page.posted)
    shown = {"questions": asked, "typed": typed, "problems": problems or {}, "labels": labels_of(asked)}
    return render(page, "psks-new.html", status=status, **shown)


@router.get(f"{HOME}/{{person}}")
def show(page: Reading, person: str) -> Response:
    return _show(page, person)


@router.post(f"{HOME}/{{person}}")
def change(page: Acting, person: str) -> Response:
    page.read(lambda _session, by, _at: psks.require_keeper(by))
    answers, problems = read(_person_questions(()), page.posted)
    if problems:
        return _show(page, person, problems=problems, status=422)

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        psks_keeping.change_person(session, person, _person(answers), by=by, at=at)
        return {"to": f"{HOME}/{person}", "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        found = {"home" if key == "area" else key: text for key, text in error.data["problems"].items()}
        return _show(page, person, problems=found, status=422)


@router.post(f"{HOME}/{{person}}/hapus")
def erase(page: Acting, person: str) -> Response:
    """Erase a helper for good; the roles stay, to be counted."""

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        psks_keeping.erase_person(session, person, page.posted.one("alasan"), by=by, at=at)
        return {"to": f"{HOME}/{person}", "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _show(page, person, problems={"alasan": error.data["problems"]["reason"]}, status=422)


@router.post(f"{HOME}/{{person}}/peran")
def give(page: Acting, person: str) -> Response:
    page.read(lambda _session, by, _at: psks.require_keeper(by))
    answers, problems = read(page.read(lambda session, _by, _at: _role_questions(session, ())), page.posted)
    if problems:
        return _show(page, person, problems=problems, status=422)

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        psks_keeping.add_role(session, person, _held(answers), by=by, at=at)
        return {"to": f"{HOME}/{person}", "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _show(page, person, problems=error.data["problems"], status=422)


@router.post(f"{HOME}/peran/{{role}}/akhiri")
def end(page: Acting, role: str) -> Response:
    """End a role with this day."""

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        return {"to": f"{HOME}/{psks_keeping.end_role(session, role, None, by=by, at=at)}", "flash": "saved"}

    return act(page, run)


def _show(page: Page, person: str, *, problems: Problems | None = None, status: int = 200) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        found, teller = psks.one(session, person, by=by, at=at), page.teller(session)
        places = _places(session, by) if found.mine else ()
        about, held = _person_questions(places, found), _role_questions(session, places)
        asked = (*about, *held)
        return {
            "person": found,
            "roles": [(role, _when(role, teller)) for role in found.roles],
            "about": about,
            "reasons": psks_keeping.ERASE_REASONS,
            "held": held,
            "labels": {**labels_of(asked), "alasan": _("Mengapa dihapus?")},
            "typed": {**typed_of(asked), **(typed_from(asked, page.posted) if problems else {})},
        }

    return render(page, "psks-person.html", status=status, problems=problems or {}, **page.read(reading))


def _when(role: Role, teller: Teller) -> tuple[str, str]:
    """Return from when to when a role is held, and when who confirmed it."""
    first = teller.full_day(role.start)
    if role.end is None:
        span = teller.say(_("sejak {day}", day=first))
    else:
        span = teller.say(_("{first} sampai {last}", first=first, last=teller.full_day(role.end)))
    day = teller.full_day(role.confirmed_on)
    return span, teller.say(_("Dikonfirmasi {day} oleh {who}", day=day, who=role.confirmed_by or "-"))
