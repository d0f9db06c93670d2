"""`plan share` and `--also`: one action for two cases of a family, settled by one command."""

from tests.cli import answers
from tests.cli.installation import VILLAGE, Installation, ago

KK = "6310010101010001"
RINA = ("--by", "rina")


def assessed(at: Installation, name: str) -> str:
    """Open a case of somebody of the family and take it to the assessment."""
    person = {"name": name, "kk": KK, "birth": ago(3600), "sex": "L"}
    file = at.file(f"{name}.json", {"category": "AT", "area": VILLAGE, "person": person})
    number = at.do("case", "open", "--file", file, *RINA).out.split()[0]
    filled = at.file("data.json", answers.data_collection())
    at.do("case", "record", number, "data_collection", "--file", filled, *RINA)
    at.do("case", "advance", number, "submit_for_assessment", *RINA)
    return number


def test_one_command_writes_an_action_in_two_plans(working: Installation) -> None:
    own, sister = assessed(working, "Rusdi"), assessed(working, "Salamah")
    item = ("--intervention", "KONSELING", "--goal", "Pangan cukup", "--owner", "rina")
    said = working.run("plan", "add", own, *item, "--also", sister, "--also", "6310-2026-999999", *RINA)
    assert said.code == 1
    assert f"{sister}: Asesmen" in said.out
    assert working.do("plan", "list", own, *RINA).out.startswith("1\t")
    assert [one["status"] for one in working.get("plan", "list", own, *RINA)]
    (first,) = working.get("plan", "shared", own, *RINA)
    assert (first["number"], first["status"]) == (sister, "planned")
    assert "juga untuk Rusdi" in working.do("plan", "shared", sister, *RINA).out
    assert "sudah ada" in working.run("plan", "share", own, "1", "--also", sister, *RINA).err
    assert "--also" in working.run("plan", "share", own, "1", *RINA).err
    working.do("plan", "change", own, "1", "--goal", "Pangan cukup sampai panen", "--also", sister, *RINA)
    working.do("plan", "cancel", own, "1", "--note", "Diganti.", "--also", sister, *RINA)
    (item_there,) = working.get("case", "show", sister)["plan"]
    assert (item_there["goal"], item_there["status"]) == ("Pangan cukup sampai panen", "cancelled")
