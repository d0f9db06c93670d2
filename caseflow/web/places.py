"""The checklist of a step: each condition met or not, with links to the places where it can be met."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from caseflow.access import ACTS, GLASS, Viewer
from caseflow.actions.casework import Work
from caseflow.actions.referrals import PREPARED
from caseflow.errors import _
from caseflow.states import guards, machine
from caseflow.states.category import Text
from caseflow.states.sharing import INSTITUTIONS, PURPOSES
from caseflow.store import children, institutions
from caseflow.store.session import Session
from caseflow.store.tables import referral
from caseflow.web.environment import Words

SAID_LATER = {"termination_is_documented"}
"""Conditions on what is said with the step: before it is said, they are neither met nor not."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where something can be done."""

    to: str
    words: Words


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a step or act."""

    met: bool
    words: Words
    links: tuple[Link, ...] = ()


def checks_of(session: Session, work: Work, step: str, unmet: Iterable[guards.Unmet]) -> tuple[Check, ...]:
    """Return the conditions of a step or act, those that are not met first in their order, then those that are.

    One that asks for nothing in this case is left out: it is neither.
    """
    lacking = tuple(unmet)
    left = {u.guard for u in lacking} | SAID_LATER
    asking = guards.asking(machine.guards_of(work.category, step), work.facts, work.category)
    met = [Check(True, guard.label) for guard in asking if guard.name not in left]
    return (*(_unmet(session, work, u.guard, u.label, u.places) for u in lacking), *met)


def checks_told(session: Session, work: Work, told: Iterable[Mapping[str, str]]) -> tuple[Check, ...]:
    """Return the conditions that an action refused with, as an error carries them."""
    return tuple(
        _unmet(
            session,
            work,
            u["guard"],
            Text(u["message"], u.get("message_en", u["message"])),
            tuple(u.get("places", "").split()),
        )
        for u in told
    )


def nobody(session: Session, by: Viewer, kind: str | None = None) -> tuple[Check, ...]:
    """Return what is unmet where no institution is on record that something could go to."""
    if institutions.listing(session, kind):
        return ()
    words = _("Belum ada lembaga yang tercatat.")
    if kind:
        words = _("Belum ada lembaga jenis ini yang tercatat: {kind}", kind=INSTITUTIONS[kind].sentence)
    links = (Link("/lembaga/baru", _("Catat lembaga")),) if "admin" in by.roles else ()
    return (Check(False, words, links),)


def _unmet(session: Session, work: Work, guard: str, label: Text, places: tuple[str, ...]) -> Check:
    """The links name what is missing, so the sentence need not."""
    links = links_of(session, work, guard, places)
    words = guards.GUARDS[guard].said_unmet if links and guard in guards.GUARDS else label
    return Check(False, words, links)


def links_of(session: Session, work: Work, guard: str, places: tuple[str, ...]) -> tuple[Link, ...]:
    """Return where the reader can mend the places of an unmet condition; equal addresses once.

    Nothing for who opened a closed file in need: reading is all they may.
    """
    found: dict[str, Link] = {}
    if GLASS in work.by.roles:
        return ()
    for place in places:
        link = _link(session, work, guard, place)
        act = NEEDS.get(place.partition(":")[0])
        if link is not None and ("#" in link.to or act is None or work.roles.intersection(ACTS[act])):
            found.setdefault(link.to, link)
    return tuple(found.values())


def _link(session: Session, work: Work, guard: str, place: str) -> Link | None:
    base = f"/kasus/{work.row.number}"
    kind, colon, name = place.partition(":")
    if colon:
        return _of_thing(session, work, guard, kind, name)
    stage, dot, key = place.partition(".")
    if key == "conference_on":
        return Link(f"{base}/pembahasan", _("Catat notulen pembahasan kasus"))
    if dot:
        return Link(f"{base}/catatan/{stage}#f-{key}", _field_label(work, stage, key))
    if place == "risk":
        stage = "data_collection" if work.row.state == "data_collection" else "assessment"
        return Link(f"{base}/catatan/{stage}#f-risk", _("Tetapkan tingkat risiko"))
    if place in SAID_WITH_STEP:
        return Link(f"#f-details.{place}", _("Lengkapi keterangannya"))
    known = PLACES.get(place)
    return Link(base + known.to, known.words) if known else None


PLACES: dict[str, Link] = {
    "plan": Link("/rencana/baru", _("Tambah kegiatan")),
    "evaluation": Link("/rencana", _("Nilai hasil setiap tujuan")),
    "visit": Link("/kunjungan/baru", _("Catat kunjungan")),
    "emergency": Link("/langkah/ratify_emergency", _("Minta pengesahan tindakan darurat")),
    "history": Link("/riwayat", _("Lihat riwayat")),
}
"""Place of a guard -> where on the case it is mended."""
NEEDS = {
    "plan": "plan",
    "visit": "visit",
    "consent": "consent",
    "referral": "referral",
    "placement": "placement",
    "letter": "issue_letter",
}
"""Kind of a place -> the act its page is for; every other place is a page for whoever reads the case."""
SAID_WITH_STEP = ("death_date", "source", "duplicate_of")
"""Places that are answers of the step's own form."""


def _of_thing(session: Session, work: Work, guard: str, kind: str, name: str) -> Link | None:
    base = f"/kasus/{work.row.number}"
    match kind:
        case "plan":
            return Link(f"{base}/rencana/{name}/{_plan_act(guard)}", _plan_words(work, guard, name))
        case "consent":
            return _consent_link(session, base, name)
        case "referral":
            row = children.get(session, referral, work.row.id, name)
            if row is not None and row.status == PREPARED:
                return Link(f"{base}#surat", _("Surat rujukannya menunggu paraf"))
            return Link(f"{base}/rujukan/{name}/jawab", _referral_words(session, work, name))
        case "placement":
            return Link(f"{base}/penempatan/{name}/akhiri", _("Akhiri penempatan"))
        case "letter":
            return Link(f"{base}/surat/{name}/terbitkan", _("Lengkapi dan terbitkan surat"))
        case _:
            return None


def _consent_link(session: Session, base: str, name: str) -> Link:
    """A place names the purpose, and the institution where it is known who is to be told."""
    purpose, _colon, receiver_id = name.partition(":")
    label = PURPOSES.get(purpose)
    words: Words = _("Catat persetujuan")
    if label is not None:
        words = Text(f"Catat persetujuan: {label.id}", f"Record consent: {label.en}")
    row = institutions.by_id(session, receiver_id) if receiver_id else None
    if row is None:
        return Link(f"{base}/persetujuan-klien/baru?untuk={purpose}", words)
    words = _("Catat persetujuan untuk {receiver}", receiver=row.name)
    return Link(f"{base}/persetujuan-klien/baru?untuk={purpose}&kepada={row.id}", words)


def _plan_act(guard: str) -> str:
    if guard == "every_goal_is_evaluated":
        return "nilai"
    return "selesai" if guard == "every_action_is_settled" else "ubah"


def _plan_words(work: Work, guard: str, item_id: str) -> Words:
    item = next((i for i in work.facts.plan if i.id == item_id), None)
    kind = work.category.intervention(item.intervention) if item else None
    name = kind.name if kind else Text("kegiatan", "action")
    lead = {"selesai": ("Isi hasil: ", "Report: "), "nilai": ("Nilai hasil: ", "Evaluate: ")}
    before = lead.get(_plan_act(guard), ("Lengkapi: ", "Complete: "))
    return Text(before[0] + name.id, before[1] + name.en)


def _referral_words(session: Session, work: Work, referral_id: str) -> Words:
    found = next((r for r in work.facts.referrals if r.id == referral_id), None)
    receiver = institutions.by_id(session, found.institution) if found else None
    if receiver is None:
        return _("Catat jawabannya")
    row = children.get(session, referral, work.row.id, referral_id)
    if row is not None and row.offered:
        return _("Jawaban {name} menunggu konfirmasi", name=receiver.name)
    return _("{name} belum menjawab", name=receiver.name)


def _field_label(work: Work, stage: str, key: str) -> Words:
    if key == "criteria":
        return _("Periksa jawaban pemilahan")
    for field in work.category.fields_of(stage):
        if field.key == key:
            return field.label
    for criterion in work.category.screening.criteria:
        if guards.criterion_key(criterion) == key:
            return criterion.label
    return _("Isi catatan tahap")
