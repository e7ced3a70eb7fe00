"""Keeping searches under a name, and pinning one."""

from datetime import datetime

from django.db.models import Q, QuerySet

from tocsin.store.db import one_transaction
from tocsin.store.models import SavedSearch

MOST = 100  # of one person, and of an organization


def save(  # noqa: PLR0913 — what, called what, whose, and when
    organization_id: int, user_id: int | None, *, name: str, query: str, sort: str, now: datetime
) -> SavedSearch | None:
    """Keeps a search, everyone's for no user; one of the same name is replaced. None when there are too many."""
    with one_transaction():
        mine = _owned(organization_id, user_id)
        found = mine.filter(name=name).first()
        if found is None and mine.count() >= MOST:
            return None
        found = found or SavedSearch(organization_id=organization_id, user_id=user_id, name=name, date_added=now)
        found.query, found.sort = query, sort
        found.save()
    return found


def _owned(organization_id: int, user_id: int | None) -> QuerySet[SavedSearch]:
    owner = Q(user=None) if user_id is None else Q(user_id=user_id)
    return SavedSearch.objects.filter(owner, organization_id=organization_id).exclude(name="")


def change(search: SavedSearch, *, name: str, query: str, sort: str) -> bool:
    """False, and nothing changes, when its owner keeps another one under that name."""
    with one_transaction():
        same = _owned(search.organization_id, search.user_id).filter(name=name)
        if same.exclude(pk=search.pk).exists():
            return False
        search.name, search.query, search.sort = name, query, sort
        search.save(update_fields=["name", "query", "sort"])
    return True


def remove(search: SavedSearch) -> None:
    SavedSearch.objects.filter(pk=search.pk).delete()


def pin(organization_id: int, user_id: int, *, query: str, sort: str, now: datetime) -> SavedSearch:
    """What the person's stream opens with from now on; one each."""
    chosen = {"query": query, "sort": sort, "date_added": now}
    found, _ = SavedSearch.objects.update_or_create(
        organization_id=organization_id, user_id=user_id, is_pinned=True, defaults=chosen
    )
    return found


def unpin(organization_id: int, user_id: int) -> None:
    SavedSearch.objects.filter(organization_id=organization_id, user_id=user_id, is_pinned=True).delete()
