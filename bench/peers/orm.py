"""SQLAlchemy's ORM with `transitions` on a throw-away object, as a product without a hot path would be written."""

import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, create_engine
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from transitions import Machine

from bench.peers.serving import ACTOR, MOVES, Step, serve


class Base(DeclarativeBase):
    """The tables of the unit of work."""

    type_annotation_map = {datetime: TIMESTAMP(timezone=True), dict[str, Any]: JSON}  # noqa: RUF012 - read by the library


class Case(Base):
    """A case; its version is the optimistic lock."""

    __tablename__ = "engine_case"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    state: Mapped[str]
    version: Mapped[int] = mapped_column()
    area: Mapped[str]
    updated_at: Mapped[datetime]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by the library


class Entry(Base):
    """A row of the audit log."""

    __tablename__ = "engine_entry"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    seq: Mapped[int]
    step: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    actor: Mapped[UUID]
    entered_at: Mapped[datetime]


class Job(Base):
    """A row of the queue."""

    __tablename__ = "engine_job"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    run_at: Mapped[datetime]


class Cursor:
    """The object the machine moves."""

    def __init__(self, state: str, version: int) -> None:
        self.state, self.version = state, version

    def known(self) -> bool:
        return self.version > 0


def machine() -> Machine:
    moves = [
        {"trigger": name, "source": source, "dest": to, "conditions": "known"} for source, (name, to) in MOVES.items()
    ]
    return Machine(model=None, states=list(MOVES), transitions=moves, initial="data_collection", auto_transitions=False)


if __name__ == "__main__":
    engine = create_engine(sys.argv[1], pool_size=16)
    events = machine().events

    def open_lane() -> Step:
        def step(of_id: int) -> None:
            at = datetime.now(UTC)
            with Session(engine) as session:
                case = session.get_one(Case, of_id)
                before, (name, _to) = case.state, MOVES[case.state]
                cursor = Cursor(before, case.version)
                assert events[name].trigger(cursor)
                case.state, case.updated_at = cursor.state, at
                seq = case.version + 1
                told = Entry(id=uuid4(), case_id=of_id, seq=seq, step=name, from_state=before, to_state=cursor.state)
                told.actor, told.entered_at = UUID(ACTOR), at
                session.add(told)
                work = Job(id=uuid4(), key=f"told:{of_id}:{seq}", kind="case.told", state="ready", run_at=at)
                work.payload = {"case": of_id, "step": name}
                session.add(work)
                session.commit()

        return step

    serve(open_lane)
