"""Code hosts: the address and the secret by which GitHub and GitLab tell of pushes and pull requests."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.core.signed_webhook import key_of
from tocsin.pipeline import links
from tocsin.store.queries import code_hosts, commits
from tocsin.store.writes import code_hosts as writes
from tocsin.store.writes.code_hosts import MOST_SIGNING, PROVIDERS
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.roles import may_manage, require_manager

SIGNS = "gitlab"  # makes tokens of its own, one for each hook, with which it signs
UNREADABLE = "That is no signing token of GitLab: it begins with whsec_, and is shown once, when GitLab makes it."
NO_ROOM = f"Connect GitLab first; the most is {MOST_SIGNING} signing tokens."


@never_cache
@member_of_organization
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: MemberRequest) -> HttpResponse:
    """A new secret stands on the answer to its making and nowhere else."""
    made, secret = "", ""
    if request.method == "POST":
        require_manager(request)
        made = _provider(request.POST.get("provider", ""))
        secret = writes.renew(request.organization.pk, made, actor_id=request.person.pk, now=request.now)
    known = code_hosts.of_organization(request.organization.pk)
    context = {
        "hosts": [
            {
                "slug": slug,
                "name": name,
                "row": known.get(slug),
                "secret": secret if slug == made else "",
                "signing": code_hosts.signing(request.organization.pk, slug) if slug == SIGNS else 0,
                "signs": slug == SIGNS,
                "address": f"{links.base()}/extensions/{slug}/webhook/{request.organization.slug}/",
            }
            for slug, name in PROVIDERS.items()
        ],
        "repositories": commits.repositories(request.organization.pk, 100),
        "may_manage": may_manage(request),
    }
    return render(request, "code_hosts.html", context)


@member_of_organization
@require_POST
def remove(request: MemberRequest, provider: str) -> HttpResponse:
    require_manager(request)
    name = PROVIDERS[_provider(provider)]
    if writes.remove(request.organization.pk, provider, actor_id=request.person.pk, now=request.now):
        messages.success(request, f"{name} is heard no more. What it told of stays.")
    return redirect("code_hosts", request.organization.slug)


@member_of_organization
@require_POST
def sign(request: MemberRequest) -> HttpResponse:
    """Takes a signing token that GitLab made, or forgets all."""
    require_manager(request)
    place, who, now = request.organization.pk, request.person.pk, request.now
    token = request.POST.get("token", "").strip()
    if "forget" in request.POST:
        writes.unsign(place, SIGNS, actor_id=who, now=now)
        messages.success(request, "No signing token of GitLab counts any more; the secret token does.")
    elif key_of(token) is None:
        messages.error(request, UNREADABLE)
    elif writes.sign(place, SIGNS, token, actor_id=who, now=now):
        messages.success(request, "What GitLab signs with this token is taken from now on.")
    else:
        messages.error(request, NO_ROOM)
    return redirect("code_hosts", request.organization.slug)


def _provider(slug: str) -> str:
    if slug not in PROVIDERS:
        raise Http404("There is no such code host.")
    return slug
