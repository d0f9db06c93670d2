"""The paths of the year: what may happen to a case from its opening to its end, each a script, drawn by weight."""

from collections.abc import Callable
from datetime import timedelta

from bench.district.life import Life, Script
from bench.district.stages import (
    approved,
    assessed,
    evaluated,
    finished,
    helped,
    monitored,
    planned,
    reported,
    start,
    submitted,
    to_intervention,
    to_the_end,
)
from caseflow.actions import cases, letters, referrals, steps
from caseflow.actions.referrals import WAITING


def straight(life: Life) -> Script[None]:
    """Everything as it should be."""
    yield from start(life)
    yield from to_the_end(life)


def screened_out(life: Life) -> Script[None]:
    """The criteria are not met; a supervisor agrees. Some object, and the case is opened again."""
    yield from life.opening()
    yield from life.assigned()
    life.reporter = life.worker
    yield from reported(life, met=False)
    yield from life.decided("screen_out", late=life.chance(8))
    if life.chance(25):
        yield life.workday(5, 12)
        yield from life.step(life.boss(), "reopen")
        yield from submitted(life)
        yield from to_the_end(life)


def returned(life: Life) -> Script[None]:
    """Data were missing: back to whoever collects them, and on."""
    yield from start(life)
    yield life.workday(1, 2)
    yield from life.step(life.worker, "return_for_data")
    yield life.workday(1, 3)
    yield from reported(life)
    yield from life.step(life.reporter, "submit_for_assessment")
    yield from to_the_end(life)


def assessed_late(life: Life) -> Script[None]:
    """Nobody assesses: the reminder climbs to the supervisor, then to the head."""
    yield from start(life)
    deadline = life.category.deadlines["assessment"].span
    yield life.late_by(deadline, life.rnd.randint(3, 8))
    yield from to_the_end(life)


def plan_refused(life: Life) -> Script[None]:
    """The supervisor wants another plan; the second one is approved."""
    yield from start(life)
    yield from assessed(life)
    yield from planned(life)
    yield from life.decided("approve_plan", granted=False)
    yield life.workday(1, 2)
    yield from life.plan_items(1, 1)
    yield from approved(life)
    yield from finished(life)


def emergency(life: Life, *, late: bool) -> Script[None]:
    """Somebody is in danger: help first, the papers within 72 hours, or later."""
    yield from life.opening()
    yield from life.assigned()
    life.reporter = life.worker
    yield from reported(life, "high", treatment_needed=True, health_need="pemeriksaan dan perawatan lanjutan")
    yield from life.step(life.worker, "emergency_intervention")
    yield life.workday(4, 6) if late else life.soon(600, 1200)
    yield from life.record(life.worker, "assessment", risk="high")
    yield from life.record(life.worker, "intervention_plan")
    yield from life.consent("plan")
    yield from life.plan_items(1, 2)
    yield from life.decided("ratify_emergency")
    yield life.workday(3, 8)
    yield from answered(life)
    yield from finished(life)


def emergency_paid(life: Life) -> Script[None]:
    """An emergency whose debt is paid in time."""
    yield from emergency(life, late=False)


def emergency_late(life: Life) -> Script[None]:
    """An emergency whose debt is paid late."""
    yield from emergency(life, late=True)


def held(life: Life) -> Script[None]:
    """The family is away for a while: the case waits, and goes on by itself or by its worker."""
    yield from start(life)
    yield life.workday(1)
    most = life.category.hold_max_days
    until = life.today + timedelta(days=life.rnd.randint(min(5, most), min(20, most)))
    command = cases.HoldCase(case=life.case, until=until, reason="Keluarga sedang di luar daerah.")
    yield from life.do(life.worker, cases.hold_case, command)
    try_again = steps.AdvanceCase(case=life.case, step="return_for_data", note="Belum lengkap.")
    yield from life.refused(life.worker, steps.advance_case, try_again)
    if life.chance(50):
        yield life.days((until - life.today).days - 1)
        if life.today <= until:
            resume = cases.ResumeCase(case=life.case, reason="Sudah kembali.")
            yield from life.do(life.worker, cases.resume_case, resume)
    else:
        yield life.days((until - life.today).days + 2)
    yield from to_the_end(life)


def referred(life: Life) -> Script[str]:
    """Ask the civil registry for papers, by a letter that has left the office the next day; return the referral."""
    yield life.workday(1, 3)
    registry = life.office.world.institutions["civil_registry"]
    yield from life.consent("referral", registry)
    fields = {"service": "kk", "problem": "Kartu keluarga hilang."}
    issued = yield from life.letter(life.worker, "rjk-capil", 100, **fields)
    yield life.workday(1)
    yield from life.do(life.worker, letters.mark_sent, letters.MarkSent(letter=issued, sent_on=life.today))
    return _waiting(life)[0]


def _waiting(life: Life) -> list[str]:
    return [r.id for r in life.seen().referrals if r.columns["status"] == WAITING]


def answered(life: Life) -> Script[None]:
    """Type in the answers that came back."""
    for waiting in _waiting(life):
        answer = referrals.AnswerReferral(case=life.case, referral=waiting, status="done", note="Sudah dilayani.")
        yield from life.do(life.worker, referrals.answer_referral, answer)


def referral_answered(life: Life) -> Script[None]:
    """A referral that is answered in time."""
    yield from start(life)
    yield from to_intervention(life)
    yield from referred(life)
    yield life.workday(3, 9)
    yield from answered(life)
    yield from finished(life)


def referral_silent(life: Life) -> Script[None]:
    """A referral that nobody answers before the reminders have climbed."""
    yield from start(life)
    yield from to_intervention(life)
    yield from referred(life)
    yield life.workday(18, 27)
    tried = steps.AdvanceCase(case=life.case, step="complete_intervention")
    yield from life.refused(life.worker, steps.advance_case, tried)
    yield from answered(life)
    yield from finished(life)


def referral_withdrawn(life: Life) -> Script[None]:
    """A referral that a supervisor withdraws."""
    yield from start(life)
    yield from to_intervention(life)
    sent = yield from referred(life)
    yield life.workday(16, 20)
    withdraw = referrals.WithdrawReferral(case=life.case, referral=sent, reason="Tidak ada jawaban.")
    yield from life.do(life.boss(), referrals.withdraw_referral, withdraw)
    yield from finished(life)


def revised(life: Life) -> Script[None]:
    """A goal was not met: the plan is revised."""
    yield from start(life)
    yield from to_intervention(life)
    yield from helped(life)
    yield from evaluated(life, "not_met")
    yield from life.step(life.worker, "revise_plan")
    yield life.workday(1, 3)
    yield from life.plan_items(1, 1)
    yield from approved(life)
    yield from finished(life)


def replanned(life: Life) -> Script[None]:
    """A relapse during monitoring: a new plan."""
    yield from start(life)
    yield from to_intervention(life)
    yield from helped(life)
    yield from evaluated(life)
    yield from life.step(life.worker, "start_monitoring")
    yield from monitored(life, 1)
    yield from life.step(life.worker, "replan")
    yield life.workday(1, 3)
    yield from life.plan_items(1, 1)
    yield from approved(life)
    yield from finished(life)


def continued(life: Life) -> Script[None]:
    """Not over yet: a second cycle."""
    yield from start(life)
    yield from to_intervention(life)
    yield from helped(life)
    yield from evaluated(life, "partly")
    yield from life.step(life.worker, "start_monitoring")
    yield from monitored(life, 1)
    tried = steps.AdvanceCase(case=life.case, step="close_case", note="Cukup.", details={"outcome": "goals_met"})
    yield from life.refused(life.worker, steps.advance_case, tried)
    yield from life.decided("continue_case")
    yield from to_the_end(life)


def reopened(life: Life) -> Script[None]:
    """Closed, and back after weeks: a second cycle."""
    yield from straight(life)
    yield life.days(life.rnd.randint(14, 60))
    yield from life.step(life.boss(), "reopen")
    yield from to_the_end(life)


def _until_it_stops(life: Life) -> Script[None]:
    yield from start(life)
    if life.chance(60):
        yield from to_intervention(life)
        yield life.days(life.rnd.randint(3, 20))


def moved(life: Life) -> Script[None]:
    """The family moved away."""
    yield from _until_it_stops(life)
    yield from life.decided("terminate", reason_code="moved")


def died(life: Life) -> Script[None]:
    """The person died."""
    yield from _until_it_stops(life)
    day = life.today.isoformat()
    yield from life.decided("terminate", reason_code="died", death_date=day, source="Surat keterangan desa")


def duplicate(life: Life) -> Script[None]:
    """The same person was reported twice."""
    yield from start(life)
    yield life.workday(1, 4)
    other = next((n for n in life.office.numbers if n != life.number), "")
    if other:
        yield from life.decided("terminate", reason_code="duplicate", duplicate_of=other)
    else:
        yield from life.decided("terminate", reason_code="declined")


def undone(life: Life) -> Script[None]:
    """Ended by mistake, taken back by the supervisor."""
    yield from start(life)
    yield life.workday(1, 2)
    yield from life.decided("terminate", reason_code="not_found")
    yield life.workday(1, 5)
    yield from life.step(life.boss(), "undo_termination")
    yield from to_the_end(life)


PATHS: dict[Callable[[Life], Script[None]], int] = {
    straight: 30,
    screened_out: 9,
    returned: 7,
    assessed_late: 5,
    plan_refused: 6,
    emergency_paid: 5,
    emergency_late: 3,
    held: 5,
    referral_answered: 7,
    referral_silent: 3,
    referral_withdrawn: 2,
    revised: 4,
    replanned: 2,
    continued: 3,
    reopened: 2,
    moved: 2,
    died: 2,
    duplicate: 2,
    undone: 1,
}
"""Path -> how many of a hundred cases take it."""
