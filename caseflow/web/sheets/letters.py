"""Forms of letters: what one still needs before it is issued, that it was sent, that it no longer counts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caseflow import access
from caseflow.actions import institutions as receivers
from caseflow.actions import letter_drafts, letter_issuing, letter_records
from caseflow.actions import letters as actions
from caseflow.actions.casework import Work
from caseflow.actions.letter_facts import NOTHING, from_case
from caseflow.actions.letters import IssueLetter, MarkSent, VoidLetter
from caseflow.errors import NotFound, _
from caseflow.ids import is_id
from caseflow.letters.catalogue import Field, LetterKind
from caseflow.states import guards, machine
from caseflow.states.category import LetterUse
from caseflow.states.effects import letter_applies
from caseflow.states.lifecycle import letter_act
from caseflow.store import initials, institutions, letters, offices
from caseflow.store.letters import LetterRow
from caseflow.web import places
from caseflow.web.environment import Words
from caseflow.web.places import Check, checks_told
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

BACK = "#surat"
TWO = 2


def offered(asking: Asking) -> tuple[tuple[LetterKind, LetterUse], ...]:
    """Return the letters that fit the case where it stands now."""
    kinds, work = actions.kinds(asking.session), asking.work
    return tuple(
        (kinds[use.letter], use)
        for use in work.category.letters
        if use.letter in kinds
        and work.row.state in (use.states or kinds[use.letter].states)
        and letter_applies(use, work.facts)
        and work.roles.intersection(kinds[use.letter].issued_by)
    )


def issue(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "issue_letter")
    kind = actions.kinds(asking.session).get(asking.item)
    if kind is None or not any(use.letter == kind.name for use in asking.work.category.letters):
        raise NotFound

    old = replaced(asking, kind)

    def save(to: Saving, answers: Answers) -> str | None:
        command = asked_for(asking.number, kind, answers, old)
        done = actions.issue_letter(to.session, replace(command, expected_version=to.version), by=to.by, at=to.at)
        return "issued" if letters.by_id(to.session, str(done.created_id)) else "drafted"

    fits = any(kind is one for one, _use in offered(asking))
    receives = kind.addressee if kind.addressee in institutions.KINDS else ""
    nobody = places.nobody(asking.session, asking.work.by, receives) if receives else ()
    held = letter_records.of(asking.work, kind)
    posts = letter_issuing.chain_of(offices.require(asking.session, asking.work.row.office_id), kind)
    intro: tuple[Words, ...] = (
        _("Yang tertulis di sini tercetak di surat. Nomornya diambil sesudah paraf {posts}.", posts=", ".join(posts))
        if posts
        else _("Yang tertulis di sini tercetak di surat. Nomor surat diambil saat Anda menerbitkannya."),
    )
    if old is not None:
        intro += (
            _("Surat ini menggantikan nomor {number}, yang menjadi batal saat ini diterbitkan.", number=old.number),
        )
    return Sheet(
        title=kind.title,
        intro=intro,
        checks=(*nobody, *_checks(asking, kind)),
        questions=(
            *_receiver(asking, kind, old),
            *(_question(f, held, _said_before(asking, old)) for f in kind.fields),
            *_signer(asking, kind),
        ),
        button=_("Minta paraf") if posts else _("Terbitkan surat"),
        aside=(
            f"/kasus/{asking.number}/surat/{kind.name}/konsep{f'?ganti={old.id}' if old else ''}",
            _("Lihat konsep"),
        ),
        save=save,
        back=BACK,
        shut=_shut(fits=fits, reaches=not nobody),
    )


def _shut(*, fits: bool, reaches: bool) -> Words | None:
    if not fits:
        return _("Surat ini tidak diterbitkan pada tahap kasus sekarang.")
    return None if reaches else _("Lembaga dicatat oleh administrator. Sesudah itu surat ini dapat diterbitkan.")


def _said_before(asking: Asking, old: LetterRow | None) -> Mapping[str, Any]:
    """Return what was said in the letter that is replaced, or in the draft that came back."""
    subject = asking.work.row.subject_id
    if old is not None:
        return dict(letters.facts_of(asking.session, subject, old)["fields"])
    asked = (asking.query or {}).get("konsep", "")
    row = initials.draft(asking.session, asked) if is_id(asked) else None
    if row is None or row.case_id != asking.work.row.id or row.kind != asking.item:
        return {}
    return dict(initials.words(asking.session, subject, row)["facts"]["fields"])


def asked_for(number: str, kind: LetterKind, answers: Answers, old: LetterRow | None) -> IssueLetter:
    """Return the letter that a form asks for."""
    return IssueLetter(
        case=number,
        letter=kind.name,
        institution=answers.get("institution"),
        fields={f.key: answers[f.key] for f in kind.fields if answers.get(f.key) is not None},
        signatory=answers.get("signatory"),
        replaces=old.id if old is not None else None,
    )


def _checks(asking: Asking, kind: LetterKind) -> tuple[Check, ...]:
    work, act = asking.work, letter_act(kind.name)
    lacking = letter_drafts.lacking(work, kind)
    unmet = {u["guard"] for u in lacking}
    listed = guards.asking(machine.guards_of(work.category, act), work.facts, work.category)
    met = (Check(True, guard.label) for guard in listed if guard.name not in unmet)
    return (*checks_told(asking.session, work, lacking), *met)


def replaced(asking: Asking, kind: LetterKind) -> LetterRow | None:
    """Return the letter that the address of the form says is to be replaced."""
    asked = (asking.query or {}).get("ganti", "")
    row = letters.by_id(asking.session, asked) if is_id(asked) else None
    return letter_drafts.replaced_of(asking.work, kind, row)


def _signer(asking: Asking, kind: LetterKind) -> tuple[Question, ...]:
    """Ask who signs where more than one may."""
    work = asking.work
    found = letters.signatories(asking.session, work.row.office_id, work.today, kind.name)
    if len(found) < TWO:
        return ()
    choices: tuple[tuple[str, Words], ...] = tuple((row.id, letter_drafts.signer_name(row)) for row in found)
    return (
        Question(
            key="signatory", label=_("Siapa yang menandatangani?"), type="choice", choices=choices, value=found[0].id
        ),
    )


def _receiver(asking: Asking, kind: LetterKind, old: LetterRow | None) -> tuple[Question, ...]:
    if kind.addressee not in institutions.KINDS:
        return ()
    listed: tuple[tuple[str, Words], ...] = receivers.choices(
        asking.session, today=asking.today, kind=kind.addressee, takes=kind.name, by_post=True
    )
    near = institutions.nearest(asking.session, kind.addressee, asking.work.row.area_code)
    label = _("Surat ini untuk siapa?")
    value = old.institution_id if old is not None else near.id if near else None
    return (Question(key="institution", label=label, type="choice", choices=listed, value=value),)


def _question(field: Field, records: Mapping[str, Mapping[str, Any]], before: Mapping[str, Any]) -> Question:
    """Ask for a field: what is on record stands there, else what the letter that is replaced said."""
    held = from_case(field, records)
    return Question(
        key=field.key,
        label=field.label,
        type=field.type,
        hint=field.help,
        required=field.required,
        choices=tuple((c.key, c.label) for c in field.choices),
        columns=tuple(c.label for c in field.columns),
        limit=field.max if field.type in {"text", "longtext"} else 0,
        value=before.get(field.key) if held in NOTHING else held,
    )


def _letter(asking: Asking) -> Any:  # noqa: ANN401 - a row
    row = letters.by_id(asking.session, asking.item)
    if row is None or row.case_id != asking.work.row.id:
        raise NotFound
    return row


def title_of(work: Work, name: str) -> Words:
    """Return the name of a letter kind for people."""
    kind = actions.kinds(work.session).get(name)
    return kind.title if kind else name


def sent(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "issue_letter")
    row = _letter(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = MarkSent(letter=row.id, sent_on=as_date(answers["sent_on"]), expected_version=to.version)
        actions.mark_sent(to.session, command, by=to.by, at=to.at)
        return None

    questions = (event_question(asking, "sent_on", _("Kapan surat diserahkan atau dikirim?")),)
    intro = (title_of(asking.work, row.kind), _("Nomor {number}", number=row.number))
    return Sheet(title=_("Catat surat terkirim"), intro=intro, questions=questions, save=save, back=BACK)


def void(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "void_letter")
    row = _letter(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = VoidLetter(letter=row.id, reason=as_text(answers["reason"]), expected_version=to.version)
        actions.void_letter(to.session, command, by=to.by, at=to.at)
        return None

    reason = Question(key="reason", label=_("Mengapa surat ini dibatalkan?"), type="longtext", limit=400)
    intro = (
        title_of(asking.work, row.kind),
        _("Nomor {number}", number=row.number),
        _("Nomornya tetap tercatat sebagai batal, dan pemeriksaan kode akan mengatakannya."),
    )
    button = _("Batalkan surat")
    return Sheet(title=button, intro=intro, questions=(reason,), button=button, save=save, back=BACK)
