"""What is written into the first form of a case; it imports nothing, for each engine is a process."""

ANSWERS = {
    "reporter_kind": "self",
    "location": "Dusun 2",
    "situation": "Tidak berpenghasilan.",
    "treatment_needed": False,
    "risk": "medium",
    "data_basis": "public_task",
    "criterion_no_home": "no",
    "criterion_no_livelihood": "yes",
    "criterion_needs_not_met": "yes",
}
