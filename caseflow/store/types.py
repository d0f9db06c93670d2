"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Row, Uuid
from sqlalchemy.types import JSON, TypeDecorator

from caseflow.errors import InstantRequired

__all__ = ["Id", "Instant", "Json", "Row", "dashed"]

Id = Uuid(as_uuid=False)
Json = JSON(none_as_null=True)


def dashed(text: str) -> str:
    """Return an id as it is written everywhere; SQLite keeps it without dashes."""
    return text if "-" in text else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Instant(TypeDecorator[datetime]):
    """A moment: zone required when writing, UTC when reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - the signature of the library
        """Refuse a moment without a zone; SQLite stores UTC without it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise InstantRequired
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - as above
        """Return the moment in UTC."""
        if value is None:
            return None
        moment: datetime = value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)
        return moment
