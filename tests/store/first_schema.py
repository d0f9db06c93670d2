"""A database of the first schema with people in it, as an installation has it that is upgraded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import CHAR, UUID, Connection, MetaData, create_engine, event

from caseflow import crypto
from caseflow.ids import new_id
from caseflow.store import migrate
from caseflow.store.types import Id

MASTER = bytes(range(32))
KEYS = crypto.keyring_of(MASTER)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = date(2026, 3, 2)


@contextmanager
def connected(url: str) -> Iterator[tuple[Connection, MetaData]]:
    """Open a database with its tables as they are, ids as text."""
    engine, found = create_engine(url), MetaData()

    @event.listens_for(found, "column_reflect")
    def _ids(_inspector: Any, _table: Any, info: Any) -> None:  # noqa: ANN401 - the library's own
        if isinstance(info["type"], CHAR | UUID):
            info["type"] = Id

    with engine.begin() as conn:
        found.reflect(conn)
        yield conn, found
    engine.dispose()


@dataclass(slots=True)
class Filled:
    """Who is in the database, with their keys, and what was said of them."""

    conn: Connection
    tables: MetaData
    keys: dict[str, bytes] = field(default_factory=dict)

    def insert(self, name: str, **values: Any) -> str:  # noqa: ANN401 - columns
        row_id = str(new_id(AT))
        table = self.tables.tables[name]
        given = {"id": row_id, **values} if "id" in table.c else values
        self.conn.execute(table.insert().values(given))
        return row_id

    def seal(self, subject: str, place: str, words: dict[str, Any]) -> bytes:
        return crypto.seal_json(self.keys[subject], words, place)

    def subject(self, kind: str, *, erased: bool = False) -> str:
        subject = str(new_id(AT))
        self.keys[subject], wrapped = crypto.new_subject_key(KEYS, subject)
        gone = {"wrapped_key": None, "destroyed_at": AT} if erased else {"wrapped_key": wrapped}
        self.conn.execute(self.tables.tables["subject"].insert().values(id=subject, kind=kind, created_at=AT, **gone))
        values = {"subject_id": subject, "sealed": b"", "area_code": "6310012001", "version": 1, "updated_at": AT}
        if kind == "person":
            values |= {"nik_status": "padan", "died": False}
        self.insert(kind, **values)
        return subject

    def case(self, subject: str, number: int) -> str:
        office = self.conn.execute(self.tables.tables["office"].select()).first()
        office_id = office.id if office else self._office()
        counts = {"cycle": 1, "version": 1, "facts_version": 1, "entry_seq": 0, "assessed": False}
        marks = dict.fromkeys(("visits_waived", "emergency_ratified", "emergency_paid"), False)
        return self.insert(
            "case_file",
            number=f"6310-2026-{number:06d}",
            office_id=office_id,
            category="FM",
            definition_digest="0" * 64,
            subject_id=subject,
            area_code="6310012001",
            confidentiality="R1",
            state="closed",
            state_since=AT,
            entry_head="0" * 64,
            opened_by=subject,
            opened_at=AT,
            opened_on=DAY,
            **counts,
            **marks,
        )

    def _office(self) -> str:
        self.insert("definition", digest="0" * 64, code="FM", body="{}", stored_at=AT)
        said = dict.fromkeys(("government", "agency", "phone", "place", "unit_code"), "-")
        zone = {"zone": "Asia/Makassar", "week_days": 5, "address": "[]", "settings": "{}"}
        return self.insert("office", area_code="6310", **said, **zone)

    def consent(self, subject: str, case: str, addressee: str) -> str:
        consent = str(new_id(AT))
        sealed = self.seal(subject, f"consent.sealed.{consent}", {"giver": "Halimah", "evidence": "Formulir 12"})
        given = {"purpose": "referral", "relation": "self", "given_on": DAY, "recorded_by": subject}
        table = self.tables.tables["consent"]
        self.conn.execute(table.insert().values(id=consent, case_id=case, addressee=addressee, sealed=sealed, **given))
        return consent

    def letter(self, case: str, office: str, running: int, void_reason: str | None) -> str:
        said = {"kind": "rjk-rs", "code": "RJK-RS", "addressee": "Direktur RSUD", "template_digest": "0" * 64}
        return self.insert(
            "letter",
            case_id=case,
            office_id=office,
            number=f"400.9/{running}",
            year=2026,
            running=running,
            letter_date=DAY,
            state="void" if void_reason else "sent",
            cause_key=str(new_id(AT)),
            confidentiality="R1",
            check_code=f"TEST-{running}",
            sealed_facts=b"",
            issued_at=AT,
            issued_by=case,
            void_reason=void_reason,
            **said,
        )


def at_first(url: str) -> None:
    """Bring an empty database to the first schema."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "0001")


def fill(url: str, *, members: int = 2) -> tuple[dict[str, bytes], dict[str, str]]:
    """Write people with words of every kind, one of them erased before; return their keys, and the rows by name."""
    at_first(url)
    with connected(url) as (conn, tables):
        filled = Filled(conn, tables)
        siti, gone, family = (
            filled.subject("person"),
            filled.subject("person", erased=True),
            filled.subject("household"),
        )
        rows = {"siti": siti, "gone": gone}
        said = {"household_id": family, "basis": "on_kk", "starts_on": DAY}
        for n in range(members):
            rows[f"member{n}"] = filled.insert("household_member", person_id=siti, relation=f"anak ke-{n}", **said)
        rows["erased member"] = filled.insert("household_member", person_id=gone, relation="istri", **said)
        case, other = filled.case(siti, 1), filled.case(gone, 2)
        office = conn.execute(tables.tables["office"].select()).one().id
        rows["consent"] = filled.consent(siti, case, "RSUD Batulicin, bagian gizi")
        rows["silent consent"] = filled.consent(siti, case, "")
        rows["erased consent"] = filled.consent(gone, other, "RSUD Kotabaru")
        rows["void"] = filled.letter(case, office, 1, "Klien menarik diri.")
        rows["sent"] = filled.letter(case, office, 2, None)
        rows["erased void"] = filled.letter(other, office, 3, "Klien pindah.")
        return filled.keys, rows
