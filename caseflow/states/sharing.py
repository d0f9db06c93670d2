"""Telling another institution about somebody: for what, of which kind, and which consent covers which receiver."""

from dataclasses import dataclass

from caseflow.states.category import Text
from caseflow.states.facts import Consent, Facts

PURPOSES: dict[str, Text] = {
    "data": Text("pendataan dan penggunaan data", "collecting and using data"),
    "plan": Text("rencana intervensi", "the intervention plan"),
    "placement": Text("penempatan anak", "the child's placement"),
    "health_service": Text("penyampaian data kepada fasilitas kesehatan", "telling the health facility"),
    "health_insurance": Text("penyampaian data kepada BPJS Kesehatan", "telling the health insurer"),
    "referral": Text("rujukan ke lembaga lain", "a referral to another institution"),
}
INSIDE = ("data", "plan")
"""Purposes for which nothing leaves the office."""
RELATIONS: dict[str, Text] = {
    "self": Text("yang bersangkutan", "the person"),
    "father": Text("ayah kandung", "father"),
    "mother": Text("ibu kandung", "mother"),
    "legal_guardian": Text("wali yang sah", "legal guardian"),
    "court_order": Text("penetapan pengadilan", "court order"),
    "kin": Text("kerabat", "kin"),
    "representative": Text("wakil kelompok atau komunitas", "representative of the group or community"),
    "other": Text("lainnya", "other"),
}
INSTITUTIONS: dict[str, Text] = {
    "health_facility": Text("fasilitas kesehatan", "health facility"),
    "child_institution": Text("LKSA", "child welfare institution"),
    "health_insurer": Text("BPJS Kesehatan", "health insurer"),
    "civil_registry": Text("kependudukan dan pencatatan sipil", "civil registry"),
    "school": Text("sekolah atau dinas pendidikan", "school or education office"),
    "charity": Text("lembaga amal", "charity"),
    "care_home": Text("sentra, balai, atau panti rehabilitasi", "rehabilitation centre or care home"),
    "protection": Text("perlindungan perempuan dan anak, kepolisian", "women and child protection, police"),
    "social_office": Text("Dinas Sosial lain", "another social affairs office"),
    "government": Text("kecamatan, desa, atau perangkat daerah lain", "district, village or another agency"),
    "other": Text("lainnya", "other"),
}
"""Kinds of institutions."""
ANY = "any"
RECEIVERS: dict[str, Text] = {
    **INSTITUTIONS,
    ANY: Text("lembaga mana pun yang diperlukan rencana", "any institution that the plan needs"),
}
"""Whom a consent that names no institution lets hear: a kind, or any that the plan needs."""
MEANT_FOR = {
    "placement": "child_institution",
    "health_service": "health_facility",
    "health_insurance": "health_insurer",
}
"""Purposes that are about one kind of institution."""
SAVES_LIVES = ("health_facility", "protection", "child_institution", "care_home")
"""Kinds of institutions that treat, protect or take in somebody tonight: only they are told on the vital interest."""
VITAL_INTEREST = "vital_interest"
"""The basis of an emergency: the person's vital interest (UU 27/2022 article 20 paragraph 2 letter d)."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """The institution that a letter or a referral tells."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Basis:
    """On what the receiver may be told: a consent, or the vital interest."""

    code: str
    consent: str = ""


def kinds_of(purpose: str) -> tuple[str, ...]:
    """Return the kinds of institutions a consent for this purpose may name; none where no data leave the office."""
    return () if purpose in INSIDE else tuple(kind for kind in INSTITUTIONS if purpose in purposes_of(kind))


def purposes_of(kind: str) -> tuple[str, ...]:
    """Return the purposes of which one must be consented to before an institution of this kind is told."""
    own = tuple(purpose for purpose, of in MEANT_FOR.items() if of == kind)
    # Health and placement are asked for by name: a general yes to referrals is not an explicit consent to them.
    return (*own, "referral") if kind == "child_institution" else own or ("referral",)


def covers(consent: Consent, receiver: Receiver, *, by_name: bool = False) -> bool:
    """Tell whether a consent lets this institution hear; `by_name` asks that it names the institution itself."""
    if consent.institution:
        return consent.institution == receiver.id
    return not by_name and consent.receivers in {receiver.kind, ANY}


def covering(facts: Facts, purposes: tuple[str, ...], receiver: Receiver, *, by_name: bool = False) -> Consent | None:
    """Return the standing consent that lets a receiver hear: one that names it first, then the latest."""
    standing = [c for purpose in purposes for c in facts.consents_for(purpose) if covers(c, receiver, by_name=by_name)]
    return max(standing, key=lambda c: (bool(c.institution), c.receivers != ANY, c.id), default=None)
