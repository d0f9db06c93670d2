"""Accounts over the API: who is listed, what ends at once, what is refused with which words."""

from typing import Any

from caseflow import crypto, edge
from caseflow.store import users
from tests.api.calling import Api, problem

USERS = "/api/v1/users"
PASSWORD = "sandi yang panjang"


def listed(api: Api, by: str = "admin", **wanted: str) -> dict[str, dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in {"limit": "200", **wanted}.items())
    found = api.by(by).get(f"{USERS}?{query}")
    assert found.status_code == 200, found.text
    return {account["username"]: account for account in found.json()["items"]}


def test_the_list_ends_where_the_administrator_s_area_ends(any_api: Api) -> None:
    here, everywhere = listed(any_api), listed(any_api, "pusat")
    assert {"luar", "luarsup", "pusat"} == set(everywhere) - set(here)
    assert here["rina"]["roles"][0].items() >= {"role": "caseworker", "area": "6310", "ends_on": None}.items()
    assert set(listed(any_api, role="supervisor")) == {"sari", "bambang"}
    assert set(listed(any_api, area="63.10.02")) == {"dewi"}


def test_pages_of_the_list_follow_each_other(api: Api) -> None:
    names: list[str] = []
    after: str | None = ""
    while after is not None:
        page = api.by("pusat").get(f"{USERS}?limit=4&after={after}").json()
        names += [account["username"] for account in page["items"]]
        after = page["next"]
    assert names == sorted(api.filled.ids)


def test_a_log_in_is_seen_and_no_password_is(api: Api) -> None:
    assert listed(api)["rina"]["last_log_in"] is None
    with api.database.write() as session:
        users.set_password(session, api.filled.ids["rina"], crypto.hash_password(PASSWORD))
    edge.log_in(api.application.state.edge, "rina", PASSWORD)
    assert listed(api)["rina"]["last_log_in"]
    assert "password" not in api.by("admin").get(USERS).text


def test_who_is_switched_off_is_out_at_once(any_api: Api) -> None:
    rina = any_api.filled.ids["rina"]
    assert any_api.by("rina").get("/api/v1/me").status_code == 200
    assert any_api.by("admin").post(f"{USERS}/{rina}/deactivate").status_code == 200
    problem(any_api.by("rina").get("/api/v1/me"), 401, "NotAuthenticated")
    assert listed(any_api, active="false").keys() == {"rina"}
    assert any_api.by("admin").post(f"{USERS}/{rina}/activate").status_code == 200
    problem(any_api.by("rina").get("/api/v1/me"), 401, "NotAuthenticated")


def test_a_role_ends_and_with_it_what_it_allowed(api: Api) -> None:
    (held,) = listed(api)["rina"]["roles"]
    yesterday = "2027-02-01"
    assert api.by("admin").post(f"{USERS}/roles/{held['id']}/end", {"last_day": yesterday}).status_code == 200
    assert api.by("rina").get("/api/v1/me").json()["roles"] == []
    assert listed(api)["rina"]["roles"][0]["ends_on"] == yesterday
    later = api.by("admin").post(f"{USERS}/roles/{held['id']}/end", {"last_day": "2027-03-01"})
    assert set(problem(later, 422, "InvalidInput")["problems"]) == {"last_day"}


def test_an_unknown_area_is_refused_with_where_to_look(api: Api) -> None:
    body = {"username": "baru", "name": "Baru", "role": "caseworker", "area": "63.10.99"}
    said = problem(api.by("admin").post(USERS, body), 422, "InvalidInput")
    assert "/api/v1/areas?within=63.10" in said["problems"]["area"]
    assert {a["code"] for a in api.by("admin").get("/api/v1/areas?within=63.10").json()["items"]} >= {"6310", "631001"}
    assert {a["code"] for a in api.by("admin").get("/api/v1/areas").json()["items"]} == {"6310", "6302"}


def test_what_lies_elsewhere_is_not_there_and_nothing_wider_is_given(api: Api) -> None:
    wide = {"role": "caseworker", "area": "63"}
    admin, ids = api.by("admin"), api.filled.ids
    problem(admin.post(f"{USERS}/{ids['luar']}/deactivate"), 404, "NotFound")
    problem(admin.post(f"{USERS}/{ids['pusat']}/deactivate"), 404, "NotFound")
    problem(admin.post(f"{USERS}/{ids['rina']}/roles", wide), 403, "Forbidden")
    problem(admin.post(f"{USERS}/{ids['admin']}/roles", {**wide, "area": "6310"}), 403, "Forbidden")
    problem(admin.post(f"{USERS}/nobody/roles", wide), 404, "NotFound")
