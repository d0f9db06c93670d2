"""Guards that only categories name, for their own steps, letters and placements; a new one is added here."""

from caseflow.states import predicates
from caseflow.states.category import Text
from caseflow.states.guard import Guard
from caseflow.states.predicates import HEALTH_PURPOSES, health_consent

CATEGORY_GUARDS: tuple[Guard, ...] = (
    Guard(
        "guardian_consents_to_the_placement",
        Text(
            "Orang tua atau wali yang sah menyetujui penempatan anak",
            "A parent or legal guardian consents to the placement",
        ),
        predicates.placement_consent,
        applies=predicates.lksa_is_at_stake,
    ),
    Guard(
        "kin_care_was_assessed_first",
        Text(
            "Pengasuhan keluarga atau kerabat sudah dinilai lebih dahulu dan tidak memungkinkan",
            "Care by family or kin was assessed first and is not possible",
        ),
        predicates.kin_assessed,
        needs=("assessment.kin_option",),
        applies=predicates.lksa_is_at_stake,
    ),
    Guard(
        "child_opinion_was_heard",
        Text("Pendapat anak sudah didengar dan dicatat", "The child's opinion was heard and recorded"),
        predicates.child_heard,
        needs=("assessment.child_opinion", "assessment.child_opinion_how", "assessment.opinion_heard_on"),
        applies=predicates.lksa_is_at_stake,
    ),
    Guard(
        "pickup_is_assigned",
        Text("Petugas dan tanggal penjemputan ditetapkan", "The pick-up officer and date are assigned"),
        predicates.pickup_assigned,
        needs=(
            "intervention_plan.pickup_officer",
            "intervention_plan.pickup_date",
        ),
        applies=predicates.lksa_is_at_stake,
    ),
    Guard(
        "health_facility_letter_is_recorded",
        Text(
            "Surat dari fasilitas kesehatan sudah dicatat (nama, nomor, tanggal)",
            "The letter of the health facility is recorded (name, number, date)",
        ),
        predicates.facility_letter,
        needs=(
            "assessment.facility",
            "assessment.facility_letter_number",
            "assessment.facility_letter_date",
        ),
    ),
    Guard(
        "pbi_membership_is_inactive",
        Text("Kepesertaan PBI-JK tercatat nonaktif", "The PBI-JK membership is recorded as inactive"),
        predicates.pbi_inactive,
        needs=("assessment.jkn_status",),
    ),
    Guard(
        "consent_to_share_health_data",
        Text(
            "Klien atau walinya menyetujui data kesehatan disampaikan kepada penerima surat",
            "The client or guardian consents to share health data with the addressee",
        ),
        health_consent(*HEALTH_PURPOSES),
    ),
    Guard(
        "placement_decision_is_recorded",
        Text(
            "Keputusan Dinas Sosial tentang penempatan sudah dicatat (nomor, tanggal)",
            "The office's decision on the placement is recorded (number, date)",
        ),
        predicates.placement_decided,
        needs=(
            "intervention_plan.decision_number",
            "intervention_plan.decision_date",
        ),
        applies=predicates.lksa_is_at_stake,
    ),
    Guard(
        "lksa_placement_is_planned",
        Text("Rencana memuat penempatan di LKSA", "The plan has a placement in a child welfare institution"),
        predicates.lksa_planned,
        needs=("placement:lksa",),
    ),
    Guard(
        "planned_care_matches_the_actions",
        Text(
            "Pengasuhan yang dipilih cocok dengan kegiatan dalam rencana",
            "The chosen care matches the actions of the plan",
        ),
        predicates.care_matches,
        needs=("intervention_plan.care_plan",),
    ),
    Guard(
        "shelter_is_for_high_risk",
        Text(
            "Rumah perlindungan sementara hanya untuk anak dengan tingkat risiko tinggi",
            "Temporary shelter is only for a child at high risk",
        ),
        predicates.risk_high,
        applies=predicates.shelter_is_asked,
    ),
    Guard(
        "family_care_was_considered_first",
        Text(
            "Perawatan oleh keluarga sudah dinilai lebih dahulu dan tidak memungkinkan",
            "Care by the family was considered first and is not possible",
        ),
        predicates.kin_assessed,
        needs=("assessment.kin_option", "intervention_plan.care_plan"),
        applies=predicates.institution_is_chosen,
    ),
    Guard(
        "moving_is_the_persons_own_will",
        Text(
            "Yang bersangkutan mau tinggal di panti, atau wali atau pengadilan yang memutuskan",
            "The person wants to live in the institution, or a guardian or court decides",
        ),
        predicates.own_will,
        needs=("intervention_plan.care_plan", "intervention_plan.willing"),
        applies=predicates.institution_is_chosen,
    ),
    Guard(
        "the_danger_is_over",
        Text(
            "Klien aman dari orang yang mengancam, atau kasusnya dilanjutkan layanan lain",
            "The client is safe from whoever made threats, or another service takes over",
        ),
        predicates.danger_over,
        needs=("monitoring.still_safe",),
    ),
    Guard(
        "the_legal_process_is_over",
        Text(
            "Proses hukum anak sudah selesai, atau kasusnya dilanjutkan layanan lain",
            "The child's legal process is over, or another service takes over",
        ),
        predicates.legal_process_over,
        needs=("monitoring.legal_status",),
    ),
    Guard(
        "health_data_may_go_to_the_facility",
        Text(
            "Klien atau walinya setuju data kesehatan diberikan kepada fasilitas kesehatan, atau nyawa terancam",
            "The client or guardian consents to share health data with the facility, or life is at stake",
        ),
        health_consent("health_service", or_vital_interest=True),
    ),
    Guard(
        "health_data_may_go_to_the_insurer",
        Text(
            "Klien atau walinya setuju data kesehatan diberikan kepada BPJS Kesehatan",
            "The client or guardian consents to share health data with the insurer",
        ),
        health_consent("health_insurance"),
    ),
    Guard(
        "beneficiary_is_named_in_a_decree",
        Text(
            "Penerima manfaat sudah ditetapkan dalam keputusan (nomor, tanggal, pejabat)",
            "A decree names the beneficiary (number, date, official)",
        ),
        predicates.decreed,
        needs=("intervention_plan.decree_number", "intervention_plan.decree_date", "intervention_plan.decree_official"),
    ),
    Guard(
        "high_risk_was_discussed_in_a_conference",
        Text(
            "Kasus berisiko tinggi sudah dibahas dalam pembahasan kasus yang bernotulen",
            "A case at high risk was discussed in a case conference with minutes",
        ),
        predicates.high_risk_discussed,
        needs=("intervention_plan.conference_on",),
        applies=predicates.is_high_risk,
    ),
)
