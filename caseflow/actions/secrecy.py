"""How closed a file has to be under another category, and what it means that it becomes more, or less, closed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caseflow import access
from caseflow.actions import casework, inbox, letter_voids
from caseflow.actions.casework import Work
from caseflow.states.category import Category, Field
from caseflow.states.guards import answered
from caseflow.store import attachments, cases, subjects, users
from caseflow.store.log import Entry

CLOSED_FILE = "R3"


def least(work: Work, new: Category, answers: Mapping[str, Mapping[str, Any]]) -> str:
    """Return how closed the file must be at least: by category, age, answers then and now, and papers about health."""
    levels = [new.confidentiality, "R2" if work.facts.child else "R1"]
    for category, records in ((work.category, work.facts.records), (new, answers)):
        for stage, said in records.items():
            levels += [CLOSED_FILE] if category.closes_file(stage, said) else []
            levels += [f.confidentiality for f in category.fields_of(stage) if _is_limited(f, said)]
    kept = attachments.of_case(work.session, work.row.id)
    levels += ["R2" for row in kept if row.kind == "health" and row.withdrawn_at is None]
    return max(levels)


def _is_limited(asked: Field, said: Mapping[str, Any]) -> bool:
    return asked.confidentiality == "R2" and answered(said.get(asked.key))


def asked_for(work: Work, lowest: str, *, lower: bool) -> str:
    """Return how closed a file becomes where somebody wants it less closed: a closed file only the head opens."""
    now = str(work.row.confidentiality)
    return lowest if lower and (now != CLOSED_FILE or may_open(work)) else max(lowest, now)


def may_open(work: Work) -> bool:
    """Tell whether a file is closed, and somebody may make it less so."""
    return work.row.confidentiality == CLOSED_FILE and bool(work.roles.intersection(access.ACTS["open_closed_file"]))


def only_opens(work: Work) -> bool:
    """Tell whether somebody may open a file and no more: a head who is not its supervisor too."""
    return may_open(work) and not work.roles.intersection(access.ACTS["change_category"])


def follow(work: Work, level: str, reason: str = "") -> list[Entry]:
    """Close or open the file, in this transaction: its name, team, letters and offer; team and heads are told."""
    before = work.row.confidentiality
    if level == before:
        return []
    what = "raised" if level > before else "lowered"
    data = {"confidentiality": level, "by": "head" if before == CLOSED_FILE else "category"}
    payload = {"lower_reason": reason} if reason and level < before else None
    entries = [Entry(code=f"case:confidentiality:{what}", data=data, payload=payload)]
    if level == CLOSED_FILE:
        entries += casework.close_file(work)
        held = replace(work, row=work.row._replace(confidentiality=level))
        entries += letter_voids.void_open(held)
    elif before == CLOSED_FILE:
        _tell(work, {*cases.team(work.session, work.row.id), *_heads(work)}, "file_lowered")
        cases.leave_team(work.session, work.row.id)
        others = cases.of_subject(work.session, work.row.subject_id)
        if not any(case.confidentiality == CLOSED_FILE for case in others if case.id != work.row.id):
            about = subjects.summary(work.session, work.row.subject_id, work.today)
            subjects.set_name_keys(work.session, work.row.subject_id, about.data, closed=False)
    return entries


def ask_head(work: Work) -> None:
    """Let the heads of the area look at a closed file that somebody wants less closed: they decide."""
    heads = _heads(work)
    cases.join_team(work.session, work.row.id, heads)
    _tell(work, {*heads}, "file_lower_asked")


def _heads(work: Work) -> tuple[str, ...]:
    return users.holders(work.session, "head", work.row.area_code, work.today)


def _tell(work: Work, people: set[str], kind: str) -> None:
    inbox.tell(
        work.session,
        people - {work.by.user_id},
        kind=kind,
        cause_key=f"{kind}:{work.row.id}:{work.row.entry_seq + 1}",
        case_id=work.row.id,
        data={"number": work.row.number},
        at=work.at,
    )
