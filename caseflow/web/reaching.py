"""How I am reached; the door of a message; whom the reminders of a case reached; a visit as a date in a calendar."""

from datetime import datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from caseflow import edge as door
from caseflow.access import Viewer
from caseflow.actions import desk, reaching
from caseflow.actions.reaching import CHOICES, ChangeReach, Reached
from caseflow.errors import InvalidInput, Sentence, _
from caseflow.store.session import Session
from caseflow.web import delivered
from caseflow.web.opened import Looked, opened
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.questions import Question, arranged, labels_of, read, typed_from, typed_of
from caseflow.web.route import new_router

router = new_router()
HOME = "/pemberitahuan"
BY_FILE = "record"
"""Where no way is set up, what would leave is kept in a file, as if by e-mail."""


# --- how I am reached -------------------------------------------------------------------------------------------------


@router.get(HOME)
def show(page: Reading) -> Response:
    return _show(page)


def _show(page: Page, *, status: int = 200, problems: dict[str, Sentence] | None = None) -> Response:
    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        found = reaching.show(session, by=by)
        questions = questions_of(found)
        typed = typed_of(questions)
        if problems:
            typed |= typed_from(questions, page.posted)
        return {
            "asked": arranged(questions),
            "labels": labels_of(questions),
            "typed": typed,
            "problems": problems or {},
            "zone": page.teller(session).zone(),
        }

    return render(page, "reaching.html", status=status, **page.read(reading))


@router.post(HOME)
def save(page: Acting) -> Response:
    questions = questions_of(page.read(lambda session, by, _at: reaching.show(session, by=by)))
    answers, problems = read(questions, page.posted)
    if problems:
        return _show(page, status=422, problems=problems)

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        # A text left empty takes the address back.
        given: dict[str, Any] = {
            key: value or "" if key in {"email", "whatsapp"} else value for key, value in answers.items()
        }
        reaching.change(session, ChangeReach(**given), by=by, at=at)
        return {"to": HOME, "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as refused:
        return _show(page, status=422, problems=dict(refused.data["problems"]))


def questions_of(found: Reached) -> tuple[Question, ...]:
    """Return what may be chosen: of the ways, those this installation has."""
    ways = found.ways
    asked: list[Question] = []
    if {"email", BY_FILE} & set(found.offered):
        hint = (
            _("Tanpa ini ke {address}.", address=found.account_email)
            if found.account_email
            else _("Akun Anda belum mempunyai alamat surel.")
        )
        asked += [
            Question(key="email_on", label=_("Kirim lewat surel?"), type="boolean", value=ways.email_on),
            Question(
                key="email", label=_("Ke alamat surel lain"), hint=hint, required=False, value=ways.email, limit=200
            ),
        ]
    if "whatsapp" in found.offered:
        asked += [
            Question(key="whatsapp_on", label=_("Kirim lewat WhatsApp?"), type="boolean", value=ways.whatsapp_on),
            Question(
                key="whatsapp",
                label=_("Nomor WhatsApp Anda"),
                hint=_("Pesannya hanya berbunyi bahwa ada tugas baru, dengan tautan."),
                type="phone",
                required=False,
                value=ways.whatsapp,
            ),
        ]
    quiet = _("Yang darurat, dan yang jatuh tempo menurut jam, tetap sampai. Jam yang sama: tanpa jam tenang.")
    return (
        *asked,
        Question(
            key="tells", label=_("Apa yang dikirim?"), type="choice", choices=tuple(CHOICES.items()), value=ways.tells
        ),
        Question(key="quiet_from", label=_("Jam tenang mulai"), hint=quiet, value=reaching.clock_of(ways.quiet_from)),
        Question(key="quiet_to", label=_("Jam tenang selesai"), value=reaching.clock_of(ways.quiet_to)),
    )


# --- from a message to its place --------------------------------------------------------------------------------------


@router.get("/pesan/{message_id}")
def follow(page: Reading, message_id: str) -> Response:
    """Go on to where what a message asks for is done; whoever opens it has read it."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, str]:
        return 303, desk.opened(session, message_id, by=by, at=at)

    done = door.write(page.edge, page.viewer, run, key=None, request=b"")
    return RedirectResponse(done.body or "/kotak-masuk", 303, dict(HEADERS))


# --- of a case --------------------------------------------------------------------------------------------------------


@router.get("/kasus/{number}/pengingat")
def reminders(page: Reading, number: str) -> Response:
    def shown(seen: Looked) -> dict[str, Any]:
        teller = seen.teller
        found = desk.reminders(seen.session, number, by=seen.work.by, at=page.edge.clock.now(), lang=page.lang)
        return {
            "reminders": [
                {
                    "title": one.title,
                    "to": one.to,
                    "told": teller.moment(one.told_at),
                    "read": teller.moment(one.read_at) if one.read_at else "",
                    "done": one.done,
                    "sent": [delivered.told(each, teller, own=False) for each in one.deliveries],
                }
                for one in found
            ]
        }

    return render(page, "reminders.html", **opened(page, number, shown))


@router.get("/kasus/{number}/kunjungan/{obligation}.ics")
def visit_date(page: Reading, number: str, obligation: str) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> str:
        return desk.visit_date(session, number, obligation, by=by, at=at, lang=page.lang)

    text = page.read(reading, case=number)
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="kunjungan.ics"'}
    return Response(text, media_type="text/calendar", headers=headers)
