"""One organization's people, teams, choices and connections, as a decision sees them."""

import pytest

from tests.builders import NOW, World, a_member, a_user, a_world
from tocsin.core.people import Connection, Scope
from tocsin.store.models import (
    Integration,
    Membership,
    Organization,
    Preference,
    ProjectAddress,
    TeamMember,
    UserAddress,
)
from tocsin.store.queries import directory
from tocsin.store.writes.addresses import proved


@pytest.fixture
def world(db) -> World:
    return a_world()


def now_of(world: World):
    organization = Organization.objects.get(pk=world.organization.pk)
    return directory.of(organization.pk, organization.version)


def test_members_of_the_projects_teams_are_found(world):
    found = directory.read(world.organization.pk)

    assert [person.email for person in found.members_of(world.project.pk)] == ["ana@example.com"]


def test_another_organizations_people_teams_and_services_are_not_there(world):
    other = a_world("other", email="ben@example.com")

    found = directory.read(world.organization.pk)

    assert other.user.pk not in found.people
    assert other.team.pk not in found.teams
    assert other.project.pk not in found.project_teams


def test_a_person_without_a_name_is_called_by_their_address(world):
    user = a_member(world.organization, email="ben@example.com", name="")

    assert directory.read(world.organization.pk).people[user.pk].name == "ben@example.com"


@pytest.mark.parametrize(
    ("is_active", "pending"),
    [pytest.param(False, False, id="switched off"), pytest.param(True, True, id="invited, not accepted")],
)
def test_who_must_not_be_told_is_there_and_not_active(world, is_active, pending):
    user = a_user("ben@example.com", is_active=is_active)
    Membership.objects.create(organization=world.organization, user=user, pending=pending, date_added=NOW)

    assert directory.read(world.organization.pk).people[user.pk].active is False


def test_a_seat_in_a_team_without_a_membership_gives_nothing(world):
    stranger = a_user("eve@example.com")
    TeamMember.objects.create(team=world.team, user=stranger)

    found = directory.read(world.organization.pk)

    assert stranger.pk not in found.teams[world.team.pk].members


def test_choices_are_found_by_person(world):
    Preference.objects.create(
        user=world.user, scope="project", scope_id=world.project.pk, type="alerts", provider="email", value="never"
    )

    (choice,) = directory.read(world.organization.pk).preferences[world.user.pk]

    assert (choice.scope, choice.scope_id, choice.provider, choice.value) == (
        Scope.PROJECT,
        world.project.pk,
        "email",
        "never",
    )


def test_connections_come_without_their_secrets(world):
    row = Integration.objects.create(
        organization=world.organization,
        provider="slack",
        name="Acme",
        settings=b"sealed",
        broken="token_revoked",
        date_added=NOW,
        date_updated=NOW,
    )

    assert directory.read(world.organization.pk).connections == {
        row.pk: Connection(row.pk, "slack", "Acme", "token_revoked")
    }


def test_an_organization_of_any_size_takes_nine_queries(world, django_assert_num_queries):
    for number in range(20):
        a_member(world.organization, world.team, email=f"p{number}@example.com")

    with django_assert_num_queries(9):
        directory.read(world.organization.pk)


def test_the_same_version_asks_nothing_again(world, django_assert_num_queries):
    directory.of(world.organization.pk, 5)

    with django_assert_num_queries(0):
        directory.of(world.organization.pk, 5)


def test_a_change_is_seen_at_once(world):
    now_of(world)
    Preference.objects.create(user=world.user, scope="user", scope_id=0, type="alerts", value="never")

    assert world.user.pk in now_of(world).preferences


@pytest.mark.parametrize(("verified", "found"), [(NOW, {"home@ana.example"}), (None, set())])
def test_a_projects_address_counts_once_it_is_proved(world, verified, found):
    UserAddress.objects.create(user=world.user, email="home@ana.example", verified=verified, date_added=NOW)
    ProjectAddress.objects.create(user=world.user, project=world.project, email="home@ana.example")

    person = directory.read(world.organization.pk).people[world.user.pk]

    assert set(person.project_emails.values()) == found


def test_an_address_that_is_proved_is_seen_at_once(world):
    UserAddress.objects.create(user=world.user, email="home@ana.example", date_added=NOW)
    ProjectAddress.objects.create(user=world.user, project=world.project, email="home@ana.example")
    now_of(world)

    proved(world.user.pk, "home@ana.example", NOW)

    assert now_of(world).people[world.user.pk].project_emails
