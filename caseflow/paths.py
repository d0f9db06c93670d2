"""Where the files that ship with the product lie, in a checkout and in a wheel."""

from pathlib import Path


def package_root() -> Path:
    return Path(__file__).resolve().parent


def templates_root() -> Path:
    """`caseflow/templates` in a wheel, `templates` beside the package in a checkout."""
    shipped = package_root() / "templates"
    return shipped if shipped.is_dir() else package_root().parent / "templates"


def categories_root() -> Path:
    return package_root() / "states" / "categories"


def locale_root() -> Path:
    return package_root() / "locale"


def static_root() -> Path:
    return package_root() / "web" / "static"
