"""Keys, seals, blind indexes, passwords and tokens."""

import base64
import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow import crypto
from caseflow.errors import BadKeyFile, UnreadableSeal

MASTER = bytes(range(32))
KEYRING = crypto.keyring_of(MASTER)
KEY = bytes(32)
PLACE = "person.nik.018f"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def test_each_purpose_has_a_key_of_its_own_that_never_shows() -> None:
    keys = [getattr(KEYRING.known, f.name) for f in fields(KEYRING.known) if f.name != "names"]
    assert len({(MASTER,), *keys}) == len(keys) + 1
    assert repr(KEYRING.known) == "Keys()"
    assert repr(KEYRING) == "Keyring()"
    assert crypto.keyring_of(bytes(32)) != KEYRING


def test_the_derivation_never_changes_or_old_data_is_lost() -> None:
    assert KEYRING.known.index[0].hex() == "c59f4a477bcedd0c6df3774898ea450bceec5327d5436deb9c5cae5db588efb7"
    assert (
        crypto.blind_index(KEYRING, "nik", "6310014903150001")
        == "1480483c032fa7e360ef5980c3d48be1924fc458f89c1ae1fd389c1b8135d729"
    )


# --- the key file --------------------------------------------------------------------------------------------------


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret.key"
    made = crypto.load_or_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not crypto.exposed(path)
    assert crypto.load_or_create(path) == made
    assert [p.name for p in path.parent.iterdir()] == ["secret.key"]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _n: crypto.load_or_create(path), range(32)))
    assert len(made) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("content", [MASTER, MASTER.hex().encode() + b"\n", base64.b64encode(MASTER) + b"\n"])
def test_an_operator_may_bring_a_key_in_three_forms(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    path.chmod(0o600)
    assert crypto.load_or_create(path) == KEYRING


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 44, b"g" * 64, bytes(31), bytes(33), b"\xff" * 64])
def test_a_damaged_key_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(BadKeyFile, match=r"secret\.key"):
        crypto.load_or_create(path)
    assert path.read_bytes() == content


def test_a_key_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile, match="itu sebuah folder"):
        crypto.load_or_create(tmp_path)


def test_a_key_file_that_others_may_read_is_used_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(MASTER)
    path.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        assert crypto.load_or_create(path) == KEYRING
    assert crypto.exposed(path)
    assert "chmod 600" in caplog.text
    assert MASTER.hex() not in caplog.text


# --- seals ---------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_is_sealed_opens_again(data: bytes, place: str) -> None:
    sealed = crypto.seal(KEY, data, place)
    assert crypto.open_seal(KEY, sealed, place) == data
    assert len(sealed) == len(data) + 33


@given(JSON)
def test_json_is_sealed_and_opened(value: object) -> None:
    assert crypto.open_json(KEY, crypto.seal_json(KEY, value, PLACE), PLACE) == value


@given(st.data())
def test_any_changed_bit_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(crypto.seal(KEY, b"6310014903150001", PLACE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(UnreadableSeal):
        crypto.open_seal(KEY, bytes(sealed), PLACE)


@pytest.mark.parametrize("length", [0, 1, 17, 32, 33, 48])
def test_a_cut_seal_is_noticed(length: int) -> None:
    with pytest.raises(UnreadableSeal):
        crypto.open_seal(KEY, crypto.seal(KEY, b"6310014903150001", PLACE)[:length], PLACE)


def test_a_seal_opens_only_at_its_place_and_under_its_key() -> None:
    sealed = crypto.seal(KEY, b"x", PLACE)
    with pytest.raises(UnreadableSeal, match=r"person\.kk\.018f"):
        crypto.open_seal(KEY, sealed, "person.kk.018f")
    with pytest.raises(UnreadableSeal):
        crypto.open_seal(bytes([1]) * 32, sealed, PLACE)


def test_sealing_twice_never_looks_the_same() -> None:
    assert len({crypto.seal(KEY, b"same", PLACE) for _ in range(500)}) == 500


def test_a_subject_key_is_bound_to_its_subject_and_master() -> None:
    subject, other = uuid.uuid4(), uuid.uuid4()
    plain, wrapped = crypto.new_subject_key(KEYRING, subject)
    assert crypto.unwrap(KEYRING, wrapped, str(subject)) == plain
    assert plain not in wrapped
    assert crypto.new_subject_key(KEYRING, subject)[0] != plain
    with pytest.raises(UnreadableSeal):
        crypto.unwrap(KEYRING, wrapped, other)
    with pytest.raises(UnreadableSeal):
        crypto.unwrap(crypto.keyring_of(bytes(32)), wrapped, subject)


def test_a_blind_index_is_equal_for_equals_and_apart_for_each_kind_and_key() -> None:
    index = crypto.blind_index(KEYRING, "nik", "6310014903150001")
    assert index == crypto.blind_index(KEYRING, "nik", "6310014903150001")
    others = {
        crypto.blind_index(KEYRING, "nik", "6310014903150002"),
        crypto.blind_index(KEYRING, "kk", "6310014903150001"),
        crypto.blind_index(crypto.keyring_of(bytes(32)), "nik", "6310014903150001"),
    }
    assert len({index, *others}) == 4
    assert len(index) == 64


# --- passwords and tokens ------------------------------------------------------------------------------------------


def test_a_password_is_verified_in_whatever_form_the_keyboard_sends_it() -> None:
    hashed = crypto.hash_password("kopi-\u00e9-susu")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert crypto.verify_password(hashed, "kopi-e\u0301-susu")
    assert not crypto.verify_password(hashed, "kopi-e-susu")
    assert not crypto.verify_password(hashed, "")


def test_nobody_and_a_damaged_hash_are_refused_quietly() -> None:
    assert not crypto.verify_password(None, "apa saja")
    assert not crypto.verify_password("$argon2id$damaged", "apa saja")


def test_a_hash_with_old_settings_asks_to_be_made_again() -> None:
    assert not crypto.needs_rehash(crypto.hash_password("rahasia"))
    assert crypto.needs_rehash("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$ZmFrZWhhc2hmYWtlaGFzaA")


def test_a_token_is_long_and_only_its_digest_needs_keeping() -> None:
    tokens = [crypto.new_token() for _ in range(200)]
    assert len({plain for plain, _digest in tokens}) == 200
    for plain, digest in tokens:
        assert plain.startswith("cf_")
        assert len(plain) >= 40
        assert crypto.token_digest(plain) == digest
        assert len(digest) == 64
