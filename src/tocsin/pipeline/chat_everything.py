"""The button that turns a chat service on for all that its presser hears of: `all_slack` (behaviour §8.3)."""

from collections.abc import Sequence
from datetime import datetime

from tocsin.core.acts import EVERYTHING
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.notifications.chat_answer import NOTIFICATION_KIND, Facts
from tocsin.pipeline import chat_link, everything
from tocsin.pipeline.announce import announce
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.chat import STRANGER, Talker, Workspace
from tocsin.pipeline.connect import environment
from tocsin.store.db import one_transaction
from tocsin.store.queries import chat as queries


def pressed(talker: Talker, connected: Sequence[Workspace], does: str, now: datetime) -> None:
    """Turns the service on for whoever the presser is here, and tells them; nothing for any other word.

    An account may be linked in several organizations of one workspace: each is its presser's own.
    """
    provider = catalogue().providers[talker.provider]
    if does != f"{EVERYTHING}{provider.slug}" or not connected:
        return
    with one_transaction():
        people = {one: queries.linked(one.integration_id, talker.user) for one in connected}
        known = {one: person for one, person in people.items() if person is not None and _is_member(person, one)}
        for person in set(known.values()):
            everything.turn_on(person, provider)
        _say(talker, next(iter(known), connected[0]), now, is_done=bool(known))


def _is_member(person: int, here: Workspace) -> bool:
    return queries.role(person, here.organization_id) is not None


def _say(talker: Talker, here: Workspace, now: datetime, *, is_done: bool) -> None:
    provider = catalogue().providers[talker.provider]
    address = None
    if talker.answer_to and provider.answer is not None:
        address = provider.answer(talker.answer_to, environment().get("TOCSIN_SLACK_API_URL", ""))
    if address is None:
        return
    account = chat_link.Account(here.organization_id, here.integration_id, talker.user, talker.name)
    title = f"{provider.name} is on for all your notifications"
    done = Facts(said=everything.done(provider), title=title)
    announce(
        organization_id=here.organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=done if is_done else Facts(said=STRANGER, url=chat_link.link_to(account, now)),
        destinations=[Destination(talker.provider, address, f"@{talker.name}", here.integration_id)],
        trace=[Step(f"account:{talker.user}", talker.name, Verdict.ADDED, Reason.ASKED_FOR)],
        now=now,
    )
