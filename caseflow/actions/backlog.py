"""Where cases wait: how long in each state, by category, area and worker; the bottleneck, and whom it waits for."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from caseflow import access, ids
from caseflow.access import AREA_READERS, Viewer
from caseflow.actions import areas
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, Sentence, _
from caseflow.ids import area_within, normalise_area
from caseflow.states.category import Category, Text
from caseflow.states.deadlines import Calendar, Span
from caseflow.states.lifecycle import OPEN, STATES
from caseflow.states.suppression import published
from caseflow.store import backlog as rows
from caseflow.store import offices, users
from caseflow.store.backlog import Counted
from caseflow.store.session import Session

CLOSED_FILES = "R3"
FINER = {2: 4, 4: 6, 6: 10, 10: 10}
"""Digits of an area -> digits of the areas it is shown by: kabupaten, kecamatan, villages."""
WITHIN_A_KABUPATEN = 6
MOST_NAMED = 4
_WEEK = 7
_HOURS = 24
NIK: dict[str, tuple[Sentence, tuple[str, ...]]] = {
    "checked": (_("Padan dengan Dukcapil"), ("padan",)),
    "unchecked": (_("Belum diperiksa"), ("belum_dicek", "anomali")),
    "unfit": (_("Tidak cocok"), ("tidak_padan", "tidak_ditemukan", "ganda", "format_salah")),
    "missing": (_("NIK belum ada"), ("belum_punya_nik",)),
}
"""What is told of NIKs, and the statuses it stands for."""
OWED: dict[str, Sentence] = {
    "state_deadline": _("Tahap lewat batas"),
    "visit": _("Kunjungan monitoring"),
    "referral_answer": _("Jawaban rujukan"),
    "answer_confirmation": _("Konfirmasi jawaban rujukan"),
    "review": _("Keputusan persetujuan"),
    "emergency_debt": _("Lengkapi setelah tindakan darurat"),
    "placement_review": _("Tinjauan penempatan"),
    "hold_end": _("Akhir penundaan"),
    "letter_initial": _("Paraf surat"),
}
CAUSES: dict[str, Callable[[int, int, str], Sentence]] = {
    "referral_answer": lambda n, of, name: _("{n} dari {of} menunggu jawaban {name}.", n=n, of=of, name=name),
    "review": lambda n, of, _name: _("{n} dari {of} menunggu keputusan atas permintaan persetujuan.", n=n, of=of),
    "answer_confirmation": lambda n, of, _name: _(
        "{n} dari {of} menunggu konfirmasi jawaban yang sudah masuk.", n=n, of=of
    ),
    rows.UNASSIGNED: lambda n, of, _name: _("{n} dari {of} belum ditugaskan kepada siapa pun.", n=n, of=of),
}
OURS = _("Tidak ada yang menunggu pihak lain: pekerjaannya pada pendamping.")
NOTHING_LATE = _("Tidak ada kasus yang lewat batas tahapnya.")
Name = Text | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Typed):
    """What the page is narrowed to; with any of these closed files (R3) are left out."""

    category: str | None = None
    area: str | None = None
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases in one place: how many, how many over their deadline, and working days: in the state, over the deadline."""

    cases: int = 0
    late: int = 0
    age: int = 0
    over: int = 0
    allowed: int = 0
    """Working days their deadlines give, of those that have one."""
    limited: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(
            self.cases + other.cases,
            self.late + other.late,
            self.age + other.age,
            self.over + other.over,
            self.allowed + other.allowed,
            self.limited + other.limited,
        )

    @property
    def days(self) -> int:
        """Working days in the state, on average."""
        return round(self.age / self.cases) if self.cases else 0

    @property
    def limit(self) -> int | None:
        """Working days the deadline gives, on average; None where no state has one."""
        return round(self.allowed / self.limited) if self.limited else None

    @property
    def slow(self) -> bool:
        """Tell whether cases are here longer than they should be, on average."""
        return self.limit is not None and self.days > self.limit


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: state -> its cases; None where there are fewer than five closed files, or none."""

    key: str
    name: Name
    cells: Mapping[str, Tally | None]
    whole: Tally | None
    """All of what is shown."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """Where most working days over a deadline have gathered."""

    category: str
    category_name: Name
    area: str
    area_name: str
    state: str
    tally: Tally

    @property
    def place(self) -> Sentence:
        """Say where it is."""
        return _(
            "{state} {category} di {area}",
            state=STATES[self.state].sentence,
            category=self.category_name.sentence if isinstance(self.category_name, Text) else self.category_name,
            area=self.area_name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What a supervisor sees of waiting cases at one moment; closed files stand in `closed` alone."""

    at: datetime
    wanted: Wanted
    level: int
    open: Tally
    tables: Mapping[str, tuple[Line, ...]]
    """category, area, assignee -> its rows."""
    closed: Line | None
    bottlenecks: tuple[Bottleneck, ...]
    causes: tuple[Sentence, ...]
    """Whose answer the first bottleneck awaits, most cases first."""
    nik: Mapping[str, int]
    owed: Mapping[str, int]


def read(session: Session, wanted: Wanted, *, by: Viewer, at: datetime) -> Backlog:
    """Return where the open cases wait that an area reader may see. Raises `Forbidden`, `InvalidInput`."""
    if not by.roles.intersection(AREA_READERS):
        raise Forbidden(action=_("melihat di mana kasus menunggu"), allowed=access.names_of(AREA_READERS))
    chosen = _chosen(session, wanted, by)
    found: list[tuple[Counted, int | None]] = []
    for office in offices.every(session):
        if any(area_within(office.area_code, mine) or area_within(mine, office.area_code) for mine in _mine(by)):
            calendar = offices.calendar(session, office.id)
            counted = rows.counted(session, by, office.id, chosen, rows.scale_of(calendar, at))
            found += [(row, _limit(session.categories.get(row.category), row.state, calendar)) for row in counted]
    kept = arranged(found, workers=chosen.level >= WITHIN_A_KABUPATEN)
    names = _names(session, kept)
    lines = {of: _lines(table, names[of]) for of, table in kept.tables.items()}
    bottlenecks = tuple(
        Bottleneck(category, names["category"][category], area, str(names["area"][area]), state, tally)
        for (category, area, state), tally in kept.worst
    )
    return Backlog(
        at=at,
        wanted=Wanted(category=chosen.category, area=chosen.area, assignee=chosen.assignee),
        level=chosen.level,
        open=_sum(line.whole for line in lines["category"]),
        tables=lines,
        closed=None if chosen.narrowed else closed_line(kept.closed),
        bottlenecks=bottlenecks,
        causes=_causes(session, bottlenecks[0], chosen, by, at) if bottlenecks else (),
        nik=kept.nik,
        owed=kept.owed,
    )


def _mine(by: Viewer) -> tuple[str, ...]:
    return by.areas(*AREA_READERS)


def _chosen(session: Session, wanted: Wanted, by: Viewer) -> rows.Wanted:
    problems: dict[str, str] = {}
    if wanted.category and wanted.category not in session.categories:
        problems["category"] = _("Pilih salah satu: {choices}.", choices=", ".join(sorted(session.categories)))
    if wanted.assignee and not ids.is_id(wanted.assignee):
        problems["assignee"] = _("Pengguna ini tidak dikenal.")
    if problems:
        raise InvalidInput(problems)
    area = normalise_area(wanted.area) if wanted.area else None
    level = FINER[len(area) if area else min(map(len, _mine(by)))]
    return rows.Wanted(category=wanted.category or None, area=area, assignee=wanted.assignee or None, level=level)


def _limit(category: Category | None, state: str, calendar: Calendar) -> int | None:
    """Return how many working days the deadline of a state gives, about; what a case really has is its obligation's."""
    deadline = category.deadlines.get(state) if category else None
    return working_days(deadline.span, calendar) if deadline else None


def working_days(span: Span, calendar: Calendar) -> int:
    """Return a span in working days of an ordinary week."""
    match span.unit:
        case "working_days":
            return span.amount
        case "days":
            return round(span.amount * len(calendar.week) / _WEEK)
        case "hours":
            return max(1, round(span.amount / _HOURS * len(calendar.week) / _WEEK))


# --- arranging what was counted: pure --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arranged:
    """What was counted, by table, row and state."""

    tables: Mapping[str, Mapping[str, Mapping[str, Tally]]]
    closed: Mapping[str, Tally]
    worst: tuple[tuple[tuple[str, str, str], Tally], ...]
    """(category, area, state) where most days over the deadline are, the worst first."""
    nik: Mapping[str, int]
    owed: Mapping[str, int]


def arranged(found: Iterable[tuple[Counted, int | None]], *, workers: bool) -> Arranged:
    """Return what was counted, each with the limit of its state, put together from every office."""
    tables: dict[str, dict[str, dict[str, Tally]]] = {"category": {}, "area": {}, "assignee": {}}
    closed: dict[str, Tally] = {}
    places: dict[tuple[str, str, str], Tally] = {}
    nik, owed = Counter[str](), Counter[str]()

    def put(table: dict[str, dict[str, Tally]], row: str, state: str, tally: Tally) -> None:
        cells = table.setdefault(row, {})
        cells[state] = cells.get(state, Tally()) + tally

    for row, limit in found:
        allowed, limited = (row.cases * limit, row.cases) if limit else (0, 0)
        tally = Tally(row.cases, row.late, row.age, row.over, allowed, limited)
        match row.of:
            case "area":
                put(tables["area"], row.row, row.state, tally)
                put(tables["category"], row.category, row.state, tally)
                place = (row.category, row.row, row.state)
                places[place] = places.get(place, Tally()) + tally
            case "assignee":
                if workers:
                    put(tables["assignee"], row.row, row.state, tally)
            case "closed":
                closed[row.state] = closed.get(row.state, Tally()) + tally
            case "nik":
                nik[next((group for group, (_words, of) in NIK.items() if row.row in of), "unchecked")] += row.cases
            case _:
                owed.update({kind: row.cases * n for kind, n in Counter(row.row.split(",")).items()})
    late = sorted(((p, t) for p, t in places.items() if t.over), key=lambda one: (-one[1].over, one[0]))
    return Arranged(tables, closed, tuple(late[:MOST_NAMED]), dict(nik), dict(owed.most_common()))


def closed_line(counted: Mapping[str, Tally]) -> Line:
    """Return the one row in which closed files are counted: nothing else counts them, so nothing gives a cell away."""
    counts = {(CLOSED_FILES, state): counted.get(state, Tally()).cases for state in OPEN}
    shown = published(counts, {CLOSED_FILES})
    cells = {state: None if shown.cells[CLOSED_FILES, state] is None else counted.get(state, Tally()) for state in OPEN}
    known = [tally for tally in cells.values() if tally]
    return Line(CLOSED_FILES, _("Berkas tertutup (R3)"), cells, _sum(known) if known else None)


def _lines(table: Mapping[str, Mapping[str, Tally]], names: Mapping[str, Name]) -> tuple[Line, ...]:
    """Return rows, those with most days over the deadline first."""
    found = [Line(key, names[key], cells, _sum(cells.values())) for key, cells in table.items()]
    return tuple(sorted(found, key=lambda line: (-(line.whole or Tally()).over, -(line.whole or Tally()).cases)))


def _sum(tallies: Iterable[Tally | None]) -> Tally:
    return sum((tally for tally in tallies if tally), Tally())


# --- names and causes ------------------------------------------------------------------------------------------------


def _names(session: Session, kept: Arranged) -> dict[str, dict[str, Name]]:
    """Return what the rows of each table are called."""
    places = areas.short_names(session, list(kept.tables["area"]))
    people = users.names(session, {key for key in kept.tables["assignee"] if key})
    categories = {
        code: session.categories[code].name if code in session.categories else code for code in kept.tables["category"]
    }
    return {
        "category": dict(categories),
        "area": {code: name.split(", ")[0] for code, name in places.items()},
        "assignee": {key: people.get(key, "-") if key else _("Belum ditugaskan") for key in kept.tables["assignee"]},
    }


def _causes(session: Session, worst: Bottleneck, chosen: rows.Wanted, by: Viewer, at: datetime) -> tuple[Sentence, ...]:
    place = rows.Wanted(category=worst.category, area=worst.area, assignee=chosen.assignee)
    found = sorted(rows.awaited(session, by, place, worst.state, at), key=lambda row: (-row.cases, row.name or ""))
    said = [CAUSES[row.kind](row.cases, worst.tally.late, row.name or "-") for row in found]
    return tuple(said) or (OURS,)


def headline(found: Backlog) -> Sentence:
    """Say in one sentence where cases wait longest."""
    if not found.bottlenecks:
        return NOTHING_LATE
    first = found.bottlenecks[0]
    return _("Paling lama menunggu: {place}, {n} hari-kasus di atas batas.", place=first.place, n=first.tally.over)
