"""The administrator's pages: accounts, schedule, channels, keys, checkpoints, categories; no case content anywhere."""

import re

from sqlalchemy import insert, select

from caseflow.store.tables import access_entry, delivery, inbox
from tests.web.browsing import PASSWORD, Site

ONCE = re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}")
PAGES = {
    "/sistem": "Sistem",
    "/sistem/pengguna": "Pengguna",
    "/sistem/pengguna/baru": "Akun baru",
    "/sistem/pengguna/rina": "Rina",
    "/sistem/jadwal": "Jadwal",
    "/sistem/jadwal/log.checkpoint": "Membuat titik periksa log",
    "/sistem/saluran": "Saluran pesan",
    "/sistem/kunci": "Kunci",
    "/sistem/titik-periksa": "Titik periksa log",
    "/sistem/kategori/FM": "Fakir miskin",
    "/sistem/kategori/KBA": "Korban bencana alam",
}


def codes(site: Site) -> list[str]:
    with site.database.read() as session:
        return list(session.execute(select(access_entry.c.code).order_by(access_entry.c.id)).scalars())


def test_every_page_shows_in_both_languages_and_to_nobody_else(shared: Site) -> None:
    pusat, others = shared.by("pusat"), {name: shared.by(name) for name in ("sari", "audit", "admin")}
    for path, heading in PAGES.items():
        shown = pusat.get(path)
        assert shown.status == 200, path
        assert shown.page.headings[0].startswith(heading)
        assert not any(number in shown.text for number in shared.filled.numbers.values())
        assert pusat.get(f"{path}?lang=en").status == 200
        pusat.get(f"{path}?lang=id")
        # An administrator of an area has accounts and categories, and nothing of the installation.
        of_area = path.startswith(("/sistem/pengguna", "/sistem/kategori")) or path == "/sistem"
        assert {name: person.get(path).status for name, person in others.items()} == {
            "sari": 403,
            "audit": 403,
            "admin": 200 if of_area else 403,
        }


def test_what_is_not_there_is_not_found(shared: Site) -> None:
    admin = shared.by("pusat")
    assert shared.by("admin").get("/sistem/pengguna/luar").status == 404
    for path in ("pengguna/siapa", "jadwal/lain", "kategori/XX", "titik-periksa/x/berkas"):
        assert admin.get(f"/sistem/{path}").status == 404, path


# --- accounts --------------------------------------------------------------------------------------------------------


def test_somebody_new_comes_in_with_a_password_for_once(site: Site) -> None:
    admin = site.by("admin")
    offered = admin.get("/sistem/pengguna/baru").page.tags
    codes_offered = [given.get("value") for tag, given in offered if tag == "option" and "." in given.get("value", "")]
    assert codes_offered[:2] == ["63.10", "63.10.01"], "the areas of the administrator, the large ones first"
    wrong = admin.press("Buat akun", {"name": "Nur Aini", "username": "rina", "role": "supervisor", "area": "63.10"})
    assert wrong.errors() == ["Nama pengguna untuk masuk? Nama pengguna ini sudah ada."]
    made = admin.press("Buat akun", {"username": "nur"})
    assert (admin.path, made.page.headings[0]) == ("/sistem/pengguna/nur", "Nur Aini")
    once = admin.press("Beri kata sandi untuk sekali masuk")
    found = ONCE.search(once.text)
    assert found is not None
    given = found[0]
    assert given not in admin.get("/sistem/pengguna/nur").text
    nur = site.stranger()
    nur.get("/masuk")
    asked = nur.press("Masuk", {"nama": "nur", "sandi": given})
    assert asked.page.headings == ["Kata sandi baru"]
    same = nur.press("Lanjut", {"baru": given, "ulang": given})
    assert same.errors() == ["Pilih kata sandi lain: yang lama hanya untuk sekali masuk."]
    nur.press("Lanjut", {"baru": PASSWORD, "ulang": PASSWORD})
    assert nur.path == "/"
    again = site.stranger()
    again.get("/masuk")
    assert again.press("Masuk", {"nama": "nur", "sandi": given}).status == 401


def test_roles_stand_ins_and_switching_off(site: Site) -> None:
    admin, rina = site.by("admin"), site.by("rina")
    admin.get("/sistem/pengguna/rina")
    wrong = admin.press("Beri peran ini", {"role": "caseworker", "area": "99"})
    assert wrong.status == 422
    assert "Auditor, Kabupaten Tanah Bumbu" in admin.press("Beri peran ini", {"role": "auditor", "area": "63.10"}).text
    days = {"first-d": "1", "first-m": "6", "first-y": "2026", "last-d": "5", "last-m": "6", "last-y": "2026"}
    late = admin.press("Catat pengganti", {"deputy": "budi", **days, "last-m": "5"})
    assert late.errors() == ["Sampai kapan? Tanggal akhir sebelum tanggal mulai."]
    assert "Budi menggantikan Rina" in admin.press("Catat pengganti", {"deputy": "budi", **days}).text
    before = admin.now.text.count("Akhiri seketika") if admin.now else 0
    ended = admin.press("Ya, akhiri sekarang")
    assert ended.text.count("Akhiri seketika") == before - 1
    assert "Dinonaktifkan" in admin.press("Matikan akun").text
    assert rina.get("/").page.headings == ["Masuk"]
    assert "Dinonaktifkan" not in admin.press("Hidupkan akun").text
    assert {"user:role:granted", "user:stand_in:added", "user:role:ended", "user:account:deactivated"} <= set(
        codes(site)
    )


def test_nobody_changes_the_own_account_here(shared: Site) -> None:
    shown = shared.by("admin").get("/sistem/pengguna/admin")
    assert not [b for form in shown.page.forms for b in form.buttons if "Matikan" in b[2] or "peran" in b[2]]


# --- what runs -------------------------------------------------------------------------------------------------------


def test_a_schedule_is_changed_on_record(site: Site) -> None:
    admin = site.by("pusat")
    admin.get("/sistem/jadwal")
    admin.follow("Mencadangkan basis data")
    wrong = admin.press("Simpan jadwal", {"cron": "61 * * * *"})
    assert "bagian menit" in wrong.errors()[0]
    shown = admin.press("Simpan jadwal", {"cron": "0 3 * * *", "zone": "Asia/Makassar", "enabled": "yes"})
    assert admin.path == "/sistem/jadwal"
    assert "0 3 * * *" in shown.text
    assert "Setiap hari pukul 03.00 WITA" in shown.text
    assert "job:schedule:changed" in codes(site)


def test_channels_tell_what_was_given_up(site: Site) -> None:
    with site.database.write() as session:
        message = session.execute(select(inbox.c.id).limit(1)).scalar_one()
        values = {"id": message, "inbox_id": message, "channel": "email", "state": "failed", "message_id": "x"}
        more = {"attempts": 3, "maybe_twice": False, "created_at": site.at(), "failure": "server menolak"}
        session.execute(insert(delivery).values({**values, **more}))
    shown = site.by("pusat").get("/sistem/saluran")
    assert "server menolak" in shown.text
    assert "Belum diatur" in shown.text


def test_a_checkpoint_is_made_and_kept_elsewhere(site: Site) -> None:
    admin = site.by("pusat")
    admin.get("/sistem/titik-periksa")
    shown = admin.press("Buat titik periksa sekarang")
    assert "Titik periksa dibuat" in shown.text
    assert "1 titik periksa" in shown.text
    link = next(to for to, words in shown.page.links if words.startswith("Unduh berkas"))
    answer = admin.get(link).response
    assert answer.headers["content-disposition"].endswith('.checkpoint"')
    assert answer.text.startswith("kasus.dinsos.example/caseflow\n")
    assert "log:checkpoint:asked" in codes(site)


def test_keys_are_told_by_their_fingerprints(site: Site) -> None:
    shown = site.by("pusat").get("/sistem/kunci")
    assert site.database.keys.present.names[0] in shown.text
    assert "Belum pernah diganti." in shown.text


def test_a_category_has_its_picture(shared: Site) -> None:
    admin = shared.by("admin")
    shown = admin.get("/sistem/kategori/FM")
    source = next(given["src"] for tag, given in shown.page.tags if tag == "img")
    answer = admin.get(source).response
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
    assert "<svg" in answer.text
