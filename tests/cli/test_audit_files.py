"""What an operator, an auditor and a stranger do with the log: checkpoints, proofs, exports, and checking them."""

import json
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, text

from caseflow import checkpoint
from caseflow.edge import real_now
from caseflow.store import triggers
from caseflow.store.session import Database
from caseflow.store.tables import APPEND_ONLY, access_entry, checkpoint_copy, log_checkpoint, log_leaf, log_subtree
from tests.cli.installation import NUMBER, Installation
from tests.source import ROOT

TOOL = str(ROOT / "tools" / "verify_audit.py")


def stranger(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", TOOL, *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture
def logged(working: Installation, tmp_path: Path) -> Installation:
    """Return an installation whose checkpoints go to a folder."""
    (tmp_path / "share").mkdir()
    return working.with_settings(CASEFLOW_CHECKPOINT_DIR=str(tmp_path / "share"))


def test_a_checkpoint_on_demand_leaves_the_machine(logged: Installation, tmp_path: Path) -> None:
    said = logged.do("audit", "checkpoint").out
    note = checkpoint.read(said)
    assert logged.get("audit", "checkpoint")["size"] == note.checkpoint.size + 1, "the asking is an entry as well"
    assert {row["copies"][0]["state"] for row in logged.get("audit", "checkpoints")} == {"waiting"}
    logged.do("jobs", "run")
    assert said in {path.read_text() for path in (tmp_path / "share").iterdir()}
    listed = logged.do("audit", "checkpoints").out
    assert "sampai" in listed
    assert str(tmp_path / "share") in listed
    logged.do("audit", "checkpoint", "--by", "hartati", "--out", tmp_path / "mine")
    assert checkpoint.read((tmp_path / "mine").read_text()).checkpoint.size > note.checkpoint.size
    assert "auditor" in logged.refused("audit", "checkpoint", "--by", "rina").lower()
    assert len(codes(logged, "log:checkpoint:asked")) == 3


def codes(installed: Installation, code: str) -> list[str]:
    return [actor for found, actor in installed.access_codes() if found == code]


def test_the_log_holds_against_what_was_kept(logged: Installation, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    logged.do("audit", "checkpoint", "--out", kept)
    logged.do("case", "record", NUMBER, "data_collection", "--set", "situation=Baik", "--by", "rina")
    assert "Log audit utuh." in logged.do("audit", "verify", "--checkpoint", kept).out
    assert "titik periksa" in logged.do("audit", "verify").out
    found = logged.get("audit", "verify", "--checkpoint", kept)
    assert (found["intact"], found["tree"]["checkpoints"], found["tree"]["faults"]) == (True, 1, [])
    said = logged.refused("audit", "verify", "--checkpoint", tmp_path / "none")
    assert "tidak dapat dibaca" in said
    kept.write_text("log\n")
    assert "Titik periksa log tidak dapat dipakai" in logged.refused("audit", "verify", "--checkpoint", kept)


def test_a_log_cut_and_signed_again_is_told_from_what_was_kept(logged: Installation, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    logged.do("audit", "checkpoint", "--out", kept)
    database = logged.database()
    with database.write() as session:
        for name in sorted(triggers.expected()):
            session.conn.execute(text(f"DROP TRIGGER {name}"))
        last = checkpoint.read(kept.read_text()).checkpoint.size - 1
        session.execute(delete(access_entry).where(access_entry.c.code == "log:checkpoint:asked"))
        session.execute(delete(log_leaf).where(log_leaf.c.position == last))
        session.execute(delete(log_subtree).where(log_subtree.c.level == 1, log_subtree.c.number >= last >> 4))
        session.execute(delete(checkpoint_copy))
        session.execute(delete(log_checkpoint))
        triggers.create_triggers(session.conn, APPEND_ONLY)
    database.close()
    assert logged.get("audit", "verify")["intact"], "by itself the log is whole"
    said = logged.refused("audit", "verify", "--checkpoint", kept)
    assert "dipotong atau dimundurkan" in said
    answer = logged.run("audit", "verify", "--checkpoint", kept, "--json")
    assert (answer.code, json.loads(answer.out)["tree"]["faults"][0]["reason"]) == (1, "short")
    assert "cut or put back" in logged.run("audit", "verify", "--checkpoint", kept, "--lang", "en").err


def test_a_leaf_changed_in_the_database_is_named(logged: Installation) -> None:
    logged.do("audit", "checkpoint")
    database: Database = logged.database()
    with database.write() as session:
        for name in sorted(triggers.expected()):
            session.conn.execute(text(f"DROP TRIGGER {name}"))
        session.execute(log_leaf.update().where(log_leaf.c.position == 3).values(hash=bytes(32)))
    database.close()
    said = logged.refused("audit", "verify")
    assert "bukan lagi yang masuk ke pohon log (posisi 3)" in said


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_stranger_checks_an_export(logged: Installation, tmp_path: Path, kind: str) -> None:
    kept, out = tmp_path / "kept", tmp_path / f"log.{kind}"
    logged.do("audit", "checkpoint", "--out", kept)
    key = logged.do("audit", "key").out.strip()
    assert logged.get("audit", "key") == {"key": key}
    logged.do("audit", "export", "--format", kind, "--out", out)
    beside = out.with_name(f"{out.name}.checkpoint")
    said = stranger(out, "--key", key, "--checkpoint", kept, "--checkpoint", beside)
    assert (said.returncode, said.stdout.splitlines()[-1]) == (0, "UTUH"), said.stdout
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    assert "Ekspor utuh" in logged.do("audit", "verify", "--export", out, "--checkpoint", kept).out
    assert logged.get("audit", "verify", "--export", out)["intact"]
    out.write_text(out.read_text().replace("case:opened", "case:opened".upper(), 1))
    assert stranger(out, "--key", key).returncode == 1
    assert "dalam ekspor berubah" in logged.refused("audit", "verify", "--export", out)
    assert "bukan ekspor log" in logged.refused("audit", "verify", "--export", kept)
    assert "bukan ekspor log" in logged.refused("audit", "verify", "--export", tmp_path / "none")
    assert len(codes(logged, "log:export:made")) == 1


def test_an_export_is_scoped_and_refused_to_who_may_not(logged: Installation, tmp_path: Path) -> None:
    out = tmp_path / "log.xes"
    words = ("audit", "export", "--format", "xes", "--out", out)
    logged.do(*words, "--by", "hartati", "--area", "63.10", "--from", "2020-01-01", "--until", "2099-12-31")
    assert "case:opened" in out.read_text()
    assert "mengekspor log" in logged.refused(*words, "--by", "rina")
    assert "Tanggal akhir" in logged.refused(*words, "--from", "2026-01-02", "--until", "2026-01-01")
    assert logged.run(*words[:3], "pdf", *words[4:]).code == 2


def test_a_stranger_checks_proofs(logged: Installation, tmp_path: Path) -> None:
    kept, entry, growth = tmp_path / "kept", tmp_path / "entry", tmp_path / "growth"
    logged.do("audit", "checkpoint", "--out", kept)
    logged.do("case", "record", NUMBER, "data_collection", "--set", "situation=Baik", "--by", "rina")
    logged.do("audit", "checkpoint", "--out", tmp_path / "later")
    key = logged.do("audit", "key").out.strip()
    logged.do("audit", "proof", f"{NUMBER}/1", "--checkpoint", kept, "--out", entry)
    said = stranger(entry, "--key", key, "--checkpoint", kept)
    assert said.returncode == 0, said.stdout
    assert "case:opened" in said.stdout
    assert json.loads(logged.do("audit", "proof", f"{NUMBER}/1").out)["entry"]["code"] == "case:opened"
    logged.do("audit", "consistency", kept, "--out", growth)
    assert stranger(growth, "--key", key, "--checkpoint", kept).returncode == 0
    logged.do("audit", "consistency", kept, tmp_path / "later", "--out", growth)
    assert stranger(growth, "--checkpoint", kept, "--checkpoint", tmp_path / "later").returncode == 0
    assert "tidak ada" in logged.refused("audit", "proof", "6310-2026-999999/1")
    assert "lebih lama" in logged.refused("audit", "consistency", tmp_path / "later", kept)


def test_the_doctor_misses_copies_outside(working: Installation, logged: Installation) -> None:
    def found(installed: Installation) -> tuple[str, str]:
        (check,) = [c for c in installed.run("doctor", "--json").data["checks"] if c["name"] == "titik periksa log"]
        return check["level"], check["found"]

    assert found(working) == ("warn", "tidak ada salinan di luar mesin ini")
    assert found(logged) == ("warn", "salinan terakhir sampai di luar: belum pernah")
    logged.do("audit", "checkpoint")
    logged.do("jobs", "run")
    assert found(logged)[0] == "ok"


def test_a_case_as_the_log_knew_it(working: Installation) -> None:
    working.do("case", "record", NUMBER, "data_collection", "--set", "situation=Baik", "--by", "rina")
    today = real_now().astimezone(ZoneInfo("Asia/Makassar")).date()
    then = working.get("case", "show", NUMBER, "--as-of", today)
    assert (then["state"], then["number"], then["category"]) == ("data_collection", NUMBER, "AT")
    out = working.do("case", "show", NUMBER, "--as-of", today, "--by", "rina").out
    assert "Pengumpulan data" in out
    assert "ke-2" in out
    refused = working.refused("case", "show", NUMBER, "--as-of", "2023-01-01")
    assert "--as-of: Kasus belum dibuka" in refused
    assert working.run("case", "show", NUMBER, "--as-of", "kemarin").code == 2
