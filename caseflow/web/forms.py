"""Forms on a case: shown, checked, sent once; whatever is refused comes back with the words still in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import reading
from caseflow.actions.casework import Work
from caseflow.errors import (
    CaseflowError,
    Forbidden,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    Sentence,
    StepOutOfOrder,
    StepRefused,
    VersionConflict,
    _,
)
from caseflow.i18n import error_message
from caseflow.states.lifecycle import STATES
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.history import sentence_of
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.places import Check, checks_told
from caseflow.web.questions import Typed, arranged, labels_of, read, typed_from, typed_of
from caseflow.web.route import new_router
from caseflow.web.sheet import Asking, Builder, Saving, Sheet
from caseflow.web.sheets import (
    attachments,
    care,
    case,
    conferences,
    erasure,
    goods,
    household,
    initials,
    instruments,
    letters,
    plan,
    referrals,
    registry,
    roster,
    shared_plan,
    steps,
)
from caseflow.web.speech import Teller

T = TypeVar("T")
router = new_router()

FORMS: dict[str, Builder] = {
    "rencana/baru": plan.add,
    "rencana/ubah": plan.change,
    "rencana/selesai": plan.finish,
    "rencana/batal": plan.cancel,
    "rencana/nilai": plan.evaluate,
    "rencana/bersama": shared_plan.share,
    "kunjungan/baru": care.visit,
    "kunjungan/bebas": care.waive,
    "pembahasan/baru": conferences.add,
    "pembahasan/notulen": conferences.minutes,
    "pembahasan/batal": conferences.cancel,
    "pembahasan/rencana": conferences.adopt,
    "persetujuan-klien/baru": care.consent,
    "persetujuan-klien/tarik": care.withdraw_consent,
    "penempatan/baru": care.placement,
    "penempatan/tinjau": care.review_placement,
    "penempatan/akhiri": care.end_placement,
    "rujukan/baru": referrals.add,
    "rujukan/jawab": referrals.answer,
    "rujukan/konfirmasi": referrals.confirm,
    "rujukan/tarik": referrals.withdraw,
    "surat/terbitkan": letters.issue,
    "surat/kirim": letters.sent,
    "surat/batal": letters.void,
    "surat/paraf": initials.give,
    "surat/kembalikan": initials.give_back,
    "surat/tarik": initials.withdraw,
    "berkas/tunda": case.hold,
    "berkas/lanjutkan": case.resume,
    "berkas/tugaskan": case.assign,
    "berkas/klien": case.person,
    "persetujuan/tarik": case.withdraw_review,
    "lampiran/tarik": attachments.withdraw,
    "instrumen/isi": instruments.fill,
    "instrumen/putuskan": instruments.decide,
    "serah-barang/baru": goods.deliver,
    "serah-barang/kembali": goods.give_back,
    "serah-barang/batal": goods.undo,
    "data/hapus": erasure.ask,
    "registri/baru": registry.add,
    "anggota/baru": roster.join,
    "anggota/keluar": roster.leave,
    "keluarga/baru": household.join,
    "keluarga/keluar": household.leave,
}
"""Part of the case and act -> its sheet; an act on a row of the case has the row's id between the two."""


@dataclass(frozen=True, slots=True)
class Told:
    """What stands above a form that was not taken."""

    title: Words
    lines: tuple[Words, ...] = ()


def looked(page: Page, number: str, run: Callable[[Session, Work], T]) -> T:
    """Read a case as the reader sees it."""

    def looking(session: Session, by: Viewer, at: datetime) -> T:
        return run(session, reading.look(session, number, by=by, at=at, part="form"))

    return page.read(looking, case=number)


@router.get("/kasus/{number}/langkah/{step}")
def step_form(page: Reading, number: str, step: str) -> Response:
    return _show(page, number, steps.take, step)


@router.post("/kasus/{number}/langkah/{step}")
def take_step(page: Acting, number: str, step: str) -> Response:
    return _save(page, number, steps.take, step)


@router.get("/kasus/{number}/{part}/{act_name}")
def form(page: Reading, number: str, part: str, act_name: str) -> Response:
    return _show(page, number, _builder(part, act_name), "")


@router.post("/kasus/{number}/{part}/{act_name}")
def send(page: Acting, number: str, part: str, act_name: str) -> Response:
    return _save(page, number, _builder(part, act_name), "")


@router.get("/kasus/{number}/{part}/{item}/{act_name}")
def item_form(page: Reading, number: str, part: str, item: str, act_name: str) -> Response:
    return _show(page, number, _builder(part, act_name), item)


@router.post("/kasus/{number}/{part}/{item}/{act_name}")
def send_item(page: Acting, number: str, part: str, item: str, act_name: str) -> Response:
    return _save(page, number, _builder(part, act_name), item)


def _builder(part: str, act_name: str) -> Builder:
    found = FORMS.get(f"{part}/{act_name}")
    if found is None:
        raise NotFound
    return found


# --- showing -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shown:
    """A sheet with what its page says of the case."""

    sheet: Sheet
    name: str
    version: int


def _built(page: Page, number: str, builder: Builder, item: str) -> _Shown:
    def build(session: Session, work: Work) -> _Shown:
        asking = Asking(session, work, page.teller(session), item, dict(page.request.query_params))
        return _Shown(builder(asking), case.shown_name(asking), work.row.version)

    return looked(page, number, build)


def _show(page: Page, number: str, builder: Builder, item: str) -> Response:
    shown = _built(page, number, builder, item)
    return _render(page, number, shown, typed_of(shown.sheet.questions))


def _render(
    page: Page,
    number: str,
    shown: _Shown,
    typed: Typed,
    *,
    status: int = 200,
    problems: Mapping[str, str] | None = None,
    told: Told | None = None,
    unmet: tuple[Check, ...] = (),
) -> Response:
    return render(
        page,
        "sheet.html",
        status=status,
        number=number,
        name=shown.name,
        sheet=shown.sheet,
        asked=arranged(shown.sheet.questions),
        typed=typed,
        version=shown.version,
        problems=problems or {},
        labels=labels_of(shown.sheet.questions),
        told=told,
        unmet=unmet,
    )


# --- saving --------------------------------------------------------------------------------------------------------


def _save(page: Page, number: str, builder: Builder, item: str) -> Response:
    shown = _built(page, number, builder, item)
    sheet = shown.sheet
    answers, problems = read(sheet.questions, page.posted)
    if problems:
        return _again(page, number, shown, status=InvalidInput.status, problems=problems)

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        said = sheet.save(Saving(session, page.posted.version, by, at, page.posted.one("_lihat")), answers) or "saved"
        flash, _space, about = said.partition(" ")
        return {"to": f"/kasus/{number}{sheet.back}", "flash": flash, "case": about}

    try:
        return act(page, run, case=number)
    except (NotFound, Forbidden):
        raise
    except InvalidInput as error:
        return _again(page, number, shown, status=error.status, problems=error.data["problems"])
    except CaseflowError as error:
        return _refused(page, number, builder, item, error)


def _again(page: Page, number: str, shown: _Shown, *, status: int, problems: Mapping[str, str]) -> Response:
    known = {q.key for q in shown.sheet.questions}
    aside = tuple(text for key, text in problems.items() if key not in known)
    told = Told(aside[0], aside[1:]) if aside else None
    at_fields = {key: text for key, text in problems.items() if key in known}
    typed = typed_from(shown.sheet.questions, page.posted)
    return _render(page, number, shown, typed, status=status, problems=at_fields, told=told)


def _refused(page: Page, number: str, builder: Builder, item: str, error: CaseflowError) -> Response:
    """Show the form again on the case as it is now, with what stopped it."""

    def build(session: Session, work: Work) -> tuple[_Shown, Told | None, tuple[Check, ...]]:
        asking = Asking(session, work, page.teller(session), item, dict(page.request.query_params))
        shown = _Shown(builder(asking), case.shown_name(asking), work.row.version)
        unmet = checks_told(session, work, error.data["unmet"]) if isinstance(error, StepRefused) else ()
        return shown, None if unmet else _told(error, work, asking.teller), unmet

    shown, told, unmet = looked(page, number, build)
    typed = typed_from(shown.sheet.questions, page.posted)
    return _render(page, number, shown, typed, status=error.status, told=told, unmet=unmet)


def _told(error: CaseflowError, work: Work, teller: Teller) -> Told:
    match error:
        case VersionConflict():
            lines = tuple(_since(entry, teller) for entry in error.data.get("since", ()))
            return Told(_("Kasus ini berubah sejak Anda membuka formulir ini"), (*lines, CHANGED))
        case IdempotencyMismatch():
            return Told(_("Formulir ini sudah terkirim dengan isi lain"), (TWICE,))
        case StepOutOfOrder():
            state = STATES[work.row.state].in_(teller.lang)
            return Told(_("Langkah ini tidak dapat diambil dari tahap {state}.", state=state))
        case _:
            return Told(error_message(error, teller.lang))


def _since(entry: Mapping[str, str], teller: Teller) -> str:
    at = datetime.fromisoformat(entry["at"])
    return f"{teller.moment(at)}: {teller.say(sentence_of(entry['code'], entry['by']))}"


CHANGED: Sentence = _("Tulisan Anda masih ada di bawah. Periksa perubahannya, lalu kirim lagi.")
TWICE: Sentence = _("Periksa isinya. Bila yang ini juga perlu dicatat, kirim lagi.")
