"""A case as its page shows it: who and where, the picture of the lifecycle, next steps, what is due, letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow.actions import people
from caseflow.actions.views import CaseView, Event, NextStep
from caseflow.errors import Sentence, _
from caseflow.states.category import Text
from caseflow.states.facts import GROUPS
from caseflow.states.identity import masked
from caseflow.states.lifecycle import CLOSED, ENDINGS, STATES, STEPS
from caseflow.web.environment import Words
from caseflow.web.places import Check
from caseflow.web.speech import Due, Teller

ONWARD = (
    "submit_for_assessment",
    "complete_assessment",
    "approve_plan",
    "ratify_emergency",
    "complete_intervention",
    "start_monitoring",
    "close_case",
    "continue_case",
    "reopen",
)
"""Steps that lead a case on: shown first, each in a box with its conditions."""

ABOUT: dict[str, Sentence] = {
    "screen_out": _("Kasus ditutup dengan alasan; yang bersangkutan dapat menyanggah."),
    "return_for_data": _("Kembali ke Pengumpulan data, dengan alasan."),
    "return_to_assessment": _("Kembali ke Asesmen, dengan alasan."),
    "amend_plan": _("Kembali ke Rencana intervensi. Kegiatan yang diubah perlu disetujui lagi."),
    "emergency_intervention": _("Untuk risiko tinggi: bertindak sekarang, lengkapi dalam 72 jam."),
    "revise_plan": _("Kembali ke Rencana intervensi karena tujuan belum tercapai."),
    "replan": _("Kembali ke Rencana intervensi, dengan alasan."),
    "terminate": _("Misalnya meninggal, pindah, atau menolak layanan."),
    "undo_termination": _("Kasus kembali ke tahap sebelum dihentikan."),
}
"""What a step that turns aside means, in one line."""

NIK: dict[str, Sentence] = {
    "belum_punya_nik": _("NIK belum ada"),
    "format_salah": _("Bentuk nomornya salah: cocokkan dengan kartunya"),
    "anomali": _("Perlu dicocokkan dengan KTP atau KK"),
    "belum_dicek": _("Belum diperiksa ke Dukcapil"),
    "ganda": _("NIK ganda: tercatat juga pada orang lain"),
    "padan": _("Padan"),
    "tidak_padan": _("Tidak padan dengan Dukcapil: minta klien membawa KTP dan KK ke Disdukcapil"),
    "tidak_ditemukan": _("Tidak ditemukan di Dukcapil: minta klien membawa KTP dan KK ke Disdukcapil"),
}
"""Status of a NIK -> the word, and what to do where something is to be done."""
RISKS: dict[str, Sentence] = {
    "low": _("Risiko rendah"),
    "medium": _("Risiko sedang"),
    "high": _("Risiko tinggi"),
}
SECRECY: dict[str, Sentence] = {
    "R2": _("Terbatas: hanya unit yang menangani dan supervisornya yang dapat membuka. Setiap pembukaan dicatat."),
    "R3": _("Tertutup: hanya tim yang ditunjuk yang dapat membuka. Setiap pembukaan dicatat."),
}
OWED: dict[str, Sentence] = {
    "state_deadline": _("Selesaikan tahap ini"),
    "visit": _("Kunjungan monitoring"),
    "referral_answer": _("Jawaban rujukan"),
    "answer_confirmation": _("Konfirmasi jawaban rujukan"),
    "letter_initial": _("Paraf surat"),
    "review": _("Keputusan persetujuan"),
    "emergency_debt": _("Lengkapi setelah tindakan darurat"),
    "placement_review": _("Tinjauan penempatan"),
    "hold_end": _("Akhir penundaan"),
}
AWAITED = ("review", "referral_answer", "letter_initial")
"""What somebody else owes us."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of who and where."""

    label: Words
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One state in the picture of the lifecycle."""

    at: int
    words: Words
    look: str
    """past | now | ahead."""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A next step as it is offered."""

    name: str
    words: Words
    lead: str
    verdict: str
    checks: tuple[Check, ...]
    ready: bool
    to: str


def facts_of(view: CaseView, teller: Teller) -> tuple[Fact, ...]:
    """Return who, where and with whom."""
    row, data = view.row, view.subject.data
    issue = next((i.label for i in view.category.issues if i.key == row.issue), None)
    category = teller.say(view.category.name) + (f", {teller.say(issue).lower()}" if issue else "")
    found = [
        Fact(_("Nomor kasus"), (row.number,)),
        Fact(_("Kategori"), (category,)),
        Fact(_("Wilayah"), (view.area_name,)),
    ]
    if view.subject.erased_at:
        gone = _("Data dihapus atas permintaan, {when}", when=teller.moment(view.subject.erased_at))
        found.append(Fact(_("Klien"), (teller.say(gone),)))
    elif view.subject.kind == "person":
        found.append(Fact(_("Klien"), (_client(view, teller),)))
        found.append(Fact(_("NIK"), _nik(data, teller)))
    elif view.subject.kind in GROUPS:
        said = _("Komunitas") if view.subject.kind == "community" else _("Kelompok")
        found.append(Fact(said, (teller.say(view.line.name),)))
    else:
        kk = (data.get("kk") or "").strip()
        found.append(Fact(_("Nomor KK"), (masked(kk) if kk else teller.say(_("Nomor KK belum ada")),)))
    found.append(Fact(_("Pendamping"), (view.people.get(row.assignee_id or "") or teller.say(_("Belum ditugaskan")),)))
    found.append(Fact(_("Dibuka"), (_opened(view, teller),)))
    decree = view.records.get("intervention_plan", {})
    if decree.get("decree_number"):
        day = decree.get("decree_date")
        cited = (str(decree["decree_number"]), teller.full_day(date.fromisoformat(day)) if day else "")
        found.append(Fact(_("SK penetapan"), (", ".join(part for part in cited if part),)))
    return tuple(found)


def _client(view: CaseView, teller: Teller) -> str:
    sex = {"L": _("Laki-laki"), "P": _("Perempuan")}.get(view.subject.sex or "")
    age = _age(view, teller)
    said = ", ".join(part for part in (teller.say(sex) if sex else "", age) if part)
    return said + (f" ({teller.say(_('meninggal dunia'))})" if view.subject.died else "")


def _age(view: CaseView, teller: Teller) -> str:
    accuracy = view.subject.data.get("birth_accuracy")
    if view.subject.age is None:
        return teller.say(_("umur tidak diketahui"))
    if accuracy == "exact":
        return teller.say(_("{n} tahun", n=view.subject.age))
    return teller.say(people.birth_text({**view.subject.data, "birth_accuracy": "estimated"}, view.today))


def _nik(data: Mapping[str, Any], teller: Teller) -> tuple[str, ...]:
    status = teller.say(NIK.get(data.get("nik_status") or "", NIK["belum_punya_nik"]))
    nik = str(data.get("nik") or "")
    return (masked(nik), status) if nik else (status,)


def _opened(view: CaseView, teller: Teller) -> str:
    who = view.people.get(view.row.opened_by, "-")
    return teller.say(_("{day} oleh {who}", day=teller.full_day(view.row.opened_on), who=who))


# --- the lifecycle -------------------------------------------------------------------------------------------------


def stages_of(view: CaseView, events: Sequence[Event], teller: Teller) -> tuple[Stage, ...]:
    """Return the states of this cycle: passed with their day, the present one with its time, those ahead."""
    states = list(STATES)
    now = states.index(view.row.state)
    left = _left_on(events)
    found = []
    for at, state in enumerate(states):
        if at < now or (view.row.state == CLOSED and state != CLOSED):
            day, cycle = left.get(state, (None, 0))
            when = teller.day(day) if day and cycle == view.row.cycle else ""
            if day and cycle != view.row.cycle:
                when = teller.say(_("Siklus {n}", n=cycle))
            found.append(Stage(at + 1, STATES[state], "past" if day else "ahead", when))
        elif at == now:
            found.append(Stage(at + 1, STATES[state], "now", _time_in(view, teller)))
        else:
            found.append(Stage(at + 1, STATES[state], "ahead"))
    return tuple(found)


def _left_on(events: Sequence[Event]) -> dict[str, tuple[date, int]]:
    """Return for each state when it was last left, and in which cycle."""
    left: dict[str, tuple[date, int]] = {}
    cycle = 1
    for event in events:
        if event.code == "case:step:taken" and event.data.get("from") != event.data.get("to"):
            left[event.data["from"]] = (event.event_date, cycle)
            cycle = int(event.data.get("cycle", cycle))
    return left


def _time_in(view: CaseView, teller: Teller) -> str:
    if view.row.state == CLOSED:
        closed: datetime | None = view.row.closed_at
        return teller.day(teller.day_of(closed)) if closed else ""
    deadline = next((o for o in view.obligations if o.kind == "state_deadline"), None)
    if deadline is not None and deadline.paused_at is None:
        told = teller.due(deadline, awaited=True)
        lead = told.lead.rstrip(".")
        return f"{lead} {told.rest}".strip() if told.look == "soon" else lead
    return teller.say(_("sejak {day}", day=teller.day(teller.day_of(view.row.state_since))))


def outcome_of(view: CaseView) -> Words | None:
    """Return how a closed case ended."""
    code = view.row.outcome
    if view.row.state != CLOSED or not code:
        return None
    return ENDINGS.get(code) or _("Tidak memenuhi kriteria")


# --- what is due ---------------------------------------------------------------------------------------------------


def owed_of(view: CaseView, teller: Teller) -> tuple[tuple[Words, Due], ...]:
    """Return what is due, the earliest first; what a hold stopped is left out."""
    return tuple(
        (_owed_words(o, view), teller.due(o, awaited=o.kind in AWAITED))
        for o in view.obligations
        if o.paused_at is None
    )


def _owed_words(owed: Any, view: CaseView) -> Words:  # noqa: ANN401 - a row of obligation
    if owed.kind == "referral_answer":
        sent = next((r for r in view.referrals if r.id == owed.ref_id), None)
        return _("Jawaban {name}", name=sent.columns["institution"]) if sent else OWED["referral_answer"]
    if owed.kind == "review":
        asked = next((r for r in view.reviews if r.id == owed.ref_id), None)
        if asked is not None and asked.step in STEPS:
            label = STEPS[asked.step].label
            return Text(f"Keputusan: {label.id}", f"Decision: {label.en}")
    return OWED.get(owed.kind, _("Kewajiban"))


def ordered(found: Sequence[NextStep]) -> tuple[list[NextStep], list[NextStep]]:
    """Return the steps that lead on, then those that turn aside."""
    onward = [s for s in found if s.step in ONWARD and not _pointless(s)]
    aside = [s for s in found if s.step not in ONWARD and not _pointless(s)]
    return onward, aside


def _pointless(step: NextStep) -> bool:
    """A step whose very occasion is missing is not offered: no emergency to ratify, no termination to undo."""
    names = {u.guard for u in step.unmet}
    return bool(names & {"an_emergency_awaits_ratification", "case_was_terminated"})


def visits_told(view: CaseView, teller: Teller) -> str:
    """Return how many visits there were and when the last one was."""
    days = [v.columns["visited_on"] for v in view.visits]
    if not days:
        return teller.say(_("Belum ada"))
    return teller.say(_("{n}, terakhir {day}", n=len(days), day=teller.day(max(days))))
