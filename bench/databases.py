"""New databases of this schema: migrated once a process, then copied."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from caseflow.store import migrate
from tests import servers

NAME = "caseflow.db"


@cache
def _migrated(server: str | None) -> tuple[str, "TemporaryDirectory[str]"]:
    folder = TemporaryDirectory()
    url = servers.create_database(server) if server else f"sqlite:///{folder.name}/{NAME}"
    migrate.upgrade(url)
    return url, folder


def empty_database(server: str | None, folder: Path) -> str:
    """Return the URL of a new database without rows: on that PostgreSQL, or an SQLite file in the folder."""
    url, place = _migrated(server)
    if server:
        return servers.create_database(server, template=url)
    shutil.copytree(place.name, folder, dirs_exist_ok=True)
    return f"sqlite:///{folder / NAME}"
