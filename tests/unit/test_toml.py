"""TOML as people write it: read as it stands, and refused in words where it is none, too deep or a number too long."""

import pytest

from caseflow.definitions import mapping, toml
from caseflow.errors import BrokenDefinition

BAD = {
    "no TOML": "a = ",
    "a date that is none": "x = 2020-13-45",
    "lists in lists": f"x = {'[' * 1500}{']' * 1500}",
    "tables in tables": f"x = {'{a=' * 600}1{'}' * 600}",
    "a name of many parts": f"[{'.'.join('a' * 3000)}]",
    "a number of 5000 digits": f"x = {'9' * 5000}",
}


def test_what_a_file_says_is_read() -> None:
    assert toml.parse('a = [{ b = ["c"] }]') == {"a": [{"b": ["c"]}]}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_no_toml_of_ours_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        toml.parse(text)
    assert "Traceback" not in str(refused.value)
    with pytest.raises(BrokenDefinition, match="bukan TOML yang benar"):
        mapping.read(text, file="mapping")
