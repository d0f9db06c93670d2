"""Reading commands: tables for people, lines for pipes, JSON for programs; as whom one reads."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.core import TyperCommand, TyperGroup

from caseflow.cli.opening import OPERATOR
from tests.cli import answers
from tests.cli.installation import COMMAND, NUMBER, Installation, ago

READING = (
    ("case", "show", NUMBER),
    ("case", "list"),
    ("case", "steps", NUMBER, "--by", "rina"),
    ("case", "history", NUMBER),
    ("case", "reviews", "--by", "wahidah"),
    ("case", "waiting"),
    ("category", "list"),
    ("category", "check"),
    ("letter", "list"),
    ("office", "list"),
    ("office", "regions", "63.10.01"),
    ("institution", "list"),
    ("institution", "list", "--kind", "child_institution"),
    ("audit", "verify"),
    ("audit", "checkpoints"),
    ("audit", "key"),
    ("jobs", "list", "--state", "done", "--state", "ready"),
    ("jobs", "stats"),
    ("remind", "--dry-run"),
    ("db", "check"),
)


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_every_reading_command_writes_json_for_programs(
    prototype_with_case: Installation, words: tuple[str, ...]
) -> None:
    assert isinstance(prototype_with_case.get(*words), (list, dict))


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_every_reading_command_writes_plain_lines_into_a_pipe(
    prototype_with_case: Installation, words: tuple[str, ...]
) -> None:
    said = prototype_with_case.do(*words)
    assert "\x1b" not in said.out
    assert "│" not in said.out


def test_a_terminal_gets_a_table_with_headings(working: Installation) -> None:
    said = working.with_settings(FORCE_COLOR="1", COLUMNS="160").do("case", "list").out
    assert "Pendamping" in said
    assert "│" in said


def test_a_pipe_gets_one_line_a_case_with_tabs(working: Installation) -> None:
    (line,) = working.do("case", "list").out.splitlines()
    place = "Desa Segumbang, Kecamatan Batu Licin"
    assert line.split("\t") == [NUMBER, "Siti Aminah", "Anak terlantar", place, "Pengumpulan data", "-", "Rina"]


def test_a_case_shows_what_is_written_in_words(working: Installation) -> None:
    working.do("case", "record", NUMBER, "data_collection", "--set", "parent_status=yatim_piatu", "--by", "rina")
    out = working.do("case", "show", NUMBER, "--by", "rina").out
    for part in (
        "Siti Aminah",
        "Anak terlantar (AT, R2)",
        "Yatim piatu (keduanya meninggal)",
        "Desa Segumbang",
        "Rina",
    ):
        assert part in out
    english = working.do("case", "show", NUMBER, "--by", "rina", "--lang", "en").out
    assert "Neglected child (AT, R2)" in english


def test_steps_have_the_names_of_the_http_api(working: Installation) -> None:
    steps = {s["step"]: s for s in working.get("case", "steps", NUMBER, "--by", "rina")}
    assert set(steps) == {"submit_for_assessment", "screen_out", "emergency_intervention", "terminate"}
    assert {"step", "to", "label", "allowed", "unmet", "approval"} <= steps["terminate"].keys()
    assert steps["terminate"]["allowed"] is True
    assert steps["terminate"]["approval"] == ["supervisor", "head"]
    assert {"guard", "message"} <= steps["submit_for_assessment"]["unmet"][0].keys()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (("--state", "data_collection"), True),
        (("--state", "closed"), False),
        (("--category", "at"), True),
        (("--category", "FM"), False),
        (("--area", "63.10.01"), True),
        (("--area", "63.10.02"), False),
        (("--assignee", "rina"), True),
        (("--assignee", "budi"), False),
        (("--overdue",), False),
        (("--after", NUMBER), False),
        (("--limit", "0"), False),
        (("--by", "rina"), True),
        (("--by", "rahma", "--state", "assessment"), False),
    ],
)
def test_a_list_is_narrowed(prototype_with_case: Installation, filters: tuple[str, ...], *, found: bool) -> None:
    assert [c["number"] for c in prototype_with_case.get("case", "list", *filters)] == ([NUMBER] if found else [])


# --- as whom -------------------------------------------------------------------------------------------------------


def test_reading_a_restricted_case_is_noted_also_for_the_operator(working: Installation) -> None:
    before = len(working.access_codes())
    working.do("case", "show", NUMBER)
    working.do("case", "history", NUMBER)
    working.do("case", "show", NUMBER, "--by", "rina")
    *operator, rina = working.access_codes()[before:]
    assert operator == [("case:file:read", OPERATOR)] * 2
    assert rina[0] == "case:file:read"
    assert rina[1] != OPERATOR


def test_a_closed_file_is_not_the_operator_s_to_read(working: Installation) -> None:
    database = working.database()
    with database.write() as session:
        session.conn.exec_driver_sql("UPDATE case_file SET confidentiality = 'R3'")
    database.close()
    assert "Data itu tidak ada" in working.refused("case", "show", NUMBER)
    assert working.get("case", "list") == []
    assert working.get("case", "show", NUMBER, "--by", "rina")["confidentiality"] == "R3"


def test_the_operator_reads_and_never_writes(working: Installation) -> None:
    """Without a name nobody acts: the commands that write ask for one."""
    assert working.run("case", "advance", NUMBER, "terminate").code == 2
    assert working.get("case", "show", NUMBER)["roles"] == ["auditor"]


def test_who_may_not_see_a_case_learns_nothing_of_it(working: Installation) -> None:
    working.do("user", "add", "luar", "--role", "caseworker", "--area", "63.10.02")
    absent = working.refused("case", "show", "6310-2026-999999", "--by", "luar")
    assert working.refused("case", "show", NUMBER, "--by", "luar") == absent
    assert working.refused("case", "history", NUMBER, "--by", "luar") == absent
    assert working.get("case", "list", "--by", "luar") == []


def test_somebody_switched_off_acts_no_more(working: Installation) -> None:
    working.do("user", "deactivate", "rina")
    assert "tidak dikenal atau tidak aktif" in working.refused("case", "list", "--by", "rina")


# --- the menu ------------------------------------------------------------------------------------------------------


def _commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, TyperGroup):
            yield from _commands(command, (*path, name))


assert isinstance(COMMAND, TyperGroup)
COMMANDS = dict(_commands(COMMAND))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_in_both_languages(prototype: Installation, path: tuple[str, ...]) -> None:
    said = {lang: prototype.do(*path, "--help", "--lang", lang).out for lang in ("id", "en")}
    assert said["id"].startswith(f"Pemakaian: caseflow {' '.join(path)} ")
    assert said["en"].startswith(f"Usage: caseflow {' '.join(path)} ")
    assert "Tampilkan bantuan ini." in said["id"]
    assert said["id"].splitlines()[2] != said["en"].splitlines()[2]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_argument_and_option_has_its_help(path: tuple[str, ...]) -> None:
    for param in COMMANDS[path].params:
        assert getattr(param, "help", None), param.name


def test_every_command_of_the_written_interface_is_there() -> None:
    written = """demo serve relay schedule doctor|db upgrade|db check|user add|token add|case open|case show|case list
    |case steps|case record|case advance|case review|case assign|case hold|case resume|plan add|plan change|plan done
    |plan cancel|visit add|referral add|referral answer|referral withdraw|consent add|consent withdraw|case history
    |category list|category check|category diagram|letter list|letter preview|letter issue|letter void|letter show
    |letter check|remind|audit verify|jobs list|jobs retry|jobs stats"""
    first, *others = [" ".join(part.split()) for part in written.split("|")]
    wanted = {tuple(name.split()) for name in (*first.split(), *others)}
    assert wanted <= COMMANDS.keys()
    assert all(isinstance(COMMANDS[path], TyperCommand) for path in wanted)


def test_a_noun_alone_shows_its_verbs(working: Installation) -> None:
    said = working.run("case")
    assert said.code == 2
    assert "advance" in said.err


def test_examples_in_the_help_are_valid(installed: Installation) -> None:
    """What the help of `case open` shows opens a case."""
    text = installed.do("case", "open", "--help").out
    example = text[text.index("  {") : text.index("\n  }\n") + 4]
    case = json.loads(example)
    case |= {"area": answers.case()["area"], "event_date": ago(1)}
    case["person"] |= {"phone": "0812-5550-1000"}
    installed.do("case", "open", "--file", "-", "--by", "rina", stdin=json.dumps(case))
