"""One issue: what broke, who was told and why, and what happened since."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.commands import InvalidCommandError
from tocsin.core.issue import Priority, short_id
from tocsin.core.issue_update import parse
from tocsin.formats.event import UnreadableError
from tocsin.formats.view import EventView, view
from tocsin.pipeline import comment as comments
from tocsin.pipeline.assignment import By
from tocsin.pipeline.issue_update import update
from tocsin.store.models import Issue
from tocsin.store.queries import assignable, commands, events, issue_api, issues, told
from tocsin.web import issue_actions
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.stack import raised, runs
from tocsin.web.timeline import entry
from tocsin.web.told import story
from tocsin.web.views.deliveries import number_of

BREADCRUMBS_SHOWN = 12
COMMENT_LENGTH = comments.LONGEST


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
        **_people(request, found),
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
    stories = [story(one, _rules_path(request, found)) for one in latest]
    # The newest may have reached nobody, a comment that its own author need not hear of: it hides no alert.
    reached = next((one for one in stories if one.arrows), stories[0] if stories else None)
    return {"stories": stories, "stories_total": total, "reached": reached}


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


def _people(request: MemberRequest, found: Issue) -> dict[str, Any]:
    """What its people have to do with it, and what can be done."""
    whole = issue_api.whole(found, request.person.pk)
    has_releases = bool(commands.newest_release(found.project_id))
    return {
        "whole": whole,
        "timeline": [entry(one, found, request.person.pk) for one in whole.activities],
        "resolve_menu": issue_actions.menu("resolve", has_releases=has_releases),
        "archive_menu": issue_actions.menu("archive", has_releases=has_releases),
        "priorities": issue_actions.PRIORITIES,
        "priority": Priority(found.priority).name.lower(),
        "assignables": assignable.of_project(found.project_id),
        "comment_length": COMMENT_LENGTH,
    }


@member_of_organization
@require_POST
def change_issue(request: MemberRequest, issue_id: int) -> HttpResponse:
    """Whatever one of the page's buttons asks for; its opposite undoes it."""
    found = _issue_or_404(request, issue_id)
    asked = issue_actions.asked(request.POST.dict())
    if asked is None:
        messages.error(request, "That is not something an issue can be. Press one of the buttons.")
    else:
        _change(request, found, asked)
    return redirect("issue", organization=request.organization.slug, issue_id=found.pk)


def _change(request: MemberRequest, found: Issue, asked: issue_actions.Asked) -> None:
    wanted, reasons = parse(asked.body, request.now)
    try:
        update(
            organization_id=request.organization.pk,
            issue_ids=[found.pk],
            wanted=wanted,
            by=By(request.person.pk),
            now=request.now,
        )
    except InvalidCommandError as error:
        reasons = {error.field: [str(error)]}
    if reasons:
        messages.error(request, " ".join(words for key in reasons for words in reasons[key]))
    else:
        messages.success(request, asked.done)


@member_of_organization
@require_POST
def comment_on_issue(request: MemberRequest, issue_id: int) -> HttpResponse:
    """Adds a comment, or with `comment` changes one of the reader's own, or with `remove` takes it back."""
    found = _issue_or_404(request, issue_id)
    place = comments.Place(request.organization.pk, found.project_id, found.pk)
    comment_id = number_of(request.POST.get("comment"))
    try:
        if comment_id is None:
            text = request.POST.get("text", "")
            comments.comment(place, text, author_id=request.person.pk, now=request.now)
        elif request.POST.get("remove"):
            comments.delete(place, comment_id, author_id=request.person.pk)
        else:
            comments.edit(place, comment_id, request.POST.get("text", ""), author_id=request.person.pk)
    except InvalidCommandError as error:
        messages.error(request, str(error))
    address = reverse("issue", args=(request.organization.slug, found.pk))
    return redirect(f"{address}#activity")
