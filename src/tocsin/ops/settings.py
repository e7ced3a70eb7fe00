"""What an operator may set: TOCSIN_* variables, each with a default, each checked at the start."""

import ipaddress
import os
import re
import secrets
from collections.abc import Iterable
from difflib import get_close_matches
from email.utils import parseaddr
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_FILE = "secret.key"
PREFIX = "TOCSIN_"
_SLACK_COMMAND = re.compile(r"/[a-z0-9][a-z0-9_-]{0,30}")
FAULT = "TOCSIN_FAULT"  # read by core.faults, for script/verify-delivery


class SettingsError(RuntimeError):
    """A setting is wrong; the one line says which, why, and what to do."""


class Settings(BaseSettings):
    """The settings of one process tree. docs/reference/settings.md lists them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    data: Path = Field(Path("data"), description="The folder that holds everything")
    url: str = Field("", description="What people type to reach this instance")
    secret_key: str = Field("", description="At least 32 characters; made by itself when empty")
    email_url: str = Field("", description="smtp[s]://user:password@host:port")
    email_from: str = Field("", description="The sender of mails")
    outbound_allow: str = Field("", description="CIDRs that may be dialled besides public ones")
    database_url: str = Field("", description="postgres://user:password@host:5432/name; empty for SQLite")
    broker_url: str = Field("", description="amqp://user:password@host:5672/ or redis://host:6379/0")
    log: Literal["text", "json"] = Field("text", description="How logs are written")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is worth a line")
    metrics_token: str = Field("", description="At least 16 characters; opens /metrics")
    keep_events_days: int = Field(90, ge=1, description="How long events are kept")
    keep_events_mb: int = Field(0, ge=0, description="How much of them is kept at most; 0 for no limit")
    keep_notifications_days: int = Field(90, ge=1, description="How long the ledger is kept")
    keep_notifications_mb: int = Field(0, ge=0, description="How much of the ledger is kept; 0 for no limit")
    keep_attempts_days: int = Field(30, ge=1, description="How long single tries are kept")
    keep_attempts_mb: int = Field(0, ge=0, description="How much of them is kept at most; 0 for no limit")
    slack_client_id: str = Field("", description="The Slack app's client id, for workspaces that install it")
    slack_client_secret: str = Field("", description="The Slack app's client secret")
    slack_signing_secret: str = Field("", description="The Slack app's signing secret: buttons, commands, events")
    slack_command: str = Field("/tocsin", description="The slash command that the Slack app's manifest names")
    slack_api_url: str = Field("https://slack.com/api/", description="Where Slack's Web API is")

    @field_validator("url")
    @classmethod
    def _url_has_a_scheme(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc):
            raise ValueError(f"is {value!r}; set it to what people type, for example https://alerts.example.org")
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
            # SDKs and pages ask for /api/… and /static/… of the host.
            plain = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
            raise ValueError(f"is {value!r}; Tocsin needs a host name of its own: {plain}, nothing behind it")
        return value.rstrip("/")

    @field_validator("email_url")
    @classmethod
    def _email_url_is_smtp(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname or not _has_sound_port(value)):
            raise ValueError("must look like smtp://user:password@host:587 or smtps://host:465")
        return value

    @field_validator("email_from")
    @classmethod
    def _email_from_holds_an_address(cls, value: str) -> str:
        local, _, host = parseaddr(value)[1].rpartition("@")
        if value and not (local and host and " " not in local + host):
            raise ValueError(f"is {value!r}; write alerts@example.org or Alerts <alerts@example.org>")
        return value

    @field_validator("slack_client_id", "slack_client_secret", "slack_signing_secret")
    @classmethod
    def _slack_credentials_are_not_blank(cls, value: str) -> str:
        if value and not value.strip():
            raise ValueError("is only spaces; set what Slack shows under Basic Information, or unset it")
        return value.strip()

    @field_validator("slack_command")
    @classmethod
    def _slack_command_is_one(cls, value: str) -> str:
        if not _SLACK_COMMAND.fullmatch(value):
            raise ValueError(f"is {value!r}; Slack takes a slash and at most 31 small letters, digits, - and _")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _slack_api_url_is_http(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or not _has_sound_port(value)):
            raise ValueError(f"is {value!r}; leave it empty for Slack's own, https://slack.com/api/")
        return value

    @field_validator("database_url")
    @classmethod
    def _database_url_is_postgresql(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (
            parts.scheme not in ("postgres", "postgresql")
            or not parts.path.strip("/")
            or not _has_sound_port(value)
        ):
            raise ValueError("must look like postgres://user:password@host:5432/name; leave it empty for SQLite")
        return _with(value, "psycopg")

    @field_validator("broker_url")
    @classmethod
    def _broker_url_is_one_we_know(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (
            parts.scheme not in ("amqp", "amqps", "redis", "rediss")
            or not parts.hostname
            or not _has_sound_port(value)
        ):
            raise ValueError("must look like amqp://user:password@host:5672/ or redis://host:6379/0")
        return _with(value, "celery")

    @model_validator(mode="after")
    def _a_broker_has_a_database_that_all_reach(self) -> Self:
        if self.broker_url and not self.database_url:
            raise ValueError("TOCSIN_BROKER_URL also needs TOCSIN_DATABASE_URL: nodes cannot share a SQLite file")
        if self.broker_url and not (self.secret_key and self.url):
            raise ValueError("TOCSIN_BROKER_URL also needs TOCSIN_SECRET_KEY and TOCSIN_URL, the same on each node")
        return self

    @model_validator(mode="after")
    def _a_slack_app_is_whole(self) -> Self:
        needed = {
            "TOCSIN_SLACK_CLIENT_SECRET": self.slack_client_secret,
            "TOCSIN_SLACK_SIGNING_SECRET": self.slack_signing_secret,
        }
        missing = " and ".join(name for name, value in needed.items() if not value)
        if self.slack_client_id and missing:
            raise ValueError(f"TOCSIN_SLACK_CLIENT_ID also needs {missing}: Basic Information of your Slack app")
        if self.slack_client_secret and not self.slack_client_id:
            raise ValueError("TOCSIN_SLACK_CLIENT_SECRET also needs TOCSIN_SLACK_CLIENT_ID: both are of one app")
        return self

    @field_validator("outbound_allow")
    @classmethod
    def _outbound_allow_is_networks(cls, value: str) -> str:
        for part in filter(None, (part.strip() for part in value.split(","))):
            try:
                ipaddress.ip_network(part)
            except ValueError:
                raise ValueError(f"{part!r} is no network; write 10.0.0.0/8, 192.168.1.7/32") from None
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret_key_is_long(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("has fewer than 32 characters; leave it empty to have one made")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _metrics_token_is_long(cls, value: str) -> str:
        if value and len(value) < 16:
            raise ValueError("has fewer than 16 characters; make one with  openssl rand -hex 24")
        return value

    @property
    def database(self) -> Path:
        return self.data / "tocsin.sqlite3"

    @property
    def spool(self) -> Path:
        return self.data / "spool.sqlite3"

    @property
    def wake_socket(self) -> Path:
        return self.data / "wake.sock"

    def key(self) -> str:
        """The secret key: as set, else the data folder's own, made on the first call with mode 600."""
        if self.secret_key:
            return self.secret_key
        self.data.mkdir(parents=True, exist_ok=True)
        path = self.data / KEY_FILE
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        made = secrets.token_urlsafe(48)
        with os.fdopen(descriptor, "w") as file:
            file.write(made)
        return made


def _has_sound_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _with(value: str, package: str) -> str:
    """A setting for which a package of the extra `scale` has to be there."""
    if value and not find_spec(package):
        raise ValueError(f"needs the package {package}: run  script/setup runtime  or install tocsin[scale]")
    return value


@lru_cache(maxsize=1)
def load() -> Settings:
    """The settings as the environment has them; raises SettingsError with one line for the first wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "".join(f"TOCSIN_{part} " for part in first["loc"]).upper()
        raise SettingsError(f"{name}{first['msg'].removeprefix('Value error, ')}") from None


def unknown(names: Iterable[str]) -> list[str]:
    """A line for each TOCSIN_* variable that nothing reads: a typing error would otherwise go unnoticed."""
    known = {FAULT, *(f"{PREFIX}{name}".upper() for name in Settings.model_fields)}
    strangers = sorted(name for name in names if name.upper().startswith(PREFIX) and name.upper() not in known)
    return [f"{name} is not known; {_nearest(name, known)}" for name in strangers]


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name.upper(), sorted(known), n=1, cutoff=0.8)
    return f"did you mean {near[0]}?" if near else "docs/reference/settings.md lists what is."
