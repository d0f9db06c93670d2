"""Case conferences: planned with who is invited, held with minutes, or called off; words under the subject's key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, letter_people, letter_records, reading, visits
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import Erased, InvalidInput, NotFound, Refused, _
from caseflow.ids import is_id, new_id
from caseflow.states import names
from caseflow.states.lifecycle import CLOSED
from caseflow.store import children, records
from caseflow.store.conferences import HELD
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import conference
from caseflow.store.types import Row

PLANNED, CANCELLED = "planned", "cancelled"
WITH_ITS_CASE = _("kasus ditutup")
"""Why what is planned is called off when its case closes."""
AHEAD = timedelta(days=184)
"""How far ahead one is planned: as far as a letter may promise."""
PEOPLE = 2
"""Cells of a line that names somebody: name, and body or post."""
DECISION = 3
"""Cells of a decision: what, who, by when."""
MOST_INVITED, MOST_PRESENT, MOST_DECISIONS = 12, 15, 20
"""As many as the invitation and the minutes print."""
LONGEST_LINE, LONGEST_AGENDA, LONGEST_DISCUSSION = 200, 250, 3000
PLAN, DAY = "intervention_plan", "conference_on"
"""The answer that the minutes give: a category may require it (`high_risk_was_discussed_in_a_conference`)."""
DECIDED_BEFORE = ("intervention", "evaluation", "monitoring")
"""States in which the plan is what somebody approved."""
People = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanConference(Typed):
    """A conference to come: when, where, about what, and who is invited, each by name and body."""

    case: str
    meets_on: date | None = None
    time: str = ""
    place: str = ""
    agenda: str = ""
    chair: str = ""
    invited: People = ()
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldConference(Typed):
    """The minutes: who was there, what was said, who does what by when; `conference` is the planned one, if any."""

    case: str
    conference: str | None = None
    held_on: date | None = None
    place: str = ""
    chair: str = ""
    present: People = ()
    discussion: str = ""
    decisions: Sequence[Sequence[str]] = ()
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelConference(Typed):
    """A conference that will not be held."""

    case: str
    conference: str
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    """A conference as its reader sees it; the words are gone once they were erased."""

    id: str
    status: str
    meets_on: date
    cycle: int
    recorded_by: str
    recorded_at: datetime
    time: str = ""
    place: str = ""
    agenda: str = ""
    chair: str = ""
    invited: People = ()
    present: People = ()
    discussion: str = ""
    decisions: Sequence[Sequence[str]] = ()
    reason: str = ""


# --- reading ---------------------------------------------------------------------------------------------------------


def list_conferences(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[Conference, ...]:
    """Return the conferences of a case; `NotFound` when absent or not visible."""
    return of_case(reading.look(session, case, by=by, at=at, part="conferences"))


def of_case(work: Work) -> tuple[Conference, ...]:
    """Return the conferences of a case already looked at, newest first; none to who only follows it."""
    if not work.roles:
        return ()
    rows = children.of_case(work.session, conference, work.row.id)
    return tuple(_shown(work, row) for row in sorted(rows, key=lambda row: (row.meets_on, row.id), reverse=True))


def _shown(work: Work, row: Row[Any]) -> Conference:
    try:
        words = children.words(work.session, conference, work.row.subject_id, row)
    except Erased:
        words = {}
    columns = {name: getattr(row, name) for name in ("id", "status", "meets_on", "cycle", "recorded_by", "recorded_at")}
    if row.status == PLANNED and work.row.state == CLOSED:  # closed before closing called off what was planned
        columns["status"], words["reason"] = CANCELLED, str(WITH_ITS_CASE)
    return Conference(**columns, **words)


# --- writing ---------------------------------------------------------------------------------------------------------


def plan_conference(session: Session, command: PlanConference, *, by: Viewer, at: datetime) -> Done:
    """Plan a conference in an open case; its invitation is the letter UND-CC, which takes what stands here.

    Raises `NotFound`, `Forbidden`, `Refused` (a closed case), `InvalidInput` with every bad answer: a day that is over,
    nobody invited, somebody who must not know of the case, words in which the client could be recognised.
    """
    row_id = str(new_id(at))

    def decide(work: Work) -> Change:
        _require_may(work)
        words, problems = _plan_words(command)
        day = command.meets_on
        if day is None or not work.today <= day <= work.today + AHEAD:
            problems["meets_on"] = _("Tanggal ini dari hari ini sampai paling lama enam bulan lagi.")
        _require(problems | _unsafe(work, {k: words[k] for k in ("invited", "place", "chair")}))
        _require(_recognisable(work, {k: words[k] for k in ("agenda", "place", "time", "chair", "invited")}))
        columns = {"case_id": work.row.id, "cycle": work.row.cycle, "status": PLANNED, "meets_on": day}
        columns |= {"recorded_by": by.user_id, "recorded_at": at}

        def carry(held: Work) -> tuple[Entry, ...]:
            children.add(session, conference, held.row.subject_id, columns, words, at=at, row_id=row_id)
            return (Entry(code="case:conference:planned", data={"conference": row_id}, payload=words),)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, row_id)


def hold_conference(session: Session, command: HoldConference, *, by: Viewer, at: datetime) -> Done:
    """Write the minutes of a conference, once; the day goes into the plan's form where the category asks for it.

    Minutes of a day before this cycle began are of the cycle they were held in, and say nothing to this plan.

    Raises as `plan_conference`; `Refused` where the conference has minutes already or was called off.
    """
    row_id = command.conference or str(new_id(at))

    def decide(work: Work) -> Change:
        _require_may(work)
        row = _planned(work, row_id) if command.conference else None
        words, problems = _minutes(command)
        day = casework.require_past(command.held_on, work.today, "held_on")
        if day < work.row.opened_on:
            problems["held_on"] = _("Tanggal ini sebelum kasus dibuka.")
        _require(problems | _unsafe(work, {k: words[k] for k in ("present", "place", "chair")}))
        _state, cycle = visits.stage_on(work, day)
        columns = {"cycle": cycle, "status": HELD, "meets_on": day, "recorded_by": by.user_id, "recorded_at": at}

        def carry(held: Work) -> tuple[Entry, ...]:
            subject = held.row.subject_id
            if row is not None:
                before = children.words(session, conference, subject, row)
                children.change(session, conference, subject, row.id, columns, before | words)
            else:
                mine = {"case_id": held.row.id}
                children.add(session, conference, subject, mine | columns, words, at=at, row_id=row_id)
            entry = Entry(code="case:conference:held", data={"conference": row_id}, payload=words, event_date=day)
            return (entry, *(_told_in_the_plan(held, day) if cycle == held.row.cycle else ()))

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, row_id)


def cancel_conference(session: Session, command: CancelConference, *, by: Viewer, at: datetime) -> Done:
    """Call a planned conference off, with a reason."""
    reason = casework.require_text(command.reason, "reason")

    def decide(work: Work) -> Change:
        _require_may(work)
        row = _planned(work, command.conference)

        return Change(carry=lambda held: (_cancelled(held, row, reason),))

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)


def call_off_planned(work: Work) -> list[Entry]:
    """Call off what is planned in a case that is closed: nobody could write its minutes any more."""
    rows = children.of_case(work.session, conference, work.row.id)
    return [_cancelled(work, row, str(WITH_ITS_CASE)) for row in rows if row.status == PLANNED]


def _cancelled(work: Work, row: Row[Any], reason: str) -> Entry:
    subject = work.row.subject_id
    words = {**children.words(work.session, conference, subject, row), "reason": reason}
    columns = {"status": CANCELLED, "recorded_by": work.by.user_id, "recorded_at": work.at}
    children.change(work.session, conference, subject, row.id, columns, words)
    return Entry(code="case:conference:cancelled", data={"conference": row.id}, payload={"reason": reason})


def _told_in_the_plan(held: Work, day: date) -> tuple[Entry, ...]:
    """Put the day into the plan of this cycle, where its category asks for it and nobody approved another one."""
    session, case = held.session, held.row
    if not any(field.key == DAY for field in held.category.fields_of(PLAN)):
        return ()
    before = records.find(session, case.id, PLAN, case.cycle)
    answers = records.opened(session, case.subject_id, before) if before else {}
    if answers.get(DAY) and (case.state in DECIDED_BEFORE or answers[DAY] >= day.isoformat()):
        return ()
    told = {**answers, DAY: day.isoformat()}
    records.save(
        session, case.subject_id, case.id, PLAN, case.cycle, told, before=before, by=held.by.user_id, at=held.at
    )
    return casework.drafts_written(held)


# --- what may be said ------------------------------------------------------------------------------------------------


def _require_may(work: Work) -> None:
    access.require_act(work.roles, "conference")
    if work.row.state == CLOSED:
        raise Refused(reason=_("Kasus sudah ditutup. Buka kembali dahulu untuk membahasnya."))


def _planned(work: Work, row_id: str) -> Row[Any]:
    row = children.get(work.session, conference, work.row.id, row_id) if is_id(row_id) else None
    if row is None:
        raise NotFound
    if row.status != PLANNED:
        raise Refused(reason=_("Pembahasan ini sudah bernotulen atau dibatalkan."))
    return row


def _plan_words(command: PlanConference) -> tuple[dict[str, Any], dict[str, str]]:
    limits = {"time": 60, "place": LONGEST_LINE, "agenda": LONGEST_AGENDA, "chair": LONGEST_LINE}
    words, problems = _lines(command, limits, optional=("chair",))
    words["invited"], wrong = _rows(command.invited, PEOPLE, MOST_INVITED)
    return words, problems | ({"invited": wrong} if wrong else {})


def _minutes(command: HoldConference) -> tuple[dict[str, Any], dict[str, str]]:
    limits = {"place": LONGEST_LINE, "chair": LONGEST_LINE, "discussion": LONGEST_DISCUSSION}
    words, problems = _lines(command, limits)
    for key, width, most in (("present", PEOPLE, MOST_PRESENT), ("decisions", DECISION, MOST_DECISIONS)):
        words[key], wrong = _rows(getattr(command, key), width, most)
        problems |= {key: wrong} if wrong else {}
    return words, problems


def _lines(
    command: object, limits: dict[str, int], *, optional: tuple[str, ...] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    words: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for key, limit in limits.items():
        words[key] = str(getattr(command, key)).replace("\x00", "").strip()
        if not words[key] and key not in optional:
            problems[key] = _("Isian ini wajib.")
        elif len(words[key]) > limit:
            problems[key] = _("Paling banyak {n} huruf.", n=limit)
    return words, problems


def _rows(given: Sequence[Sequence[str]], width: int, most: int) -> tuple[list[list[str]], str | None]:
    """Return the lines with all their cells, and what is wrong with them."""
    if not isinstance(given, list | tuple) or not all(isinstance(row, list | tuple) for row in given):
        return [], _("Tulis satu baris untuk satu orang atau satu keputusan.")
    rows = [[names.line(str(cell)) for cell in row] for row in given]
    rows = [row for row in rows if any(row)]
    if not rows:
        return [], _("Tulis paling sedikit satu baris.")
    if len(rows) > most:
        return rows, _("Paling banyak {n} baris.", n=most)
    if any(len(row) != width or not all(row) for row in rows):
        return rows, _("Setiap baris memuat {n} bagian, dipisah titik koma.", n=width)
    if any(len(cell) > LONGEST_LINE for row in rows for cell in row):
        return rows, _("Paling banyak {n} huruf.", n=LONGEST_LINE)
    return rows, None


def _require(problems: dict[str, str]) -> None:
    if problems:
        raise InvalidInput(problems)


def _unsafe(work: Work, said: dict[str, Any]) -> dict[str, str]:
    """Refuse whoever must not know of the case, as its record says: they come to no table where it is discussed."""
    secret = letter_people.secret_from(work)
    return {
        key: _("Menurut catatan, orang ini tidak boleh tahu tentang kasus ini.")
        for key, value in said.items()
        if any(names.is_meant(person, text) for person in secret for text in _texts(value))
    }


def _recognisable(work: Work, said: dict[str, Any]) -> dict[str, str]:
    """Refuse words of an invitation by which the client is known: the name, a diagnosis, of a closed file its kind."""
    found = letter_records.telling(work, said)
    return {key: _('Undangan tidak menyebut "{word}".', word=word) for key, word in found.items()}


def _texts(value: str | Iterable[Sequence[str]]) -> list[str]:
    return [value] if isinstance(value, str) else [" ".join(row) for row in value]
