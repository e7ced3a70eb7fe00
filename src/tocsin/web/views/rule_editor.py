"""The rule editor: a rule made, changed, copied and removed, and what it would do as one types."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tocsin.core.rule_check import Refusal
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.rule_channels import names
from tocsin.pipeline.rule_saving import Waiting, save
from tocsin.pipeline.try_actions import TooManyTestsError, try_actions
from tocsin.store.models import Project, Rule
from tocsin.store.queries import api_places, rule_tasks, rules
from tocsin.store.writes import rules as writes
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.rule_form import Wire, changed, line_at, read
from tocsin.web.rule_home import Home, home_of
from tocsin.web.rule_page import FRESH, Page, Tried, copy_of, draft_of, page
from tocsin.web.rule_preview import SPANS, days_of, preview, project_of
from tocsin.web.rule_silence import silence

MOVES = ("add", "remove", "up", "down")


@member_of_organization
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest, project: str | None = None) -> HttpResponse:
    """A rule to be; `copy` names one to begin with."""
    home = home_of(request, project)
    copied = request.GET.get("copy", "")
    if request.method != "POST" and copied.isdecimal() and len(copied) <= 18:
        return _show(request, home, None, page(home, copy_of(home.own(int(copied)))))
    return _edit(request, home, None)


@member_of_organization
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, rule_id: int, project: str | None = None) -> HttpResponse:
    """A rule that is there; one of all projects has its editor with the organization."""
    home = home_of(request, project)
    if home.project and rules.watching(home.project.pk).filter(pk=rule_id, organization__isnull=False).exists():
        return redirect("organization_rule_edit", home.organization.slug, rule_id)
    return _edit(request, home, home.own(rule_id))


@member_of_organization
@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: MemberRequest, task: str, project: str | None = None) -> HttpResponse:
    """A rule that waits for its channels; once they are known, the rule itself, or the editor with the reasons."""
    home = home_of(request, project)
    home.require_editor()
    found = rule_tasks.of(home.place, _uuid(task))
    if found is None:
        raise Http404("No rule waits here.")
    if request.method == "POST":
        return _edit(request, home, found.rule)
    if found.status == "success" and found.rule:
        messages.success(request, f"“{found.rule.label}” is saved. It holds from the next event on.")
        if found.why:
            messages.warning(request, found.why)
        return redirect(home.page(found.rule.pk))
    if found.status == "failed":
        refused = Refusal({key: list(some) for key, some in found.refused.items()}, at=found.at)
        return _show(request, home, found.rule, page(home, found.sent, refused), status=422)
    shown = {"task": found, "channels": names(found.sent.get("actions")), **_about(home, found.rule)}
    answer = render(request, "rule_waits.html", {"home": home, "project": home.project, **shown})
    answer["Refresh"] = "2"
    return answer


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404("No rule waits here.") from None


@member_of_organization
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: MemberRequest, rule_id: int, project: str | None = None) -> HttpResponse:
    """Asks, and for a POST removes."""
    home = home_of(request, project)
    rule = home.own(rule_id)
    home.require_editor()
    if request.method != "POST":
        return render(request, "rule_remove.html", {"home": home, "project": home.project, **_about(home, rule)})
    writes.remove(home.place, rule.pk, actor_id=request.person.pk, now=request.now)
    messages.success(request, f"The rule “{rule.label}” is deleted.")
    return redirect(home.list)


def _edit(request: MemberRequest, home: Home, rule: Rule | None) -> HttpResponse:
    if request.method != "POST":
        return _show(request, home, rule, page(home, draft_of(rule) if rule else FRESH))
    draft, do = read(request.POST, catalogue()), request.POST.get("do", "save")
    if do == "preview":
        return _previewed(request, home, rule, draft)
    home.require_editor()
    verb, _, path = do.partition(":")
    if verb in MOVES:
        moved, fresh = changed(draft, do, catalogue())
        return _show(request, home, rule, replace(page(home, moved), fresh=fresh), part="_rule_sentence.html")
    if verb == "try":
        tried, refused = _try(request, home, draft, path)
        shown = replace(page(home, draft, refused), tried=tried)
        return _show(request, home, rule, shown, part="_rule_sentence.html")
    return _save(request, home, rule, draft)


def _save(request: MemberRequest, home: Home, rule: Rule | None, draft: Wire) -> HttpResponse:
    rule_id, actor_id = rule.pk if rule else None, request.person.pk
    found = save(home.place, draft, rule_id=rule_id, actor_id=actor_id, now=request.now, is_typed=True)
    if isinstance(found, Refusal):
        return _show(request, home, rule, page(home, draft, found), status=422)
    if isinstance(found, Waiting):
        return redirect(home.task(found.id))
    saved = home.own(found.rule.pk if found else 0)
    messages.success(request, f"“{saved.label}” is saved. It holds from the next event on.")
    for one in found.unchecked if found else ():
        messages.warning(request, one)
    return redirect(home.page(saved.pk))


def _try(request: MemberRequest, home: Home, draft: Wire, path: str) -> tuple[Tried, Refusal | None]:
    """One action, for real: whom it reached, or why nobody."""
    node, project = line_at(draft, path), _project(request, home)
    if node is None or project is None or not path.startswith("actions."):
        return Tried(path, reason="There is nothing to try it in."), None
    try:
        found = try_actions(project, {"name": draft["name"].strip(), "actions": [node]}, request.now)
    except TooManyTestsError as error:
        return Tried(path, reason=str(error)), None
    if not isinstance(found, Refusal):
        return Tried(path, found), None
    # What is wrong is told of the one action that was sent; it stands elsewhere on the page.
    at = {path + name.removeprefix("actions.0"): said for name, said in found.at.items() if name != "actions"}
    reasons = [one for some in found.reasons.values() for one in some]
    return (Tried(path), Refusal(found.reasons, at=at)) if at else (Tried(path, reason=" ".join(reasons)), None)


def _previewed(request: MemberRequest, home: Home, rule: Rule | None, draft: Wire) -> HttpResponse:
    more = {"preview": _preview(request, home, rule, draft), "asked": names(draft["actions"])}
    return _show(request, home, rule, page(home, draft), more, part="_rule_preview.html")


def _preview(request: MemberRequest, home: Home, rule: Rule | None, draft: Wire) -> Any:
    project = _project(request, home)
    if project is None:
        return None
    days = days_of(request.POST.get("days", ""))
    return preview(home, project, draft, rule.pk if rule else None, days, request.now)


def _project(request: MemberRequest, home: Home) -> Project | None:
    return project_of(_projects(home), request.POST.get("in", ""))


def _projects(home: Home) -> list[Project]:
    return [home.project] if home.project else api_places.projects(home.organization.pk)


def _show(  # noqa: PLR0913 — one page in several states
    request: MemberRequest,
    home: Home,
    rule: Rule | None,
    shown: Page,
    more: Mapping[str, Any] | None = None,
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or for htmx its part that changed."""
    is_part = bool(part) and "HX-Request" in request.headers
    projects = _projects(home)
    tried_in = project_of(projects, request.POST.get("in", ""))
    context = {
        "home": home,
        "project": home.project,
        "page": shown,
        "projects": projects if home.project is None else [],
        "tried_in": tried_in,
        "days": days_of(request.POST.get("days", "")),
        "spans": list(SPANS),
        "duplicate": home.page(shown.duplicate_of) if shown.duplicate_of else "",
        **_about(home, rule),
        **(more or {}),
    }
    answer = render(request, part if is_part else "rule_editor.html", context, status=status)
    if is_part and part == "_rule_sentence.html":
        answer["HX-Trigger-After-Swap"] = "rule-changed"
    return answer


def _about(home: Home, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"rule": None}
    return {
        "rule": rule,
        "page_of_rule": home.page(rule.pk),
        "remove": home.remove(rule.pk),
        "copy": f"{home.new}?copy={rule.pk}",
        "switch": home.switch(rule.pk),
        **_of_all(rule),
    }


def _of_all(rule: Rule) -> dict[str, Any]:
    """What a rule of all projects says here, as it has no page of its own."""
    if rule.organization is None:
        return {}
    keep = reverse("organization_rule_keep", args=[rule.organization.slug, rule.pk])
    return {"silence": silence(rule.pk, rule.status), "keep": keep}
