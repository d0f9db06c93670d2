"""The list of what was handed over in a case, with what can be handed over now."""

from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow.actions import handed
from caseflow.actions.handed import Delivery
from caseflow.errors import _
from caseflow.store import goods
from caseflow.web.environment import Words
from caseflow.web.opened import Looked, opened
from caseflow.web.page import Reading, render
from caseflow.web.route import new_router
from caseflow.web.row import Row

router = new_router()
GIVING = ("intervention", "evaluation", "monitoring")


@router.get("/kasus/{number}/serah-barang")
def listing(page: Reading, number: str) -> Response:
    return render(page, "list.html", **opened(page, number, _deliveries))


def _deliveries(seen: Looked) -> dict[str, Any]:
    """Return what the list shows."""
    view = seen.view
    base = f"/kasus/{view.row.number}/serah-barang"
    kinds = {item.id: _kind(seen, item.columns["intervention"]) for item in view.plan}
    may = bool(view.roles.intersection(access.ACTS["deliver"])) and view.row.state in GIVING
    made = handed.of_work(seen.work)
    kept = goods.items(seen.work.session, view.row.office_id) if may else []
    add: list[tuple[str, Words]] = []
    told: list[Words] = []
    for item in view.plan:
        useful = {row.id for row in kept if row.intervention == item.columns["intervention"]}
        if not useful or item.columns["status"] not in {"approved", "done"}:
            continue
        kind = seen.teller.say(kinds[item.id])
        if useful <= handed.served(seen.work, item.id, made):
            told.append(_("Sudah diserahkan: {kind}", kind=kind))
        else:
            add.append((f"{base}/{item.id}/baru", _("Serahkan barang: {kind}", kind=kind)))
    return {
        "title": _("Barang yang diserahkan"),
        "rows": [_row(seen, base, each, kinds) for each in made],
        "empty": _("Belum ada barang yang diserahkan. Barang diserahkan untuk kegiatan rencana yang disetujui."),
        "add": add,
        "told": told,
    }


def _kind(seen: Looked, code: str) -> Words:
    kind = seen.view.category.intervention(code)
    return kind.name if kind else code


def _row(seen: Looked, base: str, made: Delivery, kinds: dict[str, Words]) -> Row:
    lines: list[Words] = [
        _("{item}: {n} {unit}", n=each.quantity, unit=each.item.unit, item=each.name) for each in made.goods
    ]
    lines += [
        _("Kembali {day}: {item}, {n} {unit}", day=seen.teller.full_day(day), n=n, unit=g.item.unit, item=g.name)
        for g in made.goods
        for _id, day, n in g.returns
    ]
    lines.append(_("Diterima {who}; diserahkan {officer}.", who=made.receiver, officer=made.by))
    letter = made.letter_number or seen.teller.say(_("menunggu paraf"))
    lines.append(_("Untuk kegiatan: {kind}. BAST: {number}", kind=_said(seen, made, kinds), number=letter))
    acts: list[tuple[str, Words]] = [(f"/surat/{made.letter_id}.pdf", _("Buka BAST (PDF)"))] if made.has_file else []
    if not made.undone:
        if seen.view.roles.intersection(access.ACTS["deliver"]) and any(g.kept for g in made.goods):
            acts.append((f"{base}/{made.id}/kembali", _("Catat barang kembali")))
        if seen.view.roles.intersection(access.ACTS["undo_delivery"]):
            returns = [key for g in made.goods for key, _day, _n in g.returns]
            acts += [(f"{base}/{key}/batal", _("Batalkan pengembalian")) for key in returns]
            acts += [] if returns else [(f"{base}/{made.id}/batal", _("Batalkan penyerahan"))]
    badge = ("plain", "no", _("Dibatalkan")) if made.undone else None
    return Row(title=seen.teller.full_day(made.delivered_on), lines=tuple(lines), badge=badge, acts=tuple(acts))


def _said(seen: Looked, made: Delivery, kinds: dict[str, Words]) -> str:
    return seen.teller.say(kinds.get(made.plan_item, _("siklus sebelumnya")))
