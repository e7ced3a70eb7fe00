"""How an issue changes as events arrive; pure, over one issue's share of a batch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.core.issue import Happening, Status, Substatus
from tocsin.core.releases import Known
from tocsin.core.resolution import Fixed, is_fixed_in

# How long an issue counts as new, regressed or escalating (behaviour §10.1).
ONGOING_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """What of an issue's state an event can change; `fixed` is where it was resolved, if that names a release."""

    status: Status
    substatus: Substatus
    resolved_at: datetime | None = None
    fixed: Fixed | None = None


def after_event(
    standing: Standing, received: datetime, release: Known | None = None
) -> tuple[Standing, Happening | None]:
    """The standing after one more event, and what became true with it.

    An event that arrives in a resolved issue is a regression; one that was received before the issue was
    resolved and only digested later is not, nor one of a `release`
    that does not have the fix yet (behaviour §10.4). An ignored issue stays ignored.
    """
    if standing.status is not Status.RESOLVED:
        return standing, None
    if standing.resolved_at is not None and received < standing.resolved_at:
        return standing, None
    if is_fixed_in(standing.fixed, release):
        return standing, None
    return Standing(Status.UNRESOLVED, Substatus.REGRESSED), Happening.REGRESSION


def reopened(status: Status, first_seen: datetime, now: datetime, *, alone: bool) -> Substatus:
    """What kind of unresolved an issue is that a person reopens; `alone` when they reopen no other with it.

    A resolved one comes back, which is said of single issues only; an archived one is as new as it would be
    without (behaviour §10.1).
    """
    if status is Status.RESOLVED:
        return Substatus.REGRESSED if alone else Substatus.ONGOING
    return Substatus.NEW if now - first_seen < ONGOING_AFTER else Substatus.ONGOING


# The first events of an issue tell most, the thousandth little: 50 whole, then ever fewer. A million events
# of one issue keep 50 + 45 + 45 + 45 + 45 + 5 rows.
_KEEP_EACH = ((50, 1), (500, 10), (5_000, 100), (50_000, 1_000), (500_000, 10_000))


def is_kept(times_seen: int) -> bool:
    """Whether the event that made an issue's count `times_seen` is kept whole."""
    for up_to, each in _KEEP_EACH:
        if times_seen <= up_to:
            return times_seen % each == 0
    return times_seen % 100_000 == 0
