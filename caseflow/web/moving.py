"""Another category for a case, and another area: what would come of it, the offer, and what both sides see of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow.access import ACTS, Viewer
from caseflow.actions import changing, offers, secrecy, transfers
from caseflow.actions import reading as readings
from caseflow.actions.casework import Done
from caseflow.actions.changing import ChangeCategory, Tried
from caseflow.actions.offers import Offer
from caseflow.actions.transfers import AnswerTransfer, OfferTransfer
from caseflow.errors import CaseflowError, Forbidden, InvalidInput, NotFound, _
from caseflow.i18n import error_message
from caseflow.states.deadlines import span_words
from caseflow.states.lifecycle import STATES, STEPS
from caseflow.store import areas, offices
from caseflow.store.session import Session
from caseflow.store.transfers import MOST
from caseflow.web import case_view
from caseflow.web.environment import Words
from caseflow.web.forms import Told
from caseflow.web.moving_words import (
    CATEGORY_REASON,
    HANDED,
    LEVELS,
    LOWER,
    MAPPING,
    NOTE,
    REASON,
    STATES_OF_OFFERS,
    VILLAGE,
    WHY_NOT,
)
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.questions import Question, arranged, labels_of, read, typed_from
from caseflow.web.route import new_router
from caseflow.web.sheet import Asking
from caseflow.web.sheets.case import shown_name
from caseflow.web.sheets.initials import Turn
from caseflow.web.speech import Due, Teller

router = new_router()
CATEGORY, AWAY = "/kasus/{number}/ubah-kategori", "/kasus/{number}/pindahkan"
HERE = "/kasus-masuk"


# --- another category ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """A case as these pages head it."""

    name: str
    version: int
    kind: Words
    kinds: tuple[tuple[str, Words], ...]
    found: Tried | None
    may: bool
    lowers: bool
    """A reason of theirs would make the file less closed: a closed one only the head opens."""


@router.get(CATEGORY)
def ask_category(page: Reading, number: str) -> Response:
    return _category(page, number)


@router.post(CATEGORY)
def change_category(page: Acting, number: str) -> Response:
    asked = (CATEGORY_REASON, LOWER, MAPPING)
    answers, problems = read(asked, page.posted)
    if problems:
        return _category(page, number, status=InvalidInput.status, problems=problems)
    command = ChangeCategory(
        case=number,
        category=page.posted.one("ke"),
        reason=str(answers["reason"]),
        mapping=str(answers["mapping"] or ""),
        lower_reason=str(answers["lower_reason"] or ""),
        expected_version=page.posted.version,
    )
    return _carried(
        page,
        lambda s, by, at: changing.change_category(s, command, by=by, at=at),
        "category_changed",
        lambda **said: _category(page, number, **said),
        case=number,
    )


def _category(
    page: Page,
    number: str,
    *,
    status: int = 200,
    problems: Mapping[str, Any] | None = None,
    told: Told | None = None,
) -> Response:
    to = page.posted.one("ke") or page.request.query_params.get("ke", "")

    def looking(session: Session, by: Viewer, at: datetime) -> _Seen:
        work = readings.look(session, number, by=by, at=at, part="form")
        opens = secrecy.may_open(work)
        every = sorted(session.categories.values(), key=lambda kind: kind.name.in_(page.lang))
        kinds = [
            (kind.code, kind.name)
            for kind in every
            if (kind.code != work.row.category or opens) and work.facts.subject_kind in kind.subject_kinds
        ]
        # What the head looks at is what opening the file would do; who may leave it closed too sees that first.
        lower = "-" if secrecy.only_opens(work) or (opens and to == work.row.category) else ""
        typed = "" if problems and "mapping" in problems else page.posted.one("mapping")
        command = ChangeCategory(case=number, category=to, mapping=typed, lower_reason=lower)
        access.require_act(work.roles, "try_category")
        found = changing.try_category(session, command, by=by, at=at) if to in session.categories else None
        teller = page.teller(session)
        return _Seen(
            shown_name(Asking(session, work, teller)),
            work.row.version,
            work.category.name,
            tuple(kinds),
            found,
            opens or bool(work.roles.intersection(ACTS["change_category"])),
            opens or work.row.confidentiality != secrecy.CLOSED_FILE,
        )

    seen = page.read(looking, case=number)
    found = seen.found
    asked = (CATEGORY_REASON, *((LOWER,) if found and found.least < found.before else ()), MAPPING)
    return render(
        page,
        "change-category.html",
        status=status,
        number=number,
        seen=seen,
        found=found,
        to=to,
        gates=_gates(found) if found else (),
        deadline=span_words(found.deadline.span) if found and found.deadline else None,
        levels=LEVELS,
        asked=arranged(asked),
        typed=typed_from(asked, page.posted),
        labels=labels_of(asked),
        problems=problems or {},
        told=told,
    )


def _gates(found: Tried) -> tuple[tuple[Words, tuple[Words, ...]], ...]:
    """Return step -> what it would lack in the new category: those behind the case, then those ahead."""
    ahead = [(s.step, s.unmet) for s in found.unmet]
    return tuple((STEPS[step].label, tuple(u.label for u in unmet)) for step, unmet in (*found.passed, *ahead))


# --- another area ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A case as the page that offers it heads it."""

    name: str
    version: int
    district: Question
    offer: Offer | None


@router.get(AWAY)
def ask_area(page: Reading, number: str) -> Response:
    return _away(page, number)


@router.post(AWAY)
def offer_area(page: Acting, number: str) -> Response:
    """Offer the case, or take the waiting offer back."""
    if withdrawn := page.posted.one("tarik"):
        command = AnswerTransfer(transfer=withdrawn)
        return _carried(
            page,
            lambda s, by, at: transfers.withdraw_transfer(s, command, by=by, at=at),
            "transfer_withdrawn",
            lambda **said: _away(page, number, **said),
            case=number,
        )
    answers, problems = read((_district({}), VILLAGE, REASON, HANDED), page.posted)
    area = page.posted.one("village").strip() or page.posted.one("area")
    problems = {key: text for key, text in problems.items() if key != "area"} | (
        {} if area else {"area": _("Pilih kecamatannya, atau tulis kode desanya.")}
    )
    if problems:
        return _away(page, number, status=InvalidInput.status, problems=problems)
    wanted = OfferTransfer(
        case=number,
        area=area,
        reason=str(answers["reason"]),
        handed=str(answers["handed"]),
        expected_version=page.posted.version,
    )
    return _carried(
        page,
        lambda s, by, at: transfers.offer_transfer(s, wanted, by=by, at=at),
        "transfer_offered",
        lambda **said: _away(page, number, **said),
        case=number,
    )


def _district(groups: Mapping[str, tuple[tuple[str, Words], ...]]) -> Question:
    hint = _("Wilayah yang kantornya memakai caseflow ini.")
    return Question(key="area", label=_("Ke kecamatan mana?"), type="choice", hint=hint, groups=tuple(groups.items()))


def _away(
    page: Page,
    number: str,
    *,
    status: int = 200,
    problems: Mapping[str, Any] | None = None,
    told: Told | None = None,
) -> Response:
    def looking(session: Session, by: Viewer, at: datetime) -> _Leaving:
        work = readings.look(session, number, by=by, at=at, part="form")
        access.require_act(work.roles, "transfer")
        teller = page.teller(session)
        offer = offers.of_case(session, work.row.id, by=by, at=at)
        name = shown_name(Asking(session, work, teller))
        return _Leaving(name, work.row.version, _district(_districts(session)), offer)

    seen = page.read(looking, case=number)
    asked = (seen.district, VILLAGE, REASON, HANDED)
    return render(
        page,
        "transfer.html",
        status=status,
        number=number,
        seen=seen,
        asked=arranged(asked),
        typed=typed_from(asked, page.posted),
        labels=labels_of(asked),
        problems=problems or {},
        told=told,
    )


def _districts(session: Session) -> dict[str, tuple[tuple[str, Words], ...]]:
    """Return office -> the sub-districts that it serves."""
    return {
        f"{office.agency}, {office.place}": tuple(
            (area.code, area.name) for area in areas.under(session, office.area_code, "kecamatan")
        )
        for office in offices.every(session)
    }


# --- both sides ------------------------------------------------------------------------------------------------------


@router.get(HERE)
def incoming(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        teller = page.teller(session)
        found = offers.listing(session, by=by, at=at)
        return {
            name: [(offer, _due(teller, offer), _day(teller, offer)) for offer in getattr(found, name)]
            for name in ("coming", "going", "gone")
        }

    return render(page, "incoming.html", states=STATES, became=STATES_OF_OFFERS, most=MOST, **page.read(reading))


@router.get(HERE + "/{transfer}")
def show(page: Reading, transfer: str) -> Response:
    return _one(page, transfer)


@router.post(HERE + "/{transfer}")
def answer(page: Acting, transfer: str) -> Response:
    accepting = page.posted.one("_putusan") == "terima"
    said = page.posted.one("note" if accepting else "reason").strip()
    command = AnswerTransfer(transfer=transfer, assignee=page.posted.one("assignee"), reason=said)
    if not accepting and not command.reason:
        problems = {"reason": _("Tulis alasannya: yang menawarkan perlu tahu.")}
        return _one(page, transfer, status=InvalidInput.status, problems=problems)
    action = transfers.accept_transfer if accepting else transfers.refuse_transfer
    return _carried(
        page,
        lambda s, by, at: action(s, command, by=by, at=at),
        "transfer_accepted" if accepting else "transfer_refused",
        lambda **said: _one(page, transfer, **said),
        case=transfer,
        to="" if accepting else HERE,
    )


def _one(
    page: Page,
    transfer: str,
    *,
    status: int = 200,
    problems: Mapping[str, Any] | None = None,
    told: Told | None = None,
) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        offer = offers.one(session, transfer, by=by, at=at)
        teller = page.teller(session)
        return {"offer": offer, "due": _due(teller, offer), "day": _day(teller, offer)}

    seen = page.read(reading, case=transfer)
    able = Question(key="assignee", label=_("Siapa yang akan mendampingi?"), type="choice", choices=seen["offer"].able)
    asked = (able, NOTE, WHY_NOT)
    return render(
        page,
        "incoming-case.html",
        status=status,
        states=STATES,
        became=STATES_OF_OFFERS,
        risks=case_view.RISKS,
        accepting=arranged((able, NOTE)),
        refusing=arranged((WHY_NOT,)),
        typed=typed_from(asked, page.posted),
        labels=labels_of(asked),
        problems=problems or {},
        told=told,
        **seen,
    )


def _due(teller: Teller, offer: Offer) -> Due | None:
    owed = Turn(transfers.KIND, "3wd", offer.offered_at, offer.due_at)
    return teller.due(owed) if offer.case_state else None


def _day(teller: Teller, offer: Offer) -> str:
    return teller.full_day(offer.answered_on or offer.offered_on)


def _carried(
    page: Page,
    action: Callable[[Session, Viewer, datetime], Done],
    flash: str,
    again: Callable[..., Response],
    *,
    case: str,
    to: str = "",
) -> Response:
    """Carry out an act and go on to the case, or to `to`; what was refused comes back with what was typed."""

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        done = action(session, by, at)
        return {"to": to or f"/kasus/{done.number}", "flash": flash, "case": done.number}

    try:
        return act(page, run, case=case)
    except (NotFound, Forbidden):
        raise
    except InvalidInput as error:
        return again(status=error.status, problems=error.data["problems"])
    except CaseflowError as error:
        return again(status=error.status, told=Told(error_message(error, page.lang)))
