"""Consents of an older database: those that name nobody keep the receivers of their purpose, others are asked again."""

from collections.abc import Callable

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from caseflow.store import migrate

BEFORE = {
    "plan": "",
    "health_service": "",
    "health_insurance": "",
    "placement": "",
    "referral": "",
    "health_service of one": "RSUD",
    "placement of one": "LKSA Harapan",
}
AFTER = {
    "plan": "",
    "health_service": "health_facility",
    "health_insurance": "health_insurer",
    "placement": "child_institution",
    "referral": "",
    "health_service of one": "",
    "placement of one": "",
}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_older_consents_keep_the_receivers_of_their_purpose(new_database: Callable[[str], str], kind: str) -> None:
    url = new_database(kind)
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "0003")
    engine = create_engine(url)
    with engine.begin() as connection:
        if kind == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))  # rows without the case they hang on
        for number, (purpose, addressee) in enumerate(BEFORE.items()):
            row = {"n": f"019c1bde-00e0-7cdd-ba2a-f5c6d5ebb{number:03d}", "p": purpose.split()[0], "a": addressee}
            connection.execute(
                text(
                    "INSERT INTO consent (id, case_id, purpose, relation, addressee, given_on, sealed, recorded_by)"
                    " VALUES (:n, :n, :p, 'self', :a, '2026-01-01', '', :n)"
                ),
                row,
            )
    command.upgrade(config, "0005")
    with engine.begin() as connection:
        found = connection.execute(text("SELECT receivers, institution_id FROM consent ORDER BY id")).all()
    engine.dispose()
    assert [row.receivers for row in found] == list(AFTER.values())
    assert {row.institution_id for row in found} == {None}
