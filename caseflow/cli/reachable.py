"""Checks of the services beside the database: Redis, the mail server, WhatsApp."""

import smtplib
from collections.abc import Iterator
from importlib import import_module
from urllib.parse import urlsplit

from caseflow.channels import whatsapp
from caseflow.cli.finding import MISSING, OK, WARN, Check
from caseflow.crypto import exposed
from caseflow.errors import _
from caseflow.settings import Settings, masked

TIMEOUT = 5


def services(given: Settings) -> Iterator[Check]:
    """Ask Redis, the mail server and WhatsApp."""
    if given.redis_url is None:
        yield Check("redis", OK, _("tidak dipakai: pekerja berjalan di dalam caseflow serve"))
    elif why := redis_problem(given.redis_url):
        yield Check("redis", MISSING, why, _("Jalankan Redis, atau perbaiki CASEFLOW_REDIS_URL."))
    else:
        yield from _redis_policy(given.redis_url)
    yield from _mail(given)
    yield from _whatsapp(given)


def redis_problem(url: str) -> str:
    """Return why Redis does not answer; empty when it does."""
    library = import_module("redis")
    try:
        with library.Redis.from_url(url, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT) as client:
            client.ping()
    except (library.RedisError, OSError) as problem:
        return _("{address} tidak menjawab ({why})", address=masked(url), why=type(problem).__name__)
    return ""


def _redis_policy(url: str) -> Iterator[Check]:
    library = import_module("redis")
    try:
        with library.Redis.from_url(url, socket_timeout=TIMEOUT) as client:
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
    except library.RedisError:
        policy = None  # a managed Redis hides its settings
    if policy not in {None, "noeviction"}:
        found = _("maxmemory-policy {policy} dapat membuang tugas", policy=policy)
        yield Check("redis", WARN, found, _("Atur maxmemory-policy noeviction."))
    else:
        yield Check("redis", OK, masked(url) or "-")


def _mail(given: Settings) -> Iterator[Check]:
    if given.smtp_url is None:
        found = _("tidak diatur: pesan ditulis ke {file}", file=given.data_dir / "outbox.jsonl")
        yield Check(_("surel"), WARN, found, _("Atur CASEFLOW_SMTP_URL agar pengingat sampai ke orangnya."))
        return
    parts = urlsplit(given.smtp_url)
    make = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    try:
        with make(parts.hostname or "", port, timeout=TIMEOUT) as server:
            server.noop()
        yield Check(_("surel"), OK, masked(given.smtp_url) or "-")
    except (OSError, smtplib.SMTPException) as problem:
        found = _("{address} tidak menjawab ({why})", address=masked(given.smtp_url), why=type(problem).__name__)
        yield Check(_("surel"), MISSING, found, _("Jalankan server surel, atau perbaiki CASEFLOW_SMTP_URL."))


def _whatsapp(given: Settings) -> Iterator[Check]:
    """Ask WhatsApp; where it is not set up it is not spoken of: few offices use it."""
    if given.whatsapp_phone_id is None or given.whatsapp_token_file is None:
        return
    if why := whatsapp.problem(given):
        found = _("{address} tidak menerima ({why})", address=given.whatsapp_url, why=why)
        remedy = _("Periksa CASEFLOW_WHATSAPP_PHONE_ID, token dalam CASEFLOW_WHATSAPP_TOKEN_FILE, dan jaringannya.")
        yield Check("WhatsApp", MISSING, found, remedy)
    elif exposed(given.whatsapp_token_file):
        found = _("berkas token {path} dapat dibaca pengguna lain", path=given.whatsapp_token_file)
        yield Check("WhatsApp", WARN, found, "chmod 600")
    else:
        yield Check("WhatsApp", OK, given.whatsapp_url)
