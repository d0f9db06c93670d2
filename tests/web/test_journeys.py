"""The three flagship cases in a real browser: clicked to their decision by the right people, in both languages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from caseflow.store import cases as case_rows
from tests.web import walking
from tests.web.clicking import WAIT, Clicker
from tests.web.live import DESK, Live
from tests.web.walking import Walk

pytestmark = pytest.mark.slow


def at_work(browser: Browser, live: Live, name: str, lang: str) -> Clicker:
    """Return somebody who has logged in with a browser of their own, in their language."""
    context = browser.new_context(viewport=DESK, base_url=live.address)  # type: ignore[arg-type]  # a size
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.goto(f"/masuk?lang={lang}")
    live.log_in(page, name)
    page.wait_for_url("**/")
    return Clicker(page)


@pytest.mark.parametrize(
    ("journey", "people", "lang", "ends"),
    [
        (walking.cannot_pay_treatment, "intan rina sari", "id", "closed"),
        (walking.poorest_household, "budi sari", "en", "closed"),
        (walking.orphan, "rina sari", "id", "intervention_plan"),
    ],
    ids=["cannot_pay_treatment", "poorest_household", "orphan"],
)
def test_a_flagship_case_is_clicked_to_its_decision(
    browser: Browser, live: Live, journey: Callable[[Walk], None], people: str, lang: str, ends: str
) -> None:
    edge = live.app.state.edge

    def wait(span: timedelta) -> None:
        edge.clock.ahead += span

    hands = {name: at_work(browser, live, name, lang) for name in people.split()}
    walk = Walk(hands, lang, live.filled.office.ids, edge.clock.now, wait)
    journey(walk)
    for hand in hands.values():
        hand.page.context.close()
    with edge.database.read() as session:
        row = case_rows.by_number(session, walk.number)
    assert row is not None
    assert row.state == ends
