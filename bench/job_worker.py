"""The workers that `bench.jobs` measures: one kind of job, and one bare message, that only say when they began."""

import os
import time

import dramatiq
import redis

from bench.jobs import BARE, KIND, MARKS
from caseflow.store.jobs import QUEUES, Job
from workers.handlers import HANDLERS
from workers.runtime import Runtime

_redis = redis.Redis.from_url(os.environ["CASEFLOW_REDIS_URL"])


def mark(name: str) -> None:
    """Note when this one began."""
    _redis.rpush(MARKS, f"{name} {time.time()}")


def of_job(_runtime: Runtime, job: Job) -> None:
    """Do what a job of this kind does."""
    mark(job.key)


HANDLERS[KIND] = of_job
broker = dramatiq.get_broker()
dramatiq.Actor(mark, broker=broker, actor_name=BARE, queue_name=QUEUES[0], priority=0, options={})
