"""From one version of a category to another: what a mapping says of answers, issues and kinds of help, and its use."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from caseflow.errors import _
from caseflow.states.answers import CRITERION_ANSWERS, check_answers
from caseflow.states.category import Category, Field, is_asked
from caseflow.states.guards import criterion_key
from caseflow.states.lifecycle import INITIAL, OPEN
from caseflow.states.linter import CHOOSING, Finding, suggest

RISK = "risk"
"""A person judges it: no mapping may."""
YES_NO = ("yes", "no")
"""How a mapping names the answers of a yes-or-no question."""
TEXTS = ("text", "longtext", "person", "phone")
Renamed = Mapping[str, str | None]
"""Old key -> new key; None drops it."""


@dataclass(frozen=True, slots=True)
class StageMap:
    """What becomes of the answers of one stage."""

    fields: Renamed = field(default_factory=dict)
    choices: Mapping[str, Renamed] = field(default_factory=dict)
    """Old question -> its old answers -> new ones."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """New question -> what stands there where nobody answered it; only in a stage that somebody has begun."""


@dataclass(frozen=True, slots=True)
class CategoryMap:
    """What becomes of open cases; what it does not name keeps its key."""

    stages: Mapping[str, StageMap] = field(default_factory=dict)
    issues: Renamed = field(default_factory=dict)
    interventions: Renamed = field(default_factory=dict)

    def stage(self, name: str) -> StageMap:
        """Return what is said of a stage."""
        return self.stages.get(name, StageMap())


# --- answers ---------------------------------------------------------------------------------------------------------


def carried(
    mapping: CategoryMap, new: Category, stage: str, answers: Mapping[str, Any], *, today: date
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answers of a stage as the new version asks for them.

    With them: question as the case has it -> why its answer has no place there. No sentence says an answer.
    """
    part, options = mapping.stage(stage), _options(new, stage)
    found: dict[str, Any] = {}
    came: dict[str, str] = {}
    problems: dict[str, str] = {}
    for key, value in answers.items():
        to = part.fields.get(key, key)
        if to is None:
            continue
        if to not in options:
            problems[key] = _("versi baru tidak menanyakannya, dan pemetaan tidak menyebutnya")
            continue
        now = _renamed(value, part.choices.get(key, {}), _field(new, stage, to))
        known = options[to]
        if known is not None and any(one not in known for one in _said(now)):
            problems[key] = _("jawabannya tidak ada lagi di versi baru, dan pemetaan tidak menyebutnya")
        elif now is not None:
            found[to], came[to] = now, key
    fields = new.fields_of(stage)
    for key, value in part.defaults.items():
        if key not in found and (_field(new, stage, key) is None or is_asked(fields, key, found)):
            found[key] = value
    clean, wrong = check_answers(new, stage, found, today=today)
    problems |= {came.get(key, key): sentence for key, sentence in wrong.items()}
    return {key: value for key, value in clean.items() if value is not None}, problems


def _renamed(value: Any, changed: Renamed, to: Field | None) -> Any:  # noqa: ANN401 - an answer
    """Return an answer under its new name, in the form the new question takes; None where it is dropped."""
    if isinstance(value, list):
        kept = [now for one in value if (now := changed.get(one, one)) is not None]
        return list(dict.fromkeys(kept)) or None
    said = (YES_NO[0] if value else YES_NO[1]) if isinstance(value, bool) else value
    said = changed.get(said, said) if isinstance(said, str) else said
    if to is not None and to.type == "boolean" and said in YES_NO:
        return said == YES_NO[0]
    return [said] if to is not None and to.type == "choices" and isinstance(said, str) else said


def _said(value: Any) -> list[Any]:  # noqa: ANN401 - an answer
    if value is None:
        return []
    return (
        value if isinstance(value, list) else [YES_NO[0] if value is True else YES_NO[1] if value is False else value]
    )


def _field(category: Category, stage: str, key: str) -> Field | None:
    return next((f for f in category.fields_of(stage) if f.key == key), None)


def _options(category: Category, stage: str) -> dict[str, tuple[str, ...] | None]:
    """Return question -> the answers it has; None where people type one."""
    found = {f.key: _choices(f) for f in category.fields_of(stage)}
    return found | dict.fromkeys(_criteria(category, stage), CRITERION_ANSWERS)


def _choices(asked: Field) -> tuple[str, ...] | None:
    if asked.type == "boolean":
        return YES_NO
    return tuple(c.key for c in asked.choices) if asked.type in CHOOSING else None


# --- checking a mapping ----------------------------------------------------------------------------------------------


def problems(mapping: CategoryMap, old: Category, new: Category, *, today: date) -> tuple[Finding, ...]:
    """Return everything wrong with a mapping between two versions."""
    found: list[Finding] = []
    for stage, part in mapping.stages.items():
        if stage not in OPEN:
            found.append(Finding(f"stages.{stage}", _('"{word}" bukan tahap', word=stage), suggest(stage, OPEN)))
        else:
            found += _stage_problems(f"stages.{stage}", part, stage, old, new, today)
    found += _keys("issues", mapping.issues, [i.key for i in old.issues], [i.key for i in new.issues])
    codes = [[i.code for i in version.interventions] for version in (old, new)]
    found += _keys("interventions", mapping.interventions, *codes)
    reason = _("kegiatan rencana tidak dihapus oleh pemetaan")
    dropped = [code for code, to in mapping.interventions.items() if to is None]
    found += [Finding(f"interventions.{code}", reason, _("Sebut penggantinya.")) for code in dropped]
    return tuple(found)


def _stage_problems(
    at: str, part: StageMap, stage: str, old: Category, new: Category, today: date
) -> Iterator[Finding]:
    before, after = _options(old, stage), _options(new, stage)
    yield from _keys(f"{at}.fields", part.fields, before, after)
    named = {RISK} & {*part.fields, *part.fields.values(), *part.choices, *part.defaults}
    if named:
        yield Finding(at, _("tingkat risiko ditetapkan orang, bukan pemetaan"), _('Hapus "{word}".', word=RISK))
    yield from _judged(at, part, *(_criteria(version, stage) for version in (old, new)))
    goes = {key: part.fields.get(key, key if key in after else None) for key in before}
    for to, n in Counter(to for to in goes.values() if to is not None).items():
        if n > 1:
            several = ", ".join(key for key, place in goes.items() if place == to)
            yield Finding(f"{at}.fields", _('"{word}" akan berisi beberapa jawaban: {keys}', word=to, keys=several))
    for key, renamed in part.choices.items():
        place, known, target = f"{at}.choices.{key}", before.get(key), goes.get(key)
        if key not in before:
            yield Finding(place, _("versi lama tidak menanyakannya"), suggest(key, before))
        elif known is None:
            yield Finding(place, _("jawabannya diketik orang, tidak dipilih"))
        elif target is None:
            yield Finding(place, _("isian ini tidak ada di versi baru"), _('Sebut penggantinya di "fields".'))
        else:
            yield from _keys(place, renamed, known, after.get(target) or ())
    for key, value in part.defaults.items():
        if key not in after:
            yield Finding(f"{at}.defaults.{key}", _("versi baru tidak menanyakannya"), suggest(key, after))
        else:
            _clean, wrong = check_answers(new, stage, {key: value}, today=today)
            yield from (Finding(f"{at}.defaults.{key}", sentence) for sentence in wrong.values())


def _judged(at: str, part: StageMap, before: set[str], after: set[str]) -> Iterator[Finding]:
    """Find what would answer a criterion: only the key of one may change, to one that nobody was asked before."""
    renamed = {key for key, to in part.fields.items() if to in after and (key not in before or to in before - {key})}
    named = {"fields": renamed, "choices": {*part.choices} & before, "defaults": {*part.defaults} & after}
    for table, keys in named.items():
        for key in sorted(keys):
            yield Finding(
                f"{at}.{table}.{key}", _("kriteria dinilai orang, bukan pemetaan"), _('Hapus "{word}".', word=key)
            )


def _criteria(category: Category, stage: str) -> set[str]:
    return {criterion_key(c) for c in category.screening.criteria} if stage == INITIAL else set()


def _keys(at: str, renamed: Renamed, before: Any, after: Any) -> Iterator[Finding]:  # noqa: ANN401 - names
    for key, to in renamed.items():
        if key not in before:
            yield Finding(f"{at}.{key}", _("tidak ada di versi lama"), suggest(key, before))
        if to is not None and to not in after:
            yield Finding(f"{at}.{key}", _('"{word}" tidak ada di versi baru', word=to), suggest(to, after))


# --- what has no place -----------------------------------------------------------------------------------------------


def gaps(mapping: CategoryMap, old: Category, new: Category) -> tuple[Finding, ...]:
    """Return what of the old version has no place in the new one: cases that use it cannot move."""
    found: list[Finding] = []
    for stage in OPEN:
        part, after = mapping.stage(stage), _options(new, stage)
        for key, known in _options(old, stage).items():
            to = part.fields.get(key, key)
            if to is None:
                continue
            if to not in after:
                found.append(Finding(f"stages.{stage}.{key}", _("tidak ditanyakan lagi")))
            else:
                found += _lost(f"stages.{stage}.{key}", part, key, known, after[to])
                found += _other_form(f"stages.{stage}.{key}", _field(old, stage, key), _field(new, stage, to))
    kinds = [k for k in old.subject_kinds if k not in new.subject_kinds]
    found += [Finding("subject_kinds", _("tidak lagi untuk {kinds}", kinds=", ".join(kinds)))] if kinds else []
    issues = {i.key for i in new.issues}
    gone = [i.key for i in old.issues if mapping.issues.get(i.key, i.key) not in {*issues, None}]
    found += [Finding(f"issues.{key}", _("tidak ada lagi")) for key in gone]
    lost = [i.code for i in old.interventions if new.intervention(mapping.interventions.get(i.code) or i.code) is None]
    return (*found, *(Finding(f"interventions.{code}", _("tidak ada lagi")) for code in lost))


def _lost(
    at: str, part: StageMap, key: str, known: tuple[str, ...] | None, after: tuple[str, ...] | None
) -> Iterator[Finding]:
    if known is None or after is None:
        return
    renamed = part.choices.get(key, {})
    gone = [one for one in known if (now := renamed.get(one, one)) is not None and now not in after]
    if gone:
        yield Finding(at, _("jawaban yang tidak ada lagi: {answers}", answers=", ".join(gone)))


def _other_form(at: str, before: Field | None, after: Field | None) -> Iterator[Finding]:
    if before is None or after is None or before.type == after.type:
        return
    forms = {before.type, after.type}
    if not (forms <= set(TEXTS) or forms <= {"integer", "money"} or forms <= {*CHOOSING, "boolean"}):
        yield Finding(at, _("jenis isiannya berubah: {before} menjadi {after}", before=before.type, after=after.type))


# --- what is about health --------------------------------------------------------------------------------------------


def is_limited(mapping: CategoryMap, old: Category, new: Category, stage: str, key: str) -> bool:
    """Tell whether a question is one whose answers not everybody may know who may know the rest, in either version."""
    to = mapping.stage(stage).fields.get(key, key)
    asked = (_field(old, stage, key), _field(new, stage, to) if to else None)
    return any(each is not None and each.confidentiality for each in asked)


def changes_limited(mapping: CategoryMap, old: Category, new: Category) -> bool:
    """Tell whether such a question changes in more than its words: a case may stay because of what it answered."""
    return any(
        is_limited(mapping, old, new, stage, asked.key) and not _stays(mapping.stage(stage), asked, new, stage)
        for stage in OPEN
        for asked in old.fields_of(stage)
    )


def _stays(part: StageMap, asked: Field, new: Category, stage: str) -> bool:
    now = _field(new, stage, asked.key)
    if now is None or asked.key in part.fields or asked.key in part.choices:
        return False
    return (
        _choices(asked) == _choices(now)
        and replace(now, label=asked.label, help=asked.help, choices=asked.choices) == asked
    )
