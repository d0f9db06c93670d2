"""`caseflow demo`: a new embedded database, three flagship cases through every state, the log verified."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from caseflow.access import Viewer
from caseflow.actions import installation, letter_files, trail, views
from caseflow.cli import demo_desk, demo_stories, demo_world
from caseflow.cli.demo_play import MORNING, Play
from caseflow.cli.demo_world import ZONE, act
from caseflow.cli.speech import language, say
from caseflow.edge import BusinessClock, Edge
from caseflow.errors import Refused, _
from caseflow.letters.child import Renderer
from caseflow.settings import Settings
from caseflow.states import ladder
from caseflow.states.lifecycle import ROLES, STATES
from caseflow.store import health, inbox
from caseflow.store.session import Database, Session
from workers import runtime
from workers.embedded import Embedded
from workers.runtime import Runtime
from workers.simulated import Simulated

MARK = "caseflow-demo"
"""The file that says a folder holds a demonstration and may be made anew."""
WIDTH = 120
"""Columns where there is no terminal to ask."""
DAYS = 300
"""How long ago the stories begin: they take some 285 days, as holidays fall, and end before today."""


@dataclass(frozen=True, slots=True)
class Flagship:
    """One line of the summary."""

    number: str
    path: str
    letters: tuple[str, ...]
    reminders: str
    entries: int


@dataclass(frozen=True, slots=True)
class Made:
    """A demonstration that is ready to be looked at."""

    settings: Settings
    password: str


def run(data: Path | None, port: int) -> Made | None:
    """Make the demonstration in `data` (a new folder when None), print the summary; None when the log is broken."""
    console = _console()
    folder = _folder(data)
    settings = Settings(data_dir=folder, public_url=f"http://127.0.0.1:{port}", demo=True)
    if not health.is_new(settings.database_url):
        raise Refused(reason=_("Basis data itu sudah berisi. Demo hanya mengisi basis data yang masih kosong."))
    with ExitStack() as stack:
        renderer = stack.enter_context(installation.renderer(settings))
        installation.upgrade(settings)
        database = installation.open_database(settings)
        stack.callback(database.close)
        password = _play(database, renderer, console, folder)
        return Made(settings, password) if password else None


def show_log_ins(made: Made) -> None:
    """Print where to go and as whom; for whoever looks at the demonstration."""
    table = Table(title=say(_("Masuk di {address}", address=made.settings.public_url)), title_justify="left")
    for heading in (_("Nama pengguna"), _("Kata sandi"), _("Peran"), _("Nama")):
        table.add_column(say(heading), no_wrap=True)
    for username, name, role, _area in demo_world.USERS:
        table.add_row(username, made.password, ROLES[role].in_(language()), name)
    _console().print(table)
    _console().print(say(_("Perintah pada demo ini, dari jendela lain:")))
    address = f"CASEFLOW_DEMO=true CASEFLOW_PUBLIC_URL={made.settings.public_url}"  # or letters are refused
    given = f"CASEFLOW_DATA_DIR={made.settings.data_dir} {address}"
    example = f"{given} .venv/bin/caseflow case list --by wahidah"
    _console().print(example, highlight=False, markup=False, soft_wrap=True)


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=WIDTH)


def _play(database: Database, renderer: Renderer, console: Console, folder: Path) -> str:
    """Let everybody act; return the password of them all, empty when the log does not hold."""
    clock = BusinessClock()
    edge = Edge(database, clock)
    begin = _first_morning(clock)
    clock.move_to(begin)
    world = demo_world.fill(edge, begin)
    with ExitStack() as stack:
        workers = _workers(runtime.of(database, renderer.render, runtime.Clock(business=clock.now)), stack)
        play = Play(edge, workers, world, console.print)
        flagships = [story(play) for story in STORIES]
        demo_desk.prepare(play)
        clock.ahead = timedelta(0)
        demo_desk.fill(play)
    lines = [_flagship(edge, number, folder) for number in flagships]
    console.print(_table(lines))
    console.print(_("{n} tindakan ditolak dengan alasan, sesuai aturan.", n=len(play.refusals)))
    console.print(f"Data: {folder}", highlight=False)
    return world.password if _verify(database, console) else ""


def _workers(opened: Runtime, stack: ExitStack) -> Embedded | Simulated:
    if opened.database.settings.embedded:
        return Embedded(opened)
    workers = Simulated(opened)
    stack.callback(workers.stop)
    return workers


STORIES: tuple[Callable[[Play], str], ...] = (
    demo_stories.cannot_pay_treatment,
    demo_stories.poorest_household,
    demo_stories.orphan,
)


def _folder(data: Path | None) -> Path:
    folder = data or Path(tempfile.mkdtemp(prefix="caseflow-demo-"))
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise Refused(reason=_("Folder {folder} sudah berisi. Pilih folder kosong untuk demo.", folder=folder))
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("caseflow demo\n")
    return folder


def _first_morning(clock: BusinessClock) -> datetime:
    """Return a morning at nine in the office's zone, long enough ago for every story to end before today."""
    zone = ZoneInfo(ZONE)
    day = (clock.now().astimezone(zone) - timedelta(days=DAYS)).date()
    return datetime.combine(day + timedelta(days=(7 - day.weekday()) % 7), MORNING, zone)


def _flagship(edge: Edge, number: str, folder: Path) -> Flagship:
    at = edge.clock.now()
    events = act(edge, "wahidah", lambda s, by, _at: views.history(s, number, by=by, at=at))
    view = act(edge, "wahidah", lambda s, by, _at: views.view_case(s, number, by=by, at=at))
    path = [str(e.data["to"]) for e in events if e.code == "case:step:taken" and e.data["to"] != e.data["from"]]
    saved = []
    for letter in view.letters:
        pdf = act(edge, "wahidah", partial(_pdf, letter.id))
        target = folder / "surat" / f"{letter.number.replace('/', '-')}.pdf"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(pdf)
        saved.append(target.name)
    with edge.database.read() as session:
        told = inbox.rungs_of_case(session, view.row.id)
    reminders = "\n".join(_told(kind, rungs) for kind, rungs in sorted(told.items())) or "-"
    return Flagship(number, _path(["data_collection", *path]), tuple(saved), reminders, len(events))


def _pdf(letter_id: str, session: Session, by: Viewer, at: datetime) -> bytes:
    return letter_files.pdf_of(session, letter_id, by=by, at=at)[1]


DUE = {
    "emergency_debt": "kelengkapan darurat",
    "placement_review": "tinjauan penempatan",
    "referral_answer": "jawaban rujukan",
    "review": "persetujuan",
    "state_deadline": "tenggat tahap",
    "visit": "kunjungan",
}
AUDIENCES = {"recipient": "pelaksana", "supervisor": "supervisor", "head": "kepala dinas"}


def _told(kind: str, rungs: list[int]) -> str:
    """Return how often a kind of reminder was sent, and how high it climbed."""
    highest = ladder.LADDERS[kind][max(rungs) - 1].audience[-1]
    return f"{DUE.get(kind, kind)}: {len(rungs)} pesan, sampai {AUDIENCES[highest]}"


def _path(states: list[str]) -> str:
    """Return the states in order, a new line for each cycle."""
    return " → ".join(STATES[state].id for state in states).replace("Monitoring → Asesmen", "Monitoring\n→ Asesmen")


def _table(lines: list[Flagship]) -> Table:
    table = Table(title="Tiga kasus, dari pembukaan sampai keputusan", show_lines=True)
    table.add_column("Kasus", no_wrap=True)
    table.add_column("Jalan")
    table.add_column("Surat", overflow="fold")
    table.add_column("Pengingat")
    table.add_column("Entri", justify="right")
    for line in lines:
        table.add_row(line.number, line.path, "\n".join(line.letters) or "-", line.reminders, str(line.entries))
    return table


def _verify(database: Database, console: Console) -> bool:
    with database.read() as session:
        result = trail.verify(session)
    for fault in result.faults[:1]:
        console.print(f"Log audit TIDAK utuh: kasus {fault.number}, entri {fault.broken.seq}: {fault.reason}")
    found = result.found
    if not result.faults:
        entries = f"{found.case_entries} entri kasus, {found.access_entries} entri akses"
        console.print(f"Log audit utuh: {entries}, {found.cases} kasus.")
    return not result.faults
