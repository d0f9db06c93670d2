"""`caseflow audit picks|ask|questions|answer|close|limits`: the audit desk at the command line."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import audit_desk, audit_limits, audit_questions
from caseflow.actions.audit_desk import Desk, Wanted
from caseflow.actions.audit_questions import FINDINGS, AnswerQuestion, AskAbout, CloseQuestion, Question, label_of
from caseflow.cli import forms
from caseflow.cli.export import From, Until
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering, reading, writing, zone_of
from caseflow.cli.options import Admin, By, Json, Limit, Reader
from caseflow.cli.speech import as_json, complain, label, pairs, plain, say, show, table
from caseflow.errors import _
from caseflow.states.risks import RANGES, REASONS, Limits
from caseflow.store.session import Session

PICKS_HELP = _(
    """Langkah yang patut ditanyakan: diketik 30 hari terakhir, yang alasannya terbanyak dahulu.

  --reason  backdated, quick, pair, bulk, night, debt; boleh berulang

Batas setiap alasan milik kantor: caseflow audit limits CODE."""
)
ASK_HELP = _(
    """Tanyakan sebuah langkah kepada yang meminta, mengetik, atau menyetujuinya.

  caseflow audit ask 6310-2026-000123/5 --of rina --text "Mengapa baru diketik sembilan hari kemudian?" --by wahidah

Pertanyaan dan jawabannya tercatat dan tidak dapat dihapus."""
)
CLOSE_HELP = _(
    """Tutup pertanyaan dengan temuan: in_order, correction, misconduct. Selain in_order wajib beralasan.

Yang meminta atau menyetujui langkahnya tidak dapat menutup: naik satu tingkat."""
)
LIMITS_HELP = _(
    """Batas kantor untuk memilih langkah; dengan --set diubah oleh admin.

  caseflow audit limits 63.10 --set backdated_days=5 --set night_from=20

Perubahannya tercatat."""
)
Entry = Annotated[str, typer.Argument(metavar="NUMBER/SEQ", help=_("Nomor kasus dan nomor entrinya."))]
Id = Annotated[str, typer.Argument(metavar="ID", help=_("Id pertanyaan, dari caseflow audit questions."))]
Words = Annotated[str, typer.Option("--text", metavar="TEXT", help=_("Yang ditulis."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "picks", PICKS_HELP)(picks)
    verb(app, "ask", ASK_HELP)(ask)
    verb(app, "questions", _("Pertanyaan yang belum ditutup, yang batasnya terdekat dahulu."))(questions)
    verb(app, "answer", _("Jawab pertanyaan yang ditujukan kepada Anda, satu kali."))(answer)
    verb(app, "close", CLOSE_HELP)(close)
    verb(app, "limits", LIMITS_HELP)(limits)


def picks(
    *,
    worker: Annotated[str | None, typer.Option("--worker", metavar="USER", help=_("Hanya langkah orang ini."))] = None,
    area: Annotated[
        str | None, typer.Option("--area", metavar="CODE", help=_("Kode wilayah, utuh atau awalnya."))
    ] = None,
    category: Annotated[str, typer.Option("--category", metavar="CODE", help=_("Hanya kategori ini."))] = "",
    step: Annotated[str, typer.Option("--step", metavar="STEP", help=_("Hanya langkah ini."))] = "",
    reason: Annotated[
        list[str] | None, typer.Option("--reason", metavar="REASON", help=_("Hanya alasan ini; boleh berulang."))
    ] = None,
    every: Annotated[bool, typer.Option("--all", help=_("Juga yang tanpa alasan."))] = False,
    start: From = None,
    end: Until = None,
    limit: Limit = 50,
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    reasons = tuple(forms.known(name, REASONS, "--reason") for name in reason or ())

    def act(session: Session, viewer: Viewer, at: datetime) -> tuple[Desk, Any]:
        wanted = Wanted(
            start=start,
            end=end,
            worker=forms.user_id(session, "worker", worker) if worker else "",
            area=area or "",
            category=category,
            step=step,
            reasons=reasons,
            every=every,
        )
        return audit_desk.desk(session, wanted, by=viewer, at=at, limit=limit), zone_of(session)

    found, zone = reading(by, act)
    if json_wanted:
        as_json(_desk(found))
        return
    rows = [
        (
            f"{p.number}/{p.seq}",
            label(label_of(p.step)),
            found.people.get(p.requested_by),
            found.people.get(p.by),
            p.happened,
            p.typed,
            " ".join(say(sentence) for sentence in p.reasons.values()),
        )
        for p in found.picks
    ]
    names = (
        _("Entri"),
        _("Langkah"),
        _("Diminta"),
        _("Diketik oleh"),
        _("Kejadian"),
        _("Diketik"),
        _("Alasan dipilih"),
    )
    table([say(name) for name in names], rows, zone=zone)
    complain(say(_("{n} langkah dari {all}."), n=found.found, all=found.looked_at))
    if found.since:
        complain(say(_("Periode terlalu panjang: yang diperiksa diketik sejak {when}."), when=found.since.isoformat()))


def _desk(found: Desk) -> dict[str, Any]:
    items = [
        {
            **{f.name: plain(getattr(p, f.name)) for f in fields(p) if f.name not in {"questions", "reasons"}},
            "reasons": {name: say(sentence) for name, sentence in p.reasons.items()},
            "questions": [row.id for row in p.questions],
        }
        for p in found.picks
    ]
    told = ("start", "end", "found", "looked_at", "since", "counts")
    return {**{name: plain(getattr(found, name)) for name in told}, "items": items}


def ask(
    entry: Entry,
    *,
    of: Annotated[str, typer.Option("--of", metavar="USER", help=_("Yang ditanya."))],
    text: Words,
    by: By,
    json_wanted: Json = False,
) -> None:
    number, _slash, seq = entry.rpartition("/")
    if not number or not seq.isdecimal():
        raise typer.BadParameter(say(_("tulis nomor kasus dan nomor entri, misalnya 6310-2026-000123/5")))

    def act(session: Session, viewer: Viewer, at: datetime) -> Question:
        command = AskAbout(case=number, seq=int(seq), of=forms.user_id(session, "of", of), text=text)
        made = audit_questions.ask(session, command, by=viewer, at=at).created_id or ""
        return audit_questions.one(session, made, by=viewer, at=at)

    _report(writing(by, act, case=number), json_wanted=json_wanted)


def questions(*, by: Reader = None, json_wanted: Json = False) -> None:
    found, zone = reading(by, lambda s, v, at: (audit_questions.waiting(s, by=v, at=at), zone_of(s)))
    if json_wanted:
        as_json([_data(one) for one in found])
        return
    rows = [
        (one.row.id, f"{one.number}/{one.row.seq}", label(label_of(one.row.step)), one.asker, one.asked, one.row.due_at)
        for one in found
    ]
    names = (_("Id"), _("Entri"), _("Langkah"), _("Penanya"), _("Yang ditanya"), _("Jawab s.d."))
    table([say(name) for name in names], rows, zone=zone)


def answer(question: Id, *, text: Words, by: By, json_wanted: Json = False) -> None:
    def act(session: Session, viewer: Viewer, at: datetime) -> Question:
        audit_questions.answer(session, AnswerQuestion(question=question, text=text), by=viewer, at=at)
        return audit_questions.one(session, question, by=viewer, at=at)

    _report(writing(by, act, case=question), json_wanted=json_wanted)


def close(
    question: Id,
    *,
    finding: Annotated[str, typer.Option("--finding", metavar="FINDING", help=_("Temuannya."))],
    text: Words = "",
    by: By,
    json_wanted: Json = False,
) -> None:
    command = CloseQuestion(question=question, finding=forms.known(finding, FINDINGS, "--finding"), text=text)

    def act(session: Session, viewer: Viewer, at: datetime) -> Question:
        audit_questions.close(session, command, by=viewer, at=at)
        return audit_questions.one(session, question, by=viewer, at=at)

    _report(writing(by, act, case=question), json_wanted=json_wanted)


def _report(one: Question, *, json_wanted: bool) -> None:
    if json_wanted:
        as_json(_data(one))
        return
    finding = FINDINGS.get(one.row.finding or "")
    pairs(
        [
            (say(_("Id")), one.row.id),
            (say(_("Langkah")), f"{label(label_of(one.row.step))}, {one.number}/{one.row.seq}"),
            (say(_("Penanya")), one.asker),
            (say(_("Yang ditanya")), one.asked),
            (say(_("Pertanyaan")), one.words.get("question")),
            (say(_("Jawab s.d.")), one.row.due_at.date()),
            (say(_("Jawaban")), one.words.get("answer")),
            (say(_("Temuan")), label(finding) if finding else None),
            (say(_("Alasan")), one.words.get("note")),
            (say(_("Ditutup oleh")), one.closer),
        ]
    )


def _data(one: Question) -> dict[str, Any]:
    columns = {key: plain(value) for key, value in one.row._asdict().items() if key != "sealed"}
    people = {"asker": one.asker, "asked": one.asked, "closer": one.closer}
    return {**columns, "number": one.number, **people, **one.words, "may_close": one.may_close}


def limits(
    code: Annotated[str, typer.Argument(metavar="CODE", help=_("Kode kabupaten/kota, misalnya 63.10."))],
    *,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=N", help=_("Batas yang diubah; boleh berulang."))
    ] = None,
    by: Admin = None,
    json_wanted: Json = False,
) -> None:
    wanted = {name: _number(name, value) for name, value in forms.pairs(changes, "--set").items()}
    found: Limits
    if wanted:
        found = administering(by, lambda s, v, at: audit_limits.set_limits(s, code, wanted, by=v, at=at))
    else:
        found = reading(None, lambda s, _v, _at: audit_limits.show(s, code))
    if json_wanted:
        as_json(asdict(found))
        return
    if wanted:
        show(_("Batas kantor diubah."))
    pairs(asdict(found).items())


def _number(name: str, typed: str) -> int:
    forms.known(name, RANGES, "--set")
    if not typed.strip().isdecimal():
        raise typer.BadParameter(say(_("harus bilangan bulat")), param_hint="--set")
    return int(typed)
