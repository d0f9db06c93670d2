"""The partner's pages: the referrals sent to the own institution that wait for an answer, and answering one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import partners
from caseflow.actions.partners import Addressed, AnswerOwn
from caseflow.errors import InvalidInput, _
from caseflow.i18n import format_weekday_date
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.questions import arranged, as_text, labels_of, read, typed_from, typed_of
from caseflow.web.replies import questions_of
from caseflow.web.route import new_router
from caseflow.web.speech import Due, Teller

router = new_router()


@dataclass(frozen=True, slots=True)
class Item:
    """A referral as a line."""

    title: Words
    about: str
    due: Due | None
    accepted: bool
    waiting: bool
    contact: str
    to: str


def show(page: Page) -> Response:
    """Return the partner's home."""

    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        teller = page.teller(session)
        names = partners.institutions_of(session, by=by)
        found = partners.waiting(session, by=by)
        items = [_item(one, teller, several=len(names) > 1) for one in found]
        return {
            "day": format_weekday_date(teller.today, page.lang),
            "names": names,
            "unanswered": [i for i in items if not i.accepted],
            "accepted": [i for i in items if i.accepted],
            "late": sum(i.due is not None and i.due.look == "late" for i in items),
        }

    return render(page, "addressed.html", **page.read(reading))


HOME = "/rujukan-kami"


@router.get(HOME)
def home(page: Reading) -> Response:
    return show(page)


@router.get(HOME + "/{referral}")
def form(page: Reading, referral: str) -> Response:
    return _answering(page, referral)


@router.post(HOME + "/{referral}")
def answer(page: Acting, referral: str) -> Response:
    one = page.read(lambda session, by, _at: partners.one(session, referral, by=by))
    questions = questions_of(one.choices, officer="", by_code=False)
    answers, problems = read(questions, page.posted)
    if problems:
        return _answering(page, referral, status=InvalidInput.status, problems=problems)
    command = AnswerOwn(referral=referral, **{key: as_text(value) for key, value in answers.items()})

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        partners.answer_own(session, command, by=by, at=at)
        return {"to": HOME, "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _answering(page, referral, status=error.status, problems=error.data["problems"])


def _answering(page: Page, referral: str, *, status: int = 200, problems: Mapping[str, str] | None = None) -> Response:
    """Return the form of one referral, with what was typed in it."""

    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        one = partners.one(session, referral, by=by)
        several = len(partners.institutions_of(session, by=by)) > 1
        questions = questions_of(one.choices, officer=by.name, by_code=False)
        typed = typed_from(questions, page.posted) if page.posted.fields else typed_of(questions)
        return {
            "item": _item(one, page.teller(session), several=several),
            "asked": arranged(questions),
            "labels": labels_of(questions),
            "typed": typed,
        }

    return render(page, "addressed-answer.html", status=status, problems=problems or {}, **page.read(reading))


def _item(one: Addressed, teller: Teller, *, several: bool) -> Item:
    day = teller.full_day(one.sent_on)
    about = (
        _("Surat nomor {number}, {day}", number=one.letter_number, day=day)
        if one.letter_number
        else _("Tanpa surat, {day}", day=day)
    )
    who = one.worker or teller.say(_("supervisor"))
    office = ", ".join(part for part in (one.office, one.phone) if part)
    contact = _("Hubungi {who}, {office}. Sebut nomor kasus {number}.", who=who, office=office, number=one.case_number)
    named = f"{one.institution}. " if several else ""
    return Item(
        title=one.title or _("Rujukan"),
        about=named + teller.say(about),
        due=teller.due(one.owed) if one.owed is not None else None,
        accepted=one.status == "accepted",
        waiting=one.waiting,
        contact=teller.say(contact),
        to=f"{HOME}/{one.id}",
    )
