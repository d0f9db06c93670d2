"""The goods of an office on pages: stock and movements, and a form for each thing that is recorded of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import areas as area_names
from caseflow.actions import goods, goods_kinds, goods_lists
from caseflow.actions.goods import KINDS, REASON, CountStock, Move, Receive, Reverse
from caseflow.actions.goods_kinds import AddGoods, AddPlace
from caseflow.actions.goods_lists import Asked, Moved
from caseflow.errors import InvalidInput, NotFound, Refused, Sentence, _
from caseflow.exchange.workbook import MEDIA_TYPE
from caseflow.states.category import PILLARS, Text
from caseflow.store import areas, institutions
from caseflow.store import goods as rows
from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.questions import Question, as_date, as_text, labels_of, read, typed_from, typed_of
from caseflow.web.route import new_router

router = new_router()
HOME = "/barang"
PILLAR_WORDS: dict[str, Sentence] = {
    "rehabilitasi": _("Rehabilitasi sosial"),
    "jaminan": _("Jaminan sosial"),
    "pemberdayaan": _("Pemberdayaan sosial"),
    "perlindungan": _("Perlindungan sosial"),
}
FILTERS = ("barang", "tempat", "jenis", "dari", "sampai", "sebelum")
Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What the forms choose from."""

    items: tuple[tuple[str, Words], ...]
    places: tuple[tuple[str, Words], ...]
    givers: tuple[tuple[str, Words], ...]
    areas: tuple[tuple[str, Words], ...]
    office: str
    today: date


@dataclass(frozen=True, slots=True)
class Form:
    """One thing to record: its title, its questions, and the action behind it."""

    title: Sentence
    ask: Callable[[Known], tuple[Question, ...]]
    run: Callable[[Session, Answers, Viewer, datetime], object]
    intro: Sentence | None = None


# --- what the forms ask ----------------------------------------------------------------------------------------------


def _item(known: Known) -> Question:
    return Question(key="item", label=_("Barang apa?"), type="choice", choices=known.items)


def _place(known: Known, label: Words, key: str = "place") -> Question:
    return Question(key=key, label=label, type="choice", choices=known.places)


def _quantity(key: str = "quantity") -> Question:
    return Question(key=key, label=_("Berapa?"), type="integer", hint=_("Bilangan bulat, dalam satuan barangnya."))


def _day(known: Known, key: str, label: Words) -> Question:
    return Question(key=key, label=label, type="date", value=known.today.isoformat())


def _why(*, required: bool = True) -> Question:
    hint = _("Tanpa nama orang: keterangan ini tampak bagi semua yang melihat stok.")
    return Question(key="reason", label=_("Keterangan"), hint=hint, required=required, limit=REASON)


def _ask_item(_known: Known) -> tuple[Question, ...]:
    pillars: tuple[tuple[str, Words], ...] = tuple((key, PILLAR_WORDS[key]) for key in PILLARS)
    return (
        Question(key="code", label=_("Kode singkat"), hint=_("Misalnya KURSI-RODA."), limit=goods_kinds.CODE),
        Question(key="name", label=_("Nama barang"), limit=goods_kinds.NAME),
        Question(key="name_en", label=_("Nama dalam bahasa Inggris"), required=False, limit=goods_kinds.NAME),
        Question(key="unit", label=_("Satuan"), hint=_("Misalnya unit, paket, atau set."), limit=goods_kinds.UNIT),
        Question(key="pillar", label=_("Pilar"), type="choice", choices=pillars),
        Question(
            key="intervention",
            label=_("Kode bantuan"),
            hint=_("Bantuan yang diberikan dengan barang ini, misalnya ALATBANTU atau USAHA."),
            limit=goods_kinds.CODE,
        ),
    )


def _ask_place(known: Known) -> tuple[Question, ...]:
    return (
        Question(key="name", label=_("Nama tempat"), hint=_("Misalnya Gudang Dinas."), limit=goods_kinds.NAME),
        Question(key="area", label=_("Di wilayah mana?"), type="choice", choices=known.areas),
    )


def _ask_receipt(known: Known) -> tuple[Question, ...]:
    return (
        _item(known),
        _place(known, _("Disimpan di mana?")),
        _quantity(),
        _day(known, "received_on", _("Kapan diterima?")),
        Question(
            key="institution",
            label=_("Dari lembaga mana?"),
            type="choice",
            choices=known.givers,
            required=False,
            none=_("Bukan dari lembaga yang tercatat"),
        ),
        Question(
            key="source",
            label=_("Atau dari sumber apa?"),
            hint=_("Misalnya APBD, Baznas, atau CSR. Isi bila lembaganya tidak tercatat."),
            required=False,
            limit=goods.SOURCE,
        ),
        Question(key="document", label=_("Nomor dokumen penerimaan"), limit=goods.DOCUMENT),
        Question(key="document_on", label=_("Tanggal dokumen"), type="date"),
    )


def _ask_transfer(known: Known) -> tuple[Question, ...]:
    return (
        _item(known),
        _place(known, _("Dari tempat mana?")),
        _place(known, _("Ke tempat mana?"), "to_place"),
        _quantity(),
        _day(known, "moved_on", _("Kapan dipindahkan?")),
        _why(required=False),
    )


def _ask_count(known: Known) -> tuple[Question, ...]:
    return (
        _item(known),
        _place(known, _("Di tempat mana?")),
        Question(key="counted", label=_("Berapa yang terhitung?"), type="integer"),
        _day(known, "counted_on", _("Keadaan akhir hari apa?")),
        _why(),
    )


def _receive(session: Session, said: Answers, by: Viewer, at: datetime) -> object:
    days = {key: as_date(said[key]) for key in ("received_on", "document_on")}
    words = {key: as_text(said[key]) for key in ("source", "document")}
    command = Receive(**{**said, **days, **words})
    return goods.receive(session, command, by=by, at=at)


def _move(session: Session, said: Answers, by: Viewer, at: datetime) -> object:
    command = Move(**{**said, "moved_on": as_date(said["moved_on"]), "reason": as_text(said["reason"])})
    return goods.move(session, command, by=by, at=at)


def _count(session: Session, said: Answers, by: Viewer, at: datetime) -> object:
    return goods.count(session, CountStock(**{**said, "counted_on": as_date(said["counted_on"])}), by=by, at=at)


def _add_item(session: Session, said: Answers, by: Viewer, at: datetime) -> object:
    return goods_kinds.add_item(session, AddGoods(**{**said, "name_en": as_text(said["name_en"])}), by=by, at=at)


def _add_place(session: Session, said: Answers, by: Viewer, at: datetime) -> object:
    return goods_kinds.add_place(session, AddPlace(**said), by=by, at=at)


FORMS: dict[str, Form] = {
    "terima": Form(_("Catat penerimaan"), _ask_receipt, _receive),
    "pindah": Form(_("Catat pemindahan"), _ask_transfer, _move),
    "hitung": Form(
        _("Catat hasil hitung"),
        _ask_count,
        _count,
        _("Selisihnya dengan catatan menjadi mutasi penyesuaian. Tanpa selisih tidak ada mutasi."),
    ),
    "barang-baru": Form(_("Barang baru"), _ask_item, _add_item),
    "tempat-baru": Form(_("Tempat baru"), _ask_place, _add_place),
}
"""Last part of the address -> its form."""
PLACES = {"terima": 1, "pindah": 2, "hitung": 1}
"""Form -> how many places it takes; each takes some kind of goods, too."""


# --- stock and movements ---------------------------------------------------------------------------------------------


@router.get(HOME)
def listing(page: Reading) -> Response:
    """Show the stock, and the movements that are asked for."""
    asked, problems = _asked(page)

    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        office = _office(session, page, by)
        teller = page.teller(session)
        found = goods_lists.movements(session, office, asked, by=by)
        keeps = access.knows_goods(by, office.area_code, access.GOODS_KEEPERS)
        items, places = rows.items(session, office.id), rows.places(session, office.id)
        useful = (key for key in FORMS if key not in PLACES or (items and len(places) >= PLACES[key]))
        return {
            "stock": goods_lists.stock(session, office),
            "movements": [(one, teller.full_day(one.row.moved_on), _undoable(one) and keeps) for one in found],
            "more": found[-1].row.id if len(found) == goods_lists.PAGE else "",
            "items": items,
            "places": places,
            "forms": {key: FORMS[key].title for key in useful} if keeps else {},
        }

    given = {key: value for key in FILTERS if (value := page.request.query_params.get(key, ""))}
    return render(page, "goods.html", **page.read(reading), kinds=KINDS, given=given, problems=problems)


@router.get(f"{HOME}/mutasi.xlsx")
def sheet(page: Reading) -> Response:
    """Return the movements that are asked for as a worksheet."""
    asked, _problems = _asked(page)

    def reading(session: Session, by: Viewer, _at: datetime) -> list[Moved]:
        office = _office(session, page, by)
        return goods_lists.movements(session, office, asked, by=by, limit=goods_lists.MOST)

    content = goods_lists.as_workbook(page.read(reading), lang=page.lang)
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="mutasi-barang.xlsx"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _undoable(one: Moved) -> bool:
    return one.row.case_id is None and not one.undone and one.row.kind != rows.REVERSAL


def _asked(page: Page) -> tuple[Asked, dict[str, Sentence]]:
    """Return the filters of the address; a day that is none filters nothing, and is named."""
    said = {key: page.request.query_params.get(key, "").strip() for key in FILTERS}
    days: dict[str, date | None] = {}
    problems: dict[str, Sentence] = {}
    for key in ("dari", "sampai"):
        try:
            days[key] = date.fromisoformat(said[key]) if said[key] else None
        except ValueError:
            days[key], problems[key] = None, _("Tulis tanggal sebagai TTTT-BB-HH, misalnya 2026-11-16.")
    return Asked(
        item=said["barang"],
        place=said["tempat"],
        kind=said["jenis"],
        start=days["dari"],
        end=days["sampai"],
        before=said["sebelum"] or None,
    ), problems


def _office(session: Session, page: Page, by: Viewer, *, keeps: bool = False) -> OfficeRow:
    asked = page.request.query_params.get("kantor") or None
    return goods_kinds.office_of(session, asked, by=by, keeps=keeps)


# --- forms -----------------------------------------------------------------------------------------------------------


@router.get(f"{HOME}/mutasi/{{movement}}/batal")
def reversal(page: Reading, movement: str) -> Response:
    return _shown(page, _reversal(page, movement))


@router.post(f"{HOME}/mutasi/{{movement}}/batal")
def reverse(page: Acting, movement: str) -> Response:
    return _saved(page, _reversal(page, movement))


@router.get(f"{HOME}/{{form_name}}")
def form(page: Reading, form_name: str) -> Response:
    return _shown(page, _form(form_name))


@router.post(f"{HOME}/{{form_name}}")
def send(page: Acting, form_name: str) -> Response:
    return _saved(page, _form(form_name))


def _form(name: str) -> Form:
    if name not in FORMS:
        raise NotFound
    return FORMS[name]


def _reversal(page: Page, movement: str) -> Form:
    """Return the form that reverses a movement which its reader keeps."""

    def looked(session: Session, by: Viewer, _at: datetime) -> Sentence:
        row = goods.kept(session, movement, by=by)
        item = rows.item(session, row.item_id)
        if item is None:
            raise NotFound
        what = {"kind": KINDS[row.kind], "n": row.quantity, "unit": item.unit, "item": goods_kinds.label(item)}
        day = page.teller(session).full_day(row.moved_on)
        return _("{kind} {n} {unit} {item}, {day}.", day=day, **what)

    def run(session: Session, said: Answers, by: Viewer, at: datetime) -> object:
        return goods.reverse(session, Reverse(movement=movement, reason=as_text(said["reason"])), by=by, at=at)

    return Form(_("Batalkan mutasi"), lambda _known: (_why(),), run, page.read(looked))


def _known(page: Page) -> Known:
    def reading(session: Session, by: Viewer, at: datetime) -> Known:
        office = _office(session, page, by, keeps=True)
        kept = [p for p in rows.places(session, office.id) if access.keeps_goods(by, p.area_code)]
        return Known(
            items=tuple((row.code, Text(row.name_id, row.name_en)) for row in rows.items(session, office.id)),
            places=tuple((row.id, row.name) for row in kept),
            givers=tuple((row.id, row.name) for row in institutions.listing(session)),
            areas=tuple(
                (area.code, area.name)
                for area in areas.under(session, office.area_code)
                if area.level in {"kabupaten", "kecamatan"} and access.keeps_goods(by, area.code)
            ),
            office=office.area_code,
            today=area_names.today(session, at, office.area_code),
        )

    return page.read(reading)


def _shown(page: Page, wanted: Form) -> Response:
    known = _known(page)
    asked = wanted.ask(known)
    return _rendered(page, wanted, asked, {})


def _saved(page: Page, wanted: Form) -> Response:
    known = _known(page)
    asked = wanted.ask(known)
    answers, problems = read(asked, page.posted)
    if problems:
        return _rendered(page, wanted, asked, problems)

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        place_needed = {"area": known.office} if wanted is FORMS["barang-baru"] else {}
        wanted.run(session, {**answers, **place_needed}, by, at)
        return {"to": HOME, "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _rendered(page, wanted, asked, error.data["problems"])
    except Refused as error:
        return _rendered(page, wanted, asked, {asked[0].key: error.data["reason"]})


def _rendered(page: Page, wanted: Form, asked: tuple[Question, ...], problems: Mapping[str, Words]) -> Response:
    typed = typed_from(asked, page.posted) if page.posted.fields else typed_of(asked)
    return render(
        page,
        "goods-form.html",
        status=422 if problems else 200,
        title=wanted.title,
        intro=wanted.intro,
        questions=asked,
        labels=labels_of(asked),
        problems=problems,
        typed=typed,
    )
