"""What the stories have beside steps and letters: goods in store and handed over, an instrument, a helper."""

from datetime import date, datetime

from caseflow.access import Viewer
from caseflow.actions import deliveries, goods, goods_kinds, instruments, psks_keeping
from caseflow.actions.psks import PersonData, RoleData
from caseflow.cli.demo_play import Play
from caseflow.cli.demo_world import KABUPATEN
from caseflow.store.session import Session

STORE = "Gudang Dinas Sosial"
KINDS = (
    ("MESIN-JAHIT", "Mesin jahit", "Sewing machine", "unit", "pemberdayaan", "USAHA", 2),
    ("PAKET-SEMBAKO", "Paket sembako", "Food package", "paket", "perlindungan", "SEMBAKO", 26),
)
"""Code, names, unit, pillar, help, and how many the Sentra brought."""


def receive(play: Play) -> None:
    """Record a store, two kinds of goods, and what came of each."""
    play.do("wahidah", goods_kinds.add_place, goods_kinds.AddPlace(area=KABUPATEN, name=STORE))
    for code, name, name_en, unit, pillar, help_code, n in KINDS:
        kind = goods_kinds.AddGoods(
            area=KABUPATEN, code=code, name=name, name_en=name_en, unit=unit, pillar=pillar, intervention=help_code
        )
        play.do("wahidah", goods_kinds.add_item, kind)
        came = goods.Receive(
            item=code,
            place=STORE,
            quantity=n,
            source="Sentra Phalamartha",
            document="BA/7",
            document_on=play.today(),
        )
        play.do("wahidah", goods.receive, came)


def hand_over(play: Play, number: str, planned: str, receiver: str) -> None:
    """Hand a sewing machine over, with its BAST."""
    command = deliveries.Deliver(
        case=number,
        plan_item=planned,
        goods=(deliveries.Line(item="MESIN-JAHIT", place=STORE, quantity=1),),
        receiver=receiver,
        receiver_address="Dusun 2",
        location="Kantor desa",
        officer_post="Tenaga Kesejahteraan Sosial Kecamatan",
    )
    play.do("budi", deliveries.deliver, command)


def measure(play: Play, number: str) -> None:
    """Hold a household's spending against the line of extreme poverty; a supervisor takes the result as it is."""
    answers = {"spending": 850_000, "members": 3}
    filled = play.do(
        "budi", instruments.fill_in, instruments.FillIn(case=number, instrument="MISKIN-EKSTREM", answers=answers)
    )
    decision = instruments.DecideOn(case=number, fill=str(filled.created_id), decision="accepted")
    play.do("darmawan", instruments.decide_on, decision)


def helper(play: Play) -> None:
    """Record a helper who is two things at once."""
    village = play.world.villages[60]
    roles = (
        RoleData(type="PSM", area=village, start=date(play.today().year - 6, 1, 2)),
        RoleData(type="TAGANA", area=village[:6], start=date(play.today().year - 3, 7, 1)),
    )

    def record(session: Session, command: PersonData, *, by: Viewer, at: datetime) -> None:
        helped = psks_keeping.add_person(session, command, roles[0], by=by, at=at)
        psks_keeping.add_role(session, helped, roles[1], by=by, at=at)

    play.do("wahidah", record, PersonData(name="Norhasanah", area=village, sex="P", languages=("banjar",)))
