"""viewflow.fsm on Django's ORM: a flow around the case, the case saved under its version. AGPL: compared with only."""

from datetime import UTC, datetime
from uuid import uuid4

from bench.peers.django_tables import Entry, Job
from bench.peers.serving import ACTOR, MOVES, RETURN, SUBMIT, Step, serve

# isort: split
from django.db import models, transaction
from viewflow import fsm


class Case(models.Model):
    """A case; its version is the optimistic lock."""

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=30)
    version = models.IntegerField()
    area = models.CharField(max_length=10)
    updated_at = models.DateTimeField()

    class Meta:
        """Where it lies."""

        app_label = "peers"
        db_table = "engine_case"


class Flow:
    """The two steps, with a condition each."""

    state = fsm.State(str, default="data_collection")

    def __init__(self, case: Case) -> None:
        self.case = case

    def known(self) -> bool:
        return bool(self.case.version > 0)

    @state.setter()
    def _set(self, value: str) -> None:
        self.case.state = value

    @state.getter()
    def _get(self) -> str:
        return str(self.case.state)

    @state.transition(source="data_collection", target="assessment", conditions=[known])
    def submit_for_assessment(self) -> None:
        pass

    @state.transition(source="assessment", target="data_collection", conditions=[known])
    def return_for_data(self) -> None:
        pass


TAKE = {SUBMIT: Flow.submit_for_assessment, RETURN: Flow.return_for_data}


def open_lane() -> Step:
    def step(of_id: int) -> None:
        at = datetime.now(UTC)
        with transaction.atomic():
            case = Case.objects.get(pk=of_id)
            before, seq, (name, _to) = case.state, case.version + 1, MOVES[case.state]
            getattr(Flow(case), name)()
            held = Case.objects.filter(pk=of_id, version=case.version)
            assert held.update(state=case.state, version=seq, updated_at=at) == 1
            told = {"step": name, "from_state": before, "to_state": case.state, "actor": ACTOR, "entered_at": at}
            Entry.objects.create(id=uuid4(), case_id=of_id, seq=seq, **told)
            work = {"kind": "case.told", "payload": {"case": of_id, "step": name}, "state": "ready", "run_at": at}
            Job.objects.create(id=uuid4(), key=f"told:{of_id}:{seq}", **work)

    return step


if __name__ == "__main__":
    serve(open_lane)
