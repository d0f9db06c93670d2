"""People at a browser: each with cookies of their own, who follow links, fill in forms and press buttons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

from anyio.from_thread import BlockingPortal
from httpx2 import Response
from starlette.testclient import TestClient

from caseflow.actions import entering
from caseflow.edge import BusinessClock, real_now
from caseflow.store import cases as case_rows
from caseflow.store.session import Database
from tests.web.reading import Form, Read
from tests.world import Office
from workers.embedded import Embedded
from workers.runtime import Runtime

ADDRESS = "https://kasus.dinsos.example"
PASSWORD = "sandi yang panjang"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled office that tests copy."""

    url: str
    folder: Path
    office: Office
    numbers: Mapping[tuple[str, str], str]
    """Category and state -> number of a case that waits there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer and the page in it."""

    response: Response
    address: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def page(self) -> Read:
        return Read(self.response.text)

    @property
    def text(self) -> str:
        return self.page.text

    def errors(self) -> list[str]:
        """Return the sentences of the summary of errors: each a link that leads to a field of the page."""
        read = self.page
        ids = {given["id"] for _tag, given in read.tags if "id" in given}
        found = [(to, words) for to, words in read.links if to.startswith("#f-")]
        assert all(to[1:] in ids for to, _words in found), "a link of the summary leads nowhere"
        return [words for _to, words in found]


@dataclass(slots=True)
class Person:
    """Somebody at a browser."""

    client: TestClient
    now: Shown | None = None

    def get(self, path: str) -> Shown:
        """Open an address; redirects are followed, as a browser does."""
        answer = self.client.get(urljoin(ADDRESS, path), follow_redirects=True)
        self.now = Shown(answer, str(answer.url))
        return self.now

    def post(self, path: str, fields: list[tuple[str, str]], *, origin: str | None = ADDRESS) -> Shown:
        """Send a form as it is."""
        headers = FORM | ({"Origin": origin} if origin else {})
        body = urlencode(fields).encode()
        answer = self.client.post(urljoin(ADDRESS, path), content=body, headers=headers, follow_redirects=True)
        self.now = Shown(answer, str(answer.url))
        return self.now

    def press(self, button: str, values: Mapping[str, str | list[str]] | None = None) -> Shown:
        """Fill in the form that has this button on the present page, and press it."""
        form = self.form(button)
        name, value, _words = next(b for b in form.buttons if button in b[2])
        sent = form.filled(values or {}) + ([(name, value)] if name else [])
        assert self.now is not None
        return self.post(urljoin(self.now.address, form.action), sent)

    def form(self, button: str) -> Form:
        """Return the form on the present page that has this button."""
        assert self.now is not None
        return self.now.page.form(button)

    def follow(self, words: str) -> Shown:
        """Follow the link with these words."""
        assert self.now is not None
        return self.get(urljoin(self.now.address, self.now.page.link(words)))

    @property
    def path(self) -> str:
        """Return where the person is."""
        assert self.now is not None
        return urlsplit(self.now.address).path


@dataclass(slots=True)
class Site:
    """The application, its database, and the people who use it."""

    app: object
    filled: Filled
    database: Database
    clock: BusinessClock
    runtime: Runtime
    portal: BlockingPortal

    def stranger(self) -> Person:
        """Return somebody with an empty browser."""
        client = TestClient(self.app, base_url=ADDRESS, raise_server_exceptions=False)  # type: ignore[arg-type]  # an ASGI application
        client.portal = self.portal
        return Person(client)

    def by(self, name: str) -> Person:
        """Return somebody who has logged in, with the session that the log-in page opens behind a password."""
        now, user = real_now(), self.filled.office.ids[name]
        with self.database.write() as session:
            cookie = entering.enter(session, user, "", now=now, at=self.at())
        person = self.stranger()
        person.client.cookies.set(self.database.settings.cookie_name, cookie, domain=urlsplit(ADDRESS).hostname or "")
        return person

    def number(self, state: str, category: str = "FM") -> str:
        """Return the number of the case that waits in a state."""
        return self.filled.numbers[category, state]

    def work(self) -> None:
        """Let the workers do what is due now."""
        Embedded(self.runtime).drain()

    def state(self, number: str) -> str:
        """Return the state of a case."""
        with self.database.read() as session:
            row = case_rows.by_number(session, number)
        assert row is not None
        return str(row.state)

    def at(self) -> datetime:
        """Return the time there."""
        return self.clock.now()
