"""The electronic signature of an office under a file: PAdES by a certificate of its own; reading one, within bounds."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from caseflow.errors import BadCertificate, _

FIELD = "Tanda tangan elektronik kantor"
RESERVED = 8192
"""Hexadecimal digits kept free in the file for the signature and its certificate."""
MOST = 20
"""Signatures of a file that are looked at, the last first."""
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, x509.InvalidVersion, UnsupportedAlgorithm)
"""What reading the bytes of a stranger raises."""
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*\]")


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whom a certificate names, and for how long."""

    owner: str
    issuer: str
    fingerprint: str
    """SHA-256 of the certificate, in hex."""
    starts: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        return self.starts <= at <= self.ends


@dataclass(frozen=True, slots=True)
class Signature:
    """What is known of the signature in a file."""

    state: str
    """intact | appended: something was added behind it | altered | foreign: made with a certificate we do not know."""
    certificate: Certificate


def certificate_of(pem: bytes) -> Certificate:
    """Read a certificate; raises BadCertificate."""
    return _described(_read(pem))


def require_pair(pem: bytes, key: bytes) -> Certificate:
    """Return the certificate when it is one of P-256 and the key is its own; raises BadCertificate."""
    read = _read(pem)
    public = read.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise BadCertificate(reason=_("kuncinya harus P-256 (ECDSA)."))
    try:
        private = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as problem:
        raise BadCertificate(reason=_("berkas kuncinya bukan PEM tanpa kata sandi.")) from problem
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != public:
        raise BadCertificate(reason=_("kunci itu bukan kunci sertifikat ini."))
    return _described(read)


def sign(pdf: bytes, pem: bytes, key: bytes, *, at: datetime) -> bytes:
    """Return the file with a signature behind it: every byte there was stays as it was."""
    # Half a second of imports that only a process which signs waits for.
    from caseflow.letters import pades  # noqa: PLC0415 - as said above

    return pades.sign(pdf, pem, key, field=FIELD, reserved=RESERVED, at=at)


def read(pdf: bytes, known: Collection[bytes]) -> Signature | None:
    """Return the last signature of a file, `known` being the certificates (PEM) that we vouch for; None without one.

    One of ours counts more than a foreign one behind it. The file may come from anybody: nothing in it is unpacked, and
    of its structure nothing is followed. What cannot be read is passed over; what stands before it does not cover the
    whole file, and is told as appended to.
    """
    foreign: Signature | None = None
    fingerprints = {certificate_of(pem).fingerprint for pem in known}
    for numbers in reversed(_RANGE.findall(pdf)[-MOST:]):
        start, before, after, rest = (int(number) for number in numbers)
        try:
            signed = cms.ContentInfo.load(bytes.fromhex(pdf[before + 1 : after - 1].decode("ascii")))["content"]
            (signer,) = signed["signer_infos"]
            (inside,) = [each.chosen.dump() for each in signed["certificates"]]
            made_with = x509.load_der_x509_certificate(inside)
            said = _described(made_with)
        except UNREADABLE:
            continue
        if said.fingerprint not in fingerprints:
            foreign = foreign or Signature("foreign", said)
            continue
        covered = sha256(pdf[:before] + pdf[after : after + rest]).digest()
        if start or not _is_of(signer, covered, made_with):
            return Signature("altered", said)
        return Signature("intact" if after + rest == len(pdf) else "appended", said)
    return foreign


def _is_of(signer: Any, covered: bytes, made_with: x509.Certificate) -> bool:  # noqa: ANN401 - asn1crypto has no types
    try:
        public = made_with.public_key()
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        (digest,) = [
            each["values"][0].native for each in signer["signed_attrs"] if each["type"].native == "message_digest"
        ]
        public.verify(signer["signature"].native, signer["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, *UNREADABLE):
        return False
    return bool(digest == covered)


@lru_cache(maxsize=32)
def _read(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as problem:
        raise BadCertificate(reason=_("berkas sertifikatnya bukan PEM.")) from problem


def _described(read_one: x509.Certificate) -> Certificate:
    return Certificate(
        owner=_name(read_one.subject),
        issuer=_name(read_one.issuer),
        fingerprint=read_one.fingerprint(hashes.SHA256()).hex(),
        starts=read_one.not_valid_before_utc,
        ends=read_one.not_valid_after_utc,
    )


def _name(named: x509.Name) -> str:
    for oid in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        for attribute in named.get_attributes_for_oid(oid):
            return str(attribute.value)[:200]
    return named.rfc4514_string()[:200]
