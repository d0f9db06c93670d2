"""Guards: pure predicates over the facts, each with what it requires and what a caseworker reads when it is unmet."""

from dataclasses import dataclass

from caseflow.states import predicates
from caseflow.states.category import Category, Text
from caseflow.states.category_guards import CATEGORY_GUARDS
from caseflow.states.facts import Facts
from caseflow.states.guard import Guard
from caseflow.states.predicates import (
    answered,
    counted_visits,
    criterion_key,
    emergency_is_paid,
    missing_fields,
    screening,
)

__all__ = [
    "GUARDS",
    "Guard",
    "Unmet",
    "answered",
    "asking",
    "check",
    "counted_visits",
    "criterion_key",
    "emergency_is_paid",
    "missing_fields",
    "screening",
]


@dataclass(frozen=True, slots=True)
class Unmet:
    """One reason why a step cannot be taken, with the places that would mend it."""

    guard: str
    label: Text
    places: tuple[str, ...]


def check(names: tuple[str, ...], facts: Facts, category: Category) -> tuple[Unmet, ...]:
    """Return every unmet guard of `names`, in their order."""
    found = []
    for name in names:
        guard = GUARDS[name]
        if guard.applies(facts, category) and (places := guard.gaps(facts, category)):
            found.append(Unmet(name, _named(guard.said_unmet, places, category), places))
    return tuple(found)


def asking(names: tuple[str, ...], facts: Facts, category: Category) -> tuple[Guard, ...]:
    """Return the guards of `names` that ask for something in this case, met or not."""
    return tuple(guard for name in names if (guard := GUARDS[name]).applies(facts, category))


def _named(label: Text, places: tuple[str, ...], category: Category) -> Text:
    """Add the labels of missing form fields to the sentence."""
    fields = {f"{stage}.{f.key}": f.label for stage, fields in category.stages.items() for f in fields}
    named = [fields[p] for p in places if p in fields]
    if not named:
        return label
    return Text(f"{label.id}: {', '.join(n.id for n in named)}", f"{label.en}: {', '.join(n.en for n in named)}")


PLACEMENT_RUNS = Text("Penempatan masih berjalan; akhiri dahulu", "A placement is still running; end it first")
GUARDS: dict[str, Guard] = {
    guard.name: guard
    for guard in (
        Guard(
            "stage_form_is_complete",
            Text("Isian wajib tahap ini lengkap", "The required answers of this stage are complete"),
            predicates.form_complete,
        ),
        Guard(
            "screening_finds_the_criteria_met",
            Text(
                "Pemilahan menyatakan kriteria kategori terpenuhi", "Screening finds the criteria of the category met"
            ),
            predicates.criteria_met,
        ),
        Guard(
            "screening_finds_no_criteria_met",
            Text(
                "Pemilahan menyatakan kriteria kategori tidak terpenuhi",
                "Screening finds the criteria of the category not met",
            ),
            predicates.criteria_not_met,
        ),
        Guard(
            "risk_level_is_set",
            Text("Tingkat risiko ditetapkan", "The risk level is set"),
            predicates.risk_set,
            needs=("assessment.risk",),
        ),
        Guard(
            "risk_level_is_high",
            Text("Tingkat risiko tinggi", "The risk level is high"),
            predicates.risk_high,
            needs=("data_collection.risk",),
        ),
        Guard(
            "plan_has_an_action",
            Text("Rencana memuat paling sedikit satu kegiatan", "The plan has at least one action"),
            predicates.plan_has_action,
        ),
        Guard(
            "plan_has_goal_owner_and_date_for_each_action",
            Text(
                "Setiap kegiatan punya tujuan, penanggung jawab, dan tenggat",
                "Each action has a goal, an owner and a due date",
            ),
            predicates.plan_items_complete,
        ),
        Guard(
            "client_agreed_to_the_plan",
            Text("Klien atau walinya menyetujui rencana", "The client or guardian agreed to the plan"),
            predicates.client_agreed,
        ),
        Guard(
            "every_action_is_settled",
            Text(
                "Setiap kegiatan rencana selesai, atau dibatalkan dengan alasan",
                "Each action is done, or cancelled with a reason",
            ),
            predicates.items_settled,
        ),
        Guard(
            "every_referral_is_answered",
            Text("Setiap rujukan ke lembaga lain sudah dijawab", "Each referral to another institution is answered"),
            predicates.referrals_answered,
            applies=predicates.was_referred,
        ),
        Guard(
            "an_emergency_awaits_ratification",
            Text("Ada tindakan darurat yang belum disahkan", "An emergency action awaits ratification"),
            predicates.emergency_awaits,
        ),
        Guard(
            "emergency_assessment_is_written",
            Text(
                "Asesmen setelah tindakan darurat sudah ditulis",
                "The assessment owed after the emergency action is written",
            ),
            predicates.emergency_assessed,
            applies=predicates.had_emergency,
        ),
        Guard(
            "emergency_plan_is_written",
            Text(
                "Rencana intervensi setelah tindakan darurat sudah ditulis",
                "The intervention plan owed after the emergency action is written",
            ),
            predicates.emergency_planned,
            applies=predicates.had_emergency,
        ),
        Guard(
            "emergency_is_ratified",
            Text("Tindakan darurat sudah disahkan supervisor", "The emergency action is ratified by a supervisor"),
            predicates.emergency_ratified,
            applies=predicates.had_emergency,
        ),
        Guard(
            "no_emergency_debt",
            Text("Tidak ada kelengkapan tindakan darurat yang terutang", "Nothing is owed from an emergency action"),
            predicates.no_debt,
            applies=predicates.had_emergency,
        ),
        Guard(
            "every_goal_is_evaluated",
            Text("Hasil setiap tujuan sudah dinilai", "The result of each goal is evaluated"),
            predicates.goals_evaluated,
        ),
        Guard(
            "a_goal_is_not_met",
            Text("Ada tujuan yang belum tercapai", "A goal is not met yet"),
            predicates.goal_not_met,
        ),
        Guard(
            "goals_are_met_or_partly_met",
            Text("Semua tujuan tercapai atau sebagian tercapai", "All goals are met or partly met"),
            predicates.goals_met,
        ),
        Guard(
            "a_visit_of_this_cycle_is_recorded",
            Text(
                "Paling sedikit satu kunjungan monitoring siklus ini tercatat",
                "At least one monitoring visit of this cycle is recorded",
            ),
            predicates.a_visit,
        ),
        Guard(
            "monitoring_visits_are_done",
            Text(
                "Kunjungan monitoring kategori ini lengkap, di hari berbeda dengan jarak yang cukup",
                "The monitoring visits of this category are done, on distinct days far enough apart",
            ),
            predicates.visits_done,
            applies=predicates.visits_are_owed,
        ),
        Guard(
            "no_placement_is_open",
            Text("Tidak ada penempatan yang masih berjalan", "No placement is still running"),
            predicates.no_placement,
            PLACEMENT_RUNS,
            applies=predicates.was_placed,
        ),
        Guard(
            "no_placement_is_open_unless_died",
            Text(
                "Tidak ada penempatan yang masih berjalan, kecuali yang ditangani meninggal",
                "No placement is still running, unless the subject died",
            ),
            predicates.no_placement_unless_died,
            PLACEMENT_RUNS,
            applies=predicates.was_placed,
        ),
        Guard(
            "termination_is_documented",
            Text(
                "Keterangan penghentian lengkap (tanggal dan sumber bila meninggal, nomor kasus bila ganda)",
                "The termination is documented (date and source of a death, number of the duplicate)",
            ),
            predicates.termination_documented,
        ),
        Guard(
            "case_was_terminated",
            Text("Kasus ini ditutup karena dihentikan", "The case was closed by a termination"),
            predicates.was_terminated,
        ),
        Guard(
            "subject_is_alive",
            Text("Yang ditangani tidak tercatat meninggal", "The subject is not recorded as dead"),
            predicates.alive,
        ),
        Guard(
            "data_of_the_subject_are_kept",
            Text(
                "Data yang ditangani belum dihapus atas permintaan",
                "The subject's data have not been erased on request",
            ),
            predicates.data_kept,
        ),
        *CATEGORY_GUARDS,
    )
}
