"""Languages: Indonesian is the source, English comes from the catalogue; dates, numbers and money for readers."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from importlib import import_module
from typing import Any, cast

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from caseflow.errors import CaseflowError, InstantRequired, InvalidInput, Label, Sentence, Shown, StepRefused, _
from caseflow.paths import locale_root

LANGUAGES = ("id", "en")
SOURCE = "id"

_MARK = {"id": ".", "en": ","}  # between thousands


# --- sentences -----------------------------------------------------------------------------------------------------


@cache
def catalogue(lang: str) -> Catalog:
    with (locale_root() / f"{lang}.po").open("rb") as file:
        return read_po(file, locale=lang)


@cache
def _found(msgid: str, lang: str) -> tuple[str, ...]:
    """Forms of a message, singular first; the msgid itself where the catalogue has no or half a translation."""
    message = catalogue(lang).get(msgid)
    string = (message.string if message else None) or ()
    forms = (string,) if isinstance(string, str) else tuple(string)
    return forms if forms and all(forms) else (msgid,)


def translate(msgid: str, lang: str, /, **data: Any) -> str:  # noqa: ANN401 - each sentence carries data of its own
    """Say a sentence in `lang`: a msgid with its data, or a Sentence made by `_`. Without English, the Indonesian.

    A plural entry of the catalogue is chosen by the datum `n`. Without data nothing is filled in.
    """
    if isinstance(msgid, Label):
        return str(msgid) if lang == SOURCE else msgid.en
    if isinstance(msgid, Sentence):
        data = {**msgid.data, **data}
        msgid = msgid.msgid
    forms = (msgid,) if lang == SOURCE else _found(msgid, lang)
    text = forms[0] if data.get("n") == 1 else forms[-1]
    return text.format_map(Shown({k: _said(v, lang) for k, v in data.items()})) if data else text


def _said(value: Any, lang: str) -> Any:  # noqa: ANN401 - whatever an error carries
    """Any datum of an error, with every Sentence in it said in `lang`."""
    if isinstance(value, Sentence):
        return translate(value, lang)
    if isinstance(value, Mapping):
        return {k: _said(v, lang) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_said(v, lang) for v in value]
    return value


def error_data(err: CaseflowError, lang: str) -> dict[str, Any]:
    """The data of an error for its reader: `problems` and `unmet` said in `lang`, `summary` made of them."""
    data: dict[str, Any] = _said(err.data, lang)
    if isinstance(err, InvalidInput):
        data["problems"] = {field: translate(sentence, lang) for field, sentence in data["problems"].items()}
        data["summary"] = "; ".join(f"{field}: {sentence}" for field, sentence in data["problems"].items())
    elif isinstance(err, StepRefused):
        data["unmet"] = [
            {**unmet, "message": unmet.get(f"message_{lang}") or translate(unmet["message"], lang)}
            for unmet in data["unmet"]
        ]
        data["summary"] = "; ".join(unmet["message"] for unmet in data["unmet"])
    return data


def error_message(err: CaseflowError, lang: str) -> str:
    text = err.template if lang == SOURCE else _found(err.template, lang)[0]
    return text.format_map(Shown(error_data(err, lang)))


def pick(names: Mapping[str, str], lang: str) -> str:
    """A name that a definition or template gives in several languages."""
    return names.get(lang) or names.get(SOURCE) or next(iter(names.values()), "")


def choose_language(accept: str | None) -> str:
    """The language of ours that an Accept-Language header likes best; Indonesian when it likes none."""
    wishes: list[tuple[float, str]] = []
    for wish in (accept or "").split(","):
        name, _semicolon, quality = wish.strip().partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", quality) if quality else None
        lang = name.strip().lower().split("-")[0]
        # "in" was the code of Indonesian until 1989, and old Android phones still send it.
        wishes.append((float(weight[1]) if weight else 1.0, "id" if lang == "in" else lang))
    liked = [(weight, lang) for weight, lang in wishes if lang in LANGUAGES and weight > 0]
    return max(liked, key=lambda wish: wish[0])[1] if liked else SOURCE


# --- dates and times -----------------------------------------------------------------------------------------------


@cache
def _calendar(lang: str) -> Locale:
    return Locale.parse(lang)


def _month(day: date, lang: str) -> str:
    return str(_calendar(lang).months["format"]["wide"][day.month])


def format_date(day: date, lang: str) -> str:
    return f"{day.day} {_month(day, lang)} {day.year}"


def format_month(day: date, lang: str) -> str:
    return f"{_month(day, lang)} {day.year}"


def weekday_name(day: date, lang: str) -> str:
    return str(_calendar(lang).days["format"]["wide"][day.weekday()])


def format_weekday_date(day: date, lang: str) -> str:
    """`Senin, 16 November 2026`."""
    return f"{weekday_name(day, lang)}, {format_date(day, lang)}"


def format_time(at: datetime, zone: tzinfo, lang: str) -> str:
    """The hour where the office is: `10.42`, in English `10:42`."""
    return _local(at, zone).strftime("%H.%M" if lang == SOURCE else "%H:%M")


def format_datetime(at: datetime, zone: tzinfo, lang: str) -> str:
    """`16 November 2026 pukul 10.42 WITA`."""
    local = _local(at, zone)
    day, hour = format_date(local, lang), format_time(at, zone, lang)
    return translate(_("{day} pukul {hour} {zone}"), lang, day=day, hour=hour, zone=local.tzname() or "")


def _local(at: datetime, zone: tzinfo) -> datetime:
    if at.tzinfo is None:
        raise InstantRequired
    return at.astimezone(zone)


# --- numbers and money ---------------------------------------------------------------------------------------------


def format_number(n: int, lang: str) -> str:
    return f"{n:,}".replace(",", _MARK[lang])


def format_size(size: int, lang: str) -> str:
    """Bytes as people read them: `310 kB`, `4,2 MB`."""
    if size < 1_000_000:  # noqa: PLR2004 - a megabyte
        return f"{max(1, round(size / 1000))} kB"
    told = f"{size / 1_000_000:.1f} MB"
    return told.replace(".", ",") if lang == SOURCE else told


def format_money(rupiah: int, lang: str) -> str:
    """Whole rupiah: `Rp850.000`."""
    return f"{'-' if rupiah < 0 else ''}Rp{format_number(abs(rupiah), lang)}"


@cache
def _speller() -> Callable[[int], str]:
    # lokal compiles its whole detector of personal data when imported: a quarter of a second that only letters need.
    return cast("Callable[[int], str]", import_module("lokal").terbilang)


def terbilang(n: int) -> str:
    """A number in Indonesian words, for letters: `delapan ratus lima puluh ribu`."""
    return _speller()(n)


def terbilang_date(day: date) -> str:
    """As an official record says it: `Senin tanggal enam belas bulan November tahun dua ribu dua puluh enam`."""
    spelled, year = terbilang(day.day), terbilang(day.year)
    return f"{weekday_name(day, SOURCE)} tanggal {spelled} bulan {_month(day, SOURCE)} tahun {year}"
