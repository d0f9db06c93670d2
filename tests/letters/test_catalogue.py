"""The catalogue: every shipped letter is whole, and a broken one is told completely, at once."""

from pathlib import Path

import pytest

from caseflow.errors import BrokenLetters, UnknownLetter
from caseflow.letters import catalogue, check, render
from caseflow.letters.catalogue import LetterKind
from tests.letters.conftest import Office

GOOD = """
code = "UJI"
title = { id = "Surat Uji", en = "Test letter" }
shape = "korespondensi"
addressee = "health_facility"
issued_by = ["caseworker"]
states = ["intervention"]
"""
SAMPLE = '{"addressee": {"lines": ["Direktur"], "place": "Contoh"}}'


def names(root: Path) -> list[str]:
    return sorted(folder.name for folder in root.iterdir() if not folder.name.startswith("_"))


def test_every_folder_is_a_letter_with_all_its_files(root: Path, kinds: dict[str, LetterKind]) -> None:
    assert sorted(kinds) == names(root)
    for kind in kinds.values():
        for member in catalogue.MEMBERS:
            assert kind.find(member).is_file(), f"{kind.name}/{member}"


def test_every_sample_fits_its_letter_and_leaves_nothing_unsaid(kinds: dict[str, LetterKind]) -> None:
    for kind in kinds.values():
        facts = catalogue.sample(kind)
        assert check.problems(kind, facts) == {}, kind.name
        assert facts["fields"].keys() == {field.key for field in kind.fields}, "a preview shows every field"
        assert render.subject(kind, facts)


def test_every_letter_speaks_both_languages_and_names_its_roles(kinds: dict[str, LetterKind]) -> None:
    for kind in kinds.values():
        labels = [kind.title, *(field.label for field in kind.fields)]
        labels += [outcome.label for outcome in kind.reply.outcomes] if kind.reply else []
        assert all(label.id and label.en and label.id != label.en for label in labels), kind.name
        assert kind.issued_by
        assert bool(kind.states) == (kind.about == "case")


def test_the_three_letters_are_who_they_say(kinds: dict[str, LetterKind]) -> None:
    assert {kind.code for kind in kinds.values()} >= {"RJK-RS", "RJK-LKSA", "REK-PBI"}
    assert catalogue.get(kinds, "RJK-RS").title.id == "Rekomendasi Pelayanan Kesehatan"
    assert catalogue.get(kinds, "rek-pbi").shape == "judul"
    with pytest.raises(UnknownLetter, match="SKTM"):
        catalogue.get(kinds, "SKTM")


def test_an_office_overlays_single_files_and_adds_letters(root: Path, office: Office) -> None:
    extra = office("rjk-rs", {"body.html": "<p>Versi kantor kami.</p>"})
    files = {"letter.toml": GOOD, "subject.txt": "Uji", "body.html": "<p>Uji</p>", "sample.json": SAMPLE}
    office("uji", files)
    kinds = catalogue.load(root, extra)
    shipped = catalogue.load(root)
    assert kinds.keys() - shipped.keys() == {"uji"}
    assert kinds["rjk-rs"].find("body.html") == extra / "rjk-rs" / "body.html"
    assert kinds["rjk-rs"].find("letter.toml") == root / "rjk-rs" / "letter.toml"
    assert "Versi kantor kami" in render.html(kinds["rjk-rs"], catalogue.sample(kinds["rjk-rs"]), pages=2)


def test_the_digest_changes_with_any_file_of_the_letter_or_the_frame(root: Path, office: Office) -> None:
    before = catalogue.template_digest(catalogue.load_one("rjk-rs", root))
    assert before == catalogue.template_digest(catalogue.load_one("rjk-rs", root))
    digests = {before}
    for folder, member in [("rjk-rs", "subject.txt"), ("rjk-rs", "body.html"), ("_base", "letter.css")]:
        extra = office(folder, {member: "lain"})
        digests.add(catalogue.template_digest(catalogue.load_one("rjk-rs", root, extra)))
    assert len(digests) == 4


def test_a_broken_letter_is_told_with_file_key_reason_and_suggestion_all_at_once(root: Path, office: Office) -> None:
    broken = """
code = "RJK-RS"
title = { id = "Surat Uji" }
shape = "korespondesi"
addressee = "health_facility"
issued_by = ["caseworkr"]
states = []
warna = "merah"

[fields.sebab]
label = { id = "Sebab", en = "Reason" }
type = "choice"
required = "ya"

[reply]
days = 90
"""
    extra = office("uji", {"letter.toml": broken, "subject.txt": "{{ hal", "sample.json": "[]"})
    with pytest.raises(BrokenLetters) as caught:
        catalogue.load(root, extra)
    found = {(row["key"], row["suggestion"]) for row in caught.value.data["list"]}
    keys = {key for key, _suggestion in found}
    assert keys >= {
        "title.en", "shape", "issued_by", "states", "warna", "fields.sebab.choices", "fields.sebab.required",
        "reply.days", "reply.outcomes", "body.html", "baris 1", "-", "code",
    }  # fmt: skip
    assert ("shape", 'Maksudnya "korespondensi"?') in found
    assert ("issued_by", 'Maksudnya "caseworker"?') in found
    assert all(row["file"].startswith(str(extra)) and row["reason"] for row in caught.value.data["list"])
    assert str(extra / "uji" / "letter.toml") in str(caught.value)


WHO = 'reason = { id = "Ia merawat orang itu.", en = "They treat the person." }'


@pytest.mark.parametrize(
    ("closed", "consent", "keys"),
    [
        (
            'identity = "full"',
            'consent = "referral"',
            {"closed_file.reason", "closed_file.reason.id", "closed_file.reason.en"},
        ),
        (f'identity = "full"\n{WHO}', "", {"closed_file.identity"}),
        (f'identity = "initials"\n{WHO}', "", {"closed_file.identity"}),
        (WHO, 'consent = "kindness"', {"closed_file.identity", "consent"}),
        (f'identity = "full"\n{WHO}', 'consent = "referral"', set()),
        ('identity = "pseudonym"', "", set()),
    ],
)
def test_a_closed_file_is_named_for_a_reason_and_with_consent(
    root: Path, office: Office, closed: str, consent: str, keys: set[str]
) -> None:
    toml = f"{GOOD}{consent}\n[closed_file]\n{closed}\n"
    extra = office("uji", {"letter.toml": toml, "subject.txt": "Uji", "body.html": "<p>Uji</p>", "sample.json": SAMPLE})
    if not keys:
        assert catalogue.load_one("uji", root, extra).code == "UJI"
        return
    with pytest.raises(BrokenLetters) as caught:
        catalogue.load_one("uji", root, extra)
    assert {row["key"] for row in caught.value.data["list"]} == keys


def test_a_letter_keeps_a_closed_file_closed_unless_it_says_why(root: Path, office: Office) -> None:
    extra = office("uji", {"letter.toml": GOOD, "subject.txt": "Uji", "body.html": "<p>Uji</p>", "sample.json": SAMPLE})
    kind = catalogue.load_one("uji", root, extra)
    assert (kind.closed_file.identity, kind.closed_file.reason) == ("pseudonym", None)


def test_a_preview_shows_the_number_as_letters_carry_it(kinds: dict[str, LetterKind]) -> None:
    for kind in kinds.values():
        assert catalogue.sample(kind)["number"] == f"{kind.classification}/0123/{kind.code}/DINSOS/2026"


def test_one_broken_letter_leaves_the_others_readable(root: Path, office: Office) -> None:
    extra = office("uji", {"letter.toml": "code = "})
    assert catalogue.load_one("rjk-rs", root, extra).code == "RJK-RS"
    with pytest.raises(BrokenLetters, match="bukan TOML"):
        catalogue.load_one("uji", root, extra)


@pytest.mark.parametrize("name", ["", "_base", "../letters/rjk-rs", ".", "tidak-ada"])
def test_a_name_that_is_no_letter_is_unknown(root: Path, name: str) -> None:
    with pytest.raises(UnknownLetter):
        catalogue.load_one(name, root)


def test_autoescape_is_not_for_a_template_to_switch_off(root: Path, office: Office) -> None:
    body = "{% autoescape false %}{{ subject.name }}{% endautoescape %}"
    with pytest.raises(BrokenLetters, match="autoescape"):
        catalogue.load(root, office("rjk-rs", {"body.html": body}))
