"""What a case has on record beside its forms, as answers that letters take: visits, plan, placement, members."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from caseflow.actions import areas
from caseflow.actions.casework import Work
from caseflow.i18n import format_date
from caseflow.letters import discretion
from caseflow.letters.catalogue import LetterKind
from caseflow.states.deadlines import civil_date
from caseflow.states.facts import GROUPS
from caseflow.states.lifecycle import CLOSED
from caseflow.states.sharing import INSTITUTIONS, RELATIONS
from caseflow.store import aid, children, rosters, subjects, users
from caseflow.store.conferences import HELD
from caseflow.store.tables import conference, consent, placement, visit
from caseflow.store.types import Row

DOUBTFUL_NIK = ("format_salah", "anomali", "ganda", "tidak_padan", "tidak_ditemukan", "belum_punya_nik")
"""Statuses under which a NIK is not printed: a wrong number in a letter does more harm than none."""
Told = Mapping[str, Any]


def of(work: Work, kind: LetterKind, *, consented: bool | None = None) -> Mapping[str, Told]:
    """Return the answers of the forms, and beside them what this kind of letter asks of the other records.

    What a letter must not say of a closed file (R3) counts as not held: its author finds other words.
    """
    if not work.roles:  # who only follows the case is told no more than its page says
        return work.facts.records
    asked = {source.partition(".")[0] for field in kind.fields for source in field.source}
    found = {**work.facts.records, **{name: read(work) for name, read in READERS.items() if name in asked}}
    if not is_discreet(work, kind, consented=consented):
        return found
    return {place: {k: v for k, v in told.items() if not unsayable(work, {k: v})} for place, told in found.items()}


def is_discreet(work: Work, kind: LetterKind, *, consented: bool | None = None) -> bool:
    """Tell whether a letter must not name what a closed file is about: it may to an institution a consent names.

    An emergency that waits for no consent may not. While no receiver is chosen any consent that names one counts.
    """
    if consented is None:
        consented = bool(kind.consent) and any(c.institution for c in work.facts.consents_for(kind.consent))
    named = kind.addressee in INSTITUTIONS and kind.closed_file.identity == "full"
    return work.row.confidentiality == "R3" and not (named and consented)


def unsayable(work: Work, texts: Told, *, hidden: Iterable[str] = ()) -> dict[str, str]:
    """Return key -> the word that a discreet letter of this case must not say."""
    return discretion.spoken(work.category.code, (work.category.name.id, *hidden), texts)


def telling(work: Work, texts: Told) -> dict[str, str]:
    """Return key -> the word that tells whom a case is about, or what: name, NIK, a diagnosis, a closed file's kind.

    For what is read by people who do not see the case: an invitation, an offer.
    """
    about = subjects.summary(work.session, work.row.subject_id, work.today)
    hidden = (about.name, str(about.data.get("nik") or ""))
    if work.row.confidentiality == "R3":
        return unsayable(work, texts, hidden=hidden)
    return discretion.spoken("", hidden, texts)


def _case(work: Work) -> Told:
    closed = work.row.closed_at
    return {
        "opened_on": work.row.opened_on.isoformat(),
        "closed_on": civil_date(closed, work.calendar).isoformat() if closed else None,
        "outcome": work.row.outcome,
    }


def _subject(work: Work) -> Told:
    about = subjects.summary(work.session, work.row.subject_id, work.today)
    address = [str(about.data.get("address") or ""), areas.full_name(work.session, work.row.area_code)]
    doubtful = about.data.get("nik") if about.data.get("nik_status") in DOUBTFUL_NIK else None
    mother = about.data.get("mother_name")
    address_line = ", ".join(part for part in address if part)
    return {"name": about.name, "address": address_line, "mother": mother, "doubtful_nik": doubtful}


def _household(work: Work) -> Told:
    """Name, NIK, birth and relation of everybody in the household; a person stands alone in the list."""
    session, today = work.session, work.today
    about = subjects.summary(session, work.row.subject_id, today)
    if about.kind in GROUPS:
        rows = [rosters.words(session, row) for row in rosters.of_group(session, about.id, today)]
        return {
            "members": [[_cell(text) for text in (w.get("name", ""), "", "", w.get("role", ""))] for w in rows if w]
        }
    if about.kind != "household":
        return {"members": [_member(about, "yang bersangkutan")] if about.kind == "person" else None}
    members = subjects.members_of(session, work.row.subject_id, today)
    told = [(subjects.summary(session, m.person_id, today), subjects.relation_of(session, m)) for m in members]
    return {"members": [_member(about, relation) for about, relation in told]}


def _member(about: subjects.Summary, relation: str) -> list[str]:
    birth = subjects.birth_of(about.data)
    day = format_date(birth.born, "id") if birth.born and birth.accuracy == "exact" else ""
    born = ", ".join(part for part in (str(about.data.get("birth_place") or ""), day) if part)
    if not born and about.age is not None:
        born = f"± {about.age} tahun"
    return [_cell(text) for text in (about.name, _nik(about.data) or "", born, relation)]


def _worker(work: Work) -> Told:
    worker = work.row.assignee_id or work.by.user_id
    return {"name": users.names(work.session, {worker}).get(worker, work.by.name)}


def _plan(work: Work) -> Told:
    items = [item for item in work.facts.plan if item.status != "cancelled"]
    names = users.names(work.session, {item.owner for item in items if item.owner})
    rows = [
        [_help(work, item.intervention), item.goal, names.get(item.owner, ""), _day(item.due)]
        for item in items
        if item.goal
    ]
    never = aid.never_given(work.session, [item.id for item in items if item.status == "done"])
    done = [_help(work, item.intervention) for item in items if item.status == "done" and item.id not in never]
    return {"actions": [[_cell(text) for text in row] for row in rows], "done": list(dict.fromkeys(done))}


def _help(work: Work, code: str) -> str:
    known = work.category.intervention(code)
    return known.name.id if known else code


def _day(day: Any) -> str:  # noqa: ANN401 - a date or nothing
    return format_date(day, "id") if day else ""


def _visit(work: Work) -> Told:
    """The latest visit of this cycle."""
    rows = [row for row in children.of_case(work.session, visit, work.row.id) if row.cycle == work.row.cycle]
    last = max(rows, key=lambda row: (row.visited_on, row.id), default=None)
    if last is None:
        return {}
    officer = users.names(work.session, {last.officer_id}).get(last.officer_id)
    words = children.words(work.session, visit, work.row.subject_id, last)
    return {"visited_on": last.visited_on.isoformat(), "officer": officer, **words}


def _placement(work: Work) -> Told:
    """The placement that runs, or the last one."""
    rows = children.of_case(work.session, placement, work.row.id)
    last = max(rows, key=lambda row: (row.ends_on is None, row.starts_on, row.id), default=None)
    if last is None:
        return {}
    words = children.words(work.session, placement, work.row.subject_id, last)
    return {"carer": words.get("carer"), "starts_on": last.starts_on.isoformat()}


def _agreement(work: Work) -> Told:
    """The latest agreement to the plan that still stands."""
    standing = work.facts.consents_for("plan")
    row = children.get(work.session, consent, work.row.id, standing[-1].id) if standing else None
    if row is None:
        return {}
    words = rosters.named(work.session, children.words(work.session, consent, work.row.subject_id, row))
    return {"giver": words["giver"], "relation": RELATIONS[row.relation].id, "given_on": row.given_on.isoformat()}


def _decree(work: Work) -> Told:
    """The decree that names the beneficiary (SK penetapan), as a letter cites it."""
    said = work.facts.answers("intervention_plan")
    official, number, day = (said.get(f"decree_{key}") for key in ("official", "number", "date"))
    if not (official and number and day):
        return {}
    return {"cited": f"Keputusan {official} Nomor {number} tanggal {format_date(date.fromisoformat(day), 'id')}"}


def _invitation(work: Work) -> Told:
    """The next case conference that is planned."""
    rows = [row for row in _conferences(work, "planned") if row.meets_on >= work.today]
    if not rows or work.row.state == CLOSED:
        return {}
    row = min(rows, key=lambda row: (row.meets_on, row.id))
    words = children.words(work.session, conference, work.row.subject_id, row)
    return {**words, "held_on": row.meets_on.isoformat(), "invited": [", ".join(line) for line in words["invited"]]}


def _minutes(work: Work) -> Told:
    """The last case conference of this cycle."""
    row = max(_conferences(work, HELD), key=lambda row: (row.meets_on, row.id), default=None)
    if row is None:
        return {}
    return {
        **children.words(work.session, conference, work.row.subject_id, row),
        "held_on": row.meets_on.isoformat(),
    }


def _conferences(work: Work, status: str) -> list[Row[Any]]:
    rows = children.of_case(work.session, conference, work.row.id)
    return [row for row in rows if row.cycle == work.row.cycle and row.status == status]


def _form(work: Work) -> Told:
    """Answers that only some categories ask: what people would read, not the keys of choices."""
    said: dict[str, Any] = {}
    for stage, key in ASKED:
        field = next((f for f in work.category.fields_of(stage) if f.key == key), None)
        answer = work.facts.answers(stage).get(key)
        if field is not None and answer:
            labels = {choice.key: choice.label.id for choice in field.choices}
            said[SAID_AS.get(key, key)] = [labels.get(a, a) for a in answer] if isinstance(answer, list) else answer
    return {**said, "aspects": _aspects(work)}


def _aspects(work: Work) -> list[list[str]]:
    """The sides of the assessment that were written, those that fewer people may read than the case aside."""
    answers, limit = work.facts.answers("assessment"), work.row.confidentiality
    fields = [f for f in work.category.fields_of("assessment") if f.key in ASPECTS and f.confidentiality <= limit]
    return [[f.label.id, _cell(str(answers[f.key]))] for f in fields if answers.get(f.key)]


ASPECTS = ("physical", "psychological", "social", "spiritual")
ASKED = (
    ("assessment", "aids_needed"),
    ("data_collection", "origin"),
    ("intervention_plan", "kin_carer"),
    ("intervention_plan", "received_by"),
    ("intervention_plan", "travel_date"),
    ("intervention_plan", "escort"),
)
SAID_AS = {"kin_carer": "received_by"}
READERS: dict[str, Callable[[Work], Told]] = {
    "case": _case,
    "subject": _subject,
    "household": _household,
    "worker": _worker,
    "plan": _plan,
    "visit": _visit,
    "placement": _placement,
    "agreement": _agreement,
    "decree": _decree,
    "invitation": _invitation,
    "minutes": _minutes,
    "form": _form,
}
"""One for each name of `letters.sources.RECORDED`."""


def _nik(data: Mapping[str, Any]) -> str | None:
    return data.get("nik") if data.get("nik_status") not in DOUBTFUL_NIK else None


def _cell(text: str) -> str:
    """One line without the mark that parts the cells where a table is typed."""
    return " ".join(text.replace(";", ",").split())
