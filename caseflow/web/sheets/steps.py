"""The form of a step: its conditions, what must be said with it, who takes and who approves it."""

from caseflow.actions import steps as actions
from caseflow.actions.steps import AdvanceCase
from caseflow.errors import NotFound, Sentence, _
from caseflow.states import guards, machine
from caseflow.states.category import Condition, Text
from caseflow.states.lifecycle import ROLES, STATES, STEPS, Detail
from caseflow.store import reviews
from caseflow.web.environment import Words
from caseflow.web.places import checks_of
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

SAID_WHEN = {
    "death_date": Condition("details.reason_code", ("died",)),
    "source": Condition("details.reason_code", ("died",)),
    "duplicate_of": Condition("details.reason_code", ("duplicate",)),
}
"""Details that belong to one reason of a termination."""


def take(asking: Asking) -> Sheet:
    step = STEPS.get(asking.item)
    work = asking.work
    if step is None or step.name not in machine.steps_of(work.category):
        raise NotFound

    def save(to: Saving, answers: Answers) -> str | None:
        details = {d.key: as_text(answers.get(f"details.{d.key}")) for d in step.details}
        command = AdvanceCase(
            case=asking.number,
            step=step.name,
            expected_version=to.version,
            note=as_text(answers["note"]),
            event_date=as_date(answers["event_date"]),
            details={k: v for k, v in details.items() if v},
        )
        done = actions.advance_case(to.session, command, by=to.by, at=to.at)
        return "asked" if done.review_id else "taken"

    unmet = guards.check(machine.guards_of(work.category, step.name), work.facts, work.category)
    approvers = machine.approvers_of(work.category, step.name)
    return Sheet(
        title=step.label,
        intro=_intro(asking, step.name, approvers),
        checks=checks_of(asking.session, work, step.name, unmet),
        questions=(
            *(_detail(d) for d in step.details),
            Question(
                key="note",
                label=_("Apa alasannya?") if step.reason else _("Catatan"),
                type="longtext",
                hint=_("Tercatat di riwayat kasus."),
                required=step.reason,
            ),
            event_question(asking, "event_date", _("Kapan ini terjadi?")),
        ),
        button=_("Minta persetujuan") if approvers else step.label,
        save=save,
        shut=_shut(asking, step.name),
    )


def _detail(detail: Detail) -> Question:
    kind = "choice" if detail.choices else detail.kind
    return Question(
        key=f"details.{detail.key}",
        label=detail.label,
        type=kind,
        choices=detail.choices,
        required=detail.required or detail.key in SAID_WHEN,
        when=SAID_WHEN.get(detail.key),
    )


def _intro(asking: Asking, step: str, approvers: tuple[str, ...]) -> tuple[Words, ...]:
    work = asking.work
    preview = next((p for p in machine.previews(work.category, work.facts) if p.step == step), None)
    said: list[Words] = []
    if preview is not None and preview.to != work.row.state:
        said.append(_("Menuju tahap {state}.", state=STATES[preview.to].in_(asking.teller.lang)))
    if approvers:
        said.append(_("Langkah ini diputuskan orang lain: {roles}.", roles=roles_said(approvers, asking.teller.lang)))
    return tuple(said)


def roles_said(roles: tuple[str, ...], lang: str) -> str:
    """Return roles for a sentence: "supervisor atau kepala dinas"."""
    names = [ROLES[r].in_(lang).lower() for r in roles]
    return f" {Text('atau', 'or').in_(lang)} ".join(names)


def _shut(asking: Asking, step: str) -> Sentence | None:
    """Tell why the step cannot be taken here at all; unmet conditions alone do not shut the form."""
    work, lang = asking.work, asking.teller.lang
    if step not in machine.possible_steps(work.category, work.facts):
        return _("Langkah ini tidak dapat diambil dari tahap {state}.", state=STATES[work.row.state].in_(lang))
    takers = machine.takers_of(work.category, step)
    if not work.roles.intersection(takers):
        return _("Yang dapat mengambil langkah ini: {roles}.", roles=roles_said(takers, lang))
    if work.facts.held and not STEPS[step].during_hold:
        return _("Kasus sedang ditunda. Lanjutkan kasus dahulu.")
    if any(r.step == step for r in reviews.pending_of(asking.session, work.row.id)):
        return _("Permintaan untuk langkah ini sudah terkirim dan menunggu keputusan.")
    return None
