"""The door for all that Slack sends: its signature over the raw body, its age, and that it came once (§8.2).

401 for what is not Slack's, 400 for what makes no sense, 403 for a workspace that nobody here has connected. What
came is never logged.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse

from tocsin.core.chat_action import Talker
from tocsin.pipeline import chat, clock
from tocsin.pipeline.chat import Trusted, Workspace
from tocsin.providers.slack.receive import Sender, UnreadableError, is_signed, team_of


@dataclass(frozen=True, slots=True)
class Call:
    """A request that Slack signed: its payload, and where its workspace is connected."""

    payload: Mapping[str, Any]
    workspaces: tuple[Workspace, ...]
    now: datetime


Read = Callable[[bytes], Mapping[str, Any] | None]


def signed(
    request: HttpRequest, read: Read, answer: Callable[[Call], HttpResponse], *, changes: bool = True
) -> HttpResponse:
    """What `answer` makes of a request that `read` understands, if it is one of Slack's; what `changes` something
    counts once."""
    if request.method != "POST":
        return refusal(405, "Slack POSTs here.")
    try:
        body = request.body
    except RequestDataTooBig:
        return refusal(413, "The body is too large.")
    now = clock.now()
    payload = read(body)
    found = _trusted(request, body, payload, now)
    if refused := _refused(found, payload):
        return refused
    call = Call(payload or {}, found.workspaces, now)
    if not changes:
        return _answered(call, answer)
    with chat.once(f"slack:{request.headers['X-Slack-Signature']}", now) as is_first:
        return _answered(call, answer) if is_first else refusal(401, "This was sent before.")


def _answered(call: Call, answer: Callable[[Call], HttpResponse]) -> HttpResponse:
    try:
        return answer(call)
    except UnreadableError as error:
        return refusal(400, str(error))


def _trusted(request: HttpRequest, body: bytes, payload: Mapping[str, Any] | None, now: datetime) -> Trusted:
    signature = request.headers.get("X-Slack-Signature")
    timestamp = request.headers.get("X-Slack-Request-Timestamp")
    connected = chat.workspaces("slack", team_of(payload)) if payload is not None else ()
    return chat.trusted("slack", connected, lambda secret: is_signed([secret], timestamp, signature, body, now))


def _refused(found: Trusted, payload: Mapping[str, Any] | None) -> HttpResponse | None:
    """Why a request is not answered, or None. The signature comes first: strangers learn nothing else."""
    if not found.is_known:
        return refusal(401, "This is not signed with the signing secret of a Slack app that is known here.")
    if payload is None:
        return refusal(400, "The body is no payload of Slack's.")
    if not found.workspaces and payload.get("type") != "url_verification":  # asked before anybody connects (§8.2)
        return refusal(403, "No organization here has connected this workspace.")
    return None


def refusal(status: int, detail: str) -> HttpResponse:
    return JsonResponse({"detail": detail}, status=status)


def talker(sender: Sender) -> Talker:
    """Whoever Slack says it was, as the rows below know people of any service."""
    return Talker("slack", sender.team, sender.user, sender.name, sender.answer_to)


def interaction(body: bytes) -> Mapping[str, Any] | None:
    """The JSON of the form field `payload`; None for what is none."""
    fields = form(body)
    return document(str(fields.get("payload", "")).encode()) if fields else None


def form(body: bytes) -> Mapping[str, Any] | None:
    """The fields of a form, the first of each name; None for what is none."""
    try:
        found = parse_qs(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=30)
    except ValueError:
        return None
    return {name: values[0] for name, values in found.items()}


def document(body: bytes) -> Mapping[str, Any] | None:
    """A JSON object; None for what is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
