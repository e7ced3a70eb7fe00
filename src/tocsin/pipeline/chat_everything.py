"""The button that turns a chat service on for all that its presser hears of: `all_slack` (behaviour §8.3)."""

from collections.abc import Sequence
from datetime import datetime

from tocsin.core.acts import EVERYTHING
from tocsin.core.chat_action import ChatAction
from tocsin.notifications.chat_answer import Facts
from tocsin.pipeline import everything
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.chat import STRANGER, Workspace, no_access, refuse, say
from tocsin.pipeline.happened import Happened
from tocsin.store.queries import chat as queries

GONE = "This workspace is not connected to that organization any more."


def act(actions: Sequence[ChatAction], connected: Sequence[Workspace], now: datetime) -> list[Happened]:
    """Turns the service on for whoever presses, and tells them; whoever cannot is told why. Nothing for any other
    word. Of issues nothing happens. Within a transaction."""
    for one in actions:
        if one.does == f"{EVERYTHING}{one.talker.provider}":
            _turn_on(one, connected, now)
    return []


def _turn_on(one: ChatAction, connected: Sequence[Workspace], now: datetime) -> None:
    provider = catalogue().providers[one.talker.provider]
    here = next((each for each in connected if each.integration_id == one.about.id), None)
    person = queries.linked(here.integration_id, one.talker.user) if here else None
    why = GONE if here is None else _refused(person, here)
    if here is None or person is None or why:
        refuse(one.talker, here or connected[0], why, now)
        return
    everything.turn_on(person, provider)
    title = f"{provider.name} is on for all your notifications"
    say(one.talker, here, Facts(said=everything.done(provider), title=title), now)


def _refused(person: int | None, here: Workspace) -> str:
    """Why somebody may not; "" where they may."""
    if person is None:
        return STRANGER
    return "" if queries.role(person, here.organization_id) else no_access(here)
