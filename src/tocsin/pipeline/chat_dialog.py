"""A dialog before whoever pressed for one: opened by the outbox, as soon as it can, for the service waits three
seconds."""

from datetime import datetime

from tocsin.core.chat_action import ChatAction
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.spots import Asking
from tocsin.notifications.chat_dialog import NOTIFICATION_KIND, Facts
from tocsin.pipeline import links, spots
from tocsin.pipeline.announce import announce
from tocsin.store.queries import living
from tocsin.store.queries.chat import Found, Workspace


def ask(one: ChatAction, here: Workspace, issue: Found, now: datetime) -> None:
    """Opens the dialog of a word about an issue, as one delivery like any other. Within a transaction."""
    talker = one.talker
    address = spots.address(talker.provider, Asking(one.trigger, talker.answer_to))
    if address is None:
        return
    stands = living.stands([issue.id])
    facts = Facts(
        name=one.does,
        issue_id=issue.id,
        short_id=issue.short_id,
        title=issue.title,
        link=links.issue(issue.organization_slug, issue.id),
        has_releases=issue.id in stands and stands[issue.id].has_releases,
    )
    announce(
        organization_id=here.organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=facts,
        destinations=[Destination(talker.provider, address, f"@{talker.name}", here.integration_id)],
        trace=[Step(f"account:{talker.user}", talker.name, Verdict.ADDED, Reason.ASKED_FOR)],
        now=now,
    )
