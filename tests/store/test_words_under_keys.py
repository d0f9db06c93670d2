"""Migrations 0002 and 0006 on a database in use: words that stood in clear are read as before, nowhere in clear."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from caseflow import crypto
from caseflow.crypto import Keyring
from caseflow.errors import BadKeyFile, UnreadableSeal
from caseflow.store import migrate
from tests.store.first_schema import KEYS, connected, fill

DatabaseFactory = Callable[[str], str]
MANY = 520
"""More than the migration takes at once."""


def keys_of_the_installation() -> Keyring:
    return KEYS


def test_words_are_sealed_where_their_neighbours_are(any_database_url: str) -> None:
    keys, rows = fill(any_database_url)
    migrate.upgrade(any_database_url, keys_of_the_installation)
    with connected(any_database_url) as (conn, tables):

        def opened(table: str, name: str, column: str = "sealed") -> Any:  # noqa: ANN401 - words
            found = tables.tables[table]
            sealed = conn.execute(found.select().where(found.c.id == rows[name])).one()._mapping[column]
            return crypto.open_json(keys[rows["siti"]], sealed, f"{table}.{column}.{rows[name]}") if sealed else None

        assert [opened("household_member", f"member{n}") for n in (0, 1)] == [
            {"relation": "anak ke-0"},
            {"relation": "anak ke-1"},
        ]
        assert opened("consent", "consent") == {
            "giver": "Halimah",
            "evidence": "Formulir 12",
            "addressee": "RSUD Batulicin, bagian gizi",
        }
        assert opened("consent", "silent consent") == {"giver": "Halimah", "evidence": "Formulir 12"}
        assert opened("letter", "void", "sealed_void") == {"reason": "Klien menarik diri."}
        assert opened("letter", "sent", "sealed_void") is None


def test_the_words_of_who_was_erased_before_are_gone(any_database_url: str) -> None:
    _keys, rows = fill(any_database_url)
    migrate.upgrade(any_database_url, keys_of_the_installation)
    with connected(any_database_url) as (conn, tables):
        member, letter = tables.tables["household_member"], tables.tables["letter"]
        of_member = conn.execute(member.select().where(member.c.id == rows["erased member"])).one()
        of_letter = conn.execute(letter.select().where(letter.c.id == rows["erased void"])).one()
    assert (of_member.sealed, of_letter.sealed_void) == (None, None)


def test_no_column_keeps_the_words_in_clear(any_database_url: str) -> None:
    fill(any_database_url)
    migrate.upgrade(any_database_url, keys_of_the_installation)
    with connected(any_database_url) as (conn, _tables):
        for table, column in (("household_member", "relation"), ("consent", "addressee"), ("letter", "void_reason")):
            assert column not in {found["name"] for found in inspect(conn).get_columns(table)}
        contents = "".join(
            str(conn.execute(text(f"SELECT * FROM {name}")).all())  # noqa: S608 - names of our own schema
            for name in ("household_member", "consent", "letter")
        )
    assert not [
        word
        for word in ("anak ke", "istri", "bagian gizi", "Kotabaru", "menarik diri", "Klien pindah")
        if word in contents
    ]


def test_the_file_of_an_embedded_installation_keeps_nothing_behind(new_database: DatabaseFactory) -> None:
    url = new_database("sqlite")
    fill(url)
    migrate.upgrade(url, keys_of_the_installation)
    content = Path(url.removeprefix("sqlite:///")).read_bytes()
    assert not [
        word for word in (b"anak ke", b"istri", b"bagian gizi", b"Kotabaru", b"menarik diri") if word in content
    ]


def test_many_rows_are_taken_in_turns(new_database: DatabaseFactory) -> None:
    url = new_database("sqlite")
    keys, rows = fill(url, members=MANY)
    migrate.upgrade(url, keys_of_the_installation)
    with connected(url) as (conn, tables):
        table = tables.tables["household_member"]
        sealed = {row.id: row.sealed for row in conn.execute(table.select())}
    said = [
        crypto.open_json(
            keys[rows["siti"]], sealed[rows[f"member{n}"]], f"household_member.sealed.{rows[f'member{n}']}"
        )
        for n in range(MANY)
    ]
    assert said == [{"relation": f"anak ke-{n}"} for n in range(MANY)]


@pytest.mark.parametrize("kind", ["none", "lost"])
def test_without_keys_nothing_is_changed(any_database_url: str, kind: str) -> None:
    def lost() -> Keyring:
        raise BadKeyFile(path="secret.key", reason="berkasnya tidak ada.")

    fill(any_database_url)
    with pytest.raises(BadKeyFile) as refused:
        migrate.upgrade(any_database_url, lost if kind == "lost" else None)
    assert "{" not in str(refused.value)
    assert migrate.current(any_database_url) == "0001"
    with connected(any_database_url) as (conn, tables):
        assert "erasure" not in tables.tables
        assert conn.execute(tables.tables["household_member"].select()).first().relation == "anak ke-0"  # type: ignore[union-attr]  # there is one


def test_a_migration_that_fails_leaves_the_schema_as_it_was(any_database_url: str) -> None:
    """Somebody else's key opens nothing: what was done before it was noticed is undone, tables included."""
    fill(any_database_url)
    with pytest.raises(UnreadableSeal):
        migrate.upgrade(any_database_url, lambda: crypto.keyring_of(bytes(32)))
    assert migrate.current(any_database_url) == "0001"
    with connected(any_database_url) as (_conn, tables):
        assert "erasure" not in tables.tables
        assert "sealed" not in tables.tables["household_member"].c
