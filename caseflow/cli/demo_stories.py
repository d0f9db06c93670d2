"""The three flagship cases, each taken from opening to its decision by the right people."""

from datetime import timedelta
from typing import Any

from caseflow.actions import cases, letters, placements, plan, reviews, steps
from caseflow.actions.people import PersonData
from caseflow.cli import demo_goods
from caseflow.cli.demo_play import Play
from caseflow.cli.demo_world import household, person


def cannot_pay_treatment(play: Play) -> str:
    """A woman who cannot pay for treatment: emergency with its debt paid, two letters, closed after monitoring."""
    play.say("Kasus 1: orang tidak mampu berobat (Fakir Miskin), tindakan darurat")
    village = play.world.villages[3]
    woman = person(2, village, play.today(), age=47)
    opened = play.do(
        "rahma",
        cases.open_case,
        cases.OpenCase(category="FM", area=village, person=woman, issue="cannot_pay_treatment"),
    )
    number = str(opened.case.number)
    play.record(
        "rahma",
        number,
        "data_collection",
        {
            "reporter_kind": "village",
            "reporter_name": "Kader Puskesos",
            "location": "Rumah kontrakan dekat pasar",
            "situation": "Sakit sejak tiga minggu, kepesertaan JKN nonaktif, tidak sanggup membayar.",
            "treatment_needed": True,
            "health_need": "pemeriksaan dan perawatan lanjutan di rumah sakit",
            "risk": "high",
            "data_basis": "public_task",
            "criterion_no_home": "no",
            "criterion_no_livelihood": "yes",
            "criterion_needs_not_met": "yes",
        },
    )
    play.do("wahidah", cases.assign_case, cases.AssignCase(case=number, assignee=play.user_id("rina")))
    play.step("rina", number, "emergency_intervention", "Perlu dibawa ke rumah sakit hari ini.")
    play.refused(
        "rina",
        steps.advance_case,
        steps.AdvanceCase(case=number, step="complete_intervention"),
        because="kelengkapan darurat masih terutang",
    )
    play.pass_hours(20)
    today = play.today()
    play.record(
        "rina",
        number,
        "assessment",
        {
            "assessed_on": today.isoformat(),
            "assessor": "Rina Marlina",
            "livelihood": "Buruh harian, berhenti sejak sakit.",
            "problems": "Biaya berobat; JKN nonaktif; tidak ada penghasilan.",
            "strengths": "Anak sulung membantu, tetangga peduli.",
            "risk": "high",
            "risk_reason": "Keadaan memburuk tanpa perawatan.",
            "jkn_status": "pbi_apbn_inactive",
            "jkn_checked_on": today.isoformat(),
            "needs_treatment": True,
            "illness_class": "chronic",
            "emergency": True,
            "health_need": "pemeriksaan dan perawatan lanjutan di rumah sakit",
            "facility": "Puskesmas Batulicin",
            "facility_letter_number": "440/118/PKM-BTL",
            "facility_letter_date": today.isoformat(),
        },
    )
    play.record("rina", number, "intervention_plan", {"payment_path": "pbi_reactivation"})
    name = woman.name
    for purpose in ("plan", "health_service", "health_insurance"):
        play.consent("rina", number, purpose, "self", name)
    items = [
        play.item("rina", number, "RUJUKAN-RS", "Mendapat perawatan sampai pulih"),
        play.item("rina", number, "REAKTIVASI-PBI", "Kepesertaan PBI-JK aktif kembali"),
    ]
    play.approved("rina", "wahidah", number, "ratify_emergency")
    play.do(
        "rina", letters.issue_letter, letters.IssueLetter(case=number, letter="rek-pbi", fields={"filed_by": "office"})
    )
    play.wait(6)
    play.answer_all("rina", number)
    play.finish("rina", number, items)
    play.step("rina", number, "complete_intervention")
    play.evaluate("rina", number, dict.fromkeys(items, "met"))
    play.step("rina", number, "start_monitoring")
    play.monitor("rina", number, first=13, gap=30, count=2)
    play.record(
        "rina",
        number,
        "monitoring",
        {
            "last_situation": "Sudah bekerja ringan, kontrol rutin.",
            "treatment_goes_on": "going_on",
            "contact_after": "Puskesos desa",
        },
    )
    play.approved(
        "rina", "wahidah", number, "close_case", "Kebutuhan terpenuhi, kontrol rutin berjalan.", outcome="goals_met"
    )
    return number


def orphan(play: Play) -> str:
    """An orphan without NIK: placement refused, kin care, and a second cycle with a placement that is right."""
    play.say("Kasus 3: anak yatim piatu (Anak Terlantar), pengasuhan kerabat, lalu berlanjut ke siklus kedua")
    village = play.world.villages[20]
    child = PersonData(name="Muhammad Rizki", birth={"age": 8}, sex="L", address="RT 002 RW 001")
    opened = play.do("rina", cases.open_case, cases.OpenCase(category="AT", area=village, person=child, issue="orphan"))
    number = str(opened.case.number)
    play.record(
        "rina",
        number,
        "data_collection",
        {
            "reporter_kind": "neighbour",
            "reporter_name": "Ketua RT 002",
            "location": "Rumah paman di RT 002",
            "situation": "Kedua orang tua meninggal, tinggal dengan paman, sering tidak sekolah.",
            "parent_status": "yatim_piatu",
            "risk": "medium",
            "data_basis": "public_task",
            "criterion_poor_family": "yes",
            "criterion_neglected": "no",
            "criterion_basic_needs": "yes",
        },
    )
    play.step("rina", number, "submit_for_assessment")
    play.wait(2)
    assess_child(play, number, kin="possible")
    play.step("rina", number, "complete_assessment")
    plan_for_lksa(play, number, "RT")
    item = play.item("rina", number, "LKSA", "Anak diasuh dengan aman")
    play.consent("rina", number, "plan", "kin", "Rusdi")
    play.refused(
        "rina",
        steps.advance_case,
        steps.AdvanceCase(case=number, step="approve_plan"),
        because="paman bukan wali, kerabat masih mungkin mengasuh",
    )
    play.do("rina", plan.cancel_item, plan.SettleItem(case=number, item=item, note="Kerabat mampu mengasuh."))
    kin_answers = {"care_plan": "kin", "kin_carer": "Rusdi, paman dari ibu"}
    play.record("rina", number, "intervention_plan", kin_answers)
    items = [
        play.item("rina", number, "PENGASUHAN", "Tinggal aman bersama paman"),
        play.item("rina", number, "YAPI", "Kebutuhan sekolah terpenuhi"),
    ]
    asked = play.step("rina", number, "approve_plan")
    play.do(
        "rina", plan.change_item, plan.ChangeItem(case=number, item=items[1], goal="Kembali bersekolah setiap hari")
    )
    play.refused(
        "wahidah",
        reviews.grant_review,
        reviews.DecideReview(review=str(asked.review_id)),
        because="rencana berubah setelah dimintakan persetujuan",
    )
    play.approved("rina", "wahidah", number, "approve_plan")
    placed = play.do(
        "rina",
        placements.start_placement,
        placements.StartPlacement(case=number, kind="kin", carer="Rusdi", relation="paman"),
    )
    play.wait(40)
    play.finish("rina", number, items)
    play.step("rina", number, "complete_intervention")
    play.evaluate("rina", number, {items[0]: "met", items[1]: "partly"})
    play.step("rina", number, "start_monitoring")
    play.monitor("rina", number, first=12, gap=0, count=1, finding="Paman sakit keras, anak kembali sering sendiri.")
    play.do(
        "rina",
        placements.end_placement,
        placements.EndPlacement(
            case=number, placement=str(placed.created_id), reason="Paman sakit, tidak mampu mengasuh."
        ),
    )
    play.approved("rina", "wahidah", number, "continue_case", "Pengasuh sakit; perlu asesmen baru.")
    second_cycle(play, number)
    return number


def second_cycle(play: Play, number: str) -> None:
    """No kin can care any more: an institution, with consent of the guardian by court and the child heard."""
    assess_child(play, number, kin="not_possible")
    play.step("rina", number, "complete_assessment")
    plan_for_lksa(play, number, "188.4/57/DINSOS")
    for purpose in ("plan", "placement"):
        play.consent("rina", number, purpose, "legal_guardian", "Hj. Salamah")
    play.item("rina", number, "LKSA", "Diasuh dan bersekolah dengan aman", days=60)
    play.approved("rina", "darmawan", number, "approve_plan")
    review_by = (play.today() + timedelta(days=180)).isoformat()
    play.do(
        "rina",
        letters.issue_letter,
        letters.IssueLetter(case=number, letter="rjk-lksa", fields={"review_by": review_by}),
    )
    play.wait(3)
    play.answer_all("rina", number)
    home = play.world.institutions["child_institution"]
    play.do(
        "rina",
        placements.start_placement,
        placements.StartPlacement(case=number, kind="lksa", carer="LKSA Istana Anak Yatim", institution=home),
    )


def assess_child(play: Play, number: str, *, kin: str) -> None:
    """Fill in the assessment of the child."""
    today = play.today().isoformat()
    heard: dict[str, Any] = {}
    if kin == "not_possible":
        heard = {
            "child_opinion": "bersedia tinggal di lembaga dan ingin tetap bersekolah",
            "child_opinion_how": "with_trusted",
            "opinion_heard_on": today,
        }
    play.record(
        "rina",
        number,
        "assessment",
        {
            "assessed_on": today,
            "assessor": "Rina Marlina",
            "lives_with": "kin",
            "guardian_relation": "uncle_aunt" if kin == "possible" else "grandparent",
            "guardian_name": "Rusdi" if kin == "possible" else "Hj. Salamah",
            "guardian_legal": "none" if kin == "possible" else "court",
            "problems": "Sering tidak sekolah; pengasuh bekerja sampai malam.",
            "strengths": "Anak dekat dengan keluarga ibunya dan suka belajar.",
            "risk": "medium",
            "risk_reason": "Pengawasan kurang, tidak ada kekerasan.",
            "school_status": "at_risk",
            "kin_option": kin,
            "kin_assessed": "Paman dan nenek dari pihak ibu",
            "kin_assessed_on": today,
            "kin_result": "paman bersedia mengasuh" if kin == "possible" else "belum ada kerabat yang dapat mengasuh",
            **heard,
        },
    )


def plan_for_lksa(play: Play, number: str, decision: str) -> None:
    """Fill in the plan form for a placement in an institution."""
    day = (play.today() + timedelta(days=5)).isoformat()
    answers = {"care_plan": "lksa", "lksa_name": "LKSA Istana Anak Yatim", "child_willing": "yes"}
    answers |= {"pickup_officer": "Rina Marlina", "pickup_date": day}
    answers |= {"decision_number": decision, "decision_date": play.today().isoformat()}
    play.record("rina", number, "intervention_plan", answers)


def poorest_household(play: Play) -> str:
    """A household in extreme poverty: a reminder that climbs, a revised plan, monitoring, closed."""
    play.say("Kasus 2: keluarga miskin ekstrem, rencana diperbaiki setelah evaluasi")
    village = play.world.villages[60]
    demo_goods.receive(play)
    demo_goods.helper(play)
    family = household(30, village, play.today())
    opened = play.do(
        "budi", cases.open_case, cases.OpenCase(category="KME", area=village, household=family, issue="extreme_poverty")
    )
    number, version = str(opened.case.number), opened.case.version
    play.record(
        "budi",
        number,
        "data_collection",
        {
            "reporter_kind": "target_list",
            "location": "Dusun 2",
            "situation": "Keluarga buruh tani tanpa lahan, makan tidak tentu.",
            "desil": "1",
            "desil_checked_on": play.today().isoformat(),
            "p3ke": "yes",
            "risk": "medium",
            "data_basis": "public_task",
            "criterion_no_home": "no",
            "criterion_head_not_working": "yes",
            "criterion_worried_about_food": "yes",
            "criterion_food_over_half": "yes",
            "criterion_no_clothes": "no",
            "criterion_floor": "yes",
            "criterion_wall": "no",
            "criterion_toilet": "no",
            "criterion_light": "yes",
        },
    )
    play.step("budi", number, "submit_for_assessment")
    play.refused(
        "budi",
        steps.advance_case,
        steps.AdvanceCase(case=number, step="return_for_data", note="Kurang lengkap", expected_version=version),
        because="versi yang dibuka sudah lama",
    )
    play.wait(24)  # nobody assesses: the deadline passes and the reminder climbs to the supervisor
    play.record(
        "budi",
        number,
        "assessment",
        {
            "assessed_on": play.today().isoformat(),
            "assessor": "Budi Santoso",
            "household_size": 3,
            "monthly_spending": 850_000,
            "livelihood": "Buruh tani",
            "problems": "Penghasilan tidak tetap, rumah lembap.",
            "strengths": "Istri bisa menjahit.",
            "risk": "medium",
            "risk_reason": "Pangan kurang pada musim paceklik.",
        },
    )
    demo_goods.measure(play, number)
    play.step("budi", number, "complete_assessment")
    play.record("budi", number, "intervention_plan", {"strategies": ["reduce_burden"]})
    play.consent("budi", number, "plan", "self", str(family.members[0].person.name))
    items = [play.item("budi", number, "SEMBAKO", "Pangan cukup tiga kali sehari")]
    asked = play.do(
        "darmawan",
        steps.advance_case,
        steps.AdvanceCase(case=number, step="terminate", note="Keliru pilih", details={"reason_code": "moved"}),
    )
    play.refused(
        "darmawan",
        reviews.grant_review,
        reviews.DecideReview(review=str(asked.review_id)),
        because="menyetujui permintaan sendiri",
    )
    play.do(
        "darmawan", reviews.withdraw_review, reviews.DecideReview(review=str(asked.review_id), reason="Keliru pilih.")
    )
    play.approved("budi", "darmawan", number, "approve_plan")
    play.wait(30)
    play.finish("budi", number, items)
    play.step("budi", number, "complete_intervention")
    play.evaluate("budi", number, {items[0]: "not_met"}, monthly_spending=870_000)
    play.step("budi", number, "revise_plan", "Bantuan pangan saja tidak cukup; perlu penghasilan.")
    play.record(
        "budi",
        number,
        "intervention_plan",
        {"strategies": ["reduce_burden", "raise_income"], "income_plan": "Usaha jahit rumahan."},
    )
    more = play.item("budi", number, "USAHA", "Punya penghasilan dari menjahit")
    play.approved("budi", "darmawan", number, "approve_plan")
    demo_goods.hand_over(play, number, more, str(family.members[0].person.name))
    play.wait(30)
    play.finish("budi", number, [more])
    play.step("budi", number, "complete_intervention")
    play.evaluate("budi", number, {items[0]: "met", more: "met"}, monthly_spending=1_450_000)
    play.step("budi", number, "start_monitoring")
    play.monitor("budi", number, first=20, gap=32, count=3)
    play.record("budi", number, "monitoring", {"last_situation": "Usaha berjalan.", "contact_after": "Puskesos desa"})
    play.approved("budi", "darmawan", number, "close_case", "Penghasilan cukup dan tetap.", outcome="goals_met")
    return number
