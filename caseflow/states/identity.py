"""Who a person is on paper: NIK, KK number, sex, birth date and age; kept as typed, judged, never a reason to block."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from caseflow.errors import InvalidInput, Sentence, _

Sex = Literal["L", "P"]
Accuracy = Literal["exact", "month", "year", "estimated", "unknown"]

# What the software may say; ganda comes from the register, padan and its two opposites from a person with access.
NIK_CHECKED = ("belum_punya_nik", "format_salah", "anomali", "belum_dicek")
NIK_STATUSES = (*NIK_CHECKED, "ganda", "padan", "tidak_padan", "tidak_ditemukan")
KK_CHECKED = ("belum_punya_kk", "format_salah", "anomali", "belum_dicek")

ADULT = 18
OLD = 60
OLDEST = 130
# "About 16" may be 18 and may be 14: whoever could still be a child is treated as one.
ESTIMATE_MARGIN = 2

_DIGITS = 16
_WOMAN = 40  # added to the day of birth
_NOTHING = frozenset(
    f"{no}{what}"
    for no in ("tidak ada", "tdk ada", "belum ada", "blm ada", "tidak punya", "tdk punya", "belum punya", "blm punya")
    for what in ("", " nik", " kk", " ktp")
) | {"", "0", "nihil", "tanpa nik", "tanpa kk", "kosong", "null", "none", "n a"}
_LABEL = re.compile(r"^(?:no(?:mor)?\.?\s*)?(?:nik|kk|ktp)\s*[:.=]?\s*", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_FLOAT_TAIL = re.compile(r"([0-9]{15,16})[.,]0+")


@dataclass(frozen=True, slots=True)
class NikCheck:
    """`kept` is what to store: the 16 digits when there are 16, else as typed; None when there is none."""

    kept: str | None
    status: str
    warnings: tuple[Sentence, ...] = ()
    births: tuple[date, ...] = ()  # the one or two dates its six digits can mean, oldest first
    sex: Sex | None = None


@dataclass(frozen=True, slots=True)
class Birth:
    """`born` is the earliest day that `accuracy` leaves open (month: its first day, year: 1 January)."""

    accuracy: Accuracy
    born: date | None = None


UNKNOWN_BIRTH = Birth("unknown")


# --- NIK and KK ----------------------------------------------------------------------------------------------------


def check_nik(
    typed: object,
    *,
    birth_date: Birth | date | None,
    sex: Sex | None,
    known_prefix: Callable[[str], bool] | None,
    on: date,
) -> NikCheck:
    """Judge a NIK by its form alone; only Dukcapil knows whether it exists. `known_prefix` takes six digits.

    Raises InvalidInput for a number instead of text: a spreadsheet has already dropped digits of it.
    """
    digits, refused = _sixteen("nik", typed, "belum_punya_nik")
    if refused is not None:
        return refused
    number, warnings = digits
    warnings += _common(number, known_prefix)
    day = int(number[6:8])
    woman = day > _WOMAN
    births = _candidates(day - _WOMAN if woman else day, int(number[8:10]), int(number[10:12]), on)
    if not births:
        warnings.append(_("Tanggal lahir di dalam NIK tidak mungkin."))
    elif not _agrees(births, birth_date if isinstance(birth_date, Birth) else _exactly(birth_date)):
        warnings.append(_("Tanggal lahir di dalam NIK berbeda dari tanggal lahir yang dicatat."))
    shown: Sex = "P" if woman else "L"
    if births and sex is not None and sex != shown:
        warnings.append(_("Jenis kelamin di dalam NIK berbeda dari yang dicatat."))
    status = "anomali" if warnings else "belum_dicek"
    return NikCheck(number, status, tuple(warnings), births, shown if births else None)


def check_kk(typed: object, *, known_prefix: Callable[[str], bool] | None, on: date) -> NikCheck:
    """Judge a family card number: region, date of recording (nothing added for women), serial."""
    digits, refused = _sixteen("kk", typed, "belum_punya_kk")
    if refused is not None:
        return refused
    number, warnings = digits
    warnings += _common(number, known_prefix)
    if not _candidates(int(number[6:8]), int(number[8:10]), int(number[10:12]), on):
        warnings.append(_("Tanggal pencatatan di dalam nomor KK tidak mungkin."))
    return NikCheck(number, "anomali" if warnings else "belum_dicek", tuple(warnings))


def masked(number: str) -> str:
    """Return a NIK or KK of which the middle is hidden; what is no such number stays as it is."""
    return f"{number[:4]}{'•' * 8}{number[-4:]}" if len(number) == len("6310014107160001") else number


def _sixteen(field: str, typed: object, nothing: str) -> tuple[tuple[str, list[Sentence]], NikCheck | None]:
    """Find the sixteen digits with the warnings so far, or the check that ends here."""
    none: tuple[str, list[Sentence]] = ("", [])
    if isinstance(typed, (int, float, Decimal)):
        raise InvalidInput(
            {field: _("Nomor ini terbaca sebagai angka, sehingga digitnya dapat hilang. Ubah kolomnya menjadi teks.")}
        )
    if typed is None:
        return none, NikCheck(None, nothing)
    if not isinstance(typed, str):
        raise InvalidInput({field: _("Nomor ini harus berupa teks.")})
    kept = typed.strip()
    text = _LABEL.sub("", unicodedata.normalize("NFKC", kept).lstrip("'’`‘ ").strip())
    if re.sub(r"[\W_]+", " ", text).strip().lower() in _NOTHING or not re.search(r"\w", text):
        return none, NikCheck(None, nothing)
    if _SCIENTIFIC.fullmatch(text):
        warning = _("Nomor ini ditulis lembar kerja sebagai pangkat sepuluh, sehingga digit akhirnya hilang.")
        return none, NikCheck(kept, "format_salah", (warning,))
    warnings: list[Sentence] = []
    tail = _FLOAT_TAIL.fullmatch(text)
    if tail is not None:
        text = tail[1]
        warnings.append(_("Nomor ini pernah dibaca sebagai angka oleh lembar kerja. Cocokkan dengan kartunya."))
    number = re.sub(r"[\s.\-–_']", "", text)
    if not re.fullmatch(r"[0-9]+", number):
        warnings.append(_("Nomor ini memuat tanda selain angka."))
    elif len(number) == _DIGITS - 1:
        warnings.append(_("Nomor ini hanya 15 angka: satu angka hilang."))
    elif len(number) != _DIGITS:
        warnings.append(_("Nomor ini {n} angka, seharusnya 16.", n=len(number)))
    else:
        return (number, warnings), None
    return none, NikCheck(kept, "format_salah", tuple(warnings))


def _common(number: str, known_prefix: Callable[[str], bool] | None) -> list[Sentence]:
    warnings: list[Sentence] = []
    if len(set(number)) == 1:
        warnings.append(_("Nomor ini satu angka yang diulang."))
    if number.endswith("0000"):
        warnings.append(_("Nomor urut 0000 tidak pernah diberikan."))
    if known_prefix is not None and not known_prefix(number[:6]):
        warnings.append(
            _(
                "Kode wilayah {prefix} tidak ada dalam daftar sekarang; mungkin kode sebelum pemekaran.",
                prefix=number[:6],
            )
        )
    return warnings


def _candidates(day: int, month: int, short_year: int, on: date) -> tuple[date, ...]:
    """Dates that DDMMYY can mean and that have come: 1926 or 2026, until the person's age decides."""
    found = []
    for century in (1900, 2000):
        try:
            meant = date(century + short_year, month, day)
        except ValueError:
            continue
        if meant <= on and on.year - meant.year <= OLDEST:
            found.append(meant)
    return tuple(found)


def _exactly(day: date | None) -> Birth:
    return UNKNOWN_BIRTH if day is None else Birth("exact", day)


def _agrees(births: tuple[date, ...], declared: Birth) -> bool:
    """Whether one candidate is possible with what was declared, as precisely as that was."""
    if declared.born is None:
        return True
    first, last = _window(declared.born, declared.accuracy)
    return any(first <= born <= last for born in births)


def parse_sex(typed: object) -> Sex | None:
    """`L`/`P`, `1`/`2`, laki-laki, pria, perempuan, wanita; None when nothing was said. Raises InvalidInput."""
    word = re.sub(r"[\W_]+", "", str(typed or "")).lower()
    if not word:
        return None
    if word in {"l", "1", "lk", "laki", "lakilaki", "pria", "male", "m"}:
        return "L"
    if word in {"p", "2", "pr", "perempuan", "wanita", "female", "f"}:
        return "P"
    raise InvalidInput({"sex": _('Jenis kelamin "{word}" tidak dikenal: tulis L atau P.', word=str(typed))})


# --- birth date and age --------------------------------------------------------------------------------------------

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "jan"),
            ("februari", "pebruari", "feb", "peb"),
            ("maret", "mar", "mrt"),
            ("april", "apr"),
            ("mei", "may"),
            ("juni", "jun"),
            ("juli", "jul"),
            ("agustus", "agt", "agu", "ags", "agst", "aug"),
            ("september", "sep", "sept"),
            ("oktober", "okt", "oct"),
            ("november", "nopember", "nov", "nop"),
            ("desember", "des", "dec"),
        ),
        start=1,
    )
    for name in names
}
_AGE_WORDS = r"(?:umur|usia|sekitar|kira-kira|kira kira|kurang lebih|kl|krg lbh|±|\+/-|~|\s|\.|:)*"
_AGE = re.compile(
    rf"{_AGE_WORDS}([0-9]{{1,3}})\s*(?:tahun|thn|th)\b\.?{_AGE_WORDS}|(?:umur|usia){_AGE_WORDS}([0-9]{{1,3}})"
)
_YMD = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[t ]00:00(?::00(?:\.0+)?)?)?")
_DMY = re.compile(r"([0-9]{1,2})(?:[-/.]|\s+)([0-9]{1,2}|[a-z]+\.?)(?:[-/.]|\s+)([0-9]{4})")
_MY = re.compile(r"([0-9]{1,2}|[a-z]+)\.?[-/.\s]+([0-9]{4})")
_Y = re.compile(r"(?:tahun\s*|thn\.?\s*)?([0-9]{4})")
_UNKNOWN = frozenset(["", "tidak tahu", "tdk tahu", "tidak diketahui", "belum diketahui", "lupa", "tidak ingat"])


def parse_birth(given: object, *, on: date) -> Birth:
    """Read a birth date as people know it: a date, `9 Maret 2015`, `03/2015`, `2015`, `sekitar 8 tahun`, nothing.

    Or the parts of a form, {"day", "month", "year"} or {"age"}, numbers or text. Raises InvalidInput for a date that
    does not exist, has not come, or lies more than 130 years back.
    """
    if given is None:
        return UNKNOWN_BIRTH
    if isinstance(given, date):
        return _checked(given.year, given.month, given.day, on)
    if isinstance(given, Mapping):
        return _from_parts(given, on)
    if not isinstance(given, str):
        raise _bad(_("Tulis tanggal lahir sebagai teks, misalnya 9 Maret 2015."))
    return _from_text(given, on)


def _from_text(given: str, on: date) -> Birth:
    text = " ".join(unicodedata.normalize("NFKC", given).lower().split())
    if re.sub(r"[\W_]+", " ", text).strip() in _UNKNOWN:
        return UNKNOWN_BIRTH
    if found := _AGE.fullmatch(text):
        return _aged(int(found[1] or found[2]), on)
    if found := _YMD.fullmatch(text):
        return _checked(int(found[1]), int(found[2]), int(found[3]), on)
    if found := _DMY.fullmatch(text):
        return _checked(int(found[3]), _month(found[2]), int(found[1]), on)
    if found := _Y.fullmatch(text):
        return _checked(int(found[1]), None, None, on)
    if found := _MY.fullmatch(text):
        return _checked(int(found[2]), _month(found[1]), None, on)
    raise _bad(
        _('Tanggal lahir "{text}" tidak terbaca: tulis misalnya 9 Maret 2015, 2015, atau sekitar 8 tahun.', text=given)
    )


def _from_parts(parts: Mapping[str, object], on: date) -> Birth:
    day, month, year, age = (_part(parts.get(name), name) for name in ("day", "month", "year", "age"))
    if year is None and age is not None and day is None and month is None:
        return _aged(age, on)
    if year is None and day is None and month is None:
        return UNKNOWN_BIRTH
    if year is None:
        raise _bad(_("Isi juga tahun lahir, atau isi perkiraan umur saja."))
    if day is not None and month is None:
        raise _bad(_("Isi juga bulan lahir, atau kosongkan tanggalnya."))
    return _checked(year, month, day, on)


def _part(given: object, name: str) -> int | None:
    text = "" if given is None else str(given).strip().lower()
    if not text:
        return None
    if name == "month" and not text.isdecimal():
        return _month(text)
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise _bad(_('"{text}" bukan bilangan.', text=str(given)))
    return int(text)


def _month(word: str) -> int:
    bare = word.rstrip(".")
    if bare.isdecimal():
        return int(bare)
    if bare not in _MONTHS:
        raise _bad(_('Nama bulan "{word}" tidak dikenal.', word=word))
    return _MONTHS[bare]


def _aged(age: int, on: date) -> Birth:
    if age > OLDEST:
        raise _bad(_("Umur lebih dari {n} tahun: periksa lagi.", n=OLDEST))
    return Birth("estimated", _years_before(on, age))


def _checked(year: int, month: int | None, day: int | None, on: date) -> Birth:
    accuracy: Accuracy = "year" if month is None else "month" if day is None else "exact"
    try:
        born = date(year, month or 1, day or 1)
    except ValueError:
        raise _bad(_("Tanggal lahir itu tidak ada di kalender.")) from None
    if born > on:
        raise _bad(_("Tanggal lahir belum tiba."))
    if on.year - year > OLDEST:
        raise _bad(_("Umur lebih dari {n} tahun: periksa lagi.", n=OLDEST))
    return Birth(accuracy, born)


def _bad(sentence: Sentence) -> InvalidInput:
    return InvalidInput({"birth_date": sentence})


def _years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 29 February becomes the 28th."""
    year = day.year - years
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def _window(born: date, accuracy: Accuracy) -> tuple[date, date]:
    """The first and the last day a person may have been born."""
    match accuracy:
        case "month":
            return born, born.replace(day=monthrange(born.year, born.month)[1])
        case "year":
            return born, born.replace(month=12, day=31)
        case "estimated":
            return _years_before(born, ESTIMATE_MARGIN) - timedelta(days=365), _years_before(born, -ESTIMATE_MARGIN)
        case _:
            return born, born


def age_on(birth: Birth, on: date) -> int | None:
    """Full years; of a month or year of birth the age certainly reached, of an estimate the estimate."""
    if birth.born is None:
        return None
    born = (
        birth.born
        if birth.accuracy == "estimated"
        else min(_window(birth.born, birth.accuracy)[1], max(on, birth.born))
    )
    return max(0, on.year - born.year - ((on.month, on.day) < (born.month, born.day)))


def is_child(birth: Birth, on: date) -> bool:
    """Below 18, or possibly so: an unknown age is a child's until somebody knows better."""
    if birth.born is None:
        return True
    youngest = _window(birth.born, birth.accuracy)[1]
    return on.year - youngest.year - ((on.month, on.day) < (youngest.month, youngest.day)) < ADULT


def age_band(birth: Birth, on: date) -> str:
    """`0-5`, `6-17`, `18-59`, `60+` (the ages at which the categories begin and end) or `tidak_diketahui`."""
    age = age_on(birth, on)
    if age is None:
        return "tidak_diketahui"
    if age <= 5:  # noqa: PLR2004 - balita, Permensos 8/2012
        return "0-5"
    if age < ADULT:
        return "6-17"
    return "18-59" if age < OLD else "60+"
