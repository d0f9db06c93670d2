"""What a browser sent: the fields of a form, read within the limit of a body."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from caseflow.errors import BodyTooLarge, InvalidInput, _
from caseflow.ids import new_id

MOST_FIELDS = 1000
DRAINED_MB = 64
"""A body that is too large is read to its end up to here: else the browser shows a broken connection, not our page."""
KB, MB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a form. Names that begin with an underscore are ours: token, key, version."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What was chosen, empty files too."""

    def one(self, name: str) -> str:
        """Return the last value of a field, line ends as one character; empty when it was not sent."""
        found = self.fields.get(name, ())
        return found[-1] if found else ""

    def all(self, name: str) -> tuple[str, ...]:
        return self.fields.get(name, ())

    def has(self, name: str) -> bool:
        return name in self.fields

    @property
    def key(self) -> str:
        """The key of the form: sent twice, it is one write."""
        return self.one("_kunci") or new_key()

    @property
    def version(self) -> int | None:
        """The version of the case or record that the writer saw."""
        typed = self.one("_versi")
        return int(typed) if typed.isdecimal() and len(typed) < 10 else None  # noqa: PLR2004 - an integer's width

    @property
    def body(self) -> dict[str, list[str]]:
        """What identifies the request for its key: everything but the token of the session."""
        return {k: list(v) for k, v in sorted(self.fields.items()) if k not in {"_token", "_siapa"}}

    def pairs(self) -> list[tuple[str, str]]:
        """Return every field as it is sent again after a log-in: without token and reader."""
        return [(k, v) for k, values in self.fields.items() for v in values if k not in {"_token", "_siapa"}]


def new_key() -> str:
    """Return a key for a form about to be shown."""
    return str(new_id())


async def read_posted(request: Request, *, times: int = 1) -> Posted:
    """Read a form, urlencoded or multipart, of at most `times` the set limit. Raises `BodyTooLarge`, `InvalidInput`."""
    limit_kb = request.app.state.edge.database.settings.max_body_kb * times
    body = await _limited(request, limit_kb)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _multipart(request, body)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise InvalidInput({"form": _("Kiriman ini tidak terbaca. Muat ulang halamannya, lalu kirim lagi.")}) from None
    return Posted(_gathered(pairs))


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        # Browsers send CRLF; stored answers hold LF, and a conflict must not be found in a line end.
        fields[name] = (*fields.get(name, ()), value.replace("\r\n", "\n").replace("\x00", ""))
    return fields


async def _limited(request: Request, limit_kb: int) -> bytes:
    body = bytearray()
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen <= limit_kb * KB:
            body += chunk
        elif seen > DRAINED_MB * MB:
            break
    if seen > limit_kb * KB:
        raise BodyTooLarge(limit_kb=limit_kb)
    return bytes(body)


async def _multipart(request: Request, body: bytes) -> Posted:
    async def chunks() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    try:
        form = await MultiPartParser(request.headers, chunks(), max_files=2, max_fields=MOST_FIELDS).parse()
    except MultiPartException:
        raise InvalidInput({"form": _("Kiriman ini tidak terbaca. Muat ulang halamannya, lalu kirim lagi.")}) from None
    return await _sorted(form)


async def _sorted(form: FormData) -> Posted:
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    chosen = [(name, value) for name, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
    files = {name: await value.read() for name, value in chosen}
    await form.close()
    return Posted(_gathered(texts), files)
