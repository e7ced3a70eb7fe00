"""A delivery's message as it would look: the service's own code says what it would send, and nothing leaves."""

import email
import email.policy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Literal

import msgspec

from tocsin.core.fields import Kind, Spec, parse, specs
from tocsin.core.message import Message
from tocsin.core.registry import Provider
from tocsin.core.sending import Mail, Parcel, Question, Request
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import connectable, environment
from tocsin.pipeline.message import message_of, with_additions
from tocsin.pipeline.rehearse import rehearse
from tocsin.store.queries.deliveries import One, Row

HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave. `mail`: subject, sender, recipient, text and html. `blocks`: Block Kit in `blocks`.
    `text`: only words. `body` is the request's JSON, or the mail as it is; headers, which may hold secrets, are
    never here. `reason` says why there is nothing to show."""

    kind: Literal["mail", "blocks", "text"]
    text: str = ""
    html: str = ""
    subject: str = ""
    sender: str = ""
    recipient: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()
    body: str = ""
    reason: str = ""


def preview(delivery: One, stored: Mapping[str, Any]) -> Preview:
    """How a delivery looks at its destination, connected or not; `stored` are its integration's settings, or {}.

    No secret takes part: a service that writes one into its request's body shows an example there.
    """
    provider = catalogue().providers.get(delivery.row.provider)
    message = said(delivery.row.kind, delivery.row.facts, delivery.detail)
    if message is None:
        return Preview("text", reason=f"Messages of the kind {delivery.row.kind!r} can no longer be shown.")
    message = _whole(message, delivery)
    if provider is None:
        return Preview("text", message.plain(), reason=f"The service {delivery.row.provider!r} has been removed.")
    try:
        parcel = _parcel(provider, delivery, message)
        questions = rehearse(provider.send(pretended(provider.settings, stored), parcel))
    except Exception as error:  # noqa: BLE001 — a page that shows why beats a page that fails
        return Preview("text", message.plain(), reason=f"{provider.name} cannot show it: {error}")
    return _shown(questions[-1] if questions else None, message)


def _whole(message: Message, delivery: One) -> Message:
    row = delivery.row
    return with_additions(message, row.kind, delivery.organization, delivery.project, row.provider)[0]


def where(row: Row) -> str:
    """Where a delivery goes, in a few words: "Slack to #ops", "Inbox of Ana"."""
    provider = catalogue().providers.get(row.provider)
    name = provider.name if provider else row.provider
    is_inside = provider is not None and not connectable(provider)
    return f"{name} of {row.person}" if is_inside and row.person else f"{name} to {row.label}"


def said(kind: str, facts: Mapping[str, Any], detail: Mapping[str, Any]) -> Message | None:
    """The message of stored facts without its secrets; None when its kind is gone or its facts no longer fit."""
    try:
        hidden = {name: _hidden(facts[name]) for name in catalogue().kinds[kind].secret if name in facts}
        return message_of(kind, {**facts, **hidden}, detail)
    except (KeyError, msgspec.ValidationError):
        return None


def _hidden(value: Any) -> Any:
    """In the place of a secret: dots for words, nothing for what is a list."""
    return HIDDEN if value and isinstance(value, str) else type(value)()


def pretended(declared: type[Any], stored: Mapping[str, Any]) -> Any:
    """Settings as they are, with examples in the place of secrets and of what is missing."""
    environ = environment()
    values: dict[str, object] = {}
    for name, spec, required in specs(declared):
        given = stored.get(name) or environ.get(spec.environment, "")
        is_hidden = spec.kind is Kind.SECRET and given
        values[name] = _example(spec) if is_hidden or (required and not given) else given
    return parse(declared, values)


def _example(spec: Spec) -> object:
    match spec.kind:
        case Kind.INTEGER | Kind.NUMBER:
            return spec.at_least or 1
        case Kind.BOOLEAN:
            return False
        case Kind.CHOICE:
            return spec.choices[0][0]
        case Kind.CHOICES:
            return spec.choices[0][:1]
        case _:
            return spec.placeholder or "preview"


def _parcel(provider: Provider, delivery: One, message: Message) -> Parcel:
    address = parse(provider.address, delivery.address)
    return Parcel(delivery.key, message, address, delivery.conversation, delivery.decided)


def _shown(question: Question | None, message: Message) -> Preview:
    match question:
        case Mail():
            return _mail(question)
        case Request(json=dict() as body) if blocks := tuple(_blocks(body)):
            return Preview("blocks", str(body.get("text", "")), blocks=blocks, body=_indented(body))
        case Request(json=body) if body is not None:
            return Preview("text", message.plain(), body=_indented(body))
        case _:
            return Preview("text", message.plain())


def _blocks(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The Block Kit of a request's body: a message's, a view's, or that of each link that it shows."""
    for name, value in body.items():
        if isinstance(value, list) and name.endswith("blocks"):
            yield from (block for block in value if isinstance(block, dict))
        elif isinstance(value, dict):
            yield from _blocks(value)


def _indented(body: Any) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


def _mail(mail: Mail) -> Preview:
    parsed = email.message_from_bytes(mail.raw, policy=email.policy.default)
    return Preview(
        "mail",
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
        subject=str(parsed["subject"] or ""),
        sender=str(parsed["from"] or mail.sender),
        recipient=str(parsed["to"] or mail.recipient),
        body=mail.raw.decode("utf-8", "replace"),
    )


def _part(parsed: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = parsed.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
