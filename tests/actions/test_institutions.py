"""Institutions: what is recorded and refused, who may, room and licence that warn, how they answer."""

from dataclasses import replace
from datetime import date

import pytest

from caseflow.actions import institutions, referrals
from caseflow.actions.institutions import InstitutionData
from caseflow.errors import Forbidden, InvalidInput, NotFound
from caseflow.i18n import translate
from caseflow.store import institutions as rows
from tests.world import ELSEWHERE, REGENCY, World, act, bring, broken, days_later, may_tell, opened, viewer

HOME = InstitutionData(
    name="LKSA Kasih",
    kind="child_institution",
    addressee="Kepala LKSA Kasih",
    place="Batulicin",
    area=REGENCY,
    psks_type="LKS",
    capacity=2,
    accepts=("referral",),
    contact="Ibu Ani",
    hours="Senin sampai Jumat 08.00",
    licence_number="SKT/12/2024",
    licence_until=date(2026, 1, 31),
)


def added(world: World, data: InstitutionData = HOME, *, by: str = "admin") -> str:
    return institutions.add(world.session, data, by=viewer(world, by), at=world.now)


def test_an_institution_is_recorded_changed_and_warned_about(world: World) -> None:
    made = added(world)
    found, _answered = institutions.one(world.session, made, by=viewer(world, "rina"), at=world.now)
    assert found.data == HOME
    assert (found.placed, found.full, found.licence_over, found.mine) == (0, False, True, False)
    said = dict(institutions.choices(world.session, today=world.today))
    assert translate(said[made], "id") == (
        "LKSA Kasih (0 dari 2 tempat terisi, perhatian: izinnya berakhir 31 Januari 2026)"
    )
    changed = replace(HOME, capacity=0, accepts=("rjk-rs",), licence_until=None)
    institutions.change(world.session, made, changed, by=viewer(world, "admin"), at=world.now)
    said = dict(institutions.choices(world.session, today=world.today))
    assert translate(said[made], "en") == "LKSA Kasih (full, 0 of 0 places taken, note: on record as not taking this)"
    assert institutions.listing(world.session, by=viewer(world, "admin"), at=world.now)[-1].mine
    off = replace(changed, active=False)
    institutions.change(world.session, made, off, by=viewer(world, "admin"), at=world.now)
    assert made not in dict(institutions.choices(world.session, today=world.today))
    assert institutions.listing(world.session, by=viewer(world, "rina"), at=world.now)[-1].id == made
    assert not broken(world)


def test_what_cannot_be_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        added(world, replace(HOME, name=" ", kind="x", psks_type="PSM", capacity=-1, accepts=("zz",), area="99"))
    assert set(refused.value.data["problems"]) == {"name", "kind", "psks_type", "capacity", "accepts", "area"}
    for name in ("rina", "sari", "kadis", "mitra"):
        with pytest.raises(Forbidden):
            added(world, by=name)
    with pytest.raises(Forbidden):
        added(world, replace(HOME, area=ELSEWHERE))
    with pytest.raises(Forbidden):
        institutions.listing(world.session, by=viewer(world, "mitra"), at=world.now)
    with pytest.raises(NotFound):
        institutions.one(world.session, "x", by=viewer(world, "rina"), at=world.now)


def test_its_answers_are_counted_over_what_the_reader_may_see(world: World) -> None:
    charity = world.office.institutions["charity"]
    for status in ("accepted", "refused", None):
        case = bring(world, opened(world), "intervention")
        may_tell(world, case)
        ask = referrals.AddReferral(case=case, institution=charity, need="Modal.")
        asked = act(world, referrals.add_referral, ask).created_id
        if status:
            days_later(world, 3)
            answer = referrals.AnswerReferral(case=case, referral=str(asked), status=status, note="Sesuai.")
            act(world, referrals.answer_referral, answer)
    _found, answered = institutions.one(world.session, charity, by=viewer(world, "sari"), at=world.now)
    before = len(rows.referrals_to(world.session, viewer(world, "sari"), charity)) - 3
    assert (answered.sent - before, answered.accepted, answered.refused, answered.days) == (3, 1, 1, 3)
    assert answered.silent >= 1
    _found, unseen = institutions.one(world.session, charity, by=viewer(world, "luar"), at=world.now)
    assert unseen.sent == 0
