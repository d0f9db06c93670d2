"""The product's workers with one more kind of job, whose effect is counted: an entry for every time it happens."""

from threading import Event

import dramatiq

from caseflow.access import SYSTEM_USER
from caseflow.store import log
from caseflow.store.jobs import Job
from caseflow.store.session import Session
from workers.handlers import HANDLERS
from workers.runtime import Effects, Runtime

KIND = "test.count"
CODE = "test:job:done"
WORK_SECONDS = 0.01


def count(runtime: Runtime, job: Job) -> Effects:
    Event().wait(WORK_SECONDS)

    def effects(session: Session) -> None:
        at = runtime.clock.business()
        log.note_access(session, CODE, actor=SYSTEM_USER, at=at, data={"job": job.payload["name"]})

    return effects


HANDLERS[KIND] = count
broker = dramatiq.get_broker()
