"""What is asked to open a case: the questions about a person or a household, and their answers said again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from caseflow.actions.cases import OpenCase
from caseflow.actions.groups import GroupData, RosterMember
from caseflow.actions.people import HouseholdData, HouseholdMember, PersonData
from caseflow.errors import _
from caseflow.i18n import format_date
from caseflow.states.category import Category, Text
from caseflow.states.facts import GROUPS
from caseflow.web.areas import AREA, Places, area_questions
from caseflow.web.environment import Words, say
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheets.case import person_data, person_questions
from caseflow.web.sheets.household import ASKED_OF_MEMBERS, member_questions


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being opened."""

    category: Category
    kind: str
    known: str
    """Number of a case of the same subject, when there is one."""
    subject: str
    members: int
    places: Places
    chosen: str
    """The kecamatan picked so far."""
    today: date

    @property
    def label(self) -> Words:
        return self.category.name


@dataclass(frozen=True, slots=True)
class Part:
    """Questions under a heading."""

    words: Words
    questions: tuple[Question, ...]


GROUP = (
    Question(key="name", label=_("Namanya"), limit=120, hint=_("Sebagaimana mereka menyebut dirinya.")),
    Question(
        key="address", label=_("Tempatnya"), required=False, hint=_("Nama setempat, atau petunjuk menuju ke sana.")
    ),
)
SPEAKER = (
    Question(key="speaker", label=_("Siapa wakil atau pemimpinnya?"), limit=120, required=False),
    Question(key="speaker_role", label=_("Sebutan atau jabatannya"), limit=120, required=False),
)
"""Who agrees for a group; the others come onto its roster later."""
GROUP_FIELDS = {
    "group.name": "name",
    "group.members.0.name": "speaker",
    "group.members.0.role": "speaker_role",
}
"""What a refusal names -> where it was typed."""


def kinds_named(kind: str) -> Words:
    """Return the heading of what is asked of a group or community."""
    return _("Komunitas") if kind == "community" else _("Kelompok")


def questions_of(draft: Draft) -> tuple[Part, ...]:
    """Return the questions for a draft, part by part."""
    about = Part(_("Laporan"), tuple(_report(draft)))
    if draft.subject:
        return (about,)
    if draft.kind == "person":
        return (Part(_("Siapa yang dilaporkan?"), person_questions({}, draft.today)), about)
    if draft.kind in GROUPS:
        return (Part(kinds_named(draft.kind), GROUP), Part(_("Wakilnya"), SPEAKER), about)
    household = (
        Question(key="kk", label=_("Nomor KK"), type="digits", required=False),
        Question(
            key="address",
            label=_("Alamat"),
            required=False,
            hint=_("Jalan, nomor, RT/RW, atau petunjuk menuju rumahnya."),
        ),
    )
    members = tuple(_member(at, draft.today) for at in range(draft.members))
    return (Part(_("Keluarga"), household), *members, about)


def _report(draft: Draft) -> Iterator[Question]:
    if draft.category.issues:
        issues = tuple((i.key, i.label) for i in draft.category.issues)
        yield Question(key="issue", label=_("Apa masalah utamanya?"), type="choice", choices=issues, required=False)
    yield from area_questions(draft.places, draft.chosen)
    yield Question(
        key="event_date",
        label=_("Kapan dilaporkan?"),
        type="date",
        required=False,
        hint=_("Tanggal kejadian, bukan tanggal mengetik."),
        value=draft.today.isoformat(),
    )


def _member(at: int, today: date) -> Part:
    prefix = f"m{at}."
    person = tuple(q for q in person_questions({}, today, prefix) if q.key.removeprefix(prefix) in ASKED_OF_MEMBERS)
    if at == 0:
        return Part(_("Kepala keluarga"), person)
    optional = tuple(replace(q, required=False) for q in member_questions(person, prefix))
    return Part(_("Anggota {n}", n=at + 1), optional)


def labels_of(parts: Sequence[Part], lang: str) -> dict[str, str]:
    """Return what each question is called in the summary of errors; that of a member with whose it is."""
    return {
        q.key: f"{say(part.words, lang)}, {label[:1].lower()}{label[1:]}" if "." in q.key else label
        for part in parts
        for q in part.questions
        for label in (say(q.label, lang),)
    }


def command_of(draft: Draft, answers: Mapping[str, Any], *, insist: bool) -> OpenCase:
    """Return the command for the answers."""
    return OpenCase(
        category=draft.category.code,
        area=as_text(answers.get("area")),
        person=person_data(_plain(answers)) if draft.kind == "person" and not draft.subject else None,
        group=_group(draft, answers) if draft.kind in GROUPS and not draft.subject else None,
        household=_household(draft, answers) if draft.kind == "household" and not draft.subject else None,
        subject=draft.subject or None,
        issue=answers.get("issue"),
        event_date=as_date(answers.get("event_date")),
        new_despite_closed=insist,
    )


def _plain(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in answers.items() if k not in {"issue", "area", "event_date"}}


def people_of(draft: Draft, answers: Mapping[str, Any]) -> Iterator[tuple[str, PersonData]]:
    """Yield each new person with what stands before the keys of its questions; empty lines of a household are left."""
    if draft.kind == "person" and not draft.subject:
        yield "", person_data(_plain(answers))
    for at in range(draft.members if draft.kind == "household" and not draft.subject else 0):
        person = person_data(answers, f"m{at}.")
        if at == 0 or person.name or person.alias or person.nik:
            yield f"m{at}.", person


def _group(draft: Draft, answers: Mapping[str, Any]) -> GroupData:
    speaker = as_text(answers.get("speaker"))
    role = as_text(answers.get("speaker_role"))
    members = (RosterMember(name=speaker, role=role, representative=True),) if speaker else ()
    name, address = as_text(answers.get("name")), as_text(answers.get("address"))
    return GroupData(kind=draft.kind, name=name, address=address, members=members)


def _household(draft: Draft, answers: Mapping[str, Any]) -> HouseholdData:
    members = []
    for prefix, person in people_of(draft, answers):
        at = int(prefix[1:-1])
        relation = as_text(answers.get(f"m{at}.relation")) or ("kepala keluarga" if at == 0 else "lainnya")
        members.append(HouseholdMember(person=person, relation=relation, basis=answers.get(f"m{at}.basis") or "on_kk"))
    return HouseholdData(kk=answers.get("kk"), address=as_text(answers.get("address")), members=tuple(members))


def look_ups(answers: Mapping[str, Any]) -> Iterator[tuple[Words, str]]:
    """Return what to look for, with the reason it would be a double; numbers before names."""
    said = {k.rpartition(".")[2]: v for k, v in answers.items() if k.startswith("m0.")} | _plain(answers)
    reasons: tuple[tuple[str, Words], ...] = (
        ("nik", _("NIK sama")),
        ("kk", _("Nomor KK sama")),
        ("phone", _("Nomor telepon sama")),
        ("name", _("Nama mirip")),
        ("alias", _("Nama panggilan mirip")),
    )
    for key, reason in reasons:
        if said.get(key):
            yield reason, str(said[key])


def summary_of(draft: Draft, answers: Mapping[str, Any], lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the answers as headings with lines, to be checked before sending."""
    found = []
    for part in questions_of(draft):
        lines = [
            (say(q.label, lang), _said(draft, q, answers[q.key], lang))
            for q in part.questions
            if answers.get(q.key) not in (None, "", [])
        ]
        if lines:
            found.append((say(part.words, lang), lines))
    return found


def _said(draft: Draft, question: Question, answer: Any, lang: str) -> str:  # noqa: ANN401 - an answer
    if question.key == AREA:
        village, district = draft.places.said(str(answer))
        return f"{say(village, lang)}, {district}"
    if question.type == "birth":
        return _birth(answer, lang)
    if question.type == "date":
        return format_date(date.fromisoformat(answer), lang)
    shown = dict(question.choices).get(str(answer))
    return say(shown, lang) if shown is not None else str(answer)


def _birth(parts: Mapping[str, str], lang: str) -> str:
    written = " ".join(p for p in (parts["day"], parts["month"], parts["year"]) if p)
    about = say(Text("sekitar {n} tahun", "about {n} years"), lang).format(n=parts["age"])
    return written or about
