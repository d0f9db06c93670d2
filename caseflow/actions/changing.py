"""Moving an open case to another category: what becomes of its answers, how closed its file is, what is due then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import (
    casework,
    definitions,
    inbox,
    letter_voids,
    migrating,
    obligations,
    reading,
    secrecy,
    views,
    whom,
)
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.actions.views import NextStep
from caseflow.definitions import mapping as files
from caseflow.errors import BrokenDefinition, CannotChangeCategory, InvalidInput, Refused, Sentence, _, listed
from caseflow.states import machine
from caseflow.states import mapping as maps
from caseflow.states.category import Category, Deadline, Intervention, Text
from caseflow.states.guards import answered, counted_visits, criterion_key
from caseflow.states.lifecycle import CLOSED, INITIAL, OPEN
from caseflow.states.mapping import CategoryMap
from caseflow.store import cases, children
from caseflow.store import definitions as stored
from caseflow.store import obligations as owed
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import plan_item

LEADS_ON = {
    "data_collection": "submit_for_assessment",
    "assessment": "complete_assessment",
    "intervention_plan": "approve_plan",
}
"""Stage -> the step by which a case left it: what it asks for under the new category is looked at again."""
GOES_ON = ("planned", "approved")
"""States of a plan item that is still to be carried out."""
ONLY_OPENS = _("Tulis alasannya: kepala hanya membuka berkas tertutup.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCategory(Typed):
    """An open case belongs to another category; `mapping` is TOML as of a migration, empty where keys say enough."""

    case: str
    category: str
    reason: str = ""
    mapping: str = ""
    lower_reason: str = ""
    """Why the file may be less closed than it was; empty: it stays as closed as it is."""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the case: under which stage and key, and what it is called."""

    stage: str
    key: str
    label: Text | str
    why: Sentence | str = ""
    """Of an answer that is not asked any more: the reason."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a change of category would do; nothing was changed."""

    number: str
    version: int
    old: Category
    new: Category
    carried: tuple[Answer, ...]
    left: tuple[Answer, ...]
    """They stay in the history of the case and are asked no more."""
    unmet: tuple[NextStep, ...]
    """Next steps with the guards that are unmet under the new category alone."""
    passed: tuple[tuple[str, tuple[Any, ...]], ...]
    """Step behind the case -> its guards that are unmet under the new category."""
    before: str
    level: str
    least: str
    """What a reason of its own may lower the file to."""
    issue: tuple[str | None, str | None]
    deadline: Deadline | None
    blocked: tuple[Sentence | str, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the change does to a case."""

    new: Category
    answers: Mapping[str, Mapping[str, Any]]
    """Stage -> answers as the new category has them."""
    carried: tuple[Answer, ...]
    left: tuple[Answer, ...]
    items: Mapping[str, Intervention]
    """Plan item -> the kind of help it becomes."""
    issue: str | None
    level: str
    least: str
    blocked: tuple[Sentence | str, ...]
    map_digest: str


def try_category(session: Session, command: ChangeCategory, *, by: Viewer, at: datetime) -> Tried:
    """Return what a change would do: answers carried and left, guards unmet, how closed the file would be.

    Raises `NotFound`, `Forbidden`, `UnknownCategory`, `InvalidInput` for a mapping that does not fit, `Refused`.
    """
    work = reading.look(session, command.case, by=by, at=at, part="category")
    access.require_act(work.roles, "try_category")
    plan = _planned(work, command)
    items = tuple(replace(i, intervention=k.code) if (k := plan.items.get(i.id)) else i for i in work.facts.plan)
    facts = replace(work.facts, records=plan.answers, plan=items)
    behind = OPEN[: OPEN.index(work.row.state)]
    passed = [
        (preview.step, preview.unmet)
        for stage in behind
        if stage in LEADS_ON
        for preview in machine.previews(plan.new, replace(facts, state=stage))
        if preview.step == LEADS_ON[stage] and preview.unmet
    ]
    known = {unmet for step in views.next_steps_of(work) for unmet in step.unmet}
    ahead = (
        replace(step, unmet=tuple(unmet for unmet in step.unmet if unmet not in known))
        for step in views.next_steps_of(replace(work, category=plan.new, facts=facts))
    )
    return Tried(
        number=work.row.number,
        version=work.row.version,
        old=work.category,
        new=plan.new,
        carried=plan.carried,
        left=plan.left,
        unmet=tuple(step for step in ahead if step.unmet),
        passed=tuple(passed),
        before=work.row.confidentiality,
        level=plan.level,
        least=plan.least,
        issue=(work.row.issue, plan.issue),
        deadline=plan.new.deadlines.get(work.row.state),
        blocked=(*plan.blocked, *_served(work, plan.new)),
    )


def change_category(session: Session, command: ChangeCategory, *, by: Viewer, at: datetime) -> Done:
    """Move a case to another category in this transaction, with what becomes of its answers and its file.

    A supervisor's act; a closed file only the head of the area makes less closed, with or without another category: a
    supervisor's reason for it goes to the heads. Where the new category closes the file (R3), its name is found by
    token only, its team is named and its unsent letters are voided here. Two writes behind the fence: what was typed
    goes into the log under the old category, then the answers are rewritten under the new one, which voids reviews
    that wait.

    Raises `CannotChangeCategory` with every reason, `DuplicateCase`, and what `try_category` raises.
    """
    reason = casework.require_text(command.reason, "reason")
    plans: list[_Plan] = []

    def first(work: Work) -> Change:
        plan = _planned(work, command)
        opens = work.row.confidentiality == secrecy.CLOSED_FILE and plan.level < secrecy.CLOSED_FILE
        if not opens and secrecy.only_opens(work):
            raise InvalidInput({"lower_reason": ONLY_OPENS})
        access.require_act(work.roles, "open_closed_file" if opens else "change_category")
        if plan.blocked:
            raise CannotChangeCategory(reasons=listed(plan.blocked), list=plan.blocked)
        cases.lock_of_subject(session, work.row.subject_id)
        if plan.new.code != work.row.category:
            whom.refuse_double(session, work.row.subject_id, plan.new.code, despite_closed=True, by=by)
        definitions.keep(session, plan.new, at=at)
        if plan.map_digest:
            stored.add_map(session, plan.map_digest, plan.new.code, command.mapping, at=at)
        plans.append(plan)
        columns = {
            "category": plan.new.code,
            "definition_digest": plan.new.digest,
            "issue": plan.issue,
            "confidentiality": plan.level,
        }
        return Change(columns=columns, carry=lambda held: _carry(held, plan, command, reason), draft=True)

    def second(work: Work) -> Change:
        written = {stage: said for stage, said in plans[-1].answers.items() if said != work.facts.records[stage]}
        return Change(carry=lambda held: migrating.rewrite(held, written))

    casework.change(
        session, command.case, first, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )
    return casework.change(
        session, command.case, second, by=access.SYSTEM, at=at, expected_version=None, during_hold=True
    )


# --- deciding --------------------------------------------------------------------------------------------------------


def _planned(work: Work, command: ChangeCategory) -> _Plan:
    if work.row.state == CLOSED:
        raise Refused(reason=_("Kasus sudah ditutup."))
    new = definitions.current(work.session, command.category)
    if new.code == work.row.category and command.lower_reason.strip() and secrecy.may_open(work):
        new = work.category
    elif new.code == work.row.category and secrecy.only_opens(work):
        raise InvalidInput({"lower_reason": ONLY_OPENS})
    elif new.code == work.row.category:
        raise InvalidInput({"category": _("Kasus ini sudah berada dalam kategori itu.")})
    mapping = _mapping(work, new, command.mapping)
    answers, carried, left = _answers(work, new, mapping)
    items, blocked = _items(work, new, mapping)
    if work.facts.subject_kind not in new.subject_kinds:
        blocked.append(_("kategori itu bukan untuk subjek semacam ini"))
    issue = mapping.issues.get(work.row.issue, work.row.issue) if work.row.issue else None
    least = secrecy.least(work, new, answers)
    level = secrecy.asked_for(work, least, lower=bool(command.lower_reason.strip()))
    return _Plan(
        new=new,
        answers=answers,
        carried=tuple(carried),
        left=tuple(left),
        items=items,
        issue=issue if issue in {i.key for i in new.issues} else None,
        level=level,
        least=least,
        blocked=tuple(blocked),
        map_digest=files.digest_of(command.mapping) if command.mapping.strip() else "",
    )


def _mapping(work: Work, new: Category, typed: str) -> CategoryMap:
    """Return what was typed as a mapping; what is wrong with it is an answer to be put right, not a broken file."""
    try:
        mapping = files.read(typed, file="mapping") if typed.strip() else CategoryMap()
        if wrong := maps.problems(mapping, work.category, new, today=work.today):
            raise files.broken_by("mapping", wrong)
    except BrokenDefinition as broken:
        raise InvalidInput({"mapping": str(broken.data["findings"])}) from None
    return mapping


def _answers(
    work: Work, new: Category, mapping: CategoryMap
) -> tuple[dict[str, Mapping[str, Any]], list[Answer], list[Answer]]:
    """Return the answers by stage, with those that are carried and those that are asked no more."""
    answers: dict[str, Mapping[str, Any]] = {}
    carried: list[Answer] = []
    left: list[Answer] = []
    for stage, said in work.facts.records.items():
        judged_anew = _other_criteria(work.category, new) if stage == INITIAL else set()
        kept = {key: value for key, value in said.items() if key not in judged_anew}
        now, problems = maps.carried(mapping, new, stage, kept, today=work.today)
        problems = {key: _without_place(mapping, new, stage, key) for key in problems}
        problems |= dict.fromkeys(judged_anew & set(said), _("kriteria kategori lain dinilai lagi oleh orang"))
        answers[stage] = now
        for key, value in said.items():
            if not answered(value):
                continue
            label = _label(work.category, stage, key)
            dropped = mapping.stage(stage).fields.get(key, key) is None
            why = problems.get(key, _("dihapus oleh pemetaan") if dropped else "")
            (left if why else carried).append(Answer(stage, key, label, why))
    return answers, carried, left


def _without_place(mapping: CategoryMap, new: Category, stage: str, key: str) -> str:
    to = mapping.stage(stage).fields.get(key, key)
    if any(asked.key == to for asked in new.fields_of(stage)):
        return _("jawabannya tidak ada dalam kategori baru")
    return _("kategori baru tidak menanyakannya")


def _other_criteria(old: Category, new: Category) -> set[str]:
    """Return the criteria of the old category that the new one does not ask in the same words: a person judges them."""
    asked = {criterion_key(c): c.label for c in new.screening.criteria}
    mine = {criterion_key(c): c.label for c in old.screening.criteria}
    return {key for key, label in mine.items() if asked.get(key) != label}


def _label(category: Category, stage: str, key: str) -> Text | str:
    found = next((f.label for f in category.fields_of(stage) if f.key == key), None)
    return found or next((c.label for c in category.screening.criteria if criterion_key(c) == key), key)


def _items(work: Work, new: Category, mapping: CategoryMap) -> tuple[dict[str, Intervention], list[Sentence | str]]:
    """Return what plan items become; what was done or cancelled keeps its name where there is no other."""
    items: dict[str, Intervention] = {}
    blocked: list[Sentence | str] = []
    for item in work.facts.plan:
        kind = new.intervention(mapping.interventions.get(item.intervention) or item.intervention)
        if kind is None and item.status in GOES_ON:
            name = work.category.intervention(item.intervention)
            label = name.name.sentence if name else item.intervention
            blocked.append(_("kegiatan rencana tanpa padanan: {name} (batalkan atau sebut padanannya)", name=label))
        elif kind is not None and kind.code != item.intervention:
            items[item.id] = kind
    return items, blocked


def _served(work: Work, new: Category) -> tuple[Sentence, ...]:
    """Say that the subject has an open case in the category, by number where `by` may know of it; of a closed file not.

    Trying leaves no trace: who tries every category would learn what a closed file (R3) is about.
    """
    found = cases.open_of(work.session, work.row.subject_id, new.code)
    if found is None or found.id == work.row.id:
        return ()
    if access.roles_in(work.by, cases.scope_of(work.session, found)):
        return (_("sudah ada kasus terbuka dalam kategori itu: {number}", number=found.number),)
    if found.confidentiality == "R3":
        return ()
    return (_("klien ini sudah tercatat dalam kategori itu"),)


# --- carrying out ----------------------------------------------------------------------------------------------------


def _carry(work: Work, plan: _Plan, command: ChangeCategory, reason: str) -> tuple[Entry, ...]:
    """Write what the change means beside the columns of the case: the log, the plan, the file, what is due."""
    session, row, new = work.session, work.row, plan.new
    entries = list(casework.drafts_written(work))
    for item, kind in plan.items.items():
        columns = {"intervention": kind.code, "pillar": kind.pillar}
        children.change(session, plan_item, row.subject_id, item, columns)
    data = {"before": row.category, "category": new.code, "definition": new.digest, "issue": plan.issue or ""}
    data |= {"map": plan.map_digest} if plan.map_digest else {}
    lower = command.lower_reason.strip()
    if new.code == row.category:
        return (*entries, *secrecy.follow(work, plan.level, lower))
    words = {"reason": reason} | ({"lower_reason": lower} if lower and plan.least < row.confidentiality else {})
    entries.append(Entry(code="case:category:changed", data=data, payload=words))
    entries += letter_voids.drop_waiting(work, _("kategori kasus berubah"))
    entries += secrecy.follow(work, plan.level)
    if row.confidentiality == plan.level == secrecy.CLOSED_FILE and "lower_reason" in words:
        secrecy.ask_head(work)
    _due_again(work, new)
    if row.assignee_id and row.assignee_id != work.by.user_id:
        key = f"category:{row.id}:{row.entry_seq + 1}"
        told = {"number": row.number}
        inbox.tell(
            session, (row.assignee_id,), kind="category_changed", cause_key=key, case_id=row.id, data=told, at=work.at
        )
    return tuple(entries)


def _due_again(work: Work, new: Category) -> None:
    """Count the deadline of the stage, and the next visit, by the new category: from when they began, not from now."""
    session, row = work.session, work.row
    obligations.end_kinds(session, row.id, ("state_deadline",), at=work.at)
    cause = f"{row.id}:{row.entry_seq + 1}"
    if deadline := new.deadlines.get(row.state):
        obligations.start(
            session,
            case=row,
            kind="state_deadline",
            span=deadline.span,
            recipient=deadline.recipient,
            basis=deadline.basis,
            cause_key=f"state_deadline:{cause}",
            at=work.at,
            since=row.state_since,
            calendar=work.calendar,
        )
    if owed.live(session, case_id=row.id, kinds=("visit",)):
        _visit_again(work, new, f"visit:{cause}")
    if cases.held_on(row, work.today):
        obligations.pause(session, row.id, at=work.at)


def _visit_again(work: Work, new: Category, cause: str) -> None:
    session, row, rhythm = work.session, work.row, new.rhythm
    obligations.end_kinds(session, row.id, ("visit",), at=work.at)
    made = [v.on for v in work.facts.visits if v.cycle == row.cycle and v.state == row.state]
    if counted_visits(work.facts, new) >= rhythm.visits:
        return
    last = datetime.combine(max(made), time(12), work.calendar.zone) if made else row.state_since
    obligations.start(
        session,
        case=row,
        kind="visit",
        span=rhythm.every if made else rhythm.first,
        recipient=rhythm.recipient,
        basis=_("irama monitoring kategori"),
        cause_key=cause,
        at=work.at,
        since=last,
        calendar=work.calendar,
    )
