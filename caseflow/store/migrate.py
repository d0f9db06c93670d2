"""Brings a database to the schema of this version, with the migrations shipped in the package."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, column, create_engine, inspect, select, table
from sqlalchemy.exc import DatabaseError, OperationalError

from caseflow.crypto import Keyring
from caseflow.errors import DatabaseNotCurrent, _
from caseflow.store.session import require_whole, unavailable

MIGRATIONS = Path(__file__).parent / "migrations"
REVISION = "alembic_version"
_NAMES = re.compile(r'^(?:down_)?revision = (?:None|"(\w+)")$', re.MULTILINE)


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
    from alembic import command, config  # noqa: PLC0415 - every process asks what is there, and none but this changes it

    given = config.Config()
    given.set_main_option("script_location", str(MIGRATIONS))
    given.attributes.update(url=url, keys=keys)
    command.upgrade(given, to)


def current(url: str) -> str | None:
    """Return the revision a database is at; None before the first migration."""
    engine = create_engine(url)
    with engine.connect() as conn:
        revision = revision_of(conn)
    engine.dispose()
    return revision


def revision_of(conn: Connection) -> str | None:
    """Return the revision of the schema; None where there is no schema."""
    if not inspect(conn).has_table(REVISION):
        return None
    found: str | None = conn.execute(select(column("version_num")).select_from(table(REVISION))).scalar()
    return found


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
def head() -> str:
    """Return the revision this version needs."""
    known = _revisions()
    (newest,) = known.keys() - known.values()
    return newest


def is_known(revision: str) -> bool:
    """Tell whether this version has that revision; one of a newer version it does not have."""
    return revision in _revisions()


@cache
def _revisions() -> Mapping[str, str]:
    """Return revision -> the one before it, as the files say: to run them all is an upgrade's affair."""
    found = (_NAMES.findall(file.read_text("utf-8")) for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return dict(found)
