"""One act in several cases of a household: carried out in one transaction, each case told by itself."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import casework, plan, shared_items
from caseflow.actions.casework import Done
from caseflow.actions.many import Outcome
from caseflow.actions.plan import AddItem
from caseflow.actions.shared_items import OnItem, ShareItem
from caseflow.cli import forms, refusals, sheet
from caseflow.cli.acting import report
from caseflow.cli.opening import writing
from caseflow.cli.speech import as_json
from caseflow.errors import _
from caseflow.store.session import Session

Outcomes = Sequence[tuple[str, Outcome]]
Also = Annotated[
    list[str] | None,
    typer.Option("--also", metavar="NUMBER", help=_("Kasus lain serumah yang memakai kegiatan ini; boleh berulang.")),
]


def tell(outcomes: Outcomes, *, by: str, json_wanted: bool) -> None:
    """Say what became of each case; where one refused, end with the code of a refusal."""
    if json_wanted:
        as_json([_plain(case, outcome) for case, outcome in outcomes])
    for case, outcome in () if json_wanted else outcomes:
        if outcome.done is not None:
            report(outcome.done, json_wanted=False)
        elif outcome.problem is not None:
            refusals.show(outcome.problem, {"number": case, "by": by})
    if any(outcome.problem for _case, outcome in outcomes):
        raise typer.Exit(refusals.REFUSED)


def _plain(case: str, outcome: Outcome) -> dict[str, Any]:
    if outcome.done is not None:
        return sheet.done(outcome.done)
    told = outcome.problem
    return {"number": case, "problem": told and {"code": told.code, **refusals.data_of(told, {})}}


# --- plan items ------------------------------------------------------------------------------------------------------


def add_item(number: str, also: Sequence[str], values: Mapping[str, Any], *, by: str) -> Outcomes:
    """Plan an action in a case and let others rely on it; the first must take it."""

    def act(session: Session, viewer: Viewer, at: datetime) -> Outcomes:
        done = plan.add_item(
            session, AddItem(case=number, **forms.with_ids(session, values, "owner")), by=viewer, at=at
        )
        return [(number, Outcome(done=done)), *_shared(session, number, str(done.created_id), also, viewer, at)]

    return writing(by, act, case=number)


def share_item(number: str, item: str, also: Sequence[str], *, by: str) -> Outcomes:
    """Let other cases rely on an action of a case."""

    def act(session: Session, viewer: Viewer, at: datetime) -> Outcomes:
        return _shared(session, number, _item(session, number, item, viewer, at), also, viewer, at)

    return writing(by, act, case=number)


def _shared(
    session: Session, number: str, item: str, also: Sequence[str], viewer: Viewer, at: datetime
) -> list[tuple[str, Outcome]]:
    commands = [ShareItem(case=other, of=number, item=item) for other in also]
    return list(zip(also, shared_items.share_many(session, commands, by=viewer, at=at), strict=True))


def on_item(
    action: Callable[..., Done],
    command: Callable[..., OnItem],
    number: str,
    also: Sequence[str],
    values: Mapping[str, Any],
    *,
    by: str,
) -> Outcomes:
    """Do one act on an action in a case and in the others that rely on it."""

    def act(session: Session, viewer: Viewer, at: datetime) -> Outcomes:
        said = {**forms.with_ids(session, values, "owner"), "expected_version": None}
        said["item"] = _item(session, number, values["item"], viewer, at)
        commands = [command(case=case, **said) for case in (number, *also)]
        done = shared_items.in_each(session, action, commands, by=viewer, at=at)
        return list(zip((number, *also), done, strict=True))

    return writing(by, act, case=number)


def _item(session: Session, number: str, word: str, viewer: Viewer, at: datetime) -> str:
    return forms.row_id(session, "item", word, casework.look(session, number, by=viewer, at=at))
