"""Refusals, usage errors and missing services: the sentence, the exit code, the way out, and the entry in the log."""

import json
from pathlib import Path

import pytest

from caseflow.access import SYSTEM_USER
from tests.cli import answers
from tests.cli.installation import NUMBER, Installation, ago

SUBMIT = ("case", "advance", NUMBER, "submit_for_assessment", "--by", "rina")


def test_a_refused_step_lists_every_unmet_guard_with_the_command_that_mends_it(working: Installation) -> None:
    said = working.run(*SUBMIT)
    assert said.code == 1
    assert said.out == ""
    assert said.err.splitlines() == [
        '"Ajukan ke asesmen" belum dapat dilakukan. Yang masih kurang:',
        (
            "  - Isian wajib tahap ini lengkap: Pelapor, Tempat anak dapat ditemui, Keadaan yang dilaporkan, "
            "Status orang tua, Tingkat risiko sementara, Dasar pencatatan data"
        ),
        (
            f"      caseflow case record {NUMBER} data_collection --set reporter_kind=... --set location=... "
            "--set situation=... --set parent_status=... --set risk=... --set data_basis=... --by rina"
        ),
        "  - Pemilahan menyatakan kriteria kategori terpenuhi",
        (
            f"      caseflow case record {NUMBER} data_collection --set criterion_poor_family=... "
            "--set criterion_neglected=... --set criterion_basic_needs=... --by rina"
        ),
    ]


def test_a_step_out_of_order_lists_the_steps_that_are_not(working: Installation) -> None:
    said = working.run("case", "advance", NUMBER, "complete_assessment", "--by", "rina")
    assert said.err.startswith('Langkah "Selesaikan asesmen" tidak dapat diambil dari tahap Pengumpulan data.')
    assert "  - submit_for_assessment  Ajukan ke asesmen\n" in said.err


def test_english_names_the_roles_in_english(working: Installation) -> None:
    said = working.run("--lang", "en", "case", "assign", NUMBER, "rina", "--by", "rina")
    assert said.err == "Your role may not do this: assign a caseworker. Who may: supervisor.\n"


def test_scripts_get_the_refusal_as_json(working: Installation) -> None:
    said = working.run(*SUBMIT, "--json")
    assert said.code == 1
    problem = said.data
    assert problem["code"] == "StepRefused"
    assert [u["guard"] for u in problem["unmet"]] == ["stage_form_is_complete", "screening_finds_the_criteria_met"]
    assert all(u["mend"] and u["places"] for u in problem["unmet"])


def test_the_commands_that_mend_do_mend(working: Installation) -> None:
    unmet = working.run(*SUBMIT, "--json").data["unmet"]
    wanted = {key: str(value) for key, value in answers.data_collection().items()}
    for guard in unmet:
        for command in guard["mend"]:
            words = command.split()[1:]
            keys = [w.partition("=")[0] for w in words if w.endswith("=...")]
            given = [f"--set={key}={wanted.get(key, 'no')}" for key in keys]
            kept = [w for w in words if w != "--set" and not w.endswith("=...")]
            working.do(*kept, *given)
    working.do(*SUBMIT)


def test_a_refusal_leaves_an_access_entry_and_nothing_else(working: Installation) -> None:
    before = len(working.get("case", "history", NUMBER))
    working.refused(*SUBMIT)
    assert len(working.get("case", "history", NUMBER)) == before
    refusals = [actor for code, actor in working.access_codes() if code == "case:act:refused"]
    assert len(refusals) == 1
    assert refusals[0] != SYSTEM_USER


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("case", "advance", NUMBER, "no_such_step", "--by", "rina"), 'Langkah "no_such_step" tidak dikenal'),
        (("case", "advance", NUMBER, "complete_assessment", "--by", "rina"), "tidak dapat diambil dari tahap"),
        (("case", "advance", "6310-2026-999999", "terminate", "--by", "rina"), "Data itu tidak ada"),
        (("case", "show", NUMBER, "--by", "nobody"), 'by: Pengguna "nobody" tidak dikenal atau tidak aktif.'),
        (("case", "assign", NUMBER, "rina", "--by", "rina"), "Peran Anda tidak berwenang"),
        (("case", "review", NUMBER, "approve", "--by", "wahidah"), "Data itu tidak ada"),
        (("plan", "add", NUMBER, "--intervention", "YAPI", "--by", "rina"), "Rencana diubah pada tahap"),
        (("plan", "done", NUMBER, "3", "--by", "rina"), "Data itu tidak ada"),
        (("visit", "add", NUMBER, "--by", "rina"), "finding: Isian ini wajib."),
        (("consent", "add", NUMBER, "--by", "rina"), "giver: Isian ini wajib."),
        (("placement", "start", NUMBER, "--kind", "kin", "--carer", "Bibi", "--by", "rina"), "tahap intervensi"),
        (("letter", "issue", NUMBER, "rjk-lksa", "--by", "rina"), "tidak diterbitkan pada tahap ini"),
        (("letter", "issue", NUMBER, "no-such-letter", "--by", "rina"), 'Surat "no-such-letter" tidak dikenal'),
        (("letter", "void", "1/2/3", "--reason", "x", "--by", "wahidah"), "Data itu tidak ada"),
        (("letter", "check", "AAAA-BBBB-CCCC-DDDD"), ""),
        (("category", "diagram", "XX"), 'Kategori "XX" tidak dikenal'),
        (("jobs", "retry", "not-an-id"), "Data itu tidak ada"),
        (("user", "add", "rina", "--role", "head", "--area", "63.10"), "Nama pengguna ini sudah ada."),
        (("token", "add", "nobody"), "Data itu tidak ada"),
        (("office", "areas", "99.99"), "4 angka"),
    ],
)
def test_what_may_not_be_is_refused_with_one(
    prototype_with_case: Installation, words: tuple[str, ...], sentence: str
) -> None:
    said = prototype_with_case.run(*words)
    assert said.code == 1, said.err
    assert sentence in said.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("case", "advance", NUMBER, "terminate"), "Belum disebut: --by."),
        (("case", "open", "--by", "rina"), "Belum disebut: --file."),
        (("case", "opn"), 'Tidak ada perintah "opn". Yang ada: open, show'),
        (("nonsense",), 'Tidak ada perintah "nonsense"'),
        (("case", "list", "--zzz"), "Pilihan --zzz tidak dikenal."),
        (("case", "list", "--sate", "closed"), "Pilihan --sate tidak dikenal. Yang mirip: --after, --area, --state."),
        (("case", "list", "--state", "asesmen"), "--state: pilih salah satu: data_collection"),
        (("case", "list", "--limit", "many"), "--limit: harus bilangan bulat"),
        (("case", "show", NUMBER, "extra"), "Terlalu banyak kata: extra"),
        (("case", "show", NUMBER, "--by"), "Pilihan --by memerlukan nilai."),
        (("case", "advance", NUMBER, "terminate", "--by", "rina", "--event-date", "16-11-2026"), "TTTT-BB-HH"),
        (("case", "advance", NUMBER, "terminate", "--by", "rina", "--detail", "died"), 'bukan "died"'),
        (("case", "record", NUMBER, "assessment", "--by", "rina"), "sebutkan isian yang disimpan"),
        (("case", "record", NUMBER, "closed", "--set", "a=b", "--by", "rina"), "STAGE: pilih salah satu"),
        (("case", "review", NUMBER, "maybe", "--by", "wahidah"), "pilih salah satu: approve, refuse, withdraw"),
        (("case", "open", "--file", "/no/such.json", "--by", "rina"), "/no/such.json tidak dapat dibaca"),
        (("plan", "evaluate", NUMBER, "1", "great", "--by", "rina"), "pilih salah satu: met, partly, not_met"),
        (("category", "check", "/no/such.toml"), "/no/such.toml"),
        (("category", "diagram", "AT", "--format", "png"), "--format: pilih salah satu: mermaid, svg"),
        (("user", "add", "x", "--role", "system", "--area", "63.10"), "--role: pilih salah satu: intake"),
        (("remind", "--at", "besok"), "tulis waktu seperti 2026-11-16T07:30"),
        (("jobs", "list", "--state", "lost"), "--state: pilih salah satu: ready"),
        (("--lang", "fr", "case", "list"), "Bahasa yang ada: id, en."),
    ],
)
def test_what_is_typed_wrongly_is_a_usage_error(
    prototype_with_case: Installation, words: tuple[str, ...], sentence: str
) -> None:
    said = prototype_with_case.run(*words)
    assert said.code == 2, said.err
    assert sentence in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "bukan JSON yang benar"),
        ('{"a":', "bukan JSON yang benar"),
        ('{"a": NaN}', "bukan JSON yang benar"),
        ("[]", "harus berisi satu objek JSON"),
    ],
)
def test_a_file_that_is_no_json_object_is_a_usage_error(working: Installation, content: str, sentence: str) -> None:
    said = working.run("case", "open", "--file", "-", "--by", "rina", stdin=content)
    assert said.code == 2
    assert sentence in said.err


def test_a_file_that_is_not_text_is_a_usage_error(working: Installation) -> None:
    path = working.folder / "x.json"
    path.write_bytes(b"\xff\xfe{}")
    said = working.run("case", "open", "--file", path, "--by", "rina")
    assert (said.code, "bukan teks UTF-8" in said.err) == (2, True)


def test_a_huge_file_is_refused(working: Installation) -> None:
    said = working.run("case", "open", "--file", "-", "--by", "rina", stdin=f'"{"x" * 1_100_000}"')
    assert (said.code, "paling banyak 1024 kB" in said.err) == (1, True)


def test_every_bad_answer_of_a_case_is_named_at_once(installed: Installation) -> None:
    bad = {
        "category": "AT",
        "area": 6310012005,
        "event_date": "kemarin",
        "person": {"name": 5, "nme": "x"},
        "household": {"members": [{"person": {"name": "A"}}, "B", {"person": {"nik": "1"}, "relation": 1}]},
        "new_despite_closed": "ya",
        "colour": "red",
    }
    said = installed.run("case", "open", "--file", "-", "--by", "rina", stdin=json.dumps(bad))
    assert said.code == 1
    named = {line.split(":")[0].strip(" -") for line in said.err.splitlines()[1:]}
    assert named == {
        "colour", "area", "event_date", "new_despite_closed", "person.nme", "person.name",
        "household.members.0.relation", "household.members.1.person", "household.members.2.relation",
    }  # fmt: skip


def test_a_numeric_nik_is_refused_with_the_reason(installed: Installation) -> None:
    person = {**answers.CHILD, "nik": 6310014107160001}
    said = installed.refused(
        "case", "open", "--file", "-", "--by", "rina", stdin=json.dumps(answers.case(person=person))
    )
    assert "nik:" in said
    assert installed.get("case", "list") == []


def test_a_second_case_names_the_first(working: Installation) -> None:
    file = working.file("again.json", answers.case())
    assert NUMBER in working.refused("case", "open", "--file", file, "--by", "rina")


def test_a_stale_version_shows_what_happened_since(working: Installation) -> None:
    said = working.refused(*SUBMIT, "--expected-version", "7")
    assert "Versi Anda 7, sekarang 1 (Pengumpulan data)." in said
    assert "case:opened" in said


def test_an_answer_two_people_changed_shows_all_three_values(working: Installation) -> None:
    record = ("case", "record", NUMBER, "data_collection", "--by", "rina")
    working.do(*record, "--set", "location=Pasar")
    working.do(*record, "--set", "location=Terminal", "--record-version", "1")
    said = working.refused(*record, "--set", "location=Pelabuhan", "--record-version", "1")
    assert '  - location: semula "Pasar", Anda "Pelabuhan", orang lain "Terminal"' in said
    assert "--record-version 2" in said


# --- languages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extra", "words", "english"),
    [
        ({}, (), False),
        ({}, ("--lang", "en"), True),
        ({}, ("--lang=en",), True),
        ({"CASEFLOW_LANG": "en"}, (), True),
        ({"CASEFLOW_LANG": "en"}, ("--lang", "id"), False),
        ({"CASEFLOW_LANG": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": "en_GB.UTF-8"}, (), True),
        ({"CASEFLOW_LANG": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": "id_ID.UTF-8"}, (), False),
        ({"CASEFLOW_LANG": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}, (), False),
        ({"CASEFLOW_LANG": "", "LC_ALL": "C.UTF-8", "LANG": "en_US.UTF-8"}, (), False),
    ],
)
def test_the_language_is_indonesian_unless_english_is_asked_for(
    prototype_with_case: Installation, extra: dict[str, str], words: tuple[str, ...], *, english: bool
) -> None:
    said = prototype_with_case.with_settings(**extra).refused("case", "show", "6310-2026-999999", *words)
    assert said.startswith("That record" if english else "Data itu")


def test_english_reaches_guards_usage_errors_and_help(working: Installation) -> None:
    speaking = working.with_settings(CASEFLOW_LANG="en")
    refused = speaking.refused(*SUBMIT)
    assert refused.startswith('"Submit for assessment" cannot be done yet.')
    assert "Screening finds the criteria of the category met" in refused
    assert speaking.run("case", "advance", NUMBER, "x").err.startswith("Missing: --by.")
    assert "Open a case" in speaking.do("case", "open", "--help").out


# --- what is not there ---------------------------------------------------------------------------------------------


def test_a_database_that_is_away_is_exit_code_three(working: Installation) -> None:
    away = working.with_settings(CASEFLOW_DATABASE_URL="postgresql://x@127.0.0.1:1/none")
    said = away.run("case", "list")
    assert said.code == 3
    assert "Layanan postgresql tidak dapat dihubungi" in said.err
    assert away.run("db", "upgrade").code == 3


def test_a_schema_of_another_version_is_exit_code_three(tmp_path: Path) -> None:
    said = Installation(tmp_path / "new").run("case", "list")
    assert (said.code, "Jalankan: caseflow db upgrade" in said.err) == (3, True)
    assert not (tmp_path / "new").exists()


def test_a_key_file_that_is_gone_is_never_made_anew(working: Installation) -> None:
    key = working.folder / "secret.key"
    key.unlink()
    for words in (("case", "list"), ("db", "upgrade"), ("db", "check"), ("serve",), ("schedule",)):
        said = working.run(*words)
        assert said.code == 3, words
        assert "Pulihkan salinannya" in said.err
    assert not key.exists()


def test_settings_that_cannot_be_used_are_a_usage_error(working: Installation) -> None:
    said = working.with_settings(CASEFLOW_PAPER="A5").run("case", "list")
    assert (said.code, "CASEFLOW_PAPER harus salah satu dari" in said.err) == (2, True)


def test_a_broken_category_file_stops_every_command_with_all_findings(working: Installation) -> None:
    own = working.folder / "categories"
    own.mkdir()
    (own / "x.toml").write_text('code = "X"\nnme = "x"\n', encoding="utf-8")
    said = working.with_settings(CASEFLOW_CATEGORIES_DIR=str(own)).run("case", "list")
    assert said.code == 1
    assert said.err.startswith("Berkas bermasalah:\n")
    assert len(said.err.splitlines()) > 5


def test_processes_that_need_redis_say_so(working: Installation) -> None:
    assert "CASEFLOW_REDIS_URL belum diatur" in working.run("relay").err
    away = working.with_settings(CASEFLOW_REDIS_URL="redis://127.0.0.1:1/0").run("relay")
    assert (away.code, "tidak menjawab" in away.err) == (3, True)


def test_a_clock_behind_the_last_entry_writes_nothing(working: Installation) -> None:
    database = working.database()
    with database.write() as session:
        session.conn.exec_driver_sql("DROP TRIGGER case_entry_no_update")
        session.conn.exec_driver_sql("UPDATE case_entry SET entered_at = '2999-01-01 00:00:00.000000'")
    database.close()
    said = working.run("case", "hold", NUMBER, "--until", ago(-3), "--reason", "x", "--by", "rina")
    assert (said.code, "Jam mesin" in said.err) == (3, True)
