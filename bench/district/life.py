"""One case as people live it: acts through the edge at moments of business time, each in its own transaction.

A script yields the moment at which it goes on; whoever runs it moves the clock there first.
"""

from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from bench.district import forms, world
from bench.district.world import World
from caseflow.access import Viewer
from caseflow.actions import aid, cases, consents, letters, plan, records, reviews, steps, views, visits
from caseflow.actions.casework import Done
from caseflow.cli.demo_world import act
from caseflow.edge import Edge, read
from caseflow.errors import CaseflowError
from caseflow.states import machine
from caseflow.states.category import Category
from caseflow.states.deadlines import Calendar, Span, add_working_days, is_working_day
from caseflow.store import users

T = TypeVar("T")
Script = Generator[datetime, None, T]

OPENS, SHUTS = 8 * 60, 15 * 60
"""Minutes of the day between which people begin what they do."""
SOURCES = ("KTP dan KK", "Formulir bertanda tangan", "Pernyataan di hadapan saksi")


@dataclass(slots=True)
class Office:
    """Where everybody works."""

    edge: Edge
    world: World
    calendar: Calendar
    acts: Counter[str] = field(default_factory=Counter)
    """What was done so often, by the name of the action."""
    numbers: list[str] = field(default_factory=list)
    """Numbers of the cases opened so far."""


@dataclass(slots=True)
class Life:
    """One case, and who has to do with it."""

    office: Office
    n: int
    path: str
    category: Category
    village: str
    rnd: Random
    case: str = ""
    number: str = ""
    worker: str = ""
    reporter: str = ""
    giver: str = ""
    relation: str = ""

    # --- when --------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """Return the business time."""
        return self.office.edge.clock.now()

    @property
    def today(self) -> date:
        """Return the day at the office."""
        return self.now.astimezone(self.office.calendar.zone).date()

    def soon(self, least: int = 1, most: int = 9) -> datetime:
        """Return a moment some minutes ahead."""
        return self.now + timedelta(minutes=self.rnd.randint(least, most), seconds=self.rnd.randint(0, 59))

    def workday(self, least: int, most: int | None = None) -> datetime:
        """Return a moment on a later working day, so many ahead."""
        ahead = self.rnd.randint(least, most or least)
        return self._on(add_working_days(self.today, ahead, self.office.calendar))

    def days(self, ahead: int) -> datetime:
        """Return a moment so many calendar days ahead, or on the next day that is worked."""
        day = self.today + timedelta(days=ahead)
        while not is_working_day(day, self.office.calendar):
            day += timedelta(days=1)
        return self._on(day)

    def _on(self, day: date) -> datetime:
        minute = self.rnd.randint(OPENS, SHUTS)
        return datetime.combine(day, time(minute // 60, minute % 60), self.office.calendar.zone)

    def chance(self, of_hundred: int) -> bool:
        """Tell whether something happens that does so often."""
        return self.rnd.randrange(100) < of_hundred

    # --- who ---------------------------------------------------------------------------------------------------------

    @property
    def kecamatan(self) -> str:
        """Return the kecamatan of the case."""
        return self.village[:6]

    def boss(self, step: str = "") -> str:
        """Return who decides about a step."""
        if step and "supervisor" not in machine.approvers_of(self.category, step):
            return self.office.world.head
        return self.office.world.supervisors[self.kecamatan]

    # --- doing -------------------------------------------------------------------------------------------------------

    def do(self, user: str, action: Callable[..., T], command: object) -> Script[T]:
        """Do one use case as a user; the next is some minutes later."""
        done = act(
            self.office.edge,
            user,
            lambda s, by, at: action(s, command, by=by, at=at),
            case=getattr(command, "case", None),
        )
        self.office.acts[action.__name__] += 1
        yield self.soon()
        return done

    def refused(self, user: str, action: Callable[..., object], command: object) -> Script[None]:
        """Try what must be refused; that it is not would be a fault."""
        try:
            yield from self.do(user, action, command)
        except CaseflowError:
            self.office.acts["refused"] += 1
            yield self.soon()
        else:
            raise AssertionError(command)

    def step(self, user: str, name: str, **details: str) -> Script[Done]:
        """Take a step, or ask for it."""
        command = steps.AdvanceCase(case=self.case, step=name, note="Sesuai keadaan di lapangan.", details=details)
        return (yield from self.do(user, steps.advance_case, command))

    def decided(self, name: str, *, late: bool = False, granted: bool = True, **details: str) -> Script[None]:
        """Ask for a step that needs a second person, who answers within hours, the next day, or late."""
        asked = yield from self.step(self.worker, name, **details)
        yield self.workday(4, 6) if late else self.soon(40, 150) if self.chance(60) else self.workday(1)
        decide = reviews.grant_review if granted else reviews.refuse_review
        words = "Sesuai berkas." if granted else "Kegiatan belum menjawab masalahnya."
        boss = self.boss(name)
        known = self.same_aid(boss) if granted and name in aid.STEPS else ""
        despite = "Keadaannya belum berubah." if known else ""
        command = reviews.DecideReview(review=str(asked.review_id), reason=words, despite=despite, known=known)
        yield from self.do(boss, decide, command)

    def record(self, user: str, stage: str, *, met: bool = True, **said: object) -> Script[None]:
        """Fill in a form: it saves itself as a draft on the way, and is saved at the end."""
        answers = forms.answers(self.category, stage, self.today, self.rnd, met=met, **said)
        half, whole = forms.halves(answers)
        for _draft in range(self.rnd.randint(0, 2) if half else 0):
            yield from self.do(user, records.record_stage, self._typed(stage, half))
        if whole:
            yield from self.do(user, records.record_stage, self._typed(stage, whole, final=True))

    def _typed(self, stage: str, said: dict[str, Any], *, final: bool = False) -> records.RecordStage:
        return records.RecordStage(case=self.case, stage=stage, answers=said, final=final)

    def letter(self, user: str, name: str, of_hundred: int, **fields: object) -> Script[str]:
        """Issue a letter now and then, where the category has it; it leaves the office the next day."""
        if not any(use.letter == name for use in self.category.letters) or not self.chance(of_hundred):
            return ""
        command = letters.IssueLetter(case=self.case, letter=name, fields=fields)
        issued = yield from self.do(user, letters.issue_letter, command)
        return str(issued.created_id)

    def consent(self, purpose: str, receiver: str = "") -> Script[None]:
        """Record what was agreed to."""
        command = consents.AddConsent(
            case=self.case,
            purpose=purpose,
            relation=self.relation,
            giver=self.giver,
            receiver=receiver,
            evidence=self.rnd.choice(SOURCES),
        )
        yield from self.do(self.worker, consents.add_consent, command)

    def plan_items(self, least: int = 1, most: int = 3) -> Script[None]:
        """Plan some kinds of help that move nobody."""
        kinds = [i.code for i in self.category.interventions if not i.placement]
        for code in self.rnd.sample(kinds, self.rnd.randint(least, min(most, len(kinds)))):
            command = plan.AddItem(
                case=self.case,
                intervention=code,
                goal=self.rnd.choice(forms.SENTENCES),
                owner=self.office.world.users[self.worker],
                due=self.today + timedelta(days=self.rnd.randint(20, 60)),
            )
            yield from self.do(self.worker, plan.add_item, command)

    def finish(self) -> Script[None]:
        """Say that the planned actions were done."""
        for item in self.seen().plan:
            if item.columns["status"] in {"planned", "approved"}:
                command = plan.SettleItem(case=self.case, item=item.id, note="Selesai dilaksanakan.")
                yield from self.do(self.worker, plan.finish_item, command)

    def results(self, result: str) -> Script[None]:
        """Say of each goal that is still open whether it was met."""
        kept = [i for i in self.seen().plan if i.columns["status"] != "cancelled" and not i.columns["result"]]
        for item in kept:
            command = plan.EvaluateItem(case=self.case, item=item.id, result=result)
            yield from self.do(self.worker, plan.evaluate_item, command)

    def visit(self) -> Script[None]:
        """Visit today."""
        command = visits.AddVisit(case=self.case, finding=self.rnd.choice(forms.SENTENCES))
        yield from self.do(self.worker, visits.add_visit, command)

    def seen(self) -> views.CaseView:
        """Return the case as its worker sees it."""
        by = self.viewer(self.worker)
        self.office.acts["view_case"] += 1
        edge = self.office.edge
        return read(edge, by, lambda s, who, at: views.view_case(s, self.case, by=who, at=at), case=self.case)

    def same_aid(self, user: str) -> str:
        """Return the mark of the same aid of the household, as the request shows it to who decides."""
        by, edge = self.viewer(user), self.office.edge
        return read(edge, by, lambda s, who, at: aid.show(s, self.case, by=who, at=at), case=self.case).mark

    def viewer(self, user: str) -> Viewer:
        """Return a user with the grants of today."""
        with self.office.edge.database.read() as session:
            account = users.by_username(session, user)
            assert account is not None, user
            return users.viewer(session, account, self.today)

    def late_by(self, span: Span, days: int) -> datetime:
        """Return a moment so many working days after a span that starts now has run out."""
        whole = {"hours": span.amount // 24, "days": span.amount, "working_days": 0}[span.unit]
        day = self.today + timedelta(days=whole)
        worked = days + (span.amount if span.unit == "working_days" else 0)
        return self._on(add_working_days(day, worked, self.office.calendar))

    # --- opening -----------------------------------------------------------------------------------------------------

    def opening(self) -> Script[None]:
        """Open the case: by who collects data in the village, or by a caseworker who keeps it."""
        staff = self.office.world
        self.worker = self.rnd.choice((staff.workers[self.kecamatan][0], *staff.workers[self.kecamatan]))
        self.reporter = staff.intake[self.village] if self.chance(60) else self.worker
        kinds = self.category.subject_kinds
        family = "person" not in kinds or ("household" in kinds and self.chance(30))
        about: dict[str, Any] = {}
        if family:
            about["household"] = world.household(self.n, self.village, self.today, self.rnd)
            head = about["household"].members[0].person
            self.giver, self.relation = str(head.name), "self"
        else:
            someone = world.person(self.n, self.village, self.category, self.today, self.rnd)
            about["person"] = someone
            grown = self.today.year - int(str(someone.birth)[:4]) > world.GROWN
            self.giver, self.relation = (str(someone.name), "self") if grown else ("Ibu Aminah", "mother")
        issue = self.rnd.choice(self.category.issues).key if self.category.issues else None
        command = cases.OpenCase(category=self.category.code, area=self.village, issue=issue, **about)
        opened = yield from self.do(self.reporter, cases.open_case, command)
        self.case, self.number = opened.case.id, opened.case.number
        self.office.numbers.append(self.number)

    def assigned(self) -> Script[None]:
        """Give the case to its caseworker, unless it is theirs already."""
        if self.reporter != self.worker:
            command = cases.AssignCase(case=self.case, assignee=self.office.world.users[self.worker])
            yield from self.do(self.boss(), cases.assign_case, command)
