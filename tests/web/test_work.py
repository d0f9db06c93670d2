"""My work and the inbox: what is due, what waits, for whom; one tap from there to the place."""

import re
from datetime import date, timedelta

from sqlalchemy import update

from caseflow.actions import obligations, referrals
from caseflow.store import cases as case_rows
from caseflow.store.tables import role_grant
from caseflow.web.environment import environment
from tests.web.browsing import Person, Site
from tests.world import World, act, may_tell, opened, row_of


def later(site: Site, **span: float) -> None:
    site.clock.ahead += timedelta(**span)


def fresh(site: Site, category: str = "FM") -> str:
    """Return the number of a case opened an hour ago."""
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        return str(row_of(world, opened(world, category)).number)


def group(person: Person, heading: str) -> list[str]:
    """Return the tasks under a heading of my work."""
    shown = person.get("/")
    text = shown.text.split("Kasus saya")[0]
    headings = ["Hari ini", "Terlambat", "Menunggu saya", "Menunggu pihak lain"]
    spots = {h: [m.start() for m in re.finditer(rf"{h} \d+ pekerjaan", text)] for h in headings}
    start = spots[heading][0]
    after = [s for found in spots.values() for s in found if s > start]
    return [part for part in text[start : min(after, default=len(text))].split("  ") if part]


def counts(person: Person) -> list[int]:
    shown = person.get("/")
    found = [words for to, words in shown.page.links if to in {"#today", "#late", "#mine", "#others"}]
    return [int(re.match(r"\d+", words)[0]) for words in found]  # type: ignore[index]  # each begins with its number


def test_the_counts_are_those_of_the_groups(shared: Site) -> None:
    person = shared.by("rina")
    late = group(person, "Terlambat")[0]
    assert f"Terlambat {counts(person)[1]} pekerjaan" in late


def test_what_is_not_due_today_is_folded_after_three(site: Site) -> None:
    for _each in range(4):
        fresh(site)
    mine = counts(site.by("rina"))[2]
    shown = site.by("rina").get("/")
    assert mine > 3
    assert f"Tampilkan {mine - 3} lainnya" in shown.text
    assert shown.text.count("Tampilkan") >= 2, "the cases below are folded too"


def test_a_mark_of_secrecy_ends_where_the_sentence_goes_on() -> None:
    marked = environment("id").from_string('{% import "_parts.html" as parts %}a {{ parts.secrecy("R2") }}, b')
    assert marked.render().endswith("</span>, b")


def test_a_deadline_moves_from_waiting_to_today_to_late(site: Site) -> None:
    number = fresh(site)
    rina = site.by("rina")
    assert "Lengkapi data dan pemilahan" in " ".join(group(rina, "Menunggu saya"))
    later(site, days=3)
    rina = site.by("rina")
    assert "Lengkapi data dan pemilahan" in " ".join(group(rina, "Hari ini"))
    later(site, days=1)
    rina = site.by("rina")
    shown = " ".join(group(rina, "Terlambat"))
    assert "Terlambat 1 hari kerja. Batasnya 6 April" in shown
    links = [to for to, words in rina.get("/").page.links if words == "Lengkapi data dan pemilahan"]
    assert f"/kasus/{number}#langkah" in links


def test_what_runs_by_the_hour_is_told_in_hours(site: Site) -> None:
    fresh(site, "AT")
    later(site, hours=26)
    late = " ".join(group(site.by("rina"), "Terlambat"))
    assert re.search(r"Terlambat 2 jam\. Batas 24 jam lewat 4 April pukul", late)
    later(site, days=4)
    assert "Terlambat 4 hari. Batas 24 jam" in " ".join(group(site.by("rina"), "Terlambat"))


def test_an_awaited_answer_waits_with_others_and_leads_to_its_place(site: Site) -> None:
    number = site.number("intervention")
    hospital = site.filled.office.institutions["health_facility"]
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        row = case_rows.by_number(session, number)
        assert row is not None
        may_tell(world, row.id, "health_facility")
        act(world, referrals.add_referral, referrals.AddReferral(case=row.id, institution=hospital, need="Kontrol"))
    rina = site.by("rina")
    text = " ".join(group(rina, "Menunggu pihak lain"))
    assert "Jawaban RSUD dr. H. Andi Abdurrahman Noor" in text
    assert re.search(r"Hari kerja ke-\d+ dari 14\. Batasnya", text)
    assert rina.follow("Jawaban RSUD").page.headings[0] == "Rujukan"
    later(site, days=40)
    assert "Jawaban RSUD" in " ".join(group(site.by("rina"), "Terlambat"))


def test_empty_groups_say_what_is_true(shared: Site) -> None:
    text = shared.by("dewi").get("/").text
    for sentence in (
        "Tidak ada yang jatuh tempo hari ini.",
        "Tidak ada yang terlambat.",
        "Tidak ada yang menunggu Anda.",
        "Tidak ada yang ditunggu dari pihak lain.",
        "Belum ada kasus yang ditugaskan kepada Anda.",
    ):
        assert sentence in text


def test_somebody_without_any_role_is_told_so(site: Site) -> None:
    with site.database.write() as session:
        mine = role_grant.c.user_id == site.filled.office.ids["rina"]
        session.execute(update(role_grant).where(mine).values(ends_on=date(2025, 6, 1)))
    shown = site.by("rina").get("/")
    assert "Peran Anda tidak memuat kasus." in shown.text
    assert "Daftar kasus" not in shown.text


# --- the inbox -----------------------------------------------------------------------------------------------------


def reminded(site: Site) -> Person:
    fresh(site)
    later(site, days=5)
    with site.database.write() as session:
        obligations.sweep(session, at=site.at(), limit=500)
    return site.by("rina")


def test_messages_lead_to_their_case_and_are_marked_as_read(site: Site) -> None:
    rina = reminded(site)
    shown = rina.get("/kotak-masuk")
    assert "Tahap pengumpulan data terlambat" in shown.text
    before = shown.text.count("Baru ")
    assert before
    rina.press("Tandai sudah dibaca")
    assert rina.path == "/kotak-masuk"
    assert rina.now is not None
    assert rina.now.text.count("Baru ") == before - 1
    rina.press("Tandai semua sudah dibaca")
    assert "Baru " not in rina.now.text
    rina.follow("Buka kasusnya")
    assert rina.path.startswith("/kasus/6310")


def test_the_bar_counts_what_is_unread(site: Site) -> None:
    rina = reminded(site)
    assert re.search(r"Kotak masuk \d+", rina.get("/").text)
    rina.get("/kotak-masuk")
    rina.press("Tandai semua sudah dibaca")
    assert not re.search(r"Kotak masuk \d+", rina.get("/").text)


def test_a_message_of_somebody_else_cannot_be_marked(site: Site) -> None:
    rina, budi = reminded(site), site.by("budi")
    rina.get("/kotak-masuk")
    action = next(form.action for form in (rina.now.page.forms if rina.now else []) if "kotak-masuk/" in form.action)
    budi.get("/kotak-masuk")
    token = budi.get("/").page.form("Keluar").fields
    assert budi.post(action, token).status == 404
    assert budi.post("/kotak-masuk/bukan", token).status == 404


def test_an_empty_inbox_says_when_messages_come(shared: Site) -> None:
    assert "Belum ada pesan." in shared.by("luarsup").get("/kotak-masuk").text
