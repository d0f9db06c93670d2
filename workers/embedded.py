"""Workers inside another process: as threads of the web server, or everything that is due at once."""

from collections.abc import Mapping
from threading import Event, Thread

from dramatiq import Worker

from caseflow.store import jobs, wake
from workers import actors, relay, schedule
from workers.broker import build
from workers.handlers import HANDLERS, Handler
from workers.relay import Relay
from workers.runtime import Runtime

THREADS = 4
DRAIN_LIMIT = 50
STOP_MS = 60_000
_IDLE_MS = 100
_PATIENCE = 0.02


class Embedded:
    """Relay, schedule and worker threads of one process; nothing runs before `start`."""

    def __init__(
        self,
        runtime: Runtime,
        handlers: Mapping[str, Handler] = HANDLERS,
        *,
        threads: int = THREADS,
        scheduled: bool = True,
    ) -> None:
        """`scheduled=False`: who simulates business time enqueues what recurs, at moments of that time."""
        self.runtime = runtime
        self._scheduled = scheduled
        self._handlers = handlers
        self._threads = threads
        self._worker: Worker | None = None
        self._running: list[Thread] = []
        self._stopped = Event()
        self._relay = Relay(runtime, build(None))

    def start(self) -> None:
        """Work in the background until `stop`; commits of this database wake us from now on."""
        broker = self._relay.broker
        actors.declare(broker, self.runtime, self._handlers)
        broker.emit_after("process_boot")  # what starts the time limits: only dramatiq's own command does it by itself
        self._worker = Worker(broker, worker_threads=self._threads, worker_timeout=_IDLE_MS)
        self._worker.start()
        database = self.runtime.database
        database.wake = self._relay.woken.set
        self._run("relay", relay.run, self._relay)
        if self._scheduled:
            self._run("schedule", schedule.run, self.runtime, self._stopped)
        if not database.settings.is_sqlite:
            self._run(
                "listen", wake.listen, database.settings.database_direct_url, self._relay.woken.set, self._stopped
            )

    def stop(self) -> None:
        """Give back what has not begun, for others to take at once, and let running jobs end."""
        self._stopped.set()
        relay.stop(self._relay)
        for thread in self._running[:1]:
            thread.join()  # the relay: it must not take again what is given back
        actors.give_back(self.runtime, relay.live_leases(self._relay))
        if self._worker is not None:
            self._worker.stop(timeout=STOP_MS)
            self._relay.broker.close()
        for thread in self._running:
            thread.join()
        self._running, self._worker = [], None

    def drain(self) -> int:
        """Run whatever is due at this moment of business time, and what it causes, here; return how many jobs ran."""
        ran = 0
        schedule.pump(self.runtime)
        while True:
            leases = self._take()
            for lease in leases:
                actors.perform(self.runtime, lease.id, lease.lease_no, self._handlers)
            ran += len(leases)
            if not leases and (not busy(self.runtime) or self._stopped.wait(_PATIENCE)):
                return ran

    def _take(self) -> list[jobs.Lease]:
        clock = self.runtime.clock
        with self.runtime.database.write() as session:
            actors.bury(self.runtime, session)
            return jobs.lease(
                session,
                now_real=clock.real(),
                due=clock.business(),
                limit=DRAIN_LIMIT,
                seconds=self.runtime.lease_seconds,
            )

    def _run(self, name: str, target: object, *args: object) -> None:
        thread = Thread(target=target, args=args, name=name, daemon=True)  # type: ignore[arg-type]  # any function
        thread.start()
        self._running.append(thread)


def busy(runtime: Runtime) -> bool:
    """Tell whether any thread or process still works on something."""
    with runtime.database.read() as session:
        return any(queue.live for queue in jobs.backlog(session, now_real=runtime.clock.real()))
