"""Canonical bytes against RFC 8785, commitments, and chains that name their first bad entry."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from caseflow import audit
from caseflow.errors import InstantRequired, NotCanonical

JSON = str | int | bool | dict[str, Any] | list[Any] | None
WHOLE = st.integers(-audit.LARGEST, audit.LARGEST)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127), max_size=12)
CANONICAL = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)
OBJECTS = st.dictionaries(KEYS, CANONICAL, max_size=6)


@given(CANONICAL)
def test_canonical_bytes_are_those_of_rfc_8785(value: JSON) -> None:
    assert audit.canonical(value) == rfc8785.dumps(value)


@given(CANONICAL)
def test_the_standard_library_writes_the_same_bytes(value: object) -> None:
    # What a verifier without our dependencies uses.
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert audit.canonical(value) == plain.encode()


@given(OBJECTS)
def test_the_order_of_keys_never_matters(value: dict[str, object]) -> None:
    assert audit.canonical(dict(reversed(value.items()))) == audit.canonical(value)
    assert audit.digest_of(dict(reversed(value.items()))) == audit.digest_of(value)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (1.0, "$"),
        ({"a": {"b": [1, 0.5]}}, "$.a.b[1]"),
        ({"a": Decimal(1)}, "$.a"),
        ({"a": datetime(2026, 1, 1, tzinfo=UTC)}, "$.a"),
        ({"a": b"bytes"}, "$.a"),
        ({"a": {1, 2}}, "$.a"),
        ({"usia_é": 1}, "$"),
        ({1: "a"}, "$"),
        ({"a": 2**53}, "$.a"),
        ([-(2**53)], "$[0]"),
        ("\ud800", "$"),
    ],
)
def test_what_has_no_single_form_is_refused_where_it_stands(value: object, where: str) -> None:
    with pytest.raises(NotCanonical) as refused:
        audit.canonical(value)
    assert refused.value.data["where"] == where


def test_an_instant_is_utc_with_microseconds_and_sorts_as_text() -> None:
    wita = timezone(timedelta(hours=8))
    assert audit.instant(datetime(2026, 11, 21, 10, 42, tzinfo=wita)) == "2026-11-21T02:42:00.000000Z"
    with pytest.raises(InstantRequired):
        audit.instant(datetime(2026, 11, 21))  # noqa: DTZ001 - the point of it


@given(st.lists(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))])), max_size=6))
def test_instants_sort_as_they_happened(times: list[datetime]) -> None:
    times = [t for t in times if 1970 < t.year < 9999]
    assert sorted(map(audit.instant, times)) == [audit.instant(t) for t in sorted(times)]


# --- commitments ---------------------------------------------------------------------------------------------------


def test_a_payload_digest_needs_its_salt() -> None:
    payload = {"nik": "6310014903150001"}
    salts = [audit.new_salt() for _ in range(50)]
    assert len({audit.payload_digest(salt, payload) for salt in salts}) == 50
    assert audit.payload_digest(salts[0], payload) == audit.payload_digest(salts[0], dict(payload))
    assert audit.payload_digest(salts[0], {}) != audit.payload_digest(salts[0], payload)
    with pytest.raises(ValueError, match="16 bytes"):
        audit.payload_digest(b"", payload)


def test_digests_of_different_things_never_meet() -> None:
    data = {"a": 1}
    salt = bytes(16)
    assert len({audit.digest_of(data), audit.payload_digest(salt, data), hashlib.sha256(b'{"a":1}').hexdigest()}) == 3


# --- entries and chains --------------------------------------------------------------------------------------------

ENVELOPE = audit.Envelope(
    id="019a0000-0000-7000-8000-000000000001",
    code="case:step:taken",
    actor="019a0000-0000-7000-8000-00000000000a",
    event_date="2026-11-20",
    entered_at="2026-11-21T02:42:00.000000Z",
    case_id="case-1",
    seq=1,
    prev=audit.GENESIS,
    facts=audit.digest_of({"risk": "tinggi"}),
    payload=None,
    data={"step": "submit_for_assessment", "to": "assessment", "backdated": True, "cycle": 1},
)

Recorded = tuple[audit.Envelope, str]


def chain(case_id: str, length: int) -> list[Recorded]:
    recorded: list[Recorded] = []
    start = datetime(2026, 1, 1, tzinfo=UTC)
    prev = audit.GENESIS
    for seq in range(1, length + 1):
        entered_at = audit.instant(start + timedelta(minutes=seq))
        envelope = replace(
            ENVELOPE, id=f"{case_id}-{seq}", case_id=case_id, seq=seq, prev=prev, entered_at=entered_at, data={"n": seq}
        )
        prev = audit.entry_hash(envelope)
        recorded.append((envelope, prev))
    return recorded


def heads(recorded: Sequence[Recorded]) -> dict[str, tuple[int, str]]:
    return {e.case_id: (e.seq, stored) for e, stored in recorded if e.case_id and e.seq}


def first(recorded: Sequence[Recorded]) -> audit.Broken | None:
    return next(audit.verify_chain(recorded), None)


def test_the_hash_of_an_entry_never_changes_or_old_logs_break() -> None:
    assert audit.entry_hash(ENVELOPE) == "796ad906bdcf285f713d3e7d37ee32db8b0387a7516744839d5678f8e64f33b9"


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "x"},
        {"code": "case:step:undone"},
        {"actor": "x"},
        {"event_date": "2026-11-19"},
        {"entered_at": "2026-11-21T02:42:00.000001Z"},
        {"case_id": "case-2"},
        {"seq": 2},
        {"prev": "1" * 64},
        {"facts": None},
        {"payload": "1" * 64},
        {"data": {**ENVELOPE.data, "cycle": 2}},
    ],
)
def test_every_field_is_under_the_hash(changed: dict[str, Any]) -> None:
    assert audit.entry_hash(replace(ENVELOPE, **changed)) != audit.entry_hash(ENVELOPE)


def test_an_envelope_survives_its_export() -> None:
    exported = json.loads(json.dumps(audit.as_dict(ENVELOPE)))
    assert audit.Envelope(**exported) == ENVELOPE
    assert audit.entry_hash(audit.Envelope(**exported)) == audit.entry_hash(ENVELOPE)


def test_mixed_chains_and_access_entries_hold() -> None:
    access = replace(ENVELOPE, id="access", code="access:case:read", seq=None, prev=None, data={})
    one, two = chain("case-1", 4), chain("case-2", 3)
    mixed = [two[0], one[0], one[1], (access, audit.entry_hash(access)), two[1], one[2], two[2], one[3]]
    assert list(audit.verify_chain(mixed, heads=heads(mixed))) == []
    nowhere = replace(access, case_id=None)
    assert first([(nowhere, audit.entry_hash(nowhere))]) is None


@given(st.integers(0, 4), st.sampled_from(["hash", "sequence", "previous", "time"]))
def test_the_first_bad_entry_is_named_with_its_reason(position: int, reason: str) -> None:
    recorded = chain("case-1", 5)
    envelope, _stored = recorded[position]
    match reason:
        case "hash":
            recorded[position] = (replace(envelope, data={"n": 99}), recorded[position][1])
        case "sequence":
            forged = replace(envelope, seq=(envelope.seq or 0) + 1)
            recorded[position] = (forged, audit.entry_hash(forged))
        case "previous":
            forged = replace(envelope, prev="f" * 64)
            recorded[position] = (forged, audit.entry_hash(forged))
        case _:
            position = max(position, 1)
            forged = replace(recorded[position][0], entered_at="2025-01-01T00:00:00.000000Z")
            recorded[position] = (forged, audit.entry_hash(forged))
    broken = first(recorded)
    assert broken is not None
    assert (broken.id, broken.case_id, broken.reason) == (f"case-1-{position + 1}", "case-1", reason)


@given(st.integers(0, 3))
def test_an_entry_taken_out_or_rehashed_breaks_at_the_next_one(position: int) -> None:
    recorded = chain("case-1", 5)
    forged = replace(recorded[position][0], data={"n": 99})
    rehashed = [*recorded[:position], (forged, audit.entry_hash(forged)), *recorded[position + 1 :]]
    taken_out = [*recorded[:position], *recorded[position + 1 :]]
    for altered, reason in ((rehashed, "previous"), (taken_out, "sequence")):
        broken = first(altered)
        assert broken is not None
        assert (broken.id, broken.reason) == (f"case-1-{position + 2}", reason)


def test_an_entry_moved_to_another_case_is_found() -> None:
    stolen = [*chain("case-1", 2), (replace(chain("case-2", 1)[0][0], case_id="case-1", seq=3), "0" * 64)]
    broken = first(stolen)
    assert broken is not None
    assert broken.reason == "previous"


def test_one_altered_entry_is_one_finding_and_the_rest_is_still_checked() -> None:
    recorded = chain("case-1", 6)
    for position in (1, 4):
        recorded[position] = (replace(recorded[position][0], actor="x"), recorded[position][1])
    assert [(b.seq, b.reason) for b in audit.verify_chain(recorded)] == [(2, "hash"), (5, "hash")]


def test_a_cut_end_shows_against_the_heads() -> None:
    recorded = [*chain("case-1", 3), *chain("case-2", 2)]
    known = heads(recorded)
    cut = [r for r in recorded if r[0].id not in {"case-1-3", "case-2-1", "case-2-2"}]
    found = list(audit.verify_chain(cut, heads=known))
    assert [(b.case_id, b.seq, b.reason) for b in found] == [("case-1", 2, "head"), ("case-2", 0, "head")]


def test_an_access_entry_that_claims_a_place_in_a_chain_is_found() -> None:
    half = replace(ENVELOPE, seq=None)
    broken = first([(half, audit.entry_hash(half))])
    assert broken is not None
    assert broken.reason == "sequence"
