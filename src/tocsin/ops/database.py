"""Where the rows are: a SQLite file in the data folder, or the PostgreSQL that TOCSIN_DATABASE_URL names."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tocsin.ops.settings import Settings

# What is longer than a page or a batch may take is lost: a worker must notice, and a lock must not stay.
_TIMES = {"statement_timeout": 30_000, "lock_timeout": 20_000, "idle_in_transaction_session_timeout": 60_000}
_CONNECTION = {
    "connect_timeout": 5,
    "application_name": "tocsin",
    "options": " ".join(f"-c {name}={milliseconds}" for name, milliseconds in _TIMES.items()),
    # A database whose machine is gone is noticed after 15 s rather than after the kernel's 15 minutes.
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
}


def database(settings: Settings) -> dict[str, Any]:
    """Django's setting for the one database."""
    return _postgresql(settings.database_url) if settings.database_url else _sqlite(settings)


def _sqlite(settings: Settings) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": settings.database,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL, as NORMAL could lose a digested batch whose spool rows were already gone. Checkpoints at 16 MB
            # of WAL and not at 4: at 500 alerts a second every fourth commit took 13 ms, not 4 (p50 52 → 32 ms).
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
                " PRAGMA busy_timeout=20000;"
            ),
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    """Each thread keeps its connection: they are few and fixed in number, so a pool would hold as many."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket's folder is given as libpq does: postgres:///name?host=/var/run/postgresql
        "HOST": asked.pop("host", "") or parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_CONNECTION, **asked},
    }
