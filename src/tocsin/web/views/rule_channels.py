"""The channels that a name could become, as one types it in the rule editor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.pipeline.channels import suggestions
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.rule_home import home_of

LONGEST = 200


@member_of_organization
@require_safe
def suggest(request: MemberRequest, project: str | None = None) -> HttpResponse:
    """The list below the field named by `at`, of the connection that the field named by `of` holds. Private
    channels are among them, so it is for those alone who may edit."""
    home_of(request, project).require_editor()
    typed = request.GET.get(request.GET.get("at", ""), "")[:LONGEST].replace("\x00", "")
    connection = request.GET.get(request.GET.get("of", ""), "")
    number = int(connection) if connection.isascii() and connection.isdigit() and len(connection) < 19 else 0
    found = suggestions(request.organization.pk, number, typed, request.now)
    return render(request, "_rule_channels.html", {"channels": found})
