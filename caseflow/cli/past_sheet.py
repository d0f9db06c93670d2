"""A case as it stood on a day, for people and for other programs."""

from collections.abc import Iterator, Mapping
from typing import Any

from caseflow.actions.past import Past, PastThing
from caseflow.cli import speech
from caseflow.cli.sheet import answered
from caseflow.cli.speech import label, say
from caseflow.cli.words import word
from caseflow.errors import _
from caseflow.states.lifecycle import ENDINGS, STATES

THINGS = {
    "plan_item": _("kegiatan rencana"),
    "consent": _("persetujuan klien"),
    "placement": _("penempatan"),
    "referral": _("rujukan"),
    "visit": _("kunjungan"),
    "conference": _("pembahasan kasus"),
    "transfer": _("tawaran kepada wilayah lain"),
    "registry_check": _("pemeriksaan data terpadu"),
    "attachment": _("foto atau dokumen"),
    "goods_delivery": _("penyerahan barang"),
    "letter": _("surat"),
    "review": _("permintaan persetujuan"),
}
"""Kind of thing -> what people call it."""
STATUSES = {
    "planned": _("direncanakan"),
    "approved": _("disetujui"),
    "done": _("selesai"),
    "cancelled": _("dibatalkan"),
    "given": _("diberikan"),
    "withdrawn": _("ditarik"),
    "running": _("berjalan"),
    "ended": _("berakhir"),
    "open": _("menunggu jawaban"),
    "recorded": _("tercatat"),
    "held": _("dilaksanakan"),
    "kept": _("tersimpan"),
    "delivered": _("diserahkan"),
    "reversed": _("dibatalkan"),
    "issued": _("terbit"),
    "pending": _("menunggu"),
    "granted": _("disetujui"),
    "offered": _("ditawarkan"),
    "void": _("batal"),
}
"""Status -> what people call it; any other goes by the word for it everywhere."""


def data(then: Past) -> dict[str, Any]:
    """Return a case as it stood as plain data."""
    names = (
        "id", "number", "day", "entry", "entered_at", "state", "state_since", "cycle", "confidentiality", "assignee",
        "held_until", "outcome", "emergency", "records", "things",
    )  # fmt: skip
    people = {"category": then.category.code, "assignee_name": then.people.get(then.assignee or "")}
    return {**{name: getattr(then, name) for name in names}, **people}


def show(then: Past) -> None:
    """Show a case as it stood."""
    speech.pairs(_facts(then), then.zone)
    for stage in (known for known in STATES if known in then.records):
        answers = then.records[stage]
        speech.heading(label(STATES[stage]))
        if answers is None:
            speech.show(_("(dihapus)"))
        else:
            speech.pairs(answered(then.category, stage, answers))
    if then.things:
        speech.heading(say(_("Yang menyertai kasus")))
        names = (_("Apa"), _("Tanggal"), _("Keadaan"), _("Hasil"), _("Isi"))
        rows = [(say(THINGS[t.kind]), t.on, _status(t.status), word(t.result), _words(t)) for t in then.things]
        speech.table([say(name) for name in names], rows)


def _facts(then: Past) -> Iterator[tuple[str, object]]:
    yield say(_("Kasus")), f"{then.number} ({say(_('siklus {n}'), n=then.cycle)})"
    yield say(_("Keadaan pada akhir")), then.day
    yield say(_("Menurut entri sampai")), say(_("ke-{n}"), n=then.entry)
    yield say(_("Dicatat")), then.entered_at
    yield say(_("Kategori")), f"{label(then.category.name)} ({then.category.code}, {then.confidentiality})"
    yield say(_("Tahap")), label(STATES.get(then.state))
    yield say(_("Sejak")), then.state_since
    yield say(_("Pendamping")), then.people.get(then.assignee or "")
    yield say(_("Ditunda sampai")), then.held_until
    outcome = ENDINGS.get(then.outcome or "")
    yield say(_("Hasil")), label(outcome) or then.outcome
    yield from _emergency(then.emergency)


def _emergency(said: Mapping[str, Any] | None) -> Iterator[tuple[str, object]]:
    if said is not None:
        yield say(_("Tindakan darurat")), said["since"]
        yield say(_("Disahkan")), said["ratified"]
        yield say(_("Kelengkapannya")), say(_("lunas")) if said["paid"] else say(_("terutang"))


def _status(status: str) -> str:
    return say(STATUSES[status]) if status in STATUSES else word(status)


def _words(thing: PastThing) -> str:
    if thing.words is None:
        return ""
    return "; ".join(str(value) for value in thing.words.values() if isinstance(value, str) and value)
