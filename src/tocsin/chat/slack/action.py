"""What somebody pressed or chose below a message, or entered in a dialog: kept and acknowledged, then done by the
worker.

The message itself is rewritten by the outbox, like each other message about the issue.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.chat.slack.request import Call, interaction, signed, talker
from tocsin.core.acts import IGNORE
from tocsin.core.chat_action import ChatAction
from tocsin.core.dialogs import RefusedAnswers, word_of
from tocsin.core.subjects import Subject
from tocsin.pipeline import chat_actions, chat_preview
from tocsin.providers.slack.receive import Answered, Pressed, Sender, read


@csrf_exempt  # Slack's signature is the proof
def receive(request: HttpRequest) -> HttpResponse:
    return signed(request, interaction, _acknowledge)


def _acknowledge(call: Call) -> HttpResponse:
    match read(call.payload):
        case Pressed(sender, None, does) if does == IGNORE:
            chat_preview.take_back(talker(sender), call.workspaces, call.now)
        case Pressed(sender, about, does, trigger):
            _keep(call, sender, about, does, trigger)
        case Answered(sender, about, name, answers):
            try:
                _keep(call, sender, about, word_of(name, answers, call.now))
            except RefusedAnswers as refused:  # the dialog stays open, with what is wrong at its inputs
                return JsonResponse({"response_action": "errors", "errors": dict(refused.reasons)})
        case _:
            pass
    return HttpResponse(status=200, headers={"Content-Length": "0"})


def _keep(call: Call, sender: Sender, about: Subject | None, does: str, trigger: str = "") -> None:
    if about is not None and does:
        through = tuple(one.integration_id for one in call.workspaces)
        chat_actions.keep(ChatAction(talker(sender), through, about, does, call.now, trigger))
