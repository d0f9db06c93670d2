"""`caseflow jobs` and `caseflow remind`: the queue, and telling what has come due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from caseflow import settings
from caseflow.actions import obligations, question_reminders, queue, transfer_reminders, transfers
from caseflow.cli import forms, schedules
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering, opened, reading, zone_of
from caseflow.cli.options import Admin, Json, Limit
from caseflow.cli.speech import as_json, say, show, table
from caseflow.cli.words import word
from caseflow.edge import Edge, real_now
from caseflow.errors import Refused, Sentence, _
from caseflow.store import obligations as rows
from caseflow.store.session import Session

REMIND_HELP = _(
    """Sampaikan pengingat yang waktunya tiba; yang sudah disampaikan tidak diulang.

Pekerja melakukannya sendiri setiap lima menit. --dry-run menunjukkan apa yang akan disampaikan, tanpa menulis."""
)
RUN_HELP = _(
    """Kerjakan sekarang semua tugas yang waktunya tiba (membuat PDF, mengirim pesan), lalu selesai.

Untuk instalasi kecil yang tidak menjalankan caseflow serve; pada instalasi besar pekerja melakukannya."""
)
CHUNK = 500
ALL = 100_000
State = Annotated[
    list[str] | None,
    typer.Option("--state", metavar="STATE", help=_("ready, leased, running, done, dead; boleh berulang.")),
]


def attach(app: typer.Typer, menu: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "list", _("Daftar tugas sistem yang belum selesai, terbaru dahulu."))(list_)
    verb(app, "retry", _("Jalankan lagi tugas yang mati atau gagal."))(retry)
    verb(app, "stats", _("Jumlah tugas menurut keadaan dan antrean."))(stats)
    verb(app, "run", RUN_HELP)(run)
    schedules.attach(app)
    verb(menu, "remind", REMIND_HELP)(remind)


def list_(state: State = None, limit: Limit = 100, json_wanted: Json = False) -> None:
    wanted = [forms.known(s, queue.STATES, "--state") for s in state or ()]
    found, zone = administering(None, lambda s, v, _at: (queue.listing(s, wanted, limit, by=v), zone_of(s)))
    if json_wanted:
        as_json(found)
        return
    names = (_("id"), _("Jenis"), _("Antrean"), _("Keadaan"), _("Jalan"), _("Percobaan"), _("Sebab gagal"))
    shown = [
        (j["id"], j["kind"], j["queue"], word(j["state"]), j["run_at"], j["attempts"], j["failure"]) for j in found
    ]
    table([say(name) for name in names], shown, zone=zone)


def retry(
    job: Annotated[
        str | None, typer.Argument(metavar="ID", help=_("Id tugas dari caseflow jobs list; atau --kind."))
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help=_("Semua tugas mati dari jenis ini."))
    ] = None,
    by: Admin = None,
) -> None:
    if job is not None and kind is None:
        administering(by, lambda s, v, at: queue.retry(s, job, by=v, at=at))
        show(_("Tugas {id} dijalankan lagi."), id=job)
    elif kind is not None and job is None:
        n = administering(by, lambda s, v, at: queue.retry_dead(s, kind, by=v, at=at))
        if not n:
            raise Refused(reason=_none_dead(kind))
        show(_("{n} tugas {kind} dijalankan lagi."), n=n, kind=kind)
    else:
        raise typer.BadParameter(say(_("sebut satu id tugas, atau --kind")), param_hint="ID")


def _none_dead(kind: str) -> Sentence:
    """Say that no job of a kind is dead, or that there is no such kind."""
    from workers.handlers import HANDLERS  # noqa: PLC0415 - what workers do is for this answer only

    if kind in HANDLERS:
        return _("Tidak ada tugas mati jenis {kind}.", kind=kind)
    return _("Jenis tugas {kind} tidak dikenal; yang ada: {kinds}", kind=kind, kinds=", ".join(HANDLERS))


def stats(json_wanted: Json = False) -> None:
    found = reading(None, lambda s, _v, at: queue.stats(s, at=at, now_real=real_now()))
    if json_wanted:
        counts = [{"state": state, "queue": name, "jobs": n} for (state, name), n in sorted(found.counts.items())]
        as_json({
            "counts": counts, "oldest_due": found.oldest_due,
            "expired_leases": found.expired_leases, "failing": found.failing,
        })  # fmt: skip
        return
    names = (_("Keadaan"), _("Antrean"), _("Jumlah"))
    table([say(name) for name in names], [(word(s), q, n) for (s, q), n in sorted(found.counts.items())])
    if found.oldest_due is not None:
        show(_("Yang tertua seharusnya jalan {at}."), at=found.oldest_due.isoformat(timespec="minutes"))
    if found.failing or found.expired_leases:
        show(
            _("{failing} menunggu setelah gagal, {expired} ditinggal pekerjanya."),
            failing=found.failing,
            expired=found.expired_leases,
        )


def run(json_wanted: Json = False) -> None:
    from workers import embedded, process  # noqa: PLC0415 - dramatiq is for this command only

    runtime = process.open_runtime(settings.load())
    try:
        ran = embedded.Embedded(runtime).drain()
    finally:
        runtime.database.close()
    if json_wanted:
        as_json({"ran": ran})
    else:
        show(_("{n} tugas dikerjakan."), n=ran)


# --- reminders -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """One obligation whose rung has come: how many people hear of it."""

    case: str
    kind: str
    due_at: datetime
    rung: int
    people: int


class _NotKeptError(Exception):
    """A dry run ends its transaction with this."""


def remind(
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="DATETIME", help=_("Seolah-olah pada waktu ini, misalnya 2026-11-16T07:30.")),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Tunjukkan saja."))] = False,
    json_wanted: Json = False,
) -> None:
    with opened() as edge:
        moment = _moment(edge, at)
        found = _dry(edge, moment) if dry_run else _swept(edge, moment)
    if json_wanted:
        as_json({"at": moment, "dry_run": dry_run, "reminders": found})
        return
    names = (_("Kasus"), _("Kewajiban"), _("Tenggat"), _("Anak tangga"), _("Orang"))
    if found:
        table(
            [say(name) for name in names],
            [(t.case, word(t.kind), t.due_at, t.rung, t.people) for t in found],
            zone=moment.tzinfo,
        )
    sentence = _("{n} pengingat akan disampaikan.") if dry_run else _("{n} pengingat disampaikan.")
    show(sentence, n=len(found))


def _moment(edge: Edge, typed: str | None) -> datetime:
    """Return the moment meant: as typed, in the zone of the first office where none is typed."""
    with edge.database.read() as session:
        now = edge.today(session)
    if typed is None:
        return now
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        sentence = say(_("tulis waktu seperti 2026-11-16T07:30"))
        raise typer.BadParameter(sentence, param_hint="--at") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _swept(edge: Edge, moment: datetime) -> list[Told]:
    told: list[Told] = []
    while True:
        with edge.database.write() as session:
            looked_at, new = _round(session, moment, CHUNK)
        told += new
        if looked_at < CHUNK:
            break
    with edge.database.write() as session:
        return told + _asked(session, moment) + _offered(session, moment)


def _dry(edge: Edge, moment: datetime) -> list[Told]:
    told: list[Told] = []
    try:
        with edge.database.write() as session:
            told = _round(session, moment, ALL)[1] + _asked(session, moment) + _offered(session, moment)
            raise _NotKeptError  # noqa: TRY301 - what rolls the transaction back
    except _NotKeptError:
        return told


def _round(session: Session, moment: datetime, limit: int) -> tuple[int, list[Told]]:
    due = rows.due(session, at=moment, limit=limit)
    looked_at = obligations.sweep(session, at=moment, limit=limit)
    return looked_at, [t for row in due for t in _climbed(session, row, moment)]


def _asked(session: Session, moment: datetime) -> list[Told]:
    """Tell what the unanswered questions of the audit desk have come to."""
    found = question_reminders.remind(session, at=moment)
    return [Told(each.number, question_reminders.KIND, each.due_at, each.rung, each.told) for each in found]


def _offered(session: Session, moment: datetime) -> list[Told]:
    """Tell what the offers of cases to another area have come to."""
    found = transfer_reminders.remind(session, at=moment)
    return [Told(each.number, transfers.KIND, each.due_at, each.rung, each.told) for each in found]


def _climbed(session: Session, row: Any, moment: datetime) -> Sequence[Told]:  # noqa: ANN401 - a row of the database
    events = [e for e in rows.events(session, row.id) if e.what == "climbed" and e.happened_at == moment and e.told]
    return [Told(row.number, row.kind, row.due_at, e.rung, e.told) for e in events]
