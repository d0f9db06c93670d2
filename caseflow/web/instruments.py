"""Instruments on the pages: what was filled in on a case, which there are, and why a result is what it is."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow.actions import instruments
from caseflow.actions.casework import Work
from caseflow.actions.instruments import READERS, Filled
from caseflow.errors import NotFound, _
from caseflow.states.concluding import UNKNOWN, Counted, rupiah
from caseflow.states.instrument import KINDS, METHODS, SPENDING, Instrument
from caseflow.states.lifecycle import CLOSED
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.forms import looked
from caseflow.web.page import Reading, render
from caseflow.web.questions import UNANSWERED, YES_NO_UNKNOWN
from caseflow.web.route import new_router
from caseflow.web.sheet import Asking
from caseflow.web.sheets.case import shown_name
from caseflow.web.sheets.instruments import CORRECTS, DEFAULT, told
from caseflow.web.sheets.plan import RESULTS
from caseflow.web.speech import Teller

router = new_router()
OPEN = "–"
"""Stands where nothing was answered."""
Badge = tuple[str, str, Words]


@dataclass(frozen=True, slots=True)
class FilledShown:
    """An instrument that was filled in, as a page lists it."""

    title: Words
    told: Words
    lines: tuple[Words, ...]
    badge: Badge
    why: str
    decide: str
    correct: str


@router.get("/kasus/{number}/instrumen")
def listing(page: Reading, number: str) -> Response:
    def build(session: Session, work: Work) -> dict[str, Any]:
        if not work.roles.intersection(READERS):
            raise NotFound
        asking = Asking(session, work, page.teller(session))
        return {
            "name": shown_name(asking),
            "filled": [_shown(each, work, asking.teller) for each in instruments.of_case(work)],
            "offered": _offered(session, work) if _may(work, "instrument") else (),
            "methods": METHODS,
        }

    return render(page, "instruments.html", number=number, **looked(page, number, build))


@router.get("/kasus/{number}/instrumen/{fill}/mengapa")
def why(page: Reading, number: str, fill: str) -> Response:
    """Show a result with what it stands on: each question, its answer, and whether it counted."""

    def build(session: Session, work: Work) -> dict[str, Any]:
        found = next((each for each in instruments.of_case(work) if each.id == fill), None)
        if found is None:
            raise NotFound
        asking = Asking(session, work, page.teller(session))
        conclusion, teller = found.conclusion, asking.teller
        return {
            "name": shown_name(asking),
            "found": found,
            "one": _shown(found, work, teller),
            "missing": [item.label for item in conclusion.missing] if conclusion else [],
            "requires": conclusion.outcome.requires if conclusion and conclusion.outcome else (),
            "rows": [_row(found.instrument, line) for line in conclusion.why] if conclusion else [],
            "decisions": [
                (each.label, each.outcome, each.reason, each.by, teller.moment(each.at)) for each in found.decisions
            ],
            "default": DEFAULT if found.instrument.default else "",
        }

    return render(page, "instrument.html", number=number, **looked(page, number, build))


def _may(work: Work, act: str) -> bool:
    return bool(work.roles.intersection(access.ACTS[act])) and work.row.state != CLOSED


def _offered(session: Session, work: Work) -> tuple[tuple[Words, list[Instrument]], ...]:
    """Return the instruments under headings: those usual for the category as it is now, then the others."""
    known, now = instruments.known(session), session.categories.get(work.row.category)
    usual = [known[code] for code in (now.instruments if now else ()) if code in known]
    others = [each for each in known.values() if each not in usual]
    parts = ((_("Lazim untuk kategori ini"), usual), (_("Instrumen lain"), others))
    return tuple((heading, listed) for heading, listed in parts if listed)


def _shown(found: Filled, work: Work, teller: Teller) -> FilledShown:
    base = f"/kasus/{found.case}/instrumen"
    may_decide = found.stands and found.conclusion is not None and _may(work, "decide_instrument")
    may_fill = found.stands and found.conclusion is not None and _may(work, "instrument")
    lines: list[Words] = [_("Diisi {day} oleh {who}", day=teller.full_day(found.filled_on), who=found.filled_by)]
    if found.decisions:
        last = found.decisions[-1]
        lines.append(
            _("Diputuskan {who}: {what}", who=last.by, what=last.outcome.sentence if last.outcome else last.label)
        )
    lines += [found.warning] if found.warning else []
    return FilledShown(
        title=found.instrument.name,
        told=told(found),
        lines=tuple(lines),
        badge=_badge(found),
        why=f"{base}/{found.id}/mengapa",
        decide=f"{base}/{found.id}/putuskan" if may_decide else "",
        correct=f"{base}/{found.instrument.code}/isi?{CORRECTS}={found.id}" if may_fill else "",
    )


def _badge(found: Filled) -> Badge:
    if not found.stands:
        return ("plain", "no", _("Sudah diperbaiki"))
    if not found.decisions:
        return ("waiting", "waiting", _("Belum diputuskan"))
    if found.decisions[-1].decision == "accepted":
        return ("done", "done", _("Diterima"))
    return ("outline", "", _("Simpulan lain"))


def _row(instrument: Instrument, line: Counted) -> tuple[Words, Words, Words]:
    """Return question, answer, and whether it counted; a dash where nothing was answered."""
    counted = _("Ya") if line.counts else _("Tidak")
    return line.item.label, _answer(instrument, line), OPEN if line.answer is None else counted


def _answer(instrument: Instrument, line: Counted) -> Words:
    if line.answer is None:
        return OPEN
    match KINDS[instrument.method]:
        case "yes_no":
            return dict(YES_NO_UNKNOWN).get(str(line.answer), UNANSWERED)
        case "points":
            label = next((p.label for p in instrument.scale if p.points == line.answer), None)
            return _("{answer} ({points})", answer=label.sentence, points=line.answer) if label else UNANSWERED
        case "goal":
            return dict(RESULTS).get(str(line.answer), UNANSWERED)
        case "number" if line.item.key == SPENDING and isinstance(line.answer, int):
            return rupiah(line.answer)
        case _:
            return _("Belum tahu") if line.answer == UNKNOWN else str(line.answer)
