"""Source files as tests read them: what a module imports, uses and comments."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
PRODUCT = ("caseflow", "workers")


@dataclass(frozen=True)
class Module:
    """A source file and its path below the root."""

    path: str
    text: str

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text)))

    @cached_property
    def imported(self) -> dict[str, str]:
        """Local name -> the full name it stands for."""
        names: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    names[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return names

    @cached_property
    def uses(self) -> list[tuple[int, str]]:
        """Return line and full name of what is used of an import: `dt.datetime.now` is `datetime.datetime.now`."""
        found = []
        for node in self.nodes:
            if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node)):
                first, dot, rest = name.partition(".")
                if first in self.imported:
                    found.append((node.lineno, self.imported[first] + dot + rest))
        return found

    @cached_property
    def modules(self) -> list[tuple[int, str]]:
        """Return line and full name of every import."""
        found = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
        return found

    @cached_property
    def comments(self) -> list[tuple[int, str]]:
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]

    def within(self, *places: str) -> bool:
        return self.path.startswith(places)


def dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (inner := dotted(node.value)):
        return f"{inner}.{node.attr}"
    return None


def modules_below(*folders: str) -> Iterator[Module]:
    """Yield every module of these folders of the project."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
