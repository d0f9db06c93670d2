"""`caseflow db`: the schema of the database."""

from typing import Annotated

import typer

from caseflow import crypto, settings
from caseflow.actions import backups, installation
from caseflow.cli import progress
from caseflow.cli.frame import verb
from caseflow.cli.options import Json
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, complain, say, show
from caseflow.edge import real_now
from caseflow.errors import _
from caseflow.store import health, migrate

UPGRADE_HELP = _(
    """Siapkan basis data baru, atau bawa basis data lama ke skema versi ini.

Basis data yang sudah berisi dicadangkan dahulu ke CASEFLOW_BACKUP_DIR (tanpa itu DATA_DIR/backups). Pada basis data
yang masih kosong berkas kunci ikut dibuat."""
)


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "upgrade", UPGRADE_HELP)(upgrade)
    verb(app, "check", _("Periksa apakah skemanya cocok dan log terlindung."))(check)


def upgrade(
    no_backup: Annotated[bool, typer.Option("--no-backup", help=_("Jangan membuat cadangan dahulu."))] = False,
) -> None:
    given = settings.load()
    migrate.refuse_newer(given.database_direct_url)
    made = not given.secret_key_file.exists()
    if not no_backup:
        with progress.shown(_("Mencadangkan basis data ...")) as watch:
            kept = backups.before_upgrade(given, at=real_now(), watch=watch)
        if kept is not None:
            show(_("Cadangan sebelum pembaruan: {path}"), path=kept.path)
    installation.upgrade(given)
    installation.require_key(given)
    crypto.load_or_create(given.secret_key_file)
    show(_("Basis data siap (skema {head})."), head=migrate.head())
    if made:
        show(_("Berkas kunci dibuat: {path}"), path=given.secret_key_file)
        show(_("Simpan salinannya di tempat lain: tanpa kunci itu data pribadi tidak terbaca."))


def check(json_wanted: Json = False) -> None:
    given = settings.load()
    migrate.require_current(given.database_url)
    database = installation.with_key(given, {})
    try:
        with database.read() as session:
            missing, version = health.missing_triggers(session), health.version(session)
    finally:
        database.close()
    if json_wanted:
        as_json({"schema": migrate.head(), "version": version, "missing_triggers": missing})
    elif not missing:
        show(_("{version}: skema {head}, log terlindung."), version=version, head=migrate.head())
    if missing:
        complain(say(_("Pelindung log tidak ada: {names}."), names=", ".join(missing)))
        raise typer.Exit(REFUSED)
