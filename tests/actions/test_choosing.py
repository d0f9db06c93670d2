"""Who might take a case: near, of a fitting role, speaking the language, with few cases; the reasons are said."""

from dataclasses import replace
from datetime import date

import pytest

from caseflow.actions import choosing, psks_keeping
from caseflow.actions.choosing import Candidate, Need
from caseflow.actions.psks import PersonData, RoleData
from caseflow.definitions import psks
from caseflow.errors import Forbidden
from caseflow.i18n import translate
from caseflow.store.handover import Load
from tests.world import OTHER_VILLAGE, REGENCY, World, household, opened, record, viewer

KINDS = psks.load(None)
FAR = Candidate("a", "Ayu", Load(), (REGENCY,))


def order(need: Need, *able: Candidate, given: dict[str, int] | None = None) -> list[str]:
    return [one.candidate.id for one in choosing.ranked(need, able, given)]


def test_area_role_language_and_load_count_in_this_order() -> None:
    need = Need("6310012001", "pfm", "Bahasa Banjar halus")
    near = replace(FAR, id="b", areas=("631001",))
    there = replace(FAR, id="c", load=Load(9, 0, {"631001": 1}))
    fits = replace(near, id="d", load=Load(60), roles=((KINDS["PKH"], "631001"),))
    speaks = replace(near, id="e", load=Load(12), languages=("banjar",))
    assert order(need, FAR, near, there, fits, speaks) == ["d", "e", "b", "c", "a"]
    assert order(need, near, replace(near, id="z"), given={"b": 1}) == ["z", "b"], "what is given now counts"
    assert order(replace(need, bidang="rehsos", language=""), fits, speaks) == ["e", "d"], (
        "a role that fits no such case"
    )
    served = replace(FAR, id="f", roles=((KINDS["TKSK"], "631001"),))
    assert order(need, FAR, served) == ["f", "a"], "whose role is for the kecamatan works there"
    best = choosing.ranked(need, [replace(fits, languages=("banjar",), name="Budi")])[0]
    assert translate(best.words, "id") == "Budi: wilayah sama, 60 kasus, pendamping PKH, berbahasa Banjar"
    assert translate(best.words, "en") == "Budi: same area, 60 cases, PKH companion, speaks Banjar"


def test_a_case_is_offered_to_who_serves_there_and_speaks_the_language(world: World) -> None:
    case = opened(world, "KAT", household=household(), area=OTHER_VILLAGE)
    record(world, case, "data_collection", {"language": "Banjar, lewat kepala adat"})
    person = PersonData(name="Budi", area=OTHER_VILLAGE, languages=("banjar",), user="budi")
    role = RoleData(type="PKH", area=OTHER_VILLAGE, start=date(2024, 1, 1))
    psks_keeping.add_person(world.session, person, role, by=viewer(world, "sari"), at=world.now)
    found = choosing.for_case(world.session, case, by=viewer(world, "sari"), at=world.now)
    with pytest.raises(Forbidden):
        choosing.for_case(world.session, case, by=viewer(world, "rina"), at=world.now)
    assert found[0].candidate.name == "Budi"
    assert {one.candidate.name for one in found} == {"Rina", "Budi", "Dewi"}
    budi = next(one for one in found if one.candidate.name == "Budi")
    assert [str(reason) for reason in budi.reasons] == [
        "wilayah sama",
        "0 kasus",
        "pendamping PKH",
        "berbahasa Banjar",
    ]
