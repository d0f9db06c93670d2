"""What lies on the desks when the demonstration starts to serve: the other people's cases, in different states."""

from dataclasses import replace
from typing import Any

from caseflow.actions import cases
from caseflow.actions.people import PersonData
from caseflow.cli.demo_play import Play
from caseflow.cli.demo_world import person

PEOPLE = 54
"""Beside the six of the stories: sixty synthetic people in all."""
REPORTED, ASSESSED, PLANNED = 12, 6, 3
"""How many of them got as far as assessment, a plan, and a plan that waits for approval."""


def fill(play: Play) -> None:
    """Open a case for each of them, shared out between two workers; take some further."""
    before = PersonData()
    for n in range(PEOPLE):
        worker = ("rina", "budi")[n % 2]
        village = play.world.villages[n * 13 % len(play.world.villages)]
        someone = person(100 + n, village, play.today())
        if n == PEOPLE - 1:  # typed from the wrong card: two people with one NIK
            someone = replace(someone, nik=before.nik)
        before = someone
        opened = play.do(worker, cases.open_case, cases.OpenCase(category="FM", area=village, person=someone))
        number = str(opened.case.number)
        if n < REPORTED:
            play.record(worker, number, "data_collection", _reported())
            play.step(worker, number, "submit_for_assessment")
        if n < ASSESSED:
            play.record(worker, number, "assessment", _assessed(play, worker))
            play.step(worker, number, "complete_assessment")
        if n < PLANNED:
            play.record(worker, number, "intervention_plan", {"payment_path": "not_needed"})
            play.consent(worker, number, "plan", "self", someone.name)
            play.item(worker, number, "SEMBAKO", "Pangan cukup sampai panen")
            play.step(worker, number, "approve_plan")


def _reported() -> dict[str, Any]:
    return {
        "reporter_kind": "village",
        "reporter_name": "Kader Puskesos",
        "location": "Dekat balai desa",
        "situation": "Buruh harian, sudah dua bulan tanpa pekerjaan.",
        "treatment_needed": False,
        "risk": "medium",
        "data_basis": "public_task",
        "criterion_no_home": "no",
        "criterion_no_livelihood": "yes",
        "criterion_needs_not_met": "unknown",
    }


def _assessed(play: Play, worker: str) -> dict[str, Any]:
    today = play.today().isoformat()
    return {
        "assessed_on": today,
        "assessor": worker.title(),
        "livelihood": "Buruh harian, tanggungan tiga orang.",
        "problems": "Pangan kurang menjelang panen.",
        "strengths": "Sehat dan mau bekerja; dekat dengan keluarga besar.",
        "risk": "low",
        "risk_reason": "Makan masih dua kali sehari.",
        "jkn_status": "active",
        "jkn_checked_on": today,
        "needs_treatment": False,
    }
