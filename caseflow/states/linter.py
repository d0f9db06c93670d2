"""Checks a category, or a lifecycle, before any case follows it: every mistake at once, with a suggestion."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from caseflow.errors import _
from caseflow.states.category import (
    BIDANG,
    CONFIDENTIALITY,
    FIELD_TYPES,
    PILLARS,
    PLACEMENTS,
    SEXES,
    SUBJECT_KINDS,
    Category,
    Condition,
    Field,
    LetterUse,
)
from caseflow.states.guards import GUARDS
from caseflow.states.lifecycle import (
    ABOVE,
    ACTS,
    CLOSED,
    FIRST_OR_ASSESSMENT,
    INITIAL,
    OPEN,
    PREVIOUS,
    RECIPIENTS,
    RISKS,
    STAGE_WRITERS,
    STATES,
    STEPS,
    TAKING,
    Step,
    destinations,
    letter_act,
)

CHOOSING = ("choice", "choices")
RESERVED = "criterion_"
"""The answers to the screening criteria have keys of this form."""
LONGEST_HOLD = 365
LAST_PPKS = 26
HIGHEST_DECILE = 10
PLACEMENT_REVIEW = 6
"""A placement is reviewed at least every six months (Permensos 30/HUK/2011)."""
HIGHEST_RISK_STEP = "emergency_intervention"


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: where, why, and what was probably meant."""

    key: str
    reason: str
    suggestion: str = ""

    def __str__(self) -> str:
        """Return the line an operator reads."""
        return f"{self.key}: {self.reason.rstrip('.')}." + (f" {self.suggestion}" if self.suggestion else "")


def suggest(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to a misspelt one, or what there is."""
    names = list(known)
    close = get_close_matches(word, names, n=1)
    if close:
        return _('Maksudnya "{close}"?', close=close[0])
    return _("Yang ada: {known}.", known=", ".join(names) or "-")


def lint(category: Category, *, letters: Collection[str] | None) -> tuple[Finding, ...]:
    """Return everything wrong with a category; `letters` are the names that exist, None leaves them unchecked."""
    return (
        *_head(category),
        *_screening(category),
        *(f for stage in category.stages for f in _stage(category, stage)),
        *_stage_condition(category, "closed_when", category.closed_stage, category.closed_when),
        *_acts(category),
        *_people(category),
        *_reminders(category),
        *(f for use in category.letters for f in _letter(category, use, letters)),
        *_lists(category),
        *lint_lifecycle(STATES, [s for n, s in STEPS.items() if n not in category.without_steps], INITIAL),
    )


def lint_lifecycle(
    states: Iterable[str], steps: Iterable[Step], initial: str, *, end: str = CLOSED
) -> tuple[Finding, ...]:
    """Return the overlaps, unreachable states, dead ends, unknown words and steps without a taker of a lifecycle."""
    known, listed = tuple(states), tuple(steps)
    findings = [f for step in listed for f in _step(step, known)]
    findings += [_unknown("initial", initial, known)] if initial not in known else []
    for (name, source), times in Counter((s.name, source) for s in listed for source in s.sources).items():
        if times > 1:
            reason = _('ada {times} langkah bernama sama dari "{source}"', times=times, source=source)
            findings.append(Finding(f"steps.{name}", reason, _("Beri nama lain, atau satukan tujuannya.")))
    # To go back to where a case has been opens no new state.
    edges = {s: {t for step in listed if s in step.sources for t in _forward(step)} for s in known}
    reached = _reach(initial, edges)
    for state in known:
        if state not in reached:
            findings.append(
                Finding(f"states.{state}", _("tidak terjangkau dari awal kasus"), _("Tambahkan langkah ke sini."))
            )
        elif state != end and end not in _reach(state, edges):
            reason = _('buntu: tidak ada jalan sampai "{end}"', end=end)
            findings.append(Finding(f"states.{state}", reason, _("Tambahkan langkah keluar.")))
    return tuple(findings)


def _forward(step: Step) -> tuple[str, ...]:
    return () if step.to in {PREVIOUS, FIRST_OR_ASSESSMENT} else destinations(step)


def _reach(start: str, edges: dict[str, set[str]]) -> set[str]:
    reached, todo = {start}, [start]
    while todo:
        fresh = edges.get(todo.pop(), set()) - reached
        reached |= fresh
        todo += fresh
    return reached


def _step(step: Step, states: tuple[str, ...]) -> Iterator[Finding]:
    at = f"steps.{step.name}"
    for state in (*step.sources, *_forward(step)):
        if state not in states:
            yield _unknown(at, state, states)
    yield from _roles(f"{at}.takers", step.takers)
    yield from (_unknown(f"{at}.approvers", r, ABOVE) for r in step.approvers if r not in ABOVE)
    yield from (_unknown(f"{at}.guards", g, GUARDS) for g in step.guards if g not in GUARDS)


# --- small sentences -------------------------------------------------------------------------------------------------


def _unknown(key: str, word: str, known: Iterable[str]) -> Finding:
    return Finding(key, _('"{word}" tidak dikenal', word=word), suggest(word, known))


def _one_of(key: str, word: str, known: Iterable[str]) -> Iterator[Finding]:
    """Check a word that may be left out."""
    if word and word not in known:
        yield _unknown(key, word, known)


def _empty(key: str) -> Finding:
    return Finding(key, _("kosong"), _("Sebut paling sedikit satu."))


def _no_basis(key: str) -> Finding:
    return Finding(key, _("dasar belum disebut"), _('Tulis aturannya, atau "Bawaan kantor; sesuaikan".'))


def _doubles(key: str, names: Iterable[str]) -> Iterator[Finding]:
    for name, times in Counter(names).items():
        if times > 1:
            yield Finding(f"{key}.{name}", _("disebut {times} kali", times=times), _("Hapus yang berulang."))


def _outside(key: str, value: int, least: int, most: int) -> Iterator[Finding]:
    if not least <= value <= most:
        yield Finding(key, _("{value} di luar {least} sampai {most}", value=value, least=least, most=most))


def _roles(key: str, roles: tuple[str, ...]) -> Iterator[Finding]:
    """Roles that are to take a step: known, able to, and at least one."""
    if not roles:
        yield Finding(key, _("tidak ada peran yang dapat mengambil langkah ini"), suggest("", TAKING))
    yield from (_unknown(key, r, TAKING) for r in roles if r not in TAKING)


# --- the parts of a category -----------------------------------------------------------------------------------------


def _head(category: Category) -> Iterator[Finding]:
    if not re.fullmatch(r"[A-Z][A-Z0-9-]{1,19}", category.code):
        yield Finding("code", _("harus 2 sampai 20 huruf besar, angka, atau tanda hubung"), _('Misalnya "AT".'))
    yield from _outside("ppks", category.ppks, 0, LAST_PPKS)
    if category.confidentiality not in CONFIDENTIALITY:
        yield _unknown("confidentiality", category.confidentiality, CONFIDENTIALITY)
    yield from _one_of("bidang", category.bidang, BIDANG)
    yield from _one_of("sex", category.sex, SEXES)
    if not category.subject_kinds:
        yield _empty("subject_kinds")
    yield from (_unknown("subject_kinds", k, SUBJECT_KINDS) for k in category.subject_kinds if k not in SUBJECT_KINDS)
    if not category.legal_basis:
        yield _no_basis("legal_basis")
    low, high = category.age
    if low is not None and high is not None and low > high:
        yield Finding("age", _("{low} lebih besar daripada {high}", low=low, high=high), _("Tukar keduanya."))
    yield from _outside("hold_max_days", category.hold_max_days, 1, LONGEST_HOLD)
    yield from _outside("placement_review_months", category.placement_review_months, 1, PLACEMENT_REVIEW)
    optional = tuple(n for n, s in STEPS.items() if s.optional)
    for name in category.without_steps:
        if name not in STEPS:
            yield _unknown("without_steps", name, optional)
        elif name not in optional:
            yield Finding("without_steps", _('langkah "{name}" wajib ada', name=name), suggest("", optional))


def _screening(category: Category) -> Iterator[Finding]:
    criteria = category.screening.criteria
    if not criteria:
        yield _empty("screening.criteria")
    yield from _doubles("screening.criteria", (c.key for c in criteria))
    counted = sum(not c.gate for c in criteria)
    if counted:
        yield from _outside("screening.at_least", category.screening.at_least, 1, counted)
    if not category.screening.basis.strip():
        yield _no_basis("screening.basis")


def _stage(category: Category, stage: str) -> Iterator[Finding]:
    at, fields = f"stages.{stage}", category.fields_of(stage)
    if stage not in OPEN:
        yield _unknown(at, stage, OPEN)
    yield from _doubles(at, (f.key for f in fields))
    for index, field in enumerate(fields):
        yield from _field(f"{at}.{field.key}", field)
        if field.when is not None:
            yield from _condition(f"{at}.{field.key}.when", field.when, fields[:index], later=fields[index:])
        writers = STAGE_WRITERS.get(stage, ())
        if field.required and field.filled_by and writers and not set(writers).intersection(field.filled_by):
            reason = _("wajib diisi, tetapi tidak ada peran yang boleh mengisinya di tahap ini")
            yield Finding(f"{at}.{field.key}.filled_by", reason, suggest("", writers))


def _field(at: str, field: Field) -> Iterator[Finding]:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", field.key) or field.key.startswith(RESERVED):
        reason = _("kunci harus huruf kecil, angka, dan garis bawah, dan tidak diawali criterion_")
        yield Finding(at, reason, _('Misalnya "school_name".'))
    if field.type not in FIELD_TYPES:
        yield _unknown(f"{at}.type", field.type, FIELD_TYPES)
    elif field.type in CHOOSING and not field.choices:
        yield Finding(f"{at}.choices", _("pertanyaan pilihan tanpa pilihan"), _("Tambahkan pilihannya."))
    elif field.type not in CHOOSING and field.choices:
        yield Finding(
            f"{at}.choices", _('jenis "{type}" tidak memakai pilihan', type=field.type), _('Pakai type = "choice".')
        )
    yield from _doubles(f"{at}.choices", (c.key for c in field.choices))
    if field.key == "risk" and {c.key for c in field.choices} != set(RISKS):
        yield Finding(
            f"{at}.choices", _("tingkat risiko harus {risks}", risks=", ".join(RISKS)), _("Ganti pilihannya.")
        )
    if field.future and field.type != "date":
        yield Finding(f"{at}.future", _("hanya untuk tanggal"), _('Hapus, atau pakai type = "date".'))
    yield from _one_of(f"{at}.confidentiality", field.confidentiality, CONFIDENTIALITY)
    yield from (_unknown(f"{at}.filled_by", r, TAKING) for r in field.filled_by if r not in TAKING)


def _condition(
    at: str, condition: Condition, fields: Iterable[Field], *, later: Iterable[Field] = ()
) -> Iterator[Finding]:
    """Check that a condition reads a question that is asked before, and answers that can be given."""
    known = {f.key: f for f in fields}
    read = known.get(condition.field)
    if read is None and condition.field in {f.key for f in later}:
        reason = _('"{field}" ditanyakan sesudahnya', field=condition.field)
        yield Finding(f"{at}.field", reason, _("Pindahkan pertanyaan itu ke atas."))
    elif read is None:
        yield _unknown(f"{at}.field", condition.field, known)
    elif read.type not in {*CHOOSING, "boolean"}:
        reason = _('"{field}" bukan pertanyaan pilihan atau ya/tidak', field=read.key)
        yield Finding(f"{at}.field", reason, suggest("", (f.key for f in known.values() if f.choices)))
    else:
        answers = ("yes", "no") if read.type == "boolean" else tuple(c.key for c in read.choices)
        yield from (_unknown(f"{at}.in", a, answers) for a in condition.is_in if a not in answers)
    if not condition.is_in:
        yield _empty(f"{at}.in")


def _stage_condition(category: Category, at: str, stage: str, condition: Condition | None) -> Iterator[Finding]:
    if condition is not None and stage not in category.stages:
        yield _unknown(f"{at}.stage", stage, category.stages)
    elif condition is not None:
        # A question that may not be asked keeps an old answer: nothing must hang on it.
        yield from _condition(at, condition, [f for f in category.fields_of(stage) if f.when is None])


def _guards(category: Category, at: str, names: tuple[str, ...]) -> Iterator[Finding]:
    """Check that guards exist and that the category defines what they read."""
    yield from _doubles(at, names)
    fields = {f"{stage}.{f.key}" for stage, listed in category.stages.items() for f in listed}
    moves = {f"placement:{i.placement}" for i in category.interventions}
    for name in names:
        if name not in GUARDS:
            yield _unknown(at, name, GUARDS)
            continue
        for need in GUARDS[name].needs:
            if need not in fields | moves:
                reason = _('syarat "{name}" membaca "{need}", yang tidak ada di kategori ini', name=name, need=need)
                near = [f for f in fields if f.partition(".")[0] == need.partition(".")[0]]
                yield Finding(
                    at, reason, suggest(need, sorted(near)) if near else _("Tambahkan, atau hapus syaratnya.")
                )


def _acts(category: Category) -> Iterator[Finding]:
    steps = _live_steps(category)
    known = (*steps, *ACTS, *(letter_act(u.letter) for u in category.letters))
    for act in category.guards:
        if act not in known:
            yield _unknown(f"guards.{act}", act, known)
    for act in dict.fromkeys((*steps, *category.guards)):
        common = STEPS[act].guards if act in STEPS else ()
        yield from _guards(category, f"guards.{act}", (*common, *category.guards.get(act, ())))


def _live_steps(category: Category) -> tuple[str, ...]:
    return tuple(n for n in STEPS if n not in category.without_steps)


def _people(category: Category) -> Iterator[Finding]:
    steps = _live_steps(category)
    for step, roles in category.takers.items():
        if step not in steps:
            yield _unknown(f"takers.{step}", step, steps)
        yield from _roles(f"takers.{step}", roles)
    for step, roles in category.approvers.items():
        at = f"approvers.{step}"
        if step not in steps:
            yield _unknown(at, step, steps)
        elif STEPS[step].approvers and not roles:
            yield Finding(at, _("langkah ini memerlukan orang kedua, tetapi penyetujunya kosong"), suggest("", ABOVE))
        yield from (_unknown(at, r, ABOVE) for r in roles if r not in ABOVE)


def _reminders(category: Category) -> Iterator[Finding]:
    for state, deadline in category.deadlines.items():
        at = f"deadlines.{state}"
        if state not in OPEN:
            yield _unknown(at, state, OPEN)
        yield from _reminder(at, deadline.recipient, deadline.basis)
    rhythm = category.rhythm
    yield from _reminder("monitoring", rhythm.recipient, rhythm.basis)
    if rhythm.visits < 1:
        yield Finding("monitoring.visits", _("monitoring tanpa kunjungan"), _("Tulis paling sedikit 1."))
    if rhythm.every.unit == "days" and rhythm.gap_days > rhythm.every.amount:
        reason = _("jarak {gap} hari lebih panjang daripada iramanya", gap=rhythm.gap_days)
        yield Finding("monitoring.gap_days", reason, _("Paling banyak {n}.", n=rhythm.every.amount))


def _reminder(at: str, recipient: str, basis: str) -> Iterator[Finding]:
    if not recipient:
        yield Finding(f"{at}.recipient", _("pengingat tanpa penerima"), suggest("", RECIPIENTS))
    elif recipient not in RECIPIENTS:
        yield _unknown(f"{at}.recipient", recipient, RECIPIENTS)
    if not basis.strip():
        yield _no_basis(f"{at}.basis")


def _letter(category: Category, use: LetterUse, letters: Collection[str] | None) -> Iterator[Finding]:
    at, steps = f"letters.{use.letter}", _live_steps(category)
    if letters is not None and use.letter not in letters:
        yield _unknown(at, use.letter, sorted(letters))
    yield from (_unknown(f"{at}.states", s, STATES) for s in use.states if s not in STATES)
    yield from (_unknown(f"{at}.sent_by", s, steps) for s in use.sent_by if s not in steps)
    if not set(use.states).intersection(STATES) and not set(use.sent_by).intersection(steps):
        reason = _(
            "surat ini tidak pernah terjangkau: tidak ditawarkan di tahap mana pun dan tidak dikirim langkah mana pun"
        )
        yield Finding(at, reason, _("Isi states atau sent_by."))
    yield from _stage_condition(category, f"{at}.when", use.stage, use.when)
    yield from _guards(category, f"{at}.guards", use.guards)
    for step in use.sent_by:
        if step in steps and step != HIGHEST_RISK_STEP:
            has = {*STEPS[step].guards, *category.guards.get(step, ())}
            for name in use.guards:
                if name not in has:
                    reason = _('dikirim langkah "{step}" tanpa syarat "{name}"', step=step, name=name)
                    yield Finding(f"{at}.sent_by", reason, _("Tambahkan syarat itu pada langkahnya."))


def _lists(category: Category) -> Iterator[Finding]:
    if not category.interventions:
        yield _empty("interventions")
    yield from _doubles("interventions", (i.code for i in category.interventions))
    for item in category.interventions:
        at = f"interventions.{item.code}"
        if item.pillar not in PILLARS:
            yield _unknown(f"{at}.pillar", item.pillar, PILLARS)
        yield from _one_of(f"{at}.placement", item.placement, PLACEMENTS)
        yield from _outside(f"{at}.max_desil", item.max_desil, 0, HIGHEST_DECILE)
        yield from _outside(f"{at}.again_after_months", item.again_after_months, 0, 120)
        if item.max_desil and not item.basis.strip():
            yield _no_basis(f"{at}.basis")
    if not category.issues:
        yield _empty("issues")
    yield from _doubles("issues", (i.key for i in category.issues))
    yield from _doubles("letters", (u.letter for u in category.letters))
    yield from _doubles("figures", (f"{f.key}.{f.year}" for f in category.figures))
    yield from (_no_basis(f"figures.{f.key}.{f.year}") for f in category.figures if not f.basis.strip())
