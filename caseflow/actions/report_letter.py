"""The letter of a monthly report to the head of the region: a draft of the frozen figures, then number and signer."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, cast

import orjson

from caseflow.access import SYSTEM_USER, Viewer
from caseflow.actions import letter_facts, letters, reports
from caseflow.actions.report_words import said
from caseflow.actions.reports import MAKERS, Report, month_name
from caseflow.errors import InvalidInput, LoopbackAddress, Refused, _
from caseflow.i18n import SOURCE, format_datetime, format_number, translate
from caseflow.ids import area_level, check_code
from caseflow.letters import catalogue, check
from caseflow.letters.facts import SCHEMA, Facts
from caseflow.states.deadlines import civil_date
from caseflow.states.reporting import MOVED
from caseflow.store import areas, jobs, log, offices, report_files, sql
from caseflow.store import letters as rows
from caseflow.store import reports as stored
from caseflow.store.offices import OfficeRow
from caseflow.store.reports import ReportRow
from caseflow.store.session import Session

KIND = "lap-bulan"
RENDER = "report.render"
CORRECTED = _("{now} (semula {was})")
AT_LEAST, FEWER = _("{label}: {n} atau lebih."), _("{label}: kurang dari lima, atau tidak ada.")
VILLAGES = _("Sasaran desa dan kelurahan ada dalam laporan, tidak dalam surat ini.")
Table = Mapping[str, Any]
Was = Mapping[tuple[str, str, str], int]


def letter_of(session: Session, report: str, *, by: Viewer, at: datetime) -> dict[str, Any]:
    """Return what the letter of an edition says, to be rendered: a draft (KONSEP) until it has its number.

    Raises `Forbidden`, `NotFound`, `Refused` while the edition is being counted.
    """
    row = reports.find(session, report, by=by)
    found = _frozen(session, row, by=by)
    if row.letter_facts:
        facts: dict[str, Any] = orjson.loads(row.letter_facts)
    else:
        facts = _facts(session, row, found, at=at)
    return letter_facts.with_logo(session, row.office_id, facts)


def number(session: Session, report: str, *, by: Viewer, at: datetime) -> str:
    """Give the letter of an edition its number in the register, its signer and date, once; return the number.

    Raises `Forbidden`, `NotFound`, `Refused` (not counted yet, numbered already, replaced, nobody signs),
    `LoopbackAddress`.
    """
    row = reports.find(session, report, by=by, roles=MAKERS)
    found = _frozen(session, row, by=by)
    if row.letter_number:
        raise Refused(reason=_("Surat laporan ini sudah bernomor {number}.", number=row.letter_number))
    if not found.edition.newest:
        raise Refused(reason=_("Edisi ini sudah digantikan: beri nomor pada edisi terbaru."))
    settings = session.settings
    if settings.is_loopback and not settings.demo:
        raise LoopbackAddress
    kind, office = letters.report_kind(session), offices.require(session, row.office_id)
    year = civil_date(at, offices.calendar(session, office.id)).year
    running = sql.next_number(session, f"letter:{office.id}:{KIND}:{year}")
    registered = catalogue.register_number(kind, running, unit=office.unit_code, year=year)
    code = check_code()
    facts = _facts(session, row, found, at=at, numbered=(registered, code))
    columns = {"letter_number": registered, "check_code": code, "letter_facts": orjson.dumps(facts).decode()}
    if not stored.number(session, row.id, {**columns, "lettered_at": at, "lettered_by": by.user_id}):
        raise Refused(reason=_("Surat laporan ini sudah bernomor."))
    told = {"report": row.id, "month": row.month, "edition": row.edition, "number": registered}
    told["facts"] = hashlib.sha256(columns["letter_facts"].encode()).hexdigest()
    log.note_access(session, "report:letter:numbered", actor=by.user_id, at=at, data=told)
    key, payload = f"{RENDER}:{row.id}", {"report": row.id}
    jobs.enqueue(session, kind=RENDER, key=key, payload=payload, run_at=at, at=at, queue="letters")
    return registered


def file_of(session: Session, report: str, *, by: Viewer) -> bytes | None:
    """Return the PDF of an edition's numbered letter as it was made; None where `letter_of` is to be rendered.

    Raises `Forbidden`, `NotFound`.
    """
    return report_files.content_of(session, reports.find(session, report, by=by).id)


def prepare_render(session: Session, report: str) -> dict[str, Any] | None:
    """Return the frozen facts of a numbered letter that is not made yet, for the job; else None."""
    row = stored.by_id(session, report)
    if row is None or not row.letter_facts or report_files.content_of(session, report) is not None:
        return None
    return letter_facts.with_logo(session, row.office_id, orjson.loads(row.letter_facts))


def store_rendered(session: Session, report: str, pdf: bytes, *, at: datetime) -> None:
    """Keep the PDF: it is the record, and known by its bytes from now on."""
    digest = hashlib.sha256(pdf).hexdigest()
    report_files.keep(session, report, pdf, digest, at=at)
    told = {"report": report, "sha256": digest}
    log.note_access(session, "report:letter:made", actor=SYSTEM_USER, at=at, data=told)


def _frozen(session: Session, row: ReportRow, *, by: Viewer) -> Report:
    found = reports.read(session, row.id, by=by)
    if found.content is None:
        raise Refused(reason=_("Laporan ini belum selesai dihitung."))
    return found


def _facts(
    session: Session, row: ReportRow, found: Report, *, at: datetime, numbered: tuple[str, str] | None = None
) -> dict[str, Any]:
    """Return the facts of the letter, in the shape of `caseflow.letters.facts.Facts`."""
    kind, office = letters.report_kind(session), offices.require(session, row.office_id)
    calendar = offices.calendar(session, office.id)
    today = civil_date(at, calendar)
    signers = rows.signatories(session, office.id, today, KIND)
    if numbered and not signers:
        raise Refused(reason=_("Belum ada pejabat penanda tangan yang berlaku hari ini. Minta admin mencatatnya."))
    public = session.settings.public_url.rstrip("/")
    fields = _fields(found, calendar.zone)
    fields["invited"] = [_head(session, office)]
    facts: dict[str, Any] = {
        "schema": SCHEMA,
        "letter": kind.name,
        "code": kind.code,
        "paper": session.settings.paper,
        "draft": numbered is None,
        "made_at": at.astimezone(calendar.zone).isoformat(timespec="seconds"),
        "office": letter_facts.office_of(office),
        "number": numbered[0] if numbered else None,
        "date": today.isoformat(),
        "sifat": kind.sifat,
        "lampiran": kind.lampiran,
        "addressee": {"lines": fields["invited"], "place": "Tempat"},
        "subject": None,
        "basis": [],
        "fields": fields,
        "consent": None,
        "legal_basis": None,
        "contact": None,
        "signatory": letter_facts.official_of(signers[0] if signers else None),
        "parties": [],
        "tembusan": list(kind.tembusan),
        "case_number": None,
        "replaces": None,
        "check": {"code": numbered[1], "url": f"{public}/verify/{numbered[1]}"} if numbered else None,
        "reply": None,
    }
    check.require(kind, cast("Facts", facts))
    return facts


def _head(session: Session, office: OfficeRow) -> str:
    """Return who heads the region: "Bupati Tanah Bumbu", as the area row has the title."""
    area = areas.by_code(session, office.area_code)
    if area is None or not area.head_title:
        raise InvalidInput({"area": _("Jabatan kepala daerah belum tercatat pada wilayah kantor ini.")})
    place = area.name.removeprefix("Kabupaten ").removeprefix("Kota ").removeprefix("Provinsi ")
    return f"{area.head_title} {place}"


def _fields(found: Report, zone: tzinfo) -> dict[str, Any]:
    content = found.content or {}
    tables: dict[str, Table] = {table["code"]: table for table in content["tables"]}
    wide = [table for table in tables.values() if len(table["columns"]) > 1 and table["code"] != "targets"]
    narrow = [table for code, table in tables.items() if len(table["columns"]) == 1 and code != "all"]
    notes = [table for table in tables.values() if table["note"]]
    replaced = content["replaces"]
    aims = tables.get("targets")
    rows = [row for row in aims["rows"] if area_level(row["key"].split(":")[0]) != "village"] if aims else []
    left_out = [translate(VILLAGES, SOURCE)] if aims and len(rows) < len(aims["rows"]) else []
    return {
        "month": month_name(content["month"], SOURCE),
        "edition": content["edition"],
        "replaces": replaced["edition"] if replaced else None,
        "reason": content["reason"] or None,
        "frozen": format_datetime(datetime.fromisoformat(content["frozen_at"]), zone, SOURCE),
        "summary": [row[1:] for row in _lines(tables["all"], ("n",), found.corrections)],
        "moved": [row for table in wide for row in _lines(table, MOVED, found.corrections)],
        "numbers": [row for table in narrow for row in _lines(table, ("n",), found.corrections)],
        "targets": [
            row[1:] for row in _lines(aims and {**aims, "rows": rows}, ("target", "counted"), found.corrections)
        ],
        "notes": [
            *(f"{said(table['title'], SOURCE)}: {said(table['note'], SOURCE)}" for table in notes),
            *left_out,
            said(content["closed_files"]["note"], SOURCE),
        ],
        "closed_files": closed_line(content, SOURCE),
        "tree_size": format_number(content["log"]["size"], SOURCE),
        "tree_root": content["log"]["root"] or "-",
        "digest": found.edition.digest,
    }


def _lines(table: Table | None, columns: tuple[str, ...], was: Was) -> list[list[str]]:
    """Return the rows of a table as text: title, label, then a cell for each column, empty where it has none."""
    if table is None:
        return []
    there = [column["key"] for column in table["columns"]]
    lines = []
    for row in table["rows"]:
        cells = dict(zip(there, row["cells"], strict=True))
        shown = [
            marked(cells[key], was.get((table["code"], row["key"], key)), SOURCE) if key in cells else ""
            for key in columns
        ]
        lines.append([said(table["title"], SOURCE), said(row["label"], SOURCE), *shown])
    return lines


def marked(n: int, was: int | None, lang: str) -> str:
    """Return a figure, with what it was before where an edition corrects it."""
    shown = format_number(n, lang)
    return shown if was is None else translate(CORRECTED, lang, now=shown, was=format_number(was, lang))


def closed_line(content: Mapping[str, Any], lang: str) -> str:
    """Return the one sentence about closed files."""
    told = content["closed_files"]
    sentence = AT_LEAST if told["at_least"] else FEWER
    return translate(sentence, lang, label=said(told["label"], lang), n=told["at_least"])
