"""The drill: something in every table is backed up, restored into either kind of database, and opened with new keys."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyotp
from sqlalchemy import select, update

from caseflow import crypto, settings
from caseflow.access import SYSTEM_USER
from caseflow.actions import (
    admin,
    backups,
    checkpoints,
    groups,
    instruments,
    keys,
    letter_initials,
    placements,
    proofs,
    reaching,
    registry,
    report_letter,
    restoring,
    schedules,
    second_factor,
    trail,
)
from caseflow.actions.erasing import ErasedBefore
from caseflow.settings import Settings
from caseflow.store import checkpoints as copies
from caseflow.store import definitions as stored
from caseflow.store import dump, obligations, offices, sessions, tallies, vault
from caseflow.store.jobs import Job
from caseflow.store.session import Database, Session
from caseflow.store.tables import case_file, job, metadata, obligation, psks_person, subject
from tests.conftest import DatabaseFactory
from tests.web.browsing import ADDRESS, Site
from tests.web.conftest import copied
from tests.web.furnishing import Place, furnished
from tests.world import World, act, opened, viewer

NEW = {"access_entry": 1, "log_pending": 1}
"""The entry of the restore itself, which waits for its place in the tree."""
SEALED = ("sealed", "sealed_facts", "sealed_void", "sealed_reason", "sealed_thumb")
HEAD = crypto.seal_head(b"")


# --- something in every table ----------------------------------------------------------------------------------------


def furnish(place: Place, world: World) -> set[str]:
    """Fill the tables that an office with one of everything leaves empty; return who is to be erased, one of a kind."""
    moved = case_file.c.id == place.things.get("group_id")  # without a step, for the pages: the log knows nothing of it
    world.session.execute(update(case_file).where(moved).values(state="data_collection"))
    _case(world, place.things)
    _child(world, place.site.number("intervention", "AT"))
    _installation(world)
    speaker = groups.RosterMember(name="Damang Ayal", role="kepala adat", representative=True)
    roof = groups.GroupData(kind="community", name="Balai Adat", members=(speaker,))
    cases = (opened(world), opened(world, "KAT", person=None, group=roof))
    gone = set(world.session.execute(select(case_file.c.subject_id).where(case_file.c.id.in_(cases))).scalars())
    return gone | set(world.session.execute(select(psks_person.c.key_id)).scalars())


def _case(world: World, things: dict[str, str]) -> None:
    case, report = things["case_id"], things["report"]
    act(world, registry.add_check, registry.AddCheck(case=case, system="DTSEN", decile=2, identifier="ID-77"))
    accepted = instruments.DecideOn(case=case, fill=things["fill"], decision="accepted")
    act(world, instruments.decide_on, accepted, by="sari")
    act(world, letter_initials.give_initial, letter_initials.GiveInitial(letter=things["draft"]), by="bambang")
    report_letter.number(world.session, report, by=viewer(world, "sari"), at=world.now)
    report_letter.store_rendered(world.session, report, b"%PDF-", at=world.now)


def _child(world: World, number: str) -> None:
    case = str(world.session.execute(select(case_file.c.id).where(case_file.c.number == number)).scalar_one())
    kin = placements.StartPlacement(case=case, kind="kin", carer="Bibi Salamah", relation="bibi")
    home = str(act(world, placements.start_placement, kin).created_id)
    act(world, placements.review_placement, placements.ReviewPlacement(case=case, placement=home, finding="Sehat."))


def _installation(world: World) -> None:
    session, now, rina = world.session, world.now, world.office.ids["rina"]
    act(world, schedules.change, schedules.ChangeSchedule(kind="job.prune", enabled=True), by="pusat")
    act(world, reaching.change, reaching.ChangeReach(email="rina@dinsos.example"))
    admin.add_stand_in(session, "sari", "bambang", world.today, world.today, by=admin.ROOT, at=now)
    office = session.execute(select(case_file.c.office_id).limit(1)).scalar_one()
    offices.set_day(session, office, date(2026, 6, 2), works=False, name="Haul", by=SYSTEM_USER, at=now)
    budi = viewer(world, "budi")
    second_factor.enrol(session, by=budi)
    secret, _address = second_factor.begun(session, by=budi)
    second_factor.confirm(session, pyotp.TOTP(secret).at(now), keep="", by=budi, now=now, at=now)
    answer = crypto.seal_json(session.keys.token, {"id": "1"}, "answer")
    assert sessions.remember(session, rina, "k", "0" * 64, 201, answer, at=now)
    stored.add_map(session, "0" * 64, "FM", "", at=now)
    owed = session.execute(select(obligation.c.id).limit(1)).scalar_one()
    obligations.note(session, [{"obligation_id": owed, "what": "paused"}], by=SYSTEM_USER, at=now)
    ended = session.execute(select(job).limit(1)).one()
    tallies.count(session, Job(**{key: getattr(ended, key) for key in Job.__dataclass_fields__}), "done", 0.2)
    signed = checkpoints.make(session, cause_key="drill", at=now)
    assert signed is not None
    copies.add_copies(session, signed.id, [("folder", "/mnt/usb")], at=now)


def empty(session: Session) -> list[str]:
    """Return the tables without a row."""
    return [t.name for t in metadata.sorted_tables if session.execute(select(t).limit(1)).first() is None]


# --- what is compared ------------------------------------------------------------------------------------------------


def rows(database: Database) -> dict[str, list[bytes]]:
    """Return every row of every table a backup holds, alike on both kinds of database."""
    with database.snapshot() as session:
        return {shape.name: sorted(_plain(session, shape)) for shape in dump.shapes(session)}


def _plain(session: Session, shape: dump.Shape) -> Iterator[bytes]:
    for line in dump.lines(session, shape):
        row = dict(zip(shape.columns, orjson.loads(line), strict=True))
        if shape.name == dump.PENDING:
            row.pop("n")  # its place among those that wait is given anew
        yield orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


def sealed(session: Session) -> dict[str, str]:
    """Return all that is sealed -> whose key opens it, "installation" for the key of the installation."""
    subjects = session.execute(select(subject.c.id).where(subject.c.destroyed_at.is_(None))).scalars().all()
    vault.load_keys(session, subjects)
    keys_by_head = {crypto.seal_head(key): (owner, key) for owner, key in session.subject_keys.items()}
    keys_by_head |= {crypto.seal_head(key): ("installation", key) for key in session.keys.present.wrap}
    found = {}
    for column in (column for table in metadata.sorted_tables for column in table.c if column.name in SEALED):
        table = column.table
        for row in session.execute(select(*table.primary_key, column).where(column.is_not(None))):
            cells: list[Any] = list(row)
            content = cells.pop()
            place = ".".join(map(str, (table.name, column.name, *cells)))
            owner, opener = keys_by_head.get(content[: len(HEAD)], ("nobody", b""))
            found[place] = owner if owner != "nobody" and crypto.open_seal(opener, content, place) else "nobody"
    return found


# --- the drill -------------------------------------------------------------------------------------------------------


@contextmanager
def at(given: Settings, site: Site) -> Iterator[Database]:
    """Open the database of an installation with what its key file holds now."""
    keyring = crypto.load_or_create(given.secret_key_file)
    database = Database(given.database_url, keyring, given, site.database.categories)
    try:
        yield database
    finally:
        database.close()


def test_something_in_every_table_comes_back(site: Site, migrated_url: DatabaseFactory, tmp_path: Path) -> None:
    """Fails for a new table until somebody puts a row into it, in `furnish` or in the office with one of everything."""
    homes = {name: tmp_path / name for name in ("old", "large", "small")}
    for folder in homes.values():
        folder.mkdir()
        shutil.copy(site.filled.folder / "secret.key", folder)
    old = settings.load(data_dir=homes["old"], public_url=ADDRESS)
    place, now = furnished(site), site.at()
    copied(site.database.url, old.database_url)
    with at(old, site) as database:
        with database.write() as session:
            gone = furnish(place, World(site.filled.office, session, now))
        with database.read() as session:
            assert empty(session) == [], "the drill proves nothing about these"
            assert (trail.verify(session).faults, proofs.verify(session).faults) == ((), ())
            words = sealed(session)
        assert "nobody" not in words.values(), [place for place, owner in words.items() if owner == "nobody"]
        made = backups.make(database, tmp_path / "backups", at=now + timedelta(hours=1))
        before = rows(database)
    large = settings.load(data_dir=homes["large"], public_url=ADDRESS, database_url=migrated_url("postgresql"))
    later = now + timedelta(hours=2)
    assert restoring.restore(large, made.path, site.database.categories, at=later).faults == ()
    with at(large, site) as database:
        after = rows(database)
        lost = {name: missing for name, there in before.items() if (missing := Counter(there) - Counter(after[name]))}
        more = {name: len(there) - len(before[name]) for name, there in after.items()}
        assert (lost, {name: n for name, n in more.items() if n}) == ({}, NEW)
        with database.read() as session:
            assert (trail.verify(session).intact, sealed(session)) == (True, words)
    small = settings.load(data_dir=homes["small"], public_url=ADDRESS)
    erased = tuple(ErasedBefore(each, later) for each in sorted(gone))
    done = restoring.restore(small, made.path, site.database.categories, at=later, erased=erased)
    assert (done.faults, set(done.erased.erased)) == ((), gone)
    with at(small, site) as database:
        with database.write() as session:
            sessions.forget(session, before=later)  # what is kept for a day is gone a day later
        keys.rotate(database, at=later)
        keys.retire(database, at=later, without_backup=True)
    with at(small, site) as database, database.read() as session:
        assert (len(database.keys.present.names), trail.verify(session).intact) == (1, True)
        left = sealed(session)
        assert {owner for where, owner in words.items() if left.get(where) != owner} == gone
