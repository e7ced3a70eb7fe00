"""The outbox: messages whose service is not connected, to be read as they would have looked."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.store.queries import deliveries as queries
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.block_kit import render as render_blocks
from tocsin.web.entries import entries, entry
from tocsin.web.views.deliveries import number_of, preview_of


@member_of_organization
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    before = number_of(request.GET.get("before"))
    page = queries.undelivered(request.organization.pk, before)
    context = {"entries": entries(page.rows), "after": page.after, "before": before}
    return render(request, "outbox.html", context)


@member_of_organization
@require_safe
def one(request: MemberRequest, delivery_id: int) -> HttpResponse:
    found = queries.one(request.organization.pk, delivery_id)
    if found is None:
        raise Http404("There is no such message.")
    shown = preview_of(request, found)
    context = {
        "entry": entry(found.row),
        "delivery": found,
        "preview": shown,
        "blocks": render_blocks(shown.blocks),
    }
    return render(request, "outbox_message.html", context)
