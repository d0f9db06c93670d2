"""Forms of a household: somebody joins it, somebody leaves it."""

from caseflow import access
from caseflow.actions import households
from caseflow.actions.households import AddMember, EndMember
from caseflow.errors import NotFound, _
from caseflow.store import subjects
from caseflow.web.environment import Words
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question
from caseflow.web.sheets.case import person_data, person_questions

RELATIONS: tuple[tuple[str, Words], ...] = (
    ("suami", _("Suami")),
    ("istri", _("Istri")),
    ("anak", _("Anak")),
    ("orang tua", _("Orang tua")),
    ("mertua", _("Mertua")),
    ("cucu", _("Cucu")),
    ("kerabat", _("Kerabat lain")),
    ("lainnya", _("Lainnya")),
)
BASES: tuple[tuple[str, Words], ...] = (
    ("on_kk", _("Tercatat di KK ini")),
    ("lives_with", _("Hanya tinggal bersama")),
)
ASKED_OF_MEMBERS = ("name", "alias", "nik", "sex", "birth")


def member_questions(person: tuple[Question, ...], prefix: str = "") -> tuple[Question, ...]:
    """Return what is asked of a member: who, how related, on the family card or not."""
    return (
        *person,
        Question(
            key=f"{prefix}relation",
            label=_("Apa hubungannya dengan kepala keluarga?"),
            type="choice",
            choices=RELATIONS,
        ),
        Question(key=f"{prefix}basis", label=_("Tercatat di mana?"), type="choice", choices=BASES, value="on_kk"),
    )


def join(asking: Asking) -> Sheet:
    _require_household(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = AddMember(
            case=asking.number,
            person=person_data(answers),
            relation=as_text(answers["relation"]),
            basis=answers["basis"],
            starts_on=as_date(answers["starts_on"]),
            expected_version=to.version,
        )
        households.add_member(to.session, command, by=to.by, at=to.at)
        return None

    person = tuple(q for q in person_questions({}, asking.today) if q.key in ASKED_OF_MEMBERS)
    since = event_question(asking, "starts_on", _("Sejak kapan menjadi anggota?"))
    return Sheet(title=_("Tambah anggota keluarga"), questions=(*member_questions(person), since), save=save)


def leave(asking: Asking) -> Sheet:
    _require_household(asking)
    work = asking.work
    members = subjects.members_of(asking.session, work.row.subject_id, work.today)
    member = next((m for m in members if m.id == asking.item), None)
    if member is None:
        raise NotFound

    def save(to: Saving, answers: Answers) -> str | None:
        command = EndMember(
            case=asking.number,
            member=asking.item,
            ends_on=as_date(answers["ends_on"]),
            reason=as_text(answers["reason"]),
            expected_version=to.version,
        )
        households.end_member(to.session, command, by=to.by, at=to.at)
        return None

    questions = (
        event_question(asking, "ends_on", _("Kapan keluar?")),
        Question(key="reason", label=_("Apa alasannya?"), type="longtext", required=False),
    )
    name = subjects.name_of(asking.session, member.person_id)
    title = _("Catat anggota yang keluar")
    return Sheet(
        title=title, intro=(f"{name}, {subjects.relation_of(asking.session, member)}",), questions=questions, save=save
    )


def _require_household(asking: Asking) -> None:
    access.require_act(asking.work.roles, "person")
    if asking.work.facts.subject_kind != "household":
        raise NotFound
