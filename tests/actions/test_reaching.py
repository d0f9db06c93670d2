"""How people are reached: addresses under a key of their own, quiet hours by the office's clock, what they want."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from caseflow.access import Viewer
from caseflow.actions import calendars, desk, inbox, obligations, reaching
from caseflow.actions.inbox import Outgoing
from caseflow.actions.reaching import ChangeReach
from caseflow.errors import Forbidden, InvalidInput
from caseflow.states import quiet
from caseflow.states.deadlines import Span
from caseflow.store import inbox as rows
from caseflow.store import obligations as obligation_rows
from caseflow.store import offices, reach
from caseflow.store.session import Database, Session
from caseflow.store.tables import access_entry, delivery, job, user_account
from caseflow.store.tables import reach as table
from tests import factories

AT = factories.MONDAY
NIGHT = datetime(2026, 11, 16, 15, tzinfo=UTC)  # 23.00 in Batulicin
MORNING = datetime(2026, 11, 16, 22, tzinfo=UTC)  # 06.00 there
NUMBER = "+6281234567890"


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    token = tmp_path / "token"
    token.write_text("x")
    opened = factories.database(
        any_migrated_url,
        tmp_path,
        smtp_url="smtp://127.0.0.1:2525",
        public_url="https://kasus.example",
        whatsapp_phone_id="1055",
        whatsapp_token_file=token,
    )
    yield opened
    opened.close()


def viewer(user_id: str) -> Viewer:
    return Viewer(user_id, "Siti")


def choose(session: Session, user_id: str, **given: str | bool) -> reach.Ways:
    return reaching.change(session, ChangeReach(**given), by=viewer(user_id), at=AT).ways  # type: ignore[arg-type]  # of the fields


def told(session: Session, user_id: str, cause: str = "cause", *, kind: str = "assigned", at: datetime = AT) -> None:
    inbox.tell(session, (user_id,), kind=kind, cause_key=cause, case_id=None, data={}, at=at)


def leaving(session: Session, user_id: str, *, at: datetime) -> list[Outgoing]:
    (message, *_others) = rows.of_user(session, user_id)
    begun = [inbox.begin_delivery(session, row.id, at=at) for row in rows.deliveries(session, message.id)]
    return [each for each in begun if each is not None]


def test_a_number_lies_under_a_key_and_is_gone_when_taken_back(database: Database) -> None:
    with database.write() as session:
        siti = factories.user(session, "siti")
        ways = choose(session, siti, whatsapp="0812-3456 7890", email="siti@rumah.example")
        assert ways.whatsapp == NUMBER
        (row,) = session.execute(select(table)).all()
        assert NUMBER.encode() not in row.sealed
        assert b"rumah" not in row.sealed
        assert reach.there(session, {siti}) == {siti: ("email", "whatsapp")}
        told(session, siti)
        assert {each.message.to for each in leaving(session, siti, at=AT)} == {NUMBER, "siti@rumah.example"}
        assert choose(session, siti, whatsapp="", email="").whatsapp == ""
        (row,) = session.execute(select(table)).all()
        assert row.sealed is None
        entries = session.execute(select(access_entry.c.data)).scalars().all()
    assert not [entry for entry in entries if "6281" in str(entry) or "rumah" in str(entry)]


def test_what_cannot_be_kept_is_told_and_only_oneself_chooses(database: Database) -> None:
    with database.write() as session:
        siti = factories.user(session, "siti")
        wrong = {"email": "siti", "whatsapp": "12", "quiet_from": "25.00", "quiet_to": "x", "tells": "never"}
        with pytest.raises(InvalidInput) as refused:
            choose(session, siti, **wrong)
        assert refused.value.data["problems"].keys() == wrong.keys()
        with pytest.raises(Forbidden):
            reaching.show(session, by=Viewer("", "x"))


def test_a_message_waits_for_the_morning_and_an_emergency_does_not(database: Database) -> None:
    with database.write() as session:
        factories.office(session)
        siti = factories.user(session, "siti", "caseworker")
        told(session, siti, at=NIGHT)
        assert leaving(session, siti, at=NIGHT) == []
        waiting = session.execute(select(job.c.run_at).where(job.c.run_at > NIGHT)).scalars().all()
        assert waiting == [MORNING]
        assert len(leaving(session, siti, at=MORNING)) == 1
        told(session, siti, "other", kind="emergency", at=NIGHT + timedelta(minutes=1))
        assert len(leaving(session, siti, at=NIGHT)) == 1


@pytest.mark.parametrize(
    ("zone", "hour", "until"),
    [
        ("Asia/Jakarta", 13, datetime(2026, 11, 16, 23, tzinfo=UTC)),
        ("Asia/Jayapura", 11, datetime(2026, 11, 16, 21, tzinfo=UTC)),
        ("Asia/Jayapura", 20, datetime(2026, 11, 16, 21, tzinfo=UTC)),
    ],
)
def test_quiet_hours_go_over_midnight_by_the_clock_of_the_office(zone: str, hour: int, until: datetime) -> None:
    at = datetime(2026, 11, 16, hour, tzinfo=UTC)
    assert quiet.awake_at(at, ZoneInfo(zone), quiet.FROM, quiet.TO) == until
    assert quiet.awake_at(until, ZoneInfo(zone), quiet.FROM, quiet.TO) == until


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    at = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)  # 13.30
    zone = ZoneInfo("Asia/Jakarta")
    assert quiet.awake_at(at, zone, 13 * 60, 14 * 60) == datetime(2026, 11, 16, 7, tzinfo=UTC)
    assert quiet.awake_at(at, zone, 13 * 60, 13 * 60) == at


def test_somebody_wants_digests_alone_or_messages_alone(database: Database) -> None:
    with database.write() as session:
        siti = factories.user(session, "siti")
        choose(session, siti, tells="digest")
        told(session, siti)
        assert not session.execute(select(delivery)).all()
        told(session, siti, "emergency", kind="emergency")
        assert len(session.execute(select(delivery)).all()) == 1
        reader = reach.readers(session, {siti})[siti]
        settings = session.settings
        assert reaching.ways_out(settings, reader, digest=True, urgent=False) == ("email",)
        choose(session, siti, tells="each", email_on=False)
        reader = reach.readers(session, {siti})[siti]
        assert reaching.ways_out(settings, reader, digest=False, urgent=True) == ()


def test_a_way_taken_back_meanwhile_sends_nothing(database: Database) -> None:
    with database.write() as session:
        siti = factories.user(session, "siti")
        told(session, siti)
        choose(session, siti, email_on=False)
        assert leaving(session, siti, at=AT) == []
        assert session.execute(select(delivery.c.state)).scalars().all() == ["dropped"]


def test_what_leaves_of_a_visit_says_nothing_of_a_person(database: Database) -> None:
    with database.write() as session:
        office = factories.office(session)
        siti = factories.user(session, "siti", "caseworker")
        choose(session, siti, whatsapp=NUMBER)
        session.execute(update(user_account).where(user_account.c.id == siti).values(name="Siti Rahmawati"))
        case = factories.case(session, office, assignee=siti, state="monitoring", confidentiality="R3", team=(siti,))
        obligations.start(
            session, case=case, kind="visit", span=Span(30, "days"), cause_key="visit", at=AT,
            calendar=offices.calendar(session, office),
        )  # fmt: skip
        at = AT + timedelta(days=30)
        obligations.sweep(session, at=at)
        mail, whatsapp = sorted(leaving(session, siti, at=at), key=lambda each: each.channel)
        assert "BEGIN:VEVENT" in mail.message.calendar
        assert "SUMMARY:Kunjungan\r\n" in mail.message.calendar, "not even the number of a closed file"
        assert case.number not in mail.message.calendar
        assert f"/kasus/{case.number}/kunjungan/baru" in mail.message.text
        for sent in (mail.message, whatsapp.message):
            body = sent.subject + sent.text + sent.calendar + sent.link
            assert not [word for word in ("Siti", "Rahmawati", "fakir", "FM") if word in body]
        (message,) = rows.of_user(session, siti)
        assert whatsapp.message.link == f"https://kasus.example/pesan/{message.id}"


def test_a_visit_in_a_calendar_keeps_its_uid_moves_and_is_cancelled(database: Database) -> None:
    with database.write() as session:
        office = factories.office(session)
        siti = factories.user(session, "siti", "caseworker")
        case = factories.case(session, office, assignee=siti, state="monitoring")
        calendar = offices.calendar(session, office)
        obligations.start(
            session, case=case, kind="visit", span=Span(30, "days"), cause_key="visit", at=AT, calendar=calendar
        )
        (owed,) = obligation_rows.of_case(session, case.id)

        def lines(*wanted: str) -> list[str]:
            text = calendars.attached(session, "visit", owed.id, lang="id", at=AT)
            return [line for line in text.split("\r\n") if line.startswith(wanted)]

        parts = ("UID", "SEQUENCE", "DTSTART", "STATUS")
        uid = f"UID:{owed.id}@kasus.example"
        assert lines(*parts) == [uid, "SEQUENCE:0", "DTSTART;VALUE=DATE:20261216", "STATUS:CONFIRMED"]
        due = datetime(2026, 12, 20, tzinfo=UTC).date()
        obligations.move(session, cause_key="visit", due_on=due, at=AT, calendar=calendar)
        assert lines(*parts) == [uid, "SEQUENCE:1", "DTSTART;VALUE=DATE:20261220", "STATUS:CONFIRMED"]
        obligations.pause(session, case.id, at=AT)
        assert lines("SEQUENCE", "STATUS") == ["SEQUENCE:2", "STATUS:CANCELLED"]
        obligations.satisfy(session, cause_key="visit", at=AT)
        session.flush()
        assert lines("SEQUENCE", "STATUS") == ["SEQUENCE:3", "STATUS:CANCELLED"]


def test_what_was_done_is_off_the_list_of_what_is_new(database: Database) -> None:
    with database.write() as session:
        office = factories.office(session)
        siti = factories.user(session, "siti", "supervisor")
        case = factories.case(session, office)
        obligations.start(
            session, case=case, kind="emergency_debt", span=Span(72, "hours"), cause_key="debt", at=AT,
            calendar=offices.calendar(session, office),
        )  # fmt: skip
        assert len(rows.of_user(session, siti, unread=True)) == 1
        obligations.satisfy(session, cause_key="debt", at=AT)
    with database.read() as session:
        assert rows.of_user(session, siti, unread=True) == []
        (message,) = desk.inbox(session, by=viewer(siti), lang="id")
        assert message.done
        assert [each.state for each in message.deliveries] == ["waiting"]
