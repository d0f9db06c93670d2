"""Rows of a sheet whose first row names the columns, in either language; read the same way for whatever they hold."""

from collections.abc import Mapping, Sequence

from caseflow.errors import InvalidInput, Sentence, _, listed
from caseflow.exchange import table
from caseflow.i18n import LANGUAGES, translate

Columns = Mapping[str, Sentence]


def read(content: bytes, columns: Columns, *, required: Sequence[str], most: int) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV or XLSX file: the number people see, and the texts by the key of their column.

    Raises `InvalidInput`: no such file, columns that are missing or unknown, no rows, or too many.
    """
    found = [(number, row) for number, row in enumerate(table.rows(content), 1) if any(row)]
    keys = _keys(found[0][1], columns, required) if found else []
    if len(found) < 2:  # noqa: PLR2004 - the head and one row
        raise InvalidInput({"file": _("Berkas ini tidak memuat satu orang pun.")})
    if len(found) - 1 > most:
        raise InvalidInput({"file": _("Paling banyak {n} baris.", n=most)})
    return [(number, _texts(number, row, keys)) for number, row in found[1:]]


def _texts(number: int, row: Sequence[str], keys: Sequence[str]) -> dict[str, str]:
    if any(cell for place, cell in enumerate(row) if place >= len(keys) or not keys[place]):
        why = _("Baris {n}: ada isi di luar kolom. Baris pertama menyebut nama tiap kolom.", n=number)
        raise InvalidInput({"file": why})
    return {key: row[place] if place < len(row) else "" for place, key in enumerate(keys) if key}


def _keys(head: Sequence[str], columns: Columns, required: Sequence[str]) -> list[str]:
    """Return the key of each column, empty where a column has no name."""
    known = {translate(text, lang).casefold(): key for lang in LANGUAGES for key, text in columns.items()}
    known |= {key: key for key in columns}
    keys: list[str] = []
    for name in head:
        key = known.get(name.casefold(), "")
        if name and (not key or key in keys):
            every = listed(columns.values())
            told = _('Kolom "{name}" tidak dikenal, atau ada dua kali. Kolomnya: {known}.', name=name, known=every)
            raise InvalidInput({"file": told})
        keys.append(key)
    if missing := [columns[key] for key in required if key not in keys]:
        told = _("Baris pertama harus menyebut nama kolom. Belum ada: {names}.", names=listed(missing))
        raise InvalidInput({"file": told})
    return keys
