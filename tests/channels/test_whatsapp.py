"""WhatsApp through a real HTTP server: what leaves, what each answer means, what nobody can know."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseflow import settings
from caseflow.channels import registry, whatsapp
from caseflow.channels.protocol import Channel, Message, Recipient
from caseflow.errors import BadSettings, MessageNotSent
from caseflow.settings import Settings
from tests.whatsapp import Service, whatsapp_server

MESSAGE = Message(
    "<019a-1@kasus.example>", "+6281234567890", "6310-2026-000001: Kunjungan hari ini", "Kunjungan kasus.\n", "id",
    datetime(2026, 11, 16, 1, tzinfo=UTC), link="https://kasus.example/pesan/019a",
)  # fmt: skip
TOKEN = "EAAG-token"


@pytest.fixture
def service() -> Iterator[Service]:
    with whatsapp_server() as running:
        yield running


def given(url: str, folder: Path) -> Settings:
    (folder / "token").write_text(f"{TOKEN}\n")
    return settings.load(
        data_dir=folder, whatsapp_url=url, whatsapp_phone_id="1055", whatsapp_token_file=folder / "token"
    )


def channel(url: str, folder: Path) -> Channel:
    return channel_of(given(url, folder))


def channel_of(chosen: Settings) -> Channel:
    found = whatsapp.channel(chosen)
    assert found is not None
    return found


def failure(sending: Channel) -> tuple[bool, bool]:
    with pytest.raises(MessageNotSent) as caught:
        sending.send(MESSAGE)
    return caught.value.data["final"], caught.value.data["maybe_sent"]


def test_what_leaves_is_the_template_and_the_id_of_the_message(service: Service, tmp_path: Path) -> None:
    channel(service.url, tmp_path).send(MESSAGE)
    (sent,) = service.kept
    assert service.paths == ["/v23.0/1055/messages"]
    assert service.tokens == [f"Bearer {TOKEN}"]
    assert (sent["to"], sent["type"], sent["template"]["name"]) == ("6281234567890", "template", "tugas_baru")
    (button,) = sent["template"]["components"]
    assert button["parameters"] == [{"type": "text", "text": "019a"}]
    assert "6310-2026" not in json.dumps(sent), "not even the number of the case leaves"


@pytest.mark.parametrize(
    ("status", "code", "final"),
    [
        (400, 131026, True),
        (400, 131050, True),
        (400, 130429, False),
        (400, 132001, False),
        (401, 190, False),
        (403, 200, False),
        (404, 0, False),
        (404, 4711, True),
        (429, 80007, False),
        (503, 131016, False),
    ],
)
def test_an_answer_says_whether_trying_again_is_of_use(
    service: Service, tmp_path: Path, status: int, code: int, *, final: bool
) -> None:
    service.status, service.code = status, code
    assert failure(channel(service.url, tmp_path)) == (final, False)


def test_a_connection_cut_before_the_answer_leaves_it_open_whether_it_left(service: Service, tmp_path: Path) -> None:
    service.hang_up = True
    assert failure(channel(service.url, tmp_path)) == (False, True)
    assert len(service.kept) == 1


def test_a_service_that_is_away_or_a_token_that_is_gone_is_tried_again(service: Service, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        away = f"http://127.0.0.1:{closed.getsockname()[1]}"
    assert failure(channel(away, tmp_path)) == (False, False)
    sending = channel(service.url, tmp_path)
    (tmp_path / "token").unlink()
    assert failure(sending) == (False, False)
    assert not service.kept


def test_the_check_says_what_is_wrong(service: Service, tmp_path: Path) -> None:
    chosen = given(service.url, tmp_path)
    assert whatsapp.problem(chosen) == ""
    service.status, service.code = 401, 190
    service.words = f"Malformed access token {TOKEN} for +62 812-3456-7890"
    told = "401 (190) periksa token, akun, dan templat WhatsApp"
    assert whatsapp.problem(chosen) == told, "none of the words of the service"


@pytest.mark.parametrize("token", ["EAAG-one\nEAAG-two", "EAAG one", "EAAG\x00one", ""])
def test_a_token_that_cannot_stand_in_a_header_is_not_quoted(service: Service, tmp_path: Path, token: str) -> None:
    chosen = given(service.url, tmp_path)
    (tmp_path / "token").write_text(f"{token}\n")
    assert whatsapp.problem(chosen) == "berkas token harus berisi satu token saja, tanpa spasi dan tanpa baris lain"
    assert failure(channel_of(chosen)) == (False, False)
    assert not service.paths


def test_only_who_gave_a_number_is_reached(service: Service, tmp_path: Path) -> None:
    found = registry.active(given(service.url, tmp_path))
    assert list(found) == ["whatsapp"]
    assert found["whatsapp"].address(Recipient("siti", "siti@dinsos.example", "id")) is None
    assert found["whatsapp"].address(Recipient("siti", None, "id", "+62812")) == "+62812"


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"whatsapp_phone_id": "1055"}, "CASEFLOW_WHATSAPP_PHONE_ID"),
        ({"whatsapp_phone_id": "+62 812", "whatsapp_token_file": "/x"}, "CASEFLOW_WHATSAPP_PHONE_ID"),
        ({"whatsapp_url": "http://elsewhere.example"}, "CASEFLOW_WHATSAPP_URL"),
    ],
)
def test_settings_that_cannot_work_are_refused(values: dict[str, str], wrong: str) -> None:
    with pytest.raises(BadSettings) as caught:
        settings.load(**values)
    assert wrong in caught.value.data["problems"]
