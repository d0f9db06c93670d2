"""Instruments on a case: filled in, concluded with why, decided by a person; a correction overwrites nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from caseflow import access
from caseflow.access import CONTENT_ROLES, GLASS, Viewer
from caseflow.actions import casework, reading
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.definitions import instruments as definitions
from caseflow.errors import Erased, InvalidInput, Label, NotFound, Refused, Sentence, _
from caseflow.i18n import SOURCE, translate
from caseflow.ids import new_id
from caseflow.states import concluding
from caseflow.states.category import Text
from caseflow.states.concluding import Conclusion, Counted
from caseflow.states.instrument import Instrument, Item, Outcome
from caseflow.states.lifecycle import CLOSED
from caseflow.states.notices import of_instrument
from caseflow.store import children, subjects, users
from caseflow.store import instruments as rows
from caseflow.store.instruments import DecisionRow, FillRow
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import instrument_decision, instrument_fill

DECISIONS: dict[str, Sentence] = {
    "accepted": _("Hasil instrumen diterima"),
    "other": _("Simpulan lain, dengan alasan"),
}
"""What a person may make of a result."""
LONGEST_REASON = 2000
READERS = frozenset({*CONTENT_ROLES, GLASS})
"""Who reads them where they see the case: not who only follows it, nor a partner."""
ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class FillIn(Typed):
    """Answers by the name of their question; what is left out is missing. `replaces` names the one this corrects."""

    case: str
    instrument: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    filled_on: date | None = None
    replaces: str | None = None
    version: str = ""
    """The version whose questions were read, where the door knows: another one would be answered unread."""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideOn(Typed):
    """What a person concludes: the result, or another one with a reason."""

    case: str
    fill: str
    decision: str
    outcome: str = ""
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided on a result, and when."""

    decision: str
    outcome: Outcome | None
    reason: str
    by: str
    at: datetime

    @property
    def label(self) -> Sentence:
        return DECISIONS[self.decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """An instrument as somebody filled it in; answers and result are gone once they were erased."""

    id: str
    case: str
    instrument: Instrument
    """The version it was asked by, with the goals of the plan as its questions where it reads them."""
    cycle: int
    filled_on: date
    filled_by: str
    filled_at: datetime
    answers: Mapping[str, Any]
    conclusion: Conclusion | None
    """As it was reached then; None once it was erased."""
    replaces: str | None
    replaced_by: str | None
    decisions: tuple[Decision, ...]
    """The oldest first: the last one stands."""
    warning: Sentence | None = None
    """It is made for another age."""

    @property
    def stands(self) -> bool:
        """Nothing corrects it."""
        return self.replaced_by is None


def known(session: Session) -> dict[str, Instrument]:
    """Return the instruments of this installation by code, as they are now."""
    return definitions.current(session.settings.categories_dir)


def of_code(session: Session, code: str) -> Instrument:
    """Return an instrument; `InvalidInput` names those that exist."""
    found = known(session)
    instrument = found.get(code.upper())
    if instrument is None:
        raise InvalidInput({"instrument": _("Pilih salah satu: {choices}.", choices=", ".join(sorted(found)))})
    return instrument


def for_case(instrument: Instrument, work: Work) -> Instrument:
    """Return the instrument as this case is asked by it: one that reads the plan has its goals as questions."""
    if instrument.method != "goals":
        return instrument
    goals = [item for item in work.facts.plan if item.status != "cancelled"]
    return replace(instrument, items=tuple(Item(item.id, _goal(item.goal, item.intervention)) for item in goals))


def odd_age(instrument: Instrument, work: Work) -> Sentence | None:
    """Return the sentence for a person of another age than the instrument is made for; it stops nobody."""
    if instrument.age == (None, None):
        return None
    return of_instrument(instrument, subjects.summary(work.session, work.row.subject_id, work.today).age)


def odd_age_of(session: Session, case: str, code: str, *, by: Viewer, at: datetime) -> Sentence | None:
    """Return the same sentence for a case by its number or id."""
    return odd_age(of_code(session, code), casework.look(session, case, by=by, at=at))


def _goal(goal: str, intervention: str) -> Text:
    return Text(goal or intervention, goal or intervention)


def fill_in(session: Session, command: FillIn, *, by: Viewer, at: datetime) -> Done:
    """Keep answers and their result under the key of the subject, with the version they were asked by.

    Raises `NotFound`, `Forbidden`, `InvalidInput` (instrument, answers by question, day), `Refused` (a closed case, a
    plan without goals, something that was corrected already).
    """
    fill_id = str(new_id(at))
    instrument = of_code(session, command.instrument)
    if command.version and command.version != instrument.digest:
        raise Refused(reason=_("Instrumen ini berubah sejak Anda membukanya. Baca lagi pertanyaannya."))

    def decide(work: Work) -> Change:
        require_may_fill(work)
        asked = for_case(instrument, work)
        answers = _answers(asked, work, command.answers)
        filled_on = casework.require_past(command.filled_on, work.today, "filled_on")
        _require_correctable(work, command)
        words = _words(asked, instrument, answers, filled_on.year)

        def carry(held: Work) -> tuple[Entry, ...]:
            body = definitions.to_json(instrument)
            rows.keep_version(session, instrument.digest, instrument.code, body, at=held.at)
            columns = {
                "case_id": held.row.id,
                "cycle": held.row.cycle,
                "instrument": instrument.code,
                "version_digest": instrument.digest,
                "filled_on": filled_on,
                "replaces_id": command.replaces or None,
                "filled_by": by.user_id,
                "filled_at": held.at,
            }
            children.add(session, instrument_fill, held.row.subject_id, columns, words, at=held.at, row_id=fill_id)
            data = {"fill": fill_id, "instrument": instrument.code, "version": instrument.digest}
            data |= {"corrects": command.replaces} if command.replaces else {}
            return (Entry(code="case:instrument:filled", data=data, payload=words, event_date=filled_on),)

        return Change(carry=carry, draft=True)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, fill_id)


def decide_on(session: Session, command: DecideOn, *, by: Viewer, at: datetime) -> Done:
    """Keep what a person concludes, apart from the result; a later decision stands before an earlier one.

    Raises `NotFound`, `Forbidden`, `InvalidInput` (decision, outcome, reason), `Refused` (a closed case, something that
    was corrected).
    """
    decision_id = str(new_id(at))

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "decide_instrument")
        _require_open(work)
        found = next((each for each in of_case(work) if each.id == command.fill), None)
        if found is None:
            raise NotFound
        if not found.stands:
            raise Refused(reason=_("Isian ini sudah diperbaiki. Putuskan isian yang terbaru."))
        words = _decided(found, command)

        def carry(held: Work) -> tuple[Entry, ...]:
            columns: dict[str, Any] = {"fill_id": found.id, "case_id": held.row.id, "decision": command.decision}
            columns |= {"decided_by": by.user_id, "decided_at": held.at}
            subject = held.row.subject_id
            children.add(session, instrument_decision, subject, columns, words, at=held.at, row_id=decision_id)
            data = {"record": decision_id, "fill": found.id, "instrument": found.instrument.code}
            data |= {"decision": command.decision}
            return (Entry(code="case:instrument:decided", data=data, payload=words),)

        return Change(carry=carry, draft=True)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, decision_id)


# --- what may be written ---------------------------------------------------------------------------------------------


def require_may_fill(work: Work) -> None:
    """Raise `Forbidden`, or `Refused` where the case is closed."""
    access.require_act(work.roles, "instrument")
    _require_open(work)


def _require_open(work: Work) -> None:
    if work.row.state == CLOSED:
        raise Refused(reason=_("Kasus sudah ditutup. Buka kembali dahulu untuk mengisi instrumen."))


def _answers(asked: Instrument, work: Work, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that were given; of one that reads the plan, those of its evaluation."""
    if asked.method == "goals":
        if typed:
            raise InvalidInput({"answers": _("Instrumen ini dibaca dari rencana: nilai tujuannya di sana.")})
        if not asked.items:
            raise Refused(reason=_("Rencana siklus ini belum punya tujuan."))
        return {item.id: item.result for item in work.facts.plan if asked.item(item.id) and item.result}
    if problems := concluding.problems(asked, typed):
        raise InvalidInput(dict(problems))
    found = {key: value for key, value in typed.items() if value not in (None, "")}
    if not found:
        raise InvalidInput({"answers": _("Jawab paling sedikit satu pertanyaan.")})
    return found


def _require_correctable(work: Work, command: FillIn) -> None:
    if not command.replaces:
        return
    kept = rows.of_case(work.session, work.row.id)
    before = next((row for row in kept if row.id == command.replaces), None)
    if before is None or before.instrument != command.instrument.upper():
        raise InvalidInput({"replaces": _("Isian yang diperbaiki tidak ada pada kasus ini.")})
    if any(row.replaces_id == before.id for row in kept):
        raise Refused(reason=_("Isian ini sudah diperbaiki. Perbaiki yang terbaru."))


def _words(asked: Instrument, instrument: Instrument, answers: Mapping[str, Any], year: int) -> dict[str, Any]:
    """Return what is sealed: the answers, and the result with why, said in both languages as it was reached."""
    found = concluding.conclude(asked, answers, year=year)
    result = {
        "outcome": found.outcome.key if found.outcome else None,
        "score": found.score,
        "reason": {lang: translate(found.reason, lang) for lang in (SOURCE, ENGLISH)},
        "missing": [item.key for item in found.missing],
        "counts": [line.item.key for line in found.why if line.counts],
    }
    words: dict[str, Any] = {"answers": dict(answers), "result": result}
    return words if asked is instrument else {**words, "goals": {item.key: item.label.id for item in asked.items}}


def _decided(found: Filled, command: DecideOn) -> dict[str, str]:
    problems: dict[str, str] = {}
    outcome = result = found.conclusion.outcome if found.conclusion else None
    reason = command.reason.strip()
    if len(reason) > LONGEST_REASON:
        problems["reason"] = _("Paling banyak {n} huruf.", n=LONGEST_REASON)
    if command.decision not in DECISIONS:
        problems["decision"] = _("Pilih salah satu: {choices}.", choices=", ".join(DECISIONS))
    elif command.decision == "accepted":
        if result is None:
            problems["decision"] = _(
                "Belum ada hasil yang dapat diterima: lengkapi jawabannya, atau simpulkan sendiri."
            )
    else:
        problems |= {} if reason else {"reason": _("Isian ini wajib.")}
        outcome = found.instrument.outcome(command.outcome)
        others = [o.key for o in found.instrument.outcomes if o != result]
        if others and command.outcome not in others:
            problems["outcome"] = _("Pilih salah satu: {choices}.", choices=", ".join(others))
    if problems:
        raise InvalidInput(problems)
    return {"outcome": outcome.key if outcome else "", "reason": reason}


# --- reading ---------------------------------------------------------------------------------------------------------


def list_filled(session: Session, case: str, *, by: Viewer, at: datetime) -> list[Filled]:
    """Return what was filled in for a case, the newest first; `NotFound` for who only follows it."""
    work = reading.look(session, case, by=by, at=at, part="instruments")
    if not work.roles.intersection(READERS):
        raise NotFound
    return of_case(work)


def of_case(work: Work) -> list[Filled]:
    """Return what was filled in for a case that is being shown; nothing to who only follows it."""
    if not work.roles.intersection(READERS):
        return []
    found = rows.of_case(work.session, work.row.id)
    decided = rows.decisions_of(work.session, work.row.id) if found else []
    versions = {digest: _parsed(body) for digest, body in _bodies(work.session, found).items()}
    people = {str(row.filled_by) for row in found} | {str(row.decided_by) for row in decided}
    names = users.names(work.session, people)
    after = {row.replaces_id: row.id for row in found if row.replaces_id}
    listed = [
        _filled(work, row, versions[row.version_digest], [d for d in decided if d.fill_id == row.id], after, names)
        for row in reversed(found)
    ]
    return [replace(each, warning=odd_age(each.instrument, work)) for each in listed]


def _bodies(session: Session, found: Sequence[FillRow]) -> Mapping[str, str]:
    return rows.bodies(session, {str(row.version_digest) for row in found}) if found else {}


@lru_cache(maxsize=256)
def _parsed(body: str) -> Instrument:
    return definitions.from_json(body)


def _filled(
    work: Work,
    row: FillRow,
    instrument: Instrument,
    decided: Sequence[DecisionRow],
    after: Mapping[str, str],
    names: Mapping[str, str],
) -> Filled:
    words = _unsealed(work, row)
    if "goals" in words:
        items = tuple(Item(key, Text(goal, goal)) for key, goal in words["goals"].items())
        instrument = replace(instrument, items=items)
    return Filled(
        id=row.id,
        case=work.row.number,
        instrument=instrument,
        cycle=row.cycle,
        filled_on=row.filled_on,
        filled_by=names.get(row.filled_by, "-"),
        filled_at=row.filled_at,
        answers=words.get("answers", {}),
        conclusion=_concluded(instrument, words) if words else None,
        replaces=row.replaces_id,
        replaced_by=after.get(row.id),
        decisions=tuple(_decision(work, each, instrument, names) for each in decided),
    )


def _unsealed(work: Work, row: FillRow) -> dict[str, Any]:
    try:
        return children.words(work.session, instrument_fill, work.row.subject_id, row)
    except Erased:
        return {}


def _concluded(instrument: Instrument, words: Mapping[str, Any]) -> Conclusion:
    """Return the result as it was reached, whatever a later version of this programme would make of the answers."""
    result, answers = words["result"], words["answers"]
    return Conclusion(
        outcome=instrument.outcome(result["outcome"] or ""),
        reason=Label(result["reason"][SOURCE], en=result["reason"][ENGLISH]),
        missing=tuple(item for item in instrument.items if item.key in result["missing"]),
        why=tuple(Counted(item, answers.get(item.key), item.key in result["counts"]) for item in instrument.items),
        score=result["score"],
    )


def _decision(work: Work, row: DecisionRow, instrument: Instrument, names: Mapping[str, str]) -> Decision:
    try:
        words = children.words(work.session, instrument_decision, work.row.subject_id, row)
    except Erased:
        words = {"outcome": "", "reason": ""}
    return Decision(
        decision=row.decision,
        outcome=instrument.outcome(words["outcome"]),
        reason=words["reason"],
        by=names.get(row.decided_by, "-"),
        at=row.decided_at,
    )
