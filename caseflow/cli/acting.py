"""Carrying out a command on a case, and saying where the case stands afterwards."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from caseflow.access import Viewer
from caseflow.actions import casework
from caseflow.actions.casework import Done
from caseflow.cli import forms, sheet
from caseflow.cli.opening import writing
from caseflow.cli.speech import as_json, label, show
from caseflow.errors import _
from caseflow.states.lifecycle import STATES
from caseflow.store.session import Session


def carry_out(
    action: Callable[..., Done],
    command: Callable[..., object],
    number: str,
    values: Mapping[str, Any],
    *,
    by: str,
    people: tuple[str, ...] = (),
    row: str = "",
) -> Done:
    """Do one action on a case as a user.

    `people` are fields that hold a log-in name; `row` is the field that names a row of the case, by id or position.
    """

    def act(session: Session, viewer: Viewer, at: datetime) -> Done:
        found = forms.with_ids(session, values, *people)
        if row:
            work = casework.look(session, number, by=viewer, at=at)
            found[row] = forms.row_id(session, row, found[row], work)
        return action(session, command(case=number, **found), by=viewer, at=at)

    return writing(by, act, case=number)


def report(done: Done, *, json_wanted: bool) -> None:
    """Say where a case stands after a write."""
    if json_wanted:
        as_json(sheet.done(done))
        return
    state = label(STATES[done.state])
    if done.review_id:
        show(
            _("{number}: persetujuan diminta (tahap {state}, versi {version})."),
            number=done.number, state=state, version=done.version,
        )  # fmt: skip
    else:
        show(_("{number}: {state}, versi {version}."), number=done.number, state=state, version=done.version)
    if done.created_id:
        show(_("id: {id}"), id=done.created_id)
