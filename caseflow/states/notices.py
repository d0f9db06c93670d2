"""What a worker is told without being stopped: an odd age or sex, a stale or high decile, spending by the line."""

from datetime import date
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.states.category import Category, Intervention
from caseflow.states.facts import Facts
from caseflow.states.instrument import Instrument

DECILE_DAYS = 92
"""DTSEN is refreshed at least every three months (Inpres 4/2025)."""
SEXES = {"L": _("laki-laki"), "P": _("perempuan")}
EXTREME_LINE = "extreme_poverty_line"


def notices(
    category: Category, facts: Facts, *, age: int | None, sex: str | None = None, fresh_days: int = DECILE_DAYS
) -> tuple[Sentence, ...]:
    """Return the sentences to show beside the form.

    `age` in whole years and `sex` L or P, None when not known; a decile is good for `fresh_days`, 0 for ever.
    """
    found = (_age(category, age), _sex(category, sex), _decile(facts, fresh_days), spending(category, facts))
    said = (sentence for sentence in found if sentence is not None)
    return (*said, *of_help(category, facts, fresh_days=fresh_days).values())


def _age(category: Category, age: int | None) -> Sentence | None:
    low, high = category.age
    if age is None or ((low is None or age >= low) and (high is None or age <= high)):
        return None
    return _(
        "Umur {age} tahun di luar kategori ini ({low} sampai {high}). Periksa lagi, atau pertimbangkan kategori lain.",
        age=age,
        low=low if low is not None else "-",
        high=high if high is not None else "-",
    )


def of_instrument(instrument: Instrument, age: int | None) -> Sentence | None:
    """Return what to look at before somebody of this age is asked by an instrument."""
    if instrument.made_for(age):
        return None
    return _("Instrumen ini untuk umur {span}; klien berumur {age} tahun.", age=age, span=years(instrument.age))


def years(span: tuple[int | None, int | None]) -> Sentence:
    """Return ages as a part of a sentence; an end that is open is left out."""
    low, high = span
    if high is None:
        return _("{low} tahun ke atas", low=low)
    if low is None:
        return _("sampai {high} tahun", high=high)
    return _("{low} sampai {high} tahun", low=low, high=high)


def _sex(category: Category, sex: str | None) -> Sentence | None:
    if not category.sex or sex is None or sex == category.sex:
        return None
    return _(
        "Kategori ini untuk {whom}. Periksa lagi, atau pertimbangkan kategori lain.",
        whom=SEXES.get(category.sex, category.sex),
    )


def of_help(category: Category, facts: Facts, *, fresh_days: int = DECILE_DAYS) -> dict[str, Sentence]:
    """Return planned help that usually goes to poorer people -> what to look at first; the office decides."""
    planned = {i.intervention for i in facts.plan if i.status != "cancelled"}
    kinds = (kind for kind in category.interventions if kind.code in planned and kind.max_desil)
    found = {kind.code: _limit(kind, facts, fresh_days) for kind in kinds}
    return {code: sentence for code, sentence in found.items() if sentence is not None}


def _limit(kind: Intervention, facts: Facts, fresh_days: int) -> Sentence | None:
    answers = facts.answers("data_collection")
    decile, checked = str(answers.get("desil") or ""), _checked(facts)
    day = checked.strftime("%d-%m-%Y") if checked else "-"
    said = {"aid": kind.name.sentence, "most": kind.max_desil, "basis": kind.basis.partition(";")[0]}
    if not decile.isdecimal():
        return _("Desil belum diketahui; {aid} lazimnya sampai desil {most}. {basis}.", **said)
    if int(decile) > kind.max_desil:
        return _(
            "Desil {desil} (diperiksa {day}) di atas batas {aid} (sampai desil {most}). {basis}.",
            desil=decile, day=day, **said,
        )  # fmt: skip
    if checked is not None and 0 < fresh_days < (facts.today - checked).days:
        return _(
            "Desil {desil} diperiksa {day}, sudah lama; {aid} lazimnya sampai desil {most}: periksa lagi.",
            desil=decile, day=day, **said,
        )  # fmt: skip
    return None


def _checked(facts: Facts) -> date | None:
    checked = facts.answers("data_collection").get("desil_checked_on")
    return date.fromisoformat(checked) if isinstance(checked, str) else None


def _decile(facts: Facts, fresh_days: int) -> Sentence | None:
    checked = _checked(facts)
    if checked is None or not 0 < fresh_days < (days := (facts.today - checked).days):
        return None
    return _("Desil diperiksa {n} hari lalu. Data ini diperbarui berkala: periksa lagi.", n=days)


def spending(category: Category, facts: Facts) -> Sentence | None:
    """Return how spending a head lies to the newest extreme poverty line; None when something is not known."""
    line = category.figure(EXTREME_LINE, facts.today.year)
    answers = facts.answers("assessment")
    total, people = _whole(answers.get("monthly_spending")), _whole(answers.get("household_size"))
    if line is None or total is None or not people:
        return None
    each = total // people
    data = {"each": f"{each:,}".replace(",", "."), "line": f"{line.amount:,}".replace(",", "."), "year": line.year}
    if each < line.amount:
        return _("Pengeluaran Rp{each} per orang sebulan, di bawah garis kemiskinan ekstrem Rp{line} ({year}).", **data)
    return _("Pengeluaran Rp{each} per orang sebulan, di atas garis kemiskinan ekstrem Rp{line} ({year}).", **data)


def _whole(value: Any) -> int | None:  # noqa: ANN401 - an answer of a form
    return value if isinstance(value, int) and not isinstance(value, bool) else None
