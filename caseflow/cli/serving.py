"""`caseflow serve`, `relay`, `schedule`, `demo`: one process each, until told to stop."""

import errno
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Annotated

import typer

from caseflow import settings
from caseflow.cli import checks, reachable
from caseflow.cli.frame import verb
from caseflow.cli.options import whole
from caseflow.cli.speech import complain, say, show
from caseflow.errors import Refused, ServiceUnavailable, _
from caseflow.logs import configure_logging
from caseflow.settings import Settings

SERVE_HELP = _(
    """Jalankan halaman dan API. Tanpa CASEFLOW_REDIS_URL pekerjanya ada di dalam proses ini.

Di belakang penyeimbang beban pakai CASEFLOW_PUBLIC_URL dengan https."""
)
LOCAL = "127.0.0.1"
LONGEST_LINE = 4096
Port = Annotated[int, typer.Option("--port", metavar="N", parser=whole, help=_("Pintu TCP."))]

Verbose = Annotated[
    bool, typer.Option("--verbose", help=_("Di terminal tampilkan setiap permintaan, bukan hanya yang gagal."))
]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "demo", _("Coba caseflow dengan data rekaan: tiga kasus dari awal sampai selesai, lalu halamannya."))(
        demo
    )
    verb(app, "serve", SERVE_HELP)(serve_)
    verb(app, "relay", _("Antar tugas ke pekerja di belakang Redis (pekerjanya: dramatiq workers)."))(relay)
    verb(app, "schedule", _("Buat tugas berkala: menyampaikan pengingat, membersihkan antrean."))(schedule)


def demo(
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help=_("Folder data demo; tanpa ini folder sementara."))
    ] = None,
    port: Port = 8000,
    once: Annotated[
        bool, typer.Option("--once", help=_("Tanpa server: jalankan ceritanya, periksa lognya, selesai."))
    ] = False,
    verbose: Verbose = False,
) -> int:
    from caseflow.cli import demo as play  # noqa: PLC0415 - the demonstration is for this command only

    if not once:
        _require_free(LOCAL, port)
    made = play.run(data, port)
    if made is None:
        return 1
    if once:
        show(_("Untuk membukanya di peramban jalankan caseflow demo, tanpa --once."))
        return 0
    return serve(made.settings, port, verbose=verbose, told=lambda: play.show_log_ins(made))


def serve_(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help=_("Alamat yang didengarkan."))] = LOCAL,
    port: Port = 8000,
    verbose: Verbose = False,
) -> int:
    return serve(settings.load(), port, host=host, verbose=verbose)


def serve(
    given: Settings,
    port: int,
    *,
    host: str = LOCAL,
    verbose: bool = False,
    told: Callable[[], None] | None = None,
) -> int:
    """Serve pages and API until told to stop; returns the exit code.

    `told` says what else there is to know: last before the first request, and again whenever Enter is pressed.
    """
    from caseflow import app  # noqa: PLC0415 - the web stack takes a second to load, for this command only

    _require_free(host, port)
    made = app.create_app(given)
    made.state.doctor = lambda: checks.all_of(given, quick=True)

    def ready() -> None:
        complain(say(_("caseflow berjalan di {address} (Ctrl-C untuk berhenti)"), address=f"http://{host}:{port}"))
        if told is not None:
            told()
            _tell_again(told)

    app.serve(made, host=host, port=port, quiet=not verbose, ready=ready)
    return 0


def _tell_again(told: Callable[[], None]) -> None:
    """Say it once more for every Enter on a terminal: what came since may have scrolled it away."""
    if not sys.stdin.isatty():
        return
    complain(say(_("Tekan Enter untuk melihatnya lagi.")))

    def wait() -> None:
        # Read without Python's own buffer: its lock would be held when the process ends.
        while os.read(keyboard, LONGEST_LINE):
            told()

    keyboard = sys.stdin.fileno()

    Thread(target=wait, daemon=True).start()


def _require_free(host: str, port: int) -> None:
    """Raise `Refused` where somebody listens at this address already: before a minute of work, not after it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                return  # whatever else is wrong with the address, the server says itself
            reason = _("Pintu {port} sudah dipakai program lain. Pilih yang lain: --port N.", port=port)
            raise Refused(reason=reason) from None


def relay() -> None:
    from workers import process  # noqa: PLC0415 - dramatiq is for the processes only

    given = settings.load()
    _require_redis(given)
    configure_logging(sys.stderr)
    opened, stopped = process.open_runtime(given), _until_told()
    complain(say(_("caseflow {name} berjalan (Ctrl-C untuk berhenti)"), name="relay"))
    process.run_relay(opened, stopped)


def schedule() -> None:
    from workers import process  # noqa: PLC0415 - as in relay

    given = settings.load()
    configure_logging(sys.stderr)
    opened, stopped = process.open_runtime(given), _until_told()
    complain(say(_("caseflow {name} berjalan (Ctrl-C untuk berhenti)"), name="schedule"))
    process.run_schedule(opened, stopped)


def _require_redis(given: Settings) -> None:
    if given.redis_url is None:
        hint = _("CASEFLOW_REDIS_URL belum diatur; tanpa itu pekerja berjalan di dalam caseflow serve.")
        raise ServiceUnavailable(service="redis", hint=hint)
    if why := reachable.redis_problem(given.redis_url):
        raise ServiceUnavailable(service="redis", hint=why)


def _until_told() -> Event:
    """Return an event that SIGTERM and Ctrl-C set."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_given: stopped.set())
    return stopped
