"""Opening an installation for one command, and acting in it as somebody, through the edge as every door."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

from caseflow import edge, settings
from caseflow.access import Grant, Viewer
from caseflow.actions import glass, installation
from caseflow.actions.admin import ROOT
from caseflow.edge import BusinessClock, Edge
from caseflow.errors import InvalidInput, _
from caseflow.settings import Settings
from caseflow.store import offices, users
from caseflow.store.session import Session

T = TypeVar("T")
Act = Callable[[Session, Viewer, datetime], T]
OPERATOR = "00000000-0000-7000-8000-000000000002"
"""The actor of readings without a name: whoever may read the key file, not the system and not an account."""


@contextmanager
def opened(given: Settings | None = None) -> Iterator[Edge]:
    """Yield the installation the settings name, closed again afterwards; raises as `installation.open_database`."""
    database = installation.open_database(given or settings.load())
    try:
        yield Edge(database, BusinessClock())
    finally:
        database.close()


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
    return offices.first_zone(session) or UTC


def reading(username: str | None, act: Act[T], *, case: str | None = None) -> T:
    """Open the installation and read as a user, or as the operator; as who opened a closed file in need, that case."""

    def looking(session: Session, by: Viewer, moment: datetime) -> T:
        return act(session, glass.eyes(session, by, case, at=moment), moment)

    with opened() as at:
        return edge.read(at, viewer(at, username), looking, case=case)


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
