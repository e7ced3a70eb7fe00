"""One event's walk through the product, step by step; htmx asks again while there may be news."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.pipeline.walk import accepted_at
from tocsin.pipeline.walk_steps import story
from tocsin.store.queries.walk import Walk, of_event
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.roles import may_report
from tocsin.web.views.project import project_of

EVENT_ID = re.compile(r"[0-9a-f]{32}")
LONGEST_WAIT = timedelta(days=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@member_of_organization
@require_safe
def show(request: MemberRequest, project: str, event_id: str) -> HttpResponse:
    found = project_of(request, project)
    if not EVENT_ID.fullmatch(event_id):
        raise Http404("That is no event id.")
    sent = _sent(event_id)
    walk = of_event(found.id, event_id, sent)
    accepted = _accepted(walk, sent, request.now)
    told = story(walk, accepted, request.now)
    context = {
        "project": found,
        "event_id": event_id,
        "steps": told.steps,
        "look_again": told.look_again,
        "may_report": partial(may_report, request, found),  # the part that asks again has no such button
    }
    return render(request, "_walk.html" if request.headers.get("HX-Request") else "walk.html", context)


def _sent(event_id: str) -> datetime:
    """When a test error of this id was sent; ids of SDKs tell no time."""
    try:
        return accepted_at(event_id)
    except (ValueError, OverflowError, OSError):
        return LONG_AGO


def _accepted(walk: Walk, sent: datetime, now: datetime) -> datetime:
    if walk.digested is not None:
        return min(walk.digested.received, now)
    if not timedelta(minutes=-1) <= now - sent <= LONGEST_WAIT:
        raise Http404("There is no such event, or only its count was kept.")
    return sent
