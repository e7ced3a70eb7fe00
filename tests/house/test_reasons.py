"""Every kind of notification says in its mail why the reader was told."""

import email
from dataclasses import replace
from email import policy

import pytest

from tocsin import notifications
from tocsin.core.registry import NotificationKind, load
from tocsin.pipeline.message import message_of
from tocsin.providers.email import EXAMPLE as PARCEL
from tocsin.providers.email.letter import letter

KINDS = load(notifications, "NOTIFICATION_KIND")
WHY = "you are on duty this week"


def mail_halves(message) -> list[str]:
    """The text and the HTML half of a mail to a person, as they are read."""
    raw = letter(replace(PARCEL, message=message), "tocsin@example.org", PARCEL.address.email)[1]
    mail = email.message_from_bytes(raw, policy=policy.SMTP)
    return [mail.get_body((half,)).get_content().replace("&#x27;", "'") for half in ("plain", "html")]


def says_why(kind: NotificationKind, example=None) -> bool:
    """Whether both halves hold a sentence that begins as every reason does."""
    message = kind.render(example or kind.example)
    return message.reason.startswith("You are told because ") and all(
        message.reason in half for half in mail_halves(message)
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_its_mail_says_why_it_came(kind: NotificationKind):
    assert says_why(kind)


@pytest.mark.parametrize(
    "kind", [one for one in KINDS.values() if "reason" in one.facts.__dataclass_fields__], ids=lambda one: one.slug
)
def test_what_was_decided_for_the_reader_is_what_they_read(kind: NotificationKind):
    facts = {name: getattr(kind.example, name) for name in kind.facts.__dataclass_fields__}

    message = message_of(kind.slug, facts, {"reason": WHY})

    assert all(WHY in half for half in mail_halves(message))


def test_a_kind_that_keeps_its_reason_to_itself_is_noticed():
    kind = KINDS["weekly_report"]
    silent = replace(kind, render=lambda facts: replace(kind.render(facts), reason=""))

    assert not says_why(silent)
    assert not says_why(kind, replace(kind.example, reason=""))
