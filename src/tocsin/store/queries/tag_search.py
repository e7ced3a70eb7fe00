"""The tags that a search names, looked up before it: how it is asked best depends on how many issues had them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tocsin.core.search import Filter, Pattern, Search
from tocsin.core.search_keys import key_of
from tocsin.store.models import IssueTag, Tag
from tocsin.store.queries.like import like

TAGS_LISTED = 1_000  # beyond, a wildcard is asked again within the statement
COMMON = 15_000  # issues: a database takes 0.5 µs for each to make a set of them, 3 µs to look at one's own tags


@dataclass(frozen=True, slots=True)
class Tagged:
    """The tags that one value stands for: their ids, or a query where these are many.

    `issues` is how many had one of them, counted up to COMMON.
    """

    tags: list[int] | QuerySet[Any, Any]
    issues: int

    @property
    def is_common(self) -> bool:
        return self.issues >= COMMON

    def as_set(self) -> Q:
        """Issues among all that had one of the tags."""
        return Q(pk__in=IssueTag.objects.filter(tag_id__in=self.tags).values("issue_id"))

    def as_probe(self) -> Q:
        """The same, as a look at an issue's own tags: for few issues, whatever many had the tag."""
        # Without + 0 both databases would rather begin with the tag than with the issue.
        own = IssueTag.objects.alias(plain_tag=F("tag_id") + 0)
        return Q(Exists(own.filter(issue_id=OuterRef("pk"), plain_tag__in=self.tags)))


Named = tuple[str, Pattern]  # a key and one of its values
TagSets = Mapping[Named, Tagged]


def is_by_tag(one: Filter) -> bool:
    """Whether a term asks which tags an issue has had."""
    return one.key in ("has", "release") or (bool(one.key) and key_of(one.key) is None)


def look_up(search: Search, organization_id: int) -> TagSets:
    """What each value of each such term stands for."""
    wanted = {(one.key, value) for one in search.filters if is_by_tag(one) for value in one.values}
    return {one: _looked_up(*one, organization_id) for one in wanted}


def rarest(search: Search, tags: TagSets) -> Filter | None:
    """Of the terms that narrow by tag, the one that leaves fewest issues."""
    narrowing = [one for one in search.filters if is_by_tag(one) and not one.is_negated]
    return min(narrowing, key=lambda one: issues_of(one, tags), default=None)


def issues_of(one: Filter, tags: TagSets) -> int:
    """How many issues had a term's tags, at most."""
    return sum(tags[one.key, value].issues for value in one.values)


def _looked_up(key: str, value: Pattern, organization_id: int) -> Tagged:
    named = Q(key=value.text) if key == "has" else Q(key=key) & fits("value", value)
    tags = Tag.objects.filter(named, project__organization_id=organization_id)
    ids = list(tags.values_list("pk", flat=True)[: TAGS_LISTED + 1])
    if len(ids) > TAGS_LISTED:
        return Tagged(tags.values("pk"), COMMON)
    return Tagged(ids, IssueTag.objects.filter(tag_id__in=ids)[:COMMON].count() if ids else 0)


def fits(column: str, value: Pattern) -> Q:
    """A column has a value."""
    return Q(**{column: value.text}) if value.is_exact else Q(**{f"{column}__like": like(value)})
