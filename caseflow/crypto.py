"""Keys, sealed data, blind indexes, passwords and tokens. Pure but for the key file."""

import base64
import binascii
import hashlib
import hmac
import logging
import os
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from caseflow.errors import BadKeyFile, UnreadableSeal, _
from caseflow.paths import why

KEY_BYTES = 32
TOKEN_PREFIX = "cf_"  # noqa: S105 - a visible prefix lets scanners of leaked text find our tokens

_FORMAT = b"\x01"
_KEY_ID_BYTES = 4
_NAME_BYTES = 6
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEAD_BYTES = len(_FORMAT) + _KEY_ID_BYTES + _NONCE_BYTES
_OTHERS_MAY_READ = 0o077

_log = logging.getLogger(__name__)
# OWASP's smallest memory-hard setting: 23 ms where the library's default takes 109 ms and 64 MiB for each log-in.
_passwords = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

Key = bytes | tuple[bytes, ...]
"""A key; or several, of which the first seals and all open."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys derived from the master secrets, the newest first, for each purpose; none of them shows in repr."""

    names: tuple[str, ...] = field(repr=False)  # fingerprints: by them a backup says which keys it needs
    wrap: tuple[bytes, ...] = field(repr=False)  # seals the keys of subjects
    index: tuple[bytes, ...] = field(repr=False)  # blind indexes
    token: tuple[bytes, ...] = field(repr=False)  # signs what leaves and comes back
    audit: tuple[bytes, ...] = field(repr=False)  # seed of the key that signs checkpoints
    backup: tuple[bytes, ...] = field(repr=False)  # vouches for backups


class Keyring:
    """The keys of an installation. While they are being changed there are several: all open, the newest seals.

    One that comes from a file looks at it whenever it seals or searches: every process learns of a new key at once.
    """

    __slots__ = ("_path", "_stamp", "known")

    def __init__(self, masters: Sequence[bytes], path: Path | None = None) -> None:
        self._path = path
        self._stamp = _stamp(path) if path else None
        self.known = _derived(masters)

    def __repr__(self) -> str:
        return "Keyring()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keyring) and other.known == self.known

    def __hash__(self) -> int:
        return hash(self.known)

    @property
    def present(self) -> Keys:
        """The keys as the file has them now; as they were known where it cannot be read any more."""
        if self._path is not None and (stamp := _stamp(self._path)) not in {None, self._stamp}:
            try:
                self.known = _derived(masters_in(self._path))
            except BadKeyFile:
                _log.warning("key file %s was changed and cannot be read: going on with the keys known", self._path)
            self._stamp = stamp  # last: until then every thread looks for itself
        return self.known

    @property
    def token(self) -> tuple[bytes, ...]:
        return self.present.token


def keyring_of(*masters: bytes) -> Keyring:
    """Return the keys of master secrets, the newest first."""
    return Keyring(masters)


def _derived(masters: Sequence[bytes]) -> Keys:
    if not masters or any(len(master) != KEY_BYTES for master in masters):
        raise ValueError(f"a master secret has {KEY_BYTES} bytes")

    def derived(purpose: str) -> tuple[bytes, ...]:
        info = f"caseflow/1/{purpose}".encode()
        kdf = (HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info) for _master in masters)
        return tuple(each.derive(master) for each, master in zip(kdf, masters, strict=True))

    names = tuple(each[:_NAME_BYTES].hex() for each in derived("name"))
    return Keys(names, *(derived(purpose) for purpose in ("wrap", "index", "token", "audit", "backup")))


# --- the key file ----------------------------------------------------------------------------------------------------


def load_or_create(path: Path) -> Keyring:
    """Read the master secrets, one made on first start, mode 0600; forms as `masters_in`.

    Raises BadKeyFile. A file that others may read is used with a warning: mounted secrets often look like that.
    """
    try:
        if not path.exists():
            _create(path)
        if exposed(path):
            _log.warning("key file %s may be read by other users of this machine: chmod 600 %s", path, path)
    except OSError as refused:
        raise BadKeyFile(path=path, reason=_("{why}.", why=why(refused))) from refused
    return Keyring(masters_in(path), path)


def masters_in(path: Path) -> tuple[bytes, ...]:
    """Return the master secrets of a key file, the newest first. Raises BadKeyFile.

    32 raw bytes, or lines of 32 bytes in hex or base 64.
    """
    try:
        content = path.read_bytes()
    except OSError as refused:
        raise BadKeyFile(path=path, reason=_("{why}.", why=why(refused))) from refused
    found = (content,) if len(content) == KEY_BYTES else tuple(_master(line) for line in content.split())
    if not found or any(len(master) != KEY_BYTES for master in found):
        raise BadKeyFile(path=path, reason=_("isinya bukan kunci 32 bita."))
    return found


def _master(line: bytes) -> bytes:
    try:
        if len(line) == 2 * KEY_BYTES:
            return bytes.fromhex(line.decode("ascii"))
        return base64.b64decode(line.decode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def write_masters(path: Path, masters: Sequence[bytes]) -> None:
    """Replace the key file, whole or not at all; whoever could read it still can. Raises BadKeyFile."""
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_new(draft, masters)
        try:
            if target.exists():
                kept = target.stat()
                os.chown(draft, kept.st_uid, kept.st_gid)
                draft.chmod(kept.st_mode & 0o777)
            draft.replace(target)
            _sync(target.parent)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as refused:
        raise BadKeyFile(path=path, reason=_("{why}.", why=why(refused))) from refused


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def exposed(path: Path) -> bool:
    """Whether anyone but the owner may read the key file."""
    return bool(path.stat().st_mode & _OTHERS_MAY_READ)


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    _write_new(draft, [secrets.token_bytes(KEY_BYTES)])
    try:
        # A link appears whole or not at all: of two processes starting at once, both read the key of the first.
        path.hardlink_to(draft)
    except FileExistsError:
        _log.info("another process has just created the key file %s: using that one", path)
    finally:
        draft.unlink()


def _write_new(draft: Path, masters: Sequence[bytes]) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.writelines(base64.b64encode(master) + b"\n" for master in masters)
        file.flush()
        os.fsync(file.fileno())


# --- sealed data ---------------------------------------------------------------------------------------------------


def new_subject_key(keyring: Keyring, subject_id: uuid.UUID | str) -> tuple[bytes, bytes]:
    """Make a subject's data key: (plain, wrapped). Only the wrapped one is stored; deleting it erases the subject."""
    plain = AESGCM.generate_key(KEY_BYTES * 8)
    return plain, seal(keyring.present.wrap, plain, _key_place(subject_id))


def unwrap(keyring: Keyring, wrapped: bytes, subject_id: uuid.UUID | str) -> bytes:
    """Open a subject's data key. Raises UnreadableSeal for another master key or another subject's row."""
    known = keyring.known.wrap
    try:
        return open_seal(known, wrapped, _key_place(subject_id))
    except UnreadableSeal:
        if keyring.present.wrap == known:
            raise
    return open_seal(keyring.present.wrap, wrapped, _key_place(subject_id))  # wrapped anew by another process


def wrap_anew(keyring: Keyring, wrapped: bytes, subject_id: uuid.UUID | str) -> bytes:
    """Return a subject's data key under the newest master key. Raises UnreadableSeal."""
    return seal(keyring.present.wrap, unwrap(keyring, wrapped, subject_id), _key_place(subject_id))


def _key_place(subject_id: uuid.UUID | str) -> str:
    return f"subject_key.wrapped.{subject_id}"


def seal(key: Key, data: bytes, aad: str) -> bytes:
    """AES-256-GCM under `key`, bound to its place `aad` ("table.column.row"): format, key id, nonce, ciphertext."""
    newest = key if isinstance(key, bytes) else key[0]
    head = seal_head(newest) + os.urandom(_NONCE_BYTES)
    return head + AESGCM(newest).encrypt(head[-_NONCE_BYTES:], data, _bound(head, aad))


def open_seal(key: Key, sealed: bytes, aad: str) -> bytes:
    """Open what `seal` made. Raises UnreadableSeal for a wrong key, a moved row or changed bytes."""
    head = sealed[:_HEAD_BYTES]
    for each in (key,) if isinstance(key, bytes) else key:
        if len(sealed) >= _HEAD_BYTES + _TAG_BYTES and (each is key or sealed_by(each, sealed)):  # the tag tells, too
            try:
                return AESGCM(each).decrypt(head[-_NONCE_BYTES:], sealed[_HEAD_BYTES:], _bound(head, aad))
            except InvalidTag:
                break
    raise UnreadableSeal(where=aad)


def seal_head(key: bytes) -> bytes:
    """Return what every seal under this key begins with."""
    return _FORMAT + _key_id(key)


def sealed_by(key: bytes, sealed: bytes) -> bool:
    """Tell by its beginning whether a seal says it was made under this key."""
    return sealed.startswith(seal_head(key))


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"caseflow/1/key-id" + key).digest()[:_KEY_ID_BYTES]


def _bound(head: bytes, aad: str) -> bytes:
    return head[:-_NONCE_BYTES] + aad.encode()


def seal_json(key: Key, value: Any, aad: str) -> bytes:  # noqa: ANN401 - anything JSON holds
    return seal(key, orjson.dumps(value), aad)


def open_json(key: Key, sealed: bytes, aad: str) -> Any:  # noqa: ANN401 - anything JSON holds
    return orjson.loads(open_seal(key, sealed, aad))


def blind_index(keyring: Keyring, kind: str, value: str) -> str:
    """HMAC-SHA256 in hex of a normalised value, apart for each kind (nik, kk, phone, name-token): equality, no more."""
    return blind_indexes(keyring, kind, value)[0]


def blind_indexes(keyring: Keyring, kind: str, value: str) -> tuple[str, ...]:
    """Return the blind index of a value under every key, the newest first: while keys change, any may be stored."""
    said = f"{kind}\x00{value}".encode()
    return tuple(hmac.digest(key, said, "sha256").hex() for key in keyring.present.index)


# --- signatures under the log --------------------------------------------------------------------------------------


def log_key(keyring: Keyring) -> bytes:
    """Return the public key of the log: 32 bytes, for everybody who is to check it."""
    return log_keys(keyring)[0]


def log_keys(keyring: Keyring) -> tuple[bytes, ...]:
    """Return the public keys of the log, the newest first: while keys change, each signs."""
    return tuple(_signer(seed).public_key().public_bytes_raw() for seed in keyring.present.audit)


def sign_log(keyring: Keyring, message: bytes) -> bytes:
    """Sign a head of the log with Ed25519: 64 bytes."""
    return _signer(keyring.present.audit[0]).sign(message)


def signatures(keyring: Keyring, message: bytes) -> list[tuple[bytes, bytes]]:
    """Return (public key, signature) of a head of the log by every key, the newest first."""
    signers = [_signer(seed) for seed in keyring.present.audit]
    return [(each.public_key().public_bytes_raw(), each.sign(message)) for each in signers]


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the owner of this public key signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signer(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


# --- vouching for files ----------------------------------------------------------------------------------------------


def vouch(keyring: Keyring, message: bytes) -> str:
    """Return by which key somebody who has it vouches for a file, and the code: HMAC-SHA256, in hex."""
    keys = keyring.present
    return f"{keys.names[0]}:{hmac.digest(keys.backup[0], message, 'sha256').hex()}"


def is_vouched(keyring: Keyring, message: bytes, code: str) -> bool:
    """Tell whether one of these keys vouches for a file."""
    keys = keyring.present
    codes = (
        f"{name}:{hmac.digest(key, message, 'sha256').hex()}" for name, key in zip(keys.names, keys.backup, strict=True)
    )
    return any(hmac.compare_digest(each, code) for each in codes)


# --- passwords and tokens ------------------------------------------------------------------------------------------


def hash_password(plain: str) -> str:
    return _passwords.hash(typed(plain))


def verify_password(hashed: str | None, plain: str) -> bool:
    """None (no such user, no password set) takes as long as a wrong password, so that names cannot be probed."""
    try:
        _passwords.verify(hashed or _nobody(), typed(plain))
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def needs_rehash(hashed: str) -> bool:
    """Whether the hash was made with other settings than today's: hash again at the next log-in."""
    return _passwords.check_needs_rehash(hashed)


@cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe(KEY_BYTES))


def typed(plain: str) -> str:
    """One form for what different keyboards send for the same letters."""
    return unicodedata.normalize("NFC", plain)


def new_token() -> tuple[str, str]:
    """Make a bearer token or session id: (plain, digest). The plain one is shown once; the digest is stored."""
    plain = TOKEN_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    return plain, token_digest(plain)


def token_digest(plain: str) -> str:
    """SHA-256 in hex: a token has 256 random bits, so it needs neither salt nor slowness."""
    return hashlib.sha256(plain.encode()).hexdigest()
