"""The partner's page: the referrals sent to the own institution that wait for an answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import partners
from caseflow.actions.partners import Addressed
from caseflow.errors import _
from caseflow.i18n import format_weekday_date
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.page import Page, Reading, render
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
    contact: str


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


@router.get("/rujukan-kami")
def home(page: Reading) -> Response:
    return show(page)


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
        contact=teller.say(contact),
    )
