"""How the demonstration acts: as a person through the edge, with business time that runs through months in seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from caseflow.actions import consents, plan, records, referrals, reviews, steps, views, visits
from caseflow.actions.casework import Done
from caseflow.actions.reports import first_working_day
from caseflow.cli.demo_world import World, act
from caseflow.edge import Edge
from caseflow.errors import CaseflowError
from caseflow.states.deadlines import Calendar, is_working_day
from caseflow.store import obligations, offices
from caseflow.store.session import Session
from workers.embedded import Embedded
from workers.simulated import Simulated

MORNING = time(9, 0)
EARLY = time(7, 30)


@dataclass(slots=True)
class Play:
    """The stage: where, with whom, what was refused."""

    edge: Edge
    workers: Embedded | Simulated
    world: World
    say: Callable[[str], None]
    refusals: list[tuple[str, CaseflowError]] = field(default_factory=list)

    @property
    def calendar(self) -> Calendar:
        """Return the office's time."""
        with self.edge.database.read() as session:
            return offices.calendar(session, self.world.office)

    def today(self) -> date:
        """Return the civil date in the office's zone."""
        return self.edge.clock.now().astimezone(self.calendar.zone).date()

    def do(self, user: str, action: Callable[..., Any], command: object) -> Any:  # noqa: ANN401 - what the action returns
        """Do one use case as a user, then run what it caused."""

        def once(session: Session, by: object, at: datetime) -> Any:  # noqa: ANN401 - as above
            return action(session, command, by=by, at=at)

        done = act(self.edge, user, once, case=getattr(command, "case", None))
        self.workers.drain()
        return done

    def refused(self, user: str, action: Callable[..., Any], command: object, *, because: str) -> CaseflowError:
        """Do what must be refused; a demonstration in which it passes is broken and stops."""
        try:
            self.do(user, action, command)
        except CaseflowError as error:
            self.refusals.append((because, error))
            self.say(f"  ditolak ({because}): {error}")
            return error
        raise AssertionError(because)

    def wait(self, days: int) -> None:
        """Let days pass, and stop on a working day at nine; sweep on the mornings on which there is something to do."""
        calendar = self.calendar
        day = self.today()
        last = day + timedelta(days=days)
        while not is_working_day(last, calendar):
            last += timedelta(days=1)
        while day < last:
            day = self._next_morning(day, last, calendar)
            self.edge.clock.move_to(datetime.combine(day, EARLY, calendar.zone))
            self.workers.drain()
        self.edge.clock.move_to(datetime.combine(last, MORNING, calendar.zone))

    def _next_morning(self, day: date, last: date, calendar: Calendar) -> date:
        """Return the first day after this one on which a reminder falls due or a month's report is asked for."""
        until = datetime.combine(last, EARLY, calendar.zone)
        with self.edge.database.write() as session:
            due = obligations.due(session, at=until, limit=1)
        first = due[0].next_at if due else until
        while day < last:
            day += timedelta(days=1)
            if first <= datetime.combine(day, EARLY, calendar.zone) or day == first_working_day(day, calendar):
                break
        return day

    def pass_hours(self, hours: float) -> None:
        """Let hours pass."""
        self.edge.clock.move_to(self.edge.clock.now() + timedelta(hours=hours))
        self.workers.drain()

    # --- what the stories repeat ---

    def record(self, user: str, case: str, stage: str, answers: Mapping[str, Any]) -> None:
        """Fill in a stage form and save it."""
        self.do(user, records.record_stage, records.RecordStage(case=case, stage=stage, answers=answers, final=True))

    def step(self, user: str, case: str, step: str, note: str = "", **details: str) -> Done:
        """Take a step."""
        done: Done = self.do(
            user, steps.advance_case, steps.AdvanceCase(case=case, step=step, note=note, details=details)
        )
        return done

    def approved(self, user: str, boss: str, case: str, step: str, note: str = "", **details: str) -> Done:
        """Ask for a step that needs a second person, and grant it a few hours later."""
        asked = self.step(user, case, step, note, **details)
        self.pass_hours(3)
        done: Done = self.do(
            boss, reviews.grant_review, reviews.DecideReview(review=str(asked.review_id), reason="Sesuai berkas.")
        )
        return done

    def consent(self, user: str, case: str, purpose: str, relation: str, giver: str) -> str:
        """Record a consent."""
        command = consents.AddConsent(
            case=case, purpose=purpose, relation=relation, giver=giver, evidence="Formulir bertanda tangan"
        )
        return str(self.do(user, consents.add_consent, command).created_id)

    def item(self, user: str, case: str, intervention: str, goal: str, days: int = 30) -> str:
        """Plan an action owned by its author."""
        owner = self.user_id(user)
        due = self.today() + timedelta(days=days)
        command = plan.AddItem(case=case, intervention=intervention, goal=goal, owner=owner, due=due)
        return str(self.do(user, plan.add_item, command).created_id)

    def user_id(self, username: str) -> str:
        """Return the id of a user."""
        return str(act(self.edge, username, lambda _s, by, _at: by.user_id))

    def answer_all(self, user: str, case: str) -> None:
        """Type in the reply slips of every waiting referral."""
        found = act(self.edge, user, lambda s, by, at: views.view_case(s, case, by=by, at=at).referrals)
        for waiting in (r for r in found if r.columns["status"] == "open"):
            answer = referrals.AnswerReferral(case=case, referral=waiting.id, status="done", note="Sudah dilayani.")
            self.do(user, referrals.answer_referral, answer)

    def finish(self, user: str, case: str, items: list[str]) -> None:
        """Say that the actions were done."""
        for item in items:
            self.do(user, plan.finish_item, plan.SettleItem(case=case, item=item, note="Selesai dilaksanakan."))

    def evaluate(self, user: str, case: str, results: dict[str, str], **more: object) -> None:
        """Fill in the evaluation and the result of each goal."""
        said = {
            "evaluated_on": self.today().isoformat(),
            "changes": "Keadaan membaik.",
            "client_view": "Merasa terbantu.",
        }
        self.record(user, case, "evaluation", said | more)
        for item, result in results.items():
            self.do(user, plan.evaluate_item, plan.EvaluateItem(case=case, item=item, result=result))

    def monitor(
        self, user: str, case: str, *, first: int, gap: int, count: int, finding: str = "Keadaan baik."
    ) -> None:
        """Visit, on distinct days far enough apart."""
        for n in range(count):
            self.wait(gap if n else first)
            self.do(user, visits.add_visit, visits.AddVisit(case=case, finding=finding))
