"""`caseflow report` and `caseflow target`: made, counted, shown, exported; targets set and withdrawn."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.installation import Installation
from tests.counting import count_and_freeze


def counted(installation: Installation, report: str) -> None:
    """Do what the job of a report does."""
    database = installation.database()
    with database.write() as session:
        count_and_freeze(session, report, at=datetime.now(UTC))
    database.close()


def test_a_report_and_a_target_at_the_command_line(working: Installation, tmp_path: Path) -> None:
    days = ("--from", "2026-01-01", "--until", "2026-12-31")
    made = working.get(
        "target", "set", "--area", "63.10", "--measure", "opened", *days, "--amount", "9", "--by", "wahidah"
    )
    assert [(t["id"], t["amount"]) for t in working.get("target", "list")] == [(made["id"], 9)]
    assert "kasus baru" in working.do("target", "list", "--by", "wahidah").out
    working.do("target", "withdraw", made["id"], "--by", "wahidah")
    assert working.get("target", "list") == []
    assert "Laporan dibuat setelah" in working.refused("report", "make", "2099-01", "--by", "wahidah")
    report = working.get("report", "make", "2026-01", "--by", "wahidah")["id"]
    assert "sedang dihitung" in working.refused("report", "make", "2026-01", "--by", "wahidah")
    assert report in working.do("report", "list").out
    assert "belum selesai" in working.refused("report", "export", report, "--out", str(tmp_path / "a.xlsx"))
    counted(working, report)
    shown = working.get("report", "show", report)
    text = working.do("report", "show", "2026-01").out
    assert "Berkas tertutup (R3): kurang dari lima" in text
    assert all(said in text for said in ("Dibekukan", "Diminta oleh", "Ringkasan\n\tJumlah\n"))
    file = tmp_path / "laporan.json"
    working.do("report", "export", report, "--out", str(file))
    assert hashlib.sha256(file.read_bytes()).hexdigest() == shown["digest"]
