"""The page that says where cases wait: the sentence, charts with their tables, filters in the address, the sheet."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import update

from caseflow.actions.backlog import Line, Tally
from caseflow.store import cases as case_rows
from caseflow.store.tables import case_file
from caseflow.web import backlog, charts
from tests.web.browsing import Shown, Site
from tests.world import World, opened

PAGE = "/kasus-menunggu"
LETTER = 7
"""How wide a letter of the heads is, 13 px high, in units of the drawing."""


def figures(shown: Shown) -> list[dict[str, str]]:
    return [given for tag, given in shown.page.tags if tag == "svg" and given.get("role") == "img"]


def test_the_worst_place_comes_first_with_its_cause_and_its_cases(shared: Site) -> None:
    sari = shared.by("sari")
    sari.get("/")
    shown = sari.follow("Kasus menunggu")
    assert shown.page.headings[0] == "Di mana kasus menunggu"
    assert shown.page.headings[1].startswith("Paling lama menunggu: ")
    assert "hari-kasus di atas batas" in shown.page.headings[1]
    assert "pekerjaannya pada pendamping" in shown.text
    late = sari.follow("Lihat kasus yang terlambat di sana")
    assert late.status == 200
    assert "Kecamatan Batulicin" in late.text
    assert len([to for to, _words in late.page.links if to.startswith("/kasus/6310-")]) == 1


def test_every_chart_says_what_it_is_and_has_its_table(shared: Site) -> None:
    shown = shared.by("sari").get(PAGE)
    ids = {given["id"] for _tag, given in shown.page.tags if "id" in given}
    named = [given["aria-labelledby"].split() for given in figures(shown)]
    assert len(named) == 6, "three tables, each as a wide chart and for one state"
    assert all(len(both) == 2 and set(both) <= ids for both in named)
    tables = [given for tag, given in shown.page.tags if tag == "table"]
    assert len(tables) == 5
    assert "Menurut kategori: rata-rata hari kerja di tiap tahap</title>" in shown.response.text
    assert not [given for _tag, given in shown.page.tags if "style" in given or "onclick" in given]


def test_filters_stand_in_the_address_and_can_be_taken_away(shared: Site) -> None:
    sari = shared.by("sari")
    assert f"{PAGE}?kategori=FM" in [to for to, _words in sari.get(PAGE).page.links]
    shown = sari.get(f"{PAGE}?kategori=FM")
    assert "Anak terlantar" not in " ".join(words for _to, words in shown.page.links)
    assert "berkas tertutup (R3) tidak ikut dihitung" in shown.text
    to = f"{PAGE}?kategori=FM&wilayah=631001"
    assert to in [each for each, _words in shown.page.links]
    narrower = sari.get(to)
    assert "Menurut desa" in narrower.page.headings
    assert "Asesmen" in [w for to, w in sari.get(f"{PAGE}?tahap=assessment").page.links if "tahap=assessment" in to]
    assert sari.get(f"{PAGE}?kategori=KTK").text.count("Tidak ada kasus terbuka yang cocok.") == 1
    assert sari.follow("Hapus filter").address.endswith(PAGE)
    assert sari.get(f"{PAGE}?kategori=ENTAH").status == 422


def test_the_worksheet_follows_the_filters(shared: Site) -> None:
    sari = shared.by("sari")
    shown = sari.get(f"{PAGE}?kategori=FM")
    to = shown.page.link("Unduh XLSX")
    answer = sari.client.get(f"https://kasus.dinsos.example{to}")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    with zipfile.ZipFile(BytesIO(answer.content)) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert "Fakir miskin" in cells
    assert "Anak terlantar" not in cells


@pytest.mark.parametrize(
    ("name", "status"), [("sari", 200), ("kadis", 200), ("audit", 200), ("rina", 403), ("intan", 403), ("admin", 403)]
)
def test_it_is_for_who_oversees(shared: Site, name: str, status: int) -> None:
    person = shared.by(name)
    assert person.get(PAGE).status == status
    assert (person.get("/").text.count("Kasus menunggu") > 0) is (status == 200)


def test_closed_files_are_told_from_five_on_and_by_no_name(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        for n in range(5):
            case = opened(world, "FM")
            session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
            if n:
                case_rows.join_team(session, case, [site.filled.office.ids["sari"]])
    shown = site.by("sari").get(PAGE)
    assert "Berkas tertutup (R3) < 5 < 5 < 5 < 5 < 5 < 5" in shown.text, "four of them are hers to know"
    with site.database.write() as session:
        mine = {"assignee_id": site.filled.office.ids["sari"]}
        session.execute(update(case_file).where(case_file.c.confidentiality == "R3").values(mine))
    told = site.by("sari").get(PAGE).text
    assert re.search(r"Berkas tertutup \(R3\) ?0 \(5\) ?< 5", told)
    assert "Berkas tertutup (R3) < 5 < 5" in site.by("kadis").get(PAGE).text


def test_where_nothing_waits_the_page_says_so(shared: Site) -> None:
    assert "Tidak ada kasus terbuka dalam wewenang Anda." in shared.by("luarsup").get(PAGE).text


def test_a_bar_over_its_limit_is_marked_and_lies_within_the_drawing() -> None:
    over, within = Tally(2, 2, 60, 40, 20, 2), Tally(1, 0, 3, 0, 10, 1)
    lines = [
        Line("a", "A", {"assessment": over, "evaluation": None}, over),
        Line("b", "B", {"assessment": within}, within),
    ]
    wide = charts.wide(lines, ("assessment", "evaluation"))
    (slow, few), (fine,) = (row.bars for row in wide.rows)
    assert (slow.slow, slow.days, few.hidden, fine.slow) == (True, 30, True, False)
    assert slow.limit is not None
    assert slow.x < slow.limit < slow.x + slow.width <= wide.width
    assert fine.limit is not None
    assert fine.x + fine.width < fine.limit
    heads = [words for text in backlog.SHORT.values() for words in (text.id, text.en)]
    assert max(map(len, heads)) * LETTER < wide.states[1][1] - wide.states[0][1], "no head runs into the next"
    narrow = charts.narrow(lines, "evaluation")
    assert [row.name for row in narrow.rows] == ["A"]
