"""Whoever is shown a restricted case, or is refused it, is on record before the answer leaves, whatever door it was."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from caseflow.store.tables import access_entry, case_file
from caseflow.store.verify import run
from tests.api.calling import Api
from tests.world import Office, World, ready_plan, take

CASES = "/api/v1/cases"
OF_SUPERVISOR = {"/assignees"}
"""Parts of a case that only who gives it to somebody reads."""
OF_OTHERS = ("/dossier", "/dossier.pdf", "/roster")
"""Parts that only a closed case has, or one of a group."""


def noted(api: Api, case: str | None = None) -> list[tuple[str, str]]:
    """Return code and data of the access entries about a case, or about any, oldest first."""
    query = select(access_entry).where(access_entry.c.code != "case:letter:made").order_by(access_entry.c.id)
    query = query.where(access_entry.c.case_id == case) if case else query.where(access_entry.c.case_id.is_not(None))
    with api.database.read() as session:
        return [(row.code, row.data) for row in session.execute(query)]


def parts(api: Api) -> list[str]:
    """Return what stands behind the case in every route that reads one."""
    prefix = "/api/v1/cases/{case}"
    found = [p for p, ways in api.application.openapi()["paths"].items() if p.startswith(prefix) and "get" in ways]
    parts_of = (path.removeprefix(prefix).format(stage="data_collection", code="PRSE") for path in found)
    return [part for part in parts_of if part not in OF_OTHERS]


def test_every_part_of_a_restricted_case_that_is_shown_is_on_record(any_api: Api) -> None:
    child, adult = any_api.case("intervention", "AT"), any_api.case("intervention")
    for part in parts(any_api):
        before = len(noted(any_api, child))
        reader = any_api.by("sari" if part in OF_SUPERVISOR else "rina")
        assert reader.get(f"{CASES}/{child}{part}").status_code == 200, part
        added = noted(any_api, child)[before:]
        assert [code for code, _data in added] == ["case:file:read"], part
        assert reader.get(f"{CASES}/{adult}{part}").status_code == 200, part
    assert noted(any_api, adult) == []
    said = Counter(data for _code, data in noted(any_api, child))
    assert {'{"part":"steps"}', '{"part":"letters"}', '{"part":"history"}', "{}"} <= set(said)
    with any_api.database.read() as session:
        assert run(session).broken == ()


def test_a_day_of_the_past_is_one_reading(api: Api) -> None:
    child = api.case("intervention", "AT")
    today = api.clock.now().date().isoformat()
    assert api.by("rina").get(f"{CASES}/{child}?as_of={today}").status_code == 200
    assert noted(api, child) == [("case:file:read", '{"part":"as_of"}')]


def test_lines_of_restricted_cases_are_on_record_once_a_day(any_api: Api) -> None:
    child, other, adult = (
        any_api.case(*which) for which in (("intervention", "AT"), ("data_collection", "AT"), ("assessment", "FM"))
    )
    rina, sari = any_api.by("rina"), any_api.by("sari")
    for _again in range(2):
        assert len(rina.get(CASES).json()["items"]) > 3
    assert noted(any_api, child) == noted(any_api, other) == [("case:line:read", '{"list":"list"}')]
    assert noted(any_api, adult) == []
    sari.get(CASES)
    any_api.clock.move_to(any_api.clock.now() + timedelta(days=1))
    rina.get(CASES)
    assert noted(any_api, child) == [("case:line:read", '{"list":"list"}')] * 3
    with any_api.database.read() as session:
        restricted = select(case_file.c.id).where(case_file.c.confidentiality != "R1")
        shown = len(session.execute(restricted).all())
    assert sum(code == "case:line:read" for code, _data in noted(any_api)) == 3 * shown


def test_what_a_search_finds_is_on_record(api: Api) -> None:
    child = api.case("intervention", "AT")
    rina = api.by("rina")
    number = rina.get(f"{CASES}/{child}").json()["number"]
    before = len(noted(api, child))
    for typed in (number, "tidak ada yang bernama begini"):
        assert rina.ask("POST", "/api/v1/search", {"q": typed}).status_code == 200
    assert noted(api, child)[before:] == [("case:line:read", '{"list":"search"}')]
    assert api.by("luar").ask("POST", "/api/v1/search", {"q": number}).json()["items"] == []
    assert len(noted(api, child)) == before + 1


def test_a_closed_file_in_a_list_is_on_record(api: Api) -> None:
    case = api.case("intervention")
    with api.database.write() as session:
        closed = {"confidentiality": "R3", "assignee_id": api.filled.ids["rina"]}
        session.execute(update(case_file).where(case_file.c.id == case).values(closed))
    assert [line["id"] for line in api.by("rina").get(f"{CASES}?assignee=me").json()["items"]].count(case) == 1
    assert noted(api, case) == [("case:line:read", '{"list":"list"}')]


def test_reviews_that_wait_are_on_record(api: Api) -> None:
    child = api.case("intervention_plan")
    with api.database.write() as session:
        office = Office(api.database, api.filled.ids, api.filled.institutions, {})
        world = World(office, session, api.clock.now())
        ready_plan(world, child)
        take(world, child, "approve_plan")
        session.execute(update(case_file).where(case_file.c.id == child).values(confidentiality="R2"))
    assert noted(api, child) == []
    (found,) = api.by("sari").get("/api/v1/reviews").json()["items"]
    assert noted(api, child) == [("case:line:read", '{"list":"reviews"}')]
    assert api.by("luarsup").post(f"/api/v1/reviews/{found['id']}/approve", {"expected_version": 1}).status_code == 404
    code, data = noted(api, child)[-1]
    assert (code, found["id"] in data, '"error":"NotFound"' in data) == ("case:act:refused", True, True)


# --- letters ---------------------------------------------------------------------------------------------------------


def lettered(api: Api) -> tuple[str, str]:
    """Return a restricted case and a letter of it, with its file."""
    case = api.case("assessment")
    rina = api.by("rina")
    said = {"answers": {"treatment_needed": True, "health_need": "rawat inap"}}
    assert rina.put(f"{CASES}/{case}/stages/data_collection", said, **{"If-Match": "*"}).status_code == 200
    agreed = {"purpose": "health_service", "relation": "self", "giver": "Ibu Aminah", "evidence": "Formulir 12"}
    assert api.change("rina", case, "consents", agreed).status_code == 201
    issued = api.change("rina", case, "letters", {"letter": "rjk-rs"})
    assert issued.status_code == 201, issued.text
    api.work()
    return case, str(issued.json()["id"])


def test_a_letter_that_is_shown_is_on_record(api: Api) -> None:
    case, letter = lettered(api)
    before = len(noted(api, case))
    for path in ("", "/pdf"):
        assert api.by("rina").get(f"/api/v1/letters/{letter}{path}").status_code == 200
    assert noted(api, case)[before:] == [("case:letter:read", f'{{"letter":"{letter}"}}')] * 2


@pytest.mark.parametrize("path", ["", "/pdf"])
def test_a_letter_that_is_refused_is_on_record(api: Api, path: str) -> None:
    case, letter = lettered(api)
    before = len(noted(api, case))
    assert api.by("luar").get(f"/api/v1/letters/{letter}{path}").status_code == 404
    assert noted(api, case)[before:] == [("case:act:refused", f'{{"error":"NotFound","letter":"{letter}"}}')]


@pytest.mark.parametrize("act_name", ["void", "sent"])
def test_a_refused_act_on_a_letter_names_its_case(api: Api, act_name: str) -> None:
    case, letter = lettered(api)
    before = len(noted(api, case))
    body: dict[str, Any] = {"expected_version": 1, **({"reason": "Salah alamat."} if act_name == "void" else {})}
    assert api.by("luar").post(f"/api/v1/letters/{letter}/{act_name}", body).status_code == 404
    assert noted(api, case)[before:] == [("case:act:refused", f'{{"error":"NotFound","letter":"{letter}"}}')]


@pytest.mark.parametrize("part", ["", "/steps", "/letters/offered", "/history", "/stages/assessment", "/assignees"])
def test_a_case_that_is_refused_is_on_record(api: Api, part: str) -> None:
    child = api.case("intervention", "AT")
    assert api.by("luar").get(f"{CASES}/{child}{part}").status_code == 404
    assert noted(api, child) == [("case:act:refused", '{"error":"NotFound"}')]


def test_a_letter_nobody_has_is_on_record_without_a_case(api: Api) -> None:
    nobody = "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"
    assert api.by("rina").get(f"/api/v1/letters/{nobody}/pdf").status_code == 404
    with api.database.read() as session:
        nowhere = select(access_entry.c.data).where(access_entry.c.code == "case:act:refused")
        nowhere = nowhere.where(access_entry.c.case_id.is_(None))
        assert session.execute(nowhere).scalars().all() == ['{"error":"NotFound"}']
