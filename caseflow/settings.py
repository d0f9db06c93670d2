"""Settings from the environment (`CASEFLOW_*`), read once when a process starts."""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from caseflow.errors import BadSettings, Sentence, _

PREFIX = "CASEFLOW_"
SECRETS_DIR = f"{PREFIX}SECRETS_DIR"

_ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Hosts that only this machine reaches us by: known without being set."""
_NO_HOST = re.compile(r"[^A-Za-z0-9._:\[\]-]")
_DRIVERS = {"postgres": "postgresql", "postgresql": "postgresql", "sqlite": "sqlite"}


def _database_url(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in _DRIVERS:
        raise ValueError(_("harus sqlite:///BERKAS atau postgresql://..."))
    if _DRIVERS[scheme] == "sqlite" and (not rest.startswith("/") or rest.strip("/") in {"", ":memory:"}):
        raise ValueError(_("SQLite memerlukan nama berkas, misalnya sqlite:///var/caseflow.db"))
    return f"{_DRIVERS[scheme]}://{rest}"


def host_name(header: str) -> str:
    """Return the name or address in a Host header, without its port; empty for what is none."""
    if _NO_HOST.search(header):
        return ""
    try:
        return (urlsplit(f"//{header}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


class Settings(BaseSettings):
    """An empty variable counts as unset. Addresses with passwords stay out of repr; show them with `masked`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    data_dir: Path = Field(default=Path("var"), validate_default=True)
    database_url: str = Field(default_factory=lambda known: f"sqlite:///{known['data_dir']}/caseflow.db", repr=False)
    database_direct_url: str = Field(default_factory=lambda known: known["database_url"], repr=False)
    redis_url: str | None = Field(default=None, repr=False)
    secret_key_file: Path = Field(default_factory=lambda known: known["data_dir"] / "secret.key")
    backup_dir: Path = Field(default_factory=lambda known: known["data_dir"] / "backups")
    certificates_dir: Path = Field(default_factory=lambda known: known["data_dir"] / "certificates")
    categories_dir: Path | None = None
    templates_dir: Path | None = None
    public_url: str = "http://127.0.0.1:8000"
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()  # more names it is opened by, commas between them
    test_postgres_url: str | None = Field(default=None, repr=False)
    test_redis_url: str | None = Field(default=None, repr=False)

    smtp_url: str | None = Field(default=None, repr=False)  # smtp://user:password@host:587 or smtps://host:465
    mail_from: str = "caseflow@localhost"
    whatsapp_url: str = "https://graph.facebook.com/v23.0"  # the WhatsApp Business Cloud API
    whatsapp_token_file: Path | None = None  # a file with the token of the business account
    whatsapp_template: str = "tugas_baru"  # the approved template, with one button that opens an address
    whatsapp_phone_id: str | None = None  # which of the account's numbers messages leave from; unset = no WhatsApp
    checkpoint_dir: Path | None = None  # a folder outside this machine, such as a mounted share
    checkpoint_mail: Annotated[tuple[str, ...], NoDecode] = ()  # the auditor's addresses, commas between them
    session_idle_minutes: int = Field(default=30, ge=1)
    session_hours: int = Field(default=12, ge=1)
    second_factor_days: int = Field(default=14, ge=0)  # the grace before those whose role needs one must have it
    retention_years: int = Field(default=5, ge=0)
    max_body_kb: int = Field(default=1024, ge=1)
    paper: Literal["A4", "F4"] = "A4"
    letter_wall_seconds: int = Field(default=20, ge=1)
    letter_memory_mb: int = Field(default=1024, ge=256)
    lease_seconds: int = Field(default=30, ge=1)  # how long a job stays taken without a sign of life of its worker
    demo: bool = False
    demo_clock: Path | None = None  # a file that says the business time of a demonstration, for whoever simulates it

    @field_validator(
        "data_dir",
        "secret_key_file",
        "backup_dir",
        "certificates_dir",
        "categories_dir",
        "templates_dir",
        "checkpoint_dir",
        "whatsapp_token_file",
    )
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @field_validator("database_url", "database_direct_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        return _database_url(value)

    @field_validator("redis_url", "test_redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError(_("harus redis://..., rediss://... atau unix://..."))
        return value or None

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str | None) -> str | None:
        if value and (urlsplit(value).scheme not in {"smtp", "smtps"} or not urlsplit(value).hostname):
            raise ValueError(_("harus smtp://HOST:PORT atau smtps://HOST:PORT"))
        return value or None

    @field_validator("whatsapp_url")
    @classmethod
    def _service(cls, value: str) -> str:
        parts = urlsplit(value)
        # The token goes there: in clear only to this very machine.
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not parts.hostname or not safe:
            raise ValueError(_("harus alamat lengkap dengan https://"))
        return value.rstrip("/")

    @field_validator("whatsapp_phone_id")
    @classmethod
    def _number_id(cls, value: str | None, told: ValidationInfo) -> str | None:
        if value and not value.isdecimal():
            raise ValueError(_("harus angka: id nomor dari WhatsApp Business, bukan nomor teleponnya"))
        if value and told.data.get("whatsapp_token_file") is None:
            raise ValueError(_("memerlukan CASEFLOW_WHATSAPP_TOKEN_FILE"))
        return value or None

    @field_validator("checkpoint_mail", mode="before")
    @classmethod
    def _addresses(cls, value: Any) -> tuple[str, ...]:  # noqa: ANN401 - as given
        given = value.split(",") if isinstance(value, str) else value
        addresses = tuple(address.strip() for address in given)
        if any(not _ADDRESS.fullmatch(address) for address in addresses):
            raise ValueError(_("harus alamat surel, dipisah koma"))
        return addresses

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(_("harus alamat lengkap, misalnya https://kasus.dinsos.example.go.id"))
        return value.rstrip("/")

    @field_validator("demo_clock")
    @classmethod
    def _demonstration(cls, value: Path | None, told: ValidationInfo) -> Path | None:
        if value and not told.data.get("demo"):
            raise ValueError(_("hanya untuk demo: pekerjaan nyata memakai jam mesin"))
        return value.expanduser().absolute() if value else None

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: Any) -> tuple[str, ...]:  # noqa: ANN401 - as given
        given = value.split(",") if isinstance(value, str) else value
        hosts = tuple(host.strip().lower() for host in given)
        if any(not host or host_name(f"[{host}]" if ":" in host else host) != host for host in hosts):
            raise ValueError(_("harus nama atau alamat tanpa http:// dan tanpa nomor pintu, dipisah koma"))
        return hosts

    def knows_host(self, header: str) -> bool:
        """Tell whether a Host header names this installation, by whatever port: a proxy may change that."""
        name = host_name(header)
        return bool(name) and name in {*LOOPBACK, urlsplit(self.public_url).hostname, *self.allowed_hosts}

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite:")

    @property
    def is_pooled(self) -> bool:
        """A transaction pooler stands before the database: each transaction may meet another server's session."""
        return self.database_direct_url != self.database_url

    @property
    def embedded(self) -> bool:
        """Workers run inside the web process."""
        return self.redis_url is None

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        """The printed address leads back to this machine: no letter for the outside may carry it."""
        host = urlsplit(self.public_url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return address.is_loopback or address.is_unspecified

    @property
    def cookie_name(self) -> str:
        """Browsers accept the `__Host-` prefix over HTTPS only."""
        return "__Host-caseflow" if self.is_https else "caseflow"


_REASONS: dict[str, Sentence] = {
    "int_parsing": _("harus bilangan bulat"),
    "int_from_float": _("harus bilangan bulat"),
    "bool_parsing": _("harus true atau false"),
    "path_type": _("harus nama berkas atau folder"),
}


def _reason(problem: Mapping[str, Any]) -> str:
    context = problem.get("ctx", {})
    match problem["type"]:
        case "value_error":
            (sentence,) = context["error"].args
            return cast("str", sentence)
        case "greater_than_equal":
            return _("paling sedikit {least}", least=context["ge"])
        case "literal_error":
            return _("harus salah satu dari {choices}", choices=context["expected"].replace(" or ", ", "))
        case kind:
            return _REASONS.get(kind) or str(problem["msg"])


def load(**given: Any) -> Settings:  # noqa: ANN401 - the fields of Settings
    """Read the environment; `given` wins over it (`load(data_dir=..., demo=True)`). Raises BadSettings.

    What the environment does not say is looked for in the folder it names: a file for each setting, such as
    `caseflow_database_url`, so that an address with a password need not be a variable.
    """
    folder = os.environ.get(SECRETS_DIR) or None
    if folder and not Path(folder).is_dir():
        reason = _("foldernya tidak ada")
        raise BadSettings(problems={SECRETS_DIR: reason}, summary=f"{SECRETS_DIR} {reason}")
    try:
        return Settings(**{"_secrets_dir": folder, **given})
    except ValidationError as refused:
        # A default made of other settings is not tried once one of those is wrong; that is no fault of its own.
        faults = [p for p in refused.errors() if p["type"] != "default_factory_not_called"]
        problems = {f"{PREFIX}{str(p['loc'][0]).upper()}": _reason(p) for p in faults}
        raise BadSettings(problems=problems, summary="; ".join(f"{k} {v}" for k, v in problems.items())) from None


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Variables that look like ours but mean nothing: a misspelt name would otherwise be ignored without a word."""
    known = {SECRETS_DIR, *(f"{PREFIX}{name}".upper() for name in Settings.model_fields)}
    return sorted(name for name in environ if name.upper().startswith(PREFIX) and name.upper() not in known)


def masked(url: str | None) -> str | None:
    """Show the address without its password."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.password is None:
        return url
    login, _at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{login.partition(':')[0]}:***@{host}"))
