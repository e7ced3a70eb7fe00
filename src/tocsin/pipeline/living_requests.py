"""Living requests: whoever was told that somebody asks to be let in reads in the same message what was decided.

A request is decided once, so each of its messages is rewritten once at most.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from tocsin.core.subjects import AboutRequest
from tocsin.notifications import member_request
from tocsin.pipeline import outgoing, rewriting
from tocsin.pipeline.rewriting import Rewriting
from tocsin.store.models import Organization
from tocsin.store.queries import directory
from tocsin.store.queries import living as queries
from tocsin.store.queries.living import Standing


def rewrite(organization: Organization, request_id: int, state: str, by: str, now: datetime) -> None:
    """Has each message about a request say that it was approved or rejected, and by whom; within the transaction
    that decides it. Four queries at most, and what is written."""
    standing = _standing(organization.pk, AboutRequest(request_id).conversation)
    if not standing:
        return
    here = directory.of(organization.pk, organization.version)
    rewriting.queue(
        [
            Rewriting(one, organization.pk, None, text, rewriting.refused(here, one.integration_id))
            for one in standing
            if (text := _text(one, state, by))
        ],
        now,
    )


def _standing(organization_id: int, conversation: str) -> Sequence[Standing]:
    able = rewriting.able()
    there = queries.standing_in(organization_id, conversation, able)
    coming = queries.coming_in(organization_id, conversation, able)
    found = rewriting.first_at_each_place(there, coming)
    return [one for one in found if one.kind == member_request.NOTIFICATION_KIND.slug]


def _text(one: Standing, state: str, by: str) -> str:
    """The message's facts with the decision; "" for one that this version cannot read any more, which is left as it
    is: no message keeps anybody from deciding."""
    with suppress(msgspec.ValidationError):
        facts = msgspec.convert(one.facts, member_request.Facts)
        return outgoing.text(member_request.decided(facts, state, by))
    return ""
