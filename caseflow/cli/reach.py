"""`caseflow reach`: how somebody is reached outside the log-in, and whom the reminders of a case reached."""

from datetime import datetime, tzinfo
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import desk, reaching
from caseflow.actions.desk import Reminder
from caseflow.actions.reaching import CHOICES, ChangeReach, Reached
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing, zone_of
from caseflow.cli.options import By, Json, Number, Reader
from caseflow.cli.speech import as_json, cell, language, say, show, table
from caseflow.errors import _
from caseflow.store.reach import TELLS
from caseflow.store.session import Session

SET_HELP = _(
    """Atur bagaimana Anda dicapai; yang tidak disebut tetap.

  caseflow reach set --whatsapp "0812 3456 7890" --quiet 21.00-05.30 --tells digest --by rina

--tells all: setiap pesan dan ringkasan; digest: ringkasan saja, yang darurat tetap langsung; each: tanpa ringkasan.
--quiet jam tenang menurut kantor; dua jam yang sama: tanpa jam tenang. --email "" mengambil kembali alamatnya."""
)

WAYS = {"email": _("Surel"), "whatsapp": "WhatsApp", "record": _("Berkas pesan keluar")}
SENT = {"sent": _("sampai"), "failed": _("gagal"), "dropped": _("tidak dikirim"), "waiting": _("menunggu")}


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "show", _("Bagaimana Anda dicapai: jalan, jam tenang, pesan atau ringkasan."))(show_)
    verb(app, "set", SET_HELP)(set_)
    verb(app, "reminders", _("Siapa yang dicapai pengingat sebuah kasus, lewat apa dan kapan."))(reminders)


def show_(by: By, json_wanted: Json = False) -> None:
    _shown(reading(by, lambda session, viewer, _at: reaching.show(session, by=viewer)), json_wanted=json_wanted)


def set_(
    email: Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help=_("Alamat surel lain."))] = None,
    whatsapp: Annotated[str | None, typer.Option("--whatsapp", metavar="NUMBER", help=_("Nomor WhatsApp."))] = None,
    by_email: Annotated[bool | None, typer.Option("--by-email/--not-by-email", help=_("Kirim lewat surel."))] = None,
    by_whatsapp: Annotated[
        bool | None, typer.Option("--by-whatsapp/--not-by-whatsapp", help=_("Kirim lewat WhatsApp."))
    ] = None,
    quiet: Annotated[
        str | None, typer.Option("--quiet", metavar="HH.MM-HH.MM", help=_("Jam tenang, dari sampai."))
    ] = None,
    tells: Annotated[str | None, typer.Option("--tells", metavar="|".join(TELLS), help=_("Apa yang dikirim."))] = None,
    *,
    by: By,
    json_wanted: Json = False,
) -> None:
    begins, dash, ends = (quiet or "").partition("-")
    command = ChangeReach(
        email=email,
        whatsapp=whatsapp,
        email_on=by_email,
        whatsapp_on=by_whatsapp,
        quiet_from=begins if quiet is not None else None,
        quiet_to=ends if dash or quiet is not None else None,
        tells=tells,
    )

    def act(session: Session, viewer: Viewer, at: datetime) -> Reached:
        return reaching.change(session, command, by=viewer, at=at)

    _shown(writing(by, act), json_wanted=json_wanted)


def _shown(found: Reached, *, json_wanted: bool) -> None:
    ways = found.ways
    quiet = f"{reaching.clock_of(ways.quiet_from)}-{reaching.clock_of(ways.quiet_to)}"
    if json_wanted:
        as_json({
            "email": ways.email, "account_email": found.account_email, "whatsapp": ways.whatsapp,
            "email_on": ways.email_on, "whatsapp_on": ways.whatsapp_on, "quiet": quiet, "tells": ways.tells,
            "offered": found.offered,
        })  # fmt: skip
        return
    off = say(_("tidak"))
    show(_("Surel: {to}"), to=(ways.email or found.account_email or "-") if ways.email_on else off)
    show(_("WhatsApp: {to}"), to=(ways.whatsapp or "-") if ways.whatsapp_on else off)
    show(_("Jam tenang: {quiet}"), quiet=quiet)
    show(_("Dikirim: {what}"), what=say(CHOICES[ways.tells]))


def reminders(number: Number, by: Reader = None, json_wanted: Json = False) -> None:
    lang = language()
    found, zone = writing(
        by, lambda s, v, at: (desk.reminders(s, number, by=v, at=at, lang=lang), zone_of(s)), case=number
    )
    if json_wanted:
        as_json([_data(one) for one in found])
        return
    names = (_("Pengingat"), _("Untuk"), _("Kotak masuk"), _("Dibaca"), _("Lewat"))
    shown = [
        (one.title, one.to, one.told_at, one.read_at, "; ".join(_sent(d, zone) for d in one.deliveries))
        for one in found
    ]
    table([say(name) for name in names], shown, zone=zone)


def _sent(sent: desk.Delivery, zone: tzinfo) -> str:
    when = cell(sent.sent_at, zone) if sent.sent_at else ""
    twice = say(_("mungkin dua kali")) if sent.maybe_twice else ""
    return " ".join(
        part
        for part in (
            say(WAYS.get(sent.channel, sent.channel)),
            say(SENT.get(sent.state, _("sedang dikirim"))),
            when,
            twice,
        )
        if part
    )


def _data(one: Reminder) -> dict[str, Any]:
    sent = [
        {"channel": d.channel, "state": d.state, "attempts": d.attempts, "sent_at": d.sent_at, "maybe": d.maybe_twice}
        for d in one.deliveries
    ]
    return {
        "title": one.title, "to": one.to, "told_at": one.told_at, "read_at": one.read_at, "done": one.done,
        "deliveries": sent,
    }  # fmt: skip
