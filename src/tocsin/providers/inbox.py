"""The inbox in the product itself: the ledger's row is the message, so it has arrived once it is written."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.core.fields import integer, text
from tocsin.core.message import Message, Paragraph, Severity
from tocsin.core.people import Person
from tocsin.core.registry import Provider, by_conversation
from tocsin.core.sending import Delivered, Parcel, Sending


@dataclass(frozen=True)
class Settings:
    """Nothing has to be set."""


@dataclass(frozen=True)
class Address:
    user_id: int = integer("User")
    name: str = text("Whose")


def send(settings: Settings, parcel: Parcel) -> Sending:
    del settings, parcel
    yield from ()  # asks for nothing
    return Delivered()


def personal(person: Person) -> Address:
    return Address(person.id, person.name)


def describe(address: Address) -> str:
    return address.name or f"user {address.user_id}"


EXAMPLE = Parcel(
    key="0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    message=Message(
        heading="Test notification",
        title="acme can reach your inbox",
        link="https://tocsin.example/inbox/",
        severity=Severity.INFO,
        summary="Test notification: acme can reach your inbox",
        blocks=(Paragraph("Nothing is wrong: this only shows that messages arrive here."),),
    ),
    address=Address(7),
    conversation="test",
    at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
)

PROVIDER = Provider(
    slug="inbox",
    name="Inbox",
    settings=Settings,
    address=Address,
    send=send,
    example=EXAMPLE,
    example_address=EXAMPLE.address,
    describe=describe,
    personal=personal,
    needs_integration=False,
    lane=by_conversation,
)
