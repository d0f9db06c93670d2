"""The certificates by which offices sign their letters: files of a folder, each with its key; what they vouch for."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from caseflow.access import Viewer
from caseflow.actions import admin
from caseflow.errors import InvalidInput, NotFound, Sentence, _
from caseflow.i18n import format_date
from caseflow.ids import normalise_area
from caseflow.letters import signature
from caseflow.letters.signature import Certificate, Signature
from caseflow.settings import Settings
from caseflow.store import letters, log, offices
from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session

Hand = Callable[[bytes, datetime], bytes]
"""Signs a file for an office, at a time."""


@dataclass(frozen=True, slots=True)
class Held:
    """An office's certificate; a former one signs no more, what it signed is still known."""

    area: str
    certificate: Certificate
    former: bool
    exposed: bool
    """Whether others of this machine may read its key."""


def set_certificate(
    session: Session, pem: bytes, key: bytes, *, area: str | None, by: Viewer, at: datetime
) -> Certificate:
    """Let an office sign its letters once this is on record; the certificate before is kept to know what it signed.

    Raises `BadCertificate`, `InvalidInput`, `NotFound`, `Forbidden`.
    """
    office = _office(session, area)
    admin.require_area(by, office.area_code)
    found = signature.require_pair(pem, key)
    data = {"office": office.id, "certificate": found.fingerprint}
    log.note_access(session, "office:certificate:set", actor=by.user_id, at=at, data=data)
    session.after_commit.append(lambda: _put(session.settings.certificates_dir, office.area_code, pem, key))
    return found


def remove_certificate(session: Session, *, area: str | None, by: Viewer, at: datetime) -> Certificate:
    """Let an office sign no more once this is on record: its key is deleted, its certificate kept.

    Raises `NotFound`, `InvalidInput`, `Forbidden`.
    """
    office = _office(session, area)
    admin.require_area(by, office.area_code)
    file = session.settings.certificates_dir / f"{office.area_code}.pem"
    if not file.exists():
        raise NotFound
    found = signature.certificate_of(file.read_bytes())
    data = {"office": office.id, "certificate": found.fingerprint}
    log.note_access(session, "office:certificate:removed", actor=by.user_id, at=at, data=data)
    session.after_commit.append(lambda: _retire(file.parent, office.area_code))
    return found


def held(settings: Settings) -> list[Held]:
    """Return every certificate of the folder, those in use first. Raises BadCertificate."""
    found = []
    for file in sorted(settings.certificates_dir.glob("*.pem")):
        key = file.with_suffix(".key")
        exposed = key.exists() and bool(key.stat().st_mode & 0o077)
        area, *former = file.stem.split("_")
        found.append(Held(area, signature.certificate_of(file.read_bytes()), bool(former), exposed))
    return sorted(found, key=lambda each: (each.former, each.area))


def hand_of(session: Session, letter_id: str, *, at: datetime) -> Hand | None:
    """Return what signs a letter; None where its office has no certificate, or none of this time."""
    row = letters.by_id(session, letter_id)
    area = offices.require(session, row.office_id).area_code if row else ""
    file = session.settings.certificates_dir / f"{area}.pem"
    if not file.exists():
        return None
    pem, key = file.read_bytes(), file.with_suffix(".key").read_bytes()
    if not signature.certificate_of(pem).holds(at):
        return None  # the letter is made as one without a certificate; the doctor says so
    return lambda pdf, signed_at: signature.sign(pdf, pem, key, at=signed_at)


def signature_on(settings: Settings, pdf: bytes) -> Signature | None:
    """Return what is known of the signature in a file from anybody."""
    return signature.read(pdf, [file.read_bytes() for file in settings.certificates_dir.glob("*.pem")])


def told(found: Signature, *, lang: str, at: datetime) -> Sentence:
    """Return what is said of a signature to whoever holds the file."""
    owner, ends = found.certificate.owner, found.certificate.ends
    if found.state == "foreign":
        return _("Ada tanda tangan elektronik dari sertifikat yang tidak kami kenal; kami tidak dapat memeriksanya.")
    if found.state == "altered":
        return _("Berkas ini berubah sesudah ditandatangani secara elektronik oleh {owner}.", owner=owner)
    if found.state == "appended":
        return _(
            "Tanda tangan elektronik {owner} asli, tetapi sesudahnya ada yang ditambahkan pada berkas ini, bukan oleh "
            "kami: yang terlihat dapat berbeda. Minta berkas aslinya.",
            owner=owner,
        )
    day = format_date(ends.date(), lang)
    if ends < at:
        return _(
            "Tanda tangan elektronik {owner} utuh; sertifikatnya berakhir pada {day}. Bukan sertifikat BSrE.",
            owner=owner,
            day=day,
        )
    return _(
        "Tanda tangan elektronik {owner} utuh; sertifikatnya berlaku sampai {day}. Bukan sertifikat BSrE.",
        owner=owner,
        day=day,
    )


def _office(session: Session, area: str | None) -> OfficeRow:
    known = offices.every(session)
    found = [office for office in known if area is None or office.area_code == normalise_area(area)]
    if not found:
        raise NotFound
    if len(found) > 1:
        raise InvalidInput({"office": _("Sebut kantornya: {known}.", known=", ".join(o.area_code for o in known))})
    return found[0]


def _put(folder: Path, area: str, pem: bytes, key: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _retire(folder, area)
    _write(folder / f"{area}.key", key)
    _write(folder / f"{area}.pem", pem)


def _retire(folder: Path, area: str) -> None:
    """Keep the certificate by its fingerprint and delete its key."""
    file = folder / f"{area}.pem"
    file.with_suffix(".key").unlink(missing_ok=True)
    if file.exists():
        fingerprint = signature.certificate_of(file.read_bytes()).fingerprint
        file.replace(folder / f"{area}_{fingerprint[:16]}.pem")


def _write(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    draft.replace(file)
