"""The intervention plan: actions added, changed, done, cancelled and evaluated."""

from datetime import date

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import aid, plan
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Change, Note, RowId, TypedDay, Word
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals

router: APIRouter = door.routes("Rencana")


class AddItem(Change):
    """One action to plan; what is still open may be filled in before approval."""

    intervention: Word = Field(description="Kode jenis kegiatan dari kategori.", examples=["pengasuhan_kerabat"])
    goal: Note = Field("", examples=["Anak diasuh keluarga paman dengan aman."])
    description: Note = ""
    owner: RowId | None = Field(None, description="Id penanggung jawab.")
    due: TypedDay | None = Field(None, examples=["2026-12-20"])


class ChangeItem(Change):
    """New values; what is not sent, or null, stays as it is."""

    goal: Note | None = None
    description: Note | None = None
    owner: RowId | None = None
    due: TypedDay | None = None


class FinishItem(Change):
    """An action that was done."""

    note: Note = ""
    event_date: TypedDay | None = None


class CancelItem(Change):
    """An action that will not be done, and why."""

    note: Note = Field(description="Alasan.", min_length=1)
    event_date: TypedDay | None = None


class EvaluateItem(Change):
    """Whether the goal was met."""

    result: Word = Field(json_schema_extra={"enum": list(plan.RESULTS)}, examples=["met"])
    note: Note = ""


class Aid(Answer):
    """Help of a kind that waits for approval, and that the household already has or had."""

    intervention: str = Field(examples=["SEMBAKO-PAKET"])
    name: str
    status: str = Field(json_schema_extra={"enum": ["approved", "done"]}, description="approved: sedang berjalan.")
    on: date
    agency: str = Field(description="Kantor yang menangani.")
    case: str = Field(description="Nomor kasusnya; kosong bila tidak boleh Anda buka.")


class SameAid(Answer):
    """What is found before a plan is approved, as far as the caller may know."""

    items: list[Aid]
    mark: str = Field(description="Dikirim sebagai known bila rencana tetap disetujui; kosong bila tidak ada.")


@router.get("/cases/{case}/same-aid", responses=refusals(*READING), summary="Bantuan yang sama")
def same_aid(caller: Reader, case: str) -> SameAid:
    """Bantuan sejenis yang sudah diterima keluarga ini, untuk kegiatan yang menunggu persetujuan."""
    found = door.read(caller, lambda session, by, at: aid.show(session, case, by=by, at=at), case=case)
    items = [
        Aid(
            intervention=each.intervention,
            name=each.name.in_(caller.lang),
            status=each.status,
            on=each.on,
            agency=each.agency,
            case=each.number,
        )
        for each in found.aids
    ]
    return SameAid(items=items, mark=found.mark)


@door.writes(router.post, "/cases/{case}/plan-items", "Tambah kegiatan", status=201)
def add_item(caller: Writer, case: str, body: AddItem) -> Response:
    """Rencanakan satu kegiatan."""
    return door.act(caller, case, plan.add_item, plan.AddItem(case=case, **body.given()), status=201)


@door.writes(router.patch, "/cases/{case}/plan-items/{item}", "Ubah kegiatan")
def change_item(caller: Writer, case: str, item: str, body: ChangeItem) -> Response:
    """Ubah kegiatan yang belum selesai; yang mengubah dihitung sebagai penulis rencana."""
    return door.act(caller, case, plan.change_item, plan.ChangeItem(case=case, item=item, **body.given()))


@door.writes(router.post, "/cases/{case}/plan-items/{item}/done", "Kegiatan selesai")
def finish_item(caller: Writer, case: str, item: str, body: FinishItem) -> Response:
    """Catat bahwa kegiatan sudah dilaksanakan."""
    return door.act(caller, case, plan.finish_item, plan.SettleItem(case=case, item=item, **body.given()))


@door.writes(router.post, "/cases/{case}/plan-items/{item}/cancel", "Batalkan kegiatan")
def cancel_item(caller: Writer, case: str, item: str, body: CancelItem) -> Response:
    """Batalkan kegiatan dengan alasan."""
    return door.act(caller, case, plan.cancel_item, plan.SettleItem(case=case, item=item, **body.given()))


@door.writes(router.post, "/cases/{case}/plan-items/{item}/evaluation", "Nilai kegiatan")
def evaluate_item(caller: Writer, case: str, item: str, body: EvaluateItem) -> Response:
    """Catat apakah tujuan kegiatan tercapai."""
    return door.act(caller, case, plan.evaluate_item, plan.EvaluateItem(case=case, item=item, **body.given()))
