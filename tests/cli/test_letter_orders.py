"""Many letters ordered and signed by the office's certificate, from the command line to a file that is checked."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from caseflow.edge import real_now
from tests.cli.installation import NUMBER, Installation, ago
from tests.letters.test_signature import pair

UNKNOWN = "6310-2020-000999"
pytestmark = pytest.mark.slow  # the letters are made for real


def test_letters_are_ordered_made_signed_and_checked(working: Installation, tmp_path: Path) -> None:
    made = working
    cert, key = tmp_path / "kantor.pem", tmp_path / "kantor.key"
    now = real_now()
    for file, content in zip((cert, key), pair(starts=now - timedelta(days=1)), strict=True):
        file.write_bytes(content)
    assert "Dinas Sosial Contoh" in made.do("letter", "certificate", "set", "--file", cert, "--key", key).out
    kept = made.folder / "certificates"
    assert {file.name: file.stat().st_mode & 0o777 for file in kept.iterdir()} == {"6310.key": 0o600, "6310.pem": 0o600}
    said = {"task": "outreach", "place": "Desa", "officers": [["Rina", "", "TKSK"]], "from_date": ago(0)}
    lines = [json.dumps({"case": number, "fields": said}) for number in (NUMBER, UNKNOWN)]
    order = made.do("letter", "bulk", "st", "--cases", "-", "--by", "rina", stdin="\n".join(lines)).out.strip()
    again = made.do("letter", "bulk", "st", "--cases", "-", "--by", "rina", stdin="\n".join(lines))
    assert again.out.strip() == order
    assert "Pesanan ini sudah ada sejak" in again.err
    made.do("jobs", "run")
    stands = made.get("letter", "bulk-status", order, "--by", "rina")
    assert {k: stands["progress"][k] for k in ("done", "rendered", "refused", "waiting")} == {
        "done": 1, "rendered": 1, "refused": 1, "waiting": 0,
    }  # fmt: skip
    assert UNKNOWN in made.do("letter", "bulk-status", order, "--by", "rina").out
    made.do("letter", "bulk-status", order, "--by", "rina", "--out", tmp_path / "order.xlsx")

    pdf = tmp_path / "surat.pdf"
    made.do("letter", "show", stands["cases"][0]["number"], "--out", pdf, "--by", "rina")
    told = made.do("letter", "check", pdf).out
    assert told.startswith("asli")
    assert "Tanda tangan elektronik Dinas Sosial Contoh utuh" in told
    assert "Bukan sertifikat BSrE" in told
    content = pdf.read_bytes()
    pdf.write_bytes(content[:900] + bytes([content[900] ^ 1]) + content[901:])
    altered = made.run("letter", "check", pdf)
    assert altered.code == 1
    assert "berubah sesudah ditandatangani" in altered.out
    pdf.write_bytes(content)

    assert "Dinas Sosial Contoh" in made.do("letter", "certificate", "show").out
    made.do("letter", "certificate", "remove")
    assert [file.suffix for file in kept.iterdir()] == [".pem"], "the key is gone, what it signed is still known"
    assert "utuh" in made.do("letter", "check", pdf).out
    codes = [code for code, _actor in made.access_codes()]
    assert {"office:certificate:set", "office:certificate:removed", "letter:batch:ordered"} <= set(codes)
