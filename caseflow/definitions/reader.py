"""Reads a category file into plain data, with all of its problems at once, and keeps versions as JSON by digest."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from caseflow.definitions import assembly
from caseflow.definitions.assembly import CALLED, Assembled
from caseflow.definitions.sheet import Sheet
from caseflow.definitions.stored import digest_of, from_json, to_json
from caseflow.errors import BrokenDefinition, _
from caseflow.paths import categories_root
from caseflow.states.category import (
    Category,
    Condition,
    Criterion,
    Deadline,
    Field,
    Figure,
    Intervention,
    LetterUse,
    Rhythm,
    Screening,
)
from caseflow.states.lifecycle import letter_act
from caseflow.states.linter import Finding, lint

__all__ = ["Told", "broken", "digest_of", "from_json", "problems", "read", "to_json"]


def read(text: str, *, file: str, letters: Collection[str] | None = None) -> Category:
    """Return the category a TOML text describes, with its digest; it may include the shipped parts.

    Raises BrokenDefinition with every finding of form and of meaning at once. `letters` are the names of the letters
    that exist; None leaves them unchecked.
    """
    parts, _unread = assembly.library(categories_root())
    written = assembly.parse(text, file)
    if isinstance(written, Finding):
        raise broken([Told(file, written)])
    category, told = problems(assembly.assemble(written, parts=parts), letters=letters)
    if told:
        raise broken(told)
    return category


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with the file to mend, and the category that includes that file where it is a part."""

    file: str
    finding: Finding
    by: str = ""


def problems(assembled: Assembled, *, letters: Collection[str] | None = None) -> tuple[Category, tuple[Told, ...]]:
    """Return what can be read and everything wrong with it."""
    found = list(assembled.findings)
    category = _category(Sheet(assembled.table, found))
    # What could not be read was told already: what the linter misses there is no second mistake.
    told = tuple(f.key for f in found)
    meant = [f for f in lint(category, letters=letters) if not any(about_the_same(f.key, t) for t in told)]
    placed = [assembled.at_its_source(f) for f in (*found, *meant)]
    return category, tuple(Told(file, f, "" if file == assembled.file else assembled.file) for file, f in placed)


def broken(told: Iterable[Told]) -> BrokenDefinition:
    """Return the error for the findings of some files: a line each, and as data.

    A mistake of a part is told once, with the categories that include it.
    """
    by: dict[tuple[str, Finding], list[str]] = {}
    for each in told:
        by.setdefault((each.file, each.finding), []).extend([Path(each.by).name] if each.by else [])
    rows = [(file, _with_users(finding, files)) for (file, finding), files in by.items()]
    return BrokenDefinition(
        findings="\n".join(f"{file}: {f}" for file, f in rows),
        list=[{"file": file, "key": f.key, "reason": f.reason, "suggestion": f.suggestion} for file, f in rows],
    )


def _with_users(finding: Finding, files: list[str]) -> Finding:
    if not files:
        return finding
    reason = _("{reason} (disertakan oleh {files})", reason=finding.reason, files=", ".join(files))
    return Finding(finding.key, reason, finding.suggestion)


def about_the_same(key: str, told: str) -> bool:
    """Tell whether one of two keys lies within the other: what could not be read is told once."""
    return key == told or key.startswith(f"{told}.") or told.startswith(f"{key}.")


def _category(sheet: Sheet) -> Category:
    closed_stage, closed_when = _stage_condition(sheet, "closed_when")
    sheet.both(CALLED, required=False)  # said in the sentences already
    letters = tuple(_letter(name, inner) for name, inner in sheet.each("letters"))
    category = Category(
        code=sheet.text("code", required=True),
        ppks=sheet.number("ppks"),
        name=sheet.both("name"),
        definition=sheet.both("definition"),
        subject_kinds=sheet.texts("subject_kinds", required=True),
        legal_basis=sheet.texts("legal_basis", required=True),
        confidentiality=sheet.text("confidentiality", required=True),
        bidang=sheet.text("bidang"),
        age=age_of(sheet),
        sex=sheet.text("sex"),
        closed_when=closed_when,
        closed_stage=closed_stage,
        issues=sheet.choices("issues", required=True),
        screening=_screening(sheet.inner("screening", required=True)),
        stages={stage: _fields(inner) for stage, inner in sheet.each("stages", required=True)},
        guards=_guards(sheet, letters),
        takers=_lists(sheet.inner("takers")),
        approvers=_lists(sheet.inner("approvers")),
        deadlines={state: _deadline(state, inner) for state, inner in sheet.each("deadlines")},
        rhythm=_rhythm(sheet.inner("monitoring", required=True)),
        letters=letters,
        interventions=tuple(_intervention(code, inner) for code, inner in sheet.each("interventions", required=True)),
        figures=tuple(
            _figure(key, year, inner) for key, years in sheet.each("figures") for year, inner in years.every()
        ),
        hold_max_days=sheet.number("hold_max_days", required=True),
        without_steps=sheet.texts("without_steps"),
        placement_review_months=sheet.number("placement_review_months", 6),
        referral_reply=sheet.span("referral_reply", "14wd"),
        review_within=sheet.span("review_within", "2wd"),
        instruments=sheet.texts("instruments"),
    )
    sheet.finish()
    return replace(category, digest=digest_of(category))


def age_of(sheet: Sheet) -> tuple[int | None, int | None]:
    """Return the first and the last age of `age = { from = 0, to = 17 }`; None where an end is open."""
    inner = sheet.inner("age")
    ends = tuple(inner.number(key) if inner.has(key) else None for key in ("from", "to"))
    inner.finish()
    return ends[0], ends[1]


def _screening(sheet: Sheet) -> Screening:
    screening = Screening(
        criteria=tuple(_criterion(key, inner) for key, inner in sheet.each("criteria", required=True)),
        at_least=sheet.number("at_least", 1),
        basis=sheet.text("basis", required=True),
    )
    sheet.finish()
    return screening


def _criterion(key: str, sheet: Sheet) -> Criterion:
    criterion = Criterion(key, sheet.both("label"), gate=sheet.flag("gate"), help=sheet.help())
    sheet.finish()
    return criterion


def _fields(sheet: Sheet) -> tuple[Field, ...]:
    return tuple(_field(key, inner) for key, inner in sheet.every())


def _field(key: str, sheet: Sheet) -> Field:
    field = Field(
        key=key,
        label=sheet.both("label"),
        type=sheet.text("type", required=True),
        required=sheet.flag("required"),
        choices=sheet.choices("choices"),
        help=sheet.help(),
        when=_condition(sheet.inner("when")) if sheet.has("when") else None,
        filled_by=sheet.texts("filled_by"),
        confidentiality=sheet.text("confidentiality"),
        future=sheet.flag("future"),
    )
    sheet.finish()
    return field


def _condition(sheet: Sheet) -> Condition:
    condition = Condition(sheet.text("field", required=True), sheet.texts("in", required=True))
    sheet.finish()
    return condition


def _stage_condition(sheet: Sheet, key: str) -> tuple[str, Condition | None]:
    """Return the stage whose answers a condition reads, and the condition; nothing where there is none."""
    if not sheet.has(key):
        return "", None
    inner = sheet.inner(key)
    return inner.text("stage", required=True), _condition(inner)


def _guards(sheet: Sheet, letters: tuple[LetterUse, ...]) -> dict[str, tuple[str, ...]]:
    """Return the guards by step and act; a letter's own stand with the letter and count when it is issued by hand."""
    named = _lists(sheet.inner("guards"))
    for use in letters:
        if use.guards:
            act = letter_act(use.letter)
            named[act] = tuple(dict.fromkeys((*named.get(act, ()), *use.guards)))
    return named


def _lists(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    return {key: sheet.texts(key) for key in sheet.table}


def _deadline(state: str, sheet: Sheet) -> Deadline:
    deadline = Deadline(
        state=state,
        span=sheet.span("within", required=True),
        basis=sheet.text("basis", required=True),
        recipient=sheet.text("recipient", "assignee"),
    )
    sheet.finish()
    return deadline


def _rhythm(sheet: Sheet) -> Rhythm:
    rhythm = Rhythm(
        first=sheet.span("first", required=True),
        every=sheet.span("every", required=True),
        visits=sheet.number("visits", required=True),
        gap_days=sheet.number("gap_days", 1),
        recipient=sheet.text("recipient", "assignee"),
        basis=sheet.text("basis", required=True),
    )
    sheet.finish()
    return rhythm


def _letter(name: str, sheet: Sheet) -> LetterUse:
    stage, when = _stage_condition(sheet, "when")
    use = LetterUse(
        letter=name,
        states=sheet.texts("states"),
        sent_by=sheet.texts("sent_by"),
        when=when,
        stage=stage,
        guards=sheet.texts("guards"),
    )
    sheet.finish()
    return use


def _intervention(code: str, sheet: Sheet) -> Intervention:
    item = Intervention(
        code=code,
        name=sheet.both("name"),
        pillar=sheet.text("pillar", required=True),
        placement=sheet.text("placement"),
        help=sheet.help(),
        max_desil=sheet.number("max_desil"),
        basis=sheet.text("basis"),
        again_after_months=sheet.number("again_after_months", 12),
    )
    sheet.finish()
    return item


def _figure(key: str, year: str, sheet: Sheet) -> Figure:
    if not year.isdecimal():
        sheet.problem("", _('"{year}" bukan tahun', year=year), _("Misalnya [figures.{key}.2026].", key=key))
    figure = Figure(
        key=key,
        year=int(year) if year.isdecimal() else 0,
        amount=sheet.number("amount", required=True),
        unit=sheet.both("unit"),
        basis=sheet.text("basis", required=True),
    )
    sheet.finish()
    return figure
