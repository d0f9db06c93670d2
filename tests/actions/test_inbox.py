"""Telling people: once a cause, through their channels, with nothing personal in what leaves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from caseflow.actions import inbox, messages, obligations
from caseflow.actions.wordings import WORDINGS
from caseflow.states.deadlines import Span
from caseflow.states.ladder import LADDERS, RUNNING
from caseflow.store import inbox as rows
from caseflow.store import offices
from caseflow.store.session import Database, Session
from caseflow.store.tables import job, user_account
from tests import factories

AT = factories.MONDAY


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(
        any_migrated_url, tmp_path, smtp_url="smtp://127.0.0.1:2525", public_url="https://kasus.example"
    )
    yield opened
    opened.close()


def tell(
    session: Session, *readers: str, cause: str = "cause", kind: str = "assigned", case_id: str | None = None
) -> int:
    return inbox.tell(session, readers, kind=kind, cause_key=cause, case_id=case_id, data={}, at=AT)


def delivery_of(session: Session, reader: str) -> str:
    (message,) = rows.of_user(session, reader)
    (leaving,) = rows.deliveries(session, message.id)
    return str(leaving.id)


def test_nobody_is_told_the_same_cause_twice(database: Database) -> None:
    with database.write() as session:
        siti, budi = factories.user(session, "siti"), factories.user(session, "budi")
        assert tell(session, siti, siti) == 1
        assert tell(session, siti, budi) == 1
        assert tell(session, siti, cause="other") == 1
        assert len(rows.of_user(session, siti)) == 2
        assert len(session.execute(select(job)).all()) == 3


def test_who_left_is_told_nothing_and_who_has_no_address_reads_inside(database: Database) -> None:
    with database.write() as session:
        gone = factories.user(session, "pergi", active=False)
        plain = factories.user(session, "tanpa", email="")
        session.execute(update(user_account).where(user_account.c.id == plain).values(email=None))
        assert tell(session, gone, plain) == 1
        assert not rows.of_user(session, gone)
        (message,) = rows.of_user(session, plain)
        assert not rows.deliveries(session, message.id)


def test_a_message_is_read_once_and_by_its_reader(database: Database) -> None:
    with database.write() as session:
        siti, budi = factories.user(session, "siti"), factories.user(session, "budi")
        tell(session, siti)
        (message,) = rows.of_user(session, siti, unread=True)
        assert not rows.mark_read(session, budi, message.id, at=AT)
        assert rows.mark_read(session, siti, message.id, at=AT)
        assert not rows.mark_read(session, siti, message.id, at=AT)
        assert not rows.of_user(session, siti, unread=True)
        assert rows.of_user(session, siti)


def test_a_delivery_goes_from_waiting_to_sent(database: Database) -> None:
    with database.write() as session:
        siti = factories.user(session, "siti")
        case = factories.case(session, factories.office(session))
        tell(session, siti, case_id=case.id)
        delivery_id = delivery_of(session, siti)
        outgoing = inbox.begin_delivery(session, delivery_id, at=AT)
        assert outgoing is not None
        assert outgoing.channel == "email"
        assert outgoing.message.to == "siti@dinsos.example"
        assert outgoing.message.id == f"<{delivery_id}@kasus.example>"
        assert outgoing.message.subject == "6310-2026-000001: Penugasan"
        assert f"https://kasus.example/kasus/{case.number}" in outgoing.message.text
        inbox.delivered(session, delivery_id, at=AT)
        row = rows.delivery_by_id(session, delivery_id)
        assert row is not None
        assert (row.state, row.maybe_twice) == ("sent", False)
        assert inbox.begin_delivery(session, delivery_id, at=AT) is None


def test_a_delivery_cut_off_by_a_crash_says_it_may_be_the_second(database: Database) -> None:
    with database.write() as session:
        siti = factories.user(session, "siti")
        tell(session, siti)
        delivery_id = delivery_of(session, siti)
        first = inbox.begin_delivery(session, delivery_id, at=AT)
        second = inbox.begin_delivery(session, delivery_id, at=AT)
        assert first is not None
        assert second is not None
        assert first.message.id == second.message.id
        inbox.delivered(session, delivery_id, at=AT)
        (message,) = rows.of_user(session, siti)
        (row,) = rows.deliveries(session, message.id)
        assert (row.state, row.attempts, row.maybe_twice) == ("sent", 2, True)


def test_a_refused_delivery_is_known_not_to_have_left(database: Database) -> None:
    with database.write() as session:
        siti = factories.user(session, "siti")
        tell(session, siti)
        delivery_id = delivery_of(session, siti)
        inbox.begin_delivery(session, delivery_id, at=AT)
        inbox.not_delivered(session, delivery_id, failure="x" * 900, final=False, maybe_sent=False)
        inbox.begin_delivery(session, delivery_id, at=AT)
        inbox.not_delivered(session, delivery_id, failure="550", final=True, maybe_sent=False)
        (message,) = rows.of_user(session, siti)
        (row,) = rows.deliveries(session, message.id)
        assert (row.state, row.attempts, row.maybe_twice, row.failure) == ("failed", 2, False, "550")
        assert inbox.begin_delivery(session, delivery_id, at=AT) is None


def test_a_reminder_of_what_has_ended_does_not_leave(database: Database) -> None:
    with database.write() as session:
        siti = factories.user(session, "siti", "supervisor")
        case = factories.case(session, factories.office(session))
        obligations.start(
            session, case=case, kind="emergency_debt", span=Span(72, "hours"), cause_key="debt", at=AT,
            calendar=offices.calendar(session, case.office_id),
        )  # fmt: skip
        delivery_id = delivery_of(session, siti)
        obligations.satisfy(session, cause_key="debt", at=AT + timedelta(minutes=1))
        assert inbox.begin_delivery(session, delivery_id, at=AT) is None
        row = rows.delivery_by_id(session, delivery_id)
        assert row is not None
        assert row.state == "dropped"


def test_a_message_to_somebody_who_left_meanwhile_does_not_leave(database: Database) -> None:
    with database.write() as session:
        siti = factories.user(session, "siti")
        tell(session, siti)
        session.execute(update(user_account).values(active=False))
        assert inbox.begin_delivery(session, delivery_of(session, siti), at=AT) is None


def test_a_delivery_that_does_not_exist_is_nothing_to_do(database: Database) -> None:
    with database.write() as session:
        assert inbox.begin_delivery(session, factories.user(session, "x"), at=AT) is None


# --- words ----------------------------------------------------------------------------------------------------------

RUNGS = [(kind, rung.phase) for kind, rungs in LADDERS.items() for rung in rungs]


@pytest.mark.parametrize(("kind", "phase"), sorted(set(RUNGS)))
@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_rung_has_words_in_both_languages(kind: str, phase: str, lang: str) -> None:
    data = {"phase": phase, "number": "6310-2026-000001", "state": "assessment", "due": "2026-11-23"}
    said = messages.say(kind, data, "6310-2026-000001", lang)
    assert f"{kind}.{phase}" in WORDINGS
    assert "6310-2026-000001" in said.text
    assert ("23 November 2026" in said.text) is True
    assert "{" not in said.title + said.text


def test_a_deadline_of_hours_has_words_for_its_phases() -> None:
    assert {f"state_deadline.{rung.phase}" for rung in RUNNING} <= WORDINGS.keys()
    due = {"due_at": "2026-12-26T14:00:00+00:00", "zone": "Asia/Makassar"}
    data = {"phase": "late", "state": "assessment", "due": "2026-12-26", **due}
    assert messages.say("state_deadline", data, "6310-2026-000001", "id").text == (
        "Tahap asesmen kasus 6310-2026-000001 seharusnya selesai 26 Desember 2026 pukul 22.00 WITA."
    )


ELSEWHERE = {"psks_unconfirmed": "/psks/konfirmasi", "transfer_left": "", "transfer_withdrawn": "/kasus-masuk"}
"""Where a message leads that does not lead to its case."""


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("kind", sorted(WORDINGS))
def test_every_wording_can_be_said_and_sent(kind: str, lang: str) -> None:
    name, _dot, phase = kind.partition(".")
    data = {"number": "400/1/2026", "step": "approve_plan", "state": "assessment", "due": "2026-11-23"}
    data |= {"phase": phase} if phase else {}
    said = messages.say(name, data, "6310-2026-000001", lang)
    sent = messages.letter(name, data, "6310-2026-000001", lang, public_url="https://kasus.example")
    assert "{" not in said.title + said.text + sent.subject + sent.text
    assert f"https://kasus.example{ELSEWHERE.get(kind, '/kasus/6310-2026-000001')}" in sent.text
    indonesian = messages.say(name, data, "6310-2026-000001", "id")
    assert (said == indonesian) is (lang == "id")


def test_a_death_is_said_inside_only() -> None:
    assert "meninggal" in messages.say("related_death", {}, "6310-2026-000001", "id").text
    sent = messages.letter("related_death", {}, "6310-2026-000001", "id", public_url="https://k.example")
    assert "meninggal" not in sent.subject + sent.text
    assert sent.subject == "6310-2026-000001: Ada kabar"


def test_a_kind_without_words_still_says_that_there_is_news() -> None:
    assert (
        messages.say("of another version", {}, "6310-2026-000001", "en").text
        == "There is news in case 6310-2026-000001."
    )
    assert messages.letter("x", {}, None, "id", public_url="https://k.example").subject == "Ada kabar"
