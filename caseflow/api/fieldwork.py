"""What happens outside the office: visits, referrals and their answers, consents, placements of a child."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import consents, placements, referrals, visits
from caseflow.api import door
from caseflow.api.door import Writer
from caseflow.api.fields import Change, Line, Note, RowId, TypedDay, Word
from caseflow.api.models import CASE_ID
from caseflow.states.sharing import PURPOSES, RELATIONS

router: APIRouter = door.routes("Lapangan")


# --- visits -----------------------------------------------------------------------------------------------------------


class AddVisit(Change):
    """A visit that took place; today and by you unless said."""

    visited_on: TypedDay | None = Field(None, examples=["2026-11-16"])
    officer: RowId | None = None
    finding: Note = Field(examples=["Anak sehat, bersekolah kembali sejak awal bulan."])
    progress: Note = ""


class WaiveVisits(Change):
    """The remaining visits of this cycle are waived."""

    reason: Note = Field(min_length=1, examples=["Keluarga didampingi puskesmas setiap minggu."])


@door.writes(router.post, "/cases/{case}/visits", "Catat kunjungan", status=201)
def add_visit(caller: Writer, case: str, body: AddVisit) -> Response:
    """Catat kunjungan; dua pada satu hari dihitung satu."""
    return door.act(caller, case, visits.add_visit, visits.AddVisit(case=case, **body.given()), status=201)


@door.writes(router.post, "/cases/{case}/visits/waive", "Bebaskan kunjungan")
def waive_visits(caller: Writer, case: str, body: WaiveVisits) -> Response:
    """Bebaskan sisa kunjungan siklus ini dengan alasan; wewenang supervisor."""
    return door.act(caller, case, visits.waive_visits, visits.WaiveVisits(case=case, **body.given()))


# --- referrals --------------------------------------------------------------------------------------------------------


class AddReferral(Change):
    """A request to an institution that went without a letter of ours."""

    institution: RowId = Field(description="Id lembaga dari daftar institutions.", examples=[CASE_ID])
    need: Note = Field(examples=["Pemeriksaan gizi dan imunisasi susulan."])
    sent_on: TypedDay | None = None


class AnswerReferral(Change):
    """What the institution answered."""

    status: Word = Field(json_schema_extra={"enum": list(referrals.ANSWERS)}, examples=["accepted"])
    note: Note = Field("", description="Wajib bila ditolak atau dikembalikan.")
    officer: Line = Field("", description="Petugas di lembaga itu.")
    answered_on: TypedDay | None = None


class WithdrawReferral(Change):
    """A referral nobody answers is withdrawn."""

    reason: Note = Field(min_length=1)


@door.writes(router.post, "/cases/{case}/referrals", "Rujuk", status=201)
def add_referral(caller: Writer, case: str, body: AddReferral) -> Response:
    """Catat rujukan; jawabannya ditunggu sesuai tenggat kategori."""
    return door.act(caller, case, referrals.add_referral, referrals.AddReferral(case=case, **body.given()), status=201)


@door.writes(router.post, "/cases/{case}/referrals/{referral}/answer", "Jawaban rujukan")
def answer_referral(caller: Writer, case: str, referral: str, body: AnswerReferral) -> Response:
    """Catat jawaban lembaga tujuan."""
    command = referrals.AnswerReferral(case=case, referral=referral, **body.given())
    return door.act(caller, case, referrals.answer_referral, command)


@door.writes(router.post, "/cases/{case}/referrals/{referral}/withdraw", "Tarik rujukan")
def withdraw_referral(caller: Writer, case: str, referral: str, body: WithdrawReferral) -> Response:
    """Tarik rujukan yang tidak dijawab; wewenang supervisor."""
    command = referrals.WithdrawReferral(case=case, referral=referral, **body.given())
    return door.act(caller, case, referrals.withdraw_referral, command)


# --- consents ---------------------------------------------------------------------------------------------------------


class AddConsent(Change):
    """An agreement that was given."""

    purpose: Word = Field(json_schema_extra={"enum": list(PURPOSES)}, examples=["data"])
    relation: Word = Field(json_schema_extra={"enum": list(RELATIONS)}, examples=["mother"])
    giver: Line = Field(examples=["Fatimah"])
    addressee: Line = Field("", description="Penerima dengan kata-kata; tanpa receiver, nama lembaga dari daftar.")
    receiver: Word = Field(
        "", description="Id lembaga, jenis lembaga, atau any: yang diperlukan rencana.", examples=["health_facility"]
    )
    evidence: Note = Field("", examples=["Formulir bertanda tangan, disimpan di berkas."])
    given_on: TypedDay | None = None


class WithdrawConsent(Change):
    """An agreement that was taken back."""

    reason: Note = ""
    withdrawn_on: TypedDay | None = None


@door.writes(router.post, "/cases/{case}/consents", "Catat persetujuan klien", status=201)
def add_consent(caller: Writer, case: str, body: AddConsent) -> Response:
    """Catat siapa menyetujui apa, dalam hubungan apa, dengan bukti apa."""
    return door.act(caller, case, consents.add_consent, consents.AddConsent(case=case, **body.given()), status=201)


@door.writes(router.post, "/cases/{case}/consents/{consent}/withdraw", "Tarik persetujuan klien")
def withdraw_consent(caller: Writer, case: str, consent: str, body: WithdrawConsent) -> Response:
    """Catat penarikan; surat yang bertumpu padanya dan belum dikirim dibatalkan saat itu juga."""
    command = consents.WithdrawConsent(case=case, consent=consent, **body.given())
    return door.act(caller, case, consents.withdraw_consent, command)


# --- placements -------------------------------------------------------------------------------------------------------


class StartPlacement(Change):
    """A child goes to live with a carer."""

    kind: Word = Field(json_schema_extra={"enum": list(placements.KINDS)}, examples=["kin"])
    carer: Line = Field(examples=["Ahmad Fauzi"])
    relation: Word = Field("", examples=["paman"])
    institution: RowId | None = Field(None, description="Id LKSA; wajib untuk lksa.")
    starts_on: TypedDay | None = None


class ReviewPlacement(Change):
    """The six-monthly look at a placement."""

    finding: Note = Field(min_length=1)
    reviewed_on: TypedDay | None = None


class EndPlacement(Change):
    """The child leaves the carer."""

    reason: Note = Field(min_length=1)
    ends_on: TypedDay | None = None


@door.writes(router.post, "/cases/{case}/placements", "Mulai penempatan", status=201)
def start_placement(caller: Writer, case: str, body: StartPlacement) -> Response:
    """Mulai pengasuhan anak oleh kerabat, LKSA, atau rumah perlindungan."""
    command = placements.StartPlacement(case=case, **body.given())
    return door.act(caller, case, placements.start_placement, command, status=201)


@door.writes(router.post, "/cases/{case}/placements/{placement}/reviews", "Tinjau penempatan", status=201)
def review_placement(caller: Writer, case: str, placement: str, body: ReviewPlacement) -> Response:
    """Catat tinjauan; yang berikutnya jatuh tempo enam bulan kemudian."""
    command = placements.ReviewPlacement(case=case, placement=placement, **body.given())
    return door.act(caller, case, placements.review_placement, command, status=201)


@door.writes(router.post, "/cases/{case}/placements/{placement}/end", "Akhiri penempatan")
def end_placement(caller: Writer, case: str, placement: str, body: EndPlacement) -> Response:
    """Akhiri penempatan dengan alasan."""
    command = placements.EndPlacement(case=case, placement=placement, **body.given())
    return door.act(caller, case, placements.end_placement, command)
