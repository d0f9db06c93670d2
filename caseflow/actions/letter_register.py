"""The register of letters (buku agenda) of an office, by kind and year: every number there ever was, void ones too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from caseflow import access
from caseflow.access import AREA_READERS, Viewer
from caseflow.actions import letters as actions
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, NotFound, _
from caseflow.exchange.workbook import Cell, workbook
from caseflow.i18n import translate
from caseflow.ids import area_within, normalise_area
from caseflow.letters import catalogue
from caseflow.states.deadlines import civil_date
from caseflow.store import initials, letters, log, offices, reports
from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session
from caseflow.store.types import Row

FIRST_YEAR, LAST_YEAR = 2000, 2200
COLUMNS = (
    _("No. urut"),
    _("Tanggal kirim"),
    _("Nomor naskah"),
    _("Tanggal naskah"),
    _("Tujuan"),
    _("Isi ringkas"),
    _("Keterangan"),
)
"""At least what Permenkes 20/2024 article 72 asks of an agenda book."""
STATES = {
    "numbered": _("bernomor"),
    "failed": _("berkas belum jadi"),
    "rendered": _("siap dikirim"),
    "sent": _("terkirim"),
    "answered": _("dijawab"),
    "void": _("batal"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda(Typed):
    """Which book: an office by its area, a year (this one), and one kind of letters or all."""

    year: int | None = None
    area: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One number. A restricted letter says no more than that: not to whom, nor of what kind, nor why it is void."""

    running: int
    sent_on: date | None
    number: str
    letter_date: date
    addressee: str
    summary: str
    state: str
    remark: str
    """Why it is void, what it replaces or stands instead of it, and who initialled it."""


@dataclass(frozen=True, slots=True)
class Book:
    """The register of a year, by kind and number."""

    year: int
    lines: tuple[Line, ...]


def read(session: Session, wanted: Agenda, *, by: Viewer, at: datetime) -> Book:
    """Return the book of an office; that it was read is on record.

    Raises `Forbidden` (for supervisors, heads and auditors of the whole office), `NotFound`, `UnknownLetter`.
    """
    office = _office(session, wanted, by)
    year = civil_date(at, offices.calendar(session, office.id)).year if wanted.year is None else wanted.year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput({"year": _("Tahun ini tidak mungkin.")})
    kinds = actions.kinds(session)
    report = actions.report_kind(session)
    known = {**kinds, report.name: report}
    kind = catalogue.get(known, wanted.kind).name if wanted.kind else None
    data = {"office": office.id, "year": year, **({"kind": kind} if kind else {})}
    session.leave(_note, (by.user_id, at, data))
    sent = letters.sent_days(session, office.id, year)
    rows = letters.of_year(session, office.id, year, kind)
    numbers, instead = letters.replacements(session, office.id)
    initialled, urgent = initials.of_year(session, office.id, year), initials.without(session, office.id, year)
    found = []
    for row in rows:
        plain = row.confidentiality == "R1"
        title = kinds[row.kind].title.id if row.kind in kinds else row.kind
        found.append(
            Line(
                running=row.running,
                sent_on=sent.get(row.id),
                number=row.number,
                letter_date=row.letter_date,
                addressee=row.addressee if plain else "",
                summary=title if plain else translate(_("surat dinas"), "id"),
                state=row.state,
                remark="; ".join(
                    [
                        *_remark(session, row, numbers, instead, plain=plain),
                        *_initialled(initialled.get(row.id, []), urgent=row.id in urgent),
                    ]
                ),
            )
        )
    return Book(year, (*found, *_of_reports(session, office, year, wanted.kind)))


def _of_reports(session: Session, office: OfficeRow, year: int, asked: str | None) -> Iterator[Line]:
    """Yield the numbers of letters that are about no case: those of the monthly report."""
    kind = actions.report_kind(session)
    for row in reports.numbered(session, office.id) if asked in {None, kind.name, kind.code} else ():
        said = orjson.loads(row.letter_facts)
        day = date.fromisoformat(said["date"])
        if day.year == year:
            _class, running, *_rest = row.letter_number.split("/")
            to = ", ".join(said["addressee"]["lines"])
            yield Line(int(running), None, row.letter_number, day, to, kind.title.id, "numbered", "")


def _remark(
    session: Session, row: Row[Any], numbers: Mapping[str, str], instead: Mapping[str, str], *, plain: bool
) -> list[str]:
    """Return why a letter is void, and what it replaces; of a restricted letter no more than the numbers."""
    told = []
    if row.replaces_id:
        told.append(str(_("menggantikan nomor {number}", number=numbers.get(row.replaces_id, "-"))))
    if row.id in instead:
        told.append(str(_("diganti oleh nomor {number}", number=instead[row.id])))
    elif plain and (reason := letters.void_reason(session, row.subject_id, row)):
        told.append(reason)
    return told


def _initialled(posts: list[str], *, urgent: bool) -> list[str]:
    """Return which posts initialled a letter, which is not printed on it."""
    if urgent:
        return [str(_("darurat, tanpa paraf"))]
    return [str(_("paraf: {posts}", posts=", ".join(posts)))] if posts else []


def _note(session: Session, readings: list[Any]) -> None:
    for actor, at, data in readings:
        log.note_access(session, "letter:register:read", actor=actor, at=at, data=data)


def _office(session: Session, wanted: Agenda, by: Viewer) -> OfficeRow:
    """Return the office whose book is asked for: without an area, the only one that may be read."""
    readable = [
        office
        for office in offices.every(session)
        if any(g.role in AREA_READERS and area_within(office.area_code, g.area) for g in by.grants)
    ]
    if wanted.area:
        area = normalise_area(wanted.area)
        readable = [office for office in readable if office.area_code == area]
    if not by.roles.intersection(AREA_READERS):
        raise Forbidden(action=_("membaca buku agenda"), allowed=access.names_of(AREA_READERS))
    if not readable:
        raise NotFound
    if len(readable) > 1:
        known = ", ".join(office.area_code for office in readable)
        raise InvalidInput({"area": _("Sebut kantornya: {known}.", known=known)})
    return readable[0]


def rows(book: Book, *, lang: str) -> list[list[Cell]]:
    """Return the book under its columns."""
    listed: list[list[Cell]] = []
    for line in book.lines:
        state = translate(STATES.get(line.state, line.state), lang)
        remark = f"{state}: {line.remark}" if line.remark else state
        listed.append([line.running, line.sent_on, line.number, line.letter_date, line.addressee, line.summary, remark])
    return listed


def as_workbook(book: Book, *, lang: str) -> bytes:
    """Return the book as a worksheet."""
    title = f"{translate(_('Buku agenda'), lang)} {book.year}"
    return workbook(title, [translate(c, lang) for c in COLUMNS], rows(book, lang=lang))
