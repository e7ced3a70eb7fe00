"""Where Slack leads back to once somebody agreed there, or did not (§8.1)."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tocsin.pipeline import clock, install
from tocsin.store.writes.integrations import NameTakenError


@never_cache
@require_GET  # a HEAD would use the code up
def show(request: HttpRequest) -> HttpResponse:
    """Connects the workspace, or says why not."""
    now, given = clock.now(), request.GET
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    organization = ""
    try:
        key = str(request.session.get(install.SESSION, ""))
        state = install.opened(given.get("state", ""), key, request.user.pk, now)
        organization = state.organization
        made = install.finish(state, code=given.get("code", ""), error=given.get("error", ""), now=now)
    except (install.NotInstalledError, NameTakenError) as error:
        return render(request, "chat_setup.html", {"reason": str(error), "organization": organization}, status=400)
    messages.success(request, made.answer)
    return redirect("integration", organization, made.id)
