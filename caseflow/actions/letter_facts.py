"""Builds the frozen facts of a letter: what it says, taken from the case at the moment of issuing."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from caseflow.actions import areas, letter_people
from caseflow.actions.casework import Work
from caseflow.actions.letter_drafts import Draft
from caseflow.errors import InvalidInput, _
from caseflow.i18n import format_date, translate
from caseflow.letters import check
from caseflow.letters.catalogue import Field, LetterKind
from caseflow.letters.facts import BLANK, SCHEMA, Facts
from caseflow.states.facts import GROUPS
from caseflow.states.sharing import INSTITUTIONS, RELATIONS, Basis
from caseflow.store import children, log, offices, rosters, subjects, users
from caseflow.store.session import Session
from caseflow.store.tables import consent
from caseflow.store.types import Row

NOTHING: tuple[object, ...] = (None, "", [])
CLOSED_SIFAT = "Rahasia"
"""Every letter about a closed file (R3) is secret, whatever its kind says."""
FINDS_A_PERSON = {"nik", "kk", "birth", "address"}
"""Rows of the identity that find somebody without a name."""
PROMISED_DAYS = 184
"""Six months: how far ahead a date in a letter may lie (a placement is reviewed within six months)."""
DOUBTFUL_NIK = ("format_salah", "anomali", "ganda", "tidak_padan", "tidak_ditemukan", "belum_punya_nik")
"""Statuses under which a NIK is not printed: a wrong number in a letter does more harm than none."""


def fields_of(
    kind: LetterKind, records: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any], *, today: date
) -> dict[str, Any]:
    """Return the letter's own fields: what the case holds, else what was given; `InvalidInput` names all that lack.

    What the case answers cannot be said otherwise in a letter: the answer is changed first, on record. A date the case
    does not hold lies between today and the longest a letter may promise.
    """
    said, problems = fields_so_far(kind, records, given, today=today)
    if problems:
        raise InvalidInput(problems)
    return said


def fields_so_far(
    kind: LetterKind, records: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any], *, today: date
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields as far as they can be said, and what is wrong with the others."""
    problems: dict[str, str] = {key: check.unknown(kind) for key in given if key not in {f.key for f in kind.fields}}
    said: dict[str, Any] = {}
    for wanted in kind.fields:
        held, typed = from_case(wanted, records), given.get(wanted.key)
        value = typed if held in NOTHING else held
        if held not in NOTHING and typed not in NOTHING and typed != held:
            problems[wanted.key] = _('Catatan kasus menyatakan lain tentang "{label}".', label=wanted.label.sentence)
        elif value in NOTHING:
            if wanted.required:
                problems[wanted.key] = _('Surat ini masih memerlukan "{label}".', label=wanted.label.sentence)
            said[wanted.key] = None
        elif problem := check.misfit(kind, wanted, value) or _untimely(
            wanted, value, today, on_record=held not in NOTHING
        ):
            problems[wanted.key] = problem
        else:
            said[wanted.key] = value
    return said, problems


def with_blanks(kind: LetterKind, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a draft: dots where a letter needs something that is not there yet."""
    return {f.key: _blank(f) if f.required and said.get(f.key) in NOTHING else said.get(f.key) for f in kind.fields}


def _blank(wanted: Field) -> Any:  # noqa: ANN401 - by type
    match wanted.type:
        case "list":
            return [BLANK]
        case "table":
            return [[BLANK, *([""] * (len(wanted.columns) - 1))]]
        case "boolean":
            return False
        case _:
            return BLANK


def _untimely(wanted: Field, value: object, today: date, *, on_record: bool) -> str | None:
    if wanted.type != "date" or on_record or not isinstance(value, str):
        return None
    day = date.fromisoformat(value)
    good = day <= today if wanted.past else today <= day <= today + timedelta(days=PROMISED_DAYS)
    if good:
        return None
    if wanted.past:
        return _("Tanggal ini belum tiba.")
    return _("Tanggal ini dari hari ini sampai paling lama enam bulan lagi.")


def from_case(wanted: Field, records: Mapping[str, Mapping[str, Any]]) -> Any:  # noqa: ANN401 - an answer of a form
    """Return what the case already answers of a letter's field."""
    for source in wanted.source:
        stage, _dot, key = source.partition(".")
        value = records.get(stage, {}).get(key)
        if value not in (None, "", []):
            return value
    return None


def freeze(
    work: Work, draft: Draft, *, office: Row[Any], signer: Row[Any] | None, number: str | None, code: str | None
) -> dict[str, Any]:
    """Return everything the letter says, in the shape of `caseflow.letters.facts.Facts`."""
    kind, receiver, said, told_on, old = draft.kind, draft.receiver, draft.said, draft.basis, draft.replaces
    public = work.session.settings.public_url.rstrip("/")
    frozen: dict[str, Any] = {
        "schema": SCHEMA,
        "letter": kind.name,
        "code": kind.code,
        "paper": work.session.settings.paper,
        "draft": number is None,
        "made_at": work.at.astimezone(work.calendar.zone).isoformat(timespec="seconds"),
        "office": office_of(office),
        "number": number,
        "date": work.today.isoformat(),
        "sifat": CLOSED_SIFAT if work.row.confidentiality == "R3" else kind.sifat,
        "lampiran": kind.lampiran,
        "addressee": _addressee(kind, receiver),
        "subject": _subject(work, kind),
        "basis": _basis(work),
        "fields": dict(said),
        "consent": _consent(work, kind, told_on),
        "legal_basis": told_on.code if told_on and not told_on.consent else None,
        "contact": _contact(work, office),
        "signatory": official_of(signer),
        "parties": [],
        "tembusan": _copies(work, kind),
        "case_number": work.row.number,
        "replaces": {"number": old.number, "date": old.letter_date.isoformat()} if old is not None else None,
        "check": {"code": code, "url": f"{public}/verify/{code}"} if code else None,
        "reply": {"code": None, "url": None, "days": kind.reply.days} if kind.reply else None,
    }
    letter_people.complete(work, kind, said, frozen, receiver=receiver)
    check.require(kind, cast("Facts", frozen))
    return frozen


def with_logo(session: Session, office_id: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a letter says with the emblem its office prints now, to be rendered."""
    logo = offices.require(session, office_id).settings.get(offices.LOGO)
    return {**facts, "office": {**facts["office"], "logo": logo}} if logo else facts


def _addressee(kind: LetterKind, receiver: Row[Any] | None) -> dict[str, Any] | None:
    """Return the institution a letter goes to; dots in a draft for which none is chosen yet."""
    if receiver is not None:
        return {"lines": [receiver.addressee], "place": receiver.place}
    return {"lines": [BLANK], "place": BLANK} if kind.addressee in INSTITUTIONS else None


def official_of(signer: Row[Any] | None) -> dict[str, Any]:
    """Return who signs, as a letter says it; dots where nobody is known yet."""
    if signer is None:
        return {"prefix": "", "post": BLANK, "own_post": None, "name": BLANK, "rank": None, "nip": None}
    return {
        "prefix": signer.prefix,
        "post": signer.post,
        "own_post": signer.own_post,
        "name": signer.holder,
        "rank": signer.rank or None,
        "nip": signer.nip or None,
    }


def office_of(office: Row[Any]) -> dict[str, Any]:
    """Return an office as the head of a letter says it, without its emblem."""
    return {
        "government": office.government,
        "agency": office.agency,
        "unit": None,
        "address_lines": list(office.address),
        "phone": office.phone or None,
        "email": office.email,
        "website": office.website,
        "place": office.place,
        "logo": None,
    }


def _subject(work: Work, kind: LetterKind) -> dict[str, Any]:
    """Return the identity rows this addressee needs, and no more; a doubtful NIK is left out.

    Where a closed file keeps its pseudonym, nothing else is told that finds the person.
    """
    about = subjects.summary(work.session, work.row.subject_id, work.today)
    hidden = _hidden(work, kind)
    data, wanted = about.data, set(kind.identity) - (FINDS_A_PERSON if hidden else set())
    health = work.facts.answers("assessment")
    birth = subjects.birth_of(data)
    known = birth.accuracy == "exact" and birth.born is not None
    born = {
        "place": data.get("birth_place") or None,
        "date": birth.born.isoformat() if known and birth.born else None,
        "about_years": about.age if not known else None,
    }
    nik = data.get("nik") if data.get("nik_status") not in DOUBTFUL_NIK else None
    return {
        "kind": about.kind,
        "name": shown_name(work.row.confidentiality, work.row.number, about.name) if hidden else named(work, about),
        "nik": nik if "nik" in wanted else None,
        "kk": data.get("kk") if "kk" in wanted else None,
        "birth": born if "birth" in wanted and about.kind == "person" else None,
        "sex": about.sex if "sex" in wanted else None,
        "address": _address(work, data) if "address" in wanted else None,
        "jkn": _jkn(work, health) if "jkn" in wanted else None,
        "desil": _desil(work) if "desil" in wanted else None,
        "desil_checked": _desil_checked(work) if "desil" in wanted else None,
    }


def _hidden(work: Work, kind: LetterKind) -> bool:
    """Tell whether this letter hides whom it is about."""
    return work.row.confidentiality == "R3" and kind.closed_file.identity != "full"


def shown_name(confidentiality: str, number: str, name: str) -> str:
    """Return the name for lists: a closed file shows a pseudonym."""
    return str(_("Klien {number}", number=number[-6:])) if confidentiality == "R3" else name


def named(work: Work, about: subjects.Summary) -> str:
    """Return the name; of a group or community with who represents it."""
    speaking = rosters.representatives(work.session, about.id, work.today) if about.kind in GROUPS else {}
    spoken = _("{group}, diwakili {names}", group=about.name, names=", ".join(speaking.values()))
    return translate(spoken, "id") if speaking else about.name


def _address(work: Work, data: Mapping[str, Any]) -> str | None:
    parts = [str(data.get("address") or ""), areas.full_name(work.session, work.row.area_code)]
    return ", ".join(p for p in parts if p) or None


def _jkn(work: Work, health: Mapping[str, Any]) -> str | None:
    field = next((f for f in work.category.fields_of("assessment") if f.key == "jkn_status"), None)
    status = health.get("jkn_status")
    if field is None or not status:
        return None
    return next((c.label.id for c in field.choices if c.key == status), None)


def _registry_answer(work: Work, key: str) -> Any:  # noqa: ANN401 - an answer of a form
    return work.facts.answers("assessment").get(key) or work.facts.answers("data_collection").get(key)


def _desil(work: Work) -> int | None:
    value = _registry_answer(work, "desil")
    checked = _desil_checked(work)
    return int(value) if checked and str(value or "").isdigit() else None


def _desil_checked(work: Work) -> str | None:
    value = _registry_answer(work, "desil_checked_on")
    return str(value) if value else None


def _basis(work: Work) -> list[str]:
    """Return what the letter rests on: the report, and the assessment when there was one in this case."""
    lines = [_("laporan yang kami terima tanggal {day}", day=format_date(work.row.opened_on, "id"))]
    assessed = [
        e
        for e in log.entries_of(work.session, work.row.id)
        if e.code == "case:step:taken" and '"step":"complete_assessment"' in e.data
    ]
    if assessed:
        lines.append(_("hasil asesmen tanggal {day}", day=format_date(assessed[-1].event_date, "id")))
    return [str(line) for line in lines]


def _consent(work: Work, kind: LetterKind, told_on: Basis | None) -> dict[str, Any] | None:
    row = children.get(work.session, consent, work.row.id, told_on.consent) if told_on and told_on.consent else None
    if row is None:
        return None
    words = children.words(work.session, consent, work.row.subject_id, row)
    giver = "" if _hidden(work, kind) else rosters.named(work.session, words)["giver"]
    return {"giver": giver, "relation": RELATIONS[row.relation].id, "date": row.given_on.isoformat()}


def _contact(work: Work, office: Row[Any]) -> dict[str, Any]:
    worker = work.row.assignee_id or work.by.user_id
    name = users.names(work.session, {worker}).get(worker, work.by.name)
    return {"name": name, "post": None, "phone": office.phone or None}


def _copies(work: Work, kind: LetterKind) -> list[str]:
    """Return who gets a copy; a restricted case goes to the file only."""
    if work.row.confidentiality != "R1":
        return [str(_("Arsip."))]
    return [*kind.tembusan, *areas.heads(work.session, work.row.area_code), str(_("Arsip."))]
