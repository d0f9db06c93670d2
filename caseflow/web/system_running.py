"""What runs the installation, for its administrator: schedule, channels, keys, checkpoints, categories."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import checkpoints, migrating, operating, schedules
from caseflow.actions.admin import administers_installation, require_admin, require_installation
from caseflow.actions.checkpoints import Copy, Made
from caseflow.actions.operating import ChannelState
from caseflow.actions.oversight import categories
from caseflow.actions.schedules import ChangeSchedule
from caseflow.errors import InvalidInput, NotFound, Sentence, _
from caseflow.states import diagram
from caseflow.store.schedules import MISSED
from caseflow.store.session import Session
from caseflow.web.cron_words import in_words
from caseflow.web.environment import Words
from caseflow.web.kinds import SUBJECTS
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.questions import Question, labels_of, read, typed_from, typed_of
from caseflow.web.route import new_router
from caseflow.web.speech import Teller

router = new_router()
MOST_HEADS = 30
SCHEDULE = "/sistem/jadwal"

KINDS: dict[str, Sentence] = {
    "backup.make": _("Mencadangkan basis data"),
    "digest.daily": _("Ringkasan harian bagi petugas"),
    "digest.weekly": _("Ringkasan mingguan bagi supervisor"),
    "job.prune": _("Membuang tugas lama yang selesai"),
    "log.checkpoint": _("Membuat titik periksa log"),
    "log.sequence": _("Menata entri log"),
    "obligation.sweep": _("Mencari yang jatuh tempo"),
    "psks.due": _("Menanyakan peran PSKS yang belum dikonfirmasi setahun"),
    "report.due": _("Menyiapkan laporan bulanan"),
}
"""What a recurring job does; a kind without a word is called by its name."""
POLICIES: dict[str, Sentence] = {
    "all": _("Semua yang terlewat dikerjakan"),
    "latest": _("Hanya yang terakhir dikerjakan"),
    "skip": _("Yang terlewat tidak dikerjakan"),
}
CHANNELS: dict[str, Sentence] = {
    "email": _("Surel"),
    "whatsapp": _("WhatsApp"),
    "record": _("Berkas di mesin ini"),
    "folder": _("Folder di luar mesin ini"),
}
SUBJECT_KINDS: dict[str, Sentence] = SUBJECTS
COPY_STATES: dict[str, Sentence] = {
    "waiting": _("menunggu"),
    "sending": _("sedang dikirim"),
    "sent": _("sampai"),
    "failed": _("gagal"),
    "dropped": _("dibatalkan: salurannya tidak dipakai lagi"),
}


# --- the schedule ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recurring:
    """A recurring job as a line, times by the clock of the reader's office."""

    kind: str
    words: Words
    said: Words
    cron: str
    zone: str
    missed: Words
    enabled: bool
    last: str
    next: str


@router.get(SCHEDULE)
def schedule(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> list[Recurring]:
        teller = page.teller(session)
        return [_recurring(one, teller, at) for one in schedules.listing(session, by=by, at=at)]

    return render(page, "system-schedule.html", found=page.read(reading))


def _recurring(one: Mapping[str, Any], teller: Teller, at: datetime) -> Recurring:
    def told(moment: datetime | None) -> str:
        return teller.moment(moment) if moment else ""

    return Recurring(
        kind=one["kind"],
        words=KINDS.get(one["kind"], one["kind"]),
        said=in_words(one["cron"], ZoneInfo(one["zone"]), at, shown_in=teller.calendar.zone, lang=teller.lang),
        cron=one["cron"],
        zone=one["zone"],
        missed=POLICIES[one["missed"]],
        enabled=one["enabled"],
        last=told(one["last_fired"]),
        next=told(one["next"]),
    )


def _schedule_questions(one: Mapping[str, Any]) -> tuple[Question, ...]:
    policies: tuple[tuple[str, Words], ...] = tuple((name, POLICIES[name]) for name in MISSED)
    cron_hint = _("Menit jam tanggal bulan hari, seperti cron: 5 0 * * * berarti setiap hari pukul 00.05.")
    return (
        Question(key="cron", label=_("Kapan dijalankan?"), hint=cron_hint, value=one["cron"], limit=120),
        Question(
            key="zone", label=_("Zona waktu mana?"), hint=_("Misalnya Asia/Makassar."), value=one["zone"], limit=60
        ),
        Question(
            key="missed", label=_("Bila mesin sempat mati?"), type="choice", choices=policies, value=one["missed"]
        ),
        Question(key="enabled", label=_("Dijalankan?"), type="boolean", value=one["enabled"]),
    )


@router.get(f"{SCHEDULE}/{{recurring}}")
def change_form(page: Reading, recurring: str) -> Response:
    return _change_form(page, recurring)


def _change_form(page: Page, kind: str, *, status: int = 200, problems: dict[str, Sentence] | None = None) -> Response:
    questions = _schedule_questions(page.read(lambda session, by, at: _one(session, kind, by=by, at=at)))
    typed = typed_of(questions) | (typed_from(questions, page.posted) if problems else {})
    shown = {"questions": questions, "typed": typed, "problems": problems or {}, "labels": labels_of(questions)}
    return render(page, "system-schedule-change.html", status=status, words=KINDS.get(kind, kind), **shown)


def _one(session: Session, kind: str, *, by: Viewer, at: datetime) -> Mapping[str, Any]:
    found = {one["kind"]: one for one in schedules.listing(session, by=by, at=at)}
    if kind not in found:
        raise NotFound
    return found[kind]


@router.post(f"{SCHEDULE}/{{recurring}}")
def change(page: Acting, recurring: str) -> Response:
    questions = _schedule_questions(page.read(lambda session, by, at: _one(session, recurring, by=by, at=at)))
    answers, problems = read(questions, page.posted)
    if problems:
        return _change_form(page, recurring, status=422, problems=problems)

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        schedules.change(session, ChangeSchedule(recurring, **answers), by=by, at=at)
        return {"to": SCHEDULE, "flash": "schedule_changed"}

    try:
        return act(page, run)
    except InvalidInput as refused:
        return _change_form(page, recurring, status=refused.status, problems=dict(refused.data["problems"]))


# --- channels and keys -----------------------------------------------------------------------------------------------


@router.get("/sistem/saluran")
def channels(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> list[tuple[ChannelState, Words, str]]:
        teller = page.teller(session)
        found = operating.channels(session, by=by, at=at)
        return [(one, CHANNELS.get(one.name, one.name), teller.moment(one.last) if one.last else "") for one in found]

    return render(page, "system-channels.html", found=page.read(reading))


@router.get("/sistem/kunci")
def keys(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        teller, found, began = page.teller(session), operating.keys(session, by=by), operating.began(session)
        first = teller.moment(began) if began else ""
        return {"found": [(one.held, teller.moment(one.since) if one.since else "") for one in found], "first": first}

    return render(page, "system-keys.html", **page.read(reading))


# --- checkpoints -----------------------------------------------------------------------------------------------------


@router.get("/sistem/titik-periksa")
def heads(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        teller = page.teller(session)

        def copied(copy: Copy) -> tuple[Copy, Words, Words, str]:
            sent = teller.moment(copy.sent_at) if copy.sent_at else ""
            return copy, CHANNELS.get(copy.channel, copy.channel), COPY_STATES.get(copy.state, copy.state), sent

        found = operating.heads(session, by=by, limit=MOST_HEADS)
        last = checkpoints.last_outside(session)
        return {
            "found": [(made, teller.moment(made.made_at), [copied(copy) for copy in copies]) for made, copies in found],
            "total": checkpoints.count(session),
            "last": teller.moment(last) if last else "",
            "key": checkpoints.verifier_key(session),
        }

    return render(page, "system-checkpoints.html", **page.read(reading))


@router.post("/sistem/titik-periksa")
def make_head(page: Acting) -> Response:
    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        require_installation(session, by)
        checkpoints.make_now(session, by=by, at=at)
        return {"to": "/sistem/titik-periksa", "flash": "checkpoint_made"}

    return act(page, run)


@router.get("/sistem/titik-periksa/{checkpoint}/berkas")
def download(page: Reading, checkpoint: str) -> Response:
    """Return a checkpoint as the file that `caseflow audit verify --checkpoint` reads."""
    made: Made = page.read(lambda session, by, _at: operating.head(session, checkpoint, by=by))
    name = f"{made.made_at:%Y%m%dT%H%M%SZ}-{made.size}.checkpoint"
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made.note, media_type="text/plain; charset=utf-8", headers=headers)


# --- categories ------------------------------------------------------------------------------------------------------


@router.get("/sistem/kategori/{category_code}")
def category(page: Reading, category_code: str) -> Response:
    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        state = next((one for one in categories(session, by=by) if one.code == category_code), None)
        if state is None:
            raise NotFound
        teller, found = page.teller(session), session.categories[category_code]
        every = migrating.versions(session, by=by) if administers_installation(session, by) else ()
        versions = [one for one in every if one.code == category_code]
        return {
            "state": state,
            "subjects": [SUBJECT_KINDS[kind] for kind in found.subject_kinds],
            "versions": [(one, teller.moment(one.stored_at) if one.stored_at else "") for one in versions],
        }

    return render(page, "system-category.html", **page.read(reading))


@router.get("/sistem/kategori/{category_code}/siklus.svg")
def drawing(page: Reading, category_code: str) -> Response:
    """Return the lifecycle as a picture of its own; its one style sheet is let in by its digest."""

    def reading(session: Session, by: Viewer, _at: datetime) -> str:
        require_admin(by)
        if category_code not in session.categories:
            raise NotFound
        return diagram.svg(session.categories[category_code], page.lang)

    digest = b64encode(sha256(diagram.STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    headers = {**HEADERS, "Content-Security-Policy": policy}
    return Response(page.read(reading), media_type="image/svg+xml", headers=headers)
