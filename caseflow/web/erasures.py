"""Requests to erase somebody: which wait, what each takes along, and the decision that nobody can undo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import erasure as actions
from caseflow.actions import erasure_desk
from caseflow.actions.erasure import BASES, DecideErasure
from caseflow.actions.erasure_desk import Asked
from caseflow.errors import CaseflowError, NotFound, ReviewClosed, Sentence, VersionConflict, _
from caseflow.i18n import error_message
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.forms import Told
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.route import new_router
from caseflow.web.speech import Teller

router = new_router()

DECIDED: dict[str, Sentence] = {
    "granted": _("Data orang ini sudah dihapus."),
    "refused": _("Permintaan ini sudah ditolak."),
    "withdrawn": _("Permintaan ini sudah ditarik oleh peminta."),
}
DECISIONS = {
    "setuju": (actions.approve_erasure, "erased"),
    "tolak": (actions.refuse_erasure, "erasure_refused"),
    "tarik": (actions.withdraw_erasure, "withdrawn"),
}
"""Button -> what it does, and the message after it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as a list shows it."""

    asked: Asked
    basis: Words
    when: str
    decided: Words | None
    decided_when: str


def _shown(asked: Asked, teller: Teller) -> Shown:
    row = asked.row
    return Shown(
        asked,
        BASES[row.basis].label,
        teller.moment(row.requested_at),
        DECIDED.get(row.state),
        teller.moment(row.decided_at) if row.decided_at else "",
    )


@router.get("/penghapusan")
def listing(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> list[Shown]:
        teller = page.teller(session)
        return [_shown(asked, teller) for asked in erasure_desk.every(session, by=by, at=at)]

    found = page.read(reading)
    return render(
        page,
        "erasures.html",
        mine=[s for s in found if s.asked.may_decide],
        others=[s for s in found if s.decided is None and not s.asked.may_decide],
        over=[s for s in reversed(found) if s.decided is not None],
    )


@router.get("/penghapusan/{erasure_id}")
def show(page: Reading, erasure_id: str) -> Response:
    return _page(page, erasure_id)


@router.post("/penghapusan/{erasure_id}")
def decide(page: Acting, erasure_id: str) -> Response:
    form = page.posted
    button = form.one("_putusan")
    if button not in DECISIONS:
        raise NotFound
    problems = _problems(button, form.one("reason").strip(), understood=form.one("paham") == "ya")
    if problems:
        return _page(page, erasure_id, status=422, problems=problems)
    decision, flash = DECISIONS[button]

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        reason = form.one("reason").strip()
        command = DecideErasure(erasure=erasure_id, reason=reason, expected_version=form.version)
        decision(session, command, by=by, at=at)
        return {"to": "/penghapusan", "flash": flash}

    try:
        return act(page, run, case=erasure_id)
    except NotFound:
        raise
    except CaseflowError as error:
        return _page(page, erasure_id, status=error.status, told=_told(error, page.lang))


def _problems(button: str, reason: str, *, understood: bool) -> dict[str, Sentence]:
    if button == "tolak" and not reason:
        return {"reason": _("Tulis alasannya: pemohon perlu tahu.")}
    if button == "setuju" and not understood:
        return {"paham": _("Centang ini bila pemohon sudah diberi tahu dan data boleh dihapus selamanya.")}
    return {}


def _told(error: CaseflowError, lang: str) -> Told:
    match error:
        case VersionConflict():
            return Told(
                _("Kasus ini berubah sejak Anda membuka halaman"), (_("Periksa lagi isinya di bawah, lalu putuskan."),)
            )
        case ReviewClosed():
            return Told(_("Permintaan ini sudah diputus"))
        case _:
            return Told(_("Belum dapat dijalankan"), (error_message(error, lang),))


def _page(
    page: Page,
    erasure_id: str,
    *,
    status: int = 200,
    problems: dict[str, Sentence] | None = None,
    told: Told | None = None,
) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        asked, reach = erasure_desk.one(session, erasure_id, by=by, at=at)
        teller = page.teller(session)
        return {
            "shown": _shown(asked, teller),
            "law": BASES[asked.row.basis].law,
            "reach": reach,
            "kept_until": teller.full_day(reach.kept_until) if reach.kept_until else "",
        }

    context = page.read(reading, case=erasure_id)
    typed = page.posted.one("reason")
    return render(page, "erasure.html", status=status, problems=problems or {}, told=told, reason=typed, **context)
