"""What is counted of helpers: persons and roles apart, double roles, Puskesos by village, cases a worker has."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from caseflow.access import Viewer
from caseflow.actions import areas, inbox, psks
from caseflow.definitions.psks import PsksType
from caseflow.errors import Sentence, _
from caseflow.exchange.workbook import Cell, workbook
from caseflow.i18n import translate
from caseflow.states.deadlines import civil_date
from caseflow.store import handover, log, offices, users
from caseflow.store import psks as rows
from caseflow.store.session import Session

KECAMATAN = 6
"""Digits of the code of a kecamatan."""
KIND = "psks_unconfirmed"
"""Kind of the message that asks for confirmation."""
TITLE = _("PSKS")
TABLES: dict[str, Sentence] = {
    "all": _("Semua"),
    "type": _("Menurut jenis"),
    "area": _("Menurut kecamatan"),
    "both": _("Menurut jenis dan kecamatan"),
    "puskesos": _("Puskesos menurut kecamatan"),
    "without": _("Desa tanpa Puskesos"),
    "load": _("Kasus tiap pendamping"),
}
COLUMNS = (_("Tabel"), _("Baris"), _("Wilayah"), _("Ukuran"), _("Jumlah"))
PERSONS, ROLES, DOUBLES, BODIES = _("Orang"), _("Peran yang dipegang"), _("Orang berperan ganda"), _("Lembaga")
VILLAGES, COVERED, PERCENT = _("Desa/kelurahan"), _("Dengan Puskesos"), _("Persen")
OPEN, LATE = _("Kasus terbuka"), _("Kasus terlambat")


@dataclass(frozen=True, slots=True)
class Count:
    """Persons and roles of a row: who has two roles in it is one person."""

    persons: int
    roles: int
    bodies: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The villages of a kecamatan, and those without an open Puskesos role or an active Puskesos."""

    area: str
    name: str
    villages: int
    without: tuple[tuple[str, str], ...]
    """Code and name."""

    @property
    def covered(self) -> int:
        """How many have one."""
        return self.villages - len(self.without)

    @property
    def percent(self) -> int:
        """How many of a hundred have one, cut off."""
        return self.covered * 100 // self.villages


@dataclass(frozen=True, slots=True)
class Report:
    """Helpers on a day, as far as somebody may look them up."""

    on: date
    all: Count
    doubles: int
    """Persons with more than one role."""
    types: Mapping[str, PsksType]
    by_type: Mapping[str, Count]
    by_area: Mapping[str, Count]
    """Kecamatan, or a wider area whose roles lie in no kecamatan -> count."""
    by_both: Mapping[tuple[str, str], Count]
    """Type and kecamatan -> count."""
    places: Mapping[str, str]
    coverage: tuple[Coverage, ...]
    loads: tuple[tuple[str, int, int], ...]
    """Name, open cases and late ones of each helper with an account, as far as the reader may see cases."""

    def type_name(self, code: str) -> Sentence:
        """Return what a kind is called; a kind that is gone by its code."""
        return self.types[code].name.sentence if code in self.types else Sentence("{code}", code=code)

    @property
    def villages(self) -> int:
        """How many villages there are."""
        return sum(each.villages for each in self.coverage)

    @property
    def covered(self) -> int:
        """How many of them have a Puskesos."""
        return sum(each.covered for each in self.coverage)

    @property
    def percent(self) -> int:
        """How many of a hundred, cut off; nought where there is no village."""
        return self.covered * 100 // self.villages if self.villages else 0


def read(session: Session, *, by: Viewer, at: datetime) -> Report:
    """Count the helpers of the reader's kabupaten today. Raises `Forbidden`."""
    mine, today, known = psks.read_areas(by), areas.today(session, at), psks.types(session)
    held = rows.held(session, mine, today)
    bodies = rows.bodies(session, mine)
    found: dict[tuple[str, str], _Tally] = {}
    whole: dict[str, int] = {}
    for row in held:
        whole[row.person_id] = whole.get(row.person_id, 0) + 1
        found.setdefault((row.type, row.area_code[:KECAMATAN]), _Tally([], 0)).people.append(row.person_id)
    for row in bodies:
        found.setdefault((row.type, row.area_code[:KECAMATAN]), _Tally([], 0)).bodies += 1
    named = areas.short_names(session, {area for _type, area in found})
    order = {code: n for n, code in enumerate(known)}
    return Report(
        on=today,
        all=Count(len(whole), len(held), len(bodies)),
        doubles=sum(n > 1 for n in whole.values()),
        types=known,
        by_type=_summed(found, 0, sorted({t for t, _a in found}, key=lambda code: (order.get(code, 999), code))),
        by_area=_summed(found, 1, sorted({area for _t, area in found})),
        by_both={place: tally.count() for place, tally in sorted(found.items())},
        places={area: name.split(", ")[0] for area, name in named.items()},
        coverage=_coverage(session, mine, known, {(row.type, row.area_code) for row in (*held, *bodies)}),
        loads=_loads(session, {row.user_id for row in held if row.user_id}, by=by, at=at),
    )


@dataclass(slots=True)
class _Tally:
    people: list[str]
    bodies: int

    def count(self) -> Count:
        return Count(len(set(self.people)), len(self.people), self.bodies)


def _summed(found: Mapping[tuple[str, str], _Tally], part: int, keys: list[str]) -> dict[str, Count]:
    """Return the count of each row: the tallies whose key has it at this place, taken together."""
    sums = {key: _Tally([], 0) for key in keys}
    for place, tally in found.items():
        sums[place[part]].people += tally.people
        sums[place[part]].bodies += tally.bodies
    return {key: tally.count() for key, tally in sums.items()}


def _coverage(
    session: Session, mine: tuple[str, ...], known: Mapping[str, PsksType], held: Collection[tuple[str, str]]
) -> tuple[Coverage, ...]:
    served = {area for code, area in held if code in known and known[code].puskesos}
    grouped: dict[str, list[tuple[str, str]]] = {}
    for row in rows.villages(session, mine):
        grouped.setdefault(row.code[:KECAMATAN], []).append((row.code, row.name))
    names = areas.short_names(session, grouped.keys())
    return tuple(
        Coverage(
            area, names.get(area, area).split(", ")[0], len(found), tuple(one for one in found if one[0] not in served)
        )
        for area, found in sorted(grouped.items())
    )


def _loads(session: Session, user_ids: set[str], *, by: Viewer, at: datetime) -> tuple[tuple[str, int, int], ...]:
    if not user_ids:
        return ()
    loads, named = handover.loads(session, by, at=at), users.names(session, user_ids)
    found = [(named.get(user, "-"), loads.get(user, handover.Load())) for user in user_ids]
    return tuple(sorted(((name, load.open, load.late) for name, load in found), key=lambda one: (-one[1], one[0])))


# --- as a worksheet --------------------------------------------------------------------------------------------------


def export(session: Session, *, by: Viewer, at: datetime, lang: str) -> bytes:
    """Return every table as one worksheet; that it was taken out is on record."""
    found = read(session, by=by, at=at)
    log.note_access(session, "psks:report:exported", actor=by.user_id, at=at, data={"persons": found.all.persons})
    return as_workbook(found, lang=lang)


def as_workbook(found: Report, *, lang: str) -> bytes:
    """Return every table as one sheet, a row for each figure."""
    head = [translate(column, lang) for column in COLUMNS]
    return workbook(translate(TITLE, lang), head, ([_cell(cell, lang) for cell in row] for row in _figures(found)))


def as_data(found: Report, *, lang: str) -> dict[str, Any]:
    """Return everything as other programs read it."""
    return {
        "on": found.on.isoformat(),
        **asdict(found.all),
        "doubles": found.doubles,
        "by_type": [
            {"type": code, "name": translate(found.type_name(code), lang), **asdict(n)}
            for code, n in found.by_type.items()
        ],
        "by_area": [
            {"area": area, "name": found.places.get(area, area), **asdict(n)} for area, n in found.by_area.items()
        ],
        "puskesos": [
            {
                "area": each.area,
                "name": each.name,
                "villages": each.villages,
                "covered": each.covered,
                "percent": each.percent,
                "without": [code for code, _name in each.without],
            }
            for each in found.coverage
        ],
        "loads": [{"name": name, "open": opened, "late": late} for name, opened, late in found.loads],
    }


def _cell(cell: Cell, lang: str) -> Cell:
    return translate(cell, lang) if isinstance(cell, Sentence) else cell


def _figures(found: Report) -> Iterator[list[Cell]]:
    yield from _counted("all", "", "", found.all)
    yield [TABLES["all"], "", "", DOUBLES, found.doubles]
    for code, count in found.by_type.items():
        yield from _counted("type", found.type_name(code), "", count)
    for area, count in found.by_area.items():
        yield from _counted("area", "", found.places.get(area, area), count)
    for (code, area), count in found.by_both.items():
        yield from _counted("both", found.type_name(code), found.places.get(area, area), count)
    for each in found.coverage:
        for words, n in ((VILLAGES, each.villages), (COVERED, each.covered), (PERCENT, each.percent)):
            yield [TABLES["puskesos"], "", each.name, words, n]
    for each in found.coverage:
        for _code, village in each.without:
            yield [TABLES["without"], village, each.name, VILLAGES, 1]
    for name, opened, late in found.loads:
        yield [TABLES["load"], name, "", OPEN, opened]
        yield [TABLES["load"], name, "", LATE, late]


def _counted(table: str, row: str, place: str, count: Count) -> Iterator[list[Cell]]:
    for words, n in ((PERSONS, count.persons), (ROLES, count.roles), (BODIES, count.bodies)):
        yield [TABLES[table], row, place, words, n]


# --- the yearly question ---------------------------------------------------------------------------------------------


def to_confirm(
    session: Session, *, by: Viewer, at: datetime, limit: int = psks.PAGE
) -> tuple[list[tuple[str, psks.Role]], int]:
    """Return name and role of those somebody keeps that nobody confirmed for a year, and how many there are in all."""
    mine, today = psks.require_keeper(by), areas.today(session, at)
    before = today - psks.YEARLY
    found = rows.unconfirmed(session, mine, on=today, before=before, limit=limit)
    shown = {role.id: role for role in psks.roles_shown(session, found, by=by, today=today)}
    count = rows.count_unconfirmed(session, mine, on=today, before=before)
    return [(row.person, shown[row.id]) for row in found], count


def remind(session: Session, *, at: datetime) -> int:
    """Ask those responsible in each office to confirm what nobody confirmed for a year; return how many were told.

    They are the supervisors of its whole area, and where there is none the head: once a year, with one message.
    """
    told = 0
    for office in offices.every(session):
        today = civil_date(at, offices.calendar(session, office.id))
        count = rows.count_unconfirmed(session, (office.area_code,), on=today, before=today - psks.YEARLY)
        if not count:
            continue
        people = next(filter(None, (users.holders(session, r, office.area_code, today) for r in RESPONSIBLE)), ())
        cause = f"{KIND}:{office.id}:{today.year}"
        told += inbox.tell(session, people, kind=KIND, cause_key=cause, case_id=None, data={"count": count}, at=at)
    return told


RESPONSIBLE = ("supervisor", "head")
