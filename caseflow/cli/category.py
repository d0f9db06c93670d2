"""`caseflow category`: the categories of this installation, checking a file before any case follows it, pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from caseflow import settings
from caseflow.actions import installation
from caseflow.actions.admin import ROOT
from caseflow.actions.migrating import Version, versions
from caseflow.cli import forms, migrating
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading
from caseflow.cli.options import Json
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, complain, label, language, say, show, table
from caseflow.cli.words import word
from caseflow.definitions import catalogue
from caseflow.errors import BadKeyFile, BrokenDefinition, DatabaseNotCurrent, ServiceUnavailable, UnknownCategory, _
from caseflow.i18n import translate
from caseflow.states import diagram
from caseflow.states.category import Category
from caseflow.states.guards import criterion_key
from caseflow.states.lifecycle import OPEN

CHECK_HELP = _(
    """Periksa kategori: berkas ini, semua berkas .toml folder ini, atau (tanpa PATH) yang dipakai instalasi ini.

Semua temuan ditulis sekaligus, dengan kunci, sebab, dan saran; kode keluar 1 bila ada."""
)
LIST_HELP = _(
    """Daftar kategori dan versinya: sidik tiap versi yang diikuti kasus, dan berapa kasus terbuka mengikutinya.

Dengan --json juga isian, kegiatan, dan suratnya. Tanpa basis data hanya yang ada dalam berkas."""
)
Path_ = Annotated[Path | None, typer.Argument(metavar="PATH", help=_("Berkas .toml atau foldernya."))]
SHOWN = 12
"""Digits of a digest that tell versions apart."""
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help=_("Tulis ke berkas ini."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "list", LIST_HELP)(list_)
    verb(app, "check", CHECK_HELP)(check)
    verb(app, "diagram", _("Gambar siklus sebuah kategori: --format mermaid atau svg."))(draw)
    migrating.attach(app)


def known() -> dict[str, Category]:
    """Return the categories of this installation, the letters they name checked."""
    return installation.categories(settings.load())


def list_(json_wanted: Json = False) -> None:
    found, followed = known(), _versions()
    if json_wanted:
        as_json([{**_data(c), "versions": [v for v in followed if v.code == c.code]} for c in found.values()])
        return
    names = (_("Kode"), _("Nama"), _("Untuk"), _("Kerahasiaan"), _("Surat"), _("Versi"), _("Kasus terbuka"))
    counted = {v.digest: "<5" if v.open_cases is None else v.open_cases for v in followed}
    rows = []
    for c in found.values():
        letters = ", ".join(u.letter for u in c.letters)
        version = (c.digest[:SHOWN], counted.get(c.digest))
        whom = ", ".join(map(word, c.subject_kinds))
        rows.append((c.code, label(c.name), whom, c.confidentiality, letters, *version))
        older = [v for v in followed if v.code == c.code and not v.current]
        rows += [(c.code, say(_("versi lama")), "", "", "", v.digest[:SHOWN], counted[v.digest]) for v in older]
    table([say(name) for name in names], rows)


def _versions() -> tuple[Version, ...]:
    """Return the versions that cases follow; none where there is no database to ask."""
    try:
        return reading(None, lambda s, _v, _at: versions(s, by=ROOT))
    except (ServiceUnavailable, DatabaseNotCurrent, BadKeyFile):
        return ()


def _data(category: Category) -> dict[str, Any]:
    return {
        "code": category.code,
        "name": category.name,
        "definition": category.definition,
        "digest": category.digest,
        "subject_kinds": category.subject_kinds,
        "confidentiality": category.confidentiality,
        "legal_basis": category.legal_basis,
        "issues": {i.key: label(i.label) for i in category.issues},
        "criteria": {criterion_key(c): label(c.label) for c in category.screening.criteria},
        "stages": {
            stage: [
                {
                    "key": f.key,
                    "label": label(f.label),
                    "type": f.type,
                    "required": f.required,
                    "choices": {c.key: label(c.label) for c in f.choices},
                }
                for f in category.fields_of(stage)
            ]
            for stage in OPEN
        },
        "interventions": {i.code: label(i.name) for i in category.interventions},
        "letters": [u.letter for u in category.letters],
    }


def check(path: Path_ = None, json_wanted: Json = False) -> None:
    try:
        found = known() if path is None else _checked(path)
    except BrokenDefinition as broken:
        tell_findings(broken.data["list"], json_wanted=json_wanted)
        raise typer.Exit(REFUSED) from None
    own = path or settings.load().categories_dir
    replaced = catalogue.replaced(own) if own else ()
    if json_wanted:
        as_json({"categories": sorted(found), "findings": [], "replaced": replaced})
        return
    show(_("{n} kategori diperiksa, tidak ada temuan: {codes}"), n=len(found), codes=", ".join(sorted(found)))
    for code in replaced:
        show(
            _('{code}: menggantikan kategori bawaan {code} seluruhnya. Mengubah sebagian saja: extends = "{code}".'),
            code=code,
        )


def _checked(path: Path) -> Mapping[str, Category]:
    """Read a file or folder as an office's own: it may extend the shipped categories and include their parts."""
    if not path.exists():
        raise typer.BadParameter(say(_("{file} tidak ada"), file=str(path)), param_hint="PATH")
    kinds = installation.letters(settings.load())
    return catalogue.check(path, letters=set(kinds))


def tell_findings(findings: list[dict[str, str]], *, json_wanted: bool) -> None:
    """Write every finding of a definition file, a line each."""
    said = [{key: translate(text, language()) for key, text in finding.items()} for finding in findings]
    if json_wanted:
        as_json({"findings": said})
    for f in said:
        reason = f"{f['file']}: {f['key']}: {f['reason'].rstrip('.')}."
        complain(" ".join(part for part in (reason, f["suggestion"]) if part))
    complain(say(_("{n} temuan."), n=len(said)))


def draw(
    code: Annotated[str, typer.Argument(metavar="CODE", help=_("Kode kategori."))],
    form: Annotated[str, typer.Option("--format", metavar="mermaid|svg", help=_("Bentuk gambar."))] = "mermaid",
    out: Out = None,
) -> None:
    forms.known(form, diagram.FORMATS, "--format")
    found = known()
    if code.upper() not in found:
        raise UnknownCategory(category=code, known=", ".join(sorted(found)))
    drawn = diagram.draw(found[code.upper()], form, language())
    if out is None:
        typer.echo(drawn, nl=False)
    else:
        out.write_text(drawn, encoding="utf-8")
        show(_("Ditulis: {file}"), file=out)
