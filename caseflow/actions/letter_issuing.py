"""How a letter comes to its number: at once, or as a draft that waits for initials (paraf) first; how it ends."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caseflow import access
from caseflow.actions import inbox, letter_drafts, letter_facts, letter_records, obligations, referrals
from caseflow.actions.casework import Work
from caseflow.actions.letter_drafts import Draft
from caseflow.errors import LoopbackAddress, _
from caseflow.i18n import SOURCE, format_date
from caseflow.ids import check_code, new_id
from caseflow.letters import catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.states.deadlines import Span
from caseflow.states.sharing import VITAL_INTEREST
from caseflow.store import cases, children, initials, jobs, letters, offices, sql, users, vault
from caseflow.store.initials import DraftRow
from caseflow.store.letters import LetterRow
from caseflow.store.log import Entry
from caseflow.store.offices import OfficeRow
from caseflow.store.tables import referral

EVERY = "*"
"""Under this name an office's chains keep the one of every letter that has none of its own."""
TURN = Span(2, "working_days")
"""How long one post has for its initial before people are reminded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a letter is asked for with, beside its case and kind; a draft keeps it to be asked again."""

    institution: str | None = None
    fields: Mapping[str, Any]
    signatory: str | None = None
    by_step: bool = False
    emergency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Which letter it is: its id from draft to letter, its one cause, whether it is one of many, who asked for it."""

    letter_id: str
    key: str
    bulk: bool = False
    requested_by: str
    referral_id: str | None = None
    """The referral that waits with the draft."""


def draft_of(work: Work, kind: LetterKind, asked: Asked, *, replaces: LetterRow | None = None) -> Draft:
    """Return the letter as it would be now; raises what keeps it from being issued."""
    receiver = letter_drafts.receiver_of(work, kind, asked.institution)
    basis = letter_drafts.basis_of(work, kind, receiver, emergency=asked.emergency)
    held = letter_records.of(work, kind, consented=bool(basis and basis.consent))
    said = letter_facts.fields_of(kind, held, asked.fields, today=work.today)
    return Draft(kind=kind, receiver=receiver, said=said, basis=basis, signatory=asked.signatory, replaces=replaces)


def issue(work: Work, draft: Draft, asked: Asked, cause: Cause) -> tuple[Entry, ...]:
    """Issue a letter, or keep it as a draft where its office has it initialled first; an emergency waits for nobody.

    Raises `LoopbackAddress`, `InvalidInput`, `Refused` (nobody signs).
    """
    if work.session.settings.is_loopback and not work.session.settings.demo:
        raise LoopbackAddress
    office = offices.require(work.session, work.row.office_id)
    posts = chain_of(office, draft.kind)
    urgent = asked.emergency or (draft.basis is not None and draft.basis.code == VITAL_INTEREST)
    if not posts or urgent:
        return number(work, draft, office, cause, told={initials.WITHOUT: True} if posts else {})
    return _await_initials(work, draft, asked, cause, office, posts)


def chain_of(office: OfficeRow, kind: LetterKind) -> tuple[str, ...]:
    """Return the posts of an office that initial a kind of letter, in order.

    What is set for every letter leaves out those that the official does not sign.
    """
    chains = office.settings.get(initials.SETTING, {})
    own = chains.get(kind.name)
    if own is None and (not kind.hands or kind.acknowledged):
        own = chains.get(EVERY)
    return tuple(own or ())


# --- the number ------------------------------------------------------------------------------------------------------


def number(
    work: Work, draft: Draft, office: OfficeRow, cause: Cause, *, told: Mapping[str, Any], asker: Work | None = None
) -> tuple[Entry, ...]:
    """Take the next number of the register, freeze what the letter says, ask for its file and start its referral.

    `asker` is the case as who asked for the letter sees it, where somebody else takes the number.
    """
    kind, receiver, basis, old = draft.kind, draft.receiver, draft.basis, draft.replaces
    session, row, letter_id = work.session, work.row, cause.letter_id
    signer = letter_drafts.signer_of(work, kind, draft.signatory)
    year = work.today.year
    running = sql.next_number(session, f"letter:{row.office_id}:{kind.name}:{year}")
    registered = catalogue.register_number(kind, running, unit=office.unit_code, year=year)
    code = check_code()
    frozen = letter_facts.freeze(asker or work, draft, office=office, signer=signer, number=registered, code=code)
    digest = None
    if kind.reply and receiver:
        reply, digest = referrals.new_code()
        frozen["reply"] |= {"code": reply, "url": referrals.link_of(session, reply)}
    letters.add(
        session,
        {
            "id": letter_id,
            "case_id": row.id,
            "office_id": row.office_id,
            "kind": kind.name,
            "code": kind.code,
            "number": registered,
            "year": year,
            "running": running,
            "letter_date": work.today,
            "state": "numbered",
            "cause_key": cause.key,
            "institution_id": receiver.id if receiver else None,
            "addressee": receiver.addressee if receiver else "",
            "confidentiality": row.confidentiality,
            "consent_purpose": kind.consent if basis and basis.consent else None,
            "check_code": code,
            "template_digest": catalogue.template_digest(kind),
            "sealed_facts": vault.seal(session, row.subject_id, f"letter.sealed_facts.{letter_id}", frozen),
            "issued_at": work.at,
            "issued_by": cause.requested_by,
            "replaces_id": old.id if old is not None else None,
        },
    )
    jobs.enqueue(
        session,
        kind="letter.render",
        key=f"letter.render:{letter_id}",
        payload={"letter": letter_id},
        run_at=work.at,
        at=work.at,
        queue="bulk" if cause.bulk else "letters",  # a letter somebody waits for overtakes a thousand
    )
    data = {
        "letter": letter_id,
        "kind": kind.name,
        "number": registered,
        "institution": receiver.id if receiver else "",
        **told,
    }
    if kind.reply and receiver:
        data["referral"] = referrals.start(
            work,
            receiver.id,
            need=kind.title.id,
            day=work.today,
            span=Span(kind.reply.days, "working_days"),
            because=_("jawaban diminta dalam surat"),
            letter_id=letter_id,
            reply_digest=digest,
            prepared=cause.referral_id,
        )
    if basis is not None:
        data |= {"basis": basis.code, "consent": basis.consent}
    if old is None:
        return (Entry(code="case:letter:issued", data=data),)
    reason = _(
        "diganti oleh surat nomor {number} tanggal {day}", number=registered, day=format_date(work.today, SOURCE)
    )
    ended = void(work, old, str(reason), instead=letter_id)
    return Entry(code="case:letter:issued", data=data | {"replaces": old.id}), ended


def void(work: Work, row: LetterRow, reason: str, *, instead: str | None = None) -> Entry:
    """Void a letter, and withdraw the referral that waits for its answer; `instead` is the letter that replaces it."""
    letters.void(work.session, work.row.subject_id, row.id, reason, at=work.at)
    for sent in children.of_case(work.session, referral, work.row.id):
        if sent.letter_id == row.id and (sent.status == referrals.WAITING or sent.offered):
            referrals.let_go(work, sent)
    data = {"letter": row.id, "number": row.number, **({"instead": instead} if instead else {})}
    return Entry(code="case:letter:voided", data=data, payload={"reason": reason})


# --- the draft -------------------------------------------------------------------------------------------------------


def _await_initials(
    work: Work, draft: Draft, asked: Asked, cause: Cause, office: OfficeRow, posts: tuple[str, ...]
) -> tuple[Entry, ...]:
    """Keep what the letter says, without a number, until each post has initialled it."""
    session, row, kind, receiver, basis = work.session, work.row, draft.kind, draft.receiver, draft.basis
    signer = letter_drafts.signer_of(work, kind, draft.signatory)
    frozen = letter_facts.freeze(work, draft, office=office, signer=signer, number=None, code=None)
    referral_id = str(new_id(work.at)) if kind.reply and receiver else None
    kept = {"institution": asked.institution, "fields": dict(asked.fields), "by_step": asked.by_step}
    columns = {
        "id": cause.letter_id,
        "case_id": row.id,
        "office_id": row.office_id,
        "kind": kind.name,
        "state": initials.WAITING,
        "cause_key": cause.key,
        "institution_id": receiver.id if receiver else None,
        "consent_purpose": kind.consent if basis and basis.consent else None,
        "referral_id": referral_id,
        "posts": "\n".join(posts),
        "given": 0,
        "waits_for": posts[0],
        "waits_since": work.at,
        "replaces_id": draft.replaces.id if draft.replaces is not None else None,
        "requested_at": work.at,
        "requested_by": cause.requested_by,
    }
    words = {"facts": frozen, "asked": {**kept, "signatory": signer.id}, "look": look_of(kind, office)}
    initials.add_draft(session, row.subject_id, columns, words, at=work.at)
    data = {"letter": cause.letter_id, "kind": kind.name, "post": posts[0], "of": len(posts)}
    if receiver is not None and referral_id:
        referrals.prepare(work, receiver.id, need=kind.title.id, row_id=referral_id)
        data["referral"] = referral_id
    call(work, cause.letter_id, posts[0], 1)
    return (Entry(code="case:letter:drafted", data=data),)


def look_of(kind: LetterKind, office: OfficeRow) -> dict[str, str]:
    """Return what stands for the wording of a letter and the emblem above it: other bytes, another letter."""
    logo = str(office.settings.get(offices.LOGO, ""))
    return {"template": catalogue.template_digest(kind), "logo": hashlib.sha256(logo.encode()).hexdigest()}


def call(work: Work, draft_id: str, post: str, position: int) -> None:
    """Tell whoever holds a post that a draft waits for its initial, and remind people where none comes."""
    inbox.tell(
        work.session,
        [holder.user_id for holder in holders_of(work, post)],
        kind="initial_asked",
        cause_key=f"initial:{draft_id}:{position}",
        case_id=work.row.id,
        data={"number": work.row.number},
        at=work.at,
    )
    obligations.start(
        work.session,
        case=work.row,
        kind="letter_initial",
        span=TURN,
        recipient="assignee",
        basis=_("surat menunggu paraf"),
        cause_key=turn_of(draft_id, position),
        at=work.at,
        ref_id=draft_id,
        calendar=work.calendar,
    )


def turn_of(draft_id: str, position: int) -> str:
    """Return the cause of the reminder about one turn."""
    return f"initial:{draft_id}:{position}"


def holders_of(work: Work, post: str) -> list[Any]:
    """Return who holds a post today and may work on letters of this case: of a closed file only its team."""
    held = initials.holders(work.session, work.row.office_id, post, work.today)
    scope = cases.scope_of(work.session, work.row)
    return [holder for holder in held if _may_initial(work, scope, holder.user_id)]


def _may_initial(work: Work, scope: access.Scope, user_id: str) -> bool:
    account = users.by_id(work.session, user_id)
    roles = access.roles_in(users.viewer(work.session, account, work.today), scope) if account else frozenset()
    return not roles.isdisjoint(access.ACTS["issue_letter"])


def drop(work: Work, row: DraftRow, state: str, reason: str, *, told: Mapping[str, Any] | None = None) -> Entry:
    """End a draft that gets no number: returned to who asked for it, or withdrawn; its referral ends with it."""
    initials.settle(work.session, work.row.subject_id, row.id, state, at=work.at, reason=reason)
    obligations.cancel(work.session, cause_key=turn_of(row.id, row.given + 1), at=work.at)
    data: dict[str, Any] = {"letter": row.id, "kind": row.kind, **(told or {})}
    if row.referral_id and (sent := children.get(work.session, referral, work.row.id, row.referral_id)):
        referrals.let_go(work, sent)
        data["referral"] = row.referral_id
    return Entry(code=f"case:letter:{state}", data=data, payload={"reason": reason})


def tell_requester(work: Work, row: DraftRow) -> None:
    """Tell who asked for a letter that its draft is over."""
    inbox.tell(
        work.session,
        (row.requested_by,),
        kind="draft_returned",
        cause_key=f"draft_returned:{row.id}",
        case_id=row.case_id,
        data={"number": work.row.number},
        at=work.at,
    )
