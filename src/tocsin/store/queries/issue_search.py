"""What a search asks of the database: one row in a table for each key, everything else is a tag."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q, QuerySet

from tocsin.core.event import anonymous
from tocsin.core.issue import Status, Substatus
from tocsin.core.search import Filter, Pattern, Search
from tocsin.core.search_keys import bounds
from tocsin.store.models import (
    Bookmark,
    Issue,
    IssueEnvironment,
    IssueUser,
    Project,
    Subscription,
    TeamMember,
    User,
)
from tocsin.store.models import Team as TeamRow
from tocsin.store.queries.like import Plain, Says
from tocsin.store.queries.tag_search import Named, TagSets, fits

DEFAULT = "is:unresolved"
SHORT_ID = re.compile(r"(?P<project>[A-Za-z0-9_-]+)-(?P<number>\d{1,18})", re.ASCII)
MOST_NAMED = 1_000  # projects, teams or people that one term stands for
WIDENING = ("level", "project", "environment", "release", "firstRelease", "assigned", "has")
# An index on who has an issue is no help in finding the many that nobody has.
NOBODY = Q(plain_user__isnull=True, plain_team__isnull=True)
STATUSES = {
    "unresolved": Status.UNRESOLVED,
    "resolved": Status.RESOLVED,
    "ignored": Status.IGNORED,
    "archived": Status.IGNORED,
}
KINDS = {
    "new": Substatus.NEW,
    "ongoing": Substatus.ONGOING,
    "escalating": Substatus.ESCALATING,
    "regressed": Substatus.REGRESSED,
}
PLAIN = {
    "plain_project": Plain("project_id"),
    "plain_status": Plain("status"),
    "plain_user": Plain("assignee_user_id"),
    "plain_team": Plain("assignee_team_id"),
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who searches, where and when: what `me` and `-24h` mean.

    How is `by_scan` (see `matching`), the `tags` that the search names, which of them are `probed` (tag_search).
    """

    organization_id: int
    person_id: int
    now: datetime
    by_scan: bool = False
    tags: TagSets = field(default_factory=dict)
    probed: Collection[Named] = ()


def matching(search: Search, asker: Asker) -> QuerySet[Issue]:
    """The issues that a search finds in the asker's organization.

    By state in order of time they are read along an index, which stops at the page's end. For other orders and
    filters all are read as they lie: through an index the reads are scattered and take ten times as long.
    """
    place = {"plain_project__in" if asker.by_scan else "project_id__in": _ours(asker.organization_id)}
    # SQLite asks in this order, and nearly all issues are the organization's.
    return Issue.objects.alias(**PLAIN).filter(condition(search, asker), Q(**place))


def _ours(organization_id: int) -> list[int] | QuerySet[Any, Any]:
    """The organization's projects. A list takes half as long as joining every issue with a query."""
    ours = Project.objects.filter(organization_id=organization_id)
    ids = list(ours.values_list("pk", flat=True)[: MOST_NAMED + 1])
    return ids if len(ids) <= MOST_NAMED else ours.values("pk")


def is_along_an_index(search: Search) -> bool:
    """Whether the index by state and time alone finds a page soon."""
    return any(one.key == "is" and not one.is_negated for one in search.filters) and all(
        one.key == "is" and one.values[0].text in STATUSES for one in search.filters
    )


def condition(search: Search, asker: Asker) -> Q:
    """Terms of one facet widen, different facets narrow."""
    facets: dict[object, list[Q]] = {}
    for place, one in enumerate(search.filters):
        asked = _asked(one, asker)
        if one.is_negated:
            facets[place] = [~asked]
        else:
            facets.setdefault(_facet(one) or place, []).append(asked)
    return reduce(and_, (reduce(or_, found) for found in facets.values()), Q())


def _facet(one: Filter) -> object:
    if one.key == "is":
        state = one.values[0].text
        return ("is", state in STATUSES, state in KINDS)
    return one.key if one.key in WIDENING else None


def _asked(one: Filter, asker: Asker) -> Q:
    reader = READERS.get(one.key, _tag)
    return reduce(or_, (reader(one, value, asker) for value in one.values))


def _is(_: Filter, value: Pattern, asker: Asker) -> Q:
    column = "plain_status" if asker.by_scan else "status"
    if value.text in STATUSES:
        return Q(**{column: int(STATUSES[value.text])})
    if value.text in KINDS:
        return Q(**{column: int(Status.UNRESOLVED)}, substatus=int(KINDS[value.text]))
    return NOBODY if value.text == "unassigned" else ~NOBODY


def _words(_: Filter, value: Pattern, asker: Asker) -> Q:
    says = Q(Says(value.text, "title", "culprit"))
    if found := SHORT_ID.fullmatch(value.text):
        ours = Project.objects.filter(organization_id=asker.organization_id, slug__iexact=found["project"])
        says |= Q(project_id__in=_ids(ours), number=int(found["number"]))
    return says


def _assigned(_: Filter, value: Pattern, asker: Asker) -> Q:
    teams = TeamMember.objects.filter(user_id=asker.person_id, team__organization_id=asker.organization_id)
    match value.text.lower():
        case "none":
            return NOBODY
        case "me":
            return Q(assignee_user_id=asker.person_id) | Q(assignee_team_id__in=_ids(teams, "team_id"))
        case "my_teams":
            return Q(assignee_team_id__in=_ids(teams, "team_id"))
        case name if name.startswith("#"):
            called = TeamRow.objects.filter(organization_id=asker.organization_id, slug=name[1:])
            return Q(assignee_team_id__in=_ids(called))
        case address:
            people = User.objects.filter(memberships__organization_id=asker.organization_id, email=address)
            return Q(assignee_user_id__in=_ids(people))


def _bookmarks(_: Filter, __: Pattern, asker: Asker) -> Q:
    return Q(pk__in=Bookmark.objects.filter(user_id=asker.person_id).values("issue_id"))


def _subscribed(_: Filter, __: Pattern, asker: Asker) -> Q:
    """Followed by the person, or by a team of theirs unless they said no."""
    own = Subscription.objects.filter(user_id=asker.person_id)
    teams = TeamMember.objects.filter(user_id=asker.person_id, team__organization_id=asker.organization_id)
    by_team = Subscription.objects.filter(team_id__in=_ids(teams, "team_id"), is_active=True)
    left = own.filter(is_active=False).values("issue_id")
    return Q(pk__in=own.filter(is_active=True).values("issue_id")) | (
        Q(pk__in=by_team.values("issue_id")) & ~Q(pk__in=left)
    )


def _project(_: Filter, value: Pattern, asker: Asker) -> Q:
    called = Project.objects.filter(fits("slug", value), organization_id=asker.organization_id)
    return Q(project_id__in=_ids(called))


def _environment(_: Filter, value: Pattern, __: Asker) -> Q:
    seen = IssueEnvironment.objects.filter(fits("environment", value))
    return Q(pk__in=seen.values("issue_id"))


def _release(one: Filter, value: Pattern, asker: Asker) -> Q:
    return fits("first_release", value) | fits("last_release", value) | _tag(one, value, asker)


def _user(_: Filter, value: Pattern, __: Asker) -> Q:
    return Q(pk__in=IssueUser.objects.filter(user=anonymous(value.text)).values("issue_id"))


def _has(one: Filter, value: Pattern, asker: Asker) -> Q:
    if value.text == "user":
        return Q(users_seen__gt=0)
    return _tag(one, value, asker)


def _tag(one: Filter, value: Pattern, asker: Asker) -> Q:
    named = (one.key, value)
    return asker.tags[named].as_probe() if named in asker.probed else asker.tags[named].as_set()


def _number(column: str) -> Callable[[Filter, Pattern, Asker], Q]:
    lookups = {"=": "", ">": "__gt", ">=": "__gte", "<": "__lt", "<=": "__lte"}
    return lambda one, value, _: Q(**{f"{column}{lookups[one.operator]}": int(value.text)})


def _moment(column: str) -> Callable[[Filter, Pattern, Asker], Q]:
    def read(one: Filter, value: Pattern, asker: Asker) -> Q:
        after, before = bounds(value.text, one.operator, asker.now) or (None, None)
        sides = {f"{column}__gte": after, f"{column}__lt": before}
        return Q(**{lookup: edge for lookup, edge in sides.items() if edge})

    return read


def _ids(found: QuerySet[Any], column: str = "pk") -> list[int]:
    return list(found.values_list(column, flat=True)[:MOST_NAMED])


READERS: dict[str, Callable[[Filter, Pattern, Asker], Q]] = {
    "": _words,
    "is": _is,
    "assigned": _assigned,
    "bookmarks": _bookmarks,
    "subscribed": _subscribed,
    "level": lambda _, value, __: Q(level=value.text),
    "project": _project,
    "environment": _environment,
    "release": _release,
    "firstRelease": lambda _, value, __: fits("first_release", value),
    "age": _moment("first_seen"),
    "lastSeen": _moment("last_seen"),
    "timesSeen": _number("times_seen"),
    "usersSeen": _number("users_seen"),
    "user": _user,
    "has": _has,
}
