"""Another category for a case, tried and done; another area: offered, listed, accepted, refused, taken back."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import changing, offers, transfers
from caseflow.actions.changing import ChangeCategory, Tried
from caseflow.actions.offers import Offer
from caseflow.actions.transfers import AnswerTransfer, OfferTransfer
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Change, Note, RowId, Word
from caseflow.api.models import CASE_ID, NUMBER, Answer, Named
from caseflow.api.problems import READING, refusals
from caseflow.i18n import translate

router: APIRouter = door.routes("Kategori dan wilayah lain")


class NewCategory(Change):
    """Another category for an open case."""

    category: Word = Field(examples=["KPO"])
    reason: Note = Field(examples=["Ternyata korban perdagangan orang."])
    mapping: Note = Field("", description="TOML seperti pada caseflow category migrate; kosong bila tidak perlu.")
    lower_reason: Note = Field(
        "", description="Mengapa berkasnya boleh kurang tertutup; kosong: tetap tertutup. R3: kepala yang memutuskan."
    )


class Left(Answer):
    """An answer that is asked no more: it stays in the history."""

    answer: str = Field(examples=["assessment.livelihood"])
    reason: str


class TriedShown(Answer):
    """What another category would do to a case; nothing was changed."""

    number: str = Field(examples=[NUMBER])
    version: int
    before: str = Field(description="Kode kategori sekarang.", examples=["FM"])
    after: str = Field(description="Kode kategori yang dicoba.", examples=["KPO"])
    carried: list[str] = Field(description="Jawaban yang ikut.", examples=[["assessment.problems"]])
    left: list[Left]
    unmet: dict[str, list[str]] = Field(description="Langkah -> syarat yang belum terpenuhi dalam kategori itu.")
    confidentiality: str = Field(description="Kerahasiaan sesudahnya.", examples=["R3"])
    least: str = Field(description="Serendah apa boleh diturunkan dengan alasan sendiri.", examples=["R1"])
    blocked: list[str] = Field(description="Sebab kategori belum dapat diubah; kosong bila dapat.")


class NewArea(Change):
    """An offer of a case to another area."""

    area: Word = Field(description="Kode desa/kelurahan atau kecamatan.", examples=["6302012001"])
    reason: Note = Field(examples=["Klien pindah mengikuti anaknya."])
    handed: Note = Field(description="Yang diserahterimakan.", examples=["Bantuan Juni belum diterima."])


class Accept(Body):
    """The other side takes a case."""

    assignee: RowId = Field(description="Id pendamping yang bertugas di wilayah tujuan.", examples=[CASE_ID])
    reason: Note = Field("", description="Catatan; tidak wajib.")


class Refuse(Body):
    """The other side does not take a case."""

    reason: Note = Field(examples=["Klien tidak tinggal di sini."])


class Withdraw(Body):
    """The sender takes an offer back."""

    reason: Note = ""


class OfferShown(Answer):
    """A case offered to another area: no name; of a closed file no category."""

    id: str = Field(examples=[CASE_ID])
    number: str = Field(examples=[NUMBER])
    category: str | None
    confidentiality: str = Field(examples=["R1"])
    case_state: str = Field(description="Tahap kasus selama tawaran menunggu; kosong sesudahnya.")
    risk: str | None
    state: str = Field(description="offered, accepted, refused, withdrawn.", examples=["offered"])
    from_office: str
    from_area: str
    to_office: str
    to_area: str
    offered_by: str
    offered_at: datetime
    due_at: datetime
    answered_by: str
    answered_on: date | None
    reason: str = Field(description="Hanya pada satu tawaran, bukan pada daftar.")
    handed: str
    able: list[Named] = Field(description="Yang dapat menerima, bagi yang memutuskan.")
    may_answer: bool
    may_withdraw: bool


class PassingShown(Answer):
    """Cases on their way to your areas and out of them."""

    coming: list[OfferShown]
    going: list[OfferShown]
    gone: list[OfferShown]


@router.get("/cases/{case}/category/{code}", responses=refusals(*READING, 403), summary="Coba kategori lain")
def try_category(caller: Reader, case: str, code: str, *, lower: bool = False) -> TriedShown:
    """Akibat kategori lain bagi kasus ini, tanpa mengubah apa pun; `lower` bila kerahasiaannya hendak diturunkan."""
    command = ChangeCategory(case=case, category=code[:40], lower_reason="?" if lower else "")
    found = door.read(caller, lambda s, by, at: changing.try_category(s, command, by=by, at=at), case=case)
    return _tried(found, caller.lang)


@door.writes(router.put, "/cases/{case}/category", "Ubah kategori")
def change_category(caller: Writer, case: str, body: NewCategory) -> Response:
    """Pindahkan kasus ke kategori lain; kerahasiaannya berlaku saat itu juga, nomornya tetap."""
    return door.act(caller, case, changing.change_category, ChangeCategory(case=case, **body.given()))


@door.writes(router.post, "/cases/{case}/transfer", "Tawarkan ke wilayah lain", status=201)
def offer(caller: Writer, case: str, body: NewArea) -> Response:
    """Tawarkan kasus kepada wilayah lain; sampai diterima, kasus tetap ditangani di sini."""
    command = OfferTransfer(case=case, **body.given())
    return door.act(caller, case, transfers.offer_transfer, command, status=201)


@router.get("/transfers", responses=refusals(401, 403, 429, 503), summary="Kasus masuk dan keluar")
def passing(caller: Reader) -> PassingShown:
    """Kasus yang ditawarkan kepada wilayah Anda, yang Anda tawarkan, dan yang sudah dijawab."""
    found = door.read(caller, lambda s, by, at: offers.listing(s, by=by, at=at))
    told = {name: [_offer(one, caller.lang) for one in getattr(found, name)] for name in ("coming", "going", "gone")}
    return PassingShown(**told)


@router.get("/transfers/{transfer}", responses=refusals(*READING), summary="Satu tawaran")
def show(caller: Reader, transfer: str) -> OfferShown:
    """Satu tawaran dengan alasannya, yang diserahterimakan, dan siapa yang dapat menerimanya."""
    found = door.read(caller, lambda s, by, at: offers.one(s, transfer, by=by, at=at), case=transfer)
    return _offer(found, caller.lang)


@door.writes(router.post, "/transfers/{transfer}/accept", "Terima kasus")
def accept(caller: Writer, transfer: str, body: Accept) -> Response:
    """Terima kasus dan tunjuk pendampingnya; wilayah, kantor, pendamping, dan akses berpindah sekaligus."""
    return door.act(caller, transfer, transfers.accept_transfer, AnswerTransfer(transfer=transfer, **body.given()))


@door.writes(router.post, "/transfers/{transfer}/refuse", "Tolak kasus")
def refuse(caller: Writer, transfer: str, body: Refuse) -> Response:
    """Tolak tawaran dengan alasan; kasus tetap di tempatnya."""
    return door.act(caller, transfer, transfers.refuse_transfer, AnswerTransfer(transfer=transfer, **body.given()))


@door.writes(router.post, "/transfers/{transfer}/withdraw", "Tarik tawaran")
def withdraw(caller: Writer, transfer: str, body: Withdraw) -> Response:
    """Tarik kembali tawaran yang belum dijawab."""
    return door.act(caller, transfer, transfers.withdraw_transfer, AnswerTransfer(transfer=transfer, **body.given()))


def _tried(found: Tried, lang: str) -> TriedShown:
    unmet = {s.step: s.unmet for s in found.unmet} | dict(found.passed)
    return TriedShown(
        number=found.number,
        version=found.version,
        before=found.old.code,
        after=found.new.code,
        carried=[f"{a.stage}.{a.key}" for a in found.carried],
        left=[Left(answer=f"{a.stage}.{a.key}", reason=translate(a.why, lang)) for a in found.left],
        unmet={step: [u.label.in_(lang) for u in guards] for step, guards in unmet.items()},
        confidentiality=found.level,
        least=found.least,
        blocked=[translate(reason, lang) for reason in found.blocked],
    )


def _offer(found: Offer, lang: str) -> OfferShown:
    names = (
        "id", "number", "confidentiality", "case_state", "risk", "state", "from_office", "from_area", "to_office",
        "to_area", "offered_by", "offered_at", "due_at", "answered_by", "answered_on", "may_answer", "may_withdraw",
    )  # fmt: skip
    return OfferShown(
        **{name: getattr(found, name) for name in names},
        category=found.category.in_(lang) if found.category else None,
        reason=str(found.words.get("reason", "")),
        handed=str(found.words.get("handed", "")),
        able=[Named(id=user, name=name) for user, name in found.able],
    )
