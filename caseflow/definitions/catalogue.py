"""The categories an installation works with: those shipped, and the office's own, which count first."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from caseflow.definitions import assembly, instruments, psks, reader, registries
from caseflow.definitions.assembly import EXTENDS, Written
from caseflow.definitions.reader import Told
from caseflow.errors import BrokenDefinition, _
from caseflow.paths import categories_root
from caseflow.states.category import Category
from caseflow.states.linter import Finding, suggest


def load(shipped: Path, extra: Path | None = None, *, letters: Collection[str] | None = None) -> dict[str, Category]:
    """Return every category by code.

    A file of `extra` may extend a shipped one (`extends = "AT"`): what it says lies over it, key by key. One with the
    code of a shipped category and without `extends` takes its place as a whole. Two files of one folder may not share
    a code. Parts in `extra` count before the shipped ones of the same name, for every category. The office's own kinds
    of helpers and registries are read with them. Raises BrokenDefinition with the findings of all files at once.
    `letters` are the names of the letters that exist; None leaves them unchecked. A process reads the files again only
    when one of them has changed.
    """
    folders = (shipped,) if extra is None else (extra, shipped)
    files = (path for folder in folders for path in sorted(folder.rglob("*.toml")))
    stamps = tuple((path, status.st_mtime_ns, status.st_size) for path in files for status in [path.stat()])
    return dict(_load(shipped, extra, None if letters is None else frozenset(letters), stamps))


@lru_cache(maxsize=8)
def _load(
    shipped: Path, extra: Path | None, letters: Collection[str] | None, _stamps: tuple[tuple[Path, int, int], ...]
) -> dict[str, Category]:
    folders = (shipped,) if extra is None else (extra, shipped)
    parts, unread = assembly.library(*folders)
    told = [Told(file, finding) for file, finding in unread.items()]
    told += [Told(str(folder), Finding("-", _("foldernya tidak ada"))) for folder in folders if not folder.is_dir()]
    of_shipped = _opened(sorted(shipped.glob("*.toml")), told)
    of_office = _opened(sorted(extra.glob("*.toml")), told) if extra else []
    known = {str(written.table.get("code")): written for written in of_shipped}
    usual = instruments.load(extra)
    told += _lists(extra)
    if unread:  # whatever includes them would only say the same again
        raise reader.broken(told)
    found = _read(of_shipped, parts, {}, letters, usual, told) | _read(of_office, parts, known, letters, usual, told)
    if told:
        raise reader.broken(told)
    return found


def check(path: Path, *, letters: Collection[str] | None = None) -> dict[str, Category]:
    """Return the categories of one file or folder, read as an office's own beside the shipped ones."""
    parts, unread = assembly.library(path if path.is_dir() else path.parent, categories_root())
    told = [Told(file, finding) for file, finding in unread.items()]
    shipped = _opened(sorted(categories_root().glob("*.toml")), [])
    known = {str(written.table.get("code")): written for written in shipped}
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    usual = instruments.load(path if path.is_dir() else path.parent)
    told += _lists(path) if path.is_dir() else []
    found = _read(_opened(files, told), parts, known, letters, usual, told)
    if told:
        raise reader.broken(told)
    return found


def replaced(path: Path) -> tuple[str, ...]:
    """Return the codes of shipped categories that this file, or files of this folder, take the place of as a whole."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    shipped = {written.table.get("code") for written in _opened(categories_root().glob("*.toml"), [])}
    own = [written.table for written in _opened(files, []) if EXTENDS not in written.table]
    return tuple(str(table["code"]) for table in own if table.get("code") in shipped)


def _lists(folder: Path | None) -> list[Told]:
    """Return what is wrong with an office's own kinds of helpers and registries: pages read them later."""
    told: list[Told] = []
    for load in (psks.load, registries.load):
        try:
            load(folder)
        except BrokenDefinition as broken:
            of_file = broken.data["list"]
            told += [Told(one["file"], Finding(one["key"], one["reason"], one["suggestion"])) for one in of_file]
    return told


def _opened(paths: Iterable[Path], told: list[Told]) -> list[Written]:
    opened = [(path, assembly.open_file(path)) for path in paths]
    told += [Told(str(path), refused) for path, refused in opened if isinstance(refused, Finding)]
    return [written for _path, written in opened if isinstance(written, Written)]


def _read(
    files: Iterable[Written],
    parts: Mapping[str, Written],
    shipped: Mapping[str, Written],
    letters: Collection[str] | None,
    usual: Collection[str],
    told: list[Told],
) -> dict[str, Category]:
    """Read the files of one folder; `shipped` are the ones they may extend, `usual` the instruments they may name."""
    found: dict[str, Category] = {}
    first: dict[str, str] = {}
    for written in files:
        extends = written.table.get(EXTENDS)
        under = shipped.get(extends) if isinstance(extends, str) else None
        if extends is not None and under is None:
            reason = _('kategori "{code}" tidak ada di antara yang dikirim bersama caseflow', code=str(extends))
            told.append(Told(written.file, Finding(EXTENDS, reason, suggest(str(extends), shipped))))
            continue
        category, problems = reader.problems(assembly.assemble(written, parts=parts, under=under), letters=letters)
        told += problems
        for code in [code for code in category.instruments if code not in usual]:
            reason = _('instrumen "{word}" tidak dikenal', word=code)
            told.append(Told(written.file, Finding("instruments", reason, suggest(code, usual))))
        if category.code in first:
            reason = _('kode "{code}" sudah dipakai {file}', code=category.code, file=first[category.code])
            told.append(Told(written.file, Finding("code", reason, _("Beri kode lain."))))
        else:
            first[category.code] = Path(written.file).name
            found[category.code] = category
    return found
