"""E-mail: one message to one person, over any SMTP server.

https://www.rfc-editor.org/rfc/rfc5321 (SMTP), rfc5322 (the message), rfc3834 (Auto-Submitted), rfc2919 (List-Id),
rfc2369 and rfc8058 (List-Unsubscribe, in one click)
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.core.fields import choice, text
from tocsin.core.message import Code, Fields, Link, Message, Severity
from tocsin.core.people import Account, Person
from tocsin.core.registry import Audience, Provider, RuleAction
from tocsin.core.sending import Parcel
from tocsin.providers.email.letter import is_address
from tocsin.providers.email.send import Address, Settings, check, reply, send


@dataclass(frozen=True)
class Options:
    """A rule action's options, named as API clients send them; the identifier comes as a number or text."""

    targetType: str = choice(  # noqa: N815 — the wire's name
        "Tell",
        {"IssueOwners": "the issue's owners", "Team": "a team", "Member": "a member"},
        default="IssueOwners",
    )
    targetIdentifier: str = text("Which team or member")  # noqa: N815 — the wire's name
    fallthroughType: str = choice(  # noqa: N815 — the wire's name
        "If nobody owns the issue",
        {
            "ActiveMembers": "the 20 most recently active members",
            "AllMembers": "all members",
            "NoOne": "nobody",
        },
        default="ActiveMembers",
        only_for=("targetType", "IssueOwners"),
    )


def personal(person: Person) -> Address | None:
    return Address(person.email) if is_address(person.email) else None


def account(linked: Account) -> Address:
    """A team's mailing list."""
    return Address(linked.external_id)


def describe(address: Address) -> str:
    return address.email


EXAMPLE = Parcel(
    key="6f1c2d3e4b5a69788796a5b4c3d2e1f0",
    message=Message(
        heading="New issue",
        title="ZeroDivisionError: division by zero",
        subtitle="shop.cart in total",
        link="https://tocsin.example/acme/issues/12/",
        severity=Severity.ERROR,
        summary="[shop] ZeroDivisionError: division by zero",
        blocks=(
            Code("shop/cart.py, line 41, in total\n    return amount / count"),
            Fields((("Environment", "production"), ("Events", "3")), minor=True),
        ),
        actions=(Link("View issue", "https://tocsin.example/acme/issues/12/"),),
        footer=(Link("Project shop", "https://tocsin.example/acme/shop/"),),
        reason="You are told because you own this part of the code.",
        project="shop",
        short_id="SHOP-12",
    ),
    address=Address("ana@example.org"),
    conversation="issue:12",
    at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    list_id="shop.acme",
    unsubscribe="https://tocsin.example/unsubscribe/WzcsMV0:k3y/",
)

PROVIDER = Provider(
    slug="email",
    name="E-mail",
    settings=Settings,
    address=Address,
    send=send,
    reply=reply,
    check=check,
    example=EXAMPLE,
    example_address=EXAMPLE.address,
    describe=describe,
    action=RuleAction(
        ids=("sentry.mail.actions.NotifyEmailAction",),
        audience=Audience.PEOPLE,
        options=Options,
        sentence="Send a notification to {targetType}[ and if none can be found then send a notification "
        "to {fallthroughType}]",
        label="Send an e-mail",
    ),
    personal=personal,
    account=account,
    unsubscribes=True,
    needs_integration=False,
    # Four are on a connection, four follow at once: at 30 s a mail the last is over well within its lease.
    at_once=8,
    docs="https://www.rfc-editor.org/rfc/rfc5321",
)
