"""What happens in a workspace that Slack tells of: that the app was removed, that somebody writes to it or below an
alert (§8.5)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.chat.slack.request import Call, document, signed, talker
from tocsin.pipeline import chat, chat_comment, chat_home, chat_preview, chat_words
from tocsin.providers.slack.heard import Opened, Shared, heard
from tocsin.providers.slack.plain import plain, spoken_to
from tocsin.providers.slack.receive import Removed, UnreadableError, Written, event, event_name
from tocsin.providers.slack.remarks import Remark

Told = Removed | Written | Remark | Shared | Opened


@csrf_exempt  # Slack's signature is the proof
def receive(request: HttpRequest) -> HttpResponse:
    return signed(
        request, document, _hear, changes=False
    )  # each event has a name of its own, by which it counts once


def _hear(call: Call) -> HttpResponse:
    if call.payload.get("type") == "url_verification":
        return JsonResponse({"challenge": str(call.payload.get("challenge", ""))[:200]})
    told = event(call.payload) or heard(call.payload)
    name = event_name(call.payload)
    if not name:
        raise UnreadableError("The payload does not say which event it is.")
    if told is None or _is_elsewhere(told, call):
        return HttpResponse(status=200)
    with chat.once(f"slack-event:{name}", call.now) as is_first:
        if is_first:  # else Slack tells again what it thinks we have not heard
            _do(told, call)
    return HttpResponse(status=200)


def _is_elsewhere(told: Told, call: Call) -> bool:
    """Whether it was written below nothing of ours: most of what people say, so it costs one query and no write."""
    return isinstance(told, Remark) and not chat_comment.concerns(told.thread, call.workspaces)


def _do(told: Told, call: Call) -> None:
    match told:
        case Removed(why, at):
            chat.removed(call.workspaces, why, at, call.now)
        case Written(sender, text):
            who = talker(sender)
            home = chat.home_of(who, call.workspaces)
            message = chat_words.answer(who, [home], text, "", call.now)
            chat.write_to(who, home, sender.channel, message, call.now)
        case Shared(sender, at, links):
            chat_preview.show(talker(sender), call.workspaces, at, links, call.now)
        case Opened(sender):
            chat_home.publish(talker(sender), call.workspaces, call.now)
        case Remark():
            chat_comment.heard(_remark(told), call.workspaces, call.now)


def _remark(told: Remark) -> chat_comment.Remark:
    return chat_comment.Remark(
        provider="slack",
        became=told.became,
        thread=told.thread,
        name=told.name,
        user=told.user,
        mentions=spoken_to(told.text),
        plain=lambda names: plain(told.text, names),
    )
