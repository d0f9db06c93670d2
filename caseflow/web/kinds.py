"""What a case can be opened as: the categories under their division, the most used first, found by a word."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from caseflow.access import Viewer
from caseflow.errors import Sentence, _
from caseflow.states.category import BIDANG, Category, Text
from caseflow.store import cases
from caseflow.store.cases import Filter
from caseflow.store.session import Session
from caseflow.web.environment import Words

RECENT = 500
MOST_USED = 4
MANY = 7
"""From more categories than this a division is shown in sections."""
LONGEST = 125
"""Letters of the criteria under a name, about two lines of a phone."""
SUBJECTS: dict[str, Sentence] = {
    "person": _("Satu orang"),
    "household": _("Satu keluarga"),
    "group": _("Satu kelompok"),
    "community": _("Satu komunitas"),
}
SECTIONS: tuple[tuple[range, Sentence], ...] = (
    (range(1, 8), _("Anak")),
    (range(8, 10), _("Lanjut usia dan penyandang disabilitas")),
    (range(10, 16), _("Tuna sosial")),
    (range(16, 18), _("HIV/AIDS dan NAPZA")),
    (range(18, 21), _("Korban kekerasan, perdagangan orang, dan pekerja migran")),
)
"""Official types (Permensos 8/2012) as the social rehabilitation services are divided."""
OTHERS = _("Kategori lain")
SPOKEN: dict[int, str] = {
    1: "ABT balita bayi infant baby toddler",
    2: "AT yatim piatu panti orphan",
    3: "ABH anmas lapas pidana prison crime",
    4: "AJ anjal street",
    5: "ADK PACA difabel disabled",
    6: "AKTK kekerasan KDRT violence abuse",
    7: "AMPK eksploitasi exploitation",
    8: "LUT lansia jompo manula elderly old",
    9: "PD PACA difabel ODGJ tunanetra tunarungu disabled blind deaf",
    10: "TS PSK prostitution",
    11: "GLDNG tunawisma homeless",
    12: "PGMS peminta begging beggar",
    13: "pengepul rongsok scavenger",
    14: "KM",
    15: "BWBLK BWBP mantan narapidana napi lapas prison",
    16: "ODHA ODHIV AIDS",
    17: "narkoba sabu pecandu drugs addiction",
    18: "KPO TPPO trafficking human",
    19: "KTK KDRT kekerasan rumah tangga domestic violence abuse",
    20: "PMBS TKI PMI deportasi migrant",
    21: "KBA banjir gempa longsor tsunami angin kekeringan flood earthquake landslide drought",
    22: "KBS kebakaran konflik kerusuhan fire conflict riot",
    23: "PRSE WRSE janda widow",
    24: "FM KFM KME miskin berobat BPJS PBI bansos poor poverty hospital",
    25: "KBSP pertengkaran cerai quarrel divorce",
    26: "KAT adat suku terpencil indigenous remote",
}
"""Official type -> what else people call it: other words, and the short names of older lists."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A category with the subjects it can be opened for: each answer with its words, where there are several."""

    code: str
    name: Words
    about: Words
    why: Words | None
    """What of it was found by the word that was looked for."""
    answers: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Kinds under one heading; `over` is the heading of several shelves."""

    over: Words | None
    words: Words
    kinds: tuple[Kind, ...]


def shelves_of(session: Session, only: Collection[str] = ()) -> tuple[Shelf, ...]:
    """Return every category that can be opened, by division and section; `only` for these subjects."""
    found = sorted(_offered(session, only), key=lambda c: (c.ppks or 99, c.name.id))
    shelves: list[Shelf] = []
    names: dict[str, Words] = {**BIDANG, "": OTHERS}
    for bidang, name in names.items():
        inside = [c for c in found if (c.bidang if c.bidang in BIDANG else "") == bidang]
        if len(inside) > MANY:
            shelves += _sections(name, inside, only)
        elif inside:
            shelves.append(Shelf(None, name, tuple(_kind(c, only) for c in inside)))
    return tuple(shelves)


def _sections(over: Words, categories: Iterable[Category], only: Collection[str]) -> list[Shelf]:
    sorted_in: dict[Sentence, list[Category]] = {}
    for category in categories:
        section = next((words for numbers, words in SECTIONS if category.ppks in numbers), OTHERS)
        sorted_in.setdefault(section, []).append(category)
    return [Shelf(over, words, tuple(_kind(c, only) for c in inside)) for words, inside in sorted_in.items()]


def most_used(session: Session, by: Viewer, only: Collection[str] = ()) -> tuple[Kind, ...]:
    """Return what is opened most among the newest cases the reader sees."""
    rows = cases.visible(session, by, Filter(limit=RECENT))
    offered = {c.code: c for c in _offered(session, only)}
    counted = Counter(row.category for row in rows if row.category in offered)
    return tuple(_kind(offered[code], only) for code, _n in counted.most_common(MOST_USED))


def matching(session: Session, typed: str, only: Collection[str] = ()) -> tuple[Kind, ...]:
    """Return the categories in which every typed word stands: those named so first, then by what people come with.

    Words are compared from their beginning; where none begins so, anywhere within.
    """
    words = re.findall(r"[^\W_]+", typed.casefold())
    if not words:
        return ()
    offered = _offered(session, only)
    return _found(offered, [rf"\b{w}" for w in words], only) or _found(offered, words, only)


def _found(offered: Iterable[Category], patterns: Sequence[str], only: Collection[str]) -> tuple[Kind, ...]:
    found: list[tuple[int, int, Kind]] = []
    for category in offered:
        spoken = f"{category.code} {SPOKEN.get(category.ppks, '')}"
        named = _all_in(patterns, category.name, Text(spoken, spoken))
        reasons = [*(i.label for i in category.issues), *(c.label for c in category.screening.criteria)]
        at = next((at for at, text in enumerate(reasons) if _all_in(patterns, text)), len(reasons))
        why = None if named or at == len(reasons) else reasons[at]
        if named or why is not None or _all_in(patterns, category.name, category.definition, *reasons):
            found.append((-1 if named else at, category.ppks or 99, _kind(category, only, why)))
    return tuple(kind for _place, _number, kind in sorted(found, key=lambda one: one[:2]))


def _all_in(patterns: Iterable[str], *texts: Text) -> bool:
    said = " ".join(f"{text.id} {text.en}" for text in texts).casefold()
    return all(re.search(pattern, said) for pattern in patterns)


def _offered(session: Session, only: Collection[str]) -> list[Category]:
    return [c for c in session.categories.values() if _subjects(c, only)]


def _subjects(category: Category, only: Collection[str]) -> list[str]:
    return [kind for kind in SUBJECTS if kind in category.subject_kinds and (not only or kind in only)]


def _kind(category: Category, only: Collection[str], why: Text | None = None) -> Kind:
    answers = tuple((f"{category.code}:{kind}", SUBJECTS[kind]) for kind in _subjects(category, only))
    return Kind(category.code, category.name, _about(category), why, answers)


def _about(category: Category) -> Text:
    """Return the criteria in short, the age first."""
    labels = [c.label for c in category.screening.criteria if not c.label.id.startswith("Berusia")]
    return Text(
        _age(category, "Usia {0} sampai {1}. ", "Usia {0} ke atas. ", "Usia sampai {1}. ")
        + _short([t.id for t in labels], "dan {n} lagi"),
        _age(category, "Aged {0} to {1}. ", "Aged {0} or more. ", "Aged {1} or less. ")
        + _short([t.en for t in labels], "and {n} more"),
    )


def _age(category: Category, both: str, least: str, most: str) -> str:
    low, high = category.age
    if low is None and high is None:
        return ""
    return (both if low is not None and high is not None else least if high is None else most).format(low, high)


def _short(labels: list[str], more: str) -> str:
    shown: list[str] = []
    for at, label in enumerate(labels):
        if shown and len("; ".join((*shown, label))) > LONGEST and at < len(labels) - 1:
            break
        shown.append(label if not shown or label[1:2].isupper() else label[:1].lower() + label[1:])
    left = len(labels) - len(shown)
    text = "; ".join(shown)
    return f"{text}; {more.format(n=left)}." if left else f"{text}."
