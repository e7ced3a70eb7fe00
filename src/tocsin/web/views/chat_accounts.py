"""A person's chat accounts: which are linked, which have their address and could be, and what comes there."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.registry import Provider
from tocsin.pipeline import chat_identity, chat_offers, everything
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.chat_command import command
from tocsin.store.queries import chat_accounts, link_offers
from tocsin.web.access import PersonRequest, signed_in


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    me, services = request.person.pk, _services()
    linked = chat_accounts.of_person(me, list(services))
    context = {
        "linked": [(services[one.provider], one) for one in linked],
        "offers": link_offers.open_to(me),
        "commands": [(one.name, command(one)) for one in services.values() if one.command],
        "silent": [
            services[slug]
            for slug in {one.provider: None for one in linked}
            if everything.is_off(me, services[slug])
        ],
    }
    return render(request, "chat_accounts.html", context)


@require_POST
@signed_in
def unlink(request: PersonRequest, link_id: int) -> HttpResponse:
    found = chat_accounts.one_of(request.person.pk, link_id, list(_services()))
    if found is None:
        raise Http404("There is no such account, or it is not linked to you.")
    chat_identity.unlink(found, request.now, actor_id=request.person.pk)
    messages.success(request, f"{found.name} in {found.workspace} is not you any more.")
    return redirect("chat_accounts")


@require_POST
@signed_in
def answer(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Yes or no to an account that was offered."""
    if request.POST.get("answer") != "yes":
        if not chat_offers.decline(request.person.pk, offer_id, request.now):
            raise Http404("This was not offered to you, or is answered already.")
        messages.success(request, "You are not asked about it again.")
        return redirect("chat_accounts")
    if why := chat_offers.accept(request.person.pk, offer_id, request.now):
        messages.error(request, why)
    else:
        messages.success(request, "Linked. What you press there is done here in your name.")
    return redirect("chat_accounts")


@require_POST
@signed_in
def turn_on(request: PersonRequest, provider: str) -> HttpResponse:
    """All that a person hears of comes over this service from now on."""
    found = _services().get(provider)
    if found is None:
        raise Http404("There is no such chat service.")
    everything.turn_on(request.person.pk, found)
    messages.success(request, everything.done(found))
    return redirect("preferences")


def _services() -> dict[str, Provider]:
    """Where people have accounts that they link."""
    return {slug: one for slug, one in catalogue().providers.items() if one.account and one.spot}
