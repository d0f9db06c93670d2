"""`caseflow erasure`: asked for, decided, shown everywhere, and told to a restored backup."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.installation import NUMBER, Installation

ASK = ("--basis", "unlawful", "--applicant", "Siti Aminah", "--reason", "Salah orang.", "--evidence", "KTP")
NAME = "(data dihapus atas permintaan)"


@pytest.fixture
def closed(working: Installation) -> Installation:
    """Return an installation with a head, in which the case was ended."""
    head = ("--full-name", "Kepala Dinas", "--role", "head", "--area", "63.10")
    working.do("user", "add", "kadis", *head)
    words = ("--note", "Pindah.", "--detail", "reason_code=moved", "--detail", "source=RT")
    working.do("case", "advance", NUMBER, "terminate", *words, "--by", "rina")
    working.do("case", "review", NUMBER, "approve", "--reason", "Sesuai.", "--by", "wahidah")
    return working


def test_an_open_case_is_not_erased(working: Installation) -> None:
    working.do("user", "add", "kadis", "--full-name", "Kepala", "--role", "head", "--area", "63.10")
    assert NUMBER in working.refused("erasure", "ask", NUMBER, *ASK, "--by", "rina")


def test_somebody_is_erased_by_two_people(closed: Installation) -> None:
    closed.do("erasure", "ask", NUMBER, *ASK, "--by", "rina")
    assert NUMBER in closed.do("erasure", "list").out
    (found,) = closed.get("erasure", "list", "--by", "kadis")
    assert (found["number"], found["state"], found["may_decide"], found["reason"]) == (
        NUMBER,
        "pending",
        True,
        "Salah orang.",
    )
    shown = closed.do("erasure", "show", NUMBER, "--by", "kadis").out
    assert "Siti Aminah" in shown
    assert "melawan hukum" in shown
    assert "Yang berwenang" in closed.refused("erasure", "approve", NUMBER, "--by", "wahidah")
    closed.do("erasure", "approve", NUMBER, "--by", "kadis")
    assert closed.get("erasure", "list") == []
    (over,) = closed.get("erasure", "list", "--all")
    assert (over["state"], over["name"]) == ("granted", NAME)
    assert "reason" not in over
    assert closed.get("erasure", "show", NUMBER)["against"] == []
    assert "sudah diputus" in closed.refused("erasure", "approve", NUMBER, "--by", "kadis")


def test_the_command_line_shows_plainly_who_was_erased(closed: Installation) -> None:
    closed.do("erasure", "ask", NUMBER, *ASK, "--by", "rina")
    closed.do("erasure", "approve", NUMBER, "--by", "kadis")
    shown = closed.do("case", "show", NUMBER).out
    assert NAME in shown
    assert "Siti Aminah" not in shown
    assert NAME in closed.do("case", "list").out
    assert "isinya dihapus atas permintaan" in closed.do("case", "history", NUMBER).out
    data = closed.get("case", "show", NUMBER)
    assert (data["subject"]["name"], data["subject"]["data"]) == (NAME, {})
    assert data["subject"]["erased_at"]
    assert closed.get("case", "history", NUMBER)[-1]["code"] == "case:subject:erased"
    assert "belum dihapus atas permintaan" in closed.refused(
        "case", "advance", NUMBER, "reopen", "--note", "x", "--by", "wahidah"
    )
    closed.do("case", "steps", NUMBER, "--by", "rina")
    verified = closed.get("audit", "verify")
    assert (verified["intact"], verified["erased"] > 0) == (True, True)
    assert "data erased on request" in closed.do("case", "show", NUMBER, "--lang", "en").out


def test_a_refusal_and_a_request_taken_back(closed: Installation) -> None:
    closed.do("erasure", "ask", NUMBER, *ASK, "--by", "rina")
    assert "reason" in closed.refused("erasure", "refuse", NUMBER, "--by", "kadis")
    closed.do("erasure", "refuse", NUMBER, "--reason", "Perkaranya berjalan.", "--by", "kadis")
    file = closed.file("e.json", {"basis": "request", "applicant": "Siti", "reason": "Permintaan sendiri."})
    asked = closed.get("erasure", "ask", NUMBER, "--file", file, "--by", "rina")["created"]
    against = closed.get("erasure", "show", asked, "--by", "kadis")["against"]
    assert ["5 tahun" in sentence for sentence in against] == [True]
    assert "Belum dapat disetujui" in closed.do("erasure", "show", asked, "--by", "kadis").out
    closed.with_settings(CASEFLOW_RETENTION_YEARS="0").get("erasure", "show", asked, "--by", "kadis")
    closed.do("erasure", "withdraw", asked, "--by", "rina")
    assert [e["state"] for e in closed.get("erasure", "list", "--all")] == ["refused", "withdrawn"]


def test_what_is_mistyped_is_said_at_once(closed: Installation) -> None:
    said = closed.refused("erasure", "ask", NUMBER, "--basis", "fun", "--reason", "x", "--by", "rina")
    assert "applicant" in said
    assert "Data itu tidak ada" in closed.refused("erasure", "approve", NUMBER, "--by", "kadis")
    assert "Data itu tidak ada" in closed.refused("erasure", "show", "x", "--by", "kadis")


def test_a_restored_backup_is_told_who_was_erased(closed: Installation, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    shutil.copy(closed.folder / "caseflow.db", backup)
    closed.do("erasure", "ask", NUMBER, *ASK, "--by", "rina")
    closed.do("erasure", "approve", NUMBER, "--by", "kadis")
    ledger = tmp_path / "erased.json"
    assert "1 orang ditulis" in closed.do("erasure", "ledger", "--out", ledger).out
    (line,) = json.loads(ledger.read_text())
    assert set(line) == {"subject", "erased_at"}
    assert json.loads(closed.do("erasure", "ledger").out) == [line]
    for part in ("caseflow.db-wal", "caseflow.db-shm"):
        (closed.folder / part).unlink(missing_ok=True)
    shutil.copy(backup, closed.folder / "caseflow.db")
    assert "Siti Aminah" in closed.do("case", "show", NUMBER).out
    assert "1 orang dihapus lagi" in closed.do("erasure", "reapply", ledger).out
    assert "Siti Aminah" not in closed.do("case", "show", NUMBER).out
    assert closed.get("erasure", "reapply", ledger) == {"erased": [], "already": 1, "absent": 0}
    assert json.loads(closed.do("erasure", "ledger").out) == [line]
    assert closed.get("audit", "verify")["intact"]


@pytest.mark.parametrize(
    "content", ["", "{}", '[{"subject": "x"}]', "[1]", '[{"subject": "x", "erased_at": "kemarin"}]']
)
def test_a_list_that_is_none_is_not_taken(closed: Installation, tmp_path: Path, content: str) -> None:
    file = tmp_path / "list.json"
    file.write_text(content)
    said = closed.run("erasure", "reapply", file)
    assert (said.code, "bukan daftar" in said.err) == (2, True)
    assert closed.run("erasure", "reapply", tmp_path / "absent.json").code == 2
