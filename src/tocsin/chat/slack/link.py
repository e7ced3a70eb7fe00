"""The pages where somebody says that a Slack account is theirs, and where whoever has the account ends that (§8.4).

Each link works once, in the browser session that opened it; what follows links does nothing, as only a POST counts.
"""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tocsin.chat.slack import opened
from tocsin.pipeline import chat_link, chat_tokens, clock, everything
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.chat_command import command

ELSEWHERE = "This link was opened in another browser, or before you signed in. Read this, and confirm it here."


@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """For somebody signed in: they are asked whether the account is theirs."""
    now = clock.now()
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    asked = chat_link.opened(token, now)
    if asked is None:
        return _over(request)
    is_elsewhere = request.method == "POST" and not opened.is_here(request, asked.digest)
    opened.remember(request, asked.digest)
    if request.method == "POST" and not is_elsewhere:
        chat_link.link(asked, request.user.pk, now)
    provider = catalogue().providers[asked.provider]
    context = {
        "asked": asked,
        "service": provider,
        "state": chat_link.stands(asked, request.user.pk),
        "is_off": everything.is_off(request.user.pk, provider),
        "problem": ELSEWHERE if is_elsewhere else "",
    }
    return render(request, "chat_link.html", context, status=400 if is_elsewhere else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def unlink(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever has the Slack account, signed in or not: the link came to that account alone."""
    now = clock.now()
    found = chat_link.unlink_opened(token, now)
    if found is None:
        return _over(request)
    digest = chat_tokens.digest(token)
    is_elsewhere = request.method == "POST" and not opened.is_here(request, digest)
    opened.remember(request, digest)
    is_done = request.method == "POST" and not is_elsewhere and chat_link.unlink(token, now) is not None
    context = {"found": found, "is_done": is_done, "problem": ELSEWHERE if is_elsewhere else ""}
    return render(request, "chat_unlink.html", context, status=400 if is_elsewhere else 200)


def _over(request: HttpRequest) -> HttpResponse:
    service = catalogue().providers["slack"]
    return render(request, "chat_link_over.html", {"service": service, "command": command(service)}, status=404)
