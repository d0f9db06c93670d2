"""`caseflow plan`: the actions of an intervention plan."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import typer

from caseflow.actions import aid, plan, shared_items, views
from caseflow.actions.casework import Done
from caseflow.actions.shared_items import OnItem
from caseflow.cli import forms, sheet, together
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading
from caseflow.cli.options import By, File, Json, Note, Number, On, Reader, Version, day
from caseflow.cli.speech import as_json, label, language, say, show
from caseflow.cli.together import Also
from caseflow.cli.words import word
from caseflow.errors import _

ADD_HELP = _(
    """Tambah satu kegiatan rencana, dari pilihan atau berkas.

Contoh isi ITEM.json:

  {"intervention": "YAPI", "goal": "Bersekolah lagi", "description": "...", "owner": "rina", "due": "2026-12-20"}

Kode jenis kegiatan suatu kategori: caseflow category list --json"""
)
SAME_HELP = _(
    """Bantuan yang sama untuk keluarga ini, sebelum rencana disetujui: apa, kapan, oleh kantor mana.

Bila ada, menyetujui rencana memerlukan alasan dan tanda yang ditulis di bawah daftar ini:

  caseflow case review NUMBER approve --by USER --known MARK --despite TEXT"""
)
SHARE_HELP = _(
    """Pakai satu kegiatan juga untuk kasus lain serumah: tertulis dalam rencana tiap kasus.

Contoh, kegiatan pertama rencana:

  caseflow plan share NUMBER 1 --by USER --also NUMBER

Sesudah itu plan change, done, cancel, dan evaluate dengan --also mencatatnya sekali untuk semua."""
)
Item = Annotated[
    str, typer.Argument(metavar="ITEM", help=_("Id kegiatan, atau nomor urutnya dalam caseflow case show."))
]
Goal = Annotated[str | None, typer.Option("--goal", metavar="TEXT", help=_("Tujuan."))]
Description = Annotated[str | None, typer.Option("--description", metavar="TEXT", help=_("Uraian kegiatan."))]
Owner = Annotated[str | None, typer.Option("--owner", metavar="USER", help=_("Penanggung jawab."))]
Due = Annotated[date | None, typer.Option("--due", metavar="DATE", parser=day, help=_("Tenggat."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "list", _("Kegiatan rencana menurut urutannya: tujuan, penanggung jawab, tenggat, keadaan."))(list_)
    verb(app, "add", ADD_HELP)(add)
    verb(app, "change", _("Ubah kegiatan yang direncanakan; yang tidak disebut tetap."))(change)
    verb(app, "done", _("Catat kegiatan selesai dilaksanakan."))(_settling(plan.finish_item))
    verb(app, "cancel", _("Batalkan kegiatan dengan alasan (--note)."))(_settling(plan.cancel_item))
    verb(app, "share", SHARE_HELP)(share)
    verb(app, "shared", _("Kasus lain yang memakai kegiatan rencana ini, sejauh boleh Anda buka."))(shared)
    verb(app, "same-aid", SAME_HELP)(same_aid)
    verb(app, "evaluate", _("Nilai tujuan kegiatan pada tahap evaluasi: met, partly, not_met."))(evaluate)


def list_(number: Number, by: Reader = None, json_wanted: Json = False) -> None:
    view = reading(by, lambda session, viewer, at: views.view_case(session, number, by=viewer, at=at), case=number)
    if json_wanted:
        as_json(sheet.plan(view))
    elif view.plan:
        sheet.show_plan(view)
    else:
        show(_("Belum ada kegiatan dalam rencana."))


def add(
    number: Number,
    *,
    by: By,
    intervention: Annotated[
        str | None, typer.Option("--intervention", metavar="CODE", help=_("Jenis kegiatan menurut kategori."))
    ] = None,
    goal: Goal = None,
    description: Description = None,
    owner: Owner = None,
    due: Due = None,
    file: File = None,
    also: Also = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        plan.AddItem,
        file,
        intervention=intervention,
        goal=goal,
        description=description,
        owner=owner,
        due=due,
        expected_version=expected_version,
    )
    if also:
        together.tell(together.add_item(number, also, values, by=by), by=by, json_wanted=json_wanted)
        return
    result = carry_out(plan.add_item, plan.AddItem, number, values, by=by, people=("owner",))
    report(result, json_wanted=json_wanted)


def change(
    number: Number,
    item: Item,
    *,
    by: By,
    goal: Goal = None,
    description: Description = None,
    owner: Owner = None,
    due: Due = None,
    file: File = None,
    also: Also = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        plan.ChangeItem,
        file,
        item=item,
        goal=goal,
        description=description,
        owner=owner,
        due=due,
        expected_version=expected_version,
    )
    _act(plan.change_item, plan.ChangeItem, number, also, values, by=by, json_wanted=json_wanted)


def _settling(action: Callable[..., Done]) -> Callable[..., None]:
    """Return the command of an action that ends a plan item: done, or cancelled."""

    def settle(
        number: Number,
        item: Item,
        *,
        by: By,
        note: Note = None,
        on: On = None,
        file: File = None,
        also: Also = None,
        expected_version: Version = None,
        json_wanted: Json = False,
    ) -> None:
        values = forms.filled(
            plan.SettleItem, file, item=item, note=note, event_date=on, expected_version=expected_version
        )
        _act(action, plan.SettleItem, number, also, values, by=by, json_wanted=json_wanted)

    return settle


def _act(
    action: Callable[..., Done],
    command: Callable[..., OnItem],
    number: str,
    also: Sequence[str] | None,
    values: Mapping[str, Any],
    *,
    by: str,
    json_wanted: bool,
) -> None:
    """Do one act on a plan item, in the other cases that rely on it too."""
    if also:
        done = together.on_item(action, command, number, also, values, by=by)
        together.tell(done, by=by, json_wanted=json_wanted)
        return
    result = carry_out(action, command, number, values, by=by, people=("owner",), row="item")
    report(result, json_wanted=json_wanted)


def share(number: Number, item: Item, *, by: By, also: Also = None, json_wanted: Json = False) -> None:
    if not also:
        raise typer.BadParameter(say(_("sebut sedikitnya satu kasus")), param_hint="--also")
    together.tell(together.share_item(number, item, also, by=by), by=by, json_wanted=json_wanted)


def shared(number: Number, *, by: By, json_wanted: Json = False) -> None:
    found = reading(by, lambda session, viewer, at: shared_items.show(session, number, by=viewer, at=at))
    if json_wanted:
        keys = ("item", "number", "state", "status", "result")
        as_json([{key: getattr(place, key) for key in keys} for place in found])
        return
    for place in found:
        show(
            _("{item}: juga untuk {name} ({number}), {status}"),
            item=place.item, name=place.name, number=place.number,
            status=word(place.result or place.status),
        )  # fmt: skip
    if not found:
        show(_("Tidak ada kegiatan yang dipakai kasus lain."))


def same_aid(number: Number, *, by: By, json_wanted: Json = False) -> None:
    found = reading(by, lambda session, viewer, at: aid.show(session, number, by=viewer, at=at))
    if json_wanted:
        items = [
            {"intervention": a.intervention, "status": a.status, "on": a.on, "agency": a.agency, "case": a.number}
            for a in found.aids
        ]
        as_json({"items": items, "mark": found.mark})
        return
    for each in found.aids:
        show(
            _("{aid}: {said} {number}"),
            aid=label(each.name), said=say(each.sentence(language())), number=each.number,
        )  # fmt: skip
    if found.aids:
        show(_("Tanda: {mark}"), mark=found.mark)
    else:
        show(_("Tidak ada bantuan yang sama."))


def evaluate(
    number: Number,
    item: Item,
    result: Annotated[str, typer.Argument(metavar="met|partly|not_met", help=_("Hasil tujuan."))],
    *,
    by: By,
    note: Note = None,
    also: Also = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    forms.known(result, plan.RESULTS, "met|partly|not_met")
    values = forms.filled(
        plan.EvaluateItem, None, item=item, result=result, note=note, expected_version=expected_version
    )
    _act(plan.evaluate_item, plan.EvaluateItem, number, also, values, by=by, json_wanted=json_wanted)
