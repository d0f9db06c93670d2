"""Anything in any order: random acts on a case against a small model of what each step needs and does."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from caseflow.actions import cases, consents, plan, records, referrals, reviews, steps, visits
from caseflow.errors import CaseflowError
from caseflow.states.fold import Standing
from caseflow.states.lifecycle import FIRST_OR_ASSESSMENT, PREVIOUS, STEPS
from caseflow.store import children, facts, log
from caseflow.store import reviews as review_rows
from caseflow.store.tables import consent as consent_table
from caseflow.store.tables import referral as referral_table
from tests.hung import folded, stored
from tests.world import (
    ANSWERS,
    DATED,
    STATES,
    Office,
    act,
    advance,
    answers,
    at,
    broken,
    opened,
    owed,
    rolled_back,
    row_of,
)

FORMS = ("data_collection", "assessment", "intervention_plan", "evaluation", "monitoring")
ONE_ANSWER = dict(zip(FORMS, ("situation", "problems", "payment_path", "changes", "contact_after"), strict=True))
APPROVED = {name for name, step in STEPS.items() if step.approvers}
DETAILS = {"terminate": {"reason_code": "moved"}, "close_case": {"outcome": "goals_met"}}
GAP = 14  # days between visits that count, in the category FM


@dataclass(slots=True)
class Model:
    """What a case of a destitute person is, in the fewest words."""

    state: str = "data_collection"
    cycle: int = 1
    risk: str | None = None
    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)
    agreed: int = 0
    tells: bool = False
    referred: int = 0
    visited: list[date] = field(default_factory=list)
    waived: bool = False
    emergency: dict[str, bool] | None = None
    assessed: bool = False
    held_until: date | None = None
    waiting: dict[str, int] = field(default_factory=dict)
    facts: int = 0
    ended_by: str = ""
    before: str = ""

    # what is there

    def written(self, stage: str) -> bool:
        needed = set(ANSWERS["FM"].get(stage, {})) | {DATED[stage] for _ in (1,) if stage in DATED}
        return needed <= set(self.said.get(stage, {}))

    def criteria(self) -> bool | None:
        given = self.said.get("data_collection", {})
        found = [given.get(f"criterion_{key}") for key in ("no_home", "no_livelihood", "needs_not_met")]
        return True if "yes" in found else False if found == ["no"] * 3 else None

    def live(self) -> list[dict[str, Any]]:
        return [i for i in self.items if i["status"] != "cancelled"]

    def planned(self) -> bool:
        whole = all(i["whole"] for i in self.live())
        return self.written("intervention_plan") and bool(self.live()) and whole and self.agreed > 0

    def owes(self) -> bool:
        return self.emergency is not None and not self.emergency["paid"]

    def counted(self) -> int:
        last, count = None, 0
        for day in sorted(self.visited):
            if last is None or (day - last).days >= GAP:
                last, count = day, count + 1
        return count

    def results(self) -> list[str]:
        return [i["result"] for i in self.live()]

    def allows(self, step: str) -> bool:
        """Tell whether what a step needs is there."""
        settled = all(i["status"] in {"done", "cancelled"} for i in self.items)
        evaluated = self.written("evaluation") and all(self.results())
        debt_written = self.written("assessment") and self.risk is not None and self.planned()
        needs: dict[str, Callable[[], bool]] = {
            "submit_for_assessment": lambda: self.written("data_collection") and self.criteria() is True,
            "screen_out": lambda: self.criteria() is False,
            "complete_assessment": lambda: self.written("assessment") and self.risk is not None,
            "approve_plan": self.planned,
            "amend_plan": lambda: not self.owes(),
            "emergency_intervention": lambda: self.risk == "high",
            "ratify_emergency": lambda: (
                self.emergency is not None and not self.emergency["ratified"] and (debt_written or not self.owes())
            ),
            "complete_intervention": lambda: (
                settled
                and not self.referred
                and (debt_written or not self.owes())
                and (self.emergency is None or self.emergency["ratified"])
            ),
            "revise_plan": lambda: evaluated and bool({"not_met", "partly"} & set(self.results())),
            "start_monitoring": lambda: evaluated and bool(self.results()) and set(self.results()) <= {"met", "partly"},
            "continue_case": lambda: bool(self.visited),
            "close_case": lambda: (
                self.written("monitoring")
                and (self.waived or self.counted() >= 2)
                and not self.owes()
                and not self.referred
            ),
            "undo_termination": lambda: self.ended_by == "terminate",
        }
        return needs.get(step, lambda: True)()

    def locks(self, stage: str, said: dict[str, Any]) -> bool:
        """Tell whether these answers would change a plan that was approved."""
        owed = self.emergency is not None and not self.emergency["ratified"]
        approved = stage == "intervention_plan" and self.state in {"intervention", "evaluation", "monitoring"}
        before = self.said.get(stage, {})
        return approved and not owed and any(key in before and before[key] != value for key, value in said.items())

    # what happens

    def changed(self) -> None:
        """Say that facts changed: what waits for approval is void, a debt may be paid."""
        self.facts += 1
        self.waiting.clear()
        self.settle()

    def settle(self) -> None:
        written = self.written("assessment") and self.risk is not None and self.planned()
        if self.emergency and self.emergency["ratified"] and not self.emergency["paid"] and written:
            self.emergency["paid"] = self.assessed = True

    def answer(self, stage: str, said: dict[str, Any]) -> None:
        before = dict(self.said.get(stage, {}))
        after = {k: v for k, v in {**before, **said}.items() if v is not None}
        if after.get("risk") not in {None, before.get("risk")}:
            self.risk = after["risk"]
            if self.risk == "high":
                self.held_until = None
        self.said[stage] = after
        if after != before:
            self.changed()

    def move(self, step: str) -> None:  # noqa: C901 - what eighteen steps do, in one place
        """Do what a step does."""
        moved, closed = STEPS[step], self.state == "closed"
        to = {PREVIOUS: self.before, FIRST_OR_ASSESSMENT: "assessment" if self.assessed else "data_collection"}
        if moved.to == "closed":
            self.before, self.ended_by = self.state, step
        elif closed:
            self.ended_by = ""
        self.state = to.get(moved.to, moved.to)
        if moved.new_cycle:
            self.begin_again()
        if moved.during_hold:
            self.held_until = None
        if step == "complete_assessment":
            self.assessed = True
        if step == "emergency_intervention":
            self.emergency = {"ratified": False, "paid": False}
        if step == "ratify_emergency" and self.emergency:
            self.emergency["ratified"] = True
        for planned in self.items:
            if step in {"approve_plan", "ratify_emergency"} and planned["status"] == "planned":
                planned["status"] = "approved"
            if step in {"revise_plan", "replan"} and planned["result"] in {"partly", "not_met"}:
                planned["result"] = ""
        self.changed()

    def begin_again(self) -> None:
        """Start a new cycle: what was collected stays, everything else is asked anew."""
        self.cycle, self.items, self.visited, self.referred = self.cycle + 1, [], [], 0
        self.waived, self.emergency = False, None
        self.said = {"data_collection": self.said.get("data_collection", {})}


pytestmark = pytest.mark.slow


class AnyOrder(RuleBasedStateMachine):
    """A case and its model, acted upon in any order."""

    office: Office

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world = self.stack.enter_context(rolled_back(self.office))
        self.case = ""
        self.model = Model()

    def teardown(self) -> None:
        try:
            assert not self.case or not broken(self.world)
        finally:
            self.stack.close()

    def held(self) -> bool:
        return self.model.held_until is not None and self.model.held_until >= self.world.today

    def tried(self, action: Callable[..., Any], command: object, *, by: str = "rina") -> Any:  # noqa: ANN401 - a result or a refusal
        try:
            return act(self.world, action, command, by=by)
        except CaseflowError as refusal:
            return refusal

    @initialize(state=st.sampled_from(STATES))
    def open_case(self, state: str) -> None:
        self.case = at(self.world, state) if state != "data_collection" else opened(self.world)
        stages = [form for form in FORMS if STATES.index(form) < STATES.index(state)]
        made = STATES.index(state) > STATES.index("intervention_plan")
        self.model = Model(state=state, said={s: answers(self.world, "FM", s) for s in stages})
        self.model.risk = "low" if stages else None
        self.model.assessed = "assessment" in stages
        if made:
            done = STATES.index(state) > STATES.index("intervention")
            result = "met" if STATES.index(state) > STATES.index("evaluation") else ""
            self.model.items = [{"status": "done" if done else "approved", "result": result, "whole": True}]
            self.model.agreed = 1
        if state == "closed":
            self.model.visited = [self.world.today - timedelta(days=GAP), self.world.today]
            self.model.before, self.model.ended_by = "monitoring", "close_case"

    # --- typing ---

    def type(self, stage: str, said: dict[str, Any]) -> None:
        command = records.RecordStage(case=self.case, stage=stage, answers=said)
        result = self.tried(records.record_stage, command)
        assert isinstance(result, CaseflowError) == self.model.locks(stage, said), result
        if not isinstance(result, CaseflowError):
            self.model.answer(stage, said)

    @rule(stage=st.sampled_from(FORMS))
    def complete_a_form(self, stage: str) -> None:
        if self.model.state == "closed":
            return
        said = answers(self.world, "FM", stage)
        if "risk" in said:
            said["risk"] = self.model.risk or "low"
        self.type(stage, said)

    @rule(stage=st.sampled_from(FORMS))
    def clear_an_answer(self, stage: str) -> None:
        if self.model.state == "closed":
            return
        self.type(stage, {ONE_ANSWER[stage]: None})

    @rule(risk=st.sampled_from(("low", "high")))
    def say_the_risk(self, risk: str) -> None:
        if self.model.state == "closed":
            return
        self.type("data_collection", {"risk": risk})

    @rule(answer=st.sampled_from(("yes", "no")))
    def screen(self, answer: str) -> None:
        if self.model.state == "closed":
            return
        said = {f"criterion_{key}": answer for key in ("no_livelihood", "needs_not_met")} | {"criterion_no_home": "no"}
        self.type("data_collection", said)

    # --- planning and doing ---

    @rule(whole=st.booleans())
    def plan_an_action(self, whole: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        due = self.world.today if whole else None
        wanted = plan.AddItem(case=self.case, intervention="SEMBAKO", goal="x", owner=self.office.ids["rina"], due=due)
        result = self.tried(plan.add_item, wanted)
        owes = self.model.emergency is not None and not self.model.emergency["ratified"]
        may = self.model.state in {"assessment", "intervention_plan"} or (self.model.state == "intervention" and owes)
        assert isinstance(result, CaseflowError) != (may and not self.held()), result
        if not isinstance(result, CaseflowError):
            self.model.items.append({"status": "planned", "result": "", "whole": whole})
            self.model.changed()

    @rule(done=st.booleans())
    def settle_an_action(self, done: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        waiting = [n for n, i in enumerate(self.model.items) if i["status"] in {"planned", "approved"}]
        if not waiting:
            return
        item = facts.load(self.world.session, self.case, self.world.today).plan[waiting[0]].id
        settle = plan.SettleItem(case=self.case, item=item, note="x")
        result = self.tried(plan.finish_item if done else plan.cancel_item, settle)
        may = not done or self.model.state == "intervention"
        assert isinstance(result, CaseflowError) != (may and not self.held()), result
        if not isinstance(result, CaseflowError):
            self.model.items[waiting[0]]["status"] = "done" if done else "cancelled"
            self.model.changed()

    @rule(outcome=st.sampled_from(("met", "partly", "not_met")))
    def evaluate_goals(self, outcome: str) -> None:
        for number, item in enumerate(facts.load(self.world.session, self.case, self.world.today).plan):
            result = self.tried(plan.evaluate_item, plan.EvaluateItem(case=self.case, item=item.id, result=outcome))
            may = self.model.state == "evaluation" and item.status != "cancelled" and not self.held()
            assert isinstance(result, CaseflowError) != may, result
            if may:
                self.model.items[number]["result"] = outcome
                self.model.changed()

    @rule()
    def agree(self) -> None:
        command = consents.AddConsent(case=self.case, purpose="plan", relation="self", giver="Aminah")
        result = self.tried(consents.add_consent, command)
        assert isinstance(result, CaseflowError) == (self.model.state == "closed"), result
        if not isinstance(result, CaseflowError):
            self.model.agreed += 1
            self.model.changed()

    @rule()
    def disagree(self) -> None:
        given = children.of_case(self.world.session, consent_table, self.case)
        standing = [row.id for row in given if row.withdrawn_on is None]
        for row_id in standing:
            act(self.world, consents.withdraw_consent, consents.WithdrawConsent(case=self.case, consent=row_id))
        self.model.agreed, self.model.tells = 0, False
        if standing:
            self.model.changed()

    @rule()
    def let_tell(self) -> None:
        command = consents.AddConsent(
            case=self.case, purpose="referral", relation="self", giver="Aminah", receiver="charity"
        )
        result = self.tried(consents.add_consent, command)
        assert isinstance(result, CaseflowError) == (self.model.state == "closed"), result
        if not isinstance(result, CaseflowError):
            self.model.tells = True
            self.model.changed()

    @rule()
    def refer(self) -> None:
        command = referrals.AddReferral(case=self.case, institution=self.office.institutions["charity"], need="x")
        result = self.tried(referrals.add_referral, command)
        may = self.model.state in {"intervention", "evaluation", "monitoring"} and not self.held()
        may = may and self.model.tells  # an emergency opens a file to those who save a life: no charity is one
        assert isinstance(result, CaseflowError) != may, result
        if may:
            self.model.referred += 1
            self.model.changed()

    @rule()
    def answer_referrals(self) -> None:
        if self.held():
            return
        sent = children.of_case(self.world.session, referral_table, self.case)
        for row in [row for row in sent if row.status == "open"]:
            answer = referrals.AnswerReferral(case=self.case, referral=row.id, status="done")
            act(self.world, referrals.answer_referral, answer)
            self.model.changed()
        self.model.referred = 0
        self.model.settle()

    @rule()
    def visit(self) -> None:
        result = self.tried(visits.add_visit, visits.AddVisit(case=self.case, finding="x"))
        if isinstance(result, CaseflowError):
            may = self.model.state in {"intervention", "evaluation", "monitoring"} and not self.held()
            assert not may or "visited_on" in result.data.get("problems", {}), result
            return
        if self.model.state == "monitoring":
            self.model.visited.append(self.world.today)
        self.model.changed()

    @rule()
    def waive(self) -> None:
        result = self.tried(visits.waive_visits, visits.WaiveVisits(case=self.case, reason="x"), by="sari")
        may = self.model.state == "monitoring" and not self.held()
        assert isinstance(result, CaseflowError) != may, result
        if may and not self.model.waived:
            self.model.waived = True
            self.model.changed()

    @rule(days=st.sampled_from((1, 5, GAP)))
    def let_days_pass(self, days: int) -> None:
        self.world.now += timedelta(days=days)

    # --- pauses ---

    @rule()
    def hold(self) -> None:
        until = self.world.today + timedelta(days=7)
        result = self.tried(cases.hold_case, cases.HoldCase(case=self.case, until=until, reason="x"))
        may = self.model.state != "closed" and self.model.risk != "high" and not self.held()
        assert isinstance(result, CaseflowError) != may, result
        if may:
            self.model.held_until = until

    @rule()
    def resume(self) -> None:
        result = self.tried(cases.resume_case, cases.ResumeCase(case=self.case))
        assert isinstance(result, CaseflowError) == (self.model.held_until is None), result
        self.model.held_until = None

    # --- steps and approvals ---

    @rule(step=st.sampled_from(sorted(STEPS)))
    def take_any_step(self, step: str) -> None:
        self.take(step)

    @rule(data=st.data())
    def take_a_possible_step(self, data: st.DataObject) -> None:
        possible = [name for name, step in STEPS.items() if self.model.state in step.sources]
        self.take(data.draw(st.sampled_from(possible)))

    def take(self, name: str) -> None:
        step, model = STEPS[name], self.model
        by = "sari" if step.takers == ("supervisor",) else "rina"
        command = advance(self.case, name, details=DETAILS.get(name, {}))
        result = self.tried(steps.advance_case, command, by=by)
        if self.held() and not step.during_hold:
            expected = "OnHold"
        elif model.state not in step.sources:
            expected = "StepOutOfOrder"
        elif not model.allows(name):
            expected = "StepRefused"
        elif name in model.waiting:
            expected = "ReviewPending"
        else:
            expected = "Done"
        assert type(result).__name__ == expected, (name, model, result)
        if expected == "Done" and name in APPROVED:
            assert result.review_id, "nobody takes it alone"
            model.waiting[name] = model.facts
        elif expected == "Done":
            model.move(name)

    @rule(data=st.data(), granted=st.booleans())
    def decide(self, data: st.DataObject, granted: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        if not self.model.waiting:
            return
        name = data.draw(st.sampled_from(sorted(self.model.waiting)))
        review = next(r.id for r in review_rows.pending_of(self.world.session, self.case) if r.step == name)
        command = reviews.DecideReview(review=review, reason="Sudah diperiksa.")
        result = self.tried(reviews.grant_review if granted else reviews.refuse_review, command, by="sari")
        if granted and self.held() and not STEPS[name].during_hold:
            assert type(result).__name__ == "OnHold", result
            return
        assert type(result).__name__ == "Done", (name, result)
        if granted:
            self.model.move(name)
        else:
            del self.model.waiting[name]

    # --- what always holds ---

    @invariant()
    def the_row_is_what_the_model_says(self) -> None:
        if not self.case:
            return
        row, model = row_of(self.world, self.case), self.model
        assert (row.state, row.cycle, row.risk, row.held_until) == (
            model.state,
            model.cycle,
            model.risk,
            model.held_until,
        )
        assert (row.visits_waived, row.assessed) == (model.waived, model.assessed)
        assert (row.emergency_since is not None, row.emergency_paid) == (
            model.emergency is not None,
            bool(model.emergency and model.emergency["paid"]),
        )
        pending = {review.step for review in review_rows.pending_of(self.world.session, self.case)}
        assert pending == set(model.waiting)

    @invariant()
    def the_row_is_the_fold_of_its_entries(self) -> None:
        if not self.case:
            return
        row, said = row_of(self.world, self.case), log.standing_of(self.world.session, self.case)
        told = [f.name for f in fields(Standing)]
        assert {name: getattr(row, name) for name in told} == {name: getattr(said, name) for name in told}

    @invariant()
    def what_hangs_on_it_is_the_fold_of_its_entries(self) -> None:
        if self.case:
            assert folded(self.world, self.case) == stored(self.world, self.case)

    @invariant()
    def a_debt_is_reminded_of_until_it_is_paid(self) -> None:
        if not self.case:
            return
        running = owed(self.world, self.case).keys()
        assert ("emergency_debt" in running) == (self.model.owes() and self.model.state != "closed")
        assert not running or self.model.state != "closed"


def test_anything_in_any_order(office: Office) -> None:
    run = type("Run", (AnyOrder,), {"office": office})
    quick = settings(max_examples=15, stateful_step_count=30, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(run, settings=quick)
