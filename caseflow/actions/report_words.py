"""What a monthly report says around its figures, in both languages: frozen with them."""

from collections.abc import Mapping, Sequence
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.i18n import translate
from caseflow.states.category import PILLARS, Text
from caseflow.states.reporting import COLUMNS

Words = Text | Sentence | str
Row = tuple[str, Words, Sequence[int]]
TITLES: dict[str, tuple[Sentence, Sentence]] = {
    "all": (_("Ringkasan"), _("Yang dihitung")),
    "category": (_("Menurut kategori"), _("Kategori")),
    "kecamatan": (_("Menurut kecamatan"), _("Kecamatan")),
    "state": (_("Yang berjalan, menurut tahap"), _("Tahap")),
    "sex": (_("Menurut jenis kelamin"), _("Jenis kelamin")),
    "age": (_("Menurut umur"), _("Umur")),
    "disability": (_("Disabilitas"), _("Penyandang disabilitas")),
    "poverty": (_("Kemiskinan ekstrem"), _("Miskin ekstrem")),
    "stunting": (_("Stunting"), _("Stunting atau berisiko")),
    "outcome": (_("Yang ditutup, menurut hasil"), _("Hasil")),
    "stopped": (_("Yang dihentikan, menurut sebab"), _("Sebab")),
    "pillar": (_("Bantuan yang selesai, menurut pilar"), _("Pilar")),
    "aid": (_("Bantuan yang selesai, menurut jenis"), _("Bantuan")),
    "letters": (_("Surat, menurut jenis"), _("Surat")),
    "targets": (_("Sasaran"), _("Sasaran")),
}
"""Tables in the order of the report: title, and what heads the rows."""
NOTES: dict[str, Sentence] = {
    "all": _(
        "Baru: dibuka dalam bulan ini. Berjalan: masih terbuka pada akhir bulan. Ditutup: penutupannya tercatat dalam "
        "bulan ini dan masih berlaku saat laporan dibekukan. Lewat batas: berjalan, dan batas waktu tahapnya "
        "terlampaui pada akhir bulan. Jawaban rujukan: yang jatuh tempo dalam bulan ini."
    ),
    "sex": _("Klien perorangan menurut data dirinya saat dibekukan."),
    "age": _("Umur menurut data diri saat dibekukan."),
    "disability": _(
        "Kasus kategori disabilitas, kasus dengan ragam disabilitas dalam asesmen, dan keluarga yang salah satu "
        "anggotanya penyandang disabilitas."
    ),
    "poverty": _("Desil 1, kategori keluarga miskin ekstrem, atau keluhan kemiskinan ekstrem."),
    "stunting": _("Gizi tercatat pendek, keluhan berisiko stunting, atau balita berisiko stunting dalam keluarga."),
    "aid": _("Kegiatan rencana intervensi yang dicatat selesai dalam bulan ini."),
    "letters": _("Surat yang bertanggal dalam bulan ini dan tidak dibatalkan."),
    "targets": _("Dihitung dari awal masa sasaran sampai akhir bulan ini, dengan ukuran yang sama dengan laporan."),
}
CLOSED_FILES = _("Berkas tertutup (R3)")
CLOSED_NOTE = _(
    "Berkas tertutup (R3) tidak termasuk dalam angka mana pun di atas. Yang disebut hanya batas bawah kelipatan lima "
    "dari yang berjalan pada akhir bulan; di bawah lima tidak disebut, termasuk bila tidak ada. Berkas yang baru "
    "ditutup setelah sebuah laporan menghitungnya tetap dihitung seperti semula."
)
MEASURES: dict[str, Sentence] = {
    "opened": _("kasus baru"),
    "closed": _("kasus ditutup"),
    "visits": _("kunjungan"),
    "persons": _("orang atau keluarga terdata"),
}
SUMMARY: dict[str, Sentence] = {
    "opened": _("Jumlah kasus baru"),
    "running": _("Kasus berjalan pada akhir bulan"),
    "closed": _("Kasus ditutup"),
    "late": _("Kasus berjalan yang lewat batas tahapnya"),
    "persons": _("Orang, keluarga, dan kelompok dengan kasus baru"),
    "visits": _("Kunjungan"),
    "letters": _("Surat diterbitkan"),
    "answers_due": _("Jawaban rujukan yang jatuh tempo"),
    "answers_in_time": _("Jawaban rujukan yang tepat waktu"),
    "aid": _("Bantuan yang selesai"),
}
PILLAR_WORDS: dict[str, Sentence] = dict(
    zip(
        PILLARS,
        (
            _("Rehabilitasi sosial"),
            _("Jaminan sosial"),
            _("Pemberdayaan sosial"),
            _("Perlindungan sosial"),
        ),
        strict=True,
    )
)
NOT_ELIGIBLE = _("Tidak memenuhi kriteria")


def both(words: Words) -> dict[str, str]:
    """Return words in both languages, as the report keeps them."""
    if isinstance(words, Text):
        return {"id": words.id, "en": words.en}
    if isinstance(words, Sentence):
        return {"id": str(words), "en": translate(words, "en")}
    return {"id": words, "en": words}


def table(code: str, columns: Sequence[str], rows: Sequence[Row]) -> dict[str, Any]:
    """Return a table as the report keeps it."""
    title, head = TITLES[code]
    return {
        "code": code,
        "title": both(title),
        "head": both(head),
        "note": both(NOTES[code]) if code in NOTES else None,
        "columns": [{"key": column, "label": both(COLUMNS[column])} for column in columns],
        "rows": [{"key": key, "label": both(words), "cells": list(cells)} for key, words, cells in rows],
    }


def said(words: Mapping[str, str] | None, lang: str) -> str:
    """Return frozen words in a language."""
    return words.get(lang, words["id"]) if words else ""
