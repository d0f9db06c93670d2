"""The log of a process: never a query string, a body, or the words of an error."""

import logging
import sys
from pathlib import Path
from traceback import extract_tb
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from caseflow.paths import package_root


def route_logs() -> None:
    """Hand our own events to the logging of Python, without the words of errors, whoever writes them out."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_words,
    ]


def configure_logging(stream: TextIO, *, quiet: bool = False) -> None:
    """Send every log of the process to `stream`: lines for a terminal, JSON for everything else.

    `quiet` keeps a terminal to what went wrong; a log that is collected is whole in any case.
    """
    drawn: Processor = structlog.dev.ConsoleRenderer() if stream.isatty() else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drawn],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING if quiet and stream.isatty() else logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    for chatty in ("transitions", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def without_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind and the places it passed: its text may hold what a person wrote."""
    found: Any = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["places"] = [_place(Path(f.filename), f.lineno or 0, f.name) for f in extract_tb(error.__traceback__)]
    return event


def _place(file: Path, line: int, name: str) -> str:
    ours = package_root().parent
    shown = (
        file.relative_to(ours) if file.is_relative_to(ours) and ".venv" not in file.parts else Path(*file.parts[-2:])
    )
    return f"{shown}:{line} {name}"
