"""Slows down who guesses passwords, and who sends test errors: counted in memory, by each process of its own.

Failed sign-ins are counted by address and by place, for a quarter of an hour.
"""

import hashlib

from django.core.cache import cache

WINDOW = 15 * 60  # seconds
PER_ADDRESS = 10
PER_PLACE = 50  # an office behind one address has many people who mistype
TEST_ERRORS = 5  # of an organization, a minute: each tells everyone whom the project's rules tell

JOIN_REQUESTS = 10  # of a network address, an hour


def is_over(email: str, place: str) -> bool:
    """Whether this e-mail address or this network address has failed too often lately."""
    return any(int(cache.get(key, 0)) >= limit for key, limit in _limits(email, place))


def failed(email: str, place: str) -> None:
    """Counts one failure, for addresses that exist and for those that do not alike."""
    for key, _ in _limits(email, place):
        _count(key, WINDOW)


def may_report_again(organization_id: int) -> bool:
    """Counts one test error of an organization; whether it is within what a minute allows."""
    return _count(f"test-errors:{organization_id}", 60) <= TEST_ERRORS


def may_ask(place: str) -> bool:
    """Counts one request to join from a network address; whether it is within what an hour allows."""
    return _count(_key("join", place), 3600) <= JOIN_REQUESTS


def _count(key: str, seconds: int) -> int:
    """How often within `seconds`, this time included."""
    if cache.add(key, 1, seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # its time ran out in between
        cache.set(key, 1, seconds)
        return 1


def _limits(email: str, place: str) -> tuple[tuple[str, int], ...]:
    return (_key("address", email.strip().lower()), PER_ADDRESS), (_key("place", place), PER_PLACE)


def _key(kind: str, value: str) -> str:
    return f"sign-in:{kind}:{hashlib.sha256(value.encode()).hexdigest()}"
