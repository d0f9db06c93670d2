"""Photos and documents of a case as rows: words, small picture and file, each sealed under the subject's key."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, text

from caseflow.ids import new_id
from caseflow.store import children, proof, vault
from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.tables import attachment, file

AttachmentRow = Row[Any]
WITHOUT_PICTURE = (
    *(column for column in attachment.c if column.name != "sealed_thumb"),
    attachment.c.sealed_thumb.is_not(None).label("has_thumb"),
)
_OF_CASE = read(select(*WITHOUT_PICTURE).where(attachment.c.case_id == bindparam("of_case")).order_by(attachment.c.id))


def add(
    session: Session,
    subject_id: str,
    values: Mapping[str, Any],
    words: Mapping[str, Any],
    *,
    content: bytes,
    thumb: bytes | None,
) -> str:
    """Keep a file; return its id. `values` are the columns but those that follow from the file, its id among them.

    The row names a digest of the sealed bytes: that a byte of the file changed is seen without any key.
    """
    at, row_id = values["added_at"], str(values["id"])
    file_id = str(new_id(at))
    sealed = vault.seal_bytes(session, subject_id, f"file.sealed.{file_id}", content)
    digest = sha256(content).hexdigest()
    kept = {"id": file_id, "subject_id": subject_id, "media_type": values["media_type"], "sha256": digest}
    session.execute(insert(file).values(**kept, size=len(content), sealed=sealed, stored_at=at))
    small = vault.seal_bytes(session, subject_id, _thumb_place(row_id), thumb) if thumb else None
    columns = {name: values.get(name) for name in attachment.c.keys() if name != "sealed"}  # noqa: SIM118 - of columns
    columns |= {"sha256": digest, "size": len(content), "file_id": file_id}
    columns |= {"seal_digest": sha256(sealed).hexdigest(), "sealed_thumb": small}
    children.add(session, attachment, subject_id, columns, words, at=at, row_id=row_id)
    return file_id


def by_id(session: Session, attachment_id: str) -> AttachmentRow | None:
    """Return an attachment, without its small picture."""
    return session.execute(select(*WITHOUT_PICTURE).where(attachment.c.id == attachment_id)).first()


def of_case(session: Session, case_id: str) -> list[AttachmentRow]:
    """Return the attachments of a case, the oldest first, without their small pictures; those withdrawn too."""
    return _OF_CASE.all(session, of_case=case_id)


def kept_of(session: Session, case_id: str) -> tuple[int, int]:
    """Return how many files a case holds, and their bytes together."""
    query = select(func.count(), func.coalesce(func.sum(attachment.c.size), 0))
    kept = (attachment.c.case_id == case_id, attachment.c.file_id.is_not(None))
    number, size = (int(each) for each in session.execute(query.where(*kept)).one())
    return number, size


def same(session: Session, case_id: str, digest: str) -> bool:
    """Tell whether a case holds this very file already."""
    kept = (attachment.c.case_id == case_id, attachment.c.sha256 == digest, attachment.c.file_id.is_not(None))
    return session.execute(select(attachment.c.id).where(*kept).limit(1)).first() is not None


def content(session: Session, subject_id: str, row: AttachmentRow) -> bytes | None:
    """Return the bytes of a file; None once it was withdrawn."""
    sealed = session.execute(select(file.c.sealed).where(file.c.id == row.file_id)).scalar()
    return None if sealed is None else vault.unseal_bytes(session, subject_id, f"file.sealed.{row.file_id}", sealed)


def thumb(session: Session, subject_id: str, attachment_id: str) -> bytes | None:
    """Return the small picture; None where there is none."""
    query = select(attachment.c.sealed_thumb).where(attachment.c.id == attachment_id)
    sealed = session.execute(query).scalar()
    return None if sealed is None else vault.unseal_bytes(session, subject_id, _thumb_place(attachment_id), sealed)


def withdraw(session: Session, row: AttachmentRow, *, by: str, at: datetime) -> None:
    """Destroy the bytes of a file and of its small picture; that it was there, and what was said of it, stays."""
    if not session.is_postgresql:
        session.execute(text("PRAGMA secure_delete = ON"))
    gone = {"file_id": None, "sealed_thumb": None, "withdrawn_by": by, "withdrawn_at": at}
    proof.update(session, attachment, row.id, gone)
    session.execute(delete(file).where(file.c.id == row.file_id))


def _thumb_place(attachment_id: str) -> str:
    return f"attachment.sealed_thumb.{attachment_id}"
