"""`caseflow audit verify` in front of somebody with the database in hand: what changed is said, counted, and exit 1."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, select, update

from caseflow.store.session import Database, Session
from caseflow.store.tables import case_entry, consent
from tests.cli.installation import NUMBER, Installation
from tests.store.tampering import unlock


@contextmanager
def in_hand(installed: Installation) -> Iterator[Session]:
    database: Database = installed.database()
    with database.write() as session:
        yield session
    database.close()


def consented(installed: Installation) -> None:
    for purpose in ("data", "plan"):
        words = ("--purpose", purpose, "--relation", "mother", "--giver", "Halimah", "--by", "rina")
        installed.do("consent", "add", NUMBER, *words)


def test_rows_changed_behind_the_log_are_named_and_counted(working: Installation) -> None:
    consented(working)
    before = working.get("audit", "verify")
    assert (before["intact"], before["faults"], before["triggers"], before["older"]) == (True, [], [], 0)
    assert before["rows"] == 2
    assert "baris yang dijamin entri" in working.do("audit", "verify").out
    with in_hand(working) as session:
        session.execute(update(consent).where(consent.c.purpose == "plan").values(relation="other"))
        session.execute(delete(consent).where(consent.c.purpose == "data"))
    said = working.refused("audit", "verify")
    first, second, counted = said.strip().splitlines()[-3:]
    assert f"kasus {NUMBER}, entri ke-" in first
    assert "persetujuan klien" in first
    assert "hilang, padahal entri ini mencatatnya" in first
    assert "berubah tanpa entri" in second
    assert counted == "Jumlah temuan: 2."
    found = working.run("audit", "verify", "--json")
    assert found.code == 1
    assert [(f["table"], f["reason"], f["case"]) for f in found.data["faults"]] == [
        ("consent", "gone", NUMBER),
        ("consent", "row", NUMBER),
    ]
    english = working.run("audit", "verify", "--lang", "en").err
    assert "client consent" in english
    assert "was changed without an entry" in english
    assert "Findings: 2." in english


def test_a_row_without_an_entry_is_named_by_its_case(working: Installation) -> None:
    consented(working)
    with in_hand(working) as session:
        row = session.execute(select(consent)).first()
        assert row is not None
        session.execute(consent.insert().values({**row._asdict(), "id": "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"}))
    said = working.refused("audit", "verify")
    assert f"kasus {NUMBER}: persetujuan klien 019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba ada tanpa entri" in said


def test_missing_triggers_are_told_alone_and_beside_the_entry_that_was_changed(working: Installation) -> None:
    with in_hand(working) as session:
        unlock(session, "case_entry_no_update")
    said = working.refused("audit", "verify").strip().splitlines()[-1]
    assert said == "Trigger pelindung log hilang atau dimatikan: case_entry_no_update."
    found = working.run("audit", "verify", "--json").data
    assert (found["intact"], found["faults"], found["triggers"]) == (False, [], ["case_entry_no_update"])
    with in_hand(working) as session:
        session.execute(update(case_entry).where(case_entry.c.seq == 1).values(code="case:nothing"))
    said = working.refused("audit", "verify").strip()
    assert "entri ke-1" in said
    assert "isinya berubah setelah dicatat" in said
    assert "case_entry_no_update" in said.splitlines()[-1]
