"""Drafts that wait for my initial (paraf), read and given together; which posts initial the letters of an office."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow import edge as door
from caseflow.access import Viewer
from caseflow.actions import letter_chains, letter_initials, letter_waiting, letters
from caseflow.actions.letter_chains import PREFIXES, HoldPost, SetChain
from caseflow.actions.letter_initials import GiveInitial
from caseflow.actions.letter_issuing import EVERY
from caseflow.actions.letter_waiting import Waiting
from caseflow.errors import CaseflowError, InvalidInput, Sentence, _
from caseflow.i18n import error_message
from caseflow.ids import is_id
from caseflow.store import accounts, offices
from caseflow.store.accounts import Wanted
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, redirect, render
from caseflow.web.questions import Question, as_date, as_text, by_name, labels_of, read, typed_from, typed_of
from caseflow.web.route import new_router
from caseflow.web.sheets.initials import turn_of
from caseflow.web.speech import Due, Teller

router = new_router()
LONGEST_CHAIN = 4
"""Posts that the page asks for; the command line and the API take more."""
NOBODY_INITIALS = "-"
"""What is chosen where a letter needs no initials."""
MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft in the list."""

    waiting: Waiting
    post: str
    due: Due


@router.get("/paraf")
def listing(page: Reading) -> Response:
    return _list(page)


def _list(page: Page, *, status: int = 200, problems: tuple[tuple[str, str], ...] = ()) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> list[Shown]:
        teller = page.teller(session)
        return [_shown(each, teller) for each in letter_waiting.waiting(session, by=by, at=at)]

    return render(page, "initials.html", status=status, found=page.read(reading), failed=problems)


def _shown(waiting: Waiting, teller: Teller) -> Shown:
    return Shown(waiting, f"{waiting.prefix} {waiting.post}".strip(), teller.due(turn_of(waiting)))


@router.post("/paraf")
def give_many(page: Acting) -> Response:
    """Give the initials that were ticked, each by itself: one that is refused holds up no other."""
    failed: list[tuple[str, str]] = []
    form = page.posted
    wanted = [draft for draft in form.all("konsep") if is_id(draft)]

    for draft in wanted:

        def run(session: Session, by: Viewer, at: datetime, draft: str = draft) -> tuple[int, dict[str, str]]:
            done = letter_initials.give_initial(session, GiveInitial(letter=draft), by=by, at=at)
            return 200, {"case": done.number}

        key, request = f"{form.key}:{draft}", door.request_bytes("POST", page.path, draft.encode())
        try:
            door.write(page.edge, page.viewer, run, key=key, request=request, case=draft)
        except CaseflowError as refused:
            failed.append((draft, error_message(refused, page.lang)))
    if failed or not wanted:
        return _list(page, status=422, problems=tuple(failed) or (("", _("Pilih konsep yang Anda paraf.")),))
    return redirect(page, "/paraf", "initialled")


@router.get("/paraf/{draft}.pdf")
def draft_pdf(page: Reading, draft: str) -> Response:
    return _pdf(page, draft)


@router.post("/paraf/{draft}.pdf")
def draft_pdf_from_a_form(page: Acting, draft: str) -> Response:
    return _pdf(page, draft)


def _pdf(page: Page, draft: str) -> Response:
    row, facts = page.read(lambda s, by, at: letter_waiting.content(s, draft, by=by, at=at), case=draft)
    made = page.request.app.state.render(row.kind, facts)
    headers = {**HEADERS, "Content-Disposition": f'inline; filename="KONSEP-{row.kind}.pdf"'}
    return Response(made.pdf, media_type="application/pdf", headers=headers)


# --- what an office sets ----------------------------------------------------------------------------------------------


@router.get("/sistem/paraf")
def settings(page: Reading) -> Response:
    return _settings(page)


def _settings(page: Page, *, status: int = 200, problems: dict[str, Sentence] | None = None) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        area = page.request.query_params.get("kantor", "")[:20] or page.posted.one("kantor")[:20]
        teller = page.teller(session)
        mine = [office for office in offices.every(session) if access.administers(by, office.area_code)]
        found = letter_chains.read(session, area or (mine[0].area_code if mine else None), by=by, at=at)
        kinds = letters.kinds(session)
        people = accounts.listing(session, by, Wanted(active=True, limit=MOST_PEOPLE), on=teller.today)
        names = {kind.name: kind.title for kind in kinds.values()}
        chain, hold = _chain_questions(found, names), _hold_questions({one.id: one.name for one in people})
        asked = hold if page.posted.has("post") else chain
        typed = typed_from(asked, page.posted) if problems else {}
        return {
            "office": found,
            "offices": [(office.area_code, f"{office.agency} {office.government}") for office in mine],
            "chains": [
                (names.get(kind, kind) if kind != EVERY else _("Semua surat lainnya"), posts)
                for kind, posts in found.chains.items()
            ],
            "holders": [(row, _when(row, teller), _stands(row, teller)) for row in found.holders],
            "chain": chain,
            "hold": hold,
            "typed": {**typed_of((*chain, *hold)), **typed},
            "problems": problems or {},
            "labels": labels_of((*chain, *hold)),
        }

    return render(page, "system-initials.html", status=status, **page.read(reading))


def _stands(row: Any, teller: Teller) -> bool:  # noqa: ANN401 - a holder
    return row.ends_on is None or row.ends_on > teller.today


def _when(row: Any, teller: Teller) -> str:  # noqa: ANN401 - a holder
    first = teller.full_day(row.starts_on)
    if row.ends_on is None:
        return teller.say(_("sejak {day}", day=first))
    return teller.say(_("{first} sampai {last}", first=first, last=teller.full_day(row.ends_on)))


def _chain_questions(found: letter_chains.Chains, names: dict[str, Any]) -> tuple[Question, ...]:
    kinds: tuple[tuple[str, Words], ...] = ((EVERY, _("Semua surat lainnya")), *names.items())
    posts: tuple[tuple[str, Words], ...] = tuple((post, post) for post in dict.fromkeys(r.post for r in found.holders))
    which = Question(key="letter", label=_("Surat yang mana?"), type="choice", choices=kinds)
    # Nothing is taken for granted: a form that is sent as it stands changes no order.
    nobody: tuple[tuple[str, Words], ...] = ((NOBODY_INITIALS, _("Tanpa paraf")),)
    first = Question(key="post1", label=_("Paraf ke-{n}", n=1), type="choice", choices=(*posts, *nobody))
    others = tuple(
        Question(key=f"post{n}", label=_("Paraf ke-{n}", n=n), type="choice", choices=posts, required=False)
        for n in range(2, min(LONGEST_CHAIN, len(posts)) + 1)
    )
    return (which, first, *others)


def _hold_questions(people: dict[str, str]) -> tuple[Question, ...]:
    prefixes: tuple[tuple[str, Words], ...] = (("tetap", _("Pemangku jabatan")), *((p, p) for p in PREFIXES if p))
    return (
        Question(key="post", label=_("Jabatan apa?"), hint=_("Misalnya Kepala Bidang Rehabilitasi Sosial."), limit=200),
        Question(key="user", label=_("Siapa pemegangnya?"), type="choice", choices=by_name(people)),
        Question(key="prefix", label=_("Sebagai apa?"), type="choice", choices=prefixes, value="tetap"),
        Question(key="ends_on", label=_("Sampai kapan?"), type="date", required=False),
    )


@router.post("/sistem/paraf")
def change(page: Acting) -> Response:
    """Take whichever of the two forms of the page was sent."""
    form = page.posted
    area = form.one("kantor")[:20] or None
    holding = form.has("post")

    def asked(session: Session, by: Viewer, at: datetime) -> tuple[Question, ...]:
        if holding:
            on = page.teller(session).today
            people = accounts.listing(session, by, Wanted(active=True, limit=MOST_PEOPLE), on=on)
            return _hold_questions({one.id: one.name for one in people})
        found = letter_chains.read(session, area, by=by, at=at)
        return _chain_questions(found, {kind.name: kind.title for kind in letters.kinds(session).values()})

    answers, problems = read(page.read(asked), form)
    if problems:
        return _settings(page, status=422, problems=problems)

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        if holding:
            prefix = "" if answers["prefix"] == "tetap" else as_text(answers["prefix"])
            ends_on = as_date(answers["ends_on"])
            post = HoldPost(area=area, post=answers["post"], user=answers["user"], prefix=prefix, ends_on=ends_on)
            letter_chains.hold_post(session, post, by=by, at=at)
        else:
            posts = [as_text(answers.get(f"post{n}")) for n in range(1, LONGEST_CHAIN + 1)]
            named = tuple(post for post in posts if post and post != NOBODY_INITIALS)
            chain = SetChain(area=area, letter=answers["letter"], posts=named)
            letter_chains.set_chain(session, chain, by=by, at=at)
        return {"to": f"/sistem/paraf?kantor={area or ''}", "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        said = {{"posts": "post1"}.get(key, key): text for key, text in error.data["problems"].items()}
        return _settings(page, status=error.status, problems=said)


@router.post("/sistem/paraf/{holder}/akhiri")
def leave(page: Acting, holder: str) -> Response:
    area = page.posted.one("kantor")[:20]

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        letter_chains.leave_post(session, holder, None, by=by, at=at)
        return {"to": f"/sistem/paraf?kantor={area}", "flash": "saved"}

    return act(page, run)
