"""Digests: when, for whom, once, with numbers and counts only; nothing to say is nothing sent."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from caseflow.access import Viewer
from caseflow.actions import desk, digests, messages, obligations, reaching, schedules
from caseflow.actions.reaching import ChangeReach
from caseflow.channels import registry
from caseflow.store import inbox as rows
from caseflow.store import offices
from caseflow.store.session import Database, Session
from caseflow.store.tables import access_entry, job
from tests import factories
from tests.mail import Mailbox, mail_server
from tests.workers import parts
from workers.embedded import Embedded

AT = factories.MONDAY
SEVEN = {  # 07.00 on Tuesday 17 November
    "Asia/Jakarta": datetime(2026, 11, 17, 0, tzinfo=UTC),
    "Asia/Makassar": datetime(2026, 11, 16, 23, tzinfo=UTC),
    "Asia/Jayapura": datetime(2026, 11, 16, 22, tzinfo=UTC),
}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path, mailbox: Mailbox) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path, smtp_url=mailbox.url, public_url="https://kasus.example")
    yield opened
    opened.close()


def owe(session: Session, worker: str, *, office: str, number: int, kind: str = "visit", days: int = 1) -> str:
    """Let a case of a worker owe something that many days after Monday; return its number."""
    case = factories.case(session, office, number=number, assignee=worker, state="monitoring")
    obligations.start(
        session, case=case, kind=kind, span=None, due_on=date(2026, 11, 16) + timedelta(days=days),
        cause_key=f"{kind}:{case.id}", at=AT, calendar=offices.calendar(session, office),
    )  # fmt: skip
    return str(case.number)


def planned(session: Session, what: str, at: datetime) -> int:
    return digests.plan(session, what, at=at)


@pytest.mark.parametrize("zone", sorted(SEVEN))
def test_the_morning_is_the_offices_own(database: Database, zone: str) -> None:
    at = SEVEN[zone]
    with database.write() as session:
        factories.office(session, zone=zone)
        assert planned(session, "daily", at - timedelta(hours=1)) == 0
        assert planned(session, "daily", at + timedelta(hours=5)) == 0, "after noon it is no morning's any more"
        assert planned(session, "daily", at) == 1
        assert planned(session, "daily", at + timedelta(hours=1)) == 0, "once a day"
        assert planned(session, "daily", at + timedelta(days=1)) == 1
        assert planned(session, "daily", at + timedelta(days=4)) == 0, "Saturday"


def test_a_day_off_has_none_and_a_week_begins_on_its_first_working_day(database: Database) -> None:
    with database.write() as session:
        office = factories.office(session)
        monday = AT - timedelta(hours=1)
        offices.set_day(session, office, monday.date(), works=False, name="Libur", by=office, at=AT)
        assert planned(session, "daily", monday) == 0
        assert planned(session, "weekly", monday) == 0
        assert planned(session, "weekly", monday + timedelta(days=1)) == 1
        assert planned(session, "weekly", monday + timedelta(days=2)) == 0
        assert planned(session, "weekly", monday + timedelta(days=7)) == 1


def test_a_morning_tells_what_is_due_once_and_reads_nothing(database: Database, mailbox: Mailbox) -> None:
    clocks = parts.Clocks(business=SEVEN["Asia/Makassar"])
    with database.write() as session:
        office = factories.office(session)
        rina, budi = (factories.user(session, name, "caseworker") for name in ("rina", "budi"))
        today = owe(session, rina, office=office, number=1)
        late = owe(session, rina, office=office, number=2, days=0)
        owe(session, rina, office=office, number=3, days=9)
        owe(session, budi, office=office, number=4, days=9)
        planned(session, "daily", clocks.business)
    workers = Embedded(parts.runtime(database, clocks, registry.active(database.settings)))
    workers.drain()
    with database.write() as session:
        assert not digests.tell(session, rina, office, "daily", "digest_daily:2026-11-17", at=clocks.business)
    found = [mail for mail in mailbox.kept if mail["Subject"] == "Ringkasan 17 November 2026"]
    assert [mail["To"] for mail in found] == ["rina@dinsos.example"], "who has nothing due gets nothing"
    said = found[0].get_content().splitlines()
    assert said[:2] == [f"Jatuh tempo hari ini: 1 ({today})", f"Terlambat: 1 ({late})"]
    assert said[-1] == "Buka https://kasus.example/"
    with database.read() as session:
        (message,) = [m for m in rows.of_user(session, rina) if m.kind == "digest_daily"]
        assert message.read_at is not None, "the pages say it already"
        assert not session.execute(select(access_entry).where(access_entry.c.actor == rina)).all()


def test_who_wants_none_gets_none(database: Database) -> None:
    with database.write() as session:
        office = factories.office(session)
        rina = factories.user(session, "rina", "caseworker")
        owe(session, rina, office=office, number=1)
        reaching.change(session, ChangeReach(tells="each"), by=Viewer(rina, "Rina"), at=AT)
        assert not digests.tell(session, rina, office, "daily", "c", at=SEVEN["Asia/Makassar"])


def test_a_week_tells_a_supervisor_counts_outside_and_names_inside(database: Database, mailbox: Mailbox) -> None:
    clocks = parts.Clocks(business=AT + timedelta(days=21))
    with database.write() as session:
        office = factories.office(session)
        rina = factories.user(session, "rina", "caseworker")
        siti = factories.user(session, "siti", "supervisor")
        for number in (1, 2):
            owe(session, rina, office=office, number=number, kind="state_deadline")
        planned(session, "weekly", clocks.business)
    workers = Embedded(parts.runtime(database, clocks, registry.active(database.settings)))
    workers.drain()
    (mail,) = [mail for mail in mailbox.kept if mail["Subject"].startswith("Ringkasan mingguan")]
    assert mail["To"] == "siti@dinsos.example"
    assert "Kasus lewat batas tahapnya: 2, pada 1 pendamping." in mail.get_content()
    assert "Rina" not in mail.get_content()
    with database.read() as session:
        by = Viewer(siti, "Siti")
        (inside,) = [m for m in desk.inbox(session, by=by, lang="id") if m.kind == "digest_weekly"]
        assert "Rina 2." in inside.text
        assert inside.place == "/kasus-menunggu"


def test_a_place_with_few_cases_is_named_inside_only() -> None:
    data = {
        "day": "2026-11-16", "late": 2, "workers": {"a": 2}, "reviews": 1, "unanswered": 3, "few": True,
        "place": {"id": "Paling lama menunggu: Asesmen FM di Batulicin.", "en": "Longest"},
    }  # fmt: skip
    outside = messages.letter("digest_weekly", data, None, "id", public_url="https://k.example").text
    assert "Batulicin" not in outside
    assert "Batulicin" in messages.say("digest_weekly", data, None, "id").text
    assert "Batulicin" in messages.letter("digest_weekly", {**data, "few": False}, None, "id", public_url="").text


def test_four_schedulers_make_one_digest_a_day(migrated_url: factories.UrlOf, tmp_path: Path) -> None:
    opened = factories.database(migrated_url("postgresql"), tmp_path)
    at = SEVEN["Asia/Makassar"]
    with opened.write() as session:
        office = factories.office(session)
        rina = factories.user(session, "rina", "caseworker")
        owe(session, rina, office=office, number=1)
    gate = Barrier(4)

    def run(_number: int) -> None:
        gate.wait()
        for hour in range(2):
            with opened.write() as session:
                schedules.tick(session, at=at + timedelta(hours=hour))
            with opened.write() as session:
                digests.plan(session, "daily", at=at + timedelta(hours=hour))
            with opened.write() as session:
                digests.tell(session, rina, office, "daily", "digest_daily:2026-11-17", at=at)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    with opened.read() as session:
        assert len(session.execute(select(job).where(job.c.kind == "digest.office")).all()) == 1
        assert len([m for m in rows.of_user(session, rina) if m.kind == "digest_daily"]) == 1
        assert len(session.execute(select(job).where(job.c.kind == "inbox.notify")).all()) == 1
        assert len(session.execute(select(job).where(job.c.kind == "digest.daily")).all()) == 2
    opened.close()
