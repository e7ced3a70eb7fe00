"""Releases: the list, and one with its commits, authors, deploys, and the issues that it brought and fixed."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.core.activity import version as short
from tocsin.core.suspects import SHORT_HASH, commit_url
from tocsin.store.models import Commit
from tocsin.store.queries import release_page, releases
from tocsin.store.queries.release_page import ISSUES, Listed
from tocsin.store.queries.releases import Shown
from tocsin.web.access import MemberRequest, member_of_organization

PER_PAGE = 50
COMMITS_SHOWN = 100
FURTHEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Some:
    """The issues of a list, and whether there are more."""

    issues: list[Listed]
    has_more: bool


@member_of_organization
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """`project`, `query` and `from` come by the address."""
    begin, text = _number(request.GET.get("from", "")), request.GET.get("query", "").strip()[:250]
    project = request.GET.get("project", "")
    found = releases.page(
        request.organization.pk,
        project_id=_project(request, project),
        query=text,
        offset=begin,
        limit=PER_PAGE,
    )
    context = {
        "releases": [(one, short(one.version)) for one in found.releases],
        "text": text,
        "project": project,
        "newer": max(begin - PER_PAGE, 0) if begin else None,
        "older": begin + PER_PAGE if found.has_more else None,
        "is_narrowed": bool(text or project),
    }
    return render(request, "releases.html", context)


@member_of_organization
@require_safe
def one(request: MemberRequest, version: str) -> HttpResponse:
    """One version; `?project=` narrows its issues to those of a project."""
    found = releases.one(request.organization.pk, version)
    if found is None:
        raise Http404("There is no such release in this organization.")
    commits = releases.commits(request.organization.pk, version, COMMITS_SHOWN)
    context = {
        "release": found,
        "short": short(version),
        "previous": releases.before(request.organization.pk, version),
        "commits": [_line(commit) for commit in commits],
        "more_commits": found.commit_count - len(commits),
        "deploys": releases.deploys(request.organization.pk, version),
        "project": request.GET.get("project", ""),
        **_issues(request, found),
    }
    return render(request, "release.html", context)


def _issues(request: MemberRequest, found: Shown) -> dict[str, Any]:
    asked = request.GET.get("project", "")
    project = next((one.id for one in found.projects if one.slug == asked), None)
    place = (request.organization.pk, found.version, project)
    return {"brought": _some(release_page.new_issues(*place)), "fixed": _some(release_page.resolved(*place))}


def _some(found: list[Listed]) -> Some:
    return Some(found[:ISSUES], len(found) > ISSUES)


def _line(commit: Commit) -> dict[str, Any]:
    subject, _, rest = commit.message.strip().partition("\n")
    return {
        "key": commit.key[:SHORT_HASH],
        "subject": subject[:200] or "(nothing is known of this commit but its name)",
        "rest": rest.strip()[:2_000],
        "author": commit.author_name or commit.author_email,
        "date": commit.date,
        "repository": commit.repository.name,
        "url": commit_url(commit.repository.url, commit.repository.provider, commit.key),
    }


def _project(request: MemberRequest, slug: str) -> int | None:
    if not slug:
        return None
    return releases.named(request.organization.pk, [slug]).get(slug, 0)


def _number(text: str) -> int:
    return min(int(text), FURTHEST) if text.isascii() and text.isdigit() and len(text) < 10 else 0
