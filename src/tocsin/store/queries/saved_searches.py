"""Searches kept under a name, as one person sees them."""

from django.db.models import Q, QuerySet

from tocsin.store.models import SavedSearch


def of_person(organization_id: int, person_id: int) -> list[SavedSearch]:
    """The organization's, then the person's own, by name, with the one that they pinned."""
    return list(_seen_by(organization_id, person_id).order_by("user_id", "name", "pk"))


def one(organization_id: int, person_id: int, search_id: int) -> SavedSearch | None:
    """A search of that id that has a name, if the person sees it."""
    return _seen_by(organization_id, person_id).filter(pk=search_id).exclude(name="").first()


def _seen_by(organization_id: int, person_id: int) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(Q(user_id=person_id) | Q(user=None), organization_id=organization_id)
