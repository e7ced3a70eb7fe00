"""Tags: which an issue has had, and which there are to look for."""

from collections.abc import Collection

from tocsin.store.db import places, rows
from tocsin.store.models import Tag


def of_issues(issue_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """The tags that each issue has had; one query, none for none."""
    found: dict[int, list[tuple[str, str]]] = {issue: [] for issue in issue_ids}
    if found:
        for issue, key, value in rows(_OF_ISSUES.format(places(len(found))), [*found]):
            found[issue].append((key, value))
    return found


_OF_ISSUES = """
SELECT store_issuetag.issue_id, store_tag.key, store_tag.value
FROM store_issuetag JOIN store_tag ON store_tag.id = store_issuetag.tag_id
WHERE store_issuetag.issue_id IN ({})
"""


def keys(organization_id: int, beginning: str, most: int = 10) -> list[str]:
    """Tags' names that begin with some letters, by name."""
    found = Tag.objects.filter(project__organization_id=organization_id, key__startswith=beginning)
    return list(found.order_by("key").values_list("key", flat=True).distinct()[:most])


def values_of(organization_id: int, key: str, containing: str, most: int = 10) -> list[str]:
    """A tag's values that contain some letters, by name."""
    found = Tag.objects.filter(project__organization_id=organization_id, key=key, value__icontains=containing)
    return list(found.order_by("value").values_list("value", flat=True).distinct()[:most])
