"""What a category file says, as plain frozen data: the words the machine, the linter and the forms share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from caseflow.errors import Label
from caseflow.states.deadlines import Span


@dataclass(frozen=True, slots=True)
class Text:
    """A label in Bahasa Indonesia and in English."""

    id: str
    en: str

    def in_(self, lang: str) -> str:
        """Return the label in `lang`; anything but "en" is Indonesian."""
        return self.en if lang == "en" else self.id

    @property
    def sentence(self) -> Label:
        """The label as a part of a sentence: said in the language of whoever reads it."""
        return Label(self.id, en=self.en)


FIELD_TYPES = ("text", "longtext", "integer", "money", "date", "boolean", "choice", "choices", "phone", "person")
SUBJECT_KINDS = ("person", "household", "group", "community")
CONFIDENTIALITY = ("R1", "R2", "R3")
PILLARS = ("rehabilitasi", "jaminan", "pemberdayaan", "perlindungan")
BIDANG: dict[str, Text] = {
    "rehsos": Text("Rehabilitasi Sosial", "Social rehabilitation"),
    "linjamsos": Text("Perlindungan dan Jaminan Sosial", "Social protection and security"),
    "dayasos": Text("Pemberdayaan Sosial", "Social empowerment"),
    "pfm": Text("Penanganan Fakir Miskin", "Poverty handling"),
}
"""The divisions of a Dinas Sosial; which of them handles a category differs from office to office."""
SEXES = ("L", "P")
PLACEMENTS: dict[str, Text] = {
    "kin": Text("Pengasuhan keluarga atau kerabat", "Care by family or kin"),
    "lksa": Text("Pengasuhan di LKSA", "Care in a child welfare institution"),
    "shelter": Text("Rumah perlindungan sementara", "Temporary shelter"),
}
"""Where a child may move because of a case; only "lksa" needs consent, kin assessment, opinion and pick-up."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer a choice field takes."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Condition:
    """A field counts only while another field of the same stage has one of these answers."""

    field: str
    is_in: tuple[str, ...]

    def holds(self, data: Mapping[str, object]) -> bool:
        """Tell whether the answers make the dependent field count."""
        value = data.get(self.field)
        if isinstance(value, bool):
            return ("yes" if value else "no") in self.is_in
        if isinstance(value, list | tuple):
            return any(str(v) in self.is_in for v in value)
        return value is not None and str(value) in self.is_in


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a stage form."""

    key: str
    label: Text
    type: str
    required: bool = False
    choices: tuple[Choice, ...] = ()
    help: Text | None = None
    when: Condition | None = None
    filled_by: tuple[str, ...] = ()
    """Roles that may answer; empty: whoever may write the stage."""
    confidentiality: str = ""
    """Higher than the case's own, such as health data in an R1 case; empty: as the case."""
    future: bool = False
    """A date that may lie ahead (an appointment, a pick-up)."""


def is_asked(fields: tuple[Field, ...], key: str, answers: Mapping[str, object]) -> bool:
    """Tell whether a question counts: its condition holds, and so do those of the questions it depends on."""
    asked = next((f for f in fields if f.key == key), None)
    if asked is None:
        return False
    return asked.when is None or (asked.when.holds(answers) and is_asked(fields, asked.when.field, answers))


@dataclass(frozen=True, slots=True)
class Criterion:
    """One statement of the category's official criteria, answered yes / no / unknown at screening."""

    key: str
    label: Text
    gate: bool = False
    """A gate criterion decides alone (Kepmensos 262/HUK/2022: no place to live)."""
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """How the answers to the criteria decide: any gate, or at least `at_least` of the others."""

    criteria: tuple[Criterion, ...]
    at_least: int
    basis: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long a case may stay in a state, and who says so."""

    state: str
    span: Span
    basis: str
    recipient: str = "assignee"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Monitoring: first visit, then every so often, how many, and the least distance between two."""

    first: Span
    every: Span
    visits: int
    gap_days: int
    recipient: str = "assignee"
    basis: str = ""


@dataclass(frozen=True, slots=True)
class LetterUse:
    """A letter of this category: offered by hand in `states`, or sent with a step (`sent_by`)."""

    letter: str
    states: tuple[str, ...] = ()
    sent_by: tuple[str, ...] = ()
    when: Condition | None = None
    stage: str = ""
    """The stage whose answers `when` reads."""
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intervention:
    """A kind of help a plan item may be."""

    code: str
    name: Text
    pillar: str
    placement: str = ""
    """A key of PLACEMENTS where the item means a child moves."""
    help: Text | None = None
    max_desil: int = 0
    """The highest decile it usually goes to, 1 to 10: warns, never blocks; 0: no limit."""
    basis: str = ""
    """Who says so; behind a semicolon, a hint for the office that caseworkers do not read."""
    again_after_months: int = 12
    """How long the same help to the same household counts as double and is shown before approval; 0: never."""


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount that changes over the years, with who says so: data, never code."""

    key: str
    year: int
    amount: int
    """Whole rupiah."""
    unit: Text
    basis: str


@dataclass(frozen=True, slots=True)
class Category:
    """One PPKS category, resolved and complete."""

    code: str
    name: Text
    definition: Text
    subject_kinds: tuple[str, ...]
    legal_basis: tuple[str, ...]
    confidentiality: str
    screening: Screening
    stages: Mapping[str, tuple[Field, ...]]
    guards: Mapping[str, tuple[str, ...]]
    takers: Mapping[str, tuple[str, ...]]
    approvers: Mapping[str, tuple[str, ...]]
    deadlines: Mapping[str, Deadline]
    rhythm: Rhythm
    letters: tuple[LetterUse, ...]
    interventions: tuple[Intervention, ...]
    issues: tuple[Choice, ...]
    hold_max_days: int
    without_steps: tuple[str, ...] = ()
    age: tuple[int | None, int | None] = (None, None)
    placement_review_months: int = 6
    referral_reply: Span = field(default_factory=lambda: Span(14, "working_days"))
    review_within: Span = field(default_factory=lambda: Span(2, "working_days"))
    digest: str = ""
    ppks: int = 0
    """Number of the official type (1-26) it is reported under; 0: none."""
    figures: tuple[Figure, ...] = ()
    bidang: str = ""
    """A key of BIDANG: the division that handles it; empty: the office has not said."""
    sex: str = ""
    """One of SEXES where the category is for one of them: warns, never blocks."""
    closed_when: Condition | None = None
    """The answer that makes a file of this category a closed one (R3)."""
    closed_stage: str = ""
    """The stage whose answers `closed_when` reads."""
    instruments: tuple[str, ...] = ()
    """Codes of the assessment instruments usual for it: a suggestion, never a duty."""

    def fields_of(self, stage: str) -> tuple[Field, ...]:
        """Return the questions of a stage; a stage without a form has none."""
        return self.stages.get(stage, ())

    def closes_file(self, stage: str, answers: Mapping[str, object]) -> bool:
        """Tell whether these answers make the file a closed one."""
        return self.closed_when is not None and stage == self.closed_stage and self.closed_when.holds(answers)

    def intervention(self, code: str) -> Intervention | None:
        """Return the kind of help with this code."""
        return next((i for i in self.interventions if i.code == code), None)

    def figure(self, key: str, year: int) -> Figure | None:
        """Return the newest amount that was known in `year`; None when there is none that old."""
        known = [f for f in self.figures if f.key == key and f.year <= year]
        return max(known, key=lambda f: f.year, default=None)
