"""A project's set-up: where its SDKs report, who is told, and a test error to see it work."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.dsn import dsn
from tocsin.core.key_limit import parse_limit, span
from tocsin.pipeline import links
from tocsin.pipeline.walk import NotAcceptedError, send_test_error
from tocsin.store.queries import refusals
from tocsin.store.queries import setup as queries
from tocsin.store.queries.setup import Key, Setup
from tocsin.store.writes import keys
from tocsin.web import throttle
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.roles import may_manage, may_report, require_manager
from tocsin.web.snippets import SNIPPETS, chosen, filled

WINDOWS = (60, 3_600, 86_400)


@dataclass(frozen=True, slots=True)
class ShownKey:
    """`limit` and `windows` are in words; `refused` are the events that it turned away this week."""

    key: Key
    dsn: str
    limit: str
    windows: tuple[tuple[int, str], ...]
    refused: int


@member_of_organization
@require_safe
def show(request: MemberRequest, project: str) -> HttpResponse:
    found = queries.whole(request.organization.pk, project)
    if found is None:
        raise Http404("There is no such project.")
    snippet = chosen(request.GET.get("sdk", ""))
    address = _dsn(found, found.key) if found.key else ""
    refused = refusals.of_project(found.id, request.now.date() - timedelta(days=6))
    context = {
        "project": found,
        "dsn": address,
        "keys": [_shown(found, key, refused.get(key.id, 0)) for key in found.keys],
        "snippets": SNIPPETS,
        "snippet": snippet,
        "code": filled(snippet, address or "…"),
        "may_manage": may_manage(request),
        "may_report": may_report(request, found),
    }
    return render(request, "project.html", context)


@require_POST
@member_of_organization
def add_key(request: MemberRequest, project: str) -> HttpResponse:
    found = project_of(request, project)
    require_manager(request)
    label = request.POST.get("label", "")
    keys.added(request.organization.pk, found.id, label, actor_id=request.person.pk, now=request.now)
    messages.success(request, "The new key takes events from now on.")
    return redirect("project", request.organization.slug, project)


@require_POST
@member_of_organization
def switch_key(request: MemberRequest, project: str, key_id: int) -> HttpResponse:
    """On for `active=1`, else off."""
    found = project_of(request, project)
    require_manager(request)
    on = request.POST.get("active") == "1"
    if not keys.switched(
        request.organization.pk, found.id, key_id, is_active=on, actor_id=request.person.pk, now=request.now
    ):
        raise Http404("There is no such key.")
    words = "The key takes events again." if on else "The key is off: what is reported with it is refused."
    messages.success(request, words)
    return redirect("project", request.organization.slug, project)


@require_POST
@member_of_organization
def limit_key(request: MemberRequest, project: str, key_id: int) -> HttpResponse:
    """`count` events in `window` seconds; an empty count lifts the limit."""
    found = project_of(request, project)
    require_manager(request)
    try:
        limit = parse_limit(request.POST.get("count", "").strip(), request.POST.get("window", ""))
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("project", request.organization.slug, project)
    if not keys.limited(
        request.organization.pk, found.id, key_id, limit, actor_id=request.person.pk, now=request.now
    ):
        raise Http404("There is no such key.")
    words = f"The key takes {limit.events:,} events in {span(limit.seconds)}." if limit else "The key has no limit."
    messages.success(request, words)
    return redirect("project", request.organization.slug, project)


@require_POST
@member_of_organization
def test_error(request: MemberRequest, project: str) -> HttpResponse:
    """Reports a real error to the project and shows its walk."""
    found = queries.whole(request.organization.pk, project)
    if found is None:
        raise Http404("There is no such project.")
    if not may_report(request, found):
        raise PermissionDenied("Only managers and members of the project's teams may send it a test error.")
    if found.key is None:
        messages.error(request, "No key of this project is on, so nothing can report to it. Make a key first.")
        return redirect("project", request.organization.slug, project)
    if not throttle.may_report_again(request.organization.pk):
        messages.error(request, f"{throttle.TEST_ERRORS} test errors were sent within a minute. Try again in one.")
        return redirect("project", request.organization.slug, project)
    try:
        event_id = send_test_error(found.id, request.now)
    except NotAcceptedError as error:
        messages.error(request, str(error))
        return redirect("project", request.organization.slug, project)
    return redirect("walk", request.organization.slug, project, event_id)


def project_of(request: MemberRequest, slug: str) -> Setup:
    """The organization's project of this slug; 404 for others'."""
    found = queries.project(request.organization.pk, slug)
    if found is None:
        raise Http404("There is no such project.")
    return found


def _shown(project: Setup, key: Key, refused: int) -> ShownKey:
    lengths = sorted({*WINDOWS, key.window} - {0})
    words = f"{key.limit:,} events in {span(key.window)}" if key.limit else ""
    return ShownKey(key, _dsn(project, key), words, tuple((one, span(one)) for one in lengths), refused)


def _dsn(project: Setup, key: Key) -> str:
    return dsn(links.base(), key.public_key, project.id)
