"""What a worker is told without being stopped: an odd age, a stale decile, spending beside the poverty line."""

from datetime import date
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.states.category import Category
from caseflow.states.facts import Facts

DECILE_DAYS = 92
"""DTSEN is refreshed at least every three months (Inpres 4/2025)."""
EXTREME_LINE = "extreme_poverty_line"


def notices(category: Category, facts: Facts, *, age: int | None) -> tuple[Sentence, ...]:
    """Return the sentences to show beside the form; `age` in whole years, None when it is not known."""
    found = (_age(category, age), _decile(facts), spending(category, facts))
    return tuple(sentence for sentence in found if sentence is not None)


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
