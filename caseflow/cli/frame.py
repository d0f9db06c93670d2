"""The frame of every command: help in two languages, exit codes, usage errors and refusals."""

import shutil
import sys
from collections.abc import Callable, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any, NoReturn

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from caseflow.cli import refusals
from caseflow.cli.speech import complain, language, say, speak
from caseflow.errors import CaseflowError, _
from caseflow.i18n import LANGUAGES, translate

USAGE = 2
INTERRUPTED = 130
_WIDEST, _FIRST_COLUMN = 100, 34
_LANG = "--lang"


class Command(TyperCommand):
    """A verb: its refusals become sentences, and exit codes 1 or 3."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the library's own context has no public name
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except CaseflowError as refused:
            options = {p.name: p.opts[0] for p in self.params if p.name and isinstance(p, TyperOption)}
            refusals.show(refused, ctx.params, options)
            raise typer.Exit(refusals.exit_code(refused)) from refused

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """Write the help of the verb."""
        formatter.write(_help(self, ctx))


class Group(TyperGroup):
    """A noun with its verbs."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """Write the help of the noun."""
        formatter.write(_help(self, ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - as above
        """Find the verb, or say which there are."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = ", ".join(self.list_commands(ctx))
            ctx.fail(say(_('Tidak ada perintah "{name}". Yang ada: {known}.'), name=args[0], known=known))
        return super().resolve_command(ctx, args)


class Menu(Group):
    """The whole command line: `--lang` anywhere, and every way it can end."""

    def main(self, args: Sequence[str] | None = None, *given: Any, **extra: Any) -> NoReturn:  # noqa: ANN401 - as above
        """Run a command line and exit with its code."""
        words, lang = _without_language(list(sys.argv[1:] if args is None else args))
        speak(lang)
        if lang is not None and lang not in LANGUAGES:
            complain(say(_("Bahasa yang ada: {known}."), known=", ".join(LANGUAGES)))
            sys.exit(USAGE)
        try:
            code = super().main(words, *given, **{**extra, "standalone_mode": False})
        except typer.TyperException as problem:
            _explain(problem)
            sys.exit(problem.exit_code)
        except typer.Abort:
            complain(say(_("Dihentikan.")))
            sys.exit(INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)


def menu(title: str) -> typer.Typer:
    """Return the top of the command line."""
    return typer.Typer(cls=Menu, help=title, name="caseflow", no_args_is_help=True, pretty_exceptions_enable=False)


def noun(parent: typer.Typer, name: str, title: str) -> typer.Typer:
    """Add a noun to the menu and return it."""
    made = typer.Typer(cls=Group, help=title, no_args_is_help=True)
    parent.add_typer(made, name=name)
    return made


def verb(parent: typer.Typer, name: str, title: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator that makes a function the verb `name`; `title` is its help."""
    return parent.command(name, cls=Command, help=title)


def _without_language(words: list[str]) -> tuple[list[str], str | None]:
    """Take `--lang xx` out of the words, wherever it stands before a lone `--`; `-h` is `--help`."""
    kept: list[str] = []
    lang, rest = None, iter(words)
    for word in rest:
        if word == "--":
            return [*kept, word, *rest], lang
        if word == "-h":
            kept.append("--help")
        elif word == _LANG:
            lang = next(rest, "")
        elif word.startswith(f"{_LANG}="):
            lang = word.partition("=")[2]
        else:
            kept.append(word)
    return kept, lang


# --- usage errors: what the library says in English, said again ------------------------------------------------------


def _explain(problem: typer.TyperException) -> None:
    ctx = getattr(problem, "ctx", None)
    if type(problem).__name__ == "NoArgsIsHelpError":
        complain(problem.message)
        return
    complain(_sentence(problem))
    if ctx is not None:
        complain(say(_("Bantuan: {command} --help"), command=ctx.command_path))


def _sentence(problem: typer.TyperException) -> str:
    param = getattr(problem, "param", None)
    what = getattr(problem, "param_hint", None) or (_called(param) if param is not None else "")
    option = getattr(problem, "option_name", "")
    match type(problem).__name__:
        case "MissingParameter":
            return say(_("Belum disebut: {what}."), what=what)
        case "BadParameter":
            return say(_("{what}: {message}"), what=what, message=problem.message)
        case "NoSuchOption":
            near = ", ".join(sorted(getattr(problem, "possibilities", None) or ()))
            if not near:
                return say(_("Pilihan {option} tidak dikenal."), option=option)
            return say(_("Pilihan {option} tidak dikenal. Yang mirip: {near}."), option=option, near=near)
        case "BadOptionUsage":
            return say(_("Pilihan {option} memerlukan nilai."), option=option)
        case "UsageError" if problem.message.startswith("Got unexpected extra argument"):
            extra = problem.message.partition("(")[2].removeprefix("s) (").rstrip(")")
            return say(_("Terlalu banyak kata: {extra}"), extra=extra)
        case _:
            return problem.message


def _called(param: Any) -> str:  # noqa: ANN401 - a parameter of the library
    if isinstance(param, TyperArgument):
        return param.metavar or param.name.upper()
    return " / ".join(param.opts)


# --- help ------------------------------------------------------------------------------------------------------------


def _help(command: TyperCommand | TyperGroup, ctx: Any) -> str:  # noqa: ANN401 - as above
    params = [p for p in command.get_params(ctx) if not getattr(p, "hidden", False)]
    arguments = [p for p in params if isinstance(p, TyperArgument)]
    options = [p for p in params if isinstance(p, TyperOption)]
    usage = [ctx.command_path, *(_called(a) if a.required else f"[{_called(a)}]" for a in arguments)]
    usage += [say(_("PERINTAH ...")) if isinstance(command, TyperGroup) else say(_("[PILIHAN]"))]
    lines = [
        f"{_bold(say(_('Pemakaian:')))} {' '.join(usage)}",
        "",
        *_paragraphs(translate(command.help or "", language())),
    ]
    lines += _section(say(_("Isian")), [(_called(a), translate(a.help or "", language())) for a in arguments])
    if isinstance(command, TyperGroup):
        named = [(name, command.get_command(ctx, name)) for name in command.list_commands(ctx)]
        rows = [(name, translate(c.help or "", language()).partition("\n")[0]) for name, c in named if c]
        lines += _section(say(_("Perintah")), rows)
    lines += _section(say(_("Pilihan")), [_option(o) for o in options])
    return "\n".join([*lines, ""])


def _bold(text: str) -> str:
    return typer.style(text, bold=True)


def _option(option: TyperOption) -> tuple[str, str]:
    known = {
        "help": _("Tampilkan bantuan ini."),
        "install_completion": _("Pasang pelengkap perintah untuk shell ini."),
        "show_completion": _("Tampilkan pelengkap perintah untuk shell ini."),
    }
    said = say(known[option.name]) if option.name in known else translate(option.help or "", language())
    names = ", ".join(option.opts)
    if not option.is_flag:
        names += f" {option.metavar or option.name.upper()}"
    return names, f"{said} ({say(_('wajib'))})" if option.required else said


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _WIDEST)


def _paragraphs(text: str) -> list[str]:
    """Wrap paragraphs; lines that begin with a space (examples) stay as they are."""
    lines: list[str] = []
    for kept, grouped in groupby(text.split("\n"), key=lambda line: line.startswith(" ") or not line):
        block = list(grouped)
        lines += block if kept else wrap(" ".join(block), _width())
    return lines


def _section(title: str, rows: list[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    first = min(max(len(name) for name, _said in rows), _FIRST_COLUMN) + 2
    lines = ["", _bold(title)]
    for name, said in rows:
        wrapped = wrap(said, max(_width() - first - 2, 30)) or [""]
        if len(name) + 2 > first:
            lines.append(f"  {name}")
        else:
            lines.append(f"  {name:<{first}}{wrapped.pop(0)}")
        lines += [f"  {'':<{first}}{line}" for line in wrapped]
    return lines
