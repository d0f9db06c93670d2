"""A message by WhatsApp from the inbox to a real HTTP server, through its job: tried again while that is of use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from caseflow.access import Viewer
from caseflow.actions import inbox, reaching
from caseflow.actions.reaching import ChangeReach
from caseflow.channels import registry
from caseflow.store import inbox as rows
from caseflow.store.session import Database
from tests import factories
from tests.whatsapp import Service, whatsapp_server
from tests.workers import parts
from workers.embedded import Embedded


@pytest.fixture
def service() -> Iterator[Service]:
    with whatsapp_server() as running:
        yield running


@pytest.fixture
def database(migrated_url: factories.UrlOf, tmp_path: Path, service: Service) -> Iterator[Database]:
    token = tmp_path / "token"
    token.write_text("secret")
    opened = factories.database(
        migrated_url("sqlite"),
        tmp_path,
        whatsapp_url=service.url,
        whatsapp_phone_id="1055",
        whatsapp_token_file=token,
    )
    yield opened
    opened.close()


def test_a_message_is_tried_again_until_it_is_taken_or_refused_for_good(database: Database, service: Service) -> None:
    clocks = parts.Clocks()
    workers = Embedded(parts.runtime(database, clocks, registry.active(database.settings)))
    with database.write() as session:
        siti = factories.user(session, "siti")
        by = Viewer(siti, "Siti")
        reaching.change(session, ChangeReach(whatsapp="0812 3456 7890"), by=by, at=clocks.business)
        inbox.tell(session, (siti,), kind="assigned", cause_key="a", case_id=None, data={}, at=clocks.business)
    service.status, service.code = 503, 131016
    workers.drain()
    service.status = 200
    clocks.pass_by(minutes=1)
    workers.drain()
    with database.write() as session:
        inbox.tell(session, (siti,), kind="assigned", cause_key="b", case_id=None, data={}, at=clocks.business)
    service.status, service.code = 400, 131026
    workers.drain()
    with database.read() as session:
        found = {m.cause_key: rows.deliveries(session, m.id)[0] for m in rows.of_user(session, siti)}
        message = next(m.id for m in rows.of_user(session, siti) if m.cause_key == "a")
    assert (found["a"].state, found["a"].attempts, found["a"].maybe_twice) == ("sent", 2, False)
    assert (found["b"].state, found["b"].attempts) == ("failed", 1)
    assert "131026" in found["b"].failure
    assert "81234" not in found["b"].failure
    (sent,) = service.kept
    assert sent["template"]["components"][0]["parameters"][0]["text"] == message
