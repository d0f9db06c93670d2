"""What people hand in: JSON files, options and KEY=VALUE pairs become commands; names become ids."""

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import typer

from caseflow.actions import casework
from caseflow.cli.speech import say
from caseflow.errors import BodyTooLarge, InvalidInput, NotFound, _
from caseflow.ids import is_id
from caseflow.paths import why
from caseflow.store import children, institutions, users
from caseflow.store.session import Session
from caseflow.store.tables import consent, placement, plan_item, referral, visit

LARGEST_KB = 1024
STDIN = "-"
YES, NO = ("ya", "yes", "true", "1"), ("tidak", "no", "false", "0")
_TABLES = {"item": plan_item, "referral": referral, "consent": consent, "placement": placement, "visit": visit}


# --- files -----------------------------------------------------------------------------------------------------------


def read_text(source: str, named: str = "--file") -> str:
    """Return the text of a file, or of standard input for "-". What cannot be read is a usage error of `named`."""
    try:
        return sys.stdin.read() if source == STDIN else Path(source).read_text(encoding="utf-8")
    except OSError as problem:
        raise _unusable(say(_("{file} tidak dapat dibaca: {why}"), file=source, why=why(problem)), named) from None
    except UnicodeDecodeError:
        raise _unusable(say(_("{file} bukan teks UTF-8"), file=source), named) from None


def read_object(source: str) -> dict[str, Any]:
    """Return the JSON object of a file, or of standard input for "-". What is no such thing is a usage error."""
    content = read_text(source)
    if len(content) > LARGEST_KB * 1024:
        raise BodyTooLarge(limit_kb=LARGEST_KB)
    try:
        found = parsed(content)
    except ValueError as problem:
        raise _unusable(say(_("{file} bukan JSON yang benar: {why}"), file=source, why=str(problem))) from None
    if not isinstance(found, dict):
        raise _unusable(say(_("{file} harus berisi satu objek JSON: {example}"), file=source, example='{"...": ...}'))
    return found


def _unusable(message: str, named: str = "--file") -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=named)


def parsed(text: str) -> Any:  # noqa: ANN401 - whatever JSON says
    """Return what a JSON text says. Raises `ValueError`, also for what Python reads though it is none, and too deep."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError(_("terlalu banyak tingkat di dalam satu sama lain")) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """Return `KEY=VALUE` words as a mapping."""
    found: dict[str, str] = {}
    for word in given or ():
        key, equals, value = word.partition("=")
        if not equals or not key.strip():
            raise typer.BadParameter(say(_('tulis KUNCI=NILAI, bukan "{word}"'), word=word), param_hint=option)
        found[key.strip()] = value
    return found


def typed(value: str, kind: str) -> object:
    """Return an answer typed at a prompt as the kind of its field; what does not fit is left for the form to refuse."""
    match kind:
        case "integer" | "money" if value.strip().lstrip("-").isdecimal():
            return int(value)
        case "boolean" if value.strip().lower() in (*YES, *NO):
            return value.strip().lower() in YES
        case "table":
            return [[cell.strip() for cell in line.split(";")] for line in value.splitlines() if line.strip()]
        case "choices" | "list":
            return [part.strip() for part in value.split(",") if part.strip()]
        case _:
            return value


# --- commands --------------------------------------------------------------------------------------------------------


def filled(command: type[Any], source: str | None, **given: object) -> dict[str, Any]:
    """Return the fields of a command from a file and from options; an option counts more than the file.

    `InvalidInput` names every field that is unknown, missing or of the wrong type, all at once.
    """
    data = {**(read_object(source) if source else {}), **{k: v for k, v in given.items() if v is not None}}
    values, problems = fitted(command, data)
    if problems:
        raise InvalidInput(problems)
    return values


def fitted(command: type[Any], data: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields of a command that data give, and what is wrong with them."""
    hints = get_type_hints(command)
    known_fields = {f.name: f for f in fields(command) if f.name != "case"}
    problems: dict[str, str] = {
        f"{prefix}{key}": _("Isian ini tidak dikenal.") for key in data if key not in known_fields
    }
    values: dict[str, Any] = {}
    for name, field in known_fields.items():
        if data.get(name) is not None:
            values[name], problem = _fitted(data[name], hints[name])
            if problem:
                problems[f"{prefix}{name}"] = problem
        elif field.default is MISSING and field.default_factory is MISSING:
            problems[f"{prefix}{name}"] = _("Isian ini wajib.")
    return values, problems


def _fitted(value: object, hint: Any) -> tuple[object, str]:  # noqa: ANN401 - any type hint
    """Return the value as its field takes it, and what is wrong with it."""
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if date in kinds:
        try:
            return (value if isinstance(value, date) else date.fromisoformat(str(value))), ""
        except ValueError:
            return None, _("Tulis tanggal sebagai TTTT-BB-HH.")
    for kind, sentence in _SENTENCES.items():
        if kind in kinds:
            return (value, "") if type(value) is kind else (None, sentence)
    if any(get_origin(kind) is Mapping for kind in kinds) and not isinstance(value, dict):
        return None, _("Isian ini harus berupa objek.")
    return value, ""


_SENTENCES = {
    str: _("Isian ini harus berupa teks."),
    bool: _("Jawab ya atau tidak."),
    int: _("Isian ini harus berupa bilangan bulat, tanpa titik atau koma."),
}


# --- names -----------------------------------------------------------------------------------------------------------


def user_id(session: Session, field: str, name: str) -> str:
    """Return the id of a user named by log-in name; an id is taken as it is."""
    account = users.by_username(session, name)
    if account is not None:
        return account.id
    if is_id(name):
        return name
    raise InvalidInput({field: _('Pengguna "{name}" tidak dikenal atau tidak aktif.', name=name)})


def institution_id(session: Session, name: str) -> str:
    """Return the id of an institution named as it is listed; anything else is left for the action to refuse."""
    wanted = name.strip().casefold()
    found = [i.id for i in institutions.listing(session) if i.name.casefold() == wanted]
    return found[0] if len(found) == 1 else name


def with_ids(session: Session, values: Mapping[str, Any], *people: str) -> dict[str, Any]:
    """Return the fields of a command with people and institutions as ids."""
    found = dict(values)
    for field in people:
        if found.get(field):
            found[field] = user_id(session, field, found[field])
    for field in ("institution", "receiver"):
        if found.get(field):
            found[field] = institution_id(session, found[field])
    return found


def row_id(session: Session, kind: str, word: str, work: casework.Work) -> str:
    """Return the id of a row of a case: its id, or its position in the list `case show` prints, from 1."""
    if not word.isdecimal():
        return word
    rows = children.of_case(session, _TABLES[kind], work.row.id)
    if kind == "item":
        rows = [row for row in rows if row.cycle == work.row.cycle]
    if not 1 <= int(word) <= len(rows):
        raise NotFound
    found: str = rows[int(word) - 1].id
    return found


def known(value: str, choices: Collection[str], option: str) -> str:
    """Return the value when it is one of the choices; anything else is a usage error."""
    if value not in choices:
        raise typer.BadParameter(say(_("pilih salah satu: {choices}"), choices=", ".join(choices)), param_hint=option)
    return value
