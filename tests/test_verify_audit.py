"""The stranger's verifier, on its own: whole exports hold, whatever was done to one is found and named."""

import ast
import base64
import io
import json
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from caseflow import audit, checkpoint, crypto, merkle
from caseflow.access import Grant
from caseflow.actions import checkpoints, exports, proofs
from caseflow.actions.exports import ExportLog
from caseflow.checkpoint import Checkpoint, Signature
from caseflow.exchange import ledger, xes
from tests.source import ROOT
from tests.world import Office, World, at, opened, rolled_back, viewer

TOOL = ROOT / "tools" / "verify_audit.py"
OTHER = crypto.keyring_of(bytes(32))
Line = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """What somebody outside was given: two checkpoints, the key, and exports as lines."""

    early: str
    late: str
    key: str
    keys: crypto.Keyring
    whole: tuple[str, ...]
    """Of who sees every office: entries, and hashes for closed files."""
    part: tuple[str, ...]
    """Of one day: mostly hashes."""
    table: str
    xes: str
    entry_proof: str
    growth_proof: str


@pytest.fixture(scope="module")
def kept(office: Office) -> Iterator[Kept]:
    with rolled_back(office) as world:
        early = head(world)
        at(world, "closed", "AT")
        at(world, "monitoring")
        opened(world)
        everywhere = replace(viewer(world, "audit"), grants=(Grant("auditor", "63"),))
        world.now += timedelta(days=2)
        opened(world)
        session = world.session
        late = head(world)
        made = {}
        for name, wanted in (("whole", ExportLog()), ("part", ExportLog(start=world.today))):
            world.now += timedelta(minutes=1)
            export = exports.prepare(session, wanted, by=everywhere, at=world.now)
            items = list(exports.items(session, export, by=everywhere))
            made[name] = tuple(ledger.jsonl(export.head, items))
        last = checkpoint.read(json.loads(made["whole"][0])["checkpoint"])
        entry = json.loads(next(line for line in made["part"] if '"case:opened"' in line))["entry"]
        entry_proof = proofs.inclusion(session, entry["id"], by=everywhere, at=world.now, note=last)
        growth_proof = proofs.consistency(session, checkpoint.read(early), checkpoint.read(late))
        mined = exports.prepare(session, ExportLog(format="xes"), by=everywhere, at=world.now)
        events = exports.events(session, mined, by=everywhere)
        document = "".join(xes.lines(events, exports.log_attributes(session, mined)))
        whole = exports.prepare(session, ExportLog(), by=everywhere, at=world.now)
        yield Kept(
            early=early,
            late=late,
            key=checkpoints.verifier_key(session),
            keys=session.keys,
            whole=made["whole"],
            part=made["part"],
            table=as_table(list(exports.items(session, whole, by=everywhere))),
            xes=document,
            entry_proof=json.dumps(entry_proof, indent=2),
            growth_proof=json.dumps(growth_proof, indent=2),
        )


def as_table(items: list[ledger.Item]) -> str:
    out = io.StringIO()
    ledger.write_csv(items, out)
    return out.getvalue()


def head(world: World) -> str:
    world.now += timedelta(minutes=1)
    return checkpoints.make_now(world.session, by=viewer(world, "audit"), at=world.now).note


@dataclass(frozen=True)
class Said:
    """What the verifier answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def verify(tmp_path: Path, kept: Kept) -> Callable[..., Said]:
    """Return what runs the verifier in a process of its own, where nothing of caseflow can be imported."""

    def run(
        content: str | tuple[str, ...],
        *words: str,
        heads: tuple[str, ...] = (),
        key: str | None = kept.key,
        beside: str = "",
    ) -> Said:
        file = tmp_path / "ekspor"
        file.write_text("".join(content), encoding="utf-8", newline="")
        if beside:
            file.with_name("ekspor.checkpoint").write_text(beside, encoding="utf-8")
        given = ["--key", key] if key else []
        for number, text in enumerate(heads):
            path = tmp_path / f"kepala-{number}"
            path.write_text(text, encoding="utf-8")
            given += ["--checkpoint", str(path)]
        command = [sys.executable, "-I", str(TOOL), str(file), *given, *words]
        done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    return run


Verify = Callable[..., Said]


def test_it_imports_the_standard_library_and_cryptography_alone() -> None:
    nodes = list(ast.walk(ast.parse(TOOL.read_text())))
    found = {alias.name.partition(".")[0] for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    found |= {str(n.module).partition(".")[0] for n in nodes if isinstance(n, ast.ImportFrom)}
    assert found - set(sys.stdlib_module_names) == {"cryptography"}


# --- what holds ------------------------------------------------------------------------------------------------------


def test_an_untouched_export_holds(kept: Kept, verify: Verify) -> None:
    for lines in (kept.whole, kept.part):
        said = verify(lines, heads=(kept.early, kept.late))
        assert (said.code, said.out.splitlines()[-1]) == (0, "UTUH"), said.out
        assert said.out.count("cocok dengan titik periksa") == 3
        assert said.out.count("sah") == 3
        assert "tidak dijamin" not in said.out
    assert verify(kept.table, heads=(kept.early, kept.late)).code == 0
    assert verify(kept.whole, "--lang", "en").out.endswith("INTACT\n")


def test_a_checkpoint_kept_outside_is_enough_without_a_key(kept: Kept, verify: Verify) -> None:
    """Then entries behind it are vouched for by nothing but the file itself, and that is said."""
    mail = f"Salinan.\r\n\r\n{checkpoint.enclosed(kept.late)}".replace("\n", "\r\n")
    said = verify(kept.whole, key=None, heads=(mail,))
    assert said.code == 0
    assert "tidak dijamin apa pun dari luar" in said.out
    assert "tidak diperiksa" in said.out


def test_without_anything_from_outside_nothing_is_proven(kept: Kept, verify: Verify) -> None:
    said = verify(kept.whole, key=None)
    assert (said.code, said.out) == (2, "")
    assert "TERPISAH" in said.err
    assert "APART" in verify(kept.whole, "--lang", "en", key=None).err


def test_proofs_hold(kept: Kept, verify: Verify) -> None:
    said = verify(kept.entry_proof)
    assert said.code == 0, said.out
    assert "case:opened" in said.out
    assert verify(kept.growth_proof, heads=(kept.early,)).code == 0


# --- what was done to it ---------------------------------------------------------------------------------------------


def places(lines: tuple[str, ...]) -> list[int]:
    """Return a few entries: the first, some between, the last."""
    shown = [number for number, line in enumerate(lines) if '"entry"' in line]
    return [shown[0], shown[len(shown) // 3], shown[len(shown) // 2], shown[-1]]


def changed(lines: tuple[str, ...], place: int, **values: Any) -> tuple[str, ...]:  # noqa: ANN401 - fields of a line
    line: Line = json.loads(lines[place])
    line["entry"] |= values
    return (*lines[:place], json.dumps(line, separators=(",", ":")) + "\n", *lines[place + 1 :])


def named(said: Said, *words: str) -> bool:
    """Tell whether the first finding has these words."""
    first = next(line for line in said.out.splitlines() if line.startswith("- "))
    return said.code == 1 and all(word in first for word in words)


def test_an_altered_entry_is_named(kept: Kept, verify: Verify) -> None:
    for place in places(kept.whole):
        entry = json.loads(kept.whole[place])["entry"]
        for field, value in (("actor", "x"), ("code", "case:nothing"), ("event_date", "2020-01-01"), ("data", {})):
            said = verify(changed(kept.whole, place, **{field: value}))
            assert named(said, entry["id"], "berubah"), said.out
            assert "TIDAK UTUH: 1 temuan" in said.out


def test_an_entry_altered_with_its_hash_is_caught_by_the_tree(kept: Kept, verify: Verify) -> None:
    line = json.loads(kept.whole[places(kept.whole)[1]])
    forged = line["entry"] | {"event_date": "2020-01-01"}
    line |= {"entry": forged, "hash": audit.entry_hash(audit.Envelope(**forged))}
    place = places(kept.whole)[1]
    lines = (*kept.whole[:place], json.dumps(line) + "\n", *kept.whole[place + 1 :])
    said = verify(lines, heads=(kept.early, kept.late))
    assert said.code == 1
    assert "berubah pada atau sesudah posisi" in said.out


def test_removed_added_and_swapped_lines_are_named(kept: Kept, verify: Verify) -> None:
    for place in places(kept.whole):
        lines = list(kept.whole)
        index = json.loads(lines[place])["index"]
        gone = [*lines[:place], *lines[place + 1 :]]
        if place != places(kept.whole)[-1]:
            assert named(verify(tuple(gone)), str(index), str(index + 1))
        assert named(verify((*lines[: place + 1], lines[place], *lines[place + 1 :])), str(index))
    lines = list(kept.whole)
    one, two = places(kept.whole)[1:3]
    lines[one], lines[two] = lines[two], lines[one]
    said = verify(tuple(lines))
    assert named(said, "ditukar"), said.out


def test_a_cut_export_is_shorter_than_its_checkpoint(kept: Kept, verify: Verify) -> None:
    for count in (1, 5, len(kept.whole) // 2, len(kept.whole) - 1):
        assert named(verify(kept.whole[:count]), "dipotong")
    rows = kept.table.splitlines(keepends=True)
    assert named(verify("".join(rows[: len(rows) // 2]), heads=(kept.late,)), "dipotong")
    assert verify("".join(kept.whole)[:-40]).code == 1


def test_a_table_is_held_against_the_checkpoint_beside_it(kept: Kept, verify: Verify) -> None:
    """A key alone vouches for nothing where there is no checkpoint: whoever cuts or forges a table leaves that away."""
    assert named(verify(kept.table), "ekspor.checkpoint")
    rows = kept.table.splitlines(keepends=True)
    made = json.loads(kept.whole[0])["checkpoint"]
    assert verify(kept.table, beside=made).code == 0
    assert named(verify("".join(rows[: len(rows) // 2]), beside=made), "dipotong")


def test_an_export_under_another_key_is_not_ours(kept: Kept, verify: Verify) -> None:
    body = checkpoint.read(json.loads(kept.whole[0])["checkpoint"]).text
    lines = (resigned(kept.whole[0], body, OTHER), *kept.whole[1:])
    assert named(verify(lines), "tidak ditandatangani kunci yang disebut")
    other = checkpoint.verifier_key(origin(kept), crypto.log_key(OTHER))
    assert named(verify(kept.whole, key=other), "tidak ditandatangani kunci yang disebut")
    stolen = checkpoint.read(json.loads(kept.whole[0])["checkpoint"]).signatures[0]
    forged = checkpoint.note_of(body.replace("time 2026", "time 2025"), [stolen])
    lines = (json.dumps(json.loads(kept.whole[0]) | {"checkpoint": forged}) + "\n", *kept.whole[1:])
    assert named(verify(lines), "tidak sah")


def test_a_rolled_back_log_is_caught_by_an_older_checkpoint(kept: Kept, verify: Verify) -> None:
    """Whoever holds the key signs a shorter log: it is whole in itself, and shorter than what the auditor kept."""
    size = checkpoint.read(kept.late).checkpoint.size - 5
    lines = rebuilt([json.loads(line) for line in kept.whole[1:]], size, kept)
    assert verify(lines).code == 0
    assert named(verify(lines, heads=(kept.late,)), "dipotong atau dimundurkan")


def test_a_rewritten_log_is_caught_by_an_older_checkpoint(kept: Kept, verify: Verify) -> None:
    """Whoever holds the key writes another past, every hash right, and signs it."""
    said = [json.loads(line) for line in kept.whole[1:]]
    late = checkpoint.read(kept.late).checkpoint.size
    first = checkpoint.read(kept.early).checkpoint.size
    alone = next(line for line in said if "entry" in line and line["entry"]["seq"] is None and line["index"] > first)
    alone["entry"]["event_date"] = "2020-01-01"
    alone["hash"] = audit.entry_hash(audit.Envelope(**alone["entry"]))
    size = sum(line.get("leaves", 1) for line in said)
    lines = rebuilt(said, size, kept)
    assert verify(lines, heads=(kept.early,)).code == 0, "what came before is as it was"
    if alone["index"] < late:
        answer = verify(lines, heads=(kept.early, kept.late))
        assert named(answer, f"sesudah posisi {first}"), answer.out


def origin(kept: Kept) -> str:
    return checkpoint.read(kept.late).checkpoint.origin


def resigned(header: str, body: str, keys: crypto.Keyring) -> str:
    name = body.partition("\n")[0]
    signature = Signature(name, checkpoint.key_id(name, crypto.log_key(keys)), crypto.sign_log(keys, body.encode()))
    return json.dumps(json.loads(header) | {"checkpoint": checkpoint.note_of(body, [signature])}) + "\n"


def rebuilt(lines: list[Line], size: int, kept: Kept) -> tuple[str, ...]:
    """Return an export of the first `size` leaves with a head signed by the key of the log."""
    edge, shown = merkle.Edge(), []
    for line in lines:
        if edge.size + line.get("leaves", 1) > size:
            break
        shown.append(line)
        below = bytes.fromhex(line.get("subtree") or line["hash"])
        leaf = below if "subtree" in line else merkle.leaf(below)
        merkle.grow(edge, leaf, line.get("leaves", 1).bit_length() - 1)
    body = checkpoint.text_of(Checkpoint(origin(kept), edge.size, merkle.root(edge)))
    return (resigned(kept.whole[0], body, kept.keys), *(json.dumps(line) + "\n" for line in shown))


def test_any_byte_altered_is_found(kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Any bit of any byte: of the lines, and of the checkpoint above them; in this process, for there are many."""
    main: Callable[[list[str]], int] = runpy.run_path(str(TOOL))["main"]
    file, whole = tmp_path / "ekspor", "".join(kept.part).encode()
    begins = whole.index(b'"checkpoint"')
    random = Random(20261122)
    for _try in range(150):
        place, bit = random.randrange(begins, len(whole)), 1 << random.randrange(8)
        file.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        assert main([str(file), "--key", kept.key]) == 1, (place, bit)
        assert "TIDAK UTUH" in capsys.readouterr().out
    file.write_bytes(whole)
    assert main([str(file), "--key", kept.key]) == 0


def test_a_proof_of_something_else_does_not_hold(kept: Kept, verify: Verify) -> None:
    proof = json.loads(kept.entry_proof)
    for change in (
        {"index": proof["index"] + 1},
        {"index": -1},
        {"index": 10**9},
        {"path": proof["path"][:-1]},
        {"path": [*proof["path"], "0" * 64]},
        {"entry": proof["entry"] | {"actor": "x"}},
        {"hash": "0" * 64},
        {"checkpoint": kept.early},
        {"path": ["x"]},
        {"entry": None},
    ):
        assert verify(json.dumps({**proof, **change})).code == 1, change
    growth = json.loads(kept.growth_proof)
    for change in ({"path": growth["path"][1:]}, {"old": growth["new"]}, {"new": growth["old"]}, {"path": []}):
        assert verify(json.dumps({**growth, **change})).code == 1, change
    assert named(verify(kept.growth_proof, heads=(proof["checkpoint"],)), "bukan salah satu dari bukti ini")


def test_a_xes_file_is_compared_with_the_export(kept: Kept, verify: Verify, tmp_path: Path) -> None:
    file = tmp_path / "log.xes"

    def against(document: str) -> Said:
        file.write_text(document, encoding="utf-8")
        return verify(kept.table, "--xes", str(file), heads=(kept.late,))

    said = against(kept.xes)
    assert said.code == 0, said.out
    assert f"XES: {kept.xes.count('<event>')} peristiwa cocok" in said.out
    assert named(against(kept.xes.replace('value="submit_for_assessment"', 'value="close_case"', 1)), "concept:name")
    assert named(against(kept.xes.replace("T01:", "T02:", 3)), "XES")
    one = kept.xes.index("\t\t<event>")
    without = kept.xes[:one] + kept.xes[kept.xes.index("</event>\n", one) + len("</event>\n") :]
    assert named(against(without), "tidak ada di dalamnya")
    moved = kept.xes.replace('key="caseflow:index" value="', 'key="caseflow:index" value="9', 1)
    assert "tidak ada dalam ekspor" in against(moved).out
    for broken in ("", "<log>", kept.xes.replace('key="caseflow:index"', 'key="x"', 1)):
        assert against(broken).code == 1
    only = verify(kept.part, "--xes", str(file), heads=(kept.late,))
    assert only.code == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "x",
        '{"format":"caseflow-log-1"}',
        '{"format":"caseflow-log-2","checkpoint":"x"}',
        "index,leaves\n",
    ],
)
def test_what_is_no_export_is_said_to_be_none(verify: Verify, content: str) -> None:
    said = verify(content)
    assert said.code == 1
    assert "TIDAK UTUH" in said.out


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x\n",
        "[]\n",
        '{"index":0}\n',
        '{"index":0,"leaves":1.0,"subtree":"00"}\n',
        '{"index":0,"index":0,"leaves":1,"subtree":"00"}\n',
        '{"index":true,"leaves":1,"subtree":"' + "0" * 64 + '"}\n',
        '{"index":0,"leaves":0,"subtree":"' + "0" * 64 + '"}\n',
        '{"index":0,"leaves":3,"subtree":"' + "0" * 64 + '"}\n',
        '{"index":0,"hash":"' + "0" * 64 + '","entry":{}}\n',
    ],
)
def test_a_line_that_is_none_is_named(kept: Kept, verify: Verify, line: str) -> None:
    assert verify((kept.whole[0], line, *kept.whole[2:])).code == 1


def test_a_key_written_wrongly_is_refused(kept: Kept, verify: Verify) -> None:
    name, hashed, encoded = kept.key.split("+", 2)
    raw = bytearray(base64.b64decode(encoded))
    raw[5] ^= 1
    for key in ("", "x", f"{name}+{hashed}", f"{name}+{hashed}+{base64.b64encode(raw).decode()}"):
        assert verify(kept.whole, key=key or "x").code == 1
