"""Saving the answers of a stage: drafts at any time, merged field by field, conflicts shown with both values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, letter_voids
from caseflow.actions.casework import Change, Work
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, Refused, VersionConflict, _
from caseflow.states.answers import check_answers
from caseflow.states.guards import answered
from caseflow.states.lifecycle import CLOSED, OPEN
from caseflow.store import conferences, log, records
from caseflow.store.log import Entry
from caseflow.store.session import Session

SITTING = timedelta(minutes=30)
"""Whoever types on within this time after the last save is at the same form still."""
RISKS = ("low", "medium", "high")
DRAFT = "draft"
APPROVED = ("intervention", "evaluation", "monitoring")
"""States in which the plan form is what somebody approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStage(Typed):
    """Answers to keep; `record_version` is the version they were typed on (0: none yet, None: whatever is there)."""

    case: str
    stage: str
    answers: Mapping[str, Any]
    record_version: int | None = None
    final: bool = False
    """The worker said "save": the record goes into the log now, not with the next step."""
    typing: bool = False
    """Saved while it is typed: what closes the file, ends a pause or voids a review waits until the worker says so."""
    unchosen: Mapping[str, Any] = field(default_factory=dict)
    """What this person typed and gave up for another answer: kept as a revision, and used for nothing."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record after saving, with what colleagues wrote meanwhile."""

    version: int
    answers: Mapping[str, Any]
    case_version: int
    merged: tuple[str, ...]


def record_stage(session: Session, command: RecordStage, *, by: Viewer, at: datetime) -> Recorded:
    """Save answers of a stage in the present cycle.

    Fields that only the other side changed are kept as they are there; a field both sides changed differently raises
    `VersionConflict` with base, yours and theirs of those fields only. `InvalidInput` names every bad answer. A risk
    that becomes high ends a pause of the case; an answer by which the category closes its file (R3) closes it now, and
    voids the letters that a closed file would not send. An answer about health makes it limited (R2) at once; where it
    was only typed, and is taken back before the log knows of it, the case is as before.

    What one person types in one sitting is one revision: each save takes the place of the one before, as long as nobody
    else was shown that.
    """
    saved: list[Recorded] = []

    def decide(work: Work) -> Change:
        _require_writer(work, command.stage)
        clean, problems = check_answers(work.category, command.stage, command.answers, today=work.today)
        problems |= _not_yours(work, command.stage, clean) | _without_minutes(work, command.stage, clean)
        if problems:
            raise InvalidInput(problems)
        before = records.find(session, work.row.id, command.stage, work.row.cycle)
        current = records.opened(session, work.row.subject_id, before) if before else _inherited(work, command.stage)
        base: Mapping[str, Any] | None = current
        if before and command.record_version is not None and command.record_version != before.version:
            base = records.revision(session, work.row.subject_id, before.id, command.record_version)
        same_sitting = _goes_on(before, command, by=by, at=at)
        answers, merged = _merged(work, base, current, clean, before)
        _require_as_approved(work, command.stage, current, answers)
        given_up, _bad = check_answers(work.category, command.stage, command.unchosen, today=work.today)

        def carry(held: Work) -> tuple[Entry, ...]:
            subject, case = held.row.subject_id, held.row
            records.give_up(session, subject, before, given_up, by=by.user_id, at=at)
            version = records.save(
                session, subject, case.id, command.stage, case.cycle, answers,
                before=before, by=by.user_id, at=at, instead=same_sitting,
            )  # fmt: skip
            saved.append(Recorded(version, answers, 0, merged))
            logged = list(casework.drafts_written(held)) if command.final or closes else []
            if ends_hold:
                casework.run_on(held)
                logged.append(Entry(code="case:resumed", data={"because": "risk"}))
            if closes:
                logged += casework.close_file(held)
            if level:
                logged.append(_level_entry(command, level))
            if closes:
                logged += letter_voids.void_open(held)
            return tuple(logged)

        risk = _risk(current, answers)
        ends_hold = work.row.held_until is not None and risk.get("risk") == "high"
        closes = work.row.confidentiality != "R3" and work.category.closes_file(command.stage, answers)
        level = {"confidentiality": "R3"} if closes else _limited(work, command.stage, answers)
        level = level or _limited_no_more(work, command.stage, answers)
        if command.typing and (closes or ends_hold or work.reading.reviews_wait):
            raise Refused(reason=_("Isian ini mengubah kasusnya, jadi baru tersimpan setelah Anda menekan Simpan."))
        columns = {**risk, **({"held_until": None} if ends_hold else {}), **level}
        return Change(columns=columns, carry=carry, draft=not (ends_hold or closes))

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=None, during_hold=True)
    return Recorded(saved[-1].version, saved[-1].answers, done.version, saved[-1].merged)


def _inherited(work: Work, stage: str) -> Mapping[str, Any]:
    """Return what a new cycle starts from: the data collection of the last one; what is not typed again stays."""
    return work.facts.answers(stage) if stage == "data_collection" else {}


def _risk(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Return the risk of the case where this save says another one: the last word counts, whichever form it is in."""
    risk = after.get("risk")
    return {"risk": risk} if risk in RISKS and risk != before.get("risk") else {}


def _limited(work: Work, stage: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Answers about health make a case limited (R2): they are specific personal data (UU 27/2022 art. 4)."""
    told = work.row.confidentiality == "R1" and _is_about_health(work, stage, answers)
    return {"confidentiality": "R2"} if told else {}


def _is_about_health(work: Work, stage: str, answers: Mapping[str, Any]) -> bool:
    return any(f.confidentiality == "R2" and answered(answers.get(f.key)) for f in work.category.fields_of(stage))


def _limited_no_more(work: Work, stage: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """An answer about health that was typed and taken back, and was never used, leaves the case as it was."""
    before = work.facts.records
    plain = work.category.confidentiality == "R1" and not work.facts.child
    if work.row.confidentiality != "R2" or not plain or not _is_about_health(work, stage, before.get(stage, {})):
        return {}
    now = {**before, stage: answers}
    if any(_is_about_health(work, name, said) for name, said in now.items()) or not _is_only_typed(work):
        return {}
    return {"confidentiality": "R1"}


def _is_only_typed(work: Work) -> bool:
    """Tell whether a draft has made the case limited, and no form has gone into the log since."""
    for entry in reversed(log.entries_of(work.session, work.row.id)):
        said = log.data_of(entry.data)
        if entry.code == "case:record:saved":
            return False
        if "confidentiality" in said:
            return DRAFT in said
    return False


def _level_entry(command: RecordStage, level: Mapping[str, str]) -> Entry:
    """Return the entry of a level that changes; what only a draft says names its stage: it may be taken back."""
    code = "case:confidentiality:lowered" if level["confidentiality"] == "R1" else "case:confidentiality:raised"
    typed = level["confidentiality"] == "R2" and not command.final
    return Entry(code=code, data={**level, **({DRAFT: command.stage} if typed else {})})


def _goes_on(before: records.RecordRow | None, command: RecordStage, *, by: Viewer, at: datetime) -> bool:
    """Tell whether the same person types on where they were, and the log knows nothing of it yet."""
    if before is None or command.record_version != before.version or before.version == before.logged_version:
        return False
    return bool(before.updated_by == by.user_id and at - before.updated_at <= SITTING)


def _require_writer(work: Work, stage: str) -> None:
    if stage not in OPEN:
        raise InvalidInput({"stage": _('Tahap "{stage}" tidak dikenal.', stage=stage)})
    access.require_act(work.roles, "record_data_collection" if stage == "data_collection" else "record")
    if work.row.state == CLOSED:
        raise InvalidInput({"stage": _("Kasus sudah ditutup. Buka kembali dahulu untuk mengisi catatan.")})
    if "caseworker" not in work.roles and work.row.state != "data_collection":
        raise Forbidden(action=access.ACT_LABELS["record"], allowed=access.names_of(access.ACTS["record"]))


def _require_as_approved(work: Work, stage: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Leave what was approved as it is; what was still open then (the number of a decision) may be filled in."""
    owed = work.row.emergency_since is not None and not work.row.emergency_ratified
    if stage != "intervention_plan" or work.row.state not in APPROVED or owed:
        return
    if any(answered(said) and after.get(key) != said for key, said in before.items()):
        raise Refused(reason=_("Rencana ini sudah disetujui. Ambil langkah Ubah rencana dahulu."))


def _not_yours(work: Work, stage: str, clean: Mapping[str, Any]) -> dict[str, str]:
    return {
        f.key: _("Isian ini hanya boleh diisi oleh: {roles}.", roles=access.names_of(f.filled_by))
        for f in work.category.fields_of(stage)
        if f.key in clean and f.filled_by and not work.roles.intersection(f.filled_by)
    }


def _without_minutes(work: Work, stage: str, clean: Mapping[str, Any]) -> dict[str, str]:
    """The day of a case conference is that of its minutes: a guard may rest on it."""
    day = clean.get("conference_on")
    if stage != "intervention_plan" or not day or day == work.facts.answers(stage).get("conference_on"):
        return {}
    if date.fromisoformat(day) in conferences.days_held(work.session, work.row.id, work.row.cycle):
        return {}
    return {"conference_on": _("Tanggal ini terisi dari notulen: catat dahulu pembahasan kasusnya.")}


def _merged(
    work: Work,
    base: Mapping[str, Any] | None,
    theirs: Mapping[str, Any],
    yours: Mapping[str, Any],
    before: records.RecordRow | None,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Merge field by field; only what both sides changed, to different answers, is a conflict.

    Where it is not known any more what they were typed on, whatever differs is one.
    """
    unknown, base = base is None, base or {}
    mine = {k: v for k, v in yours.items() if unknown or v != base.get(k)}
    conflicts = [k for k, v in mine.items() if (unknown or theirs.get(k) != base.get(k)) and theirs.get(k) != v]
    if conflicts:
        conflict = VersionConflict(
            number=work.row.number,
            fields=conflicts,
            base={k: base.get(k) for k in conflicts},
            yours={k: mine[k] for k in conflicts},
            theirs={k: theirs.get(k) for k in conflicts},
            version=before.version if before else 0,
        )
        conflict.record = before.id if before else None
        raise conflict
    answers = {k: v for k, v in {**theirs, **mine}.items() if v is not None}
    merged = tuple(k for k in theirs if theirs.get(k) != base.get(k) and k not in mine)
    return answers, merged
