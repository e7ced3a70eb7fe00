"""Slack: a message in a channel, with a bot token.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

from tocsin.core.fields import choice, long_text, text
from tocsin.core.message import Code, Fields, Link, Message, Note, Severity
from tocsin.core.origin import Origin
from tocsin.core.pace import Pace
from tocsin.core.people import Account
from tocsin.core.registry import Audience, Provider, RuleAction
from tocsin.core.sending import Parcel, Sending
from tocsin.core.threads import ACTIVITY_WORDS, AS_ORGANIZATION, LATER_WORDS
from tocsin.providers.slack import home, preview, views
from tocsin.providers.slack.channels import CHANNELS
from tocsin.providers.slack.install import INSTALL
from tocsin.providers.slack.manifest import command
from tocsin.providers.slack.people import ROSTER
from tocsin.providers.slack.send import (
    DIALOG,
    DRAFT,
    HOME,
    PREVIEW,
    WHISPER,
    Address,
    Settings,
    check,
    edit,
    reply,
    send,
    spot,
    thread_of,
    whisper,
)


@dataclass(frozen=True)
class Options:
    """A rule action's options, named as API clients send them; ids come as numbers or text."""

    workspace: str = text("Workspace", default=None)
    channel: str = text("Channel", default=None, placeholder="#ops")
    channel_id: str = text("Channel id")
    input_channel_id: str = text("Channel id as typed")
    tags: str = text("Tags to show", placeholder="environment, user", help="Names, with commas between them")
    notes: str = long_text("Notes", help="Shown below the message; @here and @U024BE7LH mention people")
    later_alerts: str = choice(
        "Later alerts about an issue",
        {"": AS_ORGANIZATION, **LATER_WORDS},
        default="",
        help="Where an alert about the same issue stands in the channel already",
    )
    activity: str = choice(
        "What happens to the issue is said",
        {"": AS_ORGANIZATION, **ACTIVITY_WORDS},
        default="",
        help="Resolved, assigned, commented: below the alert",
    )


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


# What is no conversation: its lane, for the limit is the method's (chat.unfurl 50 a minute and workspace,
# views.publish 100), and who says something there.
_SPOTS: dict[str, tuple[str, Callable[[Settings, Parcel], Sending]]] = {
    PREVIEW: ("previews", preview.show),
    DRAFT: ("previews", preview.show),
    HOME: ("homes", home.publish),
    DIALOG: ("dialogs", views.ask),
    WHISPER: ("whispers", whisper),
}


def say(settings: Settings, parcel: Parcel) -> Sending:
    """A message of its own, in a conversation or at a spot."""
    _, there = _SPOTS.get(parcel.address.place, ("", send))
    return there(settings, parcel)


def lane(address: Address, conversation: str) -> str:
    """A channel, by its id where that is known: renaming it must not let two lanes into one channel."""
    beside = f"{crc32(conversation.encode()) % 16}"  # nobody waits for what another person pressed
    if address.place in _SPOTS:
        name, _ = _SPOTS[address.place]
        return f"{name}/{beside}" if address.place in (DIALOG, WHISPER) else name
    if address.answer_to:
        return f"answers/{beside}"
    return address.channel_id or address.channel


PROVIDER = Provider(
    slug="slack",
    name="Slack",
    settings=Settings,
    address=Address,
    send=say,
    reply=reply,
    edit=edit,
    spot=spot,
    install=INSTALL,
    roster=ROSTER,
    command=command,
    origin=Origin(address="api_url", signed_with="signing_secret"),
    channels=CHANNELS,
    check=check,
    example=EXAMPLE,
    example_address=EXAMPLE.address,
    describe=describe,
    account=account,
    threads=True,
    thread_of=thread_of,
    action=RuleAction(
        ids=("sentry.integrations.slack.notify_action.SlackNotifyServiceAction",),
        audience=Audience.DESTINATION,
        options=Options,
        sentence="Send a notification to the {workspace} Slack workspace to {channel}"
        "[, showing the tags {tags}][, with the notes {notes}]"
        "[, later alerts {later_alerts}][, what happens to the issue {activity}]",
        integration="workspace",
        address=address_of,
        label="Send a Slack notification",
    ),
    test_hint="In a private channel, invite the app with /invite first.",
    docs="https://docs.slack.dev/authentication/tokens#bot",
    lane=lane,
    # "Generally one message a second per channel", with short bursts: https://docs.slack.dev/apis/web-api/rate-limits
    pace=Pace(gap=timedelta(seconds=1), burst=4),
)
