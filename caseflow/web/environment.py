"""Templates of the pages: one Jinja environment a language, everything escaped, nothing undefined."""

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from caseflow.errors import Sentence
from caseflow.i18n import format_money, format_number, translate
from caseflow.paths import static_root, templates_root
from caseflow.states.category import Text

Words = Text | str
"""What a reader is told: a label in two languages, a Sentence, or a text that stays as it is (a name)."""


def say(words: Words, lang: str) -> str:
    """Return the words in `lang`."""
    if isinstance(words, Text):
        return words.in_(lang)
    return translate(words, lang) if isinstance(words, Sentence) else words


def of_field(words: Words, label: Words, lang: str) -> str:
    """Return the sentence about a field with its name before it, as the summary of errors says it."""
    name = say(label, lang)
    return f"{name}{'' if name.endswith('?') else ':'} {say(words, lang)}"


def _translator(lang: str) -> Callable[..., str]:
    def said(msgid: str, /, **data: Any) -> str:  # noqa: ANN401 - each sentence carries data of its own
        return translate(msgid, lang, **data)

    return said


@lru_cache
def environment(lang: str) -> Environment:
    """Return the environment of a language, with `_` and the helpers bound to it."""
    made = Environment(
        loader=FileSystemLoader(templates_root() / "web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _translator(lang), "lang": lang, "asset": asset}
    made.filters["say"] = lambda words: say(words, lang)
    made.filters["of"] = lambda words, label: of_field(words, label, lang)
    made.filters["number"] = lambda n: format_number(n, lang)
    made.filters["money"] = lambda n: format_money(n, lang)
    return made


@lru_cache
def asset(name: str) -> str:
    """Return the address of a static file; its content's digest lets browsers keep it for good.

    A page can be read without the files that the set-up fetches; `caseflow doctor` names what is missing.
    """
    file = static_root() / name
    digest = sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""
    return f"/static/{name}?v={digest}"
