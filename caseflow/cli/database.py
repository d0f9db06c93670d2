"""`caseflow db`: the schema of the database."""

import typer

from caseflow import crypto, settings
from caseflow.actions import installation
from caseflow.cli.frame import verb
from caseflow.cli.options import Json
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, complain, say, show
from caseflow.errors import _
from caseflow.store import health, migrate

UPGRADE_HELP = _(
    """Siapkan basis data baru, atau bawa basis data lama ke skema versi ini.

Buat cadangan dahulu. Pada basis data yang masih kosong berkas kunci ikut dibuat."""
)


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "upgrade", UPGRADE_HELP)(upgrade)
    verb(app, "check", _("Periksa apakah skemanya cocok dan log terlindung."))(check)


def upgrade() -> None:
    given = settings.load()
    installation.upgrade(given)
    installation.require_key(given)
    made = not given.secret_key_file.exists()
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
