"""The log as a file that a stranger can check: entries in the order of the tree, hashes where something is not shown.

Together the lines span the whole tree under a checkpoint, so its root can be computed from the file alone, whatever
was left out of it. docs/audit.md describes the format; tools/verify_audit.py reads it without this module.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

import orjson

FORMAT = "caseflow-log-1"
ENVELOPE = (
    "id", "code", "actor", "event_date", "entered_at", "case_id", "seq", "prev", "facts", "payload", "data",
)  # fmt: skip
COLUMNS = ("index", "leaves", "hash", *ENVELOPE)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry: its position, its hash, its envelope."""

    index: int
    hash: str
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A complete subtree of entries that are not shown: where it begins, how many leaves, its hash in the tree.

    `missing` is the id of a single entry that nobody can be shown: the tree has it, the log has it no more.
    """

    index: int
    leaves: int
    hash: str
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above the entries: the checkpoint they are under, and what was asked for."""

    checkpoint: str
    scope: Mapping[str, Any]


Item = Shown | Hidden


def jsonl(head: Head, items: Iterable[Item]) -> Iterator[str]:
    """Yield lines of JSON: the head, then each item."""
    yield _json({"format": FORMAT, "scope": dict(head.scope), "checkpoint": head.checkpoint})
    for item in items:
        if isinstance(item, Shown):
            yield _json({"index": item.index, "hash": item.hash, "entry": dict(item.entry)})
        else:
            gone = {"missing": item.missing} if item.missing else {}
            yield _json({"index": item.index, "leaves": item.leaves, "subtree": item.hash, **gone})


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode() + "\n"


def write_csv(items: Iterable[Item], out: TextIO) -> None:
    """Write a table: a row without a code is a subtree that is not shown, with an id an entry that is gone."""
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for item in items:
        if isinstance(item, Shown):
            values = {**item.entry, "data": orjson.dumps(item.entry["data"], option=orjson.OPT_SORT_KEYS).decode()}
            table.writerow([item.index, 1, item.hash, *(values[name] for name in ENVELOPE)])
        else:
            table.writerow([item.index, item.leaves, item.hash, item.missing, *("" for _name in ENVELOPE[1:])])
