"""`caseflow letter`: kinds of letters, previews, issuing, voiding, fetching the PDF, telling a genuine one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from caseflow import settings
from caseflow.access import Viewer
from caseflow.actions import (
    casework,
    installation,
    letter_files,
    letter_preview,
    letter_register,
    letter_signing,
    letters,
)
from caseflow.actions.casework import Done
from caseflow.actions.letter_scans import AttachScan, attach_scan, scan_of
from caseflow.cli import forms, sheet
from caseflow.cli.acting import report
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing
from caseflow.cli.options import By, File, Json, Number, On, Reader, Reason, Version
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, label, language, plain, say, show, table
from caseflow.cli.words import word
from caseflow.errors import Sentence, _
from caseflow.letters import catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.states.lifecycle import STATES
from caseflow.store import initials
from caseflow.store import letters as letter_rows
from caseflow.store.letters import LetterRow
from caseflow.store.session import Session

ISSUE_HELP = _(
    """Terbitkan surat: nomor diberikan sekarang, berkas PDF dibuat oleh pekerja.

Isian yang tidak ada di berkas kasus disebut dengan --set atau --file; contoh isi FIELDS.json:

  {"review_by": "2027-02-16", "child_opinion": "ingin tetap bersekolah"}

Isian setiap surat: caseflow letter list --json"""
)
PREVIEW_HELP = _(
    """Konsep sebuah surat, bertanda KONSEP: dengan --case dari catatan kasus, tanpa itu dengan data rekaan.

Tidak ada nomor yang terpakai. Yang belum ada disebut, dan dicetak sebagai titik-titik."""
)
REGISTER_HELP = _(
    """Buku agenda surat sebuah kantor dalam setahun, semua jenis atau satu: setiap nomor, juga yang batal.

Dengan --out ditulis sebagai lembar kerja (XLSX). Surat kasus terbatas hanya disebut nomor dan tanggalnya."""
)
Name = Annotated[str, typer.Argument(metavar="NAME", help=_("Nama atau kode surat, misalnya rjk-rs atau RJK-RS."))]
Letter = Annotated[
    str, typer.Argument(metavar="LETTER_NUMBER", help=_("Nomor surat, misalnya 400.9/0001/RJK-RS/DINSOS/2026."))
]
Institution = Annotated[
    str | None, typer.Option("--institution", metavar="NAME", help=_("Nama atau id lembaga tujuan."))
]
Fields = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=_("Satu isian surat; boleh berulang."))
]
Signatory = Annotated[
    str | None, typer.Option("--signatory", metavar="NAME", help=_("Nama atau id penanda tangan yang berwenang."))
]
Replaces = Annotated[
    str | None, typer.Option("--replaces", metavar="LETTER_NUMBER", help=_("Surat yang diganti; menjadi batal."))
]
Out = Annotated[Path, typer.Option("--out", metavar="FILE.pdf", help=_("Berkas PDF yang ditulis."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "list", _("Jenis surat; dengan --json juga isiannya."))(list_)
    verb(app, "preview", PREVIEW_HELP)(preview)
    verb(app, "issue", ISSUE_HELP)(issue)
    verb(app, "void", _("Batalkan surat dengan alasan; nomor dan berkasnya tetap tercatat."))(void)
    verb(app, "sent", _("Catat surat sudah meninggalkan kantor."))(sent)
    verb(app, "scan", _("Lampirkan pindaian surat yang sudah ditandatangani (PDF)."))(scan)
    verb(app, "show", _("Ambil PDF sebuah surat; yang batal diberi tanda di setiap halaman."))(fetch)
    verb(app, "register", REGISTER_HELP)(register)
    verb(app, "check", _("Periksa keaslian: kode periksa di kaki surat, atau berkas PDF-nya."))(check)


def _kinds() -> tuple[settings.Settings, dict[str, LetterKind]]:
    given = settings.load()
    return given, installation.letters(given)


def list_(json_wanted: Json = False) -> None:
    _given, kinds = _kinds()
    if json_wanted:
        as_json([_data(kind) for kind in kinds.values()])
        return
    names = (_("Nama"), _("Kode"), _("Judul"), _("Tujuan"), _("Tahap"))
    rows = [
        (k.name, k.code, label(k.title), word(k.addressee), ", ".join(label(STATES[s]) for s in k.states))
        for k in kinds.values()
    ]
    table([say(name) for name in names], rows)


def _data(kind: LetterKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "code": kind.code,
        "title": label(kind.title),
        "addressee": kind.addressee,
        "purpose": kind.purpose,
        "issued_by": kind.issued_by,
        "states": kind.states,
        "consent": kind.consent or None,
        "fields": [
            {
                "key": f.key,
                "label": label(f.label),
                "type": f.type,
                "required": f.required,
                "choices": {c.key: label(c.label) for c in f.choices},
                "source": f.source,
            }
            for f in kind.fields
        ],
    }


def preview(
    name: Name,
    out: Out,
    *,
    case: Annotated[
        str | None, typer.Option("--case", metavar="NUMBER", help=_("Konsep dari kasus ini; tanpa ini data rekaan."))
    ] = None,
    by: Reader = None,
    institution: Institution = None,
    fields: Fields = None,
    file: File = None,
    signatory: Signatory = None,
    replaces: Replaces = None,
) -> None:
    given, kinds = _kinds()
    kind = catalogue.get(kinds, name)
    facts: Any = {**catalogue.sample(kind), "draft": True}
    missing: tuple[Mapping[str, str], ...] = ()
    if case is not None:
        asked = _Asked(case, name, institution, _given(fields, file), signatory, replaces)
        found = reading(
            by, lambda s, v, at: letter_preview.preview_letter(s, asked.of(s, v, at), by=v, at=at), case=case
        )
        facts, missing = found.facts, found.missing
    with installation.renderer(given) as renderer:
        made = renderer.render(kind.name, facts)
    out.write_bytes(made.pdf)
    show(_("Ditulis: {file} ({n} halaman)"), file=out, n=made.pages)
    for told in missing:
        show(_("Belum: {what}"), what=told["message_en" if language() == "en" else "message"])


def issue(
    number: Number,
    name: Name,
    *,
    by: By,
    institution: Institution = None,
    fields: Fields = None,
    file: File = None,
    signatory: Signatory = None,
    replaces: Replaces = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    asked = _Asked(number, name, institution, _given(fields, file), signatory, replaces)

    def act(session: Session, viewer: Viewer, at: datetime) -> tuple[Done, LetterRow | None, str]:
        command = replace(asked.of(session, viewer, at), expected_version=expected_version)
        done = letters.issue_letter(session, command, by=viewer, at=at)
        draft = initials.draft(session, str(done.created_id))
        return done, letter_rows.by_id(session, str(done.created_id)), draft.waits_for if draft else ""

    done, row, post = writing(by, act, case=number)
    if json_wanted and row is None:
        as_json({**sheet.done(done), "letter": {"id": done.created_id, "number": None, "waits_for": post}})
    elif json_wanted and row is not None:
        as_json(
            {**sheet.done(done), "letter": {"number": row.number, "check_code": row.check_code, "state": row.state}}
        )
    elif row is None:
        show(
            _("Konsep {id} menunggu paraf {post}; nomornya diambil sesudah paraf terakhir."),
            id=done.created_id,
            post=post,
        )
    else:
        typer.echo(row.number)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A letter as it was asked for in words; names become ids where the installation is open."""

    case: str
    letter: str
    institution: str | None
    fields: Mapping[str, Any]
    signatory: str | None
    replaces: str | None

    def of(self, session: Session, by: Viewer, at: datetime) -> letters.IssueLetter:
        kind = catalogue.get(letters.kinds(session), self.letter)
        types = {f.key: f.type for f in kind.fields}
        typed = {
            k: forms.typed(v, types.get(k, "text")) if isinstance(v, _Typed) else v for k, v in self.fields.items()
        }
        return letters.IssueLetter(
            case=self.case,
            letter=kind.name,
            institution=forms.institution_id(session, self.institution) if self.institution else None,
            fields=typed,
            signatory=self._signer(session, kind, by, at) if self.signatory else None,
            replaces=self.replaces,
        )

    def _signer(self, session: Session, kind: LetterKind, by: Viewer, at: datetime) -> str:
        """Return the id of who may sign, named as recorded; anything else is left for the action to refuse."""
        work, wanted = casework.look(session, self.case, by=by, at=at), str(self.signatory)
        found = letter_rows.signatories(session, work.row.office_id, work.today, kind.name)
        return next((row.id for row in found if row.holder.casefold() == wanted.strip().casefold()), wanted)


class _Typed(str):
    """A field given by --set: what it is, its kind of letter says."""

    __slots__ = ()


def _given(fields: list[str] | None, file: str | None) -> dict[str, Any]:
    """Return the fields of a file and of --set, which counts more."""
    typed = {key: _Typed(value) for key, value in forms.pairs(fields, "--set").items()}
    return {**(forms.read_object(file) if file else {}), **typed}


def void(
    number: Letter, *, by: By, reason: Reason = None, expected_version: Version = None, json_wanted: Json = False
) -> None:
    command = letters.VoidLetter(letter=number, reason=reason or "", expected_version=expected_version)
    report(writing(by, lambda s, v, at: letters.void_letter(s, command, by=v, at=at)), json_wanted=json_wanted)


def sent(number: Letter, *, by: By, on: On = None, expected_version: Version = None, json_wanted: Json = False) -> None:
    command = letters.MarkSent(letter=number, sent_on=on, expected_version=expected_version)
    report(writing(by, lambda s, v, at: letters.mark_sent(s, command, by=v, at=at)), json_wanted=json_wanted)


def scan(
    number: Letter,
    file: Annotated[
        Path, typer.Option("--file", metavar="FILE.pdf", exists=True, dir_okay=False, help=_("Pindaiannya."))
    ],
    *,
    by: By,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    command = AttachScan(letter=number, content=file.read_bytes(), expected_version=expected_version)
    report(writing(by, lambda s, v, at: attach_scan(s, command, by=v, at=at)), json_wanted=json_wanted)


def fetch(
    number: Letter,
    out: Out,
    by: Reader = None,
    signed: Annotated[bool, typer.Option("--signed", help=_("Pindaian yang ditandatangani, bila ada."))] = False,
) -> None:
    get = scan_of if signed else letter_files.pdf_of
    row, content = reading(by, lambda s, v, at: get(s, number, by=v, at=at), case=number)
    out.write_bytes(content)
    show(_("Ditulis: {file}"), file=out)
    if row.state == "void":
        show(_("Surat ini batal: setiap halamannya diberi tanda BATAL / TIDAK BERLAKU."))


def register(
    *,
    by: By,
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", help=_("Tahun buku agenda."))] = None,
    office: Annotated[str | None, typer.Option("--office", metavar="CODE", help=_("Kode wilayah kantor."))] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="NAME", help=_("Satu jenis surat saja."))] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.xlsx", help=_("Lembar kerja yang ditulis."))
    ] = None,
    json_wanted: Json = False,
) -> None:
    wanted = letter_register.Agenda(year=year, area=office, kind=kind)
    found = reading(by, lambda s, v, at: letter_register.read(s, wanted, by=v, at=at))
    if out is not None:
        out.write_bytes(letter_register.as_workbook(found, lang=language()))
        show(_("Ditulis: {file} ({n} surat)"), file=out, n=len(found.lines))
    elif json_wanted:
        as_json(found.lines)
    else:
        table([say(column) for column in letter_register.COLUMNS], letter_register.rows(found, lang=language()))


def check(
    code: Annotated[str, typer.Argument(metavar="CODE_OR_FILE", help=_("Kode periksa, atau berkas PDF."))],
    json_wanted: Json = False,
) -> None:
    path = Path(code)
    signature = None
    if path.is_file():
        content = path.read_bytes()
        digest = sha256(content).hexdigest()
        found = reading(None, lambda s, _v, _at: letter_files.verify_file(s, digest))
        signature = reading(None, lambda s, _v, at: _signature(s, content, at))
    else:
        found = reading(None, lambda s, _v, _at: letter_files.verify_code(s, code))
    if json_wanted:
        as_json({**plain(found), "signature": say(signature) if signature else None})
    else:
        title = found.title_en if language() == "en" else found.title
        about = ", ".join(part for part in (title, found.number, str(found.letter_date or ""), found.office) if part)
        typer.echo(f"{word(found.state)}: {about}" if about else word(found.state))
        if found.replaced_by:
            show(_("Diganti oleh nomor {number} tanggal {day}."), number=found.replaced_by, day=found.replaced_on)
        if signature:
            typer.echo(say(signature))
    if found.state != "genuine":
        raise typer.Exit(REFUSED)


def _signature(session: Session, pdf: bytes, at: datetime) -> Sentence | None:
    found = letter_signing.signature_on(session.settings, pdf)
    return letter_signing.told(found, lang=language(), at=at) if found else None
