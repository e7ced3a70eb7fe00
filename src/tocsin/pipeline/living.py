"""Living: messages about an issue say how it stands now, wherever they stand and whoever changed it.

Called inside the transaction of the change. Each first message of an issue that its service can rewrite gets one
delivery that does so; while that one waits for its turn, further changes only change what it will say.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from tocsin.core.acts import Now
from tocsin.core.issue import RESOLVED_BY, Happening, Status
from tocsin.pipeline import outgoing, rewriting
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.happened import Happened, facts_of
from tocsin.pipeline.rewriting import Rewriting
from tocsin.store.queries import directory, news
from tocsin.store.queries import living as queries
from tocsin.store.queries.living import Last, Standing
from tocsin.store.queries.news import IssueNews
from tocsin.store.writes import notifications as ledger

STATES = (
    *RESOLVED_BY,
    Happening.UNRESOLVED,
    Happening.IGNORED,
    Happening.REGRESSION,
    Happening.ESCALATING,
)
SHOWN = frozenset({*STATES, Happening.ASSIGNED, Happening.UNASSIGNED})
LONGEST = 300
_WORDS = {Status.RESOLVED: "resolved", Status.IGNORED: "archived"}


def rewrite(happened: Sequence[Happened], issues: Mapping[int, IssueNews], now: datetime) -> None:
    """Has the messages about these issues say what happened to them; eight queries at most."""
    changed = {one.issue_id for one in happened if one.happening in SHOWN and one.issue_id in issues}
    standing = _standing(changed) if changed else []
    if not standing:
        return
    texts = _texts(standing, _as_they_stand({one.issue_id for one in standing}, issues))
    standing = [one for one in standing if one.notification_id in texts]
    waiting = {(one.lane_id, one.conversation): one.notification_id for one in queries.waiting(changed)}
    again = [one for one in standing if (one.lane_id, one.conversation) in waiting]
    ledger.restate([(waiting[one.lane_id, one.conversation], texts[one.notification_id]) for one in again])
    anew = [one for one in standing if one not in again]
    rewriting.queue([_rewriting(one, issues[one.issue_id], texts[one.notification_id]) for one in anew], now)


def _standing(issue_ids: Collection[int]) -> list[Standing]:
    """Messages of kinds that say how an issue stands, where a service can rewrite them."""
    able = rewriting.able()
    found = rewriting.first_at_each_place(queries.standing(issue_ids, able), queries.coming(issue_ids, able))
    return [one for one in found if _says_how_it_stands(one.kind)]


def _says_how_it_stands(kind: str) -> bool:
    known = catalogue().kinds.get(kind)
    return known is not None and known.as_it_stands is not None


def _as_they_stand(issue_ids: Collection[int], issues: Mapping[int, IssueNews]) -> dict[int, Now]:
    last = queries.last_of(issue_ids, [happening.value for happening in STATES])
    names = news.names({one.actor_id for one in last.values() if one.actor_id is not None})
    said = {issue_id: _sentence(one, issues[issue_id], names) for issue_id, one in last.items()}
    return {
        issue_id: Now(
            status=_WORDS.get(Status(one.status), "unresolved"),
            assignee=one.assignee,
            assigned_to=one.assigned_to,
            done=tuple(words for words in (said.get(issue_id, ""), _assigned(one.assignee)) if words),
            has_releases=one.has_releases,
        )
        for issue_id, one in queries.stands(issue_ids).items()
    }


def _assigned(assignee: str) -> str:
    return f"Assigned to {assignee}" if assignee else ""


def _sentence(last: Last, issue: IssueNews, names: Mapping[int, str]) -> str:
    """What was done to it, as it is said in the thread."""
    happened = Happened(last.project_id, last.issue_id, Happening(last.type), last.actor_id, last.data)
    kind = catalogue().kind_of(happened.happening)
    return kind.brief(facts_of(happened, issue, names)).title[:LONGEST] if kind and kind.brief else ""


def _texts(standing: Sequence[Standing], stands: Mapping[int, Now]) -> dict[int, str]:
    """The facts of each notification that stands somewhere, with how its issue stands now.

    One that this version can't read any more is left as it is: no message keeps anybody from changing an issue.
    """
    texts: dict[int, str] = {}
    for one in standing:
        if one.notification_id not in texts:
            with suppress(msgspec.ValidationError):
                texts[one.notification_id] = outgoing.text(_facts(one, stands[one.issue_id]))
    return texts


def _facts(one: Standing, now: Now) -> Any:
    kind = catalogue().kinds[one.kind]
    facts = msgspec.convert(one.facts, kind.facts)
    return kind.as_it_stands(facts, now) if kind.as_it_stands else facts


def _rewriting(one: Standing, issue: IssueNews, text: str) -> Rewriting:
    here = directory.of(issue.organization_id, issue.organization_version)
    return Rewriting(
        one, issue.organization_id, issue.project_id, text, rewriting.refused(here, one.integration_id)
    )
