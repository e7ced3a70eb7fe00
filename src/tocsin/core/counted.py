"""Which of an event's users and tag values are counted for alert rules, each as the 16 hex that is kept of it."""

from collections.abc import Sequence

from tocsin.core.evaluate import passes
from tocsin.core.event import Event, anonymous
from tocsin.core.facts import Facts
from tocsin.core.rule import Rule


def user(event: Event) -> str:
    """The user whom the event happened to, "" for nobody."""
    identity = event.user.identity if event.user else ""
    return anonymous(identity) if identity else ""


def lets_pass(rule: Rule, facts: Facts) -> bool:
    """Whether the event is one whose users the rule counts: its filters let it pass."""
    return bool(passes(rule.filter_match, rule.filters, facts, []))


def tags(event: Event, key: str) -> Sequence[str]:
    """The event's values of a tag."""
    return [anonymous(value.strip().lower()) for value in dict.fromkeys(event.tag_values(key))]
