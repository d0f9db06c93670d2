"""Two languages: every sentence of the source has its English, and dates, numbers and words read as people write."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from caseflow import errors, i18n
from caseflow.access import ACT_LABELS, names_of
from caseflow.errors import (
    CaseflowError,
    Forbidden,
    InstantRequired,
    InvalidInput,
    Label,
    Refused,
    Sentence,
    StepRefused,
    _,
    listed,
)
from caseflow.states.deadlines import parse_span, span_words
from tools import messages

WITA = ZoneInfo("Asia/Makassar")
ERRORS = [error for error in vars(errors).values() if isinstance(error, type) and issubclass(error, CaseflowError)]


# --- the catalogue -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_has_its_sentence_in_both_languages(error: type[CaseflowError]) -> None:
    template = " ".join((error.__doc__ or "").split())
    english = messages.catalogue().get(template)
    assert template
    assert english is not None
    assert english.string
    assert messages.placeholders(str(english.string)) == messages.placeholders(template)


def test_every_sentence_of_the_source_has_english() -> None:
    found, english = messages.sentences(), messages.catalogue()
    assert not messages.missing(found, english), "run python tools/messages.py --write and translate what it adds"
    assert not messages.misfilled(english)


def test_the_catalogue_holds_each_sentence_once_and_none_that_nobody_says() -> None:
    text = messages.CATALOGUE.read_text(encoding="utf-8")
    stated = [line for line in text.splitlines() if line.startswith("msgid ")]
    assert len(stated) == len(set(stated))
    assert not messages.unused(messages.sentences(), messages.catalogue())


def test_sentences_are_found_where_they_stand() -> None:
    code = 'x = _("Satu " "dua.")\ny = _(\n    "Tiga {n}.", n=3)\nz = other("Bukan")\n'
    assert list(messages.sentences_in_python(code, "a.py")) == [("Satu dua.", "a.py:1"), ("Tiga {n}.", "a.py:2")]
    page = "<p>{{ _('Satu.') }}</p>\n{{ _(\"Dua {n}.\", n=2) }}\n{# {{ _('Bukan') }} #}{% trans %}Tiga.{% endtrans %}"
    assert list(messages.sentences_in_template(page, "a.html")) == [
        ("Satu.", "a.html:1"),
        ("Dua {n}.", "a.html:2"),
        ("Tiga.", "a.html:3"),
    ]


def test_a_sentence_put_together_at_run_time_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.py:1"):
        list(messages.sentences_in_python("_(f'Halo {name}')", "a.py"))


def test_a_new_sentence_is_written_as_the_catalogue_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "en.po"
    path.write_text('msgid ""\nmsgstr ""\n' + messages.entry('Kata "dalam" kutip,\nlalu \\ baris.'), encoding="utf-8")
    with path.open("rb") as file:
        assert read_po(file).get('Kata "dalam" kutip,\nlalu \\ baris.') is not None


# --- sentences -----------------------------------------------------------------------------------------------------


def test_a_sentence_is_indonesian_text_that_can_be_said_again() -> None:
    sentence = _('Kode wilayah "{code}" tidak dikenal: 2, 4, 6 atau 10 angka.', code="7")
    assert sentence == 'Kode wilayah "7" tidak dikenal: 2, 4, 6 atau 10 angka.'
    assert i18n.translate(sentence, "id") == sentence
    assert i18n.translate(sentence, "en") == 'Area code "7" is not known: 2, 4, 6 or 10 digits.'


def test_english_has_a_plural() -> None:
    said = [i18n.translate(span_words(parse_span(text)), "en") for text in ("1h", "72h", "1wd", "5wd")]
    assert said == ["1 hour", "72 hours", "1 working day", "5 working days"]


def test_what_is_not_in_the_catalogue_stays_indonesian() -> None:
    assert i18n.translate("Tidak ada di katalog {x}.", "en", x=1) == "Tidak ada di katalog 1."
    assert i18n.translate("Kurung {x} tanpa data", "en") == "Kurung {x} tanpa data"
    assert i18n.translate("", "en") == ""


def test_what_a_person_typed_is_never_filled_in() -> None:
    typed = "{0.__class__} {code}"
    sentence = _('Kode wilayah "{code}" tidak dikenal: 2, 4, 6 atau 10 angka.', code=typed)
    assert typed in i18n.translate(sentence, "en")
    assert i18n.error_message(Refused(reason=typed), "en") == typed


def test_an_error_speaks_both_languages_down_to_its_parts() -> None:
    error = InvalidInput(
        {"area": _("Kode kabupaten/kota terdiri dari 4 angka, misalnya 63.10."), "x": "Isian ini wajib."}
    )
    assert i18n.error_message(error, "id") == str(error)
    assert i18n.error_message(error, "en") == (
        "Some answers need correcting: area: The code of a regency or city has 4 digits, for example 63.10.; "
        "x: This field is required."
    )
    assert i18n.error_data(error, "en")["problems"]["x"] == "This field is required."


def test_a_refused_step_says_every_unmet_guard() -> None:
    unmet = [{"guard": "a", "message": _("Isian ini wajib.")}, {"guard": "b", "message": _("Tanggal ini belum tiba.")}]
    error = StepRefused(step="approve_plan", label=Label("Setujui rencana", en="Approve plan"), unmet=unmet)
    assert i18n.error_message(error, "en") == (
        'The step "Approve plan" cannot be taken yet: This field is required.; This date has not come yet.'
    )
    assert i18n.error_data(error, "en")["step"] == "approve_plan"
    assert [u["guard"] for u in i18n.error_data(error, "en")["unmet"]] == ["a", "b"]
    assert i18n.error_message(error, "id") == str(error)


def test_who_may_is_named_in_the_language_of_the_reader() -> None:
    error = Forbidden(action=ACT_LABELS["void_letter"], allowed=names_of(("supervisor", "head")))
    assert str(error).endswith("membatalkan surat. Yang berwenang: supervisor, kepala dinas.")
    assert i18n.error_message(error, "en").endswith("void a letter. Who may: supervisor, head of office.")


@given(st.lists(st.text(max_size=9)))
def test_a_list_of_names_takes_any_name(names: list[str]) -> None:
    assert listed(names) == ", ".join(names)
    assert i18n.translate(listed(names), "en") == ", ".join(names)


@given(st.text(), st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_filling_in_never_fails_on_what_people_type(typed: str, data: dict[str, str]) -> None:
    sentence = Sentence("Ada isian: {summary} {lain}", **{**data, "summary": typed})
    assert typed in i18n.translate(sentence, "en")


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        (None, "id"),
        ("", "id"),
        ("en", "en"),
        ("en-GB,en;q=0.9,id;q=0.8", "en"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("in-ID,en;q=0.5", "id"),
        ("en;q=0.3, id;q=0.7", "id"),
        ("fr, de;q=0.5", "id"),
        ("fr, en;q=0", "id"),
        ("*", "id"),
        (";;q=x,,en;q=abc", "en"),
    ],
)
def test_the_reader_s_language_is_chosen_from_the_header(header: str | None, lang: str) -> None:
    assert i18n.choose_language(header) == lang


def test_names_are_picked_with_indonesian_as_the_fallback() -> None:
    assert i18n.pick({"id": "anak", "en": "child"}, "en") == "child"
    assert i18n.pick({"id": "anak"}, "en") == "anak"
    assert i18n.pick({"en": "child"}, "id") == "child"
    assert i18n.pick({}, "id") == ""


# --- dates, numbers and words --------------------------------------------------------------------------------------


def test_dates_and_times_read_as_people_write_them() -> None:
    day, at = date(2026, 11, 16), datetime(2026, 11, 16, 2, 42, tzinfo=UTC)
    assert [i18n.format_date(day, lang) for lang in i18n.LANGUAGES] == ["16 November 2026", "16 November 2026"]
    assert i18n.format_date(date(2026, 5, 1), "id") == "1 Mei 2026"
    assert i18n.format_month(date(2026, 8, 1), "en") == "August 2026"
    assert i18n.format_weekday_date(date(2026, 11, 20), "id") == "Jumat, 20 November 2026"
    assert i18n.weekday_name(date(2026, 11, 22), "en") == "Sunday"
    assert [i18n.format_time(at, WITA, lang) for lang in i18n.LANGUAGES] == ["10.42", "10:42"]
    assert i18n.format_datetime(at, WITA, "id") == "16 November 2026 pukul 10.42 WITA"
    assert i18n.format_datetime(at, ZoneInfo("Asia/Jayapura"), "en") == "16 November 2026 at 11:42 WIT"


def test_the_day_is_the_one_at_the_office() -> None:
    assert (
        i18n.format_datetime(datetime(2026, 12, 31, 16, 5, tzinfo=UTC), WITA, "id") == "1 Januari 2027 pukul 00.05 WITA"
    )
    with pytest.raises(InstantRequired):
        i18n.format_time(datetime(2026, 1, 1), WITA, "id")  # noqa: DTZ001 - the point of it


def test_numbers_and_money() -> None:
    assert [i18n.format_number(1204, lang) for lang in i18n.LANGUAGES] == ["1.204", "1,204"]
    assert i18n.format_number(-1234567, "id") == "-1.234.567"
    assert i18n.format_money(850000, "id") == "Rp850.000"
    assert i18n.format_money(-850000, "en") == "-Rp850,000"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (100, "seratus"),
        (1000, "seribu"),
        (2026, "dua ribu dua puluh enam"),
        (850000, "delapan ratus lima puluh ribu"),
        (1000000, "satu juta"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert i18n.terbilang(number) == words


def test_a_date_in_words_as_an_official_record_says_it() -> None:
    words = "Senin tanggal enam belas bulan November tahun dua ribu dua puluh enam"
    assert i18n.terbilang_date(date(2026, 11, 16)) == words
