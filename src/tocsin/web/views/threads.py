"""What an organization chooses for the threads of its alerts: what goes there, and what comes of it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.core.fields import InvalidFieldsError, as_mapping, parse
from tocsin.core.threads import Choices
from tocsin.pipeline import install
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries import integrations
from tocsin.store.queries.threads import choices_of
from tocsin.store.writes.threads import chose
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.fields import fields, given
from tocsin.web.roles import may_manage, require_manager


@dataclass(frozen=True, slots=True)
class Reader:
    """A connection that could read what people write, with the scopes that it lacks for that; `is_known` is false
    where a token was typed, of which nobody knows."""

    id: int
    name: str
    lacks: tuple[str, ...]
    is_known: bool


@require_http_methods(["GET", "HEAD", "POST"])
@member_of_organization
def choose(request: MemberRequest) -> HttpResponse:
    """All members look; owners, managers and admins choose."""
    values: dict[str, object] = as_mapping(choices_of(request.organization))
    errors: dict[str, str] = {}
    if request.method == "POST":
        require_manager(request)
        values = given(Choices, request.POST.dict())
        try:
            chosen = parse(Choices, values)
        except InvalidFieldsError as error:
            errors = error.reasons
        else:
            chose(request.organization.pk, chosen, actor_id=request.person.pk, now=request.now)
            messages.success(request, "Chosen. It counts from the next message on.")
            return redirect("threads", request.organization.slug)
    context = {
        "fields": fields(Choices, values, errors),
        "readers": _readers(request) if request.organization.takes_comments else [],
        "may_manage": may_manage(request),
    }
    return render(request, "threads.html", context, status=422 if errors else 200)


def _readers(request: MemberRequest) -> list[Reader]:
    """The connections to services whose threads are heard."""
    providers = {slug: one for slug, one in catalogue().providers.items() if one.threads and one.install}
    found = integrations.all_stored(request.organization.pk, providers)
    return [
        Reader(
            one.connected.id,
            one.connected.name,
            install.lacking(providers[one.connected.provider], one, hears=True),
            bool(one.settings.get("scopes")),
        )
        for one in found
    ]
