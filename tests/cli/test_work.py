"""The verbs around a case: files and options, positions and names, decisions, assignment, hold."""

import json
import re
from typing import Any

import pytest

from caseflow.cli.case import OPEN_HELP
from tests.cli import answers
from tests.cli.installation import NUMBER, VILLAGE, Installation, ago


def to_plan(at: Installation) -> None:
    """Take the case to the intervention plan."""
    rina = ("--by", "rina")
    at.do("case", "record", NUMBER, "data_collection", "--file", at.file("a.json", answers.data_collection()), *rina)
    at.do("case", "advance", NUMBER, "submit_for_assessment", *rina)
    at.do("case", "record", NUMBER, "assessment", "--file", at.file("a.json", answers.assessment()), *rina)
    at.do("case", "advance", NUMBER, "complete_assessment", *rina)


def test_a_record_takes_files_and_single_answers_by_the_kind_of_their_field(working: Installation) -> None:
    file = working.file("a.json", {"location": "Pasar", "desil": "2"})
    words = ("--set", "location=Terminal = dua", "--set", f"desil_checked_on={ago(3)}", "--set", "risk=low")
    saved = working.get("case", "record", NUMBER, "data_collection", "--file", file, *words, "--by", "rina")
    assert saved["answers"] == {
        "location": "Terminal = dua", "desil": "2", "desil_checked_on": ago(3), "risk": "low",
    }  # fmt: skip
    working.do("case", "record", NUMBER, "data_collection", "--set", "location=", "--by", "rina")
    assert "location" not in working.get("case", "show", NUMBER)["records"]["data_collection"]["answers"]


def test_a_draft_is_kept_but_enters_the_log_with_the_next_step(working: Installation) -> None:
    before = len(working.get("case", "history", NUMBER))
    working.do("case", "record", NUMBER, "data_collection", "--set", "risk=low", "--draft", "--by", "rina")
    assert len(working.get("case", "history", NUMBER)) == before
    assert working.get("case", "show", NUMBER)["risk"] == "low"


def test_numbers_and_yes_or_no_arrive_as_such(installed: Installation) -> None:
    family = {"members": [{"person": {"name": "Rusdi"}, "relation": "kepala keluarga"}]}
    case = {"category": "KME", "area": VILLAGE, "household": family, "event_date": ago(10)}
    opened = installed.do("case", "open", "--file", "-", "--json", "--by", "rina", stdin=json.dumps(case)).data
    shown = installed.get("case", "show", opened["number"])
    assert [m["name"] for m in shown["subject"]["members"]] == ["Rusdi"]
    record = ("case", "record", opened["number"], "assessment", "--by", "rina")
    saved = installed.get(*record, "--set", "household_size=3", "--set", "monthly_spending=850000")
    assert saved["answers"] == {"household_size": 3, "monthly_spending": 850_000}
    assert "household_size: Isian ini harus berupa bilangan bulat" in installed.refused(
        *record, "--set", "household_size=tiga"
    )


def test_the_example_in_the_help_can_be_opened(installed: Installation) -> None:
    (example,) = re.findall(r'\{\n    "category".*?\n  \}', OPEN_HELP, re.DOTALL)
    case = {**json.loads(example), "event_date": ago(1)}
    assert NUMBER in installed.do("case", "open", "--file", "-", "--by", "rina", stdin=json.dumps(case)).out


def test_a_plan_item_is_named_by_its_position_or_its_id(working: Installation) -> None:
    to_plan(working)
    add = ("plan", "add", NUMBER, "--by", "rina", "--intervention")
    working.do(*add, "YAPI")
    second = working.get(*add, "KONSELING", "--goal", "Tenang", "--owner", "budi", "--due", ago(-30))["created"]
    working.do(
        "plan", "change", NUMBER, "1", "--goal", "Sekolah lagi", "--owner", "rina", "--due", ago(-20), "--by", "rina"
    )
    working.do("plan", "cancel", NUMBER, second, "--note", "Tidak perlu lagi", "--by", "rina")
    items: list[dict[str, Any]] = working.get("case", "show", NUMBER)["plan"]
    assert [(i["intervention"], i["goal"], i["due"], i["status"]) for i in items] == [
        ("YAPI", "Sekolah lagi", ago(-20), "planned"),
        ("KONSELING", "Tenang", ago(-30), "cancelled"),
    ]
    assert "note: Isian ini wajib." in working.refused("plan", "cancel", NUMBER, "1", "--by", "rina")


def test_an_option_counts_more_than_the_file_and_the_file_is_read_strictly(working: Installation) -> None:
    to_plan(working)
    file = working.file("item.json", {"intervention": "YAPI", "goal": "Dari berkas", "due": ago(-9)})
    working.do("plan", "add", NUMBER, "--file", file, "--goal", "Dari pilihan", "--by", "rina")
    assert working.get("case", "show", NUMBER)["plan"][0]["goal"] == "Dari pilihan"
    bad = working.file("item.json", {"intervention": 5, "gaol": "x", "due": "nanti", "case": "lain"})
    said = working.refused("plan", "add", NUMBER, "--file", bad, "--by", "rina")
    named = {line.split(":")[0].strip(" -") for line in said.splitlines()[1:]}
    assert named == {"intervention", "gaol", "due", "case"}


def test_a_review_is_asked_refused_asked_withdrawn_and_granted(working: Installation) -> None:
    terminate = (
        "case",
        "advance",
        NUMBER,
        "terminate",
        "--note",
        "Pindah",
        "--detail",
        "reason_code=moved",
        "--by",
        "rina",
    )
    decide = ("case", "review", NUMBER)
    assert working.get(*terminate)["review"]
    assert "terminate" in working.do("case", "reviews", "--by", "wahidah", "--json").out
    assert "reason: Isian ini wajib." in working.refused(*decide, "refuse", "--by", "wahidah")
    working.do(*decide, "refuse", "--reason", "Belum yakin", "--by", "wahidah")
    working.do(*terminate)
    working.do(*decide, "withdraw", "--by", "rina")
    working.do(*terminate)
    working.do(*decide, "approve", "--step", "terminate", "--by", "wahidah")
    closed = working.get("case", "show", NUMBER)
    assert (closed["state"], closed["closed"]["outcome"]) == ("closed", "moved")
    assert [r["state"] for r in closed["reviews"]] == ["granted", "withdrawn", "refused"]


def test_with_several_requests_the_step_must_be_named(working: Installation) -> None:
    said_no = {f"criterion_{key}": "no" for key in ("poor_family", "neglected", "basic_needs")}
    working.do("case", "record", NUMBER, "data_collection", "--file", working.file("n.json", said_no), "--by", "rina")
    working.do("case", "advance", NUMBER, "screen_out", "--note", "Tidak memenuhi", "--by", "rina")
    working.do(
        "case", "advance", NUMBER, "terminate", "--note", "x", "--detail", "reason_code=declined", "--by", "rina"
    )
    decide = ("case", "review", NUMBER, "approve", "--by", "wahidah")
    assert "step: Pilih salah satu: screen_out, terminate." in working.refused(*decide)
    assert "Data itu tidak ada" in working.refused(*decide, "--step", "close_case")
    assert working.get(*decide, "--step", "screen_out")["state"] == "closed"


def test_a_case_changes_hands_rests_and_goes_on(working: Installation) -> None:
    assert working.get("case", "assign", NUMBER, "budi", "--reason", "Beban kerja", "--by", "wahidah")["version"] == 2
    assert "assignee: Pilih pendamping" in working.refused("case", "assign", NUMBER, "hartati", "--by", "wahidah")
    assert working.get("case", "show", NUMBER)["assignee"]["name"] == "Budi"
    hold = ("case", "hold", NUMBER, "--until", ago(-5), "--reason", "Di luar daerah", "--by", "budi")
    working.do(*hold, "--expected-version", "2")
    assert working.get("case", "show", NUMBER)["held_until"] == ago(-5)
    assert "Kasus sedang ditunda" in working.refused(
        "case", "hold", NUMBER, "--until", ago(-6), "--reason", "x", "--by", "budi"
    )
    working.do("case", "resume", NUMBER, "--by", "budi")
    assert working.get("case", "show", NUMBER)["held_until"] is None


def test_consent_is_given_and_taken_back(working: Installation) -> None:
    file = working.file("c.json", {"purpose": "plan", "relation": "mother", "giver": "Halimah", "given_on": ago(2)})
    working.do("consent", "add", NUMBER, "--file", file, "--evidence", "formulir 7", "--by", "rahma")
    working.do("consent", "withdraw", NUMBER, "1", "--reason", "Berubah pikiran", "--on", ago(1), "--by", "rina")
    (given,) = working.get("case", "show", NUMBER)["consents"]
    assert (given["giver"], given["given_on"], given["withdrawn_on"]) == ("Halimah", ago(2), ago(1))
    assert "sudah ditarik" in working.refused("consent", "withdraw", NUMBER, "1", "--by", "rina")


def test_an_answer_by_code_is_confirmed_or_declined_and_a_draft_leaves_nothing(working: Installation) -> None:
    rina = ("--by", "rina")
    working.do("case", "record", NUMBER, "data_collection", "--set", "risk=high", *rina)
    working.do("case", "advance", NUMBER, "emergency_intervention", "--note", "Darurat", *rina)
    working.do("referral", "add", NUMBER, "--institution", "lksa istana", "--need", "Tempat", *rina)
    code = working.get("referral", "link", NUMBER, "1", *rina)["code"]
    assert working.get("referral", "reply", code)["state"] == "open"
    working.do("referral", "reply", code, "refused", "--officer", "Ani", "--note", "Penuh")
    assert "menunggu konfirmasi" in working.refused("referral", "reply", code, "done", "--officer", "Ani")
    working.do("referral", "decline", NUMBER, "1", "--reason", "Tidak dikenal", *rina)
    working.do("referral", "reply", code, "accepted", "--officer", "Ani")
    working.do("referral", "confirm", NUMBER, "1", *rina)
    assert [r["status"] for r in working.get("case", "show", NUMBER)["referrals"]] == ["accepted"]
    file = str(working.folder / "konsep.pdf")
    said = working.do("letter", "preview", "rjk-lksa", "--case", NUMBER, "--out", file, *rina).out
    assert "Belum:" in said
    assert working.get("case", "show", NUMBER)["letters"] == []


def test_an_emergency_leads_to_referral_visit_waiver_and_kin_care(working: Installation) -> None:
    rina = ("--by", "rina")
    working.do("case", "record", NUMBER, "data_collection", "--set", "risk=high", *rina)
    working.do("case", "advance", NUMBER, "emergency_intervention", "--note", "Anak sakit keras", *rina)
    working.do("referral", "add", NUMBER, "--institution", "lksa istana", "--need", "Tempat sementara", *rina)
    assert "Pilih lembaga tujuan" in working.refused(
        "referral", "add", NUMBER, "--institution", "RS X", "--need", "x", *rina
    )
    assert "Peran Anda" in working.refused("referral", "withdraw", NUMBER, "1", "--reason", "Diam", *rina)
    working.do("referral", "withdraw", NUMBER, "1", "--reason", "Tidak dijawab", "--by", "wahidah")
    working.do("visit", "add", NUMBER, "--officer", "budi", "--finding", "Membaik", "--progress", "Makan", *rina)
    working.do("placement", "start", NUMBER, "--kind", "kin", "--carer", "Bibi", "--relation", "bibi", *rina)
    assert "tahap monitoring" in working.refused("visit", "waive", NUMBER, "--reason", "x", "--by", "wahidah")
    shown = working.get("case", "show", NUMBER)
    assert shown["emergency"]["paid"] is False
    assert [r["status"] for r in shown["referrals"]] == ["withdrawn"]
    assert [p["kind"] for p in shown["placements"]] == ["kin"]
    assert "terutang" in working.do("case", "show", NUMBER).out


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_history_and_the_steps_are_readable(working: Installation, lang: str) -> None:
    history = working.do("case", "history", NUMBER, "--lang", lang).out
    assert "case:opened" in history
    steps = working.do("case", "steps", NUMBER, "--by", "rina", "--lang", lang).out
    assert "submit_for_assessment" in steps


def test_a_closed_file_is_opened_in_need_and_read(installed: Installation) -> None:
    case = {"category": "ABH", "area": VILLAGE, "person": answers.CHILD, "event_date": ago(10)}
    number = installed.do("case", "open", "--file", "-", "--json", "--by", "rina", stdin=json.dumps(case)).data[
        "number"
    ]
    show = ("case", "show", number, "--by", "budi")
    installed.refused(*show)
    needed = ("case", "open-closed", number, "--by", "budi", "--reason")
    assert "reason" in installed.refused(*needed, " ")
    assert f"{number} terbuka bagi Anda selama tiga jam" in installed.do(*needed, "Klien di IGD.").out
    about = installed.get(*show)["subject"]
    assert (about["name"], about["data"].get("birth_date")) == (f"Klien {number[-6:]}", None)
    seen = installed.do(*show).out
    assert answers.CHILD["name"] not in seen
    assert answers.CHILD["nik"] not in seen
    assert "6310••••••••" in seen
    installed.refused("case", "hold", number, "--until", ago(-5), "--reason", "x", "--by", "budi")
