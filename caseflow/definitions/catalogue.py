"""The categories an installation works with: those shipped, and the office's own, which count first."""

from collections.abc import Collection
from pathlib import Path

from caseflow.definitions import reader
from caseflow.errors import _
from caseflow.states.category import Category
from caseflow.states.linter import Finding


def load(shipped: Path, extra: Path | None = None, *, letters: Collection[str] | None = None) -> dict[str, Category]:
    """Return every category by code.

    A file of `extra` with the code of a shipped one takes its place as a whole; two files of one folder may not share
    a code. Raises BrokenDefinition with the findings of all files at once. `letters` are the names of the letters that
    exist; None leaves them unchecked.
    """
    found: dict[str, Category] = {}
    findings: dict[str, tuple[Finding, ...]] = {}
    for folder in (shipped, extra):
        if folder is None:
            continue
        if not folder.is_dir():
            findings[str(folder)] = (Finding("-", _("foldernya tidak ada")),)
        of_folder: dict[str, Path] = {}
        for path in sorted(folder.glob("*.toml")):
            category, problems = _read(path, letters)
            if category is not None and (first := of_folder.get(category.code)):
                reason = _('kode "{code}" sudah dipakai {file}', code=category.code, file=first.name)
                problems = (*problems, Finding("code", reason, _("Beri kode lain.")))
            if problems:
                findings[str(path)] = problems
            if category is not None:
                of_folder.setdefault(category.code, path)
                found[category.code] = category
    if findings:
        raise reader.broken(findings)
    return found


def _read(path: Path, letters: Collection[str] | None) -> tuple[Category | None, tuple[Finding, ...]]:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as refused:
        return None, (Finding("-", _("bukan teks UTF-8: {problem}", problem=refused.reason)),)
    except OSError as refused:
        return None, (Finding("-", _("tidak dapat dibaca: {problem}", problem=refused.strerror or "-")),)
    return reader.problems(text, letters=letters)
