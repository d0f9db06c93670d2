"""Through a real server: bodies too large however they come, a broken pipe, and what is written to the log."""

import json
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from threading import Thread

import httpx
import pytest
import uvicorn

from caseflow.logs import configure_logging
from tests.answering import Answering
from tests.api.calling import Api
from tests.world import VILLAGE

CASES = "/api/v1/cases"
MB = 1024 * 1024


@pytest.fixture
def address(api: Api) -> Iterator[tuple[str, int]]:
    """Return where a real server answers with the application."""
    config = uvicorn.Config(api.client.app, log_config=None, access_log=False, lifespan="off")
    server = Answering(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        assert server.answers.wait(30)
        yield listening.getsockname()
        server.should_exit = True
        thread.join()


@pytest.fixture
def browser(api: Api, address: tuple[str, int]) -> Iterator[httpx.Client]:
    """Return a client of that server, with a token."""
    headers = {"Authorization": f"Bearer {api.filled.tokens['rina']}", "Content-Type": "application/json"}
    with httpx.Client(base_url=f"http://127.0.0.1:{address[1]}", headers=headers, timeout=30) as client:
        yield client


def blocks(size: int) -> Iterator[bytes]:
    for _block in range(size // 65536):
        yield b" " * 65536


@pytest.mark.parametrize("size", [2 * MB, 10 * MB])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused_however_it_comes(
    browser: httpx.Client,
    size: int,
    chunked: bool,  # noqa: FBT001 - a column of the table
) -> None:
    content = blocks(size) if chunked else b" " * size
    found = browser.post(CASES, content=content, headers={"Idempotency-Key": "k"})
    assert (found.status_code, found.headers["content-type"]) == (413, "application/problem+json")
    assert found.json()["message"] == "Kiriman terlalu besar: paling banyak 1024 kB."
    assert browser.get("/healthz").status_code == 200


def test_a_chunked_body_within_the_limit_is_read(browser: httpx.Client) -> None:
    body = json.dumps({"category": "FM", "area": VILLAGE, "person": {"name": "Aminah"}}).encode()
    found = browser.post(CASES, content=iter([body[:20], body[20:]]), headers={"Idempotency-Key": "k"})
    assert found.status_code == 201, found.text


def test_who_asks_first_whether_to_send_a_large_body_need_not(api: Api, address: tuple[str, int]) -> None:
    head = (
        f"POST {CASES} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.filled.tokens['rina']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {50 * MB}\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(address, timeout=30) as asking:
        asking.sendall(head.encode())
        assert asking.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_who_hangs_up_half_way_leaves_nothing(api: Api, address: tuple[str, int], browser: httpx.Client) -> None:
    before = browser.get(CASES).json()
    head = (
        f"POST {CASES} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.filled.tokens['rina']}\r\n"
        'Content-Type: application/json\r\nContent-Length: 500\r\nIdempotency-Key: k\r\n\r\n{"category":'
    )
    with socket.create_connection(address, timeout=30) as asking:
        asking.sendall(head.encode())
    assert browser.get(CASES).json() == before


@pytest.mark.parametrize(
    "path", ["/%2e%2e/%2e%2e/etc/passwd", "/api/v1/cases/%ff%fe", "/api/v1/%00", "//", "/api/v1/cases/" + "x" * 9000]
)
def test_no_address_is_a_failure_of_ours(browser: httpx.Client, path: str) -> None:
    assert browser.get(path).status_code < 500


# --- the log ----------------------------------------------------------------------------------------------------------


class Terminal(StringIO):
    """A text that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@contextmanager
def logged(stream: StringIO | None = None, *, quiet: bool = False) -> Iterator[StringIO]:
    """Let the logs go where `serve` sends them, into a text; put everything back afterwards."""
    root, access = logging.getLogger(), logging.getLogger("uvicorn.access")
    before = (root.handlers, root.level, access.disabled)
    stream = stream or StringIO()
    configure_logging(stream, quiet=quiet)
    try:
        yield stream
    finally:
        root.handlers, root.level, access.disabled = before


def test_each_request_is_one_line_of_json_without_a_word_of_it(browser: httpx.Client) -> None:
    with logged() as stream:
        browser.get(f"{CASES}?state=Rahasia")
        browser.post("/api/v1/search", content=b'{"q": "Rahasia"}')
        logging.getLogger("httpx").info("not ours")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    ours = [line for line in lines if line["logger"] == "caseflow.web"]
    assert [(line["route"], line["status"]) for line in ours] == [("/api/v1/cases", 422), ("/api/v1/search", 200)]
    assert set(ours[0]) == {"event", "request", "method", "route", "status", "ms", "level", "logger", "timestamp"}
    assert "Rahasia" not in "".join(map(str, ours))


@pytest.mark.parametrize(("terminal", "quiet", "lines"), [(True, True, 1), (True, False, 2), (False, True, 2)])
def test_only_a_terminal_can_be_kept_quiet(*, terminal: bool, quiet: bool, lines: int) -> None:
    with logged(Terminal() if terminal else StringIO(), quiet=quiet) as stream:
        logging.getLogger("caseflow.web").info("a request")
        logging.getLogger("workers").error("a job failed")
    assert len(stream.getvalue().splitlines()) == lines
    assert "a job failed" in stream.getvalue()
    assert stream.getvalue().startswith("{") != terminal


def test_an_error_in_the_log_has_its_kind_and_place_and_not_its_words() -> None:
    with logged() as stream:
        try:
            raise ValueError("Aminah")  # noqa: TRY301 - an error with a name in it
        except ValueError:
            logging.getLogger("workers").exception("a job failed")
        logging.getLogger("uvicorn.access").info("GET /cases?name=Aminah")
    (line,) = (json.loads(text) for text in stream.getvalue().splitlines())
    assert (line["event"], line["error"], line["level"]) == ("a job failed", "ValueError", "error")
    assert line["places"][-1].startswith("tests/api/test_server.py:")
    assert "Aminah" not in stream.getvalue()
