"""An institution answers on the pages: by the code on its letter, by its own log-in; the caseworker's word on it."""

from datetime import timedelta

from sqlalchemy import select, update

from caseflow.actions import referrals, replies
from caseflow.store import cases as case_rows
from caseflow.store import letters as letter_rows
from caseflow.store.tables import letter, role_grant
from tests.web.browsing import Person, Site
from tests.web.test_letters import issued
from tests.world import World, act, may_tell

GIVEN = {"status": "accepted", "note": "Poli dalam, Senin", "officer": "Ani, perawat", "phone": "0811 000 111"}


def code_of(site: Site) -> str:
    """Return the code on the slip of the only letter."""
    with site.database.read() as session:
        row = session.execute(select(letter)).one()
        case = case_rows.by_id(session, row.case_id)
        assert case is not None
        return str(letter_rows.facts_of(session, case.subject_id, row)["reply"]["code"])


def referred(site: Site) -> tuple[str, str, str]:
    """Return the number of a case referred to the charity without a letter, the referral, and a link's code."""
    number, charity = site.number("intervention"), site.filled.office.institutions["charity"]
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        row = case_rows.by_number(session, number)
        assert row is not None
        may_tell(world, row.id, "charity")
        done = act(world, referrals.add_referral, referrals.AddReferral(case=row.id, institution=charity, need="Beras"))
        mine = role_grant.c.user_id == site.filled.office.ids["mitra"]
        session.execute(update(role_grant).where(mine).values(institution_id=charity))
        link = act(world, replies.make_link, replies.MakeLink(case=row.id, referral=str(done.created_id)))
    return number, str(done.created_id), link.code


def answering(site: Site, code: str) -> Person:
    """Return a stranger on the page of a code, found by typing it."""
    stranger = site.stranger()
    stranger.get("/jawab")
    stranger.press("Lanjut", {"kode": code.lower().replace("-", " ")})
    assert stranger.path == f"/jawab/{code}"
    return stranger


def test_a_stranger_with_the_letter_answers_and_the_caseworker_confirms(site: Site) -> None:
    rina, number, _letter = issued(site)
    code = code_of(site)
    hospital = answering(site, code)
    assert hospital.now is not None
    shown = hospital.now.text
    assert "RSUD dr. H. Andi Abdurrahman Noor" in shown
    assert "400.9/0001/RJK-RS/DINSOS/2026" in shown
    name = rina.get(f"/kasus/{number}").page.headings[0]
    assert name not in shown
    assert number not in shown
    wrong = hospital.press("Kirim jawaban", {"status": "refused"})
    assert wrong.status == 422
    assert len(wrong.errors()) == 1, "who answers"
    wrong = hospital.press("Kirim jawaban", {"status": "refused", "officer": "Ani"})
    assert wrong.errors() == ["Tindakan atau keterangan: Isian ini wajib."]
    done = hospital.press("Kirim jawaban", GIVEN)
    assert "Jawaban Anda sudah kami terima" in done.text
    assert "Poli dalam" not in done.text
    assert "Jawaban rujukan masuk" in rina.get("/kotak-masuk").text
    case = rina.get(f"/kasus/{number}")
    assert "Jawaban menunggu konfirmasi" in case.text
    asked = rina.follow("Periksa jawabannya")
    assert "Ani, perawat" in asked.text
    assert "0811 000 111" in asked.text
    assert rina.press("Simpan", {"counts": "no"}).errors() == ["Mengapa jawaban ini tidak diterima? Isian ini wajib."]
    shown_list = rina.press("Simpan", {"counts": "yes"})
    assert "Diterima" in shown_list.text
    history = rina.get(f"/kasus/{number}/riwayat").text
    assert "menjawab lewat kode: diterima, masih berjalan. Dikonfirmasi Rina." in history
    assert "Rujukan ini sudah Anda terima." in hospital.get(f"/jawab/{code}").text


def test_an_answer_is_not_given_twice_whatever_is_pressed(site: Site) -> None:
    number, _referral, code = referred(site)
    first, second = answering(site, code), answering(site, code)
    first.press("Kirim jawaban", GIVEN)
    shown = second.press("Kirim jawaban", {**GIVEN, "status": "refused"})
    assert "Jawaban Anda sudah kami terima" in shown.text
    rina = site.by("rina")
    rina.get(f"/kasus/{number}/rujukan")
    assert "diterima, masih berjalan" in rina.follow("Periksa jawabannya").text
    rina.press("Simpan", {"counts": "no", "reason": "Baznas tidak mengenalnya"})
    assert "Jawaban sebelumnya tidak dapat kami pastikan" in first.get(f"/jawab/{code}").text
    assert "Baznas tidak mengenalnya" not in first.get(f"/jawab/{code}").text


def test_who_guesses_is_slowed_down_and_who_knows_is_not(site: Site) -> None:
    _number, _referral, code = referred(site)
    stranger = site.stranger()
    for n in range(20):
        assert stranger.get(f"/jawab/{n:024d}").status == 404
    assert stranger.get(f"/jawab/{20:024d}").status == 429
    assert stranger.get(f"/jawab/{code}").status == 200
    assert "Kode ini tidak dikenal" not in stranger.get(f"/jawab/{code}").text


def test_a_form_from_elsewhere_is_not_taken(site: Site) -> None:
    _number, _referral, code = referred(site)
    stranger = answering(site, code)
    assert stranger.post(f"/jawab/{code}", list(GIVEN.items()), origin="https://jahat.example").status == 403
    assert "Kirim jawaban" in stranger.get(f"/jawab/{code}").text


def test_a_link_is_shown_once_and_ends_the_one_before(site: Site) -> None:
    number, _referral, code = referred(site)
    rina = site.by("rina")
    rina.get(f"/kasus/{number}/rujukan")
    rina.follow("Buat tautan jawaban")
    made = rina.press("Buat tautan")
    (url,) = (given["value"] for tag, given in made.page.tags if given.get("id") == "f-tautan")
    assert site.stranger().get(f"/jawab/{code}").status == 404
    assert site.stranger().get(url).status == 200
    assert url not in rina.get(rina.path).response.text


def test_a_partner_answers_where_it_reads(site: Site) -> None:
    number, _referral, _code = referred(site)
    partner = site.by("mitra")
    partner.get("/rujukan-kami")
    shown = partner.follow("Jawab")
    assert partner.form("Kirim jawaban").value("officer") == "Mitra"
    assert partner.press("Kirim jawaban", {"status": "refused"}).errors() == [
        "Tindakan atau keterangan: Isian ini wajib."
    ]
    assert "Beras" not in shown.text
    shown = partner.press("Kirim jawaban", {"status": "accepted"})
    assert "Sudah diterima, belum dilaporkan selesai" in shown.text
    history = site.by("rina").get(f"/kasus/{number}/riwayat").text
    assert "Mitra dari Baznas Kabupaten Tanah Bumbu menjawab rujukan" in history
    partner.follow("Laporkan hasilnya")
    partner.press("Kirim jawaban", {"status": "done"})
    assert "Tidak ada rujukan yang menunggu jawaban." in partner.get("/").text


def test_nobody_else_opens_a_partners_referral(site: Site) -> None:
    _number, referral, _code = referred(site)
    assert site.by("mitra").get(f"/rujukan-kami/{referral}").status == 200
    for name in ("rina", "audit"):
        assert site.by(name).get(f"/rujukan-kami/{referral}").status == 403
    with site.database.write() as session:
        other = site.filled.office.institutions["school"]
        mine = role_grant.c.user_id == site.filled.office.ids["mitra"]
        session.execute(update(role_grant).where(mine).values(institution_id=other))
    assert site.by("mitra").get(f"/rujukan-kami/{referral}").status == 404
