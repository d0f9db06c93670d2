"""The limits of an office for the audit desk: each beside the reason it belongs to; its administrator changes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import audit_limits
from caseflow.actions.admin import require_admin
from caseflow.actions.audit_desk import DESK
from caseflow.errors import Forbidden, InvalidInput, NotFound, Sentence, _
from caseflow.states.risks import RANGES, REASONS
from caseflow.store import offices
from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session
from caseflow.web.audit_desk import HERE
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.route import new_router

router = new_router()
PLACE = f"{HERE}/batas"
GROUPS: dict[str, tuple[Sentence, dict[str, Sentence]]] = {
    "backdated": (
        _("Langkah yang diketik lama sesudah kejadiannya."),
        {"backdated_days": _("Lebih dari berapa hari antara kejadian dan pengetikan?")},
    ),
    "quick": (
        _("Kasus yang ditutup tidak lama sesudah dibuka."),
        {"quick_days": _("Ditutup dalam berapa hari sejak dibuka?")},
    ),
    "pair": (
        _("Langkah yang berulang kali diminta dan disetujui oleh dua orang yang sama."),
        {"pair_times": _("Mulai berapa kali?"), "pair_days": _("Dalam berapa hari?")},
    ),
    "bulk": (
        _("Banyak langkah oleh satu orang dalam waktu singkat."),
        {"bulk_steps": _("Mulai berapa langkah?"), "bulk_minutes": _("Dalam berapa menit?")},
    ),
    "night": (
        _("Langkah yang diketik pada jam orang tidak bekerja."),
        {"night_from": _("Malam mulai pukul berapa?"), "night_until": _("Malam sampai pukul berapa?")},
    ),
    "debt": (
        _("Asesmen, rencana atau pengesahan yang belum menyusul tindakan darurat."),
        {"debt_hours": _("Sesudah berapa jam?")},
    ),
    "answers": (
        _("Pertanyaan kepada petugas; sesudah batasnya dapat ditutup tanpa jawaban."),
        {"answer_days": _("Berapa hari kerja untuk menjawab?")},
    ),
}
"""Reason -> what it picks, and its limits with their questions."""
STATED: dict[str, Sentence] = {
    "backdated_days": _("Lebih dari {n} hari antara kejadian dan pengetikan."),
    "quick_days": _("Ditutup dalam {n} hari sejak dibuka."),
    "pair_times": _("Mulai {n} kali."),
    "pair_days": _("Dalam {n} hari."),
    "bulk_steps": _("Mulai {n} langkah."),
    "bulk_minutes": _("Dalam {n} menit."),
    "night_from": _("Malam mulai pukul {n}."),
    "night_until": _("Malam sampai pukul {n}."),
    "debt_hours": _("Sesudah {n} jam."),
    "answer_days": _("{n} hari kerja untuk menjawab."),
}
"""A limit for who only reads it."""
TITLES: dict[str, Sentence] = {
    **{name: reason.label for name, reason in REASONS.items()},
    "answers": _("Jawaban ditunggu"),
}


@router.get(PLACE)
def show(page: Reading) -> Response:
    return _page(page)


@router.post(PLACE)
def change(page: Acting) -> Response:
    area = page.posted.one("kantor")
    typed = {name: page.posted.one(name).strip() for name in RANGES}

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        require_admin(by)
        audit_limits.set_limits(session, area, _numbers(typed), by=by, at=at)
        return {"to": f"{PLACE}?kantor={area}", "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _page(page, area, typed=typed, problems=error.data["problems"], status=error.status)


def _numbers(typed: Mapping[str, str]) -> dict[str, int]:
    """Return the limits of a form; `InvalidInput` names each that is no number."""
    wrong = {name: _between(name) for name, text in typed.items() if not (text.isdecimal() and len(text) < 6)}  # noqa: PLR2004 - more than any limit
    if wrong:
        raise InvalidInput(dict(wrong))
    return {name: int(text) for name, text in typed.items()}


def _between(name: str) -> Sentence:
    low, high = RANGES[name]
    return _("Isi bilangan dari {low} sampai {high}.", low=low, high=high)


def _page(
    page: Page,
    area: str = "",
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, Sentence] | None = None,
    status: int = 200,
) -> Response:
    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        known = _offices(session, by)
        wanted = area or page.request.query_params.get("kantor", "")
        office = known[wanted] if wanted in known else next(iter(known.values()), None)
        if office is None or (wanted and wanted not in known):
            raise NotFound
        limits = audit_limits.of(office)
        return {
            "office": office,
            "offices": known,
            "values": typed or {name: str(getattr(limits, name)) for name in RANGES},
            "mine": access.administers(by, office.area_code),
        }

    if not page.viewer.roles.intersection({*DESK, "admin"}):
        raise Forbidden(action=_("melihat batas meja audit"), allowed=access.names_of((*DESK, "admin")))
    context = page.read(reading)
    return render(
        page,
        "audit-limits.html",
        status=status,
        problems=problems or {},
        groups=GROUPS,
        stated=STATED,
        titles=TITLES,
        ranges=RANGES,
        labels={name: words for _about, asked in GROUPS.values() for name, words in asked.items()},
        desk=bool(page.viewer.roles.intersection(DESK)),
        **context,
    )


def _offices(session: Session, by: Viewer) -> dict[str, OfficeRow]:
    """Return area -> office of those that somebody oversees or administers."""
    held = by.areas(*DESK, "admin")
    return {
        office.area_code: office
        for office in offices.every(session)
        if access.administers(by, office.area_code)
        or any(office.area_code.startswith(area) or area.startswith(office.area_code) for area in held)
    }
