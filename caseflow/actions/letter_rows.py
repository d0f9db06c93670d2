"""What people type for many letters at once: the rows of a sheet, and texts as answers of a letter's fields."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from caseflow.errors import InvalidInput, _
from caseflow.exchange import table
from caseflow.ids import is_case_number
from caseflow.letters.catalogue import Field, LetterKind

CASE = "nomor kasus"
OF_CASES = {CASE, "kasus", "nomor", "case", "case number"}
"""Heads of the column that says which case a row is about."""
YES, NO = {"ya", "yes", "true", "1"}, {"tidak", "no", "false", "0"}
WHOLE = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(\.[0-9]{3}){1,4}")
Each = dict[str, dict[str, Any]]


def read(kind: LetterKind, content: bytes) -> Each:
    """Return case number -> what its letter alone says, in the order of a CSV or XLSX file.

    The first row is a head where it holds no case number; its other cells name fields, by key or label. Raises
    `InvalidInput`, naming the row.
    """
    rows = [(number, row) for number, row in enumerate(table.rows(content), 1) if any(row)]
    if not rows:
        raise InvalidInput({"file": _("Berkas ini kosong.")})
    head = None if any(is_case_number(cell) for cell in rows[0][1]) else rows[0][1]
    columns = _columns(kind, head) if head is not None else {}
    at = next((n for n, name in enumerate(head or []) if name.casefold() in OF_CASES), 0)
    found: Each = {}
    for number, row in rows[1:] if head is not None else rows:
        case = row[at] if at < len(row) else ""
        if not case or case in found:
            raise InvalidInput({f"row {number}": _("Sebut satu kasus tiap baris, masing-masing satu kali.")})
        said = {field.key: typed(field, row[n]) for n, field in columns.items() if n < len(row) and row[n]}
        extra = [cell for n, cell in enumerate(row) if cell and n != at and n not in columns]
        if extra:
            raise InvalidInput({f"row {number}": _("Ada isi di luar kolom. Baris pertama menyebut nama tiap kolom.")})
        found[case] = said
    return found


def _columns(kind: LetterKind, head: Sequence[str]) -> dict[int, Field]:
    """Return place -> field of the columns beside that of the cases."""
    names = {name.casefold(): f for f in kind.fields for name in (f.key, f.label.id, f.label.en)}
    columns: dict[int, Field] = {}
    for place, name in enumerate(head):
        if not name or name.casefold() in OF_CASES:
            continue
        field = names.get(name.casefold())
        if field is None or field in columns.values():
            raise InvalidInput({"file": _('Kolom "{name}" tidak dikenal, atau ada dua kali.', name=name)})
        columns[place] = field
    return columns


def template(kind: LetterKind) -> list[str]:
    """Return the heads of a sheet to fill in."""
    return [CASE.capitalize(), *(field.label.id for field in kind.fields)]


def answers(kind: LetterKind, words: Mapping[str, str]) -> dict[str, Any]:
    """Return texts as answers; a key the letter does not have stays as it is, for the letter to refuse."""
    fields = {field.key: field for field in kind.fields}
    return {key: typed(fields[key], text) if key in fields else text for key, text in words.items()}


def typed(field: Field, text: str) -> Any:  # noqa: ANN401 - an answer of a letter
    """Return a text as an answer of this field; what does not fit is left for the letter to refuse."""
    said = text.strip()
    match field.type:
        case "integer" | "money" if WHOLE.fullmatch(said):
            return int(said.replace(".", ""))
        case "boolean" if said.casefold() in YES | NO:
            return said.casefold() in YES
        case "date":
            return table.day(said)
        case "choice":
            return _choice(field, said)
        case "list":
            parts = re.split(r"[\n;]", said) if re.search(r"[\n;]", said) else said.split(",")
            return [part.strip() for part in parts if part.strip()]
        case "table":
            rows = [[cell.strip() for cell in line.split(";")] for line in said.splitlines() if line.strip()]
            return [row + [""] * (len(field.columns) - len(row)) for row in rows]
        case _:
            return said


def _choice(field: Field, said: str) -> str:
    """Return the key of a choice that was named by its key or by what people read."""
    wanted = said.casefold()
    for choice in field.choices:
        if wanted in {choice.key.casefold(), choice.label.id.casefold(), choice.label.en.casefold()}:
            return choice.key
    return said
