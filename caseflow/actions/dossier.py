"""Why a case was closed, as one document: criteria, plan, evaluation, visits, who asked and who approved, log proof."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from caseflow.access import Viewer
from caseflow.actions import letter_facts, letters, reading, views
from caseflow.actions.dossier_words import (
    ANSWER,
    CRITERION,
    DECIDED,
    ERASED,
    ITEM,
    LETTER,
    RESULT,
    VERDICT,
    WITHHELD,
    Row,
    Section,
    Teller,
)
from caseflow.actions.views import Event, Thing
from caseflow.errors import Refused, Sentence, _
from caseflow.i18n import format_money
from caseflow.states.category import Field, Text
from caseflow.states.guards import answered, criterion_key
from caseflow.states.lifecycle import CLOSED, ENDINGS, INITIAL, ROLES, STATES, STEPS, TERMINATION_REASONS
from caseflow.store import checkpoints, offices, placed
from caseflow.store.session import Session

ADVICE = re.compile("bawaan kantor[,;] sesuaikan", re.IGNORECASE)
"""What a category tells who sets an office up, in the words of its basis; to a reader it is the office's rule."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """The document as its reader may see it, said in the reader's language."""

    number: str
    title: str
    marking: str
    """Terbatas or Tertutup; empty for a plain case."""
    office: str
    extract: str
    """For whom, when, and that it is no letter."""
    made_at: datetime
    sections: tuple[Section, ...]


def dossier(session: Session, case: str, *, by: Viewer, at: datetime, lang: str) -> Dossier:
    """Return why a closed case was closed, as far as the reader may know; that it was read is on record.

    Of a closed file (R3) it says who decided what and when, not what was found: an extract leaves the house. Raises
    `NotFound`, and `Refused` while the case is open.
    """
    work = reading.look(session, case, by=by, at=at)
    view = views.view_of(work)
    if view.row.state != CLOSED:
        raise Refused(reason=_("Kasus ini masih berjalan; dokumen ini baru ada sesudah kasusnya ditutup."))
    events = views.history_of(work)
    teller = Teller(work, view, events, lang)
    parts = (_about, _ending, _criteria, _plan, _evaluation, _visits, _referrals, _letters, _decisions, _proof)
    office = offices.require(session, view.row.office_id)
    region = office.government.removeprefix("Pemerintah ")
    return Dossier(
        number=view.row.number,
        title=teller.say(_("Petikan berkas kasus {number}: mengapa ditutup", number=view.row.number)),
        marking=teller.say({"R2": _("Terbatas"), "R3": _("Tertutup")}.get(view.row.confidentiality, "")),
        office=f"{office.agency} {region}".strip(),
        extract=_extract(teller),
        made_at=at,
        sections=tuple(section for part in parts if (section := part(teller)).rows or section.note),
    )


def facts(found: Dossier, lang: str) -> dict[str, Any]:
    """Return the document as its renderer reads it."""
    return {**asdict(found), "made_at": found.made_at.isoformat(), "lang": lang}


def _extract(teller: Teller) -> str:
    by = teller.work.by
    roles = ", ".join(ROLES[role].in_(teller.lang) for role in ROLES if role in by.roles)
    said = _(
        "Petikan untuk {name} ({roles}), {moment}. Bukan surat dan tidak bernomor; isinya sesuai wewenang pembacanya.",
        name=by.name,
        roles=roles or "-",
        moment=teller.moment(teller.work.at),
    )
    return teller.say(said)


def _about(teller: Teller) -> Section:
    view, row = teller.view, teller.view.row
    name = letter_facts.shown_name(row.confidentiality, row.number, view.line.name)
    rows = [
        teller.row(_("Nomor kasus"), row.number),
        teller.row(_("Klien"), ERASED if view.subject.erased_at else name),
        teller.row(_("Kategori"), WITHHELD if teller.hides else view.category.name),
        teller.row(_("Wilayah"), WITHHELD if teller.hides else view.area_name),
        teller.row(
            _("Dibuka"),
            _("{day} oleh {who}", day=teller.day(row.opened_on), who=teller.person(row.opened_by)),
        ),
        teller.row(_("Siklus"), str(row.cycle)),
        teller.row(_("Pendamping"), teller.person(row.assignee_id) if row.assignee_id else _("Belum ditugaskan")),
    ]
    return teller.section(_("Kasus"), rows)


# --- how it ended ----------------------------------------------------------------------------------------------------


def _closing(events: Iterable[Event]) -> Event | None:
    """Return the entry that closed the case last."""
    found = [e for e in events if e.code == "case:step:taken" and e.data["to"] == CLOSED and e.data["from"] != CLOSED]
    return found[-1] if found else None


def _ending(teller: Teller) -> Section:
    row, last = teller.view.row, _closing(teller.events)
    outcome = ENDINGS.get(row.outcome or "") or _("Tidak memenuhi kriteria")
    rows = [teller.row(_("Hasil kasus"), outcome)]
    if last is None:
        rows.append(teller.row(_("Ditutup"), teller.moment(row.closed_at) if row.closed_at else "-"))
        return teller.section(_("Mengapa ditutup"), rows)
    words = last.words or {}
    step = STEPS[last.data["step"]].label if last.data["step"] in STEPS else str(last.data["step"])
    asked = next((e for e in teller.events if _is(e, "case:review:asked", last.data.get("review"))), None)
    granted = next((e for e in teller.events if _is(e, "case:review:granted", last.data.get("review"))), None)
    rows += [
        teller.row(_("Langkah penutup"), step),
        teller.row(_("Dari tahap"), STATES[last.data["from"]]),
        teller.row(_("Terjadi"), teller.day(last.event_date)),
        teller.row(_("Dicatat"), teller.moment(last.entered_at)),
        teller.row(_("Sebab"), *_reason_code(words)),
        teller.row(_("Alasan"), _said(teller, last, words.get("note"))),
    ]
    if asked:
        rows.append(_by_whom(teller, _("Diminta oleh"), asked, ""))
    if granted:
        rows.append(_by_whom(teller, _("Disetujui oleh"), granted, _said(teller, granted, _reason(granted))))
    elif not asked:
        rows.append(teller.row(_("Diambil oleh"), last.actor_name))
    return teller.section(_("Mengapa ditutup"), rows)


def _is(event: Event, code: str, review: object) -> bool:
    return bool(review) and event.code == code and event.data.get("review") == review


def _by_whom(teller: Teller, label: Sentence, event: Event, reason: str) -> Row:
    said = _("{who}, {moment}", who=event.actor_name, moment=teller.moment(event.entered_at))
    return teller.row(label, said, reason)


def _reason(event: Event) -> object:
    return (event.words or {}).get("reason")


def _reason_code(words: Mapping[str, Any]) -> list[Text | str]:
    code = (words.get("details") or {}).get("reason_code")
    return [TERMINATION_REASONS.get(code, str(code))] if code else []


def _said(teller: Teller, event: Event, text: object) -> str:
    """Return what was said with an entry: erased, withheld, or as it was typed."""
    return teller.say(ERASED) if event.words is None else teller.typed(text)


# --- what was found --------------------------------------------------------------------------------------------------


def _criteria(teller: Teller) -> Section:
    view = teller.view
    answers = view.records.get(INITIAL, {})
    verdict = VERDICT.get(view.screening, _("Belum dapat diputuskan"))
    rows = [teller.row(_("Hasil pemilahan"), verdict)]
    if teller.hides:
        return teller.section(_("Kriteria"), rows, WITHHELD)
    for criterion in view.category.screening.criteria:
        said = answers.get(criterion_key(criterion))
        rows.append(teller.row(criterion.label, CRITERION.get(str(said), _("Tidak dijawab"))))
    rows.append(teller.row(_("Dasar"), ADVICE.sub("ketentuan kantor", view.category.screening.basis)))
    return teller.section(_("Kriteria"), rows, ERASED if view.subject.erased_at else "")


def _evaluation(teller: Teller) -> Section:
    rows = [row for stage in ("evaluation", "monitoring") for row in _answers(teller, stage)]
    note = WITHHELD if teller.hides and teller.view.records.get("evaluation") else ""
    return teller.section(_("Evaluasi dan monitoring"), [] if teller.hides else rows, note)


def _answers(teller: Teller, stage: str) -> Iterator[Row]:
    answers = teller.view.records.get(stage, {})
    for field in teller.view.category.fields_of(stage):
        if answered(answers.get(field.key)):
            yield teller.row(field.label, _answer(teller, field, answers[field.key]))


def _answer(teller: Teller, field: Field, value: Any) -> str:  # noqa: ANN401 - an answer of a form
    labels = {choice.key: teller.say(choice.label) for choice in field.choices}
    match value:
        case bool():
            return teller.say(_("Ya") if value else _("Tidak"))
        case list() | tuple():
            return ", ".join(labels.get(str(each), str(each)) for each in value)
        case int() if field.type == "money":
            return format_money(value, teller.lang)
        case str() if field.type == "date":
            return teller.day(date.fromisoformat(value))
        case _:
            return labels.get(str(value), str(value))


def _plan(teller: Teller) -> Section:
    rows: list[Row] = []
    for item in teller.view.plan:
        status, result = item.columns["status"], RESULT.get(item.columns["result"])
        kind = teller.view.category.intervention(item.columns["intervention"])
        name: Text | str = kind.name if kind else item.columns["intervention"]
        verdict = teller.say(ITEM.get(status, status)) + (f", {teller.say(result)}" if result else "")
        label = _("Kegiatan {n}", n=len(rows) + 1) if teller.hides else name
        rows.append(teller.row(label, verdict, *_words(teller, item, "goal", "note", "result_note")))
    return teller.section(_("Rencana dan hasilnya"), rows)


def _words(teller: Teller, thing: Thing, *keys: str) -> list[str]:
    """Return what somebody wrote about a thing; said once where it is withheld."""
    return list(dict.fromkeys(teller.typed(thing.words.get(key)) for key in keys))


def _visits(teller: Teller) -> Section:
    rows = []
    for seen in sorted(teller.view.visits, key=lambda v: v.columns["visited_on"]):
        who, state = teller.person(seen.columns["officer_id"]), teller.say(STATES[seen.columns["state"]]).lower()
        told = _("Oleh {who}, tahap {state}", who=who, state=state)
        rows.append(
            teller.row(teller.day(seen.columns["visited_on"]), told, *_words(teller, seen, "finding", "progress"))
        )
    note = _("Sisa kunjungan dibebaskan dengan alasan.") if teller.view.row.visits_waived else ""
    return teller.section(_("Kunjungan"), rows, note)


def _referrals(teller: Teller) -> Section:
    rows: list[Row] = []
    for sent in teller.view.referrals:
        name = _("Rujukan {n}", n=len(rows) + 1) if teller.hides else sent.columns["institution"]
        day = sent.columns["answered_on"]
        status = teller.say(ANSWER.get(sent.columns["status"], sent.columns["status"]))
        told = f"{status}, {teller.day(day)}" if day else status
        lines = (
            _("Dirujuk {day}", day=teller.day(sent.columns["sent_on"])),
            told,
            teller.typed(sent.words.get("note")),
        )
        rows.append(teller.row(name, *lines))
    agreed = [given for given in teller.view.consents if given.columns["withdrawn_on"] is None]
    note = _("{n} persetujuan klien berlaku saat ditutup.", n=len(agreed)) if agreed else ""
    return teller.section(_("Rujukan dan persetujuan klien"), rows, note)


def _letters(teller: Teller) -> Section:
    kinds = letters.kinds(teller.work.session)
    rows = []
    for sent in sorted(teller.view.letters, key=lambda row: row.issued_at):
        title: Text | str = kinds[sent.kind].title if sent.kind in kinds and not teller.hides else _("Surat dinas")
        state = teller.say(LETTER.get(sent.state, sent.state))
        number = f"{sent.running}/{sent.year}" if teller.hides else sent.number  # the code of a kind tells the category
        rows.append(teller.row(title, f"{number}, {teller.day(sent.letter_date)}: {state}"))
    return teller.section(_("Surat"), rows)


# --- who decided, and what vouches for it ----------------------------------------------------------------------------


def _decisions(teller: Teller) -> Section:
    said = {e.data.get("review"): e for e in teller.events if e.code in {"case:review:granted", "case:review:refused"}}
    rows = []
    for row in sorted(teller.view.reviews, key=lambda row: row.requested_at):
        step = STEPS[row.step].label if row.step in STEPS else row.step
        who, when = teller.person(row.requested_by), teller.moment(row.requested_at)
        lines: list[Text | str] = [_("Diminta {who}, {moment}", who=who, moment=when)]
        verdict = DECIDED.get(row.state, row.state)
        if row.decided_at and row.state in {"granted", "refused"}:
            lines.append(
                _(
                    "{verdict} oleh {who}, {moment}",
                    verdict=verdict,
                    who=teller.person(row.decided_by),
                    moment=teller.moment(row.decided_at),
                )
            )
        else:
            lines.append(verdict)
        if row.id in said:
            lines.append(_said(teller, said[row.id], _reason(said[row.id])))
        rows.append(teller.row(step, *lines))
    return teller.section(_("Siapa yang meminta dan menyetujui"), rows)


def _proof(teller: Teller) -> Section:
    session, row, last = teller.work.session, teller.view.row, _closing(teller.events)
    rows = [
        teller.row(_("Entri dalam rantai"), str(row.entry_seq)),
        teller.row(_("Ujung rantai (SHA-256)"), row.entry_head),
    ]
    if last is not None:
        entry = f"{row.number}/{last.seq}"
        found, newest = placed.find(session, entry), checkpoints.newest(session)
        rows.append(
            teller.row(_("Entri penutupan"), entry, found.hash if found else _("Belum mendapat tempat dalam log."))
        )
        if found and newest and newest.size > found.position:
            said = _(
                "Titik periksa {moment} atas {n} entri mencakupnya, pada tempat ke-{place}.",
                moment=teller.moment(newest.made_at),
                n=newest.size,
                place=found.position + 1,
            )
            rows.append(teller.row(_("Titik periksa"), said))
        rows.append(teller.row(_("Memeriksa sendiri"), f"caseflow audit proof {entry}"))
    return teller.section(_("Bukti log"), rows)
