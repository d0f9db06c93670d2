"""The kinds of goods of an office and the places where they lie: who records and sees them, how they are named."""

import re
from dataclasses import dataclass
from datetime import datetime

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import areas
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, Label, NotFound, _
from caseflow.ids import new_id
from caseflow.states.category import PILLARS
from caseflow.states.names import line
from caseflow.store import goods, log, offices
from caseflow.store.goods import GoodsRow
from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session
from caseflow.store.tables import goods_item, goods_place

MOST = 1_000_000
NAME, CODE, UNIT = 120, 30, 30
WRITTEN = re.compile(r"[A-Z0-9][A-Z0-9-]{0,29}")
"""How codes are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddGoods(Typed):
    """A kind of goods; `intervention` is the code of the help it is given as (ALATBANTU, USAHA, ...)."""

    area: str
    code: str
    name: str
    name_en: str = ""
    unit: str
    pillar: str
    intervention: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPlace(Typed):
    """A place where goods lie."""

    area: str
    name: str


# --- items and places ------------------------------------------------------------------------------------------------


def add_item(session: Session, command: AddGoods, *, by: Viewer, at: datetime) -> str:
    """Record a kind of goods of the office that serves an area; return its id."""
    office = areas.office_for(session, areas.known(session, command.area))
    require_keeper(by, office.area_code)
    problems: dict[str, str] = {}
    words = {"code": (command.code, CODE), "name": (command.name, NAME), "unit": (command.unit, UNIT)}
    words["intervention"] = (command.intervention, CODE)
    for key, (value, limit) in words.items():
        problems |= misfit(key, value, limit)
    for key, value in (("code", command.code), ("intervention", command.intervention)):
        if key not in problems and not WRITTEN.fullmatch(value.strip().upper()):
            problems[key] = _("Hanya huruf A sampai Z, angka, dan tanda hubung.")
    if command.pillar not in PILLARS:
        problems["pillar"] = _("Pilih salah satu: {choices}.", choices=", ".join(PILLARS))
    if problems:
        raise InvalidInput(problems)
    values = {
        "id": str(new_id(at)),
        "office_id": office.id,
        "code": command.code.strip().upper(),
        "name_id": line(command.name),
        "name_en": line(command.name_en)[:NAME] or line(command.name),
        "unit": line(command.unit),
        "pillar": command.pillar,
        "intervention": command.intervention.strip().upper(),
        "added_by": by.user_id,
        "added_at": at,
    }
    if not goods.add_item(session, values):
        raise InvalidInput({"code": _("Barang dengan kode ini sudah ada.")})
    said = {key: values[key] for key in ("office_id", "code", "unit", "pillar", "intervention")}
    said["words"] = goods.words_digest(goods_item, values)
    log.note_access(session, "goods:item:added", actor=by.user_id, at=at, data={"item": values["id"], **said})
    return str(values["id"])


def add_place(session: Session, command: AddPlace, *, by: Viewer, at: datetime) -> str:
    """Record a place of stock in an area, of the office that serves it; return its id."""
    area = areas.known(session, command.area)
    office = areas.office_for(session, area)
    require_keeper(by, area)
    if problems := misfit("name", command.name, NAME):
        raise InvalidInput(problems)
    values = {"id": str(new_id(at)), "office_id": office.id, "name": line(command.name), "area_code": area}
    if not goods.add_place(session, {**values, "added_by": by.user_id, "added_at": at}):
        raise InvalidInput({"name": _("Tempat dengan nama ini sudah ada.")})
    said = {"place": values["id"], "office_id": office.id, "area": area}
    said["words"] = goods.words_digest(goods_place, values)
    log.note_access(session, "goods:place:added", actor=by.user_id, at=at, data=said)
    return str(values["id"])


def misfit(key: str, value: str, limit: int) -> dict[str, str]:
    kept = line(value)
    if not kept:
        return {key: _("Isian ini wajib.")}
    return {key: _("Paling banyak {n} huruf.", n=limit)} if len(kept) > limit else {}


# --- who, what, where ------------------------------------------------------------------------------------------------


def label(item: GoodsRow) -> Label:
    """Return the name of an item in both languages, as a part of a sentence."""
    return Label(item.name_id, en=item.name_en)


def whole(value: object, key: str, *, least: int = 1) -> int:
    """Return a quantity: a whole number of units. Raises `InvalidInput`."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        raise InvalidInput({key: _("Harus bilangan bulat dari {least} sampai {most}.", least=least, most=MOST)})
    return value


def require_keeper(by: Viewer, area: str) -> None:
    """Raise `Forbidden` for who keeps no goods, `NotFound` for who keeps those of other areas."""
    if not by.roles.intersection(access.GOODS_KEEPERS):
        raise Forbidden(action=_("mencatat barang"), allowed=access.names_of(access.GOODS_KEEPERS))
    if not access.keeps_goods(by, area):
        raise NotFound


def offices_of(session: Session, *, by: Viewer, keeps: bool = False) -> list[OfficeRow]:
    """Return the offices whose goods somebody may see, or keeps somewhere. Raises `Forbidden` where there is none."""
    roles = access.GOODS_KEEPERS if keeps else access.GOODS_READERS
    found = [office for office in offices.every(session) if access.knows_goods(by, office.area_code, roles)]
    if not found:
        action = _("mencatat barang") if keeps else _("melihat stok barang")
        raise Forbidden(action=action, allowed=access.names_of(roles))
    return found


def office_of(session: Session, area: str | None, *, by: Viewer, keeps: bool = False) -> OfficeRow:
    """Return the office of an area, else the first that has goods, of those somebody may see, or keeps somewhere."""
    found = offices_of(session, by=by, keeps=keeps)
    if not area:
        return next((office for office in found if goods.items(session, office.id)), found[0])
    wanted = areas.office_for(session, areas.known(session, area))
    if all(office.id != wanted.id for office in found):
        raise NotFound
    return wanted


def find_item(session: Session, office_id: str, named: str) -> GoodsRow:
    """Return an item of an office by id or code. Raises `InvalidInput` with those there are."""
    known = goods.items(session, office_id)
    found = next((row for row in known if named in {row.id, row.code} or named.upper() == row.code), None)
    if found is None:
        there = ", ".join(row.code for row in known) or "-"
        raise InvalidInput({"item": _("Barang ini tidak dikenal. Yang tercatat: {known}.", known=there)})
    return found


def find_place(session: Session, office_id: str, named: str, key: str = "place") -> GoodsRow:
    """Return a place of an office by id or name. Raises `InvalidInput` with those there are."""
    known = goods.places(session, office_id)
    found = next((row for row in known if named in {row.id, row.name}), None)
    if found is None:
        there = ", ".join(row.name for row in known) or "-"
        raise InvalidInput({key: _("Tempat ini tidak dikenal. Yang tercatat: {known}.", known=there)})
    return found
