"""Choices of people, teams and organizations, each an own row; what is put back to the default has none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.core.choices import DEFAULT
from tocsin.core.people import Scope
from tocsin.store.db import one_transaction
from tocsin.store.models import Preference as Row
from tocsin.store.models import PreferenceDefault, ProjectAddress, User
from tocsin.store.writes import audit


@dataclass(frozen=True, slots=True)
class Owner:
    """Who chooses: a person or a team."""

    user_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen of a type, over one service or (`provider` "") at all."""

    type: str
    provider: str
    value: str


def chose(owner: Owner, scope: Scope, scope_id: int, choices: Iterable[Choice]) -> list[Choice]:
    """Writes each choice, or deletes it for "default"; what was chosen before, so that it can be undone."""
    with one_transaction():
        return [_chose(owner, scope, scope_id, choice) for choice in choices]


def _chose(owner: Owner, scope: Scope, scope_id: int, choice: Choice) -> Choice:
    place: dict[str, Any] = {
        "user_id": owner.user_id,
        "team_id": owner.team_id,
        "scope": scope.value,
        "scope_id": scope_id,
        "type": choice.type,
        "provider": choice.provider,
    }
    return Choice(choice.type, choice.provider, _kept(Row, place, choice.value))


def chose_defaults(
    organization_id: int, choices: Iterable[Choice], *, actor_id: int | None, now: datetime
) -> list[Choice]:
    """What holds in an organization for whoever chose nothing, with an audit entry each; what held before."""
    before = []
    with one_transaction():
        for choice in choices:
            place = {"organization_id": organization_id, "type": choice.type, "provider": choice.provider}
            was = _kept(PreferenceDefault, place, choice.value)
            before.append(Choice(choice.type, choice.provider, was))
            if was == choice.value:
                continue
            target = f"{choice.type}:{choice.provider}" if choice.provider else choice.type
            data = {"from": was, "to": choice.value}
            audit.note(organization_id, "preference_default.edit", target, data, actor_id=actor_id, now=now)
    return before


def _kept(model: Any, place: dict[str, Any], value: str) -> str:
    before = model.objects.filter(**place).values_list("value", flat=True).first()
    if value == DEFAULT:
        for row in model.objects.filter(**place):
            row.delete()  # one by one, as a deletion in bulk would make no new version of the organization
    elif value != before:
        model.objects.update_or_create(**place, defaults={"value": value})
    return before or DEFAULT


def chose_habits(user: User, *, hears_own_activity: bool, assigns_self_on_resolve: bool) -> None:
    """Whether a person hears of what they do themselves, and takes the unassigned issues that they resolve."""
    user.hears_own_activity, user.assigns_self_on_resolve = hears_own_activity, assigns_self_on_resolve
    with one_transaction():
        user.save(update_fields=["hears_own_activity", "assigns_self_on_resolve"])


def routed_mail(user_id: int, project_id: int, email: str) -> None:
    """Where a person's mail of one project goes from now on; "" for the address that they sign in with."""
    with one_transaction():
        if email:
            ProjectAddress.objects.update_or_create(
                user_id=user_id, project_id=project_id, defaults={"email": email}
            )
            return
        for row in ProjectAddress.objects.filter(user_id=user_id, project_id=project_id):
            row.delete()
