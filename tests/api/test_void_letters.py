"""A letter that was voided: the file stays the record, what is handed out says that it counts no more."""

import io
from hashlib import sha256

from pypdf import PdfReader
from sqlalchemy import select

from caseflow.store import letters
from caseflow.store.tables import case_file
from tests.api.calling import Api
from tests.api.test_readings import lettered


def test_what_is_handed_out_of_a_void_letter_is_marked_on_every_page(api: Api) -> None:
    case, letter = lettered(api)
    rina, sari = api.by("rina"), api.by("sari")
    path = f"/api/v1/letters/{letter}"
    before = rina.get(f"{path}/pdf")
    record = rina.get(path).json()
    assert sha256(before.content).hexdigest() == record["sha256"]
    assert (record["voided_by"], record["void_reason"]) == (None, None)
    body = {"reason": "Salah alamat.", "expected_version": api.version(case)}
    assert sari.post(f"{path}/void", body).status_code == 200
    after = rina.get(f"{path}/pdf")
    assert after.status_code == 200
    assert after.headers["content-disposition"].endswith('-BATAL.pdf"')
    shown = PdfReader(io.BytesIO(after.content)).pages
    assert len(shown) == len(PdfReader(io.BytesIO(before.content)).pages) == 2
    for page in shown:
        told = " ".join(page.extract_text().split())
        assert "BATAL / TIDAK BERLAKU" in told
        assert "dibatalkan oleh Sari" in told
        assert str(api.clock.now().year) in told
    found = rina.get(path).json()
    assert found["voided_by"] == {"id": api.filled.ids["sari"], "name": "Sari"}
    assert (found["state"], found["void_reason"], found["sha256"]) == ("void", "Salah alamat.", record["sha256"])
    (listed,) = rina.get(f"/api/v1/cases/{case}").json()["letters"]
    assert listed == found
    with api.database.read() as session:
        row = letters.by_id(session, letter)
        subject = session.execute(select(case_file.c.subject_id).where(case_file.c.id == case)).scalar_one()
        assert row is not None
        assert letters.file_content(session, subject, row.file_id) == before.content, "the record is as it was"


def test_a_letter_voided_with_its_case_is_marked_too(api: Api) -> None:
    case, letter = lettered(api)
    body = {"step": "terminate", "note": "Pindah.", "details": {"reason_code": "moved"}}
    asked = api.change("sari", case, "steps", body)
    granted = {"expected_version": api.version(case)}
    assert api.by("kadis").post(f"/api/v1/reviews/{asked.json()['review']}/approve", granted).status_code == 200
    page = PdfReader(io.BytesIO(api.by("sari").get(f"/api/v1/letters/{letter}/pdf").content)).pages[0]
    assert "dibatalkan oleh Kadis" in " ".join(page.extract_text().split())
