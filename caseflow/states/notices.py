"""What a worker is told without being stopped: an odd age or sex, a stale or high decile, spending by the line."""

from datetime import date
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.states.category import Category
from caseflow.states.facts import Facts

DECILE_DAYS = 92
"""DTSEN is refreshed at least every three months (Inpres 4/2025)."""
SEXES = {"L": _("laki-laki"), "P": _("perempuan")}
EXTREME_LINE = "extreme_poverty_line"


def notices(category: Category, facts: Facts, *, age: int | None, sex: str | None = None) -> tuple[Sentence, ...]:
    """Return the sentences to show beside the form; `age` in whole years and `sex` L or P, None when not known."""
    found = (_age(category, age), _sex(category, sex), _decile(facts), spending(category, facts))
    return (*(sentence for sentence in found if sentence is not None), *_above_the_limit(category, facts))


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


def _sex(category: Category, sex: str | None) -> Sentence | None:
    if not category.sex or sex is None or sex == category.sex:
        return None
    return _(
        "Kategori ini untuk {whom}. Periksa lagi, atau pertimbangkan kategori lain.",
        whom=SEXES.get(category.sex, category.sex),
    )


def _above_the_limit(category: Category, facts: Facts) -> tuple[Sentence, ...]:
    """Say which planned help usually goes to poorer people; the office decides."""
    decile = str(facts.answers("data_collection").get("desil") or "")
    if not decile.isdecimal():
        return ()
    planned = {i.intervention for i in facts.plan if i.status != "cancelled"}
    return tuple(
        _(
            "Desil {desil} di atas batas {aid} (sampai desil {most}). {basis}.",
            desil=decile,
            aid=item.code,
            most=item.max_desil,
            basis=item.basis,
        )
        for item in category.interventions
        if item.code in planned and 0 < item.max_desil < int(decile)
    )


def _decile(facts: Facts) -> Sentence | None:
    checked = facts.answers("data_collection").get("desil_checked_on")
    if not isinstance(checked, str):
        return None
    days = (facts.today - date.fromisoformat(checked)).days
    if days <= DECILE_DAYS:
        return None
    return _("Desil diperiksa {n} hari lalu. Data berubah setiap tiga bulan: periksa lagi.", n=days)


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
