"""The sandboxed template environment of letters: what an office's own template may say."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from caseflow import i18n
from caseflow.letters.facts import BLANK

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNPRINTABLE = {
    **{point: " " for point in range(0xA0) if category(chr(point)) == "Cc"},
    **dict.fromkeys(map(ord, BIDI_CONTROLS)),
}
NIP_PARTS = (8, 14, 15)  # birth date, appointment, sex, serial: how a NIP is written on paper


class NoAutoescapeSwitch(Extension):
    """Refuse `{% autoescape false %}`: what a case says is never markup."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        opened = False
        for token in stream:
            if opened and token.value == "autoescape":
                message = "autoescape tidak boleh diubah"
                raise TemplateSyntaxError(message, token.lineno, stream.name, stream.filename)
            opened = token.type == "block_begin"
            yield token


def environment(roots: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    """Return the environment of these template folders, the first one searched first."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(roots),
        autoescape=_is_markup,
        undefined=StrictUndefined,
        finalize=printable,
        lstrip_blocks=True,
        extensions=[NoAutoescapeSwitch],
    )
    for unwanted in ("safe", "random"):
        del made.filters[unwanted]
    del made.globals["lipsum"]
    made.filters |= {name: _blankable(shaped) for name, shaped in FILTERS.items()}
    return made


def _blankable(shaped: Callable[..., Any]) -> Callable[..., Any]:
    """Let the dots of a draft through: they are no date, no number, no amount."""

    def filtered(value: Any, *more: Any) -> Any:  # noqa: ANN401 - whatever a filter takes
        return value if value == BLANK else shaped(value, *more)

    return filtered


def _is_markup(name: str | None) -> bool:
    """Everything but the subject line, which is plain text until the frame prints it."""
    return name is None or not name.endswith(".txt")


@cache
def _introspection() -> ImmutableSandboxedEnvironment:
    """Return an environment to look into templates with: it knows the names of the filters and runs none of them."""
    made = environment(())
    made.filters |= dict.fromkeys(FILTERS, str)
    return made


def look_into(file: Path) -> tuple[frozenset[str], tuple[str, str, str] | None]:
    """Return the names a template reads from outside, and (key, reason, suggestion) where it cannot be read.

    None of it is run.
    """
    env = _introspection()
    try:
        return frozenset(meta.find_undeclared_variables(env.parse(file.read_text("utf-8"), file.name))), None
    except TemplateSyntaxError as problem:
        return frozenset(), (f"baris {problem.lineno}", str(problem.message), "Perbaiki templatnya")
    except (TemplateError, UnicodeDecodeError) as problem:
        return frozenset(), ("-", str(problem), "Perbaiki templatnya")


def printable(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Drop what has no shape on paper or would turn the direction of the line: control characters of typed text."""
    if isinstance(value, str) and not value.isprintable():
        return type(value)(value.translate(UNPRINTABLE))
    return value


def tanggal(value: str | date | None) -> str:
    """9 Maret 2023."""
    return "" if value is None else i18n.format_date(date.fromisoformat(str(value)), "id").lstrip("0")


def hari(value: str) -> str:
    """Senin, 16 November 2026."""
    return i18n.format_weekday_date(date.fromisoformat(value), "id")


def hari_terbilang(value: str) -> str:
    """Senin tanggal enam belas bulan November tahun dua ribu dua puluh enam (16-11-2026)."""
    day = date.fromisoformat(value)
    return f"{i18n.terbilang_date(day)} ({day:%d-%m-%Y})"


def angka(number: int) -> str:
    """14 (empat belas)."""
    return f"{number} ({i18n.terbilang(number)})"


def rupiah(amount: int) -> str:
    """Rp1.250.000 (satu juta dua ratus lima puluh ribu rupiah)."""
    return f"Rp{amount:,} ({i18n.terbilang(amount)} rupiah)".replace(",", ".")


def usia(birth: str, on: str) -> int:
    """Whole years lived on a day."""
    born, day = date.fromisoformat(birth), date.fromisoformat(on)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def nip(number: str) -> str:
    """19720101 200003 1 001; anything that is not 18 digits as it was typed."""
    digits = number.replace(" ", "")
    if len(digits) != 18 or not digits.isdigit():  # noqa: PLR2004 - the length of a NIP
        return number
    a, b, c = NIP_PARTS
    return f"{digits[:a]} {digits[a:b]} {digits[b:c]} {digits[c:]}"


def lanjut(text: str) -> str:
    """A text typed as a sentence, to be ended by the letter's own punctuation."""
    return " ".join(text.split()).rstrip(".,;: ")


def kalimat(text: str) -> str:
    """A text typed as a sentence, as one: a capital first, and an end."""
    bare = " ".join(text.split())
    return bare[:1].upper() + bare[1:] + ("" if bare.endswith((".", "!", "?")) else ".")


def alinea(text: str) -> list[str]:
    """The paragraphs of a longer text, each a sentence at least."""
    return [kalimat(part) for part in text.splitlines() if part.strip()]


def utuh(text: str) -> str:
    """A number that does not break at the end of a line."""
    return text.replace(" ", "\u00a0")


def dan(parts: list[str]) -> str:
    """Join as a sentence does: "a", "a dan b", "a, b, dan c"."""
    if len(parts) <= 2:  # noqa: PLR2004 - two need no comma
        return " dan ".join(parts)
    return ", ".join(parts[:-1]) + ", dan " + parts[-1]


FILTERS: dict[str, Callable[..., Any]] = {
    "tanggal": tanggal,
    "hari": hari,
    "hari_terbilang": hari_terbilang,
    "terbilang": i18n.terbilang,
    "angka": angka,
    "rupiah": rupiah,
    "usia": usia,
    "nip": nip,
    "lanjut": lanjut,
    "kalimat": kalimat,
    "alinea": alinea,
    "utuh": utuh,
    "dan": dan,
}
