"""What a phone on a slow line loads: packed files and pages within their bounds, and pages that can be read without."""

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest

from caseflow.definitions import catalogue
from caseflow.paths import categories_root, static_root
from caseflow.states.lifecycle import STAGE_WRITERS
from caseflow.web.environment import asset
from tests.web.browsing import Site

FIRST_VISIT = 100_000
ANOTHER_PAGE = 20_000
LARGE = ("/kasus/{number}", "/kasus/{number}/catatan/assessment", "/kasus", "/meja-audit", "/kasus-menunggu", "/sistem")


def packed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9))


def test_a_first_visit_and_every_other_page_are_light(shared: Site) -> None:
    number = shared.number("intervention")
    people = [shared.by(name) for name in ("sari", "admin")]
    pages = [person.get(path.format(number=number)) for path in LARGE for person in people]
    shown = [page for page in pages if page.status == 200]
    assert len(shown) >= len(LARGE)
    assert {page.response.headers.get("content-encoding") for page in shown} == {"gzip"}
    sizes = {page.address: int(page.response.headers["content-length"]) for page in shown}
    assert max(sizes.values()) <= ANOTHER_PAGE, sizes
    files = [file for file in static_root().rglob("*") if file.suffix in {".css", ".js", ".svg"}]
    assert sum(map(packed, files)) + max(sizes.values()) <= FIRST_VISIT


@pytest.mark.parametrize("name", ["vendor/bootstrap.min.css", "vendor/htmx.min.js", "caseflow.css"])
def test_files_travel_packed_and_stay(shared: Site, name: str) -> None:
    answer = shared.stranger().get(asset(name)).response
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]


def test_a_page_is_there_without_the_files_that_the_set_up_fetches() -> None:
    assert asset("vendor/gone.css") == "/static/vendor/gone.css?v="


def test_a_browser_that_takes_nothing_packed_gets_it_plain(shared: Site) -> None:
    person = shared.stranger()
    person.client.headers["Accept-Encoding"] = "identity"
    assert "content-encoding" not in person.get("/masuk").response.headers


def test_every_dependent_question_of_a_form_has_its_place_in_the_stylesheet() -> None:
    places = len(re.findall(r"> \.if-\d+", (static_root() / "caseflow.css").read_text()))
    categories = catalogue.load(categories_root()).values()
    forms = [category.fields_of(stage) for category in categories for stage in STAGE_WRITERS]
    most = max(max(Counter(f.when.field for f in form if f.when).values(), default=0) for form in forms)
    assert 0 < most <= places
