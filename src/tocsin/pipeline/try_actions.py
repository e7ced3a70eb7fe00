"""A rule's actions tried: the alert that they would send, about an error that never was, to whom they name.

Through the real path, outbox and ledger included, with each service's true answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.issue import short_id
from tocsin.core.plan import Destination, Routed
from tocsin.core.reasons import SENTENCES
from tocsin.core.route import route
from tocsin.core.rule import Rule
from tocsin.core.rule_check import Refusal, check
from tocsin.core.targets import Occasion
from tocsin.notifications.issue_alert import EXAMPLE, NOTIFICATION_KIND, Facts, RuleFacts
from tocsin.pipeline import links
from tocsin.pipeline.announce import announce
from tocsin.pipeline.backtest import compiled
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.deliver import Tried, send_now
from tocsin.pipeline.reach import services_of
from tocsin.store.models import Project
from tocsin.store.queries import deliveries, directory, rules_api

A_MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 5  # of a project
MOST_DESTINATIONS = 20
NAME = "Test Alert"

SendNow = Callable[[int, int], Tried | None]


class TooManyTestsError(RuntimeError):
    """The project's actions have just been tried several times."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one destination; `delivery_id` is None for one that nothing was sent to, and `reason` why."""

    to: str
    delivery_id: int | None
    state: str
    outcome: str
    reason: str

    @property
    def is_good(self) -> bool:
        return self.outcome == "delivered"


def try_actions(
    project: Project, sent: Mapping[str, Any], now: datetime, send: SendNow = send_now
) -> Sequence[Answer] | Refusal:
    """Sends what the `actions` of a rule as it is being edited would send, and waits for the answers.

    Raises TooManyTestsError for the sixth try of the project within a minute.
    """
    place = replace(rules_api.place(project), rules=())
    found = check(catalogue(), place, {"name": sent.get("name") or NAME, "actions": sent.get("actions")})
    if isinstance(found, Refusal):
        return found
    rule = replace(compiled(project.pk, found.data), label=found.label)
    here = directory.of(project.organization_id, project.organization.version)
    routed = route([rule], Occasion(project.pk), here, services_of(here))
    going = [one.destination for one in routed.planned if one.suppressed is None]
    if len(going) > MOST_DESTINATIONS:
        reason = f"The test would reach {len(going)} destinations; the most is {MOST_DESTINATIONS}. Name fewer."
        return Refusal({"actions": [reason]})
    if deliveries.unreal_since(project.pk, NOTIFICATION_KIND.slug, now - A_MINUTE) >= MOST_A_MINUTE:
        raise TooManyTestsError(f"{MOST_A_MINUTE} tests were sent within a minute. Wait a minute, then try again.")
    answers = [*_unsent(routed), *_sent(project, rule, going, routed, now, send)]
    return answers or Refusal({"actions": [_nobody(routed)]})


def _sent(  # noqa: PLR0913, PLR0917 — what is said, to whom, and by whom it is sent
    project: Project, rule: Rule, going: Sequence[Destination], routed: Routed, now: datetime, send: SendNow
) -> list[Answer]:
    if not going:
        return []
    ids = announce(
        organization_id=project.organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=_facts(project, rule, now),
        destinations=going,
        now=now,
        project_id=project.pk,
        trace=routed.trace,
        wake=False,
    )
    pairs = zip(going, ids, strict=True)
    return [_answer(to, delivery_id, send(project.organization_id, delivery_id)) for to, delivery_id in pairs]


def _answer(to: Destination, delivery_id: int, tried: Tried | None) -> Answer:
    if tried is None:
        reason = "The sender was quicker: its answer stands in the ledger."
        return Answer(_where(to), delivery_id, "queued", "", reason)
    return Answer(_where(to), delivery_id, tried.state, tried.outcome, tried.reason)


def _unsent(routed: Routed) -> list[Answer]:
    return [
        Answer(_where(one.destination), None, "suppressed", "", SENTENCES[one.suppressed])
        for one in routed.planned
        if one.suppressed is not None and one.destination.user_id is None
    ]


def _nobody(routed: Routed) -> str:
    last = next((step for step in reversed(routed.trace)), None)
    return f"Nobody would be told. {last.label}: {SENTENCES[last.reason]}." if last else "Nobody would be told."


def _facts(project: Project, rule: Rule, now: datetime) -> Facts:
    organization = project.organization.slug
    rules = links.project(organization, project.slug) + "rules/"
    return replace(
        EXAMPLE,
        organization=organization,
        project=project.slug,
        project_url=links.project(organization, project.slug),
        issue_id=0,
        short_id=short_id(project.slug, 0),
        issue_url=links.project(organization, project.slug),
        title=f"This is a test of the rule “{rule.label}”: no error happened",
        first_seen=now.isoformat(),
        event_id="0" * 32,
        rules=(RuleFacts(0, rule.label, rules),),
        settings_url=links.preferences(),
        reason="",
        suspect=None,
        release_url="",
    )


def _where(to: Destination) -> str:
    return f"{catalogue().providers[to.provider].name} to {to.label}"
