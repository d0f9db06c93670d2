"""A resolved category as JSON, and the digest a stored version is known by."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from caseflow.states.category import Category, Text

WORDING = (Text, Text | None)
"""What people read; it may be corrected without making a new version."""


def to_json(category: Category) -> str:
    """Return the category as JSON, its fields in the order of the file; without the digest, which follows from it."""
    said = asdict(category)
    del said["digest"]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def from_json(body: str) -> Category:
    """Return the category of `to_json`, its digest computed again. What a later caseflow added takes its default."""
    category: Category = decoded(json.loads(body), Category)
    return replace(category, digest=digest_of(category))


def digest_of(category: Category) -> str:
    """Return the SHA-256 over the structure: labels, helps, names and the definition are left out."""
    structure = _structure(category)
    del structure["digest"]
    text = json.dumps(structure, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _structure(value: Any) -> Any:  # noqa: ANN401 - any part of a category
    if is_dataclass(value) and not isinstance(value, type):
        hints = _hints(type(value))
        # A default counts as absent, so that what a later caseflow adds changes no digest.
        return {
            f.name: _structure(getattr(value, f.name))
            for f in fields(value)
            if hints[f.name] not in WORDING and (f.name == "digest" or getattr(value, f.name) != f.default)
        }
    if isinstance(value, Mapping):
        return {key: _structure(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_structure(inner) for inner in value]
    return value


def decoded(value: Any, hint: Any) -> Any:  # noqa: ANN401 - a type hint, and what it describes
    """Return plain JSON as the dataclass a hint names."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return None if value is None else decoded(value, next(a for a in arguments if a is not NoneType))
    if origin is tuple:
        inner = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(decoded(v, i) for v, i in zip(value, inner, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: decoded(v, arguments[1]) for key, v in value.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        return hint(**{f.name: decoded(value[f.name], hints[f.name]) for f in fields(hint) if f.name in value})
    return value
