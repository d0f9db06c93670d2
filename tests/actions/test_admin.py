"""Accounts, roles, stand-ins, signatories and institutions: by an administrator only, each on record."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.access import Viewer
from caseflow.actions import admin
from caseflow.actions.admin import AddSignatory, AddUser
from caseflow.errors import Forbidden, InvalidInput, NotFound
from caseflow.store import users
from caseflow.store.tables import access_entry
from tests.snapshots import snapshot
from tests.world import REGENCY, World, viewer

TODAY = date(2026, 2, 2)
NEW: dict[str, Any] = {"username": "baru", "name": "Orang Baru", "role": "caseworker", "area": REGENCY}

# What an administrator does, as f(world, by); the same for who may and who may not.
DEEDS: dict[str, Callable[[World, Viewer], object]] = {
    "user:role:granted": lambda w, by: admin.add_user(w.session, AddUser(**NEW), by=by, at=w.now),
    "user:stand_in:added": lambda w, by: admin.add_stand_in(
        w.session, "sari", "bambang", TODAY, TODAY, by=by, at=w.now
    ),
    "user:token:added": lambda w, by: admin.add_token(w.session, "rina", "ponsel", by=by, at=w.now),
    "user:account:deactivated": lambda w, by: admin.deactivate_user(w.session, "rina", by=by, at=w.now),
    "office:signatory:added": lambda w, by: admin.add_signatory(
        w.session, AddSignatory(office_area=REGENCY, post="Kepala", holder="X", starts_on=TODAY), by=by, at=w.now
    ),
    "institution:added": lambda w, by: admin.add_institution(
        w.session, "SMPN 1", "school", "Kepala SMPN 1", "Batulicin", REGENCY, by=by, at=w.now
    ),
}


@pytest.mark.parametrize("code", DEEDS)
def test_an_administrator_does_it_on_record(world: World, code: str) -> None:
    DEEDS[code](world, viewer(world, "admin"))
    entry = world.session.execute(select(access_entry).where(access_entry.c.entered_at == world.now)).one()
    assert (entry.code, entry.actor) == (code, world.office.ids["admin"])


@pytest.mark.parametrize("code", DEEDS)
@pytest.mark.parametrize("by", ["kadis", "sari", "audit", "rina"])
def test_nobody_else_does_it(world: World, code: str, by: str) -> None:
    before = snapshot(world.session)
    with pytest.raises(Forbidden):
        DEEDS[code](world, viewer(world, by))
    assert snapshot(world.session) == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": " "}, "username"),
        ({"username": "x" * 81}, "username"),
        ({"username": "rina"}, "username"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "x" * 201}, "email"),
        ({"email": "a@dinsos.example\r\nBcc: b@dinsos.example"}, "email"),
        ({"email": "a@dinsos.example,b@dinsos.example"}, "email"),
        ({"role": "boss"}, "role"),
        ({"role": "system"}, "role"),
        ({"area": "63.1"}, "area"),
        ({"password": "short"}, "password"),
        ({"starts_on": TODAY, "ends_on": TODAY - timedelta(days=1)}, "ends_on"),
    ],
)
def test_what_is_wrong_with_an_account(world: World, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        admin.add_user(world.session, AddUser(**{**NEW, **wrong}), by=admin.ROOT, at=world.now)
    assert set(refused.value.data["problems"]) == {field}


def test_a_role_that_does_not_exist_is_not_granted(world: World) -> None:
    for role in ("boss", "system"):
        with pytest.raises(InvalidInput):
            admin.grant_role(
                world.session, world.office.ids["rina"], role, REGENCY, TODAY, None, by=admin.ROOT, at=world.now
            )


def test_roles_have_a_first_and_a_last_day(world: World) -> None:
    last = world.today + timedelta(days=10)
    command = AddUser(**{**NEW, "starts_on": world.today + timedelta(days=2), "ends_on": last})
    admin.add_user(world.session, command, by=admin.ROOT, at=world.now)
    roles = {}
    for days in (1, 2, 10, 11):
        world.now += timedelta(days=days) - (world.now.date() - TODAY)
        roles[days] = set(viewer(world, "baru").roles)
    assert roles == {1: set(), 2: {"caseworker"}, 10: {"caseworker"}, 11: set()}


def test_a_stand_in_is_somebody_else_who_exists(world: World) -> None:
    for deputy, error in (("sari", InvalidInput), ("nobody", NotFound)):
        with pytest.raises(error):
            admin.add_stand_in(world.session, "sari", deputy, TODAY, TODAY, by=admin.ROOT, at=world.now)
    with pytest.raises(InvalidInput):
        admin.add_stand_in(world.session, "sari", "budi", TODAY, TODAY - timedelta(days=1), by=admin.ROOT, at=world.now)


def test_who_is_absent_is_replaced_by_who_stands_in_and_works(world: World) -> None:
    def supervisors() -> set[str]:
        names = {user: name for name, user in world.office.ids.items()}
        return {names[user] for user in users.holders(world.session, "supervisor", REGENCY, world.today)}

    admin.add_stand_in(world.session, "sari", "budi", TODAY, TODAY, by=admin.ROOT, at=world.now)
    assert supervisors() == {"bambang", "budi"}
    admin.deactivate_user(world.session, "budi", by=admin.ROOT, at=world.now)
    assert supervisors() == {"bambang", "sari"}, "a deputy who left stands in for nobody"


def test_a_stand_in_lends_nothing_that_came_later(world: World) -> None:
    admin.add_stand_in(world.session, "dewi", "budi", TODAY, date(2099, 1, 1), by=admin.ROOT, at=world.now)
    later = world.now + timedelta(days=1)
    admin.grant_role(world.session, "dewi", "supervisor", REGENCY, TODAY, None, by=admin.ROOT, at=later)
    assert "supervisor" not in viewer(world, "budi").roles
    assert world.office.ids["dewi"] in users.holders(world.session, "supervisor", REGENCY, world.today)


def test_a_stand_in_lends_no_administration(world: World) -> None:
    admin.add_stand_in(world.session, "admin", "budi", TODAY, TODAY, by=admin.ROOT, at=world.now)
    assert "admin" not in viewer(world, "budi").roles


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"prefix": "Ir."}, "prefix"),
        ({"prefix": "a.n."}, "own_post"),
        ({"prefix": "a.n.", "own_post": " "}, "own_post"),
        ({"prefix": "Plt.", "own_post": "Sekretaris"}, "own_post"),
        ({"prefix": "a.n.", "own_post": "x" * 201}, "own_post"),
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
        ({"office_area": "11"}, "area"),
        ({"holder": "x" * 201}, "holder"),
        ({"post": ""}, "post"),
    ],
)
def test_what_is_wrong_with_a_signatory(world: World, wrong: dict[str, Any], field: str) -> None:
    good = {"office_area": REGENCY, "post": "Kepala", "holder": "X", "starts_on": TODAY}
    with pytest.raises(InvalidInput) as refused:
        admin.add_signatory(world.session, AddSignatory(**{**good, **wrong}), by=admin.ROOT, at=world.now)
    assert set(refused.value.data["problems"]) == {field}


@pytest.mark.parametrize(
    ("name", "kind", "field"), [("", "school", "name"), ("x" * 201, "school", "name"), ("X", "pub", "kind")]
)
def test_what_is_wrong_with_an_institution(world: World, name: str, kind: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        admin.add_institution(world.session, name, kind, "Kepala", "Batulicin", REGENCY, by=admin.ROOT, at=world.now)
    assert set(refused.value.data["problems"]) == {field}
