"""The form that withdraws a photo or document: why, and what that does."""

from caseflow.actions import attachments
from caseflow.actions.attachments import WithdrawFile, withdraw_file
from caseflow.errors import NotFound, _
from caseflow.web.questions import Question, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet


def withdraw(asking: Asking) -> Sheet:
    found = next((each for each in attachments.of_case(asking.work) if each.id == asking.item), None)
    if found is None:
        raise NotFound

    def save(to: Saving, answers: Answers) -> str | None:
        command = WithdrawFile(attachment=asking.item, reason=as_text(answers["reason"]), expected_version=to.version)
        withdraw_file(to.session, command, by=to.by, at=to.at)
        return None

    what = asking.teller.say(found.label)
    return Sheet(
        title=_("Tarik foto atau dokumen"),
        save=save,
        intro=(
            _("{what}, {day}.", what=what, day=asking.teller.full_day(found.taken_on)),
            _("Berkasnya dimusnahkan dan tidak dapat dikembalikan. Bahwa ia pernah ada, dan sebabnya, tetap tercatat."),
        ),
        questions=(Question(key="reason", label=_("Mengapa ditarik?"), limit=attachments.LONGEST_NOTE),),
        button=_("Musnahkan berkas"),
        back="#lampiran",
        shut=None if found.readable else _("Lampiran ini sudah ditarik."),
    )
