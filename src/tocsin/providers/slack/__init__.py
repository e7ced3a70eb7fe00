"""Slack: a message in a channel, with a bot token.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

from tocsin.core.fields import long_text, text
from tocsin.core.message import Code, Fields, Link, Message, Note, Severity
from tocsin.core.pace import Pace
from tocsin.core.people import Account
from tocsin.core.registry import Audience, Provider, RuleAction
from tocsin.core.sending import Parcel
from tocsin.providers.slack.channels import CHANNELS
from tocsin.providers.slack.install import INSTALL
from tocsin.providers.slack.send import Address, Settings, answer, check, edit, reply, send


@dataclass(frozen=True)
class Options:
    """A rule action's options, named as API clients send them; ids come as numbers or text."""

    workspace: str = text("Workspace", default=None)
    channel: str = text("Channel", default=None, placeholder="#ops")
    channel_id: str = text("Channel id")
    input_channel_id: str = text("Channel id as typed")
    tags: str = text("Tags to show", placeholder="environment, user", help="Names, with commas between them")
    notes: str = long_text("Notes", help="Shown below the message; @here and @U024BE7LH mention people")


def address_of(options: Options) -> Address:
    return Address(options.channel, options.channel_id or options.input_channel_id)


def account(linked: Account) -> Address:
    """A person's direct messages (a user's id is a channel to chat.postMessage), or a team's channel."""
    name = linked.name or linked.external_id
    return Address(name if name.startswith(("#", "@")) else f"@{name}", linked.external_id)


def describe(address: Address) -> str:
    name = address.channel or address.channel_id
    return name if name.startswith(("#", "@")) or not address.channel else f"#{name}"


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
            Fields((("customer", "gold"),)),
            Fields((("Environment", "production"), ("Events", "3")), minor=True),
            Note("Ask @U024BE7LH first"),
        ),
        actions=(Link("View issue", "https://tocsin.example/acme/issues/12/"),),
        footer=(Link("Project shop", "https://tocsin.example/acme/shop/"),),
        project="shop",
        short_id="SHOP-12",
    ),
    address=Address("#ops", "C024BE91L"),
    conversation="issue:12",
    at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
)


def lane(address: Address, conversation: str) -> str:
    """A channel, by its id where that is known: renaming it must not let two lanes into one channel."""
    if address.answer_to:
        return f"answers/{crc32(conversation.encode()) % 16}"
    return address.channel_id or address.channel


PROVIDER = Provider(
    slug="slack",
    name="Slack",
    settings=Settings,
    address=Address,
    send=send,
    reply=reply,
    edit=edit,
    answer=answer,
    install=INSTALL,
    channels=CHANNELS,
    check=check,
    example=EXAMPLE,
    example_address=EXAMPLE.address,
    describe=describe,
    account=account,
    threads=True,
    action=RuleAction(
        ids=("sentry.integrations.slack.notify_action.SlackNotifyServiceAction",),
        audience=Audience.DESTINATION,
        options=Options,
        sentence="Send a notification to the {workspace} Slack workspace to {channel}"
        "[, showing the tags {tags}][, with the notes {notes}]",
        integration="workspace",
        address=address_of,
        label="Send a Slack notification",
    ),
    test_hint="Invite the app to the channel with /invite first.",
    docs="https://docs.slack.dev/authentication/tokens#bot",
    lane=lane,
    # "Generally one message a second per channel", with short bursts: https://docs.slack.dev/apis/web-api/rate-limits
    pace=Pace(gap=timedelta(seconds=1), burst=4),
)
