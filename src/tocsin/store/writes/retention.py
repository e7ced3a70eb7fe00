"""Forgetting, from the leaves to the root: each a statement over many rows."""

from collections.abc import Sequence

from tocsin.store.models import Attempt, Delivery, Firing, Notification, Reference


def forget_tries(ids: Sequence[int]) -> None:
    Attempt.objects.filter(pk__in=ids).delete()


def forget_notifications(ids: Sequence[int]) -> None:
    """With their deliveries and tries. A thread that began with one of them begins anew; firings stay."""
    Attempt.objects.filter(delivery__notification_id__in=ids).delete()
    Reference.objects.filter(delivery__notification_id__in=ids).delete()
    Firing.objects.filter(notification_id__in=ids).update(notification=None)
    # Nothing hangs on them any more: Django need not read them to find that out.
    for rows in (Delivery.objects.filter(notification_id__in=ids), Notification.objects.filter(pk__in=ids)):
        rows._raw_delete(rows.db)  # noqa: SLF001
