"""What belongs to the reader and the office: who I am, my messages, institutions, areas, categories."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import areas, desk
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Word
from caseflow.api.models import Answer
from caseflow.api.problems import WRITING, refusals
from caseflow.errors import InvalidInput, NotFound, _
from caseflow.states import machine
from caseflow.states.category import Category, Choice, Text
from caseflow.states.category import Field as CategoryField
from caseflow.states.guards import criterion_key
from caseflow.states.lifecycle import STATES
from caseflow.store import institutions
from caseflow.store.session import Session

router: APIRouter = door.routes("Kantor")
CRITERION = {"yes": Text("Ya", "Yes"), "no": Text("Tidak", "No"), "unknown": Text("Belum tahu", "Not known yet")}


# --- me ---------------------------------------------------------------------------------------------------------------


class Role(Answer):
    """A role held today; `for_user` names who is stood in for."""

    role: str
    area: str
    for_user: str


class Me(Answer):
    """Whose token this is."""

    id: str
    username: str
    name: str
    language: str
    roles: list[Role]


@router.get("/me", responses=refusals(401, 429, 503), summary="Saya")
def me(caller: Reader) -> Me:
    """Pemilik token ini, dengan perannya hari ini."""
    viewer = caller.viewer
    roles = [Role(role=g.role, area=g.area, for_user=g.for_user) for g in viewer.grants]
    return Me(id=viewer.user_id, username=viewer.username, name=viewer.name, language=viewer.language, roles=roles)


class Delivered(Answer):
    """How my message went by one way; `failure` is what the other side answered."""

    channel: str = Field(examples=["email"])
    state: str = Field(description="waiting, sending, sent, failed, atau dropped", examples=["sent"])
    attempts: int
    maybe_twice: bool
    sent_at: datetime | None
    failure: str | None


class MessageShown(Answer):
    """A message, in the reader's language."""

    id: str
    kind: str
    title: str = Field(examples=["Kunjungan hari ini"])
    text: str
    case_id: str | None
    case_number: str | None
    created_at: datetime
    read_at: datetime | None
    done: bool = Field(description="Yang diminta sudah selesai atau tidak diminta lagi.")
    deliveries: list[Delivered]


class Inbox(Answer):
    """My messages, newest first."""

    items: list[MessageShown]


class InboxWanted(Body):
    """Which messages."""

    unread: Annotated[bool, Field(strict=False)] = False
    limit: Annotated[int, Field(strict=False, ge=1, le=200)] = 50


@router.get("/inbox", responses=refusals(401, 422, 429, 503), summary="Kotak masuk")
def inbox(caller: Reader, wanted: Annotated[InboxWanted, Query()]) -> Inbox:
    """Pesan Anda, terbaru dahulu."""
    found = door.read(
        caller,
        lambda session, by, _at: desk.inbox(session, by=by, lang=caller.lang, unread=wanted.unread, limit=wanted.limit),
    )
    return Inbox(items=[MessageShown.model_validate(message) for message in found])


class Read(Answer):
    """A message was marked as read."""

    id: str


@router.post("/inbox/{message}/read", response_model=Read, responses=refusals(*WRITING), summary="Tandai terbaca")
def mark_read(caller: Writer, message: str) -> Response:
    """Tandai satu pesan sebagai terbaca."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, Read]:
        desk.mark_read(session, message, by=by, at=at)
        return 200, Read(id=message)

    return door.write(caller, run)


# --- institutions -----------------------------------------------------------------------------------------------------


class InstitutionShown(Answer):
    """An institution letters and referrals go to."""

    id: str
    name: str = Field(examples=["RSUD dr. H. Andi Abdurrahman Noor"])
    kind: str
    addressee: str
    place: str
    area_code: str
    psks_type: str | None = Field(description="Jenis PSKS bila lembaga ini salah satunya.")
    capacity: int | None = Field(description="Tempatnya; berapa yang terisi ada pada /institutions/{institution}.")
    accepts: list[str] | None = Field(description="Nama surat, dan referral untuk rujukan tanpa surat.")
    licence_until: date | None


class Institutions(Answer):
    """Institutions by name."""

    items: list[InstitutionShown]


class KindWanted(Body):
    """Which institutions."""

    kind: Word | None = Field(None, json_schema_extra={"enum": list(institutions.KINDS)})


@router.get("/institutions", responses=refusals(401, 422, 429, 503), summary="Lembaga")
def list_institutions(caller: Reader, wanted: Annotated[KindWanted, Query()]) -> Institutions:
    """Lembaga tujuan surat dan rujukan, menurut nama."""
    if wanted.kind is not None and wanted.kind not in institutions.KINDS:
        raise InvalidInput({"kind": _("Pilih salah satu: {choices}.", choices=", ".join(institutions.KINDS))})
    found = door.read(caller, lambda session, _by, _at: institutions.listing(session, wanted.kind))
    return Institutions(items=[InstitutionShown.model_validate(row) for row in found])


# --- areas ------------------------------------------------------------------------------------------------------------


class AreaShown(Answer):
    """An area by its Kemendagri code."""

    code: str = Field(examples=["631001"])
    name: str = Field(examples=["Batulicin"])
    level: str = Field(description="province, kabupaten, kecamatan, atau village", examples=["kecamatan"])


class Areas(Answer):
    """Areas by code."""

    items: list[AreaShown]


class AreasWanted(Body):
    """Which areas."""

    within: Word = Field("", description="Kode wilayah, misalnya 63.10; tanpa ini kabupaten/kota.", examples=["63.10"])


@router.get("/areas", responses=refusals(401, 422, 429, 503), summary="Wilayah")
def list_areas(caller: Reader, wanted: Annotated[AreasWanted, Query()]) -> Areas:
    """Wilayah yang tercatat di dalam sebuah wilayah, menurut kode."""
    found = door.read(caller, lambda session, _by, _at: areas.listing(session, wanted.within))
    return Areas(items=[AreaShown.model_validate(row) for row in found])


# --- categories -------------------------------------------------------------------------------------------------------


class CategoryLine(Answer):
    """A category cases can be opened in."""

    code: str = Field(examples=["AT"])
    name: str = Field(examples=["Anak terlantar"])
    subject_kinds: list[str]
    confidentiality: str
    digest: str


class Categories(Answer):
    """Categories by code."""

    items: list[CategoryLine]


class FieldShown(Answer):
    """A question of a stage form."""

    key: str
    label: str
    type: str
    required: bool
    help: str | None
    choices: dict[str, str]
    filled_by: list[str]


class StepShown(Answer):
    """A step of the lifecycle as this category has it."""

    step: str
    label: str
    sources: list[str]
    takers: list[str]
    approvers: list[str]


class InterventionShown(Answer):
    """A kind of help a plan item may be."""

    code: str
    name: str
    pillar: str


class CategoryShown(CategoryLine):
    """A category: what must be known, shown, approved and sent for this kind of case."""

    definition: str
    legal_basis: list[str]
    stages: dict[str, list[FieldShown]]
    steps: list[StepShown]
    interventions: list[InterventionShown]
    issues: dict[str, str]
    letters: list[str]
    visits: int
    hold_max_days: int


@router.get("/categories", responses=refusals(401, 429, 503), summary="Kategori")
def list_categories(caller: Reader) -> Categories:
    """Kategori yang dapat dipakai untuk kasus baru."""
    known = caller.edge.database.categories
    return Categories(items=[CategoryLine(**_line(known[code], caller.lang)) for code in sorted(known)])


@router.get("/categories/{code}", responses=refusals(401, 404, 429, 503), summary="Satu kategori")
def show_category(caller: Reader, code: str) -> CategoryShown:
    """Isian tiap tahap, langkah, jenis kegiatan, dan surat satu kategori."""
    known = caller.edge.database.categories
    found = known.get(code.upper())
    if found is None:
        raise NotFound
    return _category(found, caller.lang)


def _line(category: Category, lang: str) -> dict[str, Any]:
    return {
        "code": category.code,
        "name": category.name.in_(lang),
        "subject_kinds": list(category.subject_kinds),
        "confidentiality": category.confidentiality,
        "digest": category.digest,
    }


def _category(category: Category, lang: str) -> CategoryShown:
    criteria = [
        FieldShown(
            key=criterion_key(c),
            label=c.label.in_(lang),
            type="choice",
            required=False,
            help=c.help.in_(lang) if c.help else None,
            choices={key: label.in_(lang) for key, label in CRITERION.items()},
            filled_by=[],
        )
        for c in category.screening.criteria
    ]
    stages = {state: [_field(f, lang) for f in category.fields_of(state)] for state in STATES if state != "closed"}
    stages["data_collection"] = [*criteria, *stages["data_collection"]]
    return CategoryShown(
        **_line(category, lang),
        definition=category.definition.in_(lang),
        legal_basis=list(category.legal_basis),
        stages=stages,
        steps=[
            StepShown(
                step=name,
                label=step.label.in_(lang),
                sources=list(step.sources),
                takers=list(machine.takers_of(category, name)),
                approvers=list(machine.approvers_of(category, name)),
            )
            for name, step in machine.steps_of(category).items()
        ],
        interventions=[
            InterventionShown(code=i.code, name=i.name.in_(lang), pillar=i.pillar) for i in category.interventions
        ],
        issues=_labels(category.issues, lang),
        letters=[use.letter for use in category.letters],
        visits=category.rhythm.visits,
        hold_max_days=category.hold_max_days,
    )


def _field(asked: CategoryField, lang: str) -> FieldShown:
    return FieldShown(
        key=asked.key,
        label=asked.label.in_(lang),
        type=asked.type,
        required=asked.required,
        help=asked.help.in_(lang) if asked.help else None,
        choices=_labels(asked.choices, lang),
        filled_by=list(asked.filled_by),
    )


def _labels(choices: tuple[Choice, ...], lang: str) -> dict[str, str]:
    return {c.key: c.label.in_(lang) for c in choices}
