"""Orders of many letters on pages: choose the kind, hand in a sheet, see what would be refused, order, look on."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import institutions, letter_bulk, letter_orders, letter_rows, letters
from caseflow.actions.letter_bulk import OrderLetters, Unfit
from caseflow.actions.letter_orders import Progress
from caseflow.actions.letter_rows import Each
from caseflow.errors import CaseflowError, InvalidInput, NotFound, Sentence, StepRefused, UnknownLetter, _
from caseflow.exchange.workbook import MEDIA_TYPE, workbook
from caseflow.i18n import error_message, translate
from caseflow.letters import catalogue
from caseflow.letters.catalogue import Field, LetterKind
from caseflow.states.sharing import INSTITUTIONS
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.letter_view import PURPOSES
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.places import nobody
from caseflow.web.posted import Posted
from caseflow.web.questions import Question, Typed, arranged, labels_of, read, typed_from, typed_of
from caseflow.web.route import new_router

router = new_router()
HOME = "/pesanan-surat"
PAGE = 50
CHECKED = 300
"""Rows that are looked at before an order: as many as a person waits for."""
SHOWN = 200
FILE, CATEGORY, ORDER = "berkas", "kategori", "pesanan"
OF_CASES: dict[str, Words] = {FILE: _("Berkas kasus"), CATEGORY: _("Kategori")}
UNREADABLE = _("Kiriman ini tidak terbaca. Muat ulang halamannya, lalu kirim lagi.")


@dataclass(frozen=True, slots=True)
class Order:
    """An order as a list shows it."""

    progress: Progress
    title: Words
    when: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that would be refused, and why."""

    position: int
    case: str
    to: str
    """Address of the case, where it is one that the reader sees."""
    reasons: tuple[str, ...]


# --- looking ----------------------------------------------------------------------------------------------------------


@router.get(HOME)
def listing(page: Reading) -> Response:
    _require_orderer(page)
    before = page.request.query_params.get("sebelum", "")

    def reading(session: Session, by: Viewer, _at: datetime) -> list[Order]:
        found = letter_orders.orders_of(session, by=by, before=before, limit=PAGE + 1)
        return [_order(page, session, one) for one in found]

    found = page.read(reading)
    more = found[PAGE - 1].progress.id if len(found) > PAGE else ""
    return render(page, "letter-orders.html", orders=found[:PAGE], more=more)


@router.get(HOME + "/{order}.xlsx")
def report(page: Reading, order: str) -> Response:
    lines = page.read(lambda session, by, at: letter_orders.lines_of(session, order, by=by, at=at))
    return _sheet(letter_orders.as_workbook(lines, lang=page.lang), f"pesanan-{order}")


@router.get(HOME + "/baru")
def choose(page: Reading) -> Response:
    _require_orderer(page)
    kinds = page.read(lambda session, _by, _at: letters.kinds(session)).values()
    mine = [kind for kind in kinds if page.viewer.roles.intersection(kind.issued_by)]
    groups = [(words, [kind for kind in mine if kind.purpose == key]) for key, words in PURPOSES.items()]
    return render(page, "letter-order-kind.html", groups=[group for group in groups if group[1]])


@router.get(HOME + "/{order}")
def show(page: Reading, order: str) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        lines = letter_orders.lines_of(session, order, by=by, at=at)
        return {
            "order": _order(page, session, letter_orders.progress_of(session, order, by=by)),
            "refused": [line for line in lines if line.refused],
            "groups": [
                (words, found)
                for state, words in (("initials", _("Menunggu paraf")), ("done", _("Terbit")))
                if (found := [line for line in reversed(lines) if line.state == state])
            ],
        }

    return render(page, "letter-order.html", shown=SHOWN, unknown=letter_orders.UNKNOWN, **page.read(reading))


def _order(page: Page, session: Session, progress: Progress) -> Order:
    kind = letters.kinds(session).get(progress.letter)
    when = page.teller(session).moment(progress.ordered_at)
    return Order(progress, kind.title if kind else progress.letter, when)


def _require_orderer(page: Page) -> None:
    access.require_act(page.viewer.roles, "issue_letter")


def _sheet(content: bytes, name: str) -> Response:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


# --- ordering ---------------------------------------------------------------------------------------------------------


@router.get(HOME + "/baru/{letter}")
def form(page: Reading, letter: str) -> Response:
    kind = _kind(page, letter)
    return _form(page, kind, typed_of(_questions(page, kind)))


@router.get(HOME + "/baru/{letter}/kolom.xlsx")
def columns(page: Reading, letter: str) -> Response:
    kind = _kind(page, letter)
    return _sheet(workbook(kind.code, letter_rows.template(kind), []), f"kolom-{kind.name}")


@router.post(HOME + "/baru/{letter}")
def check(page: Acting, letter: str) -> Response:
    """Say what would be refused; nothing is ordered yet."""
    kind = _kind(page, letter)
    questions = _questions(page, kind)
    answers, problems = read([replace(q, required=False) for q in questions], page.posted)
    typed = typed_from(questions, page.posted)
    if problems:
        return _form(page, kind, typed, problems=problems)

    def reading(session: Session, by: Viewer, at: datetime) -> tuple[OrderLetters, list[Unfit]]:
        command = _command(session, kind, page.posted, each, answers, by=by)
        return command, list(letter_bulk.unfit(session, command, by=by, at=at, most=CHECKED))

    try:
        each = _each(kind, page.posted)  # before anything is read: a file takes its time
        command, found = page.read(reading)
    except InvalidInput as error:
        return _form(page, kind, typed, problems=error.data["problems"])
    wrong = [_wrong(one, page.lang) for one in found]
    return render(
        page,
        "letter-order-check.html",
        kind=kind,
        n=len(command.cases),
        looked_at=min(len(command.cases), CHECKED),
        wrong=wrong,
        shown=SHOWN,
        order=_plain(command),
    )


@router.post(HOME)
def order(page: Acting) -> Response:
    command = _asked(page.posted.one(ORDER))

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        made = letter_bulk.order_letters(session, command, by=by, at=at)
        return {"to": f"{HOME}/{made}", "flash": "ordered"}

    return act(page, run)


def _kind(page: Page, letter: str) -> LetterKind:
    """Return a kind that the reader may issue."""
    try:
        kind = page.read(lambda session, _by, _at: catalogue.get(letters.kinds(session), letter))
    except UnknownLetter:
        raise NotFound from None
    letter_bulk.require_orderer(kind, page.viewer)
    return kind


def _questions(page: Page, kind: LetterKind) -> tuple[Question, ...]:
    """Ask for what all letters say; what a row must say itself may stay open here."""

    def reading(session: Session, _by: Viewer, _at: datetime) -> tuple[tuple[str, Words], ...]:
        today = page.teller(session).today
        return institutions.choices(session, today=today, kind=kind.addressee, takes=kind.name, by_post=True)

    said = tuple(_question(field) for field in kind.fields)
    if kind.addressee not in INSTITUTIONS:
        return said
    label, hint = _("Surat ini untuk siapa?"), _("Kosong: lembaga yang terdekat dengan tiap kasus.")
    receiver = Question(
        key="institution", label=label, hint=hint, type="choice", required=False, choices=page.read(reading)
    )
    return (receiver, *said)


def _question(field: Field) -> Question:
    held = _("Bila catatan kasus sudah memuatnya, biarkan kosong.") if field.source else None
    return Question(
        key=field.key,
        label=field.label,
        type=field.type,
        hint=field.help or held,
        required=field.required and not field.source,
        choices=tuple((choice.key, choice.label) for choice in field.choices),
        columns=tuple(column.label for column in field.columns),
        limit=field.max if field.type in {"text", "longtext"} else 0,
    )


def _form(page: Page, kind: LetterKind, typed: Typed, *, problems: Mapping[str, Sentence] | None = None) -> Response:
    questions = _questions(page, kind)
    found = dict(_placed(key, text) for key, text in (problems or {}).items())
    to_institution = kind.addressee in INSTITUTIONS
    return render(
        page,
        "letter-order-form.html",
        status=422 if found else 200,
        kind=kind,
        asked=arranged(questions),
        typed=typed,
        problems=found,
        labels={**labels_of(questions), **OF_CASES},
        categories=page.read(lambda session, _by, _at: _categories(session, kind)),
        category=page.posted.one(CATEGORY),
        most=letter_bulk.MOST,
        checks=page.read(lambda session, by, _at: nobody(session, by, kind.addressee)) if to_institution else (),
    )


def _placed(key: str, text: Sentence) -> tuple[str, Sentence]:
    """Return the question that a problem is shown at: what is wrong with a row is shown at the file."""
    if key.startswith("row "):
        return FILE, _("Baris {n}: {why}", n=key.removeprefix("row "), why=text)
    return {"file": FILE, "cases": FILE, "category": CATEGORY}.get(key, key), text


def _categories(session: Session, kind: LetterKind) -> list[tuple[str, Words]]:
    """Return the categories whose cases this letter is written for, by name."""
    using = [c for c in session.categories.values() if any(use.letter == kind.name for use in c.letters)]
    return [(c.code, c.name) for c in sorted(using, key=lambda category: category.name.id)]


def _each(kind: LetterKind, form: Posted) -> Each:
    """Return the cases of the file and what each says; none where a form names a category instead."""
    content = form.files.get(FILE)
    if (content is not None) == bool(form.one(CATEGORY)):
        raise InvalidInput({"file": _("Pilih berkas, atau satu kategori.")})
    return letter_rows.read(kind, content) if content is not None else {}


def _command(
    session: Session, kind: LetterKind, form: Posted, each: Each, answers: Mapping[str, Any], *, by: Viewer
) -> OrderLetters:
    """Return the order that a form asks for: of the cases of its file, or of its category."""
    category = form.one(CATEGORY)
    return OrderLetters(
        letter=kind.name,
        cases=tuple(each) if not category else letter_bulk.cases_of(session, kind.name, category, by=by),
        each={case: said for case, said in each.items() if said},
        fields={f.key: answers[f.key] for f in kind.fields if answers.get(f.key) is not None},
        institution=answers.get("institution"),
    )


def _wrong(row: Unfit, lang: str) -> Wrong:
    to = "" if isinstance(row.problem, NotFound) else f"/kasus/{row.case}"
    return Wrong(row.position, row.case, to, tuple(_reasons(row.problem, lang)))


def _reasons(problem: CaseflowError, lang: str) -> Iterator[str]:
    if isinstance(problem, StepRefused):
        yield from (unmet["message_en" if lang == "en" else "message"] for unmet in problem.data["unmet"])
    elif isinstance(problem, InvalidInput):
        yield from (translate(text, lang) for text in problem.data["problems"].values())
    else:
        yield error_message(problem, lang)


def _asked(sent: str) -> OrderLetters:
    """Return the order that a page has shown; `InvalidInput` for anything else."""
    try:
        letter, numbers, each, fields, institution = json.loads(sent)
        cases = tuple(map(str, numbers))
        alone = {str(case): dict(said) for case, said in dict(each).items()}
        receiver = str(institution) if institution else None
        return OrderLetters(letter=str(letter), cases=cases, each=alone, fields=dict(fields), institution=receiver)
    except (ValueError, TypeError, RecursionError):
        raise InvalidInput({"form": UNREADABLE}) from None


def _plain(command: OrderLetters) -> str:
    said = [command.letter, command.cases, command.each, command.fields, command.institution]
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)
