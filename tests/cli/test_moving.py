"""`case change-category` tried and done; `case transfer` offered, listed, taken back and accepted."""

from tests.cli.installation import NUMBER, Installation

ELSEWHERE = "63.10.01.2006"


def test_a_category_is_tried_then_changed(working: Installation) -> None:
    asked = ("case", "change-category", NUMBER, "KPO", "--by", "wahidah")
    tried = working.run(*asked, "--dry-run", "--json").data
    assert (tried["from"], tried["to"], tried["confidentiality"]["after"]) == ("AT", "KPO", "R3")
    assert "Jawaban yang ikut" in working.do(*asked, "--dry-run").out
    assert "reason" in working.refused(*asked)
    working.do(*asked, "--reason", "Ternyata korban perdagangan orang.")
    assert working.get("case", "show", NUMBER, "--by", "rina")["category"]["code"] == "KPO"
    assert "KPO" not in str(working.get("case", "list", "--by", "wahidah"))


def test_a_case_is_offered_taken_back_and_accepted(working: Installation) -> None:
    head = ("--by", "wahidah")
    offer = ("case", "transfer", NUMBER, ELSEWHERE, *head)
    nowhere = working.refused("case", "transfer", NUMBER, "63.10.99", *head, "--reason", "x", "--handed", "x")
    assert "Wilayah 63.10.99 tidak tercatat. Daftarnya: caseflow office regions" in nowhere
    assert "handed" in working.refused(*offer)
    said = ("--reason", "Pindah rumah.", "--handed", "Bantuan Juni menunggu.")
    working.do(*offer, *said)
    (first,) = working.run("case", "transfers", "--json", *head).data["going"]
    assert (first["number"], first["state"]) == (NUMBER, "offered")
    working.do("case", "withdraw-transfer", first["id"], *head)
    working.do(*offer, *said)
    (second,) = working.run("case", "transfers", "--json", *head).data["coming"]
    assert second["id"] in working.do("case", "transfers", *head).out
    working.refused("case", "refuse-transfer", second["id"], *head)
    working.do("case", "accept-transfer", second["id"], "--to", "budi", *head)
    (gone, _back) = working.run("case", "transfers", "--json", *head).data["gone"]
    assert gone["state"] == "accepted"
