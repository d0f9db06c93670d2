"""`caseflow case handover`: the open work of a worker who leaves, and giving it to others."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Annotated, Any

import typer

from caseflow import edge as edges
from caseflow.access import Viewer
from caseflow.actions import handover, many
from caseflow.actions.handover import AWAITED, HandOver, Leaving
from caseflow.cli import forms
from caseflow.cli.frame import verb
from caseflow.cli.opening import opened, reading, viewer, zone_of
from caseflow.cli.options import By, Json, Note
from caseflow.cli.refusals import REFUSED, lines
from caseflow.cli.speech import as_json, complain, label, language, say, show, table
from caseflow.edge import Numbered, RowDone
from caseflow.errors import InvalidInput, _
from caseflow.i18n import translate
from caseflow.states.lifecycle import STATES
from caseflow.store.session import Session

HELP = _(
    """Serahkan pekerjaan seorang pendamping kepada yang lain; tanpa --to dan --cases ditampilkan saja, dengan saran.

  caseflow case handover --from rina --by sari
  caseflow case handover --from rina --to budi --note "Rina pindah ke Kotabaru." --by sari
  caseflow case handover --from rina --cases SERAH.txt --by sari

SERAH.txt: satu nomor kasus tiap baris, dan bila perlu nama penerimanya sendiri: 6310-2026-000123 dewi. Kasus yang
ditolak tidak menghentikan yang lain. Bila terputus, jalankan lagi: yang sudah diserahkan tidak diulang."""
)


EVERY = 100_000
"""More cases than one person has."""


def attach(app: typer.Typer) -> None:
    """Add the verb of this module."""
    verb(app, "handover", HELP)(hand_over)


def hand_over(
    *,
    leaver: Annotated[str, typer.Option("--from", metavar="USER", help=_("Yang menyerahkan."))],
    to: Annotated[str | None, typer.Option("--to", metavar="USER", help=_("Yang menerima."))] = None,
    cases: Annotated[
        str | None, typer.Option("--cases", metavar="FILE", help=_("Nomor kasus, satu tiap baris; - masukan baku."))
    ] = None,
    note: Note = None,
    by: By,
    json_wanted: Json = False,
) -> None:
    if to is None and cases is None:
        _show(leaver, by, json_wanted=json_wanted)
        return
    content = forms.read_text(cases, "--cases") if cases else ""
    with opened() as at:
        acting = viewer(at, by)

        def asked(session: Session, by: Viewer, moment: datetime) -> list[Numbered[HandOver]]:
            found = handover.leaving(session, leaver, by=by, at=moment, most=EVERY)
            wanted = _listed(content) if cases else [(one.line.number, None) for one in found.cases]
            return [
                Numbered(n, _command(session, found.worker.id, number, own or to, note), number)
                for n, (number, own) in enumerate(wanted, 1)
            ]

        rows = edges.read(at, acting, asked)
        with at.database.read() as session:
            day = at.today(session).date()
        run, told = _digest([row.command for row in rows]), _digest([leaver, to, content, day])

        def act(session: Session, commands: Sequence[HandOver], by: Viewer, moment: datetime) -> list[Any]:
            return [many.told(o) for o in handover.hand_over(session, commands, run=told, by=by, at=moment)]

        done = list(edges.write_many(at, acting, rows, act, key=f"handover:{run}"))
    _report(rows, done, json_wanted=json_wanted)


def _digest(said: list[Any]) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _listed(content: str) -> list[tuple[str, str | None]]:
    """Return number and receiver of each line that says something."""
    words = [line.split() for line in content.splitlines() if line.strip()]
    return [(each[0], each[1] if len(each) > 1 else None) for each in words]


def _command(session: Session, leaver: str, number: str, to: str | None, note: str | None) -> HandOver:
    if to is None:
        raise InvalidInput({"to": _("Sebutkan penerima kasus {number}.", number=number)})
    return HandOver(case=number, worker=leaver, to=forms.user_id(session, "to", to), note=note or "")


def _report(rows: Sequence[Numbered[HandOver]], done: Sequence[RowDone], *, json_wanted: bool) -> None:
    refused = [(row.case or "-", each.problem) for row, each in zip(rows, done, strict=True) if each.problem]
    if json_wanted:
        as_json({"done": len(done) - len(refused), "refused": [{"case": n, "code": p.code} for n, p in refused]})
    else:
        for number, problem in refused:
            complain(f"{number}: {' '.join(line.strip() for line in lines(problem, {}))}")
        show(_("{n} kasus diserahkan, {refused} ditolak."), n=len(done) - len(refused), refused=len(refused))
    if refused:
        raise typer.Exit(REFUSED)


def _show(leaver: str, by: str, *, json_wanted: bool) -> None:
    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[Leaving, tzinfo]:
        return handover.leaving(session, leaver, by=viewer, at=at), zone_of(session)

    found, zone = reading(by, look)
    names = {user: one.username for user, one in found.colleagues.items()}
    rows = [
        {
            "number": one.line.number,
            "name": one.line.name,
            "area": one.line.area,
            "state": one.line.state,
            "due_at": one.due.due_at if one.due else None,
            "late": one.late,
            "waits": dict(one.waits),
            "suggested": names.get(one.suggested or ""),
        }
        for one in found.cases
    ]
    if json_wanted:
        as_json({"worker": found.worker.username, "open": found.worker.load.open, "cases": rows, "more": found.more})
        return
    show(_("{n} kasus terbuka, {late} di antaranya terlambat."), n=found.worker.load.open, late=found.worker.load.late)
    titles = (_("Nomor"), _("Klien"), _("Wilayah"), _("Tahap"), _("Tenggat"), _("Ditunggu"), _("Saran"))
    table(
        [say(title) for title in titles],
        [
            (
                row["number"], row["name"], row["area"], label(STATES[str(row["state"])]), row["due_at"],
                "; ".join(translate(AWAITED[kind], language(), n=n) for kind, n in one.waits.items()), row["suggested"],
            )
            for row, one in zip(rows, found.cases, strict=True)
        ],
        zone=zone,
    )  # fmt: skip
    if found.more:
        show(_("{n} kasus lagi tampil sesudah yang ini diserahkan."), n=found.more)
    for post in found.posts:
        show(_("Jabatan yang memaraf surat: {post}"), post=f"{post.prefix} {post.post}".strip())
    if found.questions:
        show(_("Pertanyaan meja audit yang belum dijawab: {n}"), n=len(found.questions))
