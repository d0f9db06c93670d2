"""What deploy/ holds: compose file, image and units name what exists, give nobody a password, and run as nobody."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml  # type: ignore[import-untyped]  # ships no types; only this test reads YAML

from caseflow.cli.menu import app
from caseflow.settings import unknown_variables
from caseflow.store.jobs import QUEUES
from tests.source import ROOT
from tools.set_up import PACKAGES

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "caseflow"}
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
UNITS = sorted((DEPLOY / "systemd").iterdir())
RUNNING = [path for path in UNITS if path.suffix == ".service" and "backup" not in path.name]
BIN = "/opt/caseflow/bin/"
SERVICE_KEYS = {
    "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "init", "networks", "ports",
    "read_only", "restart", "secrets", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
"""Keys of the compose specification that we rely on: a misspelt one would be refused, or worse, ignored."""
DIRECTIVES = {
    "After", "CapabilityBoundingSet", "Description", "Environment", "EnvironmentFile", "ExecStart", "Group",
    "KillMode", "LoadCredential", "LockPersonality", "NoNewPrivileges", "OnCalendar", "PartOf", "Persistent",
    "PrivateDevices", "PrivateTmp", "ProtectClock", "ProtectControlGroups", "ProtectHome", "ProtectHostname",
    "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectProc", "ProtectSystem",
    "RandomizedDelaySec", "ReadWritePaths", "Restart", "RestartSec", "RestrictAddressFamilies",
    "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "StartLimitIntervalSec", "StateDirectory",
    "StateDirectoryMode", "SystemCallArchitectures", "SystemCallFilter", "TimeoutStopSec", "Type", "UMask", "User",
    "WantedBy", "Wants",
}  # fmt: skip
"""Directives of systemd.unit, .service, .exec and .kill that the units use."""
HEALTH_KEYS = {"test", "interval", "timeout", "retries", "start_period"}
ALWAYS_RUNNING = sorted(["serve", "relay", "schedule", *(f"worker-{queue}" for queue in QUEUES)])


def unit(path: Path) -> ConfigParser:
    """Read a unit; of keys that are given twice the last one counts."""
    parsed = ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are written
    parsed.read_string(path.read_text())
    return parsed


# --- commands: each word exists ---------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, list[str]]]:
    for name, service in OURS.items():
        yield f"compose {name}", service["command"]
    yield "Dockerfile", yaml.safe_load(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[-1])
    for path in UNITS:
        for line in re.findall(r"^ExecStart=(.*)$", path.read_text(), re.MULTILINE):
            assert line.startswith(BIN), path.name
            words = line.removeprefix(BIN).replace("%i", QUEUES[0]).replace("${WORKER_THREADS}", "4")
            yield path.name, words.split()


@pytest.mark.parametrize(
    ("where", "words"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_command_is_one_of_ours(where: str, words: list[str]) -> None:
    program, *arguments = words
    if program == "dramatiq":
        assert arguments[0] == "workers", where
        assert queues_of(words) <= set(QUEUES)
    else:
        assert program == "caseflow", where
        typer_takes(arguments)


def typer_takes(arguments: list[str]) -> None:
    """Let the command line parse these words without carrying anything out; a wrong one raises."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("caseflow", [arguments[0]], resilient_parsing=True)
    rest = arguments
    while hasattr(command, "commands"):
        command, rest = command.commands[rest[0]], rest[1:]
    command.make_context(arguments[0], list(rest), parent=context)


def test_a_command_that_does_not_exist_is_found() -> None:
    for words in (["serv"], ["serve", "--hots", "x"], ["db", "upgrad"], ["serve", "--port", "x"]):
        with pytest.raises((KeyError, typer.TyperException)):
            typer_takes(words)


def test_dramatiq_takes_the_options_of_the_workers() -> None:
    program = "import sys; from dramatiq.cli import make_argument_parser as p; print(p().parse_args(sys.argv[1:]))"
    lines = {" ".join(words[1:]) for _where, words in commands() if words[0] == "dramatiq"}
    for line in sorted({re.sub(r"(--queues|--threads) \w+", r"\1 1", line) for line in lines}):
        asked = [sys.executable, "-c", program, *line.split()]  # apart: the workers look at who imported dramatiq.cli
        said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
        assert "processes=1" in said
        assert "worker_shutdown_timeout=45000" in said


def queues_of(words: list[str]) -> set[str]:
    return {words[words.index("--queues") + 1]}


# --- compose ----------------------------------------------------------------------------------------------------------


def test_every_process_of_a_scaled_installation_is_there() -> None:
    assert sorted(OURS) == sorted([*ALWAYS_RUNNING, "migrate"])
    assert set().union(*(queues_of(s["command"]) for n, s in OURS.items() if n.startswith("worker-"))) == set(QUEUES)
    assert OURS["migrate"]["restart"] == "no"
    assert all(OURS[name]["depends_on"]["migrate"] == DONE for name in ALWAYS_RUNNING)


DONE = {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_complete_and_confined(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= SERVICE_KEYS
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == ("no" if name == "migrate" else "always")
    for needed, how in service.get("depends_on", {}).items():
        assert how["condition"] == "service_completed_successfully" or "healthcheck" in SERVICES[needed]
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    assert {volume.partition(":")[0] for volume in service.get("volumes", ())} <= set(COMPOSE["volumes"])
    assert set(service.get("healthcheck", {})) <= HEALTH_KEYS
    for port in service.get("ports", ()):
        assert port.startswith("127.0.0.1:"), "the https proxy of this machine stands in front"


def test_who_is_waited_for_says_that_it_is_well() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" in service} == {"postgres", "valkey", "serve"}
    assert "/readyz" in SERVICES["serve"]["healthcheck"]["test"][-1]


def test_the_log_of_the_database_quotes_no_row() -> None:
    assert "log_error_verbosity=terse" in SERVICES["postgres"]["command"]


def test_secrets_are_files_and_no_password_has_a_default() -> None:
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            assert "PASSWORD" not in variable or variable.endswith("_FILE"), name
            assert "://" not in str(value) or variable == "CASEFLOW_PUBLIC_URL", name
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text()


def test_every_setting_that_is_named_exists() -> None:
    named = {f"caseflow_{secret.removeprefix('caseflow_')}".upper() for secret in COMPOSE["secrets"] if "url" in secret}
    named |= set().union(*(service["environment"] for service in OURS.values()))
    named |= set(re.findall(r"\bCASEFLOW_[A-Z_]+", DOCKERFILE + (DEPLOY / "caseflow.env.example").read_text()))
    named |= {name for path in UNITS for name in re.findall(r"\bCASEFLOW_[A-Z_]+", path.read_text())}
    assert unknown_variables(dict.fromkeys(named, "")) == []
    assert {"CASEFLOW_DATABASE_URL", "CASEFLOW_PUBLIC_URL", "CASEFLOW_BACKUP_DIR"} <= named


def test_the_queue_of_record_outlives_the_broker() -> None:
    """Redis may lose nothing it was given while it runs: no eviction, and what it holds is on disk."""
    command = SERVICES["valkey"]["command"][-1]
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


# --- image ------------------------------------------------------------------------------------------------------------


def test_the_image_is_built_from_this_repository_by_hash_and_runs_as_nobody() -> None:
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)]
    assert all((ROOT / name).exists() for names in copied for name in names)
    kept = set(re.findall(r"^!(.*)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE))
    assert kept == {name for names in copied for name in names}
    assert "--require-hashes" in DOCKERFILE
    assert [package.name for package in PACKAGES if package.product and package.name not in DOCKERFILE] == []
    (user,) = re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)
    assert all(service["user"] == user for service in OURS.values())
    assert DOCKERFILE.index("\nUSER ") > DOCKERFILE.index("apt-get install")


# --- units ------------------------------------------------------------------------------------------------------------


def test_the_target_starts_every_process() -> None:
    target = DEPLOY / "systemd" / "caseflow.target"
    wanted = set(re.findall(r"caseflow-[\w@]+\.service", target.read_text()))
    templates = {re.sub("@.*", "@.service", name) for name in wanted}
    assert templates == {path.name for path in RUNNING}
    assert {name for name in wanted if "@" in name} == {f"caseflow-worker@{queue}.service" for queue in QUEUES}


@pytest.mark.parametrize("path", RUNNING, ids=lambda path: path.name)
def test_a_unit_comes_back_and_leaves_in_good_order(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["Restart"] == "always"
    assert service["KillMode"] == "mixed", "a second SIGTERM ends the workers at once"
    assert int(service["TimeoutStopSec"]) >= 30
    if "--worker-shutdown-timeout" in (words := service["ExecStart"].split()):
        patience = int(words[words.index("--worker-shutdown-timeout") + 1]) / 1000
        assert patience < int(service["TimeoutStopSec"])


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name)
def test_a_unit_is_confined(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["User"] not in {"", "root"}
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["CapabilityBoundingSet"]) == (
        "strict", "true", "",
    )  # fmt: skip


def test_systemd_knows_every_line(tmp_path: Path) -> None:
    """The checker of the service manager says so where there is one; our own list does everywhere."""
    for path in UNITS:
        text = path.read_text()
        used = {line.partition("=")[0] for line in text.splitlines() if "=" in line and not line.startswith("#")}
        assert used - DIRECTIVES == set(), path.name
        at_work = text.replace(BIN, f"{Path(sys.executable).parent}/")
        (tmp_path / path.name.replace("@", "@now")).write_text(at_work)
    if checker := shutil.which("systemd-analyze"):
        asked = [checker, "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
        said = subprocess.run(asked, check=False, capture_output=True, text=True)
        assert (said.returncode, said.stderr) == (0, "")
