"""The description of the API: OpenAPI as it is true, and a page made of it that needs no outside address."""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from caseflow import errors
from caseflow.api.door import OpenRoute
from caseflow.api.problems import MEDIA_TYPE, language
from caseflow.errors import CaseflowError, _
from caseflow.i18n import translate

router = APIRouter(route_class=OpenRoute, include_in_schema=False)
ABOUT = _(
    "Antarmuka untuk program. Setiap permintaan memakai Authorization: Bearer TOKEN; setiap penulisan memakai "
    "Idempotency-Key, dan expected_version bila mengubah kasus. Penolakan dijawab sebagai application/problem+json."
)
DONE = _("Berhasil")
METHODS = ("get", "post", "put", "patch", "delete")
REFUSED_FROM = 400
STYLE = Path(__file__).with_name("docs.css")


# --- openapi ----------------------------------------------------------------------------------------------------------


def install(app: FastAPI) -> None:
    """Let the application describe itself: refusals as problems, each under its own media type."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = made()
            for _path, _method, operation in _operations(schema):
                _as_problems(operation["responses"])
            for unused in ("HTTPValidationError", "ValidationError"):
                schema["components"]["schemas"].pop(unused, None)
        return made()

    app.openapi = described  # type: ignore[method-assign]  # the way the library documents


def _operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _as_problems(responses: dict[str, Any]) -> None:
    for status, response in tuple(responses.items()):
        if "HTTPValidationError" in str(response):  # what the library adds where nothing can be invalid
            del responses[status]
            continue
        if int(status) < REFUSED_FROM and status != "202":
            response["description"] = str(DONE)
        for said in tuple(response.get("content", {}).values()):
            if int(status) >= REFUSED_FROM and said.get("schema", {}).get("$ref", "").endswith("/Problem"):
                response["content"] = {MEDIA_TYPE: said}


# --- the page ---------------------------------------------------------------------------------------------------------


@router.get("/api/docs.css")
def style() -> Response:
    """Return the style of the page."""
    return Response(STYLE.read_bytes(), media_type="text/css")


@router.get("/api/docs")
def page(request: Request) -> HTMLResponse:
    """Return every route, model and refusal as one page."""
    lang = language(request)
    app: FastAPI = request.app
    schema = app.openapi()
    parts = [
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>caseflow API</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="stylesheet" href="/api/docs.css"></head><body><main>',
        f"<h1>caseflow API</h1><p>{_said(ABOUT, lang)}</p>",
        '<p><a href="/api/openapi.json">openapi.json</a></p>',
        *_routes(schema, lang),
        *_models(schema, lang),
        *_refusals(lang),
        "</main></body></html>",
    ]
    return HTMLResponse("".join(parts))


def _said(sentence: str, lang: str) -> str:
    return escape(translate(sentence, lang))


def _routes(schema: Mapping[str, Any], lang: str) -> Iterator[str]:
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, method, operation in _operations(schema):
        groups.setdefault(operation["tags"][0], []).append((path, method, operation))
    for tag, found in groups.items():
        yield f"<h2>{escape(tag)}</h2>"
        for path, method, operation in found:
            yield f'<details><summary><span class="method">{method.upper()}</span> <code>{escape(path)}</code> '
            yield f'<span class="muted">{escape(operation.get("summary", ""))}</span></summary>'
            yield f"<p>{escape(operation.get('description', ''))}</p>"
            yield from _parameters(operation.get("parameters", []), lang)
            yield from _body(operation.get("requestBody"), lang)
            yield from _answers(operation["responses"], lang)
            yield "</details>"


def _parameters(parameters: list[dict[str, Any]], lang: str) -> Iterator[str]:
    if not parameters:
        return
    yield f"<table><thead><tr><th>{_said(_('Nama'), lang)}</th><th>{_said(_('Tempat'), lang)}</th>"
    yield f"<th>{_said(_('Keterangan'), lang)}</th></tr></thead><tbody>"
    for parameter in parameters:
        needed = _said(_("wajib"), lang) if parameter.get("required") else ""
        yield f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{escape(parameter['in'])} {needed}</td>"
        yield f"<td>{escape(parameter.get('description', ''))}</td></tr>"
    yield "</tbody></table>"


def _body(body: Mapping[str, Any] | None, lang: str) -> Iterator[str]:
    if body:
        (content,) = body["content"].values()
        yield f"<p>{_said(_('Isi'), lang)}: {_type(content['schema'])}</p>"


def _answers(responses: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield f"<p>{_said(_('Jawaban'), lang)}:</p><ul>"
    for status, response in responses.items():
        kinds = [_type(c.get("schema", {})) or escape(media) for media, c in response.get("content", {}).items()]
        yield f"<li><code>{status}</code> {escape(response.get('description', ''))} {', '.join(kinds)}</li>"
    yield "</ul>"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f'<a href="#{escape(name)}"><code>{escape(name)}</code></a>'
    if "anyOf" in schema:
        return " | ".join(_type(s) for s in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    shown = schema.get("format") or schema.get("type") or ""
    return f"<code>{escape(str(shown))}</code>" if shown else ""


def _models(schema: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield f"<h2>{_said(_('Bentuk data'), lang)}</h2>"
    for name, model in sorted(schema["components"]["schemas"].items()):
        yield f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary><table><tbody>'
        needed = model.get("required", [])
        for key, value in model.get("properties", {}).items():
            mark = _said(_("wajib"), lang) if key in needed else ""
            about = escape(value.get("description", ""))
            yield f"<tr><td><code>{escape(key)}</code></td><td>{_type(value)} {mark}</td><td>{about}</td></tr>"
        yield "</tbody></table></details>"


def _refusals(lang: str) -> Iterator[str]:
    yield f"<h2>{_said(_('Penolakan'), lang)}</h2><table><tbody>"
    known = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, CaseflowError)]
    for error in sorted(known, key=lambda e: (e.status, e.__name__)):
        sentence = translate(" ".join((error.__doc__ or "").split()), lang)
        yield f'<tr id="{error.__name__}"><td><code>{error.status}</code></td><td><code>{error.__name__}</code></td>'
        yield f"<td>{escape(sentence)}</td></tr>"
    yield "</tbody></table>"
