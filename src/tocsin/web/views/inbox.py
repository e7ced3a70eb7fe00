"""A person's inbox: what was said to them inside the product, unread first."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.store.queries import inbox as queries
from tocsin.store.queries import link_offers
from tocsin.store.writes import inbox as writes
from tocsin.web.access import PersonRequest, signed_in
from tocsin.web.entries import entry
from tocsin.web.views.deliveries import number_of

LAST_PAGE = 10_000  # half a million messages; a database takes no offset of 20 digits


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    page = min(number_of(request.GET.get("page")) or 1, LAST_PAGE)
    found, more = queries.messages(request.person.pk, page)
    context = {
        "messages_here": [(organization, entry(row)) for organization, row in found],
        "page": page,
        "newer": page - 1 if page > 1 else None,
        "older": page + 1 if more else None,
        "offers": link_offers.open_to(request.person.pk),
    }
    return render(request, "inbox.html", context)


@signed_in
@require_safe
def opened(request: PersonRequest, delivery_id: int) -> HttpResponse:
    """Marks a message read and leads to what it is about."""
    found = queries.one(request.person.pk, delivery_id)
    if found is None:
        raise Http404("There is no such message in your inbox.")
    organization, row = found
    writes.read(request.person.pk, [delivery_id], request.now)
    if row.issue_id is not None:
        return redirect(f"/{organization}/issues/{row.issue_id}/")
    return redirect("delivery", organization, delivery_id)


@require_POST
@signed_in
def mark(request: PersonRequest) -> HttpResponse:
    """All messages, or the one `message`, read; with `unread`, that one unread again."""
    delivery_id = number_of(request.POST.get("message"))
    if delivery_id is None:
        count = writes.read(request.person.pk, None, request.now)
        messages.success(request, f"{count} message{'s' if count != 1 else ''} marked as read.")
    elif request.POST.get("unread"):
        writes.unread(request.person.pk, delivery_id)
    else:
        writes.read(request.person.pk, [delivery_id], request.now)
    return redirect("inbox")
