"""Errors as application/problem+json: every refusal with its code, its sentence in the reader's language, its data."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from caseflow.errors import (
    BrokenJson,
    CaseflowError,
    InvalidInput,
    MethodNotAllowed,
    NotFound,
    Refused,
    Sentence,
    Unexpected,
    _,
)
from caseflow.i18n import choose_language, error_data, error_message, translate

MEDIA_TYPE = "application/problem+json"
LONGEST_NAME = 80
TITLES: dict[int, Sentence] = {
    400: _("Kiriman tidak terbaca"),
    401: _("Belum masuk"),
    403: _("Tidak berwenang"),
    404: _("Tidak ada"),
    405: _("Cara tidak berlaku"),
    409: _("Bertentangan dengan keadaan sekarang"),
    410: _("Sudah dihapus"),
    413: _("Kiriman terlalu besar"),
    415: _("Jenis kiriman tidak dikenal"),
    422: _("Perlu diperbaiki"),
    429: _("Terlalu sering"),
    500: _("Kesalahan sistem"),
    503: _("Layanan tidak tersedia"),
}


class Problem(BaseModel):
    """A refusal. Beside these members it carries the data of its code: problems, unmet, base, theirs, number."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "/api/docs#StepRefused",
                    "title": "Perlu diperbaiki",
                    "status": 422,
                    "code": "StepRefused",
                    "message": 'Langkah "Setujui rencana" belum dapat diambil: Rencana belum memuat kegiatan',
                    "step": "approve_plan",
                    "label": "Setujui rencana",
                    "unmet": [
                        {
                            "guard": "plan_has_an_action",
                            "message": "Rencana belum memuat kegiatan",
                            "places": ["plan"],
                        }
                    ],
                }
            ]
        },
    )

    type: str = Field(description="Alamat penjelasan kode ini.")
    title: str
    status: int
    code: str = Field(description="Nama kesalahan; tidak berubah antarbahasa.")
    message: str = Field(description="Kalimat untuk orang, menurut Accept-Language (id, en).")


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the declaration of the refusals a route can answer with, for OpenAPI."""
    return {status: {"model": Problem, "description": str(TITLES[status])} for status in sorted(set(statuses))}


READING = (401, 404, 422, 429, 503)
WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)


def language(request: Request) -> str:
    """Return the language the reader prefers."""
    return choose_language(request.headers.get("accept-language"))


def problem(error: CaseflowError, lang: str) -> Response:
    """Return the answer to a refused request. Absent and not visible are the same bytes."""
    content = orjson.dumps(said(error, lang), default=str, option=orjson.OPT_NON_STR_KEYS)
    return Response(content, error.status, _headers(error, lang), MEDIA_TYPE)


def said(error: CaseflowError, lang: str) -> dict[str, Any]:
    """Return a refusal as the members of its problem."""
    data = {k: v for k, v in error_data(error, lang).items() if k not in {"summary", "seconds"}}
    if "unmet" in data:
        data["unmet"] = [
            {"guard": u["guard"], "message": u["message"], "places": u.get("places", "").split()} for u in data["unmet"]
        ]
    return data | {
        "type": f"/api/docs#{error.code}",
        "title": translate(TITLES.get(error.status, TITLES[500]), lang),
        "status": error.status,
        "code": error.code,
        "message": error_message(error, lang),
    }


def _headers(error: CaseflowError, lang: str) -> dict[str, str]:
    headers = {"Content-Language": lang}
    match error.status:
        case 401:
            headers["WWW-Authenticate"] = 'Bearer realm="caseflow"'
        case 405:
            headers["Allow"] = str(error.data["allowed"])
        case 429:
            headers["Retry-After"] = str(error.data.get("seconds", 60))
        case 503:
            headers["Retry-After"] = "1"
    return headers


def of_http(error: HTTPException, request: Request) -> CaseflowError:
    """Return what the framework refused as an error of ours."""
    match error.status_code:
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return MethodNotAllowed(method=request.method, allowed=(error.headers or {}).get("Allow", "-"))
        case HTTPStatus.NOT_FOUND:
            return NotFound()
        case HTTPStatus.BAD_REQUEST:
            return BrokenJson(position=1)
        case status if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Refused(reason=str(error.detail))
        case _:
            return Unexpected(request="-")


# --- requests that do not fit their model -----------------------------------------------------------------------------

REQUIRED = _("Isian ini wajib.")
TEXT = _("Isian ini harus berupa teks.")
WHOLE = _("Isian ini harus berupa bilangan bulat, tanpa titik atau koma.")
RANGE = _("Bilangan ini di luar batas.")
SHAPE = _("Bentuk isian ini tidak sesuai.")
OBJECT = _("Isian ini harus berupa objek JSON.")
LIST = _("Isian ini harus berupa daftar.")
SENTENCES: Mapping[str, Sentence] = {
    "missing": REQUIRED,
    "string_too_short": REQUIRED,
    "extra_forbidden": _("Isian ini tidak dikenal."),
    "string_type": TEXT,
    "string_pattern_mismatch": SHAPE,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "int_parsing_size": RANGE,
    "greater_than_equal": RANGE,
    "less_than_equal": RANGE,
    "bool_type": _("Jawab true atau false."),
    "bool_parsing": _("Jawab true atau false."),
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "list_type": LIST,
}


def of_request(error: RequestValidationError) -> InvalidInput:
    """Return everything that does not fit as one `InvalidInput`, field by field."""
    return InvalidInput({_name(e["loc"]): _sentence(e) for e in error.errors()})


def _name(place: Iterable[object]) -> str:
    parts = [str(p)[:LONGEST_NAME] for p in place]
    kept = parts[1:] if parts and parts[0] in {"body", "query", "header", "path"} else parts
    return ".".join(kept) or "body"


def _sentence(found: Mapping[str, Any]) -> Sentence:
    context = found.get("ctx", {})
    match found["type"]:
        case "value_error" if context["error"].args and isinstance(context["error"].args[0], Sentence):
            return context["error"].args[0]
        case "string_too_long":
            return _("Paling banyak {n} huruf.", n=context["max_length"])
        case "too_long":
            return _("Paling banyak {n} butir.", n=context["max_length"])
        case "too_short":
            return _("Paling sedikit {n} butir.", n=context["min_length"])
        case "literal_error":
            choices = context["expected"].replace("'", "").replace(" or ", ", ")
            return _("Pilih salah satu: {choices}.", choices=choices)
        case kind:
            return SENTENCES.get(kind, SHAPE)
