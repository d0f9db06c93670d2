"""`caseflow attachment add | list | show | withdraw`, and the log that vouches for a file."""

from pathlib import Path

from PIL import Image

from tests.cli.installation import NUMBER, Installation


def test_a_photo_is_attached_listed_written_and_withdrawn(working: Installation, tmp_path: Path) -> None:
    file, out = tmp_path / "rumah.png", tmp_path / "lagi.jpg"
    Image.new("RGB", (30, 20), "green").save(file)
    (tmp_path / "bukan.jpg").write_bytes(b"PK\x03\x04")
    add = ("attachment", "add", NUMBER, "--kind", "house", "--by", "rina", "--file")
    assert "apa pun namanya" in working.refused(*add, tmp_path / "bukan.jpg")
    assert working.run(*add[:4], "selfie", "--by", "rina", "--file", file).code == 2
    said = working.do(*add, file, "--note", "Dinding lapuk.", "--on", "2025-11-16")
    assert "id:" in said.out
    (found,) = working.get("attachment", "list", NUMBER)
    assert (found["label"], found["note"], found["taken_on"]) == ("Foto rumah", "Dinding lapuk.", "2025-11-16")
    working.do("attachment", "show", found["id"], "--out", out)
    with Image.open(out) as seen:
        assert (seen.format, seen.size) == ("JPEG", (30, 20))
    assert working.get("audit", "verify")["intact"] is True
    working.do("attachment", "withdraw", found["id"], "--reason", "Salah rumah.", "--by", "rina")
    assert "ditarik: Salah rumah." in working.do("attachment", "list", NUMBER).out
    assert "tidak" in working.refused("attachment", "show", found["id"], "--out", out)
