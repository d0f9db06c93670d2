"""How I am reached, and whom the reminders of a case reached."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import desk, reaching
from caseflow.actions.reaching import ChangeReach, Reached, clock_of
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Word
from caseflow.api.models import Answer
from caseflow.api.problems import refusals
from caseflow.store.reach import TELLS
from caseflow.store.session import Session

router: APIRouter = door.routes("Kantor")
ADDRESS = Annotated[str, Field(max_length=reaching.LONGEST)]
TIME = Annotated[str, Field(max_length=10, examples=["20.00"])]


class Reach(Answer):
    """How somebody is reached outside the log-in; times of day are those of the person's office."""

    email: str = Field(description="Alamat yang Anda berikan; kosong: alamat akun.")
    account_email: str
    whatsapp: str
    email_on: bool
    whatsapp_on: bool
    quiet_from: str = Field(examples=["20.00"])
    quiet_to: str = Field(examples=["06.00"])
    tells: str = Field(examples=list(TELLS))
    offered: list[str] = Field(description="Jalan yang ada pada instalasi ini.")


class ReachWanted(Body):
    """What changes; what is left out stays. An empty address is taken back."""

    email: ADDRESS | None = None
    whatsapp: ADDRESS | None = None
    email_on: bool | None = None
    whatsapp_on: bool | None = None
    quiet_from: TIME | None = None
    quiet_to: TIME | None = None
    tells: Word | None = Field(None, json_schema_extra={"enum": [*TELLS, None]})


def _shown(found: Reached) -> Reach:
    ways = found.ways
    return Reach(
        email=ways.email,
        account_email=found.account_email,
        whatsapp=ways.whatsapp,
        email_on=ways.email_on,
        whatsapp_on=ways.whatsapp_on,
        quiet_from=clock_of(ways.quiet_from),
        quiet_to=clock_of(ways.quiet_to),
        tells=ways.tells,
        offered=list(found.offered),
    )


@router.get("/me/reach", responses=refusals(401, 403, 429, 503), summary="Pemberitahuan saya")
def show(caller: Reader) -> Reach:
    """Lewat apa, kapan, dan apa yang dikirim kepada Anda di luar kotak masuk."""
    return _shown(door.read(caller, lambda session, by, _at: reaching.show(session, by=by)))


@door.writes(router.put, "/me/reach", "Atur pemberitahuan saya", model=Reach)
def change(caller: Writer, body: ReachWanted) -> Response:
    """Ubah lewat apa, kapan, dan apa yang dikirim kepada Anda; hanya pemilik akunnya yang dapat."""
    command = ChangeReach(**body.given())

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, Reach]:
        return 200, _shown(reaching.change(session, command, by=by, at=at))

    return door.write(caller, run)


# --- reminders of a case ----------------------------------------------------------------------------------------------


class Sent(Answer):
    """How a message went by one way."""

    channel: str = Field(examples=["email"])
    state: str = Field(description="waiting, sending, sent, failed, atau dropped", examples=["sent"])
    attempts: int
    maybe_twice: bool = Field(description="Mungkin terkirim dua kali: tidak ada yang dapat memastikannya.")
    sent_at: datetime | None


class ReminderShown(Answer):
    """Whom a reminder reached, and when."""

    title: str
    to: str
    told_at: datetime
    read_at: datetime | None
    done: bool
    deliveries: list[Sent]


class Reminders(Answer):
    """Reminders of a case, newest first."""

    items: list[ReminderShown]


@router.get("/cases/{case}/reminders", responses=refusals(401, 404, 429, 503), summary="Pengingat satu kasus")
def list_reminders(caller: Reader, case: str) -> Reminders:
    """Siapa yang diingatkan tentang kasus ini, lewat apa, dan kapan sampai."""
    lang = caller.lang
    found = door.read(caller, lambda s, by, at: desk.reminders(s, case, by=by, at=at, lang=lang), case=case)
    return Reminders(items=[ReminderShown.model_validate(one) for one in found])
