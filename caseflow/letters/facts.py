"""The frozen facts of a letter: the one JSON object that a rendering reads, and its check."""

import json
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, TypedDict, Union, get_args, get_origin, get_type_hints, is_typeddict

from caseflow import errors
from caseflow.errors import _

SCHEMA = 1
BLANK = "……………"
"""What stands in a draft where something is still missing, whatever its type."""

type_names = {str: _("teks"), int: _("bilangan bulat"), bool: _("benar atau salah"), NoneType: _("kosong")}


class Office(TypedDict):
    """The head of the page (kop) and where the office is reached."""

    government: str  # "Pemerintah Kabupaten Tanah Bumbu"; printed in capitals
    agency: str  # "Dinas Sosial"
    unit: str | None  # a UPTD under the agency, a third line
    address_lines: list[str]
    phone: str | None  # stands in the foot too
    email: str | None
    website: str | None
    place: str  # where letters are dated: "Batulicin"
    logo: str | None  # data:image/png;base64,... or data:image/svg+xml;base64,...; None: the neutral one


class Addressee(TypedDict):
    """Who the letter is sent to; `lines` follow "Yth.", the first one is the post."""

    lines: list[str]  # ["Direktur RSUD dr. H. Andi Abdurrahman Noor"]
    place: str  # "Batulicin"


class Official(TypedDict):
    """A post and its holder of the day."""

    prefix: Literal["", "Plt.", "Plh.", "a.n."]
    post: str  # "Kepala Dinas Sosial"; with "a.n.": the post on whose behalf is signed
    own_post: str | None  # with "a.n." only: the signer's own post
    name: str  # with academic titles
    rank: str | None  # "Pembina Tk. I (IV/b)"
    nip: str | None


class Party(TypedDict):
    """One of two parties, a member of a team, or the citizen who signs alone."""

    role: str  # "PIHAK PERTAMA", "Ketua Tim", "Yang menyatakan"
    name: str
    post: str | None
    identity: str | None  # "NIP 1972...", "NIK 6310..."
    address: str | None


class Birth(TypedDict):
    """What is known of a birth: a date, or about how many years old, or neither."""

    place: str | None
    date: str | None  # ISO; None when it is not known
    about_years: int | None  # an estimated age at the letter's date


class Subject(TypedDict):
    """The person (or household, group, community) the letter is about; keys a kind does not print are None."""

    kind: Literal["person", "household", "group", "community"]
    name: str  # the name the addressee may read (a pseudonym where the rule says so)
    nik: str | None  # None: missing, doubtful, or not for this addressee
    kk: str | None
    birth: Birth | None
    sex: Literal["L", "P"] | None
    address: str | None
    jkn: str | None  # "PBI APBN, nonaktif sejak 1 Februari 2026"
    desil: int | None  # DTSEN decile 1-10, never without the date of the check
    desil_checked: str | None  # ISO


class Contact(TypedDict):
    """The worker whom the addressee may call."""

    name: str
    post: str | None
    phone: str | None


class Consent(TypedDict):
    """The recorded consent to tell this addressee; None in the facts when the law did not ask for one."""

    giver: str  # empty where the letter hides whom it is about
    relation: str  # "yang bersangkutan", "ibu kandung", "wali"
    date: str  # ISO


class Check(TypedDict):
    """How anybody tests that the letter is genuine. `url` is what the QR says."""

    code: str  # "4D40-9832-1654-A457"
    url: str  # "https://.../verify/4D40983216..."


class Reply(TypedDict):
    """How the addressee answers: on the slip, or on a page reached by a code of its own."""

    code: str | None
    url: str | None
    days: int  # working days


class Replaces(TypedDict):
    """The letter that this one corrects."""

    number: str
    date: str  # ISO


class Facts(TypedDict):
    """Everything a letter says. Nothing else is read, and all of it but the logo is attached to the PDF."""

    schema: int  # SCHEMA
    letter: str  # folder name of the kind: "rjk-rs"
    code: str  # "RJK-RS"
    paper: Literal["A4", "F4"]
    draft: bool  # marked KONSEP; number and check may be None
    made_at: str  # ISO instant with zone, of the record: the PDF's own dates
    office: Office
    number: str | None
    date: str  # ISO, in the office's zone
    sifat: str
    lampiran: str  # "-" or "1 (satu) lembar"
    addressee: Addressee | None
    subject: Subject | None
    basis: list[str]  # what the letter rests on: "laporan Puskesos Desa ... tanggal ..."
    fields: dict[str, Any]  # the fields that letter.toml declares: str, int, bool, ISO date, list of str, or None
    consent: Consent | None
    legal_basis: NotRequired[Literal["vital_interest"] | None]  # no consent; older facts lack the key
    contact: Contact | None
    signatory: Official | None  # block "official"; the one who knows (Mengetahui) in the other blocks
    parties: list[Party]  # blocks "two_parties", "team", "citizen"
    tembusan: list[str]
    case_number: str | None
    replaces: Replaces | None
    check: Check | None
    reply: Reply | None


def problems(facts: object) -> dict[str, str]:
    """Return dotted key -> Indonesian sentence for everything that does not fit the schema; empty when it fits."""
    found: dict[str, str] = {}
    _fit(facts, Facts, "facts", found)
    return {key.removeprefix("facts."): sentence for key, sentence in found.items()}


def require(facts: object) -> None:
    """Raise InvalidInput with every problem of the structure at once."""
    if found := problems(facts):
        raise errors.InvalidInput(found)


def canonical(facts: Facts) -> bytes:
    """Return the bytes that are attached to the PDF: sorted JSON without the logo's pixels."""
    said = {**facts, "office": {**facts["office"], "logo": None}}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _fit(value: object, hint: Any, key: str, found: dict[str, str]) -> None:  # noqa: ANN401 - a type hint
    origin = get_origin(hint)
    if hint is Any:
        return
    if origin in (Union, UnionType):
        _fit_one_of(value, get_args(hint), key, found)
    elif origin is Literal:
        if value not in get_args(hint):
            known = ", ".join(f'"{choice}"' for choice in get_args(hint))
            found[key] = _("harus salah satu dari: {known}", known=known)
    elif origin is list:
        if not isinstance(value, list):
            found[key] = _("harus berupa daftar")
            return
        for index, item in enumerate(value):
            _fit(item, get_args(hint)[0], f"{key}.{index}", found)
    elif origin is dict or is_typeddict(hint):
        _fit_object(value, hint, key, found)
    elif not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        found[key] = _("harus berupa {what}", what=type_names[hint])


def _fit_one_of(value: object, hints: tuple[Any, ...], key: str, found: dict[str, str]) -> None:
    if value is None and NoneType in hints:
        return
    attempts: list[dict[str, str]] = []
    for hint in hints:
        if hint is not NoneType:
            attempts.append({})
            _fit(value, hint, key, attempts[-1])
    if all(attempts):
        found.update(attempts[0])


def _fit_object(value: object, hint: Any, key: str, found: dict[str, str]) -> None:  # noqa: ANN401 - a type hint
    if not isinstance(value, dict):
        found[key] = _("harus berupa objek")
        return
    if not is_typeddict(hint):
        return
    hints = get_type_hints(hint)
    for name in hint.__required_keys__ - value.keys():
        found[f"{key}.{name}"] = _("belum ada; isi kosong bila memang tidak diketahui")
    for name in value.keys() - hints.keys():
        found[f"{key}.{name}"] = _("tidak dikenal")
    for name in hints.keys() & value.keys():
        _fit(value[name], hints[name], f"{key}.{name}", found)
