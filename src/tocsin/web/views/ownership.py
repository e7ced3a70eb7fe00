"""Who owns a project's code: the rules, tried on recent issues as one types, and CODEOWNERS files."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.core.ownership_change import Refused
from tocsin.pipeline import ownership as pipeline
from tocsin.store.models import Project
from tocsin.store.queries import api_places
from tocsin.store.queries import ownership as queries
from tocsin.store.writes import ownership as writes
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.owning import Page, Shown, actor, uploaded
from tocsin.web.roles import may_manage


@member_of_organization
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: MemberRequest, project: str) -> HttpResponse:
    """The page; a POST with `do=try` shows what the text would do, any other one keeps it."""
    place = _place(request, project)
    if request.method != "POST":
        return _show(request, place)
    raw = request.POST.get("raw", "").replace("\r\n", "\n")
    if request.POST.get("do") == "try":
        return _tried(request, place, raw)
    _require_editor(request, place)
    sent: dict[str, Any] = {"raw": raw}
    if may_manage(request) and "autoAssignment" in request.POST:
        sent["autoAssignment"] = request.POST["autoAssignment"]
    saved = pipeline.save(place, sent, actor_id=request.person.pk, now=request.now)
    if isinstance(saved, Refused):
        messages.error(request, "Nothing was saved: some of it does not fit.")
        return _show(request, place, raw=raw, refused=saved.reasons)
    messages.success(request, "Saved. It holds from the next event on.")
    return redirect("ownership", request.organization.slug, place.slug)


@require_POST
@member_of_organization
def add_file(request: MemberRequest, project: str) -> HttpResponse:
    """Keeps a CODEOWNERS file that was uploaded or pasted."""
    place = _place(request, project)
    _require_editor(request, place)
    return _kept(request, place, None)


@require_POST
@member_of_organization
def change_file(request: MemberRequest, project: str, file_id: int) -> HttpResponse:
    """Changes a CODEOWNERS file, or removes it for `do=remove`."""
    place = _place(request, project)
    if queries.file(place.pk, file_id) is None:
        raise Http404("There is no such CODEOWNERS file.")
    _require_editor(request, place)
    if request.POST.get("do") != "remove":
        return _kept(request, place, file_id)
    writes.remove_file(place, file_id, actor_id=request.person.pk, now=request.now)
    messages.success(request, "The file is removed; its rules no longer count.")
    return redirect("ownership", request.organization.slug, place.slug)


@require_POST
@member_of_organization
def associate(request: MemberRequest, project: str) -> HttpResponse:
    """Says whom a name in CODEOWNERS files stands for."""
    place = _place(request, project)
    _require_editor(request, place)
    who = queries.resolvable([place.pk])[place.pk]
    found = actor(request.POST.get("actor", ""), who)
    name = request.POST.get("name", "").strip()
    if found is None or not 0 < len(name) <= 200 or "\0" in name:
        messages.error(request, "Choose a person or a team of this project for the name.")
    else:
        writes.associate(place, name, **found, provider="codeowners", actor_id=request.person.pk, now=request.now)
        messages.success(request, f"{name} is known from now on, in all projects of the organization.")
    return redirect("ownership", request.organization.slug, place.slug)


def _kept(request: MemberRequest, place: Project, file_id: int | None) -> HttpResponse:
    fields = ("repository", "sourceRoot", "stackRoot")
    sent = {name: request.POST[name] for name in fields if name in request.POST}
    text = uploaded(request.FILES.get("file"))
    if text is None:
        messages.error(request, "The file is no text in UTF-8, or larger than 400 kB.")
        return redirect("ownership", request.organization.slug, place.slug)
    sent["raw"] = text or request.POST.get("raw", "").replace("\r\n", "\n")
    saved = pipeline.save_file(place, sent, file_id=file_id, actor_id=request.person.pk, now=request.now)
    if isinstance(saved, Refused):
        for reasons in saved.reasons.values():
            messages.error(request, f"The CODEOWNERS file was not kept. {reasons[0]}")
    else:
        messages.success(request, "The CODEOWNERS file is kept; its rules stand before those of the project.")
    return redirect("ownership", request.organization.slug, place.slug)


def _show(
    request: MemberRequest, place: Project, raw: str | None = None, refused: Mapping[str, list[str]] | None = None
) -> HttpResponse:
    return render(request, "ownership.html", _context(request, place, raw, refused or {}))


def _tried(request: MemberRequest, place: Project, raw: str) -> HttpResponse:
    template = "_ownership_trial.html" if request.headers.get("HX-Request") else "ownership.html"
    return render(request, template, _context(request, place, raw, {}))


def _context(
    request: MemberRequest, place: Project, raw: str | None, refused: Mapping[str, list[str]]
) -> dict[str, Any]:
    row = queries.written(place.pk)
    kept = row.raw if row else ""
    text = kept if raw is None else raw
    who = pipeline.standing(place.pk, place.organization_id)
    trial = pipeline.trial(place.pk, text, who)
    return {
        "project": place,
        "page": Page(text, trial, row, is_kept=text == kept),
        "files": [Shown(one, who.convert(one)) for one in queries.files(place.pk)],
        "who": who.who,
        "refused": refused,
        "may_edit": _may_edit(request, place),
        "may_manage": may_manage(request),
    }


def _place(request: MemberRequest, slug: str) -> Project:
    found = api_places.project(request.organization.pk, slug)
    if found is None:
        raise Http404("There is no such project.")
    return found


def _may_edit(request: MemberRequest, place: Project) -> bool:
    return may_manage(request) or api_places.is_on_team(request.person.pk, place.pk)


def _require_editor(request: MemberRequest, place: Project) -> None:
    if not _may_edit(request, place):
        raise PermissionDenied("Only managers and members of its teams may change who owns what.")
