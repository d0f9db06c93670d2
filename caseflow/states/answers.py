"""Checks the answers of a stage form against its fields; all problems at once, nothing is guessed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.states.category import Category, Field
from caseflow.states.guards import criterion_key
from caseflow.states.lifecycle import STATES

LONGEST = {"text": 400, "person": 400, "phone": 40, "longtext": 20_000}
LARGEST = 10**13
CRITERION_ANSWERS = ("yes", "no", "unknown")


def check_answers(
    category: Category, stage: str, given: Mapping[str, Any], *, today: date
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answers in stored form, and field -> sentence for what cannot be taken; None clears an answer."""
    if stage not in STATES or stage == "closed":
        return {}, {"stage": _('Tahap "{stage}" tidak dikenal.', stage=stage)}
    fields = {f.key: f for f in category.fields_of(stage)}
    criteria = {criterion_key(c) for c in category.screening.criteria} if stage == "data_collection" else set()
    clean: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for key, value in given.items():
        if value is None or value == "":
            taken: Any = None
            problem = None if key in fields or key in criteria else _("Isian ini tidak dikenal.")
        elif key in criteria:
            taken = value
            problem = None if value in CRITERION_ANSWERS else _("Jawab ya, tidak, atau belum tahu.")
        elif key in fields:
            taken, problem = _checked(fields[key], value, today)
        else:
            taken, problem = None, _("Isian ini tidak dikenal.")
        if problem:
            problems[str(key)] = problem
        else:
            clean[key] = taken
    return clean, problems


def _checked(field: Field, value: Any, today: date) -> tuple[Any, Sentence | None]:  # noqa: ANN401 - as typed
    match field.type:
        case "text" | "longtext" | "phone" | "person":
            return _text(value, LONGEST[field.type])
        case "integer" | "money":
            return _number(value)
        case "date":
            return _date(value, today, future=field.future)
        case "boolean":
            return (
                (value, None)
                if isinstance(value, bool)
                else (None, _("Jawab ya atau tidak; dalam JSON: true atau false."))
            )
        case "choice":
            keys = [c.key for c in field.choices]
            return (
                (value, None) if value in keys else (None, _("Pilih salah satu: {choices}.", choices=", ".join(keys)))
            )
        case _:
            return _choices(field, value)


def _text(value: Any, longest: int) -> tuple[Any, Sentence | None]:  # noqa: ANN401 - as typed
    if not isinstance(value, str):
        return None, _("Isian ini harus berupa teks.")
    if len(value) > longest:
        return None, _("Paling banyak {n} huruf.", n=longest)
    return value, None


def _number(value: Any) -> tuple[Any, Sentence | None]:  # noqa: ANN401 - as typed
    if isinstance(value, bool) or not isinstance(value, int):
        return None, _("Isian ini harus berupa bilangan bulat, tanpa titik atau koma.")
    if not 0 <= value <= LARGEST:
        return None, _("Bilangan ini di luar batas.")
    return value, None


def _date(value: Any, today: date, *, future: bool) -> tuple[Any, Sentence | None]:  # noqa: ANN401 - as typed
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None, _("Tulis tanggal sebagai TTTT-BB-HH.")
    if day > today and not future:
        return None, _("Tanggal ini belum tiba.")
    return day.isoformat(), None


def _choices(field: Field, value: Any) -> tuple[Any, Sentence | None]:  # noqa: ANN401 - as typed
    keys = {c.key for c in field.choices}
    if not isinstance(value, list) or not all(isinstance(v, str) and v in keys for v in value):
        return None, _("Pilih dari: {choices}.", choices=", ".join(sorted(keys)))
    return list(dict.fromkeys(value)), None
