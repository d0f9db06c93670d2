"""How a refusal looks at the command line: the sentence, everything that is unmet, and the command that mends it."""

from collections.abc import Iterator, Mapping
from typing import Any

from caseflow.cli import mending
from caseflow.cli.speech import as_json, complain, label, language, say
from caseflow.errors import (
    BadKeyFile,
    BadSettings,
    BrokenDefinition,
    BrokenLetters,
    CaseflowError,
    ClockBehind,
    DamagedDatabase,
    DatabaseNotCurrent,
    InvalidInput,
    MessageNotSent,
    ServiceUnavailable,
    StepOutOfOrder,
    StepRefused,
    VersionConflict,
    _,
)
from caseflow.i18n import error_data, error_message, translate
from caseflow.states.lifecycle import STATES, STEPS

REFUSED = 1
USAGE = 2
MISSING = 3
_NONE: Mapping[str, str] = {}
_MISSING: tuple[type[CaseflowError], ...] = (
    ServiceUnavailable,
    DatabaseNotCurrent,
    DamagedDatabase,
    MessageNotSent,
    BadKeyFile,
    ClockBehind,
)


def exit_code(refused: CaseflowError) -> int:
    """Return 3 where something needed is not there, 2 for settings that cannot be used, 1 for a refusal."""
    if isinstance(refused, _MISSING):
        return MISSING
    return USAGE if isinstance(refused, BadSettings) else REFUSED


def show(refused: CaseflowError, asked: Mapping[str, Any], options: Mapping[str, str] = _NONE) -> None:
    """Say why on standard error; where JSON was asked for, as JSON on standard output too, for scripts.

    `asked` are the parameters of the command: its case and its user go into the commands that mend it. `options` are
    those that are options, as they are typed.
    """
    names = {key: asked[key] for key in ("number", "by") if isinstance(asked.get(key), str)}
    for line in lines(refused, names, options):
        complain(line)
    if asked.get("json_wanted"):
        as_json({"code": refused.code, "message": error_message(refused, language()), **data_of(refused, names)})


def data_of(refused: CaseflowError, names: Mapping[str, str]) -> dict[str, Any]:
    """Return an error's data in the language of this command, each unmet guard with the commands that mend it."""
    data = error_data(refused, language())
    data.pop("summary", None)
    if isinstance(refused, StepRefused):
        data["unmet"] = [
            {"guard": u["guard"], "message": _said(u), "places": _places(u), "mend": _mends(u, names)}
            for u in refused.data["unmet"]
        ]
    return data


def _places(unmet: Mapping[str, str]) -> list[str]:
    return unmet.get("places", "").split()


def _mends(unmet: Mapping[str, str], names: Mapping[str, str]) -> list[str]:
    return mending.commands(unmet["guard"], _places(unmet), **names)


def _said(unmet: Mapping[str, str]) -> str:
    return unmet.get("message_en", unmet["message"]) if language() == "en" else unmet["message"]


def lines(refused: CaseflowError, names: Mapping[str, str], options: Mapping[str, str] = _NONE) -> Iterator[str]:
    """Yield a refusal as people read it, with all that is unmet."""
    match refused:
        case StepRefused():
            name = translate(refused.data["label"], language())
            yield say(_('"{step}" belum dapat dilakukan. Yang masih kurang:'), step=name)
            for unmet in refused.data["unmet"]:
                yield f"  - {_said(unmet)}"
                yield from (f"      {command}" for command in _mends(unmet, names))
        case StepOutOfOrder():
            yield error_message(refused, language())
            yield from (f"  - {name}  {label(STEPS[name].label)}" for name in refused.data["possible"])
        case InvalidInput():
            yield say(_("Ada isian yang perlu diperbaiki:"))
            problems = error_data(refused, language())["problems"]
            yield from (f"  - {_named(field, options)}: {text}" for field, text in problems.items())
        case VersionConflict():
            yield error_message(refused, language())
            yield from _conflict(refused.data)
        case BrokenDefinition() | BrokenLetters():
            yield say(_("Berkas bermasalah:"))
            yield from (f"  {line}" for line in str(refused.data["findings"]).splitlines())
        case _:
            yield error_message(refused, language())


def _named(field: str, options: Mapping[str, str]) -> str:
    return say(_("Berkas")) if field == "file" else options.get(field, field)


def _conflict(data: Mapping[str, Any]) -> Iterator[str]:
    if fields := data.get("fields"):
        for field in fields:
            values = {
                "base": data["base"].get(field),
                "yours": data["yours"].get(field),
                "theirs": data["theirs"].get(field),
            }
            yield say(_('  - {field}: semula "{base}", Anda "{yours}", orang lain "{theirs}"'), field=field, **values)
        yield say(_("Versi catatan tahap ini sekarang {version}: --record-version {version}"), version=data["version"])
        return
    theirs = data.get("theirs") or {}
    state = STATES[theirs["state"]].in_(language()) if theirs.get("state") in STATES else "-"
    yield say(
        _("  Versi Anda {yours}, sekarang {now} ({state})."),
        yours=data.get("yours"),
        now=theirs.get("version"),
        state=state,
    )
    for entry in data.get("since") or ():
        yield f"  - {entry['at'][:16]}  {entry['code']}  {entry['by']}"
