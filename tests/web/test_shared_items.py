"""One action for several cases on the pages: named with it or afterwards, done in one form, shown in each plan."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from caseflow.actions.plan import SettleItem, finish_item
from caseflow.actions.shared_items import ShareItem, share_item
from caseflow.errors import Refused
from caseflow.store.tables import case_file
from caseflow.web.sheet import Saving
from caseflow.web.sheets.shared_plan import written
from tests.web.browsing import Site
from tests.world import World, act, adult, bring, item, items_of, opened, ready_plan, row_of, take, viewer

KK = "6310010101010001"


def test_an_action_is_planned_for_two_and_done_once(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        cases = [opened(world, person=adult(name=name, kk=KK)) for name in ("Rusdi", "Salamah", "Utuh")]
        numbers = [str(row_of(world, case).number) for case in cases]
        family = case_file.c.number.in_(numbers)
        session.execute(update(case_file).where(family).values(state="intervention_plan"))
        secret = {"confidentiality": "R3", "assignee_id": site.filled.office.ids["rina"]}
        session.execute(update(case_file).where(case_file.c.number == numbers[2]).values(secret))
        first = item(world, cases[0])
    own, sister, hidden = numbers
    rina = site.by("rina")
    plan = rina.get(f"/kasus/{own}/rencana")
    assert ("Juga untuk kasus lain", f"/kasus/{own}/rencana/{first}/bersama") in [(w, to) for to, w in plan.page.links]
    asked = rina.follow("Juga untuk kasus lain")
    assert f"Salamah, Fakir miskin ({sister})" in asked.text
    assert hidden not in asked.text, "a closed file of the household is not offered"
    rina.press("Simpan", {"also": [sister]})
    assert f"Juga untuk Salamah ({sister}): direncanakan." in rina.get(f"/kasus/{own}/rencana").text
    new = rina.get(f"/kasus/{own}/rencana/baru")
    assert new.status == 200
    rina.press("Simpan", {"intervention": "KONSELING", "goal": "Tenang", "also": [sister]})
    assert rina.get(f"/kasus/{sister}/rencana").text.count(f"Juga untuk Rusdi ({own})") == 2
    with site.database.write() as session:
        session.execute(update(case_file).where(case_file.c.number.in_([own, sister])).values(state="intervention"))
    with pytest.raises(Refused, match="Berkas tertutup"):
        saved_as_it_closes(site, own, first, sister)
    assert f"Salamah ({sister})" in rina.get(f"/kasus/{own}/rencana/{first}/selesai").text
    done = rina.press("Tandai selesai", {"note": "Diserahkan."})
    assert f"Juga untuk Salamah ({sister}): selesai." in done.text
    assert "Hasil: Diserahkan." in rina.get(f"/kasus/{sister}/rencana").text
    assert sister not in site.by("luar").get(f"/kasus/{own}/rencana").text


def test_who_approves_a_plan_reads_whom_else_an_action_serves(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        own, sister = (opened(world, person=adult(name=name, kk=KK)) for name in ("Rusdi", "Salamah"))
        bring(world, own, "intervention_plan")
        session.execute(update(case_file).where(case_file.c.id == sister).values(state="intervention_plan"))
        ready_plan(world, own)
        number = str(row_of(world, sister).number)
        act(
            world,
            share_item,
            ShareItem(case=number, of=str(row_of(world, own).number), item=items_of(world, own)[0].id),
        )
        review = take(world, own, "approve_plan").review_id
    assert f"Juga untuk Salamah ({number}): direncanakan." in site.by("sari").get(f"/persetujuan/{review}").text


def saved_as_it_closes(site: Site, own: str, row: str, sister: str) -> None:
    """Save a form whose other case became a closed file since it was offered: no word goes either way."""
    with site.database.write() as session:
        secret = {"confidentiality": "R3", "assignee_id": site.filled.office.ids["rina"]}
        session.execute(update(case_file).where(case_file.c.number == sister).values(secret))
        rina = viewer(World(site.filled.office, session, site.at()), "rina")
        to = Saving(session, version=None, by=rina, at=site.at())
        written(finish_item, SettleItem(case=own, item=row, note="Rahasia."), to, {"also": [sister]})
