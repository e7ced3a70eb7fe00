"""A service or a place in it no longer takes messages: told to those who can mend it, by another way."""

from dataclasses import dataclass

from tocsin.core.message import Block, Fields, Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class Facts:
    """`place` is the channel or address that is gone, or "" when the whole `account` is closed to us; `reason`
    is what the service said with what to do about it. `rules` name those whose message could not go there, with the
    project of each."""

    organization: str
    service: str
    account: str
    place: str
    reason: str
    url: str
    deliveries_url: str
    rules: tuple[str, ...] = ()


EXAMPLE = Facts(
    organization="acme",
    service="Slack",
    account="Acme",
    place="#ops",
    reason="Slack refused the message: is_archived. #ops is archived: unarchive it or choose another channel.",
    url="https://tocsin.example/acme/integrations/3/",
    deliveries_url="https://tocsin.example/acme/deliveries/",
    rules=("Tell #ops of what is new (shop)",),
)


def render(facts: Facts) -> Message:
    where = f"{facts.place} in {facts.service}" if facts.place else f"{facts.service} ({facts.account})"
    waits = (
        "Messages to it end as failed; replay them once it is mended."
        if facts.place
        else "Messages for it are held and go out once it is connected again; what failed can be replayed."
    )
    return Message(
        heading="Delivery problem",
        title=f"{where} takes no messages any more",
        link=facts.url,
        severity=Severity.ERROR,
        summary=f"{where} takes no messages any more: {facts.reason}",
        blocks=(Paragraph(facts.reason), *_sent_by(facts.rules), Paragraph(waits)),
        actions=(Link("Mend it", facts.url), Link("See the deliveries", facts.deliveries_url)),
        reason="You are told because you manage this organization's integrations.",
    )


def _sent_by(rules: tuple[str, ...]) -> tuple[Block, ...]:
    """Where the place is named, so that somebody can name another."""
    return (Fields((("Alert rule" if len(rules) == 1 else "Alert rules", ", ".join(rules)),)),) if rules else ()


NOTIFICATION_KIND = NotificationKind(
    slug="delivery_problem",
    name="Delivery problem",
    category="operations",
    facts=Facts,
    render=render,
    example=EXAMPLE,
)
