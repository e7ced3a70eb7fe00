"""Before it happens: who would hear of an alert, or of an assignment; and after: what a person was not told."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.core.commands import InvalidCommandError
from tocsin.core.reasons import SENTENCES, Reason
from tocsin.pipeline import whatif
from tocsin.pipeline.assignment import parse_assignee
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.models import Project
from tocsin.store.queries import accounts, assignable, untold
from tocsin.store.queries import issues as issue_queries
from tocsin.store.queries.untold import Missed
from tocsin.web.access import MemberRequest, PersonRequest, member_of_organization, signed_in
from tocsin.web.entries import service_name
from tocsin.web.views.deliveries import number_of

WEEK = timedelta(days=7)


@member_of_organization
@require_safe
def if_alerted(request: MemberRequest) -> HttpResponse:
    """`?project=` names the project whose rules would fire; `?issue=` and `?assigned_to=` an assignment instead."""
    projects = list(Project.objects.filter(organization=request.organization).order_by("slug"))
    slug = request.GET.get("project") or (projects[0].slug if projects else "")
    chosen = next((one for one in projects if one.slug == slug), None)
    context: dict[str, Any] = {"projects": projects, "chosen": chosen}
    issue_id = number_of(request.GET.get("issue"))
    try:
        if issue_id is not None:
            context |= _of_issue(request, issue_id)
        elif chosen is not None:
            supposed = whatif.if_alerted(organization_id=request.organization.pk, project_id=chosen.pk)
            context["supposed"] = [_shown(one) for one in supposed]
    except (whatif.NothingThereError, InvalidCommandError) as error:
        context["problem"] = str(error)
    return render(request, "whatif.html", context)


def _of_issue(request: MemberRequest, issue_id: int) -> dict[str, Any]:
    issue = issue_queries.one(request.organization.pk, issue_id)
    if issue is None:
        raise whatif.NothingThereError("There is no such issue in this organization.")
    context: dict[str, Any] = {
        "issue": issue,
        "chosen": issue.project,
        "assignables": assignable.of_project(issue.project_id),
        "assigned_to": request.GET.get("assigned_to", ""),
    }
    if "assigned_to" in request.GET:
        supposed = whatif.if_assigned(
            organization_id=request.organization.pk,
            issue_id=issue_id,
            to=parse_assignee(request.GET["assigned_to"]),
            actor_id=request.person.pk,
        )
        context["supposed"] = [_shown(supposed)]
    else:
        alerts = whatif.if_alerted(
            organization_id=request.organization.pk, project_id=issue.project_id, issue_id=issue_id
        )
        context["supposed"] = [_shown(one) for one in alerts]
    return context


def _shown(one: whatif.Supposed) -> dict[str, Any]:
    return {
        "what": one.what,
        "lines": [step.as_json() for step in one.routed.trace],
        "places": [
            {
                "label": planned.destination.label,
                "service": service_name(planned.destination.provider),
                "state": "suppressed" if planned.suppressed else "sent",
                "why": SENTENCES[planned.suppressed] if planned.suppressed else planned.reason,
            }
            for planned in one.routed.planned
        ],
    }


@signed_in
@require_safe
def not_told(request: PersonRequest) -> HttpResponse:
    """Everything that the person was considered for in the last week and did not get, with the reason."""
    organizations = [one.organization_id for one in accounts.memberships(request.person.pk)]
    missed, has_more = untold.of_person(request.person.pk, organizations, request.now - WEEK)
    context = {"missed": [_missed(one) for one in missed], "has_more": has_more}
    return render(request, "untold.html", context)


def _missed(one: Missed) -> dict[str, Any]:
    kinds = catalogue().kinds
    known = one.reason in set(Reason)
    return {
        "row": one,
        "kind": kinds[one.kind].name if one.kind in kinds else one.kind,
        "sentence": SENTENCES[Reason(one.reason)] if known else one.reason,
        "by_choice": one.cause.startswith(("preference:", "default:")),
    }
