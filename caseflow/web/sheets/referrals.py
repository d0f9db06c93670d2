"""Forms of referrals to other institutions: sent without a letter, answered, confirmed, withdrawn."""

from typing import Any

from caseflow import access
from caseflow.actions import institutions as places
from caseflow.actions import letter_people, replies
from caseflow.actions import referrals as actions
from caseflow.actions.referrals import OFFERED, AddReferral, AnswerReferral, WithdrawReferral
from caseflow.actions.replies import ANSWER_LABELS, ConfirmAnswer, DeclineAnswer
from caseflow.errors import InvalidInput, NotFound, _
from caseflow.states import names
from caseflow.store import children, institutions
from caseflow.store.tables import referral
from caseflow.store.types import Row
from caseflow.web import places as receivers
from caseflow.web.environment import Words
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

BACK = "/rujukan"
ANSWERS: tuple[tuple[str, Words], ...] = tuple(ANSWER_LABELS.items())


def add(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "referral")

    def save(to: Saving, answers: Answers) -> str | None:
        command = AddReferral(
            case=asking.number,
            institution=answers["institution"],
            need=as_text(answers["need"]),
            sent_on=as_date(answers["sent_on"]),
            expected_version=to.version,
        )
        actions.add_referral(to.session, command, by=to.by, at=to.at)
        return None

    listed: tuple[tuple[str, Words], ...] = places.choices(asking.session, today=asking.today)
    questions = (
        Question(key="institution", label=_("Dirujuk ke lembaga mana?"), type="choice", choices=listed),
        Question(key="need", label=_("Apa yang diminta?"), type="longtext"),
        event_question(asking, "sent_on", _("Kapan dirujuk?")),
    )
    intro = (_("Untuk rujukan tanpa surat. Surat yang meminta jawaban tercatat sebagai rujukan dengan sendirinya."),)
    nobody = receivers.nobody(asking.session, asking.work.by)
    shut = _("Lembaga dicatat oleh administrator. Sesudah itu rujukan ini dapat dicatat.") if nobody else None
    return Sheet(
        title=_("Catat rujukan"), intro=intro, checks=nobody, questions=questions, save=save, back=BACK, shut=shut
    )


def receiver_of(asking: Asking) -> str:
    """Return the name of the institution of the referral a form is about."""
    found = next((r for r in asking.work.facts.referrals if r.id == asking.item), None)
    if found is None:
        raise NotFound
    row = institutions.by_id(asking.session, found.institution)
    return str(row.name) if row else "-"


def answer(asking: Asking) -> Sheet:
    """Ask what the slip says; where an answer came by code, whether it counts."""
    access.require_act(asking.work.roles, "referral")
    receiver = receiver_of(asking)
    row = children.get(asking.session, referral, asking.work.row.id, asking.item)
    if row is not None and row.offered:
        return confirm(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = AnswerReferral(
            case=asking.number,
            referral=asking.item,
            status=answers["status"],
            note=as_text(answers["note"]),
            officer=as_text(answers["officer"]),
            answered_on=as_date(answers["answered_on"]),
            expected_version=to.version,
        )
        actions.answer_referral(to.session, command, by=to.by, at=to.at)
        return None

    questions = (
        Question(key="status", label=_("Apa jawabannya?"), type="choice", choices=ANSWERS),
        Question(
            key="note",
            label=_("Apa keterangannya?"),
            type="longtext",
            hint=_("Wajib bila ditolak atau dikembalikan: tulis sebabnya."),
            required=False,
        ),
        Question(key="officer", label=_("Siapa petugas yang menjawab?"), required=False),
        event_question(asking, "answered_on", _("Kapan dijawab?")),
    )
    return Sheet(title=_("Catat jawaban rujukan"), intro=(receiver,), questions=questions, save=save, back=BACK)


def withdraw(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "withdraw_referral")
    receiver = receiver_of(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = WithdrawReferral(
            case=asking.number, referral=asking.item, reason=as_text(answers["reason"]), expected_version=to.version
        )
        actions.withdraw_referral(to.session, command, by=to.by, at=to.at)
        return None

    reason = Question(key="reason", label=_("Mengapa rujukan ini tidak ditunggu lagi?"), type="longtext")
    button = _("Tarik rujukan")
    return Sheet(title=button, intro=(receiver,), questions=(reason,), button=button, save=save, back=BACK)


def confirm(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "referral")
    receiver = receiver_of(asking)
    row = children.get(asking.session, referral, asking.work.row.id, asking.item)
    if row is None or not row.offered:
        return Sheet(title=CONFIRM, intro=(receiver,), save=_nothing, back=BACK, shut=_("Tidak ada yang menunggu."))

    def save(to: Saving, answers: Answers) -> str | None:
        here, version = asking.number, to.version
        if answers["counts"]:
            yes = ConfirmAnswer(case=here, referral=asking.item, expected_version=version)
            replies.confirm_answer(to.session, yes, by=to.by, at=to.at)
            return None
        if not answers["reason"]:
            raise InvalidInput({"reason": _("Isian ini wajib.")})
        reason = as_text(answers["reason"])
        no = DeclineAnswer(case=here, referral=asking.item, reason=reason, expected_version=version)
        replies.decline_answer(to.session, no, by=to.by, at=to.at)
        return None

    questions = (
        Question(
            key="counts",
            label=_("Benarkah lembaga itu yang menjawab?"),
            type="boolean",
            hint=_("Pastikan lewat telepon lembaga yang Anda kenal, bukan nomor yang ditulis penjawab."),
        ),
        Question(
            key="reason",
            label=_("Mengapa jawaban ini tidak diterima?"),
            type="longtext",
            hint=_("Wajib bila jawabannya Tidak. Rujukan lalu ditunggu lagi, dan kodenya tetap berlaku."),
            required=False,
        ),
    )
    return Sheet(title=CONFIRM, intro=(receiver, *_said(asking, row)), questions=questions, save=save, back=BACK)


CONFIRM = _("Konfirmasi jawaban rujukan")


def _nothing(_to: Saving, _answers: Answers) -> str | None:
    return None


def _said(asking: Asking, row: Row[Any]) -> tuple[Words, ...]:
    """Return what was answered by code, and a warning where whoever answered must not know of the case."""
    words = children.words(asking.session, referral, asking.work.row.subject_id, row)[OFFERED]
    teller = asking.teller
    answer = teller.say(ANSWER_LABELS[row.offered]).lower()
    lines: list[Words] = [
        _("Masuk lewat kode {when}: {answer}.", when=teller.moment(row.offered_at), answer=answer),
        _("Petugas: {name}", name=words["officer"]),
    ]
    if words.get("phone"):
        lines.append(_("Telepon: {phone}", phone=words["phone"]))
    if words["note"]:
        lines.append(words["note"])
    if any(names.is_meant(person, words["officer"]) for person in letter_people.secret_from(asking.work)):
        lines.append(_("Perhatian: menurut catatan, orang ini tidak boleh tahu tentang kasus ini."))
    return tuple(lines)
