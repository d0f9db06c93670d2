"""`case open-many` and `advance-many`: rows of a file, each told, none done twice."""

import json

from tests.cli import answers
from tests.cli.installation import NUMBER, VILLAGE, Installation


def lines(at: Installation, name: str, *rows: object) -> str:
    path = at.folder / name
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", "utf-8")
    return str(path)


def person(name: str) -> dict[str, object]:
    return {"category": "FM", "area": VILLAGE, "person": {"name": name}}


def test_many_cases_are_opened_and_a_second_run_repeats_none(installed: Installation) -> None:
    file = lines(installed, "rows.jsonl", person("Siti"), "{", person("Amat"), '["x"]', {**person("Noor"), "umur": 3})
    first = installed.run("case", "open-many", file, "--by", "rina")
    assert first.code == 1
    assert first.out.startswith("Baris 1: 6310-")
    assert first.out.endswith("\n2 baris dikerjakan (0 sudah sebelumnya), 3 ditolak.\n")
    assert "Baris 2: Ada isian yang perlu diperbaiki:\n    - row: Baris ini bukan JSON yang benar." in first.err
    assert "Baris 5: Ada isian yang perlu diperbaiki:\n    - umur: Isian ini tidak dikenal." in first.err
    again = installed.run("case", "open-many", file, "--by", "rina")
    assert again.out.endswith("\n2 baris dikerjakan (2 sudah sebelumnya), 3 ditolak.\n")
    assert "ROWS.jsonl: tidak-ada" in installed.run("case", "open-many", "tidak-ada", "--by", "rina").err
    assert len(installed.get("case", "list")) == 2


def test_many_steps_are_taken_and_a_refused_one_says_how_to_go_on(working: Installation) -> None:
    rina = ("--by", "rina")
    filled = working.file("a.json", answers.data_collection())
    working.do("case", "record", NUMBER, "data_collection", "--file", filled, *rina)
    empty = working.do("case", "open", "--file", working.file("b.json", person("Siti")), *rina).out.strip()
    step = "submit_for_assessment"
    file = lines(working, "rows.jsonl", {"case": NUMBER, "step": step}, {"case": empty, "step": step}, {"step": step})
    said = working.run("case", "advance-many", file, *rina)
    assert said.code == 1
    assert f"caseflow case record {empty} data_collection" in said.err
    assert "Baris 3: Ada isian yang perlu diperbaiki:\n    - case: Isian ini wajib." in said.err
    found = working.run("case", "advance-many", file, "--json", *rina).data
    assert [(row["row"], row.get("state"), row.get("repeated")) for row in found] == [
        (1, "assessment", True), (2, None, None), (3, None, None),
    ]  # fmt: skip
    assert [row["problem"]["code"] for row in found[1:]] == ["StepRefused", "InvalidInput"]
    assert working.get("case", "show", NUMBER)["state"] == "assessment"


def test_open_work_is_handed_over_and_a_refused_case_is_named(working: Installation) -> None:
    head, leaving = ("--by", "wahidah"), ("case", "handover", "--from", "rina")
    shown = working.run(*leaving, *head, "--json").data
    assert (shown["worker"], [row["number"] for row in shown["cases"]]) == ("rina", [NUMBER])
    assert NUMBER in working.do(*leaving, *head).out
    listed = working.folder / "serah.txt"
    listed.write_text(f"{NUMBER} budi\n6310-2026-999999\n", "utf-8")
    said = working.run(*leaving, "--to", "budi", "--cases", str(listed), "--note", "Pindah.", *head)
    assert said.code == 1
    assert said.out == "1 kasus diserahkan, 1 ditolak.\n"
    assert said.err.startswith("6310-2026-999999: ")
    assert working.get("case", "show", NUMBER)["assignee"]["name"] == "Budi"
    assert working.run(*leaving, "--to", "budi", *head).out == "0 kasus diserahkan, 0 ditolak.\n"
