"""The facts of one case that guards read, as frozen data; the store fills it, nothing here asks for more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

GROUPS = ("group", "community")
"""Subjects that agree through who represents them, and through nobody else."""
GUARDIANS = ("father", "mother", "legal_guardian")
"""Who may consent for a child: a parent or the guardian by court order (UU 35/2014, PP 29/2019)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One action of the plan in this cycle."""

    id: str
    intervention: str
    goal: str
    owner: str
    due: date | None
    status: str
    """planned | approved | done | cancelled."""
    result: str = ""
    """Of the goal, at evaluation: met | partly | not_met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A child living with a carer because of this case."""

    id: str
    kind: str
    start: date
    end: date | None
    next_review: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """A request to another institution: open | accepted | refused | done | returned | withdrawn."""

    id: str
    institution: str
    status: str
    sent_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One monitoring visit that took place."""

    id: str
    on: date
    cycle: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A standing or withdrawn agreement."""

    id: str
    purpose: str
    relation: str
    withdrawn: bool
    institution: str = ""
    """The one institution that may hear, by id; empty: those of `receivers`."""
    receivers: str = ""
    """A kind of institutions that may hear, or any; empty: nobody outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """The debt an emergency step left; None of it is owed once paid."""

    since: datetime
    ratified: bool
    paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a guard may look at, read in one moment."""

    state: str
    cycle: int
    today: date
    subject_kind: str
    risk: str | None = None
    child: bool = False
    died: bool = False
    erased: bool = False
    """The data were erased on request: nothing can be written about the subject any more."""
    held: bool = False
    assessed: bool = False
    previous_state: str | None = None
    closing_step: str | None = None
    visits_waived: bool = False
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plan: tuple[PlanItem, ...] = ()
    placements: tuple[Placement, ...] = ()
    referrals: tuple[Referral, ...] = ()
    visits: tuple[Visit, ...] = ()
    consents: tuple[Consent, ...] = ()
    emergency: Emergency | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    """What the taker says with the step (outcome, reason code, ...)."""
    note: str = ""

    def answers(self, stage: str) -> Mapping[str, Any]:
        """Return the answers of a stage in this cycle; nothing written yet is empty."""
        return self.records.get(stage, {})

    def consents_for(self, purpose: str) -> tuple[Consent, ...]:
        """Return the consents for a purpose that still stand and were given by somebody who may give them.

        For a child: a parent, the guardian or a court (UU 27/2022 article 25). For an adult: the person, the
        guardian or a court. Kin may agree to a plan (they are who will carry it out); a neighbour may agree to nothing.
        For a group or community: its representative.
        """
        own = () if self.child else ("self",)
        of_person = (*own, *GUARDIANS, "court_order", *(("kin",) if purpose == "plan" else ()))
        may = ("representative",) if self.subject_kind in GROUPS else of_person
        return tuple(c for c in self.consents if c.purpose == purpose and not c.withdrawn and c.relation in may)
