"""Actions that serve several cases of a household: who else relies on one, and the same act written in each."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from caseflow import access
from caseflow.actions import shared_items
from caseflow.actions.casework import Done
from caseflow.actions.many import Outcome
from caseflow.actions.plan import PLANNING, SETTLED, EvaluateItem, SettleItem
from caseflow.actions.shared_items import OnItem, Place, ShareItem
from caseflow.errors import NotFound, _
from caseflow.store import children
from caseflow.store.tables import plan_item
from caseflow.web.environment import Words
from caseflow.web.questions import Question
from caseflow.web.sheet import Answers, Asking, Saving, Sheet

BACK = "/rencana"
OTHERS = _("Kasus lain yang memakai kegiatan ini")
TOGETHER = _("Dicatat sekali: tanggal dan isinya tertulis juga dalam rencana kasus yang dicentang.")
SERVED = _("Satu kegiatan untuk beberapa orang serumah: tertulis juga dalam rencana kasus mereka.")


def share(asking: Asking) -> Sheet:
    """Ask which other cases rely on an action."""
    access.require_act(asking.work.roles, "plan")
    row = children.get(asking.session, plan_item, asking.work.row.id, asking.item)
    if row is None:
        raise NotFound
    kind = asking.work.category.intervention(row.intervention)
    near = for_others(asking, row.intervention)

    def save(to: Saving, answers: Answers) -> str | None:
        return shared(asking, asking.item, to, answers)

    return Sheet(
        title=_("Juga untuk kasus lain"),
        intro=(kind.name if kind else row.intervention,),
        questions=tuple(replace(question, required=True) for question in near),
        save=save,
        back=BACK,
        shut=None
        if near
        else _("Tidak ada kasus lain di rumah atau KK ini yang rencananya dapat Anda tulis sekarang."),
    )


def for_others(asking: Asking, kind: str = "") -> tuple[Question, ...]:
    """Return the question which other cases of the household rely on an action; nothing where there is none."""
    places = shared_items.elsewhere(asking.work)
    has = {place.number for place in places if place.item == asking.item and place.status != "cancelled"}
    near: tuple[tuple[str, Words], ...] = tuple(
        (each.number, f"{each.name}, {asking.teller.say(each.category)} ({each.number})")
        for each in shared_items.offered(asking.work, kind)
        if each.number not in has
    )
    asked = Question(key="also", label=_("Juga untuk kasus mana?"), type="choices", choices=near, required=False)
    return (replace(asked, hint=SERVED),) if near else ()


def shared(asking: Asking, item: str, to: Saving, answers: Answers) -> str | None:
    """Let the cases that were chosen rely on an action; return what the page says of those that refused."""
    commands = [ShareItem(case=number, of=asking.number, item=item) for number in answers.get("also") or ()]
    return _left(commands, shared_items.share_many(to.session, commands, by=to.by, at=to.at))


# --- the same act in each --------------------------------------------------------------------------------------------


def on_others(asking: Asking, act: type[OnItem]) -> tuple[Question, ...]:
    """Return the question in which other cases the same is written; all are chosen."""
    places = [place for place in shared_items.elsewhere(asking.work) if place.item == asking.item and place.may]
    found: tuple[tuple[str, Words], ...] = tuple(
        (place.number, f"{place.name} ({place.number})") for place in places if _takes(place, act)
    )
    chosen = [number for number, _words in found]
    asked = Question(key="also", label=OTHERS, type="choices", choices=found, required=False, value=chosen)
    return (replace(asked, hint=TOGETHER),) if found else ()


def _takes(place: Place, act: type[OnItem]) -> bool:
    if act is EvaluateItem:
        return place.state == "evaluation" and place.status != "cancelled"
    return place.status not in SETTLED and (act is SettleItem or place.state in PLANNING)


def written(act: Callable[..., Done], command: OnItem, to: Saving, answers: Answers) -> str | None:
    """Do an act on an action here, then in the cases that were chosen; return what is said of those that refused."""
    others = [replace(command, case=number, expected_version=None) for number in answers.get("also") or ()]
    if not others:
        act(to.session, command, by=to.by, at=to.at)
        return None
    here, *done = shared_items.in_each(to.session, act, [command, *others], by=to.by, at=to.at)
    if here.problem is not None:
        raise here.problem
    return _left(others, done)


def _left(commands: Sequence[ShareItem | OnItem], done: Sequence[Outcome]) -> str | None:
    left = [command.case for command, outcome in zip(commands, done, strict=True) if outcome.problem]
    return f"shared_partly {', '.join(left)}" if left else None
