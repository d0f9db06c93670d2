"""The auditor's pages: steps taken, acts refused, closed files read; whether the log still is what was written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import areas, checkpoints, oversight, proofs, trail
from caseflow.actions.oversight import Noted, require_overseer
from caseflow.actions.trail import Fault
from caseflow.errors import NotFound, Sentence, _
from caseflow.i18n import format_weekday_date
from caseflow.states.lifecycle import ACTS, STATES, STEPS
from caseflow.store import tree
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.page import Acting, Page, Reading, render
from caseflow.web.route import new_router
from caseflow.web.speech import Teller

router = new_router()
FEW, PAGE = 6, 50
MOST_ENTRIES = 50_000
"""A longer log takes longer to check than a browser waits: it is checked at the command line."""
MOST_NAMED = 20

TOLD: dict[str, Sentence] = {
    "Forbidden": _("Perannya tidak berwenang"),
    "SelfApproval": _("Hendak memutuskan permintaannya sendiri"),
    "NotFound": _("Membuka yang tidak ada, atau di luar wewenangnya"),
    "StepRefused": _("Ada syarat yang belum terpenuhi"),
}
"""Kind of refusal -> what was tried."""
READ: dict[str, Sentence] = {
    "case:file:read": _("Membuka berkas"),
    "case:letter:read": _("Mengunduh surat"),
    "case:attachment:read": _("Mengunduh foto atau dokumen"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a line: what, where, by whom, when."""

    words: Words
    detail: str
    number: str
    closed_file: bool
    to: str
    """Address of the case where the auditor may open it."""
    who: str
    when: str
    event: str
    gap: int
    """Days between the event and its entry."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entries."""

    title: Words
    empty: Words
    find: Callable[..., tuple[Noted, ...]]
    words: Callable[[Noted, Teller], tuple[Words, str]]


def _step(entry: Noted, teller: Teller) -> tuple[Words, str]:
    before, after = (STATES.get(str(entry.data.get(key))) for key in ("from", "to"))
    label = STEPS[entry.data["step"]].label if entry.data["step"] in STEPS else str(entry.data["step"])
    moved = f"{teller.say(before)} → {teller.say(after)}" if before and after and before != after else ""
    return label, moved


def _refusal(entry: Noted, teller: Teller) -> tuple[Words, str]:
    words = TOLD.get(str(entry.data.get("error")), _("Permintaannya tidak dapat dijalankan"))
    step = str(entry.data.get("step") or "")
    label = STEPS[step].label if step in STEPS else ACTS.get(step)
    if not step:
        return words, ""
    unmet = len(entry.data.get("unmet") or ())
    what = teller.say(label) if label else teller.say(_("Menerbitkan surat"))
    return words, teller.say(_("{what}: {n} syarat", what=what, n=unmet))


def _reading(entry: Noted, _teller: Teller) -> tuple[Words, str]:
    return READ.get(entry.code, entry.code), ""


KINDS: dict[str, Kind] = {
    "langkah": Kind(_("Langkah kasus"), _("Belum ada langkah yang diambil di wilayah Anda."), oversight.steps, _step),
    "penolakan": Kind(_("Penolakan"), _("Belum ada yang ditolak."), oversight.refusals, _refusal),
    "berkas-tertutup": Kind(
        _("Berkas tertutup yang dibuka"),
        _("Belum ada berkas tertutup (R3) yang dibuka."),
        oversight.readings,
        _reading,
    ),
}
"""Last part of the address -> its entries."""


def show(page: Page) -> Response:
    """Return the auditor's home."""

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        teller = page.teller(session)
        head = checkpoints.newest(session)
        return {
            "day": format_weekday_date(teller.today, page.lang),
            "areas": [areas.full_name(session, code) for code in require_overseer(by)],
            "week": oversight.week(session, by=by, at=at),
            "parts_of": {
                name: (kind, _lines(kind.find(session, by=by, limit=FEW), kind, teller)) for name, kind in KINDS.items()
            },
            "head": head,
            "head_at": teller.moment(head.made_at) if head else "",
        }

    return render(page, "oversight.html", **page.read(reading))


@router.get("/pengawasan")
def home(page: Reading) -> Response:
    return show(page)


@router.get("/pengawasan/periksa")
def ask(page: Reading) -> Response:
    require_overseer(page.viewer)
    size = page.read(lambda session, _by, _at: tree.size(session))
    return render(page, "oversight-verify.html", size=size, most=MOST_ENTRIES, checked=None)


@router.post("/pengawasan/periksa")
def verify(page: Acting) -> Response:
    """Check the whole log as it stood at one moment; nothing is written."""
    require_overseer(page.viewer)
    with page.edge.database.snapshot() as session:
        size = tree.size(session)
        if size > MOST_ENTRIES:
            return render(page, "oversight-verify.html", size=size, most=MOST_ENTRIES, checked=None)
        result, proof = trail.verify(session), proofs.verify(session)
        teller = page.teller(session)
        found = [*(_fault(f, teller) for f in result.faults), *(teller.say(f.sentence) for f in proof.faults)]
        at = teller.moment(page.edge.clock.now())
    return render(
        page,
        "oversight-verify.html",
        size=size,
        most=MOST_ENTRIES,
        checked=at,
        intact=result.intact and not proof.faults,
        counts=result.counts(),
        checkpoints=proof.checkpoints,
        found=found[:MOST_NAMED],
        more=max(0, len(found) - MOST_NAMED),
        triggers=result.triggers,
    )


def _fault(fault: Fault, teller: Teller) -> str:
    about = teller.say(fault.thing) if fault.thing else teller.say(_("entri ke-{n}", n=fault.broken.seq))
    where = teller.say(_("kasus {number}", number=fault.number)) if fault.number else teller.say(_("entri akses"))
    return f"{where}, {about}: {teller.say(fault.reason)}"


@router.get("/pengawasan/{name}")
def listing(page: Reading, name: str) -> Response:
    """Show one kind of entries, page by page."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound
    before = page.request.query_params.get("sebelum", "")

    def reading(session: Session, by: Viewer, _at: datetime) -> Mapping[str, Any]:
        found = kind.find(session, by=by, limit=PAGE + 1, before=before)
        more = found[PAGE - 1].id if len(found) > PAGE else ""
        return {"lines": _lines(found[:PAGE], kind, page.teller(session)), "more": more}

    return render(page, "oversight-list.html", kind=kind, name=name, **page.read(reading))


def _lines(entries: tuple[Noted, ...], kind: Kind, teller: Teller) -> list[Line]:
    return [_line(entry, kind, teller) for entry in entries]


def _line(entry: Noted, kind: Kind, teller: Teller) -> Line:
    words, detail = kind.words(entry, teller)
    typed = teller.day_of(entry.entered_at)
    happened = entry.event_date or typed
    return Line(
        words=words,
        detail=detail,
        number=entry.number or "",
        closed_file=entry.closed_file,
        to=f"/kasus/{entry.number}" if entry.visible else "",
        who=entry.actor,
        when=f"{teller.day(typed)}, {teller.hour(entry.entered_at)}",
        event=teller.day(happened),
        gap=max(0, (typed - happened).days),
    )
