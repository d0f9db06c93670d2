"""Accounts at the command line: the list, roles that end, switching off and on, areas nobody recorded."""

from caseflow import edge
from caseflow.edge import BusinessClock, Edge
from tests.cli.installation import Installation, ago


def test_the_list_tells_who_works_where(installed: Installation) -> None:
    installed.do("user", "add", "admin", "--role", "admin", "--area", "63.10")
    installed.do("user", "grant", "budi", "--role", "supervisor", "--area", "63.10.01", "--until", ago(-3))
    found = {account["username"]: account for account in installed.get("user", "list", "--by", "admin")}
    assert [(held["role"], held["area"]) for held in found["budi"]["roles"]] == [
        ("caseworker", "6310"),
        ("supervisor", "631001"),
    ]
    text = installed.do("user", "list", "--role", "supervisor").out
    assert [line.split("\t")[0] for line in text.splitlines()] == ["budi", "wahidah"]
    assert "Supervisor 63.10.01 sampai" in text
    assert "Peran Anda tidak berwenang" in installed.refused("user", "list", "--by", "rina")


def test_the_last_log_in_is_told(installed: Installation) -> None:
    add = ("user", "add", "intan", "--role", "intake", "--area", "63.10.01", "--password-stdin")
    installed.do(*add, stdin="rahasia-sekali\n")
    database = installed.database()
    edge.log_in(Edge(database, BusinessClock()), "intan", "rahasia-sekali")
    database.close()
    found = {account["username"]: account["last_log_in"] for account in installed.get("user", "list")}
    assert found["intan"]
    assert found["rina"] is None


def test_a_role_ends(installed: Installation) -> None:
    end = ("user", "end", "budi", "--role", "caseworker", "--area", "63.10")
    assert "tidak memegang peran itu" in installed.refused(*end[:4], "head", *end[5:])
    installed.do(*end, "--on", ago(-2))
    assert installed.get("user", "list", "--role", "caseworker")[0]["roles"][0]["ends_on"] == ago(-2)
    assert "Peran caseworker budi berakhir" in installed.do(*end).out


def test_an_account_is_switched_off_and_on(installed: Installation) -> None:
    installed.do("user", "deactivate", "budi")
    assert "dimatikan" in next(line for line in installed.do("user", "list").out.splitlines() if "budi" in line)
    installed.do("user", "activate", "budi")
    assert "dimatikan" not in installed.do("user", "list").out
    codes = [code for code, _actor in installed.access_codes()]
    assert codes[-2:] == ["user:account:deactivated", "user:account:activated"]


def test_a_second_factor_is_taken_away(installed: Installation) -> None:
    assert "tidak memakai langkah kedua" in installed.refused("user", "totp-reset", "budi")
    assert installed.get("user", "list", "--role", "caseworker")[0]["second_factor"] is False


def test_an_unknown_area_is_refused_with_how_to_list_them(installed: Installation) -> None:
    for words in (("user", "add", "x"), ("user", "grant", "rina")):
        said = installed.refused(*words, "--role", "caseworker", "--area", "63.10.99")
        assert "caseflow office regions 63.10 " in said
    assert "caseflow office regions (" in installed.refused("user", "add", "x", "--role", "head", "--area", "11.01")
    assert [area["code"] for area in installed.get("office", "regions")] == ["6310"]
