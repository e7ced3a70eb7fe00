"""Whatever a decision reads, a change of it makes a new version, so that no cache outlives it."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_member, a_project, a_user, a_world
from tocsin.store.models import (
    Integration,
    Membership,
    Organization,
    Preference,
    Project,
    ProjectTeam,
    Rule,
    Team,
    TeamMember,
    User,
)
from tocsin.store.writes import accounts


@pytest.fixture
def world(db) -> World:
    return a_world()


def organization_version(world: World) -> int:
    return Organization.objects.get(pk=world.organization.pk).version


def project_version(world: World) -> int:
    return Project.objects.get(pk=world.project.pk).version


def an_integration(world: World) -> Integration:
    return Integration.objects.create(
        organization=world.organization,
        provider="slack",
        name="Acme",
        settings=b"",
        date_added=NOW,
        date_updated=NOW,
    )


def a_preference(world: World) -> Preference:
    return Preference.objects.create(user=world.user, scope="user", scope_id=0, type="alerts", value="never")


CHANGES = {
    "a member joins": lambda world: a_member(world.organization, email="ben@example.com"),
    "a member leaves": lambda world: Membership.objects.get().delete(),
    "an invitation is accepted": lambda world: Membership.objects.get().save(),
    "a team is made": lambda world: Team.objects.create(
        organization=world.organization, slug="ops", name="Ops", date_added=NOW
    ),
    "a team is removed": lambda world: world.team.delete(),
    "a person joins a team": lambda world: TeamMember.objects.create(
        team=world.team, user=a_user("ben@example.com")
    ),
    "a person leaves a team": lambda world: TeamMember.objects.get().delete(),
    "a team takes on a project": lambda world: a_project(world.organization, world.team, "web"),
    "a team leaves a project": lambda world: ProjectTeam.objects.get().delete(),
    "a person chooses": a_preference,
    "a person chooses otherwise": lambda world: a_preference(world).save(),
    "a person takes a choice back": lambda world: Preference.objects.filter(pk=a_preference(world).pk).delete(),
    "an account is switched off": lambda world: world.user.save(),
    "an account is deleted": lambda world: world.user.delete(),
    "a person was here": lambda world: accounts.was_active(world.user.pk, NOW + timedelta(days=1)),
    "a person changes their name": lambda world: accounts.described(world.user, name="Bea", time_zone="UTC"),
    "a service is connected": an_integration,
    "a service is removed": lambda world: an_integration(world).delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_people_or_services_makes_a_new_version_of_the_organization(world, change):
    before = organization_version(world)

    CHANGES[change](world)

    assert organization_version(world) > before


def test_a_change_elsewhere_does_not(world):
    before = organization_version(world)

    other = a_world("other", email="ben@example.com")
    other.user.save()

    assert organization_version(world) == before


def test_a_person_of_two_organizations_changes_both(world):
    other = a_world("other", email="ben@example.com")
    Membership.objects.create(organization=other.organization, user=world.user, date_added=NOW)
    before = organization_version(world), organization_version(other)

    a_preference(world)

    assert organization_version(world) > before[0]
    assert organization_version(other) > before[1]


def test_a_rule_made_changed_and_removed_makes_a_new_version_of_its_project_each_time(world):
    versions = [project_version(world)]
    rule = Rule.objects.create(project=world.project, label="Tell us", data={}, date_added=NOW)
    versions.append(project_version(world))
    rule.status = "disabled"
    rule.save()
    versions.append(project_version(world))
    rule.delete()
    versions.append(project_version(world))

    assert versions == sorted(set(versions))


def test_a_rule_of_another_project_changes_nothing_here(world):
    other = a_project(world.organization, world.team, "web")
    before = project_version(world)

    Rule.objects.create(project=other, label="Tell us", data={}, date_added=NOW)

    assert project_version(world) == before


def test_deleting_a_person_leaves_their_organization(world):
    User.objects.filter(pk=world.user.pk).delete()

    assert Organization.objects.filter(pk=world.organization.pk).exists()
