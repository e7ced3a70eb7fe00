import pytest

from tests.builders import NOW, a_user, a_world
from tocsin.core.rule import compile_rule
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.models import (
    Membership,
    Organization,
    Project,
    ProjectKey,
    Rule,
    SignInLink,
    Team,
    TeamMember,
    User,
)
from tocsin.store.queries import accounts
from tocsin.store.writes.accounts import LINK_LASTS, new_sign_in_link
from tocsin.store.writes.founding import (
    NAME_LENGTH,
    RESERVED,
    UnusableNameError,
    create_project,
    found,
    slug_of,
)

pytestmark = pytest.mark.django_db


def founded(**changes):
    return found(
        **{"organization": "Acme Ltd", "project": "Web Shop", "email": "me@example.com", "now": NOW, **changes}
    )


def counts():
    return [
        one.objects.count() for one in (Organization, Team, TeamMember, Membership, Project, ProjectKey, Rule, User)
    ]


def test_a_founding_makes_everything_that_a_first_event_needs():
    made = founded()

    assert (made.organization.slug, made.organization.name) == ("acme-ltd", "Acme Ltd")
    assert (made.team.slug, made.project.slug, made.project.name) == ("acme-ltd", "web-shop", "Web Shop")
    assert made.created
    assert len(made.key.public_key) == 32
    assert int(made.key.public_key, 16)


def test_the_founder_is_an_owner_on_the_team_and_has_no_password():
    made = founded()

    assert Membership.objects.get().role == "owner"
    assert TeamMember.objects.get().user == made.user
    assert not made.user.has_usable_password()
    assert not made.user.check_password("")


def test_a_second_founding_of_the_same_names_makes_nothing():
    first = founded()
    before = counts()

    second = founded(organization="acme ltd", email="ME@example.com ")

    assert counts() == before
    assert (second.project, second.key, second.user) == (first.project, first.key, first.user)
    assert not second.created


def test_a_second_project_joins_the_organization_that_is_there():
    first = founded()

    second = founded(project="Api")

    assert second.created
    assert (second.organization, second.team) == (first.organization, first.team)
    assert second.key.public_key != first.key.public_key


def test_without_an_address_the_owner_is_the_one_who_is_there():
    first = founded()

    assert founded(email=None).user == first.user


def test_without_an_address_and_anyone_there_the_owner_is_admin_at_localhost():
    assert founded(email=None).user.email == "admin@localhost"


def test_someone_known_joins_with_their_own_account():
    ana = a_user("ana@example.com")

    assert founded(email="ana@example.com").user == ana
    assert Membership.objects.get().user == ana


def test_a_members_role_is_left_as_it_is():
    made = founded()
    Membership.objects.update(role="member")

    founded()

    assert Membership.objects.get(user=made.user).role == "member"


def test_the_default_rule_is_the_one_that_sentry_makes_and_can_run():
    made = founded()

    rule = Rule.objects.get()
    compiled = compile_rule(
        catalogue(),
        rule_id=rule.pk,
        project_id=made.project.pk,
        label=rule.label,
        environment=rule.environment,
        data=rule.data,
    )
    assert rule.label == "Send a notification for high priority issues"
    assert [test.condition.slug for test in compiled.conditions] == ["new_high_priority", "existing_high_priority"]
    assert (compiled.action_match, compiled.filter_match) == ("any", "all")
    assert compiled.frequency.total_seconds() == 30 * 60
    (action,) = compiled.actions
    assert (action.options.targetType, action.options.fallthroughType) == ("IssueOwners", "ActiveMembers")
    assert action.uuid
    assert not compiled.broken
    assert not compiled.broken_actions


@pytest.mark.parametrize("name", ["", "   ", "…", "магазин", "123", "x" * (NAME_LENGTH + 1)])
def test_a_name_that_makes_no_address_is_refused(name):
    with pytest.raises(UnusableNameError):
        slug_of(name)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_no_organization_takes_the_address_of_a_page(name):
    with pytest.raises(UnusableNameError, match="page"):
        founded(organization=name)


@pytest.mark.parametrize("email", ["", "me", "me@", "me@example.com\nBcc: you@example.com"])
def test_what_is_no_address_founds_nothing(email):
    if email == "":
        assert founded(email="").user.email == "admin@localhost"
        return
    with pytest.raises(UnusableNameError, match="no e-mail address"):
        founded(email=email)
    assert counts() == [0] * 8


def test_a_project_of_the_same_name_is_refused():
    world = a_world()

    with pytest.raises(UnusableNameError, match="already a project 'shop'"):
        create_project(world.organization, world.team, "Shop", now=NOW)


def test_a_sign_in_link_is_good_for_a_day_and_only_its_hash_is_kept():
    made = founded()

    token = new_sign_in_link(made.user.pk, NOW, LINK_LASTS)

    link = accounts.sign_in_link(token)
    assert link is not None
    assert link.user == made.user
    assert (link.expires - NOW).total_seconds() == 24 * 3600
    assert token not in SignInLink.objects.get().digest
