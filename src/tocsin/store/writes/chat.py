"""Requests and links that were used, and who said which account is theirs."""

from datetime import datetime

from tocsin.store.db import moment, rows
from tocsin.store.models import ChatToken, ExternalActor
from tocsin.store.writes import audit
from tocsin.store.writes.lanes import WAITING, unless_locked

NAME_LENGTH = 200
LINK = "link:"  # how the names of links begin
ASKED = f"{LINK}asked:"  # and of questions who somebody is, which are remembered as long


def first(name: str, now: datetime) -> bool:
    """Whether nothing of this name was used yet."""
    made = rows(
        "INSERT INTO store_chattoken (name, date_added) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING RETURNING id",
        [name[:NAME_LENGTH], moment(now)],
    )
    return bool(made)


def restate(lane: str, conversation: str, facts: str) -> bool:
    """Lets what waits for its turn in a lane say something newer (JSON); whether anything did. What a sender is
    just taking is left as it is."""
    waiting = (
        f"SELECT notification_id FROM store_delivery WHERE {WAITING} AND attempts = 0 AND conversation = %s"  # noqa: S608
        f" AND lane_id = (SELECT id FROM store_lane WHERE name = %s){unless_locked()}"
    )
    sql = f"UPDATE store_notification SET facts = %s WHERE id IN ({waiting}) RETURNING id"  # noqa: S608
    return bool(rows(sql, [facts, conversation, lane]))


def forget(asked: datetime, linked: datetime) -> int:
    """Forgets requests before one moment and links before another; how many."""
    old = ChatToken.objects.filter(date_added__lt=asked)
    gone, _ = old.exclude(name__startswith=LINK).delete()
    over, _ = old.filter(name__startswith=LINK, date_added__lt=linked).delete()
    return gone + over


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


def unlink(
    organization_id: int, integration_id: int, external_id: str, actor_id: int | None, now: datetime
) -> bool:
    """Nobody is this account any more; whether anybody was."""
    found = False
    for row in ExternalActor.objects.filter(
        integration_id=integration_id, external_id=external_id, user__isnull=False
    ):
        row.delete()
        data = {"account": external_id, "integration": integration_id}
        audit.note(organization_id, "identity.unlink", f"user:{row.user_id}", data, actor_id=actor_id, now=now)
        found = True
    return found


def link_team(  # noqa: PLR0913, PLR0917 — a channel and its team
    organization_id: int,
    integration_id: int,
    provider: str,
    team_id: int,
    channel: str,
    actor_id: int,
    now: datetime,
) -> None:
    """A team's alerts come to this channel, and to no other of the connection."""
    _forget_team(integration_id, team_id)
    ExternalActor.objects.create(
        organization_id=organization_id,
        integration_id=integration_id,
        provider=provider,
        external_name=f"#{channel}:{team_id}"[:NAME_LENGTH],
        external_id=channel,
        team_id=team_id,
        date_added=now,
    )
    data = {"channel": channel, "integration": integration_id}
    audit.note(organization_id, "team.link", f"team:{team_id}", data, actor_id=actor_id, now=now)


def unlink_team(  # noqa: PLR0913, PLR0917 — see link_team
    organization_id: int, integration_id: int, team_id: int, channel: str, actor_id: int, now: datetime
) -> None:
    _forget_team(integration_id, team_id, channel)
    data = {"channel": channel, "integration": integration_id}
    audit.note(organization_id, "team.unlink", f"team:{team_id}", data, actor_id=actor_id, now=now)


def _forget_team(integration_id: int, team_id: int, channel: str = "") -> None:
    found = ExternalActor.objects.filter(integration_id=integration_id, team_id=team_id)
    for row in found.filter(external_id=channel) if channel else found:
        row.delete()
