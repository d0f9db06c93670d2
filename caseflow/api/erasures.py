"""Erasing somebody on request: asking in a closed case, what waits, and the decision of the head of office."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import erasure as actions
from caseflow.actions import erasure_desk
from caseflow.actions.erasure import BASES
from caseflow.api import door
from caseflow.api.door import Caller, Reader, Writer
from caseflow.api.fields import Change, Line, Note, Word
from caseflow.api.models import CASE_ID, Answer, Named
from caseflow.api.problems import READING, refusals
from caseflow.i18n import translate

router: APIRouter = door.routes("Penghapusan data")


class AskErasure(Change):
    """The person a case is about, or who speaks for them, wants the data erased."""

    basis: Word = Field(description="; ".join(f"{key}: {b.law}" for key, b in BASES.items()), examples=["request"])
    applicant: Line = Field(description="Yang meminta, dan hubungannya.", examples=["Aminah, klien sendiri"])
    reason: Note = Field(examples=["Tidak ingin datanya tersimpan lagi."])
    evidence: Line = Field("", description="Cara pemohon dikenali; surat permohonan.", examples=["KTP dicocokkan"])


@door.writes(router.post, "/cases/{case}/erasures", "Minta penghapusan data", status=201)
def ask(caller: Writer, case: str, body: AskErasure) -> Response:
    """Catat permintaan penghapusan data klien. 422 selama kasusnya, atau kasus keluarganya, masih berjalan."""
    command = actions.AskErasure(case=case, **body.given())
    return door.act(caller, case, actions.ask_erasure, command, status=201)


class ErasureShown(Answer):
    """A request; what was said with it is empty once the data are gone."""

    id: str = Field(examples=[CASE_ID])
    case_id: str = Field(examples=[CASE_ID])
    number: str = Field(examples=["6310-2026-000123"])
    name: str = Field(description="Nama klien; samaran pada kasus tertutup.", examples=["Siti Aminah"])
    case_version: int = Field(description="Kirim sebagai expected_version.")
    basis: str
    basis_label: str
    law: str
    state: str = Field(description="pending, granted, refused, withdrawn")
    requested_by: Named
    requested_at: datetime
    decided_by: Named | None
    decided_at: datetime | None
    applicant: str
    reason: str
    evidence: str
    may_decide: bool = Field(description="Anda yang memutuskan permintaan ini.")


class Reach(ErasureShown):
    """A request with what granting it takes along, and all that keeps it from being granted today."""

    cases: list[str] = Field(description="Nomor kasus yang boleh Anda lihat.")
    cases_unseen: int = Field(description="Kasus lain orang ini, di luar wewenang Anda.")
    letters: int
    households: list[str] = Field(
        description="Keluarga yang ikut terhapus: tidak ada anggota lain yang datanya tersimpan."
    )
    kept_until: date | None = Field(description="Masa simpan berkas; null bila tidak menunggu.")
    against: list[str]


class Erasures(Answer):
    """Requests, the oldest first."""

    items: list[ErasureShown]


@router.get("/erasures", responses=refusals(401, 422, 429, 503), summary="Permintaan penghapusan data")
def list_erasures(caller: Reader, *, all: bool = False) -> Erasures:  # noqa: A002 - the name in the address
    """Permintaan yang menunggu dalam kasus yang boleh Anda lihat; dengan all=true juga yang sudah diputus."""
    read = erasure_desk.every if all else erasure_desk.waiting
    found = door.read(caller, lambda session, by, at: read(session, by=by, at=at))
    return Erasures(items=[ErasureShown(**_shown(caller, one)) for one in found])


@router.get("/erasures/{erasure}", responses=refusals(*READING), summary="Satu permintaan penghapusan data")
def show(caller: Reader, erasure: str) -> Reach:
    """Permintaan ini, apa saja yang ikut terhapus, dan apa yang masih menghalanginya."""
    asked, reach = door.read(
        caller, lambda session, by, at: erasure_desk.one(session, erasure, by=by, at=at), case=erasure
    )
    return Reach(
        **_shown(caller, asked),
        cases=list(reach.cases),
        cases_unseen=reach.unseen,
        letters=reach.letters,
        households=list(reach.households),
        kept_until=reach.kept_until,
        against=[translate(sentence, caller.lang) for sentence in reach.against],
    )


def _shown(caller: Caller, asked: erasure_desk.Asked) -> dict[str, Any]:
    row, basis = asked.row, BASES[asked.row.basis]
    words = {key: str(asked.words.get(key, "")) for key in ("applicant", "reason", "evidence")}
    return {
        "id": row.id,
        "case_id": row.case_id,
        "number": asked.case.number,
        "name": translate(asked.name, caller.lang),
        "case_version": asked.case.version,
        "basis": row.basis,
        "basis_label": basis.label.in_(caller.lang),
        "law": basis.law,
        "state": row.state,
        "requested_by": Named(id=row.requested_by, name=asked.requester),
        "requested_at": row.requested_at,
        "decided_by": Named(id=row.decided_by, name=asked.decider) if row.decided_by else None,
        "decided_at": row.decided_at,
        "may_decide": asked.may_decide,
        **words,
    }


class Decide(Change):
    """A decision; `expected_version` is the version of the case the request was made in."""

    reason: Note = Field("", description="Wajib bila menolak.")


@door.writes(router.post, "/erasures/{erasure}/approve", "Setujui penghapusan data")
def approve(caller: Writer, erasure: str, body: Decide) -> Response:
    """Hapus data orang ini sekarang, dalam semua kasusnya. Tidak dapat dibatalkan. Tidak oleh peminta."""
    return door.act(caller, erasure, actions.approve_erasure, _decision(erasure, body))


@door.writes(router.post, "/erasures/{erasure}/refuse", "Tolak penghapusan data")
def refuse(caller: Writer, erasure: str, body: Decide) -> Response:
    """Tolak dengan alasan; datanya tetap tersimpan, dan permintaan dapat diajukan lagi."""
    return door.act(caller, erasure, actions.refuse_erasure, _decision(erasure, body))


@door.writes(router.post, "/erasures/{erasure}/withdraw", "Tarik permintaan penghapusan data")
def withdraw(caller: Writer, erasure: str, body: Decide) -> Response:
    """Tarik kembali permintaan Anda sendiri."""
    return door.act(caller, erasure, actions.withdraw_erasure, _decision(erasure, body))


def _decision(erasure: str, body: Decide) -> actions.DecideErasure:
    return actions.DecideErasure(erasure=erasure, **body.given())
