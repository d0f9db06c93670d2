"""The description is true: requests made from it never fail us, and are answered as it says."""

from importlib import import_module

from tests.api.calling import Api

DESCRIBING = "tests.api.describing"
"""Imported by the test alone: each process collects every test, and the library behind it takes a second."""


def test_the_description_is_true(api: Api) -> None:
    import_module(DESCRIBING).require_true(api)
