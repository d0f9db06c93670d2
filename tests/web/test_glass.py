"""A closed file opened in need: a reason, three hours, a notice, an entry; reading and nothing else."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from caseflow.store import cases as case_rows
from caseflow.store.tables import access_entry, case_file, case_team, inbox, role_grant
from tests.web.browsing import Site

WHY = "Klien dibawa ke IGD malam ini, obatnya harus diketahui."


def closed(site: Site) -> str:
    """Close the file of a case to rina, its worker, and sari."""
    number = site.number("intervention")
    with site.database.write() as session:
        row = case_rows.by_number(session, number)
        assert row is not None
        ids = site.filled.office.ids
        closing = {"confidentiality": "R3", "assignee_id": ids["rina"]}
        session.execute(update(case_file).where(case_file.c.id == row.id).values(closing))
        session.execute(case_team.insert().values(case_id=row.id, user_id=ids["sari"]))
    return number


def test_who_needs_it_reads_for_three_hours_and_everybody_concerned_is_told(site: Site) -> None:
    number = closed(site)
    budi = site.by("budi")
    assert budi.get(f"/kasus/{number}").status == 404
    budi.get("/cari")
    assert "tiga jam" in budi.follow("Akses darurat").text
    button = "Buka berkas selama tiga jam"
    assert len(budi.press(button, {"number": number}).errors()) == 1
    shown = budi.press(button, {"number": number, "reason": WHY})
    assert budi.path == f"/kasus/{number}"
    assert "Akses darurat sampai pukul" in shown.text
    assert shown.page.headings[0] == f"Klien {number[-6:]}"
    assert "/selesai" not in shown.response.text, "nothing leads to what would be refused"
    for part in ("/riwayat", "/rencana", "/catatan/assessment"):
        assert budi.get(f"/kasus/{number}{part}").status == 200
    assert number not in budi.get("/kasus").text, "it stands in no list"
    token = budi.form("Keluar").value("_token")
    assert budi.post(f"/kasus/{number}/kunjungan/baru", [("_token", token), ("finding", "x")]).status == 404

    for name in ("rina", "sari", "bambang"):
        assert f"Berkas {number} dibuka lewat akses darurat" in site.by(name).get("/kotak-masuk").text
    told = site.by("rina").get(f"/kasus/{number}/riwayat").text
    assert "Budi membuka berkas tertutup ini selama tiga jam" in told
    assert f"Alasan: {WHY}" in told
    with site.database.read() as session:
        row = case_rows.by_number(session, number)
        assert row is not None
        reads = select(access_entry.c.id).where(
            access_entry.c.case_id == row.id, access_entry.c.code == "case:file:read"
        )
        mine = reads.where(access_entry.c.actor == site.filled.office.ids["budi"])
        assert len(session.execute(mine).all()) == 4

    site.clock.ahead += timedelta(hours=3)
    assert budi.get(f"/kasus/{number}").status == 404


def test_what_is_elsewhere_open_or_absent_is_one_answer_and_ones_own_needs_none(site: Site) -> None:
    number = closed(site)
    answers = {}
    for name, asked in (("luar", number), ("luar", "6310-2026-999999"), ("budi", site.number("assessment"))):
        person = site.by(name)
        person.get("/akses-darurat")
        shown = person.press("Buka berkas selama tiga jam", {"number": asked, "reason": WHY})
        answers[name, asked] = (shown.status, tuple(shown.errors()))
    assert len(set(answers.values())) == 1, answers
    rina = site.by("rina")
    rina.get("/akses-darurat")
    shown = rina.press("Buka berkas selama tiga jam", {"number": number, "reason": WHY})
    assert "Anda termasuk tim berkas ini" in shown.text
    assert "Akses darurat" in site.by("rina").get("/cari").text
    assert "Akses darurat" not in site.by("audit").get("/cari").text
    for name in ("audit", "admin", "mitra"):
        assert site.by(name).get("/akses-darurat").status == 403


def test_it_ends_with_the_role_and_where_nobody_is_near_heads_and_auditors_are_told(site: Site) -> None:
    number, ids = closed(site), site.filled.office.ids
    with site.database.write() as session:
        session.execute(update(case_file).where(case_file.c.number == number).values(assignee_id=None))
        session.execute(delete(case_team))
        others = (role_grant.c.role == "supervisor", role_grant.c.user_id != ids["bambang"])
        session.execute(delete(role_grant).where(*others))
    bambang = site.by("bambang")
    bambang.get("/akses-darurat")
    bambang.press("Buka berkas selama tiga jam", {"number": number, "reason": WHY})
    assert bambang.get(f"/kasus/{number}").status == 200
    with site.database.write() as session:
        told = set(session.execute(select(inbox.c.user_id).where(inbox.c.kind == "file_opened")).scalars())
        session.execute(delete(role_grant).where(role_grant.c.user_id == ids["bambang"]))
    assert told >= {ids["kadis"], ids["audit"]}
    assert ids["bambang"] not in told
    assert bambang.get(f"/kasus/{number}").status == 404
