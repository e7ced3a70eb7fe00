"""What an organization chose for the threads of its alerts."""

from tocsin.core.threads import Choices
from tocsin.store.models import Organization


def choices_of(organization: Organization) -> Choices:
    return Choices(
        organization.later_alerts,
        organization.threads_activity,
        organization.threads_comments,
        organization.takes_comments,
    )
