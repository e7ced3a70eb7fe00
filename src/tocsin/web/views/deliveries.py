"""The ledger: every delivery with its state, one with all that explains it, and replay."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tocsin.pipeline import ledger
from tocsin.pipeline.preview import Preview, preview
from tocsin.store.queries import deliveries as queries
from tocsin.store.queries import integrations
from tocsin.store.queries.deliveries import Filters, One
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.block_kit import render as render_blocks
from tocsin.web.entries import entries, entry, kind_name, service_name

TABS = {
    "": ("All", frozenset[str]()),
    "waiting": ("Waiting", ledger.GROUPS["waiting"]),
    "sent": ("Sent", frozenset({"sent"})),
    "failed": ("Failed", ledger.GROUPS["failed"]),
    "suppressed": ("Suppressed", frozenset({"suppressed"})),
}
SINCE = {"": "Any time", "1h": "Last hour", "24h": "Last day", "7d": "Last week", "30d": "Last month"}
REPLAYED_TABS = {"failed", "dead"}
# A mail's HTML is shown in a frame of its own, where it can neither run nor load nor send anything.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@dataclass(frozen=True, slots=True)
class Tab:
    value: str
    name: str
    total: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Select:
    """One way to narrow the list: its field's name, its label, what is chosen, what can be."""

    name: str
    label: str
    value: str
    choices: list[tuple[str, str]]


@member_of_organization
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    filters, _ = ledger.read_filters(request.GET, request.now)
    page = queries.page(request.organization.pk, filters, number_of(request.GET.get("before")))
    counts = queries.counts(request.organization.pk)
    chosen = request.GET.get("state", "")
    context = {
        "entries": entries(page.rows),
        "after": page.after,
        "before": request.GET.get("before"),
        "tabs": _tabs(chosen, counts),
        "chosen": chosen,
        "selects": _selects(request, filters),
        "asked": {name: request.GET[name] for name in ledger.ASKED if request.GET.get(name)},
        "text": filters.text,
        "is_filtered": bool(chosen or _narrowed(request.GET)),
        "is_narrowed": _narrowed(request.GET),
        "replayable": sum(counts.get(state, 0) for state in queries.REPLAYABLE) if chosen in REPLAYED_TABS else 0,
    }
    return render(request, "deliveries.html", context)


def _narrowed(asked: QueryDict) -> bool:
    return any(asked.get(name) for name in ledger.ASKED if name != "state")


def _selects(request: MemberRequest, filters: Filters) -> list[Select]:
    """What the list can be narrowed to; a choice of one is none."""
    organization_id = request.organization.pk
    services = [(slug, service_name(slug)) for slug in queries.providers(organization_id)]
    connected = [(str(one.id), one.name) for one in integrations.connected(organization_id)]
    kinds = [(slug, kind_name(slug)) for slug in queries.kinds(organization_id)]
    integration = str(filters.integration_id or "")
    offered = [
        Select("provider", "Service", filters.provider, [("", "All services"), *services]),
        Select("integration", "Integration", integration, [("", "All integrations"), *connected]),
        Select("kind", "Kind", filters.kind, [("", "All kinds"), *kinds]),
        Select("since", "Decided", request.GET.get("since", ""), list(SINCE.items())),
    ]
    return [one for one in offered if len(one.choices) > 2 or one.value]


@member_of_organization
@require_safe
def one(request: MemberRequest, delivery_id: int) -> HttpResponse:
    found = _found(request, delivery_id)
    shown = preview_of(request, found)
    context = {
        "entry": entry(found.row),
        "delivery": found,
        "preview": shown,
        "blocks": render_blocks(shown.blocks),
        "rules": _rules(found),
    }
    return render(request, "delivery.html", context)


@member_of_organization
@require_safe
def mail(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """The HTML half of a mail, for the frame that shows it."""
    shown = preview_of(request, _found(request, delivery_id))
    if shown.kind != "mail":
        raise Http404("This message is no mail.")
    response = HttpResponse(shown.html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_POST
@member_of_organization
def replay(request: MemberRequest) -> HttpResponse:
    """One delivery (`delivery`), or all that match the filters and ended badly (`all`)."""
    organization_id = request.organization.pk
    one_id = number_of(request.POST.get("delivery"))
    filters, _ = ledger.read_filters(request.POST, request.now)
    ids = [one_id] if one_id is not None else queries.replayable_ids(organization_id, filters)
    person = request.person
    moved = ledger.replay(
        organization_id=organization_id, ids=ids, actor_id=person.pk, by=person.display_name, now=request.now
    )
    if moved:
        messages.success(request, "Queued again." if moved == 1 else f"{moved} deliveries are queued again.")
    else:
        messages.error(request, "Nothing to replay: only what failed or was given up can be sent again.")
    if one_id is not None:
        return redirect("delivery", request.organization.slug, one_id)
    return redirect(f"{reverse('deliveries', args=[request.organization.slug])}?state=waiting")


def preview_of(request: MemberRequest, found: One) -> Preview:
    """How the message looks at its destination."""
    stored = None
    if found.integration_id is not None:
        stored = integrations.stored(request.organization.pk, found.integration_id)
    return preview(found, stored.settings if stored else {})


def number_of(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def _found(request: MemberRequest, delivery_id: int) -> One:
    found = queries.one(request.organization.pk, delivery_id)
    if found is None:
        raise Http404("There is no such delivery.")
    return found


def _tabs(chosen: str, counts: dict[str, int]) -> list[Tab]:
    return [
        Tab(
            value,
            name,
            None if value in ("", "sent") else sum(counts.get(state, 0) for state in states),
            value == chosen,
        )
        for value, (name, states) in TABS.items()
    ]


def _rules(found: One) -> list[str]:
    """The labels of the rules that wanted this delivery, as they were when it was decided."""
    wanted = set(found.detail.get("rules", ()))
    return [str(rule.get("label", "")) for rule in found.row.facts.get("rules", ()) if rule.get("id") in wanted]
