from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.builders import NOW, a_world
from tocsin.core.rule_check import Refusal
from tocsin.pipeline.rules import save
from tocsin.store.models import Rule

MAIL = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners"}
RULE = {"name": "Tell the owners", "actions": [MAIL]}


@pytest.mark.django_db
def test_a_rule_of_another_project_is_missing_before_its_body_is_judged():
    mine, theirs = a_world(), a_world("other", "theirs", "eve@other.example")
    rule = save(theirs.project, RULE, rule_id=None, actor_id=None, now=NOW)

    assert save(mine.project, {}, rule_id=rule.pk, actor_id=None, now=NOW) is None


def test_of_two_equal_rules_that_arrive_at_once_one_is_kept(database_file):
    """Judged inside the transaction that writes: otherwise neither would see the other."""
    project = a_world().project

    def arrive(_):
        try:
            return save(project, RULE, rule_id=None, actor_id=None, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(arrive, range(4)))

    assert Rule.objects.count() == 1
    assert sum(isinstance(answer, Refusal) for answer in answers) == 3
