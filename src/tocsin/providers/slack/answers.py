"""What Slack's Web API answers, as it is read whatever was asked.

https://docs.slack.dev/apis/web-api/using-the-slack-web-api#responses
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tocsin.core.escape import one_line
from tocsin.core.replies import by_status, unanswered
from tocsin.core.sending import Answer, Failure, Outcome, Reply, Unknown

Said = Mapping[str, Any]

# Errors that pass by themselves, of methods that post nothing: what failed half-way can be asked again.
PASSING = frozenset(
    {
        "accesslimited",
        "fatal_error",
        "internal_error",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)


def read(answer: Answer, hint: str, refusal: Callable[[Said, Reply], Outcome]) -> tuple[Outcome | None, Said]:
    """What went wrong, or None with what Slack said. `hint` is what to look at when something else than Slack
    answered, `refusal` what Slack's own "no" means."""
    if isinstance(answer, Failure):
        return unanswered(answer, "Slack"), {}
    if answer.status != 200:
        return by_status(answer, "Slack", hint=hint), {}
    said = said_in(answer)
    if said is None:
        return Unknown("Slack's answer could not be read: it is not JSON."), {}
    return (None, said) if said.get("ok") is True else (refusal(said, answer), {})


def said_in(reply: Reply) -> Said | None:
    """The object in an answer; None for what is none (a proxy's page, most likely) or is nested without end."""
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def error_of(said: Said) -> str:
    return one_line(str(said.get("error") or "no reason given"), 80)


def part(said: Said, name: str) -> Said:
    """An object within; {} for anything else."""
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def word(said: Said, name: str, most: int = 2000) -> str:
    """A text within, as one line of at most so many characters; "" for anything else."""
    found = said.get(name)
    return one_line(found, most) if isinstance(found, str) else ""


def next_page(said: Said) -> str:
    """Where the next page of a list begins; "" after the last."""
    cursor = part(said, "response_metadata").get("next_cursor")
    return cursor if isinstance(cursor, str) else ""
