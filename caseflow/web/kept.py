"""Words that outlive a session: sealed for their writer in the log-in page, shown again after the log-in."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from starlette.responses import Response

from caseflow import crypto
from caseflow.errors import UnreadableSeal
from caseflow.web.page import Page, render
from caseflow.web.posted import Posted

OURS = ("/kasus/", "/persetujuan/", "/penghapusan/", "/kotak-masuk/", "/rujukan-kami/", "/pesanan-surat", "/cari")
"""Where a kept form may be sent again."""


def log_in_page(page: Page, posted: Posted) -> Response:
    """Return the log-in with the words of a form whose session ended."""
    kept = _seal(page, posted) if posted.fields else ""
    return render(page, "login.html", status=401, kept=kept, ended=True, to="", problem="", username="")


def send_again_page(page: Page, posted: Posted) -> Response:
    """Return the page that sends a form again under the present session, for the person who wrote it."""
    mine = posted.one("_siapa") in {"", page.viewer.user_id}
    pairs = posted.pairs() if mine else []
    return render(page, "again.html", status=403, to=page.path, pairs=pairs, mine=mine, returned=False)


def returned_page(page: Page, kept: str) -> Response | None:
    """Return the page with what was kept for this person; None where nothing was, or it was somebody else's."""
    opened = _open(page, kept)
    if opened is None:
        return None
    to, pairs = opened
    return render(page, "again.html", to=to, pairs=pairs, mine=True, returned=True)


def _place(user_id: str) -> str:
    return f"web.kept.{user_id}"


def _seal(page: Page, posted: Posted) -> str:
    writer = posted.one("_siapa")
    content = {"to": page.path, "pairs": posted.pairs()}
    sealed = crypto.seal_json(page.edge.database.keys.token, content, _place(writer))
    return f"{writer}.{urlsafe_b64encode(sealed).decode()}"


def _open(page: Page, kept: str) -> tuple[str, list[tuple[str, str]]] | None:
    writer, _dot, sealed = kept.partition(".")
    if not sealed or writer not in {"", page.viewer.user_id}:
        return None
    try:
        content = crypto.open_json(page.edge.database.keys.token, urlsafe_b64decode(sealed), _place(writer))
    except (UnreadableSeal, binascii.Error):
        return None
    if not str(content["to"]).startswith(OURS):
        return None
    return content["to"], [(str(k), str(v)) for k, v in content["pairs"]]
