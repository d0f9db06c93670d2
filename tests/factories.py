"""Rows put straight into the tables, for tests below the actions: an office, people with roles, a case."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from caseflow import crypto, settings
from caseflow.ids import new_id
from caseflow.letters import catalogue
from caseflow.paths import templates_root
from caseflow.states.category import Category
from caseflow.store import cases, jobs, letters, offices, vault
from caseflow.store.cases import CaseRow
from caseflow.store.session import Database, Session
from caseflow.store.tables import case_team, definition, person, role_grant, stand_in, subject, user_account

MONDAY = datetime(2026, 11, 16, 1, tzinfo=UTC)  # 09.00 in Batulicin
HOUR = timedelta(hours=1)
AREA = "6310"
UrlOf = Callable[[str], str]
"""What the fixture migrated_url is: the kind of database -> a URL."""

VILLAGE = "6310012001"


def database(url: str, folder: Path, categories: Mapping[str, Category] | None = None, **given: object) -> Database:
    """Open a migrated database with settings and a key of its own."""
    chosen = settings.load(**{"data_dir": folder, "database_url": url, **given})
    keys = crypto.load_or_create(chosen.secret_key_file)
    return Database(chosen.database_url, keys, chosen, categories or {})


def office(session: Session, *, area: str = AREA, zone: str = "Asia/Makassar", week_days: int = 5) -> str:
    office_id = str(new_id(MONDAY))
    offices.add(
        session,
        {
            "id": office_id,
            "area_code": area,
            "government": "Pemerintah Kabupaten Tanah Bumbu",
            "agency": "Dinas Sosial",
            "address": ["Jalan Contoh Nomor 1"],
            "phone": "0518 000000",
            "place": "Batulicin",
            "unit_code": "DINSOS",
            "zone": zone,
            "week_days": week_days,
            "settings": {},
        },
    )
    return office_id


def user(session: Session, username: str, *roles: str, area: str = AREA, email: str = "", active: bool = True) -> str:
    """Add a person who holds the roles in the area for ever; without an address, one is made of the name."""
    user_id = str(new_id(MONDAY))
    session.execute(
        insert(user_account).values(
            id=user_id,
            username=username,
            name=username.title(),
            email=email or f"{username}@dinsos.example",
            language="id",
            active=active,
            created_at=MONDAY,
        )
    )
    for role in roles:
        grant = {"id": str(new_id(MONDAY)), "user_id": user_id, "role": role, "area_code": area}
        session.execute(
            insert(role_grant).values(**grant, starts_on=date(2020, 1, 1), granted_at=MONDAY, granted_by=user_id)
        )
    return user_id


def deputy(session: Session, absent: str, stands_in: str, *, starts_on: date, ends_on: date) -> None:
    """Record who stands in for whom."""
    row = {"id": str(new_id(MONDAY)), "user_id": absent, "deputy_id": stands_in, "recorded_by": stands_in}
    session.execute(insert(stand_in).values(**row, starts_on=starts_on, ends_on=ends_on, recorded_at=MONDAY))


def case(
    session: Session,
    office_id: str,
    *,
    number: int = 1,
    assignee: str | None = None,
    state: str = "assessment",
    confidentiality: str = "R1",
    team: tuple[str, ...] = (),
    died: bool = False,
    held_until: date | None = None,
) -> CaseRow:
    """Add a case of a person of its own."""
    case_id, subject_id = str(new_id(MONDAY)), str(new_id(MONDAY))
    _key, wrapped = crypto.new_subject_key(session.keys, subject_id)
    session.execute(insert(subject).values(id=subject_id, kind="person", wrapped_key=wrapped, created_at=MONDAY))
    session.execute(
        insert(person).values(
            subject_id=subject_id,
            sealed=b"",
            area_code=VILLAGE,
            nik_status="missing",
            died=died,
            version=1,
            updated_at=MONDAY,
        )
    )
    digest = "0" * 64
    if not session.execute(definition.select().where(definition.c.digest == digest)).first():
        session.execute(insert(definition).values(digest=digest, code="FM", body="{}", stored_at=MONDAY))
    cases.add(
        session,
        {
            "id": case_id,
            "number": f"6310-2026-{number:06d}",
            "office_id": office_id,
            "category": "FM",
            "definition_digest": digest,
            "subject_id": subject_id,
            "area_code": VILLAGE,
            "confidentiality": confidentiality,
            "state": state,
            "state_since": MONDAY,
            "cycle": 1,
            "version": 1,
            "facts_version": 1,
            "entry_seq": 0,
            "entry_head": "0" * 64,
            "assignee_id": assignee,
            "opened_by": case_id,
            "opened_at": MONDAY,
            "opened_on": MONDAY.date(),
            "held_until": held_until,
            "assessed": False,
            "visits_waived": False,
            "emergency_ratified": False,
            "emergency_paid": False,
        },
    )
    for member in team:
        session.execute(insert(case_team).values(case_id=case_id, user_id=member))
    row = cases.by_id(session, case_id)
    assert row is not None
    return row


def letter(session: Session, case: CaseRow, *, at: datetime, kind: str = "rjk-rs", number: int = 1) -> str:
    """Issue a letter about the sample's invented person, with the job that makes its PDF; return its id."""
    letter_id = str(new_id(at))
    of_kind = catalogue.load(templates_root() / "letters")[kind]
    frozen = catalogue.sample(of_kind)
    letters.add(
        session,
        {
            "id": letter_id,
            "case_id": case.id,
            "office_id": case.office_id,
            "kind": of_kind.name,
            "code": of_kind.code,
            "number": f"400.9.1/{number}/2026",
            "year": 2026,
            "running": number,
            "letter_date": at.date(),
            "state": "numbered",
            "cause_key": letter_id,
            "addressee": "Direktur RSUD",
            "confidentiality": "R1",
            "check_code": f"TEST-{number:04d}",
            "template_digest": catalogue.template_digest(of_kind),
            "sealed_facts": vault.seal(session, case.subject_id, f"letter.sealed_facts.{letter_id}", dict(frozen)),
            "issued_at": at,
            "issued_by": case.assignee_id or case.id,
        },
    )
    key = f"letter.render:{letter_id}"
    jobs.enqueue(
        session, kind="letter.render", key=key, payload={"letter": letter_id}, run_at=at, at=at, queue="letters"
    )
    return letter_id
