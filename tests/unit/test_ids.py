"""Keys, numbers, codes and areas."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow import ids
from caseflow.errors import InstantRequired, InvalidInput

AREAS = st.sampled_from([2, 4, 6, 10]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))


def milliseconds(made: uuid.UUID) -> int:
    return made.int >> 80


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_an_id_is_a_uuid_of_version_7_that_carries_its_time(at: datetime) -> None:
    made = ids.new_id(at)
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert milliseconds(made) == int(at.timestamp() * 1000)


def test_ids_rise_within_a_process_also_within_one_millisecond() -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    for made in ([ids.new_id() for _ in range(5000)], [ids.new_id(at) for _ in range(5000)]):
        assert made == sorted(made)
        assert len(set(made)) == len(made)


def test_ids_of_many_threads_never_meet() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _n: ids.new_id(), range(8000)))
    assert len(set(made)) == len(made)


def test_business_time_may_run_backwards_between_demonstrations() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    ids.new_id(at + timedelta(days=300))
    assert milliseconds(ids.new_id(at)) == int(at.timestamp() * 1000)


def test_an_id_needs_an_instant() -> None:
    with pytest.raises(InstantRequired):
        ids.new_id(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of it


@pytest.mark.parametrize(
    ("area", "n", "number"),
    [("63.10", 123, "6310-2026-000123"), ("6310", 1, "6310-2026-000001"), ("6310", 1234567, "6310-2026-1234567")],
)
def test_a_case_number_is_kabupaten_year_and_running_number(area: str, n: int, number: str) -> None:
    assert ids.case_number(area, 2026, n) == number


def test_a_case_number_needs_a_kabupaten_and_starts_at_one() -> None:
    with pytest.raises(InvalidInput, match="kabupaten"):
        ids.case_number("63.10.01", 2026, 1)
    with pytest.raises(ValueError, match="start at 1"):
        ids.case_number("63.10", 2026, 0)


def test_a_check_code_has_eighty_bits_in_four_groups() -> None:
    codes = {ids.check_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {19}
    assert set("".join(codes)) == set(ids.CROCKFORD) | {"-"}


def test_every_letter_of_the_alphabet_stands_at_every_place() -> None:
    columns = zip(*(ids.check_code() for _ in range(2000)), strict=True)
    assert all(set(column) in ({"-"}, set(ids.CROCKFORD)) for column in columns)


@given(st.integers(0, 2**32))
def test_a_check_code_survives_how_people_type_it(seed: int) -> None:
    code = ids.check_code()
    spoiled = code.lower() if seed % 2 else code
    spoiled = spoiled.replace("-", " – " if seed % 3 else "")
    spoiled = spoiled.replace("0", "o").replace("1", "I" if seed % 5 else "l")
    assert ids.normalise_check_code(f" {spoiled} ") == code


@pytest.mark.parametrize("typed", ["", "7K3M", "7K3M-9Q2X-7K3M-9Q2X-7", "7K3M-9Q2X-7K3M-9Q2*", "é" * 16])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert ids.normalise_check_code(typed) is None


@pytest.mark.parametrize(
    ("typed", "code", "level"),
    [
        ("63", "63", "province"),
        ("63.10", "6310", "kabupaten"),
        (" 63.10.01 ", "631001", "kecamatan"),
        ("63.10.01.2001", "6310012001", "village"),
        ("6310012001", "6310012001", "village"),
    ],
)
def test_an_area_is_normalised(typed: str, code: str, level: str) -> None:
    assert ids.normalise_area(typed) == code
    assert ids.area_level(typed) == level


@pytest.mark.parametrize("typed", ["", "6", "631", "63.10.1", "63100120011", "Tanah Bumbu", "63-10", "٦٣"])
def test_what_is_no_area_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(InvalidInput, match="Kode wilayah"):
        ids.normalise_area(typed)


@given(AREAS)
def test_an_area_lies_in_itself_and_in_its_parents_only(code: str) -> None:
    around = (*ids.area_parents(code), code)
    assert ids.normalise_area(ids.format_area(code)) == code
    assert all(ids.area_within(code, ids.format_area(parent)) for parent in around)
    assert not any(ids.area_within(parent, code) for parent in ids.area_parents(code))
    other = ("1" if code[0] == "0" else "0") + code[1:]
    assert not ids.area_within(code, other)


def test_an_unknown_area_holds_nothing_and_lies_nowhere() -> None:
    assert not ids.area_within("6310", "")
    assert not ids.area_within("", "6310")
    assert ids.format_area("6310012001") == "63.10.01.2001"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1::9", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::", "2001:db8:0:1::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_of_ipv6_counts_as_its_network(address: str, network: str) -> None:
    assert ids.network_of(address) == network
