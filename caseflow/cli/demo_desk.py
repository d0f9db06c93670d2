"""What lies on the desks when the demonstration starts to serve: the other people's cases, in different states."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from caseflow.access import Viewer
from caseflow.actions import attachments, cases, letters, reading, targets, views, visits
from caseflow.actions.attachments import AttachFile
from caseflow.actions.people import PersonData
from caseflow.actions.targets import SetTarget
from caseflow.cli import demo_photo
from caseflow.cli.demo_play import Play
from caseflow.cli.demo_world import KABUPATEN, act, person
from caseflow.store.session import Session

PEOPLE = 54
"""Beside the six of the stories: sixty synthetic people in all."""
REPORTED, ASSESSED, PLANNED = 12, 6, 3
"""How many of them got as far as assessment, a plan, and a plan that waits for approval."""
CLOSED_FILE, AWAITED, DOUBLE = PEOPLE - 4, PEOPLE - 3, PEOPLE - 1
"""Whose file is a closed one, who waits for the hospital's answer, who was typed from somebody else's card."""

TARGETS = (("opened", 80), ("visits", 15))
"""What the office means to reach this year."""


def prepare(play: Play) -> None:
    """Leave two cases from before today, one that is visited each month and one that is late; set the targets."""
    _visited(play, play.world.villages[5])
    late = person(101 + PEOPLE, play.world.villages[8], play.today())
    play.do("budi", cases.open_case, cases.OpenCase(category="FM", area=play.world.villages[8], person=late))
    year = play.today().year
    for measure, amount in TARGETS:
        start, end = date(year, 1, 1), date(year, 12, 31)
        target = SetTarget(area=KABUPATEN, measure=measure, start=start, end=end, amount=amount)
        play.do("wahidah", targets.set_target, target)


def _visited(play: Play, village: str) -> None:
    someone = person(100 + PEOPLE, village, play.today())
    opened = play.do("rina", cases.open_case, cases.OpenCase(category="FM", area=village, person=someone))
    number = str(opened.case.number)
    play.record("rina", number, "data_collection", _reported())
    play.step("rina", number, "submit_for_assessment")
    play.record("rina", number, "assessment", _assessed(play, "rina"))
    play.step("rina", number, "complete_assessment")
    play.record("rina", number, "intervention_plan", {"payment_path": "not_needed"})
    play.consent("rina", number, "plan", "self", someone.name)
    item = play.item("rina", number, "SEMBAKO", "Pangan cukup sampai panen")
    play.approved("rina", "wahidah", number, "approve_plan")
    play.finish("rina", number, [item])
    play.step("rina", number, "complete_intervention")
    play.evaluate("rina", number, {item: "met"})
    play.step("rina", number, "start_monitoring")
    play.do("rina", visits.add_visit, visits.AddVisit(case=number, finding="Persediaan pangan cukup untuk sebulan."))


def fill(play: Play) -> None:
    """Open a case for each of them, shared out between two workers; take some further."""
    before = PersonData()
    for n in range(PEOPLE):
        worker = ("rina", "budi")[n % 2]
        village = play.world.villages[n * 13 % len(play.world.villages)]
        someone = person(100 + n, village, play.today())
        if n == DOUBLE:
            someone = replace(someone, nik=before.nik)
        before = someone
        category = "KTK" if n == CLOSED_FILE else "FM"
        opened = play.do(worker, cases.open_case, cases.OpenCase(category=category, area=village, person=someone))
        number = str(opened.case.number)
        if n == CLOSED_FILE:
            play.do(worker, _read, number)
        if n == AWAITED:
            _sent_to_hospital(play, worker, number)
        if n == 0:
            _photographed(play, worker, number)
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


def _read(session: Session, number: str, *, by: Viewer, at: datetime) -> None:
    reading.look(session, number, by=by, at=at)


def _photographed(play: Play, worker: str, number: str) -> None:
    """Attach a photo of the house, as a phone sends it."""
    seen = attachments.prepared(demo_photo.house())
    command = AttachFile(case=number, file=seen, kind="house", note="Rumah panggung, dinding timur lapuk.")
    play.do(worker, attachments.attach_file, command)


def _sent_to_hospital(play: Play, worker: str, number: str) -> None:
    """Act at once, and hand the letter over: its answer is what the partner's page waits for."""
    urgent = {"risk": "high", "treatment_needed": True, "health_need": "pemeriksaan dan perawatan lanjutan"}
    play.record(worker, number, "data_collection", _reported() | urgent)
    play.step(worker, number, "emergency_intervention", "Perlu dibawa ke rumah sakit hari ini.")
    letter = act(play.edge, worker, lambda s, by, at: views.view_case(s, number, by=by, at=at).letters[0].id)
    play.do(worker, letters.mark_sent, letters.MarkSent(letter=letter, sent_on=play.today()))


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
