"""Initials (paraf) from the command line: posts and their order, a letter that waits, its number with the last one."""

from tests.cli.installation import NUMBER, Installation, ago

POST = "Kepala Bidang Rehabilitasi Sosial"
ST = ("--set", "task=outreach", "--set", "place=Desa", "--set", "officers=Rina; ; TKSK", "--set", f"from_date={ago(0)}")


def asked(at: Installation) -> str:
    """Let a letter wait for the initial of wahidah, and return the draft."""
    at.do("letter", "initials", "hold", "--post", POST, "--user", "wahidah")
    at.do("letter", "initials", "set", "--letter", "st", "--post", POST)
    letter = at.get("letter", "issue", NUMBER, "st", *ST, "--by", "rina")
    assert (letter["letter"]["number"], letter["letter"]["waits_for"]) == (None, POST)
    (mine,) = at.get("letter", "initials", "list", "--by", "wahidah")
    assert mine["id"] == letter["letter"]["id"]
    return str(mine["id"])


def test_the_number_comes_with_the_last_initial(working: Installation) -> None:
    draft = asked(working)
    assert "memaraf sebagai" in working.refused("letter", "initials", "give", draft, "--by", "rina")
    assert POST in working.do("letter", "initials", "list", "--by", "wahidah").out
    number = working.do("letter", "initials", "give", draft, "--by", "wahidah").out.strip()
    assert number.startswith("400.9/0001/ST/")
    assert f"paraf: {POST}" in working.do("letter", "register", "--by", "hartati").out
    assert working.get("letter", "initials", "list", "--by", "wahidah") == []
    assert "utuh" in working.do("audit", "verify").out


def test_a_draft_goes_back_or_is_taken_back(working: Installation) -> None:
    draft = asked(working)
    give_back = ("letter", "initials", "return", draft, "--by", "wahidah")
    assert "wajib" in working.refused(*give_back)
    working.do(*give_back, "--reason", "Tempatnya keliru.")
    again = working.get("letter", "issue", NUMBER, "st", *ST, "--by", "rina")
    working.do("letter", "initials", "withdraw", again["letter"]["id"], "--reason", "Tidak jadi.", "--by", "rina")
    shown = working.get("letter", "initials", "show")
    assert (shown["chains"], [row["post"] for row in shown["holders"]]) == ({"st": [POST]}, [POST])
    left = working.do("letter", "initials", "leave", shown["holders"][0]["id"], "--until", ago(0))
    assert "Sesudah itu tidak ada yang memegang jabatan" in left.err
    working.do("letter", "initials", "set", "--letter", "st", "--as-others")
    assert working.do("letter", "issue", NUMBER, "st", *ST, "--by", "rina").out.startswith("400.9/0001/ST/")
