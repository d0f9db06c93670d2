"""`caseflow letter initials`: what waits for my initial (paraf), giving it, and which posts initial which letters."""

from datetime import date
from pathlib import Path
from typing import Annotated, cast

import typer

from caseflow.actions import installation, letter_chains, letter_initials, letter_waiting, letters
from caseflow.actions.letter_chains import HoldPost, SetChain
from caseflow.actions.letter_initials import GiveInitial, ReturnDraft, WithdrawDraft
from caseflow.actions.letter_issuing import EVERY
from caseflow.cli.acting import report
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering, reading, writing, zone_of
from caseflow.cli.options import Admin, By, Json, Reader, Reason, Version, day
from caseflow.cli.speech import as_json, complain, label, say, show, table
from caseflow.errors import _
from caseflow.letters.facts import Facts
from caseflow.settings import load
from caseflow.store import letters as letter_rows

SET_HELP = _(
    """Atur jabatan yang memaraf surat, berurutan; nomor surat diambil sesudah paraf terakhir.

  caseflow letter initials hold --post "Kepala Bidang Rehabilitasi Sosial" --user sari
  caseflow letter initials set --letter rjk-lksa --post "Kepala Bidang Rehabilitasi Sosial" --post "Sekretaris Dinas"

Tanpa --letter: semua surat yang ditandatangani pejabat. Tanpa --post: tanpa paraf. Konsep yang sudah menunggu tetap
memakai urutan saat diminta. Surat darurat tidak menunggu paraf."""
)
Draft = Annotated[str, typer.Argument(metavar="ID", help=_("Id konsep, dari caseflow letter initials list."))]
Office = Annotated[str | None, typer.Option("--office", metavar="CODE", help=_("Kode wilayah kantor."))]
Post = Annotated[str, typer.Option("--post", metavar="TEXT", help=_("Jabatan yang memaraf."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "list", _("Konsep surat yang menunggu paraf saya."))(list_)
    verb(app, "read", _("Ambil konsep sebagai PDF bertanda KONSEP."))(read)
    verb(app, "give", _("Paraf konsep; sesudah paraf terakhir suratnya bernomor."))(give)
    verb(app, "return", _("Kembalikan konsep kepada peminta, dengan alasan."))(give_back)
    verb(app, "withdraw", _("Batalkan konsep yang menunggu; nomornya belum pernah diambil."))(withdraw)
    verb(app, "show", _("Jabatan yang memaraf setiap jenis surat, dan pemegangnya."))(show_)
    verb(app, "set", SET_HELP)(set_)
    verb(app, "hold", _("Catat pemegang jabatan yang memaraf, atau Plt./Plh.-nya, dari tanggal sampai tanggal."))(hold)
    verb(app, "leave", _("Akhiri masa seorang pemegang jabatan."))(leave)


def list_(*, by: By, json_wanted: Json = False) -> None:
    found, zone = writing(by, lambda s, v, at: (letter_waiting.waiting(s, by=v, at=at), zone_of(s)))
    if json_wanted:
        as_json(found)
        return
    titles = (_("Surat"), _("Nomor kasus"), _("Sebagai"), _("Ke"), _("Diminta"), _("Paling lambat"), _("id"))
    rows = [
        (label(w.title), w.line.number, _as(w.prefix, w.post), f"{w.position}/{w.of}", w.requester, w.due_at, w.id)
        for w in found
    ]
    table([say(title) for title in titles], rows, zone=zone)


def read(
    draft: Draft,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.pdf", help=_("Berkas PDF yang ditulis."))],
    by: Reader = None,
) -> None:
    row, facts = reading(by, lambda s, v, at: letter_waiting.content(s, draft, by=v, at=at), case=draft)
    with installation.renderer(load()) as renderer:
        made = renderer.render(row.kind, cast("Facts", facts))
    out.write_bytes(made.pdf)
    show(_("Ditulis: {file} ({n} halaman)"), file=out, n=made.pages)


def give(draft: Draft, *, by: By, expected_version: Version = None, json_wanted: Json = False) -> None:
    command = GiveInitial(letter=draft, expected_version=expected_version)
    done = writing(by, lambda s, v, at: letter_initials.give_initial(s, command, by=v, at=at), case=draft)
    number = reading(None, lambda s, _v, _at: getattr(letter_rows.by_id(s, draft), "number", ""))
    if json_wanted:
        as_json({"case": done.number, "letter": draft, "number": number or None})
    elif number:
        typer.echo(number)
    else:
        show(_("Paraf tercatat; konsep menunggu paraf berikutnya."))


def give_back(
    draft: Draft, *, by: By, reason: Reason = None, expected_version: Version = None, json_wanted: Json = False
) -> None:
    command = ReturnDraft(letter=draft, reason=reason or "", expected_version=expected_version)
    done = writing(by, lambda s, v, at: letter_initials.return_draft(s, command, by=v, at=at), case=draft)
    report(done, json_wanted=json_wanted)


def withdraw(
    draft: Draft, *, by: By, reason: Reason = None, expected_version: Version = None, json_wanted: Json = False
) -> None:
    command = WithdrawDraft(letter=draft, reason=reason or "", expected_version=expected_version)
    done = writing(by, lambda s, v, at: letter_initials.withdraw_draft(s, command, by=v, at=at), case=draft)
    report(done, json_wanted=json_wanted)


def show_(office: Office = None, by: Admin = None, json_wanted: Json = False) -> None:
    found, kinds = administering(by, lambda s, v, at: (letter_chains.read(s, office, by=v, at=at), letters.kinds(s)))
    if json_wanted:
        names = ("id", "post", "prefix", "username", "name", "starts_on", "ends_on")
        holders = [{name: getattr(row, name) for name in names} for row in found.holders]
        as_json({"area": found.area, "chains": found.chains, "holders": holders})
        return
    every = say(_("semua surat lainnya"))
    rows = [
        (every if kind == EVERY else label(kinds[kind].title) if kind in kinds else kind, " -> ".join(posts) or "-")
        for kind, posts in found.chains.items()
    ]
    table([say(_("Surat")), say(_("Paraf"))], rows)
    titles = (_("Jabatan"), _("Sebagai"), _("Nama"), _("Mulai"), _("Selesai"), _("id"))
    held = [(row.post, row.prefix, row.name, row.starts_on, row.ends_on, row.id) for row in found.holders]
    table([say(title) for title in titles], held)


def set_(
    *,
    office: Office = None,
    letter: Annotated[str | None, typer.Option("--letter", metavar="NAME", help=_("Hanya surat ini."))] = None,
    posts: Annotated[
        list[str] | None, typer.Option("--post", metavar="TEXT", help=_("Jabatan yang memaraf; berulang, berurutan."))
    ] = None,
    as_others: Annotated[bool, typer.Option("--as-others", help=_("Surat ini mengikuti surat lainnya lagi."))] = False,
    by: Admin = None,
) -> None:
    command = SetChain(area=office, letter=letter, posts=None if as_others else tuple(posts or ()))
    administering(by, lambda s, v, at: letter_chains.set_chain(s, command, by=v, at=at))
    show(_("Urutan paraf dicatat."))


def hold(
    *,
    post: Post,
    user: Annotated[str, typer.Option("--user", metavar="USER", help=_("Nama pengguna pemegangnya."))],
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="Plt.|Plh.", help=_("Plt. atau Plh., bila bukan pemangkunya."))
    ] = "",
    starts_on: Annotated[
        date | None, typer.Option("--from", metavar="DATE", parser=day, help=_("Mulai berlaku; tanpa ini hari ini."))
    ] = None,
    ends_on: Annotated[
        date | None, typer.Option("--until", metavar="DATE", parser=day, help=_("Terakhir berlaku."))
    ] = None,
    office: Office = None,
    by: Admin = None,
) -> None:
    command = HoldPost(area=office, post=post, user=user, prefix=prefix, starts_on=starts_on, ends_on=ends_on)
    made = administering(by, lambda s, v, at: letter_chains.hold_post(s, command, by=v, at=at))
    show(_("{user} memaraf sebagai {post} (id {id})."), user=user, post=_as(prefix, post), id=made)


def leave(
    holder: Annotated[str, typer.Argument(metavar="ID", help=_("Id pemegang, dari caseflow letter initials show."))],
    last_day: Annotated[
        date | None, typer.Option("--until", metavar="DATE", parser=day, help=_("Hari terakhir; tanpa ini hari ini."))
    ] = None,
    by: Admin = None,
) -> None:
    left = administering(by, lambda s, v, at: letter_chains.leave_post(s, holder, last_day, by=v, at=at))
    show(_("Masa jabatan itu diakhiri."))
    if left is not None:
        complain(say(left))


def _as(prefix: str, post: str) -> str:
    return f"{prefix} {post}".strip()
