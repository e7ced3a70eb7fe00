"""One issue: what broke, who was told and why, and what happened since."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.issue import short_id
from tocsin.formats.event import UnreadableError
from tocsin.formats.view import EventView, view
from tocsin.pipeline import command
from tocsin.store.models import Activity, Issue
from tocsin.store.queries import events, issues, told
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.stack import raised, runs
from tocsin.web.told import story

BREADCRUMBS_SHOWN = 12
HAPPENED = {
    "first_seen": ("plus", "First seen"),
    "set_resolved": ("check", "resolved it"),
    "set_unresolved": ("reopen", "reopened it"),
    "auto_set_ongoing": ("reopen", "has been here for a week: it is ongoing"),
    "set_ignored": ("archive", "archived it"),
    "set_regression": ("reopen", "Came back: a regression"),
    "assigned": ("person", "assigned it"),
    "unassigned": ("person", "took the assignment away"),
    "note": ("mail", "commented"),
}
DONE = {
    "resolved": "Resolved. An event after this is a regression.",
    "unresolved": "Reopened.",
    "ignored": "Archived. It alerts nobody until it is reopened.",
}


@member_of_organization
@require_safe
def issue(request: MemberRequest, issue_id: int) -> HttpResponse:
    """`?event=` picks one of the kept events; the latest otherwise."""
    found = _issue_or_404(request, issue_id)
    asked = request.GET.get("event", "")[:64]
    picked = events.pick(found.pk, asked)
    missing = bool(asked) and picked is None
    picked = picked or events.pick(found.pk)
    context = {
        "issue": found,
        "short_id": short_id(found.project.slug, found.number),
        "assignee": issues.assignee_of(found),
        "hourly": issues.hourly_counts([found.pk], request.now)[found.pk],
        "daily": issues.daily_counts(found.pk, request.now),
        "shares": events.tag_shares(found.pk),
        "picked": picked,
        "missing": asked if missing else "",
        "activities": [_happened(one) for one in issues.activities(found.pk)],
        "rules_path": _rules_path(request, found),
        **_told(request, found),
        **_shown(picked),
    }
    return render(request, "issue.html", context)


def _issue_or_404(request: MemberRequest, issue_id: int) -> Issue:
    found = issues.one(request.organization.pk, issue_id)
    if found is None:
        raise Http404("There is no such issue in this organization.")
    return found


def _rules_path(request: MemberRequest, found: Issue) -> str:
    return f"/{request.organization.slug}/projects/{found.project.slug}/rules/"


def _told(request: MemberRequest, found: Issue) -> dict[str, Any]:
    latest, total = told.of_issue(request.organization.pk, found.pk)
    return {"stories": [story(one, _rules_path(request, found)) for one in latest], "stories_total": total}


def _shown(picked: events.Picked | None) -> dict[str, Any]:
    if picked is None:
        return {"event": None}
    try:
        event = view(picked.body)
    except UnreadableError:
        event = EventView(message="This event was kept in a form that can no longer be read.")
    chain = raised(event)
    return {
        "event": event,
        "chain": chain,
        "frames": () if any(one.runs for one in chain) else runs(event.frames or _crashed(event)),
        "breadcrumbs": event.breadcrumbs[-BREADCRUMBS_SHOWN:],
        "earlier_breadcrumbs": event.breadcrumbs[:-BREADCRUMBS_SHOWN],
    }


def _crashed(event: EventView) -> Any:
    """The calls of the thread that crashed, when they stand nowhere else."""
    return next((thread.frames for thread in event.threads if thread.crashed or thread.current), ())


def _happened(activity: Activity) -> dict[str, Any]:
    icon, words = HAPPENED.get(activity.type, ("info", activity.type.replace("_", " ")))
    who = activity.user.display_name if activity.user else ""
    release = str(activity.data.get("release") or activity.data.get("version") or "")
    words = words if who or words[0].isupper() else words[0].upper() + words[1:].removesuffix(" it")
    return {"icon": icon, "who": who, "words": words, "release": release, "moment": activity.date_added}


@member_of_organization
@require_POST
def change_issue(request: MemberRequest, issue_id: int) -> HttpResponse:
    """Resolve, archive, reopen: the opposite undoes it."""
    found = _issue_or_404(request, issue_id)
    status = request.POST.get("status", "")
    if status in DONE:
        command.set_status(
            organization_id=request.organization.pk,
            issue_ids=[found.pk],
            status=status,
            actor_id=request.person.pk,
            now=request.now,
        )
        messages.success(request, DONE[status])
    else:
        messages.error(request, "That is not something an issue can be. Press Resolve, Archive or Reopen.")
    return redirect("issue", organization=request.organization.slug, issue_id=found.pk)
