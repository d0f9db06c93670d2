"""Whether facts fit their kind of letter: structure, declared fields, identity, signatures; all problems at once."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import cast

from caseflow import errors
from caseflow.errors import Sentence, _, listed
from caseflow.letters import facts as frozen
from caseflow.letters.catalogue import Field, LetterKind
from caseflow.letters.facts import Facts, Subject
from caseflow.letters.render import QR_CAPACITY

LOGO = re.compile(r"data:image/(png|jpeg|svg\+xml);base64,[A-Za-z0-9+/]+=*")
LOGO_LIMIT = 400_000  # characters; a coat of arms at 600 dpi takes a tenth
PICTURES = ((b"\x89png\r\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"<?xml", "svg+xml"), (b"<svg", "svg+xml"))
"""How a picture begins, in small letters."""
DESILS = range(1, 11)
LONGEST_CELL = 300
NOTHING: tuple[object, ...] = (None, "", [])
ROLE = 1
"""Column of a table of those who sign that says as what they do."""

Problem = tuple[str, Sentence]


def logo_of(picture: bytes) -> str | None:
    """Return a picture as letters take an emblem: a data URI; None for what is none, or too large."""
    start = picture[:300].lstrip().lower()
    kind = next((name for mark, name in PICTURES if start.startswith(mark)), None)
    made = f"data:image/{kind};base64,{b64encode(picture).decode()}" if kind else ""
    return made if kind and len(made) <= LOGO_LIMIT and LOGO.fullmatch(made) else None


def require(kind: LetterKind, facts: Facts) -> None:
    """Raise InvalidInput with everything that keeps these facts from becoming this letter."""
    if found := problems(kind, facts):
        raise errors.InvalidInput(found)


def problems(kind: LetterKind, facts: Facts) -> dict[str, str]:
    """Return dotted key -> sentence; empty when the letter can be made."""
    if structural := frozen.problems(facts):
        return structural
    found: list[Problem] = []
    for part in (_headings, _field_values, _subject, _hands, _dates):
        found += part(kind, facts)
    return dict(found)


def misfits(kind: LetterKind, values: Mapping[str, object]) -> dict[str, Sentence]:
    """Return key -> sentence for each answer that its field cannot take, and for what is no field of this letter."""
    known = {field.key: field for field in kind.fields}
    problems = {key: unknown(kind) for key in values.keys() - known.keys()}
    for key, value in values.items():
        why = misfit(kind, known[key], value) if key in known and value not in NOTHING else None
        if why:
            problems[key] = why
    return problems


def unknown(kind: LetterKind) -> Sentence:
    """Say which fields a letter has, to whoever named another one."""
    return _("Isian ini tidak dikenal; surat ini memuat: {known}.", known=", ".join(f.key for f in kind.fields) or "-")


def misfit(kind: LetterKind, field: Field, value: object) -> Sentence | None:
    """Return why an answer does not fit its field; None when it does. Who signs in a table says as what, too."""
    why = _misfit(field, value)
    signs = field.type == "table" and any(hand.name == field.key for hand in kind.hands)
    if why is None and signs and isinstance(value, list) and any(not row[ROLE].strip() for row in value):
        why = _("setiap baris menyebut: {cells}", cells=listed(c.label.sentence for c in field.columns[: ROLE + 1]))
    return _('Isi "{label}" tidak sesuai: {why}.', label=field.label.sentence, why=why) if why else None


def narrowed(kind: LetterKind, subject: Subject) -> Subject:
    """Return the subject with everything emptied that this kind does not print: its addressee need not know it."""
    kept: dict[str, object] = {"kind": subject["kind"], "name": subject["name"]}
    for key in ("nik", "kk", "birth", "sex", "address", "jkn", "desil"):
        kept[key] = subject[key] if key in kind.identity else None
    kept["desil_checked"] = subject["desil_checked"] if "desil" in kind.identity else None
    return cast(Subject, kept)


def _headings(kind: LetterKind, facts: Facts) -> Iterator[Problem]:
    if (facts["letter"], facts["code"]) != (kind.name, kind.code):
        yield "letter", _("bukan surat {kind}", kind=kind.name)
    if facts["schema"] != frozen.SCHEMA:
        yield "schema", _("versi {version} tidak dikenal", version=facts["schema"])
    addressee, check, reply = facts["addressee"], facts["check"], facts["reply"]
    if kind.addressee != "none" and not (addressee and addressee["lines"]):
        yield "addressee", _("surat ini memerlukan tujuan")
    if not facts["draft"] and not facts["number"]:
        yield "number", _("surat tanpa nomor hanya boleh berupa konsep")
    if not facts["draft"] and not check:
        yield "check", _("surat memerlukan kode periksa")
    if check and len(check["url"].encode()) > QR_CAPACITY:
        yield "check.url", _("alamat periksa lebih dari {n} huruf, tidak muat dalam kode QR", n=QR_CAPACITY)
    if reply and reply["url"] and len(reply["url"].encode()) > QR_CAPACITY:
        yield "reply.url", _("alamat jawaban lebih dari {n} huruf, tidak muat dalam kode QR", n=QR_CAPACITY)
    if (kind.reply is None) != (reply is None):
        yield "reply", _("surat ini tidak meminta jawaban") if reply else _("surat ini meminta jawaban")
    logo = facts["office"]["logo"]
    if logo is not None and not (len(logo) <= LOGO_LIMIT and LOGO.fullmatch(logo)):
        yield "office.logo", _("harus gambar PNG, JPEG, atau SVG sebagai data, paling besar 300 kB")


def _field_values(kind: LetterKind, facts: Facts) -> Iterator[Problem]:
    """A draft may lack what a letter needs: dots stand there."""
    blank = {f"fields.{key}" for key, value in facts["fields"].items() if facts["draft"] and value == frozen.BLANK}
    return (problem for problem in _values(kind, facts["fields"]) if problem[0] not in blank)


def _values(kind: LetterKind, values: dict[str, object]) -> Iterator[Problem]:
    known = {field.key: field for field in kind.fields}
    for key in values.keys() - known.keys():
        yield f"fields.{key}", _("surat ini tidak memuat isian itu")
    for key, field in known.items():
        value = values.get(key)
        if value in (None, "", []):
            if field.required:
                yield f"fields.{key}", _("{label} belum diisi", label=field.label.id)
        elif sentence := _misfit(field, value):
            yield f"fields.{key}", sentence


def _misfit(field: Field, value: object) -> Sentence | None:
    if field.type in {"text", "longtext"}:
        if not isinstance(value, str) or not value.strip():
            return _("harus berupa teks")
        return _("paling banyak {n} huruf", n=field.max) if len(value) > field.max else None
    if field.type in {"integer", "money"}:
        return None if type(value) is int and value >= 0 else _("harus bilangan bulat")
    if field.type == "boolean":
        return None if isinstance(value, bool) else _("harus ya atau tidak")
    if field.type == "date":
        return None if isinstance(value, str) and _is_date(value) else _("harus tanggal, misalnya 2026-11-16")
    if field.type == "choice":
        known = [choice.key for choice in field.choices]
        return None if value in known else _("harus salah satu dari: {known}", known=", ".join(known))
    return None if is_listed(field, value) else _unlisted(field, value)


def _unlisted(field: Field, value: object) -> Sentence:
    if isinstance(value, list) and len(value) > field.max:
        return _("paling banyak {n} butir", n=field.max)
    cells = "; ".join(column.label.id for column in field.columns)
    if not field.columns:
        return _("harus daftar teks")
    return _("setiap baris memuat {n} sel, yang pertama terisi: {cells}", n=len(field.columns), cells=cells)


def is_listed(field: Field, value: object) -> bool:
    """Tell whether a value fits a field of type list or table."""
    return isinstance(value, list) and len(value) <= field.max and all(_is_entry(field, item) for item in value)


def _is_entry(field: Field, item: object) -> bool:
    """A text that says something; in a table as many short texts as there are columns, the first one not empty."""
    if field.type != "table":
        return isinstance(item, str) and bool(item.strip())
    cells = item if isinstance(item, list) and len(item) == len(field.columns) else [""]
    return all(isinstance(cell, str) and len(cell) <= LONGEST_CELL for cell in cells) and bool(cells[0].strip())


def _subject(kind: LetterKind, facts: Facts) -> Iterator[Problem]:
    about = facts["subject"]
    if about is None:
        if kind.identity:
            yield "subject", _("surat ini menyebut seseorang")
        return
    if not about["name"].strip():
        yield "subject.name", _("nama belum diisi")
    allowed = cast(dict[str, object], narrowed(kind, about))
    for key, value in cast(dict[str, object], about).items():
        if value != allowed[key]:
            yield f"subject.{key}", _("tidak perlu diketahui penerima surat ini")
    if about["desil"] is not None and about["desil"] not in DESILS:
        yield "subject.desil", _("desil harus 1 sampai 10")
    if about["desil"] is not None and not about["desil_checked"]:
        yield "subject.desil_checked", _("desil disebut bersama tanggal pemeriksaannya")


def _hands(kind: LetterKind, facts: Facts) -> Iterator[Problem]:
    needed = {"official": 0, "two_parties": 2, "team": 1, "citizen": 1, "author": 1}[kind.signature]
    if kind.signature == "official" and facts["signatory"] is None:
        yield "signatory", _("surat ini memerlukan pejabat penanda tangan")
    if len(facts["parties"]) < needed:
        yield "parties", _("surat ini memerlukan {n} pihak", n=needed)


def _dates(_kind: LetterKind, facts: Facts) -> Iterator[Problem]:
    about, consent, replaces = facts["subject"], facts["consent"], facts["replaces"]
    birth = about["birth"] if about else None
    dates = {
        "date": facts["date"],
        "consent.date": consent["date"] if consent else None,
        "replaces.date": replaces["date"] if replaces else None,
        "subject.birth.date": birth["date"] if birth else None,
        "subject.desil_checked": about["desil_checked"] if about else None,
    }
    for key, value in dates.items():
        if value is not None and not _is_date(value):
            yield key, _("harus tanggal, misalnya 2026-11-16")
    try:
        aware = datetime.fromisoformat(facts["made_at"]).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        yield "made_at", _("harus waktu dengan zona, misalnya 2026-11-16T10:42:00+08:00")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
