"""Erasing somebody on request: one person asks, the head of the office decides; the key goes, the record of it stays.

The right to be erased (UU 27/2022 articles 8, 43 and 44) meets the duty to keep an office's records (UU 43/2009). Who
is still being helped is not erased. A closed file is erased once its retention has ended (`CASEFLOW_RETENTION_YEARS`,
the office's retention schedule), and before that only where the data were unlawful. docs/decisions/0012 says why.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, erasing, inbox, ledgers
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import Erased, InvalidInput, NotFound, Refused, ReviewClosed, SelfApproval, Sentence, _
from caseflow.i18n import format_date
from caseflow.ids import area_within, new_id
from caseflow.states.category import Text
from caseflow.states.deadlines import civil_date
from caseflow.states.lifecycle import CLOSED
from caseflow.store import cases, erasures, offices, users
from caseflow.store.cases import CaseRow
from caseflow.store.erasures import ErasureRow
from caseflow.store.log import Entry
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True)
class Basis:
    """Why somebody may be erased, with its article; `waits`: only once the retention of the file has ended."""

    label: Text
    law: str
    waits: bool = True


BASES: dict[str, Basis] = {
    "request": Basis(
        Text("permintaan yang bersangkutan", "request of the person concerned"),
        "UU 27/2022 Pasal 8 dan Pasal 43 ayat (1) huruf c",
    ),
    "consent_withdrawn": Basis(
        Text("persetujuan pemrosesan ditarik", "consent to the processing withdrawn"),
        "UU 27/2022 Pasal 9 dan Pasal 43 ayat (1) huruf b",
    ),
    "retention_ended": Basis(
        Text("masa simpan menurut jadwal retensi berakhir", "retention by the schedule has ended"),
        "UU 27/2022 Pasal 44 ayat (1) huruf a",
    ),
    "unlawful": Basis(
        Text("data diperoleh atau diproses melawan hukum", "data obtained or processed unlawfully"),
        "UU 27/2022 Pasal 43 ayat (1) huruf d",
        waits=False,
    ),
}
LONGEST_APPLICANT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AskErasure(Typed):
    """The person a case is about, or who speaks for them, wants the data erased."""

    case: str
    basis: str
    applicant: str
    """Who asked, and what they are to the person."""
    reason: str
    evidence: str = ""
    """How the applicant was identified, the letter of request."""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideErasure(Typed):
    """An answer to such a request; `expected_version` is that of the case it was made in."""

    erasure: str
    reason: str = ""
    expected_version: int | None = None


def ask_erasure(session: Session, command: AskErasure, *, by: Viewer, at: datetime) -> Done:
    """Ask that the person a case is about be erased; the heads of the office are told.

    Raises `InvalidInput`, `Forbidden`, `Erased`, and `Refused` while a case of the person is open, saying what to do.
    """
    erasure_id = str(new_id(at))
    words = _checked(command)

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "ask_erasure")
        subject_id = work.row.subject_id
        if not erasures.kept(session, subject_id):
            raise Erased
        if erasures.pending_of(session, subject_id) is not None:
            raise Refused(reason=_("Penghapusan data orang ini sudah diminta dan menunggu keputusan."))
        _refuse(_still_open(session, subject_id, cases.of_subject(session, subject_id), by=by, knows_all=False))
        heads = users.holders(session, "head", work.row.area_code, work.today)
        if not set(heads) - {by.user_id}:
            raise Refused(
                reason=_("Belum ada kepala dinas yang dapat memutuskan permintaan ini. Minta admin mencatatnya.")
            )
        return Change(carry=lambda held: _ask(held, command, erasure_id, words, heads))

    done = casework.change(
        session, command.case, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )
    return casework.created(done, erasure_id)


def _checked(command: AskErasure) -> dict[str, str]:
    problems: dict[str, str] = {}
    words = {}
    for key, limit in (("reason", 4000), ("applicant", LONGEST_APPLICANT)):
        try:
            words[key] = casework.require_text(getattr(command, key), key, limit=limit)
        except InvalidInput as error:
            problems |= error.data["problems"]
    if len(command.evidence) > LONGEST_APPLICANT:
        problems["evidence"] = _("Paling banyak {n} huruf.", n=LONGEST_APPLICANT)
    if command.basis not in BASES:
        problems["basis"] = _("Pilih salah satu: {choices}.", choices=", ".join(BASES))
    if problems:
        raise InvalidInput(problems)
    return {**words, "evidence": command.evidence.replace("\x00", "").strip()}


def _ask(
    work: Work, command: AskErasure, erasure_id: str, words: dict[str, str], heads: tuple[str, ...]
) -> tuple[Entry, ...]:
    row = work.row
    values = {
        "id": erasure_id,
        "case_id": row.id,
        "basis": command.basis,
        "requested_by": work.by.user_id,
        "requested_at": work.at,
    }
    erasures.add(work.session, row.subject_id, values, words)
    if row.confidentiality == "R3":
        cases.join_team(work.session, row.id, heads)  # who decides about a closed file may look at it
    _tell(work, heads, "erasure_asked", erasure_id)
    data = {"erasure": erasure_id, "basis": command.basis}
    return (Entry(code="case:erasure:asked", data=data, payload=words),)


def _tell(work: Work, user_ids: tuple[str, ...], kind: str, erasure_id: str) -> None:
    told = tuple(user_id for user_id in user_ids if user_id != work.by.user_id)
    data = {"number": work.row.number}
    key = f"erasure:{erasure_id}:{kind}"
    inbox.tell(work.session, told, kind=kind, cause_key=key, case_id=work.row.id, data=data, at=work.at)


# --- deciding ---------------------------------------------------------------------------------------------------------


def approve_erasure(session: Session, command: DecideErasure, *, by: Viewer, at: datetime) -> Done:
    """Erase the person now, in every case; nothing brings the data back.

    Raises `SelfApproval`, `Forbidden`, `ReviewClosed`, and `Refused` with all that stands against it: a case that is
    open, retention that runs, a case outside the decider's area.
    """
    row = visible(session, command.erasure, by=by)
    subject_ids = (row.subject_id, *erasures.households_left_empty(session, row.subject_id))
    held = erasures.hold(session, subject_ids)
    row = _pending(session, row.id)
    work = casework.look(session, row.case_id, by=by, at=at)
    if command.expected_version is not None and command.expected_version != work.row.version:
        raise casework.conflict(work, command.expected_version)
    _require_second_person(work, row)
    _refuse(against(session, row, held, by=by, at=at))
    if not erasures.close(session, row.id, "granted", by=by.user_id, at=at):
        raise ReviewClosed(state="granted")
    said = {"erasure": row.id, "basis": row.basis, "requested_by": row.requested_by, "approved_by": by.user_id}
    done = erasing.erase(session, subject_ids, said, granted_at=at, by=by, at=at)
    _tell(work, (row.requested_by,), "erasure_granted", row.id)
    ledgers.leave(session, row.id, at=at)
    return done[row.case_id]


def refuse_erasure(session: Session, command: DecideErasure, *, by: Viewer, at: datetime) -> Done:
    """Refuse with a reason, which the applicant is to be told; the data stay."""
    reason = casework.require_text(command.reason, "reason")

    def second_person(work: Work, row: ErasureRow) -> None:
        _require_second_person(work, row)

    return _ended(session, command, "refused", reason, second_person, by=by, at=at)


def withdraw_erasure(session: Session, command: DecideErasure, *, by: Viewer, at: datetime) -> Done:
    """Take a request back; only who made it may."""

    def own(_work: Work, row: ErasureRow) -> None:
        if row.requested_by != by.user_id:
            raise NotFound

    return _ended(session, command, "withdrawn", command.reason.strip(), own, by=by, at=at)


def _ended(
    session: Session,
    command: DecideErasure,
    state: str,
    reason: str,
    require: Callable[[Work, ErasureRow], None],
    *,
    by: Viewer,
    at: datetime,
) -> Done:
    asked = visible(session, command.erasure, by=by)

    def decide(work: Work) -> Change:
        row = _pending(session, asked.id)
        require(work, row)

        def carry(held: Work) -> tuple[Entry, ...]:
            if not erasures.close(session, row.id, state, by=by.user_id, at=at):
                raise ReviewClosed(state=state)
            _tell(held, (row.requested_by,), f"erasure_{state}", row.id)
            data = {"erasure": row.id, "basis": row.basis, "requested_by": row.requested_by}
            payload = {"reason": reason} if reason else None
            return (Entry(code=f"case:erasure:{state}", data=data, payload=payload),)

        return Change(carry=carry)

    return casework.change(
        session, asked.case_id, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )


def visible(session: Session, erasure_id: str, *, by: Viewer) -> ErasureRow:
    row = erasures.by_id(session, erasure_id) if casework.is_id(erasure_id) else None
    case = cases.by_id(session, row.case_id) if row is not None else None
    if row is None or case is None:
        raise NotFound
    access.require_visible(by, cases.scope_of(session, case))
    return row


def _pending(session: Session, erasure_id: str) -> ErasureRow:
    row = erasures.by_id(session, erasure_id)
    if row is None:
        raise NotFound
    if row.state != "pending":
        raise ReviewClosed(state=row.state)
    return row


def _require_second_person(work: Work, row: ErasureRow) -> None:
    """The head decides, never who asked, nor by an office that who asked has lent."""
    access.require_act(work.roles, "erase")
    if not decides(work, row):
        raise SelfApproval


def decides(work: Work, row: ErasureRow) -> bool:
    """Tell whether somebody may decide a request: by a role of their own, or lent by somebody who did not ask."""
    scope = cases.scope_of(work.session, work.row)
    return work.by.user_id != row.requested_by and any(
        grant.role in access.ACTS["erase"]
        and grant.for_user != row.requested_by
        and access.roles_in(replace(work.by, grants=(grant,)), scope)
        for grant in work.by.grants
    )


# --- what stands against it -------------------------------------------------------------------------------------------


def _refuse(against: Iterator[Sentence]) -> None:
    if found := tuple(against):
        named = {f"part{n}": sentence for n, sentence in enumerate(found)}
        raise Refused(reason=Sentence(" ".join(f"{{{name}}}" for name in named), **named))


def against(session: Session, row: ErasureRow, held: list[CaseRow], *, by: Viewer, at: datetime) -> Iterator[Sentence]:
    """Return all that keeps a request from being granted today."""
    yield from _still_open(session, row.subject_id, held, by=by, knows_all=True)
    yield from _still_kept(session, row, held, at=at)
    if any(not _covers(by, case) for case in held):
        yield _(
            "Orang ini juga ditangani di luar wilayah Anda. Yang dapat menyetujui: kepala dinas yang wilayahnya "
            "mencakup semuanya."
        )


def _still_open(
    session: Session, subject_id: str, of_person: list[CaseRow], *, by: Viewer, knows_all: bool
) -> Iterator[Sentence]:
    """Who asks is told of the cases they may see; who decides must know of every one, without its number."""
    running = [case for case in of_person if case.state != CLOSED]
    family = erasures.open_households(session, subject_id)
    if seen := _seen(session, running, by=by):
        yield _(
            "Kasus {numbers} masih berjalan: data orang yang masih ditangani tidak dihapus. Tutup atau hentikan "
            "kasusnya dahulu.",
            numbers=", ".join(seen),
        )
    if seen_family := _seen(session, family, by=by):
        yield _(
            "Orang ini anggota keluarga yang masih ditangani dalam kasus {numbers}. Tutup kasus itu dahulu, atau catat "
            "bahwa orang ini keluar dari keluarganya.",
            numbers=", ".join(seen_family),
        )
    if knows_all and len(running) + len(family) > len(seen) + len(seen_family):
        yield _("Masih ada kasus yang berjalan di luar wewenang Anda. Tunggu sampai kasus itu ditutup.")


def _seen(session: Session, rows: list[CaseRow], *, by: Viewer) -> list[str]:
    return sorted(row.number for row in rows if access.roles_in(by, cases.scope_of(session, row)))


def _still_kept(session: Session, row: ErasureRow, held: list[CaseRow], *, at: datetime) -> Iterator[Sentence]:
    until, last = kept_until(session, row, held), _last_closed(held)
    if until is None or last is None or last.closed_at is None:
        return
    calendar = offices.calendar(session, last.office_id)
    if civil_date(at, calendar) < until:
        yield _(
            "Berkasnya ditutup {day} dan wajib disimpan {years} tahun menurut jadwal retensi arsip. Permintaan ini "
            "dapat disetujui mulai {until}; tolak dengan alasan itu, atau biarkan menunggu.",
            day=format_date(civil_date(last.closed_at, calendar), "id"),
            years=session.settings.retention_years,
            until=format_date(until, "id"),
        )


def kept_until(session: Session, row: ErasureRow, held: list[CaseRow]) -> date | None:
    """Return the first day the retention of the last file allows; None where the request does not wait for that."""
    last = _last_closed(held)
    if not BASES[row.basis].waits or last is None or last.closed_at is None:
        return None
    day = civil_date(last.closed_at, offices.calendar(session, last.office_id))
    return years_later(day, session.settings.retention_years)


def _last_closed(held: list[CaseRow]) -> CaseRow | None:
    closed = [case for case in held if case.closed_at is not None]
    return max(closed, key=lambda case: (case.closed_at, case.id), default=None)


def years_later(day: date, years: int) -> date:
    """Return the same day some years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _covers(by: Viewer, case: CaseRow) -> bool:
    return any(g.role in access.ACTS["erase"] and area_within(case.area_code, g.area) for g in by.grants)
