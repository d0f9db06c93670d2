"""`caseflow institution show` and `change`: what an institution takes, room, licence, how it answers."""

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import institutions
from caseflow.actions.institutions import Answered, Institution
from caseflow.cli import forms
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering, reading
from caseflow.cli.options import Admin, Json, Reader, day, whole
from caseflow.cli.speech import as_json, label, language, pairs, say, show
from caseflow.cli.words import word
from caseflow.errors import _
from caseflow.i18n import translate
from caseflow.store.session import Session

CHANGE_HELP = _(
    """Ubah yang tercatat tentang sebuah lembaga; yang tidak disebut tetap.

  caseflow institution change "LKSA Istana" --psks-type LKS --capacity 40 --accepts referral --licence SKT/12/2024 \\
      --licence-until 2027-12-31 --contact "Ibu Ani"

Tempat penuh, izin yang berakhir, atau surat yang tidak diterima memberi peringatan saat merujuk, tidak menghalangi."""
)
Place = Annotated[str, typer.Argument(metavar="NAME", help=_("Nama atau id lembaga."))]
Text = typer.Option


def attach(institution: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(institution, "show", _("Satu lembaga: yang diterimanya, tempatnya, izinnya, cara menjawabnya."))(show_one)
    verb(institution, "change", CHANGE_HELP)(change)


def show_one(institution: Place, *, by: Reader = None, json_wanted: Json = False) -> None:
    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[Institution, Answered, list[str]]:
        found, answered = institutions.one(session, forms.institution_id(session, institution), by=viewer, at=at)
        takes = institutions.takeable(session)
        return found, answered, [translate(takes[n], language()) if n in takes else n for n in found.data.accepts]

    found, answered, takes = reading(by, look)
    if json_wanted:
        as_json(
            {
                "id": found.id,
                **asdict(found.data),
                "placed": found.placed,
                "full": found.full,
                "licence_over": found.licence_over,
                "answered": asdict(answered),
            }
        )
        return
    data = found.data
    room = say(_("{n} dari {of} terisi"), n=found.placed, of=data.capacity) if data.capacity is not None else None
    pairs(
        (
            (say(_("Nama")), data.name),
            (say(_("Jenis")), word(data.kind)),
            (say(_("PSKS")), label(found.type.name) if found.type else None),
            (say(_("Surat kepada")), f"{data.addressee}, {data.place}"),
            (say(_("Wilayah")), found.area_name),
            (say(_("Yang dihubungi")), data.contact),
            (say(_("Telepon")), data.phone),
            (say(_("Jam buka")), data.hours),
            (say(_("Tempat")), room),
            (say(_("Menerima")), "; ".join(takes)),
            (say(_("SKT atau izin")), data.licence_number),
            (say(_("Berlaku sampai")), data.licence_until),
            (say(_("Dikirim")), answered.sent),
            (say(_("Diterima")), answered.accepted),
            (say(_("Ditolak atau dikembalikan")), answered.refused),
            (say(_("Tidak dijawab")), answered.silent),
            (
                say(_("Separuhnya dijawab dalam")),
                None if answered.days is None else say(_("{n} hari"), n=answered.days),
            ),
        )
    )
    if found.full:
        show(_("Penuh"))
    if found.licence_over:
        show(_("Izin berakhir"))


def change(
    institution: Place,
    *,
    name: Annotated[str | None, Text("--name", metavar="TEXT", help=_("Nama lembaga."))] = None,
    kind: Annotated[str | None, Text("--kind", metavar="KIND", help=_("Jenis lembaga."))] = None,
    addressee: Annotated[str | None, Text("--addressee", metavar="TEXT", help=_("Kepada siapa surat ditulis."))] = None,
    place: Annotated[str | None, Text("--place", metavar="TEXT", help=_("Tempatnya."))] = None,
    area: Annotated[str | None, Text("--area", metavar="CODE", help=_("Kode wilayahnya."))] = None,
    email: Annotated[str | None, Text("--email", metavar="ADDRESS", help=_("Alamat surel."))] = None,
    phone: Annotated[str | None, Text("--phone", metavar="NUMBER", help=_("Nomor telepon."))] = None,
    contact: Annotated[str | None, Text("--contact", metavar="TEXT", help=_("Siapa yang dihubungi."))] = None,
    hours: Annotated[str | None, Text("--hours", metavar="TEXT", help=_("Jam buka."))] = None,
    psks_type: Annotated[
        str | None, Text("--psks-type", metavar="TYPE", help=_("Jenis PSKS, dari caseflow psks types."))
    ] = None,
    capacity: Annotated[int | None, Text("--capacity", metavar="N", parser=whole, help=_("Berapa tempatnya."))] = None,
    accepts: Annotated[
        list[str] | None,
        Text("--accepts", metavar="LETTER", help=_("Surat yang diterima, atau referral; boleh berulang.")),
    ] = None,
    licence_number: Annotated[str | None, Text("--licence", metavar="TEXT", help=_("Nomor SKT atau izin."))] = None,
    licence_until: Annotated[
        date | None, Text("--licence-until", metavar="DATE", parser=day, help=_("Terakhir berlaku."))
    ] = None,
    active: Annotated[bool | None, Text("--on/--off", help=_("Masih dirujuk, atau tidak lagi."))] = None,
    by: Admin = None,
) -> None:
    given: dict[str, Any] = {
        "name": name, "kind": kind, "addressee": addressee, "place": place, "area": area, "email": email,
        "phone": phone, "contact": contact, "hours": hours, "psks_type": psks_type.upper() if psks_type else psks_type,
        "capacity": capacity, "accepts": tuple(accepts) if accepts else None, "licence_number": licence_number,
        "licence_until": licence_until, "active": active,
    }  # fmt: skip
    said = {key: value for key, value in given.items() if value is not None}

    def run(session: Session, viewer: Viewer, at: datetime) -> None:
        wanted = forms.institution_id(session, institution)
        found, _answered = institutions.one(session, wanted, by=viewer, at=at)
        institutions.change(session, wanted, replace(found.data, **said), by=viewer, at=at)

    administering(by, run)
