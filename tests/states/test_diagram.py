"""Pictures of the lifecycle: every step of the category once, in both forms and languages."""

from xml.etree import ElementTree as ET

import pytest

from caseflow.definitions import catalogue
from caseflow.paths import categories_root
from caseflow.states import diagram
from caseflow.states.category import Category
from caseflow.states.guards import GUARDS
from caseflow.states.lifecycle import STATES
from caseflow.states.machine import steps_of

CATEGORIES = catalogue.load(categories_root())
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("category", CATEGORIES.values(), ids=lambda c: c.code)
def test_mermaid_names_every_state_and_step(category: Category, lang: str) -> None:
    drawn = diagram.mermaid(category, lang)
    assert drawn.count("{") == drawn.count("}") == 1
    for state, label in STATES.items():
        assert f'state "{label.in_(lang)}" as {state}' in drawn
    for step in steps_of(category).values():
        assert f" : {step.label.in_(lang)}" in drawn


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("category", CATEGORIES.values(), ids=lambda c: c.code)
def test_svg_is_well_formed_and_explains_every_step(category: Category, lang: str) -> None:
    root = ET.fromstring(diagram.svg(category, lang))  # noqa: S314 - our own drawing
    texts = ["".join(t.itertext()) for t in root.iter(f"{SVG}text")]
    for step in steps_of(category).values():
        assert step.label.in_(lang) in texts
    for label in STATES.values():
        assert label.in_(lang) in texts
    title = root.find(f"{SVG}title")
    assert title is not None
    assert category.name.in_(lang) in (title.text or "")


def test_a_step_that_a_category_switches_off_is_not_drawn() -> None:
    category = next(iter(CATEGORIES.values()))
    without = {**{f: getattr(category, f) for f in category.__slots__}, "without_steps": ("replan",)}
    drawn = diagram.mermaid(Category(**without), "en")
    assert "Replan" not in drawn
    assert "Replan" in diagram.mermaid(category, "en")


def test_what_leads_out_of_every_open_state_is_drawn_once() -> None:
    drawn = diagram.mermaid(CATEGORIES["AT"], "en")
    assert drawn.count("Terminate the case") == 1
    assert drawn.count(": Emergency intervention") == 5


def test_a_condition_says_what_is_required() -> None:
    drawn = " ".join(ET.fromstring(diagram.svg(CATEGORIES["AT"], "id")).itertext())  # noqa: S314 - our own drawing
    assert "Tidak ada penempatan" in drawn
    assert all(";" not in part for guard in GUARDS.values() for part in (guard.label.id, guard.label.en))


def test_no_two_ways_share_a_stretch_of_a_lane() -> None:
    """Each numbered badge has a place of its own."""
    root = ET.fromstring(diagram.svg(CATEGORIES["AT"], "id"))  # noqa: S314 - our own drawing
    places = [(c.get("cx"), c.get("cy")) for c in root.iter(f"{SVG}circle")]
    assert len(places) == len(set(places)) == 2 * len(steps_of(CATEGORIES["AT"]))
