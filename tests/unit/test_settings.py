"""Settings from the environment, and where the shipped files lie."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from caseflow import paths
from caseflow.errors import BadSettings
from caseflow.settings import Settings, load, masked, unknown_variables

SHOW = """
from caseflow.errors import BadSettings
from caseflow.settings import load
try:
    print(load().model_dump_json())
except BadSettings as refused:
    print(refused)
"""


def in_a_process(**variables: str) -> str:
    """What a fresh process with these variables makes of its environment."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(paths.package_root().parent), **variables}
    return subprocess.run(
        [sys.executable, "-c", SHOW], env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_without_any_variable_an_embedded_installation_in_var(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path)
    assert settings.database_url == settings.database_direct_url == f"sqlite:///{tmp_path}/caseflow.db"
    assert settings.secret_key_file == tmp_path / "secret.key"
    assert (settings.is_sqlite, settings.embedded, settings.is_loopback, settings.demo) == (True, True, True, False)
    assert load().data_dir == Path.cwd() / "var"


def test_variables_are_read_and_empty_ones_count_as_unset() -> None:
    shown = Settings.model_validate_json(
        in_a_process(
            CASEFLOW_DATA_DIR="/srv/caseflow",
            CASEFLOW_DATABASE_URL="postgres://db/caseflow",
            CASEFLOW_REDIS_URL="",
            CASEFLOW_PUBLIC_URL="https://kasus.example.go.id/",
            CASEFLOW_PAPER="F4",
            CASEFLOW_DEMO="true",
            CASEFLOW_CHECKPOINT_MAIL="satu@inspektorat.example, dua@inspektorat.example",
        )
    )
    assert (shown.database_url, shown.database_direct_url) == ("postgresql://db/caseflow",) * 2
    assert (shown.redis_url, shown.paper, shown.demo) == (None, "F4", True)
    assert shown.secret_key_file == Path("/srv/caseflow/secret.key")
    assert shown.public_url == "https://kasus.example.go.id"
    assert shown.checkpoint_mail == ("satu@inspektorat.example", "dua@inspektorat.example")


def test_all_bad_variables_are_named_at_once() -> None:
    said = in_a_process(CASEFLOW_DATABASE_URL="mysql://x", CASEFLOW_MAX_BODY_KB="banyak", CASEFLOW_PAPER="A5")
    for part in ("CASEFLOW_DATABASE_URL harus sqlite", "CASEFLOW_MAX_BODY_KB harus bilangan bulat", "'A4', 'F4'"):
        assert part in said


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("database_url", "sqlite://", "nama berkas"),
        ("database_url", "sqlite:///:memory:", "nama berkas"),
        ("database_url", "caseflow.db", "harus sqlite"),
        ("database_direct_url", "oracle://x", "harus sqlite"),
        ("redis_url", "http://x", "harus redis"),
        ("smtp_url", "mail.example.org", "harus smtp"),
        ("smtp_url", "smtp://", "harus smtp"),
        ("checkpoint_mail", "auditor", "alamat surel"),
        ("checkpoint_mail", "a@b.example,,c@b.example", "alamat surel"),
        ("allowed_hosts", "https://kasus.example", "tanpa http"),
        ("allowed_hosts", "kasus.example:8000", "tanpa http"),
        ("allowed_hosts", "kasus.example,,b", "tanpa http"),
        ("allowed_hosts", "*", "tanpa http"),
        ("public_url", "kasus.example.go.id", "alamat lengkap"),
        ("public_url", "ftp://kasus.example.go.id", "alamat lengkap"),
        ("public_url", "https://kasus.example.go.id/?a=1", "alamat lengkap"),
        ("session_hours", "0", "paling sedikit 1"),
        ("letter_memory_mb", "16", "paling sedikit 256"),
        ("demo", "mungkin", "true atau false"),
        ("demo_clock", "clock", "hanya untuk demo"),
    ],
)
def test_a_bad_setting_says_what_is_wrong(name: str, value: str, why: str) -> None:
    with pytest.raises(BadSettings, match=why) as refused:
        load(**{name: value})
    assert list(refused.value.data["problems"]) == [f"CASEFLOW_{name.upper()}"]


@pytest.mark.parametrize(
    ("url", "loopback", "cookie"),
    [
        ("http://127.0.0.1:8000", True, "caseflow"),
        ("http://localhost", True, "caseflow"),
        ("http://kasus.localhost:8000", True, "caseflow"),
        ("http://[::1]:8000", True, "caseflow"),
        ("http://0.0.0.0:8000", True, "caseflow"),
        ("http://192.168.1.5", False, "caseflow"),
        ("https://kasus.example.go.id", False, "__Host-caseflow"),
    ],
)
def test_the_public_address_decides_letters_and_cookie(url: str, loopback: bool, cookie: str) -> None:  # noqa: FBT001 - a column
    settings = load(public_url=url)
    assert (settings.is_loopback, settings.cookie_name) == (loopback, cookie)


def test_an_installation_knows_its_hosts() -> None:
    alone = load(public_url="https://kasus.example.go.id:8443")
    for host in ("kasus.example.go.id", "Kasus.Example.go.id.:443", "localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert alone.knows_host(host), host
    for host in ("example.go.id", "x.kasus.example.go.id", "10.0.0.5", "a@kasus.example.go.id", "", ":80", "[::2]"):
        assert not alone.knows_host(host), host
    more = load(allowed_hosts="Kasus.intra.example, 10.0.0.5,::2")
    assert all(more.knows_host(host) for host in ("kasus.intra.example", "10.0.0.5:8000", "[::2]:80"))


def test_passwords_do_not_show() -> None:
    settings = load(
        database_url="postgresql://app:rahasia@db/caseflow",
        redis_url="redis://:rahasia@cache",
        smtp_url="smtp://dinas:rahasia@mail.example.org:587",
    )
    assert "rahasia" not in repr(settings)
    assert masked(settings.database_url) == "postgresql://app:***@db/caseflow"
    assert masked(settings.redis_url) == "redis://:***@cache"
    assert masked("sqlite:////srv/caseflow.db") == "sqlite:////srv/caseflow.db"
    assert masked(None) is None


def test_what_no_variable_says_may_be_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "caseflow_database_url").write_text("postgresql://app:rahasia@db/caseflow\n")
    (tmp_path / "caseflow_redis_url").write_text("redis://cache")
    (tmp_path / "caseflow_smtp_url").write_text("\n")
    (tmp_path / "other").write_text("x")
    found = in_a_process(CASEFLOW_SECRETS_DIR=str(tmp_path), CASEFLOW_REDIS_URL="redis://nearer")
    assert '"database_url":"postgresql://app:rahasia@db/caseflow"' in found
    assert '"database_direct_url":"postgresql://app:rahasia@db/caseflow"' in found
    assert '"redis_url":"redis://nearer"' in found
    assert '"smtp_url":null' in found, "an empty file counts as unset"
    assert "CASEFLOW_SECRETS_DIR foldernya tidak ada" in in_a_process(CASEFLOW_SECRETS_DIR=str(tmp_path / "none"))
    assert unknown_variables({"CASEFLOW_SECRETS_DIR": "x"}) == []


def test_a_misspelt_variable_is_found() -> None:
    environ = {"CASEFLOW_DATABSE_URL": "x", "CASEFLOW_REDIS_URL": "x", "HOME": "/"}
    assert unknown_variables(environ) == ["CASEFLOW_DATABSE_URL"]


def test_shipped_files_are_found_in_a_checkout() -> None:
    root = paths.package_root()
    assert paths.templates_root() == root.parent / "templates"
    assert paths.templates_root().is_dir()
    assert paths.categories_root() == root / "states" / "categories"
    assert (paths.locale_root() / "en.po").is_file()
    assert paths.static_root() == root / "web" / "static"
