"""A case from opening to closing, every act a command line; and the real program as a process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from caseflow.store import migrate
from tests.cli import answers
from tests.cli.installation import HEADS, VILLAGE, Installation, ago

PROGRAM = Path(sys.executable).with_name("caseflow")


@pytest.mark.slow
def test_a_child_s_case_is_worked_from_opening_to_closing(  # noqa: PLR0915 - one story, told in one piece
    installed: Installation, tmp_path: Path
) -> None:
    do, get, file = installed.do, installed.get, installed.file
    number = do("case", "open", "--file", file("case.json", answers.case()), "--by", "rina").out.strip()
    assert number.endswith("-000001")

    # --- to the plan
    do("case", "record", number, "data_collection", "--file", file("a.json", answers.data_collection()), "--by", "rina")
    do("case", "advance", number, "submit_for_assessment", "--by", "rina", "--event-date", ago(98))
    do("case", "record", number, "assessment", "--file", file("a.json", answers.assessment()), "--by", "rina")
    do("case", "advance", number, "complete_assessment", "--by", "rina", "--event-date", ago(94))
    do("case", "record", number, "intervention_plan", "--file", file("a.json", answers.plan()), "--by", "rina")
    item = {"intervention": "LKSA", "goal": "Diasuh dengan aman", "owner": "rina", "due": ago(30)}
    do("plan", "add", number, "--file", file("item.json", item), "--by", "rina")
    guardian = ("--relation", "legal_guardian", "--giver", "Hj. Salamah", "--on", ago(94), "--by", "rina")
    do("consent", "add", number, "--purpose", "plan", *guardian)
    refused = installed.refused("case", "advance", number, "approve_plan", "--by", "rina")
    assert "caseflow consent add" in refused
    assert "--purpose placement" in refused
    do("consent", "add", number, "--purpose", "placement", *guardian)
    asked = get("case", "advance", number, "approve_plan", "--by", "rina", "--event-date", ago(90))
    assert asked["review"]
    assert asked["state"] == "intervention_plan"
    assert "Peran Anda tidak berwenang" in installed.refused("case", "review", number, "approve", "--by", "rina")
    assert [r["step"] for r in get("case", "reviews", "--by", "wahidah")] == ["approve_plan"]
    do("case", "review", number, "approve", "--by", "wahidah", "--reason", "Sesuai berkas")

    # --- placement, letter, referral
    stay = ("--kind", "lksa", "--carer", "LKSA Istana", "--institution", "LKSA Istana", "--on", ago(80))
    do("placement", "start", number, *stay, "--by", "rina")
    assert "review_by" in installed.refused("letter", "issue", number, "rjk-lksa", "--by", "rina")
    letter = do("letter", "issue", number, "rjk-lksa", "--set", f"review_by={ago(-100)}", "--by", "rina").out.strip()
    assert "RJK-LKSA" in letter
    assert "sedang dibuat" in installed.refused("letter", "show", letter, "--out", tmp_path / "early.pdf")
    assert get("jobs", "run")["ran"] >= 1
    pdf = tmp_path / "letter.pdf"
    do("letter", "show", letter, "--out", pdf, "--by", "rina")
    assert pdf.read_bytes().startswith(b"%PDF")
    shown = get("case", "show", number, "--by", "rina")
    assert get("letter", "check", pdf)["state"] == "genuine"
    assert get("letter", "check", shown["letters"][0]["check_code"].lower())["number"] == letter
    do("letter", "sent", letter, "--by", "rina")
    assert "caseflow referral answer" in installed.refused(
        "case", "advance", number, "complete_intervention", "--by", "rina"
    )
    do("referral", "answer", number, "1", "accepted", "--note", "Diterima", "--by", "rina")
    do("placement", "review", number, "1", "--finding", "Anak betah", "--by", "rina")
    do("plan", "done", number, "1", "--note", "Anak diantar", "--by", "rina")
    do("case", "advance", number, "complete_intervention", "--by", "rina", "--event-date", ago(75))

    # --- evaluation, monitoring
    do("case", "record", number, "evaluation", "--file", file("a.json", answers.evaluation()), "--by", "rina")
    do("plan", "evaluate", number, "1", "met", "--by", "rina")
    do("case", "advance", number, "start_monitoring", "--by", "rina", "--event-date", ago(70))
    for days in (60, 40, 20):
        do("visit", "add", number, "--on", ago(days), "--finding", "Anak sehat", "--by", "rina")
    do("case", "record", number, "monitoring", "--file", file("a.json", answers.monitoring()), "--by", "rina")
    closing = (
        "case",
        "advance",
        number,
        "close_case",
        "--by",
        "rina",
        "--note",
        "Aman",
        "--detail",
        "outcome=goals_met",
    )
    assert "Penempatan masih berjalan" in installed.refused(*closing)
    do("placement", "end", number, "1", "--reason", "Kembali ke keluarga", "--by", "rina")
    do(*closing)
    do("case", "review", number, "approve", "--by", "wahidah", "--reason", "Setuju")

    # --- what is left on record
    closed = get("case", "show", number)
    assert (closed["state"], closed["closed"]["outcome"]) == ("closed", "goals_met")
    assert [v["visited_on"] for v in closed["visits"]] == [ago(60), ago(40), ago(20)]
    taken = [e["data"]["step"] for e in get("case", "history", number) if e["code"] == "case:step:taken"]
    assert taken == [
        "submit_for_assessment", "complete_assessment", "approve_plan", "complete_intervention", "start_monitoring",
        "close_case",
    ]  # fmt: skip
    do("letter", "void", letter, "--reason", "Salah alamat", "--by", "wahidah")
    assert "BATAL / TIDAK BERLAKU" in do("letter", "show", letter, "--out", pdf, "--by", "rina").out
    assert all("BATAL / TIDAK BERLAKU" in page.extract_text() for page in PdfReader(pdf).pages)
    (voided,) = get("case", "show", number, "--by", "rina")["letters"]
    (line,) = get("letter", "register", "--kind", "RJK-LKSA", "--by", "wahidah")
    assert (line["number"], line["state"], line["remark"]) == (letter, "void", ""), "a child's letter: no reason"
    sheet = tmp_path / "agenda.xlsx"
    assert "1 surat" in do("letter", "register", "--out", sheet, "--by", "wahidah").out
    assert sheet.read_bytes().startswith(b"PK")
    assert letter in do("letter", "register", "--by", "wahidah").out.replace("\n", "")
    assert (voided["state"], voided["void_reason"]) == ("void", "Salah alamat")
    assert voided["voided_by"].startswith("Wahidah")
    assert get("audit", "verify")["intact"]
    assert "Penempatan" in do("case", "show", number, "--by", "rina").out


# --- the program itself --------------------------------------------------------------------------------------------


def _process(folder: Path, *words: str, stdin: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CASEFLOW_", "LANG", "LC_"))}
    env |= {"CASEFLOW_DATA_DIR": str(folder), "CASEFLOW_PUBLIC_URL": "https://kasus.dinsos.example", **extra}
    return subprocess.run(
        [PROGRAM, *words], input=stdin, env=env, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_the_program_sets_up_an_office_and_opens_a_case(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    early = _process(folder, "case", "list")
    assert (early.returncode, early.stdout) == (3, "")
    wanted = migrate.head()
    assert (
        early.stderr == f"Skema basis data (kosong) bukan skema versi ini ({wanted}). Jalankan: caseflow db upgrade\n"
    )

    assert _process(folder, "db", "upgrade").returncode == 0
    assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600
    office = ("office", "add", "--area", "63.10", *HEADS, "--unit-code", "DINSOS")
    Installation(folder).do(*office)
    user = ("user", "add", "rina", "--role", "caseworker", "--area", "63.10", "--password-stdin")
    assert _process(folder, *user, stdin="kata-sandi-panjang\n").returncode == 0

    case = json.dumps({"category": "FM", "area": VILLAGE, "person": {"alias": "Pak De", "birth": {"age": 60}}})
    opened = _process(folder, "case", "open", "--file", "-", "--by", "rina", stdin=case)
    assert opened.returncode == 0
    number = opened.stdout.strip()
    installed = Installation(folder)
    assert [c["number"] for c in installed.get("case", "list")] == [number]

    refused = _process(folder, "case", "advance", number, "submit_for_assessment", "--by", "rina", LANG="en_US.UTF-8")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "caseflow case record" in refused.stderr
    assert "The required answers of this stage are complete" in refused.stderr
    assert installed.run("case", "advance", number).code == 2
    away = installed.with_settings(CASEFLOW_DATABASE_URL="postgresql://x@127.0.0.1:1/none").run("case", "list")
    assert away.code == 3
    assert "Layanan postgresql tidak dapat dihubungi" in away.err
    installed.do("audit", "verify")
