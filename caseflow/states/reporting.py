"""The monthly report as sums: what a case counts as, tables of counts, what may be said of closed files. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.states.lifecycle import INITIAL, TERMINATION_REASONS
from caseflow.states.suppression import SMALL

Count = Counter[tuple[str, str, str]]
"""(table, row, column) -> how many."""
MOVED = ("opened", "running", "closed", "late")
"""What a case may be in a month; the columns of most tables."""
COLUMNS: dict[str, Sentence] = {
    "opened": _("Baru"),
    "running": _("Berjalan"),
    "closed": _("Ditutup"),
    "late": _("Lewat batas"),
    "n": _("Jumlah"),
    "target": _("Sasaran"),
    "counted": _("Terhitung"),
}
UNKNOWN = "unknown"
DISABLED = frozenset({"ADK", "PD"})
"""Categories whose cases are of people with a disability."""
EXTREME = frozenset({"KME"})
ANSWERED: dict[str, Sentence] = {
    "yes": _("Ya"),
    "no": _("Tidak"),
    UNKNOWN: _("Tidak tercatat"),
}
SEXES: dict[str, Sentence] = {
    "L": _("Laki-laki"),
    "P": _("Perempuan"),
    UNKNOWN: _("Bukan perorangan, atau tidak tercatat"),
}
AGES: dict[str, Sentence] = {
    "0-5": _("0 sampai 5 tahun"),
    "6-17": _("6 sampai 17 tahun"),
    "18-59": _("18 sampai 59 tahun"),
    "60+": _("60 tahun ke atas"),
    UNKNOWN: _("Bukan perorangan, atau tidak tercatat"),
}
ROWS: dict[str, Mapping[str, Sentence]] = {
    "sex": SEXES,
    "age": AGES,
    "disability": ANSWERED,
    "poverty": ANSWERED,
    "stunting": ANSWERED,
}
"""Tables whose rows are always all there, in this order."""
ALL = "all"


@dataclass(frozen=True, slots=True)
class Case:
    """What the report reads of one case that is no closed file."""

    category: str
    kecamatan: str
    sex: str
    age: str
    state: str
    """At the end of the month."""
    outcome: str | None
    issue: str | None
    is_: Collection[str]
    """Which of `MOVED` it is."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """Of data collection and assessment, the last of each."""


def counted(cases: Iterable[Case]) -> Count:
    """Return what cases add to every table."""
    found: Count = Counter()
    for case in cases:
        rows = {
            "all": ALL,
            "category": case.category,
            "kecamatan": case.kecamatan,
            "sex": case.sex if case.sex in SEXES else UNKNOWN,
            "age": case.age if case.age in AGES else UNKNOWN,
            "disability": disability(case),
            "poverty": poverty(case),
            "stunting": stunting(case),
        }
        for table, row in rows.items():
            found.update((table, row, column) for column in MOVED if column in case.is_)
        if "running" in case.is_:
            found["state", case.state or INITIAL, "running"] += 1
            found["state", case.state or INITIAL, "late"] += "late" in case.is_
        if "closed" in case.is_:
            outcome = case.outcome or "not_eligible"
            found["stopped" if outcome in TERMINATION_REASONS else "outcome", outcome, "n"] += 1
    return found


def disability(case: Case) -> str:
    """Tell whether the person, or somebody of the family, is on record as a person with a disability."""
    kinds = _listed(case.answers.get("disability_types"))
    if case.category in DISABLED or kinds - {UNKNOWN} or "disability" in _members(case):
        return "yes"
    return "no" if "members_of_concern" in case.answers else UNKNOWN


def poverty(case: Case) -> str:
    """Tell whether a case is one of extreme poverty: decile 1, the category, or what people came with."""
    decile = str(case.answers.get("desil") or "")
    if decile == "1" or case.category in EXTREME or case.issue == "extreme_poverty":
        return "yes"
    return "no" if decile.isdigit() else UNKNOWN


def stunting(case: Case) -> str:
    """Tell whether a child is stunted, or on record as at risk of it."""
    nutrition = case.answers.get("nutrition")
    if nutrition == "stunted" or case.issue == "stunting_risk" or "stunting" in _members(case):
        return "yes"
    measured = nutrition in {"normal", "under", "severe"} or "members_of_concern" in case.answers
    return "no" if measured else UNKNOWN


def _members(case: Case) -> set[str]:
    return _listed(case.answers.get("members_of_concern"))


def _listed(value: object) -> set[str]:
    return {str(each) for each in value} if isinstance(value, list | tuple) else set()


# --- closed files ----------------------------------------------------------------------------------------------------


def at_least(running: int) -> int:
    """Return all that a report says of closed files (R3): a bound that is a multiple of five, nought below five.

    It is the only figure about them. A second one, such as how many are new, would with the bounds of other months
    become a system of sums, and some months together would tell one of them exactly.
    """
    return running // SMALL * SMALL


# --- editions --------------------------------------------------------------------------------------------------------

Tables = Iterable[Mapping[str, Any]]


def cells(tables: Tables) -> dict[tuple[str, str, str], int]:
    """Return every figure of a report by table, row and column."""
    return {
        (table["code"], row["key"], column["key"]): n
        for table in tables
        for row in table["rows"]
        for column, n in zip(table["columns"], row["cells"], strict=True)
    }


def with_gone(before: Tables, after: Tables) -> list[dict[str, Any]]:
    """Return tables with each row that an edition had and the next has no more, as noughts: a correction is seen."""
    was = {table["code"]: table["rows"] for table in before if table["code"] != "targets"}
    made = []
    for table in after:
        known = {row["key"] for row in table["rows"]}
        gone = [row for row in was.get(table["code"], ()) if row["key"] not in known and any(row["cells"])]
        blank = [{**row, "cells": [0] * len(row["cells"])} for row in gone]
        made.append({**table, "rows": [*table["rows"], *blank]})
    return made


def corrected(before: Tables, after: Tables) -> list[dict[str, Any]]:
    """Return each figure that an edition says otherwise than the one it replaces; a row that is not there is nought."""
    was, now = cells(before), cells(after)
    places = [*now, *(place for place in was if place not in now)]
    changed = [(place, was.get(place, 0), now.get(place, 0)) for place in places]
    return [
        {"table": table, "row": row, "column": column, "was": old, "now": new}
        for (table, row, column), old, new in changed
        if old != new
    ]
