"""Questions, dates and differences without a browser: what is read, and how it is told."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from caseflow.paths import package_root
from caseflow.states.category import Condition
from caseflow.states.deadlines import Calendar
from caseflow.web import history
from caseflow.web.conflict import marked
from caseflow.web.posted import Posted
from caseflow.web.questions import CHOOSE, REQUIRED, Question, arranged, read, typed_of
from caseflow.web.speech import Teller

WITA = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 11, 18, 10, 42, tzinfo=WITA)  # a Wednesday


def sent(**fields: str | tuple[str, ...]) -> Posted:
    return Posted({k: (v,) if isinstance(v, str) else v for k, v in fields.items()})


def answer(question: Question, form: Posted) -> object:
    answers, problems = read((question,), form)
    return problems.get(question.key) or answers[question.key]


DATE = Question(key="day", label="Kapan?", type="date")
RADIO = Question(key="risk", label="Risiko?", type="choice", choices=(("low", "Rendah"), ("high", "Tinggi")))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("16", "11", "2026"), "2026-11-16"),
        (("1", "2", "2026"), "2026-02-01"),
        (("29", "2", "2025"), "Tanggal itu tidak ada di kalender."),
        (("0", "1", "2026"), "Tanggal itu tidak ada di kalender."),
        (("16", "", "2026"), "Tulis tanggal, bulan, dan tahun dengan angka, misalnya 16 11 2026."),
        (("16", "November", "2026"), "Tulis tanggal, bulan, dan tahun dengan angka, misalnya 16 11 2026."),
        (("16", "11", "26"), "Tulis tanggal, bulan, dan tahun dengan angka, misalnya 16 11 2026."),
        (("", "", ""), REQUIRED),
    ],
)
def test_a_date_is_three_fields(typed: tuple[str, str, str], expected: str) -> None:
    form = sent(**{f"day-{part}": value for part, value in zip("dmy", typed, strict=True)})
    assert answer(DATE, form) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("850000", 850_000),
        ("850.000", 850_000),
        ("Rp 1.250.000", 1_250_000),
        ("Rp850.000,-", 850_000),
        ("0", 0),
        ("8.5", "Tulis bilangan bulat, misalnya 850000."),
        ("-3", "Tulis bilangan bulat, misalnya 850000."),
        ("sejuta", "Tulis bilangan bulat, misalnya 850000."),
        ("", REQUIRED),
    ],
)
def test_money_is_a_whole_number(typed: str, expected: object) -> None:
    assert answer(Question(key="n", label="Berapa?", type="money"), sent(n=typed)) == expected


def test_choices_are_those_that_are_offered() -> None:
    assert answer(RADIO, sent(risk="high")) == "high"
    assert answer(RADIO, sent(risk="tinggi")) == CHOOSE
    assert answer(RADIO, sent()) == CHOOSE
    several = Question(key="risk", label="", type="choices", choices=RADIO.choices)
    assert answer(several, sent(risk=("low", "bukan", "high"))) == ["low", "high"]
    assert answer(Question(key="b", label="", type="boolean"), sent(b="no")) is False


def test_a_draft_may_leave_everything_open() -> None:
    assert read((DATE, RADIO), sent(), draft=True) == ({"day": None, "risk": None}, {})


def test_what_stands_in_the_fields_is_what_was_answered() -> None:
    questions = (
        Question(key="day", label="", type="date", value="2026-02-01"),
        Question(key="b", label="", type="boolean", value=False),
        Question(key="many", label="", type="choices", choices=RADIO.choices, value=["low", "high"]),
        Question(key="lines", label="", type="list", value=["a", "b"]),
        Question(key="n", label="", type="integer", value=0),
    )
    form = Posted({name: tuple(values) for name, values in typed_of(questions).items()})
    answers, problems = read(questions, form)
    assert not problems
    assert answers == {q.key: q.value for q in questions}


def test_questions_stand_under_the_answer_that_asks_them() -> None:
    under = Question(key="why", label="", when=Condition("risk", ("high",)))
    deeper = Question(key="how", label="", when=Condition("why", ("x",)))
    (node,) = arranged((RADIO, under, deeper))
    assert node.question is RADIO
    assert [f.question for f in node.followers] == [under]
    assert node.followers[0].shown_by == (1,)
    assert [f.question for f in node.followers[0].followers] == [deeper]


def test_every_entry_that_an_action_writes_has_a_sentence() -> None:
    sources = [path.read_text("utf-8") for path in sorted((package_root() / "actions").glob("*.py"))]
    written = {code for source in sources for code in re.findall(r'"(case:[a-z_]+(?::[a-z_]+)?)"', source)}
    elsewhere = {
        "case:file:read",
        "case:letter:read",
        "case:act:refused",
        "case:step:refused",
        "case:letter",
        "case:act",
    }
    assert len(written) > 20
    assert written - elsewhere <= set(history.PLAIN)


@dataclass(frozen=True)
class Owed:
    """An obligation as the pages tell it."""

    due_at: datetime
    kind: str = "state_deadline"
    span: str = "3wd"
    started_at: datetime = NOW - timedelta(days=7)


def evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=WITA).astimezone(UTC)


TELLER = Teller("id", Calendar(WITA), NOW)


@pytest.mark.parametrize(
    ("owed", "awaited", "lead", "rest"),
    [
        (Owed(evening(date(2026, 11, 16))), False, "Terlambat 2 hari kerja.", "Batasnya 16 November"),
        (Owed(evening(date(2026, 11, 18))), False, "Hari ini.", ""),
        (Owed(evening(date(2026, 11, 20))), False, "Paling lambat Jumat.", "Masih 2 hari kerja"),
        (Owed(evening(date(2026, 12, 2))), False, "Paling lambat 2 Desember.", "Masih 10 hari kerja"),
        (Owed(evening(date(2027, 1, 4))), False, "Paling lambat 4 Januari 2027.", "Masih 33 hari kerja"),
        (Owed(evening(date(2026, 11, 30))), True, "Hari kerja ke-5 dari 13.", "Batasnya 30 November"),
        (
            Owed(NOW - timedelta(hours=5, minutes=12), "emergency_debt", "72h"),
            False,
            "Terlambat 5 jam.",
            "Batas 72 jam lewat 18 November pukul 05.30",
        ),
        (Owed(NOW + timedelta(hours=4), "emergency_debt", "72h"), False, "Hari ini pukul 14.42.", ""),
    ],
)
def test_due_dates_are_told_word_first(owed: Owed, awaited: bool, lead: str, rest: str) -> None:  # noqa: FBT001 - a row of the table
    told = TELLER.due(owed, awaited=awaited)
    assert (told.lead, told.rest) == (lead, rest)


def test_due_dates_are_told_in_english_too() -> None:
    told = Teller("en", Calendar(WITA), NOW).due(Owed(evening(date(2026, 11, 16))))
    assert (told.look, told.lead, told.rest) == ("late", "2 working days late.", "Due on 16 November")


def test_dates_leave_the_present_year_out() -> None:
    assert TELLER.day(date(2026, 11, 16)) == "16 November"
    assert TELLER.day(date(2025, 11, 16)) == "16 November 2025"
    assert TELLER.moment(NOW) == "18 November 2026, 10.42"
    assert TELLER.zone() == "WITA"


@pytest.mark.parametrize(
    ("yours", "theirs", "mine"),
    [
        ("di rumah kakak, RT 04", "di rumah ibu, RT 04", ["kakak,"]),
        ("sama", "sama", []),
        ("Rp850.000", "Rp1.200.000", []),
        ("satu dua", "satu dua tiga", []),
    ],
)
def test_words_that_differ_are_marked(yours: str, theirs: str, mine: list[str]) -> None:
    left, right = marked(yours, theirs)
    assert "".join(text for text, _differs in left) == yours
    assert "".join(text for text, _differs in right) == theirs
    assert [text.strip() for text, differs in left if differs] == mine
