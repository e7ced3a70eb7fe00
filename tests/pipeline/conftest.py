"""What the tests of the stages share."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from tests.builders import NOW
from tocsin.engine.wake import Listener
from tocsin.store.models import Rule
from tocsin.store.writes.founding import Founded

EVERY_EVENT = {"id": "sentry.rules.conditions.every_event.EveryEventCondition"}
MAIL = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners", "fallthroughType": "AllMembers"}


@pytest.fixture
def every_event_rule(shop: Founded) -> Rule:
    """A rule of the shop that fires for every event, at most each hour."""
    data = {"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 60}
    return Rule.objects.create(project=shop.project, label="Every event", data=data, date_added=NOW)


@pytest.fixture
def rung() -> Iterator[Callable[[], frozenset[str]]]:
    """The stages of the worker that were rung for since the last call."""
    settings.TOCSIN.data.mkdir(parents=True, exist_ok=True)
    listener = Listener(settings.TOCSIN.wake_socket)
    yield listener.heard
    listener.close()
