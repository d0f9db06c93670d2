"""What answers are made of: the case after a write, the case as it is read, and what hangs on it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from caseflow.actions.casework import Done
from caseflow.actions.letter_files import Voided
from caseflow.actions.lines import Line
from caseflow.states.category import Category
from caseflow.states.lifecycle import STATES
from caseflow.store.letters import LetterRow

CASE_ID = "0198d3a2-7c1e-7a51-9f0e-3f1f6c2b9d10"
NUMBER = "6310-2026-000123"


class Answer(BaseModel):
    """An answer; reading attributes of rows and dataclasses is allowed."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Named(Answer):
    """Somebody or something with an id and a name."""

    id: str
    name: str


class CaseNow(Answer):
    """A case after a write."""

    id: str = Field(examples=[CASE_ID])
    number: str = Field(examples=[NUMBER])
    state: str = Field(examples=["assessment"])
    version: int = Field(description="Kirim kembali sebagai expected_version.", examples=[4])
    cycle: int = Field(examples=[1])


class Written(Answer):
    """What a write did: the case now, the number of its newest entry, and the id of what was written beside it."""

    case: CaseNow
    entry: int = Field(description="Nomor catatan terakhir dalam riwayat kasus.", examples=[7])
    id: str | None = Field(default=None, description="Id dari yang baru dicatat, bila ada.")


def written(done: Done) -> Written:
    """Return the answer to a write."""
    return Written(case=CaseNow.model_validate(done), entry=done.entry, id=done.created_id)


class CaseLine(Answer):
    """A case in a list. A closed file (R3) shows a pseudonym and no category."""

    id: str = Field(examples=[CASE_ID])
    number: str = Field(examples=[NUMBER])
    name: str = Field(examples=["Siti Aminah"])
    category: str = Field(examples=["AT"])
    category_name: str = Field(examples=["Anak terlantar"])
    area: str = Field(examples=["Desa Maju Makmur, Kecamatan Batulicin"])
    state: str
    state_label: str = Field(examples=["Asesmen"])
    risk: str | None
    confidentiality: str
    assignee: str | None
    version: int
    cycle: int


SAME = ("id", "number", "name", "area", "state", "risk", "confidentiality", "assignee", "version", "cycle")


def line_of(line: Line, lang: str, categories: Mapping[str, Category]) -> CaseLine:
    """Return a line of a list."""
    known = categories.get(line.category_code)
    return CaseLine(
        **{name: getattr(line, name) for name in SAME},
        category=line.category_code,
        category_name=known.name.in_(lang) if known else line.category,
        state_label=STATES[line.state].in_(lang),
    )


class Page(Answer):
    """Cases, newest first, and where the next page begins."""

    items: list[CaseLine]
    next: str | None = Field(description="Kirim sebagai cursor untuk halaman berikutnya; null pada yang terakhir.")


class Found(Answer):
    """Cases that were found."""

    items: list[CaseLine]


class Unmet(Answer):
    """A condition that is not met yet; `places` says where to fill it in."""

    guard: str
    message: str = Field(examples=["Rencana memuat paling sedikit satu kegiatan"])
    places: list[str] = Field(default_factory=list)


class StepOffer(Answer):
    """A possible next step."""

    step: str = Field(examples=["complete_assessment"])
    to: str
    label: str = Field(examples=["Selesaikan asesmen"])
    allowed: bool = Field(description="Dapat diambil sekarang oleh Anda.")
    may_take: bool = Field(description="Peran Anda termasuk yang boleh mengambilnya.")
    unmet: list[Unmet]
    approval: list[str] = Field(description="Peran yang menyetujui; kosong bila tidak perlu persetujuan.")
    reason: bool = Field(description="Alasan wajib ditulis dalam note.")


class PlanItemShown(Answer):
    """An action of the plan in this cycle."""

    id: str
    intervention: str
    pillar: str
    goal: str
    description: str
    owner: Named | None
    due: date | None
    status: str = Field(description="planned, approved, done, cancelled")
    result: str = Field(description="met, partly, not_met, atau kosong")
    note: str
    result_note: str


class PlacementShown(Answer):
    """A child living with a carer because of this case."""

    id: str
    kind: str
    carer: str
    relation: str
    institution_id: str | None
    starts_on: date
    ends_on: date | None
    next_review: date | None


class ReferralShown(Answer):
    """A request to another institution."""

    id: str
    number: str | None = Field(description="Kosong pada rujukan lama.", examples=["6310-2026-000123/R1"])
    officer_id: str | None = Field(description="Petugas kantor yang merujuk.")
    institution: Named
    letter_id: str | None
    need: str
    sent_on: date
    status: str
    answered_on: date | None
    note: str
    officer: str = Field(description="Petugas di lembaga itu.")
    offered: str | None = Field(description="Jawaban lewat kode yang menunggu konfirmasi.")
    offered_at: datetime | None


class VisitShown(Answer):
    """A visit that took place."""

    id: str
    visited_on: date
    cycle: int
    state: str
    officer: Named
    finding: str
    progress: str


class ConsentShown(Answer):
    """An agreement, standing or withdrawn."""

    id: str
    purpose: str
    relation: str
    giver: str
    addressee: str = Field(description="Yang boleh diberi tahu, dengan kata-kata.")
    institution_id: str | None = Field(description="Satu-satunya lembaga yang boleh diberi tahu.")
    receivers: str = Field(description="Jenis lembaga yang boleh diberi tahu, atau any; kosong: tidak ada.")
    evidence: str
    given_on: date
    withdrawn_on: date | None


class LetterShown(Answer):
    """A letter of the register."""

    id: str
    case_id: str
    kind: str
    code: str
    number: str = Field(examples=["400.9/0017/RJK-RS/DINSOS/2026"])
    letter_date: date
    state: str = Field(description="numbered, rendered, sent, answered, failed, void")
    addressee: str
    institution_id: str | None
    issued_at: datetime
    has_pdf: bool
    sha256: str | None
    check_code: str
    voided_at: datetime | None
    replaces_id: str | None = Field(description="Surat yang diganti surat ini.")
    voided_by: Named | None = Field(description="Bila terisi, setiap halaman PDF-nya bertanda BATAL / TIDAK BERLAKU.")
    void_reason: str | None


def letter_of(row: LetterRow, voided: Voided | None) -> LetterShown:
    """Return a letter of the register, with how it was voided if it counts no more."""
    told = {"has_pdf", "voided_by", "void_reason"}
    return LetterShown(
        **{name: getattr(row, name) for name in LetterShown.model_fields if name not in told},
        has_pdf=row.file_id is not None,
        voided_by=Named(id=voided.by_id, name=voided.by) if voided else None,
        void_reason=voided.reason if voided else None,
    )


class ReviewShown(Answer):
    """A request for a second person's approval, and what became of it."""

    id: str
    step: str
    state: str = Field(description="pending, granted, refused, withdrawn, void")
    requested_by: Named
    requested_at: datetime
    due_at: datetime
    decided_by: Named | None
    decided_at: datetime | None


class ObligationShown(Answer):
    """Something due, with the rung its reminders have reached."""

    id: str
    kind: str
    basis: str
    due_at: datetime
    rung: int
    paused: bool


class SubjectShown(Answer):
    """Whom the case is about; what is unknown, or was erased, is null."""

    id: str
    kind: str
    name: str = Field(examples=["Siti Aminah"])
    age: int | None
    child: bool
    died: bool
    erased_at: datetime | None = Field(default=None, description="Kapan datanya dihapus atas permintaan.")
    sex: str | None = None
    alias: str | None = None
    nik: str | None = None
    nik_status: str | None = Field(default=None, examples=["belum_dicek"])
    kk: str | None = None
    birth_date: date | None = None
    birth_accuracy: str | None = None
    birth_place: str | None = None
    address: str | None = None
    phone: str | None = None
    mother_name: str | None = None


class MemberShown(Answer):
    """Somebody of the household."""

    id: str
    name: str
    relation: str
    basis: str
    age: int | None


class StageShown(Answer):
    """The answers of a stage in this cycle."""

    stage: str = Field(examples=["assessment"])
    version: int = Field(description="Versi catatan; 0 bila belum ada. Kirim sebagai If-Match.", examples=[2])
    answers: dict[str, Any] = Field(examples=[{"problems": "Tidak ada pengasuh tetap.", "risk": "medium"}])


class CaseShown(Answer):
    """A case with all that hangs on it."""

    id: str = Field(examples=[CASE_ID])
    number: str = Field(examples=[NUMBER])
    category: str
    category_name: str
    issue: str | None
    state: str
    state_label: str
    state_since: datetime
    cycle: int
    version: int
    risk: str | None
    confidentiality: str
    area_code: str
    area: str
    assignee: Named | None
    opened_by: Named
    opened_on: date
    opened_at: datetime
    held_until: date | None
    closing_step: str | None
    outcome: str | None
    closed_at: datetime | None
    emergency_since: datetime | None
    visits_waived: bool
    visits_counted: int
    criteria_met: bool | None
    subject: SubjectShown
    members: list[MemberShown]
    stages: list[StageShown]
    plan: list[PlanItemShown]
    placements: list[PlacementShown]
    referrals: list[ReferralShown]
    visits: list[VisitShown]
    consents: list[ConsentShown]
    letters: list[LetterShown]
    reviews: list[ReviewShown]
    obligations: list[ObligationShown]
    steps: list[StepOffer]
    roles: list[str] = Field(description="Peran Anda dalam kasus ini.")


class CaseThen(Answer):
    """A case as the log knew it at the end of a day."""

    id: str
    number: str
    as_of: date
    entry: int
    state: str
    state_label: str
    cycle: int
    assignee: str | None
    held_until: date | None
    outcome: str | None
    stages: dict[str, dict[str, Any] | None] = Field(description="null: sudah dihapus sesuai permintaan.")
