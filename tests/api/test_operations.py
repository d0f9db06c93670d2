"""The process: alive, ready, its figures, its description; what it refuses to start on; the workers inside."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from starlette.testclient import TestClient

from caseflow import settings
from caseflow.actions import operations
from caseflow.actions.queue import Stats
from caseflow.api.docs import page
from caseflow.api.operations import JobFigures, ListFigures, Metrics
from caseflow.app import create_app
from caseflow.cli import defined
from caseflow.definitions import registries
from caseflow.edge import real_now
from caseflow.errors import (
    BadKeyFile,
    BrokenDefinition,
    BrokenLetters,
    CaseflowError,
    DatabaseNotCurrent,
    ServiceUnavailable,
)
from caseflow.paths import categories_root
from caseflow.store import cases as case_rows
from caseflow.store import definitions, jobs, tallies
from tests.api.calling import Api, Person, problem
from tests.conftest import DatabaseFactory

PATIENCE = 60.0
FROM_HERE = ("127.0.0.1", 50000)


# --- watched ----------------------------------------------------------------------------------------------------------


def test_alive_and_ready(reading_api: Api) -> None:
    assert reading_api.client.get("/healthz").json() == {"status": "ok"}
    ready = reading_api.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "database": "ok", "schema": "ok"})


def test_not_ready_while_the_schema_is_another(api: Api) -> None:
    with api.database.write() as session:
        session.conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    found = api.client.get("/readyz")
    assert (found.status_code, found.json()["schema"]) == (503, "DatabaseNotCurrent")
    assert api.client.get("/healthz").status_code == 200


def test_figures_are_for_this_machine_and_for_an_admin(api: Api) -> None:
    here = TestClient(api.client.app, client=FROM_HERE)
    api.by("rina").get("/api/v1/cases")
    text = here.get("/metrics").text
    assert re.search(r'caseflow_requests_total\{method="GET",route="/api/v1/cases",status="200"\} [1-9]', text)
    assert 'caseflow_jobs{queue="letters",state="ready"} 0.0' in text
    assert "caseflow_jobs_expired_leases 0.0" in text
    assert api.by("pusat").get("/metrics").text.startswith("# HELP")
    problem(api.client.get("/metrics"), 404, "NotFound")
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        problem(here.get("/metrics", headers={header: "203.0.113.7"}), 404, "NotFound")


def test_the_figures_show_what_waits(api: Api) -> None:
    case, rina = api.case("intervention"), api.by("rina")
    answers = {"treatment_needed": True, "health_need": "pemeriksaan"}
    rina.put(f"/api/v1/cases/{case}/stages/data_collection", {"answers": answers}, if_match="*")
    api.change("rina", case, "consents", {"purpose": "health_service", "relation": "self", "giver": "Aminah"})
    assert api.change("rina", case, "letters", {"letter": "rjk-rs"}).status_code == 201
    text = TestClient(api.client.app, client=FROM_HERE).get("/metrics").text
    assert 'caseflow_jobs{queue="letters",state="ready"} 1.0' in text
    (waited,) = re.findall(r'^caseflow_jobs_oldest_due_seconds\{queue="letters"\} (.+)$', text, re.MULTILINE)
    assert float(waited) > 0


def test_the_figures_tell_what_workers_of_any_process_did(api: Api) -> None:
    """Nothing here runs in the web process: what is counted stands in the database."""
    at = api.clock.now()
    with api.database.write() as session:
        new = [jobs.NewJob(kind="log.copy", key=f"{n}", payload={}, run_at=at, queue="bulk") for n in range(4)]
        jobs.enqueue_all(session, new, at=at)
        leases = jobs.lease(session, now_real=real_now(), due=at, limit=4, seconds=30, queue="bulk")
        begun = [jobs.claim(session, o.id, o.lease_no, now_real=real_now(), seconds=30) for o in leases]
        for job, outcome, seconds in zip(begun, ("done", "done", "failed"), (0.2, 70.0, 3.0), strict=False):
            assert job is not None
            jobs.finish(session, job.id, job.lease_no, at=at)
            tallies.count(session, job, outcome, seconds)
    text = TestClient(api.client.app, client=FROM_HERE).get("/metrics").text
    for line in (
        'caseflow_job_attempts_total{kind="log.copy",outcome="done"} 2.0',
        'caseflow_job_attempts_total{kind="log.copy",outcome="failed"} 1.0',
        'caseflow_job_seconds_bucket{kind="log.copy",le="0.1"} 0.0',
        'caseflow_job_seconds_bucket{kind="log.copy",le="0.25"} 1.0',
        'caseflow_job_seconds_bucket{kind="log.copy",le="60.0"} 1.0',
        'caseflow_job_seconds_bucket{kind="log.copy",le="+Inf"} 2.0',
        'caseflow_job_seconds_sum{kind="log.copy"} 70.2',
        'caseflow_jobs{queue="bulk",state="running"} 1.0',
        'caseflow_jobs_most_attempts{queue="bulk"} 1.0',
        'caseflow_jobs_lease_age_seconds{queue="letters"} 0.0',
    ):
        assert line in text.splitlines(), line
    (age,) = re.findall(r'^caseflow_jobs_lease_age_seconds\{queue="bulk"\} (.+)$', text, re.MULTILINE)
    assert float(age) > 0


def test_an_office_list_that_is_gone_is_told_with_its_file(api: Api, tmp_path: Path) -> None:
    file = tmp_path / "own" / "registries" / "systems.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[DESA]\nname = { id = "Buku desa", en = "Village book" }\n', "utf-8")
    registries.load(file.parents[1])
    with api.database.read() as session:
        session.settings = session.settings.model_copy(update={"categories_dir": file.parents[1]})
        assert operations.stale_lists(session) == ()
        file.unlink()
        (lost,) = operations.stale_lists(session)
        (said,) = defined.lists(session, api.clock.now())
        assert (said.level, str(file) in said.found) == ("warn", True)
        assert (lost.what, lost.files, lost.gone) == ("registries", (file,), True)
        assert operations.stale_lists(session) == (lost,), "since the first time"
    figures = ListFigures((lost,), lost.since + timedelta(minutes=1)).collect()
    assert {sample.labels["file"]: sample.value for family in figures for sample in family.samples} == {
        "psks/types.toml": 0, "registries/systems.toml": 60, "_instruments": 0,
    }  # fmt: skip
    text = TestClient(api.client.app, client=FROM_HERE).get("/metrics").text
    assert 'caseflow_office_list_stale_seconds{file="registries/systems.toml"} 0.0' in text


def test_every_figure_is_documented() -> None:
    told = (Path(__file__).parents[2] / "docs" / "jobs.md").read_text("utf-8")
    given = Stats({}, {}, 0, 0)
    lists = ListFigures((), real_now())
    nobody = JobFigures(given, [], real_now(), real_now())
    names = [family.name for family in (*Metrics().registry.collect(), *nobody.collect(), *lists.collect())]
    assert [name for name in names if f"`{name}" not in told] == []


# --- described --------------------------------------------------------------------------------------------------------


def test_the_description_is_whole(api: Api) -> None:
    schema = api.client.get("/api/openapi.json").json()
    assert "HTTPValidationError" not in str(schema)
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["description"], where
            for status, response in operation["responses"].items():
                media = set(response.get("content", {}))
                wanted = "application/problem+json" if status >= "400" and path != "/readyz" else None
                assert wanted is None or media == {wanted}, (where, status)
            if path.startswith("/api/v1/") and not path.startswith(("/api/v1/verify/", "/api/v1/replies/")):
                assert operation["security"] == [{"HTTPBearer": []}], where
                assert "401" in operation["responses"], where


@pytest.mark.parametrize(("lang", "word"), [("id", "Penolakan"), ("en", "Refusals")])
def test_the_documentation_asks_nothing_from_elsewhere(api: Api, lang: str, word: str) -> None:
    found = api.client.get("/api/docs", headers={"Accept-Language": lang})
    assert found.status_code == 200
    assert word in found.text
    assert "default-src 'none'" in found.headers["content-security-policy"]
    addresses = re.findall(r'(?:href|src)="([^"]+)"', found.text)
    assert all(address.startswith(("/api/", "#")) for address in addresses)
    known = set(re.findall(r'id="([^"]+)"', found.text))
    assert {a[1:] for a in addresses if a.startswith("#")} <= known
    assert not re.search(r"<(script|style)|style=", found.text)
    assert api.client.get("/api/docs.css").headers["content-type"].startswith("text/css")
    assert page.__doc__


def test_every_answer_carries_the_same_protection(api: Api) -> None:
    for path in ("/healthz", "/api/v1/me", "/api/docs", "/api/v1/nowhere"):
        headers = api.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert headers["strict-transport-security"].startswith("max-age=")
        assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])


def test_what_is_no_api_is_a_page(api: Api) -> None:
    found = api.client.get("/tidak-ada-halaman-ini")
    assert found.status_code == 404
    assert found.headers["content-type"].startswith("text/html")


# --- started ----------------------------------------------------------------------------------------------------------


def start(url: str, folder: Path, **given: object) -> TestClient:
    return TestClient(create_app(settings.load(**{"data_dir": folder, "database_url": url, **given})))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_empty_database_is_refused_with_the_command_that_helps(
    kind: str, new_database: DatabaseFactory, tmp_path: Path
) -> None:
    with pytest.raises(DatabaseNotCurrent, match=r"\(kosong\).*caseflow db upgrade"):
        start(new_database(kind), tmp_path)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "caseflow.db"
    with pytest.raises(DatabaseNotCurrent):
        start(f"sqlite:///{file}", tmp_path)
    assert not file.exists()


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServiceUnavailable, match="CASEFLOW_DATABASE_URL"):
        start("postgresql://nobody@127.0.0.1:1/nothing", tmp_path)


def _broken_category(folder: Path) -> dict[str, object]:
    own = folder / "kategori"
    own.mkdir()
    text = (categories_root() / "fakir_miskin.toml").read_text("utf-8")
    (own / "fakir_miskin.toml").write_text(text.replace("screening_finds", "saringan_menemukan") + "\n[aneh]\nx = 1\n")
    return {"categories_dir": own}


def _broken_letter(folder: Path) -> dict[str, object]:
    own = folder / "surat" / "aneh"
    own.mkdir(parents=True)
    (own / "letter.toml").write_text("code = 1\n")
    return {"templates_dir": own.parent}


def _broken_key(folder: Path) -> dict[str, object]:
    (folder / "kunci").write_text("bukan kunci")
    return {"secret_key_file": folder / "kunci"}


@pytest.mark.parametrize(
    ("broken", "error", "words"),
    [
        (_broken_category, BrokenDefinition, "aneh"),
        (_broken_letter, BrokenLetters, "body.html"),
        (_broken_key, BadKeyFile, "kunci"),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(
    migrated_url: DatabaseFactory,
    tmp_path: Path,
    broken: Callable[[Path], dict[str, object]],
    error: type[CaseflowError],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        start(migrated_url("sqlite"), tmp_path, **broken(tmp_path))


def test_a_guard_that_open_cases_need_and_this_version_lacks_is_refused(api: Api) -> None:
    case = api.case("assessment")
    with api.database.write() as session:
        row = case_rows.by_id(session, case)
        assert row is not None
        body = definitions.body(session, row.definition_digest)
        body = body.replace('"guards":{', '"guards":{"approve_plan":["bulan_purnama"],', 1)
        definitions.add(session, "e" * 64, "FM", body, at=api.clock.now())
        case_rows.amend(session, case, {"definition_digest": "e" * 64})
    with pytest.raises(BrokenDefinition, match='"bulan_purnama" tidak dikenal'):
        create_app(api.database.settings, runtime=api.runtime)


# --- workers inside ---------------------------------------------------------------------------------------------------


def test_without_redis_the_process_makes_its_letters_itself(api: Api) -> None:
    case, rina = api.case("intervention"), api.by("rina")
    answers = {"treatment_needed": True, "health_need": "pemeriksaan"}
    rina.put(f"/api/v1/cases/{case}/stages/data_collection", {"answers": answers}, if_match="*")
    api.change("rina", case, "consents", {"purpose": "health_service", "relation": "self", "giver": "Aminah"})
    with TestClient(api.client.app, base_url=str(api.client.base_url)) as running:
        me = Person(running, api.filled.tokens["rina"])
        body = {"letter": "rjk-rs", "expected_version": api.version(case)}
        letter = me.post(f"/api/v1/cases/{case}/letters", body).json()["id"]
        until = time.monotonic() + PATIENCE
        while not me.get(f"/api/v1/letters/{letter}").json()["has_pdf"]:
            assert time.monotonic() < until
            Event().wait(0.05)
