"""Instruments on a case: answers, version, result and decision kept apart; who may, and what is refused."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from caseflow.access import GLASS, Grant
from caseflow.actions import operations
from caseflow.actions.cases import HoldCase, hold_case
from caseflow.actions.instruments import DecideOn, Filled, FillIn, decide_on, fill_in, known, list_filled
from caseflow.definitions import instruments
from caseflow.errors import AuditBroken, Forbidden, InvalidInput, NotFound, OnHold, Refused
from caseflow.store import log
from caseflow.store.tables import instrument_fill, instrument_version
from tests.actions.test_erased import erase
from tests.world import World, act, at, broken, days_later, grant, opened, refused, row_of, take, viewer

GATE = {"no_home": "yes", "no_work": "unknown"}


def filled(world: World, case: str, code: str = "FM262", by: str = "rina", **said: Any) -> str:  # noqa: ANN401 - of FillIn
    command = FillIn(**{"case": case, "instrument": code, "answers": GATE, **said})
    return str(act(world, fill_in, command, by=by).created_id)


def listed(world: World, case: str, by: str = "rina") -> list[Filled]:
    return list_filled(world.session, case, by=viewer(world, by), at=world.now)


def result(found: Filled) -> str | None:
    assert found.conclusion is not None
    return found.conclusion.outcome.key if found.conclusion.outcome else None


def test_answers_version_result_and_decision_are_kept_apart(world: World) -> None:
    case = opened(world)
    version = row_of(world, case).version
    mine = filled(world, case)
    act(world, decide_on, DecideOn(case=case, fill=mine, decision="accepted"), by="sari")
    (found,) = listed(world, case)
    assert (found.id, found.instrument.code, found.answers) == (mine, "FM262", GATE)
    assert found.instrument == known(world.session)["FM262"]
    assert result(found) == "met"
    assert found.conclusion is not None
    assert found.conclusion.certain_anyhow
    assert (found.conclusion.score, len(found.conclusion.missing)) == (None, 8)
    assert [line.item.key for line in found.conclusion.why if line.counts] == ["no_home"]
    (decision,) = found.decisions
    assert (decision.decision, decision.outcome, decision.by) == (
        "accepted",
        found.conclusion.outcome,
        "Sari",
    )
    filled_entry, decided_entry = log.entries_of(world.session, case)[-2:]
    said = log.data_of(filled_entry.data)
    assert (filled_entry.code, said["fill"], said["version"]) == (
        "case:instrument:filled",
        mine,
        found.instrument.digest,
    )
    assert log.data_of(decided_entry.data)["decision"] == "accepted"
    assert "no_home" not in filled_entry.data + decided_entry.data
    row = world.session.execute(select(instrument_fill)).one()
    assert b"no_home" not in row.sealed
    assert row_of(world, case).version == version, "an instrument makes nobody's form old"
    assert not broken(world)


def test_one_on_record_that_no_list_knows_any_more_is_told_with_its_folder(world: World) -> None:
    filled(world, opened(world))
    assert operations.unlisted(world.session) == {}
    world.session.execute(update(instrument_fill).values(instrument="KANTOR"))
    assert operations.unlisted(world.session) == {Path(instruments.OWN): ("KANTOR",)}


def test_words_of_a_version_that_was_changed_are_told_and_not_shown(world: World) -> None:
    case = opened(world)
    filled(world, case)
    changed = func.replace(instrument_version.c.body, "FM262", "FM263")
    world.session.execute(update(instrument_version).values(body=changed))
    assert {(each.table, each.reason) for each in broken(world)} == {("instrument_version", "row")}
    with pytest.raises(AuditBroken):
        listed(world, case)


def test_a_correction_stands_beside_what_it_corrects(world: World) -> None:
    case = opened(world)
    first = filled(world, case)
    second = filled(world, case, answers={"no_home": "no"}, replaces=first)
    newest, old = listed(world, case)
    assert (newest.id, newest.replaces, newest.stands) == (second, first, True)
    assert (old.id, old.replaced_by, old.stands, old.answers) == (first, second, False, GATE)
    assert result(newest) is None
    again = FillIn(case=case, instrument="FM262", answers=GATE, replaces=first)
    assert "sudah diperbaiki" in str(refused(world, Refused, fill_in, again))
    refused(world, Refused, decide_on, DecideOn(case=case, fill=first, decision="accepted"))
    other = opened(world)
    for wrong in (
        replace(again, case=other),
        replace(again, instrument="BPS14", answers={"floor": "no"}, replaces=second),
    ):
        assert "replaces" in refused(world, InvalidInput, fill_in, wrong).data["problems"]
    assert not broken(world)


def test_a_person_may_conclude_otherwise_with_a_reason(world: World) -> None:
    case = opened(world)
    mine = filled(world, case, answers={"no_home": "no", "floor": "yes"})
    command = DecideOn(case=case, fill=mine, decision="accepted")
    assert "Belum ada hasil" in str(refused(world, InvalidInput, decide_on, command))
    other = replace(command, decision="other", outcome="met", reason="Rumahnya akan digusur besok.")
    bad: tuple[dict[str, Any], ...] = (
        {"decision": "maybe"},
        {"reason": " "},
        {"reason": "x" * 2001},
        {"outcome": "rich"},
    )
    for wrong in bad:
        assert set(wrong) == set(refused(world, InvalidInput, decide_on, replace(other, **wrong)).data["problems"])
    refused(world, NotFound, decide_on, replace(other, fill="019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"))
    act(world, decide_on, other)
    act(world, decide_on, replace(other, outcome="not_met", reason="Sudah pindah."), by="sari")
    (found,) = listed(world, case)
    assert [(d.outcome.key, d.reason) for d in found.decisions if d.outcome] == [
        ("met", "Rumahnya akan digusur besok."),
        ("not_met", "Sudah pindah."),
    ]
    assert result(found) is None, "the result is what the answers say, whatever was decided"


def test_goals_are_read_from_the_plan(world: World) -> None:
    case = at(world, "evaluation")
    mine = filled(world, case, "TUJUAN", answers={})
    (found,) = listed(world, case)
    assert found.id == mine
    assert found.conclusion is not None
    assert found.instrument.items
    assert {item.key for item in found.conclusion.missing} == {i.key for i in found.instrument.items} - set(
        found.answers
    )
    command = FillIn(case=case, instrument="TUJUAN", answers={found.instrument.items[0].key: "met"})
    assert "answers" in refused(world, InvalidInput, fill_in, command).data["problems"]
    refused(world, Refused, fill_in, FillIn(case=opened(world), instrument="TUJUAN"))


def test_who_may_fill_decide_and_read(world: World) -> None:
    case = at(world, "assessment")
    command = FillIn(case=case, instrument="fm262", answers=GATE)
    for by, error in (("audit", Forbidden), ("sari", Forbidden), ("luar", NotFound)):
        refused(world, error, fill_in, command, by=by)
    for wrong, key in (
        ({"instrument": "FM999"}, "instrument"),
        ({"answers": {}}, "answers"),
        ({"answers": {"roof": "yes"}}, "roof"),
        ({"filled_on": world.today.replace(year=2031)}, "filled_on"),
    ):
        assert key in refused(world, InvalidInput, fill_in, replace(command, **wrong)).data["problems"]
    mine = filled(world, case, "fm262")
    fresh = opened(world)
    new = filled(world, fresh, by="intan")
    refused(world, Forbidden, decide_on, DecideOn(case=fresh, fill=new, decision="accepted"), by="intan")
    refused(world, Forbidden, decide_on, DecideOn(case=case, fill=mine, decision="accepted"), by="audit")
    assert [f.id for f in listed(world, case, "audit")] == [mine]
    with pytest.raises(NotFound):
        listed(world, case, "luar")
    glass = replace(viewer(world, "sari"), grants=(Grant(GLASS, ""),))
    assert len(list_filled(world.session, case, by=glass, at=world.now)) == 1


def test_what_was_erased_leaves_who_when_and_by_which_version(world: World) -> None:
    case = opened(world)
    mine = filled(world, case)
    act(world, decide_on, DecideOn(case=case, fill=mine, decision="other", outcome="not_met", reason="Rahasia."))
    ended = take(world, case, "terminate", details={"reason_code": "moved", "source": "sepupu jauh"})
    grant(world, ended.review_id)
    assert "sudah ditutup" in str(refused(world, Refused, fill_in, FillIn(case=case, instrument="FM262", answers=GATE)))
    days_later(world, 6 * 366)
    erase(world, case)
    (found,) = listed(world, case)
    assert (found.id, found.instrument.code, dict(found.answers), found.conclusion) == (mine, "FM262", {}, None)
    assert [(d.decision, d.reason) for d in found.decisions] == [("other", "")]


def test_an_old_version_is_still_read_as_it_was_asked(world: World) -> None:
    case = opened(world)
    mine = filled(world, case)
    old = replace(known(world.session)["FM262"], at_least=3)
    old = replace(old, digest=instruments.digest_of(old))
    values = {"digest": old.digest, "code": old.code, "body": instruments.to_json(old), "stored_at": world.now}
    world.session.execute(instrument_version.insert().values(values))
    world.session.execute(
        instrument_fill.update().where(instrument_fill.c.id == mine).values(version_digest=old.digest)
    )
    assert listed(world, case)[0].instrument == old
    assert json.loads(values["body"])["at_least"] == 3  # type: ignore[arg-type]  # the body is a text
    assert {b.reason for b in broken(world)} == {"row"}
    world.session.execute(delete(instrument_fill))
    assert {b.reason for b in broken(world)} == {"gone"}


NO_ANSWERS: tuple[Any, ...] = (
    [],
    {},
    ["yes"],
    {"a": 1},
    True,
    1.0,
    1e308,
    float("nan"),
    -1,
    10**400,
    "ya",
    "yes\u200byes",
)


def test_what_is_no_answer_is_refused_by_its_question(world: World) -> None:
    case = opened(world)
    for found in known(world.session).values():
        asked = found.items[0].key if found.items else ""
        wrong = NO_ANSWERS if found.method != "narrative" else [v for v in NO_ANSWERS if not isinstance(v, str)]
        for value in wrong if asked else ():
            command = FillIn(case=case, instrument=found.code, answers={asked: value, "lain": "yes"})
            assert set(refused(world, InvalidInput, fill_in, command).data["problems"]) == {asked, "lain"}, value
    empty = FillIn(case=case, instrument="FM262", answers={"no_home": ""})
    assert "answers" in refused(world, InvalidInput, fill_in, empty).data["problems"]
    assert listed(world, case) == []


def test_another_version_than_was_read_a_held_and_a_closed_case_take_no_answers(world: World) -> None:
    case = opened(world)
    filled(world, case, version=known(world.session)["FM262"].digest)
    seen = FillIn(case=case, instrument="FM262", answers=GATE, version="0" * 64)
    assert "berubah sejak" in str(refused(world, Refused, fill_in, seen).data["reason"])
    (fill,) = listed(world, case)
    hold = HoldCase(case=case, until=world.today + timedelta(days=5), reason="Keluarga ke luar kota.")
    act(world, hold_case, hold, by="sari")
    closed = world.office.ready["FM", "closed"][0]
    refused(world, OnHold, fill_in, FillIn(case=case, instrument="FM262", answers=GATE))
    refused(world, Refused, fill_in, FillIn(case=closed, instrument="FM262", answers=GATE))
    refused(world, OnHold, decide_on, DecideOn(case=case, fill=fill.id, decision="accepted"))


def test_an_instrument_for_another_age_says_so_wherever_it_is_read(world: World) -> None:
    young = next(i for i in known(world.session).values() if i.age[1] is not None and i.age[1] < 30)
    case = opened(world)
    filled(world, case, young.code, answers={young.items[0].key: "yes"})
    assert f"untuk umur sampai {young.age[1]} tahun" in str(listed(world, case)[0].warning)
    filled(world, case)
    assert listed(world, case)[0].warning is None
