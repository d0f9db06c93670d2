"""A case as the command line shows it, and as JSON for other programs."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from caseflow.actions.casework import Done
from caseflow.actions.lines import Waiting
from caseflow.actions.people import birth_text
from caseflow.actions.views import CaseView, Event, Thing
from caseflow.cli import speech
from caseflow.cli.speech import label, language, say
from caseflow.cli.words import word
from caseflow.errors import _
from caseflow.i18n import translate
from caseflow.ids import format_area
from caseflow.states.category import PLACEMENTS, Category, Field
from caseflow.states.lifecycle import ENDINGS, RISKS, STATES, STEPS

_LETTER = ("id", "number", "kind", "code", "letter_date", "state", "addressee", "check_code")
_REVIEW = ("id", "step", "state", "requested_by", "requested_at", "due_at", "decided_by", "decided_at")
_CRITERION = {"yes": _("ya"), "no": _("tidak"), "unknown": _("belum tahu")}
PLAN = (_("Ke"), _("Kegiatan"), _("Tujuan"), _("Penanggung jawab"), _("Tenggat"), _("Keadaan"), _("Hasil"))
_OWED = ("kind", "due_at", "rung", "basis", "paused_at")


def done(result: Done) -> dict[str, Any]:
    """Return the case after a write; `review` is set when a second person must decide first."""
    return {
        "id": result.id,
        "number": result.number,
        "state": result.state,
        "version": result.version,
        "cycle": result.cycle,
        "entry": result.entry,
        "review": result.review_id,
        "created": result.created_id,
    }


def risk(key: str | None) -> str:
    """Return the name of a risk level."""
    return label(RISKS.get(key or ""))


# --- JSON ------------------------------------------------------------------------------------------------------------


def data(view: CaseView) -> dict[str, Any]:
    """Return all of a case as plain data."""
    row = view.row
    emergency = {"since": row.emergency_since, "ratified": row.emergency_ratified, "paid": row.emergency_paid}
    return {
        "id": row.id,
        "number": row.number,
        "version": row.version,
        "state": row.state,
        "state_since": row.state_since,
        "cycle": row.cycle,
        "category": {"code": row.category, "name": label(view.category.name)},
        "issue": row.issue,
        "confidentiality": row.confidentiality,
        "area": {"code": row.area_code, "name": view.area_name},
        "subject": {**_subject(view), "members": list(view.members)},
        "risk": row.risk,
        "assignee": {"id": row.assignee_id, "name": view.people.get(row.assignee_id or "")}
        if row.assignee_id
        else None,
        "opened_on": row.opened_on,
        "opened_by": view.people.get(row.opened_by),
        "held_until": row.held_until,
        "emergency": emergency if row.emergency_since else None,
        "screening": view.screening,
        "counted_visits": view.counted_visits,
        "visits_waived": row.visits_waived,
        "closed": {"step": row.closing_step, "outcome": row.outcome, "at": row.closed_at} if row.closed_at else None,
        "records": {
            stage: {"version": view.record_versions.get(stage), "answers": answers}
            for stage, answers in view.records.items()
        },
        "plan": plan(view),
        "placements": [_thing(t) for t in view.placements],
        "referrals": [_thing(t) for t in view.referrals],
        "visits": [_thing(t) for t in view.visits],
        "consents": [_thing(t) for t in view.consents],
        "drafts": [
            {**_picked(d.row, ("id", "kind", "state", "waits_for")), "initials": d.initials, "reason": d.reason}
            for d in view.drafts
        ],
        "letters": [{**_picked(r, _LETTER), **_voided(view, r.id)} for r in view.letters],
        "reviews": [_picked(r, _REVIEW) for r in view.reviews],
        "obligations": [_picked(r, _OWED) for r in view.obligations],
        "roles": view.roles,
    }


def _voided(view: CaseView, letter_id: str) -> dict[str, Any]:
    found = view.voided.get(letter_id)
    return {"voided_by": found.by if found else None, "void_reason": found.reason if found else None}


def _subject(view: CaseView) -> dict[str, Any]:
    about = view.subject
    return {
        "id": about.id,
        "kind": about.kind,
        "name": about.name,
        "age": about.age,
        "sex": about.sex,
        "child": about.child,
        "died": about.died,
        "erased_at": about.erased_at,
        "data": about.data,
    }


def _thing(thing: Thing) -> dict[str, Any]:
    columns = {k: v for k, v in thing.columns.items() if k not in {"case_id", "id"}}
    return {"id": thing.id, **columns, **thing.words}


def _picked(row: Any, names: tuple[str, ...]) -> dict[str, Any]:  # noqa: ANN401 - a row of the database
    return {name: getattr(row, name) for name in names}


def waiting(review: Waiting) -> dict[str, Any]:
    """Return a waiting review as plain data."""
    return {
        "case": review.line.number,
        **_picked(review.review, _REVIEW),
        "name": review.line.name,
        "risk": review.line.risk,
        "requester": review.requester,
        "note": review.note,
        "details": review.details,
        "may_decide": review.may_decide,
    }


def plan(view: CaseView) -> list[dict[str, Any]]:
    """Return the actions of a plan as plain data, in the order people count them by."""
    return [_thing(item) for item in view.plan]


# --- for people ------------------------------------------------------------------------------------------------------


def show(view: CaseView, zone: tzinfo) -> None:
    """Show a case: what it is, what is written, what hangs on it, what is due."""
    speech.pairs(_facts(view), zone)
    for stage in (known for known in STATES if known in view.records):
        speech.heading(label(STATES[stage]))
        speech.pairs(answered(view.category, stage, view.records[stage]))
    _list(_("Rencana"), PLAN, _plan(view))
    _list(
        _("Persetujuan klien"),
        (_("Ke"), _("Untuk"), _("Oleh"), _("Hubungan"), _("Boleh diberi tahu"), _("Tanggal"), _("Ditarik")),
        _consents(view),
    )
    _list(
        _("Penempatan"),
        (_("Ke"), _("Jenis"), _("Pengasuh"), _("Mulai"), _("Selesai"), _("Tinjauan")),
        _placements(view),
    )
    _list(
        _("Rujukan"),
        (_("Ke"), _("Lembaga"), _("Kebutuhan"), _("Dikirim"), _("Keadaan"), _("Catatan")),
        _referrals(view),
    )
    _list(_("Kunjungan"), (_("Ke"), _("Tanggal"), _("Petugas"), _("Temuan")), _visits(view))
    _list(
        _("Surat"),
        (_("Nomor"), _("Jenis"), _("Tanggal"), _("Kepada"), _("Keadaan")),
        [(r.number, r.code, r.letter_date, r.addressee, word(r.state)) for r in view.letters],
    )
    _list(
        _("Konsep surat"),
        (_("id"), _("Jenis"), _("Keadaan"), _("Alasan")),
        [(d.row.id, d.row.kind, say(d.told), d.reason) for d in view.drafts],
    )
    _list(
        _("Persetujuan langkah"),
        (_("Langkah"), _("Keadaan"), _("Diminta"), _("Oleh"), _("Tenggat")),
        [
            (label(STEPS[r.step].label), word(r.state), r.requested_at, view.people.get(r.requested_by), r.due_at)
            for r in view.reviews
        ],
        zone,
    )
    _list(
        _("Kewajiban"),
        (_("Jenis"), _("Tenggat"), _("Dasar")),
        [(word(r.kind), r.due_at, r.basis) for r in view.obligations],
        zone,
    )


def show_plan(view: CaseView) -> None:
    """Show the actions of a plan with the position each is named by."""
    speech.table([say(head) for head in PLAN], _plan(view))


def _facts(view: CaseView) -> Iterator[tuple[str, object]]:
    row, about = view.row, view.subject
    yield say(_("Kasus")), f"{row.number} ({say(_('versi {n}'), n=row.version)}, {say(_('siklus {n}'), n=row.cycle)})"
    yield say(_("Kategori")), f"{label(view.category.name)} ({row.category}, {row.confidentiality})"
    yield say(_("Klien")), say(about.name) if about.erased_at else about.name
    yield say(_("Dihapus")), about.erased_at
    if about.kind == "person" and about.data:
        if "birth_accuracy" in about.data:
            yield say(_("Lahir")), translate(birth_text(about.data, view.today), language())
        elif about.age is not None:  # opened in need: how old, not when born
            yield say(_("Umur")), say(_("{n} tahun", n=about.age))
        yield say(_("NIK")), f"{about.data.get('nik') or '-'} ({about.data.get('nik_status')})"
    for member in view.members:
        yield say(_("Anggota")), f"{member['name']} ({member['relation']}, {word(member['basis'])})"
    yield say(_("Wilayah")), f"{view.area_name} ({format_area(row.area_code)})"
    yield say(_("Tahap")), label(STATES[row.state])
    yield say(_("Sejak")), row.state_since
    yield say(_("Risiko")), risk(row.risk)
    yield say(_("Pendamping")), view.people.get(row.assignee_id or "")
    yield say(_("Dibuka")), row.opened_on
    yield say(_("Ditunda sampai")), row.held_until
    if row.closed_at:
        outcome = ENDINGS.get(row.outcome or "")
        yield say(_("Ditutup")), row.closed_at
        yield say(_("Hasil")), label(outcome) or row.outcome
    if row.emergency_since:
        yield say(_("Tindakan darurat")), row.emergency_since
        yield say(_("Kelengkapannya")), say(_("lunas")) if row.emergency_paid else say(_("terutang"))


def answered(category: Category, stage: str, answers: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield the answers of a stage, named."""
    fields = {f.key: f for f in category.fields_of(stage)}
    criteria = {f"criterion_{c.key}": c.label for c in category.screening.criteria}
    for key, value in answers.items():
        name = label(fields[key].label) if key in fields else label(criteria.get(key)) or key
        yield name, _answer(fields.get(key), value)


def _answer(field: Field | None, value: Any) -> object:  # noqa: ANN401 - an answer of a form
    if field is None:  # the answer to a criterion
        return say(_CRITERION[value]) if isinstance(value, str) and value in _CRITERION else value
    labels = {c.key: label(c.label) for c in field.choices}
    if isinstance(value, list):
        return ", ".join(labels.get(v, str(v)) for v in value)
    return labels.get(value, value) if isinstance(value, str) else value


def _list(title: str, headings: tuple[str, ...], rows: list[tuple[object, ...]], zone: tzinfo | None = None) -> None:
    if rows:
        speech.heading(say(title))
        speech.table([say(h) for h in headings], rows, zone=zone)


def _plan(view: CaseView) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for n, item in enumerate(view.plan, start=1):
        c = item.columns
        kind = view.category.intervention(c["intervention"])
        name = label(kind.name) if kind else c["intervention"]
        owner = view.people.get(c["owner_id"] or "")
        found.append((n, name, item.words.get("goal"), owner, c["due"], word(c["status"]), word(c["result"])))
    return found


def _consents(view: CaseView) -> list[tuple[object, ...]]:
    return [
        (
            n,
            word(c["purpose"]),
            t.words.get("giver"),
            word(c["relation"]),
            t.words.get("addressee"),
            c["given_on"],
            c["withdrawn_on"],
        )
        for n, (t, c) in enumerate(((t, t.columns) for t in view.consents), start=1)
    ]


def _placements(view: CaseView) -> list[tuple[object, ...]]:
    return [
        (n, label(PLACEMENTS.get(c["kind"])), t.words.get("carer"), c["starts_on"], c["ends_on"], c["next_review"])
        for n, (t, c) in enumerate(((t, t.columns) for t in view.placements), start=1)
    ]


def _referrals(view: CaseView) -> list[tuple[object, ...]]:
    return [
        (
            n,
            c["institution"],
            t.words.get("need"),
            c["sent_on"],
            word("offered" if c["offered"] else c["status"]),
            t.words.get("note"),
        )
        for n, (t, c) in enumerate(((t, t.columns) for t in view.referrals), start=1)
    ]


def _visits(view: CaseView) -> list[tuple[object, ...]]:
    return [
        (n, t.columns["visited_on"], view.people.get(t.columns["officer_id"]), t.words.get("finding"))
        for n, t in enumerate(view.visits, start=1)
    ]


def said(event: Event) -> str:
    """Return what an entry of the history says, on one line."""
    if event.words is None:
        return say(_("(isinya dihapus atas permintaan)"))
    step = event.data.get("step")
    parts = [label(STEPS[step].label) if step in STEPS else ""]
    parts += [label(STATES.get(event.data.get("stage", "")))]
    parts += (
        [" -> ".join(label(STATES[event.data[end]]) for end in ("from", "to"))]
        if {"from", "to"} <= event.data.keys()
        else []
    )
    parts += [f"{key}: {value}" for key, value in event.words.items() if isinstance(value, str) and value]
    return "; ".join(part for part in parts if part)
