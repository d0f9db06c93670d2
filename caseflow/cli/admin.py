"""`caseflow user`, `token`, `standin`: accounts, their roles, who stands in for whom."""

import sys
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

import typer

from caseflow.access import Viewer
from caseflow.actions import admin, areas, second_factor
from caseflow.cli import forms
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering, zone_of
from caseflow.cli.options import Admin, Json, Limit, day
from caseflow.cli.speech import as_json, complain, label, say, show, table
from caseflow.errors import _
from caseflow.i18n import LANGUAGES
from caseflow.ids import format_area
from caseflow.states.lifecycle import ROLES
from caseflow.store.accounts import Held, Wanted
from caseflow.store.session import Session

ADD_HELP = _(
    """Buat akun dengan perannya yang pertama.

  caseflow user add rina --full-name "Rina Marlina" --role caseworker --area 63.10

Kata sandi ditanyakan di terminal, atau dibaca dari masukan baku dengan --password-stdin; tanpa kata sandi akun hanya
dapat memakai token. Peran: intake, caseworker, supervisor, head, auditor, admin, partner."""
)
END_HELP = _(
    """Akhiri peran sebuah akun sesudah suatu hari.

  caseflow user end rina --role caseworker --area 63.10 --on 2026-11-30

--on hari terakhirnya; tanpa itu hari ini. Untuk seketika tulis tanggal kemarin, atau matikan akunnya."""
)
Name = Annotated[str, typer.Argument(metavar="NAME", help=_("Nama pengguna (untuk masuk)."))]
Role = Annotated[str, typer.Option("--role", metavar="ROLE", help=_("Peran."))]
Area = Annotated[str, typer.Option("--area", metavar="CODE", help=_("Wilayah kerja, misalnya 63.10 atau 63.10.01."))]
From = Annotated[
    date | None, typer.Option("--from", metavar="DATE", parser=day, help=_("Mulai berlaku; tanpa ini hari ini."))
]
Until = Annotated[date | None, typer.Option("--until", metavar="DATE", parser=day, help=_("Terakhir berlaku."))]
Institution = Annotated[
    str | None, typer.Option("--institution", metavar="NAME", help=_("Lembaga, untuk peran partner."))
]
GRANTED = tuple(role for role in ROLES if role != "system")


def attach(user: typer.Typer, token: typer.Typer, standin: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(user, "add", ADD_HELP)(add)
    verb(user, "list", _("Daftar akun: peran, wilayah, terakhir masuk, mati atau tidak."))(list_)
    verb(user, "grant", _("Beri akun satu peran lagi, di satu wilayah, dari hari ke hari."))(grant)
    verb(user, "end", END_HELP)(end)
    verb(user, "password", _("Ganti kata sandi akun; semua sesinya berakhir."))(password)
    verb(user, "deactivate", _("Matikan akun: sesi dan tokennya berakhir."))(deactivate)
    verb(user, "activate", _("Hidupkan lagi akun yang dimatikan; tokennya dibuat baru."))(activate)
    verb(user, "totp-reset", _("Hapus langkah kedua akun, misalnya ponselnya hilang; semua sesinya berakhir."))(
        totp_reset
    )
    verb(token, "add", _("Buat token API; ditampilkan sekali saja."))(add_token)
    verb(standin, "add", _("Catat pengganti seorang pengguna selama ia tidak ada."))(add_stand_in)


def add(
    name: Name,
    *,
    role: Role,
    area: Area,
    full_name: Annotated[
        str | None, typer.Option("--full-name", metavar="TEXT", help=_("Nama orangnya; tanpa ini nama pengguna."))
    ] = None,
    email: Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help=_("Alamat surel."))] = None,
    language: Annotated[str, typer.Option("--language", metavar="id|en", help=_("Bahasa pengguna."))] = "id",
    starts_on: From = None,
    ends_on: Until = None,
    institution: Institution = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=_("Baca kata sandi dari baris pertama masukan baku."))
    ] = False,
    by: Admin = None,
    json_wanted: Json = False,
) -> None:
    forms.known(role, GRANTED, "--role")
    forms.known(language, LANGUAGES, "--language")
    password = _password(name, from_stdin=password_stdin)

    def act(session: Session, viewer: Viewer, at: datetime) -> str:
        command = admin.AddUser(
            username=name,
            name=full_name or name,
            role=role,
            area=area,
            password=password,
            email=email,
            language=language,
            starts_on=starts_on,
            ends_on=ends_on,
            institution=forms.institution_id(session, institution) if institution else None,
        )
        return admin.add_user(session, command, by=viewer, at=at)

    user_id = administering(by, act)
    if json_wanted:
        as_json({"id": user_id, "username": name, "role": role, "area": area})
    else:
        show(_("Akun {name} dibuat dengan peran {role}."), name=name, role=role)


def _password(name: str, *, from_stdin: bool) -> str | None:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n") or None
    if not sys.stdin.isatty():
        sentence = _(
            "Tanpa terminal: {name} tidak mendapat kata sandi. Berikan dengan: caseflow user password {name} "
            "--password-stdin"
        )
        complain(say(sentence, name=name))
        return None
    ask = say(_("Kata sandi (kosong: tanpa kata sandi)"))
    again = say(_("Ulangi kata sandi"))
    typed: str = typer.prompt(ask, default="", show_default=False, hide_input=True, confirmation_prompt=again)
    return typed or None


def grant(
    name: Name,
    role: Role,
    area: Area,
    starts_on: From = None,
    ends_on: Until = None,
    institution: Institution = None,
    by: Admin = None,
) -> None:
    forms.known(role, GRANTED, "--role")

    def act(session: Session, viewer: Viewer, at: datetime) -> None:
        given = forms.institution_id(session, institution) if institution else None
        admin.grant_role(session, name, role, area, starts_on, ends_on, by=viewer, at=at, institution=given)

    administering(by, act)
    show(_("{name} kini juga {role}."), name=name, role=role)


def password(
    name: Name,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=_("Baca kata sandi dari baris pertama masukan baku."))
    ] = False,
    by: Admin = None,
) -> None:
    typed = _password(name, from_stdin=password_stdin)
    administering(by, lambda s, v, at: admin.set_password(s, name, typed, by=v, at=at))
    show(_("Kata sandi {name} diganti; semua sesinya berakhir."), name=name)


def deactivate(name: Name, by: Admin = None) -> None:
    left = administering(by, lambda s, v, at: admin.deactivate_user(s, name, by=v, at=at))
    show(_("Akun {name} dimatikan."), name=name)
    if left:
        show(
            _("{n} kasusnya masih terbuka; supervisornya diberi tahu: caseflow case handover --from {name} --by USER"),
            n=left, name=name,
        )  # fmt: skip


def totp_reset(name: Name, by: Admin = None) -> None:
    administering(by, lambda s, v, at: second_factor.reset(s, name, by=v, at=at))
    show(_("Langkah kedua {name} dihapus; semua sesinya berakhir."), name=name)


def activate(name: Name, by: Admin = None) -> None:
    administering(by, lambda s, v, at: admin.activate_user(s, name, by=v, at=at))
    show(_("Akun {name} hidup lagi."), name=name)


def list_(
    area: Annotated[str, typer.Option("--area", metavar="CODE", help=_("Hanya yang berperan di wilayah ini."))] = "",
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help=_("Hanya yang memegang peran ini."))] = "",
    after: Annotated[str, typer.Option("--after", metavar="NAME", help=_("Sesudah nama pengguna ini."))] = "",
    limit: Limit = 100,
    by: Admin = None,
    json_wanted: Json = False,
) -> None:
    wanted = Wanted(area=area, role=role, after=after, limit=limit)
    found, zone = administering(by, lambda s, v, at: (admin.list_users(s, wanted, by=v, at=at), zone_of(s)))
    if json_wanted:
        as_json([asdict(account) for account in found])
        return
    titles = (_("Nama pengguna"), _("Nama"), _("Peran"), _("Terakhir masuk"), _("Langkah kedua"), _("Keadaan"))
    rows = []
    for a in found:
        second = _("Terpasang") if a.second_factor else _("Belum dipasang")
        roles, state = "; ".join(map(_held, a.roles)), "" if a.active else say(_("dimatikan"))
        rows.append((a.username, a.name, roles, a.last_log_in, say(second), state))
    table([say(title) for title in titles], rows, zone=zone)


def _held(held: Held) -> str:
    until = say(_("sampai {day}"), day=held.ends_on.isoformat()) if held.ends_on else ""
    return " ".join(part for part in (label(ROLES[held.role]), format_area(held.area), until) if part)


def end(
    name: Name,
    role: Role,
    area: Area,
    on: Annotated[date | None, typer.Option("--on", metavar="DATE", parser=day, help=_("Hari terakhirnya."))] = None,
    by: Admin = None,
) -> None:
    def act(session: Session, viewer: Viewer, at: datetime) -> date:
        code = areas.known(session, area)
        last = on or areas.today(session, at, code)
        held = admin.role_held(session, name, role, code, by=viewer, at=at)
        admin.end_role(session, held, last, by=viewer, at=at)
        return last

    last = administering(by, act)
    show(_("Peran {role} {name} berakhir {day}."), role=role, name=name, day=last)


def add_token(
    name: Name,
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help=_("Untuk apa token ini."))] = "",
    by: Admin = None,
    json_wanted: Json = False,
) -> None:
    token = administering(by, lambda s, v, at: admin.add_token(s, name, label, by=v, at=at))
    if json_wanted:
        as_json({"username": name, "token": token})
    else:
        typer.echo(token)


def add_stand_in(
    name: Name,
    deputy: Annotated[str, typer.Argument(metavar="DEPUTY", help=_("Nama pengguna penggantinya."))],
    starts_on: Annotated[date, typer.Option("--from", metavar="DATE", parser=day, help=_("Hari pertama."))],
    ends_on: Annotated[date, typer.Option("--until", metavar="DATE", parser=day, help=_("Hari terakhir."))],
    by: Admin = None,
) -> None:
    administering(by, lambda s, v, at: admin.add_stand_in(s, name, deputy, starts_on, ends_on, by=v, at=at))
    show(
        _("{deputy} menggantikan {name} dari {first} sampai {last}."),
        deputy=deputy,
        name=name,
        first=starts_on,
        last=ends_on,
    )
