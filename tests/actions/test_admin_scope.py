"""An administrator of an area administers that area: nothing wider, nothing elsewhere, nothing for oneself."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.access import Viewer
from caseflow.actions import admin, offices, queue
from caseflow.actions.admin import ROOT, AddSignatory, AddUser
from caseflow.actions.offices import AddOffice
from caseflow.errors import CaseflowError, Forbidden, InvalidInput, NotFound
from caseflow.ids import new_id
from caseflow.store import accounts, users
from caseflow.store.accounts import Wanted
from tests.snapshots import snapshot
from tests.world import DISTRICT, ELSEWHERE, REGENCY, VILLAGE, World, viewer

TODAY = date(2026, 2, 2)
DAY = timedelta(days=1)
PROVINCE = "63"
Deed = Callable[[World, Viewer], object]


def new(world: World, username: str, role: str, area: str, **more: Any) -> str:  # noqa: ANN401 - of AddUser
    """Let the operator make an account."""
    command = AddUser(username=username, name=username.title(), role=role, area=area, starts_on=TODAY, **more)
    return admin.add_user(world.session, command, by=ROOT, at=world.now)


def grant(world: World, name: str, role: str, area: str, *, by: Viewer, **more: Any) -> str:  # noqa: ANN401 - dates
    return admin.grant_role(
        world.session, name, role, area, more.get("first", TODAY), more.get("last"), by=by, at=world.now
    )


def refused(world: World, error: type[CaseflowError], deed: Deed, by: Viewer) -> CaseflowError:
    world.session.execute(select(1))  # whatever waits to be written is written
    before = snapshot(world.session)
    with pytest.raises(error) as caught:
        deed(world, by)
    assert snapshot(world.session) == before
    return caught.value


def _adding(area: str) -> Deed:
    command = AddUser(username="baru", name="Baru", role="caseworker", area=area)
    return lambda w, by: admin.add_user(w.session, command, by=by, at=w.now)


def _signing(area: str) -> Deed:
    command = AddSignatory(office_area=area, post="Kepala", holder="X", starts_on=TODAY)
    return lambda w, by: admin.add_signatory(w.session, command, by=by, at=w.now)


def _institution(area: str) -> Deed:
    return lambda w, by: admin.add_institution(w.session, "RS", "health_facility", "D", "B", area, by=by, at=w.now)


def _office(area: str) -> Deed:
    command = AddOffice(area=area, government="P", agency="D", place="X", unit_code="U")
    return lambda w, by: offices.add_office(w.session, command, by=by, at=w.now)


# --- areas -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "deed",
    [
        _adding(ELSEWHERE),
        _adding(PROVINCE),
        _signing(ELSEWHERE),
        _institution(ELSEWHERE),
        _institution("6371"),
        _office("6371"),
        lambda w, by: offices.import_areas(w.session, "63.71", by=by, at=w.now),
        lambda w, by: offices.set_day(w.session, ELSEWHERE, TODAY, works=False, name="X", by=by, at=w.now),
        lambda w, by: grant(w, "rina", "caseworker", ELSEWHERE, by=by),
        lambda w, by: grant(w, "rina", "supervisor", PROVINCE, by=by),
        lambda w, by: grant(w, "admin", "supervisor", REGENCY, by=by),
        lambda w, by: admin.add_stand_in(w.session, "sari", "admin", TODAY, TODAY, by=by, at=w.now),
        lambda w, by: admin.deactivate_user(w.session, "admin", by=by, at=w.now),
        lambda w, by: queue.listing(w.session, [], 10, by=by),
        lambda w, by: queue.retry(w.session, str(new_id(w.now)), by=by, at=w.now),
    ],
)
def test_what_lies_outside_or_is_for_oneself_is_refused(world: World, deed: Deed) -> None:
    assert "{" not in str(refused(world, Forbidden, deed, viewer(world, "admin")))


@pytest.mark.parametrize(
    "deed",
    [_adding(REGENCY), _adding(VILLAGE), _signing(REGENCY), _institution(DISTRICT)],
)
def test_what_lies_inside_is_done(world: World, deed: Deed) -> None:
    deed(world, viewer(world, "admin"))


@pytest.mark.parametrize(
    "deed",
    [
        _institution("6371"),
        _office("63.71"),
        lambda w, by: offices.import_areas(w.session, "63.71", by=by, at=w.now),
        lambda w, by: queue.listing(w.session, [], 10, by=by),
        lambda w, by: grant(w, "rina", "caseworker", ELSEWHERE, by=by),
        lambda w, by: grant(w, "rina", "admin", PROVINCE, by=by),
    ],
)
def test_who_covers_every_office_administers_them_all(world: World, deed: Deed) -> None:
    deed(world, viewer(world, "pusat"))


def test_two_grants_that_cover_every_office_count_as_one(world: World) -> None:
    new(world, "berdua", "admin", REGENCY)
    assert not admin.administers_installation(world.session, viewer(world, "berdua"))
    grant(world, "berdua", "admin", ELSEWHERE, by=ROOT)
    assert admin.administers_installation(world.session, viewer(world, "berdua"))


@pytest.mark.parametrize(
    ("area", "sentence"),
    [
        ("63.10.99", "caseflow office regions 63.10 "),
        ("63.10.01.2099", "caseflow office regions 63.10.01 "),
        ("64.01", "caseflow office regions ("),
    ],
)
def test_an_area_nobody_recorded_is_refused_with_how_to_list_them(world: World, area: str, sentence: str) -> None:
    for deed in (_adding(area), lambda w, by: grant(w, "rina", "caseworker", area, by=by)):
        problems = refused(world, InvalidInput, deed, ROOT).data["problems"]
        assert set(problems) == {"area"}
        assert sentence in problems["area"]


# --- accounts --------------------------------------------------------------------------------------------------------

ACCOUNT: list[Deed] = [
    lambda w, by: admin.set_password(w.session, "orang", "kata sandi baru", by=by, at=w.now),
    lambda w, by: admin.add_token(w.session, "orang", "x", by=by, at=w.now),
    lambda w, by: admin.deactivate_user(w.session, "orang", by=by, at=w.now),
    lambda w, by: admin.activate_user(w.session, "orang", by=by, at=w.now),
    lambda w, by: grant(w, "orang", "caseworker", REGENCY, by=by),
    lambda w, by: admin.add_stand_in(w.session, "orang", "rina", TODAY, TODAY, by=by, at=w.now),
    lambda w, by: admin.add_stand_in(w.session, "rina", "orang", TODAY, TODAY, by=by, at=w.now),
]


@pytest.mark.parametrize("deed", ACCOUNT)
def test_an_account_elsewhere_is_not_there(world: World, deed: Deed) -> None:
    new(world, "orang", "caseworker", ELSEWHERE)
    refused(world, NotFound, deed, viewer(world, "admin"))
    assert "orang" not in listed(world, viewer(world, "admin"))


@pytest.mark.parametrize("deed", ACCOUNT)
def test_who_may_something_elsewhere_too_is_seen_and_left_alone(world: World, deed: Deed) -> None:
    new(world, "orang", "supervisor", PROVINCE)
    grant(world, "orang", "head", REGENCY, by=ROOT)
    by = viewer(world, "admin")
    refused(world, Forbidden, deed, by)
    seen = listed(world, by)["orang"]
    assert (seen.managed, [held.role for held in seen.roles]) == (False, ["head"])


@pytest.mark.parametrize("deed", ACCOUNT)
def test_who_stands_in_for_somebody_elsewhere_is_left_alone(world: World, deed: Deed) -> None:
    new(world, "orang", "caseworker", REGENCY)
    admin.add_stand_in(world.session, "luarsup", "orang", TODAY + DAY, TODAY + 2 * DAY, by=ROOT, at=world.now)
    refused(world, Forbidden, deed, viewer(world, "admin"))
    world.now += 3 * DAY
    deed(world, viewer(world, "admin"))


def test_who_moved_is_the_new_administrator_s(world: World) -> None:
    new(world, "orang", "caseworker", ELSEWHERE, ends_on=TODAY)
    grant(world, "orang", "caseworker", REGENCY, by=ROOT, first=TODAY + DAY)
    new(world, "adminluar", "admin", ELSEWHERE)
    here, there = viewer(world, "admin"), viewer(world, "adminluar")
    assert [listed(world, by)["orang"].managed for by in (here, there)] == [False, False]
    world.now += DAY
    assert [listed(world, by)["orang"].managed for by in (here, there)] == [True, False]


def test_an_account_without_a_role_left_is_of_who_covers_all_it_had(world: World) -> None:
    new(world, "orang", "caseworker", ELSEWHERE, ends_on=TODAY)
    grant(world, "orang", "caseworker", REGENCY, by=ROOT, last=TODAY)
    world.now += DAY
    assert not listed(world, viewer(world, "admin"))["orang"].managed
    assert listed(world, viewer(world, "pusat"))["orang"].managed


def test_the_filter_for_a_list_and_the_answer_for_one_agree(world: World) -> None:
    for name in ("admin", "pusat"):
        by = viewer(world, name)
        found = listed(world, by)
        for username, user in world.office.ids.items():
            managed = accounts.managed(world.session, by, user, on=TODAY)
            assert managed == (username in found and found[username].managed)
            assert accounts.seen(world.session, by, user) == (username in found)


# --- the list --------------------------------------------------------------------------------------------------------


def listed(world: World, by: Viewer, **wanted: Any) -> dict[str, accounts.Listed]:  # noqa: ANN401 - of Wanted
    found = admin.list_users(world.session, Wanted(**{"limit": 100, **wanted}), by=by, at=world.now)
    assert [account.username for account in found] == sorted(account.username for account in found)
    return {account.username: account for account in found}


def test_the_list_says_roles_and_whether_somebody_is_switched_off(world: World) -> None:
    admin.deactivate_user(world.session, "dewi", by=ROOT, at=world.now)
    found = listed(world, viewer(world, "admin"))
    assert set(found) >= {"rina", "dewi", "sari", "admin"}
    assert not set(found) & {"luar", "luarsup"}
    dewi = found["dewi"]
    assert (dewi.active, dewi.last_log_in, [(h.role, h.area) for h in dewi.roles]) == (
        False,
        None,
        [("caseworker", "631002")],
    )
    assert set(listed(world, ROOT)) == set(world.office.ids)


def test_the_list_by_area_role_and_state_page_by_page(world: World) -> None:
    assert set(listed(world, ROOT, area="63.02")) == {"luar", "luarsup"}
    assert set(listed(world, ROOT, role="caseworker", area=REGENCY)) == {"rina", "budi", "dewi"}
    assert "rina" not in listed(world, ROOT, active=False)
    names = sorted(world.office.ids)
    pages = [list(listed(world, ROOT, limit=5, after=names[n - 1] if n else "")) for n in range(0, len(names), 5)]
    assert [name for page in pages for name in page] == names
    for wrong in ({"area": "99"}, {"role": "boss"}):
        with pytest.raises(InvalidInput):
            listed(world, ROOT, **wrong)


@pytest.mark.parametrize("name", ["rina", "kadis", "audit"])
def test_the_list_is_for_administrators(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        listed(world, viewer(world, name))


# --- ending, switching off and on ------------------------------------------------------------------------------------


def test_a_role_ends_after_a_day_and_only_ever_earlier(world: World) -> None:
    by = viewer(world, "admin")
    held = grant(world, "rina", "supervisor", REGENCY, by=by, first=TODAY - DAY)

    def end(day: date | None) -> None:
        admin.end_role(world.session, held, day, by=by, at=world.now)

    end(TODAY + 5 * DAY)
    for day in (TODAY + 6 * DAY, TODAY - 2 * DAY):
        refused(world, InvalidInput, lambda _w, _by, day=day: end(day), by)  # type: ignore[misc]  # bound now
    end(None)
    assert "supervisor" in viewer(world, "rina").roles
    end(TODAY - DAY)
    assert "supervisor" not in viewer(world, "rina").roles


def test_a_role_that_has_not_begun_ends_on_its_first_day_at_the_earliest(world: World) -> None:
    by = viewer(world, "admin")
    held = grant(world, "rina", "supervisor", REGENCY, by=by, first=TODAY + 3 * DAY)
    refused(world, InvalidInput, lambda w, by: admin.end_role(w.session, held, TODAY, by=by, at=w.now), by)
    admin.end_role(world.session, held, TODAY + 3 * DAY, by=by, at=world.now)


def test_a_role_elsewhere_is_not_there(world: World) -> None:
    held = grant(world, "luar", "supervisor", ELSEWHERE, by=ROOT)
    for grant_id in (held, "x", str(new_id(world.now))):
        refused(
            world,
            NotFound,
            lambda w, by, one=grant_id: admin.end_role(w.session, one, TODAY, by=by, at=w.now),  # type: ignore[misc]  # bound now
            viewer(world, "admin"),
        )


def test_who_is_switched_off_lends_nothing_and_may_come_back(world: World) -> None:
    by = viewer(world, "admin")
    admin.add_stand_in(world.session, "sari", "budi", TODAY, TODAY, by=by, at=world.now)
    assert "supervisor" in viewer(world, "budi").roles
    admin.deactivate_user(world.session, "sari", by=by, at=world.now)
    assert "supervisor" not in viewer(world, "budi").roles
    assert not users.active(world.session, world.office.ids["sari"])
    admin.activate_user(world.session, "sari", by=by, at=world.now)
    assert users.active(world.session, world.office.ids["sari"])


def test_a_role_begins_today_where_the_office_is(world: World) -> None:
    early = world.now.replace(hour=1)  # still yesterday in UTC
    command = AddUser(username="pagi", name="Pagi", role="caseworker", area=REGENCY)
    admin.add_user(world.session, command, by=viewer(world, "admin"), at=early)
    (held,) = listed(world, viewer(world, "admin"))["pagi"].roles
    assert held.starts_on == TODAY


def test_a_partner_is_of_an_institution_within_the_area(world: World) -> None:
    new(world, "sana", "admin", ELSEWHERE)
    ours = world.office.institutions["charity"]
    command = AddUser(username="mata", name="Mata", role="partner", area=ELSEWHERE, institution=ours)
    refused(world, Forbidden, lambda w, by: admin.add_user(w.session, command, by=by, at=w.now), viewer(world, "sana"))
