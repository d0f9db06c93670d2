"""How Alembic runs our migrations: one transaction on both databases, a lock time-out on PostgreSQL."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, event, text

from caseflow.store.tables import metadata

engine = create_engine(context.config.attributes["url"])


# The driver of SQLite begins no transaction before a change of the schema: a migration that fails would stay half-done.
@event.listens_for(engine, "connect")
def _leave_transactions_to_us(dbapi: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection
    if engine.dialect.name == "sqlite":
        dbapi.isolation_level = None


@event.listens_for(engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


try:
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
        context.run_migrations()
finally:
    engine.dispose()
