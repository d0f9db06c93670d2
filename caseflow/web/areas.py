"""Where somebody lives, asked kecamatan first: two short lists instead of one of every village."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from caseflow.access import OPENERS, Viewer
from caseflow.actions import areas as named
from caseflow.errors import Sentence, _
from caseflow.ids import area_level
from caseflow.states.category import Condition
from caseflow.store import areas, cases
from caseflow.store.cases import Filter
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.questions import Question

AREA = "area"
MOST_DISTRICTS, MOST_VILLAGES = 60, 600
"""Beyond this a page does not carry every village: those of a kecamatan come once it is chosen."""
RECENT = 200
DISTRICT_DIGITS = 6
REGENCY_DIGITS = 4
UNKNOWN_VILLAGE = _("Desanya belum diketahui")


@dataclass(frozen=True, slots=True)
class District:
    """A kecamatan with what can be chosen in it: villages by name, and the whole where the village is not known."""

    code: str
    name: str
    villages: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the reader may open cases; `usual` is the kecamatan their last case was in."""

    districts: tuple[District, ...]
    usual: str
    wide: bool
    """Too many to carry on one page."""
    regencies: Mapping[str, str]
    """Code -> name."""

    def find(self, code: str) -> District | None:
        return next((d for d in self.districts if d.code == code), None)

    def said(self, code: str) -> tuple[Words, str]:
        """Return the village, or that it is not known, and the kecamatan."""
        district = self.find(code[:DISTRICT_DIGITS])
        return (dict(district.villages).get(code, code), district.name) if district else (code, "")


def places_of(session: Session, by: Viewer) -> Places:
    """Return the places the reader may open cases in."""
    names: dict[str, str] = {}
    villages: dict[str, dict[str, Words]] = {}
    for prefix in by.areas(*OPENERS):
        whole = area_level(prefix) != "village"
        for district in areas.under(session, prefix if whole else prefix[:DISTRICT_DIGITS], "kecamatan"):
            names[district.code] = f"Kecamatan {district.name}"
            within = villages.setdefault(district.code, {})
            if whole:
                within[district.code] = UNKNOWN_VILLAGE
        for village in areas.under(session, prefix, "village"):
            villages[village.code[:DISTRICT_DIGITS]][village.code] = village.name
    districts = tuple(
        District(code, name, tuple(sorted(villages[code].items(), key=lambda pair: _rank(*pair))))
        for code, name in sorted(names.items(), key=lambda pair: pair[1].casefold())
    )
    wide = len(districts) > MOST_DISTRICTS or sum(map(len, villages.values())) > MOST_VILLAGES
    regencies = {code: named.full_name(session, code) for code in sorted({code[:REGENCY_DIGITS] for code in names})}
    return Places(districts, _usual(session, by, names), wide, regencies)


def _rank(code: str, name: Words) -> tuple[bool, str]:
    return len(code) == DISTRICT_DIGITS, str(name).casefold()


def _usual(session: Session, by: Viewer, known: Mapping[str, Any]) -> str:
    """Return the kecamatan of the newest case that the reader opened."""
    lately = cases.visible(session, by, Filter(limit=RECENT))
    mine = (row.area_code[:DISTRICT_DIGITS] for row in lately if row.opened_by == by.user_id)
    return next((code for code in mine if code in known), "")


# --- the questions -------------------------------------------------------------------------------------------------


def area_questions(places: Places, chosen: str = "") -> Iterator[Question]:
    """Ask for the kecamatan, then for the village in it; `chosen` is the kecamatan picked so far."""
    label = _("Di mana tinggalnya?")
    if len(places.districts) == 1:
        (only,) = places.districts
        hint = _("Tempat tinggal sekarang, di {district}.", district=only.name)
        yield Question(key=AREA, label=label, type="choice", choices=only.villages, hint=hint, value=_single(only))
        return
    yield Question(
        key=AREA,
        label=label,
        type="choice",
        hint=_("Tempat tinggal sekarang. Pilih kecamatannya dahulu."),
        value=places.usual or None,
        choices=() if places.wide else tuple((d.code, d.name) for d in places.districts),
        groups=_groups(places) if places.wide else (),
    )
    for district in places.districts:
        if not places.wide or district.code == chosen:
            yield Question(
                key=village_key(district.code),
                label=_("Desa atau kelurahan di {district}", district=district.name),
                type="choice",
                choices=district.villages,
                when=None if places.wide else Condition(AREA, (district.code,)),
                value=_single(district),
            )


def village_key(district: str) -> str:
    """Return the name of the question for a village of this kecamatan."""
    return f"{AREA}-{district}"


def _single(district: District) -> str | None:
    return district.villages[0][0] if len(district.villages) == 1 else None


def _groups(places: Places) -> tuple[tuple[str, tuple[tuple[str, Words], ...]], ...]:
    return tuple(
        (name, tuple((d.code, d.name) for d in places.districts if d.code.startswith(code)))
        for code, name in places.regencies.items()
    )


def settled(
    answers: Mapping[str, Any], problems: Mapping[str, Sentence], places: Places
) -> tuple[dict[str, Any], dict[str, Sentence]]:
    """Return answers and problems with one area in place of kecamatan and villages, those of other kecamatan gone."""
    chosen = str(answers.get(AREA) or "")
    key = village_key(chosen)
    kept = {k: v for k, v in answers.items() if not k.startswith(f"{AREA}-")}
    found = {k: v for k, v in problems.items() if not k.startswith(f"{AREA}-") or k == key}
    if len(places.districts) > 1 and chosen:
        if answers.get(key):
            kept[AREA] = answers[key]
        else:
            found[key] = _('Pilih salah satu. Bila belum diketahui, pilih "{whole}".', whole=UNKNOWN_VILLAGE)
    return kept, found
