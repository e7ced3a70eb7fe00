"""A rule kept quiet on its page: snoozed and woken, switched off and on, kept though it does not fire."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tocsin.core.rule_check import Refusal
from tocsin.core.rule_snooze import Ask, Whom, read
from tocsin.pipeline import neglect, rule_snooze
from tocsin.pipeline import rules as pipeline
from tocsin.pipeline.rule_snooze import Already
from tocsin.store.models import Project
from tocsin.store.queries import api_places, rules
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.rule_silence import KEPT
from tocsin.web.rule_snoozing import may_quiet, until

WORDS = {Whom.ME: "for you", Whom.EVERYONE: "for everyone"}


@require_POST
@member_of_organization
def change(request: MemberRequest, project: str, rule_id: int) -> HttpResponse:
    """Snoozes for `target`, or wakes for `do=wake`."""
    place = api_places.project(request.organization.pk, project)
    if place is None or rules.one(place.pk, rule_id) is None:
        raise Http404("There is no such alert rule.")
    sent = {name: request.POST.get(name, "") for name in ("target", "reason")}
    ask = read({**sent, "until": until(request.POST.get("length", ""), request.now)}, request.now)
    if isinstance(ask, dict):
        messages.error(request, " ".join(reason for reasons in ask.values() for reason in reasons))
    elif ask.whom is Whom.EVERYONE and not may_quiet(request, place.pk, rule_id):
        raise PermissionDenied("Only managers and members of the project's teams may snooze a rule for everyone.")
    elif request.POST.get("do") == "wake":
        _wake(request, place, rule_id, ask.whom)
    else:
        _snooze(request, place, rule_id, ask)
    return redirect("rule", request.organization.slug, place.slug, rule_id)


@require_POST
@member_of_organization
def switch(request: MemberRequest, project: str, rule_id: int) -> HttpResponse:
    """Switches the rule on for `do=on`, off for any other."""
    place = api_places.project(request.organization.pk, project)
    if place is None or rules.one(place.pk, rule_id) is None:
        raise Http404("There is no such alert rule.")
    if not may_quiet(request, place.pk, rule_id):
        raise PermissionDenied("Only managers and members of the project's teams may switch its rules.")
    on = request.POST.get("do") == "on"
    home = request.organization if rules.is_of_organization(rule_id) else place
    found = pipeline.switch(home, rule_id, on=on, actor_id=request.person.pk, now=request.now)
    if isinstance(found, Refusal):
        messages.error(request, " ".join(reason for reasons in found.reasons.values() for reason in reasons))
    else:
        messages.success(request, "The rule is on." if on else "The rule is off: it is asked about nothing.")
    return redirect("rule", request.organization.slug, place.slug, rule_id)


@require_POST
@member_of_organization
def keep(request: MemberRequest, project: str, rule_id: int) -> HttpResponse:
    """Keeps the rule however long it does not fire; for `do=end` no more."""
    place = api_places.project(request.organization.pk, project)
    if place is None or rules.one(place.pk, rule_id) is None:
        raise Http404("There is no such alert rule.")
    if not may_quiet(request, place.pk, rule_id):
        raise PermissionDenied("Only managers and members of the project's teams may keep its rules.")
    kept = request.POST.get("do") != "end"
    home = request.organization if rules.is_of_organization(rule_id) else place
    neglect.keep(home, rule_id, kept=kept, actor_id=request.person.pk, now=request.now)
    messages.success(request, KEPT[kept])
    return redirect("rule", request.organization.slug, place.slug, rule_id)


def _wake(request: MemberRequest, place: Project, rule_id: int, whom: Whom) -> None:
    if rule_snooze.wake(place, rule_id, whom, actor_id=request.person.pk, now=request.now):
        messages.success(request, f"The rule is awake again {WORDS[whom]}.")
    else:
        messages.error(request, f"The rule was not snoozed {WORDS[whom]} any more.")


def _snooze(request: MemberRequest, place: Project, rule_id: int, ask: Ask) -> None:
    made = rule_snooze.snooze(place, rule_id, ask, actor_id=request.person.pk, now=request.now)
    if isinstance(made, Already):
        messages.error(request, f"The rule is snoozed {WORDS[ask.whom]} already; end that first.")
    else:
        messages.success(request, f"The rule is snoozed {WORDS[ask.whom]}.")
