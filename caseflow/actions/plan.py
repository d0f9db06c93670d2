"""The intervention plan: items with goal, owner and due date; done, cancelled and evaluated on record."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, handed
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.ids import new_id
from caseflow.store import children, shared_items, users
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import plan_item
from caseflow.store.types import Row

PLANNING = ("assessment", "intervention_plan")
SETTLED = ("done", "cancelled")
RESULTS = ("met", "partly", "not_met")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddItem(Typed):
    """One action to plan; what is still open may be filled in later, before approval."""

    case: str
    intervention: str
    goal: str = ""
    description: str = ""
    owner: str | None = None
    due: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeItem(Typed):
    """New values for a planned action; None leaves a value as it is."""

    case: str
    item: str
    goal: str | None = None
    description: str | None = None
    owner: str | None = None
    due: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleItem(Typed):
    """An action that was done, or cancelled with a reason."""

    case: str
    item: str
    note: str = ""
    event_date: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateItem(Typed):
    """Whether the goal of an action was met: met, partly, not_met."""

    case: str
    item: str
    result: str
    note: str = ""
    expected_version: int | None = None


def add_item(session: Session, command: AddItem, *, by: Viewer, at: datetime, origin: str | None = None) -> Done:
    """Plan an action; in an intervention only while an emergency's plan is owed (else `amend_plan` first).

    `origin` is the action of another case that this one is too (`shared_items`). The entry vouches for it by the digest
    of the row and does not name it: that case may become a closed file (R3), and exports of the log outlive that.
    """
    item_id = str(new_id(at))

    def decide(work: Work) -> Change:
        _require_planning(work)
        standing = shared_items.in_case(session, work.row.number, origin) if origin else []
        if any(row.status != "cancelled" for row in standing):
            raise Refused(reason=_("Kegiatan ini sudah ada dalam rencana kasus itu."))
        kind = work.category.intervention(command.intervention)
        if kind is None:
            known = ", ".join(i.code for i in work.category.interventions)
            raise InvalidInput({"intervention": _("Jenis kegiatan tidak dikenal. Pilih: {known}.", known=known)})
        _require_owner(work, command.owner)
        columns = {
            "case_id": work.row.id,
            "cycle": work.row.cycle,
            "intervention": kind.code,
            "pillar": kind.pillar,
            "owner_id": command.owner,
            "due": command.due,
            "status": "planned",
            "result": "",
            "created_by": by.user_id,
            "updated_at": at,
            "origin_id": origin,
        }
        secret = {"goal": command.goal.strip(), "description": command.description.strip()}

        def carry(held: Work) -> tuple[Entry, ...]:
            children.add(session, plan_item, held.row.subject_id, columns, secret, at=at, row_id=item_id)
            return (_entry("case:plan_item:added", item_id, kind.code, secret),)

        return Change(carry=carry)

    return _changed(session, command, decide, item_id, by=by, at=at)


def change_item(session: Session, command: ChangeItem, *, by: Viewer, at: datetime) -> Done:
    """Change a planned action; whoever changes it counts as an author of the plan."""

    def decide(work: Work) -> Change:
        _require_planning(work)
        row = _item(work, command.item)
        if row.status not in {"planned", "approved"}:
            raise Refused(reason=_("Kegiatan ini sudah selesai atau dibatalkan."))
        _require_owner(work, command.owner)
        secret = children.words(session, plan_item, work.row.subject_id, row)
        secret |= {
            k: v.strip() for k, v in (("goal", command.goal), ("description", command.description)) if v is not None
        }
        columns: dict[str, Any] = {"updated_at": at, "status": "planned", "created_by": by.user_id}
        columns |= {k: v for k, v in (("owner_id", command.owner), ("due", command.due)) if v is not None}

        def carry(held: Work) -> tuple[Entry, ...]:
            children.change(session, plan_item, held.row.subject_id, row.id, columns, secret)
            return (_entry("case:plan_item:changed", row.id, row.intervention, secret),)

        return Change(carry=carry)

    return _changed(session, command, decide, command.item, by=by, at=at)


def finish_item(session: Session, command: SettleItem, *, by: Viewer, at: datetime) -> Done:
    """Say that an action was done; only during the intervention."""
    return _settle(session, command, "done", by=by, at=at)


def cancel_item(session: Session, command: SettleItem, *, by: Viewer, at: datetime) -> Done:
    """Cancel an action with a reason; `Refused` while goods handed over for it are with the receiver."""
    casework.require_text(command.note, "note")
    return _settle(session, command, "cancelled", by=by, at=at)


def _settle(session: Session, command: SettleItem, status: str, *, by: Viewer, at: datetime) -> Done:
    def decide(work: Work) -> Change:
        access.require_act(work.roles, "plan")
        row = _item(work, command.item)
        if row.status in SETTLED:
            raise Refused(reason=_("Kegiatan ini sudah selesai atau dibatalkan."))
        if status == "done" and work.row.state != "intervention":
            raise Refused(reason=_("Kegiatan diselesaikan pada tahap intervensi, setelah rencana disetujui."))
        if status == "cancelled":
            _require_no_goods_out(work, row.id)
        day = casework.require_past(command.event_date, work.today, "event_date")
        secret = children.words(session, plan_item, work.row.subject_id, row) | {"note": command.note.strip()}

        def carry(held: Work) -> tuple[Entry, ...]:
            columns = {"status": status, "updated_at": at}
            children.change(session, plan_item, held.row.subject_id, row.id, columns, secret)
            return (_entry(f"case:plan_item:{status}", row.id, row.intervention, {"note": command.note}, day),)

        return Change(carry=carry)

    return _changed(session, command, decide, command.item, by=by, at=at)


def _require_no_goods_out(work: Work, item_id: str) -> None:
    """Raise `Refused` where goods are out for an action: cancelled, it would say that nothing was given."""
    if out := next(iter(handed.still_out(handed.of_work(work), item_id)), None):
        named = {"n": out.kept, "unit": out.item.unit, "item": out.name}
        raise Refused(
            reason=_(
                "Barang untuk kegiatan ini masih pada penerimanya: {item}, {n} {unit}. Catat dahulu barang yang "
                "kembali, atau pada tahap intervensi isi hasil kegiatannya.",
                **named,
            )
        )
    shared_items.alone(work.session, item_id)
    handed.require_none_elsewhere(work.session, item_id)


def evaluate_item(session: Session, command: EvaluateItem, *, by: Viewer, at: datetime) -> Done:
    """Record whether the goal of an action was met; during the evaluation."""
    if command.result not in RESULTS:
        raise InvalidInput({"result": _("Pilih salah satu: {choices}.", choices=", ".join(RESULTS))})

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "plan")
        row = _item(work, command.item)
        if work.row.state != "evaluation" or row.status == "cancelled":
            raise Refused(reason=_("Hasil tujuan dinilai pada tahap evaluasi, untuk kegiatan yang tidak dibatalkan."))
        secret = children.words(session, plan_item, work.row.subject_id, row) | {"result_note": command.note.strip()}

        def carry(held: Work) -> tuple[Entry, ...]:
            columns = {"result": command.result, "updated_at": at}
            children.change(session, plan_item, held.row.subject_id, row.id, columns, secret)
            entry = Entry(
                code="case:plan_item:evaluated",
                data={"item": row.id, "result": command.result},
                payload={"note": command.note} if command.note else None,
            )
            return (entry,)

        return Change(carry=carry)

    return _changed(session, command, decide, command.item, by=by, at=at)


def approve_items(work: Work) -> None:
    """Mark this cycle's planned actions as approved: an approved plan was granted."""
    for item in work.facts.plan:
        if item.status == "planned":
            columns = {"status": "approved", "updated_at": work.at}
            children.change(work.session, plan_item, work.row.subject_id, item.id, columns)


def reopen_goals(work: Work) -> None:
    """Take back the results of goals that were not met: after a revised plan they are evaluated again."""
    for item in work.facts.plan:
        if item.result in {"partly", "not_met"}:
            columns = {"result": "", "updated_at": work.at}
            children.change(work.session, plan_item, work.row.subject_id, item.id, columns)


def _require_planning(work: Work) -> None:
    access.require_act(work.roles, "plan")
    owes = work.row.state == "intervention" and work.row.emergency_since is not None and not work.row.emergency_ratified
    if work.row.state not in PLANNING and not owes:
        raise Refused(
            reason=_(
                "Rencana diubah pada tahap rencana intervensi. Dari intervensi, ambil langkah Ubah rencana dahulu."
            )
        )


def _require_owner(work: Work, owner: str | None) -> None:
    if owner is not None and not (casework.is_id(owner) and users.active(work.session, owner)):
        raise InvalidInput({"owner": _("Penanggung jawab ini tidak ada atau tidak aktif.")})


def _item(work: Work, item_id: str) -> Row[Any]:
    row = children.get(work.session, plan_item, work.row.id, item_id) if casework.is_id(item_id) else None
    if row is None or row.cycle != work.row.cycle:
        raise NotFound
    return row


def _entry(code: str, item_id: str, kind: str, words: dict[str, Any], day: date | None = None) -> Entry:
    said = {k: v for k, v in words.items() if v}
    return Entry(code=code, data={"item": item_id, "intervention": kind}, payload=said or None, event_date=day)


def _changed(
    session: Session,
    command: AddItem | ChangeItem | SettleItem | EvaluateItem,
    decide: Any,  # noqa: ANN401 - the decider of casework.change
    item_id: str,
    *,
    by: Viewer,
    at: datetime,
) -> Done:
    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, item_id)
