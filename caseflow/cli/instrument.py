"""`caseflow instrument`: the instruments of this installation, checking a file; filling one in, its result with why."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from caseflow import settings
from caseflow.actions import instruments
from caseflow.actions.instruments import DECISIONS, DecideOn, Filled, FillIn, decide_on, fill_in
from caseflow.cli import forms
from caseflow.cli.acting import report
from caseflow.cli.category import tell_findings
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing
from caseflow.cli.options import By, Json, Number, On, Reader, Reason
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, complain, label, plain, say, show, table
from caseflow.definitions import instruments as definitions
from caseflow.errors import BrokenDefinition, NotFound, _
from caseflow.states import concluding
from caseflow.states.concluding import Conclusion
from caseflow.states.instrument import KINDS, METHODS, Instrument, Item
from caseflow.states.notices import years

LIST_HELP = _(
    """Instrumen instalasi ini; dengan NUMBER yang sudah diisi pada kasus itu, yang terbaru dahulu.

Tanda "bawaan" berarti sebagian bukan dari naskah resmi: cocokkan dengan aturan kantor."""
)
SHOW_HELP = _(
    """Satu instrumen (CODE): pertanyaan, jawaban, hasil. Dengan --case dan id isian: hasilnya dan mengapa.

Contoh: caseflow instrument show FM262"""
)
FILL_HELP = _(
    """Isi instrumen CODE pada kasus, dengan jawaban dari berkas JSON: {"no_home": "no", "no_work": "yes"}.

Pertanyaannya disebut caseflow instrument show CODE. Yang belum diketahui boleh tidak disebut: hasilnya lalu belum dapat
disimpulkan. Yang dibaca dari rencana (TUJUAN) tidak memerlukan berkas."""
)
Code = Annotated[str, typer.Argument(metavar="CODE", help=_("Kode instrumen, dari caseflow instrument list."))]
Fill = Annotated[str, typer.Argument(metavar="ID", help=_("Id isian, dari caseflow instrument list NUMBER."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "list", LIST_HELP)(list_)
    verb(app, "show", SHOW_HELP)(show_)
    verb(app, "fill", FILL_HELP)(fill)
    verb(app, "decide", _("Catat apa yang disimpulkan: hasil diterima, atau simpulan lain dengan alasan."))(decide)
    verb(app, "check", _("Periksa berkas atau folder instrumen, atau (tanpa PATH) yang dipakai instalasi ini."))(check)


def list_(
    number: Annotated[str | None, typer.Argument(metavar="[NUMBER]", help=_("Nomor kasus."))] = None,
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    if number is not None:
        _list_filled(_filled(number, by), json_wanted=json_wanted)
        return
    found = definitions.load(settings.load().categories_dir)
    if json_wanted:
        as_json([plain(each) for each in found.values()])
        return
    names = (_("Kode"), _("Nama"), _("Cara"), _("Pertanyaan"), _("Sumber"), _("Versi"))
    rows = [
        (i.code, label(i.name), label(METHODS[i.method]), len(i.items), _source(i), i.digest[:12])
        for i in found.values()
    ]
    table([say(name) for name in names], rows)


def _source(instrument: Instrument) -> str:
    return say(_("bawaan")) if instrument.default else say(_("naskah"))


def _list_filled(found: list[Filled], *, json_wanted: bool) -> None:
    if json_wanted:
        as_json([_data(each) for each in found])
        return
    names = (_("Id"), _("Instrumen"), _("Tanggal"), _("Oleh"), _("Hasil"), _("Keputusan"))
    rows = [(f.id, f.instrument.code, f.filled_on, f.filled_by, _result(f), _decision(f)) for f in found]
    table([say(name) for name in names], rows)


def _data(found: Filled) -> dict[str, Any]:
    said = plain(replace(found, conclusion=None)) | {"warning": say(found.warning) if found.warning else None}
    conclusion = found.conclusion
    return {**said, "instrument": found.instrument.code, "version": found.instrument.digest} | {
        "conclusion": None if conclusion is None else {**plain(conclusion), "reason": say(conclusion.reason)}
    }


def _result(found: Filled) -> str:
    if found.conclusion is None:
        return say(_("isinya dihapus"))
    outcome = found.conclusion.outcome
    return label(outcome.label) if outcome else say(_("belum dapat disimpulkan"))


def _decision(found: Filled) -> str:
    if not found.stands:
        return say(_("sudah diperbaiki"))
    return say(found.decisions[-1].label) if found.decisions else say(_("belum diputuskan"))


def _filled(number: str, by: str | None) -> list[Filled]:
    return reading(by, lambda s, v, at: instruments.list_filled(s, number, by=v, at=at), case=number)


def show_(
    code: Annotated[str, typer.Argument(metavar="CODE", help=_("Kode instrumen, atau id isian bersama --case."))],
    case: Annotated[str | None, typer.Option("--case", metavar="NUMBER", help=_("Kasus isian itu."))] = None,
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    if case is not None:
        _show_filled(case, code, by, json_wanted=json_wanted)
        return
    known = definitions.load(settings.load().categories_dir)
    if code.upper() not in known:
        raise typer.BadParameter(
            say(_("{code} tidak ada; yang ada: {known}"), code=code, known=", ".join(known)), param_hint="CODE"
        )
    found = known[code.upper()]
    if json_wanted:
        as_json(plain(found))
        return
    show(_("{code}: {name}. {about}"), code=found.code, name=label(found.name), about=label(found.about))
    show(_("Dasar: {basis}."), basis="; ".join(found.basis))
    show(_("Cara: {method}. Jawaban: {kind}."), method=label(METHODS[found.method]), kind=_answers(found))
    if found.age != (None, None):
        show(_("Untuk umur {span}."), span=years(found.age))
    if found.method == "count":
        needed = str(found.at_least) if found.at_least else say(_("belum ditetapkan kantor"))
        show(_("Kriteria yang diperlukan: {n}."), n=needed)
    for point in found.scale:
        show(_("Nilai {n}: {what}."), n=point.points, what=label(point.label))
    for line in found.lines:
        amount = concluding.rupiah(line.amount)
        show(_("Garis {year}: {line} seorang sebulan ({basis})."), line=amount, year=line.year, basis=line.basis)
    rows = [(i.key, f"{label(i.label)} ({_alone(i)})" if _alone(i) else label(i.label)) for i in found.items]
    table([say(_("Kunci")), say(_("Pertanyaan"))], rows)
    bands = [(f"{o.least}-{o.most}",) if found.method == "sum" else () for o in found.outcomes]
    heads = [say(_("Kunci")), say(_("Hasil")), *([say(_("Jumlah"))] if found.method == "sum" else [])]
    table(heads, [(o.key, label(o.label), *band) for o, band in zip(found.outcomes, bands, strict=True)])


def _alone(item: Item) -> str:
    """Return what a question decides by itself: as a gate, or as a sign of a level."""
    return say(_("menentukan sendiri")) if item.gate else item.level


def _answers(instrument: Instrument) -> str:
    points = ", ".join(str(p.points) for p in instrument.scale)
    known = {"yes_no": "yes, no, unknown", "points": points, "number": say(_("bilangan bulat")), "text": say(_("teks"))}
    return known.get(KINDS[instrument.method], "met, partly, not_met")


def _show_filled(case: str, fill_id: str, by: str | None, *, json_wanted: bool) -> None:
    found = next((each for each in _filled(case, by) if each.id == fill_id), None)
    if found is None:
        raise NotFound
    if json_wanted:
        as_json(_data(found))
        return
    show(_("{name}, {day}, {who}"), name=label(found.instrument.name), day=found.filled_on, who=found.filled_by)
    show(_("Hasil: {result}."), result=_result(found))
    if found.conclusion is not None:
        _show_why(found.conclusion)
    if found.warning:
        show(found.warning)
    for each in found.decisions:
        outcome = label(each.outcome.label) if each.outcome else "-"
        show(_("Keputusan {who}: {what}. {why}"), who=each.by, what=outcome, why=each.reason)


def _show_why(conclusion: Conclusion) -> None:
    typer.echo(say(conclusion.reason))
    for words in conclusion.outcome.requires if conclusion.outcome else ():
        show(_("Diminta: {what}"), what=label(words))
    if conclusion.missing:
        show(_("Belum dijawab: {keys}"), keys=", ".join(item.key for item in conclusion.missing))
    names = (_("Pertanyaan"), _("Jawaban"), _("Dihitung"))
    yes, no = say(_("ya")), say(_("tidak"))
    rows = [
        (label(w.item.label), *(("–", "–") if w.answer is None else (w.answer, yes if w.counts else no)))
        for w in conclusion.why
    ]
    table([say(name) for name in names], rows)


def fill(
    number: Number,
    code: Code,
    *,
    by: By,
    file: Annotated[
        str | None, typer.Option("--file", metavar="FILE.json", help=_("Jawaban; - membaca masukan baku."))
    ] = None,
    on: On = None,
    corrects: Annotated[
        str | None, typer.Option("--replaces", metavar="ID", help=_("Id isian yang diperbaiki."))
    ] = None,
    json_wanted: Json = False,
) -> None:
    answers = forms.read_object(file) if file else {}
    command = FillIn(case=number, instrument=code, answers=answers, filled_on=on, replaces=corrects)
    done = writing(by, lambda s, v, at: fill_in(s, command, by=v, at=at), case=number)
    report(done, json_wanted=json_wanted)
    if warning := reading(by, lambda s, v, at: instruments.odd_age_of(s, number, code, by=v, at=at), case=number):
        complain(say(warning))


def decide(
    number: Number,
    fill_id: Fill,
    decision: Annotated[str, typer.Argument(metavar="accepted|other", help=_("Keputusannya."))],
    *,
    by: By,
    outcome: Annotated[str, typer.Option("--outcome", metavar="KEY", help=_("Simpulan lain."))] = "",
    reason: Reason = None,
    json_wanted: Json = False,
) -> None:
    forms.known(decision, DECISIONS, "accepted|other")
    command = DecideOn(case=number, fill=fill_id, decision=decision, outcome=outcome, reason=reason or "")
    done = writing(by, lambda s, v, at: decide_on(s, command, by=v, at=at), case=number)
    report(done, json_wanted=json_wanted)


def check(
    path: Annotated[Path | None, typer.Argument(metavar="PATH", help=_("Berkas .toml atau foldernya."))] = None,
    json_wanted: Json = False,
) -> None:
    if path is not None and not path.exists():
        raise typer.BadParameter(say(_("{file} tidak ada"), file=str(path)), param_hint="PATH")
    try:
        found = definitions.check(path) if path else definitions.load(settings.load().categories_dir)
    except BrokenDefinition as broken:
        tell_findings(broken.data["list"], json_wanted=json_wanted)
        raise typer.Exit(REFUSED) from None
    if json_wanted:
        as_json({"instruments": sorted(found), "findings": []})
    else:
        show(_("{n} instrumen diperiksa, tidak ada temuan: {codes}"), n=len(found), codes=", ".join(sorted(found)))
