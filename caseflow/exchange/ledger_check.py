"""Reading an export of the log back, and whether it holds: entries, chains, and the root of its tree at any size."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TextIO

import orjson

from caseflow import audit, merkle
from caseflow.errors import NotAnExport, NotCanonical
from caseflow.exchange.ledger import COLUMNS, ENVELOPE, FORMAT, Hidden, Item, Shown

Reason = Literal["unreadable", "altered", "order", "chain", "root", "short", "between", "lost"]
_NULLABLE = ("case_id", "seq", "prev", "facts", "payload")


@dataclass(frozen=True, slots=True)
class Expected:
    """What somebody says the tree was: its root at a size, and who says so."""

    size: int
    root: bytes
    source: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that does not hold: the line of the file, or the position from which on."""

    reason: Reason
    place: int
    entry: str = ""
    source: str = ""
    expected: str = ""
    found: str = ""


@dataclass(slots=True)
class Checked:
    """What was looked at, and what does not hold."""

    shown: int = 0
    hidden: int = 0
    wrong: list[Wrong] = field(default_factory=list)


def read_head(file: TextIO) -> str | None:
    """Return the checkpoint an export begins with; None for a table. Raises `NotAnExport`."""
    first = file.readline()
    if first.rstrip("\r\n").split(",") == list(COLUMNS):
        return None
    try:
        head = orjson.loads(first)
    except orjson.JSONDecodeError:
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT or not isinstance(head.get("checkpoint"), str):
        raise NotAnExport
    checkpoint: str = head["checkpoint"]
    return checkpoint


def check(file: TextIO, *, table: bool, heads: Sequence[Expected]) -> Checked:
    """Check what stands below the head, as it streams by, against every root that is known from elsewhere."""
    run = _Run(sorted(heads, key=lambda head: head.size))
    parse: Callable[[Any], Item] = _of_row if table else _of_json
    rows: Iterable[Any] = csv.reader(file) if table else file
    for number, row in enumerate(rows, start=2):
        try:
            item = parse(row)
        except (ValueError, TypeError, KeyError, AttributeError):
            run.checked.wrong.append(Wrong("unreadable", number))
            run.edge = None
            continue
        run.checked.wrong += _take(run, number, item)
    run.checked.wrong += _reached(run)
    end = run.end
    run.checked.wrong += [Wrong("short", end, "", h.source, str(h.size), str(end)) for h in run.heads if h.size > end]
    return run.checked


def _of_json(text: str) -> Item:
    said = orjson.loads(text)
    if "subtree" in said:
        return Hidden(_whole(said["index"]), _whole(said["leaves"]), _hex(said["subtree"]), said.get("missing", ""))
    return Shown(_whole(said["index"]), _hex(said["hash"]), {name: said["entry"][name] for name in ENVELOPE})


def _of_row(row: Sequence[str]) -> Item:
    index, leaves, hashed, *values = row
    if not any(values[1:]):
        return Hidden(int(index), int(leaves), _hex(hashed), values[0])
    entry: dict[str, Any] = dict(zip(ENVELOPE, values, strict=True))
    entry |= {name: entry[name] or None for name in _NULLABLE}
    entry["seq"] = int(entry["seq"]) if entry["seq"] else None
    return Shown(int(index), _hex(hashed), {**entry, "data": orjson.loads(entry["data"])})


def _whole(value: Any) -> int:  # noqa: ANN401 - as read
    if type(value) is not int:
        raise ValueError(value)
    return value


def _hex(text: str) -> str:
    if len(bytes.fromhex(text)) != len(merkle.EMPTY):
        raise ValueError(text)
    return text


@dataclass(slots=True)
class _Run:
    """One pass: heads not yet reached, the tree so far (None behind a gap), the last entry of each case."""

    heads: list[Expected]
    edge: merkle.Edge | None = field(default_factory=merkle.Edge)
    end: int = 0
    good: int = 0
    checked: Checked = field(default_factory=Checked)
    last: dict[str, tuple[int, str]] = field(default_factory=dict)


def _take(run: _Run, number: int, item: Item) -> Iterator[Wrong]:
    yield from _reached(run)
    leaves = item.leaves if isinstance(item, Hidden) else 1
    aligned = leaves > 0 and leaves & (leaves - 1) == 0 and item.index % leaves == 0
    if item.index != run.end or not aligned:
        yield Wrong("order", number, expected=str(run.end), found=str(item.index))
        run.edge = None
    for head in [h for h in run.heads if item.index < h.size < item.index + leaves]:
        run.heads.remove(head)
        yield Wrong("between", head.size, source=head.source)
    if isinstance(item, Shown):
        run.checked.shown += 1
        yield from _entry(run, item)
    else:
        run.checked.hidden += leaves
        if item.missing:
            yield Wrong("lost", item.index, item.missing)
    if run.edge is not None:
        hashed = bytes.fromhex(item.hash)
        merkle.grow(run.edge, merkle.leaf(hashed) if isinstance(item, Shown) else hashed, leaves.bit_length() - 1)
    run.end = item.index + leaves


def _entry(run: _Run, item: Shown) -> Iterator[Wrong]:
    entry = item.entry
    try:
        computed = audit.entry_hash(audit.Envelope(**entry))
    except (NotCanonical, TypeError, ValueError):
        computed = "-"
    if computed != item.hash:
        yield Wrong("altered", item.index, str(entry["id"]), expected=computed, found=item.hash)
    if entry["seq"] is None:
        return
    if not _follows(run.last.get(entry["case_id"]), entry):
        yield Wrong("chain", item.index, str(entry["id"]))
    run.last[entry["case_id"]] = (entry["seq"], item.hash)


def _follows(before: tuple[int, str] | None, entry: Mapping[str, Any]) -> bool:
    """Tell whether an entry continues its case; the first one of an export may stand anywhere in it."""
    if before is None:
        return bool(entry["seq"] != 1 or entry["prev"] == audit.GENESIS)
    return bool(entry["seq"] == before[0] + 1 and entry["prev"] == before[1])


def _reached(run: _Run) -> Iterator[Wrong]:
    while run.heads and run.heads[0].size == run.end and run.edge is not None:
        head = run.heads.pop(0)
        if merkle.root(run.edge) == head.root:
            run.good = head.size
        else:
            yield Wrong("root", run.good, source=head.source)
