"""Codes of a second factor at the pages: counted when wrong, the secret as a picture and as letters."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import segno
from limits import RateLimitItemPerMinute
from markupsafe import Markup

from caseflow import edge as door
from caseflow.access import Viewer
from caseflow.actions import entering
from caseflow.actions.entering import Half
from caseflow.edge import Edge
from caseflow.errors import WrongCode
from caseflow.store.session import Session
from caseflow.web.page import Page, address_of

T = TypeVar("T")
FAILED_CODES = RateLimitItemPerMinute(5, 15)
"""Wrong codes for one account from one address: who fails elsewhere locks nobody out here."""


def proven(
    page: Page, viewer: Viewer, run: Callable[[Session, Viewer, datetime, datetime], T], *, half: Half | None = None
) -> T:
    """Write something that a code proves, told the time of the machine first; a wrong code is counted and on record.

    A half-open session counts its own codes, whatever process and address they come to and from.
    """
    edge: Edge = page.edge

    def once(session: Session, by: Viewer, at: datetime) -> tuple[int, T]:
        return 200, run(session, by, door.real_now(), at)

    with door.attempt(edge, WrongCode, (FAILED_CODES, ("code", viewer.user_id, address_of(page)))):
        if half:
            with edge.database.write() as session:
                entering.count_code(session, half, now=door.real_now())
        try:
            body: T = door.write(edge, viewer, once, key=None, request=b"").body
        except WrongCode:
            door.note(edge, "user:second_factor:refused", viewer.user_id, None, {})
            raise
    return body


def picture_of(address: str) -> Markup:
    """Return the QR code of an address as an SVG element without style or script, for an authenticator to read."""
    made = segno.make(address, error="m", micro=False)
    return Markup(made.svg_inline(scale=5, border=4, light="#fff"))  # noqa: S704 - drawn here, holds no text


def grouped(secret: str) -> str:
    """Return a secret in groups of four letters, as people copy it by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
