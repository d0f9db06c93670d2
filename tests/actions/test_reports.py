"""Monthly reports: what they count, frozen editions and corrections, whose they are; targets by the same queries."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import delete, insert, select, update

from caseflow.access import Grant
from caseflow.actions import admin, letters, report_letter, reports, targets
from caseflow.actions.letters import IssueLetter
from caseflow.actions.reports import MakeReport, Report
from caseflow.actions.targets import SetTarget
from caseflow.errors import AuditBroken, Forbidden, InvalidInput, NotFound, Refused
from caseflow.ids import new_id
from caseflow.states import reporting
from caseflow.store import verify_reports
from caseflow.store.tables import access_entry, case_file, job, monthly_report, report_file, visit
from tests.actions.test_sharing import first_choice
from tests.counting import count_and_freeze
from tests.world import (
    DISTRICT,
    ELSEWHERE,
    OTHER_VILLAGE,
    REGENCY,
    START,
    VILLAGE,
    VILLAGE_ELSEWHERE,
    WITA,
    World,
    act,
    adult,
    approved,
    bring,
    clock,
    consent,
    days_later,
    opened,
    record,
    refused,
    row_of,
    take,
    viewer,
)

MONTH = "2026-02"


def made(world: World, month: str = MONTH, *, by: str = "sari", reason: str = "") -> Report:
    """Ask for a report and do what its job does."""
    report = reports.make(world.session, MakeReport(month=month, reason=reason), by=viewer(world, by), at=world.now)
    count_and_freeze(world.session, report, at=world.now)
    return reports.read(world.session, report, by=viewer(world, by))


def figures(found: Report) -> dict[tuple[str, str, str], int]:
    assert found.content is not None
    return reporting.cells(found.content["tables"])


def test_a_month_is_counted_frozen_and_corrected_on_record(world: World) -> None:
    case = opened(world, area=OTHER_VILLAGE)
    record(world, case, "data_collection", {"desil": "1", "desil_checked_on": "2026-02-02"})
    days_later(world, 30)
    first = made(world)
    said = figures(first)
    assert said["kecamatan", "631002", "opened"] == 1
    assert said["category", "FM", "opened"] >= 1
    assert said["poverty", "yes", "running"] >= 1
    assert said["kecamatan", "631002", "late"] == 1
    tables = {code: sum(n for (t, _r, c), n in said.items() if (t, c) == (code, "running")) for code, _r, _c in said}
    whole = said["all", "running", "n"]
    assert all(tables[code] == whole for code in ("category", "kecamatan", "sex", "age", "poverty", "state"))
    with pytest.raises(InvalidInput) as refused:
        made(world)
    assert "sudah ada" in refused.value.data["problems"]["reason"]
    world.session.execute(update(case_file).where(case_file.c.id == case).values(area_code=VILLAGE))
    second = made(world, reason="Alamat kasus dibetulkan.")
    assert second.content is not None
    assert first.content is not None
    assert second.content["replaces"] == {"edition": 1, "digest": first.edition.digest}
    assert second.corrections["kecamatan", "631002", "opened"] == 1
    assert figures(second)["kecamatan", "631002", "opened"] == 0, "a row that is gone is shown as nought"
    assert ("sex", "L", "opened") not in second.corrections
    assert [(e.edition, e.newest) for e in reports.listing(world.session, by=viewer(world, "audit"))] == [
        (2, True),
        (1, False),
    ]
    again = reports.read(world.session, first.edition.id, by=viewer(world, "kadis"))
    assert again.content == first.content, "an edition stays as it was"
    codes = world.session.execute(
        select(access_entry.c.code).where(access_entry.c.code.startswith("report:"))
    ).scalars()
    assert list(codes) == ["report:edition:asked", "report:edition:frozen"] * 2
    log = first.content["log"]
    assert log["size"] > 0
    assert len(log["root"]) == 64


def test_a_file_closed_after_the_first_edition_changes_no_figure(world: World) -> None:
    case = opened(world, "PMBS", person=adult(), area=OTHER_VILLAGE)
    days_later(world, 30)
    first = made(world)
    assert figures(first)["category", "PMBS", "running"] == 1
    days_later(world, 1)
    record(world, case, "data_collection", {"trafficking": "yes"})
    assert row_of(world, case).confidentiality == "R3"
    second = made(world, reason="Diperiksa ulang.")
    assert second.corrections == {}
    assert figures(second) == figures(first)


def test_a_file_closed_after_a_report_counted_it_is_counted_on_in_later_months_and_targets(world: World) -> None:
    case = opened(world, "PMBS", person=adult(), area=OTHER_VILLAGE)
    early = opened(world, "PMBS", person=adult(), area=OTHER_VILLAGE)
    year = SetTarget(area="631002", measure="opened", start=date(2026, 2, 1), end=date(2026, 12, 31), amount=9)
    act(world, targets.set_target, year, by="sari")
    record(world, early, "data_collection", {"trafficking": "yes"})
    world.now = clock(2026, 3, 2)
    figures(made(world))
    record(world, case, "data_collection", {"trafficking": "yes"})
    unseen = opened(world, "PMBS", person=adult(), area=OTHER_VILLAGE)
    record(world, unseen, "data_collection", {"trafficking": "yes"})
    world.now = clock(2026, 4, 1)
    march = figures(made(world, "2026-03"))
    assert march["category", "PMBS", "running"] == 1, "a month later it is counted as before, and no other is"
    assert march["targets", "631002:opened:2026-02-01:2026-12-31", "counted"] == 1
    assert [t.counted for t in targets.listing(world.session, by=viewer(world, "audit"), at=world.now)] == [1]


def test_what_ended_with_the_closing_of_a_file_changes_no_figure(world: World) -> None:
    case = opened(world, "PMBS", person=adult(), area=OTHER_VILLAGE)
    record(world, case, "data_collection", {"risk": "high", "trafficking": "unknown"})
    take(world, case, "emergency_intervention")
    where = ("Kepala UPTD PPA", "Kota", REGENCY)
    admin.add_institution(world.session, "UPTD PPA", "protection", *where, by=admin.ROOT, at=world.now)
    consent(world, case, "referral", receiver="any")
    need = first_choice(letters.kinds(world.session)["rjk-ppa"], "need")
    act(world, letters.issue_letter, IssueLetter(case=case, letter="rjk-ppa", fields={"need": need}))
    world.now = clock(2026, 3, 2)
    first = figures(made(world))
    assert first["letters", "rjk-ppa", "n"] == 1
    world.now -= timedelta(seconds=30)  # typed before the report was asked for, by a clock that is behind
    record(world, case, "data_collection", {"trafficking": "yes"})
    world.now = clock(2026, 3, 3)
    assert made(world, reason="Diperiksa ulang.").corrections == {}


def test_a_closing_that_was_undone_is_in_no_table_alone(world: World) -> None:
    case = bring(world, opened(world, "FM"), "assessment")
    approved(world, case, "terminate", details={"reason_code": "moved"})
    world.now = clock(2026, 3, 2)
    before = figures(made(world))
    take(world, case, "undo_termination", by="sari")
    after = figures(made(world, reason="Penghentian dibatalkan."))
    for column in ("running", "late"):
        assert after["all", column, "n"] == sum(n for (t, _r, c), n in after.items() if (t, c) == ("state", column))
    assert after["all", "running", "n"] == before["all", "running", "n"]


def test_who_has_two_new_cases_is_one_person(world: World) -> None:
    first = opened(world, "FM", person=adult())
    wanted = SetTarget(area=REGENCY, measure="persons", start=date(2026, 2, 1), end=date(2026, 2, 28), amount=9)
    act(world, targets.set_target, wanted, by="sari")
    before = targets.listing(world.session, by=viewer(world, "audit"), at=world.now)[0].counted
    opened(world, "PMBS", subject=row_of(world, first).subject_id, area=OTHER_VILLAGE)
    world.now = clock(2026, 3, 2)
    said = figures(made(world))
    assert said["all", "persons", "n"] == before
    assert said["targets", f"{REGENCY}:persons:2026-02-01:2026-02-28", "counted"] == before


def test_of_closed_files_a_bound_is_told_and_nothing_else(world: World) -> None:
    for n in range(6):
        case = opened(world, area=OTHER_VILLAGE)
        if n < 4:
            world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
    days_later(world, 30)
    found = made(world)
    assert found.content is not None
    assert found.content["closed_files"]["at_least"] == 0
    assert figures(found)["kecamatan", "631002", "running"] == 2
    case = opened(world, area=OTHER_VILLAGE)
    seen = {"id": str(new_id(world.now)), "case_id": case, "cycle": 1, "state": "monitoring", "sealed": b""}
    day = {"visited_on": START.date(), "officer_id": world.office.ids["rina"], "recorded_at": world.now}
    world.session.execute(insert(visit).values(**seen, **day))
    changed = {"confidentiality": "R3", "opened_on": START.date()}
    world.session.execute(update(case_file).where(case_file.c.id == case).values(**changed))
    again = made(world, reason="Terlambat dicatat.")
    assert again.content is not None
    assert again.content["closed_files"]["at_least"] == 5
    assert again.corrections == {}


def test_whose_reports_they_are(world: World) -> None:
    days_later(world, 30)
    found = made(world, by="kadis").edition.id
    for name in ("rina", "intan", "mitra", "admin"):
        with pytest.raises(Forbidden):
            reports.listing(world.session, by=viewer(world, name))
        with pytest.raises(Forbidden):
            reports.read(world.session, found, by=viewer(world, name))
    assert reports.listing(world.session, by=viewer(world, "luarsup")) == []
    with pytest.raises(NotFound):
        reports.read(world.session, found, by=viewer(world, "luarsup"))
    part = replace(viewer(world, "sari"), grants=(Grant("supervisor", DISTRICT),))
    with pytest.raises(NotFound):
        reports.read(world.session, found, by=part)
    assert reports.read(world.session, found, by=viewer(world, "audit")).edition.id == found
    with pytest.raises(Forbidden) as refused:
        made(world, by="audit")
    assert refused.value.data["action"] == "membuat laporan bulanan"
    with pytest.raises(NotFound):
        reports.make(world.session, MakeReport(month=MONTH, area=ELSEWHERE), by=viewer(world, "sari"), at=world.now)


def test_only_a_month_that_is_over_and_one_edition_at_a_time(world: World) -> None:
    for month in ("2026-02", "2026-13", "kapan", "1999-12", "9999-12", "0000-01", "2026-1"):
        with pytest.raises(InvalidInput):
            made(world, month)
    reports.make(world.session, MakeReport(month="2026-01"), by=viewer(world, "sari"), at=world.now)
    with pytest.raises(Refused):
        reports.make(world.session, MakeReport(month="2026-01", reason="Lagi."), by=viewer(world, "sari"), at=world.now)


def test_the_schedule_asks_on_the_first_working_day_and_once(world: World) -> None:
    world.now = datetime(2026, 3, 1, 8, tzinfo=WITA)  # a Sunday
    assert reports.ask_due(world.session, at=world.now) == []
    days_later(world, 1)
    closed = opened(world, area=VILLAGE_ELSEWHERE, by="luar")
    changed = {"confidentiality": "R3", "opened_on": date(2026, 2, 27)}
    world.session.execute(update(case_file).where(case_file.c.id == closed).values(**changed))
    asked = reports.ask_due(world.session, at=world.now)
    assert len(asked) == 1, "the office elsewhere has closed files only, which it does not tell"
    assert reports.ask_due(world.session, at=world.now) == []
    plan = reports.take_up(world.session, asked[0])
    assert plan is not None
    assert (plan.during.start, plan.during.end) == (date(2026, 2, 1), date(2026, 2, 28))
    assert plan.during.begins == datetime(2026, 2, 1, tzinfo=WITA)


def test_a_report_that_was_changed_behind_its_digest_is_not_shown(world: World) -> None:
    days_later(world, 30)
    found = made(world).edition.id
    row = world.session.execute(select(monthly_report.c.content)).scalar_one()
    world.session.execute(update(monthly_report).values(content=row.replace('"cells":[', '"cells": [', 1)))
    with pytest.raises(AuditBroken):
        reports.read(world.session, found, by=viewer(world, "sari"))


def test_the_log_tells_which_report_or_letter_is_not_what_was_frozen(world: World) -> None:
    days_later(world, 30)
    ids = [made(world).edition.id, made(world, reason="Lagi.").edition.id]
    report_letter.number(world.session, ids[1], by=viewer(world, "sari"), at=world.now)
    rows = {row.id: row for row in world.session.execute(select(monthly_report))}
    assert list(verify_reports.run(world.session)) == []

    def said(**changed: str) -> list[tuple[str, str]]:
        world.session.execute(update(monthly_report).where(monthly_report.c.id == ids[1]).values(id=ids[1], **changed))
        found = [(str(broken.reason), broken.row) for broken in verify_reports.run(world.session)]
        kept = {name: getattr(rows[ids[1]], name) for name in changed}
        world.session.execute(update(monthly_report).where(monthly_report.c.id == ids[1]).values(id=ids[1], **kept))
        return found

    text = rows[ids[1]].content.replace('"cells":[', '"cells":[9', 1)
    assert said(content=text, digest=sha256(text.encode()).hexdigest()) == [("row", ids[1])]
    assert said(letter_facts="{}") == [("row", ids[1])]
    report_letter.store_rendered(world.session, ids[1], b"%PDF-", at=world.now)
    assert list(verify_reports.run(world.session)) == []
    world.session.execute(update(report_file).values(content=b"%PDF-2"))
    assert said() == [("row", ids[1])]
    world.session.execute(update(report_file).values(content=b"%PDF-"))
    world.session.execute(delete(monthly_report).where(monthly_report.c.id == ids[0]))
    assert [(broken.reason, broken.row) for broken in verify_reports.run(world.session)] == [("gone", ids[0])]
    assert made(world, reason="Ketiga.").edition.edition == 3
    world.session.execute(insert(monthly_report).values({**rows[ids[0]]._mapping, "id": str(new_id(world.now))}))
    assert [broken.reason for broken in verify_reports.run(world.session)] == ["gone", "unlogged"]


def test_an_edition_whose_job_died_blocks_nothing_and_is_counted_when_asked_again(world: World) -> None:
    days_later(world, 30)
    first = made(world).edition.id
    wanted = MakeReport(month=MONTH, reason="Lagi.")
    second = reports.make(world.session, wanted, by=viewer(world, "sari"), at=world.now)
    assert report_letter.number(world.session, first, by=viewer(world, "sari"), at=world.now)
    world.session.execute(update(job).where(job.c.key == f"report.make:{second}").values(state="dead"))
    assert reports.make(world.session, wanted, by=viewer(world, "sari"), at=world.now) == second
    again = select(job.c.state).where(job.c.key == f"report.make:{second}")
    assert world.session.execute(again).scalar_one() == "ready"


def test_targets_are_counted_as_the_report_counts(world: World) -> None:
    opened(world, area=OTHER_VILLAGE)
    march = (date(2026, 2, 1), date(2026, 2, 28))

    def aim(area: str, measure: str, amount: int = 4) -> str:
        wanted = SetTarget(area=area, measure=measure, start=march[0], end=march[1], amount=amount)
        return str(act(world, targets.set_target, wanted, by="sari"))

    for measure in ("opened", "closed", "visits", "persons"):
        aim(REGENCY, measure)
    aim("631002", "opened", 3)
    last = aim("631002", "opened")
    aim(OTHER_VILLAGE, "opened")
    found = {(t.area, t.measure): t for t in targets.listing(world.session, by=viewer(world, "audit"), at=world.now)}
    assert len(found) == 6, "the same target again replaces the one before"
    assert (found["631002", "opened"].id, found["631002", "opened"].amount) == (last, 4)
    assert found["631002", "opened"].percent == 25
    days_later(world, 30)
    said = figures(made(world))
    for measure in ("opened", "closed", "visits", "persons"):
        assert said["all", measure, "n"] == found[REGENCY, measure].counted
        assert (
            said["targets", f"{REGENCY}:{measure}:2026-02-01:2026-02-28", "counted"] == found[REGENCY, measure].counted
        )
    edition = reports.listing(world.session, by=viewer(world, "sari"))[0].id
    told = report_letter.letter_of(world.session, edition, by=viewer(world, "sari"), at=world.now)["fields"]
    assert len(told["targets"]) == 5, "villages are in the report, not in the letter"
    assert report_letter.VILLAGES in told["notes"]
    assert not targets.listing(world.session, by=viewer(world, "audit"), at=world.now, current_only=True)
    act(world, targets.withdraw_target, targets.WithdrawTarget(target=last), by="kadis")
    assert len(targets.listing(world.session, by=viewer(world, "sari"), at=world.now)) == 5


@pytest.mark.parametrize("by", ["rina", "audit", "admin", "luarsup"])
def test_who_sets_no_target(world: World, by: str) -> None:
    wanted = SetTarget(area=REGENCY, measure="opened", start=date(2026, 1, 1), end=date(2026, 12, 31), amount=10)
    refused(world, NotFound if by == "luarsup" else Forbidden, targets.set_target, wanted, by=by)


def test_a_target_that_cannot_be(world: World) -> None:
    wanted = SetTarget(area="63", measure="apa", start=date(2026, 3, 1), end=date(2026, 2, 1), amount=0)
    whole = replace(viewer(world, "sari"), grants=(Grant("supervisor", "63"),))
    with pytest.raises(InvalidInput) as found:
        targets.set_target(world.session, wanted, by=whole, at=world.now)
    assert set(found.value.data["problems"]) <= {"area", "measure", "end", "amount"}
    for start, end in ((date.min, date.min), (date.max, date.max)):
        year = SetTarget(area=REGENCY, measure="opened", start=start, end=end, amount=1)
        assert "start" in refused(world, InvalidInput, targets.set_target, year, by="sari").data["problems"]
