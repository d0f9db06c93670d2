"""Workers of a scaled installation whose business time somebody moves: a demonstration's year, in seconds.

Processes of their own would go by the machine's time; here relay, Redis and worker threads share the mover's clock.
"""

from dramatiq import Worker

from workers import actors, relay, schedule
from workers.broker import build
from workers.embedded import STOP_MS, THREADS, busy
from workers.relay import Relay
from workers.runtime import Runtime


class Simulated:
    """A relay that looks when it is told to, and worker threads behind Redis; they run from the start."""

    def __init__(self, runtime: Runtime) -> None:
        broker = build(runtime.database.settings.redis_url)
        actors.declare(broker, runtime)
        broker.emit_after("process_boot")  # as in workers.embedded
        runtime.database.wake = lambda: None  # the relay looks when it is told to, and there is no other
        self._relay = Relay(runtime, broker)
        self._worker = Worker(broker, worker_threads=THREADS)
        self._worker.start()

    def drain(self) -> int:
        """Let run whatever is due at this moment of business time, and what it causes; return how many jobs ran."""
        schedule.pump(self._relay.runtime)
        ran = 0
        while True:
            done = relay.pump(self._relay)
            ran += done.sent
            if not done.sent and not busy(self._relay.runtime):
                return ran
            self._relay.stopped.wait(relay.FULL_SECONDS / 5)

    def stop(self) -> None:
        """End the worker threads."""
        self._worker.stop(timeout=STOP_MS)
        self._relay.broker.close()
