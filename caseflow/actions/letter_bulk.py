"""Many letters of one kind asked for at once: each in a transaction of its own, whatever becomes of the others."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import letter_preview, letters, operations
from caseflow.actions.letters import IssueLetter
from caseflow.actions.typed import Typed
from caseflow.errors import (
    CaseflowError,
    Forbidden,
    IdempotencyMismatch,
    InvalidInput,
    Label,
    LoopbackAddress,
    NotFound,
    Refused,
    Sentence,
    StepRefused,
    _,
)
from caseflow.i18n import LANGUAGES, error_message
from caseflow.ids import is_case_number, new_id
from caseflow.letters import catalogue, check
from caseflow.letters.catalogue import LetterKind
from caseflow.states.deadlines import civil_date
from caseflow.states.lifecycle import letter_act
from caseflow.states.sharing import INSTITUTIONS
from caseflow.store import batches, cases, institutions, jobs, offices, users
from caseflow.store.batches import NewRow
from caseflow.store.cases import Filter
from caseflow.store.session import Session

MOST = 5000
LONGEST_RUN = 40
"""Letters of the name of an order."""
SAME_FOR = timedelta(days=1)
"""How long the same order without a name is the same order; later it is wanted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLetters(Typed):
    """One kind of letter for many cases; `fields` is said in all of them, a row may say more."""

    letter: str
    cases: tuple[str, ...] = ()
    each: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Case number -> what its letter alone says."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    institution: str | None = None
    run: str | None = None
    """A name of this order: asked for again under the same name it is the same order, whenever that is."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """A row of an order that would be refused now, and why."""

    position: int
    case: str
    problem: CaseflowError


def order_letters(session: Session, command: OrderLetters, *, by: Viewer, at: datetime) -> str:
    """Write the order and its first job; return its id. The same order within a day is the one there is.

    Of that one, what came back without a number is ordered again, and no more than that.

    Raises `UnknownLetter`, `Forbidden`, `InvalidInput`, `LoopbackAddress`; `IdempotencyMismatch` where its name is that
    of another order.
    """
    digest = _digest(command)
    kind = _require_order(session, command, by=by)
    name = f"letters:{by.user_id}:{command.run or digest}:"
    known = batches.named(session, name, since=None if command.run else at - SAME_FOR)
    if known and command.run and known.cause_key != name + digest:
        raise IdempotencyMismatch
    dropped = batches.dropped(session, known.id) if known and not command.run else set()
    if known and not dropped:
        return str(known.id)
    if dropped:
        command = replace(command, cases=tuple(number for number in command.cases if number in dropped))
    batch_id = str(new_id(at))
    batch = {
        "id": batch_id,
        "cause_key": name + (digest if command.run else batch_id.replace("-", "")),
        "kind": kind.name,
        "institution_id": command.institution,
        "ordered_by": by.user_id,
    }
    rows = [_row(session, number, command, by) for number in command.cases]
    batches.add(session, batch, rows, at=at)
    for row in rows:
        if row.problem:
            case_id, about = operations.asked_about(session, row.case_number)
            refusal = {"error": row.problem["code"], "batch": batch_id, **about}
            operations.note_access(session, "case:act:refused", actor=by.user_id, at=at, case_id=case_id, data=refusal)
    data = {"batch": batch_id, "kind": kind.name, "cases": len(command.cases)}
    operations.note_access(session, "letter:batch:ordered", actor=by.user_id, at=at, data=data)
    _enqueue(session, batch_id, 0, at)
    return batch_id


def unfit(
    session: Session, command: OrderLetters, *, by: Viewer, at: datetime, most: int | None = None
) -> Iterator[Unfit]:
    """Yield the rows, of the first `most`, that would be refused if this were ordered now; no number is drawn.

    Raises as `order_letters`. That a restricted case was looked at is on record.
    """
    _digest(command)
    kind = _require_order(session, command, by=by)
    for position, number in enumerate(command.cases[:most], 1):
        if problem := _tried(session, kind, command, number, by, at):
            yield Unfit(position, number, problem)


def cases_of(session: Session, letter: str, category: str, *, by: Viewer, most: int = MOST) -> tuple[str, ...]:
    """Return the numbers of the cases of a category that stand where this letter is issued and that `by` sees.

    Raises `UnknownLetter`; `InvalidInput` where there are none, or more than one order takes.
    """
    kind = catalogue.get(letters.kinds(session), letter)
    numbers: list[str] = []
    for state in kind.states:
        numbers += _standing_in(session, state, category.upper(), by, most)
    if not numbers:
        raise InvalidInput({"category": _("Tidak ada kasus kategori ini pada tahap surat itu yang dapat Anda lihat.")})
    if len(numbers) > most:
        raise InvalidInput(
            {"category": _("Ada {n} kasus; satu pesanan paling banyak {most}.", n=len(numbers), most=most)}
        )
    return tuple(sorted(numbers))


def _standing_in(session: Session, state: str, category: str, by: Viewer, limit: int) -> Iterator[str]:
    """Yield the numbers of all cases of a state, `limit` at a time."""
    cursor = None
    while found := cases.visible(session, by, Filter(category=category, state=state, cursor=cursor, limit=limit)):
        yield from (row.number for row in found)
        cursor = found[-1].number


# --- whether it is an order -------------------------------------------------------------------------------------------


def require_orderer(kind: LetterKind, by: Viewer) -> None:
    """Raise `Forbidden` unless somebody may issue this kind of letter anywhere."""
    access.require_act(by.roles, "issue_letter")
    if not by.roles.intersection(kind.issued_by):
        label = _("menerbitkan {title}", title=kind.title.sentence)
        raise Forbidden(action=label, allowed=access.names_of(kind.issued_by))


def _require_order(session: Session, command: OrderLetters, *, by: Viewer) -> LetterKind:
    """Return the kind that is ordered; refuse whatever would refuse every row."""
    kind = catalogue.get(letters.kinds(session), command.letter)
    require_orderer(kind, by)
    if session.settings.is_loopback and not session.settings.demo:
        raise LoopbackAddress
    if not command.cases or len(command.cases) > MOST:
        raise InvalidInput({"cases": _("Sebut 1 sampai {most} kasus.", most=MOST)})
    if len(set(command.cases)) < len(command.cases):
        raise InvalidInput({"cases": _("Setiap kasus hanya satu kali.")})
    if command.run and len(command.run) > LONGEST_RUN:
        raise InvalidInput({"run": _("Paling banyak {n} huruf.", n=LONGEST_RUN)})
    if command.institution and kind.addressee not in INSTITUTIONS:
        raise InvalidInput({"institution": _("Surat ini tidak ditujukan kepada lembaga.")})
    if command.institution:
        institutions.require(session, command.institution, kind.addressee)
    if problems := _problems(kind, command):
        raise InvalidInput(problems)
    return kind


def _problems(kind: LetterKind, command: OrderLetters) -> dict[str, str]:
    """Return what is wrong with the words of all letters, and the required ones that neither they nor a row say."""
    problems: dict[str, str] = {**check.misfits(kind, command.fields)}
    rows = [command.each.get(number, {}) for number in command.cases]
    for key, label in ((f.key, f.label.sentence) for f in kind.fields if f.required and not f.source):
        if all({**command.fields, **row}.get(key) in check.NOTHING for row in rows):
            problems[key] = _('Surat ini memerlukan "{label}" ({key}).', label=label, key=key)
    return problems


def _tried(
    session: Session, kind: LetterKind, command: OrderLetters, number: str, by: Viewer, at: datetime
) -> CaseflowError | None:
    """Return why a row would be refused now."""
    said = {**command.fields, **command.each.get(number, {})}
    asked = IssueLetter(case=number, letter=kind.name, institution=command.institution, fields=said)
    try:
        if not is_case_number(number):
            raise NotFound
        missing = letter_preview.preview_letter(session, asked, by=by, at=at).missing
    except CaseflowError as problem:
        return problem
    step, label = letter_act(kind.name), _("menerbitkan {title}", title=kind.title.sentence)
    return StepRefused(step=step, label=label, unmet=[dict(unmet) for unmet in missing]) if missing else None


def _row(session: Session, number: str, command: OrderLetters, by: Viewer) -> NewRow:
    row = cases.by_number(session, number) if is_case_number(number) else None
    if row is None or not access.roles_in(by, cases.scope_of(session, row)):
        return NewRow(number if is_case_number(number) else "", None, None, {}, _told(NotFound()))
    return NewRow(row.number, row.id, row.subject_id, {**command.fields, **command.each.get(number, {})})


def _digest(command: OrderLetters) -> str:
    """Return what an order says, in short; `InvalidInput` where it cannot be written: a number of 30 digits."""
    said = [command.letter, command.institution, command.cases, dict(command.each), dict(command.fields)]
    try:
        written = orjson.dumps(said, option=orjson.OPT_SORT_KEYS, default=str)
    except TypeError:
        raise InvalidInput({"fields": _("Kiriman tidak terbaca")}) from None
    return hashlib.sha256(written).hexdigest()[: batches.DIGEST]


# --- what the job does ------------------------------------------------------------------------------------------------


def waiting(session: Session, batch_id: str, *, limit: int) -> list[str]:
    """Return the ids of the next rows."""
    return batches.waiting(session, batch_id, limit=limit)


def issue_row(session: Session, row_id: str, *, at: datetime) -> None:
    """Issue the letter of one row, as whoever ordered it and with what they may today; raises as `issue_letter`."""
    row = batches.row_of(session, row_id)
    batch = batches.find(session, row.batch_id) if row else None
    if row is None or batch is None or row.state != "waiting":
        return
    case = cases.by_id(session, row.case_id)
    account = users.by_id(session, batch.ordered_by)
    if case is None or account is None:
        raise NotFound
    if not account.active:
        raise Refused(reason=_("Akun yang memesan surat ini tidak aktif lagi."))
    by = users.viewer(session, account, civil_date(at, offices.calendar(session, case.office_id)))
    command = IssueLetter(
        case=case.id,
        letter=batch.kind,
        institution=batch.institution_id,
        fields=batches.said_in(session, case.subject_id, row),
        batch=batch.id,
    )
    done = letters.issue_letter(session, command, by=by, at=at)
    batches.settle(session, row_id, letter_id=done.created_id)


def refuse_row(session: Session, row_id: str, problem: CaseflowError, *, at: datetime) -> None:
    """Keep why a row got no letter; a refusal is on record as at every door."""
    row = batches.row_of(session, row_id)
    batch = batches.find(session, row.batch_id) if row else None
    if row is None or batch is None:
        return
    kind = letters.kinds(session).get(batch.kind)
    fields = {"institution", *(each.key for each in kind.fields)} if kind else ()
    if not batches.settle(session, row_id, problem=_told(problem, fields)):
        return
    if isinstance(problem, (Forbidden, StepRefused, NotFound)):
        data: dict[str, Any] = {"error": problem.code, "batch": batch.id}
        if isinstance(problem, StepRefused):
            data |= {"step": problem.data["step"], "unmet": [u["guard"] for u in problem.data["unmet"]]}
        operations.note_access(
            session, "case:act:refused", actor=batch.ordered_by, at=at, case_id=row.case_id, data=data
        )


def go_on(session: Session, batch_id: str, part: int, *, at: datetime) -> None:
    """Put the next part behind this one, or say that the order is finished."""
    if batches.waiting(session, batch_id, limit=1):
        _enqueue(session, batch_id, part, at)
    else:
        batches.finish(session, batch_id, at=at)


def _enqueue(session: Session, batch_id: str, part: int, at: datetime) -> None:
    key, payload = f"letter.issue_many:{batch_id}:{part}", {"batch": batch_id, "part": part}
    jobs.enqueue(session, kind="letter.issue_many", key=key, payload=payload, run_at=at, at=at, queue="bulk")


def _told(problem: CaseflowError, fields: Collection[str] = ()) -> dict[str, str]:
    """Return an error as it is kept, in clear and for good: its code, and its sentence without the data in it."""
    bare = _without_data(problem, fields)
    return {"code": bare.code, **{lang: error_message(bare, lang) for lang in LANGUAGES}}


def _without_data(problem: CaseflowError, fields: Collection[str]) -> CaseflowError:
    """Return an error that names guards and these fields, and says "-" for whatever came from a case or its order."""
    if isinstance(problem, InvalidInput):
        found = problem.data["problems"].items()
        return InvalidInput({key if key in fields else "-": _bare(sentence) for key, sentence in found})
    if isinstance(problem, StepRefused):
        unmet = [{"guard": each["guard"], "message": each["guard"]} for each in problem.data["unmet"]]
        return StepRefused(step=problem.data["step"], label=_bare(problem.data["label"]), unmet=unmet)
    return type(problem)(**{name: _bare(value) for name, value in problem.data.items()})


def _bare(value: object) -> str:
    """Return a sentence of ours with its own data bare; "-" for anything else."""
    if not isinstance(value, Sentence):
        return "-"
    return value if isinstance(value, Label) else Sentence(value.msgid, **{k: _bare(v) for k, v in value.data.items()})
