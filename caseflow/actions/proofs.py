"""What the log can prove: that it is whole and only grew, and that an entry is in it; what does not hold, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from caseflow import access, audit, checkpoint, crypto, merkle
from caseflow.access import Viewer
from caseflow.actions import checkpoints
from caseflow.checkpoint import Note
from caseflow.errors import BadCheckpoint, NotFound, Refused, Sentence, _
from caseflow.exchange import ledger_check
from caseflow.exchange.ledger_check import Expected
from caseflow.ids import is_id
from caseflow.store import cases, log, offices, placed, tree, tree_check
from caseflow.store import checkpoints as rows
from caseflow.store.placed import Placed
from caseflow.store.session import Session
from caseflow.store.tree_check import Head

INCLUSION, CONSISTENCY = "caseflow-inclusion-1", "caseflow-consistency-1"
OUTSIDE, INSIDE, HERE = "outside", "export", "log"
"""Where a head comes from: somebody brings it along, an export states it, this log has it."""
SOURCES = {OUTSIDE: _("yang dibawa"), INSIDE: _("pada ekspor"), HERE: _("dari log ini")}
"""What people call them; one of the log's own checkpoints is called by its size and time."""

REASONS: dict[str, Sentence] = {
    "gap": _("posisi {position} dalam pohon log hilang"),
    "gone": _("entri {entry} hilang, padahal pohon log mencatatnya"),
    "leaf": _("entri {entry} bukan lagi yang masuk ke pohon log (posisi {position})"),
    "unplaced": _("entri {entry} tidak ada dalam pohon log, dan tidak menunggu giliran"),
    "subtree": _("simpul pohon log mulai posisi {position} berubah"),
    "root": _("log berubah pada atau sesudah posisi {position}: titik periksa {source} menyebut akar lain"),
    "short": _("log memuat {found} entri, titik periksa {source} menyebut {expected}: log dipotong atau dimundurkan"),
    "signature": _("tanda tangan titik periksa {source} tidak sah"),
    "stranger": _("titik periksa {source} ditandatangani kunci lain, bukan kunci log ini"),
    "unreadable": _("baris {position} ekspor tidak dapat dibaca"),
    "order": _("baris {position} ekspor memuat posisi {found}, seharusnya {expected}"),
    "altered": _("entri {entry} dalam ekspor berubah (posisi {position})"),
    "lost": _("entri {entry} tidak ada lagi ketika log diekspor (posisi {position})"),
    "chain": _("entri {entry} dalam ekspor tidak bersambung dengan entri kasus sebelumnya"),
    "between": _("titik periksa {source} jatuh di tengah bagian ekspor yang tidak ditampilkan"),
}


@dataclass(frozen=True, slots=True)
class TreeFault:
    """Something about the tree or a checkpoint that does not hold."""

    reason: str
    position: int | None = None
    entry: str = ""
    source: str = ""
    expected: str = ""
    found: str = ""

    @property
    def sentence(self) -> Sentence:
        """What is wrong, filled in."""
        said = {name: getattr(self, name) for name in ("position", "entry", "expected", "found")}
        said["source"] = SOURCES.get(self.source, self.source)
        return Sentence(REASONS[self.reason], **said)


@dataclass(frozen=True, slots=True)
class TreeResult:
    """What was looked at of tree and checkpoints, and what does not hold."""

    leaves: int
    waiting: int
    checkpoints: int
    faults: tuple[TreeFault, ...]


def verify(session: Session, *, outside: Note | None = None, key: str | None = None) -> TreeResult:
    """Check the tree against the log, every checkpoint ever made, and one that was kept outside.

    `key` is the verifier key the outside one was signed with, when that was another than today's.
    """
    heads: list[Head] = []
    faults: list[TreeFault] = []
    own = crypto.log_keys(session.keys)
    kept = rows.every(session)
    for row in kept:
        source = f"{row.size}@{audit.instant(row.made_at)}"
        note = _readable(row.note)
        # One signed by an earlier key of this log cannot be checked here; what it says of the tree can.
        if note is None or note.checkpoint.size != row.size or signer(note, *own) == "forged":
            faults.append(TreeFault("signature", source=source))
        if note is not None:
            heads.append(Head(note.checkpoint.size, note.checkpoint.root, source))
    if outside is not None:
        theirs = (checkpoint.read_key(key)[1],) if key else own
        if (who := signer(outside, *theirs)) != "own":
            faults.append(TreeFault("signature" if who == "forged" else "stranger", source=OUTSIDE))
        heads.append(Head(outside.checkpoint.size, outside.checkpoint.root, OUTSIDE))
    checked = tree_check.check(session, heads)
    return TreeResult(checked.leaves, checked.waiting, len(kept), (*faults, *map(_fault, checked.wrong)))


@dataclass(frozen=True, slots=True)
class ExportResult:
    """How much of an export was shown, or stood for by a hash, and what does not hold."""

    shown: int
    hidden: int
    faults: tuple[TreeFault, ...]


def verify_export(
    session: Session, file: TextIO, *, outside: Note | None = None, key: str | None = None
) -> ExportResult:
    """Check an export by itself, and against this log as it is now. Raises `NotAnExport`, `BadCheckpoint`."""
    own = (checkpoint.read_key(key)[1],) if key else crypto.log_keys(session.keys)
    stated = ledger_check.read_head(file)
    notes = [(INSIDE, checkpoint.read(stated))] if stated is not None else []
    notes += [(OUTSIDE, outside)] if outside is not None else []
    signers = ((source, signer(note, *own)) for source, note in notes)
    faults = [
        TreeFault("signature" if who == "forged" else "stranger", source=source)
        for source, who in signers
        if who != "own"
    ]
    heads = [Expected(note.checkpoint.size, note.checkpoint.root, source) for source, note in notes]
    here = tree.size(session)
    heads += [
        Expected(size, tree.root_at(session, size), HERE) for size in sorted({h.size for h in heads}) if size <= here
    ]
    found = ledger_check.check(file, table=stated is None, heads=heads)
    faults += [TreeFault(w.reason, w.place, w.entry, w.source, w.expected, w.found) for w in found.wrong]
    return ExportResult(found.shown, found.hidden, tuple(faults))


def _readable(note: str) -> Note | None:
    try:
        return checkpoint.read(note)
    except BadCheckpoint:
        return None


def _fault(wrong: tree_check.Misplaced) -> TreeFault:
    about_head = wrong.reason in {"root", "short"}
    entry, source = ("", wrong.entry_id) if about_head else (wrong.entry_id, "")
    return TreeFault(wrong.reason, wrong.position, entry, source, wrong.expected, wrong.found)


def signer(note: Note, *keys: bytes) -> str:
    """Tell whose a note is by these keys: "own", "forged" (a name of theirs, no signature of theirs), or "unknown"."""
    mine = [(key, s.value) for s in note.signatures for key in keys if s.key_id == checkpoint.key_id(s.name, key)]
    if not mine:
        return "unknown"
    return "own" if all(crypto.is_signed(key, value, note.text.encode()) for key, value in mine) else "forged"


# --- proofs as files -------------------------------------------------------------------------------------------------


def inclusion(session: Session, entry: str, *, by: Viewer, at: datetime, note: Note | None = None) -> Mapping[str, Any]:
    """Return the proof that an entry is under a checkpoint: the newest, when none is brought; the asking is noted.

    Raises `NotFound` for an entry that is not visible, `Refused` while no checkpoint is over it.
    """
    found = placed.find(session, entry) if "/" in entry or is_id(entry) else None
    if found is None:
        raise NotFound
    require_readable(session, found, by=by)
    newest = checkpoints.newest(session)
    if note is None:
        note = checkpoint.read(newest.note) if newest else None
    if note is None or note.checkpoint.size <= found.position:
        raise Refused(reason=_("Entri itu belum tercakup titik periksa. Buat dahulu: caseflow audit checkpoint"))
    size = _matched(session, note)
    data, case_id = {"entry": found.envelope.id}, found.envelope.case_id
    log.note_access(session, "log:proof:made", actor=by.user_id, at=at, case_id=case_id, data=data)
    return {
        "format": INCLUSION,
        "index": found.position,
        "hash": found.hash,
        "entry": audit.as_dict(found.envelope),
        "path": [step.hex() for step in merkle.inclusion(found.position, size, tree.nodes(session))],
        "checkpoint": checkpoint.note_of(note.text, note.signatures),
    }


def consistency(session: Session, old: Note, new: Note | None = None) -> Mapping[str, Any]:
    """Return the proof that the log of a later checkpoint (the newest) begins with that of an earlier one."""
    if new is None:
        newest = checkpoints.newest(session)
        if newest is None:
            raise Refused(reason=_("Log belum mempunyai titik periksa. Buat dahulu: caseflow audit checkpoint"))
        new = checkpoint.read(newest.note)
    if not 0 < old.checkpoint.size <= new.checkpoint.size:
        raise Refused(reason=_("Titik periksa pertama harus yang lebih lama: entrinya tidak boleh lebih banyak."))
    sizes = _matched(session, old), _matched(session, new)
    return {
        "format": CONSISTENCY,
        "path": [step.hex() for step in merkle.consistency(*sizes, tree.nodes(session))],
        "old": checkpoint.note_of(old.text, old.signatures),
        "new": checkpoint.note_of(new.text, new.signatures),
    }


def _matched(session: Session, note: Note) -> int:
    """Return the size of a checkpoint that this log still fits; `Refused` otherwise: there is nothing to prove."""
    head = note.checkpoint
    if head.size > tree.size(session) or tree.root_at(session, head.size) != head.root:
        raise Refused(
            reason=_("Log ini tidak cocok dengan titik periksa itu. Periksa: caseflow audit verify --checkpoint BERKAS")
        )
    return head.size


def require_readable(session: Session, found: Placed, *, by: Viewer) -> None:
    """Raise `NotFound` unless the viewer may see the entry: by its case, or as who sees every office."""
    row = cases.by_id(session, found.envelope.case_id) if found.envelope.case_id else None
    if row is not None:
        access.require_visible(by, cases.scope_of(session, row))
    elif not sees_everything(session, by):
        raise NotFound


def sees_everything(session: Session, by: Viewer) -> bool:
    """Tell whether the viewer audits every office: then entries about no case, such as log-ins, are shown as well."""
    audited = by.areas("auditor")
    found = offices.every(session)
    return bool(found) and all(any(office.area_code.startswith(area) for area in audited) for office in found)
