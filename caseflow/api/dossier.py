"""Why a closed case was closed, as one document: its sections, and the PDF for its reader."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import dossier
from caseflow.actions.dossier import Dossier
from caseflow.api import door
from caseflow.api.door import Caller, Reader
from caseflow.api.letters import PdfResponse
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals
from caseflow.letters import extract

router: APIRouter = door.routes("Kasus")


class DossierRow(Answer):
    """What is said under one name."""

    label: str
    lines: list[str]


class DossierSection(Answer):
    """One part of the document."""

    title: str
    rows: list[DossierRow]
    note: str


class DossierShown(Answer):
    """The document as you may see it; of a closed file (R3) who decided what and when, not what was found."""

    number: str
    title: str
    marking: str
    office: str
    extract: str = Field(description="Untuk siapa, kapan, dan bahwa ini bukan surat.")
    made_at: datetime
    sections: list[DossierSection]


@router.get("/cases/{case}/dossier", responses=refusals(*READING), summary="Mengapa ditutup")
def show(caller: Reader, case: str) -> DossierShown:
    """Petikan berkas kasus yang sudah ditutup; 422 selama kasusnya terbuka."""
    return DossierShown.model_validate(_read(caller, case))


@router.get(
    "/cases/{case}/dossier.pdf",
    response_class=PdfResponse,
    responses=refusals(*READING),
    summary="Mengapa ditutup (PDF)",
)
def pdf(caller: Reader, case: str) -> Response:
    """Petikan yang sama sebagai PDF, tidak bernomor."""
    found = _read(caller, case)
    made = caller.request.app.state.render(extract.NAME, dossier.facts(found, caller.lang))
    return PdfResponse(made.pdf, headers={"Content-Disposition": f'attachment; filename="petikan-{found.number}.pdf"'})


def _read(caller: Caller, case: str) -> Dossier:
    return door.read(
        caller,
        lambda session, by, at: dossier.dossier(session, case, by=by, at=at, lang=caller.lang),
        case=case,
    )
