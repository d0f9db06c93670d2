"""Forms of the case as a whole: assignment, hold, the person's own data, a request taken back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from caseflow import access
from caseflow.actions import cases, choosing, people, reviews
from caseflow.actions.cases import AssignCase, HoldCase, ResumeCase
from caseflow.actions.letter_facts import shown_name as masked_name
from caseflow.actions.people import ChangePerson, PersonData
from caseflow.actions.reviews import DecideReview
from caseflow.errors import NotFound, _
from caseflow.states.identity import age_on
from caseflow.states.lifecycle import STEPS
from caseflow.store import reviews as review_rows
from caseflow.store import subjects
from caseflow.web.environment import Words
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet

SEXES: tuple[tuple[str, Words], ...] = (("L", _("Laki-laki")), ("P", _("Perempuan")))


def shown_name(asking: Asking) -> str:
    """Return the client's name, or the pseudonym of a closed file."""
    row = asking.work.row
    return asking.teller.say(
        masked_name(row.confidentiality, row.number, subjects.name_of(asking.session, row.subject_id))
    )


def hold(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "hold")

    def save(to: Saving, answers: Answers) -> str | None:
        until = as_date(answers["until"]) or asking.today
        command = HoldCase(
            case=asking.number, until=until, reason=as_text(answers["reason"]), expected_version=to.version
        )
        cases.hold_case(to.session, command, by=to.by, at=to.at)
        return None

    hint = _("Paling lama {n} hari. Tenggat berhenti selama ditunda.", n=asking.work.category.hold_max_days)
    questions = (
        Question(key="until", label=_("Ditunda sampai kapan?"), type="date", hint=hint),
        Question(key="reason", label=_("Mengapa ditunda, dan apa yang ditunggu?"), type="longtext"),
    )
    button = _("Tunda kasus")
    return Sheet(title=button, questions=questions, button=button, save=save)


def resume(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "hold")

    def save(to: Saving, answers: Answers) -> str | None:
        command = ResumeCase(case=asking.number, reason=as_text(answers["reason"]), expected_version=to.version)
        cases.resume_case(to.session, command, by=to.by, at=to.at)
        return None

    reason = Question(key="reason", label=_("Apa yang berubah?"), type="longtext", required=False)
    button = _("Lanjutkan kasus")
    return Sheet(title=button, questions=(reason,), button=button, save=save)


def assign(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "assign")
    work = asking.work

    def save(to: Saving, answers: Answers) -> str | None:
        command = AssignCase(
            case=asking.number,
            assignee=answers["assignee"],
            reason=as_text(answers["reason"]),
            expected_version=to.version,
        )
        cases.assign_case(to.session, command, by=to.by, at=to.at)
        return None

    found = choosing.for_case(asking.session, asking.number, by=work.by, at=work.at)
    names: tuple[tuple[str, Words], ...] = tuple((one.candidate.id, one.words) for one in found)
    questions = (
        Question(
            key="assignee",
            label=_("Siapa pendampingnya?"),
            type="choice",
            hint=_(
                "Yang paling sesuai menurut wilayah, peran, bahasa dan jumlah kasus di depan. Anda yang memutuskan."
            ),
            choices=names,
            value=work.row.assignee_id,
        ),
        Question(key="reason", label=_("Apa alasannya?"), type="longtext", required=False),
    )
    return Sheet(title=_("Tugaskan pendamping"), questions=questions, button=_("Tugaskan"), save=save)


def withdraw_review(asking: Asking) -> Sheet:
    row = review_rows.by_id(asking.session, asking.item)
    if row is None or row.case_id != asking.work.row.id or row.requested_by != asking.work.by.user_id:
        raise NotFound

    def save(to: Saving, answers: Answers) -> str | None:
        command = DecideReview(review=row.id, reason=as_text(answers["reason"]), expected_version=to.version)
        reviews.withdraw_review(to.session, command, by=to.by, at=to.at)
        return "withdrawn"

    reason = Question(key="reason", label=_("Mengapa ditarik?"), type="longtext", required=False)
    intro = (STEPS[row.step].label,) if row.step in STEPS else ()
    button = _("Tarik permintaan")
    return Sheet(title=_("Tarik permintaan persetujuan"), intro=intro, questions=(reason,), button=button, save=save)


# --- the person ----------------------------------------------------------------------------------------------------


def person_questions(data: Mapping[str, Any], today: date, prefix: str = "") -> tuple[Question, ...]:
    """Ask for what is known of a person; a name or what the person is called is enough."""

    def asked(key: str, label: Words, kind: str = "text", hint: Words | None = None, **more: Any) -> Question:  # noqa: ANN401 - as Question
        value = more.pop("value", data.get(key))
        return Question(key=prefix + key, label=label, type=kind, hint=hint, required=False, value=value, **more)

    return (
        asked("name", _("Nama lengkap")),
        asked("alias", _("Nama panggilan"), hint=_("Cukup ini bila nama tidak diketahui.")),
        asked("nik", _("NIK"), "digits", _("16 angka di KTP atau KK. Salah atau belum punya tidak menghalangi.")),
        asked("kk", _("Nomor KK"), "digits"),
        asked("sex", _("Jenis kelamin"), "choice", choices=SEXES),
        asked(
            "birth",
            _("Kapan lahir?"),
            "birth",
            _("Isi yang diketahui: tahunnya saja boleh, atau perkiraan umur."),
            value=_birth_parts(data, today),
        ),
        asked("birth_place", _("Tempat lahir")),
        asked("address", _("Alamat"), hint=_("Jalan, nomor, RT/RW, atau petunjuk menuju rumahnya.")),
        asked("phone", _("Nomor telepon"), "phone"),
        asked("mother_name", _("Nama ibu kandung")),
    )


def _birth_parts(data: Mapping[str, Any], today: date) -> dict[str, Any] | None:
    birth = subjects.birth_of(data)
    if birth.born is None:
        return None
    if birth.accuracy == "estimated":
        return {"age": age_on(birth, today)}
    parts: dict[str, Any] = {"y": birth.born.year}
    if birth.accuracy in {"exact", "month"}:
        parts["m"] = birth.born.month
    if birth.accuracy == "exact":
        parts["d"] = birth.born.day
    return parts


def person_data(answers: Mapping[str, Any], prefix: str = "") -> PersonData:
    """Return a person as typed in answers to `person_questions`."""
    said = {k.removeprefix(prefix): v for k, v in answers.items() if k.startswith(prefix)}
    return PersonData(
        name=as_text(said.get("name")),
        alias=as_text(said.get("alias")),
        nik=said.get("nik"),
        kk=said.get("kk"),
        phone=as_text(said.get("phone")),
        sex=said.get("sex"),
        birth=said.get("birth"),
        birth_place=as_text(said.get("birth_place")),
        address=as_text(said.get("address")),
        mother_name=as_text(said.get("mother_name")),
    )


def person(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "person")
    about = subjects.summary(asking.session, asking.work.row.subject_id, asking.today)
    if about.kind != "person":
        raise NotFound

    def save(to: Saving, answers: Answers) -> str | None:
        command = ChangePerson(case=asking.number, person=person_data(answers), expected_version=to.version)
        people.change_person(to.session, command, by=to.by, at=to.at)
        return None

    questions = person_questions(about.data, asking.today)
    return Sheet(title=_("Ubah data diri"), questions=questions, save=save)
