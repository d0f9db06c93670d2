"""`caseflow instrument list | show | fill | decide | check`."""

import json
from pathlib import Path

from tests.cli.installation import NUMBER, Installation

OWN = """extends = "BPS14"
at_least = 8
age = { from = 18 }
"""


def test_an_instrument_is_filled_told_why_decided_and_corrected(working: Installation, tmp_path: Path) -> None:
    known = working.get("instrument", "list")
    assert {"FM262", "BPS14", "TUJUAN"} <= {each["code"] for each in known}
    shown = working.do("instrument", "show", "fm262").out
    for words in ("no_home", "menentukan sendiri", "belum ditetapkan kantor"):
        assert words in shown, words
    assert "Garis 2024: Rp348.150" in working.do("instrument", "show", "miskin-ekstrem").out
    assert working.run("instrument", "show", "FM999").code == 2
    answers = tmp_path / "jawaban.json"
    answers.write_text(json.dumps({"spending": 1_000_000}))
    fill = ("instrument", "fill", NUMBER, "MISKIN-EKSTREM", "--by", "rina", "--file", answers)
    working.do(*fill)
    (found,) = working.get("instrument", "list", NUMBER)
    assert (found["conclusion"]["outcome"], found["instrument"]) == (None, "MISKIN-EKSTREM")
    shown = working.do("instrument", "show", found["id"], "--case", NUMBER).out
    assert "Belum dijawab: members" in shown
    answers.write_text(json.dumps({"spending": 1_000_000, "members": 0}))
    assert "antara 1 dan 99" in working.refused(*fill)
    answers.write_text(json.dumps({"spending": 1_000_000, "members": 5}))
    working.do(*fill, "--replaces", found["id"], "--on", "2026-01-05")
    newest, old = working.get("instrument", "list", NUMBER)
    assert (newest["replaces"], old["replaced_by"]) == (old["id"], newest["id"])
    assert newest["conclusion"]["outcome"]["key"] == "below"
    working.do("instrument", "decide", NUMBER, newest["id"], "accepted", "--by", "rina")
    assert "Hasil instrumen diterima" in working.do("instrument", "list", NUMBER).out
    assert working.get("audit", "verify")["intact"] is True


def test_an_office_sets_one_threshold_and_its_mistakes_are_told(working: Installation, tmp_path: Path) -> None:
    own = tmp_path / "_instruments"
    own.mkdir()
    (own / "delapan.toml").write_text(OWN)
    assert "tidak ada temuan: BPS14" in working.do("instrument", "check", own).out
    answers = tmp_path / "jawaban.json"
    ours = working.with_settings(CASEFLOW_CATEGORIES_DIR=str(tmp_path))
    first = next(iter(ours.get("instrument", "show", "BPS14")["items"]))["key"]
    answers.write_text(json.dumps({first: "yes"}))
    warned = ours.do("instrument", "fill", NUMBER, "BPS14", "--by", "rina", "--file", answers)
    assert "Instrumen ini untuk umur 18 tahun ke atas" in warned.err
    (own / "salah.toml").write_text('extends = "BPS15"\n')
    refused = working.run("instrument", "check", own)
    assert refused.code == 1
    assert 'Maksudnya "BPS14"?' in refused.err
