"""What somebody pressed or chose below a message: done at once, and answered before Slack's three seconds are over.

The message itself is rewritten by the outbox, like each other message about the issue.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.chat.slack.request import Call, interaction, signed
from tocsin.pipeline import chat, chat_everything
from tocsin.pipeline.chat import Talker
from tocsin.providers.slack.receive import Pressed, read


@csrf_exempt  # Slack's signature is the proof
def receive(request: HttpRequest) -> HttpResponse:
    return signed(request, interaction, _act)


def _act(call: Call) -> HttpResponse:
    pressed = read(call.payload)
    if isinstance(pressed, Pressed):
        sender = pressed.sender
        talker = Talker("slack", sender.team, sender.user, sender.name, sender.answer_to)
        if pressed.issue_id is not None:
            chat.act(talker, call.workspaces, pressed.issue_id, pressed.does, call.now)
        else:
            chat_everything.pressed(talker, call.workspaces, pressed.does, call.now)
    return HttpResponse(status=200, headers={"Content-Length": "0"})
