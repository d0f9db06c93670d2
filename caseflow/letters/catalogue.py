"""The kinds of letters: each a folder with letter.toml, subject.txt, body.html and sample.json."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from caseflow import errors
from caseflow.definitions import toml
from caseflow.errors import _
from caseflow.letters import parts, sources
from caseflow.letters.facts import SCHEMA, Facts
from caseflow.letters.sandbox import look_into
from caseflow.letters.sheet import Finding, Sheet
from caseflow.states.category import Choice, Text
from caseflow.states.lifecycle import ROLES, STATES
from caseflow.states.sharing import INSTITUTIONS, PURPOSES

BASE = "_base"
SHAPES = ("korespondensi", "judul")
ADDRESSEES = (*INSTITUTIONS, *parts.NAMED, "none")
SIFAT = ("Biasa", "Segera", "Sangat Segera", "Penting", "Rahasia")
IDENTITY = ("name", "nik", "kk", "birth", "sex", "address", "jkn", "desil")
"""Rows of the identity block, in the order of print: what this addressee needs to know, and no more."""
NAMES_CLOSED = ("pseudonym", "full")
"""How a letter about a closed file (R3) says whom it is about."""
PURPOSES_OF = ("subject", "institution", "office")
"""What a letter is for: given to the subject or the family, sent to others, kept by the office."""
ABOUT = ("case", "report")
FIELD_TYPES = ("text", "longtext", "integer", "money", "date", "boolean", "choice", "list", "table")
LONGEST = {"text": 200, "longtext": 600, "list": 10, "table": 60}
OUTCOMES = ("accepted", "refused", "done", "returned")
Stamp = tuple[tuple[str, int, int], ...]
MEMBERS = ("letter.toml", "subject.txt", "body.html", "sample.json")
ANNEX = "annex.html"


@dataclass(frozen=True, slots=True)
class Field:
    """Something the letter says that comes from the case or from whoever issues it."""

    key: str
    label: Text
    type: str
    required: bool
    max: int
    """Most characters of a text, most entries of a list or a table."""
    help: Text | None
    choices: tuple[Choice, ...]
    source: tuple[str, ...]
    """Where the case may already hold the answer, tried in this order: "stage.field", or one of letters/sources.py."""
    past: bool = False
    """A date that has come: what a letter tells of happened before it was written."""
    columns: tuple[parts.Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One box the addressee can tick on the reply slip."""

    code: str
    label: Text
    line: Text
    """What is written after it: "tanggal", "karena"; may be empty."""


@dataclass(frozen=True, slots=True)
class ReplyRule:
    """The addressee is asked to answer within so many working days; `slip` prints the lembar balik."""

    days: int
    slip: bool
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """How a letter about a closed file (R3) says whom it is about; a full name needs the reason and a consent."""

    identity: str = "pseudonym"
    reason: Text | None = None
    """Why the receiver cannot act on a pseudonym."""


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of letter, as its folder says."""

    name: str
    """The folder: "rjk-rs"."""
    code: str
    """"RJK-RS"."""
    title: Text
    shape: str
    addressee: str
    signature: str
    issued_by: tuple[str, ...]
    states: tuple[str, ...]
    consent: str
    """Purpose of the consent to this addressee that must stand before this is issued; empty: none."""
    classification: str
    sifat: str
    lampiran: str
    identity: tuple[str, ...]
    fields: tuple[Field, ...]
    tembusan: tuple[str, ...]
    reply: ReplyRule | None
    closed_file: ClosedFile
    purpose: str
    """One of `PURPOSES_OF`."""
    roots: tuple[Path, ...]
    """Where its files are looked for, the office's own first."""
    copies: bool = True
    """Whether the heads of the area get a copy where the case allows it."""
    acknowledged: bool = False
    """Whether the official signs as the one who knows, beside whoever else signs."""
    hands: tuple[parts.Hand, ...] = ()
    uses: frozenset[str] = frozenset()
    """The names its own templates speak of: facts they never print do not travel with the letter."""
    annex: bool = False
    usual: tuple[str, ...] = ()
    """States in which it is mostly written: offered first there."""
    about: str = "case"
    """One of `ABOUT`; what is not about a case is offered in none and has no states."""

    def find(self, member: str) -> Path:
        """Return the file of this letter that counts: the office's own before the shipped one."""
        return _find(self.roots, f"{self.name}/{member}") or self.roots[-1] / self.name / member


def load(root: Path, extra: Path | None = None) -> dict[str, LetterKind]:
    """Read every folder of `root` (the one that holds `_base`) and of `extra`, whose files count first.

    Raises BrokenLetters with the findings of all files at once. A process reads the files again only when one of them
    has changed.
    """
    roots = (root,) if extra is None else (extra, root)
    files = (path for folder in roots for path in sorted(folder.glob("*/*")))
    return dict(_load(roots, tuple(_stamped(path) for path in files)))


@lru_cache(maxsize=8)
def _load(roots: tuple[Path, ...], _stamps: Stamp) -> dict[str, LetterKind]:
    findings = [Finding(str(folder), "-", _("foldernya tidak ada")) for folder in roots if not folder.is_dir()]
    names = {f.name for r in roots if r.is_dir() for f in r.iterdir() if f.is_dir() and f.name[0] not in "._"}
    kinds = {name: _read(name, roots, findings) for name in sorted(names)}
    _refuse_double_codes(kinds, findings)
    _refuse(findings)
    return kinds


def load_one(name: str, root: Path, extra: Path | None = None) -> LetterKind:
    """Read one folder; raises UnknownLetter, or BrokenLetters with the findings of its files only."""
    roots = (root,) if extra is None else (extra, root)
    if "/" in name or name[:1] in {"", ".", "_"} or not any((folder / name).is_dir() for folder in roots):
        raise errors.UnknownLetter(letter=name, known="-")
    findings: list[Finding] = []
    kind = _read(name, roots, findings)
    _refuse(findings)
    return kind


def get(kinds: dict[str, LetterKind], name: str) -> LetterKind:
    """Return the kind by folder name or code; raises UnknownLetter."""
    for kind in kinds.values():
        if name in (kind.name, kind.code):
            return kind
    raise errors.UnknownLetter(letter=name, known=", ".join(sorted(kinds)))


def register_number(kind: LetterKind, running: int, *, unit: str, year: int) -> str:
    """Return the number of a letter in its register: "400.9/0001/RJK-RS/DINSOS/2026"."""
    return f"{kind.classification}/{running:04d}/{kind.code}/{unit}/{year}"


def template_digest(kind: LetterKind) -> str:
    """Return the SHA-256 over the names and bytes of every file the letter is made with, the frame included."""
    digest = hashlib.sha256()
    for relative, path in _files(kind):
        content = path.read_bytes()
        digest.update(f"{relative}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def stamp(kind: LetterKind) -> Stamp:
    """Return what changes whenever one of the letter's files does: cheap enough to ask before every rendering."""
    return tuple(_stamped(path) for _, path in _files(kind))


def _stamped(path: Path) -> tuple[str, int, int]:
    status = path.stat()
    return str(path), status.st_mtime_ns, status.st_size


def sample(kind: LetterKind) -> Facts:
    """Return invented facts for a preview: `_base/sample.json` overlaid with the letter's own."""
    base: dict[str, Any] = json.loads((_find(kind.roots, f"{BASE}/sample.json") or kind.find("-")).read_bytes())
    own: dict[str, Any] = json.loads(kind.find("sample.json").read_bytes())
    said = {"schema": SCHEMA, "letter": kind.name, "code": kind.code, "sifat": kind.sifat, "lampiran": kind.lampiran}
    said["number"] = register_number(kind, 123, unit="DINSOS", year=int(base["date"][:4]))
    reply = {**base["reply"], "days": kind.reply.days} if kind.reply else None
    return cast(Facts, {**base, **said, "tembusan": list(kind.tembusan), **own, "reply": reply})


def _refuse(findings: list[Finding]) -> None:
    if findings:
        told = [{"file": f.file, "key": f.key, "reason": f.reason, "suggestion": f.suggestion} for f in findings]
        raise errors.BrokenLetters(findings="\n".join(map(str, findings)), list=told)


def _files(kind: LetterKind) -> list[tuple[str, Path]]:
    found: dict[str, Path] = {}
    for root in kind.roots:
        for folder in (BASE, kind.name):
            for path in sorted((root / folder).rglob("*")):
                if path.is_file() and path.name != "sample.json":
                    found.setdefault(path.relative_to(root).as_posix(), path)
    return sorted(found.items())


def _find(roots: tuple[Path, ...], relative: str) -> Path | None:
    return next((root / relative for root in roots if (root / relative).is_file()), None)


def _read(name: str, roots: tuple[Path, ...], findings: list[Finding]) -> LetterKind:
    found = {member: _find(roots, f"{name}/{member}") for member in MEMBERS}
    for member, path in found.items():
        if path is None:
            findings.append(Finding(str(roots[0] / name), member, "berkasnya tidak ada", f"Buat berkas {member}"))
    file = found["letter.toml"] or roots[0] / name / "letter.toml"
    annex = _find(roots, f"{name}/{ANNEX}")
    templates = {path: look_into(path) for path in (found["subject.txt"], found["body.html"], annex) if path}
    sheet = Sheet(file, _table(file, findings), findings)
    fields = tuple(_field(key, inner) for key, inner in sheet.each("fields"))
    kind = LetterKind(
        name=name,
        code=sheet.text("code", required=True),
        title=sheet.both("title"),
        shape=sheet.one_of("shape", SHAPES),
        addressee=sheet.one_of("addressee", ADDRESSEES),
        signature=sheet.one_of("signature", parts.SIGNATURES, "official"),
        issued_by=sheet.some_of("issued_by", ROLES, required=True),
        states=sheet.some_of("states", STATES, required=sheet.table.get("about", "case") == "case"),
        consent=sheet.one_of("consent", PURPOSES, optional=True),
        classification=sheet.text("classification", "400.9"),
        sifat=sheet.one_of("sifat", SIFAT, "Biasa"),
        lampiran=sheet.text("lampiran", "-"),
        identity=sheet.some_of("identity", IDENTITY),
        fields=fields,
        tembusan=sheet.texts("tembusan"),
        reply=_reply(sheet),
        closed_file=_closed_file(sheet),
        purpose=_purpose(sheet),
        roots=roots,
        copies=sheet.take("copies", bool, default=True),
        acknowledged=sheet.take("acknowledged", bool, default=False),
        hands=parts.hands(sheet, str(sheet.table.get("signature", "official")), [f.key for f in fields]),
        uses=frozenset[str]().union(*(names for names, _problem in templates.values())),
        annex=annex is not None,
        usual=sheet.some_of("usual", STATES),
        about=sheet.one_of("about", ABOUT, "case"),
    )
    if kind.shape == "korespondensi" and kind.addressee == "none":
        sheet.problem("addressee", "surat korespondensi memerlukan tujuan", 'Sebut tujuan, atau pakai shape = "judul"')
    parts.require_named(sheet, kind.addressee, [f.key for f in fields])
    if kind.closed_file.identity == "full" and kind.addressee in INSTITUTIONS and not kind.consent:
        sheet.problem("closed_file.identity", "nama lengkap memerlukan persetujuan", 'Sebut consent = "referral"')
    sheet.finish()
    if path := found["sample.json"]:
        _object(path, findings)
    findings += [Finding(str(path), *problem) for path, (_names, problem) in templates.items() if problem]
    return kind


def _purpose(sheet: Sheet) -> str:
    """Return what a letter is for: said by the sheet, or seen from whom it goes to and who signs it."""
    addressee, signature = sheet.table.get("addressee"), sheet.table.get("signature")
    if addressee == "family" or signature in {"two_parties", "citizen"}:
        seen = "subject"
    else:
        seen = "office" if addressee == "none" else "institution"
    return sheet.one_of("purpose", PURPOSES_OF, seen)


def _table(file: Path, findings: list[Finding]) -> dict[str, Any]:
    try:
        return toml.parse(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}  # told already, with the other missing files
    except ValueError as problem:
        findings.append(Finding(str(file), "-", f"bukan TOML yang benar: {problem}"))
        return {}


def _object(file: Path, findings: list[Finding]) -> None:
    try:
        if not isinstance(json.loads(file.read_bytes()), dict):
            findings.append(Finding(str(file), "-", "harus berupa objek JSON"))
    except ValueError as problem:
        findings.append(Finding(str(file), "-", f"bukan JSON yang benar: {problem}"))


def _field(key: str, sheet: Sheet) -> Field:
    kind = sheet.one_of("type", FIELD_TYPES, "text")
    columns = tuple(parts.column(name, inner) for name, inner in sheet.each("columns"))
    if (kind == "table") != bool(columns):
        sheet.problem("columns", "kolom dan jenis tidak cocok", 'Kolom disebut hanya pada type = "table"')
    labels = sheet.inner("choices")
    choices = tuple(Choice(name, labels.both(name)) for name in labels.table)
    if (kind == "choice") != bool(choices):
        sheet.problem("choices", "pilihan dan jenis tidak cocok", 'Pilihan disebut hanya pada type = "choice"')
    field = Field(
        key=key,
        label=sheet.both("label"),
        type=kind,
        required=sheet.take("required", bool, default=False),
        max=sheet.take("max", int, LONGEST.get(kind, 0)),
        help=sheet.both("help", required=False) if "help" in sheet.table else None,
        choices=choices,
        source=sheet.texts("source"),
        past=sheet.take("past", bool, default="source" in sheet.table),
        columns=columns,
    )
    for source in field.source:
        if not sources.known(source):
            sheet.problem("source", f'"{source}" tidak dikenal', "Tulis tahap.isian, atau salah satu catatan")
    sheet.finish()
    return field


def _reply(sheet: Sheet) -> ReplyRule | None:
    if "reply" not in sheet.table:
        sheet.asked.add("reply")
        return None
    inner = sheet.inner("reply")
    rule = ReplyRule(
        days=inner.take("days", int, 14),
        slip=inner.take("slip", bool, default=True),
        outcomes=tuple(_outcome(code, box) for code, box in inner.each("outcomes")),
    )
    if not 1 <= rule.days <= 60:  # noqa: PLR2004 - a range an office can live with
        inner.problem("days", f"{rule.days} di luar 1 sampai 60 hari kerja")
    for outcome in rule.outcomes:
        if outcome.code not in OUTCOMES:
            inner.problem(f"outcomes.{outcome.code}", "tidak dikenal", "Yang ada: " + ", ".join(OUTCOMES))
    if rule.slip and not rule.outcomes:
        inner.problem("outcomes", "lembar balik memerlukan paling sedikit satu pilihan jawaban")
    inner.finish()
    return rule


def _closed_file(sheet: Sheet) -> ClosedFile:
    if "closed_file" not in sheet.table:
        sheet.asked.add("closed_file")
        return ClosedFile()
    inner = sheet.inner("closed_file")
    identity = inner.one_of("identity", NAMES_CLOSED)
    full = identity == "full"
    reason = inner.both("reason", required=full) if full or "reason" in inner.table else None
    inner.finish()
    return ClosedFile(identity, reason)


def _outcome(code: str, sheet: Sheet) -> Outcome:
    outcome = Outcome(code, sheet.both("label"), sheet.both("line", required=False))
    sheet.finish()
    return outcome


def _refuse_double_codes(kinds: dict[str, LetterKind], findings: list[Finding]) -> None:
    seen: dict[str, str] = {}
    for kind in kinds.values():
        if kind.code and kind.code in seen:
            reason = f"kode {kind.code} sudah dipakai surat {seen[kind.code]}"
            findings.append(Finding(str(kind.find("letter.toml")), "code", reason, "Beri kode lain"))
        seen.setdefault(kind.code, kind.name)
