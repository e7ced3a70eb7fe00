"""Slows down who guesses passwords: failures are counted by address and by place, for a quarter of an hour."""

import hashlib

from django.core.cache import cache

WINDOW = 15 * 60  # seconds
PER_ADDRESS = 10
PER_PLACE = 50  # an office behind one address has many people who mistype


def is_over(email: str, place: str) -> bool:
    """Whether this e-mail address or this network address has failed too often lately."""
    return any(int(cache.get(key, 0)) >= limit for key, limit in _limits(email, place))


def failed(email: str, place: str) -> None:
    """Counts one failure, for addresses that exist and for those that do not alike."""
    for key, _ in _limits(email, place):
        if not cache.add(key, 1, WINDOW):
            cache.incr(key)


def _limits(email: str, place: str) -> tuple[tuple[str, int], ...]:
    return (_key("address", email.strip().lower()), PER_ADDRESS), (_key("place", place), PER_PLACE)


def _key(kind: str, value: str) -> str:
    return f"sign-in:{kind}:{hashlib.sha256(value.encode()).hexdigest()}"
