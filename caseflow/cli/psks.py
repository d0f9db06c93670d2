"""`caseflow psks`: the register of helpers, its counts, and the yearly confirmation."""

from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer

from caseflow import settings
from caseflow.access import Viewer
from caseflow.actions import psks, psks_keeping, psks_report
from caseflow.actions.psks import Person, PersonData, Role, RoleData, Wanted
from caseflow.cli import psks_sheet
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing, zone_of
from caseflow.cli.options import By, Json, Reader, day, whole
from caseflow.cli.speech import as_json, heading, label, language, pairs, say, show, table
from caseflow.definitions import psks as kinds
from caseflow.definitions.psks import LEVELS
from caseflow.errors import _
from caseflow.i18n import translate
from caseflow.ids import format_area
from caseflow.store.session import Session

ADD_HELP = _(
    """Catat seorang PSKS dengan peran pertamanya; peran lain ditambahkan dengan caseflow psks role.

  caseflow psks add --name "Siti Rahmah" --home 63.10.01.2005 --type PSM --area 63.10.01.2005 --from 2024-01-15 \\
      --training "Pelatihan dasar PSM; 2024" --language banjar --user rina --by sari

Jenisnya: caseflow psks types. Orang yang sama dicatat satu kali, berapa pun perannya. Untuk supervisor dan admin."""
)
REPORT_HELP = _(
    """Jumlah PSKS: orang dan peran dihitung terpisah, menurut jenis dan kecamatan; desa dengan dan tanpa Puskesos.

Dengan --out ditulis sebagai lembar kerja (XLSX)."""
)
CONFIRM_HELP = _(
    """Konfirmasi bahwa peran masih dipegang seperti tercatat.

Tanpa ID ditampilkan yang sudah setahun tidak dikonfirmasi.

  caseflow psks confirm --by sari
  caseflow psks confirm ID ID --by sari
  caseflow psks confirm --all --by sari"""
)
ERASE_HELP = _(
    """Hapus data seorang PSKS untuk seterusnya; perannya tetap dihitung tanpa nama. Untuk admin wilayahnya.

  caseflow psks erase ID --reason request --by admin

Alasannya: request (diminta orangnya), mistake (salah dicatat), died (meninggal dunia)."""
)
PersonId = Annotated[str, typer.Argument(metavar="ID", help=_("Id orangnya, dari caseflow psks list."))]
RoleId = Annotated[str, typer.Argument(metavar="ID", help=_("Id peran, dari caseflow psks show."))]
Type = Annotated[str, typer.Option("--type", metavar="TYPE", help=_("Kode jenis, dari caseflow psks types."))]
Area = Annotated[str, typer.Option("--area", metavar="CODE", help=_("Kode wilayah tugasnya."))]
Start = Annotated[date, typer.Option("--from", metavar="DATE", parser=day, help=_("Hari pertama."))]
End = Annotated[date | None, typer.Option("--until", metavar="DATE", parser=day, help=_("Hari terakhir."))]
Qualification = Annotated[str, typer.Option("--qualification", metavar="TEXT", help=_("Pendidikan atau sertifikat."))]
Trainings = Annotated[
    list[str] | None,
    typer.Option("--training", metavar="NAME;YEAR", help=_("Pelatihan dan tahunnya; boleh berulang.")),
]
Name = Annotated[str, typer.Option("--name", metavar="TEXT", help=_("Nama orangnya."))]
Home = Annotated[str, typer.Option("--home", metavar="CODE", help=_("Kode wilayah tempat tinggalnya."))]
Phone = Annotated[str, typer.Option("--phone", metavar="NUMBER", help=_("Nomor telepon."))]
Nik = Annotated[str, typer.Option("--nik", metavar="NIK", help=_("NIK, 16 angka; tidak wajib."))]
Sex = Annotated[str, typer.Option("--sex", metavar="L|P", help=_("Jenis kelamin."))]
Birth = Annotated[int | None, typer.Option("--birth-year", metavar="YEAR", parser=whole, help=_("Tahun lahir."))]
Languages = Annotated[
    list[str] | None, typer.Option("--language", metavar="WORD", help=_("Bahasa yang dikuasai; boleh berulang."))
]
User = Annotated[str, typer.Option("--user", metavar="USER", help=_("Akun yang dipakainya bekerja."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "types", _("Jenis PSKS dan peran lain yang dikenal."))(types)
    verb(app, "add", ADD_HELP)(add)
    verb(app, "change", _("Betulkan data seorang PSKS; semua isian ditulis baru."))(change)
    verb(app, "role", _("Tambahkan peran kepada orang yang sudah tercatat."))(role)
    verb(app, "end", _("Akhiri sebuah peran; ia tetap tercatat."))(end)
    verb(app, "erase", ERASE_HELP)(erase)
    verb(app, "list", _("Daftar PSKS menurut nama, dengan peran yang berjalan."))(list_)
    verb(app, "show", _("Satu orang dengan semua perannya."))(show_person)
    verb(app, "confirm", CONFIRM_HELP)(confirm)
    verb(app, "report", REPORT_HELP)(report)
    psks_sheet.attach(app)


def types(json_wanted: Json = False) -> None:
    found = list(kinds.load(settings.load().categories_dir).values())
    if json_wanted:
        as_json([{"code": k.code, "name": label(k.name), "body": k.body, "level": k.level} for k in found])
        return
    rows = [(k.code, label(k.name), say(_("lembaga") if k.body else _("orang")), label(LEVELS[k.level])) for k in found]
    table([say(_("Kode")), say(_("Nama")), "", say(_("Sampai tingkat"))], rows)


def _trainings(given: list[str] | None) -> tuple[tuple[str, int], ...]:
    """Read "name; year" as people type it."""
    found = []
    for text in given or ():
        name, _semicolon, year = text.rpartition(";")
        found.append((name.strip(), whole(year.strip())))
    return tuple(found)


def add(
    *,
    name: Name,
    home: Home,
    type_: Type,
    area: Area,
    start: Start,
    until: End = None,
    qualification: Qualification = "",
    training: Trainings = None,
    phone: Phone = "",
    nik: Nik = "",
    sex: Sex = "",
    birth_year: Birth = None,
    language_: Languages = None,
    user: User = "",
    by: By,
    json_wanted: Json = False,
) -> None:
    person = PersonData(
        name=name,
        area=home,
        sex=sex,
        birth_year=birth_year,
        phone=phone,
        nik=nik,
        languages=tuple(language_ or ()),
        user=user,
    )
    held = RoleData(
        type=type_.upper(),
        area=area,
        start=start,
        end=until,
        qualification=qualification,
        trainings=_trainings(training),
    )
    made = writing(by, lambda s, v, at: psks_keeping.add_person(s, person, held, by=v, at=at))
    _made(made, json_wanted=json_wanted)


def change(
    person: PersonId,
    *,
    name: Name,
    home: Home,
    phone: Phone = "",
    nik: Nik = "",
    sex: Sex = "",
    birth_year: Birth = None,
    language_: Languages = None,
    user: User = "",
    by: By,
) -> None:
    command = PersonData(
        name=name,
        area=home,
        sex=sex,
        birth_year=birth_year,
        phone=phone,
        nik=nik,
        languages=tuple(language_ or ()),
        user=user,
    )
    writing(by, lambda s, v, at: psks_keeping.change_person(s, person, command, by=v, at=at))


def role(
    person: PersonId,
    *,
    type_: Type,
    area: Area,
    start: Start,
    until: End = None,
    qualification: Qualification = "",
    training: Trainings = None,
    by: By,
    json_wanted: Json = False,
) -> None:
    held = RoleData(
        type=type_.upper(),
        area=area,
        start=start,
        end=until,
        qualification=qualification,
        trainings=_trainings(training),
    )
    made = writing(by, lambda s, v, at: psks_keeping.add_role(s, person, held, by=v, at=at))
    _made(made, json_wanted=json_wanted)


def _made(row_id: str, *, json_wanted: bool) -> None:
    if json_wanted:
        as_json({"id": row_id})
    else:
        typer.echo(row_id)


def erase(
    person: PersonId,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="WORD", help=_("request, mistake, atau died."))],
    by: By,
) -> None:
    writing(by, lambda s, v, at: psks_keeping.erase_person(s, person, reason, by=v, at=at))


def end(role: RoleId, *, on: End = None, by: By) -> None:
    writing(by, lambda s, v, at: psks_keeping.end_role(s, role, on, by=v, at=at))


def list_(
    *,
    type_: Annotated[str | None, typer.Option("--type", metavar="TYPE", help=_("Hanya jenis ini."))] = None,
    area: Annotated[str | None, typer.Option("--area", metavar="CODE", help=_("Hanya peran di wilayah ini."))] = None,
    doubles: Annotated[bool, typer.Option("--doubles", help=_("Hanya yang berperan ganda."))] = False,
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    wanted = Wanted(type=type_.upper() if type_ else None, area=area, doubles=doubles, limit=100_000)
    found: list[Person] = reading(by, lambda s, v, at: psks.listing(s, wanted, by=v, at=at))
    if json_wanted:
        as_json([_data(person) for person in found])
        return
    titles = (_("Nama"), _("Tempat tinggal"), _("Peran"), _("id"))
    rows = [(p.name, p.area_name, "; ".join(_said(r) for r in p.running), p.id) for p in found]
    table([say(title) for title in titles], rows)


def _said(held: Role) -> str:
    return f"{_type(held)}, {held.area_name}"


def _type(held: Role) -> str:
    return label(held.type.name) if held.type else held.code


def _data(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "sex": person.sex,
        "birth_year": person.birth_year,
        "area": person.area,
        "languages": list(person.languages),
        "user": person.user,
        "double": person.double,
        "roles": [_role_data(each) for each in person.roles],
    }


def _role_data(held: Role) -> dict[str, Any]:
    return {
        "id": held.id,
        "type": held.code,
        "area": held.area,
        "start": held.start,
        "end": held.end,
        "running": held.running,
        "qualification": held.qualification,
        "trainings": [list(each) for each in held.trainings],
        "confirmed_on": held.confirmed_on,
        "confirmed_by": held.confirmed_by,
        "due": held.due,
    }


def show_person(person: PersonId, *, by: Reader = None, json_wanted: Json = False) -> None:
    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[Person, tzinfo]:
        return psks.one(session, person, by=viewer, at=at), zone_of(session)

    found, zone = reading(by, look)
    if json_wanted:
        as_json({**_data(found), "phone": found.phone, "nik": found.nik})
        return
    pairs(
        (
            (say(_("Nama")), found.name),
            (say(_("Tempat tinggal")), found.area_name),
            (say(_("Telepon")), found.phone),
            (say(_("NIK")), found.nik),
            (say(_("Bahasa")), ", ".join(found.languages)),
            (say(_("Akun")), found.user),
        )
    )
    titles = (_("Peran"), _("Wilayah"), _("Mulai"), _("Sampai"), _("Dikonfirmasi"), _("oleh"), _("id"))
    rows = [(_type(r), r.area_name, r.start, r.end, r.confirmed_on, r.confirmed_by, r.id) for r in found.roles]
    table([say(title) for title in titles], rows, zone=zone)


def confirm(
    roles: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help=_("Id peran."))] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help=_("Semua yang ditampilkan tanpa ID."))] = False,
    by: By,
    json_wanted: Json = False,
) -> None:
    if not roles and not every:
        found, count = reading(by, lambda s, v, at: psks_report.to_confirm(s, by=v, at=at))
        if json_wanted:
            as_json({"roles": [{"person": name, **_role_data(held)} for name, held in found], "count": count})
            return
        titles = (_("Nama"), _("Peran"), _("Wilayah"), _("Dikonfirmasi"), _("id"))
        rows = [(name, _type(r), r.area_name, r.confirmed_on, r.id) for name, r in found]
        table([say(title) for title in titles], rows)
        show(_("{n} peran belum dikonfirmasi selama setahun."), n=count)
        return

    def run(session: Session, viewer: Viewer, at: datetime) -> int:
        due = psks_report.to_confirm(session, by=viewer, at=at, limit=psks_keeping.MOST_CONFIRMED)[0] if every else ()
        chosen = [*(roles or ()), *(held.id for _name, held in due)]
        return psks_keeping.confirm_roles(session, chosen, by=viewer, at=at)

    done = writing(by, run)
    if json_wanted:
        as_json({"confirmed": done})
    else:
        show(_("{n} peran dikonfirmasi."), n=done)


def report(
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.xlsx", help=_("Lembar kerja yang ditulis."))
    ] = None,
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    if out is not None:
        content = writing(by, lambda s, v, at: psks_report.export(s, by=v, at=at, lang=language()))
        out.write_bytes(content)
        show(_("Ditulis: {file}"), file=out)
        return
    found = reading(by, lambda s, v, at: psks_report.read(s, by=v, at=at))
    if json_wanted:
        as_json(psks_report.as_data(found, lang=language()))
        return
    show(_("{persons} orang, {roles} peran; {doubles} orang berperan ganda."), **_totals(found))
    heads = ["", *(say(w) for w in (psks_report.PERSONS, psks_report.ROLES, psks_report.BODIES))]
    heading(say(psks_report.TABLES["type"]))
    counts = [(translate(found.type_name(code), language()), n) for code, n in found.by_type.items()]
    table(heads, [(name, n.persons, n.roles, n.bodies) for name, n in counts])
    heading(say(psks_report.TABLES["area"]))
    table(
        heads, [(found.places.get(a, format_area(a)), n.persons, n.roles, n.bodies) for a, n in found.by_area.items()]
    )
    heading(say(psks_report.TABLES["puskesos"]))
    covered = (psks_report.VILLAGES, psks_report.COVERED, psks_report.PERCENT)
    table(["", *map(say, covered)], [(c.name, c.villages, c.covered, c.percent) for c in found.coverage])


def _totals(found: psks_report.Report) -> dict[str, int]:
    return {"persons": found.all.persons, "roles": found.all.roles, "doubles": found.doubles}
