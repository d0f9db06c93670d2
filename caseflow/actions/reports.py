"""Monthly reports: asked for, counted in chunks by a job, frozen with the head of the log; again is a new edition."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from caseflow import access, audit
from caseflow.access import AREA_READERS, SYSTEM, Viewer
from caseflow.actions import areas, checkpoints, report_tables
from caseflow.actions.casework import SKEW
from caseflow.actions.report_tables import Plan
from caseflow.actions.typed import Typed
from caseflow.errors import AuditBroken, Forbidden, InvalidInput, NotFound, Refused, _
from caseflow.i18n import format_month
from caseflow.ids import is_id, new_id, within_any
from caseflow.states import reporting
from caseflow.states.deadlines import Calendar, add_working_days, civil_date, is_working_day
from caseflow.states.lifecycle import CLOSED
from caseflow.states.reporting import Case, Count
from caseflow.store import jobs, log, offices, reports, sql, tree, users
from caseflow.store.offices import OfficeRow
from caseflow.store.reports import ReportRow
from caseflow.store.session import Session

SCHEMA = 1
MAKERS = ("supervisor", "head")
MAKE = "report.make"
REASON_LENGTH = 500
FIRST_YEAR = 2000
_OPEN_ONLY = ("running", "late")
"""What a case that was closed at the end of the month, and opened again since, was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReport(Typed):
    """A report of one month: `2026-10`; a month that has one needs the reason for another edition."""

    month: str
    area: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition as lists show it; `digest` is None until it is frozen."""

    id: str
    office: str
    month: str
    edition: int
    newest: bool
    """No later one is frozen."""
    reason: str
    asked_by: str
    asked_at: datetime
    counted: int
    to_count: int | None
    frozen_at: datetime | None
    digest: str | None
    letter_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An edition with what it says; `content` is None until it is frozen."""

    edition: Edition
    content: dict[str, Any] | None
    corrections: dict[tuple[str, str, str], int]
    """(table, row, column) -> what the edition before it said."""

    def title(self, lang: str) -> str:
        """Return what it is called."""
        return month_name(self.edition.month, lang)


def month_name(month: str, lang: str) -> str:
    """Return "Oktober 2026" of 2026-10."""
    return format_month(date.fromisoformat(f"{month}-01"), lang)


# --- whose -----------------------------------------------------------------------------------------------------------


def offices_of(session: Session, by: Viewer, roles: tuple[str, ...] = AREA_READERS) -> list[OfficeRow]:
    """Return the offices whose whole area somebody oversees. Raises `Forbidden` for whoever oversees none."""
    if not by.roles.intersection(roles):
        action = _("membuat laporan bulanan") if roles == MAKERS else _("membaca laporan bulanan")
        raise Forbidden(action=action, allowed=access.names_of(roles))
    mine = by.areas(*roles)
    return [office for office in offices.every(session) if within_any(office.area_code, mine)]


def find(session: Session, report: str, *, by: Viewer, roles: tuple[str, ...] = AREA_READERS) -> ReportRow:
    """Return an edition of an office whose whole area somebody oversees; `NotFound`, `Forbidden`."""
    known = {office.id for office in offices_of(session, by, roles)}
    row = reports.by_id(session, report) if is_id(report) else None
    if row is None or row.office_id not in known:
        raise NotFound
    return row


# --- asking ----------------------------------------------------------------------------------------------------------


def make(session: Session, command: MakeReport, *, by: Viewer, at: datetime) -> str:
    """Ask for a report of a month, or for a new edition of it, and return its id; a job counts and freezes it.

    Raises `Forbidden`, `InvalidInput` (the month, a reason that lacks), `NotFound`, `Refused` while one is being made.
    """
    office = _office(session, command.area, by)
    calendar = offices.calendar(session, office.id)
    first = _month(command.month, civil_date(at, calendar))
    sql.one_at_a_time(session, f"report:{office.id}")
    before = reports.editions(session, office.id, f"{first:%Y-%m}")
    if before and before[-1].frozen_at is None:
        if jobs.revive(session, f"{MAKE}:{before[-1].id}", at=at):
            return str(before[-1].id)
        raise Refused(reason=_("Laporan bulan ini sedang dihitung. Tunggu sampai selesai."))
    if before and not command.reason.strip():
        raise InvalidInput({"reason": _("Laporan bulan ini sudah ada: tulis mengapa dibuat edisi baru.")})
    if len(command.reason) > REASON_LENGTH:
        raise InvalidInput({"reason": _("Paling banyak {n} huruf.", n=REASON_LENGTH)})
    return _ask(session, office, first, command.reason.strip() if before else "", by=by, at=at)


def _ask(session: Session, office: OfficeRow, first: date, reason: str, *, by: Viewer, at: datetime) -> str:
    month, report_id = f"{first:%Y-%m}", str(new_id(at))
    before = reports.editions(session, office.id, month)
    edition = before[-1].edition + 1 if before else 1
    columns = {"id": report_id, "office_id": office.id, "month": month, "edition": edition}
    asked = {"reason": reason, "asked_by": by.user_id, "asked_at": at, "counted": 0}
    # What was closed (R3) by then is in none of its figures; who writes meanwhile may be that much behind.
    reports.add(session, {**columns, **asked, "closed_as_of": at - SKEW})
    payload = {"report": report_id}
    jobs.enqueue(session, kind=MAKE, key=f"{MAKE}:{report_id}", payload=payload, run_at=at, at=at, queue="bulk")
    told = {"report": report_id, "office": office.id, "month": month, "edition": edition}
    log.note_access(session, "report:edition:asked", actor=by.user_id, at=at, data=told)
    return report_id


def _office(session: Session, area: str | None, by: Viewer) -> OfficeRow:
    found = offices_of(session, by, MAKERS)
    if area:
        code = areas.known(session, area)
        found = [office for office in found if office.area_code == code]
    if not found:
        raise NotFound
    if len(found) > 1:
        known = ", ".join(office.area_code for office in found)
        raise InvalidInput({"area": _("Pilih satu kantor: {known}.", known=known)})
    return found[0]


def _month(typed: str, today: date) -> date:
    try:
        first = date.fromisoformat(f"{typed}-01")
    except ValueError:
        raise InvalidInput({"month": _("Tulis bulan sebagai TTTT-BB, misalnya 2026-10.")}) from None
    if not FIRST_YEAR <= first.year <= today.year or _last_of(first) >= today:
        raise InvalidInput({"month": _("Laporan dibuat setelah bulannya berakhir.")})
    return first


def _last_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def ask_due(session: Session, *, at: datetime) -> list[str]:
    """Ask for last month's report of each office that has none, from the first working day of the month on."""
    asked = []
    for office in offices.every(session):
        calendar = offices.calendar(session, office.id)
        today = civil_date(at, calendar)
        last = today.replace(day=1) - timedelta(days=1)
        sql.one_at_a_time(session, f"report:{office.id}")
        missing = not reports.editions(session, office.id, f"{last:%Y-%m}")
        if (
            today >= first_working_day(today, calendar)
            and missing
            and reports.has_cases(session, office.id, until=last)
        ):
            asked.append(_ask(session, office, last.replace(day=1), "", by=SYSTEM, at=at))
    return asked


def first_working_day(day: date, calendar: Calendar) -> date:
    """Return the first working day of the month of a day."""
    first = day.replace(day=1)
    return first if is_working_day(first, calendar) else add_working_days(first, 1, calendar)


# --- counting: the job's side ----------------------------------------------------------------------------------------


def take_up(session: Session, report: str) -> Plan | None:
    """Return what is to be counted; None when the edition is frozen already."""
    row = reports.by_id(session, report)
    if row is None or row.frozen_at is not None:
        return None
    first, zone = date.fromisoformat(f"{row.month}-01"), offices.calendar(session, row.office_id).zone
    return Plan(row.id, row.office_id, reports.period(first, _last_of(first), zone))


def count_part(session: Session, plan: Plan, *, after: str | None) -> tuple[Count, int, str | None]:
    """Return what the next cases add, how many they are, and the last of them; None behind the last."""
    found = reports.of_month(session, plan.office_id, plan.during, after=after)
    states = reports.states_at(session, found, plan.during.ends)
    answers = reports.answers(session, found)
    counted = reporting.counted(
        Case(
            category=row.category,
            kecamatan=row.kecamatan,
            sex=row.sex or "",
            age=row.age or "",
            state=states[row.id],
            outcome=row.outcome,
            issue=row.issue,
            is_=[
                name
                for name in reporting.MOVED
                if getattr(row, name) and (name not in _OPEN_ONLY or states[row.id] != CLOSED)
            ],
            answers=answers.get(row.id, {}),
        )
        for row in found
    )
    return counted, len(found), found[-1].id if found else None


def note_progress(session: Session, plan: Plan, counted: int) -> None:
    """Tell how far the counting is."""
    to_count = reports.how_many(session, plan.office_id, plan.during) if not counted else None
    told = {"counted": counted, **({"to_count": to_count} if to_count is not None else {})}
    reports.change(session, plan.id, told)


def freeze(session: Session, plan: Plan, counted: Count, *, at: datetime) -> None:
    """Freeze an edition: its figures, the head of the log at this moment, what it corrects; once."""
    row = reports.by_id(session, plan.id)
    if row is None or row.frozen_at is not None:
        return
    office = offices.require(session, row.office_id)
    checkpoints.sequence_all(session)
    head = checkpoints.make(session, cause_key=f"report:{row.id}", at=at)
    root = tree.root_at(session, head.size).hex() if head else ""
    tables = report_tables.tables(session, plan, counted)
    before = _before(session, row)
    old = _content(before) if before else None
    tables = reporting.with_gone(old["tables"], tables) if old else tables
    by = users.names(session, {row.asked_by}).get(row.asked_by, SYSTEM.name)
    content = {
        "schema": SCHEMA,
        "office": f"{office.agency} {office.government}",
        "area": office.area_code,
        "month": row.month,
        "from": plan.during.start.isoformat(),
        "until": plan.during.end.isoformat(),
        "zone": office.zone,
        "edition": row.edition,
        "frozen_at": audit.instant(at),
        "asked_at": audit.instant(row.asked_at),
        "asked_by": row.asked_by,
        "asked_by_name": by,
        "tables": tables,
        "closed_files": report_tables.closed_files(session, plan),
        "log": {"size": head.size if head else 0, "root": root, "note": head.note if head else ""},
        "replaces": {"edition": before.edition, "digest": before.digest} if before else None,
        "reason": row.reason,
        "corrections": reporting.corrected(old["tables"], tables) if old else [],
    }
    text = audit.canonical(content)
    digest = hashlib.sha256(text).hexdigest()

    reports.change(
        session, row.id, {"content": text.decode(), "digest": digest, "frozen_at": at, "to_count": row.counted}
    )
    told = {"report": row.id, "month": row.month, "edition": row.edition, "digest": digest}
    log.note_access(session, "report:edition:frozen", actor=row.asked_by, at=at, data=told)


# --- reading ---------------------------------------------------------------------------------------------------------


def listing(session: Session, *, by: Viewer) -> list[Edition]:
    """Return the editions somebody may read, the latest month and edition first. Raises `Forbidden`."""
    return _editions(session, reports.listing(session, [office.id for office in offices_of(session, by)]))


def read(session: Session, report: str, *, by: Viewer) -> Report:
    """Return an edition. Raises `Forbidden`, `NotFound`; `AuditBroken` when its figures are not those frozen."""
    row = find(session, report, by=by)
    content = _content(row) if row.frozen_at is not None else None
    changed = content["corrections"] if content else []
    return Report(
        edition=next(each for each in editions(session, row) if each.id == row.id),
        content=content,
        corrections={(c["table"], c["row"], c["column"]): c["was"] for c in changed},
    )


def frozen_bytes(found: Report) -> bytes:
    """Return the bytes whose SHA-256 is the digest. Raises `Refused` while it is being counted."""
    if found.content is None:
        raise Refused(reason=_("Laporan ini belum selesai dihitung."))
    return audit.canonical(found.content)


def editions(session: Session, row: ReportRow) -> list[Edition]:
    """Return every edition of the month of one, the newest first."""
    return _editions(session, reports.editions(session, row.office_id, row.month)[::-1])


def _editions(session: Session, rows: Iterable[ReportRow]) -> list[Edition]:
    listed = list(rows)
    names = users.names(session, {row.asked_by for row in listed})
    areas_of = {office.id: office.area_code for office in offices.every(session)}
    newest = {(row.office_id, row.month): 0 for row in listed}
    for row in listed:
        if row.frozen_at is not None:
            newest[row.office_id, row.month] = max(newest[row.office_id, row.month], row.edition)
    return [
        Edition(
            id=row.id,
            office=areas_of[row.office_id],
            month=row.month,
            edition=row.edition,
            newest=newest[row.office_id, row.month] <= row.edition,
            reason=row.reason,
            asked_by=names.get(row.asked_by, SYSTEM.name),
            asked_at=row.asked_at,
            counted=row.counted,
            to_count=row.to_count,
            frozen_at=row.frozen_at,
            digest=row.digest,
            letter_number=row.letter_number,
        )
        for row in listed
    ]


def _before(session: Session, row: ReportRow) -> ReportRow | None:
    found = [each for each in reports.editions(session, row.office_id, row.month) if each.edition < row.edition]
    return found[-1] if found else None


def _content(row: ReportRow) -> dict[str, Any]:
    text = (row.content or "").encode()
    if hashlib.sha256(text).hexdigest() != row.digest:
        raise AuditBroken(what=_("isi laporan bulan {month} edisi {n} berubah", month=row.month, n=row.edition))
    content: dict[str, Any] = orjson.loads(text)
    return content
