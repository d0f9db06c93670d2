"""Forms of the intervention plan: an action is added, changed, done, cancelled, evaluated."""

from datetime import date
from typing import Any

from caseflow import access
from caseflow.actions import plan as actions
from caseflow.actions.plan import AddItem, ChangeItem, EvaluateItem, SettleItem
from caseflow.errors import NotFound, _
from caseflow.store import children, users
from caseflow.store.tables import plan_item
from caseflow.web.environment import Words
from caseflow.web.questions import Question, as_date, as_text, by_name
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question
from caseflow.web.sheets import shared_plan

BACK = "/rencana"
RESULTS: tuple[tuple[str, Words], ...] = (
    ("met", _("Tercapai")),
    ("partly", _("Sebagian tercapai")),
    ("not_met", _("Belum tercapai")),
)


def _words(asking: Asking) -> tuple[Any, dict[str, Any], Words]:
    """Return the row, its words and the name of the kind of help."""
    work, session = asking.work, asking.session
    row = children.get(session, plan_item, work.row.id, asking.item)
    if row is None:
        raise NotFound
    kind = work.category.intervention(row.intervention)
    return row, children.words(session, plan_item, work.row.subject_id, row), kind.name if kind else row.intervention


def _owners(asking: Asking) -> tuple[tuple[str, Words], ...]:
    work = asking.work
    held = {
        u
        for r in ("caseworker", "supervisor")
        for u in users.holders(asking.session, r, work.row.area_code, work.today)
    }
    names = users.names(asking.session, held | {work.row.assignee_id or work.by.user_id})
    return by_name(names)


def _details(asking: Asking, goal: str, description: str, owner: str | None, due: date | None) -> tuple[Question, ...]:
    return (
        Question(
            key="goal",
            label=_("Apa yang ingin dicapai?"),
            type="longtext",
            hint=_('Tulis hasil yang dapat dilihat nanti, misalnya "JKN aktif dan obat didapat".'),
            required=False,
            value=goal,
        ),
        Question(
            key="description",
            label=_("Apa yang dikerjakan?"),
            type="longtext",
            required=False,
            value=description,
        ),
        Question(
            key="owner",
            label=_("Siapa penanggung jawabnya?"),
            type="choice",
            choices=_owners(asking),
            required=False,
            value=owner,
        ),
        Question(
            key="due",
            label=_("Kapan harus selesai?"),
            type="date",
            hint=_("Boleh diisi nanti, sebelum rencana disetujui."),
            required=False,
            value=due.isoformat() if due else None,
        ),
    )


def add(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "plan")
    kinds = tuple((i.code, i.name) for i in asking.work.category.interventions)

    def save(to: Saving, answers: Answers) -> str | None:
        command = AddItem(
            case=asking.number,
            intervention=answers["intervention"],
            goal=as_text(answers["goal"]),
            description=as_text(answers["description"]),
            owner=answers["owner"],
            due=as_date(answers["due"]),
            expected_version=to.version,
        )
        done = actions.add_item(to.session, command, by=to.by, at=to.at)
        return shared_plan.shared(asking, str(done.created_id), to, answers)

    kind = Question(key="intervention", label=_("Bantuan atau kegiatan apa?"), type="choice", choices=kinds)
    worker = asking.work.row.assignee_id
    questions = (kind, *_details(asking, "", "", worker, None), *shared_plan.for_others(asking))
    return Sheet(title=_("Tambah kegiatan"), questions=questions, save=save, back=BACK)


def change(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "plan")
    row, words, name = _words(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = ChangeItem(
            case=asking.number,
            item=asking.item,
            goal=as_text(answers["goal"]),
            description=as_text(answers["description"]),
            owner=answers["owner"],
            due=as_date(answers["due"]),
            expected_version=to.version,
        )
        return shared_plan.written(actions.change_item, command, to, answers)

    said = (words.get("goal", ""), words.get("description", ""), row.owner_id, row.due)
    questions = (*_details(asking, *said), *shared_plan.on_others(asking, ChangeItem))
    return Sheet(title=_("Ubah kegiatan"), intro=(name,), questions=questions, save=save, back=BACK)


def finish(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "plan")
    _row, words, name = _words(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        return shared_plan.written(actions.finish_item, _settled(asking, to, answers), to, answers)

    questions = (
        Question(key="note", label=_("Apa hasilnya?"), type="longtext", required=False),
        event_question(asking, "event_date", _("Kapan selesai?")),
        *shared_plan.on_others(asking, SettleItem),
    )
    intro = (name, words.get("goal", "")) if words.get("goal") else (name,)
    button = _("Tandai selesai")
    return Sheet(title=_("Isi hasil kegiatan"), intro=intro, questions=questions, button=button, save=save, back=BACK)


def cancel(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "plan")
    _row, _words_of, name = _words(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        return shared_plan.written(actions.cancel_item, _settled(asking, to, answers), to, answers)

    questions = (
        Question(key="note", label=_("Mengapa dibatalkan?"), type="longtext"),
        event_question(asking, "event_date", _("Kapan diputuskan?")),
        *shared_plan.on_others(asking, SettleItem),
    )
    button = _("Batalkan kegiatan")
    return Sheet(title=_("Batalkan kegiatan"), intro=(name,), questions=questions, button=button, save=save, back=BACK)


def _settled(asking: Asking, to: Saving, answers: Answers) -> SettleItem:
    return SettleItem(
        case=asking.number,
        item=asking.item,
        note=as_text(answers["note"]),
        event_date=as_date(answers["event_date"]),
        expected_version=to.version,
    )


def evaluate(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "plan")
    row, words, name = _words(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = EvaluateItem(
            case=asking.number,
            item=asking.item,
            result=answers["result"],
            note=as_text(answers["note"]),
            expected_version=to.version,
        )
        return shared_plan.written(actions.evaluate_item, command, to, answers)

    questions = (
        Question(
            key="result",
            label=_("Apakah tujuannya tercapai?"),
            type="choice",
            choices=RESULTS,
            value=row.result or None,
        ),
        Question(
            key="note",
            label=_("Apa buktinya, atau apa yang belum?"),
            type="longtext",
            required=False,
            value=words.get("result_note"),
        ),
        *shared_plan.on_others(asking, EvaluateItem),
    )
    intro = (name, words.get("goal", "")) if words.get("goal") else (name,)
    return Sheet(title=_("Nilai hasil tujuan"), intro=intro, questions=questions, save=save, back=BACK)
