"""Half past one at night in Batulicin is the day before in UTC: what is of a day is of the office's day."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from caseflow.actions import definitions, erasing, migrating, second_factor
from caseflow.actions.admin import ROOT, grant_role
from caseflow.actions.cases import AssignCase, assign_case
from caseflow.actions.erasing import ErasedBefore
from caseflow.errors import BrokenDefinition
from caseflow.states.category import Category
from caseflow.store import log
from caseflow.store.tables import user_account
from tests.actions.test_exports import PLACES, document, parsed, values
from tests.actions.test_migrating import MAP, newer
from tests.world import World, act, at, opened, row_of

NIGHT = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
def night(world: World) -> World:
    world.now = NIGHT
    return world


def test_an_erasure_done_again_names_the_day_at_the_office(world: World) -> None:
    case = at(world, "monitoring")
    who = row_of(world, case).subject_id
    erasing.reapply(world.session, [ErasedBefore(who, NIGHT)], by=ROOT, at=NIGHT)
    (told,) = (e for e in log.entries_of(world.session, case) if e.code == "case:subject:erased")
    assert log.data_of(told.data)["erased_on"] == TODAY.isoformat()


def test_who_begins_today_lacks_a_second_factor_today(night: World) -> None:
    night.session.execute(update(user_account).values(password_hash="x"))
    grant_role(night.session, "rina", "head", "63.10", TODAY, None, by=ROOT, at=NIGHT)
    assert "rina" in second_factor.lacking(night.session, at=NIGHT)


def test_an_export_for_process_mining_knows_the_role_somebody_has_from_today(night: World) -> None:
    case = opened(night, by="rina")
    grant_role(night.session, "luar", "supervisor", "63.10", TODAY, None, by=ROOT, at=NIGHT)
    act(night, assign_case, AssignCase(case=case, assignee=night.office.ids["budi"]), by="luar")
    lines = document(night, by="audit")
    roles = {e["concept:name"]: e["org:role"] for e in map(values, parsed(lines).iter(f"{PLACES}event"))}
    assert roles["case:assigned"] == "supervisor"


def test_a_mapping_may_say_the_day_it_is(night: World) -> None:
    def dated(made: Category) -> Category:
        asked = [replace(f, type="date") if f.key == "income_checked" else f for f in made.stages["assessment"]]
        return replace(made, stages={**made.stages, "assessment": tuple(asked)})

    old = night.session.categories["FM"]
    new = newer(old, dated)
    opened(night)
    definitions.keep(night.session, new, at=NIGHT)
    given: dict[str, Any] = {"file": "map.toml", "by": ROOT, "at": NIGHT}
    text = MAP.replace("income_checked = false", 'income_checked = "{}"')
    migrating.prepare(night.session, "FM", old.digest, new.digest, text.format("2026-11-23"), **given)
    with pytest.raises(BrokenDefinition):
        migrating.prepare(night.session, "FM", old.digest, new.digest, text.format("2026-11-24"), **given)
