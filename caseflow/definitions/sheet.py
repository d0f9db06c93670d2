"""A TOML table being read strictly: every problem is collected with its key, reason and suggestion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from caseflow.errors import InvalidInput, _
from caseflow.states.category import Choice, Text
from caseflow.states.deadlines import Span, parse_span
from caseflow.states.linter import Finding, suggest

MISSING_TEXT = Text("", "")
_KINDS: dict[type, str] = {
    str: _("teks dalam tanda kutip"),
    int: _("bilangan bulat"),
    bool: _("true atau false"),
    list: _("daftar teks dalam kurung siku"),
    dict: _("tabel"),
}


@dataclass(slots=True)
class Sheet:
    """One table; `findings` is shared by all tables of a file, `asked` are the keys somebody wanted."""

    table: Mapping[str, Any]
    findings: list[Finding]
    prefix: str = ""
    asked: set[str] = field(default_factory=set)

    def problem(self, key: str, reason: str, suggestion: str = "") -> None:
        self.findings.append(Finding(f"{self.prefix}{key}".rstrip("."), reason, suggestion))

    def has(self, key: str) -> bool:
        self.asked.add(key)
        return key in self.table

    def _take(self, key: str, kind: type, default: Any, *, required: bool) -> Any:  # noqa: ANN401 - TOML
        if not self.has(key):
            if required:
                self.problem(key, _("belum ada"), _("Tambahkan baris {key} = ...", key=key))
            return default
        value = self.table[key]
        if type(value) is not kind:
            self.problem(key, _("harus {kind}, bukan {value}", kind=_KINDS[kind], value=repr(value)[:40]))
            return default
        return value

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        value = cast("str", self._take(key, str, default, required=required))
        if required and isinstance(self.table.get(key), str) and not value.strip():
            self.problem(key, _("kosong"), _("Isi di antara tanda kutip."))
        return value

    def number(self, key: str, default: int = 0, *, required: bool = False) -> int:
        return cast("int", self._take(key, int, default, required=required))

    def flag(self, key: str) -> bool:
        return cast("bool", self._take(key, bool, default=False, required=False))

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        values = self._take(key, list, [], required=required)
        if not all(isinstance(v, str) and v.strip() for v in values):
            self.problem(key, _("harus daftar teks yang tidak kosong"))
            return ()
        return tuple(values)

    def span(self, key: str, default: str = "", *, required: bool = False) -> Span:
        """Return a span written as "72h", "14d" or "5wd"."""
        written = self.text(key, default, required=required)
        try:
            return parse_span(written or "1d")
        except InvalidInput as refused:
            self.problem(key, refused.data["problems"]["span"], _('Misalnya "5wd".'))
            return Span(1, "days")

    def both(self, key: str, *, required: bool = True) -> Text:
        """Return a sentence in both languages: `{ id = "...", en = "..." }`."""
        if not required and not self.has(key):
            return MISSING_TEXT
        inner = self.inner(key, required=required)
        if key not in self.table:
            return MISSING_TEXT
        said = Text(inner.text("id", required=True), inner.text("en", required=True))
        inner.finish()
        return said

    def help(self) -> Text | None:
        said = self.both("help", required=False)
        return None if said == MISSING_TEXT else said

    def choices(self, key: str, *, required: bool = False) -> tuple[Choice, ...]:
        """Return the answers of a table `answer = { id = "...", en = "..." }`, in the order of the file."""
        inner = self.inner(key, required=required)
        return tuple(Choice(name, inner.both(name)) for name in inner.table)

    def inner(self, key: str, *, required: bool = False) -> "Sheet":
        return Sheet(self._take(key, dict, {}, required=required), self.findings, f"{self.prefix}{key}.")

    def each(self, key: str, *, required: bool = False) -> Iterator[tuple[str, "Sheet"]]:
        """Yield the tables of a table, in the order of the file."""
        yield from self.inner(key, required=required).every()

    def every(self) -> Iterator[tuple[str, "Sheet"]]:
        for name in self.table:
            yield name, self.inner(name)

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.table:
            if key not in self.asked:
                self.problem(key, _("tidak dikenal"), suggest(key, sorted(self.asked)))
