"""The relay: leases what is due and hands it to the workers; sleeps until a commit wakes it or a job comes due."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from dramatiq import Broker

from caseflow.store import jobs
from caseflow.store.jobs import Backlog, Held
from workers import actors
from workers.broker import send
from workers.runtime import Runtime, log

IN_FLIGHT = {"now": 64, "bulk": 32, "letters": 16}
"""Live leases a queue may have: enough to keep workers busy, few enough that what is urgent overtakes."""
POLL_SECONDS = 10.0
"""The safety net, should a wake-up be lost: the process that committed died before it could call."""
FULL_SECONDS = 0.05
BROKEN_SECONDS = 2.0


@dataclass(slots=True)
class Relay:
    """One relay: any number may run on one database."""

    runtime: Runtime
    broker: Broker
    woken: Event = field(default_factory=Event)
    stopped: Event = field(default_factory=Event)
    sent: deque[tuple[datetime, str, int]] = field(default_factory=deque)
    """Leases of the last moments, to give back what an embedded broker forgets when it stops."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one look at the queues came to: leases sent, and the seconds until the next look is worth it."""

    sent: int
    rest: float


def run(relay: Relay) -> None:
    """Relay until stopped."""
    while not relay.stopped.is_set():
        relay.woken.clear()
        try:
            done = pump(relay)
        except Exception:  # noqa: BLE001 - database or Redis away: leases run out by themselves, nothing is lost
            log.warning("the relay could not work; it tries again", exc_info=True)
            relay.stopped.wait(BROKEN_SECONDS)
            continue
        if not done.sent:
            relay.woken.wait(done.rest)


def stop(relay: Relay) -> None:
    """Let `run` return."""
    relay.stopped.set()
    relay.woken.set()


def pump(relay: Relay) -> Round:
    """Lease and send once. Raises what the database or the broker raises; leases that were not sent are given back."""
    runtime = relay.runtime
    now_real, due = runtime.clock.real(), runtime.clock.business()
    with runtime.database.read() as session:
        queues = jobs.backlog(session, now_real=now_real)
    work = [(q, room) for q in queues if (room := IN_FLIGHT[q.queue] - q.live) > 0 and _has_work(q, now_real, due)]
    if not work:
        return Round(0, _rest(queues, now_real, due))
    with runtime.database.write() as session:
        if any(_has_expired(queue, now_real) for queue, _room in work):
            actors.bury(runtime, session)
        leases = [
            lease
            for queue, room in work
            for lease in jobs.lease(
                session,
                now_real=now_real,
                due=due,
                limit=room,
                seconds=runtime.lease_seconds,
                queue=queue.queue,
                expired=_has_expired(queue, now_real),
            )
        ]
    unsent: Held = [(lease.id, lease.lease_no) for lease in leases]
    try:
        for position, lease in enumerate(leases, start=1):
            send(relay.broker, lease)
            unsent = [(later.id, later.lease_no) for later in leases[position:]]
            relay.sent.append((now_real, lease.id, lease.lease_no))
    finally:
        if unsent:
            actors.give_back(runtime, unsent)
    _forget(relay, now_real)
    return Round(len(leases), FULL_SECONDS)


def live_leases(relay: Relay) -> Held:
    """Return the leases this relay sent that may not have run out."""
    return [(job_id, lease_no) for _at, job_id, lease_no in relay.sent]


def _forget(relay: Relay, now_real: datetime) -> None:
    oldest = now_real - timedelta(seconds=relay.runtime.lease_seconds)
    while relay.sent and relay.sent[0][0] < oldest:
        relay.sent.popleft()


def _has_expired(queue: Backlog, now_real: datetime) -> bool:
    return queue.next_expiry is not None and queue.next_expiry <= now_real


def _has_work(queue: Backlog, now_real: datetime, due: datetime) -> bool:
    return _has_expired(queue, now_real) or (queue.next_run_at is not None and queue.next_run_at <= due)


def _rest(queues: list[Backlog], now_real: datetime, due: datetime) -> float:
    """Return how long to sleep: shortly while full, else until a job comes due or a lease runs out, or for the net."""
    if any(_has_work(q, now_real, due) for q in queues):
        return FULL_SECONDS
    comes = [(q.next_run_at - due).total_seconds() for q in queues if q.next_run_at is not None]
    ends = [(q.next_expiry - now_real).total_seconds() for q in queues if q.next_expiry is not None]
    return max(FULL_SECONDS, min([POLL_SECONDS, *comes, *ends]))
