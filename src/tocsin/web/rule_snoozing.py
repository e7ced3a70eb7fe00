"""What the page of a rule says of its snoozes, and the form for one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.rule_snooze import REASON_LENGTH, of_everyone, of_persons
from tocsin.store.queries import api_places, rule_snoozes, rules
from tocsin.web.access import MemberRequest
from tocsin.web.roles import may_manage

# By what the form sends; None for good.
LENGTHS: dict[str, tuple[str, timedelta | None]] = {
    "1h": ("1 hour", timedelta(hours=1)),
    "8h": ("8 hours", timedelta(hours=8)),
    "1d": ("1 day", timedelta(days=1)),
    "1w": ("1 week", timedelta(weeks=1)),
    "": ("until I end it", None),
}


def snoozing(request: MemberRequest, project_id: int, rule_id: int) -> dict[str, Any]:
    """The context of the partials."""
    lasting = [one for one in rule_snoozes.of_rule(rule_id, request.person.pk) if _is_on(one.until, request.now)]
    return {
        "snoozes": lasting,
        "snoozed_for_all": any(one.user_id is None for one in lasting),
        "snoozed_for_me": any(one.user_id is not None for one in lasting),
        "quiet": rule_snoozes.latest(rule_id),
        "may_quiet": may_quiet(request, project_id, rule_id),
        "lengths": [(name, words) for name, (words, _) in LENGTHS.items()],
        "reason_length": REASON_LENGTH,
    }


def quiet_ones(request: MemberRequest, rule_ids: Sequence[int]) -> dict[str, Any]:
    """The rules of a list that do not act, and those that do not reach the reader."""
    lasting = rule_snoozes.lasting(rule_ids)
    return {
        "quiet_for_all": {rule for rule, some in lasting.items() if of_everyone(some, request.now)},
        "quiet_for_me": {
            rule for rule, some in lasting.items() if request.person.pk in of_persons(some, request.now)
        },
    }


def may_quiet(request: MemberRequest, project_id: int, rule_id: int) -> bool:
    """Whether the person may snooze the rule for everyone."""
    if may_manage(request):
        return True
    return not rules.is_of_organization(rule_id) and api_places.is_on_team(request.person.pk, project_id)


def until(length: str, now: datetime) -> str | None:
    """The time that the form's length leads to, as the API takes it; what is unknown is a time that is none."""
    if length not in LENGTHS:
        return "?"
    _, lasts = LENGTHS[length]
    return (now + lasts).isoformat() if lasts else None


def _is_on(until: datetime | None, now: datetime) -> bool:
    return until is None or now < until
