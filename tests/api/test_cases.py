"""Cases over HTTP: opening, lists page by page, searching, reading now and as of a day, history; entries of reading."""

from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select

from caseflow.store import cases as case_rows
from caseflow.store.tables import access_entry
from tests.api.calling import Api, problem
from tests.world import OTHER_VILLAGE, START, STATES, VILLAGE

CASES = "/api/v1/cases"
CHILD = {"name": "Budi Kecil", "birth": "sekitar 8 tahun", "sex": "L", "nik": "6310010101170001", "phone": "0812555000"}


def listed(api: Api, query: str = "", by: str = "rina") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.by(by).get(f"{CASES}?{query}").json()["items"]
    return items


def noted(api: Api, case: str) -> list[tuple[str, str]]:
    """Return code and actor of the access entries of a case."""
    query = select(access_entry).where(access_entry.c.case_id == case).order_by(access_entry.c.id)
    names = {user_id: name for name, user_id in api.filled.ids.items()}
    with api.database.read() as session:
        return [(row.code, names[row.actor]) for row in session.execute(query)]


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_case_is_opened_and_read(api: Api) -> None:
    rina = api.by("rina")
    answers = {"situation": "Sering sendirian.", "risk": "medium"}
    body = {"category": "AT", "area": "63.10.01.2001", "person": CHILD, "issue": "orphan", "answers": answers}
    opened = rina.post(CASES, body)
    assert opened.status_code == 201, opened.text
    made = opened.json()
    assert made["number"].startswith("6310-2027-")
    found = rina.get(f"{CASES}/{made['number']}").json()
    assert (found["id"], found["state"], found["state_label"]) == (made["id"], "data_collection", "Pengumpulan data")
    assert (found["confidentiality"], found["risk"], found["issue"]) == ("R2", "medium", "orphan")
    assert found["assignee"]["name"] == found["opened_by"]["name"] == "Rina"
    assert found["area"] == "Desa Maju Makmur, Kecamatan Batulicin, Kabupaten Tanah Bumbu"
    subject = found["subject"]
    assert (subject["name"], subject["age"], subject["child"]) == ("Budi Kecil", 8, True)
    assert (subject["nik"], subject["birth_accuracy"]) == (CHILD["nik"], "estimated")
    assert found["stages"] == [{"stage": "data_collection", "version": 1, "answers": answers}]
    assert [s["step"] for s in found["steps"]] == [
        "submit_for_assessment",
        "screen_out",
        "emergency_intervention",
        "terminate",
    ]
    assert found["roles"] == ["caseworker"]


def test_warnings_come_with_the_new_case(api: Api) -> None:
    body = {"category": "AT", "area": VILLAGE, "person": {**CHILD, "nik": "6310019999990001"}}
    made = api.by("rina").post(CASES, body).json()
    assert "Tanggal lahir di dalam NIK tidak mungkin." in made["warnings"]


def test_a_household_is_opened_with_its_members(api: Api) -> None:
    members = [
        {"person": {"name": "Rusdi", "birth": "1980-03-01", "sex": "L"}, "relation": "kepala keluarga"},
        {"person": {"name": "Mariam", "birth": {"age": 7}}, "relation": "anak", "basis": "lives_with"},
    ]
    body = {"category": "KME", "area": VILLAGE, "household": {"address": "RT 2", "members": members}}
    made = api.by("rina").post(CASES, body)
    assert made.status_code == 201, made.text
    found = api.by("rina").get(f"{CASES}/{made.json()['id']}").json()
    assert [(m["name"], m["basis"]) for m in found["members"]] == [("Rusdi", "on_kk"), ("Mariam", "lives_with")]
    assert found["subject"]["kind"] == "household"


def test_the_data_of_a_person_are_replaced(api: Api) -> None:
    case = api.case("intervention")
    assert api.change("rina", case, "person", {"person": {"alias": "Mak Minah", "sex": "P"}}, "PUT").status_code == 200
    subject = api.by("rina").get(f"{CASES}/{case}").json()["subject"]
    assert (subject["name"], subject["nik"], subject["birth_date"]) == ("Mak Minah", None, None)


# --- lists ------------------------------------------------------------------------------------------------------------


def test_a_list_is_read_page_by_page(api: Api) -> None:
    whole = [line["number"] for line in listed(api)]
    assert whole == sorted(whole, reverse=True)
    pages, cursor = [], ""
    while True:
        page = api.by("rina").get(f"{CASES}?limit=4{cursor}").json()
        pages.append([line["number"] for line in page["items"]])
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [number for page in pages for number in page] == whole
    assert [len(page) for page in pages[:-1]] == [4] * (len(pages) - 1)
    assert 1 <= len(pages[-1]) <= 4


def test_a_list_that_just_fits_has_no_next_page(api: Api) -> None:
    page = api.by("rina").get(f"{CASES}?limit={len(listed(api))}").json()
    assert page["next"] is None


@pytest.mark.parametrize("state", STATES)
def test_a_list_of_one_state(api: Api, state: str) -> None:
    found = listed(api, f"state={state}&category=FM")
    assert [line["id"] for line in found] == [api.case(state)]


def test_a_list_by_area_assignee_and_due_date(api: Api) -> None:
    body = {"category": "FM", "area": OTHER_VILLAGE, "person": {"name": "Warga Kusan", "birth": "1980-03-01"}}
    other = api.by("dewi").post(CASES, body).json()["id"]
    assert [line["id"] for line in listed(api, f"area={OTHER_VILLAGE}")] == [other]
    assert [line["id"] for line in listed(api, "area=63.10.02")] == [other]
    assert [line["id"] for line in listed(api, "assignee=me", by="dewi")] == [other]
    assert [line["id"] for line in listed(api, f"assignee={api.filled.ids['dewi']}", by="sari")] == [other]
    assert other not in [line["id"] for line in listed(api, "overdue=true")]
    assert api.case("assessment") in [line["id"] for line in listed(api, "overdue=true")]


def test_nobody_lists_what_is_elsewhere(api: Api) -> None:
    assert listed(api, by="luar") == listed(api, by="admin") == listed(api, by="mitra") == []


def test_a_closed_file_shows_a_pseudonym_and_no_category(api: Api) -> None:
    case = api.case("assessment")
    with api.database.write() as session:
        case_rows.amend(session, case, {"confidentiality": "R3"})
    (line,) = (found for found in listed(api) if found["id"] == case)
    assert line["name"] == f"Klien {line['number'][-6:]}"
    assert line["category"] == line["category_name"] == ""
    assert case not in [found["id"] for found in listed(api, by="sari")]


@pytest.mark.parametrize("q", ["Budi Kecil", "budi ketjil", "6310010101170001", "0812-555-000"])
def test_a_case_is_found_by_name_spelled_otherwise_nik_or_phone(api: Api, q: str) -> None:
    made = api.by("rina").post(CASES, {"category": "AT", "area": VILLAGE, "person": CHILD}).json()
    found = api.by("rina").post("/api/v1/search", {"q": q}).json()["items"]
    assert [line["id"] for line in found] == [made["id"]]
    assert api.by("luar").post("/api/v1/search", {"q": q}).json()["items"] == []


@pytest.mark.parametrize("q", ["6310 0110 0117 0099", "6310010101170001", "0812-555-000", "budi ketjil"])
def test_a_household_is_found_by_its_card_and_by_its_members(api: Api, q: str) -> None:
    home = {"kk": "6310011001170099", "members": [{"person": CHILD, "basis": "on_kk"}]}
    made = api.by("rina").post(CASES, {"category": "KME", "area": VILLAGE, "household": home}).json()
    assert [line["id"] for line in api.by("rina").post("/api/v1/search", {"q": q}).json()["items"]] == [made["id"]]
    assert api.by("luar").post("/api/v1/search", {"q": q}).json()["items"] == []
    with api.database.write() as session:
        case_rows.amend(session, made["id"], {"confidentiality": "R3"})
    assert api.by("sari").post("/api/v1/search", {"q": q}).json()["items"] == []


# --- reading ----------------------------------------------------------------------------------------------------------


def test_reading_a_restricted_case_is_on_record(api: Api) -> None:
    plain, restricted = api.case("intervention"), api.case("intervention", "AT")
    for path in ("", "/history", "/stages/assessment"):
        assert api.by("sari").get(f"{CASES}/{restricted}{path}").status_code == 200
        assert api.by("sari").get(f"{CASES}/{plain}{path}").status_code == 200
    assert noted(api, plain) == []
    assert noted(api, restricted) == [("case:file:read", "sari")] * 3


def test_a_refused_reading_or_act_is_on_record(api: Api) -> None:
    case = api.case("intervention")
    problem(api.by("luar").get(f"{CASES}/{case}"), 404, "NotFound")
    number = api.by("rina").get(f"{CASES}/{case}").json()["number"]
    problem(api.by("luar").get(f"{CASES}/{number}"), 404, "NotFound")
    problem(api.change("audit", case, "visits", {"finding": "Baik."}), 403, "Forbidden")
    problem(api.change("rina", case, "steps", {"step": "complete_intervention"}), 422, "StepRefused")
    assert noted(api, case) == [
        ("case:act:refused", "luar"), ("case:act:refused", "luar"), ("case:act:refused", "audit"),
        ("case:act:refused", "rina"),
    ]  # fmt: skip


def test_a_case_as_of_a_day(api: Api) -> None:
    case = api.case("closed")
    opened_on = api.by("sari").get(f"{CASES}/{case}/history").json()["items"][0]["event_date"]
    then = api.by("sari").get(f"{CASES}/{case}?as_of={opened_on}").json()
    now = api.by("sari").get(f"{CASES}/{case}?as_of={START.date()}").json()
    assert now["state"] == "closed"
    assert now["outcome"] == "goals_met"
    assert then["state"] != "closed"
    assert then["outcome"] is None
    assert then["entry"] < now["entry"]
    assert set(then) == set(now)
    assert now["stages"]["monitoring"]["contact_after"] == "Puskesos"


def test_the_history_tells_when_it_happened_when_it_was_typed_and_by_whom(api: Api) -> None:
    case = api.case("intervention")
    visit = {"finding": "Baik.", "visited_on": "2027-01-30"}
    assert api.change("budi", case, "visits", visit).status_code == 201
    items = api.by("rina").get(f"{CASES}/{case}/history").json()["items"]
    assert [e["seq"] for e in items] == list(range(1, len(items) + 1))
    assert items[0]["code"] == "case:opened"
    last = items[-1]
    assert (last["code"], last["event_date"], last["actor"]["name"]) == ("case:visit:recorded", "2027-01-30", "Budi")
    assert last["entered_at"].startswith("2027-02-02")
    assert last["words"]["finding"] == "Baik."


def test_the_version_that_a_conflict_shows_stays_for_the_answer_to_it(api: Api) -> None:
    path = f"{CASES}/{api.case('assessment')}/stages/assessment"

    def typed(name: str, version: int, **answers: str) -> Response:
        return api.by(name).put(path, {"answers": answers, "final": False}, if_match=f'"{version}"')

    first = typed("rina", 0, problems="Atap.", strengths="Anak.").json()["version"]
    second = typed("budi", first, problems="Lantai.").json()["version"]
    shown = problem(typed("rina", first, problems="Dinding."), 409, "VersionConflict")["version"]
    assert (shown, typed("budi", shown, strengths="Nenek.").status_code) == (second, 200)
    answer = typed("rina", shown, problems="Dinding dan lantai.", strengths="Anak.")
    assert answer.json()["answers"] == {"problems": "Dinding dan lantai.", "strengths": "Nenek."}


def test_a_letter_is_issued_rendered_read_and_checked(api: Api) -> None:
    case, rina = api.case("intervention"), api.by("rina")
    answers = {"treatment_needed": True, "health_need": "pemeriksaan lanjutan"}
    rina.put(f"{CASES}/{case}/stages/data_collection", {"answers": answers}, if_match="*")
    refused = problem(api.change("rina", case, "letters", {"letter": "rjk-rs"}), 422, "StepRefused")
    (offer,) = (o for o in rina.get(f"{CASES}/{case}/letters/offered").json() if o["letter"] == "rjk-rs")
    assert (offer["allowed"], offer["unmet"]) == (False, refused["unmet"])
    assert {f["key"]: f["value"] for f in offer["fields"]}["health_need"] == "pemeriksaan lanjutan"
    api.change("rina", case, "consents", {"purpose": "health_service", "relation": "self", "giver": "Aminah"})
    (offer,) = (o for o in rina.get(f"{CASES}/{case}/letters/offered").json() if o["letter"] == "rjk-rs")
    assert offer["allowed"]
    issued = api.change("rina", case, "letters", {"letter": "rjk-rs"})
    assert issued.status_code == 201, issued.text
    path = f"/api/v1/letters/{issued.json()['id']}"
    waiting = problem(rina.get(f"{path}/pdf"), 422, "Refused")
    assert waiting["message"] == "Berkas surat sedang dibuat. Coba lagi sebentar."
    api.work()
    letter = rina.get(path).json()
    assert (letter["state"], letter["has_pdf"], letter["case_id"]) == ("rendered", True, case)
    pdf = rina.get(f"{path}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == f'attachment; filename="{letter["number"].replace("/", "-")}.pdf"'
    checked = api.client.get(f"/api/v1/verify/{letter['check_code'].lower()}").json()
    assert checked == {
        "state": "genuine", "number": letter["number"], "letter_date": letter["letter_date"],
        "office": "Dinas Sosial Pemerintah Kabupaten Batulicin", "title": "Surat dinas",
        "replaced_by": "", "replaced_on": None,
    }  # fmt: skip


def test_messages_are_said_in_the_readers_language_and_read_once(api: Api) -> None:
    case = api.case("assessment")
    api.change("sari", case, "assignment", {"assignee": api.filled.ids["budi"]}, "PUT")
    budi = api.by("budi")
    (message,) = budi.get("/api/v1/inbox?unread=true").json()["items"]
    assert (message["title"], message["case_id"]) == ("Penugasan", case)
    (english,) = budi.get("/api/v1/inbox", accept_language="en").json()["items"]
    assert english["text"] == f"Case {message['case_number']} was assigned to you."
    for _again in range(2):
        assert budi.post(f"/api/v1/inbox/{message['id']}/read").status_code == 200
    assert budi.get("/api/v1/inbox?unread=true").json()["items"] == []
    assert budi.get("/api/v1/inbox").json()["items"][0]["read_at"] is not None


def test_whom_a_case_can_be_given_to(api: Api) -> None:
    found = api.by("sari").get(f"{CASES}/{api.case('assessment')}/assignees").json()
    assert [n["name"] for n in found] == ["Rina", "Budi"]


def test_who_i_am(api: Api) -> None:
    me = api.by("dewi").get("/api/v1/me").json()
    assert me["roles"] == [{"role": "caseworker", "area": "631002", "for_user": ""}]
    assert me["id"] == api.filled.ids["dewi"]


def test_categories_say_what_their_forms_ask(api: Api) -> None:
    rina = api.by("rina")
    lines = rina.get("/api/v1/categories").json()["items"]
    codes = [c["code"] for c in lines]
    assert codes == sorted(codes)
    assert {"AT", "FM", "KME"} <= set(codes)
    shown = rina.get("/api/v1/categories/at", accept_language="en").json()
    fields = {f["key"]: f for f in shown["stages"]["data_collection"]}
    assert fields["criterion_neglected"]["choices"] == {"yes": "Yes", "no": "No", "unknown": "Not known yet"}
    assert fields["situation"]["required"]
    assert {s["step"] for s in shown["steps"]} >= {"approve_plan", "close_case"}
    problem(rina.get("/api/v1/categories/XX"), 404, "NotFound")


def test_institutions_by_kind(api: Api) -> None:
    rina = api.by("rina")
    assert len(rina.get("/api/v1/institutions").json()["items"]) == len(api.filled.institutions)
    (home,) = rina.get("/api/v1/institutions?kind=child_institution").json()["items"]
    assert home["id"] == api.filled.institutions["child_institution"]
    problem(rina.get("/api/v1/institutions?kind=x"), 422, "InvalidInput")
