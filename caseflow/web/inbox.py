"""Messages to the reader: what each is about, and marking it as read."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import desk
from caseflow.errors import Sentence, _
from caseflow.store.session import Session
from caseflow.web import delivered
from caseflow.web.page import Acting, Reading, act, render
from caseflow.web.route import new_router

router = new_router()
LINKS: dict[str, Sentence] = {
    "visit": _("Catat kunjungannya"),
    "review": _("Putuskan permintaannya"),
    "review_asked": _("Putuskan permintaannya"),
    "initial_asked": _("Beri paraf"),
    "letter_initial": _("Beri paraf"),
    "answer_confirmation": _("Periksa jawabannya"),
    "referral_offered": _("Periksa jawabannya"),
    "transfer": _("Buka tawarannya"),
    "transfer_accepted": _("Buka tawarannya"),
    "transfer_offered": _("Buka tawarannya"),
    "transfer_withdrawn": _("Buka kasus masuk"),
    "placement_review": _("Tinjau penempatannya"),
    "hold_end": _("Lanjutkan kasusnya"),
    "erasure_asked": _("Putuskan permintaannya"),
    "digest_daily": _("Buka pekerjaan saya"),
    "digest_weekly": _("Buka kasus yang menunggu"),
}
"""Kind of message -> what the link to its place says."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its reader sees it."""

    id: str
    title: str
    lines: tuple[str, ...]
    when: str
    sent: tuple[str, ...]
    to: str
    link: Sentence
    read: bool
    done: bool


@router.get("/kotak-masuk")
def listing(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, _at: datetime) -> list[Message]:
        teller = page.teller(session)
        return [
            Message(
                id=m.id,
                title=m.title,
                lines=tuple(m.text.splitlines()),
                when=teller.moment(m.created_at),
                sent=tuple(delivered.told(each, teller, own=True) for each in m.deliveries),
                to=f"/pesan/{m.id}" if m.place else "",
                link=_link(m),
                read=m.read_at is not None or m.done,
                done=m.done,
            )
            for m in desk.inbox(session, by=by, lang=page.lang)
        ]

    return render(page, "inbox.html", messages=page.read(reading))


def _link(message: desk.Message) -> Sentence:
    if message.place.startswith("/meja-audit"):
        return _("Buka pertanyaannya")
    return _("Buka kasusnya") if message.done else LINKS.get(message.kind, _("Buka kasusnya"))


@router.post("/kotak-masuk/{message_id}")
def mark_read(page: Acting, message_id: str) -> Response:
    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        desk.mark_read(session, message_id, by=by, at=at)
        return {"to": "/kotak-masuk", "flash": "read"}

    return act(page, run)


@router.post("/kotak-masuk")
def mark_all_read(page: Acting) -> Response:
    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        for message in desk.inbox(session, by=by, lang=page.lang, unread=True):
            desk.mark_read(session, message.id, by=by, at=at)
        return {"to": "/kotak-masuk", "flash": "read"}

    return act(page, run)
