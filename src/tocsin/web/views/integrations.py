"""Integrations: what is connected, what can be, and a test that shows the true answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.core.fields import InvalidFieldsError
from tocsin.core.people import Person
from tocsin.core.registry import Provider
from tocsin.pipeline import connect, install, send_test
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries import health
from tocsin.store.queries import integrations as queries
from tocsin.store.queries.integrations import Connected, Stored
from tocsin.store.writes import integrations as writes
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.fields import fields, given, granted
from tocsin.web.roles import may_manage, require_manager
from tocsin.web.views import installing

REFUSALS = (connect.NotConnectedError, writes.NameTakenError)


@dataclass(frozen=True, slots=True)
class Service:
    """One service with its connections; `environment` says that the operator's variables connect it."""

    slug: str
    name: str
    connections: tuple[Connected, ...]
    environment: bool
    installs: bool = False  # an app is set: connected by consent


@member_of_organization
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    connections = queries.connected(request.organization.pk)
    services = _services(connections)
    context = {
        "connected": [one for one in services if one.connections or one.environment],
        "others": [one for one in services if not one.connections and not one.environment],
        "retired": [one for one in connections if one.provider not in catalogue().providers],
        "may_manage": may_manage(request),
    }
    return installing.leading_out(render(request, "integrations.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@member_of_organization
def new(request: MemberRequest, provider: str) -> HttpResponse:
    found = _service(provider)
    require_manager(request)
    if request.method != "POST":
        return _form(request, found, {}, {})
    values = given(found.settings, request.POST)
    try:
        made = connect.connect(
            organization_id=request.organization.pk,
            provider=provider,
            values=values,
            name=request.POST.get("name", "").strip() or None,
            actor_id=request.person.pk,
            now=request.now,
        )
    except InvalidFieldsError as error:
        return _form(request, found, values, error.reasons)
    except REFUSALS as error:
        return _form(request, found, values, {}, str(error))
    messages.success(request, made.answer)
    return redirect("integration", request.organization.slug, made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_of_organization
def one(request: MemberRequest, integration_id: int) -> HttpResponse:
    stored = _stored(request, integration_id)
    found = catalogue().providers.get(stored.connected.provider)
    if found is None or request.method != "POST":
        return _page(request, found, stored)
    require_manager(request)
    values = given(found.settings, request.POST)
    try:
        made = connect.change(
            organization_id=request.organization.pk,
            stored=stored,
            values=values,
            name=request.POST.get("name", ""),
            actor_id=request.person.pk,
            now=request.now,
        )
    except InvalidFieldsError as error:
        return _page(request, found, stored, values=values, errors=error.reasons)
    except REFUSALS as error:
        return _page(request, found, stored, values=values, problem=str(error))
    messages.success(request, made.answer)
    return redirect("integration", request.organization.slug, integration_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_of_organization
def remove(request: MemberRequest, integration_id: int) -> HttpResponse:
    """Asks on GET, removes on POST."""
    stored = _stored(request, integration_id)
    require_manager(request)
    if request.method != "POST":
        return render(request, "integration_remove.html", {"connected": stored.connected})
    writes.removed(request.organization.pk, integration_id, actor_id=request.person.pk, now=request.now)
    messages.success(request, f"{stored.connected.name} is no longer connected.")
    return redirect("integrations", request.organization.slug)


@require_POST
@member_of_organization
def once(request: MemberRequest, integration_id: int) -> HttpResponse:
    """Whether a message that may have arrived is sent again."""
    _stored(request, integration_id)
    require_manager(request)
    writes.set_at_most_once(
        request.organization.pk,
        integration_id,
        chosen=request.POST.get("at_most_once") == "1",
        actor_id=request.person.pk,
        now=request.now,
    )
    return redirect("integration", request.organization.slug, integration_id)


@require_POST
@member_of_organization
def test(request: MemberRequest, integration_id: int) -> HttpResponse:
    stored = _stored(request, integration_id)
    require_manager(request)
    found = _service(stored.connected.provider)
    address = given(found.address, request.POST)
    answer, errors, problem = _try(request, found, integration_id, address)
    return _page(request, found, stored, address=address, errors=errors, problem=problem, answer=answer)


@require_http_methods(["GET", "HEAD", "POST"])
@member_of_organization
def by_environment(request: MemberRequest, provider: str) -> HttpResponse:
    """A service that the operator's variables connect: nothing to change, but to test."""
    found = _service(provider)
    if not connect.is_set_by_environment(found, connect.environment()):
        raise Http404(f"{found.name} is not set by the environment.")
    answer: send_test.Answer | None = None
    errors: dict[str, str] = {}
    address: dict[str, object] = {}
    problem = ""
    if request.method == "POST":
        require_manager(request)
        address = given(found.address, request.POST)
        answer, errors, problem = _try(request, found, None, address)
    context = {
        "service": found,
        "may_manage": may_manage(request),
        "problem": problem,
        **_test_context(request, found, address, errors, answer),
    }
    return render(request, "integration_environment.html", context)


def _try(
    request: MemberRequest, provider: Provider, integration_id: int | None, address: Mapping[str, object]
) -> tuple[send_test.Answer | None, dict[str, str], str]:
    """The answer, or what is wrong with the address, or why there was no test."""
    person = Person(request.person.pk, request.person.display_name, request.person.email)
    organization = request.organization
    asked = send_test.Asked(organization.pk, organization.slug, provider, integration_id, person)
    try:
        return send_test.send_test(asked, address, request.now), {}, ""
    except InvalidFieldsError as error:
        return None, error.reasons, ""
    except (send_test.TooManyTestsError, ValueError) as error:
        return None, {}, str(error)


def _services(connections: list[Connected]) -> list[Service]:
    environ = connect.environment()
    return [
        Service(
            slug,
            provider.name,
            tuple(one for one in connections if one.provider == slug),
            connect.is_set_by_environment(provider, environ),
            installing.is_ready(provider),
        )
        for slug, provider in sorted(catalogue().providers.items(), key=lambda item: item[1].name.lower())
        if connect.connectable(provider)
    ]


def _service(slug: str) -> Provider:
    try:
        return connect.service(slug)
    except connect.UnknownServiceError as error:
        raise Http404(str(error)) from None


def _stored(request: MemberRequest, integration_id: int) -> Stored:
    stored = queries.stored(request.organization.pk, integration_id)
    if stored is None:
        raise Http404("There is no such integration.")
    return stored


def _form(
    request: MemberRequest,
    provider: Provider,
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    problem: str = "",
) -> HttpResponse:
    context = {
        "service": provider,
        "fields": fields(provider.settings, values, errors, environ=connect.environment()),
        "name": request.POST.get("name", ""),
        "problem": problem,
        "app": installing.app(provider),
    }
    status = 422 if errors or problem else 200
    return installing.leading_out(render(request, "integration_new.html", context, status=status))


def _page(  # noqa: PLR0913 — one page with two forms, either of which may have something wrong
    request: MemberRequest,
    provider: Provider | None,
    stored: Stored,
    *,
    values: Mapping[str, Any] | None = None,
    address: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    answer: send_test.Answer | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "connected": stored.connected,
        "health": health.of(request.organization.pk, stored.connected.id),
        "unreadable": stored.unreadable,
        "service": provider,
        "may_manage": may_manage(request),
        "problem": problem,
        "name": request.POST.get("name") or stored.connected.name,
    }
    if provider is not None:
        environ = connect.environment()
        wrong = errors or {}
        context["fields"] = fields(
            provider.settings, values or {}, {} if address else wrong, saved=stored.settings, environ=environ
        )
        context |= _test_context(request, provider, address or {}, wrong if address else {}, answer)
        lacks = install.lacking(provider, stored, hears=request.organization.takes_comments)
        context |= {"lacks": lacks, "installs": installing.is_ready(provider)}
        context["granted"] = granted(provider.settings, stored.settings)
    status = 422 if errors or problem else 200
    return installing.leading_out(render(request, "integration.html", context, status=status))


def _test_context(
    request: MemberRequest,
    provider: Provider,
    address: Mapping[str, object],
    errors: Mapping[str, str],
    answer: send_test.Answer | None,
) -> dict[str, Any]:
    asks = send_test.takes_an_address(provider)
    return {
        "address_fields": fields(provider.address, address, errors) if asks else [],
        "own_address": "" if asks else request.person.email,
        "answer": answer,
    }
