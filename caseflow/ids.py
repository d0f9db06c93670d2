"""Names of things: UUIDv7 keys, case numbers, check codes for letters, area codes, networks."""

import re
import secrets
import time
import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network, ip_address
from threading import Lock

from caseflow.errors import InstantRequired, InvalidInput, _

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
AREA_LENGTHS = {2: "province", 4: "kabupaten", 6: "kecamatan", 10: "village"}

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CASE_NUMBER = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{6,9}")
_RANDOM_BITS = 74
_LOW_BITS = 62
_STEP_BITS = 32
_CODE_LENGTH = 16
_REPLY_LENGTH = 24
_GROUP = 4
_BITS_A_LETTER = 5
_KABUPATEN_LENGTH = 4
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_lock = Lock()
_newest = {"real": 0, "given": 0}  # 122 bits each: milliseconds, then randomness


def new_id(at: datetime | None = None) -> uuid.UUID:
    """UUIDv7 (RFC 9562), rising within a process: by the machine's clock, or by the business time `at`."""
    return uuid.UUID(int=_next(at))


def new_key(at: datetime | None = None) -> str:
    """Return a new id as it is written everywhere."""
    text = f"{_next(at):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _next(at: datetime | None) -> int:
    if at is None:
        clock, milliseconds = "real", time.time_ns() // 1_000_000
    elif at.tzinfo is None:
        raise InstantRequired
    else:
        clock, milliseconds = "given", int(at.timestamp() * 1000)
    value = milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    with _lock:
        newest = _newest[clock]
        # Business time may run through years in a demonstration; only within one millisecond must it be kept in order.
        if value <= newest and (clock == "real" or milliseconds == newest >> _RANDOM_BITS):
            value = newest + 1 + secrets.randbits(_STEP_BITS)
        _newest[clock] = value
    high, low = value >> _LOW_BITS, value & (1 << _LOW_BITS) - 1
    return (high >> 12) << 80 | 7 << 76 | (high & 0xFFF) << 64 | 0b10 << 62 | low


def is_id(text: str) -> bool:
    """Tell whether a text has the form of a key as we write it; anything else is not asked of the database."""
    return _ID.fullmatch(text) is not None


def case_number(kabupaten_code: str, year: int, n: int) -> str:
    """`6310-2026-000123`: what people read out; `n` counts within kabupaten and year, from 1."""
    area = normalise_area(kabupaten_code)
    if len(area) != _KABUPATEN_LENGTH:
        raise InvalidInput({"area": _("Kode kabupaten/kota terdiri dari 4 angka, misalnya 63.10.")})
    if n < 1:
        raise ValueError(f"case numbers start at 1, not {n}")
    return f"{area}-{year:04d}-{n:06d}"


def is_case_number(text: str) -> bool:
    """Tell whether a text has the form of a case number; anything else may be a name, or a NIK."""
    return _CASE_NUMBER.fullmatch(text) is not None


def check_code() -> str:
    """`7K3M-9Q2X-...`: 80 random bits in Crockford's base 32, printed on a letter and typed by its reader."""
    return _random(_CODE_LENGTH)


def normalise_check_code(typed: str) -> str | None:
    """Forgive case, spaces, hyphens and look-alikes (O/0, I and L/1, U/V); None when it cannot be a code."""
    return _normalised(typed, _CODE_LENGTH)


def reply_code() -> str:
    """`7K3M-9Q2X-...`: 120 random bits, so that nobody guesses the right to answer; longer than any check code."""
    return _random(_REPLY_LENGTH)


def normalise_reply_code(typed: str) -> str | None:
    """Forgive what a check code is forgiven; None when it cannot be a reply code."""
    return _normalised(typed, _REPLY_LENGTH)


def _random(length: int) -> str:
    bits = secrets.randbits(length * _BITS_A_LETTER)
    return _grouped("".join(CROCKFORD[bits >> _BITS_A_LETTER * i & 31] for i in range(length)))


def _normalised(typed: str, length: int) -> str | None:
    code = re.sub(r"[\s.\-–]", "", typed).upper().translate(_LOOK_ALIKES)
    return _grouped(code) if len(code) == length and set(code) <= set(CROCKFORD) else None


def _grouped(code: str) -> str:
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))


@lru_cache(maxsize=4096)
def normalise_area(code: str) -> str:
    """Kemendagri code without its dots: 2 digits province, 4 kabupaten/kota, 6 kecamatan, 10 desa/kelurahan."""
    digits = re.sub(r"[.\s]", "", code)
    if not re.fullmatch(r"[0-9]+", digits) or len(digits) not in AREA_LENGTHS:
        raise InvalidInput({"area": _('Kode wilayah "{code}" tidak dikenal: 2, 4, 6 atau 10 angka.', code=code)})
    return digits


def format_area(code: str) -> str:
    """`6310012001` as people write it: `63.10.01.2001`."""
    digits = normalise_area(code)
    return ".".join(part for part in (digits[:2], digits[2:4], digits[4:6], digits[6:]) if part)


def area_level(code: str) -> str:
    return AREA_LENGTHS[len(normalise_area(code))]


def area_parents(code: str) -> tuple[str, ...]:
    """The areas around this one, widest first: `6310012001` lies in 63, 6310 and 631001."""
    digits = normalise_area(code)
    return tuple(digits[:length] for length in AREA_LENGTHS if length < len(digits))


def area_within(code: str, prefix: str) -> bool:
    """Whether `code` is `prefix` or lies in it. An area that is not known holds nothing and lies nowhere."""
    return bool(code) and bool(prefix) and normalise_area(code).startswith(normalise_area(prefix))


def within_any(code: str, prefixes: Iterable[str]) -> bool:
    """Whether `code` lies in one of some areas."""
    return any(area_within(code, prefix) for prefix in prefixes)


def network_of(address: str) -> str:
    """Return what failed attempts are counted by: an IPv4 address, of IPv6 the /64 that belongs to one holder."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found), 64), strict=False))
