"""Installing: the button that leads to a service's own page, where somebody agrees, and the app that asks there."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tocsin.core.outside import unreachable
from tocsin.core.registry import Provider
from tocsin.pipeline import install, links
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment
from tocsin.store.queries import integrations as queries
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.policy import leading_to
from tocsin.web.roles import require_manager


@dataclass(frozen=True, slots=True)
class App:
    """What the page says of a service's app; `unreachable` why the service cannot call this instance, or ""."""

    manifest: str
    made_at: str
    set_afterwards: tuple[tuple[str, str], ...]
    account: str
    is_ready: bool
    unreachable: str


@require_POST
@member_of_organization
def begin(request: MemberRequest, provider: str) -> HttpResponse:
    """Leads to the service's page; what comes back is bound to this session."""
    found = catalogue().providers.get(provider)
    if found is None or found.install is None:
        raise Http404("There is no such service, or nothing to add to it.")
    require_manager(request)
    try:
        page = install.begin(
            provider=found,
            organization_id=request.organization.pk,
            organization=request.organization.slug,
            user_id=request.person.pk,
            integration_id=_again(request),
            hears=request.organization.takes_comments,
            key=request.session.setdefault(install.SESSION, install.a_key()),
            now=request.now,
        )
    except install.NotInstalledError as error:
        messages.error(request, str(error))
        return redirect("integrations", request.organization.slug)
    return redirect(page)


def _again(request: MemberRequest) -> int | None:
    """The connection of this organization that is to be installed again, if any."""
    asked = request.POST.get("again", "")
    if not asked:
        return None
    found = queries.stored(request.organization.pk, int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    if found is None:
        raise Http404("There is no such integration.")
    return found.connected.id


def is_ready(provider: Provider) -> bool:
    """Whether the operator set the service's app."""
    return provider.install is not None and install.app_of(provider.install) is not None


def app(provider: Provider) -> App | None:
    """The service's app, for services that have one."""
    if provider.install is None:
        return None
    own, known = links.base(), provider.install
    return App(
        manifest=known.manifest(own, environment()),
        made_at=known.made_at,
        set_afterwards=known.set_afterwards,
        account=known.account,
        is_ready=is_ready(provider),
        unreachable=unreachable(own, provider.name),
    )


def leading_out(response: HttpResponse) -> HttpResponse:
    """A page whose button is answered by leading to the services whose app is set."""
    for provider in catalogue().providers.values():
        found = install.app_of(provider.install) if provider.install else None
        if provider.install and found is not None:
            return leading_to(response, provider.install.consent(found, "", "", hears=False))
    return response
