"""No address leads to another organization's rows: every described operation with every foreign id."""

import itertools
import string

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_delivery, a_notification, a_world, an_activity, an_issue
from tocsin.api.urls import api
from tocsin.store.models import (
    Activity,
    ApiToken,
    AuditEntry,
    CodeOwners,
    Delivery,
    Issue,
    MemberRequest,
    Membership,
    Ownership,
    Preference,
    Project,
    Release,
    Rule,
    RuleSnooze,
    SavedSearch,
    Subscription,
)
from tocsin.store.writes.rule_tasks import add

METHODS = {"get", "post", "put", "delete"}
FIT = {
    "name": "x",
    "query": "",
    "actions": [{"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners"}],
}


def operations():
    paths = api.get_openapi_schema()["paths"]
    for path, operation in paths.items():
        for method in sorted(METHODS & set(operation)):
            if "{" in path:
                yield pytest.param(method.upper(), path.removeprefix("/api/0"), id=f"{method} {path}")


OPERATIONS = list(operations())


def a_request(organization):
    return MemberRequest.objects.create(
        organization=organization, kind="join", email="new@example.com", date_added=NOW
    )


def a_task(home):
    """A rule that waits for its channel."""
    return add(home, {}, rule_id=None, actor_id=None, is_typed=False, why="", due=NOW, ends=NOW, now=NOW)


def a_place(slug, project, email):
    """A world with a rule and a preference, and each of its ids by the name that addresses give it."""
    world = a_world(slug, project, email)
    rule = Rule.objects.create(project=world.project, label="Keep", data={}, date_added=NOW)
    RuleSnooze.objects.create(rule=rule, date_added=NOW)
    of_all = Rule.objects.create(organization=world.organization, label="All", data={}, date_added=NOW)
    option = Preference.objects.create(
        user=world.user, scope="user", scope_id=world.user.pk, type="alerts", value="never"
    )
    of_team = Preference.objects.create(
        team=world.team, scope="team", scope_id=world.team.pk, type="alerts", value="never"
    )
    issue = an_issue(world.project)
    file = CodeOwners.objects.create(project=world.project, raw="* @ana", date_created=NOW, date_updated=NOW)
    comment = an_activity(issue, "note", user=world.user, data={"text": "Mine"})
    search = SavedSearch.objects.create(
        organization=world.organization, user=world.user, name="Keep", query="zero", date_added=NOW
    )
    Release.objects.create(project=world.project, version=f"{slug}@1.0", first_seen=NOW)
    ids = {
        "version": [f"{slug}@1.0"],
        "search": [str(search.pk)],
        "issue": [str(issue.pk)],
        "member": [str(Membership.objects.get(user=world.user).pk)],
        "member_request": [str(a_request(world.organization).pk)],
        "delivery": [str(a_delivery(a_notification(world.project), state="dead").pk)],
        "notification": [str(a_notification(world.project, issue).pk)],
        "comment": [str(comment.pk)],
        "file": [str(file.pk)],
        "organization": [world.organization.slug, str(world.organization.pk)],
        "project": [world.project.slug, str(world.project.pk)],
        "rule": [str(rule.pk)],
        "organization_rule": [str(of_all.pk)],
        "user": [str(world.user.pk)],
        "option": [str(option.pk)],
        "choice": [str(of_team.pk)],
        "team": [world.team.slug, str(world.team.pk)],
        "key": ["deploy"],
        "public_key": [world.key.public_key],
        "task": [a_task(world.project).pk.hex],
        "organization_task": [a_task(world.organization).pk.hex],
    }
    return world, ids


WORDS = {"key"}  # what an address takes that is no id, and is the same for everybody


def filled(path, mine, theirs):
    """The address with each mixture of own and foreign ids that has at least one foreign id."""
    names = [name for _, name, _, _ in string.Formatter().parse(path) if name]
    for owners in itertools.product((mine, theirs), repeat=len(names)):
        foreign = {name for name, owner in zip(names, owners, strict=True) if owner is theirs} - WORDS
        if not foreign:
            continue
        for values in itertools.product(*(owner[name] for name, owner in zip(names, owners, strict=True))):
            yield path.format(**dict(zip(names, values, strict=True)))


def rows():
    """Everything that a write could have changed; what noticing the call itself changes is left out."""
    written = (
        Delivery,
        Rule,
        RuleSnooze,
        Preference,
        Project,
        AuditEntry,
        Issue,
        Activity,
        Subscription,
        SavedSearch,
        Ownership,
        CodeOwners,
    )
    return [list(model.objects.order_by("pk").values()) for model in written] + [ApiToken.objects.count()]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_foreign_id_is_404_and_changes_nothing(method, path):
    world, mine = a_place("acme", "shop", "ana@example.com")
    _, theirs = a_place("other", "theirs", "eve@other.example")
    caller = a_caller(world.user, world.organization)
    before = rows()

    answers = {address: caller.call(method, address, FIT).status for address in filled(path, mine, theirs)}

    assert answers
    assert set(answers.values()) == {404}, answers
    assert rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_ones_own_ids_are_not_404(method, path):
    """The control: the test above would pass with a server that knows no address at all."""
    world, mine = a_place("acme", "shop", "ana@example.com")
    caller = a_caller(world.user, world.organization)

    address = path.format(**{name: values[0] for name, values in mine.items()})

    assert caller.call(method, address, FIT).status != 404


@pytest.mark.django_db
def test_every_kind_of_id_that_an_address_takes_is_tried():
    _, ids = a_place("mine", "shop", "ana@example.com")
    paths = [path for path in api.get_openapi_schema()["paths"] if "{" in path]

    assert {name for path in paths for _, name, _, _ in string.Formatter().parse(path) if name} == set(ids)
