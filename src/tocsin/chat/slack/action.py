"""What somebody pressed or chose below a message: kept and acknowledged, then done by the worker.

The message itself is rewritten by the outbox, like each other message about the issue.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.chat.slack.request import Call, interaction, signed
from tocsin.core.chat_action import ChatAction, Talker
from tocsin.pipeline import chat_actions
from tocsin.providers.slack.receive import Pressed, read


@csrf_exempt  # Slack's signature is the proof
def receive(request: HttpRequest) -> HttpResponse:
    return signed(request, interaction, _keep)


def _keep(call: Call) -> HttpResponse:
    pressed = read(call.payload)
    if isinstance(pressed, Pressed) and pressed.about is not None:
        sender = pressed.sender
        talker = Talker("slack", sender.team, sender.user, sender.name, sender.answer_to)
        through = tuple(one.integration_id for one in call.workspaces)
        chat_actions.keep(ChatAction(talker, through, pressed.about, pressed.does, call.now))
    return HttpResponse(status=200, headers={"Content-Length": "0"})
