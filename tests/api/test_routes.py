"""Every route of the API: once by somebody who may, once by somebody who may not; the table misses none."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from httpx2 import Response
from PIL import Image
from sqlalchemy import update

from caseflow.actions import reports
from caseflow.store import second_factors
from caseflow.store.tables import role_grant
from tests.api.calling import WRITES, Api, problem
from tests.world import VILLAGE

V1 = "/api/v1"
CASE = f"{V1}/cases/{{case}}"
ABSENT = (404, "NotFound")
NOT_YOURS = (403, "Forbidden")
PUBLIC = ("/healthz", "/readyz", f"{V1}/verify/{{code}}", f"{V1}/replies/{{reply}}")
ASSIGNMENT = {"task": "outreach", "place": "Pagatan", "from_date": "2027-02-10", "officers": [["Rina", "", "TKSK"]]}
Ids = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, who may send it with which answer, and who may not."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    case: tuple[str, str] = ("FM", "intervention")
    before: Callable[[Api, str], Ids] = lambda _api, _case: {}
    by: str = "rina"
    status: int = 200
    not_by: str | None = "luar"
    refused: tuple[int, str] = ABSENT
    versioned: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)


def picture() -> str:
    """Return a photo as base64."""
    file = BytesIO()
    Image.new("RGB", (40, 30)).save(file, "JPEG")
    return b64encode(file.getvalue()).decode()


# --- what has to be there before -------------------------------------------------------------------------------------


def made(api: Api, case: str, path: str, body: Mapping[str, Any]) -> str:
    response = api.change("rina", case, path, body)
    assert response.status_code == 201, response.text
    found: str = response.json()["id"]
    return found


def planned(api: Api, case: str) -> Ids:
    return {"item": api.by("rina").get(CASE.format(case=case)).json()["plan"][0]["id"]}


def proposed(api: Api, case: str) -> Ids:
    return {"item": made(api, case, "plan-items", {"intervention": "SEMBAKO", "goal": "Pangan"})}


def told(api: Api, case: str) -> Ids:
    """Let the charity be told of the case."""
    agreed = {"purpose": "referral", "relation": "self", "giver": "Aminah", "receiver": "charity"}
    return {"consent": made(api, case, "consents", agreed)}


def referral(api: Api, case: str) -> Ids:
    told(api, case)
    body = {"institution": api.filled.institutions["charity"], "need": "Bantuan modal."}
    return {"referral": made(api, case, "referrals", body)}


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
        plan = reports.begin(session, ids["report"])
        assert plan is not None
        reports.freeze(session, plan, reports.count_all(session, plan), at=api.clock.now())
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
        second_factors.begin(session, user, "A" * 32)
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

CALLS = [
    # cases
    Call(
        method="POST", path=f"{V1}/cases", body={"category": "FM", "area": VILLAGE, "person": AMINAH},
        versioned=False, status=201, refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/cases", not_by=None),
    # many at once: who may not is told row by row (test_many)
    Call(
        method="POST", path=f"{V1}/cases/many", body={"rows": [{"category": "FM", "area": VILLAGE, "person": AMINAH}]},
        versioned=False, not_by=None,
    ),
    Call(
        method="POST", path=f"{V1}/steps/many", body={"rows": [{"case": "6310-2026-000001", "step": "terminate"}]},
        versioned=False, not_by=None,
    ),
    Call(method="POST", path=f"{V1}/search", body={"q": "Aminah"}, versioned=False, not_by=None),
    Call(method="GET", path=CASE),
    Call(method="GET", path=f"{CASE}/history"),
    Call(method="PUT", path=f"{CASE}/person", body={"person": AMINAH}, not_by="audit", refused=NOT_YOURS),
    Call(method="GET", path=f"{CASE}/dossier", case=("FM", "closed")),
    Call(method="GET", path=f"{CASE}/dossier.pdf", case=("FM", "closed")),
    Call(method="GET", path=f"{V1}/waiting", by="sari", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/waiting.xlsx", by="audit", not_by="rina", refused=NOT_YOURS),
    # steps, stages, reviews
    Call(method="GET", path=f"{CASE}/steps"),
    Call(method="POST", path=f"{CASE}/steps", body=TERMINATE, status=202, not_by="audit", refused=NOT_YOURS),
    Call(method="GET", path=f"{CASE}/stages/{{stage}}"),
    Call(
        method="PUT", path=f"{CASE}/stages/{{stage}}", body={"answers": {"problems": "Pangan."}}, versioned=False,
        headers={"if_match": "*"}, not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/reviews", not_by=None),
    Call(
        method="POST", path=f"{V1}/reviews/{{review}}/approve", body={"reason": "Sesuai."}, before=asked, by="sari",
        not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/reviews/{{review}}/refuse", body={"reason": "Belum."}, before=asked, by="sari",
    ),
    Call(method="POST", path=f"{V1}/reviews/{{review}}/withdraw", body={}, before=asked, not_by="sari"),
    # running
    Call(method="GET", path=f"{CASE}/assignees"),
    Call(
        method="PUT", path=f"{CASE}/assignment", body={"assignee": "{budi}"}, by="sari", not_by="rina",
        refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/handovers", by="sari", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/handovers/{{user}}", before=leaver, by="sari", not_by="luarsup"),
    Call(
        method="POST", path=f"{V1}/handovers/{{user}}", body={"rows": [{"case": "6310-2026-000001", "to": SOME_ID}]},
        before=leaver, versioned=False, by="sari", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/hold", body={"until": "2027-02-10", "reason": "Keluarga di luar daerah."},
        not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="POST", path=f"{CASE}/resume", body={}, before=held, not_by="audit", refused=NOT_YOURS),
    # plan
    Call(
        method="POST", path=f"{CASE}/plan-items", body={"intervention": "SEMBAKO", "goal": "Pangan cukup"},
        case=("FM", "intervention_plan"), status=201, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="PATCH", path=f"{CASE}/plan-items/{{item}}", body={"goal": "Pangan cukup tiap hari"}, before=proposed,
        case=("FM", "intervention_plan"), not_by="sari", refused=NOT_YOURS,
    ),
    Call(method="POST", path=f"{CASE}/plan-items/{{item}}/done", body={}, before=planned, not_by="luar"),
    Call(method="POST", path=f"{CASE}/plan-items/{{item}}/cancel", body={"note": "Diganti."}, before=planned),
    Call(
        method="POST", path=f"{CASE}/plan-items/{{item}}/evaluation", body={"result": "met"}, before=planned,
        case=("FM", "evaluation"), not_by="sari", refused=NOT_YOURS,
    ),
    # fieldwork
    Call(method="POST", path=f"{CASE}/visits", body={"finding": "Baik."}, status=201, not_by="sari", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{CASE}/visits/waive", body={"reason": "Didampingi puskesmas."}, by="sari",
        case=("FM", "monitoring"), not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals", body={"institution": "{charity}", "need": "Modal."}, status=201,
        before=told, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/answer", body={"status": "done"}, before=referral,
        not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/withdraw", body={"reason": "Tidak dijawab."}, by="sari",
        before=referral, not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/link", body={}, before=referral, status=201, not_by="sari",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/confirm", body={}, before=offered, not_by="sari",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/decline", body={"reason": "Tidak dikenal."}, before=offered,
        not_by="sari", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/referrals", by="mitra", not_by="rina", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{V1}/referrals/{{referral}}/answer", body={"status": "done"}, before=addressed,
        by="mitra", versioned=False, not_by="rina", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/replies/{{reply}}", before=linked, not_by=None),
    Call(
        method="POST", path=f"{V1}/replies/{{reply}}", body={"status": "done", "officer": "Ani"}, before=linked,
        versioned=False, not_by=None,
    ),
    Call(
        method="POST", path=f"{CASE}/consents", body={"purpose": "data", "relation": "self", "giver": "Aminah"},
        status=201, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/consents/{{consent}}/withdraw", body={"reason": "Berubah pikiran."},
        before=consent, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/placements", body={"kind": "kin", "carer": "Rusdi"}, case=("AT", "intervention"),
        status=201, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/placements/{{placement}}/reviews", body={"finding": "Anak betah."}, status=201,
        before=placement, case=("AT", "intervention"), not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/placements/{{placement}}/end", body={"reason": "Kembali ke ibu."},
        before=placement, case=("AT", "intervention"), not_by="sari", refused=NOT_YOURS,
    ),
    # attachments
    Call(
        method="POST", path=f"{CASE}/attachments", body=PICTURE, versioned=False, status=201, not_by="audit",
        refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{CASE}/attachments", before=attached),
    Call(method="GET", path=f"{V1}/attachments/{{attachment}}/file", before=attached),
    Call(
        method="POST", path=f"{V1}/attachments/{{attachment}}/withdraw", body={"reason": "Salah."}, versioned=False,
        before=attached, not_by="budi", refused=NOT_YOURS,
    ),
    # initials
    Call(method="GET", path=f"{V1}/initials", by="sari", not_by=None),
    Call(method="GET", path=f"{CASE}/drafts", before=drafted),
    Call(method="GET", path=f"{V1}/initials/{{draft}}/pdf", before=drafted),
    Call(
        method="POST", path=f"{V1}/initials/{{draft}}/give", body={}, before=drafted, by="sari", not_by="rina",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/initials/{{draft}}/return", body={"reason": "NIK keliru."}, before=drafted,
        by="sari", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/initials/{{draft}}/withdraw", body={"reason": "Keliru."}, before=drafted,
        not_by="budi", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/initials/chains", by="admin", not_by="rina", refused=NOT_YOURS),
    Call(
        method="PUT", path=f"{V1}/initials/chains", body=CHAIN, before=post_held, by="admin", versioned=False,
        not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/initials/holders", body={"post": "Kepala Bidang", "user": "sari"}, by="admin",
        versioned=False, status=201, not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/initials/holders/{{holder}}/leave", body={}, before=post_held, by="admin",
        versioned=False, not_by="rina", refused=NOT_YOURS,
    ),
    # letters
    Call(method="GET", path=f"{CASE}/letters/offered"),
    Call(
        method="POST", path=f"{CASE}/letters", body={"letter": "rjk-rs"}, before=ready_for_letter, status=201,
        not_by="audit", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/letters/preview", body={"letter": "rjk-rs"}, versioned=False, not_by="audit",
        refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/letters/{{letter}}", before=letter),
    Call(method="GET", path=f"{V1}/letters/{{letter}}/pdf", before=rendered),
    Call(
        method="POST", path=f"{V1}/letters/{{letter}}/void", body={"reason": "Salah alamat."}, before=letter, by="sari",
        not_by="rina", refused=NOT_YOURS,
    ),
    Call(method="POST", path=f"{V1}/letters/{{letter}}/sent", body={}, before=rendered),
    Call(method="POST", path=f"{V1}/letters/{{letter}}/scan", body={"content": SCAN}, before=rendered),
    Call(method="GET", path=f"{V1}/letters/{{letter}}/scan", before=scanned),
    Call(method="GET", path=f"{V1}/register", by="sari", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/register.xlsx", by="audit", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/verify/{{code}}", not_by=None),
    # orders of letters
    Call(
        method="POST", path=f"{V1}/letter-orders/check", body={"letter": "st", "category": "FM", "fields": ASSIGNMENT},
        versioned=False, not_by="audit", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/letter-orders", body={"letter": "st", "category": "FM", "fields": ASSIGNMENT},
        versioned=False, status=201, not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/letter-orders", not_by=None),
    Call(method="GET", path=f"{V1}/letter-orders/{{order}}", before=letter_order, not_by="sari"),
    Call(method="GET", path=f"{V1}/letter-orders/{{order}}/rows", before=letter_order, not_by="sari"),
    # erasures
    Call(
        method="POST", path=f"{CASE}/erasures", body=ASK_ERASURE, case=("FM", "closed"), status=201, not_by="audit",
        refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/erasures", not_by=None),
    Call(
        method="GET", path=f"{V1}/erasures/{{erasure}}", before=to_erase, case=("FM", "closed"), by="kadis",
        not_by="luarsup",
    ),
    Call(
        method="POST", path=f"{V1}/erasures/{{erasure}}/approve", body={}, before=to_erase, case=("FM", "closed"),
        by="kadis", not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/erasures/{{erasure}}/refuse", body={"reason": "Perkaranya masih berjalan."},
        before=to_erase, case=("FM", "closed"), by="kadis", not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/erasures/{{erasure}}/withdraw", body={}, before=to_erase, case=("FM", "closed"),
        not_by="sari",
    ),
    # audit desk
    Call(method="GET", path=f"{V1}/audit/steps", by="audit", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/audit/steps/{{case}}/{{seq}}", before=step_taken, by="sari", not_by="luarsup"),
    Call(
        method="POST", path=f"{V1}/audit/steps/{{case}}/{{seq}}/questions", body={"of": "{rina}", "text": "Mengapa?"},
        versioned=False, before=step_taken, by="sari", status=201, not_by="rina", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/audit/questions", not_by=None),
    Call(method="GET", path=f"{V1}/audit/questions/{{question}}", before=questioned, not_by="budi"),
    Call(
        method="POST", path=f"{V1}/audit/questions/{{question}}/answer", body={"text": "Hari itu libur."},
        versioned=False, before=questioned, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/audit/questions/{{question}}/close", body={"finding": "in_order"}, versioned=False,
        before=questioned_and_answered, by="audit", not_by="rina", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/audit/limits/{{area}}", before=lambda _api, _case: {"area": "6310"}, not_by=None),
    Call(
        method="PUT", path=f"{V1}/audit/limits/{{area}}", body={"limits": {"backdated_days": 5}}, versioned=False,
        before=lambda _api, _case: {"area": "6310"}, by="admin", not_by="sari", refused=NOT_YOURS,
    ),
    # reports and targets
    Call(method="GET", path=f"{V1}/reports", by="audit", not_by="rina", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{V1}/reports", body={"month": "2026-01"}, versioned=False, by="kadis", status=201,
        not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/reports/{{report}}", before=report_asked, by="audit", not_by="luarsup"),
    Call(method="GET", path=f"{V1}/reports/{{report}}/sheet.xlsx", before=report_frozen, by="audit", not_by="luarsup"),
    Call(method="GET", path=f"{V1}/reports/{{report}}/letter.pdf", before=report_frozen, by="audit", not_by="luarsup"),
    Call(
        method="POST", path=f"{V1}/reports/{{report}}/number", body={}, versioned=False, before=report_frozen,
        by="kadis", not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/targets", by="audit", not_by="rina", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{V1}/targets", body=TARGET, versioned=False, by="sari", status=201, not_by="audit",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/targets/{{target}}/withdraw", body={}, versioned=False, before=target, by="kadis",
        not_by="luarsup",
    ),
    # office
    Call(method="GET", path=f"{V1}/me", not_by=None),
    Call(method="GET", path=f"{V1}/me/reach", not_by=None),
    Call(method="PUT", path=f"{V1}/me/reach", not_by=None, versioned=False, body={"whatsapp": "0812 3456 7890"}),
    Call(method="GET", path=f"{CASE}/reminders"),
    Call(method="GET", path=f"{V1}/inbox", not_by=None),
    Call(method="POST", path=f"{V1}/inbox/{{message}}/read", before=message, by="budi", versioned=False, body={}),
    Call(method="GET", path=f"{V1}/institutions", not_by=None),
    Call(method="GET", path=f"{V1}/areas", not_by=None),
    Call(method="GET", path=f"{V1}/categories", not_by=None),
    Call(method="GET", path=f"{V1}/categories/{{code}}", not_by=None),
    # users
    Call(method="GET", path=f"{V1}/users", by="admin", not_by="rina", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{V1}/users", body={"username": "baru", "name": "Baru", **CASEWORKER}, versioned=False,
        by="admin", status=201, not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/roles", body=CASEWORKER, versioned=False, before=somebody, by="admin",
        status=201, not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/roles/{{grant}}/end", body={}, versioned=False, before=granted, by="admin",
        not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/deactivate", body={}, versioned=False, before=somebody, by="admin",
        not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/activate", body={}, versioned=False, before=somebody, by="admin",
        not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/second-factor/reset", body={}, versioned=False, before=with_factor,
        by="admin", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/stand-ins", versioned=False, before=somebody, by="admin", status=201,
        body={"deputy": "{rina}", "starts_on": "2027-02-10", "ends_on": "2027-02-12"}, not_by="rina", refused=NOT_YOURS,
    ),
    # operations
    Call(method="GET", path="/healthz", not_by=None),
    Call(method="GET", path="/readyz", not_by=None),
    Call(method="GET", path="/metrics", by="pusat", not_by="admin"),
]  # fmt: skip


def send(api: Api, call: Call, by: str, ids: Ids) -> Response:
    """Send the request as somebody."""
    known = {"stage": "assessment", "code": "FM", **ids, **api.filled.ids, **api.filled.institutions}
    body = None if call.body is None else {k: _filled(v, known) for k, v in call.body.items()}
    if body is not None and call.versioned:
        body["expected_version"] = api.version(ids["case"])
    return api.by(by).ask(call.method, call.path.format(**known), body, **call.headers)


def _filled(value: object, known: Mapping[str, str]) -> object:
    return value.format(**known) if isinstance(value, str) else value


@pytest.fixture
def ids(api: Api, call: Call) -> Ids:
    """Return what the call is about."""
    category, state = call.case
    case = api.case(state, category)
    return {"case": case, **call.before(api, case)}


NAMED = (
    "case", "item", "referral", "consent", "placement", "review", "letter", "message", "user", "grant", "erasure",
    "draft", "holder",
)  # fmt: skip
NAMES = [f"{call.method} {call.path.removeprefix(V1)}" for call in CALLS]


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
def test_who_may_is_answered(api: Api, call: Call, ids: Ids) -> None:
    response = send(api, call, call.by, ids)
    assert response.status_code == call.status, response.text


@pytest.mark.parametrize(
    "call", [c for c in CALLS if c.not_by], ids=[n for c, n in zip(CALLS, NAMES, strict=True) if c.not_by]
)
def test_who_may_not_is_refused(api: Api, call: Call, ids: Ids) -> None:
    assert call.not_by is not None
    problem(send(api, call, call.not_by, ids), *call.refused)


@pytest.mark.parametrize(
    "call", [c for c in CALLS if c.path not in (*PUBLIC, "/metrics")], ids=lambda c: f"{c.method} {c.path}"
)
def test_nobody_comes_in_without_a_token(api: Api, call: Call) -> None:
    some = dict.fromkeys((*NAMED, "order", "seq", "question", "area", "attachment", "report", "target"), "x")
    path = call.path.format(**some, stage="assessment", code="FM")
    headers = {"Idempotency-Key": "k", "If-Match": "*"} if call.method in WRITES else {}
    response = api.client.request(call.method, path, headers=headers, json=None if call.body is None else {})
    problem(response, 401, "NotAuthenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_the_table_misses_no_route(api: Api) -> None:
    described = api.client.get("/api/openapi.json").json()["paths"]
    known = {(call.method, _blank(call.path)) for call in CALLS}
    assert known == {(method.upper(), _blank(path)) for path, item in described.items() for method in item}


def _blank(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
