"""What the command line says: in whose language, as tables on a terminal, plain lines elsewhere, JSON when asked."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text as Words

from caseflow import i18n
from caseflow.errors import _
from caseflow.states.category import Text

_language: ContextVar[str] = ContextVar("language", default=i18n.SOURCE)
_VARIABLES = ("CASEFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language() -> str:
    """Return the language of this command."""
    return _language.get()


def speak(lang: str | None) -> None:
    """Set the language: the one named, else that of the environment."""
    _language.set(lang if lang in i18n.LANGUAGES else language_of_environment(os.environ))


def language_of_environment(environ: Mapping[str, str]) -> str:
    """Return English where the first variable that is set asks for it; Indonesian otherwise."""
    wish = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    return "en" if wish.lower().startswith("en") else i18n.SOURCE


def say(sentence: str, **data: object) -> str:
    """Return a sentence in the language of this command."""
    return i18n.translate(sentence, language(), **data)


def label(text: Text | None) -> str:
    """Return a label in the language of this command."""
    return text.in_(language()) if text else ""


def show(sentence: str, **data: object) -> None:
    """Say a sentence on standard output."""
    typer.echo(say(sentence, **data))


def complain(text: str) -> None:
    """Write to standard error."""
    typer.echo(text, err=True)


# --- shapes ----------------------------------------------------------------------------------------------------------


def as_json(value: object) -> None:
    """Write a JSON document."""
    typer.echo(orjson.dumps(plain(value), option=orjson.OPT_INDENT_2).decode())


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever actions return
    """Return a value as JSON data; labels in the language of this command."""
    if isinstance(value, Text):
        return value.in_(language())
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date):  # a moment too
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(inner) for inner in value)
    return value


def cell(value: object, zone: tzinfo | None = None) -> str:
    """Return a value as a table shows it."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return say(_("ya")) if value else say(_("tidak"))
    if isinstance(value, datetime):
        local = value.astimezone(zone) if zone else value
        return local.strftime("%Y-%m-%d %H:%M %Z").strip()
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value).split())


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    zone: tzinfo | None = None,
    together: bool = False,
) -> None:
    """Show rows: a table on a terminal, lines of cells with tabs between them elsewhere.

    There the headings go to standard error: a person sees them, the next program in the line does not. `together`: both
    go to standard output, where one table of several is nothing without its headings.
    """
    console = Console()
    shown = [[cell(value, zone) for value in row] for row in rows]
    if not console.is_terminal:
        typer.echo("\t".join(headings), err=not together)
        for row in shown:
            typer.echo("\t".join(row))
        return
    drawn = Table(title=title or None, title_justify="left")
    for position, heading in enumerate(headings):
        # The first column is what people copy into the next command: it stays in one piece.
        drawn.add_column(Words(heading), overflow="fold", no_wrap=position == 0)
    for row in shown:
        drawn.add_row(*(Words(value) for value in row))
    console.print(drawn)


def pairs(rows: Iterable[tuple[str, object]], zone: tzinfo | None = None) -> None:
    """Show names with their values, a line each; what has no value is left out."""
    shown = [(name, cell(value, zone)) for name, value in rows if value not in (None, "")]
    width = max((len(name) for name, _value in shown), default=0)
    for name, value in shown:
        typer.echo(f"{name:<{width}}  {value}")


def heading(text: str) -> None:
    """Start a section."""
    typer.echo()
    typer.echo(typer.style(text, bold=True))


@contextmanager
def waiting(sentence: str) -> Iterator[None]:
    """Show on a terminal that something takes its time; elsewhere one line on standard error."""
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(Words(say(sentence))):
            yield
    else:
        complain(say(sentence))
        yield
