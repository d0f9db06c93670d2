"""Puts a category together before it is read: the parts it includes, and what an office changes of a shipped one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caseflow.definitions import toml
from caseflow.errors import _
from caseflow.paths import why
from caseflow.states.category import Text
from caseflow.states.linter import Finding, suggest

PARTS = "_parts"
"""The folder of parts, beside the categories."""
INCLUDE, EXTENDS, CALLED = "include", "extends", "called"
OWN = "*"
"""Stands in an include where the file's own entries go; they come last where it is missing."""
WHOLE = ("choices", "when")
"""Replaced as a whole: half of an old list beside half of a new one would be neither."""
ADDED_TO = "guards"
"""Lists under this key are added to: what the law asks for is not lost by naming one thing more."""
CLIENT = "{client}"
ANYBODY = Text("klien", "the client")

Place = tuple[str, ...]
"""Keys from the outermost table inwards."""
Origin = tuple[str, Place]
"""The file, and the place in it."""


@dataclass(frozen=True, slots=True)
class Written:
    """One TOML file as it stands."""

    file: str
    table: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Assembled:
    """A category with nothing left to look up, and where each piece of it was written."""

    file: str
    table: dict[str, Any]
    origins: Mapping[Place, Origin]
    findings: tuple[Finding, ...]
    """What could not be put together; keys as in `table`."""

    def at_its_source(self, finding: Finding) -> tuple[str, Finding]:
        """Return the file in which a finding can be mended, and the finding with its key in that file."""
        file, place = _located(self.origins, tuple(finding.key.split(".")))
        return file, Finding(".".join(place), finding.reason, finding.suggestion)


def parse(text: str, file: str) -> Written | Finding:
    """Return the file's table, or why the text is none."""
    try:
        return Written(file, toml.parse(text))
    except ValueError as refused:
        return Finding("-", _("bukan TOML yang benar: {problem}", problem=str(refused)))


def open_file(path: Path) -> Written | Finding:
    """Return the table of a file on disk, or why there is none."""
    try:
        return parse(path.read_text("utf-8"), str(path))
    except UnicodeDecodeError as refused:
        return Finding("-", _("bukan teks UTF-8: {problem}", problem=refused.reason))
    except OSError as refused:
        return Finding("-", _("tidak dapat dibaca: {problem}", problem=why(refused)))


def library(*folders: Path) -> tuple[dict[str, Written], dict[str, Finding]]:
    """Return the parts of these folders by name, a folder's before those of the next, and the files not read."""
    found: dict[str, Written] = {}
    unread: dict[str, Finding] = {}
    for path in (path for folder in folders for path in sorted((folder / PARTS).glob("*.toml"))):
        if path.stem not in found:
            part = open_file(path)
            if isinstance(part, Finding):
                unread[str(path)] = part
                part = Written(str(path), {})
            found[path.stem] = part
    return found, unread


def assemble(written: Written, *, parts: Mapping[str, Written], under: Written | None = None) -> Assembled:
    """Return the category of a file; `under` is the shipped file it extends."""
    origins: dict[Place, Origin] = {(): (written.file, ())}
    table: dict[str, Any] = {}
    for layer in (under, written) if under else (written,):
        table = _over(table, layer.table, (), origins, _in_file(layer.file))
    table.pop(EXTENDS, None)
    findings: list[Finding] = []
    table = _expanded(table, (), parts, origins, findings)
    return Assembled(written.file, _named(table, _called(table)), origins, tuple(findings))


def _in_file(file: str) -> Callable[[Place], Origin]:
    return lambda place: (file, place)


def _located(origins: Mapping[Place, Origin], place: Place) -> Origin:
    """Return where a piece was written: where its nearest table with a known origin was, and the rest of the way."""
    for n in range(len(place), 0, -1):
        if place[:n] in origins:
            file, there = origins[place[:n]]
            return file, (*there, *place[n:])
    return origins[()][0], place


def _over(
    under: Mapping[str, Any],
    above: Mapping[str, Any],
    at: Place,
    origins: dict[Place, Origin],
    source: Callable[[Place], Origin],
) -> dict[str, Any]:
    """Lay one table over another, key by key and in the order of the lower one; `false` takes a table away."""
    merged = dict(under)
    for key, value in above.items():
        here, below = (*at, key), under.get(key)
        if value is False and isinstance(below, dict):
            del merged[key]
        elif isinstance(value, dict) and isinstance(below, dict) and key not in WHOLE:
            merged[key] = _over(below, value, here, origins, source)
        else:
            adds = ADDED_TO in here and isinstance(value, list) and isinstance(below, list)
            merged[key] = _added(below, value) if adds else value
            origins[here] = source(here)
    return merged


def _added(below: Any, value: Any) -> list[Any]:  # noqa: ANN401 - lists of TOML
    return [*below, *(each for each in value if each not in below)]


def _expanded(
    table: Mapping[str, Any],
    at: Place,
    parts: Mapping[str, Written],
    origins: dict[Place, Origin],
    findings: list[Finding],
) -> dict[str, Any]:
    """Replace every `include`, here and further in, by the entries it names; the table's own lie over them."""
    own = {
        key: _expanded(value, (*at, key), parts, origins, findings) if isinstance(value, dict) else value
        for key, value in table.items()
    }
    if INCLUDE not in own:
        return own
    names = own.pop(INCLUDE)
    written = dict(origins)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    taken = before
    for name in _names(names, at, findings):
        if name == OWN:
            taken = after
            continue
        for key, value, origin in _entries(name, at, parts, findings):
            if key in before or key in after:
                findings.append(_finding(at, _('"{word}" sudah disertakan', word=key), _("Hapus yang berulang.")))
            else:
                taken[key] = value
                origins[*at, key] = origin
    included = {**before, **after}
    for key in [k for k, v in own.items() if v is False and k not in included]:
        findings.append(Finding(".".join((*at, key)), _("tidak ada di bagian yang disertakan"), suggest(key, included)))
        del own[key]
    fresh = {key: value for key, value in own.items() if key not in included}
    ordered = {**before, **fresh, **after}
    changed = {key: value for key, value in own.items() if key in included}
    return _over(ordered, changed, at, origins, lambda place: _located(written, place))


def _names(names: Any, at: Place, findings: list[Finding]) -> list[str]:  # noqa: ANN401 - TOML
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return names
    findings.append(_finding(at, _("harus daftar teks dalam kurung siku"), _('Misalnya include = ["report"].')))
    return []


def _entries(
    name: str, at: Place, parts: Mapping[str, Written], findings: list[Finding]
) -> Iterator[tuple[str, Any, Origin]]:
    """Yield the entries of "part", or the one that "part.entry" names."""
    part, _dot, one = name.partition(".")
    found = parts.get(part)
    if found is None:
        findings.append(_finding(at, _('bagian "{word}" tidak dikenal', word=part), suggest(part, parts)))
    elif one and one not in found.table:
        reason = _('"{word}" tidak ada di bagian "{part}"', word=one, part=part)
        findings.append(_finding(at, reason, suggest(one, found.table)))
    else:
        for key in (one,) if one else found.table:
            yield key, found.table[key], (found.file, (key,))


def _finding(at: Place, reason: str, suggestion: str) -> Finding:
    return Finding(".".join((*at, INCLUDE)), reason, suggestion)


def _called(table: Mapping[str, Any]) -> Text:
    said = table.get(CALLED)
    given = said if isinstance(said, dict) else {}
    return Text(str(given.get("id", ANYBODY.id)), str(given.get("en", ANYBODY.en)))


def _named(value: Any, client: Text) -> Any:  # noqa: ANN401 - any piece of TOML
    """Say in every sentence whom it is about: "{client}" becomes what the category calls the person."""
    if not isinstance(value, dict):
        return value
    return {
        key: said.replace(CLIENT, client.in_(key)) if key in {"id", "en"} and isinstance(said, str) else said
        for key, said in ((key, _named(inner, client)) for key, inner in value.items())
    }
