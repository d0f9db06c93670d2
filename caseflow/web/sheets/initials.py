"""Forms of drafts that wait for initials (paraf): giving one, returning the draft, taking it back."""

from dataclasses import dataclass
from datetime import datetime

from caseflow import access
from caseflow.actions import letter_initials as actions
from caseflow.actions import letter_waiting
from caseflow.actions.letter_initials import GiveInitial, ReturnDraft, WithdrawDraft
from caseflow.actions.letter_issuing import TURN
from caseflow.actions.letter_waiting import DraftView, Waiting
from caseflow.errors import NotFound, _
from caseflow.store.initials import WAITING
from caseflow.web.environment import Words
from caseflow.web.questions import Question, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet
from caseflow.web.sheets.letters import BACK, title_of


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as something that is due."""

    kind: str
    span: str
    started_at: datetime
    due_at: datetime


def turn_of(waiting: Waiting) -> Turn:
    """Return when an initial is due."""
    return Turn("letter_initial", f"{TURN.amount}wd", waiting.since, waiting.due_at)


def give(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "issue_letter")
    view = _draft(asking)

    def save(to: Saving, _answers: Answers) -> str | None:
        command = GiveInitial(letter=view.row.id, expected_version=to.version)
        actions.give_initial(to.session, command, by=to.by, at=to.at)
        return "initialled"

    last = view.row.given + 1 == len(view.row.posts.split("\n"))
    then: Words = (
        _("Paraf ini yang terakhir: sesudahnya nomor surat diambil dan berkasnya dibuat.")
        if last
        else _("Sesudah paraf ini, konsep diteruskan ke jabatan berikutnya.")
    )
    return Sheet(
        title=_("Paraf surat"),
        intro=(*_intro(asking, view), _("Baca konsepnya dahulu. Yang Anda paraf tercetak persis begitu."), then),
        button=_("Paraf"),
        aside=(f"/paraf/{view.row.id}.pdf", _("Lihat konsep")),
        save=save,
        back=BACK,
        shut=_shut(view),
    )


def give_back(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "issue_letter")
    view = _draft(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = ReturnDraft(letter=view.row.id, reason=as_text(answers["reason"]), expected_version=to.version)
        actions.return_draft(to.session, command, by=to.by, at=to.at)
        return "returned"

    reason = Question(key="reason", label=_("Apa yang harus diperbaiki?"), type="longtext", limit=400)
    intro = (*_intro(asking, view), _("Peminta membuat konsep yang baru. Nomor surat belum diambil."))
    title = _("Kembalikan konsep")
    return Sheet(title=title, intro=intro, questions=(reason,), button=title, save=save, back=BACK, shut=_shut(view))


def withdraw(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "issue_letter")
    view = _draft(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = WithdrawDraft(letter=view.row.id, reason=as_text(answers["reason"]), expected_version=to.version)
        actions.withdraw_draft(to.session, command, by=to.by, at=to.at)
        return None

    reason = Question(key="reason", label=_("Mengapa konsep ini dibatalkan?"), type="longtext", limit=400)
    title = _("Batalkan konsep")
    shut = None if view.row.state == WAITING else view.told
    return Sheet(
        title=title, intro=_intro(asking, view), questions=(reason,), button=title, save=save, back=BACK, shut=shut
    )


def _draft(asking: Asking) -> DraftView:
    found = next((view for view in letter_waiting.drafts_of(asking.work) if view.row.id == asking.item), None)
    if found is None:
        raise NotFound
    return found


def _intro(asking: Asking, view: DraftView) -> tuple[Words, ...]:
    given: tuple[Words, ...] = (_("Sudah diparaf: {posts}.", posts=", ".join(view.initials)),) if view.initials else ()
    return (title_of(asking.work, view.row.kind), _("Diminta {who}.", who=view.requester), view.told, *given)


def _shut(view: DraftView) -> Words | None:
    return None if view.mine else view.told
