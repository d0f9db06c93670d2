"""Orders of many letters as whoever ordered them sees them: the list, where each stands, what became of each case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, letter_waiting, reading
from caseflow.errors import NotFound, _
from caseflow.exchange.workbook import Cell, workbook
from caseflow.i18n import LANGUAGES, SOURCE, translate
from caseflow.store import batches, cases, initials
from caseflow.store import lines as case_lines
from caseflow.store.cases import CaseRow
from caseflow.store.session import Session

COLUMNS = (_("Baris"), _("Nomor kasus"), _("Keadaan"), _("Nomor surat"), _("Sebabnya"))
STATES = {
    "waiting": _("menunggu"),
    "done": _("terbit"),
    "initials": _("menunggu paraf"),
    "refused": _("ditolak"),
    "returned": _("dikembalikan"),
    "withdrawn": _("dibatalkan"),
}
UNKNOWN = _("(bukan nomor kasus)")


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one case; `case` is empty where what was typed is no case number."""

    position: int
    case: str
    state: str
    number: str
    problem: Mapping[str, str] | None

    @property
    def refused(self) -> bool:
        """Whether it got no letter and will get none: refused, or its draft went back or was withdrawn."""
        return self.state not in {"waiting", "done", "initials"}

    def why(self, lang: str) -> str:
        """Return why it got no letter; empty where it did or will."""
        problem = self.problem or {}
        return problem.get(lang) or problem.get(SOURCE, "")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an order stands, by cases; and of the letters of `done`: file made, to be made, waiting for initials.

    A draft that went back or was withdrawn counts as refused.
    """

    id: str
    letter: str
    waiting: int
    done: int
    refused: int
    rendered: int
    making: int
    initials: int
    finished: bool
    ordered_at: datetime

    @property
    def cases(self) -> int:
        return self.waiting + self.done + self.refused

    @property
    def issued(self) -> int:
        """How many letters have their number."""
        return self.done - self.initials

    @property
    def over(self) -> bool:
        """Whether nothing is left for us to do: every case is decided, every letter with a number has its file."""
        return self.finished and not self.making


def orders_of(session: Session, *, by: Viewer, before: str = "", limit: int = 50) -> tuple[Progress, ...]:
    """Return a person's own orders, the newest first; those older than the order `before`."""
    found = batches.ordered_by(session, by.user_id, before=before if casework.is_id(before) else "", limit=limit)
    return _progress(session, found)


def progress_of(session: Session, batch_id: str, *, by: Viewer) -> Progress:
    """Return where an order stands, to whoever ordered it; `NotFound` for others."""
    return _progress(session, [_of(session, batch_id, by)])[0]


def lines_of(session: Session, batch_id: str, *, by: Viewer, at: datetime) -> tuple[Line, ...]:
    """Return what became of each case of an order, to whoever ordered it; `NotFound` for others.

    Why a draft went back is the case's own words: that those of a restricted case are shown is on record.
    """
    batch = _of(session, batch_id, by)
    rows = batches.rows_of(session, batch.id)
    shown = case_lines.cases(session, {row.case_id for row in rows if row.draft in batches.DROPPED})
    return tuple(
        Line(row.position, row.case_number, row.draft, "", _dropped(session, row, shown[row.case_id], by=by, at=at))
        if row.draft in batches.DROPPED
        else Line(
            row.position,
            row.case_number,
            "initials" if row.draft == initials.WAITING else row.state,
            row.number or "",
            row.problem,
        )
        for row in rows
    )


def _dropped(
    session: Session,
    row: Any,  # noqa: ANN401 - a row
    case: CaseRow,
    *,
    by: Viewer,
    at: datetime,
) -> dict[str, str]:
    """Return why a draft got no number, in the words of whoever said so; or only that it is so."""
    told = {lang: translate(letter_waiting.ENDED[row.draft], lang) for lang in LANGUAGES}
    if casework.acting(access.roles_in(by, cases.scope_of(session, case)), case.state):
        why = initials.reason(session, case.subject_id, row)
        reading.note(session, (case,), by=by, at=at, part="initials")
        told = dict.fromkeys(LANGUAGES, why) if why else told
    return {"code": "Refused", **told}


def _progress(session: Session, found: list[Any]) -> tuple[Progress, ...]:
    counted = batches.counts(session, [batch.id for batch in found])
    return tuple(
        Progress(b.id, b.kind, **counted[b.id], finished=b.finished_at is not None, ordered_at=b.ordered_at)
        for b in found
    )


def _of(session: Session, batch_id: str, by: Viewer) -> Any:  # noqa: ANN401 - a row
    batch = batches.find(session, batch_id) if casework.is_id(batch_id) else None
    if batch is None or batch.ordered_by != by.user_id:
        raise NotFound
    return batch


def cells(lines: tuple[Line, ...], *, lang: str) -> list[list[Cell]]:
    """Return the report under its columns."""
    return [
        [
            line.position,
            line.case or translate(UNKNOWN, lang),
            translate(STATES[line.state], lang),
            line.number,
            line.why(lang),
        ]
        for line in lines
    ]


def as_workbook(lines: tuple[Line, ...], *, lang: str) -> bytes:
    """Return the report as a worksheet."""
    head = [translate(column, lang) for column in COLUMNS]
    return workbook(translate(_("Surat sekaligus"), lang), head, cells(lines, lang=lang))
