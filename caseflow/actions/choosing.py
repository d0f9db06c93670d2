"""Who might take a case, best first and why: one rule for giving a case and for handing one over. A person decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import psks, reading
from caseflow.definitions.psks import PsksType
from caseflow.errors import Label, Sentence, _, listed
from caseflow.ids import area_within
from caseflow.states.lifecycle import INITIAL
from caseflow.store import handover, users
from caseflow.store import psks as rows
from caseflow.store.handover import Load
from caseflow.store.session import Session

KABUPATEN = 4
"""Digits of the code of a kabupaten."""
LANGUAGE = "language"
"""The question of data collection that says which language is spoken, in the categories that ask it."""


@dataclass(frozen=True, slots=True)
class Need:
    """What counts about a case: where it lies, which bidang handles it, which language is spoken, as far as known."""

    area: str
    bidang: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may take a case: how much they have, where they work, and what the register of helpers knows."""

    id: str
    name: str
    load: Load
    areas: tuple[str, ...]
    """Where they are caseworker today."""
    roles: tuple[tuple[PsksType, str], ...] = ()
    """Kind and area of each role held today."""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with the reasons in the order they count."""

    candidate: Candidate
    reasons: tuple[Sentence, ...]
    near: bool

    @property
    def words(self) -> Sentence:
        """Name and reasons as one sentence."""
        return _("{name}: {reasons}", name=self.candidate.name, reasons=listed(self.reasons))


def ranked(need: Need, able: Iterable[Candidate], given: Mapping[str, int] | None = None) -> tuple[Ranked, ...]:
    """Return the candidates, best first: near, of a fitting role, of few cases with those `given` now, of the language.

    Where the language of a case is known, whoever speaks it comes before the number of cases.
    """
    more = given or {}

    def place(one: Candidate) -> tuple[Any, ...]:
        fits = any(_fits(kind, need) for kind, area in one.roles if area_within(need.area, area))
        cases = one.load.open + more.get(one.id, 0)
        return (-_nearness(one, need.area), not fits, not _spoken(one, need), cases, one.name, one.id)

    found = sorted(able, key=place)
    return tuple(Ranked(one, _reasons(one, need, more), _nearness(one, need.area) > 0) for one in found)


def _reasons(one: Candidate, need: Need, given: Mapping[str, int]) -> tuple[Sentence, ...]:
    near = {2: _("wilayah sama"), 1: _("sudah punya kasus di kecamatan ini")}
    said = [near[n]] if (n := _nearness(one, need.area)) else []
    said.append(_("{n} kasus", n=one.load.open + given.get(one.id, 0)))
    here = {kind.code: kind for kind, area in one.roles if area_within(need.area, area)}.values()
    said += [_lower(kind) for kind in sorted(here, key=lambda kind: (not _fits(kind, need), kind.code))]
    said += [_("berbahasa {language}", language=word.title()) for word in _spoken(one, need)]
    return tuple(said)


def _lower(kind: PsksType) -> Label:
    """Return a kind's name as it stands inside a sentence; an abbreviation stays as it is."""
    names = [said if said[:2].isupper() else said[:1].lower() + said[1:] for said in (kind.name.id, kind.name.en)]
    return Label(names[0], en=names[1])


def _fits(kind: PsksType, need: Need) -> bool:
    return bool(need.bidang) and need.bidang in kind.bidang


def _spoken(one: Candidate, need: Need) -> list[str]:
    """Return the languages of somebody that a case's answer names."""
    said = need.language.lower()
    return [word for word in one.languages if word and word in said]


def _nearness(one: Candidate, area: str) -> int:
    """Return how near somebody works: 2 by a role for the kecamatan or the village, 1 by cases there, else 0."""
    held = (*one.areas, *(place for _kind, place in one.roles))
    if any(area_within(area, mine) and len(mine) > KABUPATEN for mine in held):
        return 2
    return int(one.load.within(area) > 0)


# --- looking them up -------------------------------------------------------------------------------------------------


def known(session: Session, found: Sequence[Candidate], *, on: date) -> list[Candidate]:
    """Return candidates with what the register of helpers knows of them."""
    people = {row.user_id: row for row in rows.of_users(session, [one.id for one in found])}
    if not people:
        return list(found)
    held, kinds = rows.roles_of(session, [row.id for row in people.values()]), psks.types(session)

    def filled(one: Candidate) -> Candidate:
        row = people.get(one.id)
        if row is None:
            return one
        roles = tuple(
            (kinds[role.type], role.area_code)
            for role in held.get(row.id, ())
            if role.type in kinds and role.starts_on <= on and (role.ends_on is None or role.ends_on >= on)
        )
        return Candidate(one.id, one.name, one.load, one.areas, roles, tuple(row.languages))

    return [filled(one) for one in found]


def for_case(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[Ranked, ...]:
    """Return who may take a case, best first; cases are counted as far as the reader may see them.

    Raises `NotFound` for a case that is absent or not visible, `Forbidden` for who gives no case to anybody.
    """
    work = reading.look(session, case, by=by, at=at, part="assignees")
    access.require_act(work.roles, "assign")
    able = users.holders(session, "caseworker", work.row.area_code, work.today)
    loads, held = handover.loads(session, by, at=at), handover.grants(session, able, work.today)
    found = [
        Candidate(row.id, row.name, loads.get(row.id) or Load(), tuple(held.get(row.id, ())))
        for row in handover.accounts(session, able)
    ]
    spoken = str(work.facts.answers(INITIAL).get(LANGUAGE) or "")
    need = Need(work.row.area_code, work.category.bidang, spoken)
    return ranked(need, known(session, found, on=work.today))
