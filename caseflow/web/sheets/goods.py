"""Forms of goods in a case: handing them over with a BAST, taking them back, undoing either."""

from collections.abc import Mapping

from caseflow import access
from caseflow.actions import deliveries, goods, goods_kinds, handed, letters
from caseflow.actions.deliveries import BAST, Deliver, GiveBack, Line, Undo
from caseflow.errors import InvalidInput, NotFound, _
from caseflow.states.category import Text
from caseflow.store import children
from caseflow.store import goods as rows
from caseflow.store.tables import plan_item
from caseflow.web.environment import Words
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

BACK = "/serah-barang"
TOLD = (
    _("Isi jumlah setiap barang yang diserahkan; beberapa jenis bersama menjadi satu BAST."),
    _("Stok berkurang dan BAST terbit saat Anda menyimpan. Kegiatannya ditandai selesai dari rencana."),
)


def _lying(asking: Asking, help_code: str, served: set[str]) -> dict[str, Question]:
    """Return item and place, of the goods of a kind of help that lie somewhere -> how many of them are handed over."""
    session, office_id = asking.session, asking.work.row.office_id
    kept = (row for row in rows.items(session, office_id) if row.id not in served)
    items = {row.id: row for row in kept if row.intervention == help_code}
    places = {row.id: row.name for row in rows.places(session, office_id)}
    found: dict[str, Question] = {}
    for row in (row for row in rows.stock(session, office_id) if row.quantity and row.item_id in items):
        item, place = items[row.item_id], places[row.place_id]
        found[f"{item.id} {row.place_id}"] = Question(
            key=f"n{len(found) + 1}",
            label=_("{item}, dari {place}", item=goods_kinds.label(item), place=place),
            type="integer",
            hint=_("Ada {n} {unit}.", n=row.quantity, unit=item.unit),
            required=False,
            counts=True,
        )
    return found


def deliver(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "deliver")
    row = children.get(asking.session, plan_item, asking.work.row.id, asking.item)
    if row is None:
        raise NotFound
    kind = asking.work.category.intervention(row.intervention)
    served = handed.served(asking.work, row.id, handed.of_work(asking.work))
    lying = _lying(asking, row.intervention, served)

    def save(to: Saving, answers: Answers) -> str | None:
        deliveries.deliver(to.session, _asked(asking, to, answers, lying), by=to.by, at=to.at)
        return "delivered"

    return Sheet(
        title=_("Serahkan barang"),
        intro=(kind.name if kind else row.intervention, *(TOLD if lying else ())),
        questions=(*lying.values(), *_letter(asking)),
        button=_("Serahkan dan terbitkan BAST"),
        save=save,
        back=BACK,
        shut=None
        if lying
        else _("Barang untuk kegiatan ini sudah diserahkan.")
        if served
        else _(
            "Tidak ada stok untuk bantuan {help}. Supervisor mencatat penerimaannya di halaman Barang.",
            help=row.intervention,
        ),
    )


def _letter(asking: Asking) -> tuple[Question, ...]:
    """Ask what the BAST says beside its goods, in the words of the letter."""
    kind = letters.kinds(asking.session)[BAST]
    fields = {field.key: field for field in kind.fields}
    wanted = ("receiver", "capacity", "receiver_nik", "receiver_address", "place", "officer_post", "officer_nip")

    def question(key: str) -> Question:
        field = fields[key]
        choices: tuple[tuple[str, Words], ...] = tuple((c.key, c.label) for c in field.choices)
        return Question(
            key=key,
            label=field.label,
            hint=field.help,
            type=field.type,
            choices=choices,
            required=field.required,
        )

    return (
        event_question(asking, "delivered_on", _("Kapan diserahkan?")),
        *(question(key) for key in wanted),
        Question(
            key="source",
            label=fields["source"].label,
            hint=_("Kosongkan bila setiap jenis barangnya diterima dari satu sumber saja."),
            required=False,
        ),
        *(question(key) for key in ("decree", "value")),
    )


def _asked(asking: Asking, to: Saving, answers: Answers, lying: Mapping[str, Question]) -> Deliver:
    lines = []
    for there, question in lying.items():
        if quantity := answers.get(question.key):
            item, _space, place = there.partition(" ")
            lines.append(Line(item=item, place=place, quantity=goods_kinds.whole(quantity, question.key)))
    if not 0 < len(lines) <= deliveries.MOST_LINES:
        raise InvalidInput({"n1": deliveries.HOW_MANY})
    return Deliver(
        case=asking.number,
        plan_item=asking.item,
        goods=tuple(lines),
        delivered_on=as_date(answers["delivered_on"]),
        location=as_text(answers["place"]),
        value=answers["value"],
        expected_version=to.version,
        **{
            key: as_text(answers[key])
            for key in ("receiver", "capacity", "receiver_nik", "receiver_address", "officer_post", "officer_nip")
        },
        source=as_text(answers["source"]),
        decree=as_text(answers["decree"]),
    )


def give_back(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "deliver")
    made = _found(asking, asking.item)
    items: tuple[tuple[str, Words], ...] = tuple(
        (each.item.id, Text(each.item.name_id, each.item.name_en)) for each in made.goods if each.kept
    )
    session = asking.session
    places: tuple[tuple[str, Words], ...] = tuple((row.id, row.name) for row in rows.places(session, made.office_id))

    def save(to: Saving, answers: Answers) -> str | None:
        command = GiveBack(
            delivery=made.id,
            item=answers["item"],
            place=answers["place"],
            quantity=answers["quantity"],
            returned_on=as_date(answers["returned_on"]),
            reason=as_text(answers["reason"]),
            expected_version=to.version,
        )
        deliveries.give_back(to.session, command, by=to.by, at=to.at)
        return None

    return Sheet(
        title=_("Catat barang kembali"),
        questions=(
            Question(key="item", label=_("Barang apa?"), type="choice", choices=items),
            Question(key="quantity", label=_("Berapa?"), type="integer"),
            Question(key="place", label=_("Disimpan di mana?"), type="choice", choices=places),
            event_question(asking, "returned_on", _("Kapan kembali?")),
            Question(key="reason", label=_("Mengapa?"), limit=goods.REASON),
        ),
        save=save,
        back=BACK,
        shut=None if items and not made.undone else _("Dari penyerahan ini tidak ada lagi yang dapat kembali."),
    )


def undo(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "undo_delivery")
    returned = rows.movement(asking.session, asking.item)
    made = _found(asking, str(returned.delivery_id) if returned is not None else asking.item)

    def save(to: Saving, answers: Answers) -> str | None:
        command = Undo(what=asking.item, reason=as_text(answers["reason"]), expected_version=to.version)
        deliveries.undo(to.session, command, by=to.by, at=to.at)
        return None

    told = (
        _("Barang yang tercatat kembali dianggap masih pada penerimanya.")
        if returned is not None
        else _("Stoknya kembali dan BAST-nya batal. Bahwa pernah diserahkan, dan alasan ini, tetap tercatat.")
    )
    return Sheet(
        title=_("Batalkan pengembalian") if returned is not None else _("Batalkan penyerahan"),
        intro=(told,),
        questions=(Question(key="reason", label=_("Mengapa dibatalkan?"), limit=goods.REASON),),
        save=save,
        back=BACK,
        shut=_("Penyerahan ini sudah dibatalkan.") if made.undone else None,
    )


def _found(asking: Asking, delivery_id: str) -> handed.Delivery:
    made = next((each for each in handed.of_work(asking.work) if each.id == delivery_id), None)
    if made is None:
        raise NotFound
    return made
