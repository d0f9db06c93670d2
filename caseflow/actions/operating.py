"""What an administrator of the installation looks at: channels, keys, checkpoints. No key, no message, no case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow.access import Viewer
from caseflow.actions import checkpoints
from caseflow.actions.admin import require_installation
from caseflow.actions.checkpoints import Copy, Made
from caseflow.actions.keys import Held
from caseflow.channels import record, registry
from caseflow.errors import NotFound
from caseflow.store import checkpoints as rows
from caseflow.store import operating, rewrapping
from caseflow.store.session import Session

RECENT = timedelta(days=7)
"""For so long a message that was given up is counted."""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel by which messages leave, and how that goes."""

    name: str
    configured: bool
    last: datetime | None
    waiting: int
    failed: int
    """Given up in the last seven days."""
    failure: str


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key of the key file: by its fingerprint, never the key."""

    held: Held
    since: datetime | None
    """When it became the newest; the first one came with the installation."""


def channels(session: Session, *, by: Viewer, at: datetime) -> list[ChannelState]:
    """Return every channel there is, set up or not; where none is, the file that messages are written to."""
    require_installation(session, by)
    active, found = registry.active(session.settings), operating.by_channel(session, since=at - RECENT)
    names = [*registry.CHANNELS, *([record.NAME] if record.NAME in {*active, *found} else [])]
    nothing = operating.Sent(last=None, waiting=0, failed=0, failure="")
    return [_state(name, name in active, found.get(name, nothing)) for name in names]


def _state(name: str, configured: bool, sent: operating.Sent) -> ChannelState:  # noqa: FBT001 - read off two lines above
    return ChannelState(name, configured, sent.last, sent.waiting, sent.failed, sent.failure)


def keys(session: Session, *, by: Viewer) -> list[KeyState]:
    """Return the keys, the newest first: how much lies under each, and since when each was the newest."""
    require_installation(session, by)
    counted, names = rewrapping.by_key(session), session.keys.present.names
    held = [Held(name, name == names[0], counted.pop(name, 0)) for name in names]
    held += [Held(name, newest=False, subjects=n) for name, n in counted.items()]
    return [KeyState(each, _since(session, each.name)) for each in held]


def _since(session: Session, name: str) -> datetime | None:
    cause = f"rotation:{name}"
    moment: datetime | None = rows.by_cause(session, cause).made_at if rows.has_cause(session, cause) else None
    return moment


def began(session: Session) -> datetime | None:
    """Return when the installation was first used: the age of a key that never changed."""
    return operating.began(session)


def heads(session: Session, *, by: Viewer, limit: int) -> list[tuple[Made, tuple[Copy, ...]]]:
    """Return the checkpoints made last, with where they left the machine."""
    require_installation(session, by)
    return checkpoints.listing(session, limit=limit)


def head(session: Session, checkpoint: str, *, by: Viewer) -> Made:
    """Return a checkpoint to keep outside; `NotFound` where there is none."""
    require_installation(session, by)
    row = rows.by_id(session, checkpoint)
    if row is None:
        raise NotFound
    return checkpoints.of(row)
