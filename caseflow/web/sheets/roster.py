"""Forms of the roster of a group or community: somebody joins it, somebody leaves it."""

from caseflow import access
from caseflow.actions import groups
from caseflow.actions.groups import BASES, AddToRoster, EndOnRoster
from caseflow.errors import NotFound, _
from caseflow.states.facts import GROUPS
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

BACK = "/anggota"
YES_NO = (("yes", _("Ya")), ("no", _("Tidak")))


def join(asking: Asking) -> Sheet:
    _require_group(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = AddToRoster(
            case=asking.number,
            name=as_text(answers["name"]),
            role=as_text(answers["role"]),
            representative=answers["representative"] == "yes",
            basis=answers["basis"],
            person_case=as_text(answers["person_case"]),
            starts_on=as_date(answers["starts_on"]),
            expected_version=to.version,
        )
        groups.add_to_roster(to.session, command, by=to.by, at=to.at)
        return None

    questions = (
        Question(key="name", label=_("Nama atau panggilannya"), limit=groups.LONGEST),
        Question(key="role", label=_("Sebutan atau jabatannya"), limit=groups.LONGEST, required=False),
        Question(
            key="representative", label=_("Apakah mewakili yang lain?"), type="choice", choices=YES_NO, value="no"
        ),
        Question(
            key="basis",
            label=_("Dari mana diketahui?"),
            type="choice",
            choices=tuple(BASES.items()),
            value="representative",
        ),
        Question(
            key="person_case",
            label=_("Nomor kasus orang ini"),
            hint=_("Bila ia tercatat juga sebagai orang, dalam kasus yang boleh Anda buka."),
            required=False,
        ),
        event_question(asking, "starts_on", _("Sejak kapan?")),
    )
    return Sheet(title=_("Tambah anggota"), questions=questions, save=save, back=BACK)


def leave(asking: Asking) -> Sheet:
    _require_group(asking)
    member = next((m for m in groups.of_case(asking.work) if m.id == asking.item and m.ends_on is None), None)
    if member is None:
        raise NotFound

    def save(to: Saving, answers: Answers) -> str | None:
        command = EndOnRoster(
            case=asking.number,
            member=asking.item,
            ends_on=as_date(answers["ends_on"]),
            reason=as_text(answers["reason"]),
            expected_version=to.version,
        )
        groups.end_on_roster(to.session, command, by=to.by, at=to.at)
        return None

    questions = (
        event_question(asking, "ends_on", _("Kapan keluar?")),
        Question(key="reason", label=_("Apa alasannya?"), type="longtext", required=False),
    )
    return Sheet(title=_("Catat keluar"), intro=(member.name,), questions=questions, save=save, back=BACK)


def _require_group(asking: Asking) -> None:
    access.require_act(asking.work.roles, "person")
    if asking.work.facts.subject_kind not in GROUPS:
        raise NotFound
