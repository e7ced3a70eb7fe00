"""Who a request says it is: the key in a header, in the query, or in the envelope's DSN; several must agree.

Source: behaviour §13.2.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

PUBLIC_KEY = re.compile(r"[0-9a-f]{32}")
VERSIONS = frozenset("234567")
QUERY_FIELDS = 100


class AuthError(ValueError):
    """The credentials are missing, malformed or contradictory; the text says what to send."""


class Credentials(NamedTuple):
    """What an SDK says of itself. Empty strings where it said nothing."""

    key: str = ""
    client: str = ""


NOBODY = Credentials()


@lru_cache(maxsize=1024)
def from_header(value: bytes) -> Credentials:
    """The credentials in `Sentry sentry_version=7, sentry_key=…`; NOBODY for another scheme.

    Cached, as an SDK's header is the same each time: 4 µs against 0.1.
    """
    scheme, _, rest = value.decode("latin-1").strip().partition(" ")
    if scheme.lower() != "sentry":
        return NOBODY
    pairs = (part.partition("=") for part in rest.split(","))
    return _from_pairs((name.strip(), found.strip(' "')) for name, _, found in pairs)


@lru_cache(maxsize=1024)
def from_query(value: bytes) -> Credentials:
    """The credentials of a browser's `?sentry_version=7&sentry_key=…`; NOBODY when there are none."""
    try:
        pairs = parse_qsl(value.decode("latin-1"), max_num_fields=QUERY_FIELDS)
    except ValueError:
        raise AuthError(f"The query has more than {QUERY_FIELDS} fields: send the key alone") from None
    return _from_pairs(pairs)


def from_dsn(dsn: object) -> tuple[Credentials, str]:
    """The credentials in an envelope's DSN, and the project that it names."""
    try:
        parts = urlsplit(dsn) if isinstance(dsn, str) else None
    except ValueError:
        parts = None
    if parts is None or not parts.username:
        raise AuthError("The envelope's dsn is not a DSN: use https://PUBLIC_KEY@HOST/PROJECT_ID")
    return Credentials(_checked(parts.username)), parts.path.rpartition("/")[2]


def agreed(several: Iterable[Credentials]) -> Credentials:
    """One set of credentials from all places that named a key; NOBODY when none did."""
    found = [each for each in several if each.key]
    if len({each.key for each in found}) > 1:
        raise AuthError("The request names different keys in its header, query or DSN: use one")
    return found[0] if found else NOBODY


def _from_pairs(pairs: Iterable[tuple[str, str]]) -> Credentials:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("sentry_") and found.setdefault(name, value) != value:
            raise AuthError(f"The credentials name {name[:40]} twice, differently: use one")
    version = found.get("sentry_version", "7").partition(".")[0]
    if version not in VERSIONS:
        raise AuthError(f"sentry_version {version[:20]!r} is unknown: send 7")
    key = found.get("sentry_key", "")
    return Credentials(_checked(key) if key else "", found.get("sentry_client", "")[:100])


def _checked(key: str) -> str:
    if not PUBLIC_KEY.fullmatch(key):
        raise AuthError("The key is not one of this server's: copy the DSN from the project's page")
    return key
