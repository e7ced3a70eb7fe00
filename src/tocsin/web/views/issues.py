"""The stream of issues of an organization, and what people do to several at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.roles import MAY_MANAGE
from tocsin.core.search import LONGEST, Fault, parse
from tocsin.core.search_keys import KEYS
from tocsin.pipeline import command
from tocsin.store.queries import accounts, issues, saved_searches
from tocsin.store.queries.issue_search import DEFAULT
from tocsin.web.access import MemberRequest, PersonRequest, member_of_organization, signed_in
from tocsin.web.views.deliveries import number_of
from tocsin.web.views.issue_searches import suggestions

SORTS = (
    ("date", "Last seen"),
    ("new", "First seen"),
    ("freq", "Events"),
    ("user", "Users"),
    ("priority", "Priority"),
)
TABS = (("is:unresolved", "Open"), ("is:resolved", "Resolved"), ("is:ignored", "Archived"))
MOST_TICKED = 500
DONE = {"resolved": "resolved", "unresolved": "reopened", "ignored": "archived"}


@signed_in
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """To the issues of the person's first organization, or to the set-up while nothing has ever reported."""
    organization = request.navigation.organization
    if organization is None:
        return render(request, "no_organization.html")
    waiting = accounts.project_awaiting_its_first_event(organization.pk)
    if waiting:
        return redirect(f"/{organization.slug}/projects/{waiting.slug}/")
    return redirect("issues", organization=organization.slug)


@member_of_organization
@require_safe
def issue_stream(request: MemberRequest) -> HttpResponse:
    """`query`, `project`, `sort` and `cursor` come by the address, so that a view of the stream can be shared."""
    saved = saved_searches.of_person(request.organization.pk, request.person.pk)
    pinned = next((one for one in saved if one.is_pinned), None)
    text = request.GET.get("query", pinned.query if pinned else DEFAULT).strip()[: LONGEST + 1]
    sort = request.GET.get("sort", pinned.sort if pinned else "")
    sort = sort if sort in issues.SORTS else "date"
    typed = parse(text)
    page = issues.stream(
        request.organization.pk,
        typed.within(request.GET.get("project", "")),
        person_id=request.person.pk,
        now=request.now,
        sort=sort,
        cursor=issues.parse_cursor(request.GET.get("cursor", ""), sort),
    )
    context = {
        "page": page,
        "query_text": text,
        "faults": [_marked(text, fault) for fault in typed.faults],
        "suggestions": suggestions(request.organization.pk, text) if typed.faults else (),
        "may_manage": request.membership.role in MAY_MANAGE,
        "sort": sort,
        "sorts": SORTS,
        "tabs": TABS,
        "keys": KEYS,
        "saved": [one for one in saved if one.name],
        "pinned": pinned,
        "longest": LONGEST,
        "project": request.GET.get("project", ""),
        "is_open": "unresolved" in typed.values("is"),
        "is_narrowed": text != DEFAULT or bool(request.GET.get("project")),
        "waiting": _waiting(request) if not page.issues else None,
    }
    return render(request, "_issue_stream.html" if _is_part(request) else "issues.html", context)


def _marked(text: str, fault: Fault) -> dict[str, str]:
    """A fault where it stands: what comes before it, itself, and what comes after, 30 characters each way."""
    return {
        "before": text[max(0, fault.start - 30) : fault.start],
        "said": text[fault.start : fault.end][:60],
        "after": text[fault.end : fault.end + 30],
        "expected": fault.expected,
    }


def _waiting(request: MemberRequest) -> str:
    project = accounts.project_awaiting_its_first_event(request.organization.pk)
    return f"/{request.organization.slug}/projects/{project.slug}/" if project else ""


def _is_part(request: MemberRequest) -> bool:
    """Whether htmx asks for the list alone; it keeps the whole page for the browser's history."""
    asked = request.headers
    return asked.get("HX-Target") == "stream" and "HX-History-Restore-Request" not in asked


@member_of_organization
@require_POST
def change_issues(request: MemberRequest) -> HttpResponse:
    """Resolves, reopens or archives the ticked issues."""
    status = request.POST.get("status", "")
    if status not in DONE:
        messages.error(request, "That is not something issues can be. Press Resolve, Archive or Reopen.")
        return redirect(_back(request))
    ids = map(number_of, request.POST.getlist("issue")[:MOST_TICKED])
    changed = command.set_status(
        organization_id=request.organization.pk,
        issue_ids=[one for one in ids if one is not None],
        status=status,
        actor_id=request.person.pk,
        now=request.now,
    )
    many = f"{changed} issue{'' if changed == 1 else 's'} {DONE[status]}."
    messages.success(request, many if changed else "Nothing changed: tick the issues that should.")
    return redirect(_back(request))


def _back(request: MemberRequest) -> str:
    """The stream as the person had it; only its parameters are taken from the form."""
    return f"/{request.organization.slug}/issues/?{request.POST.get('back', '').lstrip('?')}"
