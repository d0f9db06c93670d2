"""What requests are made of: strict bodies that refuse unknown keys, and fields with their limits."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints, WithJsonSchema

from caseflow.errors import _
from caseflow.states.answers import LARGEST

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_TYPED = 400


def _day(value: object) -> date | None:
    """Take a date as people and HTML write it; numbers, instants and week dates are no days."""
    if value is None:
        return None
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError(_("Tulis tanggal sebagai TTTT-BB-HH."))
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(_("Tanggal ini tidak ada di kalender.")) from None


def _typed(value: object) -> object:
    """Take a number of a card as typed; the action judges it, and refuses a number that is not text with its reason."""
    if isinstance(value, str) and len(value) > LONGEST_TYPED:
        raise ValueError(_("Paling banyak {n} huruf.", n=LONGEST_TYPED))
    if isinstance(value, list | dict | bool):
        raise ValueError(_("Isian ini harus berupa teks."))  # noqa: TRY004 - what pydantic makes a problem of
    return value


def _born(value: object) -> object:
    if isinstance(value, dict):
        parts = all(k in {"day", "month", "year", "age"} for k in value)
        if not parts or not all(v is None or isinstance(v, int | str) for v in value.values()):
            raise ValueError(_("Isi day, month, year, atau age saja."))
        return {k: _typed(v) for k, v in value.items()}
    return _typed(value)


TypedDay = Annotated[date, Strict(False), BeforeValidator(_day)]
CardNumber = Annotated[Any, BeforeValidator(_typed), WithJsonSchema({"type": ["string", "null"]})]
BORN_PARTS = {part: {"type": ["integer", "string", "null"]} for part in ("day", "month", "year", "age")}
BORN_SCHEMA = {
    "anyOf": [
        {"type": ["string", "null"]},
        {"type": "object", "properties": BORN_PARTS, "additionalProperties": False},
    ]
}
BirthTyped = Annotated[Any, BeforeValidator(_born), WithJsonSchema(BORN_SCHEMA)]
Word = Annotated[str, StringConstraints(max_length=40)]
Line = Annotated[str, StringConstraints(max_length=200)]
Note = Annotated[str, StringConstraints(max_length=4000)]
KeyName = Annotated[str, StringConstraints(max_length=80)]
RowId = Annotated[str, StringConstraints(max_length=40)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Answers = Annotated[dict[KeyName, Any], Field(max_length=300)]
"""Key -> answer; which keys and types count is the category's to say."""
LARGEST_NUMBER = LARGEST


class Body(BaseModel):
    """A request body: unknown keys are refused, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def given(self) -> dict[str, Any]:
        """Return the fields as the command wants them."""
        return dict(self)


class Change(Body):
    """A change of an existing case, made on the version its writer saw."""

    expected_version: Version = Field(
        description="Versi kasus yang Anda lihat; bila sudah berubah, jawabannya 409 VersionConflict.", examples=[3]
    )
