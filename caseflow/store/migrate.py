"""Brings a database to the schema of this version, with the migrations shipped in the package."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError, OperationalError

from caseflow.crypto import Keyring
from caseflow.errors import DatabaseNotCurrent, _
from caseflow.store.session import require_whole, unavailable

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str, keys: Callable[[], Keyring] | None = None, *, to: str = "head") -> None:
    """Apply every migration that is missing, all or none, or those up to one; a new SQLite file's folder is created.

    `keys` is asked for the installation's keys only where a migration moves words that somebody has typed already.
    Raises `DatabaseNotCurrent` for a schema of a later version.
    """
    if url.startswith("sqlite:///"):
        file = Path(url.removeprefix("sqlite:///"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)  # what lies beside it takes its mode: only the office's own account reads the data
    refuse_newer(url)
    config = _config(url)
    config.attributes["keys"] = keys
    command.upgrade(config, to)


def current(url: str) -> str | None:
    """Return the revision a database is at; None before the first migration."""
    engine = create_engine(url)
    with engine.connect() as conn:
        revision = MigrationContext.configure(conn).get_current_revision()
    engine.dispose()
    return revision


def require_current(url: str) -> None:
    """Raise `DatabaseNotCurrent`, `DamagedDatabase` or `ServiceUnavailable` unless the schema is of this version."""
    found = refuse_newer(url)
    if found != head():
        raise DatabaseNotCurrent(found=found or _("kosong"), wanted=head(), advice=_("Jalankan: caseflow db upgrade"))


def refuse_newer(url: str) -> str | None:
    """Return the revision a database is at; `DatabaseNotCurrent` for one of a later version, which is left alone."""
    found = _there(url)
    if found is not None and not is_known(found):
        advice = _("Basis data ini dari versi caseflow yang lebih baru: pasang versi itu di mesin ini.")
        raise DatabaseNotCurrent(found=found, wanted=head(), advice=advice)
    return found


def _there(url: str) -> str | None:
    # Connecting to an SQLite file that is not there would create it.
    there = not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).is_file()
    try:
        return current(url) if there else None
    except OperationalError as error:
        raise unavailable(url) from error
    except DatabaseError as error:
        require_whole(error, url)
        raise


@cache
def head() -> str | None:
    """Return the revision this version needs."""
    return ScriptDirectory.from_config(_config("")).get_current_head()


def is_known(revision: str) -> bool:
    """Tell whether this version has that revision; one of a newer version it does not have."""
    return any(each.revision == revision for each in ScriptDirectory.from_config(_config("")).walk_revisions())


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config
