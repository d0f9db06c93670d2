"""The common lifecycle: states, steps, who takes and who approves, as one literal table."""

from dataclasses import dataclass

from caseflow.states.category import Text

STATES: dict[str, Text] = {
    "data_collection": Text("Pengumpulan data", "Data collection"),
    "assessment": Text("Asesmen", "Assessment"),
    "intervention_plan": Text("Rencana intervensi", "Intervention plan"),
    "intervention": Text("Intervensi", "Intervention"),
    "evaluation": Text("Evaluasi", "Evaluation"),
    "monitoring": Text("Monitoring", "Monitoring"),
    "closed": Text("Ditutup", "Closed"),
}
INITIAL = "data_collection"
CLOSED = "closed"
OPEN = tuple(s for s in STATES if s != CLOSED)

ROLES: dict[str, Text] = {
    "intake": Text("Petugas pendataan", "Intake officer"),
    "caseworker": Text("Pendamping", "Caseworker"),
    "supervisor": Text("Supervisor", "Supervisor"),
    "head": Text("Kepala dinas", "Head of office"),
    "auditor": Text("Auditor", "Auditor"),
    "admin": Text("Admin", "Administrator"),
    "partner": Text("Mitra", "Partner"),
    "system": Text("Sistem", "System"),
}
WORKER = ("caseworker",)
ABOVE = ("supervisor", "head")
TAKING = ("intake", "caseworker", "supervisor", "head")
"""Roles that can take a step at all: the others read, run the system or answer referrals."""
RECIPIENTS = ("assignee", "supervisor", "head")
"""Whom a reminder may be for; higher rungs follow by themselves."""
STAGE_WRITERS: dict[str, tuple[str, ...]] = {
    "data_collection": ("intake", "caseworker"),
    **{state: WORKER for state in OPEN if state != INITIAL},
}
"""Who may write the form of a stage."""
RISKS: dict[str, Text] = {
    "low": Text("Rendah", "Low"),
    "medium": Text("Sedang", "Medium"),
    "high": Text("Tinggi", "High"),
}
"""Answers of the field "risk", which data collection and assessment ask in every category."""

PREVIOUS = "previous"
"""Destination of undo_termination: the state the case was in before."""
FIRST_OR_ASSESSMENT = "first_or_assessment"
"""Destination of reopen: assessment, or data collection when the case was never assessed."""

OUTCOMES: dict[str, Text] = {
    "goals_met": Text("Tujuan tercapai, sampai di sini", "Goals met, ends here"),
    "partly_met": Text("Tujuan sebagian tercapai, sampai di sini", "Goals partly met, ends here"),
    "handed_over": Text("Dilanjutkan layanan lain", "Handed over to another service"),
}
TERMINATION_REASONS: dict[str, Text] = {
    "died": Text("Meninggal dunia", "Died"),
    "moved": Text("Pindah ke luar wilayah", "Moved away"),
    "declined": Text("Menolak layanan", "Declined the service"),
    "not_found": Text("Tidak ditemukan", "Not found"),
    "duplicate": Text("Data ganda dari kasus lain", "Duplicate of another case"),
    "transferred": Text("Dialihkan ke instansi lain", "Transferred to another agency"),
}
ERASED = "erased"
"""Outcome of a case that was open in a restored backup, and whose person had been erased since."""
ENDINGS: dict[str, Text] = {
    **OUTCOMES,
    **TERMINATION_REASONS,
    ERASED: Text("Data dihapus atas permintaan", "Data erased on request"),
}
"""Every outcome that has a name of its own."""
ACTS: dict[str, Text] = {
    "start_placement": Text("Mulai penempatan", "Start a placement"),
}
"""Acts that are no steps and that a category may attach guards to; besides these, `letter_act` of each letter."""


def letter_act(letter: str) -> str:
    """Return the act of issuing a letter by hand."""
    return f"issue:{letter}"


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing the taker must say with the step."""

    key: str
    label: Text
    choices: tuple[tuple[str, Text], ...] = ()
    kind: str = "text"
    required: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One named transition."""

    name: str
    label: Text
    sources: tuple[str, ...]
    to: str
    takers: tuple[str, ...] = WORKER
    approvers: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    reason: bool = False
    details: tuple[Detail, ...] = ()
    new_cycle: bool = False
    optional: bool = False
    """A category may switch it off."""
    during_hold: bool = False


def destinations(step: Step) -> tuple[str, ...]:
    """Return every state the step can lead to."""
    if step.to == PREVIOUS:
        return OPEN
    if step.to == FIRST_OR_ASSESSMENT:
        return ("assessment", "data_collection")
    return (step.to,)


STEPS: dict[str, Step] = {
    s.name: s
    for s in (
        Step(
            "submit_for_assessment",
            Text("Ajukan ke asesmen", "Submit for assessment"),
            ("data_collection",),
            "assessment",
            takers=("intake", "caseworker"),
            guards=("stage_form_is_complete", "screening_finds_the_criteria_met"),
        ),
        Step(
            "screen_out",
            Text("Tidak memenuhi kriteria", "Does not meet the criteria"),
            ("data_collection", "assessment"),
            CLOSED,
            takers=("intake", "caseworker"),
            approvers=ABOVE,
            guards=("screening_finds_no_criteria_met", "no_placement_is_open"),
            reason=True,
        ),
        Step(
            "return_for_data",
            Text("Kembalikan untuk dilengkapi", "Return for data"),
            ("assessment",),
            "data_collection",
            reason=True,
            optional=True,
        ),
        Step(
            "complete_assessment",
            Text("Selesaikan asesmen", "Complete assessment"),
            ("assessment",),
            "intervention_plan",
            guards=("stage_form_is_complete", "risk_level_is_set"),
        ),
        Step(
            "return_to_assessment",
            Text("Kembali ke asesmen", "Return to assessment"),
            ("intervention_plan",),
            "assessment",
            reason=True,
            optional=True,
        ),
        Step(
            "approve_plan",
            Text("Setujui rencana", "Approve plan"),
            ("intervention_plan",),
            "intervention",
            approvers=ABOVE,
            guards=(
                "stage_form_is_complete",
                "plan_has_an_action",
                "plan_has_goal_owner_and_date_for_each_action",
                "client_agreed_to_the_plan",
            ),
        ),
        Step(
            "amend_plan",
            Text("Ubah rencana", "Amend plan"),
            ("intervention",),
            "intervention_plan",
            guards=("no_emergency_debt",),
            reason=True,
        ),
        Step(
            "emergency_intervention",
            Text("Tindakan darurat", "Emergency intervention"),
            tuple(s for s in OPEN if s != "intervention"),
            "intervention",
            guards=("risk_level_is_high",),
            reason=True,
            during_hold=True,
        ),
        Step(
            "ratify_emergency",
            Text("Sahkan tindakan darurat", "Ratify the emergency action"),
            ("intervention",),
            "intervention",
            approvers=ABOVE,
            guards=(
                "an_emergency_awaits_ratification",
                "emergency_assessment_is_written",
                "emergency_plan_is_written",
            ),
        ),
        Step(
            "complete_intervention",
            Text("Selesaikan intervensi", "Complete intervention"),
            ("intervention",),
            "evaluation",
            guards=(
                "stage_form_is_complete",
                "every_action_is_settled",
                "every_referral_is_answered",
                "emergency_assessment_is_written",
                "emergency_plan_is_written",
                "emergency_is_ratified",
            ),
        ),
        Step(
            "revise_plan",
            Text("Perbaiki rencana", "Revise plan"),
            ("evaluation",),
            "intervention_plan",
            guards=("stage_form_is_complete", "every_goal_is_evaluated", "a_goal_is_not_met"),
            reason=True,
        ),
        Step(
            "start_monitoring",
            Text("Mulai monitoring", "Start monitoring"),
            ("evaluation",),
            "monitoring",
            guards=("stage_form_is_complete", "every_goal_is_evaluated", "goals_are_met_or_partly_met"),
        ),
        Step(
            "replan",
            Text("Rencanakan ulang", "Replan"),
            ("monitoring",),
            "intervention_plan",
            reason=True,
            optional=True,
        ),
        Step(
            "continue_case",
            Text("Berlanjut", "Continue"),
            ("monitoring",),
            "assessment",
            approvers=ABOVE,
            guards=("a_visit_of_this_cycle_is_recorded",),
            reason=True,
            new_cycle=True,
        ),
        Step(
            "close_case",
            Text("Tutup kasus, sampai di sini", "Close the case, ends here"),
            ("monitoring",),
            CLOSED,
            approvers=ABOVE,
            guards=(
                "stage_form_is_complete",
                "monitoring_visits_are_done",
                "no_placement_is_open",
                "no_emergency_debt",
                "every_referral_is_answered",
            ),
            reason=True,
            details=(Detail("outcome", Text("Hasil", "Outcome"), tuple(OUTCOMES.items())),),
        ),
        Step(
            "terminate",
            Text("Hentikan kasus", "Terminate the case"),
            OPEN,
            CLOSED,
            takers=("caseworker", "supervisor"),
            approvers=ABOVE,
            guards=("no_placement_is_open_unless_died", "termination_is_documented"),
            reason=True,
            details=(
                Detail("reason_code", Text("Alasan penghentian", "Reason"), tuple(TERMINATION_REASONS.items())),
                Detail("death_date", Text("Tanggal meninggal", "Date of death"), kind="date", required=False),
                Detail("source", Text("Sumber keterangan", "Source of the information"), required=False),
                Detail("duplicate_of", Text("Nomor kasus yang sama", "Number of the other case"), required=False),
            ),
            during_hold=True,
        ),
        Step(
            "undo_termination",
            Text("Batalkan penghentian", "Undo the termination"),
            (CLOSED,),
            PREVIOUS,
            takers=("supervisor",),
            guards=("case_was_terminated", "data_of_the_subject_are_kept"),
            reason=True,
        ),
        Step(
            "reopen",
            Text("Buka kembali", "Reopen"),
            (CLOSED,),
            FIRST_OR_ASSESSMENT,
            takers=("supervisor",),
            guards=("subject_is_alive", "data_of_the_subject_are_kept"),
            reason=True,
            new_cycle=True,
        ),
    )
}
