"""Keeps the versions that caches are keyed by: whatever a decision reads, a change of it makes a new version.

Statements that pass by the ORM's save and delete (bulk writes) raise the versions themselves.
"""

from typing import Any

from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from tocsin.store.models import (
    CodeOwners,
    ExternalActor,
    Integration,
    Membership,
    Organization,
    Ownership,
    Preference,
    PreferenceDefault,
    Project,
    ProjectAddress,
    ProjectTeam,
    Rule,
    RuleSnooze,
    Team,
    TeamMember,
    User,
    UserAddress,
)

_CHANGED = (post_save, post_delete)


def organization_changed(*organization_ids: int) -> None:
    Organization.objects.filter(pk__in=organization_ids).update(version=F("version") + 1)


def project_changed(*project_ids: int) -> None:
    Project.objects.filter(pk__in=project_ids).update(version=F("version") + 1)


def person_changed(user_id: int) -> None:
    Organization.objects.filter(memberships__user_id=user_id).update(version=F("version") + 1)


@receiver(_CHANGED, sender=Membership)
@receiver(_CHANGED, sender=Team)
@receiver(_CHANGED, sender=Integration)
@receiver(_CHANGED, sender=ExternalActor)
@receiver(_CHANGED, sender=PreferenceDefault)
def _of_organization(instance: Any, **_: object) -> None:
    organization_changed(instance.organization_id)


@receiver(_CHANGED, sender=TeamMember)
@receiver(_CHANGED, sender=ProjectTeam)
def _of_team(instance: Any, **_: object) -> None:
    Organization.objects.filter(teams__id=instance.team_id).update(version=F("version") + 1)


@receiver(_CHANGED, sender=Preference)
def _of_preference(instance: Preference, **_: object) -> None:
    if instance.user_id:
        person_changed(instance.user_id)
    else:
        Organization.objects.filter(teams__id=instance.team_id or 0).update(version=F("version") + 1)


@receiver(_CHANGED, sender=ProjectAddress)
@receiver(_CHANGED, sender=UserAddress)
def _of_address(instance: ProjectAddress | UserAddress, **_: object) -> None:
    person_changed(instance.user_id)


@receiver(_CHANGED, sender=User)
def _of_user(instance: User, **_: object) -> None:
    person_changed(instance.pk)


@receiver(_CHANGED, sender=Ownership)
@receiver(_CHANGED, sender=CodeOwners)
def _of_project(instance: Ownership | CodeOwners, **_: object) -> None:
    project_changed(instance.project_id)


@receiver(_CHANGED, sender=RuleSnooze)
def _of_snooze(instance: RuleSnooze, **_: object) -> None:
    _of_rule(instance.rule)


@receiver(_CHANGED, sender=Rule)
def _of_rule(instance: Rule, **_: object) -> None:
    if instance.project_id is not None:
        project_changed(instance.project_id)
    if instance.organization_id is not None:
        organization_changed(instance.organization_id)
