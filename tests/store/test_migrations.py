"""The schema: from nothing to head on both databases, the same as declared, with triggers after every revision."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from caseflow.definitions import catalogue
from caseflow.paths import categories_root
from caseflow.states import lifecycle
from caseflow.states.category import PLACEMENTS, SUBJECT_KINDS
from caseflow.states.identity import KK_CHECKED, NIK_STATUSES
from caseflow.states.ladder import LADDERS
from caseflow.store import migrate, triggers
from caseflow.store.institutions import KINDS
from caseflow.store.tables import APPEND_ONLY, metadata


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def found_triggers(connection: Connection) -> set[str]:
    if connection.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    return set(connection.execute(text(query)).scalars())


def revisions() -> list[str]:
    """Return every revision, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def test_an_empty_database_comes_to_head(any_database_url: str) -> None:
    assert migrate.current(any_database_url) is None
    migrate.upgrade(any_database_url)
    assert migrate.current(any_database_url) == migrate.head() == revisions()[-1]
    migrate.upgrade(any_database_url)  # again: nothing to do
    with connected(any_database_url) as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())


def test_every_revision_leaves_the_log_append_only(any_database_url: str) -> None:
    for revision in revisions():
        migrate.upgrade(any_database_url, to=revision)
        with connected(any_database_url) as connection:
            there = set(inspect(connection).get_table_names())
            wanted = triggers.feeding() if "log_pending" in there else set()
            wanted |= {name for name in triggers.expected() if name.rsplit("_no_", 1)[0] in there}
            if connection.dialect.name == "postgresql":
                wanted |= {f"{table}_no_truncate" for table in APPEND_ONLY if table in there}
            assert found_triggers(connection) >= wanted, revision


# Indexes on a part of a code are PostgreSQL's alone, where they are compared.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index:UserWarning")
def test_what_is_migrated_is_what_is_declared(any_migrated_url: str) -> None:
    with connected(any_migrated_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_every_word_fits_its_column() -> None:
    """PostgreSQL refuses what is too long, SQLite does not: no vocabulary may outgrow its column."""
    words: dict[str, Iterable[str]] = {
        "case_file.state": lifecycle.STATES,
        "case_file.previous_state": lifecycle.STATES,
        "case_file.closing_step": lifecycle.STEPS,
        "case_file.outcome": [*lifecycle.ENDINGS, "not_eligible"],
        "case_file.risk": lifecycle.RISKS,
        "stage_record.stage": lifecycle.STATES,
        "visit.state": lifecycle.STATES,
        "review.step": lifecycle.STEPS,
        "review.state": ["pending", "granted", "refused", "withdrawn", "void"],
        "role_grant.role": lifecycle.ROLES,
        "obligation.kind": LADDERS,
        "obligation.recipient": lifecycle.RECIPIENTS,
        "institution.kind": KINDS,
        "placement.kind": PLACEMENTS,
        "subject.kind": SUBJECT_KINDS,
        "person.nik_status": [*NIK_STATUSES, *KK_CHECKED],
        "person.age_band": ["0-5", "6-17", "18-59", "60+", "tidak_diketahui"],
        "plan_item.status": ["planned", "approved", "done", "cancelled"],
        "plan_item.result": ["met", "partly", "not_met"],
        "letter.state": ["numbered", "rendered", "failed", "sent", "answered", "void"],
        "referral.status": ["open", "accepted", "refused", "done", "returned", "withdrawn"],
    }
    for place, vocabulary in words.items():
        table, _dot, column = place.partition(".")
        room = metadata.tables[table].c[column].type.length  # type: ignore[attr-defined]  # these are String columns
        assert {word for word in vocabulary if len(word) > room} == set(), place


def test_texts_of_the_categories_fit_their_columns() -> None:
    room = metadata.tables["obligation"].c.basis.type.length  # type: ignore[attr-defined]  # a String column
    for category in catalogue.load(categories_root()).values():
        bases = [category.rhythm.basis, *(deadline.basis for deadline in category.deadlines.values())]
        assert {basis for basis in bases if len(basis) > room} == set(), category.code
        assert {len(i.key) <= 40 for i in category.issues} == {True}
        assert {len(i.code) <= 30 for i in category.interventions} == {True}
