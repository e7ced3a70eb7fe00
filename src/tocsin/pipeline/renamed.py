"""A channel that was renamed in its service: the rules that lead there by its id say its new name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.core.channels import Channel
from tocsin.core.registry import Channels
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.db import one_at_a_time
from tocsin.store.queries import rules as queries
from tocsin.store.queries import rules_home
from tocsin.store.writes import rules as writes


def follow(
    organization_id: int, integration_id: int, channels: Channels, news: Mapping[str, Channel], now: datetime
) -> int:
    """How many rules now say the new name; in the transaction in which the news is kept."""
    if not news:
        return 0
    one_at_a_time(rules_home.all_projects(organization_id))  # else what somebody saves just now would be undone
    followed = 0
    for rule in queries.all_of(organization_id):
        actions = [_named(node, integration_id, channels, news) for node in rule.data.get("actions", ())]
        if actions != rule.data.get("actions"):
            writes.follow(rule, {**rule.data, "actions": actions}, now)
            followed += 1
    return followed


def _named(node: Any, integration_id: int, channels: Channels, news: Mapping[str, Channel]) -> Any:
    """The action with the channel's name of today, if it leads to one that was renamed."""
    if not isinstance(node, Mapping):
        return node
    provider, action = catalogue().action(str(node.get("id", ""))) or (None, None)
    if provider is None or action is None or provider.channels is not channels:
        return node
    found = news.get(next((str(node[one]) for one in channels.ids if node.get(one)), ""))
    if found is None or str(node.get(action.integration)) != str(integration_id):
        return node
    return {**node, channels.name: found.shown}
