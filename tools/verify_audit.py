#!/usr/bin/env python3
"""Check an export of a caseflow log, or a proof, on a machine that has nothing of caseflow; see docs/audit.md.

Needs Python 3.10 and the package cryptography. Written apart from the product, from the description of the format
alone: a mistake in one is not repeated in the other. Exit code 0: everything holds; 1: something does not, the first
thing first; 2: the command was written wrongly.
"""

import argparse
import base64
import csv
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO
from xml.etree import ElementTree as ET

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json = Any
Key = tuple[str, bytes]  # name and public key
ENVELOPE = ("id", "code", "actor", "event_date", "entered_at", "case_id", "seq", "prev", "facts", "payload", "data")
NULLABLE = ("case_id", "seq", "prev", "facts", "payload")
GENESIS = "0" * 64
HASH, KEY_ID, MOST_SAID = 32, 4, 20
HEX, WHOLE = re.compile(r"[0-9a-f]{64}"), re.compile(r"0|[1-9][0-9]*")
ENCLOSED = re.compile(r"-----BEGIN CASEFLOW CHECKPOINT-----\n(.*?)-----END CASEFLOW CHECKPOINT-----", re.DOTALL)
WORDS = {
    "unreadable": "baris {line} tidak dapat dibaca: {why}|line {line} cannot be read: {why}",
    "form": "entri {index} tidak mempunyai bentuk baku|entry {index} has no canonical form",
    "altered": "entri {index} ({id}) berubah|entry {index} ({id}) was altered",
    "gone": "entri {index} ({id}) tidak ada lagi ketika log diekspor"
    "|entry {index} ({id}) was gone when the log was exported",
    "order": "baris {line}: posisi {found}, seharusnya {expected}: ada yang hilang, ditambah atau ditukar"
    "|line {line}: position {found}, not {expected}: something is missing, added or swapped",
    "shape": "baris {line}: simpul {leaves} entri tidak dapat mulai di posisi {index}"
    "|line {line}: a subtree of {leaves} entries cannot begin at position {index}",
    "chain": "entri {index} ({id}) tidak bersambung dengan entri kasus sebelumnya"
    "|entry {index} ({id}) does not continue the entry of its case before it",
    "time": "entri {index} ({id}): waktunya mundur|entry {index} ({id}): its time runs backwards",
    "root": "titik periksa {name} ({size} entri): log berubah pada atau sesudah posisi {good}"
    "|checkpoint {name} ({size} entries): the log changed at or after position {good}",
    "short": "log berakhir pada {end} entri, titik periksa {name} menyebut {size}: dipotong atau dimundurkan"
    "|the log ends at {end} entries, checkpoint {name} states {size}: cut, or put back",
    "between": "titik periksa {name} ({size} entri) jatuh di tengah simpul yang tidak ditampilkan"
    "|checkpoint {name} ({size} entries) falls inside a subtree that is not shown",
    "signature": "tanda tangan titik periksa {name} tidak sah|the signature of checkpoint {name} does not hold",
    "stranger": "titik periksa {name} tidak ditandatangani kunci yang disebut"
    "|checkpoint {name} is not signed with a key that was named",
    "inclusion": "bukti tidak sampai ke titik periksanya|the proof does not lead to its checkpoint",
    "consistency": "bukti tidak menunjukkan log lama sebagai awal log baru"
    "|the proof does not show the old log to be the beginning of the new",
    "other": "titik periksa {name} bukan salah satu dari bukti ini|checkpoint {name} is none of this proof",
    "entry": "entri {index}: {code}, {at}, kasus {case}|entry {index}: {code}, {at}, case {case}",
    "counted": "{shown} entri, {hidden} lagi hanya sebagai sidik; {cases} kasus"
    "|{shown} entries, {hidden} more as hashes only; {cases} cases",
    "fits": "cocok dengan titik periksa {name}: {size} entri {at}|fits checkpoint {name}: {size} entries {at}",
    "signed": "tanda tangan titik periksa {name} sah|the signature of checkpoint {name} holds",
    "unsigned": "tanda tangan titik periksa {name} tidak diperiksa: tanpa --key"
    "|the signature of checkpoint {name} was not checked: no --key",
    "loose": "entri mulai posisi {good} tidak dijamin apa pun dari luar berkas ini"
    "|the entries from position {good} on are vouched for by nothing from outside this file",
    "unvouched": "tidak ada titik periksa yang menjamin satu pun entri: taruh {name} di samping tabel, atau sebut "
    "--checkpoint|no checkpoint vouches for any entry: put {name} beside the table, or name a --checkpoint",
    "anchor": "Sebut --key (kunci pemeriksa) atau --checkpoint (berkas) yang diterima TERPISAH dari berkas ini: "
    "tanpa itu siapa pun dapat membuat ekspor yang utuh.|Name a --key (verifier key) or a --checkpoint (file) that you "
    "received APART from this file: without one anybody can make an export that is intact.",
    "event": "XES: peristiwa {index} bukan entri itu ({what})|XES: event {index} is not that entry ({what})",
    "event_gone": "XES: entri {index} tidak ada di dalamnya|XES: entry {index} is not in it",
    "event_more": "XES: peristiwa {index} tidak ada dalam ekspor|XES: event {index} is not in the export",
    "events": "XES: {n} peristiwa cocok dengan entrinya|XES: {n} events are their entries",
    "file": "{path}: {why}|{path}: {why}",
    "more": "... dan {n} temuan lagi|... and {n} more findings",
    "intact": "UTUH|INTACT",
    "broken": "TIDAK UTUH: {n} temuan|NOT INTACT: {n} findings",
}


class UnusableError(Exception):
    """A file that is not what it should be; the argument says why."""


@dataclass
class Report:
    """What was found, in the order of finding, and what is said besides."""

    english: bool = False
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def word(self, key: str, **data: Json) -> str:
        return WORDS[key].split("|")[self.english].format(**data)

    def find(self, key: str, **data: Json) -> None:
        self.findings.append(self.word(key, **data))

    def note(self, key: str, **data: Json) -> None:
        self.notes.append(self.word(key, **data))

    def end(self) -> int:
        said = [*self.notes, *(f"- {finding}" for finding in self.findings[:MOST_SAID])]
        if len(self.findings) > MOST_SAID:
            said.append(self.word("more", n=len(self.findings) - MOST_SAID))
        said.append(self.word("broken", n=len(self.findings)) if self.findings else self.word("intact"))
        print("\n".join(said))
        return 1 if self.findings else 0


# --- hashes ----------------------------------------------------------------------------------------------------------


def canonical(value: Json) -> bytes:
    """The one way to write a value: RFC 8785, which for values without fractions is this."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def entry_hash(envelope: dict[str, Json]) -> str:
    return hashlib.sha256(b"caseflow-entry-v1\n" + canonical(envelope)).hexdigest()


def leaf_of(hashed: str) -> bytes:
    return hashlib.sha256(b"\x00" + bytes.fromhex(hashed)).digest()


def above(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Tree:
    """A tree as it grows: its complete subtrees, the largest first, as (leaves, hash)."""

    size: int = 0
    peaks: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, leaves: int, hashed: bytes) -> None:
        self.size += leaves
        self.peaks.append((leaves, hashed))
        while len(self.peaks) > 1 and self.peaks[-1][0] == self.peaks[-2][0]:
            (count, right), (_same, left) = self.peaks.pop(), self.peaks.pop()
            self.peaks.append((2 * count, above(left, right)))

    def root(self) -> bytes:
        if not self.peaks:
            return hashlib.sha256().digest()
        found = self.peaks[-1][1]
        for _leaves, left in self.peaks[-2::-1]:
            found = above(left, found)
        return found


# --- checkpoints and keys --------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Checkpoint:
    """A signed head of a log, and where it was found; `trusted` when something from outside the file stands for it."""

    name: str
    size: int
    root: bytes
    at: str
    text: str
    signatures: list[tuple[str, bytes]]
    trusted: bool


def decoded(text: str) -> bytes:
    """Decode base 64 that is written in the one way it can be; nothing for any other."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return raw if base64.b64encode(raw).decode() == text else b""


def read_checkpoint(text: str, name: str, *, outside: bool) -> Checkpoint:
    """Read a signed note, by itself or enclosed in an e-mail."""
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    if found := ENCLOSED.search(text):
        text = found.group(1)
    body, gap, signed = text.rpartition("\n\n")
    _origin, *stated = body.split("\n")
    if not gap or len(stated) <= 1 or not WHOLE.fullmatch(stated[0]) or len(decoded(stated[1])) != HASH:
        raise UnusableError(f"{name}: no checkpoint")
    lines = [line.split(" ") for line in signed.rstrip("\n").split("\n")]
    if any(len(parts) != len(("—", "name", "signature")) or parts[0] != "—" for parts in lines):
        raise UnusableError(f"{name}: a signature line is damaged")
    at = next((line for line in stated if line.startswith("time ")), "")
    signatures = [(parts[1], decoded(parts[2])) for parts in lines]
    return Checkpoint(name, int(stated[0]), decoded(stated[1]), at, body + "\n", signatures, outside)


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:KEY_ID]


def read_key(text: str) -> Key:
    """Read a key as it is handed over: name+hash+key."""
    name, _plus, rest = text.strip().partition("+")
    hashed, _plus, encoded = rest.partition("+")
    raw = decoded(encoded)
    if len(raw) != 1 + HASH or raw[:1] != b"\x01" or key_id(name, raw[1:]).hex() != hashed:
        raise UnusableError("--key: name+hash+key")
    return name, raw[1:]


def check_signature(head: Checkpoint, keys: list[Key], report: Report) -> None:
    """Trust a head that one of the keys signed; with keys at hand, one that none signed is a finding."""
    if not keys:
        report.note("unsigned", name=head.name)
        return
    head.trusted = False
    for name, signature in head.signatures:
        for _name, public in keys:
            if key_id(name, public) != signature[:KEY_ID]:
                continue
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[KEY_ID:], head.text.encode())
            except InvalidSignature:
                report.find("signature", name=head.name)
                return
            head.trusted = True
    if head.trusted:
        report.note("signed", name=head.name)
    else:
        report.find("stranger", name=head.name)


# --- reading an export -----------------------------------------------------------------------------------------------


@dataclass
class Line:
    """An entry, or a complete subtree of entries that are not shown."""

    number: int
    index: int
    leaves: int
    hash: str
    entry: dict[str, Json] | None
    missing: str = ""  # the id of one that the tree has and the log had no more

    def __post_init__(self) -> None:
        whole = all(type(n) is int and n >= 0 for n in (self.index, self.leaves))
        if not whole or not self.leaves or not HEX.fullmatch(self.hash):
            raise ValueError("index, leaves, hash")
        if self.entry is not None and (set(self.entry) != set(ENVELOPE) or self.leaves != 1):
            raise ValueError("entry")


def once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def no_fraction(text: str) -> Json:
    raise ValueError(text)


def loads(text: str) -> Json:
    return json.loads(text, object_pairs_hook=once, parse_float=no_fraction, parse_constant=no_fraction)


def whole_number(text: str) -> int:
    if not WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def of_json(number: int, text: str) -> Line:
    said = loads(text)
    if set(said) == {"index", "hash", "entry"}:
        return Line(number, said["index"], 1, said["hash"], said["entry"])
    missing = said.pop("missing", "")
    if set(said) != {"index", "leaves", "subtree"}:
        raise ValueError(", ".join(said))
    return Line(number, said["index"], said["leaves"], said["subtree"], None, missing)


def of_row(number: int, row: list[str]) -> Line:
    index, leaves, hashed, *values = row
    place = (number, whole_number(index), whole_number(leaves), hashed)
    if not any(values[1:]):
        return Line(*place, None, values[0])
    entry: dict[str, Json] = dict(zip(ENVELOPE, values, strict=True))
    data = loads(entry["data"])
    if canonical(data) != entry["data"].encode():
        raise ValueError("data")
    given: dict[str, Json] = {name: entry[name] or None for name in NULLABLE}
    seq = whole_number(entry["seq"]) if entry["seq"] else None
    return Line(*place, {**entry, **given, "seq": seq, "data": data})


def lines_of(file: TextIO, *, table: bool) -> Iterator[Line | tuple[int, str]]:
    """Yield each line as it is read, or its number and why it cannot be."""
    rows: Iterator[Json] = csv.reader(file, strict=True) if table else iter(file)
    for number, row in enumerate(rows, start=2):
        try:
            yield of_row(number, row) if table else of_json(number, row)
        except (ValueError, TypeError, AttributeError, RecursionError) as problem:
            yield number, str(problem)


def head_of(file: TextIO, name: str) -> tuple[bool, Checkpoint | None]:
    """Read what stands above the entries: whether it is a table, and the checkpoint that JSON lines begin with."""
    first = file.readline()
    if first.rstrip("\r\n") == ",".join(("index", "leaves", "hash", *ENVELOPE)):
        return True, None
    head = loads(first)
    if not isinstance(head, dict) or head.get("format") != "caseflow-log-1":
        raise UnusableError("no export of a log")
    return False, read_checkpoint(str(head["checkpoint"]), name, outside=False)


# --- reading XES -----------------------------------------------------------------------------------------------------


@dataclass
class Events:
    """The events of a XES file by their place in the tree; those compared are taken out."""

    found: dict[int, dict[str, str]] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    matched: int = 0

    def compare(self, line: Line, entry: dict[str, Json], report: Report) -> None:
        event = self.found.pop(line.index, None)
        if event is None:
            inside = line.index < int(self.about.get("caseflow:size", "0"))
            scoped = {"caseflow:area", "caseflow:from", "caseflow:until"}.intersection(self.about)
            if inside and not scoped and entry["seq"] is not None:
                report.find("event_gone", index=line.index)
            return
        data = entry["data"] if isinstance(entry["data"], dict) else {}
        said = {f"caseflow:{name}": str(data[name]) for name in ("from", "to", "cycle", "stage") if name in data}
        said |= {"caseflow:code": entry["code"], "caseflow:event_date": entry["event_date"], "caseflow:hash": line.hash}
        said["concept:name"] = str(data.get("step")) if entry["code"] == "case:step:taken" else entry["code"]
        said |= {"case": entry["case_id"], "time:timestamp": str(entry["entered_at"]).replace("Z", "+00:00")}
        if wrong := [name for name, value in said.items() if event.get(name) != value]:
            report.find("event", index=line.index, what=wrong[0])
        else:
            self.matched += 1

    def end(self, report: Report) -> None:
        for index in sorted(self.found):
            report.find("event_more", index=index)
        report.note("events", n=self.matched)


def read_events(path: Path) -> Events:
    """Read a XES file as it streams by."""
    events, above_it, case = Events(), [""], ""
    for moment, element in ET.iterparse(path, events=("start", "end")):  # noqa: S314 - its entities are not followed
        tag = element.tag.rpartition("}")[2]
        if moment == "start":
            above_it.append(tag)
            continue
        above_it.pop()
        key, value = element.get("key", ""), element.get("value", "")
        if above_it[-1] == "log" and key:
            events.about[key] = value
        elif above_it[-1] == "trace" and key == "concept:name":
            case = value
        elif tag == "event":
            event = {child.get("key", ""): child.get("value", "") for child in element}
            index = whole_number(event.get("caseflow:index", ""))
            if index in events.found:
                raise UnusableError(f"{path}: {index}")
            events.found[index] = {**event, "case": case}
            element.clear()
    return events


# --- checking an export ----------------------------------------------------------------------------------------------


@dataclass
class Check:
    """One pass over an export: the tree so far, heads not yet reached, the last entry of each case."""

    heads: list[Checkpoint]
    report: Report
    beside: str  # where a table's checkpoint is looked for
    events: Events | None = None
    tree: Tree = field(default_factory=Tree)
    whole: bool = True  # behind a gap no root can be computed
    good: int = 0
    vouched: int = 0
    shown: int = 0
    last: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def take(self, line: Line) -> None:
        self.arrive()
        if line.index != self.tree.size:
            self.report.find("order", line=line.number, expected=self.tree.size, found=line.index)
            self.whole, self.tree.size = False, line.index
        if line.leaves & (line.leaves - 1) or line.index % line.leaves:
            self.report.find("shape", line=line.number, leaves=line.leaves, index=line.index)
            self.whole = False
        for head in [h for h in self.heads if line.index < h.size < line.index + line.leaves]:
            self.heads.remove(head)
            self.report.find("between", name=head.name, size=head.size)
        hashed = bytes.fromhex(line.hash)
        if line.missing:
            self.report.find("gone", index=line.index, id=line.missing)
        if line.entry is not None:
            self.shown += 1
            self.entry(line, line.entry)
            hashed = leaf_of(line.hash)
        if self.whole:
            self.tree.add(line.leaves, hashed)
        else:
            self.tree.size += line.leaves

    def entry(self, line: Line, entry: dict[str, Json]) -> None:
        place = {"index": line.index, "id": entry["id"]}
        try:
            if entry_hash(entry) != line.hash:
                self.report.find("altered", **place)
        except (ValueError, RecursionError):
            self.report.find("form", index=line.index)
        if self.events is not None:
            self.events.compare(line, entry, self.report)
        case, seq = entry["case_id"], entry["seq"]
        if seq is None:
            return
        before = self.last.get(case)
        if before is None:
            follows = seq != 1 or entry["prev"] == GENESIS  # an export may begin in the middle of a case
        else:
            follows = (seq, entry["prev"]) == (before[0] + 1, before[1])
        if not follows:
            self.report.find("chain", **place)
        elif before and entry["entered_at"] < before[2]:
            self.report.find("time", **place)
        self.last[case] = (seq, line.hash, entry["entered_at"])

    def arrive(self) -> None:
        """Compare the heads of the size that is reached."""
        for head in [h for h in self.heads if h.size == self.tree.size and self.whole]:
            self.heads.remove(head)
            if self.tree.root() != head.root:
                self.report.find("root", name=head.name, size=head.size, good=self.good)
                continue
            self.good = head.size
            self.vouched = head.size if head.trusted else self.vouched
            self.report.note("fits", name=head.name, size=head.size, at=head.at)

    def end(self) -> None:
        self.arrive()
        for head in [h for h in self.heads if h.size > self.tree.size]:
            self.report.find("short", name=head.name, size=head.size, end=self.tree.size)
        hidden = self.tree.size - self.shown
        self.report.note("counted", shown=self.shown, hidden=hidden, cases=len(self.last))
        if self.events is not None:
            self.events.end(self.report)
        if self.report.findings or self.vouched == self.tree.size:
            return
        if self.vouched == 0:
            self.report.find("unvouched", name=self.beside)
        else:
            self.report.note("loose", good=self.vouched)


def check_export(
    path: Path, keys: list[Key], heads: list[Checkpoint], report: Report, events: Events | None = None
) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        table, own = head_of(file, path.name)
        beside = path.with_name(path.name + ".checkpoint")
        if table and beside.exists():
            own = read_checkpoint(beside.read_text(encoding="utf-8"), beside.name, outside=False)
        every = heads if own is None else [*heads, own]
        for head in every:
            check_signature(head, keys, report)
        check = Check(list(every), report, beside.name, events)
        for line in lines_of(file, table=table):
            if isinstance(line, Line):
                check.take(line)
            else:
                report.find("unreadable", line=line[0], why=line[1])
                check.whole = False
        check.end()


# --- checking a proof ------------------------------------------------------------------------------------------------


def climb(index: int, size: int, path: list[bytes], old: bytes, new: bytes) -> tuple[bytes, bytes] | None:
    """Follow a path up from a node: roots of the tree it closes and of the whole (RFC 9162, 2.1.3.2 and 2.1.4.2)."""
    fn, sn = index, size - 1
    while old and fn % 2:
        fn, sn = fn // 2, sn // 2
    for step in path:
        if sn == 0:
            return None
        if fn % 2 or fn == sn:
            old, new = above(step, old) if old else old, above(step, new)
            while fn % 2 == 0 and fn:
                fn, sn = fn // 2, sn // 2
        else:
            new = above(new, step)
        fn, sn = fn // 2, sn // 2
    return (old, new) if sn == 0 else None


def is_consistent(old: Checkpoint, new: Checkpoint, path: list[bytes]) -> bool:
    if old.size == new.size:
        return not path and old.root == new.root
    if not 0 < old.size < new.size or not path:
        return False
    first, rest = (old.root, path) if old.size & (old.size - 1) == 0 else (path[0], path[1:])
    return climb(old.size - 1, new.size, rest, first, first) == (old.root, new.root)


def check_proof(said: Json, keys: list[Key], heads: list[Checkpoint], report: Report) -> None:
    path = [bytes.fromhex(step) for step in said["path"]]
    named = ("checkpoint",) if said["format"] == "caseflow-inclusion-1" else ("old", "new")
    own = [read_checkpoint(said[name], name, outside=False) for name in named]
    for head in [*heads, *own]:
        check_signature(head, keys, report)
    if len(own) == 1:
        entry, index = said["entry"], said["index"]
        if entry_hash(entry) != said["hash"]:
            report.find("altered", index=index, id=entry["id"])
        inside = type(index) is int and 0 <= index < own[0].size
        if not inside or climb(index, own[0].size, path, b"", leaf_of(said["hash"])) != (b"", own[0].root):
            report.find("inclusion")
        report.note("entry", index=index, code=entry["code"], at=entry["entered_at"], case=entry["case_id"])
    elif not is_consistent(own[0], own[1], path):
        report.find("consistency")
    for head in heads:
        if not any((head.size, head.root) == (mine.size, mine.root) for mine in own):
            report.find("other", name=head.name)


def kind_of(path: Path) -> str:
    """Return the format a JSON file names in its first line; nothing for a table."""
    with path.open(encoding="utf-8") as file:
        found = re.match(r'\s*\{\s*"format"\s*:\s*"([a-z0-9-]+)"', file.read(200))
    return found.group(1) if found else ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="verify_audit.py", description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path, help="an export (JSON lines or CSV) or a proof (JSON)")
    parser.add_argument("--key", action="append", default=[], help="the verifier key, received apart; may be repeated")
    checkpoint = parser.add_argument("--checkpoint", type=Path, action="append", default=[])
    checkpoint.help = "a checkpoint, received apart; may be repeated"
    parser.add_argument("--xes", type=Path, help="a XES file, to be compared with the export")
    parser.add_argument("--lang", choices=("id", "en"), default="id")
    given = parser.parse_args(arguments)
    report = Report(given.lang == "en")
    if not given.key and not given.checkpoint:
        print(report.word("anchor"), file=sys.stderr)
        return 2
    try:
        keys = [read_key(text) for text in given.key]
        heads = [read_checkpoint(p.read_text(encoding="utf-8"), p.name, outside=True) for p in given.checkpoint]
        if kind_of(given.file) in {"caseflow-inclusion-1", "caseflow-consistency-1"}:
            check_proof(loads(given.file.read_text(encoding="utf-8")), keys, heads, report)
        else:
            check_export(given.file, keys, heads, report, read_events(given.xes) if given.xes else None)
    except (OSError, UnusableError, ET.ParseError, ValueError, KeyError, TypeError, AttributeError) as problem:
        report.find("file", path=given.file, why=problem)
    return report.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
