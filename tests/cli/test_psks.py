"""`caseflow psks` and `caseflow institution`: recorded, refused, counted, confirmed."""

from pathlib import Path

from caseflow.exchange import table
from tests.cli.installation import VILLAGE, Installation

WHO = ("--name", "Siti Rahmah", "--home", VILLAGE)
PSM = ("--type", "psm", "--area", VILLAGE, "--from", "2024-01-15")
BY = ("--by", "wahidah")


def test_helpers_at_the_command_line(working: Installation, tmp_path: Path) -> None:
    assert "TKSK" in working.do("psks", "types").out
    training = ("--training", "Dasar PSM; 2024", "--language", "banjar", "--user", "rina")
    person = working.get("psks", "add", *WHO, *PSM, *training, *BY)["id"]
    working.do("psks", "role", person, "--type", "PKH", "--area", "63.10.01", "--from", "2024-02-01", *BY)
    assert "sudah tercatat" in working.refused("psks", "role", person, *PSM, *BY)
    early = ("--type", "TKSK", "--area", "63.10.01", "--from", "2024-02-01", "--until", "2024-01-01")
    assert "sebelum mulai" in working.refused("psks", "role", person, *early, *BY)
    assert "mencatat PSKS" in working.refused("psks", "add", *WHO, *PSM, "--by", "rina")
    shown = working.get("psks", "show", person)
    assert [(r["type"], r["trainings"]) for r in shown["roles"]] == [("PKH", []), ("PSM", [["Dasar PSM", 2024]])]
    assert "Siti Rahmah" in working.do("psks", "list", "--doubles").out
    assert "Pendamping PKH" in working.do("psks", "show", person).out
    assert working.get("psks", "confirm", *BY) == {"roles": [], "count": 0}
    assert working.get("psks", "confirm", shown["roles"][0]["id"], *BY) == {"confirmed": 1}
    report = working.get("psks", "report")
    assert (report["persons"], report["roles"], report["doubles"]) == (1, 2, 1)
    assert "1 orang, 2 peran" in working.do("psks", "report").out
    sheet = tmp_path / "psks.xlsx"
    working.do("psks", "report", "--out", str(sheet))
    assert ["Semua", "", "", "Peran yang dipegang", "2"] in table.rows(sheet.read_bytes())
    working.do("psks", "end", shown["roles"][0]["id"], *BY)
    working.do("psks", "change", person, "--name", "Siti R.", "--home", VILLAGE, "--phone", "0812", *BY)
    assert working.get("psks", "show", person)["phone"] == "0812"
    assert "menghapus data PSKS" in working.refused("psks", "erase", person, "--reason", "request", *BY)


def test_a_sheet_of_helpers_at_the_command_line(working: Installation, tmp_path: Path) -> None:
    sheet, report = tmp_path / "psks.csv", tmp_path / "report.xlsx"
    working.do("psks", "template", str(tmp_path / "empty.xlsx"))
    assert "Wilayah" in table.rows((tmp_path / "empty.xlsx").read_bytes())[0]
    sheet.write_text(f"Nama,Peran,Wilayah,Mulai\nAni,PSM,{VILLAGE},2024\nBudi,XX,{VILLAGE},2024\n", "utf-8")
    told = working.run("psks", "import", str(sheet), "--report", str(report), *BY)
    assert told.code == 1
    assert "tidak dikenal" in told.out
    assert "perlu dibetulkan" in table.rows(report.read_bytes())[2]
    sheet.write_text(f"Name,Role,Area,From\nAni,PSM,{VILLAGE},2024\n", "utf-8")
    rows = working.get("psks", "import", str(sheet), "--dry-run", *BY)["rows"]
    assert [row["state"] for row in rows] == ["new"]
    assert working.get("psks", "import", str(sheet), *BY) == {"persons": 1, "roles": 1, "known": 0}
    assert "0 orang dan 0 peran dicatat; 1 baris" in working.do("psks", "import", str(sheet), *BY).out


def test_an_institution_says_what_it_takes(working: Installation) -> None:
    change = ("institution", "change", "LKSA Istana")
    working.do(
        *change, "--psks-type", "lks", "--capacity", "0", "--accepts", "referral", "--licence-until", "2024-12-31"
    )
    said = working.do("institution", "show", "LKSA Istana").out
    assert all(word in said for word in ("0 dari 0 terisi", "rujukan tanpa surat", "Penuh", "Izin berakhir"))
    shown = working.get("institution", "show", "LKSA Istana")
    assert (shown["psks_type"], shown["full"], shown["answered"]["sent"]) == ("LKS", True, 0)
    assert "dikenal" in working.refused(*change, "--accepts", "zz")
    assert working.get("psks", "report")["bodies"] == 1
