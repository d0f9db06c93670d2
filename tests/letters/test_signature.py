"""Signatures: what is signed stays byte for byte, an outside reader agrees, and whatever else is told apart."""

import io
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from caseflow.actions import letter_signing
from caseflow.errors import BadCertificate
from caseflow.letters import catalogue, pades, signature, stamp
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.child import Renderer
from tests.letters import reading

AT = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)


def pair(
    owner: str = "Dinas Sosial Contoh",
    curve: ec.EllipticCurve | None = None,
    *,
    starts: datetime = AT - timedelta(days=1),
) -> tuple[bytes, bytes]:
    """Return a certificate an office made for itself, and its key."""
    key = ec.generate_private_key(curve or ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner)])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(starts).not_valid_after(starts + timedelta(days=365))
    signed = made.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return signed.public_bytes(serialization.Encoding.PEM), private


@pytest.fixture(scope="module")
def office() -> tuple[bytes, bytes]:
    return pair()


@pytest.fixture(scope="module")
def plain(kinds: dict[str, LetterKind], renderer: Renderer) -> bytes:
    return renderer.render("ket-dtsen", catalogue.sample(kinds["ket-dtsen"])).pdf


@pytest.fixture(scope="module")
def signed(plain: bytes, office: tuple[bytes, bytes]) -> bytes:
    return signature.sign(plain, *office, at=AT)


def test_a_signature_stands_behind_the_file_and_changes_nothing_of_it(plain: bytes, signed: bytes) -> None:
    assert signed.startswith(plain)
    with pikepdf.open(io.BytesIO(plain)) as before, pikepdf.open(io.BytesIO(signed)) as after:
        assert after.Root.Metadata.read_raw_bytes() == before.Root.Metadata.read_raw_bytes(), "PDF/A and PDF/UA stand"
        assert after.docinfo == before.docinfo
        assert "/Version" not in after.Root
        assert "/Extensions" not in after.Root
        [widget] = after.pages[0].obj["/Annots"]
        assert int(widget.F) & 4, "PDF/A: printed"
        assert widget.V.SubFilter == "/ETSI.CAdES.detached"
        assert widget.V.M == "D:20261116030000Z"
    assert reading.text(signed) == reading.text(plain)


def test_an_outside_reader_agrees(signed: bytes, office: tuple[bytes, bytes]) -> None:
    [found] = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    trusted = ValidationContext(trust_roots=[found.signer_cert], allow_fetching=False, moment=AT)
    status = validate_pdf_signature(found, trusted)
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert signature.read(signed, [office[0]]) == signature.Signature("intact", signature.certificate_of(office[0]))


def test_whatever_is_not_the_file_as_signed_is_told(plain: bytes, signed: bytes, office: tuple[bytes, bytes]) -> None:
    known = [pair("Kantor lain")[0], office[0]]
    middle = len(plain) // 2
    changed = signed[:middle] + bytes([signed[middle] ^ 1]) + signed[middle + 1 :]
    tail = signed.rindex(b"%%EOF")
    for other in (
        changed,
        signed[:tail] + b"%%EOG",
        signed.replace(b"/ByteRange [0 ", b"/ByteRange [1 "),
    ):
        found = signature.read(other, known)
        assert found is not None
        assert found.state == "altered"
    found = signature.read(signed, known[:1])
    assert found is not None
    assert (found.state, found.certificate.owner) == ("foreign", "Dinas Sosial Contoh")
    assert signature.read(plain, known) is None
    broken = signed.replace(b"/Contents <3082", b"/Contents <3182")
    for nothing in (b"", b"/ByteRange [0 1 2 3]", b"/ByteRange [0 5 999999999 3]", broken):
        assert signature.read(nothing, known) is None


def test_a_signature_outlives_its_certificate(signed: bytes, office: tuple[bytes, bytes]) -> None:
    """A letter is checked years later: its signature is whole, and the reader is told that the certificate ended."""
    found = signature.read(signed, [office[0]])
    assert found is not None
    days = ((0, "berlaku sampai 15 November 2027"), (400, "berakhir pada 15 November 2027"))
    for later, words in days:
        said = str(letter_signing.told(found, lang="id", at=AT + timedelta(days=later)))
        assert said.startswith("Tanda tangan elektronik Dinas Sosial Contoh utuh")
        assert words in said
        assert found.certificate.holds(AT + timedelta(days=later)) is (later == 0), "nothing is signed by it any more"


def test_what_is_added_behind_a_signature_of_ours_is_told_apart(signed: bytes, office: tuple[bytes, bytes]) -> None:
    pem, key = pair("Notaris")
    twice = pades.sign(signed, pem, key, field="Notaris", reserved=signature.RESERVED, at=AT)
    ours = signature.certificate_of(office[0])
    for added in (signed + b"\n% lebih", twice):
        assert signature.read(added, [office[0]]) == signature.Signature("appended", ours)
    changed = twice.replace(b"%PDF-1.7", b"%PDF-1.6", 1)
    assert signature.read(changed, [office[0]]) == signature.Signature("altered", ours)
    assert signature.read(twice, [pem]) == signature.Signature("intact", signature.certificate_of(pem))


def test_a_range_nobody_can_read_hides_no_signature(signed: bytes, office: tuple[bytes, bytes]) -> None:
    for lines in (1, signature.MOST - 1):
        found = signature.read(signed + b"\n%/ByteRange [0 0 0 0]" * lines, [office[0]])
        assert found is not None
        assert found.state == "appended"


def test_whatever_stands_where_a_signature_is_no_file_fails(signed: bytes, office: tuple[bytes, bytes]) -> None:
    begins = signed.index(b"/Contents <3082") + len(b"/Contents <")
    ends = signed.index(b">", begins)
    held = cms.ContentInfo.load(bytes.fromhex(signed[begins:ends].decode()))
    [signer] = held["content"]["signer_infos"]
    for attribute in signer["signed_attrs"]:
        if attribute["type"].native == "message_digest":
            attribute["values"] = []
    assert _state(signed, begins, ends, held.dump(force=True), office[0]) == "altered"
    der = bytes.fromhex(signed[begins:ends].decode())
    for place in range(0, len(der.rstrip(b"\0")), 3):
        for byte in (0, 14, 255):
            assert _state(signed, begins, ends, der[:place] + bytes([byte]) + der[place + 1 :], office[0]) != ""


def _state(signed: bytes, begins: int, ends: int, der: bytes, known: bytes) -> str:
    content = der.hex().encode().ljust(ends - begins, b"0")[: ends - begins]
    found = signature.read(signed[:begins] + content + signed[ends:], [known])
    return found.state if found else "none"


def test_the_copy_of_a_void_letter_carries_no_signature(signed: bytes) -> None:
    copy = stamp.void(signed, "sejak 16 November 2026, dibatalkan oleh Kepala Dinas")
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert "/Annots" not in pdf.pages[0].obj


def test_only_a_certificate_of_p256_with_its_own_key_is_taken(office: tuple[bytes, bytes]) -> None:
    pem, key = office
    other, other_key = pair("Kantor lain")
    assert signature.require_pair(pem, key).owner == "Dinas Sosial Contoh"
    for bad in ((pem, other_key), (other, key), (b"x", key), (pem, b"x"), pair(curve=ec.SECP384R1())):
        with pytest.raises(BadCertificate):
            signature.require_pair(*bad)
