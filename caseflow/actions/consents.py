"""Consent: who gave it, in which relation, for what, to whom; withdrawing it stops unsent letters at once."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import orjson

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, letter_voids, sharing
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.ids import new_id
from caseflow.states import names
from caseflow.states.facts import GROUPS
from caseflow.states.sharing import PURPOSES, RELATIONS
from caseflow.store import cases, children, log, rosters
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import consent

LONGEST_ADDRESSEE = 200
GIVEN = "case:consent:given"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConsent(Typed):
    """An agreement that was given."""

    case: str
    purpose: str
    relation: str
    giver: str
    addressee: str = ""
    """Whom the consent names, in words; with no `receiver`, the name of an institution on the list."""
    receiver: str = ""
    """Who may be told: an institution by id, a kind of institutions, or "any" that the plan needs."""
    evidence: str = ""
    given_on: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent(Typed):
    """An agreement that was taken back."""

    case: str
    consent: str
    reason: str = ""
    withdrawn_on: date | None = None
    expected_version: int | None = None


def add_consent(session: Session, command: AddConsent, *, by: Viewer, at: datetime) -> Done:
    """Record a consent with its giver, relation and evidence (UU 27/2022 on personal data, articles 20 to 26)."""
    consent_id = str(new_id(at))
    problems: dict[str, str] = {}
    if command.purpose not in PURPOSES:
        problems["purpose"] = _("Pilih salah satu: {choices}.", choices=", ".join(PURPOSES))
    if command.relation not in RELATIONS:
        problems["relation"] = _("Pilih salah satu: {choices}.", choices=", ".join(RELATIONS))
    if not command.giver.strip():
        problems["giver"] = _("Isian ini wajib.")
    if len(command.addressee.strip()) > LONGEST_ADDRESSEE:
        problems["addressee"] = _("Paling banyak {n} huruf.", n=LONGEST_ADDRESSEE)
    heard = sharing.heard_by(session, command.purpose, command.receiver, command.addressee, problems)
    if problems:
        raise InvalidInput(problems)

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "consent")
        if work.row.state == "closed":
            raise Refused(reason=_("Kasus sudah ditutup."))
        if work.facts.child and command.relation == "self":
            raise InvalidInput(
                {
                    "relation": _(
                        "Untuk anak, persetujuan diberikan orang tua atau walinya; pendapat anak dicatat di asesmen."
                    )
                }
            )
        day = casework.require_past(command.given_on, work.today, "given_on")
        speaker = _speaker(work, command, day)
        linked = bool(speaker) and _is_linked(session, speaker)

        def carry(held: Work) -> tuple[Entry, ...]:
            columns = {
                "case_id": held.row.id,
                "purpose": command.purpose,
                "relation": command.relation,
                "institution_id": heard.institution,
                "receivers": heard.receivers,
                "given_on": day,
                "recorded_by": by.user_id,
            }
            secret = {"evidence": command.evidence.strip()}
            secret |= {"member": speaker} if linked else {"giver": names.line(command.giver)}
            secret |= {"addressee": heard.words} if heard.words else {}
            children.add(session, consent, held.row.subject_id, columns, secret, at=at, row_id=consent_id)
            data = {"consent": consent_id, "purpose": command.purpose, "relation": command.relation}
            data |= {"institution": heard.institution or "", "receivers": heard.receivers}
            data |= {"member": speaker} if speaker else {}
            return (Entry(code=GIVEN, data=data, payload=secret, event_date=day),)

        return Change(carry=carry)

    done = casework.change(
        session, command.case, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )
    return casework.created(done, consent_id)


def _speaker(work: Work, command: AddConsent, day: date) -> str:
    """Return who of the roster agreed that day for a group or community; empty where the case is about people.

    A roster begins with the case: who agreed before that is judged by its first day.
    """
    if work.facts.subject_kind not in GROUPS:
        if command.relation == "representative":
            raise InvalidInput({"relation": _("Wakil menyetujui hanya untuk kelompok atau komunitas.")})
        return ""
    if command.relation != "representative":
        raise InvalidInput({"relation": _("Untuk kelompok atau komunitas, persetujuan diberikan wakilnya.")})
    speaking = rosters.representatives(work.session, work.row.subject_id, max(day, work.row.opened_on))
    given = names.line(command.giver).casefold()
    found = next((member for member, name in speaking.items() if name.casefold() == given), "")
    if not found:
        known = ", ".join(speaking.values()) or "-"
        raise InvalidInput({"giver": _("Tulis nama wakil yang tercatat di daftar anggota: {names}.", names=known)})
    return found


def last_given_by(work: Work, member: str) -> date | None:
    """Return the last day somebody of the roster agreed to what stands, in whichever case of the group."""
    days = []
    for case in cases.of_subject(work.session, work.row.subject_id):
        stands = {
            row.id: row.given_on for row in children.of_case(work.session, consent, case.id) if not row.withdrawn_on
        }
        said = (orjson.loads(entry.data) for entry in log.entries_of(work.session, case.id) if entry.code == GIVEN)
        days += [stands[each["consent"]] for each in said if each.get("member") == member and each["consent"] in stands]
    return max(days, default=None)


def _is_linked(session: Session, member: str) -> bool:
    """Tell whether a member is a person on record: their name is in the roster alone, and goes when they are erased."""
    row = rosters.by_id(session, member)
    return row is not None and row.person_id is not None


def withdraw_consent(session: Session, command: WithdrawConsent, *, by: Viewer, at: datetime) -> Done:
    """Record that a consent was taken back: letters that rest on it and have not left the office are voided now."""

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "consent")
        row = children.get(session, consent, work.row.id, command.consent) if casework.is_id(command.consent) else None
        if row is None:
            raise NotFound
        if row.withdrawn_on is not None:
            raise Refused(reason=_("Persetujuan ini sudah ditarik."))
        day = casework.require_past(command.withdrawn_on, work.today, "withdrawn_on")
        if day < row.given_on:
            raise InvalidInput({"withdrawn_on": _("Tanggal ini sebelum persetujuan diberikan.")})

        def carry(held: Work) -> tuple[Entry, ...]:
            children.change(session, consent, held.row.subject_id, row.id, {"withdrawn_on": day})
            payload = {"reason": command.reason} if command.reason else None
            data = {"consent": row.id, "purpose": row.purpose}
            entry = Entry(code="case:consent:withdrawn", data=data, payload=payload, event_date=day)
            left = replace(held.facts, consents=tuple(c for c in held.facts.consents if c.id != row.id))
            return (entry, *letter_voids.void_uncovered(held, left, row.purpose, _("persetujuan ditarik")))

        return Change(carry=carry)

    return casework.change(
        session, command.case, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )
