"""`caseflow case dossier` and `caseflow case waiting`: the same words and figures as on the pages."""

import zipfile

from tests.cli.installation import NUMBER, Installation

MOVED = ("--note", "Pindah ke Kotabaru.", "--detail", "reason_code=moved", "--detail", "source=RT")


def test_why_a_case_was_closed_as_text_data_and_pdf(working: Installation) -> None:
    assert "Kasus ini masih berjalan" in working.refused("case", "dossier", NUMBER, "--by", "rina")
    working.do("case", "advance", NUMBER, "terminate", *MOVED, "--by", "rina")
    working.do("case", "review", NUMBER, "approve", "--by", "wahidah", "--reason", "Sesuai keterangan RT.")
    said = working.do("case", "dossier", NUMBER, "--by", "wahidah").out
    assert f"Petikan berkas kasus {NUMBER}: mengapa ditutup" in said
    assert "Pindah ke Kotabaru." in said
    assert "Sesuai keterangan RT." in said
    sections = working.get("case", "dossier", NUMBER, "--by", "wahidah", "--lang", "en")["sections"]
    assert [s["title"] for s in sections][1] == "Why it was closed"
    file = working.folder / "petikan.pdf"
    assert "(2 halaman)" in working.do("case", "dossier", NUMBER, "-o", file, "--by", "hartati").out
    assert file.read_bytes().startswith(b"%PDF")
    assert [code for code, _actor in working.access_codes()].count("case:file:read") == 3


def test_where_cases_wait_as_tables_data_and_a_worksheet(working: Installation) -> None:
    said = working.do("case", "waiting", "--by", "wahidah", "--category", "at", "--assignee", "rina")
    assert "Tidak ada kasus yang lewat batas tahapnya." in said.out
    assert "Anak terlantar\t0 (1)\t" in said.out
    assert "Berkas tertutup" not in said.out, "a part counts none of them"
    found = working.get("case", "waiting")
    assert found["open"]["cases"] == 1
    assert found["closed_files"]["all"] is None
    file = working.folder / "menunggu.xlsx"
    working.do("case", "waiting", "--out", file)
    with zipfile.ZipFile(file) as book:
        assert "Anak terlantar" in book.read("xl/worksheets/sheet1.xml").decode()
    assert "Peran Anda tidak berwenang" in working.refused("case", "waiting", "--by", "rina")
