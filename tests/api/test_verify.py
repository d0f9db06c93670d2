"""The public check over the API: how often an address may ask for letters that are none."""

from caseflow.actions import letter_files
from tests.api.calling import Api, problem
from tests.api.making import V1, letter


def test_unknown_check_codes_are_counted_and_genuine_ones_are_not(api: Api) -> None:
    found = api.by("rina").get(f"{V1}/letters/{letter(api, api.case('intervention'))['letter']}").json()
    often, _minutes = letter_files.WRONG_CHECKS
    for n in range(often):
        assert api.client.get(f"{V1}/verify/{n:016d}").json()["state"] == "unknown"
    refused = api.client.get(f"{V1}/verify/{often:016d}")
    assert "menit" in problem(refused, 429, "TooManyAttempts")["message"]
    assert 0 < int(refused.headers["retry-after"]) <= 300
    assert api.client.get(f"{V1}/verify/{found['check_code']}").json()["state"] == "genuine"
