"""`caseflow jobs schedule` and `schedule-set`: when recurring jobs fire, and changing it."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from caseflow.actions import schedules
from caseflow.actions.schedules import ChangeSchedule
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering
from caseflow.cli.options import Admin, Json
from caseflow.cli.speech import as_json, say, show, table
from caseflow.errors import _

SET_HELP = _(
    """Ubah kapan tugas berkala jalan; yang tidak disebut tetap. Berlaku dalam setengah menit, tercatat di log audit.

Contoh: caseflow jobs schedule-set log.checkpoint --cron "5 0 * * *" --zone Asia/Makassar --missed latest"""
)
Kind = Annotated[str, typer.Argument(metavar="KIND", help=_("Jenis tugas dari caseflow jobs schedule."))]
Cron = Annotated[
    str | None, typer.Option("--cron", metavar="CRON", help=_("Menit jam tanggal bulan hari, seperti cron."))
]
Zone = Annotated[str | None, typer.Option("--zone", metavar="ZONE", help=_("Zona waktu, misalnya Asia/Makassar."))]
Missed = Annotated[
    str | None,
    typer.Option(
        "--missed",
        metavar="POLICY",
        help=_("Yang terlewat: all dikerjakan semua (paling banyak 1.000), latest hanya yang terakhir, skip tidak."),
    ),
]
MISSED = {"all": _("dikerjakan semua"), "latest": _("yang terakhir saja"), "skip": _("tidak dikerjakan")}
Enabled = Annotated[bool | None, typer.Option("--on/--off", help=_("Hidupkan; --off mematikan."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "schedule", _("Tugas berkala: kapan jalan, kapan terakhir dan berikutnya."))(schedule)
    verb(app, "schedule-set", SET_HELP)(schedule_set)


def schedule(json_wanted: Json = False) -> None:
    found = administering(None, lambda s, v, at: schedules.listing(s, by=v, at=at))
    if json_wanted:
        as_json(found)
        return
    names = (_("Jenis"), _("Cron"), _("Zona"), _("Yang terlewat"), _("Keadaan"), _("Terakhir"), _("Berikutnya"))
    table([say(name) for name in names], [_line(one) for one in found])


def _line(one: dict[str, Any]) -> tuple[object, ...]:
    """Return what the table shows, times by the clock the schedule goes by."""
    zone = ZoneInfo(one["zone"])
    moments = [moment and moment.astimezone(zone) for moment in (one["last_fired"], one["next"])]
    state = _("hidup") if one["enabled"] else _("dimatikan")
    return (one["kind"], one["cron"], zone, say(MISSED[one["missed"]]), say(state), *moments)


def schedule_set(
    kind: Kind,
    cron: Cron = None,
    zone: Zone = None,
    missed: Missed = None,
    enabled: Enabled = None,
    by: Admin = None,
) -> None:
    wanted = ChangeSchedule(kind, cron, zone, missed, enabled)
    administering(by, lambda s, v, at: schedules.change(s, wanted, by=v, at=at))
    show(_("Tugas berkala {kind} diubah."), kind=kind)
