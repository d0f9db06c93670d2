"""Every page x role x area x confidentiality: who comes in; absent and not visible are one answer."""

import pytest

from tests.web.doors import EVERYBODY, READERS, TABLE, OfCase, Own, Page, Public, routes
from tests.web.furnishing import Place, said

OUT = {401, 403, 404}
ROLES = ("intan", "rina", "sari", "kadis", "audit", "admin", "mitra")
"""One of each: a page that is about nobody in particular knows no area."""


def test_the_table_misses_no_page() -> None:
    assert set(routes()) == set(TABLE)


def test_nobody_comes_in_without_a_log_in(place: Place) -> None:
    stranger = place.site.stranger()
    came_in = []
    for route, row in TABLE.items():
        method, path = route.split()
        if isinstance(row, Public):
            continue
        address = place.address(path, row.more[0] if isinstance(row, OfCase) else "")
        shown = stranger.get(address) if method == "GET" else stranger.post(address, [("_token", "x")])
        if shown.page.headings != ["Masuk"]:
            came_in.append((route, shown.status))
    assert not came_in


def test_pages_about_nobody_are_for_their_roles(place: Place) -> None:
    found: dict[str, list[str]] = {}
    for route, row in TABLE.items():
        method, path = route.split()
        if isinstance(row, Page) and method == "GET":
            asked = ROLES if row.who != EVERYBODY else ("rina", "admin", "mitra")
            who = frozenset(who for who in asked if place.knock(who, "GET", place.address(path, "")).status == 200)
            found |= {route: sorted(who ^ row.who)} if who != row.who.intersection(asked) else {}
        elif isinstance(row, Page) and row.who != EVERYBODY:
            others = frozenset(ROLES) - row.who
            who = frozenset(
                who for who in others if place.knock(who, method, place.address(path, "")).status not in OUT
            )
            found |= {route: sorted(who)} if who else {}
    assert not found, found


def test_what_is_somebodys_own_is_not_there_for_others(place: Place) -> None:
    found: dict[str, list[str]] = {}
    for route, row in TABLE.items():
        method, path = route.split()
        if isinstance(row, Own):
            asked = EVERYBODY if method == "GET" else frozenset((*ROLES, "budi", "luar")) - row.who
            who = frozenset(who for who in asked if place.knock(who, method, place.address(path, "")).status not in OUT)
            found |= {route: sorted(who)} if who != (row.who if method == "GET" and row.made else frozenset()) else {}
    assert not found, found


KNOCKING = {
    "R1": ("intan", "rina", "dewi", "audit", "admin", "mitra", "luar"),
    "R2": ("luar",),
    "R3": ("budi", "sari", "bambang", "kadis", "audit"),
    "elsewhere": ("sari", "audit", "luar"),
}
"""Who tries: those whom the area tells apart, or the team does; who sees nothing open sees nothing closed."""


def tried(kind: str, route: str, who: str, row: OfCase) -> tuple[str, ...]:
    """Return what who may see it opens: its worker everything once, the others each page that is not made anew."""
    if not row.made:
        return ()
    if who == "rina":
        return row.more if kind == "R1" and route.startswith("GET") else ()
    return row.more[:1] if route.startswith("GET") and not route.endswith(".pdf") and kind in {"R1", "R3"} else ()


@pytest.mark.parametrize("kind", READERS)
def test_what_is_not_visible_is_as_if_it_were_not_there(place: Place, kind: str) -> None:
    place.turn_into(kind)
    found = []
    for route, row in TABLE.items():
        method, path = route.split()
        if not isinstance(row, OfCase):
            continue
        for who in KNOCKING[kind]:
            if who in (row.who or READERS)[kind]:
                found += [
                    (route, who, more) for more in tried(kind, route, who, row) if place.sees(who, path, more) == 404
                ]
                continue
            for more in row.more[: 99 if (kind, who) == ("R1", "luar") else 1]:
                told = said(place.knock(who, method, place.address(path, more)))
                if told[0] not in OUT or told != place.nothing(who, route, more):
                    found.append((route, who, more or str(told[0])))
    assert not found, found
