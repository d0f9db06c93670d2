"""Forms of referrals to other institutions: sent without a letter, answered, withdrawn."""

from caseflow import access
from caseflow.actions import referrals as actions
from caseflow.actions.referrals import AddReferral, AnswerReferral, WithdrawReferral
from caseflow.errors import NotFound, _
from caseflow.store import institutions
from caseflow.web.environment import Words
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

BACK = "/rujukan"
ANSWERS: tuple[tuple[str, Words], ...] = (
    ("accepted", _("Diterima, masih berjalan")),
    ("done", _("Selesai dilayani")),
    ("refused", _("Ditolak atau belum dapat dilayani")),
    ("returned", _("Dikembalikan atau dirujuk ke tempat lain")),
)


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

    listed: tuple[tuple[str, Words], ...] = tuple((i.id, i.name) for i in institutions.listing(asking.session))
    questions = (
        Question(key="institution", label=_("Dirujuk ke lembaga mana?"), type="choice", choices=listed),
        Question(key="need", label=_("Apa yang diminta?"), type="longtext"),
        event_question(asking, "sent_on", _("Kapan dirujuk?")),
    )
    intro = (_("Untuk rujukan tanpa surat. Surat yang meminta jawaban tercatat sebagai rujukan dengan sendirinya."),)
    return Sheet(title=_("Catat rujukan"), intro=intro, questions=questions, save=save, back=BACK)


def _receiver(asking: Asking) -> str:
    found = next((r for r in asking.work.facts.referrals if r.id == asking.item), None)
    if found is None:
        raise NotFound
    row = institutions.by_id(asking.session, found.institution)
    return str(row.name) if row else "-"


def answer(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "referral")
    receiver = _receiver(asking)

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
    receiver = _receiver(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = WithdrawReferral(
            case=asking.number, referral=asking.item, reason=as_text(answers["reason"]), expected_version=to.version
        )
        actions.withdraw_referral(to.session, command, by=to.by, at=to.at)
        return None

    reason = Question(key="reason", label=_("Mengapa rujukan ini tidak ditunggu lagi?"), type="longtext")
    button = _("Tarik rujukan")
    return Sheet(title=button, intro=(receiver,), questions=(reason,), button=button, save=save, back=BACK)
