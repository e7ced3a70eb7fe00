"""Comments that people write in the threads of alerts: taken into the issue where its organization chose so.

With the rights that they have here: who has not linked their account, or may not read the issue, is told so there,
alone and seldom, and what they wrote stays where it is. What they change or take back there changes here too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.escape import clean, cut
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.roles import MAY_READ
from tocsin.core.spots import Whisper
from tocsin.core.threads import Became
from tocsin.notifications.chat_answer import NOTIFICATION_KIND, Facts
from tocsin.pipeline import chat_link, comment, spots
from tocsin.pipeline.announce import announce
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.chat import NO_ACCESS, NO_READING
from tocsin.store.db import one_transaction
from tocsin.store.queries import chat as queries
from tocsin.store.queries.chat import Below, Found, Taken, Workspace
from tocsin.store.writes import chat as writes

TITLE = "What you wrote stays in this thread"
STRANGER = (
    "What people write below an alert becomes a comment on {short_id}. Tocsin does not know who you are here, so "
    "yours did not. Link this account to your own once; what you write from then on is taken in."
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Words of one person in a thread of a service; `thread` and `name` are what the service calls the thread and
    the words. `mentions` are the accounts that they mention, `plain` their text once those have names."""

    provider: str
    became: Became
    thread: str
    name: str
    user: str
    mentions: Sequence[str]
    plain: Callable[[Mapping[str, str]], str]


def concerns(thread: str, connected: Sequence[Workspace]) -> bool:
    """Whether what is written in a thread matters here; one query, as most of what people write does not."""
    return queries.below(thread, [one.integration_id for one in connected]) is not None


def heard(remark: Remark, connected: Sequence[Workspace], now: datetime) -> None:
    """Takes a remark in, changes the comment that it became, or removes that."""
    below = queries.below(remark.thread, [one.integration_id for one in connected])
    if below is None:
        return
    with one_transaction():
        before = queries.taken(below.issue_id, remark.provider, remark.name)
        place = comment.Place(below.organization_id, below.project_id, below.issue_id)
        match remark.became:
            case Became.SAID if before is None:
                _take_in(remark, below, place, now)
            case Became.REWORDED if before is not None:
                _reword(remark, below, place, before)
            case Became.TAKEN_BACK if before is not None:
                comment.delete(place, before.id, author_id=before.author_id)
            case _:
                pass  # heard before, or never taken in


def _take_in(remark: Remark, below: Below, place: comment.Place, now: datetime) -> None:
    person = queries.linked(below.integration_id, remark.user)
    role = queries.role(person, below.organization_id) if person is not None else None
    if person is None or role not in MAY_READ:
        _decline(remark, below, is_known=person is not None, role=role, now=now)
        return
    text, spoken_to = _words(remark, below)
    if not text:
        return
    service = catalogue().providers[remark.provider].name
    source = comment.Source(remark.provider, service, remark.thread, remark.name)
    comment.taken_in(place, text, source, author_id=person, spoken_to=spoken_to, now=now)


def _reword(remark: Remark, below: Below, place: comment.Place, before: Taken) -> None:
    """For whoever wrote it, while they may; nobody is told again."""
    person = queries.linked(below.integration_id, remark.user)
    if person != before.author_id or queries.role(person, below.organization_id) not in MAY_READ:
        return
    text, _ = _words(remark, below)
    if text:
        comment.edit(place, before.id, text, author_id=person)


def _words(remark: Remark, below: Below) -> tuple[str, list[int]]:
    """The text of a comment, and the people whom it mentions. What is longer than a comment is cut: the rest stands
    where it was written."""
    known = queries.linked_people(below.integration_id, remark.mentions) if remark.mentions else {}
    text = clean(remark.plain({account: name for account, (_, name) in known.items()})).strip()
    return cut(text, comment.LONGEST), [person for person, _ in known.values()]


def _decline(remark: Remark, below: Below, *, is_known: bool, role: str | None, now: datetime) -> None:
    """Tells whoever wrote it why it stays there, alone, as one delivery like any other: once while the link holds
    that they are given."""
    address = spots.address(remark.provider, Whisper(remark.thread, remark.user))
    issue = queries.issue(below.issue_id, [below.organization_id])
    if address is None or issue is None:
        return
    if not writes.first(f"{writes.LINK}aside:{below.integration_id}:{remark.user}", now):
        return
    account = chat_link.Account(below.organization_id, below.integration_id, remark.user, "")
    facts = Facts(
        said=_why(issue, is_known=is_known, role=role),
        url="" if is_known else chat_link.link_to(account, now),
        title=TITLE,
        did="wrote something",
    )
    announce(
        organization_id=below.organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=facts,
        destinations=[Destination(remark.provider, address, f"@{remark.user}", below.integration_id)],
        trace=[Step(f"account:{remark.user}", remark.user, Verdict.ADDED, Reason.WROTE_THERE)],
        now=now,
    )


def _why(issue: Found, *, is_known: bool, role: str | None) -> str:
    if not is_known:
        return STRANGER.format(short_id=issue.short_id)
    words = NO_ACCESS if role is None else NO_READING
    return words.format(organization=issue.organization)
