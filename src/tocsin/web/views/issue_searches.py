"""Searches beside the stream: what may come next as one types, and those that are kept under a name."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.core import search_suggest
from tocsin.core.roles import MAY_MANAGE
from tocsin.core.search import LONGEST
from tocsin.core.search_save import Wanted, read
from tocsin.core.search_suggest import Suggestion
from tocsin.store.models import SavedSearch
from tocsin.store.queries import saved_searches, search_values, tags
from tocsin.store.writes import saved_searches as writes
from tocsin.web.access import MemberRequest, member_of_organization

NOT_YOURS = "Only admins and above may change the organization's searches. Keep it for yourself."


def suggestions(organization_id: int, text: str) -> list[Suggestion]:
    """How the last term of a text could go on: what is known of its key, then what has been reported."""
    term = search_suggest.unfinished(text[:LONGEST])
    if term is None:
        return []
    most = search_suggest.MOST
    if term.key:
        known = search_suggest.values(term)
        reported = [
            term.with_value(one) for one in search_values.values_of(organization_id, term.key, term.said, most)
        ]
    else:
        known = search_suggest.keys(term)
        named = tags.keys(organization_id, term.said, most) if term.said else []
        reported = [term.with_key(one, "a tag") for one in named]
    once: dict[str, Suggestion] = {}
    for one in (*known, *reported):
        once.setdefault(one.query.lower(), one)
    return list(once.values())[:most]


@member_of_organization
@require_safe
def suggest(request: MemberRequest) -> HttpResponse:
    """The list below the search box, as one types."""
    found = suggestions(request.organization.pk, request.GET.get("query", ""))
    return render(request, "_suggestions.html", {"suggestions": found})


@member_of_organization
@require_POST
def keep(request: MemberRequest) -> HttpResponse:
    """Keeps a search under a name, or makes it (or nothing any more) what the person's stream opens with."""
    act = request.POST.get("act", "")
    wanted = read(request.POST.dict(), needs_name=act == "keep")
    if act == "unpin":
        writes.unpin(request.organization.pk, request.person.pk)
        messages.success(request, "Your issues open as everyone's do.")
    elif not isinstance(wanted, Wanted):
        messages.error(request, " ".join(f"{field.capitalize()}: {why[0]}" for field, why in wanted.items()))
    elif act == "pin":
        chosen = {"query": wanted.query, "sort": wanted.sort}
        writes.pin(request.organization.pk, request.person.pk, now=request.now, **chosen)
        messages.success(request, "Your issues open with this search from now on.")
    else:
        _keep(request, wanted)
    return redirect(f"/{request.organization.slug}/issues/?{request.POST.get('back', '').lstrip('?')}")


def _keep(request: MemberRequest, wanted: Wanted) -> None:
    if wanted.is_everyones and request.membership.role not in MAY_MANAGE:
        messages.error(request, NOT_YOURS)
        return
    owner = None if wanted.is_everyones else request.person.pk
    words = {"name": wanted.name, "query": wanted.query, "sort": wanted.sort}
    if writes.save(request.organization.pk, owner, now=request.now, **words) is None:
        messages.error(request, f"There are {writes.MOST} kept searches already. Remove one first.")
    else:
        messages.success(request, f"Kept as “{wanted.name}”, beside your issues.")


@member_of_organization
@require_POST
def forget(request: MemberRequest, search_id: int) -> HttpResponse:
    """Removes a kept search."""
    if found := _to_change(request, search_id):
        writes.remove(found)
        messages.success(request, f"“{found.name}” is no longer kept.")
    return redirect("issues", organization=request.organization.slug)


@member_of_organization
@require_POST
def rename(request: MemberRequest, search_id: int) -> HttpResponse:
    """Calls a kept search something else."""
    if found := _to_change(request, search_id):
        wanted = read({"name": request.POST.get("name", "")})
        if not isinstance(wanted, Wanted):
            messages.error(request, wanted["name"][0])
        elif writes.change(found, name=wanted.name, query=found.query, sort=found.sort):
            messages.success(request, f"It is called “{found.name}” from now on.")
        else:
            messages.error(request, f"Another kept search is called “{wanted.name}”. Choose a different name.")
    return redirect("issues", organization=request.organization.slug)


def _to_change(request: MemberRequest, search_id: int) -> SavedSearch | None:
    """The search, if the person may change it; else they are told why not."""
    found = saved_searches.one(request.organization.pk, request.person.pk, search_id)
    if found is None:
        raise Http404("That search is gone already, or it is somebody else's.")
    if found.user_id is None and request.membership.role not in MAY_MANAGE:
        messages.error(request, NOT_YOURS)
        return None
    return found
