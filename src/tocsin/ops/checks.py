"""What `tocsin doctor` looks at: each check says how something is, in words, and what to do about it."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from django.db import OperationalError, connection

from tocsin.core.books import balance
from tocsin.core.fields import parse
from tocsin.core.sending import Delivered
from tocsin.ops.settings import KEY_FILE, Settings
from tocsin.pipeline import clock
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.outward import ask
from tocsin.pipeline.readiness import readiness
from tocsin.store import secrets
from tocsin.store.db import aware, rows
from tocsin.store.models import Integration
from tocsin.store.queries import books

State = Literal["good", "warn", "bad"]

# Builds before it can corrupt a WAL that two connections write and checkpoint at once.
MENDED_SQLITE = (3, 51, 3)
LITTLE_ROOM = 1_000_000_000
NO_ROOM = 200_000_000
SKEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is; `todo` is empty when there is nothing to do."""

    state: State
    words: str
    todo: str = ""


def good(words: str) -> Finding:
    return Finding("good", words)


Check = Callable[[Settings], Finding]


def folder(settings: Settings) -> Finding:
    if not settings.data.exists():  # with a PostgreSQL, it is made by the first that spools events
        todo = "Nothing, if Tocsin never ran on this machine; else set TOCSIN_DATA or give --data."
        return Finding("warn", f"There is no {settings.data}.", todo)
    mode = settings.data.stat().st_mode & 0o777
    if not os.access(settings.data, os.W_OK):
        return Finding(
            "bad", f"{settings.data} cannot be written.", f"Give it to who runs Tocsin: chown {settings.data}"
        )
    if mode & 0o077:
        return Finding("bad", f"{settings.data} is open to others (mode {mode:o}).", f"chmod 700 {settings.data}")
    return good(f"{settings.data} is its owner's alone.")


def key(settings: Settings) -> Finding:
    path = settings.data / KEY_FILE
    if not settings.secret_key:
        if not path.exists():
            return Finding("bad", f"There is no {path}.", "Start Tocsin once, or restore the key from a backup.")
        if path.stat().st_mode & 0o077:
            return Finding("bad", f"{path} can be read by others.", f"chmod 600 {path}")
    unreadable = [name for pk, name, sealed in _sealed() if not _opens(pk, sealed)]
    if unreadable:
        todo = "Restore the key that they were saved with, or connect them again."
        return Finding("bad", f"The secrets of {', '.join(unreadable[:5])} do not open with this key.", todo)
    return good("The secret key opens everything that is stored.")


def _sealed() -> list[tuple[int, str, bytes]]:
    found = Integration.objects.order_by("pk").values_list("pk", "name", "settings")
    return [(pk, name, bytes(sealed)) for pk, name, sealed in found]


def _opens(pk: int, sealed: bytes) -> bool:
    try:
        secrets.unseal(f"integration:{pk}", sealed)
    except secrets.SecretUnreadableError:
        return False
    return True


def disk(settings: Settings) -> Finding:
    data = settings.data.absolute()
    free = shutil.disk_usage(next(place for place in (data, *data.parents) if place.exists())).free
    words = f"{free / 1e9:.1f} GB are free for {settings.data}."
    todo = "Free some, or keep less: TOCSIN_KEEP_EVENTS_DAYS, TOCSIN_KEEP_EVENTS_MB."
    if free < NO_ROOM:
        return Finding("bad", words, todo)
    return Finding("warn", words, todo) if free < LITTLE_ROOM else good(words)


def database(settings: Settings) -> Finding:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        connection.close()
        where = "TOCSIN_DATABASE_URL" if settings.database_url else "TOCSIN_DATA"
        return Finding("bad", f"The database does not answer: {_first_line(error)}", f"Start it, or mend {where}.")
    return _whole()


def _whole() -> Finding:
    if connection.vendor != "sqlite":
        (version,) = rows("SHOW server_version")[0]
        return good(f"PostgreSQL {version} answers.")
    (version,) = rows("SELECT sqlite_version()")[0]
    (found,) = rows("PRAGMA quick_check(1)")[0]
    if found != "ok":
        return Finding(
            "bad", f"The database is damaged: {found}", "Stop Tocsin and restore a backup: tocsin restore"
        )
    if tuple(map(int, version.split("."))) < MENDED_SQLITE:
        words = f"The database is whole. SQLite {version} has a bug that can damage it, rarely."
        return Finding("warn", words, "Use an x86-64 Linux (a mended SQLite comes with it) or SQLite 3.51.3.")
    return good(f"The database is whole (SQLite {version}).")


def migrations(_: Settings) -> Finding:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return Finding("bad", f"{len(missing)} changes of the database are not applied.", "Run: tocsin migrate")
    return good("The database is of this version.")


def broker(settings: Settings) -> Finding:
    if not settings.broker_url:
        return good("No broker is set: one machine does without.")
    from kombu.connection import Connection

    with Connection(settings.broker_url, connect_timeout=5) as asked:  # type: ignore[no-untyped-call]
        try:
            asked.ensure_connection(max_retries=1, timeout=5)
        except asked.connection_errors as error:
            return Finding("bad", f"The broker does not answer: {error}", "Start it, or mend TOCSIN_BROKER_URL.")
    return good("The broker answers.")


def worker(_: Settings) -> Finding:
    found = readiness(clock.now())
    if found.stuck:
        return Finding(
            "bad", " ".join(found.stuck), "Start tocsin up, or tocsin worker; its log says what stops it."
        )
    if found.behind:
        return Finding("warn", " ".join(found.behind), "Wait, or give it a quicker machine or a second worker.")
    return good("Digest and sender are at work.")


def mail(settings: Settings) -> Finding:
    """Says hello, signs in and names the sender; nothing is sent."""
    if not settings.email_url:
        words = "No TOCSIN_EMAIL_URL is in this shell's environment."  # a running server may well have one
        return Finding(
            "warn", words, "Set it where Tocsin is started and here, or connect e-mail under Integrations."
        )
    server = urlsplit(settings.email_url)
    provider = catalogue().providers["email"]
    given = parse(provider.settings, {"url": settings.email_url, "sender": settings.email_from})
    outcome = ask(provider.check(given), [settings.email_url]) if provider.check else Delivered()
    if not isinstance(outcome, Delivered):
        words = f"The mail server {server.hostname} does not take us. {outcome.reason}"
        return Finding(
            "bad", words, "Check host, port, user and password in TOCSIN_EMAIL_URL, and TOCSIN_EMAIL_FROM."
        )
    signed = ", takes the password" if server.username else ""
    return good(f"The mail server {server.hostname} answers{signed} and takes our mails.")


def address(settings: Settings) -> Finding:
    parts = urlsplit(settings.url)
    todo = "Set TOCSIN_URL to what people type, for example https://alerts.example.org"
    if not settings.url or parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return Finding("warn", "Links in messages lead to this machine alone.", todo)
    if parts.scheme == "http":
        return Finding("warn", f"{settings.url} is not encrypted: passwords can be read on the way.", todo)
    return good(f"Links in messages lead to {settings.url}.")


def clocks(_: Settings) -> Finding:
    now = clock.now()
    if connection.vendor == "sqlite":
        return good(f"The clock says {now:%Y-%m-%d %H:%M:%S} UTC.")
    (theirs,) = rows("SELECT clock_timestamp()")[0]
    skew = abs(aware(theirs) - now)
    if skew > SKEW:
        words = f"This machine's clock and the database's are {skew.total_seconds():.0f} s apart."
        return Finding("bad", words, "Let both be set by NTP (timedatectl set-ntp true).")
    return good(f"The database's clock agrees within {skew.total_seconds():.1f} s.")


def integrations(_: Settings) -> Finding:
    found = Integration.objects.exclude(broken="", breaker="closed").order_by("name")
    known = list(found.values_list("provider", "name", "broken", "breaker_until"))
    broken = [f"{name} ({provider}): {reason}" for provider, name, reason, _ in known if reason]
    resting = [f"{name} ({provider}) rests{_until(until)}" for provider, name, reason, until in known if not reason]
    if broken:
        return Finding("bad", "; ".join(broken[:5]), "Connect again under Integrations; what was held then goes.")
    if resting:
        todo = "Nothing is lost: it is tried again by itself. Look whether the service has an outage."
        return Finding("warn", "; ".join(resting[:5]), todo)
    return good("Every integration delivers.")


def _until(moment: datetime | None) -> str:
    return f" until {moment:%H:%M:%S} UTC" if moment else ""


def ledger(_: Settings) -> Finding:
    now = clock.now()
    counted = books.counted(now - timedelta(days=1), now + timedelta(minutes=1), now)
    found = balance(counted.ledger, now)
    if not found.balance:
        return Finding("bad", " ".join(found.problems), "Look at /-/books. Is it not a stopped worker, report it.")
    return good(f"The books of the last day hold: {found.intents:,} intended, {found.sent:,} sent.")


CHECKS: dict[str, Check] = {
    "data folder": folder,
    "disk": disk,
    "database": database,
    "migrations": migrations,
    "secret key": key,
    "clock": clocks,
    "broker": broker,
    "worker": worker,
    "mail server": mail,
    "address": address,
    "integrations": integrations,
    "books": ledger,
}


def examine(name: str, settings: Settings) -> Finding:
    """One check; what it trips over is a finding too."""
    try:
        return CHECKS[name](settings)
    except Exception as error:  # noqa: BLE001 — a doctor that faints helps nobody
        with suppress(Exception):
            connection.close()
        words = f"{type(error).__name__}: {_first_line(error)}"
        return Finding("bad", f"It cannot be checked: {words}", "Mend what stands above it first.")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "no words")
