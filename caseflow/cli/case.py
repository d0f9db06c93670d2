"""`caseflow case`: opening a case, looking at it, its next steps, its history, lists."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import cases, casework, lines, past, views
from caseflow.actions.cases import OpenCase
from caseflow.actions.groups import GroupData, RosterMember
from caseflow.actions.people import HouseholdData, HouseholdMember, PersonData
from caseflow.actions.views import CaseView, NextStep
from caseflow.cli import forms, mending, past_sheet, sheet
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing, zone_of
from caseflow.cli.options import By, Json, Limit, Number, Reader, day
from caseflow.cli.speech import as_json, complain, label, language, say, show, table
from caseflow.errors import InvalidInput, _
from caseflow.i18n import translate
from caseflow.ids import normalise_area
from caseflow.states.lifecycle import ROLES, STATES, STEPS
from caseflow.store.cases import Filter
from caseflow.store.session import Session

AsOf = Annotated[
    date | None,
    typer.Option("--as-of", metavar="DATE", parser=day, help=_("Keadaan pada akhir hari itu, menurut log.")),
]
OPEN_HELP = _(
    """Buka kasus dari berkas JSON; nomornya ditulis ke keluaran.

Contoh isi CASE.json (wajib: "category", "area" dan satu dari "person", "household", "group", "subject"):

  {
    "category": "AT",
    "area": "63.10.01.2005",
    "issue": "orphan",
    "event_date": "2026-11-16",
    "person": {
      "name": "Siti Aminah", "nik": "6310014107160001", "birth": "2016-07-01", "sex": "P",
      "birth_place": "Batulicin", "address": "RT 003", "mother_name": "Halimah", "phone": "0812 3456 7890"
    },
    "answers": {"reporter_kind": "village", "criterion_neglected": "yes"}
  }

Orang tanpa nama: "alias". Lahir yang diperkirakan: "birth": {"age": 8} atau {"year": 2018}.
Keluarga, anggota pertama adalah kepala keluarga:

  "household": {"kk": "6310010101150001", "address": "RT 003", "members": [
    {"person": {"name": "Rusdi"}, "relation": "kepala keluarga", "basis": "on_kk"},
    {"person": {"name": "Aminah"}, "relation": "istri", "basis": "lives_with"}]}

Kelompok atau komunitas, tanpa NIK:

  "group": {"kind": "community", "name": "Balai Adat Meratus", "members": [
    {"name": "Damang Ayal", "role": "kepala adat", "representative": true}]}

"subject" adalah id orang atau keluarga yang sudah tercatat. "new_despite_closed": true membuka kasus baru bagi orang
yang kasus lamanya sudah ditutup."""
)


SEARCH_HELP = _(
    """Cari kasus yang boleh Anda lihat, paling banyak 20; ejaan nama boleh berbeda.

  caseflow case search "Moh. Yusuf" --by rina

Rumah tangga dan kelompok ditemukan juga lewat anggotanya sekarang; nama anggota kelompok dicari di antara 5.000 anggota
dari kasus yang terakhir dibuka."""
)


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "open", OPEN_HELP)(open_)
    verb(app, "show", _("Tampilkan satu kasus. Membaca kasus terbatas dicatat dalam log akses."))(show_case)
    verb(app, "list", _("Daftar kasus, nomor terbaru dahulu."))(list_)
    verb(app, "search", SEARCH_HELP)(search)
    verb(app, "steps", _("Langkah berikutnya: yang boleh, yang masih kurang, siapa yang menyetujui."))(steps)
    verb(app, "history", _("Riwayat kasus: setiap entri log dengan isinya. Membaca kasus terbatas dicatat."))(history)
    verb(app, "reviews", _("Permintaan persetujuan yang menunggu, paling mendesak dahulu."))(reviews)


def open_(
    by: By,
    file: Annotated[str, typer.Option("--file", metavar="CASE.json", help=_("Berkas kasus; - membaca masukan baku."))],
    json_wanted: Json = False,
) -> None:
    command = opening(forms.read_object(file))
    done = writing(by, lambda s, v, at: cases.open_case(s, command, by=v, at=at))
    for warning in done.warnings:
        complain(translate(warning, language()))
    if json_wanted:
        as_json({**sheet.done(done.case), "subject": done.case.created_id, "warnings": [say(w) for w in done.warnings]})
    else:
        typer.echo(done.case.number)


def opening(data: Mapping[str, Any]) -> OpenCase:
    """Return the command a CASE.json describes; `InvalidInput` names every field that does not fit."""
    values, problems = forms.fitted(OpenCase, data)
    if isinstance(person := values.get("person"), dict):
        fields, wrong = forms.fitted(PersonData, person, "person.")
        problems |= wrong
        values["person"] = PersonData(**fields) if not wrong else None
    elif person is not None:
        problems["person"] = _("Isian ini harus berupa objek.")
    if "group" in values:
        values["group"] = _group(values["group"], problems)
    if "household" in values:
        values["household"] = _household(values["household"], problems)
    if problems:
        raise InvalidInput(problems)
    return OpenCase(**values)


def _group(given: object, problems: dict[str, str]) -> GroupData | None:
    if not isinstance(given, dict):
        problems["group"] = _("Isian ini harus berupa objek.")
        return None
    fields, wrong = forms.fitted(GroupData, given, "group.")
    members = []
    for position, member in enumerate(given.get("members") or ()):
        place = f"group.members.{position}."
        if not isinstance(member, dict):
            wrong[place.removesuffix(".")] = _("Isian ini harus berupa objek.")
            continue
        said, bad = forms.fitted(RosterMember, member, place)
        wrong |= bad
        members += [] if bad else [RosterMember(**said)]
    problems |= wrong
    return None if wrong else GroupData(**{**fields, "members": tuple(members)})


def _household(given: object, problems: dict[str, str]) -> HouseholdData | None:
    if not isinstance(given, dict) or not isinstance(given.get("members"), list):
        problems["household"] = _("Tulis objek dengan daftar members.")
        return None
    fields, wrong = forms.fitted(HouseholdData, given, "household.")
    members = []
    for position, member in enumerate(given["members"]):
        place = f"household.members.{position}."
        if not isinstance(member, dict) or not isinstance(member.get("person"), dict):
            wrong[f"{place}person"] = _("Isian ini harus berupa objek.")
            continue
        about, bad_person = forms.fitted(PersonData, member["person"], f"{place}person.")
        others, bad_member = forms.fitted(HouseholdMember, member, place)
        wrong |= bad_person | bad_member
        if not bad_person and not bad_member:
            members.append(HouseholdMember(**{**others, "person": PersonData(**about)}))
    problems |= wrong
    return None if wrong else HouseholdData(**{**fields, "members": tuple(members)})


def show_case(number: Number, as_of: AsOf = None, by: Reader = None, json_wanted: Json = False) -> None:
    if as_of is not None:
        then = reading(by, lambda s, v, at: past.case_as_of(s, number, as_of, by=v, at=at), case=number)
        as_json(past_sheet.data(then)) if json_wanted else past_sheet.show(then)
        return

    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[CaseView, tzinfo]:
        view = views.view_case(session, number, by=viewer, at=at)
        return view, casework.look(session, number, by=viewer, at=at).calendar.zone

    view, zone = reading(by, look, case=number)
    if json_wanted:
        as_json(sheet.data(view))
    else:
        sheet.show(view, zone)


def list_(
    *,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help=_("Tahap kasus."))] = None,
    category: Annotated[str | None, typer.Option("--category", metavar="CODE", help=_("Kode kategori."))] = None,
    area: Annotated[
        str | None, typer.Option("--area", metavar="CODE", help=_("Kode wilayah, utuh atau awalnya."))
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help=_("Hanya yang kewajibannya lewat waktu."))] = False,
    assignee: Annotated[str | None, typer.Option("--assignee", metavar="USER", help=_("Pendamping."))] = None,
    after: Annotated[
        str | None, typer.Option("--after", metavar="NUMBER", help=_("Lanjutkan setelah nomor ini."))
    ] = None,
    limit: Limit = 50,
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    if state is not None:
        forms.known(state, STATES, "--state")

    def find(session: Session, viewer: Viewer, at: datetime) -> list[lines.Line]:
        wanted = Filter(
            state=state,
            category=category.upper() if category else None,
            area=normalise_area(area) if area else None,
            assignee=forms.user_id(session, "assignee", assignee) if assignee else None,
            overdue_at=at if overdue else None,
            cursor=after,
            limit=limit,
        )
        return lines.list_cases(session, wanted, by=viewer, at=at)

    found = reading(by, find)
    _show(found, json_wanted=json_wanted)
    if found and len(found) == limit and not json_wanted:
        complain(
            say(
                _("Berhenti pada {n} kasus. Lanjutannya: --after {number}; atau --limit."),
                n=limit,
                number=found[-1].number,
            )
        )


def search(
    words: Annotated[str, typer.Argument(metavar="WORDS", help=_("Nama, NIK, nomor KK, telepon, atau nomor kasus."))],
    *,
    by: By,
    json_wanted: Json = False,
) -> None:
    _show(reading(by, lambda s, v, at: lines.search(s, words, by=v, at=at)), json_wanted=json_wanted)


def _show(found: list[lines.Line], *, json_wanted: bool) -> None:
    if json_wanted:
        as_json(found)
        return
    names = (_("Nomor"), _("Klien"), _("Kategori"), _("Wilayah"), _("Tahap"), _("Risiko"), _("Pendamping"))
    rows = [
        (c.number, c.name, c.category, c.area, label(STATES.get(c.state)), sheet.risk(c.risk), c.assignee)
        for c in found
    ]
    table([say(name) for name in names], rows)


def steps(number: Number, by: By, json_wanted: Json = False) -> None:
    found = reading(by, lambda s, v, at: views.next_steps(s, number, by=v, at=at), case=number)
    if json_wanted:
        as_json([step_data(step, number, by) for step in found])
        return
    for step in found:
        state = (
            say(_("boleh"))
            if step.allowed
            else say(_("belum boleh"))
            if step.may_take
            else say(_("bukan wewenang Anda"))
        )
        typer.echo(f"{step.step}: {label(step.label)} -> {label(STATES[step.to])} ({state})")
        if step.approval:
            roles = ", ".join(label(ROLES[role]) for role in step.approval)
            show(_("    persetujuan: {roles}"), roles=roles)
        for unmet in step.unmet:
            typer.echo(f"  - {label(unmet.label)}")
            for command in mending.commands(unmet.guard, unmet.places, number=number, by=by):
                typer.echo(f"      {command}")


def step_data(step: NextStep, number: str, by: str) -> dict[str, Any]:
    """Return a next step as other programs read it: the same names as in the HTTP API."""
    return {
        "step": step.step,
        "label": label(step.label),
        "to": step.to,
        "allowed": step.allowed,
        "may_take": step.may_take,
        "reason_required": step.reason,
        "details": [d.key for d in STEPS[step.step].details],
        "unmet": [
            {
                "guard": u.guard,
                "message": label(u.label),
                "places": list(u.places),
                "mend": mending.commands(u.guard, u.places, number=number, by=by),
            }
            for u in step.unmet
        ],
        "approval": list(step.approval),
    }


def history(number: Number, by: Reader = None, json_wanted: Json = False) -> None:
    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[tuple[views.Event, ...], tzinfo]:
        found = views.history(session, number, by=viewer, at=at)
        return found, casework.look(session, number, by=viewer, at=at).calendar.zone

    found, zone = reading(by, look, case=number)
    if json_wanted:
        as_json(found)
        return
    names = (_("Ke"), _("Tanggal"), _("Dicatat"), _("Oleh"), _("Peristiwa"), _("Isi"))
    rows = [(e.seq, e.event_date, e.entered_at, e.actor_name, e.code, sheet.said(e)) for e in found]
    table([say(name) for name in names], rows, zone=zone)


def reviews(by: By, json_wanted: Json = False) -> None:
    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[list[lines.Waiting], tzinfo]:
        return lines.waiting_reviews(session, by=viewer, at=at), zone_of(session)

    found, zone = reading(by, look)
    if json_wanted:
        as_json([sheet.waiting(w) for w in found])
        return
    names = (_("Nomor"), _("Klien"), _("Langkah"), _("Diminta oleh"), _("Tenggat"), _("Catatan"))
    rows = [
        (w.line.number, w.line.name, label(STEPS[w.review.step].label), w.requester, w.review.due_at, w.note)
        for w in found
    ]
    table([say(name) for name in names], rows, zone=zone)
