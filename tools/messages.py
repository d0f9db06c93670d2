"""Sentences in the source against the English catalogue: what lacks English, what nobody says, what fills in wrongly.

`python tools/messages.py` reports; with --write it adds each missing sentence to the catalogue, its English empty.
"""

import argparse
import ast
import string
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "caseflow" / "locale" / "en.po"
CODE = ("caseflow", "workers")
PAGES = ("templates",)
KEYWORDS = ("_", "gettext", "ngettext")

Found = tuple[str, str]  # msgid, place


def sentences_in_python(source: str, name: str) -> Iterator[Found]:
    """Literal sentences given to `_`; a mark around anything but a literal cannot be translated and is an error."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
            (first, *_rest) = node.args
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, f"{name}:{node.lineno}"
            else:
                raise ValueError(f"{name}:{node.lineno}: _(...) needs a literal sentence")


def sentences_of_errors(source: str, name: str) -> Iterator[Found]:
    """Docstrings of the error classes, as `CaseflowError.template` reads them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and _is_error(node):
            yield " ".join((ast.get_docstring(node) or "").split()), f"{name}:{node.lineno}"


def _is_error(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id in {"CaseflowError", "Exception"} for base in node.bases)


def sentences_in_template(source: str, name: str) -> Iterator[Found]:
    options = {"extensions": "jinja2.ext.do", "silent": "false"}
    for line, _function, message, _comments in babel_extract(BytesIO(source.encode()), KEYWORDS, (), options):
        msgid = message[0] if isinstance(message, tuple) else message
        if msgid:
            yield msgid, f"{name}:{line}"


def sentences() -> dict[str, list[str]]:
    """Every msgid of the source with the places where it stands."""
    found: dict[str, list[str]] = {}
    for path, name in _files(CODE, ".py"):
        source = path.read_text(encoding="utf-8")
        for msgid, place in sentences_in_python(source, name):
            found.setdefault(msgid, []).append(place)
        if name == "caseflow/errors.py":
            for msgid, place in sentences_of_errors(source, name):
                found.setdefault(msgid, []).append(place)
    for suffix in (".html", ".txt", ".xml"):
        for path, name in _files(PAGES, suffix):
            for msgid, place in sentences_in_template(path.read_text(encoding="utf-8"), name):
                found.setdefault(msgid, []).append(place)
    return found


def _files(folders: tuple[str, ...], suffix: str) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            yield path, path.relative_to(ROOT).as_posix()


def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def missing(found: dict[str, list[str]], english: Catalog) -> list[str]:
    """Sentences without English, each with the first place that says it."""
    return [f"{places[0]}: {msgid}" for msgid, places in sorted(found.items()) if not _forms(english.get(msgid))]


def unused(found: dict[str, list[str]], english: Catalog) -> list[str]:
    return sorted(_msgid(message) for message in english if message.id and _msgid(message) not in found)


def misfilled(english: Catalog) -> list[str]:
    """Translations that name a placeholder which the sentence does not have."""
    return [
        f"{_msgid(message)} -> {form}"
        for message in english
        for form in _forms(message)
        if message.id and not placeholders(form) <= placeholders(_msgid(message))
    ]


def placeholders(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def _msgid(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message | None) -> tuple[str, ...]:
    """All forms of a translation; none when one of them is empty or marked as a guess."""
    if message is None or message.fuzzy or not message.string:
        return ()
    forms = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return forms if all(forms) else ()


def entry(msgid: str) -> str:
    quoted = msgid.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'\nmsgid "{quoted}"\nmsgstr ""\n'


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="add what is missing to the catalogue, untranslated")
    options = parser.parse_args(arguments)
    found, english = sentences(), catalogue()
    if options.write:
        absent = [msgid for msgid in found if english.get(msgid) is None]
        with CATALOGUE.open("a", encoding="utf-8") as file:
            file.writelines(entry(msgid) for msgid in absent)
        print(f"{len(absent)} added to {CATALOGUE.relative_to(ROOT)}")
    findings = {
        "no English": missing(found, english),
        "nobody says": unused(found, english),
        "unknown placeholder": misfilled(english),
    }
    for what, which in findings.items():
        for one in which:
            print(f"{what}: {one}")
    print(f"{len(found)} sentences, {sum(map(len, findings.values()))} findings")
    return 1 if any(findings.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
