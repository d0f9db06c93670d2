"""A real HTTP server in a thread that answers like the WhatsApp Business Cloud API, and can be told to misbehave."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Service:
    """What was asked, and how the next message is answered."""

    url: str = ""
    kept: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    status: int = 200
    code: int = 0
    words: str = "(#0) Said by the service"
    hang_up: bool = False
    """Take the message, and end the connection instead of saying so."""


@contextmanager
def whatsapp_server() -> Iterator[Service]:
    """Yield a running service, with the address to set as CASEFLOW_WHATSAPP_URL."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._note()
            self._answer({"id": "1"})

        def do_POST(self) -> None:
            self._note()
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if service.status == 200:
                service.kept.append(json.loads(body))
            if service.hang_up:
                self.close_connection = True
                return
            self._answer({"messages": [{"id": "wamid.1"}]})

        def _note(self) -> None:
            service.tokens.append(self.headers["Authorization"])
            service.paths.append(self.path)

        def _answer(self, fine: dict[str, Any]) -> None:
            error = {"error": {"code": service.code, "message": service.words}}
            content = json.dumps(fine if service.status == 200 else error).encode()
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_about: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/v23.0"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
