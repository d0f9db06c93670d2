"""`caseflow goods`: the goods of an office, and what is handed over in a case."""

from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Annotated

import typer

from caseflow.access import Viewer
from caseflow.actions import deliveries, goods, goods_kinds, goods_lists, handed
from caseflow.actions.deliveries import Deliver, GiveBack, Line, Undo
from caseflow.actions.goods import KINDS, CountStock, Move, Receive, Reverse
from caseflow.actions.goods_kinds import AddGoods, AddPlace
from caseflow.actions.goods_lists import Asked, Lying, Moved
from caseflow.cli import forms
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing, zone_of
from caseflow.cli.options import By, Json, Limit, Number, On, Reader, Version, day, whole
from caseflow.cli.speech import as_json, language, say, show, table
from caseflow.errors import Sentence, _
from caseflow.states.category import PILLARS
from caseflow.store.session import Session

DELIVER_HELP = _(
    """Serahkan barang untuk satu kegiatan rencana yang disetujui, dan terbitkan BAST-nya.

Kegiatan disebut dengan id atau urutannya dalam rencana. Barang disebut KODE@TEMPAT=JUMLAH, boleh lebih dari sekali:

  caseflow goods deliver 6310-2026-000123 1 --goods "KURSI-RODA@Gudang Dinas=1" --receiver Rusdi --address "RT 2" \\
    --location "Kantor desa" --post TKSK --by rina

Kegiatannya tidak selesai dengan sendirinya: caseflow plan done."""
)
COUNT_HELP = _(
    """Catat hasil hitung (stok opname) sebuah barang di sebuah tempat; selisihnya menjadi mutasi.

Tanpa selisih tidak ada mutasi; bahwa dihitung tetap tercatat."""
)
REVERSE_HELP = _(
    """Batalkan penerimaan, pemindahan, atau penyesuaian: mutasi balik bertanggal hari ini, satu kali.

Mutasinya sendiri tidak pernah diubah. Penyerahan dan pengembalian dibatalkan dengan caseflow goods undo."""
)
UNDO_HELP = _(
    """Batalkan penyerahan (BAST-nya ikut batal) atau pengembalian, dengan alasan; wewenang supervisor.

Id-nya dari caseflow goods case."""
)
MOVED = _("Mutasi tercatat, id {id}.")
Area = Annotated[
    str, typer.Option("--area", metavar="CODE", help=_("Kode wilayah; kantornya yang melayani wilayah itu."))
]
Office = Annotated[
    str | None, typer.Option("--area", metavar="CODE", help=_("Kode wilayah kantor, bila lebih dari satu."))
]
Item = Annotated[str, typer.Argument(metavar="ITEM", help=_("Kode barang, dari caseflow goods stock."))]
Quantity = Annotated[int, typer.Argument(metavar="N", parser=whole, help=_("Berapa satuan; bilangan bulat."))]
At = Annotated[str, typer.Option("--place", metavar="PLACE", help=_("Nama tempat barang."))]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help=_("Alasan, tanpa nama orang."))]
Words = Annotated[str, typer.Option("--name", metavar="TEXT", help=_("Namanya dalam bahasa Indonesia."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "stock", _("Stok tiap barang dan tempatnya."))(stock)
    verb(app, "item", _("Catat jenis barang baru: kode, nama, satuan, pilar, kode intervensi."))(item)
    verb(app, "place", _("Catat tempat barang baru, misalnya gudang."))(place)
    verb(app, "receive", _("Catat barang yang datang, dengan sumber dan dokumennya."))(receive)
    verb(app, "move", _("Catat barang yang dipindahkan dari satu tempat ke tempat lain."))(move)
    verb(app, "count", COUNT_HELP)(count)
    verb(app, "movements", _("Mutasi barang, terbaru di atas; dengan --out sebagai lembar kerja."))(movements)
    verb(app, "reverse", REVERSE_HELP)(reverse)
    verb(app, "deliver", DELIVER_HELP)(deliver)
    verb(app, "case", _("Barang yang diserahkan dalam satu kasus."))(of_case)
    verb(app, "return", _("Catat barang yang dikembalikan penerimanya; id penyerahan dari caseflow goods case."))(
        give_back
    )
    verb(app, "undo", UNDO_HELP)(undo)


# --- the office ------------------------------------------------------------------------------------------------------


def stock(*, area: Office = None, by: Reader = None, json_wanted: Json = False) -> None:
    def look(session: Session, viewer: Viewer, _at: datetime) -> list[Lying]:
        return goods_lists.stock(session, goods_kinds.office_of(session, area, by=viewer))

    found = reading(by, look)
    if json_wanted:
        as_json(goods_lists.stock_data(found))
        return
    names = (_("Kode"), _("Barang"), _("Satuan"), _("Tempat"), _("Jumlah"))
    rows = [
        (one.item.code, one.name.in_(language()), one.item.unit, place.name if place is not None else None, quantity)
        for one in found
        for place, quantity in one.places or ((None, 0),)
    ]
    table([say(name) for name in names], rows)


def item(
    code: Annotated[str, typer.Argument(metavar="CODE", help=_("Kode singkat, misalnya KURSI-RODA."))],
    *,
    area: Area,
    name: Words,
    name_en: Annotated[str, typer.Option("--name-en", metavar="TEXT", help=_("Namanya dalam bahasa Inggris."))] = "",
    unit: Annotated[str, typer.Option("--unit", metavar="TEXT", help=_("Satuan: unit, paket, set."))],
    pillar: Annotated[str, typer.Option("--pillar", metavar="PILLAR", help=", ".join(PILLARS))],
    intervention: Annotated[
        str, typer.Option("--intervention", metavar="CODE", help=_("Kode bantuannya, misalnya ALATBANTU."))
    ],
    by: By,
    json_wanted: Json = False,
) -> None:
    command = AddGoods(
        area=area, code=code, name=name, name_en=name_en, unit=unit, pillar=pillar, intervention=intervention
    )
    made = writing(by, lambda s, v, at: goods_kinds.add_item(s, command, by=v, at=at))
    _told(made, _("Jenis barang {code} dicatat, id {id}."), json_wanted=json_wanted, code=code)


def place(
    name: Annotated[str, typer.Argument(metavar="PLACE", help=_("Namanya, misalnya Gudang Dinas."))],
    *,
    area: Area,
    by: By,
    json_wanted: Json = False,
) -> None:
    command = AddPlace(area=area, name=name)
    made = writing(by, lambda s, v, at: goods_kinds.add_place(s, command, by=v, at=at))
    _told(made, _("Tempat {name} dicatat, id {id}."), json_wanted=json_wanted, name=name)


def receive(
    item: Item,
    quantity: Quantity,
    *,
    place: At,
    document: Annotated[str, typer.Option("--document", metavar="TEXT", help=_("Nomor dokumen penerimaan."))],
    document_on: Annotated[date, typer.Option("--document-date", metavar="DATE", parser=day, help=_("Tanggalnya."))],
    source: Annotated[str, typer.Option("--source", metavar="TEXT", help=_("Sumber: APBD, CSR, atau lainnya."))] = "",
    institution: Annotated[
        str | None, typer.Option("--institution", metavar="ID", help=_("Lembaga sumbernya, dari institution list."))
    ] = None,
    on: On = None,
    area: Office = None,
    by: By,
    json_wanted: Json = False,
) -> None:
    command = Receive(
        item=item, quantity=quantity, place=place, document=document, document_on=document_on, source=source,
        institution=institution, received_on=on, area=area,
    )  # fmt: skip
    made = writing(by, lambda s, v, at: goods.receive(s, command, by=v, at=at))
    _told(made, _("Penerimaan tercatat: {n} {item}, id mutasi {id}."), json_wanted=json_wanted, n=quantity, item=item)


def move(
    item: Item,
    quantity: Quantity,
    *,
    place: At,
    to_place: Annotated[str, typer.Option("--to", metavar="PLACE", help=_("Nama tempat tujuannya."))],
    on: On = None,
    reason: Why = "",
    area: Office = None,
    by: By,
    json_wanted: Json = False,
) -> None:
    command = Move(item=item, quantity=quantity, place=place, to_place=to_place, moved_on=on, reason=reason, area=area)
    made = writing(by, lambda s, v, at: goods.move(s, command, by=v, at=at))
    _told(made, MOVED, json_wanted=json_wanted)


def count(
    item: Item,
    quantity: Quantity,
    *,
    place: At,
    reason: Why,
    on: On = None,
    area: Office = None,
    by: By,
    json_wanted: Json = False,
) -> None:
    command = CountStock(item=item, counted=quantity, place=place, counted_on=on, reason=reason, area=area)
    made = writing(by, lambda s, v, at: goods.count(s, command, by=v, at=at))
    if made is None and not json_wanted:
        show(_("Tidak ada selisih."))
    else:
        _told(made, MOVED, json_wanted=json_wanted)


def reverse(
    movement: Annotated[str, typer.Argument(metavar="ID", help=_("Id mutasi, dari caseflow goods movements."))],
    *,
    reason: Why,
    by: By,
    json_wanted: Json = False,
) -> None:
    command = Reverse(movement=movement, reason=reason)
    _told(writing(by, lambda s, v, at: goods.reverse(s, command, by=v, at=at)), MOVED, json_wanted=json_wanted)


def movements(
    *,
    item: Annotated[str, typer.Option("--item", metavar="ITEM", help=_("Hanya barang ini."))] = "",
    place: Annotated[str, typer.Option("--place", metavar="PLACE", help=_("Hanya tempat ini."))] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help=", ".join(KINDS))] = "",
    start: Annotated[date | None, typer.Option("--from", metavar="DATE", parser=day, help=_("Hari pertama."))] = None,
    end: Annotated[date | None, typer.Option("--until", metavar="DATE", parser=day, help=_("Hari terakhir."))] = None,
    limit: Limit = goods_lists.PAGE,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help=_("Berkas .xlsx yang ditulis."))
    ] = None,
    area: Office = None,
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    asked = Asked(item=item, place=place, kind=kind, start=start, end=end)

    def look(session: Session, viewer: Viewer, _at: datetime) -> tuple[list[Moved], tzinfo]:
        office = goods_kinds.office_of(session, area, by=viewer)
        most = goods_lists.MOST if out is not None else limit
        return goods_lists.movements(session, office, asked, by=viewer, limit=most), zone_of(session)

    found, zone = reading(by, look)
    if out is not None:
        out.write_bytes(goods_lists.as_workbook(found, lang=language()))
        show(_("Ditulis: {file}"), file=out)
    elif json_wanted:
        as_json(goods_lists.movement_data(found))
    else:
        names = (
            _("Id"),
            _("Tanggal"),
            _("Jenis mutasi"),
            _("Kode"),
            _("Jumlah"),
            _("Dari tempat"),
            _("Ke tempat"),
            _("Sumber"),
        )
        rows = [
            (
                m.row.id,
                m.row.moved_on,
                say(KINDS[m.row.kind]),
                m.item.code,
                m.row.quantity,
                m.place,
                m.to_place,
                m.source,
            )
            for m in found
        ]
        table([say(name) for name in names], rows, zone=zone)


def _told(made: str | None, sentence: Sentence, *, json_wanted: bool, **data: object) -> None:
    if json_wanted:
        as_json({"id": made})
    else:
        show(sentence, id=made, **data)


# --- a case ----------------------------------------------------------------------------------------------------------

Lines = Annotated[
    list[str],
    typer.Option("--goods", metavar="ITEM@PLACE=N", help=_("Barang, tempatnya, dan jumlahnya; boleh lebih dari satu.")),
]
Delivery = Annotated[str, typer.Argument(metavar="ID", help=_("Id penyerahan, dari caseflow goods case."))]


def deliver(
    number: Number,
    item: Annotated[str, typer.Argument(metavar="ITEM", help=_("Id kegiatan rencana, atau urutannya: 1, 2, ..."))],
    *,
    goods_given: Lines,
    receiver: Annotated[str, typer.Option("--receiver", metavar="NAME", help=_("Nama penerima."))],
    address: Annotated[str, typer.Option("--address", metavar="TEXT", help=_("Alamat penerima."))],
    location: Annotated[str, typer.Option("--location", metavar="TEXT", help=_("Tempat serah terima."))],
    post: Annotated[str, typer.Option("--post", metavar="TEXT", help=_("Jabatan petugas yang menyerahkan."))],
    nip: Annotated[str, typer.Option("--nip", metavar="NIP", help=_("NIP petugas."))] = "",
    receiver_nik: Annotated[str, typer.Option("--receiver-nik", metavar="NIK", help=_("NIK penerima."))] = "",
    capacity: Annotated[
        str, typer.Option("--capacity", metavar="WORD", help="self, family, guardian, institution")
    ] = "self",
    source: Annotated[
        str, typer.Option("--source", metavar="TEXT", help=_("Sumber bantuan, bila lebih dari satu."))
    ] = "",
    decree: Annotated[
        str, typer.Option("--decree", metavar="TEXT", help=_("Keputusan tentang penerima bantuan."))
    ] = "",
    value: Annotated[
        int | None, typer.Option("--value", metavar="RUPIAH", parser=whole, help=_("Nilai seluruhnya."))
    ] = None,
    on: On = None,
    by: By,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = {
        "item": item, "goods": tuple(_line(word) for word in goods_given), "receiver": receiver, "location": location,
        "receiver_address": address, "officer_post": post, "officer_nip": nip, "receiver_nik": receiver_nik,
        "capacity": capacity, "source": source, "decree": decree, "value": value, "delivered_on": on,
        "expected_version": expected_version,
    }  # fmt: skip

    def command(*, item: str, **more: object) -> Deliver:
        return Deliver(plan_item=item, **more)  # type: ignore[arg-type]  # as the options were read

    report(carry_out(deliveries.deliver, command, number, values, by=by, row="item"), json_wanted=json_wanted)


def _line(word: str) -> Line:
    ((named, quantity),) = forms.pairs([word], "--goods").items()
    item, _at, place = named.partition("@")
    return Line(item=item.strip(), place=place.strip(), quantity=whole(quantity))


def of_case(number: Number, *, by: Reader = None, json_wanted: Json = False) -> None:
    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[list[handed.Delivery], tzinfo]:
        return handed.of_case(session, number, by=viewer, at=at), zone_of(session)

    found, zone = reading(by, look, case=number)
    if json_wanted:
        as_json([handed.as_data(one) for one in found])
        return
    names = (_("Id"), _("Tanggal"), _("Barang"), _("Jumlah"), _("Kembali"), _("Penerima"), "BAST", _("Dibatalkan"))
    rows = [
        (one.id, one.delivered_on, g.item.code, g.quantity, g.returned, one.receiver, one.letter_number, one.undone)
        for one in found
        for g in one.goods
    ]
    table([say(name) for name in names], rows, zone=zone)


def give_back(
    delivery: Delivery,
    item: Item,
    quantity: Quantity,
    *,
    place: At,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=_("Alasan."))],
    on: On = None,
    by: By,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    command = GiveBack(
        delivery=delivery, item=item, quantity=quantity, place=place, reason=reason, returned_on=on,
        expected_version=expected_version,
    )  # fmt: skip
    report(writing(by, lambda s, v, at: deliveries.give_back(s, command, by=v, at=at)), json_wanted=json_wanted)


def undo(
    what: Annotated[str, typer.Argument(metavar="ID", help=_("Id penyerahan atau pengembalian."))],
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=_("Alasan."))],
    by: By,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    command = Undo(what=what, reason=reason, expected_version=expected_version)
    report(writing(by, lambda s, v, at: deliveries.undo(s, command, by=v, at=at)), json_wanted=json_wanted)
