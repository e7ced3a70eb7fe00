"""Requests and links that were used, and who said which account is theirs."""

from datetime import datetime

from tocsin.store.db import moment, rows
from tocsin.store.models import ChatToken, ExternalActor
from tocsin.store.writes import audit

NAME_LENGTH = 200


def first(name: str, now: datetime, forget: datetime) -> bool:
    """Whether nothing of this name was used yet; what is older than `forget` does not count any more."""
    ChatToken.objects.filter(name__startswith=name.partition(":")[0] + ":", date_added__lt=forget).delete()
    made = rows(
        "INSERT INTO store_chattoken (name, date_added) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING RETURNING id",
        [name[:NAME_LENGTH], moment(now)],
    )
    return bool(made)


def link(  # noqa: PLR0913, PLR0917 — an account and its person
    organization_id: int,
    integration_id: int,
    provider: str,
    external_id: str,
    name: str,
    user_id: int,
    now: datetime,
) -> None:
    """The account is this person's, and nobody else's; in their audit entry."""
    mine = ExternalActor.objects.filter(integration_id=integration_id, external_id=external_id, user__isnull=False)
    for row in mine:
        row.delete()  # one by one: each makes a new version of what is cached
    called = f"@{name or external_id}"[: NAME_LENGTH - 30]
    if ExternalActor.objects.filter(
        organization_id=organization_id, provider=provider, external_name__iexact=called
    ).exists():
        called = f"{called} ({external_id[:24]})"
    ExternalActor.objects.create(
        organization_id=organization_id,
        integration_id=integration_id,
        provider=provider,
        external_name=called,
        external_id=external_id,
        user_id=user_id,
        date_added=now,
    )
    data = {"account": external_id, "name": name, "integration": integration_id}
    audit.note(organization_id, "identity.link", f"user:{user_id}", data, actor_id=user_id, now=now)
