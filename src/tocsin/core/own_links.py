"""Which page of this instance an address leads to, where people can see a preview of it: an issue, an alert rule, a
delivery of a notification.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

LONGEST = 2_000
MOST_OF_A_QUERY = 20  # names in it
_USUAL = {"http": 80, "https": 443}
_SLUG = r"[-a-zA-Z0-9_]{1,100}"
_ID = r"[1-9][0-9]{0,17}"  # as much as every database holds
_ISSUE = re.compile(rf"/({_SLUG})/issues/({_ID})/?")
_RULE = re.compile(rf"/({_SLUG})/(?:projects/({_SLUG})/)?rules/({_ID})(?:/(?:edit/)?)?")
_DELIVERY = re.compile(rf"/({_SLUG})/deliveries/({_ID})/?")
_EVENT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class IssuePage:
    """An issue, or one event of it (32 hex; "" for the latest)."""

    organization: str
    issue_id: int
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class RulePage:
    """An alert rule as a project sees it; `project` is "" for a rule of all projects."""

    organization: str
    rule_id: int
    project: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """What became of a notification at one destination."""

    organization: str
    delivery_id: int


OwnPage = IssuePage | RulePage | DeliveryPage


def page_at(address: str, base: str) -> OwnPage | None:
    """The page of the instance at `base` ("https://alerts.example.org") that an address leads to; None for others'
    addresses, other pages and what is no address.

    http and https are the same instance, and so are the spellings of one path; nothing says that the page is there.
    """
    inside = _inside(address, base)
    if inside is None:
        return None
    path, query = inside
    if found := _ISSUE.fullmatch(path):
        return IssuePage(found[1], int(found[2]), _event(query))
    if found := _RULE.fullmatch(path):
        return RulePage(found[1], int(found[3]), found[2] or "")
    if found := _DELIVERY.fullmatch(path):
        return DeliveryPage(found[1], int(found[2]))
    return None


def _inside(address: str, base: str) -> tuple[str, str] | None:
    """The path within the instance and the query of an address that is of this instance."""
    if len(address) > LONGEST:
        return None
    try:
        given, own = urlsplit(address), urlsplit(base)
        is_ours = _host(given.scheme, given.hostname, given.port) == _host(own.scheme, own.hostname, own.port)
        path = unquote(given.path, errors="strict")
    except ValueError:
        return None
    prefix = own.path.rstrip("/")
    if given.scheme not in _USUAL or "@" in given.netloc or not is_ours or not path.startswith(f"{prefix}/"):
        return None
    return path.removeprefix(prefix), given.query


def _host(scheme: str, name: str | None, port: int | None) -> tuple[str | None, int | None]:
    """A server's name and port; None for the port that goes without saying."""
    return name, None if port == _USUAL.get(scheme) else port


def _event(query: str) -> str:
    try:
        given = parse_qs(query, max_num_fields=MOST_OF_A_QUERY).get("event", [""])[0]
    except ValueError:
        return ""
    return given if _EVENT.fullmatch(given) else ""
