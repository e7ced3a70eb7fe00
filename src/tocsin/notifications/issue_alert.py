"""An alert rule fired for an issue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleFacts:
    id: int
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The snapshot taken when the rule fired; what is sent an hour later is still what fired then.

    `substatus` is new, regressed, ongoing or escalating; times are ISO 8601 UTC; `stack` is a few lines
    of text, innermost call first, already cut. `reason` says why this recipient is told.
    """

    organization: str
    project: str
    project_url: str
    issue_id: int
    short_id: str
    issue_url: str
    title: str
    culprit: str
    level: str
    substatus: str
    environment: str
    release: str
    event_id: str
    message: str
    stack: str
    tags: tuple[tuple[str, str], ...]
    times_seen: int
    users_seen: int
    first_seen: str
    rules: tuple[RuleFacts, ...]
    settings_url: str
    reason: str = ""
    notes: str = ""
    show_tags: tuple[str, ...] = ()


EXAMPLE = Facts(
    organization="acme",
    project="shop",
    project_url="https://tocsin.example/acme/shop/",
    issue_id=12,
    short_id="SHOP-12",
    issue_url="https://tocsin.example/acme/issues/12/",
    title="ZeroDivisionError: division by zero",
    culprit="shop.cart in total",
    level="error",
    substatus="new",
    environment="production",
    release="shop@1.4.2",
    event_id="9ac4b5e1f0a34b6e8d1c2b3a4f5e6d7c",
    message="",
    stack="shop/cart.py, line 41, in total\n    return amount / count\n"
    "shop/views.py, line 12, in checkout\n    return render(total(cart))",
    tags=(("browser", "Firefox 144"), ("customer", "gold")),
    times_seen=3,
    users_seen=2,
    first_seen="2026-11-21T09:00:00+00:00",
    rules=(RuleFacts(3, "Tell the owners", "https://tocsin.example/acme/shop/rules/3/"),),
    settings_url="https://tocsin.example/settings/notifications/",
    reason="you own this part of the code",
)
