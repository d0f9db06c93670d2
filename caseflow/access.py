"""Who may see and do what, where: one pure rule. store/scope.py is the same rule as a SQL filter."""

from collections.abc import Collection
from dataclasses import dataclass, field

from caseflow.errors import Forbidden, Label, NotFound, Sentence, _, listed
from caseflow.ids import area_within, within_any
from caseflow.states.lifecycle import ROLES, STEPS

AREA_READERS = ("supervisor", "head", "auditor")
"""Roles that see every case of their area that is not R3."""
CONTENT_ROLES = ("intake", "caseworker", *AREA_READERS)
OPENERS = ("intake", "caseworker", "supervisor")
SYSTEM_USER = "00000000-0000-7000-8000-000000000001"
"""The actor of what jobs do; never a person, cannot log in."""


ADDRESSEE = "addressee"
"""What a partner is in the case of a referral to its institution, for one answer; no stored grant has it."""
CONCERNED = "concerned"
"""What somebody is in a case for a question about one of its entries; no stored grant has it."""
GLASS = "glass"
"""What somebody is in a closed file they opened in need, for reading it; no stored grant has it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one area, already filtered to today; `for_user` names who is stood in for."""

    role: str
    area: str
    for_user: str = ""
    institution_id: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person acting now, with the grants of today."""

    user_id: str
    name: str
    grants: tuple[Grant, ...] = ()
    language: str = "id"
    username: str = ""

    @property
    def roles(self) -> frozenset[str]:
        """Every role held anywhere today."""
        return frozenset(g.role for g in self.grants)

    def areas(self, *roles: str) -> tuple[str, ...]:
        """Return the areas in which one of the roles is held."""
        return tuple(sorted({g.area for g in self.grants if g.role in roles}))


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rule looks at in a case."""

    area: str
    confidentiality: str
    state: str
    assignee_id: str | None
    opened_by: str
    team: frozenset[str] = field(default_factory=frozenset)


def roles_in(viewer: Viewer, scope: Scope) -> frozenset[str]:
    """Return the roles the viewer has in this case; none means the case is not visible.

    R3 (closed file): the assignee and the named team only, whatever the area. Otherwise: area readers by area;
    caseworkers what is assigned to them and what is in their area; intake officers what they opened there, and data
    collection in their area.
    """
    if viewer.user_id == SYSTEM_USER:
        return frozenset({"system"})
    # Whoever made such a grant has found the referral, the entry, or the opening in need, in this case.
    if passing := viewer.roles.intersection({ADDRESSEE, CONCERNED, GLASS}):
        return passing
    mine = scope.assignee_id == viewer.user_id
    named = mine or viewer.user_id in scope.team
    found = set()
    for grant in viewer.grants:
        inside = area_within(scope.area, grant.area)
        if scope.confidentiality == "R3":
            counts = named and grant.role in CONTENT_ROLES and (mine or inside)
        elif grant.role in AREA_READERS:
            counts = inside
        elif grant.role == "caseworker":
            counts = mine or inside
        elif grant.role == "intake":
            counts = inside and (scope.opened_by == viewer.user_id or scope.state == "data_collection")
        else:
            counts = False
        if counts:
            found.add(grant.role)
    return frozenset(found)


SYSTEM = Viewer(SYSTEM_USER, "caseflow")
"""Who jobs act as."""


def require_visible(viewer: Viewer, scope: Scope | None) -> frozenset[str]:
    """Return the viewer's roles in the case, or raise `NotFound`: absent and not visible are one answer."""
    roles = roles_in(viewer, scope) if scope else frozenset()
    if not roles:
        raise NotFound
    return roles


ACTS: dict[str, tuple[str, ...]] = {
    "open": OPENERS,
    "record": ("caseworker",),
    "record_data_collection": ("intake", "caseworker"),
    "plan": ("caseworker",),
    "placement": ("caseworker",),
    "consent": ("intake", "caseworker"),
    "referral": ("caseworker",),
    "withdraw_referral": ("supervisor",),
    "visit": ("caseworker",),
    "conference": ("caseworker",),
    "deliver": ("caseworker",),
    "undo_delivery": ("supervisor",),
    "attach": ("intake", "caseworker", "supervisor"),
    "withdraw_attachment": ("supervisor",),
    "instrument": ("intake", "caseworker"),
    "decide_instrument": ("caseworker", "supervisor"),
    "issue_letter": ("caseworker", "supervisor", "head"),
    "void_letter": ("supervisor", "head"),
    "assign": ("supervisor",),
    "hold": ("caseworker", "supervisor", "system"),
    "try_category": ("caseworker", "supervisor", "head"),
    "change_category": ("supervisor",),
    "open_closed_file": ("head",),
    "transfer": ("supervisor",),
    "waive_visits": ("supervisor",),
    "team": ("supervisor",),
    "person": ("intake", "caseworker"),
    "risk": ("intake", "caseworker"),
    "ask_erasure": ("caseworker", "supervisor"),
    "erase": ("head",),
}
"""Acts that are no steps: the roles that may do them in a case they see."""

ACT_LABELS = {
    "open": _("membuka kasus"),
    "record": _("mengisi catatan tahap"),
    "record_data_collection": _("mengisi pengumpulan data"),
    "plan": _("mengubah rencana"),
    "placement": _("mencatat penempatan"),
    "consent": _("mencatat persetujuan klien"),
    "referral": _("mencatat rujukan"),
    "withdraw_referral": _("menarik rujukan"),
    "visit": _("mencatat kunjungan"),
    "conference": _("mencatat pembahasan kasus"),
    "deliver": _("menyerahkan barang"),
    "undo_delivery": _("membatalkan penyerahan barang"),
    "attach": _("melampirkan foto dan dokumen"),
    "withdraw_attachment": _("menarik lampiran orang lain"),
    "instrument": _("mengisi instrumen"),
    "decide_instrument": _("memutuskan hasil instrumen"),
    "issue_letter": _("menerbitkan surat"),
    "void_letter": _("membatalkan surat"),
    "assign": _("menugaskan pendamping"),
    "hold": _("menunda kasus"),
    "try_category": _("melihat akibat kategori lain"),
    "change_category": _("mengubah kategori kasus"),
    "open_closed_file": _("membuka berkas tertutup bagi wilayahnya"),
    "transfer": _("memindahkan kasus ke wilayah lain"),
    "waive_visits": _("membebaskan kunjungan"),
    "team": _("mengatur tim kasus tertutup"),
    "person": _("mengubah data diri"),
    "risk": _("menetapkan tingkat risiko"),
    "ask_erasure": _("meminta penghapusan data"),
    "erase": _("memutuskan penghapusan data"),
}


def require_act(roles: frozenset[str], act: str) -> None:
    """Raise `Forbidden` unless one of the roles may do the act."""
    if not roles.intersection(ACTS[act]):
        raise Forbidden(action=ACT_LABELS[act], allowed=names_of(ACTS[act]))


def require_step_roles(roles: frozenset[str], step: str, allowed: tuple[str, ...]) -> None:
    """Raise `Forbidden` unless one of the roles is among those the category allows."""
    if not roles.intersection(allowed):
        raise Forbidden(action=STEPS[step].label.sentence, allowed=names_of(allowed))


def names_of(roles: tuple[str, ...]) -> Sentence:
    """Return the roles as a part of a sentence."""
    return listed(Label(ROLES[r].id.lower(), en=ROLES[r].en.lower()) for r in roles)


# --- goods of an office ----------------------------------------------------------------------------------------------

GOODS_KEEPERS = ("supervisor", "admin")
"""Who records what comes in, is moved and counted: of the place's own area, never who only hands goods over."""
GOODS_READERS = ("caseworker", *AREA_READERS, "admin")


def keeps_goods(viewer: Viewer, area: str) -> bool:
    """Tell whether the viewer records the goods that lie in an area."""
    return within_any(area, viewer.areas(*GOODS_KEEPERS))


def knows_goods(viewer: Viewer, office_area: str, roles: tuple[str, ...]) -> bool:
    """Tell whether the viewer holds one of the roles anywhere in the area of an office, or around it."""
    return any(area_within(office_area, mine) or area_within(mine, office_area) for mine in viewer.areas(*roles))


# --- administration --------------------------------------------------------------------------------------------------

EVERYWHERE = ""
"""The area of the operator's own grant, at the command line; no stored grant has it."""


def administers(viewer: Viewer, area: str) -> bool:
    """Tell whether the viewer's grant as an administrator covers an area."""
    held = viewer.areas("admin")
    return EVERYWHERE in held or within_any(area, held)


def administers_all(viewer: Viewer, offices: Collection[str]) -> bool:
    """Tell whether the viewer administers the installation: every office, by area, is covered.

    Where there is no office yet, that is the operator alone.
    """
    return EVERYWHERE in viewer.areas("admin") or (bool(offices) and all(administers(viewer, a) for a in offices))
