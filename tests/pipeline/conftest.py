"""What the tests of the stages share."""

import pytest

from tests.builders import NOW
from tocsin.store.models import Rule
from tocsin.store.writes.founding import Founded

EVERY_EVENT = {"id": "sentry.rules.conditions.every_event.EveryEventCondition"}
MAIL = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners", "fallthroughType": "AllMembers"}


@pytest.fixture
def every_event_rule(shop: Founded) -> Rule:
    """A rule of the shop that fires for every event, at most each hour."""
    data = {"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 60}
    return Rule.objects.create(project=shop.project, label="Every event", data=data, date_added=NOW)
