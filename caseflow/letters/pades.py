"""Signing a file by pyHanko: PAdES (baseline B), invisible, and nothing of the file but the signature is new."""

from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from pyhanko import keys
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore


class Behind(IncrementalPdfFileWriter):
    """Leaves metadata and version as they are: the library writes both anew, in ways PDF/A-3 and PDF/UA refuse."""

    output_version = (1, 7)

    def _update_meta(self) -> None:
        return


class Signer(PdfSigner):
    """Signs at a time that is told, without naming extensions of PDF 2.0."""

    def __init__(self, *given: Any, at: datetime, **named: Any) -> None:  # noqa: ANN401 - as the library takes them
        super().__init__(*given, **named)
        self.at = at

    def register_extensions(self, *_given: Any, **_named: Any) -> None:  # noqa: ANN401 - as in the library
        return

    def init_signing_session(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as in the library
        session = super().init_signing_session(*given, **named)
        session.system_time = self.at
        return session


def sign(pdf: bytes, pem: bytes, key: bytes, *, field: str, reserved: int, at: datetime) -> bytes:
    """Return the file with the signature appended."""
    # Outside the page: an untagged widget must be, by PDF/UA, and may not be hidden, by PDF/A.
    place = InvisSigSettings(box_out_of_bounds=True)
    spec = SigFieldSpec(field, readable_field_name=field, invis_sig_settings=place)
    said = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    signer = Signer(said, signer=_signer(pem, key), new_field_spec=spec, at=at)
    made: bytes = signer.sign_pdf(Behind(BytesIO(pdf)), bytes_reserved=reserved).getvalue()
    return made


@lru_cache(maxsize=32)
def _signer(pem: bytes, key: bytes) -> SimpleSigner:
    """The certificate is read once, and the key checked once."""
    return SimpleSigner(
        signing_cert=next(iter(keys.load_certs_from_pemder_data(pem))),
        signing_key=keys.load_private_key_from_pemder_data(key, passphrase=None),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # the library's own omission
    )
