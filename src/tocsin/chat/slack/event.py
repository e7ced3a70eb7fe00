"""What happens in a workspace that Slack tells of: that the app was removed, that somebody writes to it (§8.5)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.chat.slack.request import Call, document, signed
from tocsin.core.chat_action import Talker
from tocsin.pipeline import chat, chat_words
from tocsin.providers.slack.receive import Removed, Written, event


@csrf_exempt  # Slack's signature is the proof
def receive(request: HttpRequest) -> HttpResponse:
    return signed(request, document, _hear)


def _hear(call: Call) -> HttpResponse:
    if call.payload.get("type") == "url_verification":
        return JsonResponse({"challenge": str(call.payload.get("challenge", ""))[:200]})
    name = call.payload.get("event_id")
    if isinstance(name, str) and not chat.is_first(f"slack-event:{name}", call.now):
        return HttpResponse(status=200)  # Slack tells again what it thinks we have not heard
    match event(call.payload):
        case Removed(why, at):
            chat.removed(call.workspaces, why, at, call.now)
        case Written(sender, text):
            talker = Talker("slack", sender.team, sender.user, sender.name, "")
            home = chat.home_of(talker, call.workspaces)
            message = chat_words.answer(talker, [home], text, "", call.now)
            chat.write_to(talker, home, sender.channel, message, call.now)
        case None:
            pass
    return HttpResponse(status=200)
