"""Opening an installation: from its settings to a database with keys, categories and letters, checked to be ready."""

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from caseflow import crypto
from caseflow.actions.letters import letters_root
from caseflow.crypto import Keyring
from caseflow.definitions import catalogue
from caseflow.errors import BadKeyFile, _
from caseflow.letters import catalogue as letter_catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.child import Renderer
from caseflow.paths import categories_root
from caseflow.settings import Settings
from caseflow.states.category import Category
from caseflow.store import health, migrate, wake
from caseflow.store.session import Database

_log = logging.getLogger(__name__)


def open_database(given: Settings, *, lasting: bool = False) -> Database:
    """Return the database the settings name, checked to be ready.

    `lasting` is a process that stays and may commit many times in a moment; a command wakes the relays itself, before
    it ends. Raises `ServiceUnavailable` where the database is away, `DatabaseNotCurrent`, `BadKeyFile`,
    `BrokenDefinition`, `BrokenLetters`: each says what to do.
    """
    migrate.require_current(given.database_url)
    return with_key(given, categories(given), lasting=lasting)


def with_key(given: Settings, known: Mapping[str, Category], *, lasting: bool = False) -> Database:
    """Open a database under its key; a key is made only while nothing is sealed yet.

    A new key beside old data would look like a working installation that can read nothing.
    """
    require_key(given)
    database = Database(given.database_url, crypto.load_or_create(given.secret_key_file), given, known)
    if not given.is_sqlite:
        url = given.database_direct_url
        database.wake = partial(_wake_relays, url)
        if lasting:
            database.wake = waker = wake.notifier(url)
            database.closing = waker.stop
    return database


def upgrade(given: Settings) -> None:
    """Bring the database to the schema of this version; `BadKeyFile` where words go under keys that are not there."""
    health.upgrade(given.database_direct_url, partial(_keys_there, given))


def _keys_there(given: Settings) -> Keyring:
    if not given.secret_key_file.exists():
        raise _key_is_gone(given)
    return crypto.load_or_create(given.secret_key_file)


def require_key(given: Settings) -> None:
    """Raise `BadKeyFile` where the key file is gone but somebody's data lies under it."""
    if not given.secret_key_file.exists() and _sealed(given):
        raise _key_is_gone(given)


def _key_is_gone(given: Settings) -> BadKeyFile:
    return BadKeyFile(path=given.secret_key_file, reason=_("berkasnya tidak ada, padahal basis data sudah berisi."))


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


# --- categories and letters ------------------------------------------------------------------------------------------


def categories(given: Settings) -> dict[str, Category]:
    """Return the categories by code, the letters they name checked. Raises `BrokenDefinition`, `BrokenLetters`."""
    return catalogue.load(categories_root(), given.categories_dir, letters=set(letters(given)))


def letters(given: Settings) -> dict[str, LetterKind]:
    """Return the kinds of letter by name. Raises `BrokenLetters`."""
    return letter_catalogue.load(*letter_folders(given))


def letter_folders(given: Settings) -> tuple[Path, Path | None]:
    """Return where letters are looked for: the shipped folder, and the office's own."""
    return letters_root(), given.templates_dir


def renderer(given: Settings) -> Renderer:
    """Return what makes the letters of this installation, in child processes within its limits."""
    seconds, memory = given.letter_wall_seconds, given.letter_memory_mb << 20
    return Renderer(*letter_folders(given), seconds=seconds, memory=memory)
