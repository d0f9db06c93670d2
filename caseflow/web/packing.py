"""Pages packed for slow lines; a name of random length in each keeps its length from telling what stands in it."""

import secrets
from gzip import GzipFile
from io import BytesIO

from starlette.requests import Request
from starlette.responses import Response

LEAST = 1000
LEVEL = 5
MOST_NAME = 50


def pack(request: Request, response: Response) -> None:
    """Compress what a response holds, where the browser takes it so."""
    body = bytes(response.body)
    if len(body) < LEAST or "gzip" not in request.headers.get("accept-encoding", ""):
        return
    packed = BytesIO()
    name = secrets.token_hex(secrets.randbelow(MOST_NAME))
    with GzipFile(name, "wb", LEVEL, packed, mtime=0) as file:
        file.write(body)
    response.body = packed.getvalue()
    response.headers["Content-Length"] = str(len(response.body))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
