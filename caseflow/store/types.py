"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Row, Uuid
from sqlalchemy.types import JSON, TypeDecorator

from caseflow.errors import InstantRequired

__all__ = ["Id", "Instant", "Json", "Row", "dashed"]


class _Key(Uuid[str]):
    """An id as text; read without making a UUID of it in between."""

    def __init__(self) -> None:
        """Take and give texts."""
        super().__init__(as_uuid=False)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return what reads the driver's value: SQLite keeps an id without dashes."""
        if dialect.name == "sqlite":
            return _dashed
        return super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call,no-any-return]  # the library's own


Id = _Key()
Json = JSON(none_as_null=True)


def dashed(text: str) -> str:
    """Return an id as it is written everywhere; SQLite keeps it without dashes."""
    return text if "-" in text else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _dashed(text: str | None) -> str | None:
    return None if text is None else dashed(text)


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

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Return what the driver takes: on SQLite the very text that the library writes, in one go."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return what reads the driver's value: on SQLite that text."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _to_text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise InstantRequired
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
