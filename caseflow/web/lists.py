"""The lists of what hangs on a case: plan, visits, referrals, consents, placements, and its whole history."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow.actions import aid, groups, registry, shared_items, views
from caseflow.actions.aid import Aid
from caseflow.actions.plan import SETTLED
from caseflow.actions.shared_items import Place
from caseflow.actions.views import CaseView, Thing
from caseflow.errors import NotFound, _
from caseflow.states.category import PLACEMENTS, Text
from caseflow.states.facts import GROUPS
from caseflow.states.lifecycle import CLOSED, STATES
from caseflow.states.sharing import PURPOSES, RELATIONS
from caseflow.store import institutions
from caseflow.web import conferences, history, letter_view
from caseflow.web.environment import Words
from caseflow.web.opened import Looked, opened
from caseflow.web.page import Reading, render
from caseflow.web.route import new_router
from caseflow.web.row import Row
from caseflow.web.sheets.plan import RESULTS
from caseflow.web.speech import Teller

router = new_router()
AFTER_PLAN = ("intervention", "evaluation", "monitoring")


@router.get("/kasus/{number}/riwayat")
def whole_history(page: Reading, number: str) -> Response:
    def told(seen: Looked) -> dict[str, Any]:
        events = views.history_of(seen.work)
        return {
            "entries": history.told(seen.session, events, seen.view.category, seen.teller, history.receivers(seen.view))
        }

    return render(page, "history.html", **opened(page, number, told))


@router.get("/kasus/{number}/{part}")
def listing(page: Reading, number: str, part: str) -> Response:
    """Show the list of one kind of thing that hangs on the case."""
    if part not in LISTS:
        raise NotFound
    return render(page, "list.html", part=part, **opened(page, number, LISTS[part]))


ITEM = {
    "planned": ("plain", "", _("Direncanakan")),
    "approved": ("plain", "done", _("Disetujui")),
    "done": ("done", "done", _("Selesai")),
    "cancelled": ("plain", "no", _("Dibatalkan")),
}
"""Status of a plan item -> look, mark, word."""


def _plan(seen: Looked) -> dict[str, Any]:
    view, teller, state = seen.view, seen.teller, seen.view.row.state
    base = f"/kasus/{view.row.number}/rencana"
    may = bool(view.roles.intersection(access.ACTS["plan"])) and state != CLOSED
    same, limits = aid.of_case(seen.work), registry.of_help(seen.work)
    shared = shared_items.elsewhere(seen.work)
    near = {each.number for each in shared_items.offered(seen.work)} if may else set()
    rows = []
    for item in view.plan:
        status = item.columns["status"]
        kind = view.category.intervention(item.columns["intervention"])
        owner, due = view.people.get(item.columns["owner_id"] or ""), item.columns["due"]
        result = dict(RESULTS).get(item.columns["result"])
        lines: list[Words] = [item.words.get("goal") or _("Tujuannya belum ditulis.")]
        lines.append(_("Penanggung jawab: {who}", who=owner) if owner else _("Penanggung jawabnya belum ditetapkan."))
        lines.append(_("Tenggat {day}", day=teller.full_day(due)) if due else _("Tenggatnya belum ditetapkan."))
        if item.words.get("note"):
            lines.append(_("Hasil: {what}", what=item.words["note"]))
        if result:
            lines.append(_("Tujuan dinilai: {result}", result=teller.say(result).lower()))
        if status in {"planned", "approved"} and (limit := limits.get(item.columns["intervention"])):
            lines.append(limit)
        lines += [served(place, teller) for place in shared if place.item == item.id]
        if status == "planned":
            lines += [_same(a, teller) for a in same.aids if a.intervention == item.columns["intervention"]]
        acts = _item_acts(f"{base}/{item.id}", state, status) if may else []
        has = {place.number for place in shared if place.item == item.id and place.status != "cancelled"}
        if status not in SETTLED and near - has:
            acts.append((f"{base}/{item.id}/bersama", _("Juga untuk kasus lain")))
        title = kind.name if kind else item.columns["intervention"]
        rows.append(Row(title=title, lines=tuple(lines), badge=ITEM.get(status), acts=tuple(acts)))
    return {
        "title": _("Rencana"),
        "rows": rows,
        "empty": _("Belum ada kegiatan dalam rencana siklus ini."),
        "add": [(f"{base}/baru", _("Tambah kegiatan"))] if may and _planning(view) else [],
    }


def served(place: Place, teller: Teller) -> Words:
    """Return whom else an action serves, and where it stands there."""
    at = teller.say(dict(RESULTS)[place.result] if place.result else ITEM[place.status][2]).lower()
    return _("Juga untuk {name} ({number}): {status}.", name=place.name, number=place.number, status=at)


def _same(found: Aid, teller: Teller) -> Words:
    said = teller.say(found.sentence(teller.lang))
    return f"{said} ({found.person or found.number}, {found.number})" if found.number else said


def _planning(view: CaseView) -> bool:
    """A plan is written before the intervention; within it only while the plan of an emergency is owed."""
    owed = view.row.emergency_since is not None and not view.row.emergency_ratified
    return view.row.state in {"assessment", "intervention_plan"} or (view.row.state == "intervention" and owed)


def _item_acts(base: str, state: str, status: str) -> list[tuple[str, Words]]:
    if status in {"done", "cancelled"} and state != "evaluation":
        return []
    acts: list[tuple[str, Words]] = []
    if state in {"assessment", "intervention_plan"}:
        acts.append((f"{base}/ubah", _("Ubah kegiatan")))
    if state == "intervention":
        acts.append((f"{base}/selesai", _("Isi hasil kegiatan")))
    if state == "evaluation" and status != "cancelled":
        acts.append((f"{base}/nilai", _("Nilai hasil tujuan")))
    if status not in {"done", "cancelled"}:
        acts.append((f"{base}/batal", _("Batalkan kegiatan")))
    return acts


def _visits(seen: Looked) -> dict[str, Any]:
    view, teller = seen.view, seen.teller
    base = f"/kasus/{view.row.number}/kunjungan"
    rows = [
        Row(
            title=teller.full_day(v.columns["visited_on"]),
            lines=_visit_lines(seen, v),
            badge=None,
            acts=(),
        )
        for v in sorted(view.visits, key=lambda v: v.columns["visited_on"], reverse=True)
    ]
    rhythm = view.category.rhythm
    add: list[tuple[str, Words]] = []
    if view.roles.intersection(access.ACTS["visit"]) and view.row.state in AFTER_PLAN:
        add.append((f"{base}/baru", _("Catat kunjungan")))
    if (
        view.roles.intersection(access.ACTS["waive_visits"])
        and view.row.state == "monitoring"
        and not view.row.visits_waived
    ):
        add.append((f"{base}/bebas", _("Bebaskan sisa kunjungan")))
    told = _(
        "Kategori ini meminta {n} kunjungan monitoring, berjarak paling sedikit {gap} hari. Yang dihitung: {done}.",
        n=rhythm.visits,
        gap=rhythm.gap_days,
        done=view.counted_visits,
    )
    return {"title": _("Kunjungan"), "rows": rows, "empty": _("Belum ada kunjungan."), "add": add, "intro": told}


def _visit_lines(seen: Looked, visit: Thing) -> tuple[Words, ...]:
    who = seen.view.people.get(visit.columns["officer_id"], "-")
    state = seen.teller.say(STATES[visit.columns["state"]]).lower()
    cycle = visit.columns["cycle"]
    said = (
        _("Siklus {n}", n=cycle) if cycle != seen.view.row.cycle else None,
        _("Oleh {who}, tahap {state}", who=who, state=state),
        visit.words.get("finding"),
        visit.words.get("progress"),
    )
    return tuple(line for line in said if line)


def _referrals(seen: Looked) -> dict[str, Any]:
    view, teller = seen.view, seen.teller
    base = f"/kasus/{view.row.number}/rujukan"
    rows = []
    for sent in reversed(view.referrals):
        status = sent.columns["status"]
        owed = next((o for o in view.obligations if o.ref_id == sent.id), None)
        lines: list[Words] = [
            sent.words.get("need") or "",
            _("Dirujuk {day}", day=teller.full_day(sent.columns["sent_on"])),
        ]
        if number := sent.columns["number"]:
            who = view.people.get(sent.columns["officer_id"], "-")
            lines.append(_("Nomor {number}, oleh {who}", number=number, who=who))
        if owed is not None and (status == "open" or sent.columns["offered"]):
            due = teller.due(owed, awaited=True)
            lines.append(f"{due.lead} {due.rest}")
        if sent.columns["answered_on"]:
            lines.append(_("Dijawab {day}", day=teller.full_day(sent.columns["answered_on"])))
        lines += [t for t in (sent.words.get("note"), sent.words.get("officer"), sent.words.get("phone")) if t]
        acts: list[tuple[str, Words]] = []
        if status in {"open", "accepted"} and view.roles.intersection(access.ACTS["referral"]):
            acts += [(link.to, link.words) for link in letter_view.answer_links(f"/kasus/{view.row.number}", sent)]
        silent = status == "open" and not sent.columns["offered"]
        if silent and view.roles.intersection(access.ACTS["withdraw_referral"]):
            acts.append((f"{base}/{sent.id}/tarik", _("Tarik rujukan")))
        rows.append(
            Row(
                sent.columns["institution"],
                tuple(t for t in lines if t),
                letter_view.OFFERED if sent.columns["offered"] else letter_view.REFERRALS.get(status),
                tuple(acts),
            )
        )
    add = (
        [(f"{base}/baru", _("Catat rujukan"))]
        if view.roles.intersection(access.ACTS["referral"]) and view.row.state in AFTER_PLAN
        else []
    )
    return {"title": _("Rujukan"), "rows": rows, "empty": _("Belum ada rujukan."), "add": add}


def _consents(seen: Looked) -> dict[str, Any]:
    view, teller = seen.view, seen.teller
    base = f"/kasus/{view.row.number}/persetujuan-klien"
    may = bool(view.roles.intersection(access.ACTS["consent"])) and view.row.state != CLOSED
    rows = []
    for given in reversed(view.consents):
        gone = given.columns["withdrawn_on"]
        relation = RELATIONS.get(given.columns["relation"], Text(given.columns["relation"], given.columns["relation"]))
        lines: list[Words] = [
            _("{giver}, {relation}", giver=given.words.get("giver", "-"), relation=teller.say(relation)),
            _("Diberikan {day}", day=teller.full_day(given.columns["given_on"])),
            given.words.get("addressee") or "",
            given.words.get("evidence") or "",
        ]
        if gone:
            lines.append(_("Ditarik {day}", day=teller.full_day(gone)))
        title = PURPOSES.get(given.columns["purpose"], given.columns["purpose"])
        badge = ("plain", "no", _("Ditarik")) if gone else ("done", "done", _("Berlaku"))
        acts = ((f"{base}/{given.id}/tarik", _("Tarik persetujuan")),) if may and not gone else ()
        rows.append(Row(title, tuple(t for t in lines if t), badge, acts))
    add = [(f"{base}/baru", _("Catat persetujuan klien"))] if may else []
    return {
        "title": _("Persetujuan klien"),
        "rows": rows,
        "empty": _("Belum ada persetujuan klien yang tercatat."),
        "add": add,
    }


def _placements(seen: Looked) -> dict[str, Any]:
    view, teller = seen.view, seen.teller
    base = f"/kasus/{view.row.number}/penempatan"
    may = bool(view.roles.intersection(access.ACTS["placement"])) and view.row.state != CLOSED
    rows = []
    for placed in reversed(view.placements):
        ended, review = placed.columns["ends_on"], placed.columns["next_review"]
        home = (
            institutions.by_id(seen.session, placed.columns["institution_id"])
            if placed.columns["institution_id"]
            else None
        )
        lines: list[Words] = [
            home.name if home else "",
            _("Pengasuh: {who}", who=placed.words.get("carer", "-")),
            placed.words.get("relation") or "",
            _("Mulai {day}", day=teller.full_day(placed.columns["starts_on"])),
        ]
        lines.append(_("Berakhir {day}", day=teller.full_day(ended)) if ended else "")
        lines.append(_("Tinjauan berikutnya paling lambat {day}", day=teller.full_day(review)) if review else "")
        acts = (
            (f"{base}/{placed.id}/tinjau", _("Tinjau penempatan")),
            (f"{base}/{placed.id}/akhiri", _("Akhiri penempatan")),
        )
        badge = ("plain", "no", _("Berakhir")) if ended else ("done", "done", _("Berjalan"))
        title = PLACEMENTS.get(placed.columns["kind"], placed.columns["kind"])
        rows.append(Row(title, tuple(t for t in lines if t), badge, acts if may and not ended else ()))
    add = [(f"{base}/baru", _("Mulai penempatan"))] if may and view.row.state == "intervention" else []
    return {"title": _("Penempatan"), "rows": rows, "empty": _("Belum ada penempatan."), "add": add}


def _registries(seen: Looked) -> dict[str, Any]:
    view, teller = seen.view, seen.teller
    may = bool(view.roles.intersection(access.ACTS["person"])) and view.row.state != CLOSED
    rows = []
    for check in registry.of_case(seen.work):
        found = _("Desil {desil}", desil=check.decile) if check.decile else _("Terdaftar")
        lines: list[Words] = [found if check.listed else _("Tidak terdaftar")]
        lines.append(_("Diperiksa {day} oleh {who}", day=teller.full_day(check.checked_on), who=check.checked_by))
        lines.append(_("Nomor: {number}", number=check.identifier) if check.identifier else "")
        lines.append(_("Tahun data: {year}", year=check.year) if check.year else "")
        lines.append(check.note)
        old = ("late", "late", _("Lebih dari {n} hari: periksa lagi", n=check.days)) if check.old else None
        rows.append(Row(check.name, tuple(line for line in lines if line), old, ()))
    return {
        "title": _("Data terpadu"),
        "rows": rows,
        "empty": _("Belum ada pemeriksaan yang dicatat."),
        "add": [(f"/kasus/{view.row.number}/registri/baru", _("Catat pemeriksaan"))] if may else [],
    }


def _roster(seen: Looked) -> dict[str, Any]:
    view, teller = seen.view, seen.teller
    if view.subject.kind not in GROUPS:
        raise NotFound
    base = f"/kasus/{view.row.number}/anggota"
    may = bool(view.roles.intersection(access.ACTS["person"])) and view.row.state != CLOSED
    rows = []
    for member in groups.of_case(seen.work):
        since, basis = teller.full_day(member.starts_on), teller.say(groups.BASES.get(member.basis, ""))
        when: Words = _("Sejak {day}, {basis}", day=since, basis=basis)
        if member.ends_on:
            when = _("{day} sampai {end}, {basis}", day=since, end=teller.full_day(member.ends_on), basis=basis)
        lines: list[Words] = [member.role, when, _("Tercatat juga sebagai orang") if member.linked else ""]
        badge = ("plain", "done", _("Wakil")) if member.representative else None
        badge = ("plain", "no", _("Sudah keluar")) if member.ends_on else badge
        acts = ((f"{base}/{member.id}/keluar", _("Catat keluar")),) if may and not member.ends_on else ()
        rows.append(Row(member.name, tuple(line for line in lines if line), badge, acts))
    here = sum(row.badge is None or row.badge[1] == "done" for row in rows)
    return {
        "title": _("Daftar anggota dan wakilnya"),
        "intro": _("{n} orang tercatat sekarang.", n=here),
        "rows": rows,
        "empty": _("Belum ada anggota yang dicatat."),
        "add": [(f"{base}/baru", _("Tambah anggota")), (f"{base}/impor", _("Anggota dari lembar"))] if may else [],
    }


LISTS: dict[str, Callable[[Looked], dict[str, Any]]] = {
    "rencana": _plan,
    "kunjungan": _visits,
    "pembahasan": conferences.listed,
    "rujukan": _referrals,
    "persetujuan-klien": _consents,
    "penempatan": _placements,
    "registri": _registries,
    "anggota": _roster,
}
"""Last part of the address -> what its list shows."""
