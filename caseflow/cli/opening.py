"""Opening an installation for one command, and acting in it as somebody, through the edge as every door."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from caseflow import crypto, edge, settings
from caseflow.access import Grant, Viewer
from caseflow.actions import letters
from caseflow.actions.admin import ROOT
from caseflow.definitions import catalogue
from caseflow.edge import BusinessClock, Edge
from caseflow.errors import BadKeyFile, InvalidInput, _
from caseflow.letters import catalogue as letter_catalogue
from caseflow.paths import categories_root
from caseflow.settings import Settings
from caseflow.states.category import Category
from caseflow.store import health, migrate, offices, users, wake
from caseflow.store.session import Database, Session

T = TypeVar("T")
Act = Callable[[Session, Viewer, datetime], T]
OPERATOR = "00000000-0000-7000-8000-000000000002"
"""The actor of readings without a name: whoever may read the key file, not the system and not an account."""
_log = logging.getLogger(__name__)


@contextmanager
def opened(given: Settings | None = None) -> Iterator[Edge]:
    """Yield the installation the settings name, closed again afterwards.

    Raises `ServiceUnavailable` where the database is away, `DatabaseNotCurrent`, `BadKeyFile`, `BadSettings`,
    `BrokenDefinition`, `BrokenLetters`.
    """
    database = open_database(given or settings.load())
    try:
        yield Edge(database, BusinessClock())
    finally:
        database.close()


def open_database(given: Settings) -> Database:
    """Return the database of an installation, checked to be ready."""
    migrate.require_current(given.database_url)
    kinds = letter_catalogue.load(*letter_folders(given))
    categories = catalogue.load(categories_root(), given.categories_dir, letters=set(kinds))
    return with_key(given, categories)


def letter_folders(given: Settings) -> tuple[Path, Path | None]:
    """Return where letters are looked for: the shipped folder, and the office's own."""
    own = given.templates_dir / "letters" if given.templates_dir else None
    return letters.letters_root(), own if own and own.is_dir() else given.templates_dir


def with_key(given: Settings, categories: Mapping[str, Category]) -> Database:
    """Open a database under its key; a key is made only while nothing is sealed yet.

    A new key beside old data would look like a working installation that can read nothing.
    """
    require_key(given)
    database = Database(given.database_url, crypto.load_or_create(given.secret_key_file), given, categories)
    if not given.is_sqlite:
        database.wake = lambda: _wake_relays(given.database_direct_url)
    return database


def require_key(given: Settings) -> None:
    """Raise `BadKeyFile` where the key file is gone but somebody's data lies under it."""
    if not given.secret_key_file.exists() and _sealed(given):
        raise BadKeyFile(path=given.secret_key_file, reason=_("berkasnya tidak ada, padahal basis data sudah berisi."))


def _sealed(given: Settings) -> bool:
    nobody = crypto.keyring_of(bytes(crypto.KEY_BYTES))  # opens nothing: only rows are counted
    database = Database(given.database_url, nobody, given, {})
    try:
        with database.read() as session:
            return health.holds_sealed_data(session)
    finally:
        database.close()


def _wake_relays(url: str) -> None:
    try:
        wake.notify(url)
    except Exception:  # noqa: BLE001 - the commit is done; relays look by themselves every few seconds
        _log.warning("the relays could not be woken; they look by themselves")


# --- as whom ---------------------------------------------------------------------------------------------------------


def person(session: Session, at: Edge, username: str) -> Viewer:
    """Return a user with today's grants; `InvalidInput` for a name that is unknown or switched off."""
    account = users.by_username(session, username)
    if account is None or not account.active:
        raise InvalidInput({"by": _('Pengguna "{name}" tidak dikenal atau tidak aktif.', name=username)})
    return users.viewer(session, account, at.today(session).date())


def operator(session: Session) -> Viewer:
    """Return who reads without naming a user: the holder of the key file, with the eyes of every office's auditor."""
    grants = tuple(Grant("auditor", office.area_code) for office in offices.every(session))
    return Viewer(OPERATOR, ROOT.name, grants, ROOT.language)


def viewer(at: Edge, username: str | None) -> Viewer:
    """Return the user of that name, or the operator."""
    with at.database.read() as session:
        return person(session, at, username) if username else operator(session)


def zone_of(session: Session) -> tzinfo:
    """Return the zone times are shown in where no case says it: that of the first office."""
    return next((ZoneInfo(office.zone) for office in offices.every(session)), UTC)


def reading(username: str | None, act: Act[T], *, case: str | None = None) -> T:
    """Open the installation and read as a user, or as the operator."""
    with opened() as at:
        return edge.read(at, viewer(at, username), act, case=case)


def writing(username: str | None, act: Act[T], *, case: str | None = None) -> T:
    """Open the installation and write as a user, in one transaction; a refusal leaves its access entry.

    Without a name it is the operator, who may only read: for readings that are themselves noted.
    """
    with opened() as at:
        return change(at, viewer(at, username), act, case=case)


def administering(username: str | None, act: Act[T]) -> T:
    """Open the installation and write as an administrator, or as whoever holds the key file."""
    with opened() as at:
        return change(at, viewer(at, username) if username else ROOT, act)


def change(at: Edge, by: Viewer, act: Act[T], *, case: str | None = None) -> T:
    """Write in an opened installation."""
    done = edge.write(at, by, lambda s, v, moment: (200, act(s, v, moment)), key=None, request=b"", case=case)
    body: T = done.body
    return body
