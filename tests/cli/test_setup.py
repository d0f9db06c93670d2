"""Setting up and running an installation: schema, key, people, offices, checks, queue, reminders, the log."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from caseflow import edge
from caseflow.edge import BusinessClock, Edge, real_now
from caseflow.errors import BadCredentials
from caseflow.store import cases, jobs, obligations
from caseflow.store.tables import inbox
from tests.cli.installation import NUMBER, Installation, ago

# --- people and offices --------------------------------------------------------------------------------------------


def test_a_new_installation_gets_its_schema_and_a_key_only_its_owner_reads(tmp_path: Path) -> None:
    made = Installation(tmp_path / "data")
    first = made.do("db", "upgrade").out
    assert "Berkas kunci dibuat" in first
    assert (made.folder / "secret.key").stat().st_mode & 0o777 == 0o600
    assert "Berkas kunci" not in made.do("db", "upgrade").out
    assert made.get("db", "check")["missing_triggers"] == []


def test_a_password_from_standard_input_logs_in(installed: Installation) -> None:
    installed.do(
        "user", "add", "intan", "--role", "intake", "--area", "63.10.01", "--password-stdin", stdin="rahasia-sekali\n"
    )
    database = installed.database()
    at = Edge(database, BusinessClock())
    assert edge.log_in(at, "intan", "rahasia-sekali")
    with pytest.raises(BadCredentials):
        edge.log_in(at, "intan", "salah")
    database.close()
    short = ("user", "add", "x", "--role", "intake", "--area", "63.10", "--password-stdin")
    assert "password: Kata sandi paling sedikit" in installed.refused(*short, stdin="pendek\n")
    silent = ("user", "add", "x", "--role", "intake", "--area", "63.10")
    assert "caseflow user password x --password-stdin" in installed.do(*silent).err


def test_a_token_is_shown_once_and_opens_the_api(installed: Installation) -> None:
    token = installed.do("token", "add", "rina", "--label", "skrip").out.strip()
    database = installed.database()
    assert edge.viewer_of_token(Edge(database, BusinessClock()), token).username == "rina"
    database.close()
    assert token.encode() not in (installed.folder / "caseflow.db").read_bytes()


def test_roles_and_stand_ins_are_dated(installed: Installation) -> None:
    installed.do(
        "user", "grant", "budi", "--role", "supervisor", "--area", "63.10", "--from", ago(0), "--until", ago(-1)
    )
    installed.do("standin", "add", "wahidah", "rina", "--from", ago(1), "--until", ago(-2))
    assert "Pengganti harus orang lain." in installed.refused(
        "standin", "add", "rina", "rina", "--from", ago(1), "--until", ago(0)
    )
    assert "Tanggal akhir sebelum" in installed.refused(
        "user", "grant", "budi", "--role", "head", "--area", "63.10", "--from", ago(0), "--until", ago(3)
    )
    codes = [code for code, _actor in installed.access_codes()]
    assert codes.count("user:role:granted") >= 6
    assert "user:stand_in:added" in codes


def test_only_an_admin_administers_when_a_name_is_given(installed: Installation) -> None:
    add = ("user", "add", "baru", "--role", "intake", "--area", "63.10", "--by")
    assert "Peran Anda tidak berwenang" in installed.refused(*add, "wahidah")
    installed.do("user", "add", "kepala", "--role", "admin", "--area", "63.10")
    installed.do(*add, "kepala")


def test_an_office_knows_its_letterhead_areas_zone_and_signatory(installed: Installation) -> None:
    (office,) = installed.get("office", "list")
    assert (office["area"], office["zone"], office["signatory"]) == ("6310", "Asia/Makassar", "Nurhayati")
    installed.do(
        "signatory",
        "add",
        "--office",
        "63.10",
        "--post",
        "Kadis",
        "--holder",
        "Plh",
        "--prefix",
        "Plh.",
        "--from",
        ago(1),
    )
    assert installed.get("office", "list")[0]["signatory"] == "Plh. Plh"
    assert installed.get("office", "areas", "63.10") == {"area": "63.10", "added": 0}
    names = [r["name"] for r in installed.get("office", "regions", "63.10")]
    assert len([n for n in names if n == "Batulicin"]) >= 1
    assert installed.get("office", "areas", "63.02")["added"] > 100


def test_every_mistake_in_an_office_is_named(installed: Installation) -> None:
    said = installed.refused(
        "office", "add", "--area", "63.10", "--government", " ", "--agency", "D", "--place", "x" * 200,
        "--unit-code", "U", "--zone", "Asia/Nowhere", "--week", "7",
    )  # fmt: skip
    named = {line.split(":")[0].strip(" -") for line in said.splitlines()[1:]}
    assert named == {"area", "government", "place", "zone", "week"}
    heads = ("--government", "P", "--agency", "D", "--place", "X", "--unit-code", "U")
    assert "area: Kode kabupaten/kota" in installed.refused("office", "add", "--area", "63", *heads)
    installed.do("office", "add", "--area", "91.71", *heads)
    zones = {o["area"]: o["zone"] for o in installed.get("office", "list")}
    assert zones == {"6310": "Asia/Makassar", "9171": "Asia/Jayapura"}


def test_an_office_day_moves_running_deadlines(working: Installation) -> None:
    said = working.do("office", "day", "63.10", ago(-1), "--name", "Hari jadi kabupaten").out
    assert "tenggat berpindah" in said


# --- doctor --------------------------------------------------------------------------------------------------------


def _levels(at: Installation, code: int = 0) -> dict[str, list[str]]:
    said = at.run("doctor", "--json")
    assert said.code == code, said.out
    found: dict[str, list[str]] = {}
    for check in said.data["checks"]:
        found.setdefault(check["name"], []).append(check["level"])
        assert check["level"] == "ok" or check["remedy"]
    return found


@pytest.mark.slow
def test_the_doctor_finds_a_sound_installation_usable(working: Installation) -> None:
    found = _levels(working)
    assert found["log"] == found["kantor 63.10"] == found["pembuat surat"] == found["alamat"] == ["ok"]
    assert found["surel"] == found["kunci"] == ["warn"]
    text = working.do("doctor").out
    assert "-> Atur CASEFLOW_SMTP_URL" in text
    assert "pembuat surat: 1 contoh surat dibuat" in text, "all of them take half a minute: --letters"
    assert "Siti" not in text


@pytest.mark.slow
def test_the_doctor_names_what_is_wrong_and_what_to_do(working: Installation) -> None:
    database = working.database()
    with database.write() as session:
        session.conn.exec_driver_sql("DROP TRIGGER case_entry_no_delete")
        session.conn.exec_driver_sql("UPDATE case_entry SET entered_at = entered_at WHERE 0")
        session.conn.exec_driver_sql("DELETE FROM signatory_post")
        session.conn.exec_driver_sql("DELETE FROM role_grant WHERE role = 'supervisor'")
    database.close()
    (working.folder / "secret.key").chmod(0o644)
    strange = {"CASEFLOW_DATABSE_URL": "x", "CASEFLOW_PUBLIC_URL": "http://kasus.example"}
    strange["CASEFLOW_ALLOWED_HOSTS"] = "kasus.intra.example"
    said = working.with_settings(**strange).run("doctor")
    assert said.code == 1
    for part in (
        "CASEFLOW_DATABSE_URL", "case_entry_no_delete", "tanpa penanda tangan hari ini", "tanpa supervisor hari ini",
        "chmod 600", "tanpa enkripsi", "kasus.intra.example", "caseflow signatory add --office 63.10",
    ):  # fmt: skip
        assert part in said.out


@pytest.mark.slow
def test_the_doctor_tells_what_cannot_be_reached(working: Installation) -> None:
    away = {"CASEFLOW_REDIS_URL": "redis://:geheim@127.0.0.1:1/0", "CASEFLOW_SMTP_URL": "smtp://127.0.0.1:1"}
    found = _levels(working.with_settings(**away), code=3)
    assert found["redis"] == found["surel"] == ["missing"]
    gone = working.with_settings(**away, CASEFLOW_DATABASE_URL="postgresql://x@127.0.0.1:1/none").run("doctor")
    assert gone.code == 3
    assert "geheim" not in gone.out
    assert "tidak ada  basis data: Layanan postgresql tidak dapat dihubungi" in gone.out


@pytest.mark.slow
def test_the_doctor_sees_a_key_that_is_not_the_one_of_the_data(working: Installation) -> None:
    (working.folder / "secret.key").write_bytes(b"k" * 32)
    assert _levels(working, code=1)["kunci"] == ["warn", "fail"]
    (working.folder / "secret.key").unlink()
    said = working.run("doctor")
    assert (said.code, said.out.count("caseflow keys import FILE")) == (1, 2)


# --- the queue and reminders ---------------------------------------------------------------------------------------


def _dead_job(at: Installation) -> str:
    database = at.database()
    moment = real_now() - timedelta(hours=1)
    with database.write() as session:
        jobs.enqueue(session, kind="no.such.kind", key="k", payload={}, run_at=moment, at=moment)
        session.conn.exec_driver_sql("UPDATE job SET state = 'dead', attempts = 10, failure = 'LetterFailed'")
    database.close()
    found: str = at.get("jobs", "list", "--state", "dead")[0]["id"]
    return found


def test_a_dead_job_is_seen_and_gets_a_new_life(installed: Installation) -> None:
    job = _dead_job(installed)
    assert "mati" in installed.do("jobs", "stats").out
    installed.do("jobs", "retry", job)
    (row,) = installed.get("jobs", "list")
    assert (row["state"], row["attempts"]) == ("ready", 0)
    other = row["id"][:-1] + ("1" if row["id"].endswith("0") else "0")
    assert "Data itu tidak ada" in installed.refused("jobs", "retry", other)
    assert ("job:retried") in [code for code, _actor in installed.access_codes()]


def test_all_dead_jobs_of_a_kind_get_a_new_life(installed: Installation) -> None:
    _dead_job(installed)
    assert "1 tugas no.such.kind dijalankan lagi" in installed.do("jobs", "retry", "--kind", "no.such.kind").out
    assert installed.get("jobs", "list")[0]["state"] == "ready"
    retrying = ("jobs", "retry", "--kind")
    assert "no.such.kind tidak dikenal; yang ada: backup.make," in installed.refused(*retrying, "no.such.kind")
    assert "Tidak ada tugas mati jenis letter.render." in installed.refused(*retrying, "letter.render")
    assert "case:act:refused" not in [code for code, _actor in installed.access_codes()]
    for words in ((), ("some-id", "--kind", "no.such.kind")):
        said = installed.run("jobs", "retry", *words)
        assert (said.code, "sebut satu id tugas, atau --kind" in said.err) == (2, True)


def test_the_schedule_is_shown_and_changed(installed: Installation) -> None:
    sweep = {"kind": "obligation.sweep", "cron": "*/5 * * * *", "zone": "UTC", "missed": "latest", "enabled": True}
    (found,) = [one for one in installed.get("jobs", "schedule") if one["kind"] == "obligation.sweep"]
    assert found.items() >= sweep.items()
    installed.do("jobs", "schedule-set", "obligation.sweep", "--cron", "0 6 * * *", "--zone", "Asia/Makassar", "--off")
    (found,) = [one for one in installed.get("jobs", "schedule") if one["kind"] == "obligation.sweep"]
    assert (found["cron"], found["zone"], found["enabled"], found["next"]) == (
        "0 6 * * *",
        "Asia/Makassar",
        False,
        None,
    )
    assert "dimatikan" in installed.do("jobs", "schedule").out
    assert "harus lima bagian" in installed.refused("jobs", "schedule-set", "obligation.sweep", "--cron", "often")
    assert 'menit "90" tidak dapat dipakai; batasnya 0-59' in installed.refused(
        "jobs", "schedule-set", "obligation.sweep", "--cron", "90 6 * * *"
    )
    assert "yang ada: backup.make, digest.daily" in installed.refused("jobs", "schedule-set", "no.such", "--on")
    assert "job:schedule:changed" in [code for code, _actor in installed.access_codes()]


def _next_due(at: Installation) -> datetime:
    database = at.database()
    with database.read() as session:
        row = cases.by_number(session, NUMBER)
        assert row is not None
        due = obligations.of_case(session, row.id)[0].due_at
    database.close()
    moment: datetime = due
    return moment


def _told(at: Installation) -> int:
    database = at.database()
    with database.read() as session:
        found = len(session.execute(inbox.select()).all())
    database.close()
    return found


def test_a_dry_run_shows_the_reminder_and_writes_nothing(working: Installation) -> None:
    late = (_next_due(working) + timedelta(days=7)).replace(hour=2).isoformat()
    dry = working.get("remind", "--at", late, "--dry-run")
    assert [r["case"] for r in dry["reminders"]] == [NUMBER]
    assert _told(working) == 0
    assert working.get("remind", "--at", late)["reminders"] == dry["reminders"]
    told = _told(working)
    assert told > 0
    assert working.get("remind", "--at", late)["reminders"] == []
    assert _told(working) == told


def test_a_time_without_a_zone_is_the_office_s(working: Installation) -> None:
    assert working.get("remind", "--at", "2026-01-05T08:00", "--dry-run")["at"] == "2026-01-05T08:00:00+08:00"


@pytest.mark.slow
def test_jobs_run_sends_what_waits(working: Installation) -> None:
    working.do("reach", "set", "--quiet", "00.00-00.00", "--by", "budi")  # whatever the hour
    assert working.get("reach", "show", "--by", "budi")["quiet"] == "00.00-00.00"
    working.do("case", "assign", NUMBER, "budi", "--by", "wahidah")
    assert [j["kind"] for j in working.get("jobs", "list")] == ["inbox.notify"]
    assert working.get("jobs", "run")["ran"] >= 1
    outbox = (working.folder / "outbox.jsonl").read_text(encoding="utf-8")
    assert NUMBER in outbox
    assert "Siti" not in outbox
    assert working.get("reach", "reminders", NUMBER) == [], "an assignment is no reminder"


# --- the log -------------------------------------------------------------------------------------------------------


def test_a_changed_entry_is_found_and_named(working: Installation) -> None:
    working.do("case", "record", NUMBER, "data_collection", "--set", "risk=low", "--by", "rina")
    assert "Log audit utuh." in working.do("audit", "verify").out
    database = working.database()
    with database.write() as session:
        session.conn.exec_driver_sql("DROP TRIGGER case_entry_no_update")
        session.conn.exec_driver_sql("UPDATE case_entry SET event_date = '2020-01-01' WHERE seq = 1")
    database.close()
    said = working.run("audit", "verify")
    assert said.code == 1
    first = said.err.splitlines()[1]
    assert first.startswith(f"Log audit tidak utuh: kasus {NUMBER}, entri ke-1 (")
    assert first.endswith("isinya berubah setelah dicatat")
    fault = working.run("audit", "verify", "--json").data["faults"][0]
    assert (fault["case"], fault["seq"], fault["reason"]) == (NUMBER, 1, "hash")


def test_a_deleted_end_and_a_changed_access_entry_are_found(working: Installation) -> None:
    working.do("case", "record", NUMBER, "data_collection", "--set", "risk=low", "--by", "rina")
    database = working.database()
    with database.write() as session:
        for trigger in ("case_entry_no_delete", "access_entry_no_update"):
            session.conn.exec_driver_sql(f"DROP TRIGGER {trigger}")
        session.conn.exec_driver_sql("DELETE FROM case_entry WHERE seq = 2")
        session.conn.exec_driver_sql("UPDATE access_entry SET code = 'office:removed' WHERE code = 'office:added'")
    database.close()
    faults = working.run("audit", "verify", "--json").data["faults"]
    assert {f["reason"] for f in faults} == {"head", "hash"}
    said = working.run("audit", "verify", "--lang", "en").err
    assert "access entry" in said


# --- categories and letters ----------------------------------------------------------------------------------------


def test_a_category_file_is_checked_with_all_its_findings(installed: Installation) -> None:
    source = (Path(__file__).parents[2] / "caseflow/states/categories/fakir_miskin.toml").read_text(encoding="utf-8")
    good = installed.folder / "own.toml"
    good.write_text(source, encoding="utf-8")
    bad = installed.folder / "bad.toml"
    bad.write_text(
        source.replace('confidentiality = "', 'confidentialty = "R9" #').replace("gap_days", "gap_dais"),
        encoding="utf-8",
    )
    said = installed.refused("category", "check", bad)
    assert "confidentialty" in said
    assert "gap_dais" in said
    findings = installed.run("category", "check", bad, "--json").data["findings"]
    assert len(findings) >= 3
    assert {"file", "key", "reason", "suggestion"} == findings[0].keys()
    assert "not known" in installed.run("category", "check", bad, "--lang", "en").err


def test_diagrams_are_written_for_documents_and_eyes(installed: Installation) -> None:
    assert "keluarga, orang, kelompok, komunitas" in installed.do("category", "list").out
    assert installed.do("category", "diagram", "at").out.startswith("stateDiagram-v2\n")
    out = installed.folder / "at.svg"
    installed.do("category", "diagram", "AT", "--format", "svg", "--out", out, "--lang", "en")
    assert "Lifecycle of Neglected child" in out.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_letter_is_previewed_without_a_database(tmp_path: Path) -> None:
    out = tmp_path / "contoh.pdf"
    Installation(tmp_path / "nothing").do("letter", "preview", "RJK-RS", "--out", out)
    text = PdfReader(out).pages[0].extract_text()
    assert "Rekomendasi Pelayanan Kesehatan" in text
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("content", [b"\xff" * 300, None], ids=["no database", "pages overwritten"])
def test_a_damaged_database_is_named_with_the_way_back(working: Installation, content: bytes | None) -> None:
    file = working.folder / "caseflow.db"
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)
    if content is not None:
        file.write_bytes(content)
    else:
        whole = file.read_bytes()
        file.write_bytes(whole[:8192] + b"\xff" * 200_000 + whole[208_192:])
    said = working.run("doctor")
    assert said.code in {1, 3}, said.out
    assert "rusak. Hentikan caseflow" in said.out
    listed = working.run("case", "list")
    assert listed.code == 3
    assert "caseflow restore DIR --replace" in listed.err
