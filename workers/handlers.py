"""What each kind of job does: a literal table of functions that work with no transaction open.

A handler returns what is left to write; it runs in the transaction that ends the job, so that both happen or neither.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from caseflow.access import SYSTEM
from caseflow.actions import (
    backups,
    cases,
    checkpoints,
    digests,
    inbox,
    ledgers,
    letter_bulk,
    letter_files,
    letter_signing,
    obligations,
    operations,
    psks_report,
    question_reminders,
    report_letter,
    reports,
    transfer_reminders,
)
from caseflow.channels import folder
from caseflow.errors import Busy, CaseflowError, ClockBehind, MessageNotSent
from caseflow.store import jobs
from caseflow.store.jobs import Job
from caseflow.store.session import Session
from workers.runtime import Effects, Runtime, log

Handler = Callable[[Runtime, Job], Effects | None]

SWEEP_CHUNK = 500
SEQUENCE_CHUNK = 1000
LETTERS_CHUNK = 25
ANSWERS_KEPT = timedelta(days=1)
"""How long a repeated request is answered again; the answer holds what it said, so no longer than a day."""
BACKUPS_KEPT = 14
KEPT = timedelta(days=7)
"""How long done jobs can still be looked at."""


class LeaseLost(Exception):
    """Another worker holds the job by now: this one must write nothing."""


def notify(runtime: Runtime, job: Job) -> Effects | None:
    """Send one message through one channel. The attempt is on record before anything leaves."""
    delivery_id = job.payload["delivery"]
    with runtime.database.write() as session:
        require_held(runtime, session, job)
        outgoing = inbox.begin_delivery(session, delivery_id, at=runtime.clock.business())
    if outgoing is None:
        return None
    try:
        runtime.channels[outgoing.channel].send(outgoing.message)
    except MessageNotSent as problem:
        final = bool(problem.data.get("final"))
        with runtime.database.write() as session:
            require_held(runtime, session, job)
            inbox.not_delivered(
                session,
                delivery_id,
                failure=str(problem),
                final=final,
                maybe_sent=bool(problem.data.get("maybe_sent")),
            )
        if final:
            return None
        raise
    return lambda session: inbox.delivered(session, delivery_id, at=runtime.clock.business())


def render(runtime: Runtime, job: Job) -> Effects | None:
    """Make the PDF of a letter from its frozen facts."""
    letter_id = job.payload["letter"]
    with runtime.database.read() as session:
        prepared = letter_files.prepare_render(session, letter_id)
        sign = letter_signing.hand_of(session, letter_id, at=runtime.clock.business()) if prepared else None
    if prepared is None:
        return None
    made = runtime.render(*prepared).pdf
    content = sign(made, runtime.clock.business()) if sign else made

    def store(session: Session) -> None:
        letter_files.store_rendered(
            session, letter_id, content, sha256(content).hexdigest(), at=runtime.clock.business()
        )

    return store


def issue_many(runtime: Runtime, job: Job) -> Effects:
    """Issue some letters of an order, each in a transaction of its own; the next job goes on behind them.

    A row that was done stays done: killed in the middle, the job goes on with what still waits.
    """
    batch, part = job.payload["batch"], job.payload["part"]
    with runtime.database.read() as session:
        rows = letter_bulk.waiting(session, batch, limit=LETTERS_CHUNK)
    for row in rows:
        try:
            with runtime.database.write() as session:
                require_held(runtime, session, job)
                letter_bulk.issue_row(session, row, at=runtime.clock.business())
        except (Busy, ClockBehind):
            raise
        except CaseflowError as problem:
            with runtime.database.write() as session:
                require_held(runtime, session, job)
                letter_bulk.refuse_row(session, row, problem, at=runtime.clock.business())
    return lambda session: letter_bulk.go_on(session, batch, part + 1, at=runtime.clock.business())


def sweep(runtime: Runtime, job: Job) -> None:
    """Tell what has come due, chunk by chunk; a chunk that was told stays told, whatever happens to the next."""
    while True:
        with runtime.database.write() as session:
            require_held(runtime, session, job)
            looked_at = obligations.sweep(session, at=runtime.clock.business(), limit=SWEEP_CHUNK)
        if looked_at < SWEEP_CHUNK:
            break
    with runtime.database.write() as session:
        require_held(runtime, session, job)
        question_reminders.remind(session, at=runtime.clock.business())
        transfer_reminders.remind(session, at=runtime.clock.business())
    _end_holds(runtime, job)


def _end_holds(runtime: Runtime, job: Job) -> None:
    """Resume the cases whose pause has ended, each in a transaction of its own: one that cannot holds up no other."""
    with runtime.database.read() as session:
        ended = cases.ended_holds(session, at=runtime.clock.business())
    for case_id in ended:
        try:
            with runtime.database.write() as session:
                require_held(runtime, session, job)
                resume = cases.ResumeCase(case=case_id)
                cases.resume_case(session, resume, by=SYSTEM, at=runtime.clock.business())
        except CaseflowError as problem:
            log.warning("the pause of case %s could not be ended: %s", case_id, problem.code)


def sequence(runtime: Runtime, job: Job) -> None:
    """Give new entries of the log their positions in the tree, chunk by chunk."""
    while True:
        with runtime.database.write() as session:
            require_held(runtime, session, job)
            waited = checkpoints.sequence(session, limit=SEQUENCE_CHUNK)
        if waited < SEQUENCE_CHUNK:
            break


def sign_head(runtime: Runtime, job: Job) -> Effects:
    """Make the day's checkpoint of the log; its copies leave by jobs of their own."""
    sequence(runtime, job)

    def make(session: Session) -> None:
        checkpoints.make(session, cause_key=job.key, at=runtime.clock.business())

    return make


def copy_checkpoint(runtime: Runtime, job: Job) -> Effects | None:
    """Bring a checkpoint to one place outside. The attempt is on record before anything leaves."""
    copy_id = job.payload["copy"]
    with runtime.database.write() as session:
        require_held(runtime, session, job)
        outgoing = checkpoints.begin_copy(session, copy_id, at=runtime.clock.business())
    if outgoing is None:
        return None
    channel = folder.channel() if outgoing.channel == folder.NAME else runtime.channels[outgoing.channel]
    try:
        channel.send(outgoing.message)
    except MessageNotSent as problem:
        final = bool(problem.data.get("final"))
        maybe = bool(problem.data.get("maybe_sent"))
        with runtime.database.write() as session:
            require_held(runtime, session, job)
            checkpoints.not_copied(session, copy_id, failure=str(problem), final=final, maybe_sent=maybe)
        if final:
            return None
        raise
    return lambda session: checkpoints.copied(session, copy_id, at=runtime.clock.business())


def bring_ledger(runtime: Runtime, _job: Job) -> None:
    """Bring the list of who was erased outside this machine, for the day a backup from before has to be restored."""
    with runtime.database.read() as session:
        ledgers.bring_outside(session, at=runtime.clock.business())


def plan_digests(what: str) -> Handler:
    """Return what gives each office where it is morning a job for its digests."""

    def plan(runtime: Runtime, _job: Job) -> Effects:
        def write(session: Session) -> None:
            digests.plan(session, what, at=runtime.clock.business())

        return write

    return plan


def tell_digests(runtime: Runtime, job: Job) -> None:
    """Send the digests of one office, each in a transaction of its own: who has one keeps it, and gets no second."""
    office, what, cause = (job.payload[key] for key in ("office", "what", "cause"))
    with runtime.database.read() as session:
        people = digests.readers(session, office, what, at=runtime.clock.business())
    for user in people:
        with runtime.database.write() as session:
            require_held(runtime, session, job)
            digests.tell(session, user, office, what, cause, at=runtime.clock.business())


def prune(runtime: Runtime, _job: Job) -> Effects:
    """Delete jobs done a week ago, and the answers kept for requests that were repeated."""

    def delete(session: Session) -> None:
        jobs.prune(session, before=runtime.clock.business() - KEPT)
        operations.forget_answers(session, before=runtime.clock.business() - ANSWERS_KEPT)

    return delete


def require_held(runtime: Runtime, session: Session, job: Job) -> None:
    """Fence a transaction in the middle of a job; raises LeaseLost."""
    held = [(job.id, job.lease_no)]
    if not jobs.renew(session, held, now_real=runtime.clock.real(), seconds=runtime.lease_seconds):
        raise LeaseLost


def backup(runtime: Runtime, _job: Job) -> None:
    """Write a backup into the folder of the settings; a second one, after a kill, is one more."""
    at = runtime.clock.business()
    backups.make(runtime.database, runtime.database.settings.backup_dir, at=at, keep=BACKUPS_KEPT)


def make_report(runtime: Runtime, job: Job) -> Effects | None:
    """Count a month chunk by chunk and freeze it at the end; killed in the middle, it begins again."""
    with runtime.database.read() as session:
        plan = reports.take_up(session, job.payload["report"])
    if plan is None:
        return None
    counted, looked_at, after = Counter[tuple[str, str, str]](), 0, None
    while True:
        with runtime.database.write() as session:
            require_held(runtime, session, job)
            reports.note_progress(session, plan, looked_at)
        with runtime.database.read() as session:
            part, found, after = reports.count_part(session, plan, after=after)
        counted.update(part)
        looked_at += found
        if after is None:
            break
    return lambda session: reports.freeze(session, plan, counted, at=runtime.clock.business())


def render_report(runtime: Runtime, job: Job) -> Effects | None:
    """Make the PDF of a report's numbered letter from its frozen facts."""
    report = job.payload["report"]
    with runtime.database.read() as session:
        facts = report_letter.prepare_render(session, report)
    if facts is None:
        return None
    pdf = runtime.render(report_letter.KIND, facts).pdf
    return lambda session: report_letter.store_rendered(session, report, pdf, at=runtime.clock.business())


def ask_reports(runtime: Runtime, _job: Job) -> Effects:
    """Ask for the reports of last month that are due: each is counted by a job of its own."""

    def ask(session: Session) -> None:
        reports.ask_due(session, at=runtime.clock.business())

    return ask


def ask_psks(runtime: Runtime, _job: Job) -> Effects:
    """Ask each office to confirm the helpers nobody confirmed for a year."""

    def ask(session: Session) -> None:
        psks_report.remind(session, at=runtime.clock.business())

    return ask


HANDLERS: dict[str, Handler] = {
    "backup.make": backup,
    "digest.daily": plan_digests("daily"),
    "digest.office": tell_digests,
    "digest.weekly": plan_digests("weekly"),
    "erasure.ledger": bring_ledger,
    "inbox.notify": notify,
    "job.prune": prune,
    "letter.issue_many": issue_many,
    "letter.render": render,
    "log.checkpoint": sign_head,
    "log.copy": copy_checkpoint,
    "log.sequence": sequence,
    "obligation.sweep": sweep,
    "psks.due": ask_psks,
    "report.due": ask_reports,
    "report.make": make_report,
    "report.render": render_report,
}
"""Kind of job -> what it does."""


def _letter_failed(session: Session, job: Job, runtime: Runtime) -> None:
    letter_files.store_failed(session, job.payload["letter"], at=runtime.clock.business())


ON_DEATH: dict[str, Callable[[Session, Job, Runtime], None]] = {"letter.render": _letter_failed}
"""Kind of job -> what to write when its last attempt failed."""
