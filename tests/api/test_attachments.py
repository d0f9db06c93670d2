"""Photos, documents and signed scans over the API: as base64, once under their key, fetched as downloads."""

from base64 import b64encode

from tests.api.calling import Api, problem
from tests.api.making import CASE, PICTURE, SCAN, V1, rendered


def test_a_photo_is_attached_once_listed_fetched_and_withdrawn(api: Api) -> None:
    case, rina = api.case("intervention"), api.by("rina")
    path = f"{CASE.format(case=case)}/attachments"
    first = rina.post(path, PICTURE, key="satu")
    again = rina.post(path, PICTURE, key="satu")
    assert (first.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(rina.post(path, {**PICTURE, "note": "Lain."}, key="satu"), 409, "IdempotencyMismatch")
    (listed,) = rina.get(path).json()
    said = {key: listed[key] for key in ("id", "kind", "label", "media_type", "note", "readable", "added_by")}
    assert said == {
        "id": first.json()["id"], "kind": "house", "label": "Foto rumah", "media_type": "image/jpeg",
        "note": "Dinding lapuk.", "readable": True, "added_by": "Rina",
    }  # fmt: skip
    found = rina.get(f"{V1}/attachments/{listed['id']}/file")
    assert len(found.content) == listed["size"]
    expected = {
        "content-type": "image/jpeg", "cache-control": "no-store", "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
    }  # fmt: skip
    assert {name: found.headers[name] for name in expected} == expected
    assert found.headers["content-disposition"].startswith("attachment; filename=")
    withdrawn = rina.post(f"{V1}/attachments/{listed['id']}/withdraw", {"reason": "Salah rumah."})
    assert withdrawn.status_code == 200
    problem(rina.get(f"{V1}/attachments/{listed['id']}/file"), 404, "NotFound")
    assert [each["withdrawn"] for each in rina.get(path).json()] == ["Salah rumah."]


def test_what_is_no_file_is_refused_with_what_to_do(api: Api) -> None:
    rina, path = api.by("rina"), f"{CASE.format(case=api.case('intervention'))}/attachments"
    for content, key in (("bukan base64!", "content"), (b64encode(b"PK\x03\x04 zip").decode(), "file"), ("", "file")):
        body = {**PICTURE, "content": content}
        assert key in problem(rina.post(path, body), 422, "InvalidInput")["problems"]
    large = b64encode(b"\xff\xd8\xff" + bytes(9_000_000)).decode()
    told = problem(rina.post(path, {**PICTURE, "content": large}), 422, "InvalidInput")["problems"]
    assert "rusak atau tidak utuh" in told["file"], "a file may be larger than any other body"
    problem(rina.post(f"{V1}/search", {"q": large}), 413, "BodyTooLarge")
    problem(rina.post(path, {**PICTURE, "content": large * 2}), 413, "BodyTooLarge")


def test_the_scan_of_a_signed_letter_is_attached_and_fetched(api: Api) -> None:
    case, rina = api.case("intervention"), api.by("rina")
    path = f"{V1}/letters/{rendered(api, case)['letter']}/scan"
    problem(rina.get(path), 404, "NotFound")
    wrong = {"content": b64encode(b"GIF89a").decode(), "expected_version": api.version(case)}
    assert "file" in problem(rina.post(path, wrong), 422, "InvalidInput")["problems"]
    body = {"content": SCAN, "expected_version": api.version(case)}
    assert rina.post(path, body, key="pindai").json() == rina.post(path, body, key="pindai").json()
    found = rina.get(path)
    assert (found.content, found.headers["content-type"]) == (b"%PDF-1.4 tinta dan cap", "application/pdf")
    assert found.headers["content-disposition"].startswith('attachment; filename="pindaian-')
    problem(api.by("luar").get(path), 404, "NotFound")
