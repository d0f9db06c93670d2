"""Where the files that ship with the product lie, in a checkout and in a wheel."""

import errno
from pathlib import Path

from caseflow.errors import Sentence, _

_WHY = {
    errno.ENOENT: _("tidak ada"),
    errno.EACCES: _("tidak ada hak akses"),
    errno.EPERM: _("tidak ada hak akses"),
    errno.EEXIST: _("sudah ada"),
    errno.EISDIR: _("itu sebuah folder"),
    errno.ENOTDIR: _("bukan folder"),
    errno.ENOSPC: _("disk penuh"),
    errno.EDQUOT: _("jatah disk habis"),
    errno.EROFS: _("hanya dapat dibaca"),
    errno.ENAMETOOLONG: _("namanya terlalu panjang"),
    errno.EIO: _("disknya rusak"),
}


def why(problem: OSError) -> Sentence:
    """Return as a part of a sentence why the system does not give or take a file."""
    number = problem.errno or 0
    return _WHY.get(number) or _("kesalahan sistem {code}", code=errno.errorcode.get(number, type(problem).__name__))


def package_root() -> Path:
    return Path(__file__).resolve().parent


def templates_root() -> Path:
    """`caseflow/templates` in a wheel, `templates` beside the package in a checkout."""
    shipped = package_root() / "templates"
    return shipped if shipped.is_dir() else package_root().parent / "templates"


def categories_root() -> Path:
    return package_root() / "states" / "categories"


def psks_file() -> Path:
    return package_root() / "states" / "psks.toml"


def registries_file() -> Path:
    return package_root() / "states" / "registries.toml"


def instruments_root() -> Path:
    return package_root() / "states" / "instruments"


def locale_root() -> Path:
    return package_root() / "locale"


def static_root() -> Path:
    return package_root() / "web" / "static"


def missing_page_files() -> list[str]:
    """Return what the set-up fetches for the pages, or a wheel brings along, and is not there."""
    return [name for name in ("bootstrap.min.css", "htmx.min.js") if not (static_root() / "vendor" / name).is_file()]
