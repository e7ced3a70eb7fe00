"""The ledger as people and programs ask for it: which deliveries are meant, and those of them sent again."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from tocsin.core.delivery import State
from tocsin.pipeline import deliver
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries import deliveries as queries
from tocsin.store.queries.deliveries import Filters

# States that mean the same to who looks: a group is asked for like a state.
GROUPS: Mapping[str, frozenset[str]] = {
    "waiting": frozenset({"queued", "sending", "retrying", "unknown", "held"}),
    "failed": frozenset({"failed", "dead"}),
}
ASKED = ("state", "provider", "integration", "kind", "reason", "text", "since", "until")
AT_ONCE = 1_000  # a commit; the digest waits for it
LONGEST = 200

_AGO = re.compile(r"(\d{1,6})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def read_filters(asked: Mapping[str, str], now: datetime) -> tuple[Filters, dict[str, list[str]]]:
    """What is asked for, and by key why something of it is no filter; that key is then left aside.

    `since` and `until` are moments (2026-11-25, 2026-11-25T04:00Z; UTC where nothing else is said) or so long ago:
    90m, 2h, 7d.
    """
    given = {name: str(asked.get(name) or "").strip()[:LONGEST] for name in ASKED}
    reasons: dict[str, list[str]] = {}
    states = _states(given["state"], reasons)
    filters = Filters(
        states=states,
        provider=given["provider"],
        text=given["text"],
        integration_id=_number(given["integration"], reasons),
        kind=_kind(given["kind"], reasons),
        reason=given["reason"],
        since=_moment("since", given["since"], now, reasons),
        until=_moment("until", given["until"], now, reasons),
    )
    return filters, reasons


def replay(*, organization_id: int, ids: Sequence[int], actor_id: int | None, by: str, now: datetime) -> int:
    """Queues these again as far as they ended badly, so many in a commit; how many. `by` is who, in words."""
    return sum(
        deliver.replay(
            organization_id=organization_id,
            delivery_ids=ids[first : first + AT_ONCE],
            actor_id=actor_id,
            by=by,
            now=now,
        )
        for first in range(0, len(ids), AT_ONCE)
    )


def replay_matching(*, organization_id: int, filters: Filters, actor_id: int | None, by: str, now: datetime) -> int:
    """The same for all that match."""
    ids = queries.replayable_ids(organization_id, filters)
    return replay(organization_id=organization_id, ids=ids, actor_id=actor_id, by=by, now=now)


def _states(text: str, reasons: dict[str, list[str]]) -> frozenset[str]:
    known = {**{state.value: frozenset({state.value}) for state in State}, **GROUPS}
    if text and text not in known:
        reasons["state"] = [f"Choose one of: {', '.join(sorted(known))}."]
    return known.get(text, frozenset())


def _kind(text: str, reasons: dict[str, list[str]]) -> str:
    if text and text not in catalogue().kinds:
        reasons["kind"] = [f"Choose one of: {', '.join(sorted(catalogue().kinds))}."]
        return ""
    return text


def _number(text: str, reasons: dict[str, list[str]]) -> int | None:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 19):
        reasons["integration"] = ["Give the number of an integration: the last part of its page's address."]
        return None
    return int(text) if text else None


def _moment(name: str, text: str, now: datetime, reasons: dict[str, list[str]]) -> datetime | None:
    try:
        return _read_moment(text, now) if text else None
    except (ValueError, OverflowError):
        reasons[name] = ["Write a moment, such as 2026-11-25T04:00Z, or how long ago: 90m, 2h, 7d."]
        return None


def _read_moment(text: str, now: datetime) -> datetime:
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
