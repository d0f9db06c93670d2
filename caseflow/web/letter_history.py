"""What the history of a case says of its letters."""

from collections.abc import Callable, Mapping
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.store.initials import WITHOUT
from caseflow.web.entry_names import Names


def _issued(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    number, title = data.get("number", "-"), names.letter(data.get("kind", "-"))
    if asker := data.get("requested_by"):
        return _(
            "Paraf lengkap: {title} yang diminta {asker} terbit dengan nomor {number}.",
            title=title, asker=names.person(asker), number=number,
        )  # fmt: skip
    if data.get(WITHOUT):
        return _(
            "{who} menerbitkan {title}, nomor {number}, tanpa paraf karena darurat.",
            who=who, title=title, number=number,
        )  # fmt: skip
    return _("{who} menerbitkan {title}, nomor {number}.", who=who, title=title, number=number)


def _drafted(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    title = names.letter(data.get("kind", "-"))
    return _("{who} meminta {title}; konsepnya menunggu paraf {post}.", who=who, title=title, post=data["post"])


def _initialled(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    title = names.letter(data.get("kind", "-"))
    post = f"{data.get('prefix', '')} {data['post']}".strip()
    return _("{who} memaraf konsep {title} sebagai {post}.", who=who, title=title, post=post)


def _returned(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    title = names.letter(data.get("kind", "-"))
    post = f"{data.get('prefix', '')} {data['post']}".strip()
    return _("{who} mengembalikan konsep {title} sebagai {post}.", who=who, title=title, post=post)


def _dropped(_who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    title = names.letter(data.get("kind", "-"))
    return _("Konsep {title} dibatalkan; nomornya belum pernah diambil.", title=title)


def _numbered(sentence: Callable[[str, str], Sentence]) -> Callable[[str, Mapping[str, Any], Names], Sentence]:
    return lambda who, data, _names: sentence(who, str(data.get("number", "-")))


def _withheld(_who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    return _("{title} belum dapat diterbitkan bersama langkah ini.", title=names.letter(data.get("kind", "-")))


LETTERS: dict[str, Callable[[str, Mapping[str, Any], Names], Sentence]] = {
    "case:letter:drafted": _drafted,
    "case:letter:initialled": _initialled,
    "case:letter:returned": _returned,
    "case:letter:withdrawn": _dropped,
    "case:letter:issued": _issued,
    "case:letter:scanned": _numbered(
        lambda who, number: _(
            "{who} melampirkan pindaian surat nomor {number} yang ditandatangani.", who=who, number=number
        )
    ),
    "case:letter:sent": _numbered(
        lambda who, number: _("{who} mencatat surat nomor {number} terkirim.", who=who, number=number)
    ),
    "case:letter:voided": _numbered(
        lambda who, number: _("{who} membatalkan surat nomor {number}.", who=who, number=number)
    ),
    "case:letter:withheld": _withheld,
}
"""Entry code -> the sentence with what its data names."""
