"""How Alembic runs our migrations: one transaction, a lock time-out on PostgreSQL."""

from alembic import context
from sqlalchemy import create_engine, text

from caseflow.store.tables import metadata

engine = create_engine(context.config.attributes["url"])
with engine.begin() as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    context.configure(connection=connection, target_metadata=metadata)
    context.run_migrations()
engine.dispose()
