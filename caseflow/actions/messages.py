"""What messages say, in both languages: to the inbox in full, to the outside without anything about a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from caseflow.actions.wordings import ELSE, WORDINGS, Wording
from caseflow.errors import Sentence, _
from caseflow.i18n import format_date, format_datetime, translate
from caseflow.states.lifecycle import STATES, STEPS

URGENT = {"emergency", "emergency_debt", "factor_added", "factor_reset", "password_given", "password_set"}
"""Kinds that reach people in their quiet hours too, as what is due by the hour does."""
DIGESTS = {"digest_daily": "/", "digest_weekly": "/kasus-menunggu"}
"""Kinds that tell of many cases at once -> the page they lead to."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message as its reader sees it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it leaves the house."""

    subject: str
    text: str


def say(
    kind: str, data: Mapping[str, Any], case_number: str | None, lang: str, *, people: Mapping[str, str] | None = None
) -> Said:
    """Return a message of the inbox; `people` are the names of workers that a digest counts."""
    if kind in DIGESTS:
        return digest(kind, data, lang, people=people or {})
    return _said(_wording(kind, data), data, case_number, lang)


def letter(
    kind: str, data: Mapping[str, Any], case_number: str | None, lang: str, *, public_url: str, path: str | None = None
) -> Letter:
    """Return a message for the outside: number of the case and a link, nothing about a person."""
    if kind in DIGESTS:
        said = digest(kind, data, lang)
    else:
        wording = _wording(kind, data)
        said = _said(ELSE if wording.inside else wording, data, case_number, lang)
    link = public_url + (place(kind, data, case_number) if path is None else path)
    last = translate(_("Buka {link}"), lang, link=link)
    subject = f"{case_number}: {said.title}" if case_number else said.title
    return Letter(subject, f"{said.text}\n\n{last}\n")


def is_urgent(kind: str, data: Mapping[str, Any]) -> bool:
    """Tell whether a message waits for no morning: it is about an emergency, or what is due by the hour."""
    return kind in URGENT or "due_at" in data


# --- digests ----------------------------------------------------------------------------------------------------------


def digest(kind: str, data: Mapping[str, Any], lang: str, *, people: Mapping[str, str] | None = None) -> Said:
    """Return a digest: numbers of cases and counts; `people` names workers, for who reads it inside."""
    day = format_date(date.fromisoformat(data["day"]), lang)
    lines = _daily(data, lang) if kind == "digest_daily" else _weekly(data, lang, people)
    title = _("Ringkasan {day}", day=day) if kind == "digest_daily" else _("Ringkasan mingguan {day}", day=day)
    return Said(translate(title, lang), "\n".join(lines))


def _daily(data: Mapping[str, Any], lang: str) -> list[str]:
    said = (
        ("today", _("Jatuh tempo hari ini: {n} ({cases})")),
        ("late", _("Terlambat: {n} ({cases})")),
        ("waiting", _("Menunggu pihak lain: {n} ({cases})")),
    )
    return [_named(sentence, data[key], lang) for key, sentence in said if data[key]["n"]]


def _named(sentence: Sentence, found: Mapping[str, Any], lang: str) -> str:
    cases = ", ".join(found["cases"]) + (", …" if found["more"] else "")
    return translate(sentence, lang, n=found["n"], cases=cases)


def _weekly(data: Mapping[str, Any], lang: str, people: Mapping[str, str] | None) -> list[str]:
    said = []
    if data["late"]:
        said.append(
            translate(
                _("Kasus lewat batas tahapnya: {n}, pada {of} pendamping.", n=data["late"], of=len(data["workers"])),
                lang,
            )
        )
    if people is not None and data["workers"]:
        named = ((people.get(user) or translate(_("Belum ditugaskan"), lang), n) for user, n in data["workers"].items())
        said.append(", ".join(f"{name} {n}" for name, n in named) + ".")
    if data["reviews"]:
        said.append(translate(_("Permintaan persetujuan yang menunggu: {n}.", n=data["reviews"]), lang))
    if data["unanswered"]:
        said.append(translate(_("Rujukan tanpa jawaban melewati tenggatnya: {n}.", n=data["unanswered"]), lang))
    if data["place"] and (people is not None or not data["few"]):
        said.append(data["place"][lang])
    return said


# --- where it is done -------------------------------------------------------------------------------------------------

PLACES = {
    "review_asked": "/persetujuan/{cause}",
    "review": "/persetujuan/{ref}",
    "erasure_asked": "/penghapusan/{cause}",
    "erasure_granted": "/penghapusan/{cause}",
    "erasure_refused": "/penghapusan/{cause}",
    "initial_asked": "/kasus/{case}/surat/{cause}/paraf",
    "letter_initial": "/kasus/{case}/surat/{ref}/paraf",
    "referral_offered": "/kasus/{case}/rujukan/{cause}/konfirmasi",
    "answer_confirmation": "/kasus/{case}/rujukan/{ref}/konfirmasi",
    "referral_answer": "/kasus/{case}/rujukan",
    "placement_review": "/kasus/{case}/penempatan/{ref}/tinjau",
    "hold_end": "/kasus/{case}/berkas/lanjutkan",
    "visit": "/kasus/{case}/kunjungan/baru",
    "state_deadline": "/kasus/{case}#langkah",
    "emergency_debt": "/kasus/{case}#langkah",
    "letter_ready": "/kasus/{case}#surat",
    "letter_failed": "/kasus/{case}#surat",
    "letter_withheld": "/kasus/{case}#surat",
    "draft_returned": "/kasus/{case}#surat",
    "psks_unconfirmed": "/psks/konfirmasi",
    "transfer_offered": "/kasus-masuk/{cause}",
    "transfer_accepted": "/kasus-masuk/{cause}",
    "transfer": "/kasus-masuk/{cause}",
    "transfer_withdrawn": "/kasus-masuk",
    "file_lower_asked": "/kasus/{case}/ubah-kategori",
}
"""Kind of message -> where it is done; `cause` is the id in the cause of the message, `ref` what an obligation is for.

The others begin on the page of their case.
"""
NOWHERE = ("transfer_left",)
"""Kinds of messages about a case that whoever reads them may not open any more."""


def place(
    kind: str, data: Mapping[str, Any], case_number: str | None, *, cause_key: str = "", ref_id: str | None = None
) -> str:
    """Return the page where what a message asks for is done; empty where there is none."""
    if kind in DIGESTS or kind in NOWHERE:
        return DIGESTS.get(kind, "")
    if "question" in data:
        return f"/meja-audit/pertanyaan/{data['question']}"
    if "worker" in data:
        return f"/serah-terima/{data['worker']}"
    _first, _colon, rest = cause_key.partition(":")
    known = {"case": case_number, "cause": rest.partition(":")[0], "ref": ref_id}
    template = PLACES.get(kind, "")
    if template and all(known[name] for name in known if f"{{{name}}}" in template):
        return template.format(**known)
    return f"/kasus/{case_number}" if case_number else ""


def _wording(kind: str, data: Mapping[str, Any]) -> Wording:
    return WORDINGS.get(f"{kind}.{data['phase']}" if "phase" in data else kind, ELSE)


def _said(wording: Wording, data: Mapping[str, Any], case_number: str | None, lang: str) -> Said:
    shown = {
        "case": case_number or "-",
        "number": data.get("number", "-"),
        "count": data.get("count", "-"),
        "account": data.get("account", "-"),
        "state": STATES[data["state"]].in_(lang).lower() if data.get("state") in STATES else "-",
        "step": STEPS[data["step"]].label.in_(lang) if data.get("step") in STEPS else "-",
        "due": _due(data, lang),
    }
    return Said(translate(wording.title, lang, **shown), translate(wording.sentence, lang, **shown))


def _due(data: Mapping[str, Any], lang: str) -> str:
    if "due_at" in data:
        return format_datetime(datetime.fromisoformat(data["due_at"]), ZoneInfo(data["zone"]), lang)
    return format_date(date.fromisoformat(data["due"]), lang) if "due" in data else "-"
