"""Photos and documents of a case: attached as base64, listed, fetched as files, withdrawn."""

from base64 import b64decode
from binascii import Error as NotBase64
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from starlette.responses import Response

from caseflow.actions import attachments
from caseflow.actions.attachments import KINDS, AttachFile, Attachment, WithdrawFile
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Note, RowId, TypedDay, Version, Word
from caseflow.api.models import CASE_ID, Answer
from caseflow.api.problems import READING, refusals
from caseflow.errors import InvalidInput, _
from caseflow.i18n import translate
from caseflow.uploads.cleaning import LARGEST

router: APIRouter = door.routes("Foto dan dokumen")
Base64 = Annotated[str, StringConstraints(max_length=(LARGEST + 2) // 3 * 4 + 4)]
APART = {"Content-Security-Policy": "sandbox; default-src 'none'"}


class FileResponse(Response):
    """A file as it is kept: JPEG or PDF."""

    media_type = "application/octet-stream"


class Attach(Body):
    """A file to attach; it is made anew, without what the camera wrote into it."""

    content: Base64 = Field(
        description="Berkasnya dalam base64: JPEG, PNG, WebP atau PDF, paling besar 10 MB. Disimpan sebagai JPEG 1600"
        " piksel tanpa Exif, atau PDF tanpa isi aktif.",
        json_schema_extra={"format": "byte"},
        examples=["JVBERi0xLjcK"],
    )
    kind: Word = Field(json_schema_extra={"enum": list(KINDS)}, examples=["house"])
    note: Note = Field("", description="Paling banyak 400 huruf.")
    taken_on: TypedDay | None = Field(None, description="Kapan diambil; kosong: hari ini.", examples=["2026-11-16"])
    stage: Word | None = Field(None, description="Tahap yang diterangkannya.", examples=["assessment"])
    visit: RowId | None = Field(None, description="Id kunjungan saat diambil.")
    expected_version: Version | None = None


class Withdraw(Body):
    """A file that should not be there."""

    reason: Note = Field(min_length=1, max_length=400, examples=["Foto rumah tetangga."])
    expected_version: Version | None = None


class AttachmentShown(Answer):
    """A photo or document; `readable` is false once it was withdrawn or erased."""

    id: str = Field(examples=[CASE_ID])
    kind: str = Field(examples=["house"])
    label: str = Field(examples=["Foto rumah"])
    media_type: str = Field(examples=["image/jpeg"])
    size: int
    sha256: str
    taken_on: date
    note: str
    cycle: int
    stage: str | None
    visit: str | None
    added_by: str
    added_at: datetime
    withdrawn: str = Field(description="Alasan penarikan; kosong bila berlaku.")
    withdrawn_at: datetime | None
    readable: bool


@door.writes(router.post, "/cases/{case}/attachments", "Lampirkan berkas", status=201)
def attach(caller: Writer, case: str, body: Attach) -> Response:
    """Lampirkan foto atau dokumen pada kasus, tahap, atau kunjungan. Surat dari faskes menjadikan kasus Terbatas (R2).

    Isi JSON-nya boleh sampai 15 kali batas biasa.
    """
    door.read(caller, lambda s, by, at: attachments.require_may_attach(s, case, by=by, at=at), case=case)
    given = {name: value for name, value in body.given().items() if name != "content"}
    command = AttachFile(case=case, file=attachments.prepared(decoded(body.content)), **given)
    return door.act(caller, case, attachments.attach_file, command, status=201)


@router.get("/cases/{case}/attachments", responses=refusals(*READING), summary="Foto dan dokumen")
def listed(caller: Reader, case: str) -> list[AttachmentShown]:
    """Foto dan dokumen kasus, yang terbaru dahulu, juga yang sudah ditarik."""
    found = door.read(caller, lambda s, by, at: attachments.list_files(s, case, by=by, at=at), case=case)
    return [_shown(each, caller.lang) for each in found]


def _shown(found: Attachment, lang: str) -> AttachmentShown:
    names = AttachmentShown.model_fields.keys() - {"label"}
    return AttachmentShown(label=translate(found.label, lang), **{name: getattr(found, name) for name in names})


@router.get(
    "/attachments/{attachment}/file",
    response_class=FileResponse,
    responses=refusals(*READING),
    summary="Ambil berkasnya",
)
def fetch(caller: Reader, attachment: str) -> Response:
    """Berkasnya sebagai unduhan. Membacanya pada kasus Terbatas atau Tertutup dicatat."""
    found, name, content = door.read(
        caller, lambda s, by, at: attachments.file_of(s, attachment, by=by, at=at), case=attachment
    )
    headers = {**APART, "Content-Disposition": f'attachment; filename="{name}"'}
    return FileResponse(content, media_type=found.media_type, headers=headers)


@door.writes(router.post, "/attachments/{attachment}/withdraw", "Tarik berkas")
def withdraw(caller: Writer, attachment: str, body: Withdraw) -> Response:
    """Musnahkan berkasnya dengan alasan; catatannya tetap. Oleh yang melampirkan, atau supervisor."""
    command = WithdrawFile(attachment=attachment, **body.given())
    return door.act(caller, attachment, attachments.withdraw_file, command)


def decoded(content: str) -> bytes:
    """Return the bytes of a file sent as base64; `InvalidInput` for what is none."""
    try:
        return b64decode(content, validate=True)
    except (NotBase64, ValueError):
        raise InvalidInput({"content": _("Kirim berkasnya dalam base64.")}) from None
