"""Blank forms: reached from a new case and from the form of a stage, every question with room for a pen."""

from tests.web.browsing import Shown, Site


def ticks(shown: Shown) -> int:
    return sum(given.get("class") == "tick" for _tag, given in shown.page.tags)


def test_a_form_is_printed_empty(shared: Site) -> None:
    person = shared.by("rina")
    category = shared.database.categories["FM"]
    person.get("/kasus/baru")
    offered = person.follow("Cetak formulir kosong")
    assert f"/formulir/{category.code}/data_collection" in dict(offered.page.links)
    number = shared.number("assessment")
    person.get(f"/kasus/{number}/catatan/assessment")
    shown = person.follow("Cetak formulir kosong")
    assert person.path == "/formulir/FM/assessment"
    fields = category.fields_of("assessment")
    assert all(field.label.id in shown.text for field in fields)
    assert ticks(shown) == sum(2 if f.type == "boolean" else len(f.choices) for f in fields)
    assert number not in shown.text
    first = person.get("/formulir/FM/data_collection?lang=en")
    assert all(criterion.label.en in first.text for criterion in category.screening.criteria)
    assert "Full name" in first.text
    assert person.get("/formulir/FM/closed").status == person.get("/formulir/XX/assessment").status == 404
