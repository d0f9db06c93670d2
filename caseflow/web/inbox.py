"""Messages to the reader: what each is about, and marking it as read."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import desk
from caseflow.store.session import Session
from caseflow.web.page import Acting, Reading, act, render
from caseflow.web.route import new_router

router = new_router()


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its reader sees it."""

    id: str
    title: str
    text: str
    when: str
    to: str
    read: bool


@router.get("/kotak-masuk")
def listing(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, _at: datetime) -> list[Message]:
        teller = page.teller(session)
        return [
            Message(
                id=m.id,
                title=m.title,
                text=m.text,
                when=teller.moment(m.created_at),
                to=m.place,
                read=m.read_at is not None,
            )
            for m in desk.inbox(session, by=by, lang=page.lang)
        ]

    return render(page, "inbox.html", messages=page.read(reading))


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
