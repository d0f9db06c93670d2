"""From the answers of an instrument to its result, and why: pure and total; what is not known makes no score."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.states.instrument import (
    BELOW,
    KINDS,
    MEMBERS,
    MET,
    NO,
    NOT_BELOW,
    NOT_MET,
    PARTLY,
    SPENDING,
    TOLD,
    YES,
    Instrument,
    Item,
    Outcome,
)

Answers = Mapping[str, Any]
UNKNOWN = "unknown"
"""Said instead of an answer: asked, and not known yet."""
MOST_MEMBERS = 99
MOST_SPENDING = 10**12
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Counted:
    """One question with its answer, and whether it counted towards the result."""

    item: Item
    answer: str | int | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A result and why; without `outcome` nothing can be said, and `missing` (or the reason) tells what is lacking."""

    outcome: Outcome | None
    reason: Sentence
    missing: tuple[Item, ...]
    why: tuple[Counted, ...]
    score: int | None = None
    """Only where every question was answered."""

    @property
    def certain_anyhow(self) -> bool:
        """Answers are missing, and none of them could change the result."""
        return self.outcome is not None and bool(self.missing)


def problems(instrument: Instrument, answers: Answers) -> dict[str, Sentence]:
    """Return the sentence for each answer that is none: of no question, or of another kind."""
    found: dict[str, Sentence] = {}
    for key, value in answers.items():
        if instrument.item(key) is None:
            found[key] = _("Instrumen ini tidak menanyakan itu.")
        elif value not in (None, "", UNKNOWN) and (problem := _problem(instrument, key, value)):
            found[key] = problem
    return found


def _problem(instrument: Instrument, key: str, value: object) -> Sentence | None:
    match KINDS[instrument.method]:
        case "yes_no":
            return None if value in (YES, NO) else _("Jawab yes, no, atau unknown.")
        case "points":
            known = [p.points for p in instrument.scale]
            fits = isinstance(value, int) and not isinstance(value, bool) and value in known
            return None if fits else _("Pilih salah satu: {choices}.", choices=", ".join(map(str, known)))
        case "number":
            least, most = (1, MOST_MEMBERS) if key == MEMBERS else (0, MOST_SPENDING)
            fits = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
            return None if fits else _("Tulis bilangan bulat antara {least} dan {most}.", least=least, most=most)
        case "goal":
            fits = value in (MET, PARTLY, NOT_MET)
            return None if fits else _("Pilih salah satu: {choices}.", choices=f"{MET}, {PARTLY}, {NOT_MET}")
        case _:
            fits = isinstance(value, str) and len(value) <= LONGEST
            return None if fits else _("Tulis teks, paling banyak {n} huruf.", n=LONGEST)


def conclude(instrument: Instrument, answers: Answers, *, year: int) -> Conclusion:
    """Return the result of answers without `problems`, as it stands in `year`; it never guesses what is missing."""
    given = {item.key: _given(answers.get(item.key)) for item in instrument.items}
    match instrument.method:
        case "count":
            return _count(instrument, given)
        case "sum":
            return _sum(instrument, given)
        case "levels":
            return _levels(instrument, given)
        case "threshold":
            return _threshold(instrument, given, year)
        case "goals":
            return _goals(instrument, given)
        case _:
            return _told(instrument, given)


def _given(value: Any) -> Any:  # noqa: ANN401 - an answer
    """Return an answer; what is empty, or not known yet, is none."""
    said = value.strip() if isinstance(value, str) else value
    return None if said in ("", UNKNOWN) else said


def _missing(instrument: Instrument, given: Answers) -> tuple[Item, ...]:
    return tuple(item for item in instrument.items if given[item.key] is None and not item.optional)


def _why(items: Iterable[Item], given: Answers, counting: Iterable[str]) -> tuple[Counted, ...]:
    counts = set(counting)
    return tuple(Counted(item, given[item.key], item.key in counts) for item in items)


# --- criteria that are counted ---------------------------------------------------------------------------------------


def _count(instrument: Instrument, given: Answers) -> Conclusion:
    """Any gate decides alone; else at least so many of the others, between one and all where nobody said how many."""
    others = [item for item in instrument.items if not item.gate]
    gates = [item for item in instrument.items if item.gate and given[item.key] == YES]
    yes = [item for item in others if given[item.key] == YES]
    unknown = sum(given[item.key] is None for item in others)
    open_gate = any(item.gate and given[item.key] is None for item in instrument.items)
    least, most = (instrument.at_least, instrument.at_least) if instrument.at_least else (1, len(others))
    missing = _missing(instrument, given)
    said = {"n": len(yes), "of": len(others), "least": least}
    outcome: Outcome | None = None
    if gates:
        outcome, reason = instrument.outcome(MET), _("Satu syarat yang menentukan sendiri terpenuhi.")
    elif others and len(yes) >= most:
        outcome, reason = instrument.outcome(MET), _("{n} dari {of} kriteria terpenuhi.", **said)
        if instrument.at_least:
            reason = _("{n} dari {of} kriteria terpenuhi; yang diperlukan {least}.", **said)
    elif not open_gate and len(yes) + unknown < least:
        outcome = instrument.outcome(NOT_MET)
        reason = _("{n} dari {of} kriteria terpenuhi; yang diperlukan paling sedikit {least}.", **said)
    elif not missing:
        reason = _("{n} dari {of} kriteria terpenuhi, tetapi kantor belum menetapkan berapa yang diperlukan.", **said)
    elif instrument.at_least:
        reason = _("Baru {n} dari {of} kriteria diketahui terpenuhi; yang diperlukan {least}.", **said)
    else:
        reason = _(
            "Baru {n} dari {of} kriteria diketahui terpenuhi, dan kantor belum menetapkan berapa yang diperlukan.",
            **said,
        )
    why = _why(instrument.items, given, [item.key for item in (*gates, *yes)])
    return Conclusion(outcome, reason, missing, why, None if missing else len(yes))


# --- points that are added -------------------------------------------------------------------------------------------


def _sum(instrument: Instrument, given: Answers) -> Conclusion:
    points = [p.points for p in instrument.scale]
    missing = _missing(instrument, given)
    known = [item for item in instrument.items if given[item.key] is not None]
    total = sum(given[item.key] for item in known)
    low, high = total + len(missing) * min(points), total + len(missing) * max(points)
    outcome = next((o for o in instrument.outcomes if o.least <= low and high <= o.most), None)
    most = len(instrument.items) * max(points)
    if not missing:
        reason = _("Jumlahnya {n} dari {most}.", n=total, most=most)
    else:
        reason = _("Jumlahnya belum pasti: antara {low} dan {high} dari {most}.", low=low, high=high, most=most)
    why = _why(instrument.items, given, [item.key for item in known])
    return Conclusion(outcome, reason, missing, why, None if missing else total)


# --- signs of levels -------------------------------------------------------------------------------------------------


def _levels(instrument: Instrument, given: Answers) -> Conclusion:
    """The first result, in the order of the file, that has a sign; the last one where there is none."""
    possible: list[Outcome] = []
    counting: list[str] = []
    for outcome in instrument.outcomes:
        signs = [item for item in instrument.items if item.level == outcome.key]
        counting = [item.key for item in signs if given[item.key] == YES]
        if not signs or counting or any(given[item.key] is None for item in signs):
            possible.append(outcome)
        if not signs or counting:
            break
    missing = _missing(instrument, given)
    found = possible[0] if len(possible) == 1 else None
    if found is None:
        names = {"highest": possible[0].sentence, "lowest": possible[-1].sentence}
        reason = _("Bisa {highest}, bisa {lowest}: bergantung pada yang belum dijawab.", **names)
    elif counting:
        reason = _("{n} tanda pada tingkat ini, dan tidak ada yang lebih tinggi.", n=len(counting))
    else:
        reason = _("Tidak satu pun tanda ditemukan.")
    return Conclusion(found, reason, missing, _why(instrument.items, given, counting))


# --- a line in rupiah ------------------------------------------------------------------------------------------------


def _threshold(instrument: Instrument, given: Answers, year: int) -> Conclusion:
    missing = _missing(instrument, given)
    spending, members, line = given[SPENDING], given[MEMBERS], instrument.line(year)
    why = _why(instrument.items, given, [item.key for item in instrument.items if given[item.key] is not None])
    if line is None:
        return Conclusion(None, _("Belum ada garis untuk tahun {year} atau sebelumnya.", year=year), missing, why)
    told = {"line": rupiah(line.amount), "year": line.year, "basis": line.basis}
    against = _("Garis {year}: {line} seorang sebulan ({basis}).", **told)
    if spending is None or (members is None and spending >= line.amount):
        return Conclusion(None, against, missing, why)
    below = spending < line.amount * (members or 1)
    outcome = instrument.outcome(BELOW if below else NOT_BELOW)
    if members is None:
        reason = _("Pengeluaran seluruh keluarga di bawah garis satu orang, {line} ({year}: {basis}).", **told)
        return Conclusion(outcome, reason, missing, why)
    each = rupiah(spending // members)
    reason = _("{each} seorang sebulan; garisnya {line} ({year}: {basis}).", each=each, **told)
    return Conclusion(outcome, reason, missing, why)


def rupiah(amount: int) -> str:
    """Return an amount as people write it: Rp322.170."""
    return "Rp" + f"{amount:,}".replace(",", ".")


# --- goals and sections ----------------------------------------------------------------------------------------------


def _goals(instrument: Instrument, given: Answers) -> Conclusion:
    """All met, none met, or something between; a goal without a result leaves it open unless two others differ."""
    missing = _missing(instrument, given)
    results = {value for value in given.values() if value is not None}
    met = sum(value == MET for value in given.values())
    outcome: Outcome | None = None
    if PARTLY in results or {MET, NOT_MET} <= results:
        outcome = instrument.outcome(PARTLY)
    elif results and not missing:
        (only,) = results
        outcome = instrument.outcome(only)
    reason = _("{n} dari {of} tujuan berhasil.", n=met, of=len(instrument.items))
    if not instrument.items:
        reason = _("Rencana siklus ini belum punya tujuan.")
    why = _why(instrument.items, given, [key for key, value in given.items() if value is not None])
    return Conclusion(outcome, reason, missing, why)


def _told(instrument: Instrument, given: Answers) -> Conclusion:
    missing = _missing(instrument, given)
    told = [key for key, value in given.items() if value is not None]
    outcome = None if missing else instrument.outcome(TOLD)
    reason = _("{n} dari {of} bagian terisi; uraian ini tidak dinilai.", n=len(told), of=len(instrument.items))
    return Conclusion(outcome, reason, missing, _why(instrument.items, given, told))
