"""`caseflow office`, `signatory`, `institution`: what a real installation needs before its first case."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from caseflow.access import Viewer
from caseflow.actions import admin, offices
from caseflow.actions import areas as area_acts
from caseflow.cli import forms
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering, reading
from caseflow.cli.options import Admin, Json, day, whole
from caseflow.cli.speech import as_json, say, show, table
from caseflow.cli.words import word
from caseflow.errors import _
from caseflow.ids import format_area
from caseflow.store import institutions, letters
from caseflow.store import offices as office_rows
from caseflow.store.session import Session

ADD_HELP = _(
    """Catat kantor dengan kepala suratnya; wilayah kabupaten/kotanya ikut diisi.

  caseflow office add --area 63.10 --government "Pemerintah Kabupaten Tanah Bumbu" --agency "Dinas Sosial" \\
      --place Batulicin --unit-code DINSOS --address "Jalan Dharma Praja Nomor 1" --phone "(0518) 555-0100"

Sesudah itu: caseflow signatory add, caseflow user add, caseflow institution add."""
)
Code = Annotated[str, typer.Argument(metavar="CODE", help=_("Kode kabupaten/kota, misalnya 63.10."))]


def attach(office: typer.Typer, signatory: typer.Typer, institution: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(office, "add", ADD_HELP)(add)
    verb(office, "list", _("Daftar kantor dengan penanda tangan hari ini."))(list_)
    verb(office, "areas", _("Isi wilayah sebuah kabupaten/kota (Kepmendagri); yang sudah ada tetap."))(areas)
    verb(office, "regions", _("Daftar wilayah di dalam sebuah kode: kecamatan dan desa/kelurahannya."))(regions)
    verb(office, "logo", _("Lambang daerah pada kepala surat: PNG, JPEG, atau SVG, paling besar 300 kB."))(logo)
    verb(office, "day", _("Catat hari libur, atau hari kerja, kantor sendiri; tenggat yang berjalan dihitung ulang."))(
        day_
    )
    verb(signatory, "add", _("Catat pejabat penanda tangan surat, dari tanggal sampai tanggal."))(add_signatory)
    verb(institution, "add", _("Catat lembaga tujuan surat dan rujukan."))(add_institution)
    verb(institution, "list", _("Daftar lembaga."))(list_institutions)


def add(
    *,
    area: Annotated[str, typer.Option("--area", metavar="CODE", help=_("Kode kabupaten/kota, misalnya 63.10."))],
    government: Annotated[str, typer.Option("--government", metavar="TEXT", help=_("Baris pertama kepala surat."))],
    agency: Annotated[str, typer.Option("--agency", metavar="TEXT", help=_("Nama dinas."))],
    place: Annotated[str, typer.Option("--place", metavar="TEXT", help=_("Tempat surat ditulis."))],
    unit_code: Annotated[str, typer.Option("--unit-code", metavar="CODE", help=_("Kode unit dalam nomor surat."))],
    address: Annotated[
        list[str] | None, typer.Option("--address", metavar="TEXT", help=_("Satu baris alamat; boleh berulang."))
    ] = None,
    phone: Annotated[str, typer.Option("--phone", metavar="TEXT", help=_("Telepon."))] = "",
    email: Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help=_("Alamat surel."))] = None,
    website: Annotated[str | None, typer.Option("--website", metavar="ADDRESS", help=_("Situs."))] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", metavar="ZONE", help=_("Zona waktu; tanpa ini menurut provinsinya."))
    ] = None,
    week_days: Annotated[int, typer.Option("--week", metavar="5|6", parser=whole, help=_("Hari kerja sepekan."))] = 5,
    by: Admin = None,
    json_wanted: Json = False,
) -> None:
    command = offices.AddOffice(
        area=area,
        government=government,
        agency=agency,
        place=place,
        unit_code=unit_code,
        address=tuple(address or ()),
        phone=phone,
        email=email,
        website=website,
        zone=zone,
        week_days=week_days,
    )
    office_id = administering(by, lambda s, v, at: offices.add_office(s, command, by=v, at=at))
    if json_wanted:
        as_json({"id": office_id, "area": area})
    else:
        show(_("Kantor {agency} untuk wilayah {area} dicatat."), agency=agency, area=area)


def list_(json_wanted: Json = False) -> None:
    def find(session: Session, _viewer: Viewer, at: datetime) -> list[dict[str, object]]:
        found = []
        for row in office_rows.every(session):
            signer = letters.signatory(session, row.id, at.astimezone(ZoneInfo(row.zone)).date())
            found.append({
                "id": row.id, "area": row.area_code, "government": row.government, "agency": row.agency,
                "unit_code": row.unit_code, "zone": row.zone, "week_days": row.week_days,
                "signatory": " ".join(p for p in (signer.prefix, signer.holder) if p) if signer else None,
            })  # fmt: skip
        return found

    found = reading(None, find)
    if json_wanted:
        as_json(found)
        return
    names = (_("Wilayah"), _("Pemerintah"), _("Dinas"), _("Kode unit"), _("Zona"), _("Penanda tangan"))
    rows = [
        (format_area(str(o["area"])), o["government"], o["agency"], o["unit_code"], o["zone"], o["signatory"])
        for o in found
    ]
    table([say(name) for name in names], rows)


def areas(code: Code, by: Admin = None, json_wanted: Json = False) -> None:
    added = administering(by, lambda s, v, at: offices.import_areas(s, code, by=v, at=at))
    if json_wanted:
        as_json({"area": code, "added": added})
    else:
        show(_("{n} wilayah ditambahkan."), n=added)


def regions(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help=_("Kode wilayah, misalnya 63.10; tanpa ini kabupaten/kota."))
    ] = "",
    json_wanted: Json = False,
) -> None:
    found = reading(None, lambda s, _v, _at: area_acts.listing(s, code))
    if json_wanted:
        as_json([{name: getattr(row, name) for name in ("code", "name", "level", "head_title")} for row in found])
        return
    titles = (_("Kode"), _("Nama"), _("Dipimpin"))
    table([say(title) for title in titles], [(format_area(r.code), r.name, r.head_title) for r in found])


def logo(
    code: Code,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", exists=True, dir_okay=False, help=_("Gambarnya."))
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help=_("Pakai lambang bawaan lagi."))] = False,
    by: Admin = None,
) -> None:
    if (file is None) is not remove:
        raise typer.BadParameter(say(_("Sebut --file, atau --remove.")))
    picture = file.read_bytes() if file else None
    administering(by, lambda s, v, at: offices.set_logo(s, code, picture, by=v, at=at))
    if picture is None:
        show(_("Surat memakai lambang bawaan lagi."))
    else:
        show(_("Lambang itu dicetak pada kepala surat sejak sekarang."))


def day_(
    code: Code,
    on: Annotated[date, typer.Argument(metavar="DATE", parser=day, help=_("Harinya."))],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=_("Sebabnya, misalnya hari jadi kabupaten."))],
    works: Annotated[bool, typer.Option("--works", help=_("Hari itu justru bekerja."))] = False,
    by: Admin = None,
) -> None:
    moved = administering(by, lambda s, v, at: offices.set_day(s, code, on, works=works, name=name, by=v, at=at))
    show(_("Hari {day} dicatat; {n} tenggat berpindah."), day=on, n=moved)


def add_signatory(
    *,
    office: Annotated[str, typer.Option("--office", metavar="CODE", help=_("Kode wilayah kantornya, misalnya 63.10."))],
    post: Annotated[str, typer.Option("--post", metavar="TEXT", help=_("Jabatan."))],
    holder: Annotated[str, typer.Option("--holder", metavar="NAME", help=_("Nama dengan gelar."))],
    starts_on: Annotated[date, typer.Option("--from", metavar="DATE", parser=day, help=_("Mulai berlaku."))],
    ends_on: Annotated[
        date | None, typer.Option("--until", metavar="DATE", parser=day, help=_("Terakhir berlaku."))
    ] = None,
    rank: Annotated[str, typer.Option("--rank", metavar="TEXT", help=_("Pangkat dan golongan."))] = "",
    nip: Annotated[str, typer.Option("--nip", metavar="NIP", help=_("NIP."))] = "",
    prefix: Annotated[
        str,
        typer.Option("--prefix", metavar="Plt.|Plh.|a.n.", help=_("Plt., Plh., atau a.n., bila bukan pemangkunya.")),
    ] = "",
    own_post: Annotated[
        str, typer.Option("--own-post", metavar="TEXT", help=_("Jabatan penanda tangan sendiri; hanya untuk a.n."))
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option("--letter", metavar="NAME", help=_("Hanya boleh menandatangani surat ini; boleh berulang.")),
    ] = None,
    by: Admin = None,
) -> None:
    command = admin.AddSignatory(
        office_area=office,
        post=post,
        holder=holder,
        rank=rank,
        nip=nip,
        prefix=prefix,
        own_post=own_post,
        starts_on=starts_on,
        ends_on=ends_on,
        letters=tuple(only or ()),
    )
    administering(by, lambda s, v, at: admin.add_signatory(s, command, by=v, at=at))
    show(_("{holder} menandatangani surat sejak {first}."), holder=holder, first=starts_on)


def add_institution(
    *,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=_("Nama lembaga."))],
    kind: Annotated[
        str,
        typer.Option("--kind", metavar="KIND", help=_("Jenis: {kinds}.", kinds=", ".join(institutions.KINDS))),
    ],
    addressee: Annotated[
        str, typer.Option("--addressee", metavar="TEXT", help=_("Kepada siapa surat ditulis, misalnya Direktur RSUD."))
    ],
    place: Annotated[str, typer.Option("--place", metavar="TEXT", help=_("Tempatnya."))],
    area: Annotated[str, typer.Option("--area", metavar="CODE", help=_("Kode wilayahnya."))],
    by: Admin = None,
    json_wanted: Json = False,
) -> None:
    forms.known(kind, institutions.KINDS, "--kind")
    made = administering(by, lambda s, v, at: admin.add_institution(s, name, kind, addressee, place, area, by=v, at=at))
    if json_wanted:
        as_json({"id": made, "name": name, "kind": kind})
    else:
        show(_("Lembaga {name} dicatat (id {id})."), name=name, id=made)


def list_institutions(
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help=_("Hanya jenis ini."))] = None,
    json_wanted: Json = False,
) -> None:
    if kind is not None:
        forms.known(kind, institutions.KINDS, "--kind")
    found = reading(None, lambda s, _v, _at: institutions.listing(s, kind))
    if json_wanted:
        names = ("id", "name", "kind", "addressee", "place", "area_code")
        as_json([{name: getattr(row, name) for name in names} for row in found])
        return
    rows = [(r.name, word(r.kind), r.addressee, r.place, format_area(r.area_code), r.id) for r in found]
    titles = (_("Nama"), _("Jenis"), _("Surat kepada"), _("Tempat"), _("Wilayah"), _("id"))
    table([say(title) for title in titles], rows)
