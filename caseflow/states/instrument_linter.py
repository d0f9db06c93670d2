"""Checks an instrument before anybody is asked by it: every mistake at once, with a suggestion."""

import re
from collections.abc import Iterator

from caseflow.errors import _
from caseflow.states.instrument import KINDS, MEMBERS, METHODS, RESULTS, SPENDING, Instrument
from caseflow.states.linter import Finding, suggest

CODE = re.compile(r"[A-Z][A-Z0-9-]{1,19}")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = ("instrument", "answers", "filled_on", "replaces")
"""What is said beside the answers has these names."""


def lint(instrument: Instrument) -> tuple[Finding, ...]:
    """Return everything wrong with an instrument."""
    return (*_head(instrument), *_items(instrument), *_outcomes(instrument), *_method(instrument))


def _head(instrument: Instrument) -> Iterator[Finding]:
    if not CODE.fullmatch(instrument.code):
        reason = _("harus 2 sampai 20 huruf besar, angka, atau tanda hubung")
        yield Finding("code", reason, _('Misalnya "{example}".', example="BPS14"))
    if instrument.method not in METHODS:
        reason = _('"{word}" tidak dikenal', word=instrument.method)
        yield Finding("method", reason, suggest(instrument.method, METHODS))
    low, high = instrument.age
    if low is not None and high is not None and high < low:
        yield Finding("age", _("berakhir sebelum dimulai"), _("Tukar from dan to."))
    if not instrument.basis:
        yield Finding("basis", _("dasar belum disebut"), _('Tulis aturannya, atau "Bawaan kantor; sesuaikan".'))


def _items(instrument: Instrument) -> Iterator[Finding]:
    for item in instrument.items:
        at = f"items.{item.key}"
        if not KEY.fullmatch(item.key):
            yield Finding(
                at, _("harus huruf kecil, angka, atau garis bawah"), _('Misalnya "{example}".', example="no_home")
            )
        if item.key in RESERVED:
            yield Finding(at, _("nama ini sudah dipakai formulirnya"), _("Beri nama lain."))
        if item.gate and instrument.method != "count":
            yield Finding(f"{at}.gate", _("hanya untuk kriteria yang dihitung"), _("Hapus baris ini."))
        if item.level and instrument.method != "levels":
            yield Finding(f"{at}.level", _("hanya untuk tanda sebuah tingkat"), _("Hapus baris ini."))
        if item.optional and instrument.method != "narrative":
            yield Finding(f"{at}.optional", _("hanya untuk bagian sebuah uraian"), _("Hapus baris ini."))


def _outcomes(instrument: Instrument) -> Iterator[Finding]:
    known = RESULTS.get(instrument.method)
    there = [o.key for o in instrument.outcomes]
    if known is not None:
        for key in known:
            if key not in there:
                reason = _("belum ada")
                yield Finding(f"outcomes.{key}", reason, _("Tambahkan tabel [outcomes.{key}].", key=key))
        for key in there:
            if key not in known:
                yield Finding(f"outcomes.{key}", _("tidak dikenal"), suggest(key, known))
    elif not there:
        yield Finding("outcomes", _("kosong"), _("Sebut paling sedikit satu."))
    for outcome in instrument.outcomes:
        if (outcome.least or outcome.most) and instrument.method != "sum":
            yield Finding(
                f"outcomes.{outcome.key}.from", _("hanya untuk nilai yang dijumlahkan"), _("Hapus baris ini.")
            )


def _method(instrument: Instrument) -> Iterator[Finding]:
    yield from _foreign(instrument)
    match instrument.method:
        case "count":
            yield from _count(instrument)
        case "sum":
            yield from _bands(instrument)
        case "levels":
            yield from _signs(instrument)
        case "threshold":
            yield from _lines(instrument)
        case "goals":
            if instrument.items:
                yield Finding("items", _("tujuannya dibaca dari rencana"), _("Hapus tabel ini."))
        case "narrative":
            if not any(not item.optional for item in instrument.items):
                yield Finding("items", _("tidak ada bagian yang wajib diisi"), _("Sebut paling sedikit satu."))


def _foreign(instrument: Instrument) -> Iterator[Finding]:
    """Tell what only another method reads."""
    of = {"at_least": "count", "scale": "sum", "lines": "threshold"}
    for name, method in of.items():
        if getattr(instrument, name) and instrument.method != method and instrument.method in KINDS:
            yield Finding(name, _('hanya dibaca cara "{method}"', method=method), _("Hapus baris ini."))


def _count(instrument: Instrument) -> Iterator[Finding]:
    counted = sum(not item.gate for item in instrument.items)
    if not instrument.items:
        yield Finding("items", _("kosong"), _("Sebut paling sedikit satu."))
    if not 0 <= instrument.at_least <= counted:
        reason = _("{value} di luar {least} sampai {most}", value=instrument.at_least, least=0, most=counted)
        yield Finding("at_least", reason, _("0 berarti kantor belum menetapkannya."))


def _bands(instrument: Instrument) -> Iterator[Finding]:
    """The results cover every sum that can come, once each."""
    points = [p.points for p in instrument.scale]
    if len(set(points)) < 2 or len(set(points)) != len(points):  # noqa: PLR2004 - one answer is no choice
        yield Finding(
            "scale", _("memerlukan paling sedikit dua jawaban, masing-masing satu nilai"), _("Misalnya 0, 1, 2.")
        )
        return
    if not instrument.items:
        yield Finding("items", _("kosong"), _("Sebut paling sedikit satu."))
        return
    low, high = (len(instrument.items) * end for end in (min(points), max(points)))
    at = low
    for outcome in sorted(instrument.outcomes, key=lambda o: o.least):
        if outcome.most < outcome.least:
            yield Finding(f"outcomes.{outcome.key}", _("berakhir sebelum dimulai"), _("Tukar from dan to."))
        elif outcome.least > at:
            reason = _("jumlah {n} tidak punya hasil", n=at)
            yield Finding(f"outcomes.{outcome.key}.from", reason, _("Mulai dari {n}.", n=at))
        elif outcome.least < at:
            reason = _("jumlah {n} punya dua hasil", n=outcome.least)
            yield Finding(f"outcomes.{outcome.key}.from", reason, _("Mulai dari {n}.", n=at))
        at = max(at, outcome.most + 1)
    if instrument.outcomes and at != high + 1:
        reason = _("jumlah yang mungkin {low} sampai {high}", low=low, high=high)
        yield Finding("outcomes", reason, _("Hasil terakhir berakhir pada {n}.", n=high))


def _signs(instrument: Instrument) -> Iterator[Finding]:
    known = [o.key for o in instrument.outcomes]
    used = {item.level for item in instrument.items}
    for item in instrument.items:
        if item.level not in known[:-1]:
            reason = _('"{word}" bukan tingkat yang punya tanda', word=item.level)
            yield Finding(f"items.{item.key}.level", reason, suggest(item.level, known[:-1]))
    for key in known[:-1]:
        if key not in used:
            yield Finding(
                f"outcomes.{key}", _("tidak punya tanda"), _('Tambahkan butir dengan level = "{key}".', key=key)
            )


def _lines(instrument: Instrument) -> Iterator[Finding]:
    keys = [item.key for item in instrument.items]
    if sorted(keys) != sorted((SPENDING, MEMBERS)):
        reason = _("harus tepat dua: {keys}", keys=f"{SPENDING}, {MEMBERS}")
        yield Finding("items", reason, _("Ganti nama butirnya."))
    if not instrument.lines:
        yield Finding("lines", _("kosong"), _("Misalnya [lines.{year}].", year=2026))
    for line in instrument.lines:
        if line.amount <= 0:
            yield Finding(f"lines.{line.year}.amount", _("harus lebih dari nol"), _("Rupiah seorang sebulan."))
        if not line.basis.strip():
            reason = _("dasar belum disebut")
            yield Finding(f"lines.{line.year}.basis", reason, _('Tulis aturannya, atau "Bawaan kantor; sesuaikan".'))
