"""Questions of a form: what they ask, how a browser's fields become answers, and answers fields again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.states.category import Condition
from caseflow.web.environment import Words
from caseflow.web.posted import Posted

DATE_PARTS = ("d", "m", "y")
FEW = 6
"""From this many choices on a list to open is shorter than radios."""
LIMITS = {"text": 400, "person": 400, "phone": 40, "longtext": 20_000}
YES_NO: tuple[tuple[str, Words], ...] = (("yes", _("Ya")), ("no", _("Tidak")))
YES_NO_UNKNOWN: tuple[tuple[str, Words], ...] = (*YES_NO, ("unknown", _("Belum tahu")))
REQUIRED = _("Isian ini wajib.")
UNANSWERED = _("Belum dijawab")
CHOOSE = _("Pilih salah satu jawaban.")

Typed = dict[str, list[str]]
"""Fields as the browser shows them: name -> values, a date as three fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: `type` as in category files, and birth, criterion, digits, list, table."""

    key: str
    label: Words
    type: str = "text"
    hint: Words | None = None
    required: bool = True
    counts: bool = False
    """May be left open, and something rests on it: not called optional."""
    choices: tuple[tuple[str, Words], ...] = ()
    groups: tuple[tuple[str, tuple[tuple[str, Words], ...]], ...] = ()
    """Choices of a long list under headings."""
    suggested: tuple[tuple[str, Words], ...] = ()
    """Answers offered while typing, with what each is; others may be typed."""
    columns: tuple[Words, ...] = ()
    """What the cells of a row are, in a table typed a row a line."""
    limit: int = 0
    when: Condition | None = None
    fixed: Words | None = None
    """Who may answer, where this reader may not: shown, never sent."""
    value: Any = None
    """The present answer."""
    none: Words = UNANSWERED
    """What no answer is called, where it may be chosen."""

    @property
    def listed(self) -> bool:
        """Shown as a list to open."""
        return bool(self.groups) or (self.type == "choice" and len(self.choices) >= FEW)

    @property
    def anchor(self) -> str:
        """The id a link to this question leads to."""
        return f"f-{self.key}"

    def options(self) -> tuple[tuple[str, Words], ...]:
        """Return what can be chosen; where no answer is needed, also to give none."""
        offered = {"boolean": YES_NO, "criterion": YES_NO_UNKNOWN}.get(self.type, self.choices)
        blank = not self.required and self.type in {"boolean", "criterion", "choice"} and not self.listed
        return (*offered, ("", self.none)) if blank else offered


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with those that depend on it; `shown_by` are the places of the answers that show it."""

    question: Question
    followers: tuple["Asked", ...] = ()
    shown_by: tuple[int, ...] = ()


def arranged(questions: Sequence[Question]) -> tuple[Asked, ...]:
    """Return the questions with each dependent one under the one it depends on."""
    keys = {q.key for q in questions}

    def under(question: Question) -> Asked:
        found = tuple(under(q) for q in questions if q.when is not None and q.when.field == question.key)
        return Asked(question, found, _shown_by(question, questions))

    return tuple(under(q) for q in questions if q.when is None or q.when.field not in keys)


def _shown_by(question: Question, questions: Sequence[Question]) -> tuple[int, ...]:
    if question.when is None:
        return ()
    parent = next((q for q in questions if q.key == question.when.field), None)
    options = parent.options() if parent else ()
    return tuple(at for at, (key, _label) in enumerate(options) if key in question.when.is_in)


# --- answers to fields ---------------------------------------------------------------------------------------------


def typed_of(questions: Sequence[Question]) -> Typed:
    """Return the present answers as a browser would send them."""
    found: Typed = {}
    for question in questions:
        found |= _typed(question)
    return found


def _typed(question: Question) -> Typed:
    key, value = question.key, question.value
    if value is None:
        return {}
    match question.type:
        case "date":
            year, month, day = str(value).split("-")
            return {f"{key}-d": [day.lstrip("0")], f"{key}-m": [month.lstrip("0")], f"{key}-y": [year]}
        case "boolean":
            return {key: ["yes" if value else "no"]}
        case "choices":
            return {key: [str(v) for v in value]}
        case "list":
            return {key: ["\n".join(value)]}
        case "table":
            return {key: ["\n".join("; ".join(row) for row in value)]}
        case "birth":
            return {f"{key}-{part}": [str(v)] for part, v in value.items() if v}
        case _:
            return {key: [str(value)]}


def typed_from(questions: Sequence[Question], form: Posted) -> Typed:
    """Return what was typed, to show it again."""
    names = {name for q in questions for name in names_of(q)}
    return {name: list(form.all(name)) for name in names if form.has(name)}


def names_of(question: Question) -> tuple[str, ...]:
    """Return the names of a question's fields."""
    match question.type:
        case "date":
            return tuple(f"{question.key}-{part}" for part in DATE_PARTS)
        case "birth":
            return tuple(f"{question.key}-{part}" for part in (*DATE_PARTS, "age"))
        case _:
            return (question.key,)


# --- fields to answers ---------------------------------------------------------------------------------------------


def read(
    questions: Sequence[Question], form: Posted, *, draft: bool = False
) -> tuple[dict[str, Any], dict[str, Sentence]]:
    """Return the answers and the sentence for each that cannot be taken; a draft may leave questions open."""
    answers: dict[str, Any] = {}
    problems: dict[str, Sentence] = {}
    for question in questions:
        if question.fixed is not None:
            continue
        value, problem = _read(question, form)
        if problem is None and value is None and question.required and not draft and question.when is None:
            problem = CHOOSE if question.type in {"choice", "boolean", "criterion"} else REQUIRED
        if problem is not None:
            problems[question.key] = problem
        else:
            answers[question.key] = value
    return answers, problems


def _read(question: Question, form: Posted) -> tuple[Any, Sentence | None]:
    typed = form.one(question.key).strip()
    match question.type:
        case "date":
            return _date([form.one(name).strip() for name in names_of(question)])
        case "birth":
            parts = dict(
                zip(("day", "month", "year", "age"), (form.one(n).strip() for n in names_of(question)), strict=True)
            )
            return (parts if any(parts.values()) else None), None
        case "integer" | "money":
            return _whole(typed)
        case "boolean":
            return {"yes": True, "no": False}.get(typed), None
        case "choices":
            known = [v for v in form.all(question.key) if v in dict(question.choices)]
            return known or None, None
        case "choice" | "criterion":
            offered = {key for key, _label in question.options()} | {k for _g, cs in question.groups for k, _l in cs}
            return (typed or None, None) if typed in offered or not typed else (None, CHOOSE)
        case "list" | "table":
            return _lines(typed, len(question.columns))
        case _:
            return _text(typed, question.limit or LIMITS.get(question.type, LIMITS["longtext"]))


def _lines(typed: str, width: int) -> tuple[list[Any] | None, Sentence | None]:
    """Return the lines of a list, or with a width the rows of a table: cells left out at the end are empty."""
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if not width:
        return lines or None, None
    rows = [[cell.strip() for cell in line.split(";")] for line in lines]
    if any(len(cells) > width for cells in rows):
        return None, _("Paling banyak {n} kolom dalam satu baris.", n=width)
    return [cells + [""] * (width - len(cells)) for cells in rows] or None, None


def _text(typed: str, limit: int) -> tuple[str | None, Sentence | None]:
    if len(typed) > limit:
        return None, _("Paling banyak {n} huruf.", n=limit)
    return typed or None, None


def _whole(typed: str) -> tuple[int | None, Sentence | None]:
    bare = re.sub(r"(?i)^rp\.?|,-$|,00$|\s", "", typed)
    if not bare:
        return None, None
    if not re.fullmatch(r"[0-9]{1,13}|[0-9]{1,3}(\.[0-9]{3}){1,4}", bare):
        return None, _("Tulis bilangan bulat, misalnya 850000.")
    return int(bare.replace(".", "")), None


def _date(parts: Sequence[str]) -> tuple[str | None, Sentence | None]:
    if not any(parts):
        return None, None
    if not all(part.isdecimal() and len(part) <= len("2026") for part in parts) or len(parts[2]) != len("2026"):
        return None, _("Tulis tanggal, bulan, dan tahun dengan angka, misalnya 16 11 2026.")
    day, month, year = (int(part) for part in parts)
    try:
        return date(year, month, day).isoformat(), None
    except ValueError:
        return None, _("Tanggal itu tidak ada di kalender.")


def as_date(value: Any) -> date | None:  # noqa: ANN401 - an answer
    """Return the day an answer of type date names."""
    return date.fromisoformat(value) if value else None


def as_text(value: Any) -> str:  # noqa: ANN401 - an answer
    """Return a text answer; none is empty."""
    return str(value or "")


def by_name(names: Mapping[str, str]) -> tuple[tuple[str, Words], ...]:
    """Return id -> name as choices in the order of the names."""
    return tuple(sorted(names.items(), key=lambda pair: pair[1].casefold()))


def labels_of(questions: Sequence[Question]) -> dict[str, Words]:
    """Return what the summary of errors calls each question."""
    return {q.key: q.label for q in questions}


def same_choices(pairs: Mapping[str, Words]) -> tuple[tuple[str, Words], ...]:
    """Return a mapping of labels as choices."""
    return tuple(pairs.items())
