"""The checks of `caseflow doctor`: what is configured, reachable, missing, and what to do about it."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from caseflow import crypto
from caseflow.actions import (
    backups,
    checkpoints,
    installation,
    letter_chains,
    letter_signing,
    queue,
    second_factor,
)
from caseflow.cli import defined
from caseflow.cli.finding import FAIL, MISSING, OK, WARN, Check
from caseflow.cli.reachable import services
from caseflow.cli.speech import cell
from caseflow.definitions import catalogue
from caseflow.edge import real_now
from caseflow.errors import BadKeyFile, CaseflowError, DamagedDatabase, ServiceUnavailable, _
from caseflow.i18n import SOURCE, format_date
from caseflow.ids import format_area
from caseflow.letters import catalogue as letter_catalogue
from caseflow.paths import categories_root, missing_page_files
from caseflow.settings import Settings, masked, unknown_variables
from caseflow.states.category import Category
from caseflow.store import health, letters, migrate, offices, users
from caseflow.store.session import Database, Session

LATE = timedelta(minutes=10)
STALE = timedelta(days=2)
FREE_GB = 1
CERTIFICATE_SOON = timedelta(days=60)
OWN_VARIABLES = ("CASEFLOW_LANG", "CASEFLOW_PASSPHRASE")


def all_of(given: Settings, *, quick: bool = False, every_letter: bool = False) -> Iterator[Check]:
    """Yield every finding about an installation; a check that cannot be made says so and the others go on.

    A `quick` look makes no sample letter and calls no other service: what a page can show at once. Otherwise one is
    made, which proves Pango and fonts; with `every_letter` one of each kind, which proves their templates.
    """
    yield from configuration(given)
    kinds: dict[str, letter_catalogue.LetterKind] = {}
    categories: dict[str, Category] = {}
    try:
        kinds = installation.letters(given)
        yield Check(_("surat"), OK, ", ".join(k.code for k in kinds.values()))
    except CaseflowError as broken:
        yield Check(_("surat"), FAIL, str(broken), _("Perbaiki berkas surat itu."))
    try:
        categories = catalogue.load(categories_root(), given.categories_dir, letters=set(kinds) or None)
        yield Check(_("kategori"), OK, ", ".join(sorted(categories)))
    except CaseflowError as broken:
        remedy = _("Perbaiki, lalu: caseflow category check. Yang sedang berjalan memakai versi benar yang terakhir.")
        yield Check(_("kategori"), FAIL, str(broken), remedy)
    if not quick:
        yield from rendering(given, kinds if every_letter else dict([*kinds.items()][:1]))
    yield from database(given, categories)
    if not quick:
        yield from services(given)


# --- settings, key, disk ---------------------------------------------------------------------------------------------


def configuration(given: Settings) -> Iterator[Check]:
    """Look at settings, folders and key file."""
    strange = [name for name in unknown_variables(os.environ) if name not in OWN_VARIABLES]
    if strange:
        yield Check(_("pengaturan"), WARN, ", ".join(strange), _("Variabel ini tidak dikenal: periksa ejaannya."))
    yield Check(_("basis data"), OK, masked(given.database_url) or "-")
    yield from _public_address(given)
    yield from _folder(given.data_dir)
    yield from _key_file(given)
    yield from _certificates(given)
    yield from _page_files()


def _public_address(given: Settings) -> Iterator[Check]:
    remedy = _("Atur CASEFLOW_PUBLIC_URL ke alamat https yang dapat dibuka penerima surat.")
    if given.is_loopback and not given.demo:
        found = _("{url} adalah mesin ini sendiri: surat tidak dapat diterbitkan", url=given.public_url)
        yield Check(_("alamat"), WARN, found, remedy)
    elif not given.is_https:
        found = _("{url} tanpa enkripsi: kata sandi dan data dapat dibaca di jalan", url=given.public_url)
        yield Check(_("alamat"), WARN, found, remedy)
    else:
        yield Check(_("alamat"), OK, given.public_url)
    if given.allowed_hosts:
        yield Check(_("alamat lain"), OK, ", ".join(given.allowed_hosts))


def _folder(folder: Path) -> Iterator[Check]:
    if not folder.is_dir():
        yield Check(_("folder data"), WARN, _("{path} belum ada", path=folder), _("Jalankan: caseflow db upgrade"))
        return
    if not os.access(folder, os.W_OK):
        yield Check(_("folder data"), FAIL, _("{path} tidak dapat ditulis", path=folder), _("Beri hak tulis."))
    free = shutil.disk_usage(folder).free // 2**30
    if free < FREE_GB:
        yield Check(_("folder data"), WARN, _("sisa {n} GB", n=free), _("Kosongkan atau perbesar disk."))
    else:
        yield Check(_("folder data"), OK, _("{path}, sisa {n} GB", path=folder, n=free))


def _key_file(given: Settings) -> Iterator[Check]:
    path = given.secret_key_file
    if not path.exists():
        remedy = _("Instalasi baru: caseflow db upgrade. Yang sudah berisi: caseflow keys import FILE.")
        yield Check(_("kunci"), WARN, _("{path} belum ada", path=path), remedy)
        return
    if crypto.exposed(path):
        yield Check(
            _("kunci"),
            WARN,
            _("{path} dapat dibaca pengguna lain", path=path),
            _("Jalankan: chmod 600 {path}", path=path),
        )
    data = _data(given)
    if data.exists() and data.stat().st_dev == path.stat().st_dev:
        remedy = _("Simpan salinan kunci di tempat lain: satu kerusakan, atau satu pencurian, mengenai keduanya.")
        yield Check(_("kunci"), WARN, _("kunci dan data berada pada satu disk"), remedy)
    else:
        yield Check(_("kunci"), OK, str(path))


def _certificates(given: Settings) -> Iterator[Check]:
    """Look at the certificates that sign letters; without one letters are signed by hand only."""
    name, replace = _("sertifikat surat"), _("Pasang yang baru: caseflow letter certificate set")
    try:
        found = [each for each in letter_signing.held(given) if not each.former]
    except CaseflowError as broken:
        yield Check(name, FAIL, str(broken), replace)
        return
    now = real_now()
    for each in found:
        day = format_date(each.certificate.ends.date(), SOURCE)
        if not each.certificate.holds(now):
            yield Check(name, WARN, _("{area}: tidak berlaku (sampai {day})", area=each.area, day=day), replace)
        elif each.exposed:
            yield Check(name, WARN, _("{area}: kuncinya dapat dibaca pengguna lain", area=each.area), "chmod 600")
        elif each.certificate.ends - now < CERTIFICATE_SOON:
            yield Check(name, WARN, _("{area}: berlaku sampai {day}", area=each.area, day=day), replace)
        else:
            owner = each.certificate.owner
            yield Check(name, OK, _("{area}: {owner}, sampai {day}", area=each.area, owner=owner, day=day))


def _page_files() -> Iterator[Check]:
    if missing := missing_page_files():
        found = _("{names} tidak ada: halaman tampil tanpa gaya", names=", ".join(missing))
        yield Check(_("berkas halaman"), FAIL, found, _("Jalankan: python tools/set_up.py --pages, atau pasang ulang."))


def _data(given: Settings) -> Path:
    """Return where the data are, as far as that is on this machine."""
    return Path(given.database_url.removeprefix("sqlite:///")) if given.is_sqlite else given.data_dir


# --- letters ---------------------------------------------------------------------------------------------------------


def rendering(given: Settings, kinds: Mapping[str, letter_catalogue.LetterKind]) -> Iterator[Check]:
    """Make a sample of each of these letters."""
    if not kinds:
        return
    failed = 0
    with installation.renderer(given) as renderer:
        for kind in kinds.values():
            try:
                renderer.render(kind.name, letter_catalogue.sample(kind))
            except ServiceUnavailable as away:
                remedy = _(
                    "Pasang Pango dan huruf Liberation: make setup, atau paket libpango-1.0-0 dan fonts-liberation."
                )
                yield Check(_("pembuat surat"), MISSING, str(away), remedy)
                return
            except CaseflowError as problem:
                failed += 1
                yield Check(_("pembuat surat"), FAIL, str(problem), _("Perbaiki templat surat itu."))
    if not failed:
        yield Check(_("pembuat surat"), OK, _("{n} contoh surat dibuat", n=len(kinds)))


# --- database --------------------------------------------------------------------------------------------------------


def database(given: Settings, categories: Mapping[str, Category]) -> Iterator[Check]:
    """Look into the database: schema, protection of the log, key, offices, queue."""
    try:
        migrate.require_current(given.database_url)
        opened = installation.with_key(given, categories)
    except DamagedDatabase as problem:
        yield Check(_("basis data"), FAIL, str(problem))
        return
    except BadKeyFile as problem:
        remedy = _("Bawa kembali salinannya: caseflow keys import FILE. Tanpa itu isinya tidak terbaca oleh siapa pun.")
        yield Check(_("kunci"), FAIL, str(problem), remedy)
        return
    except CaseflowError as problem:
        remedy = _("Jalankan atau perbaiki basis data, lalu: caseflow db upgrade")
        yield Check(_("basis data"), MISSING, str(problem), str(problem.data.get("advice", remedy)))
        return
    try:
        for check in (
            _protection,
            _statistics,
            _key_fits,
            _clock,
            defined.categories,
            defined.lists,
            _people,
            _second_factors,
            _offices,
            _queue,
            _heads,
            _backups,
        ):
            yield from _asked(opened, check)
    finally:
        opened.close()


def _asked(opened: Database, check: Callable[[Session, datetime], Iterator[Check]]) -> Iterator[Check]:
    try:
        with opened.read() as session:
            yield from check(session, real_now())
    except DamagedDatabase as problem:
        yield Check(_("basis data"), FAIL, str(problem))


def _protection(session: Session, _at: datetime) -> Iterator[Check]:
    if missing := health.missing_triggers(session):
        remedy = _("Pulihkan dari cadangan, atau buat lagi pelindungnya; lalu: caseflow audit verify")
        yield Check(_("log"), FAIL, _("pelindung tidak ada: {names}", names=", ".join(missing)), remedy)
    else:
        yield Check(
            _("log"),
            OK,
            _("terlindung ({version}, skema {head})", version=health.version(session), head=migrate.head()),
        )


def _statistics(session: Session, _at: datetime) -> Iterator[Check]:
    if not health.keeps_statistics(session):
        remedy = _("Hidupkan autovacuum di PostgreSQL; tanpa itu pengingat dan daftar makin lambat.")
        yield Check(_("basis data"), WARN, _("autovacuum mati"), remedy)


def _key_fits(session: Session, _at: datetime) -> Iterator[Check]:
    if not health.key_opens_data(session):
        yield Check(
            _("kunci"),
            FAIL,
            _("tidak membuka data yang tersimpan"),
            _("Pulihkan berkas kunci yang benar: caseflow keys import"),
        )


def _clock(session: Session, at: datetime) -> Iterator[Check]:
    newest = health.newest_entry(session)
    if newest is not None and newest > at:
        found = _(
            "jam mesin {now} di belakang catatan terakhir {newest}",
            now=_moment(session, at),
            newest=_moment(session, newest),
        )
        yield Check(_("jam"), FAIL, found, _("Perbaiki jam mesin (NTP); sampai itu tidak ada yang dapat ditulis."))
    else:
        yield Check(_("jam"), OK, _moment(session, at))


def _moment(session: Session, at: datetime) -> str:
    """Return a moment as the clock of the first office shows it."""
    return cell(at, offices.first_zone(session) or UTC)


def _people(session: Session, _at: datetime) -> Iterator[Check]:
    counted = health.counts(session)
    if not counted["admins"]:
        remedy = _("Buat: caseflow user add NAME --role admin --area CODE")
        yield Check(_("pengguna"), WARN, _("belum ada admin"), remedy)
    else:
        yield Check(_("pengguna"), OK, _("{n} akun", n=counted["users"]))


def _second_factors(session: Session, at: datetime) -> Iterator[Check]:
    """Name who should log in with a second factor and does not yet; a demonstration asks nobody."""
    name = _("langkah kedua")
    if session.settings.demo:
        yield Check(name, OK, _("demo: tidak wajib bagi siapa pun"))
    elif lacking := second_factor.lacking(session, at=at):
        remedy = _("Minta mereka memasangnya di halaman Keamanan akun: docs/how-to/second-factor.md")
        yield Check(name, WARN, _("belum dipasang: {names}", names=", ".join(lacking)), remedy)
    else:
        yield Check(name, OK, _("dipasang semua yang memerlukannya"))


def _offices(session: Session, at: datetime) -> Iterator[Check]:
    found = offices.every(session)
    if not found:
        yield Check(_("kantor"), WARN, _("belum ada kantor"), _("Buat: caseflow office add --help"))
    for office in found:
        today = at.astimezone(ZoneInfo(office.zone)).date()
        area = format_area(office.area_code)
        lacking = []
        if letters.signatory(session, office.id, today) is None:
            lacking.append(
                (_("tanpa penanda tangan hari ini"), _("Catat: caseflow signatory add --office {area}", area=area))
            )
        for role, what in (
            ("supervisor", _("tanpa supervisor hari ini")),
            ("caseworker", _("tanpa pendamping hari ini")),
        ):
            if not users.holders(session, role, office.area_code, today):
                remedy = _("Beri peran: caseflow user grant NAME --role {role} --area {area}", role=role, area=area)
                lacking.append((what, remedy))
        for post, kinds in letter_chains.vacant(session, office, on=today).items():
            what = _("jabatan {post} tanpa pemegang: surat {letters} berhenti di sana", post=post, letters=kinds)
            remedy = _(
                'Catat: caseflow letter initials hold --post "{post}" --user NAME --area {area}', post=post, area=area
            )
            lacking.append((what, remedy))
        yield from (Check(_("kantor {area}", area=area), WARN, what, remedy) for what, remedy in lacking)
        if not lacking:
            yield Check(_("kantor {area}", area=area), OK, f"{office.agency}, {office.zone}")


def _queue(session: Session, at: datetime) -> Iterator[Check]:
    found = queue.stats(session, at=at, now_real=at)
    dead = sum(n for (state, _queue), n in found.counts.items() if state == "dead")
    if dead:
        yield Check(
            _("antrean"),
            WARN,
            _("{n} tugas mati", n=dead),
            _("Lihat: caseflow jobs list --state dead; lalu jobs retry ID"),
        )
    if found.oldest_due is not None and at - found.oldest_due > LATE:
        remedy = _("Jalankan caseflow serve, atau caseflow relay dan dramatiq workers; atau sekali: caseflow jobs run")
        yield Check(
            _("antrean"),
            WARN,
            _("tugas menunggu sejak {at}", at=_moment(session, found.oldest_due)),
            remedy,
        )
    elif not dead:
        yield Check(_("antrean"), OK, _("lancar"))


def _heads(session: Session, at: datetime) -> Iterator[Check]:
    """Look whether signed heads of the log leave this machine: without, a log cut or rewritten would not show."""
    given, last = session.settings, checkpoints.last_outside(session)
    if not given.checkpoint_dir and not given.checkpoint_mail:
        remedy = _("Atur CASEFLOW_CHECKPOINT_DIR (folder di mesin lain) atau CASEFLOW_CHECKPOINT_MAIL (surel auditor).")
        yield Check(_("titik periksa log"), WARN, _("tidak ada salinan di luar mesin ini"), remedy)
    elif last is None or at - last > STALE:
        seen = _moment(session, last) if last else _("belum pernah")
        found = _("salinan terakhir sampai di luar: {at}", at=seen)
        remedy = _("Lihat sebabnya: caseflow audit checkpoints; buat sekarang: caseflow audit checkpoint")
        yield Check(_("titik periksa log"), WARN, found, remedy)
    else:
        found = _("salinan terakhir sampai di luar: {at}", at=_moment(session, last))
        yield Check(_("titik periksa log"), OK, found)


def _backups(session: Session, at: datetime) -> Iterator[Check]:
    given = session.settings
    newest, doubtful = backups.newest(given.backup_dir, checkpoints.origin_of(given), session.keys)
    remedy = _("Jalankan: caseflow backup {path}", path=given.backup_dir)
    if doubtful:
        found = _("diubah, atau dibuat tanpa kunci instalasi ini: {names}", names=", ".join(doubtful))
        yield Check(_("cadangan"), WARN, found, _("Jangan andalkan; cari tahu siapa yang menulis ke folder itu."))
    if newest is None:
        yield Check(_("cadangan"), WARN, _("belum ada di {path}", path=given.backup_dir), remedy)
        return
    last = _moment(session, newest.moment)
    if at - newest.moment > STALE:
        yield Check(_("cadangan"), WARN, _("terakhir {at}", at=last), remedy)
    elif given.is_sqlite and _data(given).stat().st_dev == given.backup_dir.stat().st_dev:
        remedy = _("Atur CASEFLOW_BACKUP_DIR ke disk atau mesin lain: satu kerusakan mengenai keduanya.")
        yield Check(_("cadangan"), WARN, _("terakhir {at}, pada disk yang sama", at=last), remedy)
    else:
        yield Check(_("cadangan"), OK, _("terakhir {at}", at=last))
