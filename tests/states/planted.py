"""Mistakes planted in sound categories, each with the key, reason and suggestion that the linter must give."""

from dataclasses import replace
from typing import Any

from caseflow.states.category import (
    Category,
    Choice,
    Condition,
    Criterion,
    Deadline,
    Field,
    Figure,
    Intervention,
    Text,
)
from caseflow.states.deadlines import Span
from tests.states.sample import AT, FM

LABEL = Text("Sekolah", "School")
YES = (Choice("yes", LABEL), Choice("no", LABEL))


def with_fields(*fields: Field, stage: str = "evaluation") -> Category:
    """Return the category with questions put before those of a stage."""
    return replace(AT, stages={**AT.stages, stage: (*fields, *AT.fields_of(stage))})


def without_field(stage: str, key: str) -> Category:
    return replace(AT, stages={**AT.stages, stage: tuple(f for f in AT.fields_of(stage) if f.key != key)})


def with_letter(**said: Any) -> Category:  # noqa: ANN401 - fields of LetterUse
    return replace(FM, letters=(replace(FM.letters[1], **said),))


def with_deadline(**said: Any) -> Category:  # noqa: ANN401 - fields of Deadline
    made = replace(Deadline("assessment", Span(5, "working_days"), "dasar"), **said)
    return replace(AT, deadlines={made.state: made})


def with_rhythm(**said: Any) -> Category:  # noqa: ANN401 - fields of Rhythm
    return replace(AT, rhythm=replace(AT.rhythm, **said))


def with_screening(**said: Any) -> Category:  # noqa: ANN401 - fields of Screening
    return replace(AT, screening=replace(AT.screening, **said))


CRITERION = Criterion("neglected", LABEL)
RISK = Field("risk", LABEL, "choice", choices=YES)

# what was planted: (category, key, words of the reason, words of the suggestion)
PLANTED: dict[str, tuple[Category, str, str, str]] = {
    "a code in small letters": (replace(AT, code="at"), "code", "huruf besar", '"AT"'),
    "a type that is none of the 26": (replace(AT, ppks=27), "ppks", "27 di luar 0 sampai 26", ""),
    "unknown confidentiality": (replace(AT, confidentiality="R4"), "confidentiality", '"R4"', "R1, R2, R3"),
    "no subject": (replace(AT, subject_kinds=()), "subject_kinds", "kosong", "paling sedikit satu"),
    "unknown subject": (replace(AT, subject_kinds=("persons",)), "subject_kinds", '"persons"', '"person"'),
    "no legal basis": (replace(AT, legal_basis=()), "legal_basis", "dasar", "sesuaikan"),
    "ages the wrong way round": (replace(AT, age=(18, 6)), "age", "18 lebih besar daripada 6", "Tukar"),
    "an endless hold": (replace(AT, hold_max_days=1000), "hold_max_days", "1000 di luar", ""),
    "rare placement reviews": (replace(AT, placement_review_months=12), "placement_review_months", "1 sampai 6", ""),
    "an unknown step switched off": (
        replace(AT, without_steps=("return_to_data",)),
        "without_steps",
        '"return_to_data" tidak dikenal',
        '"return_for_data"',
    ),
    "a needed step switched off": (
        replace(AT, without_steps=("approve_plan",)),
        "without_steps",
        '"approve_plan" wajib',
        "return_for_data",
    ),
    "a file closed by an answer nobody is asked for": (
        replace(AT, closed_stage="assessment", closed_when=Condition("kin_optoin", ("possible",))),
        "closed_when.field",
        '"kin_optoin"',
        '"kin_option"',
    ),
    "a file closed in a stage without a form": (
        replace(AT, closed_stage="asesmen", closed_when=Condition("kin_option", ("possible",))),
        "closed_when.stage",
        '"asesmen"',
        "assessment",
    ),
    "no criteria": (with_screening(criteria=()), "screening.criteria", "kosong", "paling sedikit"),
    "a criterion twice": (
        with_screening(criteria=(CRITERION, CRITERION)),
        "screening.criteria.neglected",
        "2 kali",
        "Hapus",
    ),
    "more criteria asked for than there are": (with_screening(at_least=9), "screening.at_least", "9 di luar 1", ""),
    "a screening that everybody passes": (with_screening(at_least=0), "screening.at_least", "0 di luar 1", ""),
    "screening without basis": (with_screening(basis=" "), "screening.basis", "dasar", "sesuaikan"),
    "a form for a state that is none": (
        replace(AT, stages={**AT.stages, "evalution": ()}),
        "stages.evalution",
        '"evalution" tidak dikenal',
        '"evaluation"',
    ),
    "a form for the closed state": (
        replace(AT, stages={**AT.stages, "closed": ()}),
        "stages.closed",
        '"closed"',
        "",
    ),
    "a question twice": (
        with_fields(Field("changes", LABEL, "text")),
        "stages.evaluation.changes",
        "2 kali",
        "Hapus",
    ),
    "a key with capitals": (
        with_fields(Field("School", LABEL, "text")),
        "stages.evaluation.School",
        "huruf kecil",
        "school_name",
    ),
    "a key that a criterion has": (
        with_fields(Field("criterion_x", LABEL, "text")),
        "stages.evaluation.criterion_x",
        "criterion_",
        "",
    ),
    "an unknown type": (
        with_fields(Field("a", LABEL, "chioce")),
        "stages.evaluation.a.type",
        '"chioce"',
        '"choice"',
    ),
    "a choice without choices": (
        with_fields(Field("a", LABEL, "choice")),
        "stages.evaluation.a.choices",
        "tanpa pilihan",
        "Tambahkan",
    ),
    "choices on a text": (
        with_fields(Field("a", LABEL, "text", choices=YES)),
        "stages.evaluation.a.choices",
        "tidak memakai pilihan",
        "choice",
    ),
    "an answer twice": (
        with_fields(Field("a", LABEL, "choice", choices=(*YES, YES[0]))),
        "stages.evaluation.a.choices.yes",
        "2 kali",
        "Hapus",
    ),
    "a text in the future": (
        with_fields(Field("a", LABEL, "text", future=True)),
        "stages.evaluation.a.future",
        "hanya untuk tanggal",
        "date",
    ),
    "a question of unknown confidentiality": (
        with_fields(Field("a", LABEL, "text", confidentiality="R9")),
        "stages.evaluation.a.confidentiality",
        '"R9"',
        "R",
    ),
    "a role that does not exist": (
        with_fields(Field("a", LABEL, "text", filled_by=("casworker",))),
        "stages.evaluation.a.filled_by",
        '"casworker"',
        '"caseworker"',
    ),
    "a required question nobody can answer": (
        with_fields(Field("a", LABEL, "text", required=True, filled_by=("intake",))),
        "stages.evaluation.a.filled_by",
        "tidak ada peran yang boleh mengisinya",
        "caseworker",
    ),
    "another scale of risk": (
        with_fields(RISK, stage="intervention"),
        "stages.intervention.risk.choices",
        "low, medium, high",
        "Ganti",
    ),
    "a condition on an unknown question": (
        with_fields(Field("a", LABEL, "text", when=Condition("evaluated_no", ("yes",)))),
        "stages.evaluation.a.when.field",
        '"evaluated_no"',
        "Yang ada",
    ),
    "a condition on a later question": (
        with_fields(Field("a", LABEL, "text", when=Condition("b", ("yes",))), Field("b", LABEL, "choice", choices=YES)),
        "stages.evaluation.a.when.field",
        '"b" ditanyakan sesudahnya',
        "Pindahkan",
    ),
    "a condition on itself": (
        with_fields(Field("a", LABEL, "choice", choices=YES, when=Condition("a", ("yes",)))),
        "stages.evaluation.a.when.field",
        "ditanyakan sesudahnya",
        "Pindahkan",
    ),
    "a condition on an answer that is none": (
        with_fields(
            Field("b", LABEL, "choice", choices=YES), Field("a", LABEL, "text", when=Condition("b", ("yess",)))
        ),
        "stages.evaluation.a.when.in",
        '"yess"',
        '"yes"',
    ),
    "a condition on words": (
        with_fields(Field("b", LABEL, "text"), Field("a", LABEL, "text", when=Condition("b", ("yes",)))),
        "stages.evaluation.a.when.field",
        "bukan pertanyaan pilihan",
        "",
    ),
    "a condition without answers": (
        with_fields(Field("b", LABEL, "boolean"), Field("a", LABEL, "text", when=Condition("b", ()))),
        "stages.evaluation.a.when.in",
        "kosong",
        "paling sedikit",
    ),
    "an unknown guard": (
        replace(AT, guards={"approve_plan": ("pickup_is_asigned",)}),
        "guards.approve_plan",
        '"pickup_is_asigned"',
        '"pickup_is_assigned"',
    ),
    "a guard twice": (
        replace(AT, guards={"approve_plan": ("pickup_is_assigned", "pickup_is_assigned")}),
        "guards.approve_plan.pickup_is_assigned",
        "2 kali",
        "Hapus",
    ),
    "guards of an unknown step": (
        replace(AT, guards={"aprove_plan": ()}),
        "guards.aprove_plan",
        '"aprove_plan"',
        '"approve_plan"',
    ),
    "guards of a letter it does not use": (
        replace(AT, guards={"issue:rjk-rs": ()}),
        "guards.issue:rjk-rs",
        '"issue:rjk-rs"',
        '"issue:rjk-lksa"',
    ),
    "guards of a step it switches off": (
        replace(AT, without_steps=("replan",), guards={"replan": ("risk_level_is_set",)}),
        "guards.replan",
        '"replan"',
        "",
    ),
    "a guard that reads a question that is not asked": (
        without_field("assessment", "kin_option"),
        "guards.start_placement",
        "assessment.kin_option",
        "Maksudnya",
    ),
    "a guard for a placement nobody can plan": (
        replace(AT, interventions=tuple(i for i in AT.interventions if i.placement != "lksa")),
        "guards.issue:rjk-lksa",
        "placement:lksa",
        "Tambahkan",
    ),
    "a category without risk": (
        without_field("assessment", "risk"),
        "guards.complete_assessment",
        '"assessment.risk"',
        "risk_reason",
    ),
    "a step no role can take": (
        replace(AT, takers={"approve_plan": ()}),
        "takers.approve_plan",
        "tidak ada peran",
        "caseworker",
    ),
    "a step for a role that takes none": (
        replace(AT, takers={"approve_plan": ("auditor",)}),
        "takers.approve_plan",
        '"auditor"',
        "Yang ada",
    ),
    "a taker of an unknown step": (
        replace(AT, takers={"aprove_plan": ("head",)}),
        "takers.aprove_plan",
        '"aprove_plan"',
        '"approve_plan"',
    ),
    "an approver missing": (
        replace(AT, approvers={"approve_plan": ()}),
        "approvers.approve_plan",
        "orang kedua",
        "supervisor, head",
    ),
    "an approver below": (
        replace(AT, approvers={"approve_plan": ("caseworker",)}),
        "approvers.approve_plan",
        '"caseworker"',
        "supervisor",
    ),
    "an approver of an unknown step": (
        replace(AT, approvers={"close": ("head",)}),
        "approvers.close",
        '"close"',
        '"close_case"',
    ),
    "a deadline without recipient": (
        with_deadline(recipient=""),
        "deadlines.assessment.recipient",
        "tanpa penerima",
        "assignee",
    ),
    "a deadline for an unknown recipient": (
        with_deadline(recipient="asignee"),
        "deadlines.assessment.recipient",
        '"asignee"',
        '"assignee"',
    ),
    "a deadline without basis": (with_deadline(basis=""), "deadlines.assessment.basis", "dasar", "sesuaikan"),
    "a deadline of no state": (
        with_deadline(state="asessment"),
        "deadlines.asessment",
        '"asessment"',
        '"assessment"',
    ),
    "visits without recipient": (with_rhythm(recipient=""), "monitoring.recipient", "tanpa penerima", "assignee"),
    "visits without basis": (with_rhythm(basis=""), "monitoring.basis", "dasar", "sesuaikan"),
    "monitoring of no visits": (with_rhythm(visits=0), "monitoring.visits", "tanpa kunjungan", "1"),
    "visits that never count": (with_rhythm(gap_days=40), "monitoring.gap_days", "40 hari", "30"),
    "an unknown letter": (
        with_letter(letter="rjk-rsud"),
        "letters.rjk-rsud",
        '"rjk-rsud"',
        '"rjk-rs"',
    ),
    "a letter never reachable": (with_letter(states=(), sent_by=()), "letters.rjk-rs", "tidak pernah", "sent_by"),
    "a letter of a state that is none": (
        with_letter(states=("interventoin",)),
        "letters.rjk-rs.states",
        '"interventoin"',
        '"intervention"',
    ),
    "a letter of an unknown step": (
        with_letter(sent_by=("aprove_plan",)),
        "letters.rjk-rs.sent_by",
        '"aprove_plan"',
        '"approve_plan"',
    ),
    "a letter sent past its own guards": (
        with_letter(sent_by=("approve_plan",)),
        "letters.rjk-rs.sent_by",
        "health_data_may_go_to_the_facility",
        "Tambahkan",
    ),
    "a letter that reads an unknown form": (
        with_letter(stage="asessment"),
        "letters.rjk-rs.when.stage",
        '"asessment"',
        '"assessment"',
    ),
    "a letter that reads an unknown question": (
        with_letter(when=Condition("treatment_neded", ("yes",))),
        "letters.rjk-rs.when.field",
        '"treatment_neded"',
        '"treatment_needed"',
    ),
    "a letter that hangs on a question not always asked": (
        with_letter(stage="assessment", when=Condition("emergency", ("yes",))),
        "letters.rjk-rs.when.field",
        '"emergency"',
        "",
    ),
    "a letter with an unknown guard": (
        with_letter(guards=("health_data_may_go",)),
        "letters.rjk-rs.guards",
        '"health_data_may_go"',
        "health_data_may_go_to_the",
    ),
    "a letter twice": (replace(FM, letters=(FM.letters[1],) * 2), "letters.rjk-rs", "2 kali", "Hapus"),
    "no interventions": (replace(FM, interventions=()), "interventions", "kosong", "paling sedikit"),
    "an intervention twice": (
        replace(FM, interventions=(FM.interventions[0],) * 2),
        "interventions.REAKTIVASI-PBI",
        "2 kali",
        "Hapus",
    ),
    "an unknown pillar": (
        replace(FM, interventions=(Intervention("X", LABEL, "jaminann"),)),
        "interventions.X.pillar",
        '"jaminann"',
        '"jaminan"',
    ),
    "an unknown placement": (
        replace(FM, interventions=(Intervention("X", LABEL, "jaminan", placement="panti"),)),
        "interventions.X.placement",
        '"panti"',
        "lksa",
    ),
    "no issues": (replace(FM, issues=()), "issues", "kosong", "paling sedikit"),
    "an issue twice": (replace(FM, issues=(FM.issues[0],) * 2), "issues.cannot_pay_treatment", "2 kali", "Hapus"),
    "a figure without basis": (
        replace(FM, figures=(Figure("line", 2025, 1, LABEL, ""),)),
        "figures.line.2025",
        "dasar",
        "sesuaikan",
    ),
    "a figure twice": (
        replace(FM, figures=(Figure("line", 2025, 1, LABEL, "x"),) * 2),
        "figures.line.2025",
        "2 kali",
        "Hapus",
    ),
}
