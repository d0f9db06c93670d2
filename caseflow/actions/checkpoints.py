"""Heads of the log that leave the machine: sequencing, signing, copies to a folder or to the auditor's mail."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from caseflow import access, audit, checkpoint, crypto
from caseflow.access import Viewer
from caseflow.channels import email, folder, record, registry
from caseflow.channels.protocol import Message
from caseflow.checkpoint import Checkpoint, Signature
from caseflow.errors import Forbidden, Refused, _
from caseflow.i18n import SOURCE, translate
from caseflow.ids import new_id
from caseflow.settings import Settings
from caseflow.store import checkpoints as rows
from caseflow.store import jobs, log, tree
from caseflow.store.jobs import NewJob
from caseflow.store.session import Session
from caseflow.store.types import Row

MAKERS = ("auditor", "admin")
COPY = "log.copy"
LETTER = _(
    """Titik periksa log audit {origin}.

Simpan pesan ini di luar kantor itu, tanpa mengubahnya: hanya terhadap salinan seperti ini terlihat bila log di kantor
itu kelak dipotong atau ditulis ulang. Isinya tidak memuat data pribadi.

Jumlah entri: {size}
Dibuat: {made_at}
Kunci pemeriksa: {key}

Memeriksa: caseflow audit verify --checkpoint BERKAS, atau tools/verify_audit.py atas ekspor log."""
)
SUBJECT = _("Titik periksa log audit: {size} entri")


@dataclass(frozen=True, slots=True)
class Made:
    """A checkpoint as it stands in the log's own records."""

    id: str
    size: int
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy outside this machine, and whether it has arrived."""

    channel: str
    address: str
    state: str
    attempts: int
    maybe_twice: bool
    sent_at: datetime | None
    failure: str | None


# --- the log's name and key ------------------------------------------------------------------------------------------


def origin_of(settings: Settings) -> str:
    """Return the name of this installation's log."""
    return f"{urlsplit(settings.public_url).hostname}/caseflow"


def verifier_key(session: Session) -> str:
    """Return the public key of the log as people hand it over."""
    return checkpoint.verifier_key(origin_of(session.settings), crypto.log_key(session.keys))


# --- making ----------------------------------------------------------------------------------------------------------


def sequence(session: Session, *, limit: int = tree.CHUNK) -> int:
    """Give waiting entries their positions in the tree; return how many waited: `limit`, or a few more."""
    return tree.sequence(session, limit=limit)


def sequence_all(session: Session) -> None:
    """Give every entry that is committed its position."""
    while sequence(session) >= tree.CHUNK:
        pass


def make(session: Session, *, cause_key: str, at: datetime) -> Made | None:
    """Sign the head of the log as sequenced so far and send copies out; None while the log is empty.

    The same cause makes one checkpoint, ever; asked again it is returned as it was made.
    """
    size = tree.size(session)
    if size == 0:
        return None
    note = signed(
        session, Checkpoint(origin_of(session.settings), size, tree.root_at(session, size), audit.instant(at))
    )
    made_id = rows.add(session, cause_key=cause_key, size=size, note=note, at=at)
    if made_id is None:
        return of(rows.by_cause(session, cause_key))
    copies = rows.add_copies(session, made_id, _places(session.settings), at=at)
    jobs.enqueue_all(
        session, [NewJob(kind=COPY, key=f"{COPY}:{c}", payload={"copy": c}, run_at=at) for c in copies], at=at
    )
    return Made(made_id, size, note, at)


def make_now(session: Session, *, by: Viewer, at: datetime) -> Made:
    """Make a checkpoint of everything committed so far, because somebody asks for it; the asking is an entry too."""
    if not by.roles.intersection(MAKERS):
        raise Forbidden(action=_("membuat titik periksa log"), allowed=access.names_of(MAKERS))
    log.note_access(session, "log:checkpoint:asked", actor=by.user_id, at=at)
    sequence_all(session)
    made = make(session, cause_key=f"asked:{new_id(at)}", at=at)
    if made is None:
        raise Refused(reason=_("Log masih kosong."))
    return made


def signed(session: Session, head: Checkpoint) -> str:
    """Return the head of the log as a signed note: signed by every key while keys change, so that both are known."""
    text = checkpoint.text_of(head)
    signed_by = crypto.signatures(session.keys, text.encode())
    return checkpoint.note_of(
        text, [Signature(head.origin, checkpoint.key_id(head.origin, public), value) for public, value in signed_by]
    )


def newest(session: Session) -> Made | None:
    """Return the latest checkpoint."""
    row = rows.newest(session)
    return of(row) if row is not None else None


def count(session: Session) -> int:
    """Return how many checkpoints were made."""
    return rows.count(session)


def listing(session: Session, *, limit: int) -> list[tuple[Made, tuple[Copy, ...]]]:
    """Return the checkpoints made last with their copies, newest first."""
    names = [f.name for f in fields(Copy)]
    return [
        (of(row), tuple(Copy(*(getattr(copy, name) for name in names)) for copy in rows.copies(session, row.id)))
        for row in rows.latest(session, limit)
    ]


def last_outside(session: Session) -> datetime | None:
    """Return when a checkpoint last reached a place outside this machine."""
    return rows.last_sent(session, but=record.NAME)


def of(row: Row[Any]) -> Made:
    """Return a row as what it is."""
    return Made(row.id, row.size, row.note, row.made_at)


# --- copies outside --------------------------------------------------------------------------------------------------


def _places(settings: Settings) -> list[tuple[str, str]]:
    channel = email.NAME if email.NAME in registry.active(settings) else record.NAME
    places = [(channel, address) for address in settings.checkpoint_mail]
    return [*places, (folder.NAME, str(settings.checkpoint_dir))] if settings.checkpoint_dir else places


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A copy that is about to leave."""

    channel: str
    message: Message


def begin_copy(session: Session, copy_id: str, *, at: datetime) -> Outgoing | None:
    """Count the attempt and return what to send; None when it has arrived, or its channel is no more."""
    row = rows.copy_by_id(session, copy_id)
    if row is None or row.state in {"sent", "dropped", "failed"}:
        return None
    if row.channel != folder.NAME and row.channel not in registry.active(session.settings):
        rows.set_copy(session, copy_id, {"state": "dropped"})
        return None
    # Found half-way it was cut off by a crash, and may have left.
    twice = row.maybe_twice or (row.state == "sending" and row.channel != folder.NAME)
    rows.set_copy(session, copy_id, {"state": "sending", "attempts": row.attempts + 1, "maybe_twice": twice})
    return Outgoing(row.channel, _message(session, row, at))


def _message(session: Session, row: Row[Any], at: datetime) -> Message:
    host = urlsplit(session.settings.public_url).hostname
    if row.channel == folder.NAME:
        name = f"{host}-{row.made_at:%Y%m%dT%H%M%S.%fZ}-{row.size}.checkpoint"
        return Message(row.id, row.address, name, row.note, SOURCE, at)
    shown = {
        "origin": origin_of(session.settings),
        "size": row.size,
        "made_at": audit.instant(row.made_at),
        "key": verifier_key(session),
    }
    text = f"{translate(LETTER, SOURCE, **shown)}\n\n{checkpoint.enclosed(row.note)}"
    return Message(f"<{row.id}@{host}>", row.address, translate(SUBJECT, SOURCE, size=row.size), text, SOURCE, at)


def copied(session: Session, copy_id: str, *, at: datetime) -> None:
    """Note that a copy has arrived."""
    rows.set_copy(session, copy_id, {"state": "sent", "sent_at": at, "failure": None})


def not_copied(session: Session, copy_id: str, *, failure: str, final: bool, maybe_sent: bool) -> None:
    """Note that a copy did not arrive; unless `final` it is tried again."""
    changes: dict[str, Any] = {"state": "failed" if final else "waiting", "failure": failure}
    rows.set_copy(session, copy_id, changes | ({"maybe_twice": True} if maybe_sent else {}))
