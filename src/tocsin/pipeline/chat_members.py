"""Members, from a chat: somebody who asks to be let in is approved or rejected in the message that says so (§8.7).

The same as on the members' page, with the rights that whoever presses has at that moment.
"""

from collections.abc import Sequence
from datetime import datetime

from tocsin.core.chat_action import ChatAction, Talker
from tocsin.core.member_acts import LETS_IN
from tocsin.notifications.chat_answer import Facts
from tocsin.pipeline import members
from tocsin.pipeline.chat import STRANGER, Workspace, no_access, refuse, say
from tocsin.pipeline.happened import Happened
from tocsin.pipeline.members import Invited, NotAllowedError, UnusableError
from tocsin.store.queries import chat as queries
from tocsin.store.queries import members as member_queries

GONE = "This request is not there any more, or belongs to an organization that this workspace is not connected to."
UNKNOWN = "{does!r} is nothing that can be done to a request: approve or reject it."
BY_HAND = "No mail is set up here, so hand {email} the link of the invitation yourself: it works once."


def act(actions: Sequence[ChatAction], connected: Sequence[Workspace], now: datetime) -> list[Happened]:
    """Decides requests as one person asks with one word; whoever cannot is told why. Of issues nothing happens.
    Within a transaction."""
    for one in actions:
        here = _here(connected, one.about.id)
        why = GONE if here is None else _decide(one.talker, here, one.about.id, one.does, now)
        if why:
            refuse(one.talker, here or connected[0], why, now)
    return []


def _here(connected: Sequence[Workspace], request_id: int) -> Workspace | None:
    """The connection of the request's organization."""
    found = member_queries.organization_of(request_id, [one.organization_id for one in connected])
    return next((one for one in connected if one.organization_id == found), None)


def _decide(talker: Talker, here: Workspace, request_id: int, does: str, now: datetime) -> str:
    person = queries.linked(here.integration_id, talker.user)
    if person is None:
        return STRANGER
    by = member_queries.membership(here.organization_id, person)
    if by is None:
        return no_access(here)
    if does not in LETS_IN:
        return UNKNOWN.format(does=does[:80])
    try:
        done = members.decide(by, request_id, approve=LETS_IN[does], now=now)
    except (NotAllowedError, UnusableError) as error:
        return str(error)
    if done and not done.mailed:
        _hand_over(talker, here, done, now)
    return ""


def _hand_over(talker: Talker, here: Workspace, done: Invited, now: datetime) -> None:
    """The link of an invitation that no mail could bring, to whoever approved, as the page shows it to them."""
    said = BY_HAND.format(email=done.email)
    say(talker, here, Facts(said=said, url=done.link, title="Approved", next="The invitation"), now)
