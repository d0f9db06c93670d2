"""An extract of a case for its reader, from sections of words to HTML; runs only inside the child process."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from caseflow.letters.sandbox import environment

NAME = "_extract"
"""The folder of its template, and what a renderer is asked for: no kind of letter begins so."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What a PDF needs to know of a folder: its name, and where it lies."""

    name: str
    roots: tuple[Path, ...]


def html(root: Path, facts: dict[str, Any], *, pages: int) -> str:
    """Return the whole document; `pages` is the total its foot says."""
    return _environment(root).get_template(f"{NAME}/body.html").render({**facts, "pages": pages})


def attached(facts: dict[str, Any]) -> bytes:
    """Return the bytes that go with the PDF: what it says, as data."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(root: Path) -> str:
    """Return the SHA-256 over the files it is made with."""
    found = hashlib.sha256()
    for path in sorted((root / NAME).iterdir()):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


@lru_cache(maxsize=1)
def _environment(root: Path) -> ImmutableSandboxedEnvironment:
    return environment((root,))
