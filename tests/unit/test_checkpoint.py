"""Checkpoints as text: the published example, what is refused, and signatures that hold for one key and text alone."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow import checkpoint, crypto
from caseflow.checkpoint import Checkpoint, Signature
from caseflow.errors import BadCheckpoint

KEYS = crypto.keyring_of(bytes(range(32)))
NAME = "kasus.dinsos.example/log"
HEAD = Checkpoint(NAME, 20852163, bytes(range(32)), "2026-11-22T17:05:00.000000Z")
PUBLISHED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
HEADS = st.builds(
    Checkpoint,
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40),
    st.integers(0, 10**18),
    st.binary(min_size=32, max_size=32),
    st.none() | st.just("2026-11-22T17:05:00.000000Z"),
)


def signature(text: str, keys: crypto.Keyring = KEYS, name: str = NAME) -> Signature:
    return Signature(name, checkpoint.key_id(name, crypto.log_key(keys)), crypto.sign_log(keys, text.encode()))


def note(head: Checkpoint = HEAD) -> str:
    text = checkpoint.text_of(head)
    return checkpoint.note_of(text, [signature(text)])


def test_the_example_of_the_format_is_read() -> None:
    read = checkpoint.read(PUBLISHED)
    assert read.checkpoint == Checkpoint(
        "example.com/behind-the-sofa",
        20852163,
        base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="),
    )
    (line,) = read.signatures
    assert (line.name, len(line.value)) == ("example.com/behind-the-sofa", 64)
    assert checkpoint.note_of(read.text, read.signatures) == PUBLISHED
    assert checkpoint.text_of(read.checkpoint) == read.text


def test_the_text_of_a_checkpoint_never_changes_or_old_ones_break() -> None:
    assert note() == (
        "kasus.dinsos.example/log\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
        "time 2026-11-22T17:05:00.000000Z\n\n"
        "— kasus.dinsos.example/log ObntOkOzwQFJt6MtZKNQ21rtYcy6KX1rWU4rwCICf7xBn6GrrN4qCdY7bZHV"
        "B1MucYpdZx+CgLZJf5XhGZW6rRQ8HQU=\n"
    )
    assert checkpoint.verifier_key(NAME, crypto.log_key(KEYS)) == (
        "kasus.dinsos.example/log+39b9ed3a+Aaky3yawuGkBaUbGXKd1/Pzjux936PF7uCQIlJBEJg0d"
    )


def test_a_note_of_the_go_checksum_database_holds() -> None:
    """The example of golang.org/x/mod/sumdb/note: its key id and signature are what everybody computes."""
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    name, public = checkpoint.read_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    value = base64.b64decode(line)
    assert (name, value[:4].hex()) == ("PeterNeumann", "c74f20a3")
    assert crypto.is_signed(public, value[4:], text.encode())
    assert not crypto.is_signed(public, value[4:], text.rstrip().encode())


@given(HEADS)
def test_what_is_written_is_read(head: Checkpoint) -> None:
    read = checkpoint.read(note(head))
    assert read.checkpoint == head
    assert read.text == checkpoint.text_of(head)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: f"Salinan titik periksa.\n\n{checkpoint.enclosed(text)}\nSimpan.\n",
        lambda text: f"Salinan.\r\n{checkpoint.enclosed(text)}".replace("\n", "\r\n"),
    ],
)
def test_a_checkpoint_is_found_in_what_people_keep(wrapped: Callable[[str], str]) -> None:
    assert checkpoint.read(wrapped(note())) == checkpoint.read(note())


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "\n",
        "log\n3\n",
        note().split("\n\n", maxsplit=1)[0] + "\n",
        note().replace("20852163", "020852163"),
        note().replace("20852163", "-1"),
        note().replace("20852163", "٣"),
        note().replace("AAECAwQ", "AAECAw"),
        note().replace("AAECAwQ", "AA CAwQ"),
        note().replace("\n20852163", ""),
        "\n" + note(),
        note().replace("— ", "- "),
        note().replace("— ", "—"),
        note().rsplit(" ", 1)[0] + " AAAA\n",
        note().rsplit(" ", 1)[0] + " kunci!\n",
        note() + "\n",
        note() + "lagi\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(broken: str) -> None:
    with pytest.raises(BadCheckpoint):
        checkpoint.read(broken)


# --- keys and signatures ---------------------------------------------------------------------------------------------


def test_a_signature_holds_for_its_key_and_text_alone() -> None:
    read = checkpoint.read(note())
    (line,) = read.signatures
    public, other = crypto.log_key(KEYS), crypto.log_key(crypto.keyring_of(bytes(32)))
    assert line.key_id == checkpoint.key_id(NAME, public) != checkpoint.key_id(NAME, other)
    assert crypto.is_signed(public, line.value, read.text.encode())
    assert not crypto.is_signed(other, line.value, read.text.encode())
    assert not crypto.is_signed(public, line.value, read.text.replace("2085", "2086").encode())
    assert not crypto.is_signed(public, line.value[:-1], read.text.encode())
    assert not crypto.is_signed(public[:-1], line.value, read.text.encode())


@given(st.binary(min_size=32, max_size=32))
def test_a_key_survives_being_handed_over(public: bytes) -> None:
    assert checkpoint.read_key(f" {checkpoint.verifier_key(NAME, public)}\n") == (NAME, public)


@pytest.mark.parametrize("position", range(0, 78, 7))
def test_a_key_with_a_slip_is_refused(position: int) -> None:
    key = checkpoint.verifier_key(NAME, crypto.log_key(KEYS))
    slip = "A" if key[position] != "A" else "B"
    with pytest.raises(BadCheckpoint):
        checkpoint.read_key(key[:position] + slip + key[position + 1 :])


def test_a_key_of_another_kind_is_refused() -> None:
    for text in ("", "a+b", f"{NAME}+00000000+{base64.b64encode(bytes(33)).decode()}"):
        with pytest.raises(BadCheckpoint):
            checkpoint.read_key(text)
