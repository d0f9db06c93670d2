"""From frozen facts to HTML, in the sandbox; runs only inside the child process."""

import base64
import io
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from jinja2.sandbox import ImmutableSandboxedEnvironment

from caseflow.letters.catalogue import ANNEX, BASE, LetterKind
from caseflow.letters.facts import Birth, Facts, Subject
from caseflow.letters.sandbox import environment, tanggal, usia

ASSETS = "file:///letters/"
"""Where the letter's own files seem to lie; pdf.py serves nothing else."""
QR_VERSION, QR_MASK, QR_CAPACITY = 6, 3, 106  # error correction M, bytes: a fixed size costs half of a searched one
SUBJECTS = {"person": "Nama", "household": "Keluarga", "group": "Kelompok", "community": "Komunitas"}
SEXES = {"L": "Laki-laki", "P": "Perempuan"}


def subject(kind: LetterKind, facts: Facts) -> str:
    """Return the line after "Hal", one line of plain text."""
    text = _environment(kind.roots).get_template(f"{kind.name}/subject.txt").render(context(kind, facts))
    return " ".join(text.split())


def html(kind: LetterKind, facts: Facts, *, pages: int, tight: bool = False) -> str:
    """Return the whole letter; reads nothing but the facts and the kind's templates.

    `pages` is the total the foot says, `tight` sets the text one size smaller.
    """
    said = context(kind, facts)
    said["hal"] = subject(kind, facts)
    said |= {"tight": tight, "pages": pages}
    said["logo"] = facts["office"]["logo"] or f"{ASSETS}{BASE}/logo.svg"
    said["qr"] = qr(facts["check"]["url"]) if facts["check"] and not facts["draft"] else ""
    reply = facts["reply"]
    said["qr_reply"] = qr(reply["url"]) if reply and reply["url"] and not facts["draft"] else ""
    return _environment(kind.roots).get_template(f"{BASE}/frame.html").render(said)


def context(kind: LetterKind, facts: Facts) -> dict[str, Any]:
    """Return what a template may read: the facts by their names, `f` (the fields), `letter` and `identity`."""
    reply = kind.reply
    return {
        "legal_basis": None,
        **facts,
        "f": {field.key: _shown(field.choices, facts["fields"].get(field.key)) for field in kind.fields},
        "columns": {field.key: [(c.label.id, c.width) for c in field.columns] for field in kind.fields},
        "identity": identity_rows(kind, facts),
        "letter": {
            "name": kind.name,
            "code": kind.code,
            "title": kind.title.id,
            "shape": kind.shape,
            "addressee": kind.addressee,
            "signature": kind.signature,
            "annex": kind.annex,
            "slip": bool(reply and reply.slip),
            "outcomes": [(outcome.label.id, outcome.line.id) for outcome in reply.outcomes] if reply else [],
        },
    }


def identity_rows(kind: LetterKind, facts: Facts) -> list[tuple[str, str]]:
    """Return (label, text) of what the kind prints about its subject; a row without a value is left out."""
    about = facts["subject"]
    if about is None:
        return []
    made = {name: _row(name, about, facts["date"]) for name in kind.identity}
    return [row for row in made.values() if row[1]]


@lru_cache(maxsize=4)  # a letter that is laid out again has the same ones
def qr(url: str) -> str:
    """Return the code as a PNG data URI, one pixel a module."""
    made = segno.make_qr(url, error="m", version=QR_VERSION, mask=QR_MASK, mode="byte", boost_error=False)
    png = io.BytesIO()
    made.save(png, kind="png", scale=1, border=2)
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()


def compile_templates(kind: LetterKind) -> None:
    """Read what a first letter of the kind would otherwise wait for."""
    for file in ("subject.txt", "body.html", *([ANNEX] if kind.annex else [])):
        _environment(kind.roots).get_template(f"{kind.name}/{file}")


def forget() -> None:
    """Drop compiled templates: an office's own file may now stand before a shipped one."""
    _environment.cache_clear()


@lru_cache(maxsize=8)
def _environment(roots: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    return environment(roots)


def _shown(choices: tuple[Any, ...], value: object) -> object:
    return next((choice.label.id for choice in choices if choice.key == value), value)


def _row(name: str, about: Subject, on: str) -> tuple[str, str]:
    if name == "name":
        return SUBJECTS[about["kind"]], about["name"]
    if name == "birth":
        return _birth(about["birth"], on)
    if name == "sex":
        return "Jenis kelamin", SEXES.get(about["sex"] or "", "")
    if name == "desil":
        checked = f", diperiksa {tanggal(about['desil_checked'])}" if about["desil_checked"] else ""
        return "Peringkat DTSEN", f"Desil {about['desil']}{checked}" if about["desil"] else ""
    plain = {
        "nik": ("NIK", about["nik"]),
        "kk": ("Nomor Kartu Keluarga", about["kk"]),
        "address": ("Alamat", about["address"]),
        "jkn": ("Kepesertaan JKN", about["jkn"]),
    }
    label, value = plain[name]
    return label, value or ""


def _birth(birth: Birth | None, on: str) -> tuple[str, str]:
    if birth is None:
        return "", ""
    place = f"{birth['place']}, " if birth["place"] else ""
    if birth["date"]:
        age = usia(birth["date"], on)
        lived = f" ({age} tahun)" if age > 0 else " (kurang dari 1 tahun)" if age == 0 else ""
        return ("Tempat, tanggal lahir" if place else "Tanggal lahir"), f"{place}{tanggal(birth['date'])}{lived}"
    if birth["about_years"] is not None:
        return ("Tempat lahir, umur" if place else "Umur"), f"{place}± {birth['about_years']} tahun (perkiraan)"
    return "Tempat lahir", birth["place"] or ""
