"""What an operator's check asks of the database: brought to head, protected, and opened by this key."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from caseflow.crypto import Keyring
from caseflow.errors import CaseflowError
from caseflow.store import log, migrate, triggers, vault
from caseflow.store.session import Session, unavailable
from caseflow.store.tables import (
    area,
    instrument_fill,
    payload,
    psks_role,
    registry_check,
    role_grant,
    subject,
    user_account,
)

newest_entry = log.newest_entry


def upgrade(url: str, keys: Callable[[], Keyring]) -> None:
    """Bring a database to the schema of this version; `keys` is asked where words go under them."""
    try:
        migrate.upgrade(url, keys)
    except OperationalError as problem:
        raise unavailable(url) from problem


def is_new(url: str) -> bool:
    """Tell whether no migration was ever applied there; `ServiceUnavailable` where the database is away."""
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return True  # connecting would create the file
    try:
        return migrate.current(url) is None
    except OperationalError as problem:
        raise unavailable(url) from problem


def version(session: Session) -> str:
    """Return what the database calls itself."""
    asked = "SHOW server_version" if session.is_postgresql else "SELECT sqlite_version()"
    return f"{session.conn.dialect.name} {session.execute(text(asked)).scalar()}"


def keeps_statistics(session: Session) -> bool:
    """Tell whether the database counts its rows by itself: a plan made while a table was empty stays, and slow."""
    return not session.is_postgresql or session.execute(text("SHOW autovacuum")).scalar() == "on"


def missing_triggers(session: Session) -> tuple[str, ...]:
    """Return the triggers of the log that are absent, switched off or hollow."""
    session.flush()
    return triggers.wrong(session.conn)


def holds_sealed_data(session: Session) -> bool:
    """Tell whether somebody's data lies under a key already: then the key file must not be made anew."""
    return session.execute(select(subject.c.id).limit(1)).first() is not None


def key_opens_data(session: Session) -> bool:
    """Tell whether the key in use opens the newest sealed words; true where there are none."""
    newest = select(payload.c.entry_id, payload.c.subject_id, payload.c.sealed)
    newest = newest.join(subject, subject.c.id == payload.c.subject_id).where(subject.c.wrapped_key.is_not(None))
    row = session.execute(newest.order_by(payload.c.entry_id.desc()).limit(1)).first()
    if row is None:
        return True
    try:
        vault.unseal(session, row.subject_id, f"payload.sealed.{row.entry_id}", row.sealed)
    except CaseflowError:
        return False
    return True


def counts(session: Session) -> dict[str, int]:
    """Count what a real installation needs before the first case."""
    found = {}
    for name, column in (("areas", area.c.code), ("users", user_account.c.id)):
        found[name] = session.execute(select(func.count(column))).scalar_one()
    admins = select(func.count(role_grant.c.id)).where(role_grant.c.role == "admin")
    return {**found, "admins": session.execute(admins).scalar_one()}


def listed_codes(session: Session) -> list[set[str]]:
    """Return the kinds of helpers, the registries and the instruments that are on record."""
    columns = (psks_role.c.type, registry_check.c.system, instrument_fill.c.instrument)
    return [set(session.execute(select(column).distinct()).scalars()) for column in columns]
