"""Opening an installation: the same checks, key and letters for every process that does."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from caseflow import settings
from caseflow.actions import installation
from caseflow.actions import letters as letter_actions
from caseflow.app import create_app
from caseflow.cli import opening
from caseflow.errors import BadKeyFile
from caseflow.letters import catalogue as letter_catalogue
from caseflow.settings import Settings
from tests.conftest import DatabaseFactory
from tests.world import World, fill, open_database, opened
from workers import process

OWN = "surat-kami"


def _cli(given: Settings) -> None:
    with opening.opened(given):
        pass


WAYS: list[Callable[[Settings], object]] = [_cli, create_app, process.open_runtime, installation.open_database]


@pytest.mark.parametrize("way", WAYS)
def test_a_lost_key_is_never_made_anew_beside_old_data(
    way: Callable[[Settings], object], migrated_url: DatabaseFactory, tmp_path: Path
) -> None:
    database = open_database(migrated_url("sqlite"), tmp_path)
    office = fill(database)
    with database.write() as session:
        opened(World(office, session))
    database.close()
    given = database.settings
    given.secret_key_file.rename(tmp_path / "elsewhere.key")
    with pytest.raises(BadKeyFile, match="padahal basis data sudah berisi"):
        way(given)
    assert not given.secret_key_file.exists()


def test_an_office_s_own_letters_are_seen_alike_by_all(migrated_url: DatabaseFactory, tmp_path: Path) -> None:
    shipped, _none = installation.letter_folders(settings.load(data_dir=tmp_path))
    own = tmp_path / "templates"
    shutil.copytree(shipped / "rjk-rs", own / OWN)
    toml = own / OWN / "letter.toml"
    toml.write_text(toml.read_text().replace('code = "RJK-RS"', 'code = "KAMI"'))
    given = settings.load(data_dir=tmp_path, database_url=migrated_url("sqlite"), templates_dir=own)
    assert OWN in installation.letters(given)
    database = installation.open_database(given)
    with database.read() as session:
        assert OWN in letter_actions.kinds(session)
    database.close()
    with installation.renderer(given) as renderer:
        assert renderer.render(OWN, letter_catalogue.sample(installation.letters(given)[OWN])).pages
