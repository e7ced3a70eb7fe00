"""What is answered to whoever types to the product in a chat service: to them alone, with the rights they have."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tocsin.core import chat_words
from tocsin.core.acts import wanted
from tocsin.core.chat_action import Talker
from tocsin.core.chat_words import (
    LINES,
    Help,
    Link,
    LinkTeam,
    Said,
    ShortId,
    Silence,
    Unclear,
    Unlink,
    UnlinkTeam,
    Why,
)
from tocsin.core.commands import InvalidCommandError
from tocsin.core.message import Item, Listing, Message, Paragraph, Severity
from tocsin.core.message import Link as To
from tocsin.core.roles import MAY_MANAGE, MAY_READ
from tocsin.pipeline import chat_identity, chat_link, issue_update, links
from tocsin.pipeline.assignment import By
from tocsin.pipeline.chat import NO_READING
from tocsin.store.db import one_transaction
from tocsin.store.queries import chat as queries
from tocsin.store.queries import chat_accounts, told
from tocsin.store.queries.chat import Found, Workspace
from tocsin.store.writes import chat as writes

MOST_SHOWN = 5
SHOWN_STEPS = 12
_NOBODY = "No team is linked to this channel."
_MENDERS = "Owners, managers and admins may do this."


def answer(talker: Talker, connected: Sequence[Workspace], text: str, channel: str, now: datetime) -> Message:
    """The answer to what somebody typed in a channel ("" for a direct conversation); it is for them alone."""
    said = chat_words.read(text)
    if isinstance(said, Help):
        return _help(said)
    if isinstance(said, Unclear):
        return _said("Say it like this", f"{said.line} – {said.does}")  # noqa: RUF001 — a dash for readers
    with one_transaction():
        here = [one for one in connected if queries.linked(one.integration_id, talker.user) is not None]
        if isinstance(said, Link) or not here:
            return _link(talker, connected, here, now)
        return _do(said, talker, here, channel, now)


def _do(said: Said, talker: Talker, here: Sequence[Workspace], channel: str, now: datetime) -> Message:
    """For somebody who is known in one of these organizations at least."""
    match said:
        case Unlink():
            for one in here:
                found = chat_accounts.of_account(one.integration_id, talker.user)
                if found is not None:
                    chat_identity.unlink(found, now, actor_id=found.user_id, is_said_there=True)
            return _said("You are not linked any more", "What you press here does nothing until you link again.")
        case LinkTeam(team):
            return _team(talker, here, team, channel, now)
        case UnlinkTeam(team):
            return _unlink_team(talker, here, team, channel, now)
        case Why(issue):
            return _about(talker, here, issue, lambda found, _: _why(found))
        case Silence(issue, minutes):
            return _about(
                talker,
                here,
                issue,
                lambda found, person: _silence(found, By(person, talker.provider), minutes, now),
            )
        case _:
            return _status(talker, here)


def _help(said: Help) -> Message:
    lines = "\n".join(f"{words} – {what}" for words, what in LINES)  # noqa: RUF001 — a dash for readers
    if said.unknown:
        return _said(f"“{said.unknown[:80]}” is nothing that I know", lines)
    return _said("What you can say to me", lines)


def _link(talker: Talker, connected: Sequence[Workspace], here: Sequence[Workspace], now: datetime) -> Message:
    free = [one for one in connected if one not in here]
    if not free:
        return _said("You are linked already", "Say “unlink” first if you want to be somebody else.")
    account = chat_link.Account(free[0].organization_id, free[0].integration_id, talker.user, talker.name)
    url = chat_link.link_to(account, now)
    return Message(
        heading="Link",
        title="Say who you are",
        link=url,
        severity=Severity.INFO,
        summary="Say who you are, once, so that you can act from here.",
        blocks=(Paragraph("Open this once, signed in to Tocsin. The link works for two days, and only for you."),),
        actions=(To("Link your account", url),),
    )


def _about(
    talker: Talker, here: Sequence[Workspace], name: ShortId, do: Callable[[Found, int], Message]
) -> Message:
    """What `do` says of the issue of that name, for somebody who may read it."""
    for one in here:
        found = queries.issue_called(one.organization_id, name.project, name.number)
        person = queries.linked(one.integration_id, talker.user)
        if found is not None and person is not None:
            if queries.role(person, found.organization_id) not in MAY_READ:
                return _said("That is not for you", NO_READING.format(organization=found.organization))
            return do(found, person)
    return _said(f"There is no issue {name}", "Its name stands on its page and in each message about it.")


def _why(found: Found) -> Message:
    latest, _ = told.of_issue(found.organization_id, found.id)
    if not latest:
        return _said(
            f"Nobody was told of {found.short_id}", "No alert rule has fired for it, and nobody follows it."
        )
    steps = latest[0].trace
    lines = [_step(step) for step in steps[:SHOWN_STEPS]]
    if more := len(steps) - len(lines):
        lines.append(f"… and {more} more, on the issue's page")
    return Message(
        heading="Why",
        title=f"Who was told of {found.short_id}, and why",
        link=links.issue(found.organization_slug, found.id),
        severity=Severity.INFO,
        summary=f"Who was told of {found.short_id}, and why",
        blocks=(Paragraph("\n".join(lines)),),
    )


def _step(step: object) -> str:
    get = step.get if isinstance(step, dict) else {}.get
    return f"{str(get('verdict', '')).capitalize()}: {get('label', '')} – {get('sentence', '')}"  # noqa: RUF001


def _silence(found: Found, by: By, minutes: int, now: datetime) -> Message:
    """The same as the message's own line for so long."""
    try:
        asked = wanted(f"ignored:for:{minutes}", now)
        issue_update.update(
            organization_id=found.organization_id, issue_ids=[found.id], wanted=asked, by=by, now=now
        )
    except InvalidCommandError as error:
        return _said(f"{found.short_id} is not silenced", str(error))
    return _said(f"{found.short_id} is silent", f"It is archived for {_long(minutes)}, and comes back by itself.")


def _long(minutes: int) -> str:
    for size, name in ((10_080, "week"), (1440, "day"), (60, "hour")):
        if minutes % size == 0:
            return f"{minutes // size} {name}{'s' if minutes > size else ''}"
    return f"{minutes} minutes"


def _status(talker: Talker, here: Sequence[Workspace]) -> Message:
    """How many issues are open in each project, and the newest that are this person's."""
    listed: list[Listing] = []
    for one in here:
        person = queries.linked(one.integration_id, talker.user)
        if person is None or queries.role(person, one.organization_id) not in MAY_READ:
            continue
        open_ones = queries.open_by_project(one.organization_id)
        mine = queries.open_of(one.organization_id, person, MOST_SHOWN)
        about = ", ".join(f"{count:,} in {slug}" for slug, count in open_ones[:MOST_SHOWN]) or "none"
        items = [
            Item(To(found.title, links.issue(found.organization_slug, found.id)), "yours", found.short_id)
            for found in mine
        ]
        listed.append(Listing(To(one.name, links.base()), f"Open issues: {about}", tuple(items)))
    if not listed:
        return _said("There is nothing to see", "Your roles do not include issues.")
    return Message(
        heading="Status",
        title="How it stands",
        link=links.base(),
        severity=Severity.INFO,
        summary="How it stands",
        blocks=tuple(listed),
    )


def _team(talker: Talker, here: Sequence[Workspace], name: str, channel: str, now: datetime) -> Message:
    if not channel:
        return _said("Say that in a channel", "A team's alerts come to a channel, not to one person.")
    if not name:
        return _said("Say which team", "Write its short name, that stands on its page: “link team web”.")
    for one in here:
        team = queries.team_called(one.organization_id, name)
        person = queries.linked(one.integration_id, talker.user)
        if team is None or person is None:
            continue
        if not _may_mend(person, one):
            return _said("That is not for you", _MENDERS)
        writes.link_team(one.organization_id, one.integration_id, talker.provider, team, channel, person, now)
        return _said(f"#{name} is told here", "Alerts to this team come to this channel from now on.")
    return _said(f"There is no team #{name[:60]}", "Write the short name that stands on its page.")


def _unlink_team(talker: Talker, here: Sequence[Workspace], name: str, channel: str, now: datetime) -> Message:
    gone = 0
    for one in here:
        person = queries.linked(one.integration_id, talker.user)
        for team in queries.teams_in(one.integration_id, channel, name):
            if person is None or not _may_mend(person, one):
                return _said("That is not for you", _MENDERS)
            writes.unlink_team(one.organization_id, one.integration_id, team, channel, person, now)
            gone += 1
    return _said("Done", "Alerts to it come here no more.") if gone else _said("Nothing to do", _NOBODY)


def _may_mend(person: int, one: Workspace) -> bool:
    return queries.role(person, one.organization_id) in MAY_MANAGE


def _said(title: str, words: str) -> Message:
    return Message(
        heading="Tocsin",
        title=title,
        link="",
        severity=Severity.INFO,
        summary=f"{title}. {words}",
        blocks=(Paragraph(words),),
    )
