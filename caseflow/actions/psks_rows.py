"""A sheet of helpers as offices keep it: its columns, and what each row says of a person and a role."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from caseflow.actions.psks import PersonData, RoleData
from caseflow.actions.typed import Typed
from caseflow.definitions.psks import PsksType
from caseflow.errors import InvalidInput, Sentence, _
from caseflow.exchange import table
from caseflow.ids import format_area, normalise_area
from caseflow.store.types import Row as StoredRow

MOST = 500
COLUMNS: dict[str, Sentence] = {
    "name": _("Nama"),
    "nik": _("NIK"),
    "sex": _("Jenis kelamin"),
    "birth_year": _("Tahun lahir"),
    "home": _("Tempat tinggal"),
    "phone": _("Telepon"),
    "languages": _("Bahasa"),
    "type": _("Peran"),
    "area": _("Wilayah"),
    "start": _("Mulai"),
    "end": _("Sampai"),
    "qualification": _("Pendidikan"),
    "trainings": _("Pelatihan"),
    "confirmed": _("Terakhir dikonfirmasi"),
}
REQUIRED = ("name", "type", "area", "start")
SEXES = {"": "", **dict.fromkeys(("l", "laki-laki", "male", "m"), "L"), **dict.fromkeys(("p", "perempuan", "f"), "P")}
YEAR = re.compile(r"[12][0-9]{3}")
WORDS = re.compile(r"^(desa|kelurahan|kecamatan|kec\.?|kel\.?|kabupaten|kab\.?|kota|provinsi)\s+")
DAY_HINT = _("Tulis tanggal seperti 15/1/2024, atau tahunnya saja.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow(Typed):
    """One row as it was typed: one role of one person; `number` is the row people see."""

    number: int
    name: str = ""
    nik: str = ""
    sex: str = ""
    birth_year: str = ""
    home: str = ""
    phone: str = ""
    languages: str = ""
    type: str = ""
    area: str = ""
    start: str = ""
    end: str = ""
    qualification: str = ""
    trainings: str = ""
    confirmed: str = ""


class Places:
    """The areas a keeper may name: by code, or by a name that stands for one alone."""

    def __init__(self, areas: Iterable[StoredRow[object]]) -> None:
        rows = list(areas)
        names = {row.code: plain(row.name) for row in rows}
        self._found: dict[str, list[str]] = {}
        for row in rows:
            around = next((names[row.code[:n]] for n in (6, 4) if n < len(row.code) and row.code[:n] in names), "")
            for name in {names[row.code], f"{names[row.code]}, {around}"}:
                self._found.setdefault(name, []).append(row.code)

    def code(self, typed: str) -> str:
        """Return the code of what was typed; `InvalidInput` for a name that is unknown or stands for several."""
        if not typed or typed[0].isdigit():
            return normalise_area(typed)
        codes = self._found.get(plain(typed), [])
        if len(codes) == 1:
            return codes[0]
        if codes:
            said = ", ".join(map(format_area, codes))
            told = _('Ada {n} wilayah bernama "{name}": {codes}. Tulis kodenya.', n=len(codes), name=typed, codes=said)
        else:
            told = _('Wilayah "{name}" tidak ada di wilayah Anda. Tulis kodenya, misalnya 63.10.01.2005.', name=typed)
        raise InvalidInput({"area": told})


def plain(name: str) -> str:
    """Return the name of an area as it is compared: without the word for its level."""
    return ", ".join(WORDS.sub("", part.strip()) for part in name.casefold().split(","))


def person_and_role(
    row: SheetRow, kinds: Mapping[str, PsksType], places: Places, problems: dict[str, str]
) -> tuple[PersonData, RoleData]:
    """Return what a row says; what cannot be read is told in `problems` and left as if it were empty."""
    area = _place(row.area, "area", places, problems)
    home = _place(row.home, "home", places, problems) if row.home else area
    if row.sex.casefold() not in SEXES:
        problems["sex"] = _("Tulis L atau P.")
    if row.birth_year and not YEAR.fullmatch(row.birth_year):
        problems["birth_year"] = _("Tulis tahunnya saja, misalnya 1985.")
    person = PersonData(
        name=row.name,
        nik=row.nik,
        area=home,
        sex=SEXES.get(row.sex.casefold(), ""),
        birth_year=int(row.birth_year) if YEAR.fullmatch(row.birth_year) else None,
        phone=row.phone,
        languages=tuple(word.strip() for word in re.split(r"[,;\n]", row.languages) if word.strip()),
    )
    start = _day(row.start, "start", problems)
    role = RoleData(
        type=_kind(row.type, kinds),
        area=area,
        start=start or date.min,
        end=_day(row.end, "end", problems),
        qualification=row.qualification,
        trainings=_trainings(row.trainings),
        confirmed_on=_day(row.confirmed, "confirmed_on", problems),
    )
    if start is None:
        problems.setdefault("start", DAY_HINT)
    return person, role


def _place(typed: str, key: str, places: Places, problems: dict[str, str]) -> str:
    try:
        return places.code(typed)
    except InvalidInput as unknown:
        problems[key] = unknown.data["problems"]["area"]
        return ""


def _day(typed: str, key: str, problems: dict[str, str]) -> date | None:
    if not typed:
        return None
    text = f"{typed}-01-01" if YEAR.fullmatch(typed) else table.day(typed)
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        problems[key] = DAY_HINT
        return None


def _kind(typed: str, kinds: Mapping[str, PsksType]) -> str:
    """Return the code of a kind named by its code or by what people read; what is none stays as typed."""
    wanted = typed.casefold()
    for kind in kinds.values():
        if wanted in {kind.code.casefold(), kind.name.id.casefold(), kind.name.en.casefold()}:
            return kind.code
    return typed


def _trainings(typed: str) -> tuple[tuple[str, int], ...]:
    """Read `Dasar PSM; 2024`, one a line or between vertical bars; a year that is none is 0, which is refused."""
    found = []
    for text in filter(str.strip, re.split(r"[|\n]", typed)):
        name, _semicolon, year = text.rpartition(";")
        found.append((name.strip(), int(year) if YEAR.fullmatch(year.strip()) else 0))
    return tuple(found)
