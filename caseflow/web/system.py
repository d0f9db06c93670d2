"""The administrator's pages: what the installation needs, its jobs, its accounts, its categories. No case content."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from starlette.responses import Response

from caseflow.access import EVERYWHERE, Viewer
from caseflow.actions import admin, areas, oversight, queue
from caseflow.actions.admin import administers_installation, require_admin
from caseflow.edge import real_now
from caseflow.errors import Sentence, _
from caseflow.i18n import format_weekday_date
from caseflow.states.lifecycle import ROLES
from caseflow.store.accounts import Listed, Wanted
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.route import new_router
from caseflow.web.speech import Teller

router = new_router()
FEW, PAGE = 10, 50
MOST_JOBS = 20

LEVELS: dict[str, tuple[str, str, Sentence]] = {
    "fail": ("late", "no", _("Rusak")),
    "missing": ("late", "late", _("Tidak ada")),
    "warn": ("waiting", "late", _("Perhatian")),
    "ok": ("done", "done", _("Baik")),
}
"""Level of a finding -> look, mark, word; the worst first."""
JOB_STATES: dict[str, Sentence] = {
    "ready": _("Menunggu giliran"),
    "leased": _("Diambil pekerja"),
    "running": _("Sedang berjalan"),
    "dead": _("Gagal, perlu dijalankan lagi"),
}
JOBS: dict[str, Sentence] = {
    "letter": _("Membuat surat"),
    "delivery": _("Mengirim pesan"),
    "obligation": _("Menyampaikan pengingat"),
    "log": _("Menjaga log"),
}
"""First word of a job's kind -> what it does."""


RUNNING: tuple[tuple[str, Sentence, Sentence], ...] = (
    ("/sistem/jadwal", _("Jadwal"), _("Tugas berkala: kapan terakhir, kapan berikutnya, dan mengubahnya.")),
    ("/sistem/saluran", _("Saluran pesan"), _("Surel dan pesan lain: diatur atau belum, kapan terakhir, yang gagal.")),
    ("/sistem/kunci", _("Kunci"), _("Kunci mana yang dipakai, sejak kapan, dan kapan terakhir diganti.")),
    ("/sistem/titik-periksa", _("Titik periksa log"), _("Yang terakhir, ke mana salinannya pergi, dan berkasnya.")),
)
"""Address of a page about what runs the installation, its name, what it shows."""


class Finding(Protocol):
    """What a check of the installation found."""

    @property
    def name(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def found(self) -> str: ...
    @property
    def remedy(self) -> str: ...


Doctor = Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Job:
    """A job that does not get on."""

    id: str
    words: Words
    state: Words
    when: str
    attempts: int
    failure: str
    dead: bool


@dataclass(frozen=True, slots=True)
class Person:
    """An account as a line."""

    name: str
    username: str
    roles: tuple[str, ...]
    last: str
    active: bool
    second_factor: bool


def show(page: Page) -> Response:
    """Return the administrator's home."""

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        require_admin(by)
        teller = page.teller(session)
        whole = administers_installation(session, by)
        people = admin.list_users(session, Wanted(limit=PAGE + 1), by=by, at=at)
        return {
            "day": format_weekday_date(teller.today, page.lang),
            "whole": whole,
            "jobs": _jobs(session, by, teller) if whole else [],
            "waiting": _waiting(session, at) if whole else {},
            "people": [person_of(session, one, teller) for one in people[:FEW]],
            "accounts_n": f"{PAGE}+" if len(people) > PAGE else len(people),
            "more": len(people) > FEW,
            "categories": oversight.categories(session, by=by),
        }

    context = page.read(reading)
    findings = sorted(_doctor(page), key=lambda f: list(LEVELS).index(f.level)) if context["whole"] else []
    return render(
        page,
        "system.html",
        **context,
        wrong=[f for f in findings if f.level != "ok"],
        fine=[f for f in findings if f.level == "ok"],
        levels=LEVELS,
        states=JOB_STATES,
        running=RUNNING,
    )


def _doctor(page: Page) -> list[Finding]:
    doctor = cast("Doctor | None", getattr(page.request.app.state, "doctor", None))
    return list(doctor()) if doctor is not None else []


@router.get("/sistem")
def home(page: Reading) -> Response:
    return show(page)


@router.get("/sistem/pengguna")
def people(page: Reading) -> Response:
    after = page.request.query_params.get("sesudah", "")[:80]

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        teller = page.teller(session)
        found = admin.list_users(session, Wanted(after=after, limit=PAGE + 1), by=by, at=at)
        more = found[PAGE - 1].username if len(found) > PAGE else ""
        return {"people": [person_of(session, one, teller) for one in found[:PAGE]], "more": more}

    return render(page, "system-people.html", **page.read(reading))


@router.post("/sistem/tugas/{job_id}/ulang")
def run_again(page: Acting, job_id: str) -> Response:
    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        queue.retry(session, job_id, by=by, at=at)
        return {"to": "/sistem", "flash": "retried"}

    return act(page, run)


def _waiting(session: Session, at: datetime) -> dict[str, int]:
    counts = queue.stats(session, at=at, now_real=real_now()).counts
    return {state: sum(n for (s, _queue), n in counts.items() if s == state) for state in JOB_STATES}


def _jobs(session: Session, by: Viewer, teller: Teller) -> list[Job]:
    """Return dead jobs, then those that failed and wait to be tried again."""
    dead = queue.listing(session, ("dead",), MOST_JOBS, by=by)
    others = [row for row in queue.listing(session, ("ready",), MOST_JOBS, by=by) if row["failure"]]
    return [_job(row, teller) for row in (*dead, *others)]


def _job(row: dict[str, Any], teller: Teller) -> Job:
    kind = str(row["kind"])
    return Job(
        id=row["id"],
        words=JOBS.get(kind.partition(".")[0], kind),
        state=JOB_STATES.get(row["state"], row["state"]),
        when=teller.moment(row["run_at"]),
        attempts=row["attempts"],
        failure=str(row["failure"] or ""),
        dead=row["state"] == "dead",
    )


def person_of(session: Session, one: Listed, teller: Teller) -> Person:
    """Return an account as a line, with the roles of today."""
    today = teller.today
    held = [r for r in one.roles if r.starts_on <= today and (r.ends_on is None or r.ends_on >= today)]
    return Person(
        name=one.name,
        username=one.username,
        roles=tuple(f"{ROLES[r.role].in_(teller.lang)}, {where_of(session, r.area, teller)}" for r in held),
        last=teller.moment(one.last_log_in) if one.last_log_in else "",
        active=one.active,
        second_factor=one.second_factor,
    )


def where_of(session: Session, area: str, teller: Teller) -> str:
    """Return the name of the area of a role."""
    return areas.short_name(session, area) if area != EVERYWHERE else teller.say(_("semua wilayah"))
