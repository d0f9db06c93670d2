"""Reading a letter.toml strictly: every problem is collected with its file, key, reason and suggestion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from caseflow.states.category import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one file."""

    file: str
    key: str
    reason: str
    suggestion: str = ""

    def __str__(self) -> str:
        """Return the line an operator reads."""
        return f"{self.file}: {self.key}: {self.reason}." + (f" {self.suggestion}." if self.suggestion else "")


@dataclass(slots=True)
class Sheet:
    """A TOML table being read; keys that nobody asked for are findings too."""

    file: Path
    table: Mapping[str, Any]
    findings: list[Finding]
    prefix: str = ""
    asked: set[str] = field(default_factory=set)

    def problem(self, key: str, reason: str, suggestion: str = "") -> None:
        self.findings.append(Finding(str(self.file), self.prefix + key, reason, suggestion))

    def take(self, key: str, kind: type, default: Any = None, *, required: bool = False) -> Any:  # noqa: ANN401 - TOML
        """Return the value when it is of that type, else the default and a finding."""
        self.asked.add(key)
        if key not in self.table:
            if required:
                self.problem(key, "belum diisi", f"Tulis {key} = …")
            return default
        value = self.table[key]
        if type(value) is not kind:
            self.problem(key, f"jenisnya salah: {value!r}", f"Harus {kind_names[kind]}")
            return default
        return value

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        value = str(self.take(key, str, default, required=required))
        if key in self.table and not value.strip():
            self.problem(key, "kosong", "Isi, atau hapus barisnya" if not required else "Isi barisnya")
        return value

    def one_of(self, key: str, choices: Iterable[str], default: str = "", *, optional: bool = False) -> str:
        value = self.text(key, default, required=not default and not optional)
        if value:
            self._known(key, value, choices)
        return value

    def some_of(self, key: str, choices: Iterable[str], *, required: bool = False) -> tuple[str, ...]:
        values = self.texts(key, required=required)
        for value in values:
            self._known(key, value, choices)
        return values

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        values = self.take(key, list, [], required=required)
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.problem(key, "harus daftar teks yang tidak kosong")
            return ()
        if len(set(values)) != len(values):
            self.problem(key, "ada yang disebut dua kali", "Hapus yang berulang")
        if required and key in self.table and not values:
            self.problem(key, "kosong", "Sebut paling sedikit satu")
        return tuple(values)

    def both(self, key: str, *, required: bool = True) -> Text:
        """Return a label of both languages: `{ id = "...", en = "..." }`."""
        inner = self.inner(key, required=required)
        label = Text(inner.text("id", required=required), inner.text("en", required=required))
        inner.finish()
        return label

    def inner(self, key: str, *, required: bool = False) -> "Sheet":
        return Sheet(self.file, self.take(key, dict, {}, required=required), self.findings, f"{self.prefix}{key}.")

    def each(self, key: str) -> Iterable[tuple[str, "Sheet"]]:
        """Yield the sub-tables of a table, in the order of the file."""
        outer = self.inner(key)
        for name in outer.table:
            yield name, outer.inner(name)

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.table:
            if key not in self.asked:
                self.problem(key, "tidak dikenal", _suggest(key, self.asked))

    def _known(self, key: str, value: str, choices: Iterable[str]) -> None:
        known = list(choices)
        if value not in known:
            self.problem(key, f'"{value}" tidak dikenal', _suggest(value, known) or "Yang ada: " + ", ".join(known))


kind_names: dict[type, str] = {
    str: "teks",
    int: "bilangan bulat",
    bool: "true atau false",
    list: "daftar",
    dict: "tabel",
}


def _suggest(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f'Maksudnya "{close[0]}"?' if close else ""
