"""django-fsm-2 with django-fsm-log, whose own table of transitions is the audit row."""

from datetime import UTC, datetime
from uuid import uuid4

from bench.peers.django_tables import Job
from bench.peers.serving import MOVES, Step, serve

# isort: split
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import models, transaction
from django_fsm import FSMField, transition


class Case(models.Model):
    """A case with its two steps; its version is the optimistic lock."""

    id = models.BigAutoField(primary_key=True)
    state = FSMField(default="data_collection")
    version = models.IntegerField()
    area = models.CharField(max_length=10)
    updated_at = models.DateTimeField()

    class Meta:
        """Where it lies."""

        app_label = "peers"
        db_table = "engine_case"

    def known(self) -> bool:
        return bool(self.version > 0)

    @transition(field=state, source="data_collection", target="assessment", conditions=[known])
    def submit_for_assessment(self) -> None:
        pass

    @transition(field=state, source="assessment", target="data_collection", conditions=[known])
    def return_for_data(self) -> None:
        pass


def open_lane() -> Step:
    def step(of_id: int) -> None:
        at = datetime.now(UTC)
        with transaction.atomic():
            case = Case.objects.get(pk=of_id)
            seq, (name, _to) = case.version + 1, MOVES[case.state]
            getattr(case, name)()
            held = Case.objects.filter(pk=of_id, version=case.version)
            assert held.update(state=case.state, version=seq, updated_at=at) == 1
            work = {"kind": "case.told", "payload": {"case": of_id, "step": name}, "state": "ready", "run_at": at}
            Job.objects.create(id=uuid4(), key=f"told:{of_id}:{seq}", **work)

    return step


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    ContentType.objects.get_for_model(Case)
    serve(open_lane)
