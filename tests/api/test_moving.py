"""Another area and another category over the API: what an offer may not say, and what only the head decides."""

from tests.api import making
from tests.api.calling import Api

LOWER = {"reason": "Salah pilih.", "lower_reason": "Salah pilih kategori saat mencatat."}


def test_an_offer_names_nobody(api: Api) -> None:
    case = api.case("assessment")
    response = api.change("sari", case, "transfer", {**making.AWAY, "handed": "Berobat HIV di puskesmas."})
    assert (response.status_code, set(response.json()["problems"])) == (422, {"handed"})


def test_only_the_head_opens_a_closed_file(api: Api) -> None:
    case = api.case("assessment")
    assert api.change("sari", case, "category", {"category": "KPO", "reason": "Korban."}, "PUT").status_code == 200
    assert api.by("kadis").ask("GET", f"/api/v1/cases/{case}").status_code == 404
    assert api.change("sari", case, "category", {**LOWER, "category": "PRSE"}, "PUT").status_code == 200
    for who, status, level in (("sari", 422, "R3"), ("kadis", 200, "R1")):
        assert api.change(who, case, "category", {**LOWER, "category": "PRSE"}, "PUT").status_code == status, who
        assert api.by("sari").ask("GET", f"/api/v1/cases/{case}").json()["confidentiality"] == level
