"""Second factors: whose, from when, a code once only, taken away on record, moved under a new key."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from caseflow import crypto
from caseflow.actions import admin, entering, keys, own_sessions, passwords, second_factor
from caseflow.errors import Forbidden, NotAuthenticated, NotFound, Refused, WrongCode
from caseflow.store import second_factors, sessions
from caseflow.store.accounts import Wanted
from caseflow.store.tables import access_entry, user_account
from tests.conftest import DatabaseFactory
from tests.world import World, fill, open_database, told, viewer

NOW = datetime(2026, 5, 4, 1, 0, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def code(secret: str, at: datetime = NOW) -> str:
    return pyotp.TOTP(secret).at(at)


def enrolled(world: World, name: str) -> str:
    """Let somebody set a second factor up; return its secret."""
    by = viewer(world, name)
    second_factor.enrol(world.session, by=by)
    secret, address = second_factor.begun(world.session, by=by)
    assert address.startswith(f"otpauth://totp/caseflow:{name}?secret={secret}")
    second_factor.confirm(world.session, code(secret, NOW - DAY), keep="", by=by, now=NOW - DAY, at=world.now)
    return secret


def logged_in(world: World, name: str, *, now: datetime = NOW) -> str | None:
    """Give a right password; return what is owed then."""
    cookie = entering.enter(world.session, world.office.ids[name], "", now=now, at=world.now)
    row = sessions.half_open(world.session, crypto.token_digest(cookie))
    return None if row is None else str(row.owes)


def codes_on_record(world: World) -> list[str]:
    return list(world.session.execute(select(access_entry.c.code).order_by(access_entry.c.id)).scalars())


def test_a_code_is_good_once_and_for_a_minute_and_a_half(world: World) -> None:
    secret, sari = enrolled(world, "sari"), world.office.ids["sari"]
    half = timedelta(seconds=30)

    def prove(typed: str) -> None:
        second_factor.prove(world.session, sari, typed, now=NOW, at=world.now)

    for wrong in ("", "12345", code(secret, NOW - 2 * half), code(secret, NOW + 2 * half), "ABCD-EFGH-IJKL-MNOP"):
        with pytest.raises(WrongCode):
            prove(wrong)
    shown = code(secret)
    prove(f"{shown[:3]} {shown[3:]}")
    for used in (shown, code(secret, NOW - half)):
        with pytest.raises(WrongCode):
            prove(used)
    prove(code(secret, NOW + half))
    assert second_factors.secret(world.session, sari) == secret


def test_who_is_above_needs_one_after_the_grace(world: World) -> None:
    assert [logged_in(world, name) for name in ("rina", "mitra", "sari", "admin")] == [None] * 4
    later = NOW + 14 * DAY
    assert logged_in(world, "sari", now=later - timedelta(seconds=1)) is None
    assert [logged_in(world, name, now=later) for name in ("sari", "admin", "audit", "rina")] == [
        "enrolment",
        "enrolment",
        None,  # was never here before: the grace begins
        None,
    ]
    enrolled(world, "kadis")
    assert logged_in(world, "kadis") == "code"


def test_one_thing_after_another_is_owed(world: World) -> None:
    secret, by = enrolled(world, "sari"), viewer(world, "admin")
    given = passwords.give_for_once(world.session, "sari", by=by, at=world.now)
    query = select(user_account.c.password_hash).where(user_account.c.username == "sari")
    assert crypto.verify_password(world.session.execute(query).scalar_one(), given)
    cookie = entering.enter(world.session, world.office.ids["sari"], "Firefox, Linux", now=NOW, at=world.now)
    half = entering.half(world.session, cookie, now=NOW, at=world.now)
    assert (half.owes, half.viewer.username, half.device) == ("code", "sari", "Firefox, Linux")
    second_factor.prove(world.session, half.viewer.user_id, code(secret), now=NOW, at=world.now)
    further = entering.go_on(world.session, half, now=NOW, at=world.now)
    for stale in (cookie, "", "cf_nothing"):
        with pytest.raises(NotAuthenticated):
            entering.half(world.session, stale, now=NOW, at=world.now)
    half = entering.half(world.session, further, now=NOW, at=world.now)
    assert half.owes == "password"
    assert sessions.find(world.session, half.digest) is None
    with pytest.raises(NotAuthenticated):
        entering.half(world.session, further, now=NOW + entering.HALF_OPEN, at=world.now)
    hashed = crypto.hash_password("kata sandi sendiri")
    passwords.change_own(world.session, hashed, keep=half.digest, by=half.viewer, at=world.now, now=NOW)
    whole = entering.go_on(world.session, half, now=NOW, at=world.now)
    assert sessions.find(world.session, crypto.token_digest(whole)) is not None
    (place,) = own_sessions.listing(world.session, "", by=half.viewer, now=NOW)
    assert (place.device, place.this, place.ends - NOW) == ("Firefox, Linux", False, timedelta(hours=12))
    assert codes_on_record(world)[-4:] == [
        "user:log_in:half",
        "user:log_in:half",
        "user:password:changed",
        "user:log_in:done",
    ]


def test_it_is_taken_away_on_record_by_an_administrator_and_never_oneself(world: World) -> None:
    by = viewer(world, "admin")
    with pytest.raises(Refused, match="tidak memakai langkah kedua"):
        second_factor.reset(world.session, "sari", by=by, at=world.now)
    for name in ("sari", "admin", "luarsup"):
        enrolled(world, name)
    cookie = entering.enter(world.session, world.office.ids["sari"], "", now=NOW, at=world.now)
    second_factor.reset(world.session, "sari", by=by, at=world.now)
    assert codes_on_record(world)[-1] == "user:second_factor:reset"
    assert all(told(world, name, "factor_reset") for name in ("sari", "kadis"))
    with pytest.raises(NotAuthenticated):
        entering.half(world.session, cookie, now=NOW, at=world.now)
    assert logged_in(world, "sari") is None
    for who, error in (("admin", Forbidden), ("luarsup", NotFound)):
        with pytest.raises(error):
            second_factor.reset(world.session, who, by=by, at=world.now)
    for name in ("sari", "audit", "rina"):
        with pytest.raises(Forbidden):
            second_factor.reset(world.session, "admin", by=viewer(world, name), at=world.now)


def test_the_two_halves_of_a_way_in_are_not_one_administrators(world: World) -> None:
    by, other = viewer(world, "admin"), viewer(world, "pusat")
    for name in ("sari", "rina", "kadis"):
        enrolled(world, name)
        assert told(world, name, "factor_added")
    second_factor.reset(world.session, "sari", by=by, at=world.now)
    with pytest.raises(Refused, match="orang yang berbeda"):
        passwords.give_for_once(world.session, "sari", by=by, at=world.now + DAY / 2)
    passwords.give_for_once(world.session, "sari", by=other, at=world.now + DAY / 2)
    assert all(told(world, name, "password_given") for name in ("sari", "kadis"))
    passwords.give_for_once(world.session, "sari", by=by, at=world.now + DAY)
    passwords.give_for_once(world.session, "kadis", by=by, at=world.now)
    with pytest.raises(Refused, match="orang yang berbeda"):
        second_factor.reset(world.session, "kadis", by=by, at=world.now)
    # Who approves nothing is helped by one person.
    second_factor.reset(world.session, "rina", by=by, at=world.now)
    passwords.give_for_once(world.session, "rina", by=by, at=world.now)


def test_a_password_that_an_administrator_sets_is_told_and_is_half_of_the_way_in(world: World) -> None:
    enrolled(world, "sari")
    by = viewer(world, "pusat")
    admin.set_password(world.session, "sari", "kata sandi panjang", by=by, at=world.now)
    assert all(told(world, name, "password_set") for name in ("sari", "kadis"))
    with pytest.raises(Refused, match="orang yang berbeda"):
        second_factor.reset(world.session, "sari", by=by, at=world.now)


def test_the_list_says_who_has_one_and_who_should(world: World) -> None:
    enrolled(world, "sari")
    found = admin.list_users(world.session, Wanted(), by=viewer(world, "pusat"), at=world.now)
    assert [one.username for one in found if one.second_factor] == ["sari"]
    for name in ("sari", "kadis", "rina"):
        admin.set_password(world.session, name, "kata sandi panjang", by=admin.ROOT, at=world.now)
    assert second_factor.lacking(world.session, at=world.now) == ["kadis"]


def test_a_secret_moves_under_a_new_master_key(template_url: DatabaseFactory, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "caseflow.db").write_bytes(Path(template_url("sqlite").removeprefix("sqlite:///")).read_bytes())
    database = open_database(f"sqlite:///{folder / 'caseflow.db'}", folder)
    sari = fill(database).ids["sari"]
    with database.write() as session:
        second_factors.enrol(session, sari, "A" * 32)
        second_factors.confirm(session, sari, (), at=NOW)
    (old,) = database.keys.present.names
    assert keys.rotate(database, at=NOW).removable == (old,)
    assert keys.retire(database, at=NOW, without_backup=True) == (old,)
    with database.read() as session:
        assert second_factors.left(session) == 0
        assert second_factors.secret(session, sari) == "A" * 32
    database.close()
