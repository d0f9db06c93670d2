"""What the API has to be asked before there is something to ask about: one function for each thing, and its ids."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import update

from caseflow.store import cases, second_factors
from caseflow.store.tables import role_grant
from tests.api.calling import Api
from tests.counting import count_and_freeze

V1 = "/api/v1"
CASE = f"{V1}/cases/{{case}}"
CONFERENCE: dict[str, Any] = {"meets_on": "2027-02-20", "time": "09.00", "place": "Ruang rapat", "agenda": "Peran"}
CONFERENCE |= {"invited": [["Kepala Puskesmas", "Puskesmas"]]}
MINUTES: dict[str, Any] = {"place": "Ruang rapat", "chair": "Kepala Bidang", "discussion": "Pilihan layanan."}
MINUTES |= {"present": [["Rina", "Pekerja Sosial"]], "decisions": [["Pemeriksaan", "Puskesmas", "Maret"]]}
ASSIGNMENT = {"task": "outreach", "place": "Pagatan", "from_date": "2027-02-10", "officers": [["Rina", "", "TKSK"]]}
INSTRUMENT: dict[str, Any] = {"instrument": "FM262", "answers": {"no_home": "yes"}}
OTHERS = {"cases": ["6310-2026-000001"]}
ENDED = {**OTHERS, "outcome": "done"}
ROWS: dict[str, Any] = {"method": "POST", "versioned": False, "not_by": None}
"""How several cases are written in one request: who may not is told row by row."""
Ids = dict[str, str]


def picture() -> str:
    """Return a photo as base64."""
    file = BytesIO()
    Image.new("RGB", (40, 30)).save(file, "JPEG")
    return b64encode(file.getvalue()).decode()


def made(api: Api, case: str, path: str, body: Mapping[str, Any]) -> str:
    response = api.change("rina", case, path, body)
    assert response.status_code == 201, response.text
    found: str = response.json()["id"]
    return found


def planned(api: Api, case: str) -> Ids:
    return {"item": api.by("rina").get(CASE.format(case=case)).json()["plan"][0]["id"]}


def proposed(api: Api, case: str) -> Ids:
    return {"item": made(api, case, "plan-items", {"intervention": "SEMBAKO", "goal": "Pangan"})}


def community(api: Api, _case: str) -> Ids:
    """Open a case of a community, with who represents it."""
    speaker = {"name": "Damang Ayal", "representative": True}
    group = {"kind": "community", "name": "Balai Adat", "members": [speaker]}
    response = api.by("rina").post(f"{V1}/cases", {"category": "KAT", "area": "6310012001", "group": group})
    assert response.status_code == 201, response.text
    case: str = response.json()["id"]
    return {"case": case, "member": api.by("rina").get(f"{V1}/cases/{case}/roster").json()["items"][0]["id"]}


_ROWS = [{"name": "Utuh", "starts_on": "2026-02-01"}, {"name": "Idah", "representative": "ya"}]
MEMBERS: dict[str, Any] = {"method": "POST", "body": {"rows": _ROWS}, "before": community}
"""A sheet of members, sent or looked at."""


def told(api: Api, case: str) -> Ids:
    """Let the charity be told of the case."""
    agreed = {"purpose": "referral", "relation": "self", "giver": "Aminah", "receiver": "charity"}
    return {"consent": made(api, case, "consents", agreed)}


def referral(api: Api, case: str) -> Ids:
    told(api, case)
    body = {"institution": api.filled.institutions["charity"], "need": "Bantuan modal."}
    return {"referral": made(api, case, "referrals", body)}


AWAY = {"area": "6302012001", "reason": "Pindah.", "handed": "Bantuan Juni belum diterima."}


def away(api: Api, case: str) -> Ids:
    """Offer the case to another area."""
    response = api.change("sari", case, "transfer", AWAY)
    assert response.status_code == 201, response.text
    return {"transfer": response.json()["id"]}


def linked(api: Api, case: str) -> Ids:
    ids = referral(api, case)
    response = api.change("rina", case, f"referrals/{ids['referral']}/link")
    assert response.status_code == 201, response.text
    return {**ids, "reply": response.json()["code"]}


def offered(api: Api, case: str) -> Ids:
    ids = linked(api, case)
    response = api.client.post(f"{V1}/replies/{ids['reply']}", json={"status": "accepted", "officer": "Ani"})
    assert response.status_code == 200, response.text
    return ids


def addressed(api: Api, case: str) -> Ids:
    with api.database.write() as session:
        mine = role_grant.c.user_id == api.filled.ids["mitra"]
        session.execute(update(role_grant).where(mine).values(institution_id=api.filled.institutions["charity"]))
    return referral(api, case)


def conference(api: Api, case: str) -> Ids:
    """Plan a conference of the case on another day."""
    return {"conference": made(api, case, "conferences", CONFERENCE)}


def measured(api: Api, case: str) -> Ids:
    """Fill in an instrument on the case."""
    return {"fill": made(api, case, "instruments", INSTRUMENT)}


def placement(api: Api, case: str) -> Ids:
    return {"placement": made(api, case, "placements", {"kind": "kin", "carer": "Rusdi"})}


def consent(api: Api, case: str) -> Ids:
    return {"consent": made(api, case, "consents", {"purpose": "data", "relation": "self", "giver": "Aminah"})}


def asked(api: Api, case: str) -> Ids:
    body = {"step": "terminate", "note": "Pindah ke kota lain.", "details": {"reason_code": "moved", "source": "RT"}}
    response = api.change("rina", case, "steps", body)
    assert response.status_code == 202, response.text
    return {"review": response.json()["review"]}


def letter(api: Api, case: str) -> Ids:
    answers = {"treatment_needed": True, "health_need": "pemeriksaan lanjutan"}
    path = f"{CASE.format(case=case)}/stages/data_collection"
    assert api.by("rina").put(path, {"answers": answers}, if_match="*").status_code == 200
    made(api, case, "consents", {"purpose": "health_service", "relation": "self", "giver": "Aminah"})
    return {"letter": made(api, case, "letters", {"letter": "rjk-rs"})}


def post_held(api: Api, _case: str) -> Ids:
    response = api.by("admin").post(f"{V1}/initials/holders", {"post": "Kepala Bidang", "user": "sari"})
    assert response.status_code == 201, response.text
    return {"holder": response.json()["id"]}


def drafted(api: Api, case: str) -> Ids:
    """Let a recommendation wait for the initial of sari."""
    ids = post_held(api, case)
    response = api.by("admin").put(f"{V1}/initials/chains", CHAIN)
    assert response.status_code == 200, response.text
    return {**ids, "draft": letter(api, case)["letter"]}


def rendered(api: Api, case: str) -> Ids:
    ids = letter(api, case)
    api.work()
    return ids


def attached(api: Api, case: str) -> Ids:
    response = api.by("rina").post(f"{CASE.format(case=case)}/attachments", PICTURE)
    assert response.status_code == 201, response.text
    return {"attachment": response.json()["id"]}


def scanned(api: Api, case: str) -> Ids:
    ids = rendered(api, case)
    body = {"content": SCAN, "expected_version": api.version(case)}
    response = api.by("rina").post(f"{V1}/letters/{ids['letter']}/scan", body)
    assert response.status_code == 200, response.text
    return ids


def letter_order(api: Api, case: str) -> Ids:
    number = api.by("rina").get(CASE.format(case=case)).json()["number"]
    body = {"letter": "st", "rows": [{"case": number, "fields": ASSIGNMENT}]}
    response = api.by("rina").post(f"{V1}/letter-orders", body)
    assert response.status_code == 201, response.text
    return {"order": response.json()["id"]}


def report_asked(api: Api, _case: str) -> Ids:
    response = api.by("sari").post(f"{V1}/reports", {"month": "2026-01"})
    assert response.status_code == 201, response.text
    return {"report": response.json()["id"]}


def report_frozen(api: Api, case: str) -> Ids:
    """Do what the job of a report does."""
    ids = report_asked(api, case)
    with api.database.write() as session:
        count_and_freeze(session, ids["report"], at=api.clock.now())
    return ids


def target(api: Api, _case: str) -> Ids:
    return {"target": api.by("sari").post(f"{V1}/targets", TARGET).json()["items"][0]["id"]}


def step_taken(api: Api, case: str) -> Ids:
    found = api.by("sari").get(f"{V1}/audit/steps?every=true&start=2020-01-01&step=submit_for_assessment").json()
    return {"seq": str(next(each["seq"] for each in found["items"] if each["case_id"] == case))}


def questioned(api: Api, case: str) -> Ids:
    ids = step_taken(api, case)
    body = {"of": api.filled.ids["rina"], "text": "Mengapa hari itu?"}
    response = api.by("sari").post(f"{V1}/audit/steps/{case}/{ids['seq']}/questions", body)
    assert response.status_code == 201, response.text
    return {**ids, "question": response.json()["id"]}


def questioned_and_answered(api: Api, case: str) -> Ids:
    ids = questioned(api, case)
    response = api.by("rina").post(f"{V1}/audit/questions/{ids['question']}/answer", {"text": "Hari itu libur."})
    assert response.status_code == 200, response.text
    return ids


def held(api: Api, case: str) -> Ids:
    body = {"until": "2027-02-10", "reason": "Keluarga di luar daerah."}
    assert api.change("rina", case, "hold", body).status_code == 200
    return {}


def message(api: Api, _case: str) -> Ids:
    body = {"assignee": api.filled.ids["budi"]}
    assert api.change("sari", api.case("assessment"), "assignment", body, "PUT").status_code == 200
    return {"message": api.by("budi").get(f"{V1}/inbox").json()["items"][0]["id"]}


def ready_for_letter(api: Api, case: str) -> Ids:
    letter(api, case)
    return {}


def somebody(api: Api, _case: str) -> Ids:
    return {"user": api.filled.ids["budi"]}


def with_factor(api: Api, _case: str) -> Ids:
    user = api.filled.ids["budi"]
    with api.database.write() as session:
        second_factors.enrol(session, user, "A" * 32)
        second_factors.confirm(session, user, (), at=api.clock.now())
    return {"user": user}


def leaver(api: Api, _case: str) -> Ids:
    return {"user": api.filled.ids["rina"]}


def granted(api: Api, _case: str) -> Ids:
    response = api.by("admin").post(f"{V1}/users/{api.filled.ids['budi']}/roles", CASEWORKER)
    assert response.status_code == 201, response.text
    return {"grant": response.json()["id"]}


def to_erase(api: Api, case: str) -> Ids:
    """Ask for an erasure years after the case was closed."""
    api.clock.move_to(api.clock.now() + timedelta(days=6 * 366))
    return {"erasure": made(api, case, "erasures", ASK_ERASURE)}


TARGET = {"area": "631001", "measure": "opened", "start": "2026-01-01", "end": "2026-12-31", "amount": 10}
PICTURE = {"content": picture(), "kind": "house", "note": "Dinding lapuk."}
SCAN = b64encode(b"%PDF-1.4 tinta dan cap").decode()
CHAIN = {"letter": "rjk-rs", "posts": ["Kepala Bidang"]}
ASK_ERASURE = {"basis": "request", "applicant": "Aminah, klien sendiri", "reason": "Permintaan sendiri."}
CASEWORKER = {"role": "caseworker", "area": "63.10"}
SOME_ID = "0198d3a2-7c1e-7a51-9f0e-3f1f6c2b9d10"
AMINAH = {"name": "Aminah", "birth": "1980-03-01", "sex": "P"}
TERMINATE = {"step": "terminate", "note": "Pindah.", "details": {"reason_code": "moved", "source": "RT"}}


def closed_file(api: Api, case: str) -> Ids:
    """Close the file of a case to its worker."""
    with api.database.write() as session:
        cases.amend(session, case, {"confidentiality": "R3"})
        row = cases.by_id(session, case)
    assert row is not None
    return {"number": row.number}
