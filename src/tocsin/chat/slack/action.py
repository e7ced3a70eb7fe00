"""What somebody pressed or chose below a message: done at once, and answered before Slack's three seconds are over.

The message itself is rewritten by the outbox, like each other message about the issue.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.chat.slack.request import Call, interaction, signed
from tocsin.core.subjects import AboutIssue, AboutRequest
from tocsin.pipeline import chat, chat_members
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
        _do(pressed, talker, call)
    return HttpResponse(status=200, headers={"Content-Length": "0"})


def _do(pressed: Pressed, talker: Talker, call: Call) -> None:
    match pressed.about:
        case AboutIssue(issue_id):
            chat.act(talker, call.workspaces, issue_id, pressed.does, call.now)
        case AboutRequest(request_id):
            chat_members.decide(talker, call.workspaces, request_id, pressed.does, call.now)
        case None:
            pass
