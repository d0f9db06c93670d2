"""What people type: the texts of every command are as they are kept, whichever door they came through."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from caseflow.states import names

RAW = {"raw": True}
"""The metadata of a field that is taken to the letter: a password."""


class Typed:
    """A command: its texts are composed (NFC), and hold no sign that nobody sees."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Keep each text as it is seen."""
        for field in fields(self):  # type: ignore[arg-type]  # every command is a dataclass
            if "raw" not in field.metadata:
                object.__setattr__(self, field.name, _kept(getattr(self, field.name)))


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
