"""Handover on pages: the list, one worker's open work, and what became of each case."""

from sqlalchemy import select

from caseflow.store.tables import case_file, inbox
from tests.web.browsing import Person, Site


def held(site: Site, name: str) -> list[str]:
    """Return the open cases of somebody."""
    mine = case_file.c.assignee_id == site.filled.office.ids[name]
    with site.database.read() as session:
        return list(session.execute(select(case_file.c.id).where(mine, case_file.c.state != "closed")).scalars())


def page_of(site: Site, by: str = "sari") -> Person:
    person = site.by(by)
    person.get("/")
    person.follow("Serah terima")
    person.follow("Rina")
    return person


def test_the_page_shows_all_open_work_and_a_sheet_to_print(shared: Site) -> None:
    sari = page_of(shared)
    assert sari.now is not None
    open_now = held(shared, "rina")
    assert f"{len(open_now)} kasus terbuka" in sari.now.text
    assert "Saran: Budi" in sari.now.text
    assert sari.follow("Ringkasan untuk dicetak").status == 200
    assert not [form for form in sari.now.page.forms if "serah-terima" in form.action]


def test_chosen_cases_go_and_the_others_stay(site: Site) -> None:
    sari, before = page_of(site), held(site, "rina")
    first, second, *_rest = before
    budi, dewi = (site.filled.office.ids[name] for name in ("budi", "dewi"))
    said = {f"untuk-{first}": budi, f"untuk-{second}": dewi, "catatan": "Rina pindah ke Kotabaru."}
    shown = sari.press("Serahkan yang dipilih", said)
    assert "1 kasus diserahkan, 1 ditolak." in shown.text
    assert "Pilih pendamping yang bertugas di wilayah ini: Budi" in shown.text
    assert held(site, "budi").count(first) == 1
    assert len(held(site, "rina")) == len(before) - 1
    number = next(words for to, words in shown.page.links if to.startswith("/kasus/6310"))
    sari.follow(number)
    assert "Rina pindah ke Kotabaru." in sari.get(f"{sari.path}/riwayat").text


def test_all_go_as_suggested_and_a_second_sending_changes_nothing(site: Site) -> None:
    sari, before = page_of(site), held(site, "rina")
    form = sari.form("Serahkan semua menurut saran")
    sent = [*form.filled({}), ("_aksi", "saran")]
    path = sari.path
    shown = sari.post(path, sent)
    assert f"{len(before)} kasus diserahkan, 0 ditolak." in shown.text
    assert not held(site, "rina")
    assert f"{len(before)} kasus diserahkan, 0 ditolak." in sari.post(path, sent).text
    with site.database.read() as session:
        told = session.execute(select(inbox.c.user_id, inbox.c.kind).where(inbox.c.kind.startswith("handed_"))).all()
    assert sorted(row.kind for row in told) == ["handed_on", "handed_over"]


def test_nothing_chosen_is_said_and_others_see_no_such_page(site: Site) -> None:
    sari = page_of(site)
    path = sari.path
    assert "Pilih penerima paling sedikit satu kasus." in sari.press("Serahkan yang dipilih").text
    assert site.by("luarsup").get(path).status == 404
    assert site.by("rina").get(path).status == 403
