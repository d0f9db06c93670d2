"""What people type: the texts of every command are as they are kept, whichever door they came through."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from caseflow.states import names

RAW = {"raw": True}
"""The metadata of a field that is taken to the letter: a password."""


class Typed:
    """A command: its texts are composed (NFC), and hold no sign that nobody sees."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Keep each text as it is seen."""
        for name in _typed(type(self)):  # type: ignore[arg-type]  # a class can be hashed
            object.__setattr__(self, name, _kept(getattr(self, name)))


@cache
def _typed(command: type[Any]) -> tuple[str, ...]:
    """Return the fields of a command that are kept as they are seen."""
    return tuple(field.name for field in fields(command) if "raw" not in field.metadata)


def _kept(value: Any) -> Any:  # noqa: ANN401 - a field of any command
    match value:
        case str():
            return names.prose(value)
        case Mapping():
            return {key: _kept(each) for key, each in value.items()}
        case list() | tuple():
            return type(value)(map(_kept, value))
        case _:
            return value
