"""Instrument files: read strictly, all problems at once, those shipped and an office's own; versions by digest."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path

from caseflow.definitions import assembly, kept, reader
from caseflow.definitions.assembly import EXTENDS, Assembled, Written
from caseflow.definitions.reader import Told
from caseflow.definitions.sheet import Sheet
from caseflow.definitions.stored import decoded
from caseflow.errors import _
from caseflow.paths import instruments_root
from caseflow.states.instrument import Instrument, Item, Line, Outcome, Point
from caseflow.states.instrument_linter import lint
from caseflow.states.linter import Finding, suggest

OWN = "_instruments"
"""The folder of an office's own instruments, inside the folder of its categories."""


def load(categories: Path | None = None) -> dict[str, Instrument]:
    """Return every instrument by code; `categories` is the office's own folder, whose files count first.

    A file there may extend a shipped one (`extends = "BPS14"`): what it says lies over it, key by key. Raises
    BrokenDefinition with the findings of all files at once. Files are read again only when one of them has changed.
    """
    own = categories / OWN if categories is not None else None
    folders = (instruments_root(), own) if own is not None and own.is_dir() else (instruments_root(),)
    files = [path for folder in folders for path in sorted(folder.glob("*.toml"))]
    stamps = tuple((path, status.st_mtime_ns, status.st_size) for path in files for status in [path.stat()])
    theirs = [own] if own is not None and any(path.parent == own for path in files) else []
    return kept.keep("instruments", categories, dict(_load(stamps)), theirs)


def current(categories: Path | None = None) -> dict[str, Instrument]:
    """Return the instruments, or those of before while a file of the office is wrong."""
    return dict(kept.or_last("instruments", categories, load))


@lru_cache(maxsize=8)
def _load(stamps: tuple[tuple[Path, int, int], ...]) -> dict[str, Instrument]:
    told: list[Told] = []
    opened = _opened([path for path, _changed, _size in stamps], told)
    shipped = [written for path, written in opened if path.parent == instruments_root()]
    found = _read(shipped, {}, told)
    found |= _read([w for path, w in opened if path.parent != instruments_root()], _by_code(shipped), told)
    if told:
        raise reader.broken(told)
    return found


def check(path: Path) -> dict[str, Instrument]:
    """Return the instruments of one file or folder, read as an office's own beside the shipped ones.

    Of the folder of an office's categories those in its `_instruments` are read.
    """
    path = path / OWN if (path / OWN).is_dir() else path
    told: list[Told] = []
    shipped = [written for _path, written in _opened(sorted(instruments_root().glob("*.toml")), [])]
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    found = _read([written for _path, written in _opened(files, told)], _by_code(shipped), told)
    if told:
        raise reader.broken(told)
    return found


def _by_code(files: Iterable[Written]) -> dict[str, Written]:
    return {str(written.table.get("code")): written for written in files}


def _opened(paths: Iterable[Path], told: list[Told]) -> list[tuple[Path, Written]]:
    opened = [(path, assembly.open_file(path)) for path in paths]
    told += [Told(str(path), refused) for path, refused in opened if isinstance(refused, Finding)]
    return [(path, written) for path, written in opened if isinstance(written, Written)]


def _read(files: Iterable[Written], shipped: Mapping[str, Written], told: list[Told]) -> dict[str, Instrument]:
    found: dict[str, Instrument] = {}
    first: dict[str, str] = {}
    for written in files:
        extends = written.table.get(EXTENDS)
        under = shipped.get(extends) if isinstance(extends, str) else None
        if extends is not None and under is None:
            reason = _('instrumen "{code}" tidak ada di antara yang dikirim bersama caseflow', code=str(extends))
            told.append(Told(written.file, Finding(EXTENDS, reason, suggest(str(extends), shipped))))
            continue
        instrument, problems = problems_of(assembly.assemble(written, parts={}, under=under))
        told += problems
        if instrument.code in first:
            reason = _('kode "{code}" sudah dipakai {file}', code=instrument.code, file=first[instrument.code])
            told.append(Told(written.file, Finding("code", reason, _("Beri kode lain."))))
        else:
            first[instrument.code] = Path(written.file).name
            found[instrument.code] = instrument
    return found


def problems_of(assembled: Assembled) -> tuple[Instrument, tuple[Told, ...]]:
    """Return what can be read and everything wrong with it."""
    found = list(assembled.findings)
    instrument = _instrument(Sheet(assembled.table, found))
    told = tuple(f.key for f in found)
    meant = [f for f in lint(instrument) if not any(reader.about_the_same(f.key, t) for t in told)]
    placed = [assembled.at_its_source(f) for f in (*found, *meant)]
    return instrument, tuple(Told(file, finding) for file, finding in placed)


def _instrument(sheet: Sheet) -> Instrument:
    instrument = Instrument(
        code=sheet.text("code", required=True),
        name=sheet.both("name"),
        about=sheet.both("about"),
        method=sheet.text("method", required=True),
        basis=sheet.texts("basis", required=True),
        default=sheet.flag("default"),
        at_least=sheet.number("at_least"),
        scale=tuple(_points(sheet)),
        items=tuple(_item(key, inner) for key, inner in sheet.each("items")),
        outcomes=tuple(_outcome(key, inner) for key, inner in sheet.each("outcomes", required=True)),
        age=reader.age_of(sheet),
        lines=tuple(_line(year, inner) for year, inner in sheet.each("lines")),
    )
    sheet.finish()
    return replace(instrument, digest=digest_of(instrument))


def _points(sheet: Sheet) -> Iterable[Point]:
    for choice in sheet.choices("scale"):
        if not choice.key.removeprefix("-").isdecimal():
            reason = _('"{word}" bukan bilangan', word=choice.key)
            sheet.problem(f"scale.{choice.key}", reason, _('Misalnya 2 = { id = "...", en = "..." }.'))
        else:
            yield Point(int(choice.key), choice.label)


def _item(key: str, sheet: Sheet) -> Item:
    item = Item(
        key=key,
        label=sheet.both("label"),
        gate=sheet.flag("gate"),
        level=sheet.text("level"),
        optional=sheet.flag("optional"),
        help=sheet.help(),
    )
    sheet.finish()
    return item


def _outcome(key: str, sheet: Sheet) -> Outcome:
    outcome = Outcome(
        key=key,
        label=sheet.both("label"),
        requires=tuple(choice.label for choice in sheet.choices("requires")),
        least=sheet.number("from"),
        most=sheet.number("to"),
    )
    sheet.finish()
    return outcome


def _line(year: str, sheet: Sheet) -> Line:
    if not year.isdecimal():
        sheet.problem("", _('"{year}" bukan tahun', year=year), _("Misalnya [lines.{year}].", year=2026))
    line = Line(
        year=int(year) if year.isdecimal() else 0,
        amount=sheet.number("amount", required=True),
        basis=sheet.text("basis", required=True),
    )
    sheet.finish()
    return line


# --- as it is kept ---------------------------------------------------------------------------------------------------


def to_json(instrument: Instrument) -> str:
    """Return the instrument as JSON; without the digest, which follows from it.

    What came later is left out where it says nothing, so that older versions keep their digest.
    """
    said = asdict(instrument)
    del said["digest"]
    if instrument.age == (None, None):
        del said["age"]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def from_json(body: str) -> Instrument:
    """Return the instrument of `to_json`, its digest computed again."""
    instrument: Instrument = decoded(json.loads(body), Instrument)
    return replace(instrument, digest=digest_of(instrument))


def digest_of(instrument: Instrument) -> str:
    """Return the SHA-256 over the whole instrument: other words would have been another question."""
    return hashlib.sha256(to_json(instrument).encode()).hexdigest()
