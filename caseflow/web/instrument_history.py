"""What the history of a case says of its instruments."""

from collections.abc import Callable, Mapping
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.web.entry_names import Names


def _filled(who: str, data: Mapping[str, Any], _names: Names) -> Sentence:
    said = {"who": who, "code": data.get("instrument", "-")}
    if data.get("corrects"):
        return _("{who} memperbaiki isian instrumen {code}.", **said)
    return _("{who} mengisi instrumen {code}.", **said)


def _decided(who: str, data: Mapping[str, Any], _names: Names) -> Sentence:
    said = {"who": who, "code": data.get("instrument", "-")}
    if data.get("decision") == "accepted":
        return _("{who} menerima hasil instrumen {code}.", **said)
    return _("{who} memutuskan lain dari hasil instrumen {code}.", **said)


INSTRUMENTS: dict[str, Callable[[str, Mapping[str, Any], Names], Sentence]] = {
    "case:instrument:filled": _filled,
    "case:instrument:decided": _decided,
}
"""Entry code -> the sentence with what its data names."""
