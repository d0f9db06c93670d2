"""The household sentence: cases of one family card, closed files never, the same words whether or not there is one."""

from datetime import timedelta

from sqlalchemy import update

from caseflow.store.tables import case_file
from tests.web.browsing import Site
from tests.world import World, adult, opened, row_of

KK = "6310010101010001"


def sentence(site: Site, name: str, number: str) -> str:
    text = site.by(name).get(f"/kasus/{number}").text
    return text.partition("Satu KK:")[2].partition("Tahap kasus")[0].strip()


def test_cases_of_one_family_card_are_named_unless_they_are_closed_files(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        own, other = (opened(world, person=adult(name=name, kk=KK)) for name in ("Rusdi", "Salamah"))
        alone = str(row_of(world, opened(world)).number)
        number, relative = (str(row_of(world, case).number) for case in (own, other))
    nothing = sentence(site, "sari", alone)
    assert "tidak ada kasus terbuka lain yang dapat Anda buka." in nothing
    assert "Salamah. Fakir miskin, pengumpulan data." in sentence(site, "sari", number)
    with site.database.write() as session:
        mine = update(case_file).where(case_file.c.number == relative)
        session.execute(mine.values(confidentiality="R3", assignee_id=site.filled.office.ids["rina"]))
    for name in ("sari", "rina"):
        assert sentence(site, name, number) == nothing, "its own worker reads it on its own page"
