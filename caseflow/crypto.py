"""Keys, sealed data, blind indexes, passwords and tokens. Pure but for reading and creating the key file."""

import base64
import binascii
import hashlib
import hmac
import logging
import os
import secrets
import unicodedata
import uuid
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

KEY_BYTES = 32
TOKEN_PREFIX = "cf_"  # noqa: S105 - a visible prefix lets scanners of leaked text find our tokens

_FORMAT = b"\x01"
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEAD_BYTES = len(_FORMAT) + _KEY_ID_BYTES + _NONCE_BYTES
_OTHERS_MAY_READ = 0o077

_log = logging.getLogger(__name__)
# OWASP's smallest memory-hard setting: 23 ms where the library's default takes 109 ms and 64 MiB for each log-in.
_passwords = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys derived from the master secret, one for each purpose; none of them shows in repr."""

    wrap: bytes = field(repr=False)  # seals the keys of subjects
    index: bytes = field(repr=False)  # blind indexes
    token: bytes = field(repr=False)  # signs what leaves and comes back
    audit: bytes = field(repr=False)  # seed of the key that signs checkpoints


def keyring_of(master: bytes) -> Keyring:
    if len(master) != KEY_BYTES:
        raise ValueError(f"the master secret has {KEY_BYTES} bytes, not {len(master)}")

    def derived(purpose: str) -> bytes:
        info = f"caseflow/1/{purpose}".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)

    return Keyring(wrap=derived("wrap"), index=derived("index"), token=derived("token"), audit=derived("audit"))


def load_or_create(path: Path) -> Keyring:
    """Read the master secret: 32 raw bytes, or the same in hex or base 64; made on first start, mode 0600.

    Raises BadKeyFile. A file that others may read is used with a warning: mounted secrets often look like that.
    """
    try:
        if not path.exists():
            _create(path)
        content = path.read_bytes()
        if exposed(path):
            _log.warning("key file %s may be read by other users of this machine: chmod 600 %s", path, path)
    except OSError as refused:
        raise BadKeyFile(path=path, reason=f"{refused.strerror}.") from refused
    return keyring_of(_master(path, content))


def exposed(path: Path) -> bool:
    """Whether anyone but the owner may read the key file."""
    return bool(path.stat().st_mode & _OTHERS_MAY_READ)


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all: of two processes starting at once, both read the key of the first.
        path.hardlink_to(draft)
    except FileExistsError:
        _log.info("another process has just created the key file %s: using that one", path)
    finally:
        draft.unlink()


def _master(path: Path, content: bytes) -> bytes:
    if len(content) == KEY_BYTES:
        return content
    text = content.strip()
    try:
        master = (
            bytes.fromhex(text.decode("ascii")) if len(text) == 2 * KEY_BYTES else base64.b64decode(text, validate=True)
        )
    except (binascii.Error, ValueError):
        master = b""
    if len(master) != KEY_BYTES:
        raise BadKeyFile(path=path, reason=_("isinya bukan kunci 32 bita."))
    return master


# --- sealed data ---------------------------------------------------------------------------------------------------


def new_subject_key(keyring: Keyring, subject_id: uuid.UUID | str) -> tuple[bytes, bytes]:
    """Make a subject's data key: (plain, wrapped). Only the wrapped one is stored; deleting it erases the subject."""
    plain = AESGCM.generate_key(KEY_BYTES * 8)
    return plain, seal(keyring.wrap, plain, _key_place(subject_id))


def unwrap(keyring: Keyring, wrapped: bytes, subject_id: uuid.UUID | str) -> bytes:
    """Open a subject's data key. Raises UnreadableSeal for another master key or another subject's row."""
    return open_seal(keyring.wrap, wrapped, _key_place(subject_id))


def _key_place(subject_id: uuid.UUID | str) -> str:
    return f"subject_key.wrapped.{subject_id}"


def seal(key: bytes, data: bytes, aad: str) -> bytes:
    """AES-256-GCM under `key`, bound to its place `aad` ("table.column.row"): format, key id, nonce, ciphertext."""
    head = _FORMAT + _key_id(key) + os.urandom(_NONCE_BYTES)
    return head + AESGCM(key).encrypt(head[-_NONCE_BYTES:], data, _bound(head, aad))


def open_seal(key: bytes, sealed: bytes, aad: str) -> bytes:
    """Open what `seal` made. Raises UnreadableSeal for a wrong key, a moved row or changed bytes."""
    head = sealed[:_HEAD_BYTES]
    if len(sealed) < _HEAD_BYTES + _TAG_BYTES or not head.startswith(_FORMAT + _key_id(key)):
        raise UnreadableSeal(where=aad)
    try:
        return AESGCM(key).decrypt(head[-_NONCE_BYTES:], sealed[_HEAD_BYTES:], _bound(head, aad))
    except InvalidTag:
        raise UnreadableSeal(where=aad) from None


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"caseflow/1/key-id" + key).digest()[:_KEY_ID_BYTES]


def _bound(head: bytes, aad: str) -> bytes:
    return head[:-_NONCE_BYTES] + aad.encode()


def seal_json(key: bytes, value: Any, aad: str) -> bytes:  # noqa: ANN401 - anything JSON holds
    return seal(key, orjson.dumps(value), aad)


def open_json(key: bytes, sealed: bytes, aad: str) -> Any:  # noqa: ANN401 - anything JSON holds
    return orjson.loads(open_seal(key, sealed, aad))


def blind_index(keyring: Keyring, kind: str, value: str) -> str:
    """HMAC-SHA256 in hex of a normalised value, apart for each kind (nik, kk, phone, name-token): equality, no more."""
    return hmac.digest(keyring.index, f"{kind}\x00{value}".encode(), "sha256").hex()


# --- signatures under the log --------------------------------------------------------------------------------------


def log_key(keyring: Keyring) -> bytes:
    """Return the public key of the log: 32 bytes, for everybody who is to check it."""
    return _log_signer(keyring).public_key().public_bytes_raw()


def sign_log(keyring: Keyring, message: bytes) -> bytes:
    """Sign a head of the log with Ed25519: 64 bytes."""
    return _log_signer(keyring).sign(message)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the owner of this public key signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _log_signer(keyring: Keyring) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyring.audit)


# --- passwords and tokens ------------------------------------------------------------------------------------------


def hash_password(plain: str) -> str:
    return _passwords.hash(_typed(plain))


def verify_password(hashed: str | None, plain: str) -> bool:
    """None (no such user, no password set) takes as long as a wrong password, so that names cannot be probed."""
    try:
        _passwords.verify(hashed or _nobody(), _typed(plain))
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def needs_rehash(hashed: str) -> bool:
    """Whether the hash was made with other settings than today's: hash again at the next log-in."""
    return _passwords.check_needs_rehash(hashed)


@cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe(KEY_BYTES))


def _typed(plain: str) -> str:
    """One form for what different keyboards send for the same letters."""
    return unicodedata.normalize("NFC", plain)


def new_token() -> tuple[str, str]:
    """Make a bearer token or session id: (plain, digest). The plain one is shown once; the digest is stored."""
    plain = TOKEN_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    return plain, token_digest(plain)


def token_digest(plain: str) -> str:
    """SHA-256 in hex: a token has 256 random bits, so it needs neither salt nor slowness."""
    return hashlib.sha256(plain.encode()).hexdigest()
