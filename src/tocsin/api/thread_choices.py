"""What an organization chose for the threads of its alerts, as clients read and write it.

Sentry has one flag for later alerts and for what happens to their issue; here each is chosen by itself, and the
flag sets both.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tocsin.core.fields import InvalidFieldsError, as_mapping, parse
from tocsin.core.threads import Choices, Later

FLAG = "issueAlertsThreadFlag"
# Ours, by what they are called on the wire.
NAMES = {
    "laterAlerts": "later_alerts",
    "threadsActivity": "threads_activity",
    "threadsComments": "threads_comments",
    "takesComments": "takes_comments",
}


def as_json(chosen: Choices) -> dict[str, Any]:
    values = as_mapping(chosen)
    return {FLAG: chosen.later_alerts != Later.ANEW, **{wire: values[name] for wire, name in NAMES.items()}}


def wanted(body: Mapping[str, Any], before: Choices) -> tuple[Choices | None, dict[str, list[str]]]:
    """The choices with what a client sent of them, or why not, by the name that it sent."""
    flag = body.get(FLAG)
    if flag is not None and not isinstance(flag, bool):
        return None, {FLAG: ["Send true or false."]}
    flagged = before if flag is None else _flagged(before, flag=flag)
    sent = {name: body[wire] for wire, name in NAMES.items() if body.get(wire) is not None}
    empty = {wire: ["Send a value, or leave it out."] for wire, name in NAMES.items() if sent.get(name) == ""}
    if empty:
        return None, empty
    try:
        return parse(Choices, {**as_mapping(flagged), **sent}), {}
    except InvalidFieldsError as error:
        wires = {name: wire for wire, name in NAMES.items()}
        return None, {wires[name]: [reason] for name, reason in error.reasons.items()}


def _flagged(before: Choices, *, flag: bool) -> Choices:
    if not flag:
        return replace(before, later_alerts=Later.ANEW.value, threads_activity=False)
    is_off = before.later_alerts == Later.ANEW
    later = Later.BROADCAST.value if is_off else before.later_alerts
    return replace(before, later_alerts=later, threads_activity=True)
