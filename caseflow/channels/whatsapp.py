"""WhatsApp through the official Business Cloud API: an approved template that says "new work", and a button to open it.

Nothing of a case leaves by it, not even its number: the only thing that differs between messages is the id of the
message, which the button adds to the address that was approved with the template.
"""

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from caseflow.channels.protocol import Channel, Message, Recipient
from caseflow.errors import MessageNotSent, Sentence, _
from caseflow.paths import why
from caseflow.settings import Settings

NAME = "whatsapp"
TIMEOUT = 10
"""Seconds that one answer of the service may take."""
LANGUAGE = "id"
"""The template is approved in one language."""
LONGEST_ANSWER = 65536

_LATER = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004})
"""Codes of the service for what passes: too many messages, not available, down for work."""
_OURS = frozenset({0, 3, 10, 190, 368, 131005, 131031, 131042, 131045, 132000, 132001, 132005, 132007, 132012, 132015})
"""Codes for what the operator mends: the token, the account, the template. Messages wait for that."""
_RIGHTS = range(200, 300)
"""As above: a right the token lacks."""
_NOT_REACHED = frozenset({131026, 131050})
"""Codes for a number that has no WhatsApp, or whose owner wants none of these."""
_MOST = 999_999
"""Codes have six digits at most: a longer number may be somebody's."""
_TOKEN = re.compile(r"[!-~]+")
_PASSING = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


def channel(settings: Settings) -> Channel | None:
    """Return the channel where the number, the token and the template are set."""
    if settings.whatsapp_phone_id is None:
        return None

    def send(message: Message) -> None:
        _send(settings, message)

    return Channel(NAME, _address, send)


def _address(recipient: Recipient) -> str | None:
    return recipient.whatsapp or None


def _send(settings: Settings, message: Message) -> None:
    asked = json.dumps(_template(settings, message)).encode()
    headers = {**_headers(settings), "Content-Type": "application/json"}
    path = f"{urlsplit(settings.whatsapp_url).path}/{settings.whatsapp_phone_id}/messages"
    handed_over = False
    try:
        with _connected(settings) as service:
            handed_over = True
            service.request("POST", path, asked, headers)
            answer = service.getresponse()
            status, body = answer.status, answer.read(LONGEST_ANSWER)
    except (OSError, HTTPException, ValueError) as problem:
        # Cut off between the message and the answer to it, nobody knows whether it was taken.
        raise _failure(_reason(problem), maybe_sent=handed_over) from problem
    if status != HTTPStatus.OK:
        raise _refused(status, body)


def _template(settings: Settings, message: Message) -> Mapping[str, Any]:
    last = message.link.rsplit("/", 1)[-1]
    button = {
        "type": "button",
        "sub_type": "url",
        "index": "0",
        "parameters": [{"type": "text", "text": last}],
    }
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to.lstrip("+"),
        "type": "template",
        "template": {
            "name": settings.whatsapp_template,
            "language": {"code": LANGUAGE},
            "components": [button],
        },
        "biz_opaque_callback_data": message.id,
    }


def _headers(settings: Settings) -> dict[str, str]:
    # Read each time: a token that was replaced counts at once.
    file = settings.whatsapp_token_file or Path()
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as unread:
        reason = why(unread) if isinstance(unread, OSError) else _("bukan teks biasa")
        raise _failure(_("berkas token tidak terbaca: {why}", why=reason)) from unread
    if not _TOKEN.fullmatch(token):
        raise _failure(_("berkas token harus berisi satu token saja, tanpa spasi dan tanpa baris lain"))
    return {"Authorization": f"Bearer {token}", "Accept": "application/json", "User-Agent": "caseflow"}


@contextmanager
def _connected(settings: Settings) -> Iterator[HTTPConnection]:
    """Yield a connection that stands: what fails before has left nothing."""
    service = _connection(urlsplit(settings.whatsapp_url))
    try:
        try:
            service.connect()
        except OSError as away:
            raise _failure(_reason(away)) from away
        yield service
    finally:
        service.close()


def _connection(address: SplitResult) -> HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "http":
        return HTTPConnection(host, address.port, timeout=TIMEOUT)
    return HTTPSConnection(host, address.port, timeout=TIMEOUT, context=ssl.create_default_context())


def _reason(cut: Exception) -> str:
    """Return why, without words of the service: an answer that breaks off the protocol is quoted by the library."""
    return str(cut) if isinstance(cut, OSError) and not isinstance(cut, HTTPException) else type(cut).__name__


def _refused(status: int, body: bytes) -> MessageNotSent:
    """Return what an answer means: for good, for later, or something the operator has to mend.

    Its words stay out: they may quote the token or the number.
    """
    code = _code(body)
    passes = (
        status in _PASSING
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or code in _LATER
        or code in _OURS
        or code in _RIGHTS
    )
    reason = _("{status} ({code}) {words}", status=status, code="-" if code is None else code, words=_words(code))
    return _failure(reason, final=not passes)


def _words(code: int | None) -> Sentence:
    """Return what a code of the service means, in words of ours."""
    if code in _LATER:
        return _("layanan sedang sibuk atau membatasi jumlah pesan")
    if code in _OURS or code in _RIGHTS:
        return _("periksa token, akun, dan templat WhatsApp")
    if code in _NOT_REACHED:
        return _("nomor ini tidak menerima pesan WhatsApp")
    return _("ditolak oleh layanan")


def _code(body: bytes) -> int | None:
    try:
        code = int(json.loads(body)["error"]["code"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return code if 0 <= code <= _MOST else None


def _failure(reason: str, *, final: bool = False, maybe_sent: bool = False) -> MessageNotSent:
    return MessageNotSent(channel=NAME, reason=reason, final=final, maybe_sent=maybe_sent)


def problem(settings: Settings) -> str:
    """Ask the service for the number messages leave from; return why it does not answer, empty when it does."""
    path = f"{urlsplit(settings.whatsapp_url).path}/{settings.whatsapp_phone_id}?fields=id"
    try:
        headers = _headers(settings)
        with _connected(settings) as service:
            service.request("GET", path, headers=headers)
            answer = service.getresponse()
            status, body = answer.status, answer.read(LONGEST_ANSWER)
    except MessageNotSent as refused:
        return str(refused.data["reason"])
    except (OSError, HTTPException, ValueError) as cut:
        return _reason(cut)
    return "" if status == HTTPStatus.OK else str(_refused(status, body).data["reason"])
