"""The master key: changed while people work, cut off and gone on with, copied under a passphrase, brought back."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from caseflow import checkpoint, crypto, settings
from caseflow.access import EVERYWHERE, Grant, Viewer
from caseflow.actions import checkpoints, exports, keys, ledgers, lines
from caseflow.actions.admin import ROOT
from caseflow.actions.exports import ExportLog
from caseflow.errors import BadKeyFile, Refused
from caseflow.exchange import keyfile, ledger
from caseflow.settings import Settings
from caseflow.store import rewrapping, sessions, subjects, vault
from caseflow.store.session import Database, Session
from caseflow.store.tables import access_entry, job, log_checkpoint, name_key, subject
from tests.halting import kill_at
from tests.source import ROOT as TREE
from tests.world import START, Office, World, adult, fill, household, open_database, opened

NIK, KK = "6310014107160001", "6310012001160001"
LATER = START + timedelta(days=30)
AUDITOR = Viewer(ROOT.user_id, "audit", (Grant("auditor", EVERYWHERE),))
CROWD = rewrapping.CHUNK + 30
ROOF = "Balai Adat Meratus"


@pytest.fixture(scope="module")
def prototype(tmp_path_factory: pytest.TempPathFactory, template_url: object) -> Path:
    """Return the folder of an installation with people in it, more than are moved at once."""
    assert callable(template_url)
    folder = tmp_path_factory.mktemp("prototype") / "data"
    folder.mkdir()
    shutil.copy(template_url("sqlite").removeprefix("sqlite:///"), folder / "caseflow.db")
    database = open_database(f"sqlite:///{folder / 'caseflow.db'}", folder)
    office = fill(database)
    with database.write() as session:
        world = World(office, session)
        opened(world, person=adult(name="Siti Aminah", nik=NIK, kk=KK))
        opened(world, "KME", household=household())
        _crowd(session)
    database.close()
    return folder


def _crowd(session: Session) -> None:
    columns = {"sex": "P", "age_band": "26-45", "area_code": "6310012001", "nik_status": "missing"}
    people = [subjects.add_person(session, {"name": f"Warga {n}"}, columns, at=START) for n in range(CROWD)]
    roof = subjects.add_household(session, {"name": ROOF}, "6310012001", kind="community", at=START)
    for each in (people[-1], roof):
        subjects.hide_name(session, each)


@pytest.fixture
def home(prototype: Path, tmp_path: Path) -> Settings:
    shutil.copytree(prototype, tmp_path / "data")
    return settings.load(data_dir=tmp_path / "data", public_url="https://kasus.dinsos.example")


def opened_at(given: Settings) -> Database:
    return Database(given.database_url, crypto.load_or_create(given.secret_key_file), given, {})


def found(session: Session, typed: str) -> list[str]:
    """Return the names that somebody who types this finds."""
    return [line.name for line in lines.search(session, typed, by=AUDITOR, at=LATER)]


def everybody_opens(session: Session) -> bool:
    """Tell whether the words of every subject open, whatever key they lie under."""
    ids = session.execute(select(subject.c.id)).scalars().all()
    vault.load_keys(session, ids)
    return all(subjects.name_of(session, each) for each in ids)


def hidden(session: Session) -> list[str]:
    """Return the subjects that are found by keyed tokens only: a person and a community."""
    query = select(name_key.c.subject_id).where(func.length(name_key.c.key) == subjects.TOKEN)
    return sorted(session.execute(query.distinct()).scalars())


# --- a new key -------------------------------------------------------------------------------------------------------


def test_everything_moves_and_the_old_key_goes(home: Settings) -> None:
    database = opened_at(home)
    (old,) = database.keys.present.names
    with database.read() as session:
        before = rewrapping.by_key(session)
    done = keys.rotate(database, at=LATER)
    assert (done.removable, done.moved, done.answers) == ((old,), before[old], 0)
    assert done.newest == database.keys.present.names[0] != old
    assert home.secret_key_file.stat().st_mode & 0o777 == 0o600
    with database.read() as session:
        assert rewrapping.by_key(session) == {done.newest: before[old]}
        last, roof = hidden(session)
    assert keys.held(database)[0] == keys.Held(done.newest, newest=True, subjects=before[old])
    with pytest.raises(Refused, match=f"Tidak ada kunci baru.*{old}.*keys retire"):
        keys.rotate(database, at=LATER)
    assert database.keys.present.names == (done.newest, old)
    with pytest.raises(Refused, match=f"Belum ada cadangan.*{old}.*keys export.*--yes"):
        keys.retire(database, at=LATER)
    assert keys.retire(database, at=LATER, without_backup=True) == (old,)
    with pytest.raises(Refused, match="satu kunci"):
        keys.retire(database, at=LATER)
    database.close()
    # Another process, which knows of nothing but the new key.
    alone = opened_at(home)
    assert alone.keys.known.names == (done.newest,)
    with alone.read() as session:
        assert everybody_opens(session)
        assert found(session, NIK) == found(session, KK) == ["Siti Aminah"]
        assert subjects.by_nik(session, NIK) != []
        for each in (last, roof):
            assert subjects.same_name(session, each, subjects.name_of(session, each))
        codes = select(access_entry.c.code).where(access_entry.c.code.like("log:key:%"))
        assert sorted(session.execute(codes).scalars()) == ["log:key:changed", "log:key:retired"]
    alone.close()


def test_a_rotation_that_is_killed_goes_on(home: Settings) -> None:
    environment = {"CASEFLOW_DATA_DIR": str(home.data_dir), "CASEFLOW_PUBLIC_URL": home.public_url}
    database = opened_at(home)
    with database.read() as session:
        (whole,) = rewrapping.by_key(session).values()
    kill_at("", environment, "rotate")
    with database.read() as session:
        half = rewrapping.by_key(session)
        new, old = database.keys.present.names
        assert half == {new: rewrapping.CHUNK, old: whole - rewrapping.CHUNK}
        # Half of the people lie under each key: all open, all are found, whichever process looks.
        assert everybody_opens(session)
        assert found(session, NIK) == ["Siti Aminah"]
        assert (
            found(session, f"08{1:08d}") == found(session, f"08{CROWD - 2:08d}") == []
        )  # no case, so nobody sees them
    with pytest.raises(Refused, match="keys rotate"):
        keys.retire(database, at=LATER)
    done = keys.rotate(database, at=LATER)
    assert (done.newest, done.removable, done.moved) == (new, (old,), whole - rewrapping.CHUNK)
    with database.read() as session:
        changed = select(func.count()).where(access_entry.c.code == "log:key:changed")
        assert session.execute(changed).scalar_one() == 1
        assert found(session, NIK) == ["Siti Aminah"]
    database.close()


def test_people_work_on_while_the_key_changes(migrated_url: object, tmp_path: Path) -> None:
    """Another process has opened the installation before: it opens what was moved, and writes under the new key."""
    assert callable(migrated_url)
    database = open_database(migrated_url("postgresql"), tmp_path)
    office = fill(database)
    other = Database(
        database.url, crypto.load_or_create(database.settings.secret_key_file), database.settings, database.categories
    )
    with database.write() as session:
        _crowd(session)
        opened(World(office, session), person=adult(name="Siti Aminah", nik=NIK))
    half_way, went_on = Event(), Event()
    rotated: list[keys.Rotated] = []

    def watch(_moved: int, _all: int) -> None:
        if not half_way.is_set():
            half_way.set()
            assert went_on.wait(60)

    rotating = Thread(target=lambda: rotated.append(keys.rotate(database, at=LATER, watch=watch)))
    rotating.start()
    assert half_way.wait(60)
    with other.write() as session:
        world = World(Office(other, office.ids, office.institutions, {}), session)
        opened(world, person=adult(name="Nurjanah", nik="6310014107160009"))
        assert everybody_opens(session)
        assert found(session, NIK) == ["Siti Aminah"]
        assert sessions.remember(session, office.ids["rina"], "k", "d", 200, b"\x01sealed", at=LATER)
    went_on.set()
    rotating.join()
    (done,) = rotated
    assert (done.answers, done.newest) == (1, other.keys.present.names[0])
    with other.read() as session:
        assert rewrapping.by_key(session).keys() == {done.newest}
        assert found(session, "6310014107160009") == ["Nurjanah"]
    with pytest.raises(Refused, match="besok"):
        keys.retire(database, at=LATER)
    database.close()
    other.close()


def test_a_machine_with_another_key_file_makes_no_third_key(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    kept = shutil.copy(home.secret_key_file, tmp_path / "old" / "secret.key")
    database = opened_at(home)
    newest = keys.rotate(database, at=LATER).newest
    database.close()
    other = opened_at(settings.load(data_dir=home.data_dir, secret_key_file=Path(kept)))
    with pytest.raises(BadKeyFile, match="kunci lain"):
        keys.rotate(other, at=LATER)
    assert [h.name for h in keys.held(other) if h.subjects] != [newest]  # named by what its seals begin with
    other.close()


# --- the log across it -----------------------------------------------------------------------------------------------


def test_checkpoints_from_before_and_after_hold_for_a_stranger(home: Settings, tmp_path: Path) -> None:
    """The checkpoint of the change is signed by both keys: whoever trusts the old one learns of the new one from it."""
    database = opened_at(home.model_copy(update={"checkpoint_dir": tmp_path}))
    with database.write() as session:
        before = checkpoints.make_now(session, by=AUDITOR, at=LATER)
        old = checkpoints.verifier_key(session)
    keys.rotate(database, at=LATER)
    keys.retire(database, at=LATER, without_backup=True)
    with database.write() as session:
        new = checkpoints.verifier_key(session)
        both = session.execute(
            select(log_checkpoint.c.note).where(log_checkpoint.c.cause_key.like("rotation:%"))
        ).scalar_one()
        # The list of the erased in the folder outside is to be vouched for by the new key as well.
        assert ledgers.JOB in session.execute(select(job.c.kind)).scalars().all()
        after = checkpoints.make_now(session, by=AUDITOR, at=LATER)
        export = exports.prepare(session, ExportLog(), by=AUDITOR, at=LATER)
        file = tmp_path / "log.jsonl"
        file.write_text("".join(ledger.jsonl(export.head, exports.items(session, export, by=AUDITOR))))
    database.close()
    assert [len(checkpoint.read(note).signatures) for note in (before.note, both, after.note)] == [1, 2, 1]
    (entry,) = [line for line in file.read_text().splitlines() if "log:key:changed" in line]
    assert old in entry
    assert new in entry

    def verify(note: str, *trusted: str) -> int:
        (tmp_path / "note").write_text(note)
        named = [word for key in trusted for word in ("--key", key)]
        command = [
            sys.executable,
            "-I",
            str(TREE / "tools" / "verify_audit.py"),
            str(file),
            "--checkpoint",
            str(tmp_path / "note"),
        ]
        return subprocess.run([*command, *named], check=False, capture_output=True).returncode

    assert verify(before.note, old, new) == verify(both, old, new) == verify(after.note, new) == 0
    assert verify(both, new) == 0
    assert verify(before.note, new) == 1


# --- copies ----------------------------------------------------------------------------------------------------------


def test_a_copy_under_a_passphrase_comes_back(home: Settings, tmp_path: Path) -> None:
    database = opened_at(home)
    keys.rotate(database, at=LATER)
    database.close()
    file, phrase = tmp_path / "keys.json", "bukit hijau, kapal kayu"
    names = keys.export(home, file, phrase)
    assert len(names) == 2
    assert file.stat().st_mode & 0o777 == 0o600
    assert not any(key in file.read_bytes() for key in home.secret_key_file.read_bytes().split())
    with pytest.raises(Refused, match="tidak dapat ditulis"):
        keys.export(home, file, phrase)
    with pytest.raises(Refused, match="karakter"):
        keys.export(home, tmp_path / "other.json", "pendek")
    new = settings.load(data_dir=tmp_path / "new")
    for content, wrong in ((file.read_bytes(), "bukit hijau, kapal besi"), (b"{}", phrase), (b"[", phrase)):
        (tmp_path / "tried").write_bytes(content)
        with pytest.raises(Refused, match=r"salah|bukan dari"):
            keys.bring_back(new, tmp_path / "tried", wrong)
    with pytest.raises(Refused, match="tidak ada"):
        keys.bring_back(new, tmp_path / "absent", phrase)
    assert not new.secret_key_file.exists()
    assert keys.bring_back(new, file, phrase) == names
    assert new.secret_key_file.read_bytes() == home.secret_key_file.read_bytes()
    assert keys.bring_back(new, file, phrase) == ()
    other = settings.load(data_dir=tmp_path / "other")
    own = crypto.load_or_create(other.secret_key_file).known.names
    keys.bring_back(other, file, phrase)
    assert crypto.load_or_create(other.secret_key_file).known.names == (*own, *names)
    assert keyfile.unwrapped(file.read_bytes(), phrase) == crypto.masters_in(home.secret_key_file)
