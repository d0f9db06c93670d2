"""The broker that carries leases to worker threads: in memory inside one process, or through Redis."""

from collections.abc import Callable, Iterable
from typing import Any

from dramatiq import Broker, Message, Middleware, Worker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.common import q_name
from dramatiq.middleware import TimeLimit

from caseflow.store.jobs import QUEUES, Held, Lease

ACTOR = "job.run"
TIME_LIMIT_MS = 300_000
BULK_LIMIT_MS = 6 * 3_600_000
"""Of the queue `bulk`: a backup of everything is one job."""
NAMESPACE = "{caseflow}"  # in braces: all keys in one slot of a Redis cluster
MAINTENANCE_CHANCE = 100_000
"""In a million commands: dead workers' messages are found soon, also where little happens."""
_IDLE_MS = 100
_IDLE_DELAYED_MS = 1000


class _Redis(RedisBroker):
    """Asks an empty queue at most ten times a second, and the delayed ones, which we never use, once."""

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = _IDLE_MS) -> Any:  # noqa: ANN401 - the library's own class
        idle = _IDLE_MS if q_name(queue_name) == queue_name else _IDLE_DELAYED_MS
        return super().consume(queue_name, prefetch, min(timeout, idle))


class _GiveBack(Middleware):
    """A worker that is told to stop gives back what it fetched and has not begun."""

    def __init__(self, give_back: Callable[[Held], None]) -> None:
        self.give_back = give_back

    def before_worker_shutdown(self, _broker: Broker, worker: Worker) -> None:
        # Threads may still begin one of these: the number of the lease decides, in the database, who was first.
        self.give_back(leases_of(item.message for item in list(worker.work_queue.queue)))


def build(redis_url: str | None, *, give_back: Callable[[Held], None] | None = None) -> Broker:
    """Return a broker with our queues and no retries: attempts, pauses and dead letters are rows of the job table."""
    middleware: list[Middleware] = [TimeLimit(time_limit=TIME_LIMIT_MS)]
    if give_back is not None:
        middleware.append(_GiveBack(give_back))
    broker = StubBroker(middleware=middleware) if redis_url is None else _through_redis(redis_url, middleware)
    for queue in QUEUES:
        broker.declare_queue(queue)
    return broker


def _through_redis(url: str, middleware: list[Middleware]) -> Broker:
    return _Redis(  # type: ignore[no-untyped-call]  # the library types most of itself
        url=url, namespace=NAMESPACE, maintenance_chance=MAINTENANCE_CHANCE, middleware=middleware
    )


def send(broker: Broker, lease: Lease) -> None:
    """Hand a lease to the workers: its id and number, nothing else."""
    options = {"time_limit": BULK_LIMIT_MS} if lease.queue == "bulk" else {}
    args = (lease.id, lease.lease_no)
    broker.enqueue(Message(queue_name=lease.queue, actor_name=ACTOR, args=args, kwargs={}, options=options))


def leases_of(messages: Iterable[Any]) -> Held:
    """Return the leases that messages carry."""
    return [(str(message.args[0]), int(message.args[1])) for message in messages]
