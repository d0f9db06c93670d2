"""What somebody with the database in hand can do."""

from sqlalchemy import text

from caseflow.store import triggers
from caseflow.store.session import Session


def unlock(session: Session, *names: str) -> None:
    """Take triggers of the log away: those named, or all that protect it."""
    for name in names or sorted(triggers.expected()):
        on = f" ON {name.rsplit('_no_', 1)[0]}" if session.is_postgresql else ""
        session.conn.execute(text(f"DROP TRIGGER {name}{on}"))
