"""Whether services on the internet can call an instance by its address, as far as the address itself tells."""

import ipaddress
from urllib.parse import urlsplit

_INSIDE = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


def unreachable(url: str, service: str) -> str:
    """Why `service` cannot call `url`, with what to do; "" where nothing in the address speaks against it."""
    parts = urlsplit(url)
    if _is_inside(parts.hostname or ""):
        return (
            f"{service} cannot reach {url}: messages go there, and nothing that is pressed or typed comes back. "
            "Set TOCSIN_URL to an https address that the internet reaches."
        )
    if parts.scheme != "https":
        return f"{service} calls https addresses only, and {url} is none: set TOCSIN_URL to one."
    return ""


def _is_inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)
