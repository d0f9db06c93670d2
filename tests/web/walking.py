"""The three flagship cases worked to their decision through the pages, by the right people in either language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from caseflow.i18n import translate
from caseflow.states.lifecycle import STEPS
from tests.web.clicking import Clicker
from tests.web.test_records import typed
from tests.world import ANSWERS

LIVES = {"area": "631001", "area-631001": "6310012001"}
LIVES_NEAR = {"area": "6310012001"}
"""What who works in one kecamatan is asked: the village alone."""
ASK = "Minta persetujuan"


@dataclass(slots=True)
class Walk:
    """A case on its way: who works on it, in which language, and the clock of the office."""

    hands: Mapping[str, Clicker]
    lang: str
    ids: Mapping[str, str]
    now: Callable[[], datetime]
    wait: Callable[[timedelta], None]
    number: str = ""
    by: str = "rina"
    taken: list[str] = field(default_factory=list)

    @property
    def hand(self) -> Clicker:
        return self.hands[self.by]

    def words(self, said: str) -> str:
        return translate(said, self.lang)

    def today(self, key: str, *, later: int = 0) -> dict[str, str]:
        day: date = self.now().date() + timedelta(days=later)
        return {f"{key}-d": str(day.day), f"{key}-m": str(day.month), f"{key}-y": str(day.year)}

    def at(self, path: str = "") -> None:
        self.hand.get(f"/kasus/{self.number}{path}")

    def open_case(self, name: str, kind: str, **who: str) -> None:
        """Search first, then say what it is about and who, then check and save."""
        self.hand.get("/")
        self.hand.follow(self.words("Kasus baru"))
        self.hand.press(self.words("Cari"), {"q": name})
        self.hand.press(self.words("Lanjut"))
        self.hand.press(self.words("Lanjut"), {"jenis": kind})
        self.hand.press(self.words("Lanjut"), {**(LIVES_NEAR if self.by == "intan" else LIVES), **who})
        self.hand.press(self.words("Simpan kasus baru"))
        self.number = self.hand.path.rsplit("/", 1)[-1]

    def write(self, stage: str, category: str, **more: Any) -> None:  # noqa: ANN401 - answers
        """Fill in the form of a stage."""
        said = {**ANSWERS[category].get(stage, {}), **{k: v for k, v in more.items() if not isinstance(v, dict)}}
        dates = {k: v for more_of in more.values() if isinstance(more_of, dict) for k, v in more_of.items()}
        self.at(f"/catatan/{stage}")
        self.hand.press(self.words("Simpan"), {**typed(said), **dates})
        assert self.hand.path == f"/kasus/{self.number}", self.hand.said

    def step(self, name: str, *, from_work: str = "", **values: str) -> None:
        """Take a step from the page of the case; `from_work` is its client: then three taps from my work."""
        label = STEPS[name].label.in_(self.lang)
        if from_work:
            self.hand.get("/")
            self.hand.follow(from_work)
        else:
            self.at()
        self.hand.follow(label)
        asks = self.words(ASK) in self.hand.said
        self.hand.press(self.words(ASK) if asks else label, {"note": "Sesuai keadaan.", **values})
        assert self.hand.path == f"/kasus/{self.number}", self.hand.said
        self.taken.append(name)

    def approved(self, name: str, boss: str, **values: str) -> None:
        """Ask for a step, and let somebody else approve it from the list of requests."""
        self.step(name, **values)
        head = self.hands[boss]
        head.get("/persetujuan")
        head.follow(STEPS[name].label.in_(self.lang))
        head.press(self.words("Setujui"), {"reason": "Sesuai berkas."})

    def sheet(self, path: str, button: str = "Simpan", **values: Any) -> None:  # noqa: ANN401 - of a form
        """Fill in one form of the case."""
        self.at(path)
        form = self.hand.path
        self.hand.press(self.words(button), values)
        assert self.hand.path != form, self.hand.said
        assert self.hand.path.startswith(f"/kasus/{self.number}"), self.hand.path

    def consents(self, *purposes: str, giver: str, relation: str) -> None:
        for purpose in purposes:
            self.sheet(f"/persetujuan-klien/baru?untuk={purpose}", giver=giver, relation=relation)

    def item(self, intervention: str, goal: str) -> None:
        plan = {"intervention": intervention, "goal": goal, "owner": self.ids[self.by]}
        self.sheet("/rencana/baru", **plan, **self.today("due", later=20))

    def finish(self, items: int) -> None:
        for _each in range(items):
            self.at("/rencana")
            self.hand.follow(self.words("Isi hasil kegiatan"))
            self.hand.press(self.words("Tandai selesai"), {"note": "Diserahkan."})

    def evaluate(self, category: str, *results: str) -> None:
        self.write("evaluation", category, day=self.today("evaluated_on"))
        for result in results:
            self.at()
            self.hand.follow("Nilai hasil:" if self.lang == "id" else "Evaluate:")
            self.hand.press(self.words("Simpan"), {"result": result})

    def visits(self, count: int, *, first: int, gap: int, finding: str = "Keadaan baik.") -> None:
        for n in range(count):
            self.wait(timedelta(days=gap if n else first))
            self.sheet("/kunjungan/baru", finding=finding)


def cannot_pay_treatment(walk: Walk) -> None:
    """A woman who cannot pay for treatment: an emergency, its debt paid, letters answered, closed after monitoring."""
    walk.by = "intan"
    walk.open_case("Halimah Sadiyah", "FM:person", sex="P", **{"birth-age": "47"})
    need = "pemeriksaan dan perawatan lanjutan"
    walk.write("data_collection", "FM", risk="high", treatment_needed=True, health_need=need)
    sari = walk.hands["sari"]
    sari.get(f"/kasus/{walk.number}")
    sari.follow(walk.words("Tugaskan pendamping"))
    sari.press(walk.words("Tugaskan"), {"assignee": walk.ids["rina"], "reason": "Wilayahnya."})
    walk.by = "rina"
    walk.step("emergency_intervention")
    walk.wait(timedelta(hours=20))
    assessed = walk.today("assessed_on")
    card = walk.today("jkn_checked_on")
    ill = {"illness_class": "chronic", "emergency": True, "health_need": need, "facility": "Puskesmas Batulicin"}
    paper = {"facility_letter_number": "440/118", "date": walk.today("facility_letter_date")}
    walk.write(
        "assessment", "FM", risk="high", jkn_status="pbi_apbn_inactive", needs_treatment=True, day=assessed, card=card,
        **ill, **paper,
    )  # fmt: skip
    walk.write("intervention_plan", "FM", payment_path="pbi_reactivation")
    walk.consents("plan", "health_service", "health_insurance", giver="Halimah", relation="self")
    walk.item("RUJUKAN-RS", "Mendapat perawatan sampai pulih")
    walk.item("REAKTIVASI-PBI", "Kepesertaan aktif kembali")
    walk.approved("ratify_emergency", "sari")
    walk.sheet("/surat/rek-pbi/terbitkan", "Terbitkan surat", filed_by="office")
    walk.wait(timedelta(days=6))
    for _letter in range(2):
        walk.at()
        walk.hand.follow("belum menjawab" if walk.lang == "id" else "has not answered")
        walk.hand.press(walk.words("Simpan"), {"status": "done", "note": "Sudah dilayani."})
    walk.finish(2)
    walk.step("complete_intervention")
    walk.evaluate("FM", "met", "met")
    walk.step("start_monitoring")
    walk.visits(2, first=13, gap=30)
    walk.write("monitoring", "FM", treatment_goes_on="going_on")
    walk.approved("close_case", "sari", **{"details.outcome": "goals_met"})


def poorest_household(walk: Walk) -> None:
    """A household in extreme poverty: the plan is revised after the evaluation, then monitored and closed."""
    walk.by = "budi"
    walk.open_case("Kepala Keluarga Baru", "KME:household", **{"m0.sex": "L", "m0.birth-age": "44"})
    walk.write("data_collection", "KME", risk="medium")
    walk.step("submit_for_assessment")
    walk.write("assessment", "KME", risk="medium", day=walk.today("assessed_on"))
    walk.step("complete_assessment")
    walk.write("intervention_plan", "KME")
    walk.consents("plan", giver="Kepala keluarga", relation="self")
    walk.item("SEMBAKO", "Pangan cukup")
    walk.approved("approve_plan", "sari")
    walk.wait(timedelta(days=10))
    walk.finish(1)
    walk.step("complete_intervention")
    walk.evaluate("KME", "not_met")
    walk.step("revise_plan")
    walk.write("intervention_plan", "KME", strategies=["reduce_burden", "raise_income"], income_plan="Usaha jahit.")
    walk.item("USAHA", "Punya penghasilan")
    walk.approved("approve_plan", "sari")
    walk.finish(1)
    walk.step("complete_intervention")
    walk.evaluate("KME", "met", "met")
    walk.step("start_monitoring")
    walk.visits(3, first=20, gap=32)
    walk.write("monitoring", "KME")
    walk.approved("close_case", "sari", **{"details.outcome": "goals_met"})


def orphan(walk: Walk) -> None:
    """An orphan without a NIK: kin care, a carer who falls ill, and a second cycle for the same child."""
    walk.by = "rina"
    walk.open_case("Muhammad Rizki", "AT:person", sex="L", issue="orphan", **{"birth-age": "8"})
    walk.write("data_collection", "AT", risk="medium", parent_status="yatim_piatu")
    walk.step("submit_for_assessment")
    kin = {"lives_with": "kin", "guardian_relation": "uncle_aunt", "kin_option": "possible", "guardian_legal": "none"}
    kin |= {"kin_assessed": "Paman", "kin_result": "paman bersedia", "guardian_name": "Rusdi"}
    walk.write("assessment", "AT", day=walk.today("assessed_on"), kin_day=walk.today("kin_assessed_on"), **kin)
    walk.step("complete_assessment", from_work="Muhammad Rizki")
    walk.write("intervention_plan", "AT", care_plan="kin", kin_carer="Rusdi, paman dari ibu")
    walk.item("PENGASUHAN", "Tinggal aman bersama paman")
    walk.consents("plan", giver="Rusdi", relation="kin")
    walk.approved("approve_plan", "sari")
    walk.sheet("/penempatan/baru", kind="kin", carer="Rusdi", relation="paman")
    walk.wait(timedelta(days=40))
    walk.finish(1)
    walk.step("complete_intervention")
    walk.evaluate("AT", "met")
    walk.step("start_monitoring")
    walk.visits(1, first=12, gap=0, finding="Paman sakit keras.")
    walk.at("/penempatan")
    walk.hand.follow(walk.words("Akhiri penempatan"))
    walk.hand.press(walk.words("Akhiri penempatan"), {"reason": "Paman sakit."})
    walk.approved("continue_case", "sari")
    walk.write("assessment", "AT", day=walk.today("assessed_on"), kin_day=walk.today("kin_assessed_on"), **kin)
    walk.step("complete_assessment")
