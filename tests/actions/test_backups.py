"""Backups of an installation at work, cut off, damaged, restored into either kind of database; the erased stay so."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Semaphore
from typing import Any

import orjson
import psycopg
import pytest
from sqlalchemy import delete, func, insert, select, text

from caseflow import crypto, settings
from caseflow.actions import backups, erasing, ledgers, proofs, restoring, trail
from caseflow.actions.admin import ROOT
from caseflow.actions.erasure import AskErasure, DecideErasure, approve_erasure, ask_erasure
from caseflow.definitions import catalogue
from caseflow.errors import AuditBroken, BadBackup, BadKeyFile, MessageNotSent, Refused
from caseflow.exchange import backup
from caseflow.paths import categories_root
from caseflow.settings import Settings
from caseflow.states.category import Category
from caseflow.store import dump, erasures, jobs, lines, migrate, presence
from caseflow.store.session import Database, Session
from caseflow.store.tables import access_entry, case_entry, case_file, counter, job, metadata, subject, web_session
from tests.halting import kill_at
from tests.store.first_schema import MASTER
from tests.store.first_schema import fill as fill_first
from tests.world import START, Office, World, act, adult, bring, fill, household, opened

LATER = START + timedelta(days=400)
WAIT = 60  # seconds until a thread that nobody wakes gives up
UrlOf = Callable[[str], str]


def at_home(folder: Path, url: str | None = None, **given: Any) -> Settings:  # noqa: ANN401 - settings
    """Return the settings of an installation in a folder."""
    chosen = {"data_dir": folder, "public_url": "https://kasus.dinsos.example", **given}
    return settings.load(**chosen, **({"database_url": url} if url else {}))


@cache
def categories() -> dict[str, Category]:
    return catalogue.load(categories_root())


def opened_at(given: Settings) -> Database:
    return Database(given.database_url, crypto.load_or_create(given.secret_key_file), given, categories())


@contextmanager
def working(given: Settings) -> Iterator[Database]:
    database = opened_at(given)
    try:
        yield database
    finally:
        database.close()


def make(given: Settings, folder: Path, at: datetime = LATER, **more: Any) -> backups.Made:  # noqa: ANN401 - of make
    with working(given) as database:
        return backups.make(database, folder, at=at, **more)


def restore(given: Settings, path: Path, at: datetime = LATER, **more: Any) -> restoring.Restored:  # noqa: ANN401 - of restore
    return restoring.restore(given, path, categories(), at=at, **more)


def counts(session: Session) -> dict[str, int]:
    return {shape.name: dump.count(session, shape) for shape in dump.shapes(session)}


def intact(given: Settings) -> bool:
    with working(given) as database, database.snapshot() as session:
        return trail.verify(session).intact and not proofs.verify(session).faults


@pytest.fixture(scope="module")
def prototype(tmp_path_factory: pytest.TempPathFactory, template_url: UrlOf) -> Path:
    """Return the folder of an installation at work: some cases, one of a household, one closed, one of them erased."""
    folder = tmp_path_factory.mktemp("prototype") / "data"
    folder.mkdir()
    shutil.copy(template_url("sqlite").removeprefix("sqlite:///"), folder / "caseflow.db")
    with working(at_home(folder)) as database:
        office = fill(database)
        with database.write() as session:
            world = World(office, session)
            opened(world, "AT")
            opened(world, "KME", household=household())
            for name in ("Siti Aminah", "Abdullah"):
                bring(world, opened(world, person=adult(name=name)), "closed")
    return folder


@pytest.fixture
def home(prototype: Path, tmp_path: Path) -> Settings:
    """Return an installation of this test's own."""
    shutil.copytree(prototype, tmp_path / "data")
    return at_home(tmp_path / "data")


def elsewhere(home: Settings, folder: Path, url: str | None = None, **given: Any) -> Settings:  # noqa: ANN401 - settings
    """Return another machine that has the key, and nothing else."""
    folder.mkdir()
    shutil.copy(home.secret_key_file, folder / "secret.key")
    return at_home(folder, url, **given)


def names(session: Session) -> set[str]:
    ids = session.execute(select(subject.c.id)).scalars().all()
    return set(lines.names(session, set(ids)).values())


# --- there and back --------------------------------------------------------------------------------------------------


def test_both_kinds_of_database_have_the_same_tables(migrated_url: UrlOf, tmp_path: Path) -> None:
    shapes = []
    for kind in ("sqlite", "postgresql"):
        with working(at_home(tmp_path / kind, migrated_url(kind))) as database, database.read() as session:
            shapes.append({shape.name: (dict(shape.columns), shape.key) for shape in dump.shapes(session)})
    assert shapes[0] == shapes[1]
    assert shapes[0].keys() == metadata.tables.keys() - set(dump.LEFT_OUT)


def test_an_office_at_work_moves_to_postgresql_and_back(home: Settings, tmp_path: Path, migrated_url: UrlOf) -> None:
    """Each backup is made while people open cases; what comes back is one moment of it, and the log holds."""
    big = elsewhere(home, tmp_path / "big", migrated_url("postgresql"))
    small = elsewhere(home, tmp_path / "small")
    for n, (source, target) in enumerate(((home, big), (big, small))):
        made = _while_people_work(source, tmp_path / f"backups-{n}", LATER + timedelta(days=n))
        done = restore(target, made.path, LATER + timedelta(days=n, hours=1))
        assert (done.faults, done.kept, done.manifest) == ((), None, made.manifest)
        with working(target) as database, database.read() as session:
            # The entry of the restore itself is new, and waits for its place in the tree.
            new = {"access_entry": 1, "log_pending": 1}
            there = {part.table: part.rows + new.get(part.table, 0) for part in made.manifest.tables}
            assert counts(session) == there
            cases = session.execute(select(func.count()).select_from(case_file)).scalar_one()
            told = select(func.count()).where(case_entry.c.code == "case:opened")
            assert session.execute(told).scalar_one() == cases
            numbers = select(func.sum(counter.c.value)).where(counter.c.scope.like("case:%"))
            assert session.execute(numbers).scalar_one() == cases
            assert {"Siti Aminah", "Abdullah"} <= names(session)
        assert intact(target)


def _while_people_work(given: Settings, folder: Path, at: datetime) -> backups.Made:
    """Make a backup in the middle of which others commit; half of that is in none of it."""
    asked, done, seen = Semaphore(0), Semaphore(0), set[str]()
    with working(given) as database, ThreadPoolExecutor(2) as people:
        office = _office(database)

        def work() -> None:
            for _case in range(4):
                assert asked.acquire(timeout=WAIT)
                with database.write() as session:
                    opened(World(office, session, at - timedelta(hours=1)))
                done.release()

        def watch(table: str, _done: int, _rows: int) -> None:
            if table in {"access_entry", "case_file"} - seen:
                seen.add(table)
                asked.release(4)
                assert all(done.acquire(timeout=WAIT) for _case in range(4))

        busy = [people.submit(work) for _person in range(2)]
        made = backups.make(database, folder, at=at, watch=watch)
        for person in busy:
            person.result()
    assert len(seen) == 2
    return made


def _office(database: Database) -> Office:
    with database.read() as session:
        rows = session.execute(text("SELECT username, id FROM user_account")).all()
    return Office(database, {row.username: str(row.id) for row in rows}, {}, {})


def test_jobs_begin_anew_and_nobody_is_logged_in(home: Settings, tmp_path: Path) -> None:
    with working(home) as database, database.write() as session:
        session.execute(delete(job))
        jobs.enqueue(session, kind="job.prune", key="taken", payload={}, run_at=START, at=START)
        session.execute(job.update().values(state="running", lease_until=LATER + timedelta(days=9), lease_no=3))
        (person,) = session.execute(text("SELECT id FROM user_account LIMIT 1")).one()
        moments = {"created_at": LATER, "seen_at": LATER, "ends_at": LATER + timedelta(days=1)}
        session.execute(insert(web_session).values(digest="d", user_id=person, csrf="c", **moments))
    made = make(home, tmp_path / "backups")
    there = elsewhere(home, tmp_path / "new")
    assert restore(there, made.path).leases == 1
    with working(there) as database, database.read() as session:
        row = session.execute(select(job).where(job.c.key == "taken")).one()
        assert (row.state, row.lease_no, row.lease_until) == ("ready", 4, None)
        assert session.execute(select(web_session)).first() is None


# --- cut off ---------------------------------------------------------------------------------------------------------


def _environment(given: Settings) -> dict[str, str]:
    said = {"DATA_DIR": given.data_dir, "DATABASE_URL": given.database_url, "PUBLIC_URL": given.public_url}
    return {f"CASEFLOW_{name}": str(value) for name, value in said.items()}


def test_a_backup_that_is_killed_is_none(home: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    kill_at("case_file", _environment(home), "backup", folder)
    assert backup.complete(folder) == []
    (left,) = folder.glob(".caseflow-*.partial")
    with pytest.raises(BadBackup, match="tidak ada cadangan yang lengkap"):
        restore(home, folder)
    with pytest.raises(BadBackup):
        restore(home, left)
    made = make(home, folder)
    assert {path.name for path in folder.iterdir()} == {made.path.name, backup.LOCK}
    assert made.path.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in made.path.iterdir()} == {0o600}


def test_a_restore_that_is_killed_leaves_all_as_it_was(home: Settings, tmp_path: Path, migrated_url: UrlOf) -> None:
    made = make(home, tmp_path / "backups")
    there = elsewhere(home, tmp_path / "there", migrated_url("postgresql"))
    restore(there, made.path)
    with working(there) as database, database.write() as session:
        opened(World(_office(database), session, LATER), person=adult(name="Nurjanah"))
    kill_at("case_file", _environment(there), "restore", made.path)
    with working(there) as database, database.read() as session:
        assert "Nurjanah" in names(session)
    done = restore(there, made.path, replace=True)
    with working(there) as database, database.read() as session:
        assert "Nurjanah" not in names(session)
        assert dump.holds_data(session)
    assert intact(there)
    assert done.kept is not None
    with working(there) as database, database.read() as session:
        people = f"SELECT count(*) FROM {done.kept}.person"  # noqa: S608 - a name the product made
        assert session.execute(text(people)).scalar_one() == 6


def test_a_database_that_processes_work_in_is_not_replaced(home: Settings, tmp_path: Path, migrated_url: UrlOf) -> None:
    made = make(home, tmp_path / "backups")
    there = elsewhere(home, tmp_path / "there", migrated_url("postgresql"))
    begun: list[psycopg.Connection] = []

    def begins(_table: str, _done: int, _rows: int) -> None:
        """Let a process begin while the backup is loaded."""
        if not begun:
            begun.append(presence.connect(there.database_direct_url))

    for watch in (begins, backups.unwatched):
        with pytest.raises(Refused, match=re.escape(f"sedang dipakai oleh {presence.own_name()}.")):
            restore(there, made.path, watch=watch)
        with working(there) as database, database.read() as session:
            assert not dump.holds_data(session)
    begun.pop().close()
    assert restore(there, made.path).kept is None


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_database_in_use_is_replaced_only_when_told_and_kept(home: Settings, tmp_path: Path) -> None:
    made = make(home, tmp_path / "backups")
    with pytest.raises(Refused, match="--replace"):
        restore(home, made.path)
    with working(home) as database:
        with database.read(), pytest.raises(Refused, match="sedang dipakai"):
            restore(home, made.path, replace=True)
        assert intact(home)
    fresh = elsewhere(home, tmp_path / "fresh")
    migrate.upgrade(fresh.database_url)
    assert restore(fresh, made.path).kept is None


def test_damage_is_named_and_nothing_is_touched(home: Settings, tmp_path: Path) -> None:
    path = make(home, tmp_path / "backups").path
    there = elsewhere(home, tmp_path / "there")

    def refused(match: str) -> None:
        with pytest.raises(BadBackup, match=match):
            restore(there, path)
        assert {each.name for each in there.data_dir.iterdir()} <= {"secret.key", backup.LOCK}

    part, manifest = path / "person.jsonl.gz", path / backup.MANIFEST
    whole, said = part.read_bytes(), manifest.read_bytes()
    part.write_bytes(whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])
    refused(r"person\.jsonl\.gz rusak")
    part.unlink()
    refused(r"person\.jsonl\.gz")
    part.write_bytes(whole)
    manifest.write_bytes(said.replace(b'"database": "sqlite', b'"database": "oracle'))
    refused("manifesnya diubah")
    newer = json.loads(said)
    newer["manifest"]["revision"] = "9999"
    manifest.write_text(json.dumps(newer))
    refused("manifesnya diubah")
    for content in (b"", b"{}", b'{"manifest": {"format": "caseflow-backup-1"}}', said.replace(b"-1", b"-2", 1)):
        manifest.write_bytes(content)
        refused("manifesnya rusak|tidak dikenal")
    manifest.write_bytes(said)


def test_the_missing_key_is_named_and_none_is_made(home: Settings, tmp_path: Path) -> None:
    made = make(home, tmp_path / "backups")
    (name,) = made.manifest.keys
    assert home.secret_key_file.read_bytes().strip() not in b"".join(p.read_bytes() for p in made.path.iterdir())
    (tmp_path / "new").mkdir()
    new = at_home(tmp_path / "new")
    with pytest.raises(BadKeyFile, match=name):
        restore(new, made.path)
    assert not new.secret_key_file.exists()
    new.secret_key_file.write_bytes(b"k" * 32)
    with pytest.raises(BadKeyFile, match=name):
        restore(new, made.path)


def test_a_log_that_was_broken_before_is_restored_only_when_told(home: Settings, tmp_path: Path) -> None:
    with working(home) as database, database.write() as session:
        session.conn.exec_driver_sql("DROP TRIGGER case_entry_no_update")
        session.conn.exec_driver_sql("UPDATE case_entry SET code = 'case:altered' WHERE seq = 1")
    made = make(home, tmp_path / "backups")
    there = elsewhere(home, tmp_path / "there")
    with pytest.raises(AuditBroken):
        restore(there, made.path)
    assert not (there.data_dir / "caseflow.db").exists()
    done = restore(there, made.path, broken_log=True)
    assert any("berubah" in fault for fault in done.faults)


# --- how many, and since when ----------------------------------------------------------------------------------------


def test_the_oldest_go_and_those_of_others_stay(home: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    theirs = make(Settings(**{**home.model_dump(), "public_url": "https://lain.example"}), folder)
    mine = [make(home, folder, LATER + timedelta(days=n), keep=2) for n in range(4)]
    assert [each.removed for each in mine] == [(), (), (mine[0].path.name,), (mine[1].path.name,)]
    assert [path for path, _said in backup.complete(folder)] == [theirs.path, mine[2].path, mine[3].path]
    assert backup.named(folder) == mine[3].path
    # A clock was wrong once: what was made just now stays, and the one from the future is named.
    ahead = make(home, folder, LATER + timedelta(days=400))
    forged = shutil.copytree(mine[2].path, folder / "caseflow-20200101T000000Z")
    changed = (forged / backup.MANIFEST).read_bytes().replace(b'"rows": 0', b'"rows": 1')
    (forged / backup.MANIFEST).write_bytes(changed)
    last = make(home, folder, LATER + timedelta(days=4), keep=2)
    assert (last.removed, last.ahead) == ((mine[2].path.name, mine[3].path.name), (ahead.path.name,))
    only = make(home, folder, LATER + timedelta(days=5), keep=1)
    assert (only.removed, only.ahead) == ((last.path.name, ahead.path.name), ())
    assert {path for path, _said in backup.complete(folder)} == {theirs.path, forged, only.path}
    later = shutil.copytree(forged, folder / "caseflow-20280101T000000Z") / backup.MANIFEST
    later.write_bytes(re.sub(rb'"made_at": "[^"]+"', b'"made_at": "2028-01-01T00:00:00Z"', later.read_bytes()))
    with working(home) as database, database.read() as session:
        newest, doubtful = backups.newest(folder, mine[0].manifest.origin, database.keys)
        assert newest is not None
        assert (newest.moment, doubtful) == (LATER + timedelta(days=5), (later.parent.name,))
        noted = session.execute(select(access_entry.c.data).where(access_entry.c.code == "log:backup:made"))
        assert {orjson.loads(row.data)["backup"] for row in noted} == {
            each.path.name for each in (theirs, *mine, ahead, last, only)
        }


def test_an_earlier_schema_is_backed_up_as_it_is_and_upgraded_when_restored(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "secret.key").write_bytes(MASTER)
    fill_first(f"sqlite:///{old / 'caseflow.db'}")
    given = at_home(old)
    made = backups.before_upgrade(given, at=LATER)
    assert made is not None
    assert (made.path.parent, made.manifest.revision, made.manifest.checkpoint) == (given.backup_dir, "0001", None)
    there = elsewhere(given, tmp_path / "there")
    restore(there, made.path, broken_log=True)  # what fills that schema writes no entries
    with working(there) as database, database.read() as session:
        assert dump.revision(session) == migrate.head()
    migrate.upgrade(given.database_url, lambda: crypto.keyring_of(MASTER))
    assert backups.before_upgrade(given, at=LATER) is None
    assert backups.before_upgrade(at_home(tmp_path / "empty"), at=LATER) is None


# --- erased people stay erased ---------------------------------------------------------------------------------------


def _erase(given: Settings, name: str, at: datetime) -> str:
    """Have somebody erased by two people, and return their id."""
    with working(given) as database, database.write() as session:
        world = World(_office(database), session, at)
        known = lines.names(session, set(session.execute(select(subject.c.id)).scalars().all()))
        subject_id = next(each for each, said in known.items() if said == name)
        case = session.execute(select(case_file.c.id).where(case_file.c.subject_id == subject_id)).scalar_one()
        words = AskErasure(case=case, basis="unlawful", applicant="Ybs", reason="Salah orang.", evidence="KTP")
        asked = act(world, ask_erasure, words)
        act(world, approve_erasure, DecideErasure(erasure=asked.created_id), by="kadis")
    return subject_id


def test_who_was_erased_after_the_backup_is_erased_again(home: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    old = make(home, folder)
    gone = _erase(home, "Siti Aminah", LATER + timedelta(days=1))
    newer = make(home, folder, LATER + timedelta(days=2))
    assert b"".join(newer.path.joinpath(backup.ERASED).read_bytes().split()).count(gone.encode()) == 1
    there = elsewhere(home, tmp_path / "there")
    damaged, manifest = newer.path / backup.ERASED, newer.path / backup.MANIFEST
    for file, content in ((damaged, b"["), (manifest, manifest.read_bytes().replace(b"log_size", b"log_sizf"))):
        whole = file.read_bytes()
        file.write_bytes(content)
        for source in (old.path, folder) if file is manifest else (old.path,):
            with pytest.raises(Refused, match=rf"{newer.path.name}.*--without-lists"):
                restore(there, source, LATER + timedelta(days=3))
        file.write_bytes(whole)
    (folder / "caseflow-20200101T000000Z").mkdir()  # older than what is restored: its list would add nothing
    done = restore(there, old.path, LATER + timedelta(days=3))
    assert (done.erased.erased, len(done.ledgers), done.unread) == ((gone,), 2, ())
    with working(there) as database, database.read() as session:
        assert erasures.kept(session, gone) is False
        assert "Siti Aminah" not in names(session)
        assert "Abdullah" in names(session)
    assert intact(there)


def test_the_list_leaves_the_machine_with_each_erasure(home: Settings, tmp_path: Path) -> None:
    """On the day of the disaster there is a backup from before, and the folder outside with the list of since then."""
    old = make(home, tmp_path / "backups")
    outside = tmp_path / "outside"
    outside.mkdir()
    given = at_home(home.data_dir, checkpoint_dir=outside)
    gone = _erase(given, "Siti Aminah", LATER + timedelta(days=1))
    with working(given) as database, database.read() as session:
        assert session.execute(select(job.c.kind).where(job.c.kind == ledgers.JOB)).scalars().all() == [ledgers.JOB]
        ledgers.bring_outside(session, at=LATER + timedelta(days=1))
    (path,) = outside.iterdir()
    listed = path.read_text()
    assert path.name == "kasus.dinsos.example.erased.json"
    there = elsewhere(home, tmp_path / "there", checkpoint_dir=outside)
    assert restore(there, old.path, LATER + timedelta(days=2)).erased.erased == (gone,)
    # A list nobody vouches for would let anybody have people erased: it is named, and not taken.
    other = elsewhere(home, tmp_path / "other", checkpoint_dir=outside)
    for content in (listed.replace(gone, gone[::-1]), listed[:-9]):
        path.write_text(content)
        with pytest.raises(Refused, match=r"kasus\.dinsos\.example\.erased\.json"):
            restore(other, old.path, LATER + timedelta(days=2))
        with working(given) as database, database.read() as session, pytest.raises(MessageNotSent, match=str(path)):
            ledgers.bring_outside(session, at=LATER)
        assert path.read_text() == content, "who stands only there would be forgotten"
    shutil.rmtree(outside)
    with pytest.raises(Refused, match=r"outside/kasus.*--without-lists"):
        restore(other, old.path, LATER + timedelta(days=2))
    done = restore(other, old.path, LATER + timedelta(days=2), without_lists=True)
    assert (done.erased.erased, done.unread) == ((), (str(path),))
    with working(given) as database, database.read() as session, pytest.raises(MessageNotSent):
        ledgers.bring_outside(session, at=LATER)


def test_the_database_that_is_replaced_knows_who_was_erased(home: Settings, tmp_path: Path) -> None:
    old = make(home, tmp_path / "backups")
    gone = _erase(home, "Siti Aminah", LATER + timedelta(days=1))
    (home.data_dir / "caseflow.db.restoring").write_text("what a restore left that was killed")
    done = restore(home, old.path, LATER + timedelta(days=2), replace=True)
    assert (done.erased.erased, done.unread) == ((gone,), ())
    with working(home) as database, database.read() as session:
        assert "Siti Aminah" not in names(session)
    with working(at_home(home.data_dir, f"sqlite:///{done.kept}")) as database, database.read() as session:
        assert {"Abdullah"} <= names(session)
    assert not list(home.data_dir.glob("*.restoring*"))
    # A database that is damaged can be replaced, but nobody can tell any more who was erased in it.
    damaged = home.data_dir / "caseflow.db"
    damaged.write_bytes(b"no database" * 99)
    with pytest.raises(Refused, match=r"caseflow\.db.*--without-lists"):
        restore(home, old.path, LATER + timedelta(days=3), replace=True)
    assert damaged.read_bytes() == b"no database" * 99
    done = restore(home, old.path, LATER + timedelta(days=3), replace=True, without_lists=True)
    assert (done.erased.erased, done.unread) == ((), (str(damaged),))


def test_a_list_somebody_brings_is_used_as_well(home: Settings, tmp_path: Path) -> None:
    old = make(home, tmp_path / "backups")
    gone = _erase(home, "Abdullah", LATER + timedelta(days=1))
    with working(home) as database, database.read() as session:
        brought = erasing.ledger(session, by=ROOT)
    there = elsewhere(home, tmp_path / "there")
    done = restore(there, old.path, LATER + timedelta(days=2), erased=brought)
    assert done.erased == replace(done.erased, erased=(gone,), already=0, absent=0)


def test_a_row_that_is_missing_from_a_backup_is_counted(home: Settings, tmp_path: Path) -> None:
    """The digests hold, and yet a table has fewer rows than the manifest says: it is not taken."""
    path = make(home, tmp_path / "backups").path
    manifest, _vouched = backup.read(path)
    parts = tuple(replace(p, rows=p.rows + 1) if p.table == "visit" else p for p in manifest.parts)
    changed = replace(manifest, parts=parts)
    (path / backup.MANIFEST).unlink()
    backup.write_manifest(path, changed, crypto.vouch(crypto.load_or_create(home.secret_key_file), changed.said))
    there = elsewhere(home, tmp_path / "there")
    with pytest.raises(BadBackup, match="jumlah baris visit"):
        restore(there, path)
    assert not list(there.data_dir.glob("caseflow.db*"))


def test_one_backup_at_a_time(home: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    with backup.alone(folder), pytest.raises(Refused, match="sedang dibuat"):
        make(home, folder)
    with working(home) as database, database.write() as session:
        session.execute(delete(web_session))
    (folder / "file").write_text("")
    with pytest.raises(BadBackup):
        make(home, folder / "file")
