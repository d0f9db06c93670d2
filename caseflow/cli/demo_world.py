"""The invented world of the demonstration: a real office's areas, people of every role, 60 synthetic people."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from caseflow.access import Viewer
from caseflow.actions import admin, areas
from caseflow.actions.admin import ROOT, AddSignatory, AddUser
from caseflow.actions.people import HouseholdData, HouseholdMember, PersonData
from caseflow.edge import Edge, write
from caseflow.errors import NotFound
from caseflow.ids import new_id
from caseflow.store import areas as area_rows
from caseflow.store import offices, users
from caseflow.store.session import Session

T = TypeVar("T")

KABUPATEN = "6310"
ZONE = "Asia/Makassar"
USERS = (
    ("admin", "Admin Sistem", "admin", KABUPATEN),
    ("rahma", "Rahmawati", "intake", KABUPATEN),
    ("rina", "Rina Marlina", "caseworker", KABUPATEN),
    ("budi", "Budi Santoso", "caseworker", KABUPATEN),
    ("wahidah", "Wahidah Noor", "supervisor", KABUPATEN),
    ("darmawan", "Darmawan Saputra", "supervisor", KABUPATEN),
    ("nurhayati", "Nurhayati", "head", KABUPATEN),
    ("hartati", "Hartati Ramlan", "auditor", KABUPATEN),
    ("rsud", "Petugas RSUD", "partner", KABUPATEN),
)
INSTITUTIONS = (
    ("RSUD dr. H. Andi Abdurrahman Noor", "health_facility", "Direktur RSUD dr. H. Andi Abdurrahman Noor", "Batulicin"),
    ("LKSA Istana Anak Yatim", "child_institution", "Kepala LKSA Istana Anak Yatim", "Batulicin"),
    ("BPJS Kesehatan Cabang Tanah Bumbu", "health_insurer", "Kepala BPJS Kesehatan Cabang Tanah Bumbu", "Batulicin"),
    ("Baznas Kabupaten Tanah Bumbu", "charity", "Ketua Baznas Kabupaten Tanah Bumbu", "Batulicin"),
)
FIRST = ("Siti", "Ahmad", "Nor", "Muhammad", "Halimah", "Rusdi", "Mariam", "Syahrul", "Aminah", "Jumri")
LAST = ("Hasanah", "Fauzi", "Laila", "Anwar", "Ramadhan", "Yusuf", "Salamah", "Effendi")


@dataclass(frozen=True, slots=True)
class World:
    """What the story needs of the filled database."""

    office: str
    password: str
    villages: tuple[str, ...]
    institutions: dict[str, str]


def fill(edge: Edge, at: datetime) -> World:
    """Write office, areas, users, signatory and institutions into an empty database."""
    password = secrets.token_urlsafe(9)
    with edge.database.write() as session:
        areas.import_areas(session, KABUPATEN)
        office = _office(session, at)
        known = {
            kind: admin.add_institution(session, name, kind, addressee, place, KABUPATEN, by=ROOT, at=at)
            for name, kind, addressee, place in INSTITUTIONS
        }
        for username, name, role, area in USERS:
            wanted = AddUser(
                username=username,
                name=name,
                role=role,
                area=area,
                password=password,
                institution=known["health_facility"] if role == "partner" else None,
            )
            admin.add_user(session, wanted, by=ROOT, at=at)
        admin.add_signatory(
            session,
            AddSignatory(
                office_area=KABUPATEN,
                post="Kepala Dinas Sosial Kabupaten Tanah Bumbu",
                holder="Dra. Hj. Nurhayati, M.Si.",
                rank="Pembina Utama Muda (IV/c)",
                nip="196803121993032007",
                starts_on=at.date() - timedelta(days=365),
            ),
            by=ROOT,
            at=at,
        )
        villages = tuple(a.code for a in area_rows.under(session, KABUPATEN, "village"))
    return World(office, password, villages, known)


def _office(session: Session, at: datetime) -> str:
    office_id = str(new_id(at))
    values = {
        "id": office_id,
        "area_code": KABUPATEN,
        "government": "Pemerintah Kabupaten Tanah Bumbu",
        "agency": "Dinas Sosial",
        "address": ["Jalan Dharma Praja Nomor 1, Kecamatan Batulicin, Kode Pos 72271"],
        "phone": "(0518) 555-0100",
        "email": "dinsos@contoh.example",
        "website": "dinsos.contoh.example",
        "place": "Batulicin",
        "unit_code": "DINSOS",
        "zone": ZONE,
        "week_days": 5,
        "settings": {},
    }
    offices.add(session, values)
    return office_id


def person(n: int, village: str, today: date, *, age: int | None = None) -> PersonData:
    """Return an invented adult: the serial of the NIK starts with 9, which no register has reached."""
    years = age if age is not None else 24 + n * 7 % 45
    born = date(today.year - years, 1 + n % 12, 1 + n % 28)
    woman = n % 2 == 0
    day = born.day + (40 if woman else 0)
    nik = f"{village[:6]}{day:02d}{born.month:02d}{born.year % 100:02d}{9000 + n:04d}"
    return PersonData(
        name=f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}",
        nik=nik,
        kk=f"{village[:6]}010115{9000 + n:04d}",
        sex="P" if woman else "L",
        birth=born.isoformat(),
        birth_place="Batulicin",
        address=f"RT {1 + n % 9:03d} RW {1 + n % 4:03d}",
        phone=f"0812-5550-{1000 + n}",
    )


def household(n: int, village: str, today: date) -> HouseholdData:
    """Return an invented household of three."""
    head, spouse = person(n, village, today), person(n + 1, village, today)
    child = PersonData(name=f"Anak {LAST[n % len(LAST)]}", birth={"age": 7}, sex="L")
    members = (
        HouseholdMember(person=head, relation="kepala keluarga"),
        HouseholdMember(person=spouse, relation="pasangan"),
        HouseholdMember(person=child, relation="anak", basis="lives_with"),
    )
    return HouseholdData(kk=head.kk, address=head.address, members=members)


def act(edge: Edge, username: str, what: Callable[[Session, Viewer, datetime], T], *, case: str | None = None) -> T:
    """Do something as a user, through the same edge as every door: refusals leave their entry, with the case."""
    with edge.database.read() as session:
        account = users.by_username(session, username)
        if account is None:
            raise NotFound
        by = users.viewer(session, account, edge.today(session).date())
    done: list[T] = []

    def once(session: Session, viewer: Viewer, at: datetime) -> tuple[int, None]:
        done.append(what(session, viewer, at))
        return 200, None

    write(edge, by, once, key=None, request=b"", case=case)
    return done[-1]
