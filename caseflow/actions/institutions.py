"""Institutions: what they take, whether there is room, how long they are licensed, how they answer (decision 0037)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from caseflow import access
from caseflow.access import CONTENT_ROLES, Viewer
from caseflow.actions import areas, letters, psks
from caseflow.actions.admin import require_admin, require_installation
from caseflow.actions.typed import Typed
from caseflow.definitions.psks import PsksType
from caseflow.errors import Forbidden, InvalidInput, Label, NotFound, Sentence, _, listed
from caseflow.i18n import format_date
from caseflow.ids import is_id
from caseflow.states import names
from caseflow.states.sharing import INSTITUTIONS
from caseflow.store import institutions as rows
from caseflow.store import log
from caseflow.store.session import Session
from caseflow.store.types import Row

READERS = (*CONTENT_ROLES, "admin")
REFERRAL = "referral"
"""What an institution takes beside kinds of letters: a referral that went without one."""
MOST_PLACES = 100_000
WIDTHS = {
    "name": 200, "addressee": 200, "place": 120, "email": 200, "phone": 40, "contact": 200, "hours": 200,
    "licence_number": 80,
}  # fmt: skip
REQUIRED = ("name", "addressee", "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionData(Typed):
    """All that is recorded of an institution; `accepts` are names of letters, and `REFERRAL`."""

    name: str
    kind: str
    addressee: str
    place: str
    area: str
    email: str = ""
    phone: str = ""
    contact: str = ""
    hours: str = ""
    psks_type: str = ""
    capacity: int | None = None
    accepts: tuple[str, ...] = ()
    licence_number: str = ""
    licence_until: date | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """An institution as it is shown."""

    id: str
    data: InstitutionData
    area_name: str
    type: PsksType | None
    placed: int
    """Open placements there of cases that are not closed files (R3)."""
    licence_over: bool
    mine: bool
    """The reader may change it."""

    @property
    def full(self) -> bool:
        """Whether as many are placed as there are places."""
        return self.data.capacity is not None and self.placed >= self.data.capacity


@dataclass(frozen=True, slots=True)
class Answered:
    """How an institution answered the referrals the reader may see, closed files (R3) aside."""

    sent: int
    accepted: int
    refused: int
    silent: int
    """Not answered, or withdrawn without an answer."""
    days: int | None
    """Half of the answers took as many days or fewer."""


def require_reader(by: Viewer) -> None:
    """Raise `Forbidden` for whoever works with no cases and administers nothing."""
    if not by.roles.intersection(READERS):
        raise Forbidden(action=_("melihat lembaga"), allowed=access.names_of(READERS))


def listing(session: Session, *, by: Viewer, at: datetime, kind: str | None = None) -> list[Institution]:
    """Return institutions by name, those that are switched off last. Raises `Forbidden`."""
    require_reader(by)
    found = rows.listing(session, kind) + rows.inactive(session, kind)
    return _shown(session, found, by=by, today=areas.today(session, at))


def one(session: Session, institution: str, *, by: Viewer, at: datetime) -> tuple[Institution, Answered]:
    """Return an institution and how it answers. Raises `Forbidden`, `NotFound`."""
    require_reader(by)
    row = _require(session, institution)
    (found,) = _shown(session, [row], by=by, today=areas.today(session, at))
    return found, _answered(rows.referrals_to(session, by, row.id))


def _require(session: Session, institution: str) -> Row[Any]:
    row = rows.by_id(session, institution) if is_id(institution) else None
    if row is None:
        raise NotFound
    return row


def _shown(session: Session, found: list[Row[Any]], *, by: Viewer, today: date) -> list[Institution]:
    kinds, placed = psks.types(session), rows.placed(session)
    places = areas.short_names(session, {row.area_code for row in found})
    return [
        Institution(
            id=row.id,
            data=data_of(row),
            area_name=places.get(row.area_code, row.area_code),
            type=kinds.get(row.psks_type or ""),
            placed=placed.get(row.id, 0),
            licence_over=row.licence_until is not None and row.licence_until < today,
            mine=access.administers(by, row.area_code),
        )
        for row in found
    ]


def data_of(row: Row[Any]) -> InstitutionData:
    """Return what is recorded of an institution."""
    texts = {key: getattr(row, key) or "" for key in WIDTHS}
    return InstitutionData(
        **texts,
        kind=row.kind,
        area=row.area_code,
        psks_type=row.psks_type or "",
        capacity=row.capacity,
        accepts=tuple(row.accepts or ()),
        licence_until=row.licence_until,
        active=row.active,
    )


def _answered(found: list[Row[Any]]) -> Answered:
    took = [(row.answered_on - row.sent_on).days for row in found if row.answered_on is not None]
    return Answered(
        sent=len(found),
        accepted=sum(row.status in {"accepted", "done"} for row in found),
        refused=sum(row.status in {"refused", "returned"} for row in found),
        silent=sum(row.status in {"open", "withdrawn"} for row in found),
        days=int(median(took)) if took else None,
    )


# --- keeping them ----------------------------------------------------------------------------------------------------


def add(session: Session, data: InstitutionData, *, by: Viewer, at: datetime) -> str:
    """Record an institution and return its id. Raises `Forbidden`, `InvalidInput`."""
    require_admin(by)
    values = _checked(session, data)
    _require_keeper(session, values["area_code"], by)
    short = {key: values.pop(key) for key in ("name", "kind", "addressee", "place", "area_code", "email", "phone")}
    row_id = rows.add(session, **short, at=at)
    rows.change(session, row_id, values)
    log.note_access(session, "institution:added", actor=by.user_id, at=at, data={"institution": row_id})
    return row_id


def change(session: Session, institution: str, data: InstitutionData, *, by: Viewer, at: datetime) -> None:
    """Write all that is recorded of an institution anew. Raises `Forbidden`, `NotFound`, `InvalidInput`."""
    require_admin(by)
    row = _require(session, institution)
    _require_keeper(session, row.area_code, by)
    values = _checked(session, data)
    _require_keeper(session, values["area_code"], by)
    rows.change(session, row.id, values)
    changed = sorted(key for key, old in asdict(data_of(row)).items() if old != asdict(data)[key])
    told = {"institution": row.id, "changed": changed}
    log.note_access(session, "institution:changed", actor=by.user_id, at=at, data=told)


def _require_keeper(session: Session, area: str, by: Viewer) -> None:
    if not access.administers(by, area):
        require_installation(session, by)


def _checked(session: Session, data: InstitutionData) -> dict[str, Any]:
    """Return the columns, or raise `InvalidInput` with all that is wrong."""
    texts = {key: names.line(getattr(data, key)) for key in WIDTHS}
    problems: dict[str, str] = {
        key: _("Paling banyak {n} huruf.", n=WIDTHS[key]) for key, text in texts.items() if len(text) > WIDTHS[key]
    }
    problems |= {key: _("Isian ini wajib.") for key in REQUIRED if not texts[key]}
    if data.kind not in INSTITUTIONS:
        problems["kind"] = _("Pilih salah satu: {choices}.", choices=", ".join(INSTITUTIONS))
    if data.capacity is not None and not 0 <= data.capacity <= MOST_PLACES:
        problems["capacity"] = _("Harus bilangan dari 0 sampai {most}.", most=MOST_PLACES)
    problems |= _kinds_problems(session, data)
    area = ""
    try:
        area = areas.known(session, data.area)
    except InvalidInput as unknown:
        problems |= unknown.data["problems"]
    if problems:
        raise InvalidInput(problems)
    return {
        **{key: text if key in REQUIRED else text or None for key, text in texts.items()},
        "kind": data.kind,
        "area_code": area,
        "psks_type": data.psks_type or None,
        "capacity": data.capacity,
        "accepts": sorted(set(data.accepts)),
        "licence_until": data.licence_until,
        "active": data.active,
    }


def _kinds_problems(session: Session, data: InstitutionData) -> dict[str, str]:
    known = psks.types(session)
    kind = known.get(data.psks_type)
    problems: dict[str, str] = {}
    if data.psks_type and (kind is None or not kind.body):
        bodies = ", ".join(code for code, each in known.items() if each.body)
        problems["psks_type"] = _("Pilih salah satu: {choices}.", choices=bodies)
    if unknown := sorted(set(data.accepts) - takeable(session).keys()):
        problems["accepts"] = _("Surat ini tidak dikenal: {names}.", names=", ".join(unknown))
    return problems


def takeable(session: Session) -> Mapping[str, Sentence]:
    """Return what an institution can be said to take: letters for institutions by name, and referrals without one."""
    kinds = letters.kinds(session)
    found: dict[str, Sentence] = {REFERRAL: _("rujukan tanpa surat")}
    return found | {name: kind.title.sentence for name, kind in kinds.items() if kind.addressee in INSTITUTIONS}


# --- whom to refer to ------------------------------------------------------------------------------------------------


def choices(
    session: Session, *, today: date, kind: str | None = None, takes: str = REFERRAL, by_post: bool = False
) -> tuple[tuple[str, Sentence], ...]:
    """Return id and words of the active institutions a form offers, with what speaks against one: none is left out.

    `takes` is the name of the letter that would go there, empty for none; `by_post` names the post it is written to.
    """
    placed = rows.placed(session)
    found = [(row, row.addressee if by_post else row.name) for row in rows.listing(session, kind)]
    return tuple((row.id, _words(row, name, placed.get(row.id, 0), takes, today)) for row, name in found)


def _words(row: Row[Any], name: str, placed: int, takes: str, today: date) -> Sentence:
    said: list[Sentence] = []
    if row.capacity is not None:
        room = _("{n} dari {of} tempat terisi", n=placed, of=row.capacity)
        full = _("penuh, {n} dari {of} tempat terisi", n=placed, of=row.capacity)
        said.append(full if placed >= row.capacity else room)
    if takes and row.accepts and takes not in row.accepts:
        said.append(_("perhatian: menurut catatan tidak menerima ini"))
    if row.licence_until is not None and row.licence_until < today:
        day = Label(format_date(row.licence_until, "id"), en=format_date(row.licence_until, "en"))
        said.append(_("perhatian: izinnya berakhir {day}", day=day))
    return _("{name} ({said})", name=name, said=listed(said)) if said else Label(name, en=name)
