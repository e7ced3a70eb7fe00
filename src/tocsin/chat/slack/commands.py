"""`/tocsin …`: answered at once, to the one person who typed it (§8.4)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.chat.slack.request import Call, form, signed, talker
from tocsin.pipeline import chat_words
from tocsin.providers.slack.blocks import to_one
from tocsin.providers.slack.receive import command


@csrf_exempt  # Slack's signature is the proof
def receive(request: HttpRequest) -> HttpResponse:
    return signed(request, form, _answer)


def _answer(call: Call) -> HttpResponse:
    sender, text = command(call.payload)
    channel = "" if sender.channel.startswith("D") else sender.channel
    return JsonResponse(to_one(chat_words.answer(talker(sender), call.workspaces, text, channel, call.now)))
