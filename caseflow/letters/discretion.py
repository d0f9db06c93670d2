"""What a letter about a closed file (R3) must not say: the category, a diagnosis, a criminal record."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COMMON = (
    r"hiv|aids|odha|odhiv|arv|antiretroviral|sifilis|gonore|tuberkulosis|tbc?|aborsi",
    r"napza|narkoba|narkotika|psikotropika|sabu|ganja|pecandu|metadon",
    r"skizofrenia|psikotik|bipolar|gangguan jiwa|odgj",
    r"narapidana|napi|residivis|mantan (?:napi|tahanan)|(?:ter|di)sangka|terdakwa|terpidana",
    r"diperkosa|pemerkosaan|perkosaan|pencabulan|dicabuli",
    r"pelacur\w*|psk|tuna ?susila|prostitusi|trafficking|perdagangan orang|tppo",
    r"transgender|waria|homoseksual|lesbian|gay",
)
"""Stems that name a diagnosis, a record or a stigma, whatever the category of the file."""
BY_CATEGORY: dict[str, tuple[str, ...]] = {
    "ABH": (r"berhadapan dengan hukum", r"berkonflik dengan hukum", r"tindak pidana", r"pelaku"),
    "AKTK": (r"korban (?:tindak )?kekerasan", r"kekerasan", r"penganiayaan", r"dianiaya", r"perlakuan salah"),
    "AMPK": (r"perlindungan khusus", r"kekerasan", r"eksploitasi"),
    "BWBLP": (r"warga binaan", r"lapas", r"pemasyarakatan", r"rutan", r"tindak pidana", r"pembebasan bersyarat"),
    "KM": (r"kelompok minoritas", r"orientasi seksual", r"kaum minoritas"),
    "KPO": (r"dijual", r"muncikari", r"eksploitasi"),
    "KTK": (r"korban (?:tindak )?kekerasan", r"kekerasan", r"kdrt", r"penganiayaan", r"dianiaya"),
    "NAPZA": (r"kecanduan", r"ketergantungan", r"obat terlarang", r"putus zat"),
    "ODHA": (r"menular seksual", r"cd4", r"viral load"),
    "TS": (r"pekerja seks", r"lokalisasi"),
}
"""Further stems that give a category away, by its code."""


def spoken(category: str, names: Iterable[str], texts: Mapping[str, Any]) -> dict[str, str]:
    """Return key -> the first word of its text that a letter about a file of this category must not say.

    `names` are whole phrases that are forbidden too: the name of the category, and of whom a pseudonym hides.
    """
    phrases = [re.escape(" ".join(name.split())) for name in names if name.strip()]
    pattern = re.compile(
        rf"(?<!\w)(?:{'|'.join((*COMMON, *BY_CATEGORY.get(category, ()), *phrases))})(?!\w)", re.IGNORECASE
    )
    found: dict[str, str] = {}
    for key, text in _texts(texts):
        if hit := pattern.search(" ".join(text.split())):
            found.setdefault(key, hit[0])
    return found


def _texts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        yield from ((key, text) for text in _strings(value))


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - a value of a field
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
