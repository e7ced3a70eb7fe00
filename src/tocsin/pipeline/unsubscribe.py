"""Unsubscribe: a person ends what reaches them about an issue, a project or a type of message."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.core.choices import NEVER
from tocsin.core.people import Scope
from tocsin.core.unsubscribe import Ends, Level, wider
from tocsin.pipeline.unsubscribe_link import opened
from tocsin.store.db import one_transaction
from tocsin.store.queries import unsubscribe as queries
from tocsin.store.queries.unsubscribe import Named
from tocsin.store.writes import preferences, workflow
from tocsin.store.writes.preferences import Choice, Owner


@dataclass(frozen=True, slots=True)
class Way:
    """A way out that holds: whose, what it ends, by its name; `more` is what else its page may offer to end."""

    user_id: int
    email: str
    ends: Ends
    named: Named
    more: tuple[Ends, Named] | None = None

    def at(self, level: str) -> Ends:
        """What ends at a level that the page offered; the link's own for any other word."""
        return self.more[0] if self.more and self.more[0].level == level else self.ends


def by_link(token: str, now: datetime) -> Way | None:
    """The way out that a signed link opens.

    None where it is expired or tampered with, the person or the issue is gone, or the address no longer theirs.
    """
    link = opened(token, now)
    if link is None:
        return None
    person = queries.person(link.user_id, link.ends.organization_id)
    if person is None:
        return None
    address = next((one for one in person.addresses if link.fits(one)), None)
    return _way(link.user_id, address, link.ends) if address else None


def by_oneself(user_id: int, ends: Ends) -> Way | None:
    """The same for somebody who is signed in."""
    person = queries.person(user_id, ends.organization_id)
    return _way(user_id, person.addresses[0], ends) if person else None


def _way(user_id: int, email: str, ends: Ends) -> Way | None:
    named = queries.named(ends)
    if named is None:
        return None
    more = wider(ends)
    named_more = queries.named(more) if more else None
    return Way(user_id, email, ends, named, (more, named_more) if more and named_more else None)


def unsubscribe(user_id: int, ends: Ends, now: datetime) -> None:
    """Ends it; twice is as good as once.

    An issue by an inactive subscription, which silences its alerts too; a project and an organization by "never".
    """
    with one_transaction():
        if ends.level is Level.ISSUE:
            workflow.set_subscription((ends.id, ends.project_id), user_id, is_active=False, now=now)
            return
        scope = Scope.PROJECT if ends.level is Level.PROJECT else Scope.ORGANIZATION
        preferences.chose(Owner(user_id), scope, ends.id, [Choice(ends.type, "", NEVER)])
