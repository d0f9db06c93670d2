"""The history of a case in plain sentences: who did what, when it happened, when it was typed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseflow.actions.attachments import KINDS
from caseflow.actions.erasure import BASES
from caseflow.actions.letters import kinds
from caseflow.actions.views import CaseView, Event
from caseflow.errors import Sentence, _
from caseflow.states.category import PLACEMENTS, Category
from caseflow.states.lifecycle import OUTCOMES, STEPS, TERMINATION_REASONS
from caseflow.states.sharing import PURPOSES
from caseflow.store import institutions, users
from caseflow.store.session import Session
from caseflow.web.entry_names import Names
from caseflow.web.environment import Words
from caseflow.web.instrument_history import INSTRUMENTS
from caseflow.web.letter_history import LETTERS
from caseflow.web.sheets.plan import RESULTS
from caseflow.web.sheets.referrals import ANSWERS
from caseflow.web.speech import Teller

LONGEST_LINE = 240


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as a reader sees it."""

    when: str
    text: str
    gap: str = ""
    lines: tuple[str, ...] = ()
    moved: bool = False
    """The case went to another state."""


def told(
    session: Session, events: Iterable[Event], category: Category, teller: Teller, referrals: Mapping[str, str]
) -> tuple[Told, ...]:
    """Return entries, newest first, in the words of one reader; `referrals` names the receiver of each."""
    found = list(events)
    names = _names(session, found, category, teller, referrals)
    return tuple(_told(event, names) for event in reversed(found))


def receivers(view: CaseView) -> Mapping[str, str]:
    """Return referral id -> the name of its receiver."""
    return {r.id: str(r.columns["institution"]) for r in view.referrals}


def _names(
    session: Session, events: list[Event], category: Category, teller: Teller, referrals: Mapping[str, str]
) -> Names:
    ids = {
        str(e.data[k]) for e in events for k in ("requested_by", "approved_by", "assignee", "officer") if e.data.get(k)
    }
    wanted = {e.data.get("institution") or "" for e in events} - {""}
    rows = [institutions.by_id(session, i) for i in sorted(wanted)]
    receivers = {r.id: r.name for r in rows if r is not None}
    return Names(
        teller=teller,
        category=category,
        people=users.names(session, ids) | {e.actor: e.actor_name for e in events},
        institutions=receivers,
        referrals=referrals,
        letters={name: kind.title for name, kind in kinds(session).items()},
    )


def _told(event: Event, names: Names) -> Told:
    teller = names.teller
    words = event.words or {}
    lines = [_("Isinya sudah dihapus sesuai permintaan.")] if event.words is None else _lines(event, words, names)
    return Told(
        when=teller.moment(event.entered_at),
        text=teller.say(sentence_of(event.code, event.actor_name, event.data, names)),
        gap=_gap(event, teller),
        lines=tuple(teller.say(line) for line in lines),
        moved=event.code == "case:step:taken" and event.data.get("from") != event.data.get("to"),
    )


def _gap(event: Event, teller: Teller) -> str:
    days = (teller.day_of(event.entered_at) - event.event_date).days
    if days <= 0:
        return ""
    return teller.say(_("Terjadi {day}, diketik {n} hari kemudian", day=teller.day(event.event_date), n=days))


def _lines(event: Event, words: Mapping[str, Any], names: Names) -> list[Words]:
    said: list[Words] = []
    details = words.get("details") or {}
    if outcome := details.get("outcome"):
        said.append(_("Hasil: {what}", what=names.teller.say(OUTCOMES[outcome]) if outcome in OUTCOMES else outcome))
    if reason := details.get("reason_code"):
        label = TERMINATION_REASONS.get(reason)
        said.append(_("Sebab: {what}", what=names.teller.say(label) if label else reason))
    if died := details.get("death_date"):
        said.append(_("Meninggal {day}", day=names.teller.full_day(date.fromisoformat(died))))
    lead = _("Alasan: {text}") if _needs_reason(event) else _("Catatan: {text}")
    said += [Sentence(lead.msgid, text=_short(words[key])) for key in ("note", "reason") if words.get(key)]
    said += [Sentence(lead.msgid, text=_short(words[key])) for key, lead in SAID_OF.items() if words.get(key)]
    return said


SAID_OF: dict[str, Sentence] = {
    "despite": _("Bantuan yang sama sudah diketahui; tetap disetujui karena: {text}"),
    "handed": _("Yang diserahterimakan: {text}"),
    "lower_reason": _("Mengapa berkasnya boleh kurang tertutup: {text}"),
    "finding": _("Hasil: {text}"),
    "goal": _("Tujuan: {text}"),
    "need": _("Yang diminta: {text}"),
    "applicant": _("Pemohon: {text}"),
    "giver": _("Yang menyetujui: {text}"),
}
"""Key of what was written -> how it is told."""


def _needs_reason(event: Event) -> bool:
    if event.code in {"case:step:taken", "case:review:asked"}:
        step = STEPS.get(str(event.data.get("step")))
        return bool(step and step.reason)
    asked = {"case:erasure:asked", "case:file:opened", "case:category:changed", "case:transfer:offered"}
    return event.code in asked or event.code.split(":")[-1] in {
        "refused",
        "returned",
        "cancelled",
        "withdrawn",
        "waived",
        "voided",
        "ended",
        "held",
    }


def _short(text: Any) -> str:  # noqa: ANN401 - a word of a payload
    flat = " ".join(str(text).split())
    return flat if len(flat) <= LONGEST_LINE else f"{flat[:LONGEST_LINE]}…"


# --- sentences -----------------------------------------------------------------------------------------------------


def sentence_of(code: str, who: str, data: Mapping[str, Any] | None = None, names: Names | None = None) -> Sentence:
    """Return what an entry says; without its data, the plain act."""
    if data is not None and names is not None and code in FULL:
        return FULL[code](who, data, names)
    plain = PLAIN.get(code, ELSE)
    return _fill(plain, who)


def _fill(sentence: Sentence, who: str) -> Sentence:
    return Sentence(sentence.msgid, who=who)


ELSE = _("{who} mencatat perubahan.")
PLAIN: dict[str, Sentence] = {
    "case:opened": _("{who} mencatat kasus baru."),
    "case:record:saved": _("{who} menyimpan catatan tahap."),
    "case:step:taken": _("{who} mengambil langkah."),
    "case:review:asked": _("{who} meminta persetujuan."),
    "case:review:granted": _("{who} menyetujui permintaan."),
    "case:review:refused": _("{who} menolak permintaan."),
    "case:review:withdrawn": _("{who} menarik permintaan persetujuan."),
    "case:review:voided": _("Permintaan persetujuan gugur karena datanya berubah."),
    "case:review:moved": _("Batas waktu persetujuan berpindah karena hari kerja kantor berubah."),
    "case:emergency:paid": _("Kelengkapan setelah tindakan darurat sudah dipenuhi."),
    "case:plan_item:added": _("{who} menambah kegiatan ke rencana."),
    "case:plan_item:changed": _("{who} mengubah kegiatan rencana."),
    "case:plan_item:done": _("{who} menyelesaikan kegiatan rencana."),
    "case:plan_item:cancelled": _("{who} membatalkan kegiatan rencana."),
    "case:plan_item:evaluated": _("{who} menilai hasil kegiatan."),
    "case:visit:recorded": _("{who} mencatat kunjungan."),
    "case:conference:planned": _("{who} merencanakan pembahasan kasus."),
    "case:conference:held": _("{who} mencatat notulen pembahasan kasus."),
    "case:conference:cancelled": _("{who} membatalkan pembahasan kasus."),
    "case:attachment:added": _("{who} melampirkan foto atau dokumen."),
    "case:attachment:withdrawn": _("{who} menarik foto atau dokumen; berkasnya dimusnahkan."),
    "case:goods:delivered": _("{who} menyerahkan barang."),
    "case:goods:returned": _("{who} mencatat barang yang dikembalikan."),
    "case:goods:reversed": _("{who} membatalkan penyerahan barang; stoknya kembali."),
    "case:goods_return:reversed": _("{who} membatalkan pengembalian barang."),
    "case:roster:joined": _("{who} mencatat anggota baru di daftar anggota."),
    "case:roster:left": _("{who} mencatat anggota yang keluar dari daftar anggota."),
    "case:registry:checked": _("{who} mencatat pemeriksaan data terpadu."),
    "case:instrument:filled": _("{who} mengisi instrumen."),
    "case:instrument:decided": _("{who} memutuskan hasil instrumen."),
    "case:visits:waived": _("{who} membebaskan sisa kunjungan monitoring."),
    "case:referral:sent": _("{who} mencatat rujukan."),
    "case:referral:answered": _("{who} mencatat jawaban rujukan."),
    "case:referral:withdrawn": _("{who} menarik rujukan."),
    "case:referral:offered": _("Jawaban rujukan masuk lewat kode balasan, menunggu konfirmasi."),
    "case:referral:declined": _("{who} tidak menerima jawaban yang masuk lewat kode."),
    "case:referral:linked": _("{who} membuat tautan jawaban baru."),
    "case:consent:given": _("{who} mencatat persetujuan klien."),
    "case:consent:withdrawn": _("{who} mencatat bahwa persetujuan klien ditarik."),
    "case:placement:started": _("{who} memulai penempatan."),
    "case:placement:reviewed": _("{who} meninjau penempatan."),
    "case:placement:ended": _("{who} mengakhiri penempatan."),
    "case:letter:drafted": _("{who} meminta surat; konsepnya menunggu paraf."),
    "case:letter:initialled": _("{who} memaraf konsep surat."),
    "case:letter:returned": _("{who} mengembalikan konsep surat."),
    "case:letter:withdrawn": _("Konsep surat dibatalkan; nomornya belum pernah diambil."),
    "case:letter:issued": _("{who} menerbitkan surat."),
    "case:letter:scanned": _("{who} melampirkan pindaian surat yang ditandatangani."),
    "case:letter:sent": _("{who} mencatat surat terkirim."),
    "case:letter:voided": _("{who} membatalkan surat."),
    "case:letter:withheld": _("Surat belum dapat diterbitkan bersama langkah ini."),
    "case:confidentiality:raised": _("Kerahasiaan kasus dinaikkan menurut isi catatannya."),
    "case:confidentiality:lowered": _("Jawaban kesehatan ditarik sebelum dipakai; kerahasiaan kasus kembali biasa."),
    "case:definition:migrated": _("Kasus pindah ke versi baru kategorinya; jawabannya dipetakan."),
    "case:assigned": _("{who} menugaskan pendamping."),
    "case:category:changed": _("{who} mengubah kategori kasus."),
    "case:transfer:offered": _("{who} menawarkan kasus ini kepada wilayah lain."),
    "case:transfer:accepted": _("{who} menerima kasus ini di wilayahnya."),
    "case:transfer:refused": _("{who} tidak menerima kasus ini."),
    "case:transfer:withdrawn": _("{who} menarik tawaran kasus ini."),
    "case:held": _("{who} menunda kasus."),
    "case:resumed": _("{who} melanjutkan kasus yang ditunda."),
    "case:household:joined": _("{who} mencatat anggota keluarga baru."),
    "case:household:left": _("{who} mencatat anggota yang keluar."),
    "case:person:changed": _("{who} mengubah data diri klien."),
    "case:erasure:asked": _("{who} mencatat permintaan penghapusan data."),
    "case:erasure:refused": _("{who} menolak permintaan penghapusan data."),
    "case:erasure:withdrawn": _("{who} menarik permintaan penghapusan data."),
    "case:subject:erased": _("Data dihapus atas permintaan."),
    "case:file:opened": _("{who} membuka berkas tertutup ini selama tiga jam lewat akses darurat."),
    "case:question:asked": _("{who} mengajukan pertanyaan tentang sebuah langkah."),
    "case:question:answered": _("{who} menjawab pertanyaan tentang sebuah langkah."),
    "case:question:closed": _("{who} menutup pertanyaan tentang sebuah langkah."),
}
"""Entry code -> the act, with nothing of its data."""


def _record(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    return _("{who} menyimpan catatan {stage}.", who=who, stage=names.state(data["stage"]).lower())


def _step(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    step, before, after = names.step(data["step"]), names.state(data["from"]), names.state(data["to"])
    if data.get("review"):
        if before == after:
            return _('Langkah "{step}" diambil.', step=step)
        return _("Kasus berpindah dari {before} ke {after}.", before=before, after=after)
    if before == after:
        return _('{who} mengambil langkah "{step}".', who=who, step=step)
    return _(
        '{who} mengambil langkah "{step}". Kasus berpindah dari {before} ke {after}.',
        who=who,
        step=step,
        before=before,
        after=after,
    )


def _asked(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    return _('{who} meminta persetujuan untuk "{step}".', who=who, step=names.step(data["step"]))


def _granted(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    asker = names.person(data.get("requested_by", ""))
    return _('{who} menyetujui "{step}" yang diminta {asker}.', who=who, step=names.step(data["step"]), asker=asker)


def _refused(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    asker = names.person(data.get("requested_by", ""))
    return _('{who} menolak "{step}" yang diminta {asker}.', who=who, step=names.step(data["step"]), asker=asker)


def _voided(_who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    return _('Permintaan "{step}" gugur karena datanya berubah.', step=names.step(data["step"]))


def _item(sentence: Callable[[str, str], Sentence]) -> Callable[[str, Mapping[str, Any], Names], Sentence]:
    return lambda who, data, names: sentence(who, names.kind(data.get("intervention", "")))


def _evaluated(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    label = dict(RESULTS).get(data.get("result", ""))
    return _(
        "{who} menilai hasil kegiatan: {result}.", who=who, result=names.teller.say(label).lower() if label else "-"
    )


def _sent(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    return _("{who} merujuk ke {name}.", who=who, name=names.institutions.get(data.get("institution", ""), "-"))


def _answered(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    label = dict(ANSWERS).get(data.get("status", ""))
    answer = names.teller.say(label).lower() if label else "-"
    name = names.referrals.get(data.get("referral", ""))
    if name is None:
        return _("{who} mencatat jawaban rujukan: {answer}.", who=who, answer=answer)
    if data.get("way") == "account":
        return _("{who} dari {name} menjawab rujukan: {answer}.", who=who, name=name, answer=answer)
    if data.get("way") == "code":
        return _("{name} menjawab lewat kode: {answer}. Dikonfirmasi {who}.", who=who, name=name, answer=answer)
    return _("{name} menjawab rujukan: {answer}. Dicatat {who}.", who=who, name=name, answer=answer)


def _consent(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    label = PURPOSES.get(data.get("purpose", ""))
    purpose = names.teller.say(label) if label else "-"
    return _("{who} mencatat persetujuan klien: {purpose}.", who=who, purpose=purpose)


def _withdrawn(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    label = PURPOSES.get(data.get("purpose", ""))
    purpose = names.teller.say(label) if label else "-"
    return _("{who} mencatat bahwa persetujuan ditarik: {purpose}.", who=who, purpose=purpose)


def _placed(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    label = PLACEMENTS.get(data.get("kind", ""))
    where = names.institutions.get(data.get("institution") or "") or (names.teller.say(label).lower() if label else "-")
    return _("{who} memulai penempatan: {where}.", who=who, where=where)


def _attached(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    label = KINDS.get(data.get("kind", ""))
    return _("{who} melampirkan: {kind}.", who=who, kind=names.teller.say(label).lower() if label else "-")


def _raised(_who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    level = {"R1": _("Biasa"), "R2": _("Terbatas"), "R3": _("Tertutup")}.get(data.get("confidentiality", ""), ELSE)
    if data.get("by") == "category":
        return _("Kasus menjadi {level} menurut kategorinya yang baru.", level=names.teller.say(level))
    return _("Kasus menjadi {level} menurut isi catatannya.", level=names.teller.say(level))


def _lowered(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    if data.get("by") == "category":
        return _raised(who, data, names)
    opened = _("{who} membuka berkas tertutup ini bagi wilayahnya.", who=who)
    return opened if data.get("by") == "head" else PLAIN["case:confidentiality:lowered"]


def _assigned(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    return _("{who} menugaskan kasus ini kepada {name}.", who=who, name=names.person(data.get("assignee", "")))


def _held(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    return _("{who} menunda kasus sampai {day}.", who=who, day=names.teller.day(date.fromisoformat(data["until"])))


def _erasure_asked(who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    basis = BASES.get(data.get("basis", ""))
    why = names.teller.say(basis.label) if basis else "-"
    return _("{who} mencatat permintaan penghapusan data: {basis}.", who=who, basis=why)


def _erased(_who: str, data: Mapping[str, Any], names: Names) -> Sentence:
    if data.get("again"):
        day = names.teller.full_day(date.fromisoformat(data["erased_on"]))
        return _("Data dihapus lagi sesudah cadangan dipulihkan: penghapusannya disetujui {day}.", day=day)
    basis = BASES.get(data.get("basis", ""))
    return _(
        "Data dihapus atas permintaan: {basis}. Diminta {asker}, disetujui {approver}.",
        basis=names.teller.say(basis.label) if basis else "-",
        asker=names.person(data.get("requested_by", "")),
        approver=names.person(data.get("approved_by", "")),
    )


FULL: dict[str, Callable[[str, Mapping[str, Any], Names], Sentence]] = {
    "case:record:saved": _record,
    "case:step:taken": _step,
    "case:review:asked": _asked,
    "case:review:granted": _granted,
    "case:review:refused": _refused,
    "case:review:voided": _voided,
    "case:plan_item:added": _item(
        lambda who, kind: _("{who} menambah kegiatan ke rencana: {kind}.", who=who, kind=kind)
    ),
    "case:plan_item:changed": _item(lambda who, kind: _("{who} mengubah kegiatan: {kind}.", who=who, kind=kind)),
    "case:plan_item:done": _item(lambda who, kind: _("{who} menyelesaikan kegiatan: {kind}.", who=who, kind=kind)),
    "case:plan_item:cancelled": _item(lambda who, kind: _("{who} membatalkan kegiatan: {kind}.", who=who, kind=kind)),
    "case:plan_item:evaluated": _evaluated,
    "case:referral:sent": _sent,
    "case:referral:answered": _answered,
    "case:consent:given": _consent,
    "case:consent:withdrawn": _withdrawn,
    "case:placement:started": _placed,
    "case:attachment:added": _attached,
    **INSTRUMENTS,
    **LETTERS,
    "case:confidentiality:raised": _raised,
    "case:confidentiality:lowered": _lowered,
    "case:assigned": _assigned,
    "case:held": _held,
    "case:erasure:asked": _erasure_asked,
    "case:subject:erased": _erased,
}
"""Entry code -> the sentence with what its data names."""
