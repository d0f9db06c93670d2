"""`caseflow audit picks | ask | answer | close | limits`: the audit desk at the command line."""

from tests.cli.installation import NUMBER, Installation


def test_a_step_is_picked_asked_about_answered_and_closed(working: Installation) -> None:
    words = ("--note", "Pindah.", "--detail", "reason_code=moved", "--detail", "source=RT")
    working.do("case", "advance", NUMBER, "terminate", *words, "--by", "rina")
    working.do("case", "review", NUMBER, "approve", "--reason", "Sesuai.", "--by", "wahidah")
    found = working.get("audit", "picks", "--reason", "quick", "--step", "terminate", "--worker", "rina")
    (pick,) = found["items"]
    assert pick["reasons"]["quick"] == "Ditutup 1 jam sejak dibuka (batas kantor: 1 hari)."
    entry = f"{pick['number']}/{pick['seq']}"
    assert entry in working.do("audit", "picks", "--by", "wahidah").out
    assert "Yang berwenang" in working.refused("audit", "picks", "--by", "rina")

    working.do("user", "add", "nurul", "--full-name", "Nurul Huda", "--role", "auditor", "--area", "63.10")
    question = working.get("audit", "ask", entry, "--of", "rina", "--text", "Mengapa hari itu juga?", "--by", "nurul")
    assert (
        "Mengapa hari itu juga?"
        in working.do("audit", "answer", question["id"], "--text", "Libur.", "--by", "rina").out
    )
    assert question["id"] in working.do("audit", "questions").out
    close = ("audit", "close", question["id"], "--finding", "in_order")
    assert "Yang berwenang: Nurul Huda." in working.refused(*close, "--by", "wahidah")
    assert "Sesuai ketentuan" in working.do(*close, "--by", "nurul").out
    assert working.get("audit", "questions") == []
    assert working.get("audit", "verify")["intact"] is True


def test_the_limits_of_an_office_are_shown_and_set(installed: Installation) -> None:
    assert installed.get("audit", "limits", "63.10")["backdated_days"] == 3
    installed.do("audit", "limits", "63.10", "--set", "backdated_days=5")
    assert installed.get("audit", "limits", "63.10")["backdated_days"] == 5
    assert "dari 0 sampai 23" in installed.refused("audit", "limits", "63.10", "--set", "night_from=24")
    assert installed.run("audit", "limits", "63.10", "--set", "night=x").code == 2
    assert installed.run("audit", "ask", NUMBER, "--of", "rina", "--text", "x", "--by", "wahidah").code == 2
