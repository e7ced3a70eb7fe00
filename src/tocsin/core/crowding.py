"""How many deliveries of one integration may be on their way at once: few at first, more with each answer.

A service that does not answer holds what it was given until it times out, and all of that comes back at once: 100
tries of a stalled workspace, prepared together and recorded together, kept everybody else waiting for 40 ms.
"""

from tocsin.core.sending import Delivered, Gone, Outcome, Refused, Retry

FIRST = 12  # more than opens a breaker, so that a service which is gone shows by what it was given first


def after(size: int, outcome: Outcome, most: int) -> int:
    """The window after one more answer, `most` at the most: one wider for a service that is there, and from the
    start again for one that seems not to be. At that pace it doubles with each round of answers."""
    match outcome:
        case Delivered() | Refused() | Gone():
            return max(FIRST, min(size + 1, most))
        case Retry(_, asked) if asked is not None:  # a rate limit: it is there, and busy enough
            return size
        case _:
            return FIRST
