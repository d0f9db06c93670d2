"""The letters of a case as its page shows them: number, addressee, how far each is, what was answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseflow.access import ACTS
from caseflow.actions import letter_drafts
from caseflow.actions import letters as letter_actions
from caseflow.actions.casework import Work
from caseflow.actions.letter_scans import SIGNED
from caseflow.actions.letter_waiting import DraftView
from caseflow.actions.views import CaseView
from caseflow.errors import Sentence, _
from caseflow.letters.catalogue import LetterKind
from caseflow.states.category import LetterUse
from caseflow.store import letters
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.places import Link
from caseflow.web.speech import Teller

LETTERS: dict[str, tuple[str, str, Sentence]] = {
    "numbered": ("plain", "today", _("Berkas sedang dibuat")),
    "rendered": ("plain", "letter", _("Siap dikirim")),
    "sent": ("waiting", "waiting", _("Terkirim")),
    "answered": ("done", "done", _("Sudah dijawab")),
    "void": ("late", "no", _("Batal")),
    "failed": ("late", "late", _("Gagal dibuat")),
}
"""State of a letter -> look, mark and word."""
OFFERED: tuple[str, str, Sentence] = ("waiting", "waiting", _("Jawaban menunggu konfirmasi"))
DRAFTS: dict[str, tuple[str, str, Sentence]] = {
    "waiting": ("waiting", "waiting", _("Menunggu paraf")),
    "returned": ("late", "no", _("Dikembalikan")),
    "withdrawn": ("plain", "no", _("Dibatalkan")),
}
"""State of a draft without a number -> look, mark and word."""
REFERRALS: dict[str, tuple[str, str, Sentence]] = {
    "waiting": ("waiting", "waiting", _("Suratnya menunggu paraf")),
    "open": ("waiting", "waiting", _("Belum dijawab")),
    "accepted": ("done", "done", _("Diterima")),
    "done": ("done", "done", _("Selesai")),
    "refused": ("late", "no", _("Ditolak")),
    "returned": ("late", "no", _("Dikembalikan")),
    "withdrawn": ("plain", "no", _("Ditarik")),
}


PURPOSES: dict[str, Sentence] = {
    "subject": _("Untuk klien dan keluarganya"),
    "institution": _("Kepada lembaga dan pihak lain"),
    "office": _("Untuk berkas dan petugas kantor"),
}
"""What letters are for, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The letters that can be prepared now: those the present state suggests, then the others by what they are for."""

    suggested: tuple[LetterKind, ...]
    others: tuple[tuple[Sentence, tuple[LetterKind, ...]], ...]


def grouped(work: Work, offers: Sequence[tuple[LetterKind, LetterUse]]) -> Offered | None:
    """Return the letters of a case as its page offers them; None where there are none."""
    first = tuple(kind for kind, use in offers if letter_drafts.suggested(work, kind, use))
    others = [
        (words, tuple(k for k, _u in offers if k not in first and k.purpose == key)) for key, words in PURPOSES.items()
    ]
    return Offered(first, tuple((words, kinds) for words, kinds in others if kinds)) if offers else None


@dataclass(frozen=True, slots=True)
class LetterShown:
    """A letter with its answer."""

    id: str
    title: Words
    about: tuple[str, ...]
    badge: tuple[str, str, Words]
    note: str
    pdf: Words | None
    """What its file is, once it is there."""
    links: tuple[Link, ...]


def letters_of(session: Session, view: CaseView, teller: Teller, offered: Collection[str]) -> tuple[LetterShown, ...]:
    """Return the letters of the case with their state and answer, newest first; `offered` kinds can be replaced."""
    kinds = letter_actions.kinds(session)
    answers = {r.columns["letter_id"]: r for r in view.referrals if r.columns["letter_id"]}
    base = f"/kasus/{view.row.number}"
    gone = view.subject.erased_at is not None
    numbers = {row.id: row.number for row in view.letters}
    scans = letters.scans(session, view.row.id) if view.letters and not gone else {}
    found = []
    for row in reversed(view.letters):
        answer = answers.get(row.id)
        to = row.addressee or ""
        day = teller.day(row.letter_date)
        about = teller.say(_("Kepada {to}, {day}", to=to, day=day) if to else _("Tanggal {day}", day=day))
        said = [about, teller.say(_("Nomor {number}", number=row.number))]
        if row.replaces_id in numbers:
            said.append(teller.say(_("Menggantikan nomor {number}", number=numbers[row.replaces_id])))
        found.append(
            LetterShown(
                id=row.id,
                title=kinds[row.kind].title if row.kind in kinds else row.kind,
                about=tuple(said),
                badge=_badge(row, answer),
                note=_letter_note(view, row, answer, teller),
                pdf=(_("PDF bertanda BATAL") if row.state == "void" else "PDF") if row.file_id and not gone else None,
                links=(*_scan(row, scans), *(() if gone else _letter_links(view, row, answer, base, offered))),
            )
        )
    return tuple(found)


def _scan(row: Any, scans: Mapping[str, str]) -> tuple[Link, ...]:  # noqa: ANN401 - a letter
    words = _("Pindaian yang ditandatangani")
    return (Link(f"/surat/{row.id}/pindaian.pdf", words),) if row.id in scans and row.state != "void" else ()


def drafts_of(session: Session, view: CaseView, teller: Teller, offered: Collection[str]) -> tuple[LetterShown, ...]:
    """Return the letters of the case that have no number yet, or never got one, newest first."""
    kinds = letter_actions.kinds(session)
    gone = view.subject.erased_at is not None
    return tuple(
        LetterShown(
            id=draft.row.id,
            title=kinds[draft.row.kind].title if draft.row.kind in kinds else draft.row.kind,
            about=_draft_about(draft, teller),
            badge=DRAFTS[draft.row.state],
            note=draft.reason or "",
            pdf=None,
            links=() if gone else tuple(_draft_links(view, draft, offered)),
        )
        for draft in reversed(view.drafts)
    )


def _draft_about(draft: DraftView, teller: Teller) -> tuple[str, ...]:
    asked = _("Diminta {who}, {when}.", who=draft.requester, when=teller.moment(draft.row.requested_at))
    given = [_("Sudah diparaf: {posts}.", posts=", ".join(draft.initials))] if draft.initials else []
    return tuple(teller.say(line) for line in (asked, draft.told, *given))


def _draft_links(view: CaseView, draft: DraftView, offered: Collection[str]) -> list[Link]:
    base = f"/kasus/{view.row.number}/surat/{draft.row.id}"
    may = view.roles.intersection(ACTS["issue_letter"])
    links = [Link(f"/paraf/{draft.row.id}.pdf", _("Lihat konsep"))] if may else []
    if draft.mine:
        links += [Link(f"{base}/paraf", _("Paraf")), Link(f"{base}/kembalikan", _("Kembalikan konsep"))]
    if draft.row.state == "waiting" and may:
        links.append(Link(f"{base}/tarik", _("Batalkan konsep")))
    if draft.row.state == "returned" and draft.row.kind in offered and may:
        to = f"/kasus/{view.row.number}/surat/{draft.row.kind}/terbitkan?konsep={draft.row.id}"
        links.append(Link(to, _("Perbaiki: buat konsep baru")))
    return links


def _badge(row: Any, answer: Any) -> tuple[str, str, Words]:  # noqa: ANN401 - a letter and its referral
    if row.state != "void" and answer is not None and answer.columns["offered"]:
        return OFFERED
    if row.state in {"sent", "answered", "rendered"} and answer is not None and answer.columns["status"] != "open":
        return REFERRALS[answer.columns["status"]]
    if row.state == "sent" and answer is not None:
        return REFERRALS["open"]
    return LETTERS.get(row.state, LETTERS["numbered"])


def _letter_note(view: CaseView, row: Any, answer: Any, teller: Teller) -> str:  # noqa: ANN401 - as _badge
    if voided := view.voided.get(row.id):
        said = teller.say(_("Dibatalkan {day} oleh {who}.", day=teller.day(voided.on), who=voided.by))
        return f"{said} {voided.reason}" if voided.reason else said
    if answer is None or answer.columns["offered"]:
        return ""
    if answer.columns["status"] == "open":
        owed = next((o for o in view.obligations if o.ref_id == answer.id), None)
        if owed is None:
            return ""
        told = teller.due(owed, awaited=True)
        return f"{told.lead} {told.rest}"
    note = str(answer.words.get("note") or "")
    day = answer.columns["answered_on"]
    return f"{teller.day(day)}: {note}" if day and note else teller.day(day) if day else note


def _letter_links(view: CaseView, row: Any, answer: Any, base: str, offered: Collection[str]) -> list[Link]:  # noqa: ANN401 - as _badge
    links = []
    may = view.roles.intersection(ACTS["issue_letter"])
    if row.state in SIGNED and may:
        links.append(Link(f"{base}/surat/{row.id}/pindaian", _("Lampirkan pindaian")))
    if row.state == "rendered" and may:
        links.append(Link(f"{base}/surat/{row.id}/kirim", _("Catat terkirim")))
    awaited = answer is not None and answer.columns["status"] in {"open", "accepted"} and row.state != "void"
    if awaited and view.roles.intersection(ACTS["referral"]):
        links.extend(answer_links(base, answer))
    if row.state != "void" and row.kind in offered and may:
        links.append(Link(f"{base}/surat/{row.kind}/terbitkan?ganti={row.id}", _("Ganti surat")))
    if row.state != "void" and view.roles.intersection(ACTS["void_letter"]):
        links.append(Link(f"{base}/surat/{row.id}/batal", _("Batalkan surat")))
    return links


def answer_links(base: str, sent: Any) -> tuple[Link, ...]:  # noqa: ANN401 - a referral
    """Return what can be done about a referral that waits: look at the answer that came, or type one, or ask again."""
    here = f"{base}/rujukan/{sent.id}"
    if sent.columns["offered"]:
        return (Link(f"{here}/konfirmasi", _("Periksa jawabannya")),)
    return Link(f"{here}/jawab", _("Catat jawabannya")), Link(f"{here}/tautan", _("Buat tautan jawaban"))
