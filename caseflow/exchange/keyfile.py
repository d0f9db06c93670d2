"""Master keys in a file under a passphrase: what an office keeps apart from its backups."""

import base64
import os
from collections.abc import Sequence
from pathlib import Path

import orjson
from argon2.low_level import Type, hash_secret_raw

from caseflow import crypto
from caseflow.errors import Refused, UnreadableSeal, _
from caseflow.paths import why

FORMAT = "caseflow-keys-1"
SHORTEST = 12
"""Letters of a passphrase: whoever finds the file may try for years."""
_SALT_BYTES = 16
_ROUNDS, _KIB, _LANES = 3, 64 * 1024, 4
"""Argon2id as RFC 9106 advises where memory is short."""
_PLACE = "caseflow.keys"


def wrapped(masters: Sequence[bytes], passphrase: str) -> bytes:
    """Return the keys under a passphrase, as a file. Raises `Refused` for one that is too short."""
    if len(passphrase) < SHORTEST:
        raise Refused(reason=_("Kata sandi paling sedikit {n} karakter.", n=SHORTEST))
    salt = os.urandom(_SALT_BYTES)
    sealed = crypto.seal(_key(passphrase, salt), b"".join(masters), _PLACE)
    said = {
        "format": FORMAT,
        "keys": list(crypto.keyring_of(*masters).known.names),
        "kdf": f"argon2id t={_ROUNDS} m={_KIB} p={_LANES}",
        "salt": base64.b64encode(salt).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n"


def unwrapped(content: bytes, passphrase: str) -> tuple[bytes, ...]:
    """Return the keys of such a file, the newest first. Raises `Refused` for another file or passphrase."""
    try:
        said = {"format": "", **orjson.loads(content)}
        salt, sealed = base64.b64decode(said["salt"]), base64.b64decode(said["sealed"])
    except (ValueError, TypeError, KeyError):
        said, salt, sealed = {"format": ""}, b"", b""
    if said["format"] != FORMAT:
        raise Refused(reason=_("Berkas itu bukan dari caseflow keys export."))
    try:
        plain = crypto.open_seal(_key(passphrase, salt), sealed, _PLACE)
    except UnreadableSeal:
        raise Refused(reason=_("Kata sandi salah, atau berkasnya rusak.")) from None
    return tuple(plain[n : n + crypto.KEY_BYTES] for n in range(0, len(plain), crypto.KEY_BYTES))


def write(path: Path, content: bytes) -> None:
    """Write a new file for its owner alone, and have it on the disk. Raises `Refused` where there is one already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise Refused(reason=_("{path} tidak dapat ditulis: {why}", path=path, why=why(problem))) from problem


def _key(passphrase: str, salt: bytes) -> bytes:
    secret = crypto.typed(passphrase).encode()
    return hash_secret_raw(secret, salt, _ROUNDS, _KIB, _LANES, crypto.KEY_BYTES, Type.ID)
