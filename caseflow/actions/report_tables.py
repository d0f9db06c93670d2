"""The tables of a monthly report, out of what was counted."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from caseflow.actions import areas, letters, targets
from caseflow.actions.report_words import (
    CLOSED_FILES,
    CLOSED_NOTE,
    NOT_ELIGIBLE,
    PILLAR_WORDS,
    SUMMARY,
    Row,
    Words,
    both,
    table,
)
from caseflow.states import reporting
from caseflow.states.category import PILLARS
from caseflow.states.lifecycle import ENDINGS, OPEN, STATES
from caseflow.states.reporting import ALL, MOVED, ROWS, Count
from caseflow.store import offices, reports
from caseflow.store.reports import Period
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job is to count."""

    id: str
    office_id: str
    during: Period


def tables(session: Session, plan: Plan, counted: Count) -> list[dict[str, Any]]:
    """Return every table; closed files (R3) are in none of them."""
    of = (session, plan.office_id, plan.during)
    sent, due, done = reports.letters(*of), reports.answers_due(*of), reports.aid(*of)
    summary = {
        **{column: counted["all", ALL, column] for column in MOVED},
        "persons": reports.persons(*of),
        "visits": reports.visits(*of),
        "letters": sum(sent.values()),
        "answers_due": sum(due.values()),
        "answers_in_time": due.get("in_time", 0),
        "aid": sum(done.values()),
    }
    kinds, pillars = Counter[str](), Counter[str]()
    for (kind, pillar), n in done.items():
        kinds[kind] += n
        pillars[pillar] += n
    known = letters.kinds(session)
    categories = session.categories
    places = areas.short_names(session, _rows_of(counted, "kecamatan"))
    made = [
        table("all", ("n",), [(key, SUMMARY[key], (n,)) for key, n in summary.items()]),
        _moved(counted, "category", lambda code: categories[code].name if code in categories else code),
        _moved(counted, "kecamatan", lambda code: places.get(code, code).split(", ")[0]),
        table(
            "state",
            ("running", "late"),
            [
                (state, STATES[state], (counted["state", state, "running"], counted["state", state, "late"]))
                for state in OPEN
            ],
        ),
        *(_moved(counted, code, dict(rows).__getitem__, rows) for code, rows in ROWS.items()),
        _numbers("outcome", _of_table(counted, "outcome"), lambda key: ENDINGS.get(key, NOT_ELIGIBLE)),
        _numbers("stopped", _of_table(counted, "stopped"), lambda key: ENDINGS.get(key, key)),
        table("pillar", ("n",), [(key, PILLAR_WORDS[key], (pillars[key],)) for key in PILLARS]),
        _numbers("aid", kinds, _interventions(session)),
        _numbers("letters", Counter(sent), lambda key: known[key].title if key in known else key),
    ]
    wanted = _targets(session, plan)
    return [*made, wanted] if wanted["rows"] else made


def closed_files(session: Session, plan: Plan) -> dict[str, Any]:
    """Return what is said of closed files: one bound, and the rule."""
    running = reports.closed_files(session, plan.office_id, plan.during)
    return {"label": both(CLOSED_FILES), "at_least": reporting.at_least(running), "note": both(CLOSED_NOTE)}


def _moved(counted: Count, code: str, name: Callable[[str], Words], always: Iterable[str] = ()) -> dict[str, Any]:
    """Return a table of what cases are in the month; its own rows are there even where nobody is."""
    keys = [*always] or _rows_of(counted, code)
    rows: list[Row] = [(key, name(key), [counted[code, key, column] for column in MOVED]) for key in keys]
    return table(code, MOVED, rows)


def _rows_of(counted: Count, code: str) -> list[str]:
    return sorted({row for of, row, _column in counted if of == code})


def _of_table(counted: Count, code: str) -> Counter[str]:
    return Counter({row: n for (of, row, _column), n in counted.items() if of == code})


def _numbers(code: str, counted: Counter[str], name: Callable[[str], Words]) -> dict[str, Any]:
    """Return a table of one number a row, the largest first."""
    found = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return table(code, ("n",), [(key, name(key), (n,)) for key, n in found])


def _interventions(session: Session) -> Callable[[str], Words]:
    """Return what an intervention is called, by whichever category offers it."""

    def name(code: str) -> Words:
        found = (category.intervention(code) for category in session.categories.values())
        kind = next(filter(None, found), None)
        return kind.name if kind else code

    return name


def _targets(session: Session, plan: Plan) -> dict[str, Any]:
    """Return the targets whose period touches the month, with what was reached by its end."""
    during = plan.during
    rows = [
        row
        for row in reports.targets(session, plan.office_id)
        if row.starts_on <= during.end and row.ends_on >= during.start
    ]
    office = offices.require(session, plan.office_id)
    found = targets.progress(session, office, rows, until=during.end)
    return table(
        "targets",
        ("target", "counted"),
        [
            (f"{each.area}:{each.measure}:{each.start}:{each.end}", each.words_with_period, (each.amount, each.counted))
            for each in found
        ],
    )
