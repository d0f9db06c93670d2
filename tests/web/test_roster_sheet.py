"""A sheet of members on pages: checked, mended, recorded."""

from httpx2 import Response

from caseflow.actions.groups import GroupData
from tests.web.browsing import ADDRESS, Person, Shown, Site
from tests.world import START, World, opened, row_of

HEAD = "Nama atau panggilan,Wakil\n"


def hand_in(person: Person, number: str, content: str) -> Shown:
    """Send the form with a file; what comes back is the present page."""
    shown = person.get(f"/kasus/{number}/anggota/impor")
    fields = dict(person.form("Periksa dahulu").filled({}))
    files = {"berkas": ("anggota.csv", content.encode(), "text/csv")}
    answer: Response = person.client.post(shown.address, data=fields, files=files, headers={"Origin": ADDRESS})
    person.now = Shown(answer, shown.address)
    return person.now


def test_a_sheet_of_members_is_checked_mended_and_recorded(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, START)
        group = GroupData(kind="community", name="Balai Adat Meratus")
        number = str(row_of(world, opened(world, "KAT", person=None, group=group)).number)
    rina = site.by("rina")
    rina.get(f"/kasus/{number}/anggota")
    rina.follow("Anggota dari lembar")
    told = hand_in(rina, number, "Nama\n").errors()[0]
    assert told.startswith('Berkas anggota: Kolom "Nama" tidak dikenal, atau ada dua kali. Kolomnya: Nama atau')
    shown = hand_in(rina, number, f"{HEAD}Idah,ya\nAmas,mungkin\n").text
    assert "1 anggota baru, 0 sudah di daftar, 1 perlu dibetulkan." in shown
    assert "Catat 1 anggota" not in shown
    assert "Wakil: Tulis ya, atau kosongkan." in shown
    hand_in(rina, number, f"{HEAD}Idah,ya\nAmas,\n")
    listed = rina.press("Catat 2 anggota")
    assert rina.path == f"/kasus/{number}/anggota"
    assert "2 orang tercatat sekarang." in listed.text
    assert "Kirim lembar lain" in hand_in(rina, number, f"{HEAD}Idah,ya\nAmas,\n").text, "nothing twice"
