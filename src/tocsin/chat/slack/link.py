"""The page where somebody says that a Slack account is theirs (§8.4): signed in, and once per link."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tocsin.pipeline import chat_link, clock


@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST links: what follows links does nothing."""
    now = clock.now()
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    asked = chat_link.opened(token, now)
    if asked is None:
        return render(request, "chat_link_over.html", status=404)
    if request.method == "POST":
        chat_link.link(asked, request.user.pk, now)
    state = chat_link.stands(asked, request.user.pk)
    return render(request, "chat_link.html", {"asked": asked, "state": state})
