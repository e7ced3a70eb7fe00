"""How an account's people are asked for, page by page: what follows from each answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.core.roster import Listed
from tocsin.core.sending import Outcome, Refused, Retry, Unknown

PAUSE = timedelta(minutes=1)
LONGEST = timedelta(hours=1)  # as long as a service may ask to wait
MOST_FAILURES = 20  # one after the other: twenty minutes, or what the service asked to wait
MOST_PAGES = 1_000  # of 200 people


@dataclass(frozen=True, slots=True)
class Standing:
    """How far it is: where the next page begins ("" for the first), how many came, how often none did since."""

    cursor: str = ""
    pages: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class GoesOn:
    """The next question, and when."""

    standing: Standing
    due: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more is asked; `reason` says why it ended early, "" at the end of the list."""

    reason: str = ""


def after(standing: Standing, outcome: Outcome, now: datetime) -> GoesOn | Over:
    """What is done after an answer. The list is read again from its beginning where the service no longer knows
    the place (Slack's cursors run out): whom it names twice is offered one link."""
    match outcome:
        case Listed(more=more) if not more:
            return Over()
        case Listed(more=more):
            return _further(standing, more, now)
        case Retry(_, seconds):
            return _again(standing, outcome.reason, now + _wait(seconds))
        case Unknown(reason):
            return _again(standing, reason, now + PAUSE)
        case Refused(reason) if standing.cursor:
            return _again(Standing("", standing.pages, standing.failures), reason, now + PAUSE)
        case _:
            return Over(getattr(outcome, "reason", "The service answered with something else."))


def _further(standing: Standing, more: str, now: datetime) -> GoesOn | Over:
    if more == standing.cursor:
        return Over("The service gave the same page twice.")
    if standing.pages + 1 >= MOST_PAGES:
        return Over(f"The service gave more than {MOST_PAGES} pages.")
    return GoesOn(Standing(more, standing.pages + 1, 0), now)


def _again(standing: Standing, reason: str, due: datetime) -> GoesOn | Over:
    failures = standing.failures + 1
    return (
        Over(reason)
        if failures > MOST_FAILURES
        else GoesOn(Standing(standing.cursor, standing.pages, failures), due)
    )


def _wait(seconds: float | None) -> timedelta:
    return PAUSE if seconds is None else timedelta(seconds=min(seconds, LONGEST.total_seconds()))
