"""How I am reached, from a message to its place, whom a case's reminders reached, a visit as a date."""

from datetime import timedelta

from caseflow.actions import inbox, obligations
from caseflow.store import cases, reach
from caseflow.store import inbox as messages
from caseflow.store import obligations as rows
from tests.web.browsing import Person, Site


def tell(site: Site, number: str, to: str, *, kind: str = "assigned", cause: str = "c") -> None:
    with site.database.write() as session:
        row = cases.by_number(session, number)
        assert row is not None
        user = site.filled.office.ids[to]
        inbox.tell(session, (user,), kind=kind, cause_key=cause, case_id=row.id, data={}, at=site.at())


def owed_visit(site: Site, number: str) -> str:
    with site.database.read() as session:
        row = cases.by_number(session, number)
        assert row is not None
        return str(next(o.id for o in rows.of_case(session, row.id) if o.kind == "visit"))


def answers(**changed: str) -> dict[str, str | list[str]]:
    given = {"email_on": "yes", "email": "", "tells": "all", "quiet_from": "20.00", "quiet_to": "06.00"}
    return {**given, **changed}


def test_somebody_chooses_and_a_wrong_time_is_told_at_its_field(site: Site) -> None:
    rina = site.by("rina")
    rina.get("/kotak-masuk")
    page = rina.follow("Pemberitahuan saya")
    assert "WhatsApp" not in page.text, "a way that is not set up is not offered"
    wrong = rina.press("Simpan", answers(quiet_from="jam delapan", email="bukan alamat"))
    assert wrong.status == 422
    assert wrong.errors() == [
        "Ke alamat surel lain: Tulis alamat surel lengkap, misalnya rina@dinsos.example.go.id.",
        "Jam tenang mulai: Tulis jam seperti 20.00.",
    ]
    saved = rina.press("Simpan", answers(quiet_from="21:30", email="rina@rumah.example", tells="digest"))
    assert "Tersimpan" in saved.text
    with site.database.read() as session:
        user = site.filled.office.ids["rina"]
        ways = reach.readers(session, {user})[user].ways
    assert (ways.email, ways.tells, ways.quiet_from) == ("rina@rumah.example", "digest", 21 * 60 + 30)
    assert 'value="21.30"' in rina.get("/pemberitahuan").response.text


def test_the_link_of_a_message_leads_after_the_log_in_to_the_act(site: Site) -> None:
    number = site.number("monitoring")
    tell(site, number, "rina", kind="visit")
    rina = site.by("rina")
    link = next(to for to, words in rina.get("/kotak-masuk").page.links if words == "Catat kunjungannya")
    stranger = site.stranger()
    stranger.get(link)
    assert stranger.path == "/masuk"
    stranger.press("Masuk", {"nama": "rina", "sandi": "sandi yang panjang"})
    assert stranger.path == f"/kasus/{number}/kunjungan/baru"
    with site.database.read() as session:
        (message,) = [m for m in messages.of_user(session, site.filled.office.ids["rina"]) if m.cause_key == "c"]
    assert message.read_at is not None, "who opened it has read it"
    assert site.by("sari").get(link).status == 404, "a message of somebody else"


def test_a_case_shows_whom_its_reminders_reached_and_the_inbox_what_is_done(site: Site) -> None:
    number = site.number("monitoring")
    with site.database.write() as session:
        row = cases.by_number(session, number)
        assert row is not None
        for days in (5, 2):  # a working day among them
            site.clock.move_to(site.at() + timedelta(days=days))
            obligations.sweep(session, at=site.at())
    site.work()
    rina = site.by("rina")
    rina.get(f"/kasus/{number}")
    shown = rina.follow("Siapa sudah diingatkan")
    assert "Kunjungan terlambat" in shown.text
    assert "Kotak masuk: sampai" in shown.text
    assert "Berkas pesan keluar: sampai" in shown.text
    _visited(rina, number)
    assert "Selesai" in rina.get(f"/kasus/{number}/pengingat").text
    assert "Selesai" in rina.get("/kotak-masuk").text


def _visited(person: Person, number: str) -> None:
    person.get(f"/kasus/{number}/kunjungan/baru")
    person.press("Simpan", {"finding": "Sehat."})


def test_a_visit_is_a_date_for_who_may_see_the_case(site: Site) -> None:
    number = site.number("monitoring")
    rina = site.by("rina")
    rina.get(f"/kasus/{number}")
    answer = rina.follow("Simpan kunjungan ke kalender")
    assert answer.response.headers["content-type"].startswith("text/calendar")
    assert "attachment" in answer.response.headers["content-disposition"]
    assert f"SUMMARY:Kunjungan kasus {number}" in answer.response.text
    assert f"UID:{owed_visit(site, number)}@" in answer.response.text
    other = site.number("assessment")
    assert rina.get(f"/kasus/{other}/kunjungan/{owed_visit(site, number)}.ics").status == 404
