"""The people and teams whom an issue can be given to, as somebody types in a menu (§8.6)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tocsin.chat.slack.request import Call, interaction, signed, talker
from tocsin.pipeline import chat
from tocsin.providers.slack.controls import groups
from tocsin.providers.slack.receive import Typed, read


@csrf_exempt  # Slack's signature is the proof
def receive(request: HttpRequest) -> HttpResponse:
    return signed(request, interaction, _offer, changes=False)


def _offer(call: Call) -> HttpResponse:
    typed = read(call.payload)
    if not isinstance(typed, Typed) or typed.issue_id is None:
        return JsonResponse({"options": []})
    found = chat.assignees(talker(typed.sender), call.workspaces, typed.issue_id, typed.text)
    return JsonResponse(groups([("Teams", found.teams), ("People", found.people)]))
