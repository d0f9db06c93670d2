"""What the document on a closed case is told with: words for states and answers, days, and what stays unsaid."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from caseflow.actions.casework import Work
from caseflow.actions.views import CaseView, Event
from caseflow.errors import Sentence, _
from caseflow.i18n import format_date, format_datetime, translate
from caseflow.states.category import Text

CRITERION: dict[str, Sentence] = {"yes": _("Ya"), "no": _("Tidak"), "unknown": _("Belum tahu")}
ITEM: dict[str, Sentence] = {
    "planned": _("Direncanakan"),
    "approved": _("Disetujui"),
    "done": _("Selesai"),
    "cancelled": _("Dibatalkan"),
}
RESULT: dict[str, Sentence] = {
    "met": _("tujuan tercapai"),
    "partly": _("tujuan sebagian tercapai"),
    "not_met": _("tujuan belum tercapai"),
}
ANSWER: dict[str, Sentence] = {
    "waiting": _("Suratnya menunggu paraf"),
    "open": _("Belum dijawab"),
    "accepted": _("Diterima"),
    "done": _("Selesai"),
    "refused": _("Ditolak"),
    "returned": _("Dikembalikan"),
    "withdrawn": _("Ditarik"),
}
DECIDED: dict[str, Sentence] = {
    "pending": _("Menunggu keputusan"),
    "granted": _("Disetujui"),
    "refused": _("Ditolak"),
    "withdrawn": _("Ditarik"),
    "void": _("Gugur karena datanya berubah"),
}
LETTER: dict[str, Sentence] = {
    "numbered": _("berkas sedang dibuat"),
    "rendered": _("siap dikirim"),
    "sent": _("terkirim"),
    "answered": _("dijawab"),
    "void": _("batal"),
    "failed": _("berkas belum jadi"),
}
VERDICT: dict[bool | None, Sentence] = {True: _("Memenuhi kriteria"), False: _("Tidak memenuhi kriteria")}
WITHHELD = _("Tidak dicantumkan: berkas tertutup (R3).")
ERASED = _("Dihapus atas permintaan.")


@dataclass(frozen=True, slots=True)
class Row:
    """What is said under one name, line by line."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the document."""

    title: str
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """What every part is told from."""

    work: Work
    view: CaseView
    events: tuple[Event, ...]
    lang: str

    @property
    def hides(self) -> bool:
        """Tell whether what was found and what was typed stays out."""
        return bool(self.view.row.confidentiality == "R3")

    @property
    def follows(self) -> bool:
        """Tell whether the reader only follows the case: shown where it stands, not what was found."""
        return not self.view.roles

    def say(self, words: Text | str) -> str:
        if isinstance(words, Text):
            return words.in_(self.lang)
        return translate(words, self.lang) if isinstance(words, Sentence) else words

    def day(self, day: date) -> str:
        return format_date(day, self.lang)

    def moment(self, at: datetime) -> str:
        return format_datetime(at, self.work.calendar.zone, self.lang)

    def person(self, user_id: str | None) -> str:
        found = self.view.people.get(user_id or "") or next(
            (e.actor_name for e in self.events if e.actor == user_id), ""
        )
        return found or "-"

    def typed(self, text: object) -> str:
        """Return what somebody wrote; of a closed file only that it is not said here."""
        return self.say(WITHHELD) if self.hides and text else str(text or "")

    def row(self, label: Text | str, *lines: Text | str) -> Row:
        return Row(self.say(label), tuple(said for line in lines if (said := self.say(line))))

    def section(self, title: Sentence, rows: Iterable[Row], note: Text | str = "") -> Section:
        return Section(self.say(title), tuple(row for row in rows if row.lines), self.say(note))
