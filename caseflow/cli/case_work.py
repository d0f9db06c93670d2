"""`caseflow case`: filling in a stage, taking a step, deciding on it, assignment and hold."""

from datetime import date, datetime
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import cases, casework, records, reviews, steps
from caseflow.actions.casework import Done
from caseflow.actions.records import RecordStage
from caseflow.actions.reviews import DecideReview
from caseflow.actions.steps import AdvanceCase
from caseflow.cli import forms
from caseflow.cli.acting import report
from caseflow.cli.frame import verb
from caseflow.cli.opening import writing
from caseflow.cli.options import By, File, Json, Note, Number, Reason, Version, day, whole
from caseflow.cli.speech import as_json, label, say, show
from caseflow.errors import InvalidInput, NotFound, _
from caseflow.states.category import Category
from caseflow.states.lifecycle import OPEN, STATES, STEPS
from caseflow.store import reviews as review_rows
from caseflow.store.session import Session

RECORD_HELP = _(
    """Isi catatan satu tahap: data_collection, assessment, intervention_plan, intervention, evaluation, monitoring.

Isian yang tidak disebut tetap; null mengosongkan. Contoh DATA.json:

  {"reporter_kind": "village", "risk": "medium", "criterion_neglected": "yes", "desil": "2"}

Isian kategori dapat dilihat dengan: caseflow category list --json"""
)
ADVANCE_HELP = _(
    """Ambil satu langkah, atau minta persetujuannya bila perlu orang kedua.

  caseflow case advance 6310-2026-000001 submit_for_assessment --by rina
  caseflow case advance 6310-2026-000001 close_case --by rina --note "Kebutuhan terpenuhi" --detail outcome=goals_met

Langkah yang mungkin: caseflow case steps NUMBER --by USER"""
)
DECISIONS = {
    "approve": reviews.grant_review,
    "refuse": reviews.refuse_review,
    "withdraw": reviews.withdraw_review,
}


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "record", RECORD_HELP)(record)
    verb(app, "advance", ADVANCE_HELP)(advance)
    verb(app, "review", _("Putuskan permintaan persetujuan: approve, refuse, atau withdraw (peminta menarik)."))(review)
    verb(app, "assign", _("Tugaskan kasus kepada pendamping."))(assign)
    verb(app, "hold", _("Tunda kasus sampai suatu tanggal."))(hold)
    verb(app, "resume", _("Lanjutkan kasus yang ditunda."))(resume)


def record(
    number: Number,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help=_("Tahap yang diisi."))],
    *,
    by: By,
    file: File = None,
    answers: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=_("Satu isian; boleh berulang."))
    ] = None,
    record_version: Annotated[
        int | None,
        typer.Option(
            "--record-version", metavar="N", parser=whole, help=_("Versi catatan yang Anda lihat (0: belum ada).")
        ),
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help=_("Simpan sebagai konsep; belum masuk log."))] = False,
    json_wanted: Json = False,
) -> None:
    forms.known(stage, OPEN, "STAGE")
    from_file = forms.read_object(file) if file else {}
    typed = forms.pairs(answers, "--set")
    if not from_file and not typed:
        raise typer.BadParameter(say(_("sebutkan isian yang disimpan")), param_hint="--file / --set")

    def save(session: Session, viewer: Viewer, at: datetime) -> tuple[records.Recorded, str]:
        work = casework.look(session, number, by=viewer, at=at)
        given = {**from_file, **_typed(work.category, stage, typed)}
        command = RecordStage(case=number, stage=stage, answers=given, record_version=record_version, final=not draft)
        return records.record_stage(session, command, by=viewer, at=at), work.row.number

    saved, case_number = writing(by, save, case=number)
    if json_wanted:
        as_json({"number": case_number, "stage": stage, "record_version": saved.version, "version": saved.case_version,
                 "answers": saved.answers, "merged": saved.merged})  # fmt: skip
    else:
        show(
            _("{number}: catatan {stage} tersimpan, versi catatan {version}."),
            number=case_number, stage=label(STATES[stage]).lower(), version=saved.version,
        )  # fmt: skip


def _typed(category: Category, stage: str, typed: dict[str, str]) -> dict[str, Any]:
    kinds = {f.key: f.type for f in category.fields_of(stage)}
    return {key: forms.typed(value, kinds.get(key, "text")) for key, value in typed.items()}


def advance(
    number: Number,
    step: Annotated[str, typer.Argument(metavar="STEP", help=_("Nama langkah, misalnya submit_for_assessment."))],
    *,
    by: By,
    expected_version: Version = None,
    note: Note = None,
    event_date: Annotated[
        date | None, typer.Option("--event-date", metavar="DATE", parser=day, help=_("Tanggal kejadian."))
    ] = None,
    detail: Annotated[
        list[str] | None,
        typer.Option(
            "--detail", metavar="KEY=VALUE", help=_("Keterangan langkah, misalnya outcome=goals_met; boleh berulang.")
        ),
    ] = None,
    json_wanted: Json = False,
) -> None:
    command = AdvanceCase(
        case=number,
        step=step,
        expected_version=expected_version,
        note=note or "",
        event_date=event_date,
        details=forms.pairs(detail, "--detail"),
    )
    done = writing(by, lambda s, v, at: steps.advance_case(s, command, by=v, at=at), case=number)
    report(done, json_wanted=json_wanted)


def review(
    number: Number,
    decision: Annotated[str, typer.Argument(metavar="approve|refuse|withdraw", help=_("Keputusan."))],
    *,
    by: By,
    reason: Reason = None,
    step: Annotated[
        str | None,
        typer.Option("--step", metavar="STEP", help=_("Langkah yang diputus, bila ada beberapa permintaan.")),
    ] = None,
    despite: Annotated[
        str | None,
        typer.Option(
            "--despite", metavar="TEXT", help=_("Mengapa tetap disetujui walau keluarga sudah menerima yang sama.")
        ),
    ] = None,
    known: Annotated[
        str | None,
        typer.Option("--known", metavar="MARK", help=_("Tanda dari caseflow plan same-aid yang sudah dibaca.")),
    ] = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    decide = DECISIONS[forms.known(decision, DECISIONS, "approve|refuse|withdraw")]

    def act(session: Session, viewer: Viewer, at: datetime) -> Done:
        asked = _asked(session, number, step, by=viewer, at=at)
        said = {"reason": reason or "", "despite": despite or "", "known": known or ""}
        command = DecideReview(review=asked, expected_version=expected_version, **said)
        return decide(session, command, by=viewer, at=at)

    report(writing(by, act, case=number), json_wanted=json_wanted)


def _asked(session: Session, number: str, step: str | None, *, by: Viewer, at: datetime) -> str:
    """Return the waiting review of a case; `NotFound` when there is none, `InvalidInput` when there are several."""
    row = casework.look(session, number, by=by, at=at).row
    found: dict[str, str] = {r.step: r.id for r in review_rows.pending_of(session, row.id)}
    if step is None and len(found) == 1:
        return next(iter(found.values()))
    if step in found:
        return found[step]
    if not found or (step is not None and step in STEPS):
        raise NotFound
    raise InvalidInput({"step": _("Pilih salah satu: {choices}.", choices=", ".join(found))})


def assign(
    number: Number,
    assignee: Annotated[str, typer.Argument(metavar="USER", help=_("Pendamping yang akan menangani."))],
    *,
    by: By,
    reason: Reason = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    def act(session: Session, viewer: Viewer, at: datetime) -> Done:
        to = forms.user_id(session, "assignee", assignee)
        command = cases.AssignCase(case=number, assignee=to, reason=reason or "", expected_version=expected_version)
        return cases.assign_case(session, command, by=viewer, at=at)

    report(writing(by, act, case=number), json_wanted=json_wanted)


def hold(
    number: Number,
    *,
    until: Annotated[date, typer.Option("--until", metavar="DATE", parser=day, help=_("Hari terakhir penundaan."))],
    by: By,
    reason: Reason = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    command = cases.HoldCase(case=number, until=until, reason=reason or "", expected_version=expected_version)
    done = writing(by, lambda s, v, at: cases.hold_case(s, command, by=v, at=at), case=number)
    report(done, json_wanted=json_wanted)


def resume(
    number: Number, *, by: By, reason: Reason = None, expected_version: Version = None, json_wanted: Json = False
) -> None:
    command = cases.ResumeCase(case=number, reason=reason or "", expected_version=expected_version)
    done = writing(by, lambda s, v, at: cases.resume_case(s, command, by=v, at=at), case=number)
    report(done, json_wanted=json_wanted)
