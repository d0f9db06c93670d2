"""The kabupaten of the year: Tanah Bumbu with its kecamatan and villages, 182 workers, and the people who need help."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from caseflow.actions import admin, areas
from caseflow.actions.admin import ROOT, AddSignatory, AddUser
from caseflow.actions.people import HouseholdData, HouseholdMember, PersonData
from caseflow.cli.demo_world import FIRST, KABUPATEN, LAST, ZONE
from caseflow.edge import Edge
from caseflow.ids import new_id
from caseflow.states.category import Category
from caseflow.store import areas as area_rows
from caseflow.store import offices
from caseflow.store.session import Session

AT_LARGE = 6
"""Caseworkers of the whole kabupaten, beside the one of each kecamatan."""
SUPERVISORS = 4
INSTITUTIONS = {
    "health_facility": "RSUD dr. H. Andi Abdurrahman Noor",
    "child_institution": "LKSA Istana Anak Yatim",
    "health_insurer": "BPJS Kesehatan Cabang Tanah Bumbu",
    "civil_registry": "Disdukcapil Kabupaten Tanah Bumbu",
    "charity": "Baznas Kabupaten Tanah Bumbu",
}
OLDEST, GROWN = 78, 18


@dataclass(frozen=True, slots=True)
class World:
    """Who works where: log-in names by area, and the institutions by kind."""

    office: str
    villages: tuple[str, ...]
    intake: dict[str, str]
    """Village -> who collects data there."""
    workers: dict[str, tuple[str, ...]]
    """Kecamatan -> its own caseworker first, then those of the whole kabupaten."""
    supervisors: dict[str, str]
    """Kecamatan -> who supervises there."""
    head: str
    users: dict[str, str]
    """Log-in name -> id."""
    institutions: dict[str, str]


def fill(edge: Edge, *, villages: int | None = None) -> World:
    """Write office, areas, workers and institutions into an empty database; of so many villages, or of all."""
    at = edge.clock.now()
    with edge.database.write() as session:
        areas.import_areas(session, KABUPATEN)
        office = _office(session, at)
        known = {
            kind: admin.add_institution(session, name, kind, f"Kepala {name}", "Batulicin", KABUPATEN, by=ROOT, at=at)
            for kind, name in INSTITUTIONS.items()
        }
        signatory = AddSignatory(
            office_area=KABUPATEN,
            post="Kepala Dinas Sosial Kabupaten Tanah Bumbu",
            holder="Dra. Hj. Nurhayati, M.Si.",
            rank="Pembina Utama Muda (IV/c)",
            nip="196803121993032007",
            starts_on=at.date() - timedelta(days=30),
        )
        admin.add_signatory(session, signatory, by=ROOT, at=at)
        codes = tuple(a.code for a in area_rows.under(session, KABUPATEN, "village"))[:villages]
        return _staffed(session, office, codes, known, at)


def _staffed(session: Session, office: str, codes: tuple[str, ...], known: dict[str, str], at: datetime) -> World:
    kecamatan = sorted({code[:6] for code in codes})
    users: dict[str, str] = {}

    def add(username: str, role: str, area: str) -> str:
        name = f"{FIRST[len(users) % len(FIRST)]} {LAST[len(users) // len(FIRST) % len(LAST)]}"
        users[username] = admin.add_user(
            session, AddUser(username=username, name=name, role=role, area=area), by=ROOT, at=at
        )
        return username

    intake = {code: add(f"desa{code}", "intake", code) for code in codes}
    own = {code: add(f"tksk{code}", "caseworker", code) for code in kecamatan}
    large = tuple(add(f"peksos{n + 1}", "caseworker", KABUPATEN) for n in range(AT_LARGE))
    supervisors: dict[str, str] = {}
    for n, code in enumerate(kecamatan):
        name = f"supervisor{n % SUPERVISORS + 1}"
        if name in users:
            admin.grant_role(session, name, "supervisor", code, None, None, by=ROOT, at=at)
        else:
            add(name, "supervisor", code)
        supervisors[code] = name
    head = add("kadis", "head", KABUPATEN)
    add("inspektorat", "auditor", KABUPATEN)
    add("admin", "admin", KABUPATEN)
    workers = {code: (own[code], *large) for code in kecamatan}
    return World(office, codes, intake, workers, supervisors, head, users, known)


def _office(session: Session, at: datetime) -> str:
    office_id = str(new_id(at))
    values = {
        "id": office_id,
        "area_code": KABUPATEN,
        "government": "Pemerintah Kabupaten Tanah Bumbu",
        "agency": "Dinas Sosial",
        "address": ["Jalan Dharma Praja Nomor 1, Kecamatan Batulicin, Kode Pos 72271"],
        "phone": "(0518) 555-0100",
        "place": "Batulicin",
        "unit_code": "DINSOS",
        "zone": ZONE,
        "week_days": 5,
        "settings": {},
    }
    offices.add(session, values)
    return office_id


# --- people ----------------------------------------------------------------------------------------------------------


def person(n: int, village: str, category: Category, today: date, rnd: Random) -> PersonData:
    """Return somebody invented of whom the category speaks; the serial of the NIK is one no register has reached."""
    least, most = category.age
    years = rnd.randint(_youngest(least, most), min(OLDEST, (most or OLDEST + 1) - 1))
    return _somebody(n, 5000 + n % 5000, village, today, years, category.sex or rnd.choice("LP"))


def _youngest(least: int | None, most: int | None) -> int:
    return least + 1 if least is not None else GROWN + 2 if most is None else 1


def _somebody(n: int, serial: int, village: str, today: date, years: int, sex: str) -> PersonData:
    born = date(today.year - years - 1, 1 + n % 12, 1 + n % 28)
    day = born.day + (40 if sex == "P" else 0)
    return PersonData(
        name=f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}",
        nik=f"{village[:6]}{day:02d}{born.month:02d}{born.year % 100:02d}{serial:04d}",
        sex=sex,
        birth=born.isoformat(),
        birth_place="Batulicin",
        address=f"RT {1 + n % 9:03d} RW {1 + n % 4:03d}",
        phone=f"0812-5550-{n % 10000:04d}",
    )


def household(n: int, village: str, today: date, rnd: Random) -> HouseholdData:
    """Return an invented family of three."""
    head = _somebody(n, 5000 + n % 5000, village, today, rnd.randint(30, 55), "L")
    spouse = _somebody(n + 5, 1 + n % 4999, village, today, rnd.randint(26, 50), "P")
    child = PersonData(name=f"Anak {LAST[n % len(LAST)]}", birth={"age": rnd.randint(1, 15)}, sex=rnd.choice("LP"))
    members = (
        HouseholdMember(person=head, relation="kepala keluarga"),
        HouseholdMember(person=spouse, relation="pasangan"),
        HouseholdMember(person=child, relation="anak", basis="lives_with"),
    )
    return HouseholdData(kk=f"{village[:6]}010115{5000 + n % 5000:04d}", address=head.address, members=members)
