"""Complete forms of the category AT (neglected child), as a caseworker fills them in."""

from typing import Any

from tests.cli.installation import VILLAGE, ago

CHILD = {"name": "Siti Aminah", "nik": "6310014107160001", "birth": "2016-07-01", "sex": "P"}


def case(**more: object) -> dict[str, Any]:
    return {"category": "AT", "area": VILLAGE, "issue": "orphan", "event_date": ago(100), "person": CHILD, **more}


def data_collection() -> dict[str, Any]:
    return {
        "reporter_kind": "outreach",
        "location": "Rumah nenek, RT 003",
        "situation": "Anak sering sendirian sampai malam.",
        "parent_status": "yatim_piatu",
        "risk": "medium",
        "data_basis": "public_task",
        "criterion_neglected": "yes",
        "criterion_basic_needs": "yes",
    }


def assessment() -> dict[str, Any]:
    return {
        "assessed_on": ago(95),
        "assessor": "Rina Marlina",
        "lives_with": "grandparents",
        "guardian_relation": "grandparent",
        "guardian_name": "Hj. Salamah",
        "guardian_legal": "court",
        "problems": "Nenek sakit dan tidak dapat mengasuh lagi.",
        "strengths": "Anak suka belajar.",
        "risk": "medium",
        "risk_reason": "Tidak ada pengawasan pada malam hari.",
        "school_status": "at_risk",
        "kin_option": "not_possible",
        "kin_assessed": "Paman dan bibi dari pihak ibu",
        "kin_assessed_on": ago(96),
        "kin_result": "belum ada kerabat yang dapat mengasuh",
        "child_opinion": "bersedia tinggal di lembaga dan ingin tetap bersekolah",
        "child_opinion_how": "with_trusted",
        "opinion_heard_on": ago(96),
    }


def plan() -> dict[str, Any]:
    return {
        "care_plan": "lksa",
        "lksa_name": "LKSA Istana",
        "child_willing": "yes",
        "pickup_officer": "Rina Marlina",
        "pickup_date": ago(80),
        "decision_number": "188/12/DINSOS/2026",
        "decision_date": ago(90),
    }


def evaluation() -> dict[str, Any]:
    return {"evaluated_on": ago(40), "changes": "Bersekolah tiap hari.", "client_view": "Anak senang."}


def monitoring() -> dict[str, Any]:
    return {"last_situation": "Sehat dan bersekolah.", "care_is_safe": "yes", "contact_after": "Puskesos desa"}
