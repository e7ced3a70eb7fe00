"""The alert rules of all projects of an organization, those to come included."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.rule_check import Refusal
from tocsin.pipeline import neglect
from tocsin.pipeline import rules as pipeline
from tocsin.store.queries import rules as queries
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.roles import may_manage, require_manager
from tocsin.web.rule_silence import KEPT
from tocsin.web.rule_snoozing import quiet_ones
from tocsin.web.views.rules import said


@member_of_organization
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    rows = queries.of_organization(request.organization.pk, request.now)
    context = {
        "rules": said(request, rows),
        "may_edit": may_manage(request),
        **quiet_ones(request, [row.id for row in rows]),
    }
    return render(request, "rules_organization.html", context)


@require_POST
@member_of_organization
def switch(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Switches the rule on in all projects for `do=on`, off for any other."""
    require_manager(request)
    on = request.POST.get("do") == "on"
    found = pipeline.switch(request.organization, rule_id, on=on, actor_id=request.person.pk, now=request.now)
    if found is None:
        raise Http404("There is no such alert rule.")
    if isinstance(found, Refusal):
        messages.error(request, " ".join(reason for reasons in found.reasons.values() for reason in reasons))
    else:
        messages.success(request, "The rule is on." if on else "The rule is off: it is asked about nothing.")
    return redirect("organization_rule_edit", request.organization.slug, rule_id)


@require_POST
@member_of_organization
def keep(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Keeps the rule however long it does not fire; for `do=end` no more."""
    require_manager(request)
    kept = request.POST.get("do") != "end"
    if neglect.keep(request.organization, rule_id, kept=kept, actor_id=request.person.pk, now=request.now) is None:
        raise Http404("There is no such alert rule.")
    messages.success(request, KEPT[kept])
    return redirect("organization_rule_edit", request.organization.slug, rule_id)
