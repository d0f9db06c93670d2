"""The pages behind a real server that can go away and come back, and a real browser before them."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from tests.answering import Answering
from tests.web.browsing import PASSWORD, Filled
from tools.set_up import CHROMIUMS, NODE_MODULES

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
AXE = NODE_MODULES / "axe-core" / "axe.min.js"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@dataclass(slots=True)
class Live:
    """The application at an address of this machine."""

    app: FastAPI
    filled: Filled
    port: int
    running: list[tuple[Answering, Thread]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        """Let the server answer."""
        server = Answering(uvicorn.Config(self.app, "127.0.0.1", self.port, log_config=None, lifespan="off"))
        thread = Thread(target=server.run)
        thread.start()
        assert server.answers.wait(60)
        self.running.append((server, thread))

    def down(self) -> None:
        """Take the server away, with whatever it is answering."""
        while self.running:
            server, thread = self.running.pop()
            server.should_exit = server.force_exit = True
            thread.join()

    def log_in(self, page: Page, name: str) -> None:
        """Log somebody in where the page asks for it."""
        page.fill("#f-nama", name)
        page.fill("#f-sandi", PASSWORD)
        page.click("main button[type=submit]")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser that the set-up installed."""
    found = next(path for name in CHROMIUMS if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield started
        started.close()
